package chunk

import "strings"

// braces is the engine of languages whose bodies stand in braces: one record of the statement that is being read per open
// brace, saved when the brace opens and restored when it closes. Whether a `{` opens a definition, and which, is decided from
// that record alone (see opened), so the text is read once.
type braces struct {
	*scanner
	st       statement
	frames   []frame
	brackets []byte // open ( and [ of all frames; a frame's own start at its base
	over     int    // braces open beyond the deepest frame
	space    string // the namespace that holds the rest of the file
	creating int    // behind the last `new` that still waits for its parenthesis, 0: none
	created  int    // behind the parenthesis that closes what a `new` opened
	branches []branch
}

// statement is what has been read of one.
type statement struct {
	start     int // -1: nothing yet
	brace     int // the first brace of it that is no body
	doc       int
	header    int // behind decorators, -1 while only those were seen
	column    int
	line      int   // where the line of its start starts
	key       *word // the declaring keyword
	keyStart  int
	assigned  *word // `function` or `class` behind `=`
	unnamed   *word // Zig's `struct` where a value or type is expected: the next brace is its
	def       int   // number + 1 of the definition it made already
	nameStart int
	nameEnd   int
	call      int // the last name directly before a parenthesis, or the inside of a Go receiver; -1: none
	callEnd   int
	last      int // the last name read
	lastEnd   int
	values    int32 // ordinary words read, the name not counted
	extends   bool  // the name goes on: namespace a::b
	wants     bool  // the keyword still waits for its name
	equals    bool  // `=` was read
	arrow     bool  // `=>` was read behind it
	controls  bool
	imports   bool
	colon     bool // `:` was read before any parameters
	init      bool // `:` was read behind parameters: C++ constructors
	typedef   bool
	value     int  // behind the first `=`
	split     bool // the definition it made ended before a further name of it
	old       int8 // declarations of old-style parameters read
	applied   int8 // 1: `@` just read, 2: a name whose parentheses belong to an annotation or attribute
	aside     bool // the bracket that is open belongs to an annotation
}

var blank = statement{start: -1, doc: -1, header: -1, call: -1, last: -1}

// frame is an open brace.
type frame struct {
	saved  statement
	holds  scope
	open   byte
	def    int  // defined by it, or -1
	owner  int  // the innermost definition around its content, or -1
	base   int  // of brackets
	object bool // of a literal: name() {}, name: function and name: () => define
	column int  // of the header
	line   int  // column of the line with the brace
	brace  int  // column of the brace
	opened int  // where that line starts
	past   bool // an enum's constants are over
}

// branch is the state at an #if, restored at #else.
type branch struct {
	frames   []frame
	brackets []byte
	st       statement
	usable   bool
}

const (
	mostFrames   = 4096 // what is nested deeper is data or hostile
	mostBranches = 64
	nearFrames   = 48 // how far a search for a brace's partner by column goes
)

// outlineBraces runs the engine, and runs it again with repair where brackets did not pair up.
func outlineBraces(s *scanner) {
	b := runBraces(s)
	if b.broken == 0 {
		return
	}
	again := newScanner(s.text, s.g)
	again.repair = true
	again.steps = s.steps
	b = runBraces(again)
	*s = *b.scanner
}

func runBraces(s *scanner) *braces {
	b := &braces{scanner: s, st: blank}
	b.frames = append(make([]frame, 0, 16), frame{def: -1, owner: -1, column: -1, line: -1})
	s.defs = make([]def, 0, 4+len(s.text)/400) // one each 400 bytes is usual
	for s.next() {
		b.token()
	}
	b.endStatement(b.prevEnd)
	for b.top().open == ':' {
		b.pop(b.prevEnd)
	}
	b.broken += len(b.frames) - 1 + len(b.brackets)
	for len(b.frames) > 1 { // what is being typed
		b.st = b.pop(len(s.text)).saved
		b.endStatement(len(s.text))
	}
	return b
}

func (b *braces) top() *frame { return &b.frames[len(b.frames)-1] }

