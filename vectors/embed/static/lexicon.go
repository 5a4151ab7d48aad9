package static

import (
	_ "embed"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/semantic-ls/semantic-ls/vectors/words"
)

//go:embed gains.txt
var gainsText string

// gainOne is a gain of 1 in the integers that gains are kept in.
const gainOne = 64

// dampedOne is the damping of a word that stands once.
const dampedOne = 64

// lexicon is what is known of words beforehand. It is read once and immutable.
type lexicon struct {
	concepts map[uint64][]concept // by hash of the word
	gains    map[uint64]int32     // by hash of the word, in 1/gainOne
	damped   [maxCount + 1]int32  // 1 + ln n, in 1/dampedOne
}

// concept is a word's membership in one line of concepts.txt.
type concept struct {
	seed   uint64 // of the concept's row
	weight int32
}

const (
	// namesake weighs the concept that bears the word's name against 1 for one
	// that only lists it: a line is chiefly about its own name.
	namesake = 2
	listed   = 1
)

// readLexicon panics on lines it cannot read: they are compiled in, so a test
// that builds a model has seen them all.
func readLexicon(concepts, gains string) lexicon {
	l := lexicon{concepts: map[uint64][]concept{}, gains: map[uint64]int32{}}
	for key, list := range entries(concepts) {
		seed := mix(seedOf(key) ^ conceptSalt)
		members := map[uint64]bool{}
		add := func(word string, weight int32) {
			h := words.Hash(last(word))
			if !members[h] {
				members[h] = true
				l.concepts[h] = append(l.concepts[h], concept{seed, weight})
			}
		}
		if !strings.Contains(key, "_") {
			add(key, namesake)
		}
		for _, w := range list {
			add(w, listed)
		}
	}
	for key, list := range entries(gains) {
		g, err := strconv.ParseFloat(key, 64)
		if err != nil || g < 0 || g > 1 {
			panic(fmt.Sprintf("gains.txt: %q is no gain", key))
		}
		for _, w := range list {
			if word := last(w); word != nil {
				h := words.Hash(word)
				if _, known := l.gains[h]; !known { // the first line decides
					l.gains[h] = int32(math.Round(g * gainOne))
				}
			}
		}
	}
	for n := 1; n <= maxCount; n++ {
		// math.Log may differ in its last bit between platforms; none of these
		// products is nearer than 1e-6 to a half (TestDampingIsPortable).
		l.damped[n] = int32(math.Round(damping(n) * dampedOne))
	}
	return l
}

func damping(n int) float64 { return 1 + math.Log(float64(n)) }

// entries yields the lines "key: word word" of text.
func entries(text string) func(yield func(key string, list []string) bool) {
	return func(yield func(string, []string) bool) {
		for line := range strings.Lines(text) {
			line = strings.TrimSpace(line)
			if line == "" || line[0] == '#' {
				continue
			}
			key, list, ok := strings.Cut(line, ": ")
			if !ok {
				panic(fmt.Sprintf("word list: no colon in %q", line))
			}
			if !yield(key, strings.Fields(list)) {
				return
			}
		}
	}
}

// last returns the last word that the reader makes of s: the stem, or the whole
// of what has parts ("utf8"). It is nil if the reader drops s.
func last(s string) []byte {
	var w []byte
	words.Each(s, func(word []byte) { w = append(w[:0], word...) })
	return w
}

// gain is the listed gain of a word or, for one not listed, a guess by its looks:
// short words and numbers say little, and a long identifier says little that its
// parts, which are words too, have not said.
func (l *lexicon) gain(word []byte, h uint64) int32 {
	if g, ok := l.gains[h]; ok {
		return g
	}
	letters := utf8.RuneCount(word)
	switch {
	case word[0] >= '0' && word[0] <= '9':
		return gainOne / 4
	case word[0] >= utf8.RuneSelf:
		return gainOne // one letter of Chinese is a word
	case letters <= 2:
		return gainOne * 3 / 8
	case letters == 3:
		return gainOne * 3 / 4
	case letters > 14: // longer than nearly any English stem
		return gainOne / 2
	}
	return gainOne
}
