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
// query in it, else the one with the name at nameStart, else the first that says
// something.
func Snippet(text string, start, end, nameStart int, terms []index.Term) (line string, offset int) {
	weight := map[string]float64{}
	for _, t := range terms {
		for _, w := range t.Words {
			weight[w.Text] = max(weight[w.Text], t.Weight)
		}
	}
	best, bestScore := -1, -1.0
	for at := start; at < end; {
		stop := at + strings.IndexByte(text[at:end], '\n')
		if stop < at {
			stop = end
		}
		score := lineScore(text[at:stop], weight)
		if nameStart >= at && nameStart < stop {
			score += nameLine
		}
		if score > bestScore {
			best, bestScore = at, score
		}
		at = stop + 1
	}
	if best < 0 {
		return "", start
	}
	stop := best + strings.IndexByte(text[best:end], '\n')
	if stop < best {
		stop = end
	}
	return shorten(strings.TrimSpace(text[best:stop])), best
}

// nameLine is what the line with the name has over others: more than a word that
// stands everywhere, less than one that is rare.
const nameLine = 2.0

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
