package chunk

import "strings"

// layout is the engine of languages whose declarations start in one column and go on in deeper ones: Haskell, PureScript, Elm.
// A function is its signature and all equations of its name that follow.
type layout struct {
	*scanner
	sign string // what stands between a name and its type
	last int    // where the last token of code ended
}

func outlineLayout(s *scanner) { runLayout(s, "::") }

func outlineElm(s *scanner) { runLayout(s, ":") }

func runLayout(s *scanner, sign string) {
	e := &layout{scanner: s, sign: sign}
	e.advance()
	for e.tok.kind != atEnd {
		e.block(e.indent(e.tok.line), -1)
	}
}

// advance moves to the next token of code, past directives.
func (e *layout) advance() bool {
	if e.tok.kind != isDirective {
		e.last = e.tok.end
	}
	for e.next() {
		if e.tok.kind != isDirective {
			return true
		}
	}
	return false
}

// within says that the current token belongs to the declaration that starts in a column.
func (e *layout) within(column int) bool {
	return e.tok.kind != atEnd && (!e.tok.first || e.indent(e.tok.line) > column)
}

func (e *layout) skip(column int) {
	for e.within(column) {
		e.advance()
	}
}

func (e *layout) is(text string) bool {
	return e.tok.kind == isWord && e.text[e.tok.start:e.tok.end] == text
}

// block reads the declarations that start in a column, until a line starts left of it.
func (e *layout) block(column, parent int) {
	before := -1
	for e.tok.kind != atEnd && (!e.tok.first || e.indent(e.tok.line) >= column) {
		before = e.declaration(column, parent, before)
	}
}

// declaration reads one declaration and answers the function it is part of, or -1; before is the one of the declaration above.
func (e *layout) declaration(column, parent, before int) int {
	d := def{start: e.tok.start, header: e.tok.start, doc: e.tok.doc, parent: parent}
	if d.doc < 0 {
		d.doc = d.start
	}
	if e.tok.kind == isPunct && strings.IndexByte(")]},;|=", e.tok.b) >= 0 {
		return e.resume(column, before)
	}
	w := e.tok.word
	for w != nil && w.role == modifies { // derive, else, port, effect
		was := e.tok.end
		e.advance()
		if !e.within(column) {
			return -1
		}
		if w = e.tok.word; w == nil && e.sign == "::" { // an ordinary name after all
			return e.equationOf(d, was, column, before)
		}
	}
	if w == nil {
		return e.equation(d, column, before)
	}
	switch w.role {
	case follows:
		return e.resume(column, before)
	case controls: // infix, deriving, default
		e.advance()
		if e.is("instance") || parent < 0 || !e.within(column) {
			e.skip(column)
			return -1
		}
		return e.equation(d, column, before) // default in a class gives a method another signature
	case imports:
		e.importing(d, column)
		return -1
	}
	at := e.tok
	e.advance()
	switch {
	case !e.within(column):
	case w.kind == Function: // pattern Name, foreign import
		if e.tok.kind == isWord && w.text == "pattern" && (e.text[e.tok.start] < 'A' || e.text[e.tok.start] > 'Z') {
			return e.equationOf(d, at.end, column, before)
		}
		for e.within(column) && e.tok.kind == isWord && e.tok.word != nil &&
			(e.tok.word.role == imports || e.tok.word.role == declares) {
			if e.tok.word.kind != Text && e.tok.word.kind != Function { // PureScript's foreign import data
				w = e.tok.word
				e.advance()
				e.typeHead(d, w, column)
				return -1
			}
			e.advance()
		}
		if e.sign == "::" && e.tok.kind == isPunct {
			return e.equationOf(d, at.end, column, before)
		}
		for e.within(column) && e.tok.kind == isWord && e.foreign() {
			if e.is("export") { // names what is defined elsewhere
				e.skip(column)
				return -1
			}
			e.advance()
		}
		if e.tok.kind == isString {
			e.advance()
		}
		return e.equation(d, column, before)
	case e.tok.kind == isPunct && e.tok.b != '(' && e.tok.b != '[' && parent < 0 && e.operator() != "=":
	default:
		e.typeHead(d, w, column)
		return -1
	}
	e.skip(column)
	return -1
}

// foreign says that the current word is one of those between `foreign import` and the name.
func (e *layout) foreign() bool {
	switch e.text[e.tok.start:e.tok.end] {
	case "ccall", "capi", "prim", "javascript", "stdcall", "safe", "unsafe", "interruptible", "export":
		return true
	}
	return false
}

