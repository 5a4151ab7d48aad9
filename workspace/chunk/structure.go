package chunk

import "strings"

// structure is the engine of OCaml: a file, and what stands between struct, sig or object and end, is a row of items, each of
// which lasts until the next. A `let` is an item where it starts a line in the column of the items around it; elsewhere it is
// local.
type structure struct {
	*scanner
	open   []nest
	locals []localLet // that wait for their `in`
	again  bool       // the current token is not dealt with yet
}

// nest is a row of items that is open.
type nest struct {
	def     int // that holds the items, or -1
	item    int // the last item's, or -1
	keyword *word
	column  int  // of its items, or -1
	depth   int  // of brackets in the last item
	inert   bool // nothing is defined in it but functions by `let ... in`: begin
	local   bool // between parentheses of an expression, where values are no constants
	object  bool
	extends bool // between the brackets of [%%extension ...]
	equals  int  // how many `=` outside brackets the last item had
	settles bool // the next token tells the kind of the last item
}

func outlineStructure(s *scanner) {
	e := runStructure(s)
	if e.broken == 0 {
		return
	}
	again := newScanner(s.text, s.g)
	again.repair = true
	again.steps = s.steps
	*s = *runStructure(again).scanner
}

func runStructure(s *scanner) *structure {
	e := &structure{scanner: s, open: []nest{{def: -1, item: -1, column: -1}}}
	for s.next() {
		for e.again = true; e.again && s.tok.kind != atEnd; {
			e.again = false
			e.token()
		}
	}
	e.broken += len(e.open) - 1
	for len(e.open) > 1 {
		e.pop()
	}
	e.closeItem()
	return e
}

func (e *structure) top() *nest { return &e.open[len(e.open)-1] }

// closeItem ends the last item of the innermost row before the current token.
func (e *structure) closeItem() {
	n := e.top()
	if n.item >= 0 {
		d := &e.defs[n.item]
		d.end = max(d.end, e.prevEnd)
		if d.body == 0 {
			d.body = d.end
		}
		d.hidden = d.hidden || n.local && d.kind == Constant
	}
	e.leaveLocals(len(e.open), -1)
	n.item, n.depth, n.equals, n.settles = -1, 0, 0, false
}

func (e *structure) pop() {
	e.closeItem()
	e.open = e.open[:len(e.open)-1]
}

func (e *structure) token() {
	t, n := &e.tok, e.top()
	if n.settles {
		e.settle()
	}
	switch t.kind {
	case isPunct:
		switch t.b {
		case '(', '[', '{':
			if t.b == '[' && e.floats() {
				return
			}
			n.depth++
		case ')', ']', '}':
			if t.b == ']' && n.extends && n.depth == 0 {
				e.pop()
				return
			}
			n.depth = max(0, n.depth-1)
			e.leaveLocals(len(e.open), n.depth)
		case ';':
			if t.end < len(e.text) && e.text[t.end] == ';' {
				e.closeItem()
			}
		case '=':
			e.equals()
		case '>':
			if n.item >= 0 && n.depth == 0 && e.prevByte == '-' && e.prevKind == isPunct && e.defs[n.item].kind == Constant &&
				n.keyword.role == declares && n.keyword.text != "let" {
				e.defs[n.item].kind = Function // val f : a -> b
			}
		}
	case isWord:
		if t.word == nil {
			return
		}
		switch t.word.role {
		case opens, begins:
			e.nest(t.word)
		case ends:
			for len(e.open) > 1 && e.top().extends {
				e.broken++
				e.pop()
			}
			if len(e.open) > 1 {
				e.pop()
			} else {
				e.broken++
			}
		case declares, imports, follows:
			e.item(t.word)
		case controls:
			if t.word.text == "in" {
				e.in()
			}
		}
	}
}

// floats takes [%%extension ...], which holds items of the row around it, and a [@@@attribute] between items.
func (e *structure) floats() bool {
	t, n := &e.tok, e.top()
	rest := e.text[t.end:]
	extends := strings.HasPrefix(rest, "%%")
	if !extends && !strings.HasPrefix(rest, "@@@") || n.inert {
		return false
	}
	e.closeItem()
	if !extends || len(e.open) == mostFrames {
		return false
	}
	e.open = append(e.open, nest{def: n.def, item: -1, column: -1, object: n.object, extends: true})
	return true
}

