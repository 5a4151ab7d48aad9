package lsp

import (
	"testing"
	"time"

	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

func TestHowFar(t *testing.T) {
	for _, c := range []struct {
		done, total int
		after       time.Duration
		want        string
	}{
		{0, 8, time.Minute, "0/8 files"},
		{3, 8, 999 * time.Millisecond, "3/8 files"},
		{3, 8, 2 * time.Second, "3/8 files, 1.5/s, 3s left"},
		{2000, 10_000, 2 * time.Second, "2000/10000 files, 1000/s, 8s left"},
		{10, 100_000, 2 * time.Minute, "10/100000 files, 0.1/s, 333h18m0s left"},
		{8, 8, 2 * time.Second, "8/8 files, 4.0/s, 0s left"},
	} {
		if got := howFar(indexing.Progress{Done: c.done, Total: c.total}, c.after); got != c.want {
			t.Errorf("%d of %d after %v: %q, want %q", c.done, c.total, c.after, got, c.want)
		}
	}
}