func (b *braces) token() {
	t := &b.tok
	if b.st.key == nil {
		b.st.wants = false // who wants a name has a keyword to name
	}
	if t.first {
		if b.g.colons && t.kind != isDirective && b.outdent() {
			return
		}
		if b.repair && (t.kind == isWord || t.kind == isPunct && (t.b == '@' || b.g.selectors && (t.b == '-' || t.b == '+'))) {
			b.resync()
		}
		if b.g.selectors && b.message() {
			return
		}
		if b.g.newlines && b.st.start >= 0 && len(b.brackets) == b.top().base && b.breaksLine() {
			b.endStatement(b.prevEnd)
			if mode := b.dull(); mode >= skimTypes {
				b.unread()
				b.skipTo(mode)
				return
			}
		}
		if b.g.directives && t.word != nil && b.st.values > 0 && b.afterMacro() {
			b.st = blank
		}
	}
	if t.kind == isPunct {
		c := t.b
		b.punct()
		if b.g.brackets[c] || c == ';' || c == ',' {
			b.skipTo(b.dull())
		}
		return
	}
	if t.kind == isDirective {
		b.directive()
		b.skipTo(b.dull())
		return
	}
	if b.g.creates && t.word != nil && t.word.text == "new" {
		b.creating = t.end
	}
	f := b.top()
	if len(b.brackets) > f.base {
		if b.g.anyMethod && t.word != nil && b.classExpression() {
			b.st.unnamed = t.word
		}
		return
	}
	if b.st.start < 0 {
		b.begin()
	}
	if t.kind == isWord && f.holds != dataBody && (!(f.holds == funcBody && b.g.rootOnly) || b.g.localTypes && b.localType()) {
		b.word(f)
	} else if b.g.assigned && t.kind == isString && b.st.wants && b.st.key.body == moduleBody && t.end-t.start > 2 { // module "x" {
		b.st.nameStart, b.st.nameEnd, b.st.wants = t.start+1, t.end-1, false
	} else if b.g.objects && t.kind == isString {
		b.named(f)
	} else if b.g.backticks && t.kind == isString && b.st.wants && b.text[t.start] == '`' && t.end-t.start > 2 { // `any name`
		b.st.nameStart, b.st.nameEnd, b.st.wants = t.start+1, t.end-1, false
	} else if b.g.quoted && t.kind == isString && b.st.wants && t.end-t.start > 3 {
		b.st.nameStart, b.st.nameEnd, b.st.wants = t.start+1, t.end-1, false
		if b.text[t.start] == '@' { // @"any name"
			b.st.nameStart++
		}
	}
}

// dull says which tokens matter in the bracket or brace that is open now.
func (b *braces) dull() skim {
	f := b.top()
	switch {
	case b.repair || b.thorough || b.g.colons:
	case len(b.brackets) > f.base:
		if !b.g.assigned && !b.g.creates && !b.g.anyMethod { // classes and functions may be arguments
			return skimBrackets
		}
	case f.holds == dataBody:
		return skimBlocks
	case f.holds != funcBody || f.object || b.st.start >= 0:
	case b.g.rootOnly:
		return skimTypes
	default:
		return skimStatements
	}
	return everything
}

// classExpression says that the keyword starts a class of JavaScript or PHP where a value is expected: its members are worth
// naming.
func (b *braces) classExpression() bool {
	t := &b.tok
	if t.word.text != "class" {
		return false
	}
	if !b.g.assigned { // PHP's new class
		return b.prevWord != nil && b.text[b.prevStart:b.prevEnd] == "new" || b.prevByte == ']' && b.prevKind == isPunct
	}
	behind := b.text[t.end:min(len(b.text), t.end+16)]
	name := strings.TrimLeft(behind, " \t\r\n")
	return name != "" && (name[0] == '{' || len(name) < len(behind) && b.g.class[name[0]] == letter) &&
		(b.prevKind == isPunct && strings.IndexByte("(,=>:?[|&", b.prevByte) >= 0 || b.prevWord != nil && b.prevWord.role == controls)
}

// begin starts a statement at the current token.
func (b *braces) begin() {
	b.st = blank
	b.st.start, b.st.doc, b.st.line = b.tok.start, b.tok.doc, b.tok.line
	b.st.column = -1
	if f := b.top(); f.holds == groupBody {
		b.st.key, b.st.wants, b.st.header = f.saved.key, true, b.tok.start
	}
	if b.g.newlines || b.repair {
		b.st.column = b.indent(b.tok.line)
		if !b.tok.first && b.prevKind == isPunct && b.prevByte == '{' {
			b.st.column = 1 << 20 // text behind a brace indents nothing
		}
	}
}

