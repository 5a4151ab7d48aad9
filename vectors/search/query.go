package search

import (
	"strings"

	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/vectors/words"
)

// maxTerms bounds the work that a query can ask for. A sentence has 20 words, a
// pasted stack trace some hundred; what comes after is not looked at.
const maxTerms = 64

// MaxText bounds the bytes of a query, or of a place that others are compared with,
// that are looked at: some 2,500 words, read in 0.2 ms. Even a trace that repeats
// itself has said maxTerms others by then, and of a place it is four of the largest
// chunks: what one chunk is like does not show in more of them.
const MaxText = 16 << 10

// parsed is a query as the ranking sees it.
type parsed struct {
	terms []index.Term
	names []name // what may be the name of a definition

	tests  bool // it asks for tests, examples or fixtures
	prose  bool // for documentation
	config bool // for configuration
}

// name is a word of the query as it was typed, and how sure it is that it names
// something.
type name struct {
	text   string
	weight float64
}

// How much a definition of that name counts: all of it where the name is the
// whole query, half for what can only be an identifier, a fifth for a plain word
// that happens to be a name. Over the questions of class.go, 0.35 instead of a half
// costs 0.006 of the mean reciprocal rank, and more than a half gains nothing; for the
// plain word 0 to 0.5 are within 0.008 of a fifth.
const (
	nameIsQuery    = 1.0
	nameIdentifier = 0.5
	nameWord       = 0.2
)

func parse(text string) parsed {
	text = text[:min(len(text), MaxText)]
	var q parsed
	seen := map[string]int{}
	var stopped []index.Term
	words.Each(text, func(w []byte) {
		word := string(w)
		if at, ok := seen[word]; ok {
			if at >= 0 {
				q.terms[at].Weight += repeatWeight
			}
			return
		}
		if stopWords[word] {
			seen[word] = -1
			if len(stopped) < maxTerms {
				stopped = append(stopped, index.Single(word, 1))
			}
			return
		}
		if len(q.terms) == maxTerms {
			return
		}
		seen[word] = len(q.terms)
		q.terms = append(q.terms, index.Single(word, 1))
	})
	if len(q.terms) == 0 {
		q.terms = stopped // "what is this": better its words than nothing
	}
	fields := strings.FieldsFunc(text, func(r rune) bool {
		return !(r == '_' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r >= 0x80)
	})
	said := map[string]int{} // names by their lower case, as definitions are found
	for i, f := range fields {
		if i == maxTerms {
			break
		}
		lower := strings.ToLower(f)
		switch lower {
		case "test", "tests", "testing", "tested", "spec", "specs", "example", "examples", "fixture", "fixtures", "mock", "benchmark":
			q.tests = true
		case "readme", "docs", "documentation", "documented", "changelog", "guide", "tutorial", "licence", "license":
			q.prose = true
		case "config", "configuration", "configured", "settings", "yaml", "toml", "json", "workflow", "pipeline", "manifest", "ci":
			q.config = true
		}
		weight := nameWord
		switch {
		case len(fields) == 1:
			weight = nameIsQuery
		case isIdentifier(f):
			weight = nameIdentifier
		case stopWords[lower] || len(f) < 3:
			continue
		}
		if at, again := said[lower]; again {
			// All its definitions would be read, and sorted, once more.
			q.names[at].weight = max(q.names[at].weight, weight)
			continue
		}
		said[lower] = len(q.names)
		q.names = append(q.names, name{f, weight})
	}
	return q
}

// repeatWeight is what a word gains by being said again: less than by being said. The
// questions of class.go repeat none; a pasted text does.
const repeatWeight = 0.5

// groupWeight is how much the group of a word's synonyms counts against the word
// alone. A question says what code does, code says it in its own words: 2 to 3 was
// best on plain questions, and costs those that quote the code nothing.
const groupWeight = 2.5

// groups returns, for each term that has synonyms, the term of all of them: a
// text that says any says it, and what all of them together are as common as.
func groups(terms []index.Term) (list []index.Term) {
	for _, t := range terms {
		synonyms := words.Synonyms(t.Words[0].Text)
		if len(synonyms) < 2 {
			continue
		}
		g := index.Term{Weight: t.Weight * groupWeight}
		for _, s := range synonyms {
			g.Words = append(g.Words, index.Word{Text: s.Word, Times: s.Times})
		}
		list = append(list, g)
	}
	return list
}

// isIdentifier reports whether a word can only be a name: camelCase, snake_case
// or with a digit inside.
func isIdentifier(w string) bool {
	lower := false
	for i := range len(w) {
		switch c := w[i]; {
		case c == '_' && i > 0 && i < len(w)-1:
			return true
		case c >= 'A' && c <= 'Z' && lower:
			return true
		case c >= '0' && c <= '9' && i > 0:
			return true
		case c >= 'a' && c <= 'z':
			lower = true
		}
	}
	return false
}

// stopWords are the words of a question that say nothing about what is asked
// for, stemmed as words.Each does.
var stopWords = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range words.Of(`
		a an and any are as at be been being but by can could did do does done each either else for from had has have
		how i if in into is it its just me must my of off on only or our out over own shall she should so some such
		than that the their them then there these they this those thus to too under until up upon us very was we
		were what when where whether which while who whom whose why will with within without would you your
		code function functions method file files place find show implement implemented implementation implements happens happen
		other another also more most less least few many much between both during here him her his not now no ones one rather same about after
		all before because let lets thing things something way ways make makes made making use used uses using
	`) {
		m[w] = true
	}
	return m
}()
