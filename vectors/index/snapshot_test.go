package index

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// Many segments at once are the same as one after the other.
func TestWithAllIsWithManyTimes(t *testing.T) {
	for seed := range uint64(30) {
		rng := rand.New(rand.NewPCG(seed, 9))
		model := plain{}
		build := func() *Segment {
			batch := plain{}
			for range 1 + rng.IntN(3) {
				path := fmt.Sprintf("d%d/f%d.go", rng.IntN(2), rng.IntN(4))
				batch[path] = document(path, randomText(rng), rng)
			}
			var documents []Document
			for path, d := range batch {
				model[path] = d
				documents = append(documents, d)
			}
			seg, err := Build(dims, documents)
			if err != nil {
				t.Fatal(err)
			}
			return seg
		}
		elsewhere, err := Build(dims, []Document{document("d0/f0.go", "func one\n", rng)})
		if err != nil {
			t.Fatal(err)
		}
		s := (&Snapshot{}).With("/w", build(), nil).With("/w", build(), nil)
		joined := Join(s, (&Snapshot{}).With("/elsewhere", elsewhere, nil))
		removed := []string{"d0/f0.go", "d1/f1.go"}
		for _, path := range removed {
			delete(model, path)
		}
		var segments []*Segment
		for range rng.IntN(5) {
			segments = append(segments, build())
		}
		compare(t, s.WithAll("/w", segments, removed), model)
		again := s.With("/w", nil, removed)
		for _, seg := range segments {
			again = again.With("/w", seg, nil)
		}
		compare(t, again, model)
		if got := joined.WithAll("/w", segments, removed); got.Counts("/elsewhere").Files != 1 || got.Counts("/w").Files != len(model) {
			t.Fatalf("joined: %+v, %+v", got.Counts("/elsewhere"), got.Counts("/w"))
		}
	}
}

// Thousands of edited documents are put on top of an index for each query.
func TestWithAllIsLinearInTheSegments(t *testing.T) {
	const documents, most = 2000, 16
	rng := rand.New(rand.NewPCG(3, 9))
	var segments []*Segment
	for i := range documents {
		seg, err := Build(dims, []Document{document(fmt.Sprintf("f%d.go", i), "func one\n", rng)})
		if err != nil {
			t.Fatal(err)
		}
		segments = append(segments, seg)
	}
	took := func(all []*Segment) time.Duration {
		return best(func() {
			for range documents / len(all) {
				if got := (&Snapshot{}).WithAll("/w", all, nil).Counts("/w").Files; got != len(all) {
					t.Fatalf("%d files", got)
				}
			}
		})
	}
	// One after the other, as many would take two thousand times as long as one.
	if all, few := took(segments), took(segments[:20]); all > most*few {
		t.Errorf("%d segments: %v, 20 as often as makes as many: %v", documents, all, few)
	}
}
