package main

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

func TestEscape(t *testing.T) {
	cases := []struct{ text, want string }{
		{"plain\ttext ü 漢 \ufffd", "plain\ttext ü 漢 \ufffd"},
		{"\x1b[31m", `\x1b[31m`},
		{"a\rb\nc\x00", `a\x0db\x0ac\x00`},
		{"\x7f\u0085\u009b", `\x7f\x85\x9b`},
		{"broken \xff\xc3", `broken \xff\xc3`},
		{"\ufffd and \x1b", "\ufffd and \\x1b"},
		{"if admin\u202e { \u2066", `if admin\u202e { \u2066`},
	}
	for _, c := range cases {
		if got := escape(c.text); got != c.want {
			t.Errorf("escape(%q) = %q, want %q", c.text, got, c.want)
		}
	}
	if got, want := escapeLines("a\x1b\nb\n"), "a\\x1b\nb\n"; got != want {
		t.Errorf("escapeLines: %q, want %q", got, want)
	}
}

func TestColourObeysTheUser(t *testing.T) {
	for _, c := range []struct {
		flag string
		on   bool
	}{{"always", true}, {"never", false}, {"auto", false}} { // a buffer is no terminal
		p := &process{stdout: &bytes.Buffer{}, color: c.flag, env: lookup(nil)}
		if got, err := p.painting(); err != nil || got.on != c.on {
			t.Errorf("--color %s: %v, %v", c.flag, got.on, err)
		}
	}
}

func TestProgressLine(t *testing.T) {
	cases := []struct {
		done, total, width int
		want               string
	}{
		{0, 0, 80, "indexing: looking for files"},
		{0, 456, 80, "indexing [>                       ]   0% 0/456 files"},
		{228, 456, 80, "indexing [============>           ]  50% 228/456 files"},
		{456, 456, 80, "indexing [========================] 100% 456/456 files"},
		{500, 456, 80, "indexing [========================] 100% 456/456 files"},
		{228, 456, 10, "indexing ["},
		{228, 456, 0, ""},
	}
	for _, c := range cases {
		if got := line(indexing.Progress{Done: c.done, Total: c.total}, c.width); got != c.want {
			t.Errorf("%d/%d in %d columns: %q, want %q", c.done, c.total, c.width, got, c.want)
		}
	}
}

func TestProgressIsShownWhenItTakesLongAndLeavesNothing(t *testing.T) {
	var screen bytes.Buffer
	now := time.Now()
	b := &bar{w: &screen, width: 80, now: func() time.Time { return now }, start: now}
	at := func(d time.Duration, done int) {
		now = b.start.Add(d)
		b.report(indexing.Progress{Done: done, Total: 100})
		b.tick()
	}
	at(barAfter-1, 10)
	b.erase()
	if screen.Len() > 0 {
		t.Fatalf("before a second has passed the screen shows %q", &screen)
	}
	at(barAfter, 20)
	b.report(indexing.Progress{Done: 30, Total: 100})
	at(barAfter+barEvery, 40)
	drawn := screen.String()
	if strings.Count(drawn, "\r") != 2 || !strings.Contains(drawn, " 20/100") || strings.Contains(drawn, " 30/100") || !strings.Contains(drawn, " 40/100") {
		t.Errorf("the screen shows %q", drawn)
	}
	b.erase()
	lines := strings.Split(screen.String(), "\r")
	if last := lines[len(lines)-1]; last != "" {
		t.Errorf("the cursor is not back: %q", last)
	}
	if blank := lines[len(lines)-2]; strings.TrimSpace(blank) != "" || len(blank) != len(lines[2]) {
		t.Errorf("%q does not cover %q", blank, lines[2])
	}
}

// TestProgressIsShownThoughNothingIsReported: a walk of a slow disk or a model that takes its time says
// nothing for long.
func TestProgressIsShownThoughNothingIsReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var screen recording
		b := &bar{w: &screen, width: 80, now: time.Now, start: time.Now()}
		err := b.during(t.Context(), func(ctx context.Context) error {
			time.Sleep(barAfter + 2*barEvery)
			if !strings.Contains(screen.String(), "looking for files") {
				t.Errorf("the screen shows %q", screen.String())
			}
			b.report(indexing.Progress{Total: 120})
			time.Sleep(2 * barEvery)
			if !strings.Contains(screen.String(), "0/120 files") {
				t.Errorf("the screen shows %q", screen.String())
			}
			return errors.New("done")
		})
		if err == nil || err.Error() != "done" {
			t.Errorf("got %v", err)
		}
		if left := screen.String(); strings.TrimSpace(left[strings.LastIndexByte(left[:len(left)-1], '\r')+1:]) != "" {
			t.Errorf("the screen is left with %q", left)
		}
	})
}
