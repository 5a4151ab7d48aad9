package main

import (
	"cmp"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"

	"github.com/semantic-ls/semantic-ls/vectors/words"
)

// minRepositories is in how many repositories a word has to stand to get a row: what fewer have is a name of theirs.
const minRepositories = 3

// table is what is learned: a row and two gains of each word, one where it is said and one where it stands in code. Rows
// are in this order: words, the most frequent first; buckets; bigrams.
type table struct {
	hyper
	rows       []float32
	squares    []float32 // of each row, Adagrad's (Duchi, Hazan and Singer 2011)
	said, code gains
	hashes     []uint64 // of the words that have a row
	bigrams    []uint64 // hashes, see bigramHash
	rowOf      []uint32 // of a word by its number in the pairs
	bigramOf   map[uint64]uint32
	layer      *layer // nil for none
}

// gains are how much words weigh.
type gains struct {
	logs    []float32 // which are learned, so that no gain becomes negative
	values  []float32 // exp of them
	squares []float32 // Adagrad's
}

// newGains makes gains of frequencies.
func newGains(logs []float32) gains {
	g := gains{slices.Clone(logs), make([]float32, len(logs)), make([]float32, len(logs))}
	for i, x := range logs {
		g.values[i] = exp(x)
	}
	return g
}

func exp(x float32) float32 { return float32(math.Exp(float64(x))) }

func (t *table) row(w uint32) []float32 {
	d := t.dimensions
	return t.rows[int(w)*d : (int(w)+1)*d : (int(w)+1)*d]
}

// usual is the share of all words up to which one weighs about as much as a rare one.
const usual = 1e-4

// newTable chooses the words that have rows, those that stand in most pairs, and draws the rows.
func newTable(pairs []pair, names []string, h hyper) *table {
	chosen, times, all := frequentWords(pairs, len(names), h.words)
	bigrams := frequentBigrams(pairs, names, h.bigrams)
	firstBigram := len(chosen) + h.buckets
	n := firstBigram + len(bigrams)
	t := &table{
		hyper: h, rows: make([]float32, n*h.dimensions), squares: make([]float32, n),
		rowOf: make([]uint32, len(names)), bigramOf: map[uint64]uint32{},
	}
	logs := make([]float32, n)
	weight := func(times int32) float32 { return float32(math.Log(usual / (usual + float64(times)/float64(all)))) }
	for i := range t.rowOf {
		t.rowOf[i] = uint32(len(chosen) + int(words.HashString(names[i])>>32)&(h.buckets-1))
	}
	for i, w := range chosen {
		t.rowOf[w] = uint32(i)
		t.hashes = append(t.hashes, words.HashString(names[w]))
		logs[i] = weight(times[w])
	}
	for i, b := range bigrams {
		t.bigrams = append(t.bigrams, b.hash)
		t.bigramOf[b.hash] = uint32(firstBigram + i)
		logs[firstBigram+i] = weight(b.times)
	}
	t.said, t.code = newGains(logs), newGains(logs)
	random := rand.New(rand.NewPCG(h.seed, 1))
	unit := 1 / math.Sqrt(float64(h.dimensions))
	for i := range t.rows[:firstBigram*h.dimensions] { // a bigram begins with what its words say
		t.rows[i] = float32(random.NormFloat64() * unit)
	}
	if h.hidden > 0 {
		t.layer = newLayer(h, random)
	}
	return t
}

// frequentWords are at most most words, those that most sides have first, each in several repositories; how many sides
// have each word, and how many words all sides have. Pairs are in the order of their repositories.
func frequentWords(pairs []pair, words, most int) (chosen []uint32, times []int32, all int) {
	times = make([]int32, words)
	repositories := make([]uint16, words)
	last := make([]int32, words) // repository and 1
	for i := range pairs {
		p := &pairs[i]
		for _, list := range [][]count{p.said, p.code} {
			for _, c := range list {
				w := c >> 8
				times[w]++
				all++
				if last[w] != int32(p.repo)+1 {
					last[w] = int32(p.repo) + 1
					repositories[w]++
				}
			}
		}
	}
	for w := range times {
		if repositories[w] >= minRepositories {
			chosen = append(chosen, uint32(w))
		}
	}
	slices.SortFunc(chosen, func(a, b uint32) int { return cmp.Or(cmp.Compare(times[b], times[a]), cmp.Compare(a, b)) })
	return chosen[:min(len(chosen), most)], times, all
}

// translate renumbers the words of pairs by their rows, in place, and adds the bigrams to what is said.
func (t *table) translate(pairs []pair, names []string) {
	for i := range pairs {
		p := &pairs[i]
		var more []count
		if len(t.bigrams) > 0 {
			for j := range p.said[1:] {
				if row, ok := t.bigramOf[bigramHash(words.HashString(names[p.said[j]>>8]), words.HashString(names[p.said[j+1]>>8]))]; ok {
					more = append(more, row<<8|1)
				}
			}
		}
		for _, list := range [][]count{p.said, p.code} {
			for j, c := range list {
				list[j] = t.rowOf[c>>8]<<8 | c&0xff
			}
		}
		if len(more) > 0 {
			p.said = append(p.said[:len(p.said):len(p.said)], more...)
		}
	}
}

// bigram is two words that follow each other.
type bigram struct {
	hash  uint64
	times int32
}

// bigramHash is the hash of two words, as package static computes it.
func bigramHash(a, b uint64) uint64 { return a*0x9e3779b97f4a7c15 + bits.RotateLeft64(b, 23) }

const (
	// minBigramRepositories and minBigramTimes are where a bigram stands that is more than a habit of one project.
	minBigramRepositories = 5
	minBigramTimes        = 12
)

// frequentBigrams are at most most bigrams, those first that stand in most of what is said.
func frequentBigrams(pairs []pair, names []string, most int) (list []bigram) {
	if most == 0 {
		return nil
	}
	hashes := make([]uint64, len(names))
	for i, w := range names {
		hashes[i] = words.HashString(w)
	}
	type seen struct {
		times, repositories int32
		last                uint16
	}
	all := map[uint64]seen{}
	for i := range pairs {
		p := &pairs[i]
		for j := range p.said[1:] {
			h := bigramHash(hashes[p.said[j]>>8], hashes[p.said[j+1]>>8])
			s := all[h]
			if s.times++; s.repositories == 0 || s.last != p.repo {
				s.last = p.repo
				s.repositories++
			}
			all[h] = s
		}
	}
	for h, s := range all { // in any order: hashes put what is equal in order
		if s.repositories >= minBigramRepositories && s.times >= minBigramTimes {
			list = append(list, bigram{h, s.times})
		}
	}
	slices.SortFunc(list, func(a, b bigram) int { return cmp.Or(cmp.Compare(b.times, a.times), cmp.Compare(a.hash, b.hash)) })
	return list[:min(len(list), most)]
}
