package chunk

import (
	"strings"
	"sync"
)

// grammar is what the scanner and the engines know of one language: data, so that a language is a table. The zero value of
// every switch is the plainest behaviour.
type grammar struct {
	outline func(*scanner) // the engine; nil: the text is cut by paragraphs
	marks   []mark         // comments and strings
	extra   string         // bytes of identifiers beside letters, digits, '_' and everything beyond ASCII
	ending  string         // bytes that go on with an identifier but start none
	hooked  string         // bytes at which hook is asked before the marks
	hook    func(s *scanner, at int) (end int, kind tokenKind, ok bool)
	prefix  func(s *scanner, start, at int) (end int, ok bool) // a string opened by the word text[start:at]
	words   []words
	head    func(b *blocks, opens bool) heading // what a header defines, for the engine of blocks

	calls       bool // `name(...) {` defines a function in a file or namespace
	methods     bool // the same inside a type
	prototypes  bool // `name(...);` inside a type declares a method
	properties  bool // `type Name {` inside a type declares a property
	newlines    bool // a line that starts no deeper than its statement starts the next one
	values      bool // declared values inside types are members worth naming
	fields      bool // `public $name` inside a type declares a field
	assigned    bool // `name = function`, `name = () =>` name what they assign
	anyMethod   bool // keywords may name methods
	objects     bool // braces may hold a literal, whose members define functions
	creates     bool // `new Name(...) {` opens a class without a name
	selectors   bool // Objective-C's methods and @interface ... @end
	localCalls  bool // `Type name(...) {` defines a function inside a function too
	rootOnly    bool // nothing is defined inside a function
	localTypes  bool // types inside functions, and their members, are defined all the same
	directives  bool // `#` first on its line is a directive of a preprocessor
	annotations bool // `@name(...)` before a definition
	angles      bool // `<...>` after a name are type parameters
	forward     bool // a type without a body is only announced
	receivers   bool // `func (r T) name`, groups `const ( ... )`
	qualified   bool // `Outer::name(...)` belongs to Outer
	operators   bool // functions may be called like operators
	shortForm   bool // `name(...) = value` defines a function, `end` between brackets is an index
	extends     bool // a declared name may follow the type that it extends: fun List<T>.first()
	fileSpaces  bool // `namespace A;` holds the rest of the file
	oldStyle    bool // parameters may be declared between the parentheses and the body, as C had it before 1989
	lastName    bool // the last of several names before the body or parameters counts
	commas      bool // members of types end with a comma
	anyCase     bool // keywords, which the table has in lower case, may be written in any
	getters     bool // Dart's `get name` is a method without parameters, `Function(...)` a type, `extension on T` nameless
	colons      bool // a body may be what is indented below a `:` at the end of a line
	backticks   bool // a name may stand between backticks
	resumed     bool // an unclosed string ends above an indented declaration too
	styles      bool // a style sheet: no braces between parentheses, and the names of rules are no paths
	routines    bool // in repair, an unclosed string ends above an indented declaration too
	quoted      bool // a string may be a name, and a keyword its own: test "adds" {, test {

	once     sync.Once
	class    [256]class
	inside   [256]bool // may continue an identifier
	asks     [256]bool // hook is asked
	brackets [256]bool
	stops    [256]uint8 // levels of skimming at which the byte matters, as bits; bit 0: it may belong to a raw string
	byMark   [256][]int
	lengths  [256]uint32 // lengths of the words with this first byte, as bits
	byFirst  [256][]word
}

// mark is one form of comment or string.
type mark struct {
	kind   markKind
	open   string
	close  string // "" for a line comment
	escape byte   // 0: none
	lines  bool   // a string that may span lines
	nested bool   // a comment that nests
	inner  string // what opens an interpolated expression: "${", "#{", `\(`

	stops [256]bool // bytes at which quoted looks closer
}

type markKind uint8

const (
	lineComment markKind = iota
	blockComment
	quote
)

type class uint8

const (
	punctuation class = iota
	space
	newline
	letter
	digit
	special // may open a comment or a string, or is hooked
)

// words are keywords with the same part in the grammar, separated by spaces.
type words struct {
	list string
	word
}

// word is a keyword's part in the grammar.
type word struct {
	text  string
	role  role
	kind  Kind  // of what it declares
	body  scope // of what it declares
	fresh bool  // a declaration only where nothing but modifiers came before (contextual keywords)
}

type role uint8

