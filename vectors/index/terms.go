package index

import (
	"hash/maphash"

	"github.com/semantic-ls/semantic-ls/vectors/words"
)

// terms remembers the words of the identifiers that a builder has seen: files that
// stand together write the same ones again and again, and to find one in a table
// costs a fifth of cutting it, stemming its parts and looking up each. The zero value
// is ready.
//
// Rejected: to remember them from one builder to the next. The table outgrows the
// processor's caches, and is slower than an empty one.
type terms struct {
	seed    maphash.Seed
	table   []slot // by hash. A power of two, at most half full
	entries []entry
	runs    []byte   // the identifiers, end to end
	list    []uint32 // and their terms
}

type slot struct{ hash, entry uint32 } // entry is a number plus 1; 0: none

type entry struct {
	run, terms uint32
	length, n  uint8
}

// longestRun is up to which length in bytes an identifier is remembered: a longer one
// hardly comes twice.
const longestRun = 64

// count counts the words of text in the chunk under way.
func (b *Builder) count(text string, weight uint32) {
	words.Runs(text, func(run string) {
		if len(run) > longestRun {
			words.Each(run, func(word []byte) { b.post.Count(b.term(word, words.Hash(word)), weight) })
			return
		}
		for _, term := range b.termsOf(run) {
			b.post.Count(term, weight)
		}
	})
}

// termsOf are the terms of an identifier of at most longestRun bytes.
func (b *Builder) termsOf(run string) []uint32 {
	t := &b.terms
	if 2*len(t.entries) >= len(t.table) {
		t.grow()
	}
	hash, mask := uint32(maphash.String(t.seed, run)), uint32(len(t.table)-1)
	at := hash & mask
	for ; t.table[at].entry != 0; at = (at + 1) & mask {
		if t.table[at].hash != hash {
			continue
		}
		e := &t.entries[t.table[at].entry-1]
		if string(t.runs[e.run:e.run+uint32(e.length)]) == run {
			return t.list[e.terms : e.terms+uint32(e.n)]
		}
	}
	e := entry{run: uint32(len(t.runs)), terms: uint32(len(t.list)), length: uint8(len(run))}
	t.runs = append(t.runs, run...)
	words.Each(run, func(word []byte) { t.list = append(t.list, b.term(word, words.Hash(word))) })
	e.n = uint8(len(t.list) - int(e.terms))
	t.entries = append(t.entries, e)
	t.table[at] = slot{hash, uint32(len(t.entries))}
	return t.list[e.terms:]
}

func (t *terms) grow() {
	old := t.table
	if old == nil {
		t.seed = maphash.MakeSeed()
	}
	t.table = make([]slot, max(1<<10, 2*len(old)))
	for _, s := range old {
		if s.entry == 0 {
			continue
		}
		at := s.hash & uint32(len(t.table)-1)
		for t.table[at].entry != 0 {
			at = (at + 1) & uint32(len(t.table)-1)
		}
		t.table[at] = s
	}
}
