package index

import (
	"math/bits"
	"math/rand/v2"

	"github.com/semantic-ls/semantic-ls/vectors/words"
)

// terms remembers the words of the identifiers that a builder has seen: files that
// stand together write the same ones again and again, and to find one in a table
// costs a fifth of cutting it, stemming its parts and looking up each. A text says most
// of its identifiers several times, so they are counted before their words are. The zero
// value is ready.
//
// Rejected: to remember them from one builder to the next. The table outgrows the
// processor's caches, and is slower than an empty one.
type terms struct {
	seed  uint64 // odd; at random, so that nobody can write identifiers that crowd in one place
	shift uint   // of a product with it, which leaves a place
	table []slot // by hash, a power of two, at most half full
	runs  []run
	list  []uint32 // their terms
	said  []uint32 // the runs that were counted since they were added up
}

type slot struct{ hash, run uint32 } // run is a number plus 1; 0: none

type run struct {
	hash  uint64
	terms uint32
	n     uint32
	count uint32 // since they were added up
}

// longestRun is up to which length in bytes an identifier is remembered: a longer one
// hardly comes twice.
const longestRun = 64

// count counts the words of text in the chunk under way, weight times each.
func (b *Builder) count(text string, weight uint32) {
	t := &b.terms
	words.Runs(text, func(run string) {
		if len(run) > longestRun {
			words.Each(run, func(word []byte) { b.post.Count(b.term(word, words.Hash(word)), weight) })
			return
		}
		id := b.runOf(run)
		r := &t.runs[id]
		if r.count == 0 {
			t.said = append(t.said, id)
		}
		r.count++
	})
	for _, id := range t.said {
		r := &t.runs[id]
		for _, term := range t.list[r.terms : r.terms+r.n] {
			b.post.Count(term, r.count*weight)
		}
		r.count = 0
	}
	t.said = t.said[:0]
}

// runOf is the number of an identifier of at most longestRun bytes.
func (b *Builder) runOf(text string) uint32 {
	t := &b.terms
	if 2*len(t.runs) >= len(t.table) {
		t.grow()
	}
	hash, mask := words.HashString(text), uint64(len(t.table)-1)
	at := hash * t.seed >> t.shift
	for ; t.table[at].run != 0; at = (at + 1) & mask {
		if id := t.table[at].run - 1; t.table[at].hash == uint32(hash) && t.runs[id].hash == hash {
			return id
		}
	}
	r := run{hash: hash, terms: uint32(len(t.list))}
	words.Each(text, func(word []byte) { t.list = append(t.list, b.term(word, words.Hash(word))) })
	r.n = uint32(len(t.list)) - r.terms
	t.runs = append(t.runs, r)
	t.table[at] = slot{uint32(hash), uint32(len(t.runs))}
	return uint32(len(t.runs) - 1)
}

func (t *terms) grow() {
	if t.table == nil {
		t.seed = rand.Uint64() | 1
	}
	t.table = make([]slot, max(1<<10, 2*len(t.table)))
	t.shift = uint(64 - bits.TrailingZeros(uint(len(t.table))))
	mask := uint64(len(t.table) - 1)
	for i, r := range t.runs {
		at := r.hash * t.seed >> t.shift
		for t.table[at].run != 0 {
			at = (at + 1) & mask
		}
		t.table[at] = slot{uint32(r.hash), uint32(i + 1)}
	}
}
