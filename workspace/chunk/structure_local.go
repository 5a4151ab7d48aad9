package chunk

import "strings"

// localLet is a `let` inside an expression, which lasts up to its `in`. That it has one is not certain: it ends with the brackets
// and the item around it at the latest.
type localLet struct {
	def   int // or -1: no function or module
	nest  int // how many rows of items were open
	depth int // of brackets in the innermost
}

// local takes a `let` inside an expression, or an `and` of one, that is the current token.
func (e *structure) local(w *word) {
	n := e.top()
	last := len(e.locals) - 1
	switch {
	case w.role == follows:
		if last < 0 || e.locals[last].nest != len(e.open) || e.locals[last].depth != n.depth || e.constrained() {
			return
		}
		e.in()
	case w.text != "let" || last >= mostFrames:
		return
	}
	e.locals = append(e.locals, localLet{def: e.localFunction(), nest: len(e.open), depth: n.depth})
}

// in ends the innermost `let` of the expression around the current token. Without one, the `let` was that of the item before: it
// belongs to an expression after all.
func (e *structure) in() {
	n := len(e.locals)
	if n == 0 || e.locals[n-1].nest != len(e.open) {
		e.notItem()
		return
	}
	if e.locals[n-1].depth != e.top().depth {
		return
	}
	if d := e.locals[n-1].def; d >= 0 {
		e.defs[d].end = max(e.defs[d].end, e.prevEnd)
	}
	e.locals = e.locals[:n-1]
}

// notItem makes the last item of the innermost row, if a `let` outside brackets, a local of what is around the row.
func (e *structure) notItem() {
	n := e.top()
	if n.item < 0 || n.depth > 0 || n.keyword == nil || n.keyword.text != "let" {
		return
	}
	d := &e.defs[n.item]
	e.closeItem()
	d.inner, d.hidden = true, d.hidden || d.kind != Function
}

// leaveLocals ends what waits for an `in` deeper than depth brackets in the row of items number nest, or in a row inside it.
func (e *structure) leaveLocals(nest, depth int) {
	for n := len(e.locals); n > 0; n-- {
		l := &e.locals[n-1]
		if l.nest < nest || l.nest == nest && l.depth <= depth {
			return
		}
		if l.def >= 0 {
			e.defs[l.def].end = max(e.defs[l.def].end, e.prevEnd)
		}
		e.locals = e.locals[:n-1]
	}
}

// localFunction defines the function or module that the current `let` or `and` binds: let f x = ..., let f = fun x -> ..., let
// module M = ...; -1 for none.
func (e *structure) localFunction() int {
	t := &e.tok
	text := e.text[:min(len(e.text), t.end+look/4)]
	at := t.end
	for at < len(text) && (text[at] == '%' || e.g.inside[text[at]] || text[at] == '.') { // let%ext
		at++
	}
	if strings.HasPrefix(text[at:], "[") { // let[@attribute]
		at += strings.IndexByte(text[at:], ']') + 1
	}
	start, end := 0, 0
	kind := Function
	for range 2 {
		for at < len(text) && text[at] <= ' ' {
			at++
		}
		for start, end = at, at; end < len(text) && e.g.inside[text[end]]; end++ {
		}
		if at = end; text[start:end] == "module" {
			kind = Module
		} else if text[start:end] != "rec" {
			break
		}
	}
	upper := end > start && text[start] >= 'A' && text[start] <= 'Z'
	if end == start || end-start > longestName || upper != (kind == Module) || text[start:end] == "_" ||
		e.g.keyword(text[start:end]) != nil {
		return -1
	}
	rest := strings.TrimLeft(text[end:], " \t\r\n")
	if rest == "" || strings.IndexByte(",;|.", rest[0]) >= 0 && kind == Function || strings.HasPrefix(rest, "as ") {
		return -1
	}
	equals := strings.IndexByte(rest, '=')
	if kind == Function && (equals == 0 || rest[0] == ':') { // a value, or one with its type
		value := rest[equals+1:]
		if value = strings.TrimLeft(value, " \t\r\n"); !strings.HasPrefix(value, "fun ") && !strings.HasPrefix(value, "function") {
			return -1
		}
	}
	d := def{
		start: t.start, header: t.start, doc: t.doc, body: end, end: end, nameStart: start, nameEnd: end, kind: kind,
		parent: e.around(), inner: true,
	}
	if equals >= 0 {
		d.body = len(text) - len(rest) + equals
	}
	if d.doc < 0 {
		d.doc = d.start
	}
	e.defs = append(e.defs, d)
	return len(e.defs) - 1
}

// around is the definition around an expression.
func (e *structure) around() int {
	n := e.top()
	for i := len(e.locals) - 1; i >= max(0, len(e.locals)-nearFrames) && e.locals[i].nest == len(e.open); i-- {
		if d := e.locals[i].def; d >= 0 {
			return d
		}
	}
	if n.item >= 0 {
		return n.item
	}
	return n.def
}
