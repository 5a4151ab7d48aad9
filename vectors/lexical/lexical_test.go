package lexical

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/semantic-ls/semantic-ls/vectors/words"
)

// model is the plain form of postings: term -> document -> count.
type model struct {
	lists   map[uint64]map[uint32]uint32
	lengths []uint32
	groups  []uint32 // of each document
}

func hashOf(n int) uint64 { return words.HashString(fmt.Sprint("w", n)) }

// random makes postings in which some words are in nearly all documents, and most in
// one or two.
func random(rng *rand.Rand, documents int) ([]byte, model) {
	var b Builder
	m := model{lists: map[uint64]map[uint32]uint32{}}
	group := uint32(0)
	for d := range documents {
		length := uint32(0)
		for range rng.IntN(30) {
			term, weight := hashOf(int(rng.ExpFloat64()*rng.ExpFloat64()*20)), uint32(1+rng.IntN(3)*rng.IntN(100))
			if rng.IntN(5) == 0 {
				b.Mark(b.Term(term), weight)
			} else {
				b.Count(b.Term(term), weight)
				length += weight
			}
			if m.lists[term] == nil {
				m.lists[term] = map[uint32]uint32{}
			}
			m.lists[term][uint32(d)] += weight
		}
		b.End()
		m.lengths, m.groups = append(m.lengths, length), append(m.groups, group)
		if rng.IntN(4) == 0 {
			b.EndGroup()
			group++
		}
	}
	for _, docs := range m.lists {
		for d, n := range docs {
			docs[d] = min(n, mostCount)
		}
	}
	return b.Encode(), m
}

func check(t *testing.T, data []byte, want model) *Postings {
	t.Helper()
	p, err := Open(data)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Check(); err != nil {
		t.Fatal(err)
	}
	if p.Documents() != len(want.lengths) || p.Terms() != len(want.lists) {
		t.Fatalf("%d documents, %d terms", p.Documents(), p.Terms())
	}
	for i := range p.Terms() {
		hash, list := p.Term(i)
		docs, groups := map[uint32]uint32{}, map[uint32]bool{}
		for _, e := range list.Append(nil) {
			docs[e.Document] = e.Count
			groups[want.groups[e.Document]] = true
		}
		if !reflect.DeepEqual(docs, want.lists[hash]) {
			t.Fatalf("list of %x:\n got %v\nwant %v", hash, docs, want.lists[hash])
		}
		if int(list.Documents) != len(docs) || int(list.Groups) != len(groups) {
			t.Fatalf("list of %x: %d documents, %d groups, want %d, %d", hash, list.Documents, list.Groups, len(docs), len(groups))
		}
		if again := p.Lookup(hash).Append(nil); !reflect.DeepEqual(again, list.Append(nil)) {
			t.Fatalf("Lookup(%x) = %v, Term gives %v", hash, again, list.Append(nil))
		}
	}
	for d, n := range want.lengths {
		if p.Length(uint32(d)) != n {
			t.Fatalf("length of %d: %d, want %d", d, p.Length(uint32(d)), n)
		}
	}
	return p
}

func TestBuildAgainstAPlainMap(t *testing.T) {
	for seed := range uint64(50) {
		rng := rand.New(rand.NewPCG(seed, 1))
		data, m := random(rng, rng.IntN(60))
		p := check(t, data, m)
		if l := p.Lookup(words.HashString("absent")).Append(nil); l != nil {
			t.Fatalf("absent: %v", l)
		}
	}
}

// A term that was given a number and never counted is in no dictionary, nor one that only
// With has counted.
func TestTermsThatStandNowhere(t *testing.T) {
	var b Builder
	b.Term(hashOf(1))
	b.With([]uint32{b.Term(hashOf(2))}, func([]uint32, []uint32) {})
	b.Count(b.Term(hashOf(3)), 1)
	b.End()
	check(t, b.Encode(), model{
		lists: map[uint64]map[uint32]uint32{hashOf(3): {0: 1}}, lengths: []uint32{1}, groups: []uint32{0},
	})
}

// Enough documents for several blocks: the lists of common words have tables.
func TestBlocks(t *testing.T) {
	data, m := random(rand.New(rand.NewPCG(1, 9)), 2*blockSize+5)
	p := check(t, data, m)
	tables := 0
	for i := range p.Terms() {
		if _, l := p.Term(i); l.table != nil {
			tables++
		}
	}
	if tables == 0 || tables == p.Terms() {
		t.Fatalf("%d of %d lists have a table", tables, p.Terms())
	}
	checkWindows(t, p)
}

