// Package static is the built-in embedding model: no download, no network, and
// the same vector for the same text on every machine.
//
// A text is cut into words (vectors/words). A word has a row of 256 numbers and two
// gains, how much it weighs where it stands in code and where it stands in a
// question. The vector of a text is the sum of its words' rows, each weighed with
// gain x (1 + ln of how often the word stands in the text), scaled to unit length.
// A question may also have rows for two words that follow each other, and may go
// through a small layer (layer.go); the vector of code never does, so that an index
// costs its words and no more.
//
// Rows and gains are learned: by vectors/embed/static/train, from what people write
// about code (comments, titles of tests, documentation) and the code that they write it
// about; MODEL.md has what was learned from and what came of it. They stand in
// model.bin, which is a part of the program (table.go draws it). What was learned of too
// few repositories to have a row of its own shares one, chosen by its hash, with others
// of the kind: no word is unknown, and two texts that share a rare word are a little
// nearer for it.
//
// Words are summed in integers, and the few steps in floating point are ones that IEEE 754
// fixes to the bit, each rounded explicitly so that no compiler fuses them: indexes
// made on amd64 and arm64 are equal, whatever the order of words. Rejected: float32
// sums, which differ in the last bits from platform to platform and are not faster.
package static

import (
	"context"
	_ "embed"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"unsafe"

	"github.com/semantic-ls/semantic-ls/vectors/embed"
	"github.com/semantic-ls/semantic-ls/vectors/simd"
	"github.com/semantic-ls/semantic-ls/vectors/words"
)

// Dimensions is the number of numbers in a vector.
const Dimensions = 256

// name is part of an index's identity. Change it with anything that changes a
// vector; TestGolden fails until it has been.
const name = "builtin-4"

// Model is a model of words. It is safe for concurrent use.
type Model struct {
	*table
	name    string
	scratch sync.Pool // of *scratch
}

//go:embed model.bin
var builtin string

var builtinTable = sync.OnceValue(func() *table {
	t, err := readTable(unsafe.Slice(unsafe.StringData(builtin), len(builtin))) // which nothing writes to
	if err != nil {
		panic("the built-in model: " + err.Error()) // which no program has that passed its tests
	}
	return t
})

// New returns the built-in model. The first call reads it, which takes milliseconds.
func New() *Model { return newModel(builtinTable(), name) }

// Open reads a model from a file that vectors/embed/static/train has written. The model's
// name is the file's checksum: two files with other rows are two models. The error names
// the file, what was expected of it and the way out; it is ErrFormat, ErrVersion,
// ErrDimensions, ErrDamaged or one of the file system.
func Open(file string) (*Model, error) {
	const wayOut = "name a file that vectors/embed/static/train of this version has written, or none for the built-in model"
	data, err := readFile(file)
	if err != nil {
		return nil, fmt.Errorf("model %s: %w: %s", file, reason(err), wayOut)
	}
	t, err := readTable(data)
	if err != nil {
		return nil, fmt.Errorf("model %s: %w: %s", file, err, wayOut)
	}
	return newModel(t, fmt.Sprintf("file-%08x", t.sum)), nil
}

func newModel(t *table, name string) *Model {
	m := &Model{table: t, name: name}
	m.scratch.New = func() any { return newScratch(m) }
	return m
}

// Model names the model: {builtin-4, builtin, 256}, or {file-0a1b2c3d, builtin, 256}.
func (m *Model) Model() embed.Model {
	return embed.Model{Name: m.name, Provider: "builtin", Dimensions: Dimensions}
}

// Embed returns one row of Dimensions numbers for each piece of code, in order: of unit
// length, or all zero for a text without words. The only error is that ctx ended, which
// is looked at before each text.
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

// EmbedQuery is Embed for one question, in which words weigh otherwise than in code.
func (m *Model) EmbedQuery(ctx context.Context, text string) ([]float32, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	row := make([]float32, Dimensions)
	m.EmbedQueryInto(row, text)
	return row, nil
}

// EmbedQueryInto is EmbedInto for a question.
func (m *Model) EmbedQueryInto(dst []float32, text string) { m.embedInto(dst, text, true) }

// EmbedInto writes the row of a piece of code to dst[:Dimensions] and allocates nothing
// once it is warm. It panics if dst is shorter than Dimensions.
func (m *Model) EmbedInto(dst []float32, text string) { m.embedInto(dst, text, false) }

func (m *Model) embedInto(dst []float32, text string, asked bool) {
	row := (*[Dimensions]float32)(dst)
	s := m.scratch.Get().(*scratch)
	s.asked = asked
	words.Each(text, s.add)
	s.fold()
	s.sum.Unit(row)
	if asked {
		m.layer.apply(row, &s.passage)
	}
	m.scratch.Put(s)
}

// Word is what the model knows of the word whose hash is h, as words.Hash yields it.
func (m *Model) Word(h uint64) *Word { return m.word(h) }

