package search

import (
	"strings"
	"unicode/utf8"

	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/vectors/words"
)

// maxSnippet bounds the bytes of a line that is shown.
const maxSnippet = 200

// Snippet returns the line of text[start:end] that shows best why it was found,
// white space trimmed, and the offset where it starts: the one with most of the
// query in it; of those with about as much the one with the name at nameStart,
// else the first that says something.
func Snippet(text string, start, end, nameStart int, terms []index.Term) (line string, offset int) {
	weight, heaviest := map[string]float64{}, 0.0
	for _, t := range terms {
		for _, w := range t.Words {
			weight[w.Text] = max(weight[w.Text], t.Weight)
		}
		heaviest = max(heaviest, t.Weight)
	}
	best, bestScore := -1, -1.0
	for at := start; at < end; {
		stop := lineEnd(text, at, end)
		score := lineScore(text[at:stop], weight)
		named := nameStart >= at && nameStart < stop
		if named {
			score += nearTie * heaviest
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

// lineScore is the weight of the different query words in a line. Lines without
// a word, such as a lone bracket, score below every other.
func lineScore(line string, weight map[string]float64) float64 {
	score, any := 0.0, false
	var seen [8]string
	n := 0
	words.Each(line, func(w []byte) {
		any = true
		gain, ok := weight[string(w)]
		if !ok {
			return
		}
		for _, s := range seen[:n] {
			if s == string(w) {
				return
			}
		}
		if n < len(seen) {
			seen[n] = string(w)
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