// Read by windows, from wherever, a list says what it says as a whole.
func TestWindows(t *testing.T) {
	data, m := random(rand.New(rand.NewPCG(5, 9)), Window+100)
	checkWindows(t, check(t, data, m))
}

// checkSums wants of Sum what Tally counts, and the same of groups of up to five documents.
func checkSums(t *testing.T, p *Postings, l List, from uint32) {
	t.Helper()
	c, tallied := l.Cursor(from), l.Cursor(from)
	for at := from; at < uint32(p.Documents()); at += Window {
		var counts Counts
		tallied.Tally(&counts, at, 3)
		sums, groups := newSums(at), [Window]int32{}
		some := c.Sum(sums, at, 3)
		any := false
		for k, n := range counts.Times {
			groups[sums.GroupOf[k]-sums.First] += int32(n)
			any = any || n > 0
		}
		if some != any || sums.Times != counts.Times || sums.Groups != groups {
			t.Fatalf("documents from %d: some %v, and other counts than one by one, %v", at, some, any)
		}
	}
}

// newSums are those of a window that starts at from, of groups of five documents.
func newSums(from uint32) *Sums {
	sums := &Sums{GroupOf: new([Window]uint32), First: from / 5, Meanwhile: func() {}}
	for i := range sums.GroupOf {
		sums.GroupOf[i] = (from + uint32(i)) / 5
	}
	return sums
}

func checkWindows(t *testing.T, p *Postings) {
	t.Helper()
	for i := range p.Terms() {
		hash, l := p.Term(i)
		for from := uint32(0); from < uint32(p.Documents()); from += 7 * Window {
			want := map[uint32]uint32{}
			for _, e := range l.Append(nil) {
				if e.Document >= from {
					want[e.Document] = 3 * e.Count
				}
			}
			c := l.Cursor(from)
			for at := from; at < uint32(p.Documents()); at += Window {
				var counts Counts
				c.Tally(&counts, at, 3)
				for k, n := range counts.Times {
					if marked := counts.Any[k/64]>>(k%64)&1 == 1; marked != (n > 0) || uint32(n) != want[at+uint32(k)] {
						t.Fatalf("term %x from %d: document %d counts %d, marked %v, want %d", hash, from, int(at)+k, n, marked, want[at+uint32(k)])
					}
					delete(want, at+uint32(k))
				}
			}
			if len(want) > 0 {
				t.Fatalf("term %x from %d: %d documents are not read", hash, from, len(want))
			}
			checkSums(t, p, l, from)
		}
	}
}

func TestMergeAgainstAPlainMap(t *testing.T) {
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 2))
		var sources []Source
		want := model{lists: map[uint64]map[uint32]uint32{}}
		group := uint32(0)
		most := 30
		if seed < 3 {
			most = blockSize // together they have several blocks
		}
		for range 1 + rng.IntN(4) {
			data, m := random(rng, rng.IntN(most))
			p, err := Open(data)
			if err != nil {
				t.Fatal(err)
			}
			s := Source{Postings: p, First: uint32(len(want.lengths)), GroupOf: m.groups}
			dropped := map[uint32]bool{}
			if rng.IntN(2) == 0 {
				s.Renumber = make([]uint32, len(m.lengths))
				for _, g := range m.groups {
					if _, known := dropped[g]; !known {
						dropped[g] = rng.IntN(3) == 0
					}
				}
			}
			number := map[uint32]uint32{}
			for d, g := range m.groups {
				if dropped[g] {
					s.Renumber[d] = Dropped
					continue
				}
				number[uint32(d)] = uint32(len(want.lengths))
				if s.Renumber != nil {
					s.Renumber[d] = uint32(len(want.lengths))
				}
				want.lengths, want.groups = append(want.lengths, m.lengths[d]), append(want.groups, group+g)
			}
			group += uint32(len(m.groups)) + 1
			for term, docs := range m.lists {
				for d, n := range docs {
					if to, ok := number[d]; ok {
						if want.lists[term] == nil {
							want.lists[term] = map[uint32]uint32{}
						}
						want.lists[term][to] = n
					}
				}
			}
			sources = append(sources, s)
		}
		merged, err := Merge(t.Context(), sources)
		if err != nil {
			t.Fatal(err)
		}
		check(t, merged, want)
	}
}

func TestMergeEndsWithItsContext(t *testing.T) {
	var b Builder
	for n := range 2 * checkEvery {
		b.Count(b.Term(hashOf(n)), 1)
	}
	b.End()
	p, err := Open(b.Encode())
	if err != nil {
		t.Fatal(err)
	}
	cause := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	if _, err := Merge(ctx, []Source{{Postings: p}}); !errors.Is(err, cause) {
		t.Errorf("%v", err)
	}
}