// nest opens a row of items.
func (e *structure) nest(w *word) {
	n := e.top()
	inner := nest{
		def: n.def, item: -1, column: -1, inert: w.role == begins,
		local: n.local || n.inert || n.depth > 0 && e.valued() || len(e.locals) > 0, object: w.text == "object",
	}
	if n.item >= 0 || len(e.locals) > 0 && !n.inert {
		inner.def = e.around()
	}
	if len(e.open) < mostFrames {
		e.open = append(e.open, inner)
	}
}

// valued says that brackets in the last item hold a value; in a module's they hold arguments or parameters of a functor.
func (e *structure) valued() bool {
	n := e.top()
	return n.item >= 0 && n.keyword.kind != Module
}

// equals takes an `=` that may stand between the head of an item and what it is.
func (e *structure) equals() {
	n := e.top()
	substitutes := n.keyword != nil && n.keyword.text == "type" && e.prevKind == isPunct && e.prevByte == ':' // type t := ...
	if n.item < 0 || n.depth > 0 || e.symbolic(e.tok.start-1) && !substitutes || e.symbolic(e.tok.end) {
		return
	}
	d := &e.defs[n.item]
	if n.equals++; n.equals == 1 {
		d.body = e.tok.start
	}
	n.settles = n.equals == 1 && d.kind == Constant || n.equals < 3 && d.kind == Class && n.keyword.kind == Class &&
		n.keyword.text == "type"
}

// symbolic says that a byte belongs to an operator.
func (e *structure) symbolic(at int) bool {
	return at >= 0 && at < len(e.text) && strings.IndexByte("=<>|&$@^+-*/%!:~", e.text[at]) >= 0
}

// settle tells functions from values and records and variants from other types by what stands behind the `=`.
func (e *structure) settle() {
	n, t := e.top(), &e.tok
	n.settles = false
	d := &e.defs[n.item]
	switch {
	case d.kind == Constant:
		if t.kind == isWord && (e.text[t.start:t.end] == "fun" || e.text[t.start:t.end] == "function") {
			d.kind = Function
		}
	case t.kind == isPunct && t.b == '{':
		d.kind = Struct
	case t.kind == isPunct && (t.b == '|' || t.b == '['):
		d.kind = Enum
	case t.kind == isWord && e.text[t.start:t.end] == "private":
		n.settles = true
	case t.kind == isWord && e.text[t.start] >= 'A' && e.text[t.start] <= 'Z' && !strings.HasPrefix(e.text[t.end:], "."):
		d.kind = Enum
	default:
		d.body = 0 // an alias is its own signature
	}
}

// item takes a keyword that may start an item.
func (e *structure) item(w *word) {
	t, n := e.tok, e.top()
	column := -1
	if t.first {
		column = e.indent(t.line)
		for i := len(e.open) - 2; i >= max(0, len(e.open)-nearFrames); i-- { // an item of a row further out: an `end` is missing
			if e.open[i].column == column && (n.column < 0 || n.column > column) && !e.open[i].inert {
				e.broken++
				for len(e.open)-1 > i {
					e.pop()
				}
				n = e.top()
				break
			}
		}
	}
	opened := e.prevWord != nil && (e.prevWord.role == opens || e.prevWord.role == ends && w.text != "let" &&
		w.text != "and") || e.prevKind == isPunct && e.prevByte == ';' && e.twice()
	local := w.text == "let" || w.role == follows || w.role == imports // these have forms inside expressions
	switch {
	case n.inert:
		e.local(w)
		return
	case column >= 0 && (n.column < 0 || column == n.column) && !(w.role == follows && n.keyword == nil):
	case opened && w.role != follows:
	case w.text == "let" && column < 0 && n.depth == 0 && e.operand(): // struct let v = 1 let w x = x end
	case local && !(w.role == follows && n.keyword != nil && n.keyword.text == "type" && n.depth == 0 && !e.constrained()):
		e.local(w)
		return
	case n.depth > 0, e.prevWord != nil && e.joins(e.prevWord), e.prevKind == isPunct && strings.IndexByte(":(|=,", e.prevByte) >= 0:
		return
	}
	if w.role == follows { // and
		if w = n.keyword; w == nil {
			return
		}
	}
	if symbol := t.end < len(e.text) && strings.IndexByte("*+&|$@", e.text[t.end]) >= 0; symbol {
		return // let*
	}
	e.closeItem()
	n.keyword = w
	if n.column < 0 && column >= 0 {
		n.column = column
	}
	d := def{start: t.start, header: t.start, doc: t.doc, parent: n.def, kind: w.kind}
	if d.doc < 0 {
		d.doc = d.start
	}
	if w.role == imports {
		if end := e.near(t.start); w.text == "open" && n.def < 0 && !strings.Contains(e.text[t.start:end], "struct") {
			d.doc, d.end, d.body, d.imported, d.hidden = d.start, end, end, true, true
			e.defs = append(e.defs, d)
		}
		n.keyword = nil
		return
	}
	e.name(d, w, column)
}

