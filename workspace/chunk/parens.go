package chunk

import "strings"

// parens is the engine of the Lisps: a definition is a list whose head says so. Quoted lists are data, whatever their heads.
type parens struct {
	*scanner
	open    []form
	discard bool // the next form is commented out: #_, #;
}

// form is a list that is open.
type form struct {
	def  int // or -1
	data bool
	body scope // typeBody: lists in it are methods
}

func outlineParens(s *scanner) {
	e := &parens{scanner: s}
	e.run()
	if e.broken == 0 {
		return
	}
	again := newScanner(s.text, s.g)
	again.repair = true
	again.steps = s.steps
	e = &parens{scanner: again}
	e.run()
	*s = *e.scanner
}

func (e *parens) run() {
	for more := e.next(); more; {
		more = e.token()
	}
	e.broken += len(e.open)
	for len(e.open) > 0 {
		e.pop(e.prevEnd)
	}
}

func (e *parens) pop(end int) {
	f := e.open[len(e.open)-1]
	e.open = e.open[:len(e.open)-1]
	if f.def >= 0 {
		e.defs[f.def].end = end
	}
}

func (e *parens) push(f form) {
	if len(e.open) < mostFrames {
		e.open = append(e.open, f)
	}
}

// token takes the current token and moves on.
func (e *parens) token() bool {
	t := &e.tok
	if t.kind != isPunct {
		e.discard = false
		return e.next()
	}
	switch t.b {
	case ')', ']', '}':
		if len(e.open) == 0 {
			e.broken++
			return e.next()
		}
		e.pop(t.end)
		return e.next()
	case '(':
		return e.list()
	case '[', '{':
		e.push(form{def: -1, data: e.data() || e.quoted() || e.discard})
		e.discard = false
		return e.next()
	case '#':
		if t.end < len(e.text) && (e.text[t.end] == '_' && e.g.angles || e.text[t.end] == ';') {
			e.discard = true
			e.pos = t.end + 1
		}
	}
	return e.next()
}

func (e *parens) data() bool {
	n := len(e.open)
	return n > 0 && e.open[n-1].data
}

// quoted says that the list that opens at the current token is quoted.
func (e *parens) quoted() bool {
	return e.prevKind == isPunct && e.prevEnd == e.tok.start && (e.prevByte == '\'' || e.prevByte == '`')
}

func (e *parens) parent() int {
	for i := len(e.open) - 1; i >= max(0, len(e.open)-nearFrames); i-- {
		if e.open[i].def >= 0 {
			return e.open[i].def
		}
	}
	return -1
}

// list takes `(` and the head behind it.
func (e *parens) list() bool {
	at := e.tok
	if e.repair && at.first && at.start == at.line && e.declaring(at.end) { // a definition in the first column is inside nothing
		for len(e.open) > 0 {
			e.pop(e.prevEnd)
		}
	}
	f := form{def: -1, data: e.data() || e.quoted() || e.discard}
	e.discard = false
	depth := len(e.open)
	members := depth > 0 && e.open[depth-1].body == typeBody
	if !e.next() || e.tok.kind != isWord || f.data {
		e.push(f)
		return e.tok.kind != atEnd
	}
	parent := e.parent()
	head := e.text[e.tok.start:e.tok.end]
	w := e.head(head, depth)
	d := def{start: at.start, header: e.tok.start, doc: at.doc, parent: parent}
	if d.doc < 0 {
		d.doc = d.start
	}
	switch {
	case w == nil && members:
		d.nameStart, d.nameEnd, d.kind, d.body = e.tok.start, e.tok.end, Method, e.near(e.tok.end)
		f.def = len(e.defs)
		e.defs = append(e.defs, d)
	case w == nil:
	case w.role == controls:
		f.data = true
	case w.role == imports:
		if depth == 0 {
			d.imported, d.hidden, d.doc, d.body = true, true, d.start, d.start
			f.def, f.data = len(e.defs), true
			e.defs = append(e.defs, d)
		}
	default:
		return e.define(d, f, w)
	}
	e.push(f)
	return e.next()
}

// declaring says that the list whose text starts at an offset defines something.
func (e *parens) declaring(at int) bool {
	end := at
	for end < len(e.text) && end-at < 40 && e.g.inside[e.text[end]] {
		end++
	}
	w := (*word)(nil)
	if end > at {
		w = e.head(e.text[at:end], 0)
	}
	return w != nil && w.role != controls
}

// defines is what a head unknown to the tables does that looks like others that define.
var defines = &word{role: declares, kind: Function, body: funcBody}