func TestOpenRefusesWhatDoesNotAddUp(t *testing.T) {
	data, _ := random(rand.New(rand.NewPCG(3, 3)), 20)
	for n := range data {
		if _, err := Open(data[:n]); !errors.Is(err, ErrCorrupt) {
			t.Fatalf("%d of %d bytes: %v", n, len(data), err)
		}
	}
}

func FuzzOpenNeverReadsOutside(f *testing.F) {
	data, _ := random(rand.New(rand.NewPCG(4, 4)), 20)
	f.Add(data, 40, byte(255))
	f.Fuzz(func(t *testing.T, data []byte, at int, with byte) {
		data = slices.Clone(data)
		if at >= 0 && at < len(data) {
			data[at] = with
		}
		p, err := Open(data)
		if err != nil {
			return
		}
		_ = p.Check()
		for i := range p.Terms() {
			_, list := p.Term(i)
			for _, e := range list.Append(nil) {
				_ = p.Length(e.Document)
			}
			var counts Counts
			c := list.Cursor(0)
			for from := range uint32(3) {
				c.Tally(&counts, from*Window, 1)
			}
			c = list.Cursor(0)
			for from := range uint32(3) {
				c.Sum(newSums(from*Window), from*Window, 257)
			}
		}
		p.Lookup(hashOf(7))
		sound := make([]uint32, p.Documents())
		_, _ = Merge(t.Context(), []Source{{Postings: p}, {Postings: p, First: uint32(p.Documents()), Renumber: sound, GroupOf: sound}})
	})
}

// A gap that a wrong byte has made so large that the number of the document wraps around
// leads to none outside the window, nor outside what a merge writes.
func TestAGapThatWrapsAroundLeadsNowhere(t *testing.T) {
	const documents = Window + 100
	data := appendPosting(nil, Window+50, 1)
	for _, gap := range []uint32{^uint32(0) - 600, ^uint32(0) - 3*Window, 99, 1 << 31} {
		l := List{Documents: 2, Groups: 2, of: documents, data: appendPosting(slices.Clone(data), gap, 1)}
		var counts Counts
		for c, from := l.Cursor(0), uint32(0); from < documents; from += Window {
			counts = Counts{}
			c.Tally(&counts, from, 1)
		}
		for i, n := range counts.Times {
			if i >= documents-Window && n > 0 {
				t.Errorf("after a gap of %d, document %d counts", gap, Window+i)
			}
		}
	}
	var b Builder
	term := b.Term(hashOf(1))
	for range 3 * blockSize {
		b.Count(term, 1)
		b.End()
	}
	sound, err := Open(b.Encode())
	if err != nil {
		t.Fatal(err)
	}
	_, list := sound.Term(0)
	postings := binary.AppendUvarint(nil, uint64(list.Documents))
	postings = binary.AppendUvarint(postings, uint64(list.Groups)<<1)
	for n := 0; n < skipMin; n += 2 {
		postings = appendPosting(postings, 1, 1)
	}
	wrong := &Postings{
		lengths: sound.lengths, hashes: sound.hashes, starts: []uint32{0, uint32(len(postings) + 7)},
		lists: appendPosting(postings, ^uint32(0)-uint32(skipMin), 1),
	}
	if _, err := Merge(t.Context(), []Source{{Postings: wrong}}); err != nil {
		t.Error(err)
	}
}

func TestScoreOrders(t *testing.T) {
	p := BM25{K1: 1.2, B: 0.75}
	rare, common := IDF(1000, 3), IDF(1000, 900)
	if !(rare > common && common > 0) {
		t.Errorf("idf: rare %v, common %v", rare, common)
	}
	fixed, slope := p.Norm(100)
	short, long := fixed+10*slope, fixed+1000*slope
	if p.Score(rare, 1, short) <= p.Score(rare, 1, long) || p.Score(rare, 2, short) <= p.Score(rare, 1, short) {
		t.Error("a longer document or a rarer occurrence scores higher")
	}
	if fixed, slope := p.Norm(0); slope != 0 || !(p.Score(rare, 1, fixed) > 0) {
		t.Errorf("an empty corpus: %v, %v", fixed, slope)
	}
}

// A term that no document has, as builders once left those that With was given, has an
// empty list.
func TestATermOfNoDocument(t *testing.T) {
	w := writer{lengths: []uint32{1}}
	w.list(1, 0, 0, nil)
	w.list(2, 1, 1, appendPosting(nil, 1, 1))
	p, err := Open(w.encode())
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Check(); err != nil || p.Terms() != 2 {
		t.Errorf("%d terms: %v", p.Terms(), err)
	}
}