// joins says that a keyword makes the next one part of its own item or expression: let module, with type, class type.
func (e *structure) joins(w *word) bool {
	switch w.role {
	case declares:
		return w.text == "let" || w.text == "module" || w.text == "class"
	case ends, plain:
		return false
	default:
		return true
	}
}

// operand says that the token before the current one ends an expression.
func (e *structure) operand() bool {
	switch e.prevKind {
	case isWord:
		return e.prevWord == nil
	case isNumber, isString:
		return true
	case isPunct:
		return e.prevByte == ')' || e.prevByte == ']' || e.prevByte == '}'
	}
	return false
}

// constrained says that `and` is followed by what it constrains rather than defines: `with type a = b and type c = d`.
func (e *structure) constrained() bool {
	rest := strings.TrimLeft(e.text[e.tok.end:min(len(e.text), e.tok.end+16)], " \t\r\n")
	return strings.HasPrefix(rest, "type ") || strings.HasPrefix(rest, "module ")
}

// twice says that the token before the current one is the second of `;;`.
func (e *structure) twice() bool {
	return e.prevStart > 0 && e.text[e.prevStart-1] == ';'
}

// name reads the name of an item, past what may stand between it and its keyword.
func (e *structure) name(d def, w *word, column int) {
	depth, upper := 0, w.kind == Module || w.text == "exception"
	for e.next() {
		t := &e.tok
		if t.first && e.indent(t.line) <= column && t.kind == isWord {
			e.again = true
			return
		}
		switch t.kind {
		case isWord:
			text := e.text[t.start:t.end]
			c := text[0]
			switch {
			case depth > 0:
			case t.word != nil && t.word.role == modifies:
				if text == "private" && w.kind == Class { // type t = private ...
					return
				}
			case t.word != nil && text == "type" && (w.kind == Module || w.text == "class"):
				d.kind = Interface
			case text == "_" && w.text == "type": // type _ t
			case t.word != nil && t.word.role != plain, text == "_" && !upper:
				e.again = true
				return
			case upper && (c < 'A' || c > 'Z') && c < 0x80 && d.kind != Interface, !upper && c >= 'A' && c <= 'Z' && w.text != "type":
				return
			case !upper && c >= 'A' && c <= 'Z': // type M.t += A
			default:
				e.named(d, t.start, t.end)
				return
			}
		case isPunct:
			switch t.b {
			case '(', '[', '{':
				if start, end := e.parenthesised(); w.kind == Constant && t.b == '(' && depth == 0 {
					if start > 0 {
						e.pos = e.tok.end
						for e.pos < end && e.next() { // up to and with the `)`
						}
						e.named(d, start, end)
						return
					}
					e.again = true
					return
				}
				depth++
			case ')', ']', '}':
				depth--
			case '%': // let%test, module%js: the name of the extension follows
				if depth == 0 && e.text[t.end-1] == '%' && t.start == e.prevEnd {
					for e.pos < len(e.text) && (e.g.inside[e.text[e.pos]] || e.text[e.pos] == '.') {
						e.pos++
					}
				}
			case '=', ';', ':':
				if depth == 0 {
					return
				}
			}
		case isString:
			return
		}
	}
}

// parenthesised is the operator in the parentheses that open at the current token: `( + )`, `( let* )`.
func (e *structure) parenthesised() (start, end int) {
	text := e.text
	limit := min(len(text), e.tok.end+40)
	start = e.tok.end
	for start < limit && text[start] == ' ' {
		start++
	}
	end = start
	for _, keyword := range []string{"let", "and", "mod", "land", "lor", "lxor", "lsl", "lsr", "asr", "or"} {
		if strings.HasPrefix(text[end:limit], keyword) {
			end += len(keyword)
			break
		}
	}
	for end < limit && strings.IndexByte("=<>|&$@^+-*/%!:~.?#[]{};", text[end]) >= 0 {
		end++
	}
	rest := strings.TrimLeft(text[end:limit], " ")
	if end == start || !strings.HasPrefix(rest, ")") {
		return 0, 0
	}
	return start, end
}

