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
	text  string // what names are compared with; "" for related code, which has names of its own
	terms []index.Term
	names []name // what may be the name of a definition

	named bool // it is nothing but the name of a definition, or what somebody types to find one

	tests  bool // it asks for tests, examples or fixtures
	prose  bool // for documentation
	config bool // for configuration
	markup bool // for pages or style sheets
}

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
	q.names, q.named = qualifiedNames(text)
	for i, n := range q.names {
		said[strings.ToLower(n.text)] = i
	}
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
		case "config", "configuration", "configured", "settings", "yaml", "toml", "json", "manifest",
			"ci", "workflow", "pipeline", "script", "scripts", "build", "release":
			q.config = true
		case "html", "css", "template", "templates", "stylesheet", "markup", "style", "styles", "page":
			q.markup = true
		}
		weight, like := nameWord, index.Exactly
		switch {
		case len(fields) == 1 && q.named:
			continue // it is one already
		case len(fields) == 1:
			weight = nameIsQuery
		case isIdentifier(f):
			weight, like = nameIdentifier, index.Roughly
		case stopWords[lower] || len(f) < 3:
			continue
		}
		if at, again := said[lower]; again {
			// All its definitions would be read, and sorted, once more.
			q.names[at].weight, q.names[at].like = max(q.names[at].weight, weight), max(q.names[at].like, like)
			continue
		}
		said[lower] = len(q.names)
		q.names = append(q.names, name{f, weight, like})
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
