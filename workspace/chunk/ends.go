package chunk

import "strings"

// worded is the engine of languages whose blocks close with the word `end`: Ruby, Lua, Julia, Elixir.
type worded struct {
	later int // no `do` stands between the last place where one was looked for and here
	*scanner
	open     []block
	brackets []int // Julia: how many blocks were open where each open bracket opened
	tail     int   // the last definition without a block, or -1: it ends before the next line that is no deeper
	column   int   // where it starts
	height   int   // how many blocks were open there
}

type block struct {
	def    int // or -1
	column int
	loop   bool // its `do` is not another opener
	line   int
}

func outlineWorded(s *scanner) {
	runWorded(s)
	if s.broken == 0 {
		return
	}
	again := newScanner(s.text, s.g)
	again.repair = true
	again.steps = s.steps
	runWorded(again)
	*s = *again
}

func runWorded(s *scanner) {
	e := &worded{scanner: s, tail: -1}
	for s.next() {
		if e.tail >= 0 && s.tok.first {
			e.cutTail(false)
		}
		e.token()
	}
	e.cutTail(true)
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

// trail notes a definition that no `end` closes.
func (e *worded) trail(line int) {
	e.cutTail(true)
	e.tail, e.column, e.height = len(e.defs)-1, e.indent(line), len(e.open)
}

// cutTail ends the last definition without a block before the current token, if that is no part of it.
func (e *worded) cutTail(always bool) {
	t := &e.tok
	if e.tail < 0 || !always && (len(e.open) > e.height || e.indent(t.line) > e.column ||
		t.kind == isPunct && strings.IndexByte(")]}|.", t.b) >= 0 || e.prevKind == isPunct && e.prevByte == '=' && !t.blank) { // f(x) =
		return
	}
	d := &e.defs[e.tail]
	d.end = max(d.end, e.prevEnd)
	if always && t.kind == atEnd {
		d.end = max(d.nameEnd, e.prevEnd)
	}
	e.tail = -1
}

func (e *worded) push(def int) *block {
	if len(e.open) < mostFrames {
		e.open = append(e.open, block{def: def, column: e.indent(e.tok.line), line: e.tok.line})
	}
	return &e.open[len(e.open)-1]
}

func (e *worded) token() {
	t := &e.tok
	if e.g.shortForm {
		if t.kind == isPunct {
			e.bracket(t.b)
		}
		if (t.first || e.macro()) && (t.kind == isWord && t.word == nil || t.kind == isPunct) {
			e.equation()
		}
	}
	if t.kind != isWord || t.word == nil {
		if e.g.assigned && t.first && t.kind == isWord {
			e.constant()
		}
		return
	}
	if e.prevKind == isPunct && (e.prevByte == '.' || e.prevByte == ':' && e.prevEnd == t.start) && !t.first {
		return // a method or symbol named like a keyword
	}
	if t.end < len(e.text) && e.text[t.end] == ':' && !(t.end+1 < len(e.text) && e.text[t.end+1] == ':') {
		return // a key: `if: x`, `do: x`
	}
	starts := t.first || e.prevKind == isPunct && strings.IndexByte("=;(,|&[{", e.prevByte) >= 0 ||
		e.prevWord != nil && e.prevWord.role != declares && e.prevWord.role != ends || e.macro()
	switch t.word.role {
	case opens:
		if n := len(e.brackets); n > 0 && t.word.fresh && e.prevKind == isPunct && strings.IndexByte("[:,+-", e.prevByte) >= 0 &&
			e.brackets[n-1] == len(e.open) {
			return // v[begin]
		}
		e.push(-1)
	case begins:
		n := len(e.brackets)
		if starts || e.g.shortForm && (n == 0 || e.brackets[n-1] < len(e.open)) { // @test for x in y
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
		if e.tail >= 0 && e.defs[e.tail].kind.holds() { // Point = Struct.new(:x) do
			e.push(e.tail).column = e.column
			e.tail = -1
			return
		}
		e.push(-1)
	case ends:
		if n := len(e.brackets); n > 0 && !t.first && e.brackets[n-1] >= len(e.open) {
			return // v[end]
		}
		e.end()
	case imports:
		if t.first && len(e.open) == 0 {
			end := e.near(t.start)
			e.defs = append(e.defs, def{start: t.start, doc: t.start, header: t.start, body: end, end: end, parent: -1, imported: true, hidden: true})
		}
	case declares:
		if t.word.fresh && (e.prevWord == nil || e.prevWord.role != modifies) {
			return
		}
		if t.first || starts || t.word.body == funcBody && !e.g.calls && e.prevKind == isWord { // private def name
			e.declare(t.word)
		} else if t.word.body == funcBody && e.g.calls {
			e.push(-1) // an anonymous function in an expression
		}
	}
}

// macro says that the token before the current one is a macro around what follows: @inline function, @Base.kwdef struct.
func (e *worded) macro() bool {
	if e.prevKind != isWord {
		return false
	}
	at := e.prevStart
	for low := max(0, at-64); at > low && e.text[at] != '@' && (e.text[at-1] == '.' || e.g.inside[e.text[at-1]]); at-- {
	}
	return e.text[at] == '@'
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
		if e.tail >= 0 && n > e.height && column == e.column { // of the value that stands below f(x) =
			at = e.height
		} else if e.open[at].column != column {
			if at = n - 1; column > e.open[at].column && e.open[at].def >= 0 {
				return // one too many
			}
		}
	}
	for len(e.open)-1 > at {
		e.pop(e.prevEnd)
	}
	e.pop(t.end)
	for n := len(e.brackets); n > 0 && e.brackets[n-1] > len(e.open); n-- {
		e.brackets = e.brackets[:n-1]
	}
}

// bracket keeps track of the brackets in which `end` is an index.
func (e *worded) bracket(b byte) {
	switch b {
	case '(', '[', '{':
		if len(e.brackets) < mostFrames {
			e.brackets = append(e.brackets, len(e.open))
		}
	case ')', ']', '}':
		if n := len(e.brackets); n > 0 {
			e.brackets = e.brackets[:n-1]
		}
	}
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
		if e.g.shortForm && t.first && !t.blank && e.prevKind == isString && e.stringLine() { // a docstring
			d.doc = e.prevStart
		}
	}
	at := t.end
	text := e.text
	for at < len(text) && (text[at] == ' ' || text[at] == '\t') {
		at++
	}
	if w.kind == Class && strings.HasPrefix(text[at:], "<<") { // class << self
		e.push(-1)
		return
	}
	if e.g.assigned && strings.HasPrefix(text[at:], "::") { // class ::Outer::Name
		at += len("::")
	}
	if e.g.assigned && w.body == funcBody && strings.HasPrefix(text[at:], "self.") { // def self.[](x)
		at += len("self.")
	}
	owner := ""
	if e.g.assigned && w.body == funcBody && strings.HasPrefix(text[at:], "(") { // def (a.b).name
		inside, _, ok := strings.Cut(text[at+1:e.near(at)], ").")
		if ok && strings.IndexByte(inside, ' ') < 0 {
			owner = inside
			at += len("(") + len(inside) + len(").")
		}
	}
	if e.g.shortForm && strings.HasPrefix(text[at:], "@") { // function @main(args)
		at++
	}
	last := at
	end := at
	for end < len(text) && end-at < longestName {
		c := text[end]
		if e.g.inside[c] || end > last && (c == '?' || c == '!') {
			end++
			continue
		}
		if c == '=' && e.g.assigned && w.body == funcBody && end > last &&
			(end+1 == len(text) || strings.IndexByte("(; \t\r\n", text[end+1]) >= 0) { // def name=(value)
			end++
			break
		}
		sep := 0
		switch {
		case c == '.' && e.g.shortForm && end > last && strings.HasPrefix(text[end:], ".:"): // Base.:+
			owner = join(owner, text[last:end])
			for end += 2; end < len(text) && text[end] == '('; end++ {
			}
			last = end
		case c == '.' || c == ':' && end+1 < len(text) && text[end+1] != ':' && end > last && e.g.inside[text[end+1]]:
			sep = 1
		case c == ':' && end+2 < len(text) && text[end+1] == ':' && !e.g.shortForm: // @enum Name::Type
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
		for end < len(text) && end-last < 4 && strings.IndexByte("+-*/<=>[]!~%&|^`@", text[end]) >= 0 {
			end++
		}
	}
	if owner == "self" {
		owner = ""
	}
	if end == last || end-last > longestName || e.g.shortForm && strings.HasPrefix(text[end:], ".$") { // function Base.$name(x)
		e.push(-1)
		return
	}
	if e.g.receivers && w.body != funcBody && (text[last] < 'A' || text[last] > 'Z') { // defmodule unquote(name) do
		b := e.push(-1)
		b.column, b.line, b.loop = e.indent(line), -1, true
		return
	}
	if e.g.receivers && w.body == funcBody {
		if text[last:end] == "unquote" && strings.HasPrefix(text[end:], "(") { // a name that a macro makes up
			if e.opensLater(end) {
				e.push(-1).column = column
			}
			return
		}
		last, end = infix(text, last, end)
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
	if w.body == valueBody || e.g.assigned && w.body == funcBody && endless(text[end:d.body]) ||
		e.g.receivers && !e.opensLater(end) { // const x = 1; Ruby: `def x = y`; Elixir: `def x, do: y`
		e.trail(line)
		return
	}
	b := e.push(len(e.defs) - 1)
	b.column, b.line = e.indent(line), line
	b.loop = e.g.receivers // the `do` belongs to it
	if b.loop {
		b.line = -1
	}
}

// constant takes Ruby's `NAME = value` in a file, module or class.
func (e *worded) constant() {
	t := &e.tok
	text := e.text
	if n := len(e.open); text[t.start] < 'A' || text[t.start] > 'Z' || t.end-t.start > longestName ||
		n > 0 && (e.open[n-1].def < 0 || !e.defs[e.open[n-1].def].kind.holds()) {
		return
	}
	rest := strings.TrimLeft(text[t.end:min(len(text), t.end+80)], " ")
	if !strings.HasPrefix(rest, "=") || strings.HasPrefix(rest, "==") || strings.HasPrefix(rest, "=~") ||
		strings.HasPrefix(rest, "=>") {
		return
	}
	d := def{
		start: t.start, header: t.start, doc: t.doc, body: e.near(t.end), end: t.end, nameStart: t.start, nameEnd: t.end,
		kind: Constant, parent: e.parent(),
	}
	if d.doc < 0 {
		d.doc = d.start
	}
	value := strings.TrimLeft(rest[1:], " ")
	switch {
	case strings.HasPrefix(value, "Struct.new"), strings.HasPrefix(value, "Data.define"):
		d.kind = Struct
	case strings.HasPrefix(value, "Class.new"):
		d.kind = Class
	case strings.HasPrefix(value, "Module.new"):
		d.kind = Module
	}
	e.defs = append(e.defs, d)
	e.trail(t.line)
}

// stringLine says that the token before the current one is a string that starts its line.
func (e *worded) stringLine() bool {
	return strings.TrimLeft(e.text[max(0, e.prevStart-8):e.prevStart], " \t") == "" ||
		strings.HasSuffix(strings.TrimRight(e.text[max(0, e.prevStart-8):e.prevStart], " \t"), "\n")
}

// equation takes Julia's `name(...) = value` at the start of a line.
func (e *worded) equation() {
	t := &e.tok
	if e.tail >= 0 || len(e.brackets) > 1 || len(e.brackets) == 1 && t.kind == isWord {
		return
	}
	text := e.text
	start, end := t.start, t.end
	if t.kind == isPunct { // +(a, b) = ...
		for end = start; end < len(text) && end-start < 4 && strings.IndexByte("+-*/<=>!~%&|^", text[end]) >= 0; end++ {
		}
	}
	owner := ""
	// Base.show, Base.:(==)
	for end > start && end+1 < len(text) && text[end] == '.' && (e.g.inside[text[end+1]] || text[end+1] == ':') &&
		end-t.start < longestName {
		owner = join(owner, text[start:end])
		start = end + 1
		operator := text[start] == ':'
		for start < len(text) && (text[start] == ':' || text[start] == '(') {
			start++
		}
		for end = start; end < len(text) && end-start < longestName && (e.g.inside[text[end]] ||
			operator && strings.IndexByte("+-*/<=>!~%&|^", text[end]) >= 0); end++ {
		}
	}
	open := end
	if strings.HasPrefix(text[open:], ")") {
		open++
	} else if strings.HasPrefix(text[open:], "{") { // Name{T}(...)
		if i := strings.IndexByte(text[open:e.near(open)], '('); i > 0 && text[open+i-1] == '}' {
			open += i
		}
	}
	if end == start || open >= len(text) || text[open] != '(' {
		return
	}
	closing := 0
	if p := e.parent(); p < 0 || e.defs[p].kind.holds() {
		closing = balanced(e.scanner, open)
	} else { // most such lines in a function are calls
		closing = e.closes(open)
	}
	if closing == open {
		return
	}
	rest := text[closing:e.near(closing)]
	if clause := strings.TrimRight(rest, " \t\r{"); strings.HasSuffix(clause, " where") { // its types follow on the next line
		rest = text[closing:min(len(text), closing+look/4)]
		e.steps += len(rest)
	}
	equals := strings.IndexByte(rest, '=')
	if equals < 0 || strings.HasPrefix(rest[equals:], "==") || strings.HasPrefix(rest[equals:], "=>") {
		return
	}
	if before := strings.TrimSpace(rest[:equals]); before != "" && !strings.HasPrefix(before, "::") &&
		!strings.HasPrefix(before, "where") || strings.Contains(before, "#") {
		return
	}
	d := def{
		start: t.start, header: t.start, doc: t.doc, body: closing + equals, end: closing, nameStart: start, nameEnd: end,
		kind:   Function,
		parent: e.parent(), owner: owner,
	}
	if d.doc < 0 {
		d.doc = d.start
		if t.first && !t.blank && e.prevKind == isString && e.stringLine() {
			d.doc = e.prevStart
		}
	}
	if d.parent >= 0 && e.defs[d.parent].kind == Struct || owner != "" {
		d.kind = Method
	}
	e.defs = append(e.defs, d)
	e.trail(t.line)
}

// closes is the offset behind the parenthesis that closes the one at open in the same line, or open.
func (e *worded) closes(open int) int {
	depth := 0
	for i, end := open, e.near(open); i < end; i++ {
		switch e.text[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return open
}

// infix is the name of an Elixir function that is defined by its use: `def a <> b`.
func infix(text string, start, end int) (int, int) {
	at := end
	for at < len(text) && at-end < 4 && text[at] == ' ' {
		at++
	}
	to := at
	for to < len(text) && to-at < 4 && strings.IndexByte("+-*/<=>|&^~!.", text[to]) >= 0 {
		to++
	}
	if at == end || to == at || to == len(text) || text[to] != ' ' {
		return start, end
	}
	return at, to
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
	if i := strings.LastIndexByte(text[start:end], '.'); i >= 0 { // require("a").name has no owner to tell
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

// opensLater says that an Elixir definition has a `do` block rather than `do:`, before its header ends.
func (e *worded) opensLater(at int) bool {
	limit := min(len(e.text), at+look)
	if e.later = max(e.later, at); e.later < limit { // no search twice where there is none
		i := strings.Index(e.text[e.later:limit], "do")
		if i < 0 {
			e.later = limit - 1
			return false
		}
		e.later += i
	}
	if e.later >= limit {
		return false
	}
	rest := e.text[at:limit]
	e.steps += len(rest)
	depth := 0
	last := byte(' ') // that is no space
	for i := 0; i < len(rest); i++ {
		c := rest[i]
		switch {
		case c == '(' || c == '[' || c == '{':
			depth++
		case c == ')' || c == ']' || c == '}':
			depth--
		case depth > 0:
		case c == '\n':
			next := strings.TrimLeft(rest[i:], " \t\r\n")
			if last != ',' && !strings.HasPrefix(next, "when ") && !strings.HasPrefix(next, "do\n") && !strings.HasPrefix(next, "do\r") &&
				!strings.HasPrefix(next, "and ") && !strings.HasPrefix(next, "or ") && last != 'n' && last != 'd' && last != 'r' {
				return false // `when`, `and` and `or` go on in the next line
			}
		case c == 'd' && strings.HasPrefix(rest[i:], "do") && (last == ' ' || last == ')' || rest[i-1] <= ' '):
			if after := rest[i+2:]; after == "" || strings.IndexByte(" \t\r\n", after[0]) >= 0 {
				return true
			} else if after[0] == ':' {
				return false
			}
		}
		if c > ' ' {
			last = c
		}
	}
	return false
}