// named enters an item with its name.
func (e *structure) named(d def, start, end int) {
	n := e.top()
	rest := strings.TrimLeft(e.text[end:min(len(e.text), end+200)], " \t\r\n")
	if end-start > longestName || strings.HasPrefix(rest, "+=") || strings.HasPrefix(rest, ",") { // let a, b = ...
		return
	}
	if d.kind == Constant {
		rest = strings.TrimLeft(strings.TrimPrefix(rest, ")"), " \t\r\n")
		switch {
		case n.object:
			d.kind = Variable
		case n.keyword.text == "external":
			d.kind = Function
		case n.keyword.text == "let" && rest != "" && rest[0] != '=' && rest[0] != ':' && rest[0] != '[':
			d.kind = Function
		}
	}
	d.nameStart, d.nameEnd = start, end
	n.item = len(e.defs)
	e.defs = append(e.defs, d)
}

var grammarOCaml = &grammar{
	outline: outlineStructure, extra: "'", hooked: "('{\"", hook: ocamlHook,
	marks: []mark{{kind: quote, open: `"`, close: `"`, escape: '\\', lines: true}},
	words: []words{
		{"let val external", word{role: declares, kind: Constant}},
		{"type", word{role: declares, kind: Class}},
		{"class", word{role: declares, kind: Class, body: typeBody}},
		{"exception", word{role: declares, kind: Class, body: valueBody}},
		{"module", word{role: declares, kind: Module, body: moduleBody}},
		{"method", word{role: declares, kind: Method, body: funcBody}},
		{"open include inherit initializer constraint", word{role: imports}},
		{"and", word{role: follows}},
		{"struct sig object", word{role: opens}},
		{"begin", word{role: begins}},
		{"end", word{role: ends}},
		{"rec nonrec mutable virtual private", word{role: modifies}},
		{"with of as in then else do done when if match try fun function lazy assert or", word{role: controls}},
	},
}

// ocamlHook reads comments, which nest and in which strings are strings, characters, and quoted strings.
func ocamlHook(s *scanner, at int) (end int, kind tokenKind, ok bool) {
	text := s.text
	switch text[at] {
	case '(':
		if strings.HasPrefix(text[at:], "(*") && !strings.HasPrefix(text[at:], "(*)") {
			return mlComment(s, at), isComment, true
		}
	case '\'':
		if end, kind, _ = character(text, at); kind == isString {
			return end, kind, true
		}
		for end < len(text) && s.g.inside[text[end]] && text[end] != '\'' { // a type variable is no name
			end++
		}
		return end, isNumber, true
	case '{':
		return bracedString(s, at)
	}
	return 0, 0, false
}

// mlComment is where the comment ends that starts at at; without an end it is only its line.
func mlComment(s *scanner, at int) int {
	if s.hopeless&1 != 0 {
		return s.lineEnd(at)
	}
	text := s.text
	depth := 1
	for i := at + 2; i < len(text); {
		k := strings.IndexAny(text[i:], "(*\"")
		if k < 0 {
			break
		}
		i += k
		switch {
		case strings.HasPrefix(text[i:], "(*"):
			depth++
			i += 2
		case strings.HasPrefix(text[i:], "*)"):
			i += 2
			if depth--; depth == 0 {
				return i
			}
		case text[i] == '"' && !(text[i-1] == '\'' && i+1 < len(text) && text[i+1] == '\''):
			i = commentString(text, i)
		default:
			i++
		}
	}
	s.hopeless |= 1
	s.broken++
	s.steps += len(text) - at
	return s.lineEnd(at)
}

// commentString is where the string ends that starts inside a comment, or just behind its mark: prose has lone quotes.
func commentString(text string, at int) int {
	for i := at + 1; i < len(text) && i-at < look; i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		case '\n':
			return at + 1
		}
	}
	return at + 1
}

// bracedString reads {|...|} and {id|...|id}.
func bracedString(s *scanner, at int) (end int, kind tokenKind, ok bool) {
	text := s.text
	open := at + 1
	if strings.HasPrefix(text[open:], "%") { // {%ext id|...|id}
		for open < len(text) && open-at < 64 && text[open] > ' ' && text[open] != '|' {
			open++
		}
		if open < len(text) && text[open] == ' ' {
			open++
		}
	}
	id := open
	for open < len(text) && open-at < 96 && (text[open] >= 'a' && text[open] <= 'z' || text[open] == '_') {
		open++
	}
	if open >= len(text) || text[open] != '|' || s.hopelessRaw {
		return 0, 0, false
	}
	closing := "|" + text[id:open] + "}"
	if text[at+1] == '%' && id > at+1 && text[id-1] != ' ' {
		closing = "|}"
	}
	k := strings.Index(text[open+1:], closing)
	if k < 0 {
		s.hopelessRaw = true
		s.steps += len(text) - at
		return 0, 0, false
	}
	return open + 1 + k + len(closing), isString, true
}
