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
	for name, merge := range map[string]func(*Index) error{
		"compact": func(x *Index) error { return x.Compact(t.Context(), dims, 0) },
		"settle":  func(x *Index) error { return x.Settle(t.Context(), dims) },
	} {
		x, size := many(t, 20)
		x.most = 5 * size
		if err := merge(x); err != nil {
			t.Fatal(err)
		}
		if got := sizes(x); len(got) != 4 || got[0] > x.most {
			t.Errorf("%s: segments of %v bytes, at most %d wanted", name, got, x.most)
		}
		if c := x.Snapshot().Counts("/w"); c.Files != 20 || c.Chunks != 60 {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

// Where the index is larger than one segment may be, a save must not copy all that
// does not stand in the largest one.
func TestSettleLeavesFullSegmentsAlone(t *testing.T) {
	x, size := many(t, 12)
	x.most = 4 * size
	if err := x.Settle(t.Context(), dims); err != nil {
		t.Fatal(err)
	}
	full := map[*Segment]bool{}
	for _, p := range x.Snapshot().parts {
		full[p.seg] = true
	}
	if len(full) != 3 {
		t.Fatalf("segments of %v bytes", sizes(x))
	}
	rng := rand.New(rand.NewPCG(2, 8))
	for i := range 2 {
		seg, err := Build(dims, []Document{document(fmt.Sprintf("new%d.go", i), "word\n", rng)})
		if err != nil {
			t.Fatal(err)
		}
		x.Apply(seg, nil)
		if err := x.Settle(t.Context(), dims); err != nil {
			t.Fatal(err)
		}
	}
	kept := 0
	for _, p := range x.Snapshot().parts {
		if full[p.seg] {
			kept++
		}
	}
	if kept != 3 || x.Segments() != 4 {
		t.Errorf("%d of 3 full segments are left, %d segments in all", kept, x.Segments())
	}
	// What is dead in a full one is not kept for ever.
	x.Apply(nil, []string{"f00.go", "f01.go", "f02.go", "f03.go", "f04.go", "f05.go", "f06.go", "f07.go"})
	if err := x.Settle(t.Context(), dims); err != nil {
		t.Fatal(err)
	}
	for _, p := range x.Snapshot().parts {
		if 10*(p.seg.chunkCount-p.chunks) > p.seg.chunkCount {
			t.Errorf("%d of %d chunks are dead", p.seg.chunkCount-p.chunks, p.seg.chunkCount)
		}
	}
	if c := x.Snapshot().Counts("/w"); c.Files != 6 {
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
	if err := x.Settle(ctx, dims); !errors.Is(err, cause) {
		t.Errorf("Settle: %v", err)
	}
	if x.Snapshot() != before || x.Segments() != 4 {
		t.Errorf("%d segments", x.Segments())
	}
}
