package chunk

import "strings"

// worded is the engine of languages whose blocks close with the word `end`: Ruby, Lua, Julia, Elixir.
type worded struct {
	*scanner
	open []block
}

type block struct {
	def    int // or -1
	column int
	loop   bool // its `do` is not another opener
	line   int
}

func outlineWorded(s *scanner) {
	e := &worded{scanner: s}
	for s.next() {
		e.token()
	}
	for len(e.open) > 0 {
		e.pop(e.prevEnd)
	}
}

func (e *worded) pop(end int) {
	b := e.open[len(e.open)-1]
	e.open = e.open[:len(e.open)-1]
	if b.def >= 0 {
		e.defs[b.def].end = max(e.defs[b.def].end, end)
	}
}

func (e *worded) push(def int) *block {
	if len(e.open) < mostFrames {
		e.open = append(e.open, block{def: def, column: e.indent(e.tok.line), line: e.tok.line})
	}
	return &e.open[len(e.open)-1]
}

func (e *worded) token() {
	t := &e.tok
	if t.kind != isWord || t.word == nil {
		return
	}
	if e.prevKind == isPunct && (e.prevByte == '.' || e.prevByte == ':' && e.prevEnd == t.start) && !t.first {
		return // a method or symbol named like a keyword
	}
	if t.end < len(e.text) && e.text[t.end] == ':' && !(t.end+1 < len(e.text) && e.text[t.end+1] == ':') {
		return // a key: `if: x`, `do: x`
	}
	starts := t.first || e.prevKind == isPunct && strings.IndexByte("=;(,|&[{", e.prevByte) >= 0 ||
		e.prevWord != nil && e.prevWord.role != declares && e.prevWord.role != ends
	switch t.word.role {
	case opens:
		e.push(-1)
	case begins:
		if starts {
			e.push(-1)
		}
	case loops:
		if starts {
			e.push(-1).loop = true
		}
	case follows: // do
		if n := len(e.open); n > 0 && e.open[n-1].loop && (e.open[n-1].line == t.line || e.open[n-1].line < 0) {
			e.open[n-1].loop = false
			return
		}
		e.push(-1)
	case ends:
		e.end()
	case imports:
		if t.first && len(e.open) == 0 {
			end := e.near(t.start)
			e.defs = append(e.defs, def{start: t.start, doc: t.start, header: t.start, body: end, end: end, parent: -1, imported: true, hidden: true})
		}
	case declares:
		if t.first || starts || t.word.body == funcBody && !e.g.calls && e.prevKind == isWord { // private def name
			e.declare(t.word)
		} else if t.word.body == funcBody && e.g.calls {
			e.push(-1) // an anonymous function in an expression
		}
	}
}

// end closes the innermost block, or, first on its line, the one that starts in its column.
func (e *worded) end() {
	n := len(e.open)
	if n == 0 {
		return
	}
	t := &e.tok
	at := n - 1
	if t.first {
		column := e.indent(t.line)
		for low := max(0, n-nearFrames); at > low && e.open[at].column != column; at-- {
		}
		if e.open[at].column != column {
			if at = n - 1; column > e.open[at].column && e.open[at].def >= 0 {
				return // one too many
			}
		}
	}
	for len(e.open)-1 > at {
		e.pop(e.prevEnd)
	}
	e.pop(t.end)
}

func (e *worded) parent() int {
	for i := len(e.open) - 1; i >= max(0, len(e.open)-nearFrames); i-- {
		if e.open[i].def >= 0 {
			return e.open[i].def
		}
	}
	return -1
}

