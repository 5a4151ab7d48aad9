package search

import (
	"path"
	"strings"
	"unicode"

	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/vectors/words"
	"github.com/semantic-ls/semantic-ls/workspace/chunk"
)

// Reasons why code is related.
const (
	ReasonDuplicate = "duplicate" // the same but for names, values and little else
	ReasonParallel  = "parallel"  // the same role or shape elsewhere: another implementation
	ReasonTest      = "test"      // the test of it, or what it tests
	ReasonSimilar   = "similar"
)

// Overlaps of words from which code is a copy, or a parallel implementation. Over
// 21,854 functions of thirteen projects, a copy under another name keeps 0.81 or more
// nine times of ten, and one with three lines of ten rewritten 0.56 at the median. Of
// random pairs, 4 in 100,000 reach the first and 18 the second.
const (
	duplicateOverlap = 0.8
	parallelOverlap  = 0.5
	// namesakeOverlap is what of a name that everything has, such as "run", its namesakes share.
	namesakeOverlap = 0.3
)

// Likenesses of shape from which code is a copy whatever its names are, or a parallel implementation if it shares some
// words, see likeness. They are set by the examples of TestReason, and not measured on a corpus.
const (
	duplicateShape = 0.9
	parallelShape  = 0.6
	shapeOverlap   = 0.25
)

// Reason says why found is related.
func (c *Comparison) Reason(found Place) string {
	overlap := overlap(c.count, countWords(found.Text[:min(len(found.Text), MaxText)]))
	if overlap >= duplicateOverlap {
		return ReasonDuplicate
	}
	shape := likeness(c.shape(), shapeOf(found.Text))
	tested := isTestFile(found)
	switch {
	case shape >= duplicateShape:
		return ReasonDuplicate
	case tested && !c.test && tests(c.asked, found), c.test && !tested && tests(found, c.asked):
		return ReasonTest
	case overlap >= parallelOverlap, shape >= parallelShape && overlap >= shapeOverlap:
		return ReasonParallel
	case tested == c.test && sameRole(c.asked, found, overlap):
		return ReasonParallel
	}
	return ReasonSimilar
}

// isTestFile reports whether a place whose path is known is a part of a test.
func isTestFile(p Place) bool { return index.IsTest(p.Path) || saysTest(p.Text) }

// tests reports whether the text of a test, or its file's name, names a place: by what it defines, or by its file.
func tests(of, test Place) bool {
	if of.Symbol != "" && names(test.Text, of) {
		return true
	}
	stem, subject := testedBy(test.Path), fold(stemOf(of.Path))
	return subject != "" && stem == subject
}

// shortName is up to how long a name says nothing alone: what it is in has to be named as well.
const shortName = 3

// names reports whether an identifier of the text is the place's name, or has it in it as "TestRetryUpload" has
// "retryUpload".
func names(text string, of Place) bool {
	symbol, container := fold(of.Symbol), fold(of.Container[strings.LastIndexByte(of.Container, '.')+1:])
	if symbol == "" {
		return false
	}
	named, around := false, container == ""
	words.Runs(text, func(run string) {
		run = fold(run)
		exact := run == symbol
		within := len(symbol) > shortName && strings.HasPrefix(run, "test") && strings.Contains(run, symbol)
		named = named || exact || within
		around = around || strings.Contains(run, container)
	})
	if len(symbol) <= shortName || everyday[symbol] {
		return named && around && container != ""
	}
	return named
}

// fold is a name without its case and what separates its parts: readFile, read_file and ReadFile are one.
func fold(name string) string {
	return strings.ToLower(separators.Replace(name))
}

var separators = strings.NewReplacer("_", "", "-", "", ".", "")

