package main

import "math"

const (
	// minEvaluated is how many pairs a repository must have to be asked: among few, chance finds the right one.
	minEvaluated = 100
	// maxEvaluated bounds those that are compared.
	maxEvaluated = 2000
	// minOfKind is how many pairs of a kind a repository must have for a mean.
	minOfKind = 10
)

// reciprocal is, of each kind, the mean reciprocal rank of the code of a pair among that of all pairs of its repository,
// the mean over repositories; NaN where none has enough. Pairs are in the order of their repositories.
func (l *learner) reciprocal(pairs []pair) (mean [kinds]float64) {
	var repositories [kinds]float64
	for len(pairs) > 0 {
		n := 1
		for n < len(pairs) && pairs[n].repo == pairs[0].repo {
			n++
		}
		if n >= minEvaluated {
			list := pairs[:min(n, maxEvaluated)]
			var sum, times [kinds]float64
			for i, rank := range l.ranks(list) {
				sum[list[2*i].kind] += 1 / float64(rank)
				times[list[2*i].kind]++
			}
			for k := range kinds {
				if times[k] >= minOfKind {
					mean[k] += sum[k] / times[k]
					repositories[k]++
				}
			}
		}
		pairs = pairs[n:]
	}
	for k := range kinds {
		mean[k] /= repositories[k]
		if repositories[k] == 0 {
			mean[k] = math.NaN()
		}
	}
	return mean
}

// ranks are those of every second pair, from 1.
func (l *learner) ranks(pairs []pair) []int {
	n := len(pairs)
	q, c := newSide(n, l.dimensions), newSide(n, l.dimensions)
	for i := range pairs {
		q.texts[i], c.texts[i] = pairs[i].said, pairs[i].code
	}
	asked, b := q.unit, (*layerBatch)(nil)
	if l.layer != nil {
		b = newLayerBatch(n, l.hyper)
		asked = b.out
	}
	l.share(n, func(_, from, to int) {
		l.embed(q, &l.table.said, from, to)
		l.embed(c, &l.table.code, from, to)
		if l.layer != nil {
			l.layer.forward(b, q, from, to)
		}
	})
	ranks := make([]int, (n+1)/2)
	l.share(len(ranks), func(_, from, to int) {
		for r := from; r < to; r++ {
			x := q.of(asked, 2*r)
			own := dot(x, c.of(c.unit, 2*r))
			ranks[r] = 1
			for j := range n {
				if j != 2*r && dot(x, c.of(c.unit, j)) > own {
					ranks[r]++
				}
			}
		}
	})
	return ranks
}
