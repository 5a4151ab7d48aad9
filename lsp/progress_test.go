package lsp

import (
	"cmp"
	"testing"
	"time"

	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

func TestHowFar(t *testing.T) {
	for _, c := range []struct {
		done, total int
		after       time.Duration
		want        string
		files       int // done in that time, 0 for all
	}{
		{0, 8, time.Minute, "0/8 files", 0},
		{3, 8, 999 * time.Millisecond, "3/8 files", 0},
		{3, 8, 2 * time.Second, "3/8 files, 1.5/s, 3s left", 0},
		{2000, 10_000, 2 * time.Second, "2000/10000 files, 1000/s, 8s left", 0},
		{10, 100_000, 2 * time.Minute, "10/100000 files, 0.1/s, 333h18m0s left", 0},
		{8, 8, 2 * time.Second, "8/8 files, 4.0/s, 0s left", 0},
		{9000, 10_000, 10 * time.Second, "9000/10000 files, 5.0/s, 3m20s left", 50},
	} {
		if got := howFar(indexing.Progress{Done: c.done, Total: c.total}, cmp.Or(c.files, c.done), c.after); got != c.want {
			t.Errorf("%d of %d after %v: %q, want %q", c.done, c.total, c.after, got, c.want)
		}
	}
}

// What was done before does not make it fast, and where it begins anew the speed does too.
func TestTheSpeedIsOfWhatWasDoneMeanwhile(t *testing.T) {
	p := &progress{s: &server{statusChanged: make(chan struct{}, 1)}, news: make(chan struct{}, 1)}
	for _, step := range []struct{ done, total, meanwhile int }{
		{9000, 10_000, 0}, // by another process
		{9100, 10_000, 100},
		{9300, 10_000, 300},
		{0, 700, 0}, // which has left the rest
		{200, 700, 200},
		{100, 700, 0}, // and something has to be done again
		{150, 700, 50},
	} {
		p.report(indexing.Progress{Done: step.done, Total: step.total})
		if got := p.latest.Done - p.first.Done; got != step.meanwhile || p.began.IsZero() {
			t.Errorf("at %d of %d the speed is of %d files since %v, want %d", step.done, step.total, got, p.began, step.meanwhile)
		}
	}
}
