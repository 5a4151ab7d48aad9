package index

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// sizes returns the bytes of the index's segments, the largest first.
func sizes(x *Index) (list []int) {
	for _, p := range x.Snapshot().parts {
		list = append(list, len(p.seg.data))
	}
	slices.SortFunc(list, func(a, b int) int { return b - a })
	return list
}

// many returns an index of so many segments, one file each, and how large one is.
func many(t *testing.T, files int) (x *Index, size int) {
	t.Helper()
	x = New("/w")
	rng := rand.New(rand.NewPCG(1, 8))
	for i := range files {
		seg, err := Build(dims, []Document{document(fmt.Sprintf("f%02d.go", i), "func one\nword\nfunc two\n", rng)})
		if err != nil {
			t.Fatal(err)
		}
		size = max(size, len(seg.Bytes()))
		x.Apply(seg, nil)
	}
	return x, size
}

// Offsets within a segment have 32 bits: merging stops before they wrap around.
func TestMergingStopsAtTheMostThatASegmentMayHave(t *testing.T) {
	x, size := many(t, 20)
	x.most = 5 * size
	if err := x.Compact(t.Context(), dims, 0); err != nil {
		t.Fatal(err)
	}
	if got := sizes(x); len(got) != 4 || got[0] > x.most {
		t.Errorf("segments of %v bytes, at most %d wanted", got, x.most)
	}
	if c := x.Snapshot().Counts("/w"); c.Files != 20 || c.Chunks != 60 {
		t.Errorf("%+v", c)
	}
}

// A merge that is cancelled changes nothing.
func TestMergeEndsWithItsContext(t *testing.T) {
	x, _ := many(t, 4)
	cause := errors.New("the folder was removed")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	before := x.Snapshot()
	if err := x.Compact(ctx, dims, 0); !errors.Is(err, cause) {
		t.Errorf("Compact: %v", err)
	}
	if x.Snapshot() != before || x.Segments() != 4 {
		t.Errorf("%d segments", x.Segments())
	}
}