// closes says that the current token closes a bracket or goes on inside one, whatever its column.
func (e *layout) closes() bool {
	return e.tok.kind == isPunct && strings.IndexByte(")]},", e.tok.b) >= 0
}

// resume adds what is no declaration of its own to the function above.
func (e *layout) resume(column, before int) int {
	for first := true; first || e.within(column); first = false {
		e.advance()
	}
	if before >= 0 {
		e.defs[before].end = e.last
	}
	return before
}

// importing takes an import, or the module's header up to `where` or the end of what is indented.
func (e *layout) importing(d def, column int) {
	header := e.is("module")
	for first := true; first || e.within(column) ||
		header && e.tok.kind == isPunct && strings.IndexByte("(),", e.tok.b) >= 0; first = false {
		if header && e.is("where") {
			e.advance()
			break
		}
		e.advance()
	}
	d.end, d.body, d.parent, d.doc, d.imported, d.hidden = e.last, e.last, -1, d.start, true, true
	e.defs = append(e.defs, d)
	e.skip(column)
}

// typeHead reads what is behind data, newtype, type, class or instance.
func (e *layout) typeHead(d def, w *word, column int) {
	d.kind = w.kind
	n := len(e.defs)
	e.defs = append(e.defs, def{})
	instance := w.body == implBody
	depth, alternatives := 0, false
	last, lastEnd := 0, 0 // of an instance: the head of the last type
	family := d.parent >= 0 && e.defs[d.parent].hidden
	where := false
head:
	for e.within(column) {
		t := &e.tok
		switch t.kind {
		case isWord:
			name := e.text[t.start:t.end]
			switch {
			case name == "where" && depth == 0:
				where = true
				break head
			case name == "instance" && !instance:
				family = w.kind == Class // a type instance names nothing new
			case name == "alias" && e.sign == ":":
				d.kind = Class
			case name[0] >= 'A' && name[0] <= 'Z' || name[0] >= 0x80:
				if d.nameEnd == 0 && depth == 0 || d.nameEnd == 0 && instance {
					d.nameStart, d.nameEnd = t.start, t.end
				}
				if depth == 0 || e.prevKind == isPunct && e.prevByte == '(' && depth == 1 {
					last, lastEnd = t.start, t.end
				}
			case name == "role":
				family = d.nameEnd == 0
			}
		case isPunct:
			switch t.b {
			case '(', '[', '{':
				depth++
			case ')', ']', '}':
				depth--
			default:
				op := e.operator()
				if op == "" {
					break
				}
				e.pos = max(e.pos, t.start+len(op))
				if depth > 0 && (op[0] != ':' || op == "::" || d.nameEnd > 0) {
					break
				}
				switch {
				case op == "=>" || op == "<=" || op == "⇒":
					d.nameStart, d.nameEnd, last, lastEnd = 0, 0, 0, 0
				case instance && op == "::": // PureScript names its instances
					d.nameStart, d.nameEnd = 0, 0
				case op == "=" || op == e.sign || op == "|" || op == "->":
					break head
				case op[0] == ':':
					d.nameStart, d.nameEnd = t.start, t.start+len(op)
				}
			}
		}
		e.advance()
	}
	if e.tok.kind != atEnd {
		d.body = e.last
	}
	if instance {
		d.hidden = true
		if lastEnd > 0 {
			d.nameStart, d.nameEnd = last, lastEnd
		}
	}
	if family {
		d.nameStart, d.nameEnd = 0, 0
	}
	for !where && (e.within(column) || depth > 0 && e.closes()) { // to the end, or to the body
		if e.tok.kind == isPunct {
			switch e.tok.b {
			case '(', '[', '{':
				depth++
			case ')', ']', '}':
				depth--
			case '|':
				alternatives = alternatives || depth <= 0
			}
		}
		where = e.is("where") && depth <= 0
		e.advance()
	}
	switch {
	case d.kind == Struct && (alternatives || where):
		d.kind = Enum
	case d.kind == Class:
		d.body = e.last
	}
	e.defs[n] = d
	if where {
		if e.is("where") {
			e.advance()
		}
		if e.within(column) && (w.kind == Interface || instance) && d.parent < 0 && !(e.tok.kind == isPunct && e.tok.b == '{') {
			body := e.tok.start - e.tok.line
			if e.tok.first {
				body = e.indent(e.tok.line)
			}
			e.block(max(body, column+1), n)
		}
		e.skip(column)
	}
	e.defs[n].end = e.last
}

