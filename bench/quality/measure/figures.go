package measure

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
)

// top is how many results count.
const top = 10

// NDCG is the normalised discounted cumulative gain of the first ten results. A target's rank is that of the first
// result whose path equals it or ends in "/" and it; the gain is 1 each, and the ideal has min(10, targets) of them.
func NDCG(results, targets []string) float64 {
	results = results[:min(top, len(results))]
	var gain, ideal float64
	for _, target := range targets {
		at := slices.IndexFunc(results, func(path string) bool { return path == target || strings.HasSuffix(path, "/"+target) })
		if at >= 0 {
			gain += 1 / math.Log2(float64(at)+2)
		}
	}
	for i := range min(top, len(targets)) {
		ideal += 1 / math.Log2(float64(i)+2)
	}
	return gain / ideal
}

// Mean of a list; 0 of an empty one.
func Mean(list []float64) (m float64) {
	for _, x := range list {
		m += x / float64(len(list))
	}
	return m
}

// Interval is where 95 of 100 means of as many draws from list with replacement lie (bootstrap; Efron 1979).
func Interval(list []float64) (low, high float64) {
	const draws = 10_000
	if len(list) == 0 {
		return 0, 0
	}
	random := rand.New(rand.NewPCG(1, 2)) // the same each time
	means := make([]float64, draws)
	for i := range means {
		for range list {
			means[i] += list[random.IntN(len(list))] / float64(len(list))
		}
	}
	slices.SortFunc(means, cmp.Compare)
	return means[draws*25/1000], means[draws*975/1000]
}

// Minus is a list less another, one by one.
func Minus(a, b []float64) []float64 {
	list := make([]float64, len(a))
	for i := range list {
		list[i] = a[i] - b[i]
	}
	return list
}
