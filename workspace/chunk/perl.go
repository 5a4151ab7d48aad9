package chunk

import "strings"

// perl is the engine of Perl: packages and subs by their braces, over a hook that tells its many quotes from operators. Since no
// lexer is right about all of Perl, columns are trusted from the start: a `}` first on its line closes the sub of its column,
// and a sub that stands no deeper than the one around it ends that.
type perl struct {
	*scanner
	open   []perlBrace
	over   int  // braces open beyond the deepest
	pkg    int  // `package Name;` in effect, or -1
	decl   int  // a definition whose `{` or `;` has not come yet, or -1
	parens int  // open since then
	list   bool // `use constant` was read: its braces hold constants
}

type perlBrace struct {
	def       int // or -1
	pkg       int // in effect before it opened
	column    int
	constants bool
}

func outlinePerl(s *scanner) {
	e := &perl{scanner: s, pkg: -1, decl: -1}
	s.repair = true                                                                  // a sub in the first column ends a string
	for s.next() && (s.tok.word == nil || s.tok.word.role != ends || !s.tok.first) { // behind __END__ is only documentation
		e.token()
	}
	end := s.prevEnd
	for len(e.open) > 0 {
		e.pop(end)
	}
	e.endPackage(end)
}

func (e *perl) endPackage(end int) {
	if e.pkg >= 0 {
		e.defs[e.pkg].end = max(e.defs[e.pkg].end, end)
		e.pkg = -1
	}
}

func (e *perl) pop(end int) {
	b := e.open[len(e.open)-1]
	e.open = e.open[:len(e.open)-1]
	if b.pkg != e.pkg {
		e.endPackage(e.prevEnd)
		e.pkg = b.pkg
	}
	if b.def >= 0 {
		e.defs[b.def].end = max(e.defs[b.def].end, end)
	}
}

func (e *perl) token() {
	t := &e.tok
	switch {
	case t.kind == isPunct:
		e.punct()
	case t.kind != isWord:
	case len(e.open) > 0 && e.open[len(e.open)-1].constants:
		if e.key() {
			end := e.near(t.start)
			e.add(def{
				start: t.start, doc: t.doc, header: t.start, body: end, end: end, nameStart: t.start, nameEnd: t.end,
				kind: Constant, parent: e.parent(),
			})
		}
	case t.word == nil || e.prevKind == isPunct && (e.prevByte == '>' && e.prevEnd == t.start || e.prevByte == '{' &&
		e.closes()) || e.key():
	case t.word.role == declares:
		e.declare(t.word)
	case t.word.role == imports && t.first:
		e.use()
	}
}

func (e *perl) punct() {
	t := &e.tok
	switch t.b {
	case '(':
		e.parens++
	case ')':
		e.parens--
	case '{':
		if len(e.open) >= mostFrames {
			e.over++
			return
		}
		b := perlBrace{def: -1, pkg: e.pkg, column: e.indent(t.line), constants: e.list}
		if e.decl >= 0 && e.parens <= 0 {
			b.def = e.decl
			e.defs[b.def].body, e.decl = t.start, -1
		}
		e.open = append(e.open, b)
		e.list = false
	case '}':
		if e.over > 0 {
			e.over--
		} else if len(e.open) > 0 {
			e.brace()
		}
	case ';':
		if e.decl >= 0 { // announced only, or a constant
			d := &e.defs[e.decl]
			d.body, d.end = max(d.body, t.start), t.end
			e.decl = -1
		}
	}
}

func (e *perl) add(d def) int {
	if d.doc < 0 {
		d.doc = d.start
	}
	e.defs = append(e.defs, d)
	return len(e.defs) - 1
}

// closes says that the word stands alone in braces: $x{package}.
func (e *perl) closes() bool { return e.tok.end < len(e.text) && e.text[e.tok.end] == '}' }

// key says that the word is the key of a list: package => 1.
func (e *perl) key() bool {
	at := e.tok.end
	for at < len(e.text) && at-e.tok.end < 32 && e.text[at] == ' ' {
		at++
	}
	return strings.HasPrefix(e.text[at:], "=>") || strings.HasPrefix(e.text[at:], ",")
}

// brace closes a `{`.
func (e *perl) brace() {
	t := &e.tok
	last := len(e.open) - 1
	at := last
	if t.first {
		column := e.indent(t.line)
		if e.open[last].def >= 0 && e.open[last].column < column {
			return // one too many
		}
		if e.open[last].column != column {
			for low := max(0, last-nearFrames); at > low && (e.open[at].column != column || e.open[at].def < 0); at-- {
			}
			if e.open[at].column != column || e.open[at].def < 0 {
				at = last
			}
		}
	}
	for len(e.open)-1 > at {
		e.pop(e.prevEnd)
	}
	e.pop(t.end)
}