func stemOf(file string) string {
	base := path.Base(strings.ReplaceAll(file, `\`, "/"))
	return strings.TrimSuffix(base, path.Ext(base))
}

// testedBy is the folded name of the file that a test's name names: of foo_test.go, test_foo.py, FooTests.cs and foo.spec.ts.
func testedBy(file string) string {
	if file == "" {
		return ""
	}
	stem := fold(stemOf(file))
	for _, mark := range []string{"unittest", "testcase", "tests", "test", "specs", "spec", "suite"} {
		if name, ok := strings.CutSuffix(stem, mark); ok && name != "" {
			return name
		}
	}
	return strings.TrimPrefix(stem, "test")
}

// everyday are names, folded, that say nothing of what has them.
var everyday = map[string]bool{
	"main": true, "init": true, "constructor": true, "tostring": true, "string": true, "equals": true, "hashcode": true,
	"setup": true, "teardown": true, "test": true, "close": true, "open": true, "name": true, "size": true, "length": true,
	"error": true, "start": true, "stop": true, "call": true, "apply": true, "handle": true, "execute": true, "create": true,
	"value": true, "index": true, "next": true, "read": true, "write": true, "options": true, "default": true, "config": true,
}

// sameRole reports whether two places have one name, in whatever spelling, or are types whose names end alike: sibling
// implementations of one interface, the same method of other types, the same function in another language.
func sameRole(a, b Place, overlap float64) bool {
	first, second := fold(a.Symbol), fold(b.Symbol)
	if first == "" || second == "" || a.Path == b.Path && a.Container == b.Container && first == second {
		return false
	}
	if first == second {
		return len(first) > shortName && !everyday[first] || overlap >= namesakeOverlap
	}
	if !isType(a.Kind) || !isType(b.Kind) || overlap < namesakeOverlap {
		return false
	}
	return lastPart(a.Symbol) == lastPart(b.Symbol)
}

func isType(k chunk.Kind) bool { return k == chunk.Class || k == chunk.Struct || k == chunk.Interface }

// lastPart is the last word of an identifier: Encoder of JSONEncoder.
func lastPart(name string) string {
	list := words.Of(name)
	if len(list) > 1 {
		list = list[:len(list)-1] // the last one is the whole
	}
	if len(list) == 0 {
		return ""
	}
	return list[len(list)-1]
}

// shape is a text without its names and values: how many there are of each run of shapeRun tokens.
type shape struct {
	runs map[uint64]int
	all  int
}

const (
	// shapeRun is how many tokens a run has: fewer are alike in all code of a language.
	shapeRun = 6
	// fewestRuns is how many different runs a text must have: what has fewer is like everything of its size.
	fewestRuns = 24
)

func (c *Comparison) shape() shape {
	c.shaped.Do(func() { c.shapeOfIt = shapeOf(c.asked.Text) })
	return c.shapeOfIt
}

// likeness is how much two texts are alike under renaming of identifiers and values, 0..1: twice the runs of tokens that
// both have, of all that they have (Dice). Nothing is known, and it is 0, of a code that is too short.
func likeness(a, b shape) float64 {
	if len(a.runs) < fewestRuns || len(b.runs) < fewestRuns {
		return 0
	}
	common := 0
	for run, n := range a.runs {
		common += min(n, b.runs[run])
	}
	return 2 * float64(common) / float64(a.all+b.all)
}

// shapeOf counts the runs of tokens of a code: names are one token, numbers one, strings one, each sign its own, and words
// that are keywords of many languages themselves. Comments that begin with //, # or -- at the start of a line and what
// stands between /* and */ are none.
func shapeOf(code string) shape {
	code = code[:min(len(code), MaxText)]
	s := shape{runs: map[uint64]int{}}
	var run [shapeRun]uint64
	n := 0
	add := func(token uint64) {
		copy(run[:], run[1:])
		run[shapeRun-1] = token
		if n++; n < shapeRun {
			return
		}
		h := uint64(14695981039346656037) // FNV-1a, a token at a time
		for _, t := range run {
			h = (h ^ t) * 1099511628211
		}
		s.runs[h]++
		s.all++
	}
	fresh := true // nothing but blanks since the line began
	var open unclosed
	for i := 0; i < len(code); {
		c := code[i]
		rest := code[i:]
		switch {
		case c == '\n':
			fresh = true
			i++
			continue
		case c == ' ' || c == '\t' || c == '\r':
			i++
			continue
		case strings.HasPrefix(rest, "//"), fresh && (c == '#' && !strings.HasPrefix(rest, "#[") || strings.HasPrefix(rest, "--")):
			i += restOfLine(rest)
			continue
		case strings.HasPrefix(rest, "/*"):
			end := strings.Index(rest[2:], "*/")
			if end < 0 {
				return s
			}
			i += end + 4
			continue
		case c == '"' || c == '\'' || c == '`':
			add('s')
			i = open.stringEnd(code, i)
		case c >= '0' && c <= '9':
			add('0')
			i += tokenEnd(rest)
		case c == '_' || c >= 0x80 || unicode.IsLetter(rune(c)):
			end := tokenEnd(rest)
			if keywords[rest[:end]] {
				add(words.HashString(rest[:end]))
			} else {
				add('i')
			}
			i += end
		default:
			add(uint64(c))
			i++
		}
		fresh = false
	}
	return s
}

func restOfLine(code string) int {
	if end := strings.IndexByte(code, '\n'); end >= 0 {
		return end
	}
	return len(code)
}

// unclosed says of each kind of quote up to where none that stands alone is closed: what was looked through once for the end
// of a string need not be for each quote in it, escaped ones all of them.
type unclosed ['`' + 1]int

// stringEnd is behind the string that begins at an offset; one that does not end in its line is a sign, as in Rust and prose.
func (u *unclosed) stringEnd(code string, at int) int {
	quote, i := code[at], at+1
	if at < u[quote] {
		return i
	}
	for ; i < len(code); i++ {
		switch {
		case code[i] == '\\' && quote != '`':
			i++
		case code[i] == quote:
			return i + 1
		case code[i] == '\n' && quote != '`':
			u[quote] = i
			return at + 1
		}
	}
	u[quote] = i
	return at + 1
}

// tokenEnd is behind the identifier or number that code begins with.
func tokenEnd(code string) int {
	i := 1
	for i < len(code) && (code[i] == '_' || code[i] >= 0x80 || code[i] >= '0' && code[i] <= '9' ||
		code[i] >= 'a' && code[i] <= 'z' || code[i] >= 'A' && code[i] <= 'Z') {
		i++
	}
	return i
}

// keywords are words that make the shape of code in many languages.
var keywords = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(`
		if else elif for while do switch case match when return break continue func function def fn fun class struct enum
		interface trait impl try catch except finally throw raise new delete var let const val mut import from in of is not
		and or async await yield defer go select range type static public private protected end begin then unless until
		lambda with as where nil null None true false self this super package module use using namespace void int bool string
	`) {
		m[w] = true
	}
	return m
}()
