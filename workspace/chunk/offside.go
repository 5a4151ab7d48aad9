package chunk

import "strings"

// offside is the engine of F#: what a line starts lasts until a line at or left of its own column. Only what stands directly
// in a file, a module or a type is a definition; a `let` inside a function is local.
type offside struct {
	*scanner
	open  []indentation
	again bool // the current token is not dealt with yet
	start int  // of attributes read before a definition, or -1
	doc   int
	last  int // where the last token of code ended
}

type indentation struct {
	column  int
	def     int   // or -1
	holds   bool  // members: a module or a type
	hides   bool  // nothing in it is defined
	keyword *word // of its definition: what `and` continues
}

func outlineOffside(s *scanner) {
	e := runOffside(s)
	if e.broken == 0 {
		return
	}
	again := newScanner(s.text, s.g)
	again.repair = true
	again.steps = s.steps
	*s = *runOffside(again).scanner
}

func runOffside(s *scanner) *offside {
	e := &offside{scanner: s, start: -1}
	for e.advance() {
		for e.again = true; e.again && s.tok.kind != atEnd; {
			e.again = false
			if s.tok.first {
				e.line()
			}
		}
	}
	for len(e.open) > 0 {
		e.pop()
	}
	return e
}

func (e *offside) pop() {
	if d := e.open[len(e.open)-1].def; d >= 0 {
		e.defs[d].end = max(e.defs[d].end, e.last)
	}
	e.open = e.open[:len(e.open)-1]
}