// head is what the head of a list declares. Languages in which everybody makes defining macros have a name for them.
func (e *parens) head(text string, depth int) *word {
	if w := e.g.keyword(text); w != nil {
		return w
	}
	if i := strings.LastIndexByte(text, '/'); i > 0 && i+1 < len(text) { // s/defn; Racket's define/public is a keyword
		text = text[i+1:]
		if w := e.g.keyword(text); w != nil && w.role == declares && strings.HasPrefix(text, "def") {
			return w
		}
	}
	if depth > 0 {
		return nil
	}
	i := 0
	if !strings.HasPrefix(text, "def") {
		if i = strings.Index(text, "-def") + 1; i == 0 {
			return nil
		}
	}
	rest := text[i+3:]
	if strings.HasPrefix(rest, "ault") || strings.HasPrefix(rest, "er") || strings.HasPrefix(rest, "init") || rest == "" {
		return nil
	}
	return defines
}

// define reads the name behind a defining head.
func (e *parens) define(d def, f form, w *word) bool {
	d.kind, f.body, f.data = w.kind, w.body, w.body == dataBody
	more := e.next()
	for more && e.tok.kind == isPunct && (e.tok.b == '^' || e.tok.b == '#') { // metadata: ^:private ^{:a 1} ^String #^{}
		meta := e.tok.b == '^'
		more = e.next()
		if meta && more {
			if e.tok.kind == isPunct && e.tok.b == '{' {
				more = e.group()
			}
			more = more && e.next()
		}
	}
	list, quoted := 0, false
	// (define ((curried a) b), (defstruct (name ...), (defalias 'name
	for more && e.tok.kind == isPunct && !(e.tok.first && e.tok.start == e.tok.line) &&
		(e.tok.b == '(' && list < 8 || e.tok.b == '\'') {
		if e.tok.b == '(' {
			list++
			e.push(form{def: -1, data: true})
		} else {
			quoted = true
		}
		more = e.next()
	}
	named := more && (e.tok.kind == isWord || e.tok.kind == isNumber || e.tok.kind == isString && w.kind == Package)
	if named && list > 0 && e.text[e.tok.start:e.tok.end] == "setf" {
		more = e.next()
		named = more && e.tok.kind == isWord
	}
	if !named { // (define-values (a b) ..., (defn ~name
		e.under(f, list)
		return more && e.tok.kind != atEnd
	}
	d.nameStart, d.nameEnd = e.tok.start, e.tok.end
	switch {
	case e.tok.kind == isString && d.nameEnd-d.nameStart > 2:
		d.nameStart++
		d.nameEnd--
	case e.text[d.nameStart] == ':' && d.nameEnd-d.nameStart > 1:
		d.nameStart++
	}
	if d.nameEnd-d.nameStart > longestName {
		d.nameEnd = d.nameStart
	}
	for w.kind == Module && list > 0 && e.next() && e.tok.kind == isWord { // (define-library (scheme base)
		d.nameStart, d.nameEnd = e.tok.start, e.tok.end
	}
	closed := w.kind == Module && list > 0
	d.body = d.nameEnd
	if list > 0 {
		if w.kind == Variable {
			d.kind = Function
		}
	} else if w.kind == Variable && !quoted && e.lambda(d.nameEnd) {
		d.kind = Function
	}
	f.def = len(e.defs)
	e.defs = append(e.defs, d)
	e.under(f, list)
	if list > 0 {
		e.defs[f.def].body = e.near(d.nameEnd)
	} else if more = e.next(); more && e.tok.kind == isPunct && (e.tok.b == '(' || e.tok.b == '[') && d.kind.callable() {
		e.defs[f.def].body = e.near(e.tok.start) // the parameters, or all of them that stand on this line
		return true
	}
	if closed {
		return e.tok.kind != atEnd
	}
	if list > 0 {
		return e.next()
	}
	return more
}

// under puts a form below the lists that were opened since.
func (e *parens) under(f form, list int) {
	at := len(e.open) - min(list, len(e.open))
	e.push(form{})
	if at < len(e.open) {
		copy(e.open[at+1:], e.open[at:])
		e.open[at] = f
	}
}

// group passes what stands in the brackets that open at the current token, to its closing bracket.
func (e *parens) group() bool {
	depth := 0
	for {
		if e.tok.kind == isPunct {
			switch e.tok.b {
			case '(', '[', '{':
				depth++
			case ')', ']', '}':
				if depth--; depth <= 0 {
					return true
				}
			}
		}
		if !e.next() || e.tok.first && e.tok.start == e.tok.line {
			return e.tok.kind != atEnd
		}
	}
}

// lambda says that what follows at is a function without a name.
func (e *parens) lambda(at int) bool {
	rest := strings.TrimLeft(e.text[at:min(len(e.text), at+120)], " \t\r\n")
	if !strings.HasPrefix(rest, "(") {
		return false
	}
	for _, head := range []string{"lambda", "λ", "case-lambda", "fn ", "fn*", "fn["} {
		if strings.HasPrefix(rest[1:], head) {
			return true
		}
	}
	return false
}