// declare reads `sub name`, `package Name` and their like.
func (e *perl) declare(w *word) {
	t := &e.tok
	text := e.text
	at := t.end
	for at < len(text) && at-t.end < 64 && (text[at] == ' ' || text[at] == '\t' || text[at] == '\n' || text[at] == '\r' ||
		text[at] == '#' && w.kind.holds()) { // package # hidden
		if text[at] == '#' {
			at = e.near(at)
		} else {
			at++
		}
	}
	end := at
	for end < len(text) && end-at < longestName && (e.g.inside[text[end]] || end > at && (text[end] == ':' ||
		text[end] == '\'') && end+1 < len(text) &&
		(e.g.inside[text[end+1]] || text[end+1] == ':')) {
		end++
	}
	if end == at || at == t.end || text[at] >= '0' && text[at] <= '9' {
		return
	}
	rest := strings.TrimLeft(text[end:min(len(text), end+look)], " \t\r\n")
	if w.fresh && (rest == "" || strings.IndexByte("{;(:v0123456789", rest[0]) < 0) {
		return // a function called method or class
	}
	if t.first {
		column := e.indent(t.line)
		for len(e.open) > 0 {
			i := len(e.open) - 1
			for low := max(0, i-nearFrames); i > low && e.open[i].def < 0; i-- {
			}
			if b := e.open[i]; b.def < 0 || column > b.column || e.defs[b.def].kind.holds() {
				break
			}
			for len(e.open) > i {
				e.pop(e.prevEnd)
			}
		}
	}
	d := def{start: t.start, doc: t.doc, header: t.start, body: end, end: end, nameStart: at, nameEnd: end, kind: w.kind}
	e.moved(t.end, end)
	t.end = end
	if strings.HasPrefix(rest, "(") { // a prototype: ($$;@), which would lex as variables
		if i := strings.IndexByte(rest, ')'); i > 0 && strings.Trim(rest[1:i], "$@%&*;\\[]+_ ") == "" {
			skip := strings.IndexByte(text[end:], ')') + 1
			e.moved(end, end+skip)
			t.end = end + skip
		}
	}
	e.decl, e.parens = -1, 0
	if w.kind.holds() {
		if i := strings.IndexAny(rest, ";{"); i >= 0 && rest[i] == ';' { // up to the next one
			e.endPackage(e.prevEnd)
			d.parent = e.enclosing()
			e.pkg = e.add(d)
			return
		}
		d.parent = e.enclosing()
	} else {
		d.parent = e.parent()
		if i := strings.LastIndex(text[at:end], "::"); i > 0 { // sub Other::name
			d.nameStart, d.owner, d.parent = at+i+2, dotted.Replace(text[at:at+i]), -1
		}
	}
	e.decl = e.add(d)
}

// parent is the sub or package around.
func (e *perl) parent() int {
	return max(e.enclosing(), e.pkg) // the later one is the inner one
}

func (e *perl) enclosing() int {
	for i := len(e.open) - 1; i >= max(0, len(e.open)-nearFrames); i-- {
		if e.open[i].def >= 0 {
			return e.open[i].def
		}
	}
	return -1
}

// use takes `use constant NAME => ...` as a definition, any other `use` or `require` as an import.
func (e *perl) use() {
	t := &e.tok
	line := e.text[t.end:e.near(t.end)]
	if name, ok := strings.CutPrefix(strings.TrimLeft(line, " \t"), "constant"); ok && strings.TrimLeft(name, " \t") != name {
		name = strings.TrimLeft(name, " \t")
		n := 0
		for n < len(name) && e.g.inside[name[n]] {
			n++
		}
		e.list = strings.HasPrefix(name, "{")
		if n > 0 {
			at := t.end + len(line) - len(name)
			e.decl = e.add(def{
				start: t.start, doc: t.doc, header: t.start, body: at + n, end: at + n, nameStart: at,
				nameEnd: at + n, kind: Constant, parent: e.parent(),
			})
			e.parens = 1 // its braces are values; it ends with the semicolon
			e.moved(t.end, at+n)
			t.end = at + n
		}
		return
	}
	if len(e.open) == 0 {
		end := t.end + len(line)
		e.add(def{start: t.start, doc: t.start, header: t.start, body: end, end: end, parent: -1, imported: true, hidden: true})
	}
}
