package search

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/vectors/words"
)

// maxSnippet bounds the bytes of a line that is shown.
const maxSnippet = 200

// Snippets choose the lines that are shown of what a query found. Safe for concurrent
// use.
type Snippets struct {
	weights  map[uint64]float64 // of each word, by its hash
	likely   uint64             // bit h>>58 for every hash h: most words of a line are in no query
	heaviest float64            // term
}

// NewSnippets returns those of a query with these terms.
func NewSnippets(terms []index.Term) *Snippets {
	s := &Snippets{weights: map[uint64]float64{}}
	for _, t := range terms {
		for _, w := range t.Words {
			hash := words.HashString(w.Text)
			s.weights[hash] = max(s.weights[hash], t.Weight)
			s.likely |= 1 << (hash >> 58)
		}
		s.heaviest = max(s.heaviest, t.Weight)
	}
	return s
}

// Line returns the line of text[start:end] that shows best why it was found,
// white space trimmed, and the offset where it starts: the one with most of the
// query in it; of those with about as much the one with the name at nameStart,
// else the first that says something.
func (s *Snippets) Line(text string, start, end, nameStart int) (line string, offset int) {
	best, bestScore := -1, -1.0
	for at := start; at < end; {
		stop := lineEnd(text, at, end)
		score := s.score(text[at:stop])
		named := nameStart >= at && nameStart < stop
		if named {
			score += nearTie * s.heaviest
		}
		if score > bestScore || named && score == bestScore {
			best, bestScore = at, score
		}
		at = stop + 1
	}
	if best < 0 {
		return "", start
	}
	stop := lineEnd(text, best, end)
	return shorten(strings.TrimSpace(text[best:stop])), best
}

// nearTie is what another line has to have more of the query than the one with the
// name, as a share of its heaviest word: in a folder of three files every word weighs
// little, and two of them are still twice as much as one. Chosen by looking at the
// first five hits of 32 questions about net/http, the ten of testdata/queries among
// them. With 0.15 a line that happens to have a synonym, such as a string in a test,
// stands for the function; from 0.25 on the signature hides the line of the comment
// that says it, as in DetectContentType's "first 512 bytes of data".
const nearTie = 0.2

// score is the weight of the different query words in a line. Lines without
// a word, such as a lone bracket, score below every other.
func (s *Snippets) score(line string) float64 {
	score, any := 0.0, false
	var seen [8]uint64
	n := 0
	words.Each(line, func(w []byte) {
		any = true
		hash := words.Hash(w)
		if s.likely>>(hash>>58)&1 == 0 {
			return
		}
		gain, ok := s.weights[hash]
		if !ok || slices.Contains(seen[:n], hash) {
			return
		}
		if n < len(seen) {
			seen[n] = hash
			n++
		}
		score += gain
	})
	if !any {
		return -0.5
	}
	return score
}

func shorten(s string) string {
	if len(s) <= maxSnippet {
		return s
	}
	cut := maxSnippet
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}

// lineEnd is where the line that at is in ends, at the latest at end. A lone carriage
// return ends one as well, as it does for editors.
func lineEnd(text string, at, end int) int {
	if n := strings.IndexAny(text[at:end], "\r\n"); n >= 0 {
		return at + n
	}
	return end
}
