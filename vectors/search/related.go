package search

import (
	"cmp"
	"context"
	"math"
	"slices"
	"sync"

	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/vectors/words"
	"github.com/semantic-ls/semantic-ls/workspace/chunk"
)

// relatedTerms is how many of a text's words look for code like it: the rarest,
// since the common ones find everything. Of 873 definitions of thirteen projects,
// 4 to 32 find the test at a mean reciprocal rank of 0.141 to 0.148, 64 at 0.137,
// all at 0.134; and a copy of which a part was rewritten needs some to spare.
const relatedTerms = 32

// Place is a piece of code that is compared with others.
type Place struct {
	Path, Text        string
	Symbol, Container string     // what it defines; "" where that has no name
	Kind              chunk.Kind // of that
	Language          string     // "" where nobody knows
	Around            string     // the document that it stands in; "" where nobody knows
}

// Comparison finds what is like one place, and says in what way. It counts what the
// place says once. Safe for concurrent use.
type Comparison struct {
	asked  Place
	count  map[string]int
	around map[string]int // nil: nothing is known of what is around it
	test   bool           // it is a test

	shaped    sync.Once
	shapeOfIt shape
}

// Compare begins a comparison with asked. Of a text above MaxText bytes the first
// count.
func Compare(asked Place) *Comparison {
	asked.Text, asked.Around = beginning(asked.Text, MaxText), beginning(asked.Around, testedRead)
	c := &Comparison{asked: asked, count: countWords(asked.Text)}
	if c.test = isTest(asked); c.test && asked.Around != "" {
		c.around = countWords(asked.Around)
	}
	return c
}

// beginning is as much of a text as is looked at: so many bytes behind a licence.
func beginning(text string, most int) string {
	text = withoutLicence(text[:min(len(text), 2*most)])
	return text[:min(len(text), most)]
}

// isTest reports whether a place is a part of a test: its path or its text says so, or, where tests have files of their
// own, what is around it.
func isTest(p Place) bool {
	if index.IsTest(p.Path) || saysTest(p.Text) {
		return true
	}
	switch p.Language {
	case "rust", "zig", "d":
		return false
	}
	return saysTest(p.Around)
}

// Rank ranks the chunks of the scope by how much they are like the place. q.Text is
// not looked at. The scope must leave out the place itself. It returns the context's
// error when that ends first.
func (c *Comparison) Rank(ctx context.Context, s *index.Snapshot, scope index.Scope, q Query, read Read) (Result, error) {
	if len(c.count) == 0 {
		return Result{}, nil
	}
	if c.test {
		return c.rankTested(ctx, s, scope, q, read)
	}
	var terms []index.Term
	for w, n := range c.count {
		if ctx.Err() != nil {
			return Result{}, context.Cause(ctx) // each word is looked up in every segment, and there may be thousands
		}
		if idf := s.IDF(w); idf > 0 {
			terms = append(terms, index.Single(w, (1+math.Log(float64(n)))*idf))
		}
	}
	slices.SortFunc(terms, func(a, b index.Term) int {
		return cmp.Or(cmp.Compare(b.Weight, a.Weight), cmp.Compare(a.Words[0].Text, b.Words[0].Text))
	})
	terms = terms[:min(relatedTerms, len(terms))]
	for i := range terms {
		// The IDF chose the words; Lexical multiplies by it again.
		terms[i].Weight = 1 + math.Log(float64(c.count[terms[i].Words[0].Text]))
	}
	p := parsed{terms: terms, tests: true}
	if symbol := fold(c.asked.Symbol); len(symbol) > shortName && !everyday[symbol] {
		p.names = []name{{c.asked.Symbol, nameIdentifier, index.Exactly}} // its namesakes, in whatever spelling
	}
	return rank(ctx, s, scope, p, q)
}

func countWords(text string) map[string]int {
	count := map[string]int{}
	words.Each(text, func(w []byte) { count[string(w)]++ })
	return count
}

// overlap is the weighted Jaccard index of the words of two texts, 0..1.
func overlap(count, other map[string]int) float64 {
	common, all := 0, 0
	for w, n := range count {
		common += min(n, other[w])
		all += max(n, other[w])
	}
	for w, n := range other {
		if count[w] == 0 {
			all += n
		}
	}
	if all == 0 {
		return 0
	}
	return float64(common) / float64(all)
}
