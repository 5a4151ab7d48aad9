package chunk

import "strings"

// rlang is the engine of R: functions are values that are assigned, classes and methods calls of functions that make them.
type rlang struct {
	*scanner
	open     []rValue
	brackets []rBracket
	name     piece // the last name read, while it may still be assigned to
	owner    piece // before its `$`
	head     token // the first token of the statement
	assigned bool  // by the tokens behind name
	method   int   // number + 1 of a definition by setMethod whose class is not known yet
}

// rValue is a definition by assignment whose value goes on.
type rValue struct {
	def    int
	depth  int // of brackets
	column int
	state  rState
}

type rState uint8

const (
	rParameters rState = iota // `function` was read, its parameters end with the bracket
	rHeader                   // they ended, the body has not begun
	rBody
)

type rBracket struct {
	b     byte
	class bool // arguments of what makes a class, whose functions are methods
	def   int  // ends with it, or -1
}

func outlineR(s *scanner) {
	e := runR(s)
	if e.broken == 0 {
		return
	}
	again := newScanner(s.text, s.g)
	again.repair = true
	again.steps = s.steps
	e = runR(again)
	*s = *e.scanner
}

func runR(s *scanner) *rlang {
	e := &rlang{scanner: s}
	for s.next() {
		e.token()
	}
	for len(e.brackets) > 0 {
		e.broken++
		e.unbracket(e.prevEnd)
	}
	e.endValues(0, e.prevEnd)
	return e
}

// endValues ends the definitions that started at depth or deeper.
func (e *rlang) endValues(depth, end int) {
	for n := len(e.open); n > 0 && e.open[n-1].depth >= depth; n-- {
		d := &e.defs[e.open[n-1].def]
		d.end = max(d.end, end)
		e.open = e.open[:n-1]
	}
}

func (e *rlang) unbracket(end int) {
	e.endValues(len(e.brackets), e.prevEnd)
	b := e.brackets[len(e.brackets)-1]
	e.brackets = e.brackets[:len(e.brackets)-1]
	if b.def >= 0 {
		e.defs[b.def].end = max(e.defs[b.def].end, end)
	}
}

func (e *rlang) token() {
	t := &e.tok
	depth := len(e.brackets)
	if t.first && depth > 0 && e.repair && t.kind == isWord {
		e.resync()
		depth = len(e.brackets)
	}
	if t.first && !e.assigned && (depth == 0 || e.brackets[depth-1].b == '{' || e.brackets[depth-1].class) {
		if n := len(e.open); n > 0 && e.open[n-1].depth == depth && e.open[n-1].state == rBody &&
			e.indent(t.line) <= e.open[n-1].column &&
			!e.continued() && (t.word == nil || t.word.role != follows) {
			e.endValues(depth, e.prevEnd)
		}
		e.head = *t
		e.name.kind = atEnd
	}
	if n := len(e.open); n > 0 && e.open[n-1].depth == depth && e.open[n-1].state == rHeader {
		e.open[n-1].state = rBody
		e.defs[e.open[n-1].def].body = t.start
	}
	switch t.kind {
	case isPunct:
		e.punct()
		return
	case isWord:
		if t.word != nil && t.word.role == declares {
			if e.assigned {
				e.define(Function, rParameters)
			}
			e.method = 0
			e.name.kind, e.assigned = atEnd, false
			return
		}
		if t.word != nil && t.word.role == opens { // R6Class, whose parenthesis opens a class
			if !e.assigned {
				e.name.kind = atEnd
			}
			return
		}
	case isString:
		if e.method > 0 && t.end-t.start > 2 && e.defs[e.method-1].nameStart != t.start+1 { // behind the name
			e.defs[e.method-1].owner = e.text[t.start+1 : max(t.start+1, min(t.end-1, t.start+longestName))]
			e.method = 0
		}
	}
	if e.assigned { // a constant of the file
		if depth == 0 && e.head.start == e.name.start && e.indent(e.head.line) == 0 && capitals(e.text[e.name.start:e.name.end]) {
			e.define(Constant, rBody)
		}
		e.assigned = false
	}
	if e.prevKind == isPunct && e.prevByte == '$' && e.name.kind != atEnd {
		e.owner = e.name
	} else {
		e.owner.kind = atEnd
	}
	e.name = piece{kind: t.kind, start: t.start, end: t.end}
	if t.kind == isString && t.end-t.start > 2 {
		e.name.start, e.name.end = t.start+1, t.end-1
	}
}

// continued says that the line before ends with what goes on here.
func (e *rlang) continued() bool {
	return e.prevKind == isPunct && strings.IndexByte("+-*/^=<>~&|,%!?:", e.prevByte) >= 0 || e.prevWord != nil &&
		e.prevWord.role == follows
}

