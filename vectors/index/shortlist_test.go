package index

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestShortlistKeepsTheBest(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	for range 300 {
		n, most, values := rng.IntN(3000), rng.IntN(300), 1+rng.IntN(1000)
		var all []Candidate
		l := shortlist{most: most, least: -1}
		for id := range n {
			c := Candidate{ID: uint32(id), Score: float32(rng.IntN(values))}
			switch values % 4 {
			case 0:
				c.Score = float32(id)
			case 1:
				c.Score = float32(n - id)
			}
			all = append(all, c)
			if c.Score > l.least { // as its user does
				l.offer(keyOf(c.Score, c.ID))
			}
		}
		slices.SortFunc(all, compareScores)
		l.drop()
		var got []Candidate
		for _, key := range l.keys {
			score, id := ofKey(key)
			got = append(got, Candidate{ID: id, Score: score})
		}
		slices.SortFunc(got, compareScores)
		if !slices.Equal(got, all[:min(most, n)]) {
			t.Fatalf("%d of %d with %d scores: another choice", most, n, values)
		}
		if most > 0 && n >= most && l.least != all[most-1].Score {
			t.Errorf("the lowest score is %v, want %v", l.least, all[most-1].Score)
		}
	}
}

// Keys are in the order of candidates, and hold them.
func TestKeys(t *testing.T) {
	inf, tiny := float32(math.Inf(1)), float32(math.SmallestNonzeroFloat32)
	minusZero := float32(math.Copysign(0, -1))
	var list []Candidate
	for _, score := range []float32{-inf, -math.MaxFloat32, -1, -tiny, minusZero, 0, tiny, 0.1, 1, 1.5, math.MaxFloat32, inf} {
		for _, id := range []uint32{0, 1, 1 << 31, math.MaxUint32} {
			list = append(list, Candidate{ID: id, Score: score})
		}
	}
	for _, a := range list {
		key := keyOf(a.Score, a.ID)
		if score, id := ofKey(key); score != a.Score || id != a.ID {
			t.Errorf("%+v comes back as %v, %d", a, score, id)
		}
		for _, b := range list {
			if better(a, b) != (key > keyOf(b.Score, b.ID)) {
				t.Errorf("%+v and %+v: their keys are in another order", a, b)
			}
		}
	}
}