// advance moves to the next token of code, past directives.
func (e *offside) advance() bool {
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

func (e *offside) push(i indentation) {
	if len(e.open) < mostFrames {
		e.open = append(e.open, i)
	}
}

// line takes the first token of a line.
func (e *offside) line() {
	t := e.tok
	column := e.indent(t.line)
	if t.kind == isPunct && strings.IndexByte(")]}|", t.b) >= 0 && !strings.HasPrefix(e.text[t.start:], "|]") {
		if n := len(e.open); n == 0 || column >= e.open[n-1].column {
			return // closes or goes on, in the column of what it belongs to
		}
	}
	var before *word
	for n := len(e.open); n > 0 && column <= e.open[n-1].column; n-- {
		before = e.open[n-1].keyword
		e.pop()
	}
	d := def{start: t.start, header: t.start, doc: t.doc, parent: -1}
	if d.doc < 0 {
		d.doc = d.start
	}
	if e.start >= 0 {
		d.start, d.doc = e.start, e.doc
	}
	e.start = -1
	inner := indentation{column: column, def: -1}
	if n := len(e.open); n > 0 {
		inner.hides = e.open[n-1].hides || !e.open[n-1].holds
		d.parent = e.open[n-1].def
	}
	if t.kind == isPunct && t.b == '[' && strings.HasPrefix(e.text[t.end:], "<") && !inner.hides { // [<Attribute>]
		if !e.attributes() {
			return
		}
		if e.tok.first {
			e.start, e.doc, e.again = d.start, d.doc, true
			return
		}
		d.header = e.tok.start
	}
	w := e.tok.word
	if e.tok.kind != isWord || w == nil || inner.hides {
		e.again = e.tok.first && e.tok.start != t.start
		return
	}
	switch w.role {
	case imports:
		if end := e.near(t.start); w.text == "namespace" || w.text == "open" {
			d.doc, d.end, d.body, d.imported, d.hidden, d.parent = d.start, end, end, true, true, -1
			e.defs = append(e.defs, d)
		} else { // interface ... with, inherit
			inner.holds, inner.def = w.text == "interface", d.parent
			e.push(inner)
		}
	case follows:
		if before != nil && before.role == declares {
			e.define(d, inner, before)
		}
	case declares, modifies:
		e.define(d, inner, w)
	default:
		e.push(inner)
	}
}

// attributes passes [<...>] and answers whether a token follows.
func (e *offside) attributes() bool {
	for i := 0; e.advance() && i < look; i++ {
		if e.tok.kind == isPunct && e.tok.b == ']' && e.prevKind == isPunct && e.prevByte == '>' {
			if !e.advance() {
				return false
			}
			if e.tok.kind != isPunct || e.tok.b != '[' {
				return true
			}
		}
	}
	return e.tok.kind != atEnd
}

// define reads the name behind a declaring keyword.
func (e *offside) define(d def, inner indentation, w *word) {
	for w.role == modifies || e.tok.word != nil && e.tok.word.role == modifies { // static member val x
		if !e.advance() || e.tok.first {
			e.stop(inner)
			return
		}
		if next := e.tok.word; next != nil && (next.role == declares || next.role == modifies) {
			w = next
		} else if w.role == modifies {
			e.push(inner)
			return
		}
	}
	inner.keyword = w
	member := w.kind == Method && w.text != "new"
	d.kind = w.kind
	at := e.tok
	if w.text == "new" { // new(...) =
		d.nameStart, d.nameEnd = at.start, at.end
	}
naming:
	for read := true; d.nameEnd == 0 || member; {
		if read && !e.advance() || e.tok.first && e.indent(e.tok.line) <= inner.column {
			break
		}
		read = true
		t := &e.tok
		switch {
		case t.kind == isWord && t.word != nil && (t.word.role == modifies || t.word.text == "member"):
		case t.kind == isWord && t.word != nil && t.word.text == "val": // member val Name = 1
			member = false
			d.kind = Variable
		case t.kind == isWord:
			if w.kind != Method && (t.word != nil && t.word.role != plain || e.text[t.start:t.end] == "_") {
				break naming
			}
			if (member || w.kind == Module) && t.end < len(e.text) && e.text[t.end] == '.' { // this.Name, A.B.Name
				d.nameEnd = 0
				e.pos = t.end + 1
				continue
			}
			d.nameStart, d.nameEnd = t.start, t.end
			break naming
		case t.kind == isString && e.text[t.start] == '`' && t.end-t.start > 4: // ``a name``
			d.nameStart, d.nameEnd = t.start+2, t.end-2
			break naming
		case t.kind != isPunct:
		case t.b == '(' && (w.kind == Method || w.kind == Constant):
			if start, end := e.parenthesised(); start > 0 {
				d.nameStart, d.nameEnd = start, end
				e.pos = end
			}
			break naming
		case t.b == '[': // let [<Literal>] Limit = 10
			read = false
			if !e.attributes() {
				break naming
			}
		case strings.IndexByte("=:)]}", t.b) >= 0:
			break naming
		}
	}
	if d.nameEnd <= d.nameStart || d.nameEnd-d.nameStart > longestName || e.tok.kind == atEnd && d.nameEnd == 0 {
		e.stop(inner)
		return
	}
	e.classify(&d, &inner, w)
	inner.def = len(e.defs)
	e.defs = append(e.defs, d)
	// the module of the whole file
	if w.kind == Module && !strings.Contains(e.text[d.nameEnd:e.near(d.nameEnd)], "=") && d.parent < 0 {
		inner.column = -1
	}
	e.push(inner)
	if e.tok.first && e.tok.kind != atEnd && e.tok.start > d.nameStart {
		e.again = true
	}
}

// stop gives up a definition without a name; its lines are hidden all the same.
func (e *offside) stop(inner indentation) {
	if e.tok.first && e.tok.kind != atEnd {
		e.again = true
		if e.indent(e.tok.line) <= inner.column {
			return
		}
	}
	e.push(inner)
}

// classify finds the kind of what was named, by what stands behind the name, and where its signature ends.
func (e *offside) classify(d *def, inner *indentation, w *word) {
	text := e.text
	end := e.near(d.nameEnd)
	d.body = end
	rest := text[d.nameEnd:end]
	equals := strings.Index(rest, "=")
	if equals >= 0 && w.kind != Class {
		d.body = d.nameEnd + equals
	}
	after := strings.TrimLeft(rest, " \t)")
	switch w.kind {
	case Module:
		inner.holds = true
	case Constant:
		if w.text == "val" {
			if strings.Contains(rest, "->") {
				d.kind = Function
			}
			if d.parent >= 0 && (e.defs[d.parent].kind == Class || e.defs[d.parent].kind == Struct) {
				d.kind = Variable
			}
			return
		}
		holder := d.parent >= 0 && e.defs[d.parent].kind != Module
		value := after == "" || after[0] == '=' || after[0] == ':'
		if equals >= 0 && value {
			body := strings.TrimLeft(text[d.body+1:min(len(text), d.body+64)], " \t\r\n")
			value = !strings.HasPrefix(body, "fun ") && !strings.HasPrefix(body, "function")
		}
		switch {
		case !value:
			d.kind = Function
		case holder:
			d.kind = Variable
		}
	case Class:
		inner.holds = true
		if equals < 0 {
			if strings.HasSuffix(strings.TrimRight(rest, " \r"), " with") { // an extension of a type
				d.hidden = true
			}
			return
		}
		body := strings.TrimLeft(text[d.nameEnd+equals+1:min(len(text), d.nameEnd+equals+look)], " \t\r\n")
		for strings.HasPrefix(body, "//") {
			_, body, _ = strings.Cut(body, "\n")
			body = strings.TrimLeft(body, " \t\r\n")
		}
		switch {
		case strings.HasPrefix(body, "{"), strings.HasPrefix(body, "struct"):
			d.kind = Struct
		case strings.HasPrefix(body, "|"):
			d.kind = Enum
		case strings.HasPrefix(body, "abstract") && !strings.Contains(rest[:equals], "("),
			strings.HasPrefix(body, "interface") && !strings.HasPrefix(body, "interface I"):
			d.kind = Interface
		default:
			line, _, _ := strings.Cut(body, "\n")
			if i := strings.Index(line, "|"); i > 0 && body[0] >= 'A' && body[0] <= 'Z' {
				d.kind = Enum
			}
		}
	}
}

// parenthesised is the operator or active pattern in the parentheses that open at the current token: ( + ), (|Even|Odd|).
func (e *offside) parenthesised() (start, end int) {
	text := e.text
	limit := min(len(text), e.tok.end+longestName)
	start = e.tok.end
	for start < limit && text[start] == ' ' {
		start++
	}
	pattern := start < limit && text[start] == '|'
	for end = start; end < limit && (strings.IndexByte("!%&*+-./<=>?@^|~$", text[end]) >= 0 ||
		pattern && (e.g.inside[text[end]] || text[end] == ' ')); end++ {
	}
	for end > start && text[end-1] == ' ' {
		end--
	}
	rest := strings.TrimLeft(text[end:limit], " ")
	if end == start || !strings.HasPrefix(rest, ")") {
		return 0, 0
	}
	return start, end
}

var grammarFSharp = &grammar{
	outline: outlineOffside, extra: "'", hooked: "('\"`#@$", hook: fsharpHook,
	marks: []mark{
		{kind: blockComment, open: "(*", close: "*)", nested: true},
		{kind: lineComment, open: "//"},
		{kind: quote, open: `"""`, close: `"""`, lines: true},
		{kind: quote, open: `"`, close: `"`, escape: '\\', lines: true},
	},
	words: []words{
		{"let val", word{role: declares, kind: Constant}},
		{"type", word{role: declares, kind: Class, body: typeBody}},
		{"exception", word{role: declares, kind: Class, body: valueBody}},
		{"module", word{role: declares, kind: Module, body: moduleBody}},
		{"member override default abstract new", word{role: declares, kind: Method, body: funcBody}},
		{"static rec inline mutable private internal public extern", word{role: modifies}},
		{"open namespace interface inherit", word{role: imports}},
		{"and", word{role: follows}},
		{"do if for while match try use return yield fun function lazy", word{role: controls}},
	},
}

// fsharpHook reads what F# adds to OCaml's tokens: verbatim and interpolated strings, names between backticks, directives.
func fsharpHook(s *scanner, at int) (end int, kind tokenKind, ok bool) {
	text := s.text
	switch text[at] {
	case '(':
		if strings.HasPrefix(text[at:], "(*)") {
			return at + 1, isPunct, true
		}
	case '\'':
		if end, kind, _ = character(text, at); kind == isString {
			return end, kind, true
		}
		for end < len(text) && s.g.inside[text[end]] && text[end] != '\'' {
			end++
		}
		return end, isNumber, true
	case '@', '$':
		quote := at + 1
		for quote < len(text) && quote-at < 4 && (text[quote] == '$' || text[quote] == '@') {
			quote++
		}
		if strings.HasPrefix(text[quote:], `"`) && !strings.HasPrefix(text[quote:], `"""`) &&
			strings.IndexByte(text[at:quote], '@') >= 0 {
			return verbatim(s, at, quote)
		}
		return at + 1, isPunct, true
	case '`':
		if strings.HasPrefix(text[at:], "``") {
			if i := strings.Index(text[at+2:s.near(at)], "``"); i > 0 {
				return at + i + 4, isString, true
			}
		}
	case '#':
		if s.fresh && at+1 < len(text) && text[at+1] >= 'a' && text[at+1] <= 'z' {
			return s.lineEnd(at), isDirective, true
		}
	}
	return 0, 0, false
}

// verbatim reads @"..." in which "" is a quote and a backslash nothing special.
func verbatim(s *scanner, at, quote int) (end int, kind tokenKind, ok bool) {
	if s.hopelessRaw {
		return at + 1, isPunct, true
	}
	for i := quote + 1; i < len(s.text); i++ {
		if s.text[i] != '"' {
			continue
		}
		if i++; i == len(s.text) || s.text[i] != '"' {
			return i, isString, true
		}
	}
	s.hopelessRaw = true
	s.broken++
	s.steps += len(s.text) - at
	return at + 1, isPunct, true
}
