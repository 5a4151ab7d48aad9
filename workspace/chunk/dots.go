package chunk

import "strings"

// dots is the engine of Erlang: a file is a row of forms, each closed by a dot, and a function is one form of all its clauses.
type dots struct {
	*scanner
	above   def // -spec and -doc, which belong to the function below
	pending bool
}

func outlineDots(s *scanner) {
	e := &dots{scanner: s}
	for more := e.next(); more; {
		more = e.form()
	}
	e.flush()
}

// flush gives up waiting for the function that a -spec or -doc announced.
func (e *dots) flush() {
	if e.pending && e.above.nameEnd > e.above.nameStart { // a -spec of a function that is still to be written
		e.defs = append(e.defs, e.above)
	}
	e.pending = false
}

// form takes the form that starts at the current token, and moves to the next one.
func (e *dots) form() bool {
	t := e.tok
	d := def{start: t.start, header: t.start, doc: t.doc, parent: -1}
	if d.doc < 0 {
		d.doc = d.start
	}
	switch {
	case t.kind == isPunct && t.b == '-':
		return e.attribute(d)
	case t.kind == isWord && e.text[t.start] >= 'a' && e.text[t.start] <= 'z', t.kind == isString && e.text[t.start] == '\'':
		d.nameStart, d.nameEnd, d.kind = t.start, t.end, Function
		if t.kind == isString {
			d.nameStart, d.nameEnd = t.start+1, t.end-1
		}
		if !e.next() || e.tok.kind != isPunct || e.tok.b != '(' || e.tok.start != t.end {
			break
		}
		if e.pending && (e.above.nameEnd == e.above.nameStart ||
			e.text[e.above.nameStart:e.above.nameEnd] == e.text[d.nameStart:d.nameEnd]) {
			d.start, d.doc, e.pending = e.above.start, e.above.doc, false
		}
		e.flush()
		n := len(e.defs)
		e.defs = append(e.defs, d)
		d.body, d.end = e.finish(d.nameStart, d.nameEnd)
		e.defs[n] = d
		return e.tok.kind != atEnd
	}
	e.flush()
	e.finish(0, 0)
	return e.tok.kind != atEnd
}

// attribute reads `-name(...).`
func (e *dots) attribute(d def) bool {
	if !e.next() || e.tok.kind != isWord {
		e.flush()
		e.finish(0, 0)
		return e.tok.kind != atEnd
	}
	attribute := e.text[e.tok.start:e.tok.end]
	w := e.tok.word
	more := e.next()
	if more && e.tok.kind == isPunct && e.tok.b == '(' && !e.starts() {
		more = e.next()
	}
	named := w != nil && more && !e.starts()
	if named {
		switch t := &e.tok; {
		case t.kind == isWord && t.end-t.start <= longestName:
			d.nameStart, d.nameEnd = t.start, t.end
		case t.kind == isString && e.text[t.start] == '\'':
			d.nameStart, d.nameEnd = t.start+1, t.end-1
		}
		d.kind = w.kind
		if w.kind == Constant && e.tok.end < len(e.text) && e.text[e.tok.end] == '(' {
			d.kind = Function // a macro with arguments
		}
	}
	_, d.end = e.finish(0, 0)
	d.body = d.end
	switch {
	case attribute == "spec" || attribute == "doc":
		if attribute == "spec" && (!e.pending || e.above.nameEnd > e.above.nameStart) || !e.pending {
			e.flush()
			e.above = d
		} else if d.nameEnd > d.nameStart {
			e.above.nameStart, e.above.nameEnd, e.above.kind, e.above.end, e.above.body = d.nameStart, d.nameEnd, d.kind, d.end, d.end
		}
		e.pending = true
	case w == nil:
		e.flush()
	case w.role == imports:
		e.flush()
		d.nameEnd, d.nameStart, d.imported, d.hidden, d.doc = 0, 0, true, true, d.start
		e.defs = append(e.defs, d)
	case d.nameEnd > d.nameStart:
		if e.pending && e.above.nameEnd == e.above.nameStart { // -doc of a type
			d.start, d.doc, e.pending = e.above.start, e.above.doc, false
		}
		e.flush()
		e.defs = append(e.defs, d)
	}
	return e.tok.kind != atEnd
}

// starts says that the current token starts a form although the one before has no dot: it is typed half.
func (e *dots) starts() bool {
	t := &e.tok
	if !t.first || t.start != t.line {
		return false
	}
	if t.kind == isPunct && t.b == '-' {
		end := t.end
		for end < len(e.text) && end-t.end < 32 && e.g.inside[e.text[end]] {
			end++
		}
		return end > t.end && end < len(e.text) && (e.text[end] == '(' || e.text[end] == ' ' && e.g.keyword(e.text[t.end:end]) != nil)
	}
	return t.kind == isWord && t.end < len(e.text) && e.text[t.end] == '(' && e.text[t.start] >= 'a' && e.text[t.start] <= 'z'
}

// finish moves behind the dot of the current form. It answers where the first clause's head ends, and the form.
func (e *dots) finish(nameStart, nameEnd int) (head, end int) {
	for e.tok.kind != atEnd {
		t := &e.tok
		if t.first && e.starts() && !(nameEnd > nameStart && e.text[t.start:t.end] == e.text[nameStart:nameEnd]) &&
			t.start > nameStart {
			break // no clause of the same function
		}
		if t.kind == isPunct {
			switch {
			case t.b == '.' && (t.end == len(e.text) || e.text[t.end] <= ' ' || e.text[t.end] == '%'):
				end = t.end
				if head == 0 {
					head = t.start
				}
				e.next()
				return head, end
			case head == 0 && t.b == '>' && e.prevByte == '-' && e.prevKind == isPunct:
				head = e.prevStart
			}
		}
		e.next()
	}
	if head == 0 {
		head = e.prevEnd
	}
	return head, e.prevEnd
}

var grammarErlang = &grammar{
	outline: outlineDots, extra: "@", hooked: "$", hook: erlangHook,
	marks: []mark{
		{kind: lineComment, open: "%"},
		{kind: quote, open: `"""`, close: `"""`, lines: true},
		{kind: quote, open: `"`, close: `"`, escape: '\\', lines: true},
		{kind: quote, open: "'", close: "'", escape: '\\'},
	},
	words: []words{
		{"module", word{role: declares, kind: Module}},
		{"record", word{role: declares, kind: Struct}},
		{"type opaque nominal", word{role: declares, kind: Class}},
		{"define", word{role: declares, kind: Constant}},
		{"spec callback", word{role: declares, kind: Function}},
		{"include include_lib import export export_type behaviour behavior compile", word{role: imports}},
	},
}

// erlangHook reads characters: $a, $\n, $", $\^A.
func erlangHook(s *scanner, at int) (end int, kind tokenKind, ok bool) {
	end = at + 1
	if strings.HasPrefix(s.text[end:], `\`) {
		end++
		if strings.HasPrefix(s.text[end:], "^") {
			end++
		}
	}
	if end < len(s.text) && s.text[end] != '\n' {
		end++
	}
	return end, isString, true
}