// breaksLine says that the token, first on its line, starts a new statement in a language that needs no `;`.
func (b *braces) breaksLine() bool {
	t := &b.tok
	switch {
	case t.kind == isPunct:
		switch t.b {
		case '@', '#', '[', '~':
		case '(':
			if st := &b.st; st.key != nil && st.key.body == funcBody && st.nameEnd > 0 && !st.equals { // parameters
				return false
			}
		case '*':
			if b.top().holds != typeBody {
				return false
			}
		default:
			return false
		}
	case t.word != nil && t.word.role == follows:
		return false
	case b.g.colons && b.prevKind == isPunct && b.prevByte == ')' && strings.HasPrefix(b.text[b.st.start:], "extension ") &&
		b.indent(t.line) > b.st.column:
		return true // extension (a: A)
	case b.g.extends && b.st.key != nil && b.st.key.body == typeBody && b.prevEnd == b.st.nameEnd && b.constructs():
		return false
	}
	if b.prevKind == isPunct {
		switch b.prevByte {
		case '=', ',', '|', '&', '(', ':':
			return false
		case '+', '-':
			if b.prevEnd < 2 || b.text[b.prevEnd-2] != b.prevByte && b.text[b.prevEnd-2] != '.' { // i++, parser.+
				return false
			}
		case '>':
			if c := b.text[max(b.prevEnd-2, 0)]; c == '=' || c == '-' && !b.g.extends { // a lambda's parameters
				return false
			}
		}
		if b.st.applied > 0 || b.st.header < 0 { // decorators stand on lines of their own
			return false
		}
	} else if b.st.header < 0 {
		return false
	}
	return b.indent(t.line) <= b.st.column
}

// constructs says that the line holds the primary constructor of the Kotlin class in the line above.
func (b *braces) constructs() bool {
	const word = "constructor"
	line := b.text[b.tok.start:b.near(b.tok.start)]
	i := strings.Index(line, word)
	if i < 0 || !strings.HasPrefix(strings.TrimLeft(line[i+len(word):], " "), "(") {
		return false
	}
	for _, modifier := range strings.Fields(line[:i]) {
		if w := b.g.keyword(modifier); modifier[0] != '@' && (w == nil || w.role != modifies) {
			return false
		}
	}
	return true
}

