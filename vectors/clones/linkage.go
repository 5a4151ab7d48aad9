package clones

import (
	"context"
	"slices"
)

const (
	// mostPairs is how many pairs of two groups are compared before they become one; of more, so many that are spread evenly.
	mostPairs = 64
	// linkedSymbols is how long pieces are up to which that holds: 90 lines, of which two are compared in 20 µs. What it takes
	// grows with the square, and copies of a file of 600 lines would be compared for seconds each: of longer ones fewer pairs
	// are, but fewestPairs at least.
	linkedSymbols = 1000
	fewestPairs   = 4
	// likeSteps is how finely edges are put in order.
	likeSteps = 1000
)

// linkage is which nodes are one group: complete linkage, the most similar first, so that each two nodes of a group are as
// similar as is asked.
type linkage struct {
	parent []int32
	nodes  [][]int32 // by root
	least  []float64 // by root: the similarity of its two least similar nodes
	apart  map[[2]int32]bool
}

func (l *linkage) find(n int32) int32 {
	for l.parent[n] != n {
		l.parent[n] = l.parent[l.parent[n]]
		n = l.parent[n]
	}
	return n
}

// link joins nodes to groups.
func (f *finder) link(ctx context.Context) (*linkage, error) {
	l := &linkage{
		parent: make([]int32, len(f.nodes)), nodes: make([][]int32, len(f.nodes)), least: make([]float64, len(f.nodes)),
		apart: map[[2]int32]bool{},
	}
	for i := range l.parent {
		l.parent[i], l.nodes[i], l.least[i] = int32(i), []int32{int32(i)}, 1
	}
	edges := ranked(f.edges, likeSteps, func(e *edge) int { return likeSteps - int(e.like*likeSteps) })
	var c comparison
	work := f.units(len(edges), func(i int) int { return len(f.nodes[edges[i].a].symbols) })
	err := work(ctx, func(i int) {
		e := edges[i]
		a, b := l.find(e.a), l.find(e.b)
		if a == b || l.apart[[2]int32{min(a, b), max(a, b)}] {
			return
		}
		least, ok := f.joined(l, a, b, e, &c)
		if !ok {
			l.apart[[2]int32{min(a, b), max(a, b)}] = true
			return
		}
		if len(l.nodes[a]) < len(l.nodes[b]) {
			a, b = b, a
		}
		l.least[a] = min(l.least[a], l.least[b], least)
		l.parent[b] = a
		l.nodes[a] = append(l.nodes[a], l.nodes[b]...)
		l.nodes[b] = nil
	})
	return l, err
}

// joined is how similar the least similar nodes of two groups are, between which there is an edge; false where that is not
// enough, or where one overlaps another.
func (f *finder) joined(l *linkage, a, b int32, e edge, c *comparison) (least float64, ok bool) {
	one, two := l.nodes[a], l.nodes[b]
	if len(one) > len(two) {
		one, two = two, one
	}
	if !f.disjoint(e.a, e.b) {
		return 0, false
	}
	least = e.like
	if len(one)*len(two) == 1 {
		return least, true
	}
	n := pairs(len(one)*len(two), len(f.nodes[e.a].symbols))
	last := int32(-1)
	for k := range n {
		at := k * (len(one) * len(two)) / n
		p, q := one[at/len(two)], two[at%len(two)]
		if !f.disjoint(p, q) {
			return 0, false
		}
		s, t := f.nodes[p].symbols, f.nodes[q].symbols
		if !f.mayBe(min(len(s), len(t)), max(len(s), len(t))) {
			return 0, false
		}
		if p != last {
			c.with(s)
			last = p
		}
		like := c.like(t, f.options.Similarity)
		if like < f.options.Similarity {
			return 0, false
		}
		least = min(least, like)
	}
	return least, true
}

// pairs is how many of all pairs of two groups are compared whose nodes have about so many symbols.
func pairs(all, symbols int) int {
	most := mostPairs
	if symbols > linkedSymbols {
		most = max(fewestPairs, mostPairs*linkedSymbols/symbols*linkedSymbols/symbols)
	}
	return min(all, most)
}

// disjoint reports whether no member of one node overlaps one of another. Of many members some are looked at, spread evenly.
func (f *finder) disjoint(a, b int32) bool {
	few, many := f.nodes[a].members, f.nodes[b].members
	if len(few) > len(many) {
		few, many = many, few
	}
	looked := min(len(few), mostPairs)
	for k := range looked {
		m := few[k*len(few)/looked]
		span := f.span(m)
		n, _ := slices.BinarySearchFunc(many, m, f.before)
		// All of one node are of one length: if any of many overlaps it, one beside its place does.
		if n < len(many) && many[n].file == m.file && f.span(many[n]).from < span.to {
			return false
		}
		if n > 0 && many[n-1].file == m.file && f.span(many[n-1]).to > span.from {
			return false
		}
	}
	return true
}
