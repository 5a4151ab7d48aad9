package main

import (
	"math/rand/v2"
	"slices"
)

// neighbours is how many pairs of a repository are shuffled together or stay in their order.
const neighbours = 1024

// batches puts pairs together: runs of one repository, half of them neighbours in it, half at random. What does not fill
// a batch waits for the next epoch.
func batches(pairs []pair, h hyper, random *rand.Rand) (list [][]*pair) {
	var runs [][]*pair
	for len(pairs) > 0 {
		n := 1
		for n < len(pairs) && pairs[n].repo == pairs[0].repo {
			n++
		}
		runs = append(runs, runsOf(pairs[:n], h.run, random)...)
		pairs = pairs[n:]
	}
	random.Shuffle(len(runs), func(i, j int) { runs[i], runs[j] = runs[j], runs[i] })
	var batch []*pair
	for _, p := range slices.Concat(runs...) {
		if batch = append(batch, p); len(batch) == h.batch {
			list = append(list, batch)
			batch = nil
		}
	}
	return list
}

// runsOf cuts the pairs of one repository into runs. A block of neighbours is cut as it is, or mixed with other blocks
// first, so that each pair is in one run.
func runsOf(pairs []pair, length int, random *rand.Rand) (runs [][]*pair) {
	var mixed []*pair
	for block := range slices.Chunk(pairs, neighbours) {
		list := make([]*pair, len(block))
		for i := range block {
			list[i] = &block[i]
		}
		if random.IntN(2) == 0 {
			mixed = append(mixed, list...)
		} else {
			runs = slices.AppendSeq(runs, slices.Chunk(list, length))
		}
	}
	random.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
	return slices.AppendSeq(runs, slices.Chunk(mixed, length))
}

const (
	// minSeenSaid and minSeenCode are how many words of a side a step sees at least.
	minSeenSaid = 2
	minSeenCode = 4
	// minNovel is how many words must be left for the others to be taken away.
	minNovel = 3
)

// view is what a step sees of a pair.
func (l *learner) view(p *pair) (said, code []count) {
	said, code = p.said, p.code
	if l.novel > 0 && l.random.Float64() < l.novel {
		said = novel(p)
	}
	if l.drop > 0 {
		said, code = l.dropped(said, minSeenSaid), l.dropped(code, minSeenCode)
	}
	return said, code
}

// novel is what is said without the words that stand in the code too, or all of it where little is left.
func novel(p *pair) []count {
	var list []count
	for _, w := range p.said {
		if !slices.ContainsFunc(p.code, func(c count) bool { return c>>8 == w>>8 }) {
			list = append(list, w)
		}
	}
	if len(list) < minNovel {
		return p.said
	}
	return list
}

// dropped is list without some of its words, but with least of them.
func (l *learner) dropped(list []count, least int) []count {
	kept := make([]count, 0, len(list))
	for i, c := range list {
		if len(kept)+len(list)-i <= least || l.random.Float64() >= l.drop {
			kept = append(kept, c)
		}
	}
	return kept
}
