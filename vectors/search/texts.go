package search

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/semantic-ls/semantic-ls/vectors/words"
)

// Texts are the phrases and patterns that the text of a hit must hold, or must not. Immutable, and safe for concurrent
// use; nil asks for nothing.
type Texts struct {
	list  []exact // those that must stand there first
	needs [][]uint64
	size  int
}

// exact is one of them.
type exact struct {
	not     bool
	typed   string
	literal string         // stands in whatever it matches; "" where nothing is known to
	fold    bool           // literal has no capitals, and stands there in any case
	pattern *regexp.Regexp // nil: it is a phrase, and the literal is all of it
	needs   [][]uint64
	size    int // instructions of the pattern
}

const (
	// mostPattern bounds the bytes of a pattern, and mostInstructions what is made of all patterns of a query: a byte of
	// a text costs as many steps of 8 ns as there are instructions, in the worst case, so that a chunk takes 30 ms at most.
	// What people type has ten to fifty instructions, and takes 15 to 70 ns a byte.
	mostPattern      = 1000
	mostInstructions = 1000
)

// newPhrase makes one of a phrase, which is not empty.
func newPhrase(phrase string, not bool, typed string) exact {
	x := exact{not: not, typed: typed, literal: phrase, fold: phrase == strings.ToLower(phrase)}
	x.needs = needs(phrase, x.fold, "")
	return x
}

