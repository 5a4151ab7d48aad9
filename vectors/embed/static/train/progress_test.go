package main

import (
	"strings"
	"testing"
)

func TestProgress(t *testing.T) {
	tell := func(p *progress) {
		p.done("mined %d of %d", 1, 2)
		p.now("batch %d of many, many more", 7)
		p.now("batch 8")
		p.note("left out: %s", "this")
		p.done("mined 2 of 2")
		p.erase()
	}
	var log strings.Builder
	tell(newProgress(&log))
	if want := "mined 1 of 2\nleft out: this\nmined 2 of 2\n"; log.String() != want {
		t.Errorf("a log has %q, want %q", log.String(), want)
	}
	var screen strings.Builder
	tell(&progress{w: &screen, width: 20})
	want := "\rmined 1 of 2" + "\rbatch 7 of many, ma" + "\rbatch 8            " +
		"\r       \rleft out: this\n" + "\rmined 2 of 2" + "\r            \r"
	if screen.String() != want {
		t.Errorf("a screen has %q, want %q", screen.String(), want)
	}
}
