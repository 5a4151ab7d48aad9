// Package static is the built-in embedding model: no download, no training, no
// network, and the same vector for the same text on every machine.
//
// A text is cut into words (vectors/words); every word has a row of 256 numbers
// and a gain; the rows are summed, weighted with gain x (1 + ln of how often the
// word stands in the text), and the sum is scaled to unit length.
//
// The row of a word is made, not learned, of three parts:
//
//   - its own: pseudo-random signs from a hash of the word, so that equal words
//     meet and strangers are nearly orthogonal (their cosine is 0 +- 1/16);
//   - its spelling: the rows of its letter trigrams, so that related spellings
//     ("conn", "connect") are near, whether or not anybody foresaw them;
//   - its meaning: the rows of the concepts that list it (vectors/words/concepts.txt), so that
//     "guess" and "sniff", or "refuse" and "deny", are near.
//
// The gain is 0 for words of grammar and keywords and low for words that stand
// in every file (gains.txt); no corpus was counted.
//
// Everything is summed in integers and the few steps in floating point are ones
// that IEEE 754 fixes to the bit, each rounded explicitly so that no compiler
// fuses them: indexes made on amd64 and arm64 are equal, whatever the order of
// words. Rejected: float32 sums, which differ in the last bits from platform to
// platform and are not faster without vector instructions.
package static

import (
	"context"
	"math"
	"math/rand/v2"
	"sync"

	"github.com/semantic-ls/semantic-ls/vectors/embed"
	"github.com/semantic-ls/semantic-ls/vectors/simd"
	"github.com/semantic-ls/semantic-ls/vectors/words"
)

// Dimensions is the number of numbers in a vector.
const Dimensions = 256

// name is part of an index's identity. Change it with anything that changes a
// vector; TestGolden fails until it has been.
const name = "builtin-2"

// Model is the built-in model. It is safe for concurrent use; one serves the
// whole process, and keeps at most 10 MB of rows.
type Model struct {
	lexicon lexicon
	rows    cache
	scratch sync.Pool // of *scratch
}

// New reads the checked-in word lists, which takes about two milliseconds.
func New() *Model {
	m := &Model{lexicon: readLexicon(words.Thesaurus, gainsText)}
	m.scratch.New = func() any { return newScratch(m) }
	return m
}

// Model names the model: {builtin-2, builtin, 256}.
func (m *Model) Model() embed.Model {
	return embed.Model{Name: name, Provider: "builtin", Dimensions: Dimensions}
}

// Embed returns one row of Dimensions numbers for each text, in order: of unit
// length, or all zero for a text in which no word says anything. The only error
// is that ctx ended, which is looked at before each text.
func (m *Model) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	rows := make([][]float32, len(texts))
	block := make([]float32, len(texts)*Dimensions)
	for i, text := range texts {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		rows[i] = block[i*Dimensions : (i+1)*Dimensions : (i+1)*Dimensions]
		m.EmbedInto(rows[i], text)
	}
	return rows, nil
}

// EmbedQuery is Embed for one question. The built-in model reads questions and
// code alike; others do not, so callers must not mix them up.
func (m *Model) EmbedQuery(ctx context.Context, text string) ([]float32, error) {
	rows, err := m.Embed(ctx, []string{text})
	if err != nil {
		return nil, err
	}
	return rows[0], nil
}

// EmbedInto writes the row of text to dst[:Dimensions] and allocates nothing for
// words whose rows are at hand. It panics if dst is shorter than Dimensions.
func (m *Model) EmbedInto(dst []float32, text string) {
	s := m.scratch.Get().(*scratch)
	words.Each(text, s.add)
	s.fold()
	s.sum.Unit((*[Dimensions]float32)(dst))
	m.scratch.Put(s)
}

// Word is what the model knows of a word, as words.Each yields it, whose hash is h.
// Another call may give another one, which says the same.
func (m *Model) Word(word []byte, h uint64) *Word {
	w := m.rows.get(h)
	if w == nil {
		w = m.lexicon.row(word, h)
		m.rows.put(w)
	}
	return w
}

// Sum is a text under way: the words that were added. The zero value is an empty one.
type Sum struct {
	rows    []*[Dimensions]int8
	weights []int32
	all     [Dimensions]int64
}