// Known is Word, but nil for a word without a row of its own.
func (m *Model) Known(h uint64) *Word { return m.single.of(h) }

// Sum is a text under way: the words that were added. The zero value is an empty one.
type Sum struct {
	rows    []*[Dimensions]int8
	weights []int32
	all     [Dimensions]int64
}

// Add adds a word that stands n times in a piece of code, n at least 1. The same word may be
// added again, which weighs it as two words.
func (s *Sum) Add(w *Word, n uint32) { s.weigh(w.row, w.code, n) }

func (s *Sum) weigh(row *[Dimensions]int8, gain int32, n uint32) {
	if gain > 0 {
		s.add(row, gain*damped[min(n, maxCount)]/dampedOne)
	}
}

// add adds a row with a weight of at most maxWeight.
func (s *Sum) add(row *[Dimensions]int8, weight int32) {
	if len(s.rows) == maxDistinct {
		s.carry()
	}
	s.rows = append(s.rows, row)
	s.weights = append(s.weights, weight)
}

// dampedOne is the damping of a word that stands once.
const dampedOne = 64

// damped is 1 + ln n, in 1/dampedOne. math.Log may differ in its last bit between platforms; none of these products
// is nearer than 1e-6 to a half (TestDampingIsPortable).
var damped = func() (d [maxCount + 1]int32) {
	for n := 1; n <= maxCount; n++ {
		d[n] = int32(math.Round(damping(n) * dampedOne))
	}
	return d
}()

func damping(n int) float64 { return 1 + math.Log(float64(n)) }

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

// Unit writes the sum to dst, scaled to unit length, or zeros where it is nothing, and
// empties it.
func (s *Sum) Unit(dst *[Dimensions]float32) {
	s.carry()
	var sum [Dimensions]float64
	for i, v := range &s.all {
		sum[i] = float64(v)
	}
	unitOf(dst, &sum)
	s.all = [Dimensions]int64{}
}

// Bytes is Unit in eight bits a component: component i is int8(dst[i]) * scale, and
// scale 0 where the sum is nothing. The rounding is that of index.Quantise but for
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
		dst[i] = rounded(float64(v) * factor)
	}
	s.all = [Dimensions]int64{}
	return float32(float64(most) / 127 / math.Sqrt(squares))
}

const (
	// maxDistinct bounds the distinct words counted before they are folded into
	// the sum. A chunk of 60 lines has about 150; a longer text is counted in
	// pieces, which only weakens the damping of repeated words.
	maxDistinct = 512
	places      = 1 << (64 - slotShift) // 2 x maxDistinct: at most half full, so that probes stay short
	slotShift   = 54
	// maxCount is where repeating a word stops to add weight.
	maxCount = 1024
	// maxWeight is the most that a row may weigh: maxGain x (1 + ln maxCount) is less.
	maxWeight = math.MaxInt16
)

// The sum of maxDistinct rows fits in the int32 that they are added up in: this does not
// compile where it would not.
const _ int32 = maxDistinct * -math.MinInt8 * maxWeight

// scratch is what one EmbedInto needs; between uses everything in it is zero
// but what m owns.
type scratch struct {
	model *Model
	add   func(word []byte) // s.count, made once: making it allocates
	asked bool              // the text is a question
	seed  uint64            // odd; at random, so that nobody can write words that crowd in one place
	seen  []counted
	slot  [places]uint16 // by the top bits of hash x seed: 1 + index in seen, open addressing
	sum   Sum

	passage passage
}

type counted struct {
	hash uint64
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
		if c := &s.seen[s.slot[i]-1]; c.hash == h {
			c.n++
			return
		}
		i = (i + 1) & (places - 1)
	}
	if len(s.seen) == maxDistinct {
		s.fold()
		i = home
	}
	s.seen = append(s.seen, counted{hash: h, n: 1, slot: int(i)})
	s.slot[i] = uint16(len(s.seen))
}

// fold adds the counted words to the sum and forgets them.
func (s *scratch) fold() {
	for i, c := range s.seen {
		if s.asked && i > 0 {
			if w := s.model.bigrams.of(bigramHash(s.seen[i-1].hash, c.hash)); w != nil {
				s.sum.weigh(w.row, w.asked, 1)
			}
		}
		w := s.model.word(c.hash)
		gain := w.code
		if s.asked {
			gain = w.asked
		}
		s.sum.weigh(w.row, gain, c.n)
		s.slot[c.slot] = 0
	}
	clear(s.seen)
	s.seen = s.seen[:0]
}

// unitOf writes sum to dst, scaled to unit length, or zeros where it is nothing.
func unitOf(dst *[Dimensions]float32, sum *[Dimensions]float64) {
	var squares float64
	for _, v := range sum {
		squares += float64(v * v)
	}
	if squares == 0 {
		*dst = [Dimensions]float32{}
		return
	}
	norm := math.Sqrt(squares)
	for i, v := range sum {
		dst[i] = float32(v / norm)
	}
}