// newPattern makes one of a regular expression. ^ and $ are those of lines, and the case of letters counts only if there
// is a capital. The error is an *AskedError.
func newPattern(pattern string, not bool, typed string) (exact, error) {
	fail := func(why string) (exact, error) {
		return exact{}, &AskedError{fmt.Sprintf("the pattern /%.100s/ cannot be used", pattern), why}
	}
	switch {
	case pattern == "":
		return fail("it is empty")
	case len(pattern) > mostPattern:
		return fail(fmt.Sprintf("it has %d bytes, %d are the most", len(pattern), mostPattern))
	}
	if _, err := syntax.Parse(pattern, syntax.Perl); err != nil {
		return fail(strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	flags := "(?m)"
	if !capitals(pattern) {
		flags = "(?im)"
	}
	tree, err := syntax.Parse(flags+pattern, syntax.Perl)
	if err != nil {
		return fail(err.Error())
	}
	x := exact{not: not, typed: typed}
	required(tree, func(literal string, fold bool) {
		unsure := ""
		if fold {
			unsure = foldsFurther
		}
		x.needs = append(x.needs, needs(literal, fold, unsure)...)
		for _, piece := range strings.FieldsFunc(literal, func(r rune) bool {
			return fold && (r >= utf8.RuneSelf || strings.ContainsRune(foldsFurther, r))
		}) {
			if len(piece) > len(x.literal) {
				x.literal, x.fold = piece, fold
			}
		}
	})
	program, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return fail(err.Error())
	}
	if x.size = len(program.Inst); x.size > mostInstructions {
		return exact{}, tooLarge(fmt.Sprintf("the pattern /%.100s/", pattern), x.size)
	}
	if x.pattern, err = regexp.Compile(flags + pattern); err != nil {
		return fail(err.Error())
	}
	return x, nil
}

func tooLarge(what string, size int) error {
	why := fmt.Sprintf("%d steps for each letter of a text, %d are the most: repeat less", size, mostInstructions)
	return &AskedError{what + " cannot be used", why}
}

// foldsFurther are the letters that a pattern without case also finds beyond ASCII: K (Kelvin) is k, and ſ is s.
const foldsFurther = "ks"

// capitals reports whether there is a capital among the letters that a pattern stands for, which those of escapes such as
// \S, of flags and of the names of groups are not.
func capitals(pattern string) bool {
	for i := 0; i < len(pattern); {
		rest := pattern[i:]
		switch {
		case rest[0] == '\\' && len(rest) > 1:
			i += 2
			if strings.ContainsAny(rest[1:2], "pPx") {
				i++ // \pL
				if end := strings.IndexByte(rest, '}'); len(rest) > 2 && rest[2] == '{' && end > 0 {
					i += end - 2
				}
			}
		case strings.HasPrefix(rest, "(?"):
			n := strings.IndexAny(rest, ":)>")
			i += max(n, 2)
		default:
			r, n := utf8.DecodeRuneInString(rest)
			if unicode.IsUpper(r) {
				return true
			}
			i += n
		}
	}
	return false
}

// required calls yield with literals that stand in whatever the expression matches, in small letters where it looks past
// case.
func required(re *syntax.Regexp, yield func(literal string, fold bool)) {
	switch re.Op {
	case syntax.OpLiteral:
		literal, fold := string(re.Rune), re.Flags&syntax.FoldCase != 0
		if fold {
			literal = strings.Map(asciiLower, literal) // others, such as İ, have small letters that they do not match
		}
		yield(literal, fold)
	case syntax.OpConcat, syntax.OpCapture, syntax.OpPlus:
		for _, sub := range re.Sub {
			required(sub, yield)
		}
	case syntax.OpRepeat:
		if re.Min > 0 {
			required(re.Sub[0], yield)
		}
	}
}

// needs are words of which a text in which the literal stands has at least one each, by their hashes. They are those of
// identifiers that begin and end within the literal: what stands at its ends may be a part of a longer one. An identifier
// with one of the letters unsure is left out.
func needs(literal string, fold bool, unsure string) (list [][]uint64) {
	if fold && !isASCII(literal) {
		return nil
	}
	at := 0
	words.Runs(literal, func(run string) {
		start := at + strings.Index(literal[at:], run)
		at = start + len(run)
		ends := start > 0 && at < len(literal) && separates(literal[start-1]) && separates(literal[at])
		if !ends || strings.ContainsAny(run, unsure) {
			return
		}
		of := words.Of(run)
		if !fold {
			for _, w := range of {
				list = append(list, []uint64{words.HashString(w)})
			}
			return
		}
		// Capitals in the text may cut it into other parts, of which only the whole is known to be a word.
		whole := strings.ReplaceAll(run, "_", "")
		switch {
		case len(of) == 1:
			list = append(list, []uint64{words.HashString(of[0]), words.HashString(whole)})
		case len(of) > 1 && of[len(of)-1] == whole:
			list = append(list, []uint64{words.HashString(whole)})
		}
	})
	return list
}

// separates reports whether no identifier has c in it.
func separates(c byte) bool {
	return c < utf8.RuneSelf && c != '_' && !(c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z')
}

func asciiLower(r rune) rune {
	if r >= 'A' && r <= 'Z' {
		r += 'a' - 'A'
	}
	return r
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}

func newTexts(list []exact) *Texts {
	if len(list) == 0 {
		return nil
	}
	slices.SortStableFunc(list, func(a, b exact) int {
		switch {
		case a.not == b.not:
			return 0
		case a.not:
			return 1
		}
		return -1
	})
	t := &Texts{list: list}
	for i := range list {
		t.size += list[i].size
		if !list[i].not {
			t.needs = append(t.needs, list[i].needs...)
		}
	}
	return t
}

// Typed gives them as they stand in the query.
func (t *Texts) Typed() (list []string) {
	for i := range t.list {
		list = append(list, t.list[i].typed)
	}
	return list
}

// String is all of them.
func (t *Texts) String() string { return strings.Join(t.Typed(), " ") }

// Size is how many steps a byte of a text costs at most, beyond looking for literals.
func (t *Texts) Size() int { return t.size }

// Needs are words, by their hashes: a text that passes has at least one of each list.
func (t *Texts) Needs() [][]uint64 {
	if t == nil {
		return nil
	}
	return t.needs
}

// Match reports whether a text passes.
func (t *Texts) Match(text string) bool {
	if t == nil {
		return true
	}
	for i := range t.list {
		x := &t.list[i]
		if start, _ := x.find(text); (start >= 0) == x.not {
			return false
		}
	}
	return true
}

// Possible reports whether a part of the text may pass. It is quick.
func (t *Texts) Possible(text string) bool {
	for i := range t.list {
		x := &t.list[i]
		if start, _ := indexOf(text, x.literal, x.fold); !x.not && start < 0 {
			return false
		}
	}
	return true
}

// First is where the place begins that shows best why a text passes: the first match of the first that must stand in it.
func (t *Texts) First(text string) (at int, ok bool) {
	if t == nil || t.list[0].not {
		return 0, false
	}
	at, _ = t.list[0].find(text)
	return at, at >= 0
}

// mostPlaces is how many places Each finds in one text: as many as a chunk has lines.
const mostPlaces = 100

// Each calls yield with the beginnings of all such places, in order.
func (t *Texts) Each(text string, yield func(at int)) {
	if t == nil || t.list[0].not {
		return
	}
	x := &t.list[0]
	if x.pattern != nil {
		// Each place may take as long as a look at all of the text.
		for _, match := range x.pattern.FindAllStringIndex(text, min(mostPlaces, 1+10*mostInstructions/x.size)) {
			yield(match[0])
		}
		return
	}
	from := 0
	for range mostPlaces {
		start, end := indexOf(text[from:], x.literal, x.fold)
		if start < 0 {
			return
		}
		yield(from + start)
		from += end
	}
}

// LineAt returns the line of text[start:end] that at is in, as Snippets.Line does; of a line in which at is far behind, what
// is around it.
func LineAt(text string, start, end, at int) (line string, offset int) {
	offset = start + strings.LastIndexAny(text[start:at], "\r\n") + 1
	from, dots := offset, ""
	if at-offset > maxSnippet/2 {
		from, dots = at-maxSnippet/4, "…"
		for !utf8.RuneStart(text[from]) && from < at {
			from++
		}
	}
	return dots + shorten(strings.TrimSpace(text[from:lineEnd(text, at, end)])), offset
}

// find returns where the first match is; -1 where there is none.
func (x *exact) find(text string) (start, end int) {
	start, end = indexOf(text, x.literal, x.fold)
	if start < 0 || x.pattern == nil {
		return start, end
	}
	if at := x.pattern.FindStringIndex(text); at != nil {
		return at[0], at[1]
	}
	return -1, -1
}

// indexOf returns where a literal first stands in a text, -1 where it does not; with fold, in small letters or capitals.
func indexOf(text, literal string, fold bool) (start, end int) {
	switch {
	case !fold || literal == "":
		if start = strings.Index(text, literal); start < 0 {
			return -1, -1
		}
		return start, start + len(literal)
	case !isASCII(literal):
		return indexRunes(text, literal)
	}
	small, capital := literal[0], literal[0]
	if small >= 'a' && small <= 'z' {
		capital -= 'a' - 'A'
	}
	nextSmall, nextCapital := -1, -1
	last := len(text) - len(literal)
	for at := 0; at <= last; at++ {
		if nextSmall < at {
			nextSmall = nextByte(text, at, small)
		}
		if nextCapital < at {
			nextCapital = nextByte(text, at, capital)
		}
		if at = min(nextSmall, nextCapital); at > last {
			break
		}
		if equalFold(text[at:at+len(literal)], literal) {
			return at, at + len(literal)
		}
	}
	return -1, -1
}

// nextByte is where c stands next in text, from at on; the end of the text where it does not.
func nextByte(text string, at int, c byte) int {
	if n := strings.IndexByte(text[at:], c); n >= 0 {
		return at + n
	}
	return len(text)
}

// equalFold compares a text with a literal of small letters of ASCII, of the same length.
func equalFold(text, literal string) bool {
	for i := range len(literal) {
		c := text[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != literal[i] {
			return false
		}
	}
	return true
}

// indexRunes is indexOf for any small letters.
func indexRunes(text, literal string) (start, end int) {
	for at := range text {
		rest, same := text[at:], true
		for _, want := range literal {
			r, n := utf8.DecodeRuneInString(rest)
			if same = n > 0 && unicode.ToLower(r) == want; !same {
				break
			}
			rest = rest[n:]
		}
		if same {
			return at, len(text) - len(rest)
		}
	}
	return -1, -1
}