func (e *rlang) punct() {
	t := &e.tok
	switch t.b {
	case '(', '[', '{':
		if len(e.brackets) < mostFrames {
			e.brackets = append(e.brackets, e.bracket())
		} else {
			e.broken++
		}
		e.name.kind, e.assigned = atEnd, false
	case ')', ']', '}':
		e.close()
		e.name.kind, e.assigned = atEnd, false
	case ',', ';':
		e.endValues(len(e.brackets), e.prevEnd)
		e.name.kind, e.assigned = atEnd, false
		if t.b == ',' && len(e.brackets) > 0 || t.b == ';' {
			e.head.kind = atEnd
		}
	case '<', '-', '=', ':':
		if e.name.kind == atEnd {
			return
		}
		previous := byte(0)
		if e.prevEnd == t.start && e.prevKind == isPunct {
			previous = e.prevByte
		}
		switch {
		case t.b == '-' && previous == '<', t.b == '=' && (previous == 0 || previous == ':') && !(t.end < len(e.text) &&
			e.text[t.end] == '='):
			e.assigned = true
		case t.b == '<' && (previous == 0 || previous == '<'), t.b == ':' && previous == 0:
		default:
			e.name.kind, e.assigned = atEnd, false
		}
	case '\\': // \(x) x + 1
		if e.assigned {
			e.define(Function, rParameters)
		}
		e.name.kind, e.assigned = atEnd, false
	case '$', '@':
	default:
		e.name.kind, e.assigned = atEnd, false
	}
}

// bracket opens one; behind a function that makes a class, generic or method it starts a definition.
func (e *rlang) bracket() rBracket {
	t := &e.tok
	b := rBracket{b: t.b, def: -1}
	depth := len(e.brackets)
	if t.b != '(' || e.prevKind != isWord || e.prevEnd != t.start {
		return b
	}
	w := e.prevWord
	if w == nil || w.role != opens {
		name := e.text[e.prevStart:e.prevEnd]
		b.class = depth > 0 && e.brackets[depth-1].class && (name == "list" || name == "c")
		return b
	}
	b.class = w.body == typeBody
	d := def{start: e.prevStart, doc: -1, header: e.prevStart, body: t.end, end: t.end, kind: w.kind, parent: e.parent()}
	at := t.end
	for at < len(e.text) && at-t.end < 64 && e.g.class[e.text[at]] <= newline && e.g.class[e.text[at]] != punctuation {
		at++
	}
	if at < len(e.text) && (e.text[at] == '"' || e.text[at] == '\'') {
		if end := strings.IndexByte(e.text[at+1:min(len(e.text), at+longestName)], e.text[at]); end > 0 {
			d.nameStart, d.nameEnd = at+1, at+1+end
		}
	}
	if e.assigned {
		if d.nameEnd == 0 {
			d.nameStart, d.nameEnd = e.name.start, e.name.end
		}
		d.start, d.header = e.name.start, e.name.start
	}
	if d.nameEnd == 0 {
		return b
	}
	if e.head.kind != atEnd && e.head.start <= d.start {
		d.start, d.header, d.doc = e.head.start, e.head.start, e.head.doc
	}
	b.def = e.add(d)
	if w.kind == Method {
		e.method = b.def + 1
	}
	return b
}

func (e *rlang) close() {
	t := &e.tok
	partner := byte('(')
	switch t.b {
	case ']':
		partner = '['
	case '}':
		partner = '{'
	}
	n := len(e.brackets)
	at := n - 1
	for low := max(0, n-nearFrames); at >= low && e.brackets[at].b != partner; at-- {
		if partner != '{' && e.brackets[at].b == '{' {
			at = -1
			break
		}
	}
	if at < 0 || e.brackets[at].b != partner {
		e.broken++
		return
	}
	if at < n-1 {
		e.broken++
	}
	for len(e.brackets) > at {
		e.unbracket(t.end)
	}
	if k := len(e.open); k > 0 && e.open[k-1].depth == at && e.open[k-1].state == rParameters && partner == '(' {
		e.open[k-1].state = rHeader
	}
}

// define starts a definition by assignment.
func (e *rlang) define(kind Kind, state rState) {
	depth := len(e.brackets)
	d := def{
		start: e.name.start, header: e.name.start, body: e.tok.end, end: e.tok.end, nameStart: e.name.start,
		nameEnd: e.name.end, kind: kind, parent: e.parent(), doc: -1,
	}
	if e.name.kind == isString && d.start > 0 {
		d.start, d.header = d.start-1, d.start-1
	}
	if depth > 0 && e.brackets[depth-1].b != '{' {
		if !e.brackets[depth-1].class || e.brackets[depth-1].b != '(' {
			return
		}
		d.kind = Method
	}
	if e.owner.kind != atEnd {
		d.owner = e.text[e.owner.start:min(e.owner.end, e.owner.start+longestName)]
	}
	if e.head.kind != atEnd && e.head.start <= d.start {
		d.start, d.header, d.doc = e.head.start, e.head.start, e.head.doc
	}
	if len(e.open) < mostFrames {
		e.open = append(e.open, rValue{len(e.defs), depth, e.indent(e.lineAt(d.start)), state})
	}
	e.add(d)
}

