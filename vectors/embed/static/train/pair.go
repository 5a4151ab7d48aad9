package main

import (
	"fmt"

	"github.com/semantic-ls/semantic-ls/vectors/words"
)

// kind is what a pair was made of.
type kind uint8

const (
	kindDoc       kind = iota // doc comment and the definition under it
	kindRemark                // comment inside a definition and the lines under it
	kindFile                  // what a file says of itself and the headers of what it defines
	kindTest                  // title of a test and its body
	kindTested                // title of a test and a definition that it uses
	kindSignature             // name of a definition and its body
	kindDocs                  // paragraph of documentation and a definition that it names
	kindCommit                // subject of a commit and a definition that it changed
	kinds
)

var kindNames = [kinds]string{"doc", "remark", "file", "test", "tested", "signature", "docs", "commit"}

func (k kind) String() string { return kindNames[k] }

// pair is what people say of code, and the code. Both lists are the pair's own: no other pair has a part of them, since
// translate renumbers them in place.
type pair struct {
	said, code []count
	repo       uint16 // row of the corpus list
	kind       kind
}

// count is a word and how often it stands in a text: number<<8 | times, of which there are at most 255.
type count = uint32

// maxNumber bounds the words that a count can tell apart: seven times those of 400 repositories.
const maxNumber = 1 << 24

// mined is what mining found: pairs, repository by repository, and the words that their counts number.
type mined struct {
	pairs []pair
	words []string
}

// vocabulary numbers words in the order in which they come.
type vocabulary struct {
	numbers map[uint64]uint32 // by hash
	words   []string
}

func newVocabulary() *vocabulary { return &vocabulary{numbers: map[uint64]uint32{}} }

func (v *vocabulary) number(word []byte) uint32 {
	h := words.Hash(word)
	n, ok := v.numbers[h]
	if !ok {
		n = uint32(len(v.words))
		v.numbers[h] = n
		v.words = append(v.words, string(word))
	}
	return n
}

// counts cuts texts into distinct words, in the order of their first places. What comes after limit of them is left out.
func (v *vocabulary) counts(limit int, texts ...string) (list []count) {
	at := map[uint32]int{}
	for _, text := range texts {
		words.Each(text, func(w []byte) {
			n := v.number(w)
			if i, ok := at[n]; ok {
				if list[i]&0xff < 0xff {
					list[i]++
				}
			} else if len(list) < limit {
				at[n] = len(list)
				list = append(list, n<<8|1)
			}
		})
	}
	return list
}

// merger puts the pairs of repositories together, in the order of the list, so that words have the same numbers whoever
// was mined first. A pair whose words an earlier one has on both sides is a copy, and left out.
type merger struct {
	all    *vocabulary
	pairs  []pair
	seen   map[uint64]struct{} // identities of pairs, nil to keep copies
	copies int                 // that were left out
}

func newMerger(copies bool) *merger {
	g := &merger{all: newVocabulary()}
	if !copies {
		g.seen = map[uint64]struct{}{}
	}
	return g
}

// add renumbers the words of one repository's pairs, which v numbers, and takes the pairs.
func (g *merger) add(pairs []pair, v *vocabulary) error {
	numbers := make([]uint32, len(v.words)) // in g.all, and 1
	hashes := make([]uint64, len(v.words))
	for i, w := range v.words {
		hashes[i] = words.HashString(w)
	}
	for _, p := range pairs {
		if g.seen != nil {
			id := identity(p, hashes)
			if _, ok := g.seen[id]; ok {
				g.copies++
				continue
			}
			g.seen[id] = struct{}{}
		}
		for _, list := range [][]count{p.said, p.code} {
			for i, c := range list {
				n := c >> 8
				if numbers[n] == 0 {
					numbers[n] = g.all.number([]byte(v.words[n])) + 1
				}
				list[i] = (numbers[n]-1)<<8 | c&0xff
			}
		}
		g.pairs = append(g.pairs, p)
	}
	if len(g.all.words) > maxNumber {
		return fmt.Errorf("more than %d words: take repositories off the list", maxNumber)
	}
	return nil
}

// identity hashes which words a pair has, in which order and how often. Two strangers of a billion pairs that share
// one cost a pair.
func identity(p pair, hashes []uint64) uint64 {
	const odd = 0x9e3779b97f4a7c15 // 2^64 by the golden ratio
	h := uint64(len(p.said))
	for _, list := range [][]count{p.said, p.code} {
		for _, c := range list {
			h = (h ^ hashes[c>>8] ^ uint64(c&0xff)) * odd
			h ^= h >> 29
		}
	}
	return h
}