// Add adds a word that stands n times in the text, n at least 1. The same word may be
// added again, which weighs it as two words.
func (m *Model) Add(s *Sum, w *Word, n uint32) {
	if w.gain == 0 {
		return
	}
	if len(s.rows) == maxDistinct {
		s.carry()
	}
	s.rows = append(s.rows, &w.vec)
	s.weights = append(s.weights, w.gain*m.lexicon.damped[min(n, maxCount)]/dampedOne)
}

// carry adds up the rows at hand and forgets them.
func (s *Sum) carry() {
	var sum [Dimensions]int32
	simd.AddRows(&sum, s.rows, s.weights)
	for i, v := range &sum {
		s.all[i] += int64(v)
	}
	clear(s.rows)
	s.rows, s.weights = s.rows[:0], s.weights[:0]
}

// Unit writes the sum to dst, scaled to unit length, or zeros where no word says
// anything, and empties it.
func (s *Sum) Unit(dst *[Dimensions]float32) {
	s.carry()
	unit(dst, &s.all)
	s.all = [Dimensions]int64{}
}

// Bytes is Unit in eight bits a component: component i is int8(dst[i]) * scale, and
// scale 0 where no word says anything. The rounding is that of index.Quantise but for
// halves, each step of it rounded so that all machines agree.
func (s *Sum) Bytes(dst *[Dimensions]byte) (scale float32) {
	s.carry()
	var most int64
	var squares float64
	for _, v := range &s.all {
		most = max(most, v, -v)
		f := float64(v)
		squares += float64(f * f)
	}
	if most == 0 {
		*dst = [Dimensions]byte{}
		return 0
	}
	factor := 127 / float64(most)
	for i, v := range &s.all {
		// Above 0, cutting off rounds down.
		dst[i] = byte(int32(float64(float64(v)*factor)+128.5) - 128)
	}
	s.all = [Dimensions]int64{}
	return float32(float64(most) / 127 / math.Sqrt(squares))
}

const (
	// maxDistinct bounds the distinct words counted before they are folded into
	// the sum. A chunk of 60 lines has about 150; a longer text is counted in
	// pieces, which only weakens the damping of repeated words.
	//
	// Their sum cannot overflow int32: maxDistinct words of at most 127 x 64 x
	// (1 + ln maxCount) = 64,500 make 264 million.
	maxDistinct = 4096
	slots       = 1 << (64 - slotShift) // 2 x maxDistinct: at most half full, so that probes stay short
	slotShift   = 51
	// maxCount is where repeating a word stops to add weight.
	maxCount = 1024
)

// scratch is what one EmbedInto needs; between uses everything in it is zero
// but what m owns.
type scratch struct {
	model *Model
	add   func(word []byte) // s.count, made once: making it allocates
	seed  uint64            // odd; at random, so that nobody can write words that crowd in one place
	seen  []counted
	slot  [slots]uint16 // by the top bits of hash x seed: 1 + index in seen, open addressing
	sum   Sum
}

type counted struct {
	word *Word
	n    uint32
	slot int
}

func newScratch(m *Model) *scratch {
	s := &scratch{model: m, seed: rand.Uint64() | 1, seen: make([]counted, 0, maxDistinct)}
	s.add = s.count
	return s
}

func (s *scratch) count(word []byte) {
	h := words.Hash(word)
	home := h * s.seed >> slotShift
	i := home
	for s.slot[i] != 0 {
		if c := &s.seen[s.slot[i]-1]; c.word.hash == h {
			c.n++
			return
		}
		i = (i + 1) & (slots - 1)
	}
	if len(s.seen) == maxDistinct {
		s.fold()
		i = home
	}
	s.seen = append(s.seen, counted{word: s.model.Word(word, h), n: 1, slot: int(i)})
	s.slot[i] = uint16(len(s.seen))
}

// fold adds the counted words to the sum and forgets them.
func (s *scratch) fold() {
	for _, c := range s.seen {
		s.model.Add(&s.sum, c.word, c.n)
		s.slot[c.slot] = 0
	}
	clear(s.seen)
	s.seen = s.seen[:0]
}

// unit writes sum to dst, scaled to unit length.
func unit(dst *[Dimensions]float32, sum *[Dimensions]int64) {
	var squares float64
	for _, v := range sum {
		f := float64(v)
		squares += float64(f * f)
	}
	if squares == 0 {
		*dst = [Dimensions]float32{}
		return
	}
	norm := math.Sqrt(squares)
	for i, v := range sum {
		dst[i] = float32(float64(v) / norm)
	}
}
