package lexical

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

// model is the plain form of postings: term -> document -> count.
type model struct {
	lists   map[string]map[uint32]uint32
	lengths []uint32
}

func random(rng *rand.Rand, documents int) ([]byte, model) {
	var b Builder
	m := model{lists: map[string]map[uint32]uint32{}}
	for d := range documents {
		length := uint32(0)
		for range rng.IntN(30) {
			term, weight := fmt.Sprintf("w%d", rng.IntN(40)), uint32(1+rng.IntN(3)*rng.IntN(100))
			if rng.IntN(5) == 0 {
				b.Mark([]byte(term), weight)
			} else {
				b.Add([]byte(term), weight)
				length += weight
			}
			if m.lists[term] == nil {
				m.lists[term] = map[uint32]uint32{}
			}
			m.lists[term][uint32(d)] += weight
		}
		b.End()
		m.lengths = append(m.lengths, length)
	}
	return b.Encode(nil), m
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
	got := map[string]map[uint32]uint32{}
	for term, list := range p.All() {
		docs := map[uint32]uint32{}
		for _, e := range list.Append(nil) {
			docs[e.Document] = e.Count
		}
		got[string(term)] = docs
		if again := p.Lookup(string(term)).Append(nil); !reflect.DeepEqual(again, list.Append(nil)) {
			t.Fatalf("Lookup(%q) = %v, All gives %v", term, again, list.Append(nil))
		}
	}
	if !reflect.DeepEqual(got, want.lists) {
		t.Fatalf("lists:\n got %v\nwant %v", got, want.lists)
	}
	for d, n := range want.lengths {
		if p.Length(uint32(d)) != n {
			t.Fatalf("length of %d: %d, want %d", d, p.Length(uint32(d)), n)
		}
	}
	if p.Documents() != len(want.lengths) || p.Terms() != len(want.lists) {
		t.Fatalf("%d documents, %d terms", p.Documents(), p.Terms())
	}
	return p
}

func TestBuildAgainstAPlainMap(t *testing.T) {
	for seed := range uint64(50) {
		rng := rand.New(rand.NewPCG(seed, 1))
		data, m := random(rng, rng.IntN(60))
		p := check(t, data, m)
		if l := p.Lookup("absent").Append(nil); l != nil {
			t.Fatalf("absent: %v", l)
		}
	}
}

func TestMergeAgainstAPlainMap(t *testing.T) {
	for seed := range uint64(50) {
		rng := rand.New(rand.NewPCG(seed, 2))
		var sets []*Postings
		var renumber [][]uint32
		want := model{lists: map[string]map[uint32]uint32{}}
		for range 1 + rng.IntN(4) {
			data, m := random(rng, rng.IntN(30))
			p, err := Open(data)
			if err != nil {
				t.Fatal(err)
			}
			to := make([]uint32, len(m.lengths))
			for d := range to {
				if rng.IntN(3) == 0 {
					to[d] = Dropped
					continue
				}
				to[d] = uint32(len(want.lengths))
				want.lengths = append(want.lengths, m.lengths[d])
				for term, docs := range m.lists {
					if c, ok := docs[uint32(d)]; ok {
						if want.lists[term] == nil {
							want.lists[term] = map[uint32]uint32{}
						}
						want.lists[term][to[d]] = c
					}
				}
			}
			sets, renumber = append(sets, p), append(renumber, to)
		}
		merged, err := Merge(t.Context(), nil, sets, renumber)
		if err != nil {
			t.Fatal(err)
		}
		check(t, merged, want)
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
		for _, list := range p.All() {
			for _, e := range list.Append(nil) {
				_ = p.Length(e.Document)
			}
		}
		p.Lookup("w7")
	})
}

func TestScoreOrders(t *testing.T) {
	p := BM25{K1: 1.2, B: 0.75}
	rare, common := IDF(1000, 3), IDF(1000, 900)
	if !(rare > common && common > 0) {
		t.Errorf("idf: rare %v, common %v", rare, common)
	}
	short, long := p.Norm(10, 100), p.Norm(1000, 100)
	if p.Score(rare, 1, short) <= p.Score(rare, 1, long) || p.Score(rare, 2, short) <= p.Score(rare, 1, short) {
		t.Error("a longer document or a rarer occurrence scores higher")
	}
	if s := p.Score(rare, 1, p.Norm(0, 0)); s != s || s <= 0 {
		t.Errorf("an empty corpus gives %v", s)
	}
}
