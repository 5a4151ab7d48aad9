package index

import (
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
				l.offer(c)
			}
		}
		slices.SortFunc(all, compareScores)
		if got := l.sorted(); !slices.Equal(got, all[:min(most, n)]) {
			t.Fatalf("%d of %d with %d scores: another choice", most, n, values)
		}
	}
}