// declare reads the name behind a declaring keyword and opens its block.
func (e *worded) declare(w *word) {
	t := &e.tok
	column := e.indent(t.line)
	if t.first { // what did not close in its own column never will
		for len(e.open) > 0 {
			b := e.open[len(e.open)-1]
			if b.def >= 0 && e.defs[b.def].kind == Module && e.g.calls { // Julia's modules are not indented
				break
			}
			if b.def < 0 && column > b.column || b.def >= 0 && (column > b.column || e.defs[b.def].kind.holds() && column == b.column && column > 0) {
				break
			}
			e.pop(e.prevEnd)
		}
	}
	d := def{start: t.start, header: t.start, doc: t.doc, kind: w.kind}
	line := t.line
	if d.doc < 0 {
		d.doc = d.start
	}
	at := t.end
	text := e.text
	for at < len(text) && (text[at] == ' ' || text[at] == '\t') {
		at++
	}
	if strings.HasPrefix(text[at:], "<<") { // class << self
		e.push(-1)
		return
	}
	last := at
	owner := ""
	end := at
	for end < len(text) && end-at < longestName {
		c := text[end]
		if e.g.inside[c] || end > last && (c == '?' || c == '!') {
			end++
			continue
		}
		sep := 0
		switch {
		case c == '.' || c == ':' && end+1 < len(text) && text[end+1] != ':' && end > last && e.g.inside[text[end+1]]:
			sep = 1
		case c == ':' && end+2 < len(text) && text[end+1] == ':':
			sep = 2
		}
		if sep == 0 || end == last || !(end+sep < len(text) && e.g.inside[text[end+sep]]) {
			break
		}
		owner = join(owner, text[last:end])
		end += sep
		last = end
	}
	if end == last && e.g.calls && e.prevByte == '=' && e.prevKind == isPunct { // Lua: M.name = function(
		if last, end, owner = e.assignee(e.prevStart); end > last {
			d.start, d.doc, d.header = last-len(owner), last-len(owner), last-len(owner)
			if owner != "" {
				d.start, d.doc, d.header = d.start-1, d.doc-1, d.header-1
			}
		}
	} else if end == last && w.body == funcBody { // an operator, or no name
		for end < len(text) && end-last < 4 && strings.IndexByte("+-*/<=>[]!~%&|^", text[end]) >= 0 {
			end++
		}
	}
	if owner == "self" {
		owner = ""
	}
	if end == last || end-last > longestName {
		e.push(-1)
		return
	}
	if end > e.pos { // the name may hold what the scanner would misread: def []=(
		e.pos = end
	}
	d.nameStart, d.nameEnd, d.owner, d.parent = last, end, owner, e.parent()
	d.body = e.near(end)
	d.end = d.body
	if d.kind == Function && (owner != "" || d.parent >= 0 && e.defs[d.parent].kind.holds() && e.g.methods) {
		d.kind = Method
		if text[last:end] == "initialize" {
			d.kind = Constructor
		}
	}
	e.defs = append(e.defs, d)
	if e.g.assigned && w.body == funcBody && endless(text[end:d.body]) {
		return
	}
	if e.g.receivers && !opensLater(text[end:min(len(text), end+look)]) { // Elixir: `def x, do: y`
		return
	}
	b := e.push(len(e.defs) - 1)
	b.column, b.line = e.indent(line), line
	b.loop = e.g.receivers // the `do` belongs to it
	if b.loop {
		b.line = -1
	}
}

// assignee is the dotted name before the `=` at at.
func (e *worded) assignee(at int) (start, end int, owner string) {
	text := e.text
	for at > 0 && (text[at-1] == ' ' || text[at-1] == '\t') && e.prevStart-at < 64 {
		at--
	}
	end = at
	for at > 0 && end-at < longestName && (e.g.inside[text[at-1]] || text[at-1] == '.') {
		at--
	}
	start = at
	if i := strings.LastIndexByte(text[start:end], '.'); i > 0 {
		owner = text[start : start+i]
		start += i + 1
	}
	return start, end, owner
}

// endless says that a Ruby method is `def name(...) = value`, which no `end` closes.
func endless(rest string) bool {
	rest = strings.TrimLeft(rest, " \t")
	if strings.HasPrefix(rest, "(") {
		depth := 0
		for i := range len(rest) {
			if rest[i] == '(' {
				depth++
			} else if rest[i] == ')' {
				if depth--; depth == 0 {
					rest = strings.TrimLeft(rest[i+1:], " \t")
					break
				}
			}
		}
	}
	return strings.HasPrefix(rest, "= ")
}

// opensLater says that an Elixir definition has a `do` block rather than `do:`.
func opensLater(rest string) bool {
	for {
		i := strings.Index(rest, "do")
		if i < 0 || i+2 >= len(rest) {
			return false
		}
		before := i == 0 || rest[i-1] == ' ' || rest[i-1] == '\n' || rest[i-1] == ')'
		if before && rest[i+2] == ':' {
			return false
		}
		if before && (rest[i+2] == '\n' || rest[i+2] == '\r' || rest[i+2] == ' ') {
			return true
		}
		rest = rest[i+2:]
	}
}