const (
	plain    role = iota
	declares      // the next name is defined
	modifies      // may precede a definition
	controls      // the statement is none
	imports       // the statement only brings names in
	follows       // continues the statement of the line before
	applies       // its parentheses are not parameters: __attribute__((...)), decltype(...)
	opens         // engine of `end`: always opens a block
	begins        // engine of `end`: opens a block where a statement starts
	loops         // engine of `end`: opens a block, and the `do` behind it is its own
	ends          // engine of `end`: closes a block
)

// scope is what a pair of braces, or an indented body, holds.
type scope uint8

const (
	root scope = iota
	moduleBody
	typeBody
	enumBody
	groupBody // Go's const ( ... )
	funcBody
	dataBody
	valueBody // of a declared constant, variable or alias: it has none
	implBody  // members of a type named elsewhere: Rust's impl, Swift's extension
)

// compile fills the lookup tables; the tables are written once and then only read.
func (g *grammar) compile() {
	for c := range 256 {
		b := byte(c)
		switch {
		case b == '\n':
			g.class[c] = newline
		case b == ' ' || b == '\t' || b == '\r' || b == '\f' || b == '\v' || b == 0:
			g.class[c] = space
		case b >= '0' && b <= '9':
			g.class[c], g.inside[c] = digit, true
		case b == '_' || b >= 0x80 || b|0x20 >= 'a' && b|0x20 <= 'z':
			g.class[c], g.inside[c] = letter, true
		}
	}
	for i := range len(g.extra) {
		g.class[g.extra[i]], g.inside[g.extra[i]] = letter, true
	}
	for i := range len(g.ending) {
		g.inside[g.ending[i]] = true
	}
	g.marks = append([]mark(nil), g.marks...) // tables share them
	for i := range g.marks {
		m := &g.marks[i]
		c := m.open[0]
		g.class[c] = special
		g.byMark[c] = append(g.byMark[c], i)
		if m.kind == quote {
			m.stops['\n'], m.stops[m.close[0]], m.stops[m.escape] = true, true, true
			if m.inner != "" {
				m.stops[m.inner[0]] = true
			}
		}
		for k := len(g.byMark[c]) - 1; k > 0; k-- { // longest first
			if a := g.byMark[c]; len(g.marks[a[k]].open) > len(g.marks[a[k-1]].open) {
				a[k], a[k-1] = a[k-1], a[k]
			}
		}
	}
	for i := range len(g.hooked) {
		g.class[g.hooked[i]], g.asks[g.hooked[i]] = special, g.hook != nil
	}
	g.stop("()[]{}", skimBrackets, skimLines)
	g.stop("{}", skimBlocks, skimTypes, skimStatements)
	g.stop(";", skimStatements)
	if g.assigned || g.colons {
		g.stop("()[]>", skimStatements)
	} else if g.properties || g.getters {
		g.stop(">", skimStatements)
	}
	g.stop("\n", skimLines, skimTypes)
	if g.newlines {
		g.stop("\n", skimStatements)
	}
	if g.prefix != nil {
		g.stop("#\"'", everything, skimBrackets, skimLines, skimBlocks, skimTypes, skimStatements)
	}
	for c := range 256 {
		if g.class[c] == special {
			g.stop(string([]byte{byte(c)}), skimBrackets, skimLines, skimBlocks, skimTypes, skimStatements)
		}
		g.brackets[c] = strings.IndexByte("()[]{}", byte(c)) >= 0
	}
	for _, set := range g.words {
		for at := 0; at < len(set.list); {
			end := at
			for end < len(set.list) && set.list[end] != ' ' {
				end++
			}
			w := set.word
			w.text = set.list[at:end]
			for c, n := w.text[0], 0; n == 0 || g.anyCase && n == 1 && w.text[0] >= 'a'; n++ {
				g.lengths[c] |= 1 << len(w.text)
				g.byFirst[c] = append(g.byFirst[c], w)
				c -= 'a' - 'A'
			}
			at = end + 1
		}
	}
}

// stop makes bytes matter at levels of skimming.
func (g *grammar) stop(bytes string, levels ...skim) {
	for i := range len(bytes) {
		for _, level := range levels {
			g.stops[bytes[i]] |= 1 << level
		}
	}
}

// keyword is the word's part in the grammar, nil for an ordinary name.
func (g *grammar) keyword(text string) *word {
	if len(text) >= 32 || g.lengths[text[0]]>>len(text)&1 == 0 {
		return nil
	}
	list := g.byFirst[text[0]]
	for i := range list {
		if list[i].text == text || g.anyCase && strings.EqualFold(list[i].text, text) {
			return &list[i]
		}
	}
	return nil
}
