package search

import (
	"context"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/semantic-ls/semantic-ls/vectors/words"
)

// vocabulary numbers the words of the texts that are compared with each other, so that each is looked up once.
type vocabulary struct {
	of      map[string]int32
	idf     []float64 // by number
	rarity  func(word string) float64
	counter []int32 // zeros between two texts
}

// counted is a word of a text.
type counted struct{ word, times int32 }

func newVocabulary(rarity func(string) float64) *vocabulary {
	return &vocabulary{of: map[string]int32{}, rarity: rarity}
}

// count counts the words of a text, in the order in which they first stand there: texts that are alike give the same sums, to the
// last bit.
func (v *vocabulary) count(text string) (list []counted) {
	words.Each(text, func(w []byte) {
		n, ok := v.of[string(w)]
		if !ok {
			word := string(w)
			n = int32(len(v.of))
			v.of[word], v.idf, v.counter = n, append(v.idf, v.rarity(word)), append(v.counter, 0)
		}
		if v.counter[n]++; v.counter[n] == 1 {
			list = append(list, counted{word: n})
		}
	})
	for i := range list {
		n := list[i].word
		list[i].times, v.counter[n] = v.counter[n], 0
	}
	return list
}

// had is how many of the texts have each word.
func (v *vocabulary) had(texts [][]counted) []int32 {
	has := make([]int32, len(v.idf))
	for _, list := range texts {
		for _, w := range list {
			has[w.word]++
		}
	}
	return has
}

// spread is what each word weighs in a text, by number: how often it is said, damped, by its IDF.
func (v *vocabulary) spread(text []counted) []float64 {
	weights := make([]float64, len(v.idf))
	for _, w := range text {
		weights[w.word] = damped(int(w.times)) * v.idf[w.word]
	}
	return weights
}

// weights are those of spread, of the words of the text, at unit length but for very short texts.
func (v *vocabulary) weights(text []counted) []float64 {
	weights, norm := make([]float64, len(text)), 0.0
	for i, w := range text {
		weights[i] = damped(int(w.times)) * v.idf[w.word]
		norm += weights[i] * weights[i]
	}
	norm = math.Sqrt(norm) + 10
	for i := range weights {
		weights[i] /= norm
	}
	return weights
}

// sameTest is the share of what is asked, by IDF, from which a test that says it is taken for the one that is asked about,
// saved or in a copy.
const sameTest = 0.85

// rivals compares the files with the other tests among them: what another test is more like than this one is likely that
// one's, and what all tests are like, as a logger, is nobody's. It also compares them with the titles of the cases.
func (v *vocabulary) rivals(ctx context.Context, files []*fileLooked, said [][]counted, asked, titles []counted) error {
	rows := make([][]float64, len(files))
	for i, list := range said {
		rows[i] = v.weights(list)
	}
	at := make([]float64, len(v.idf)) // of the one under way
	likeness := func(of []counted, as func(i int, x float64)) {
		row := v.weights(of)
		for i, w := range of {
			at[w.word] = row[i]
		}
		for i, list := range said {
			x := 0.0
			for j, w := range list {
				x += at[w.word] * rows[i][j]
			}
			as(i, x)
		}
		for _, w := range of {
			at[w.word] = 0
		}
	}
	likeness(titles, func(i int, x float64) { files[i].says[byTitles] = x })
	own := make([]float64, len(files))
	likeness(asked, func(i int, x float64) { own[i] = x })

	rivals, claims := 0, make([]float64, len(files))
	nearer := make([]int, len(files))
	for i, f := range files {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if !f.test || len(said[i]) == 0 || v.share(asked, said[i]) > sameTest {
			continue
		}
		rivals++
		likeness(said[i], func(j int, x float64) {
			if j == i {
				return
			}
			claims[j] = max(claims[j], x*(1-own[i]))
			if x > own[j] {
				nearer[j]++
			}
		})
	}
	if rivals == 0 {
		return nil
	}
	most := slices.Max(claims)
	for i, f := range files {
		f.says[byNearest] = 1 - float64(nearer[i])/float64(rivals)
		if most > 0 {
			f.says[byUnclaimed] = 1 - claims[i]/most
		}
	}
	return nil
}

// share is how much of a text, by IDF, another one says.
func (v *vocabulary) share(of, by []counted) float64 {
	has, said, all := make([]bool, len(v.idf)), 0.0, 0.0
	for _, w := range by {
		has[w.word] = true
	}
	for _, w := range of {
		all += v.idf[w.word]
		if has[w.word] {
			said += v.idf[w.word]
		}
	}
	if all == 0 {
		return 0
	}
	return said / all
}

// titlesOf are the names and titles of a test's cases.
func titlesOf(text string) string {
	var b strings.Builder
	words.Runs(text, func(run string) {
		if strings.Contains(strings.ToLower(run), "test") {
			b.WriteString(run)
			b.WriteByte(' ')
		}
	})
	for _, m := range testTitle.FindAllStringSubmatch(text, -1) {
		b.WriteString(m[1])
		b.WriteByte(' ')
	}
	return b.String()
}

var testTitle = regexp.MustCompile(
	"\\b(?:describe|context|it|test|suite|specify|should|Run)(?:\\.\\w+)?[ (]\\(?[\"'`]([^\"'`\\n]*)")

// packageOf are the parts of the name of the package, module or namespace that a text says it is in; what tests have beside
// those of what they test is left out.
func packageOf(text string) []string {
	m := packageSays.FindStringSubmatch(text[:min(len(text), signsRead)])
	if m == nil {
		return nil
	}
	parts := strings.FieldsFunc(strings.ToLower(m[1]), func(r rune) bool { return r == '.' || r == ':' || r == '\\' })
	for i, p := range parts {
		parts[i] = strings.TrimSuffix(p, "_test")
	}
	return slices.DeleteFunc(parts, func(p string) bool { return p == "" || p == "test" || p == "tests" || p == "specs" })
}

var packageSays = regexp.MustCompile(`(?m)^[ \t]*(?:package|namespace|defmodule|module)[ \t]+([\w.:\\]+)`)

// samePackage is how much of two such names is common: twice the parts that both have, of all that they have (Dice).
func samePackage(a, b []string) float64 {
	common := 0
	for _, p := range b {
		if slices.Contains(a, p) {
			common++
		}
	}
	if common == 0 {
		return 0
	}
	return 2 * float64(common) / float64(len(a)+len(b))
}
