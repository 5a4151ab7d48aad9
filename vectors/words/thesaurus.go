package words

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// Thesaurus is the text of concepts.txt: which words developers use for the same
// thing, a concept a line. The built-in model makes its rows from it, and a query
// looks for each of its words by the others too.
//
//go:embed concepts.txt
var Thesaurus string

// Synonym is a word, and in how many concepts it stands beside the one asked
// for: the more, the nearer.
type Synonym struct {
	Word  string
	Times uint32
}

// Synonyms returns the words that share a concept with word, itself among them,
// all stemmed, by Word; nil where no concept has it. word is stemmed too. Safe
// for concurrent use; the slice must not be changed.
func Synonyms(word string) []Synonym { return synonyms()[word] }

var synonyms = sync.OnceValue(func() map[string][]Synonym {
	shared := map[string]map[string]uint32{}
	for line := range strings.Lines(Thesaurus) {
		name, list, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok || line[0] == '#' {
			continue
		}
		if strings.Contains(name, "_") {
			name = "" // it tells a sense apart and is no word
		}
		var members []string
		Each(name+" "+list, func(w []byte) {
			if !slices.Contains(members, string(w)) {
				members = append(members, string(w))
			}
		})
		for _, a := range members {
			if shared[a] == nil {
				shared[a] = map[string]uint32{}
			}
			for _, b := range members {
				shared[a][b]++
			}
		}
	}
	table := make(map[string][]Synonym, len(shared))
	for a, all := range shared {
		for b, n := range all {
			table[a] = append(table[a], Synonym{b, n})
		}
		slices.SortFunc(table[a], func(x, y Synonym) int { return strings.Compare(x.Word, y.Word) })
	}
	return table
})