// word takes an identifier or keyword of a statement that may define something.
func (b *braces) word(f *frame) {
	t, st := &b.tok, &b.st
	if b.g.prefix != nil && t.end-t.start == 1 && b.text[t.start] == 'r' && t.end < len(b.text) && b.text[t.end] == '#' { // r#type
		for t.end++; t.end < len(b.text) && t.end-t.start < longestName && b.g.inside[b.text[t.end]]; t.end++ {
		}
		b.moved(t.start, t.end)
	}
	w := t.word
	if st.applied == 1 {
		if w != nil && w.role == declares { // Java's @interface
			st.applied = 0
		} else {
			st.applied = 2
			return
		}
	}
	st.applied = 0
	if st.header < 0 {
		st.header = t.start
	}
	role := plain
	if w != nil {
		role = w.role
	}
	if role != plain && b.g.anyMethod && (f.holds == typeBody || st.wants && role != declares) && t.end < len(b.text) && (b.text[t.end] == '(' || b.text[t.end] == '<') {
		role = plain // a method named like a keyword
	}
	if role != plain && b.g.anyMethod && f.holds == typeBody && t.end < len(b.text) && strings.IndexByte(":?", b.text[t.end]) >= 0 {
		role = plain // a field
	}
	if role != plain && f.object && st.values == 0 && b.endsKey() {
		role = plain
	}
	if role != plain && b.prevKind == isPunct && (b.prevByte == '.' || b.prevByte == '$' && b.g.anyMethod ||
		b.prevByte == ':' && b.g.extends && b.prevEnd == t.start || // T::class
		w.body == valueBody && (b.prevByte == ']' && b.g.quoted || b.prevByte == '*') && b.prevEnd == t.start || // *const T
		(b.prevByte == '`' && b.g.operators || b.prevByte == '@' && b.g.properties) && b.prevEnd == t.start) { // `class`, @class
		role = plain // a member named like a keyword
	}
	if role == controls && b.g.qualified && b.naming() && b.prevEnd == st.lastEnd { // operator new[]
		if strings.HasPrefix(b.text[t.end:], "[]") {
			t.end += len("[]")
			b.moved(t.start, t.end)
		}
		st.lastEnd = t.end
		return
	}
	if role == declares && b.g.properties && (b.prevKind == isPunct && (b.prevByte == ':' || b.prevByte == ',') || // where T : class
		strings.HasPrefix(b.text[t.end:], "*")) { // delegate*<int>
		role = plain
	}
	switch role {
	case declares:
		if st.wants && !(w.fresh && b.nextByteEndsName()) || b.mayDeclare(f, w) {
			if st.key != nil && st.key.body == valueBody && w.text == "enum" { // const enum
				st.key = nil
			}
			st.imports = st.imports && w.text != "object" // package object
			if st.key == nil || st.wants && (st.key.body != enumBody && st.key.body != typeBody || w.body == funcBody || w.body == valueBody) {
				st.key, st.keyStart = w, t.start // enum class keeps enum, class func becomes func
			}
			if w.text == "typedef" {
				st.typedef, st.key = true, nil
				return
			}
			st.wants = true
			return
		}
		if f.object && w.body == funcBody && st.colon && st.assigned == nil && !st.equals && b.startsValue() {
			st.assigned = w // name: function
			return
		}
		if st.assigned == nil && (b.g.quoted && (w.body == typeBody || w.body == dataBody) || b.g.anyMethod && b.classExpression()) {
			st.unnamed = w
			return
		}
		if st.equals || !w.fresh {
			return
		}
	case modifies, follows:
		if role == follows && st.wants && b.g.anyMethod { // class extends Base {
			st.wants = false
			return
		}
		named := st.wants || b.g.getters || b.g.objects && f.holds == funcBody && st.values == 0        // set = x, get base =>
		if !(named && w.fresh && b.nextByteEndsName() || st.wants && b.g.extends && role == modifies) { // val value get() = 1
			return
		}
	case controls:
		if !st.wants {
			st.controls = st.controls || st.values == 0 && st.key == nil && st.call < 0
			return
		}
	case imports:
		if st.values == 0 && st.key == nil && st.call < 0 {
			st.imports = true
			return
		}
		// x = require(...), but no import.meta and no type X = typeof import("x")
		if b.g.assigned && st.equals && !st.arrow && st.values <= 2 && !strings.HasPrefix(b.text[t.end:], ".") &&
			(st.key == nil || st.key.kind != Class) {
			st.imports = true
		}
	case applies:
		if st.applied = 2; w.text == "decltype" { // which is a type
			st.values++
		}
		return
	}
	switch {
	case st.extends:
		st.nameEnd, st.extends = t.end, false
	case st.wants && b.g.getters && st.key != nil && st.key.text == "extension" && b.text[t.start:t.end] == "type":
		// extension type Name(
	case st.wants:
		st.nameStart, st.nameEnd, st.wants = t.start, t.end, false
		if b.g.operators && b.g.backticks && b.text[t.end-1] == '_' { // name_=
			st.nameEnd = b.symbols(t.end)
			b.moved(t.start, st.nameEnd)
			t.end = st.nameEnd
		}
		if b.g.angles && st.key != nil && (st.key.body != valueBody || b.g.extends) { // `class typedef A` wants a name for nothing
			b.passAngles()
		}
	case b.g.lastName && st.key != nil && !st.equals && !st.colon && st.call < 0 && st.key.body != valueBody && st.nameEnd > 0:
		st.last, st.lastEnd = t.start, t.end // struct foo *bar(
		if b.prevKind == isWord || (b.prevByte == ')' || b.prevByte == ']') && capitals(b.text[st.nameStart:st.nameEnd]) {
			st.nameStart, st.nameEnd = t.start, t.end // class EXPORT Foo, class ALIGNED(8) Foo, class EXPORT [[nodiscard]] Foo
		}
		st.values++
	default:
		st.last, st.lastEnd = t.start, t.end
		if b.prevByte == '~' && b.prevKind == isPunct && b.prevEnd == t.start {
			st.last = b.prevStart // a destructor
		}
		st.values++
		if b.g.getters && st.call < 0 && !st.equals && f.holds != funcBody && b.prevKind == isWord && b.text[b.prevStart:b.prevEnd] == "get" {
			st.call, st.callEnd = t.start, t.end
		}
		if b.g.angles && !st.equals && (f.holds != funcBody || f.object && !st.colon || b.g.localCalls || b.typed()) &&
			b.text[t.start:t.end] != "operator" {
			b.passAngles()
		}
	}
}

// nextByteEndsName says that the current word is followed by what follows a name: a contextual keyword is one then.
func (b *braces) nextByteEndsName() bool {
	for i := b.tok.end; i < len(b.text) && i-b.tok.end < 64; i++ {
		switch c := b.text[i]; c {
		case ' ', '\t', '\r':
		default:
			return !b.g.inside[c] && c != '*' && c != '"' && c != '\'' && c != '&'
		}
	}
	return true
}

// typed says that a type stands behind the name that a TypeScript statement inside a function declares.
func (b *braces) typed() bool {
	return b.st.colon && b.g.assigned && (strings.HasPrefix(b.text[b.st.start:], "const ") || strings.HasPrefix(b.text[b.st.start:], "let "))
}