// operator is the run of symbols at the current token.
func (e *layout) operator() string {
	end := e.tok.start
	for end < len(e.text) && strings.IndexByte("!#$%&*+./<=>?@\\^|~-:", e.text[end]) >= 0 {
		end++
	}
	return e.text[e.tok.start:end]
}

// equationOf reads the rest of an equation whose name was taken for a keyword; it ends at end.
func (e *layout) equationOf(d def, end, column, before int) int {
	d.nameStart, d.nameEnd = d.start, end
	if end-d.start > longestName || strings.IndexByte(e.text[d.start:end], ' ') >= 0 {
		d.nameEnd = d.start
	}
	return e.equation(d, column, before)
}

// equation reads a signature or an equation of a function: `name a b =`, `a <+> b =`, "a `name` b =", `(<+>) a b =`.
func (e *layout) equation(d def, column, before int) int {
	depth, count := 0, 0
	prefix := d.nameEnd > 0 // the name was the first word
	if prefix {
		count = 1
	}
	defined, signed := false, false
	for ; !defined && (e.within(column) || count == 0 && e.tok.kind != atEnd); count++ {
		t := &e.tok
		switch {
		case t.kind == isWord && count == 0:
			c := e.text[t.start]
			if prefix = c >= 'a' && c <= 'z' || c == '_' && t.end > t.start+1 || c >= 0x80 || e.word() == Function; prefix {
				d.nameStart, d.nameEnd = t.start, t.end
			}
		case t.kind != isPunct:
		case t.b == '(' || t.b == '[' || t.b == '{':
			if name, end := e.parenthesised(); count == 0 && name > 0 {
				d.nameStart, d.nameEnd = name, end
				prefix = true
				e.pos = end
				e.advance()
			} else {
				depth++
			}
		case t.b == ')' || t.b == ']' || t.b == '}':
			depth--
		case depth > 0:
		case t.b == '`':
			if count == 1 || !prefix {
				e.advance()
				if e.within(column) && e.tok.kind == isWord && d.nameEnd <= d.nameStart || prefix {
					d.nameStart, d.nameEnd = e.tok.start, e.tok.end
				}
				prefix = true
				e.advance()
			}
		default:
			op := e.operator()
			if op == "" {
				break
			}
			e.pos = max(e.pos, t.start+len(op))
			end := t.start + len(op)
			adjacent := end < len(e.text) && e.text[end] > ' '
			if op == "." && adjacent && e.prevEnd == t.start { // Strict.StateT m <?> l =
				break
			}
			switch {
			case op == "=" || op == "|" && count > 0 || op == "<-":
				defined = true
				d.body = e.last
			case op == e.sign:
				defined, signed = true, true
			case op == "@" && adjacent:
				if count == 1 {
					prefix, d.nameEnd = false, 0
				}
			case (op == "!" || op == "~") && adjacent:
			case count == 1 || !prefix && d.nameEnd == 0:
				d.nameStart, d.nameEnd = t.start, end
				prefix = true
			}
		}
		e.advance()
	}
	e.skip(column)
	d.end = e.last
	if signed {
		d.body = e.last
	}
	if !defined || d.nameEnd <= d.nameStart {
		return -1
	}
	if before >= 0 {
		b := &e.defs[before]
		if e.text[b.nameStart:b.nameEnd] == e.text[d.nameStart:d.nameEnd] {
			b.end = d.end
			return before
		}
	}
	d.kind = Function
	if d.parent >= 0 {
		d.kind = Method
	}
	e.defs = append(e.defs, d)
	return len(e.defs) - 1
}

// word is the kind that the keyword before the current token declares.
func (e *layout) word() Kind {
	if e.prevWord != nil {
		return e.prevWord.kind
	}
	return Text
}

// parenthesised is the operator in the parentheses that open at the current token: `(<+>)`.
func (e *layout) parenthesised() (start, end int) {
	text := e.text
	start = e.tok.end
	for start < len(text) && start-e.tok.end < 4 && text[start] == ' ' {
		start++
	}
	for end = start; end < len(text) && end-start < 32 && strings.IndexByte("!#$%&*+./<=>?@\\^|~-:", text[end]) >= 0; end++ {
	}
	rest := strings.TrimLeft(text[end:min(len(text), end+4)], " ")
	if end == start || !strings.HasPrefix(rest, ")") {
		return 0, 0
	}
	return start, end
}