// lineAt is where the line of an offset on the current line, or on the statement's, starts.
func (e *rlang) lineAt(at int) int {
	if at >= e.tok.line {
		return e.tok.line
	}
	return e.head.line
}

func (e *rlang) add(d def) int {
	if d.doc < 0 || d.doc > d.start {
		d.doc = d.start
	}
	e.defs = append(e.defs, d)
	return len(e.defs) - 1
}

func (e *rlang) parent() int {
	p := -1
	if n := len(e.open); n > 0 {
		p = e.open[n-1].def
	}
	for i := len(e.brackets) - 1; i >= max(0, len(e.brackets)-nearFrames); i-- {
		if d := e.brackets[i].def; d >= 0 {
			return max(p, d) // the later one is the inner one
		}
	}
	return p
}

// resync, in repair, ends what is open before an assignment of a function in the first column.
func (e *rlang) resync() {
	t := &e.tok
	if t.start != t.line || !rAssigns(e.text[t.start:min(len(e.text), t.start+100)]) {
		return
	}
	for len(e.brackets) > 0 {
		e.unbracket(e.prevEnd)
	}
	e.endValues(0, e.prevEnd)
}

// rAssigns says that a text starts with `name <- function`.
func rAssigns(text string) bool {
	name, rest, ok := strings.Cut(text, "<-")
	return ok && name != "" && strings.HasPrefix(strings.TrimLeft(rest, " "), "function") &&
		!strings.ContainsAny(strings.TrimRight(name, " "), " \n\t(\"'#")
}

var grammarR = &grammar{
	outline: outlineR, extra: ".", hooked: "%\"'", hook: rHook, prefix: rawStringR,
	marks: []mark{
		{kind: lineComment, open: "#"},
		{kind: quote, open: `"`, close: `"`, escape: '\\', lines: true},
		{kind: quote, open: "'", close: "'", escape: '\\', lines: true},
		{kind: quote, open: "`", close: "`", escape: '\\'},
	},
	words: []words{
		{"function", word{role: declares}},
		{"setClass", word{role: opens, kind: Class}},
		{"setRefClass R6Class ggproto", word{role: opens, kind: Class, body: typeBody}},
		{"setGeneric", word{role: opens, kind: Function}},
		{"setMethod setReplaceMethod", word{role: opens, kind: Method}},
		{"else in", word{role: follows}},
		{"if for while repeat next break", word{role: controls}},
	},
}

// rHook reads %op% and, in repair, strings, which a function in the first column ends.
func rHook(s *scanner, at int) (end int, kind tokenKind, ok bool) {
	if c := s.text[at]; c != '%' {
		if !s.repair || at < s.noInner {
			return 0, 0, false
		}
		i := at + 1
		for ; i < len(s.text) && s.text[i] != c; i++ {
			if s.text[i] == '\\' {
				i++
			} else if s.text[i] == '\n' && rAssigns(s.text[i+1:min(len(s.text), i+100)]) {
				return i, isString, true
			}
		}
		if i < len(s.text) {
			return i + 1, isString, true
		}
		s.steps += len(s.text) - at
		s.noInner = len(s.text)
		return 0, 0, false
	}
	if i := strings.IndexAny(s.text[at+1:min(len(s.text), at+32)], "%\n"); i >= 0 && s.text[at+1+i] == '%' {
		return at + 1 + i + 1, isPunct, true
	}
	return 0, 0, false
}

// rawStringR reads r"(...)" and r"---[...]---".
func rawStringR(s *scanner, start, at int) (end int, ok bool) {
	if w := s.text[start:at]; w != "r" && w != "R" || s.text[at] == '#' || s.hopelessRaw {
		return 0, false
	}
	open := at + 1
	for open < len(s.text) && open-at < 32 && s.text[open] == '-' {
		open++
	}
	if open == len(s.text) || strings.IndexByte("([{", s.text[open]) < 0 {
		return 0, false
	}
	closing := string(perlPartner(s.text[open])) + s.text[at+1:open] + s.text[at:at+1]
	i := strings.Index(s.text[open:], closing)
	if i < 0 {
		s.hopelessRaw = true
		s.steps += len(s.text) - at
		return 0, false
	}
	return open + i + len(closing), true
}