// mayDeclare says that a declaring keyword does declare where it stands.
func (b *braces) mayDeclare(f *frame, w *word) bool {
	st := &b.st
	if st.controls || st.imports && w.body != moduleBody && w.fresh {
		return false
	}
	if f.holds == groupBody {
		return false
	}
	if w.fresh && (st.values > 0 || st.equals || b.nextByteEndsName() || b.g.assigned && strings.HasPrefix(b.text[b.tok.end:], " *")) {
		return false // export type * from
	}
	if st.equals {
		if b.g.assigned && w.body != valueBody && !f.object && (b.prevByte == '=' || b.prevWord != nil && b.prevWord.role == modifies) {
			if b.g.quoted && (st.last > 0 && b.text[st.last-1] == '.' || st.colon) { // a field of a value, or a typed value
				return false
			}
			if st.key == nil && st.lastEnd > 0 && (st.nameEnd > 0 && !(st.colon && b.g.angles) || !b.g.anyMethod) {
				// exports.name = function, no const name: Type = function
				st.nameStart, st.nameEnd = st.last, st.lastEnd
			}
			if st.nameEnd > 0 {
				st.assigned = w
			}
		}
		return false
	}
	if w.body == valueBody && f.holds == funcBody && !alias(w) {
		return false
	}
	return (st.key == nil || st.wants || st.nameEnd == 0) && st.call < 0 && !(st.colon && b.g.assigned)
}

// passAngles skips type parameters directly behind the current word.
func (b *braces) passAngles() {
	if at := b.tok.end; at < len(b.text) && b.text[at] == '<' {
		if end := b.closeAngle(at); end > at {
			b.moved(at, end)
		}
	}
}

// emit adds a definition and answers its number.
func (b *braces) emit(d def) int {
	f := b.top()
	if d.parent = f.owner; d.parent < 0 && b.space != "" {
		d.owner = b.space + "." + d.owner
		d.owner = strings.TrimSuffix(d.owner, ".")
	}
	if d.nameEnd-d.nameStart > longestName {
		d.nameEnd = d.nameStart
		d.hidden = true
	}
	if d.doc < 0 || d.doc > d.start {
		d.doc = d.start
	}
	if d.header < d.start {
		d.header = d.start
	}
	d.inner = f.holds == funcBody
	if d.kind == Function && (f.owner >= 0 || b.g.anyMethod) && !d.hidden &&
		(f.holds == typeBody || f.holds == enumBody || f.holds == implBody) {
		d.kind = Method
	}
	if d.kind == Method && (f.owner >= 0 || b.g.anyMethod) {
		switch name := b.text[d.nameStart:d.nameEnd]; name {
		case "__construct":
			d.kind = Constructor
		case "constructor":
			if b.g.assigned { // JavaScript's
				d.kind = Constructor
			}
		default:
			if f.owner < 0 {
				break
			}
			if o := &b.defs[f.owner]; b.g.methods && o.kind.holds() && name == b.text[o.nameStart:o.nameEnd] {
				d.kind = Constructor
			}
		}
	}
	b.defs = append(b.defs, d)
	return len(b.defs) - 1
}

// resync, in repair, closes what must have ended before a word that stands first on its line.
func (b *braces) resync() {
	t := &b.tok
	if i := t.end; i < len(b.text) && b.text[i] == ':' && (i+1 == len(b.text) || b.text[i+1] != ':') {
		return // a label
	}
	column := b.indent(t.line)
	telling := t.blank || t.b == '@' || t.word != nil && t.word.role != plain && t.word.role != follows && t.word.role != controls
	if b.g.receivers && column == 0 && t.word != nil && len(b.frames) > 1 { // Go: only declarations start with a keyword there
		for len(b.frames) > 1 {
			b.pop(b.prevEnd)
		}
		b.st = blank
	}
	for {
		at := len(b.frames) - 1
		for low := max(at-nearFrames, 0); at > low && b.frames[at].def < 0; at-- {
		}
		f := &b.frames[at]
		if at == 0 || f.def < 0 || column > f.column || f.holds == moduleBody {
			break
		}
		if f.holds == typeBody && !telling {
			break
		}
		for len(b.frames) > at {
			b.pop(b.prevEnd)
		}
		b.st = blank
	}
	f := b.top()
	if len(b.brackets) > f.base && b.st.start >= 0 && telling && column <= b.st.column && strings.IndexByte(b.text[b.st.start:t.start], '\n') >= 0 {
		b.brackets = b.brackets[:f.base]
		b.endStatement(b.prevEnd)
	}
}
