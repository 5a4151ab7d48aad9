package chunk

import "strings"

// nix is the engine of Nix: attributes and what `let` binds, `path.to.name = value;`. A binding is named where it is a function
// or stands at the top: in the file's own sets, in its functions and their `let`.
type nix struct {
	*scanner
	open []nixFrame
	path [2]int // the attribute path just read, start and end; end 0: none
	last [2]int // its last name
	dot  bool   // it goes on
	head token  // its first token
}

// nixFrame is an open bracket or `let`.
type nixFrame struct {
	b       byte // '{', '(', '[' or 'l'
	binding int  // of the statement that is being read, or -1
	column  int  // of it
	value   bool // nothing of its value was read yet
	first   bool // the bracket starts the value of the binding around
	asides  int  // `with x;` and `assert x;` whose semicolon has not come
	owner   int  // the binding around, or -1
}

func outlineNix(s *scanner) {
	e := runNix(s)
	if e.broken == 0 {
		return
	}
	again := newScanner(s.text, s.g)
	again.repair = true // strings in double quotes end with their line
	again.steps = s.steps
	e = runNix(again)
	*s = *e.scanner
}

func runNix(s *scanner) *nix {
	e := &nix{scanner: s, open: []nixFrame{{binding: -1, owner: -1}}}
	for s.next() {
		e.token()
	}
	for len(e.open) > 1 {
		e.pop(e.prevEnd)
	}
	e.endBinding(e.prevEnd)
	return e
}

func (e *nix) top() *nixFrame { return &e.open[len(e.open)-1] }

func (e *nix) endBinding(end int) {
	if f := e.top(); f.binding >= 0 {
		e.defs[f.binding].end = max(e.defs[f.binding].end, end)
		f.binding = -1
	}
}

func (e *nix) pop(end int) {
	e.endBinding(e.prevEnd)
	f := e.open[len(e.open)-1]
	e.open = e.open[:len(e.open)-1]
	if f.first && f.b == '{' { // { a, b }: value
		if at := e.after(end); at < len(e.text) && (e.text[at] == ':' || e.text[at] == '@') {
			e.function(e.top())
		}
	}
}

// after is the offset of what follows at, blanks left out.
func (e *nix) after(at int) int {
	i := at
	for i < len(e.text) && i-at < 64 && (e.text[i] == ' ' || e.text[i] == '\n' || e.text[i] == '\r' || e.text[i] == '\t') {
		i++
	}
	return i
}

// function says that the binding which is being read is one.
func (e *nix) function(f *nixFrame) {
	if f.binding >= 0 {
		d := &e.defs[f.binding]
		d.kind, d.hidden = Function, false
	}
}

func (e *nix) push(b byte) {
	f := e.top()
	if len(e.open) >= mostFrames {
		return
	}
	owner := f.owner
	if f.binding >= 0 {
		owner = f.binding
	}
	e.open = append(e.open, nixFrame{b: b, binding: -1, owner: owner, first: f.value && f.binding >= 0})
	f.value = false
}

func (e *nix) token() {
	t := &e.tok
	path := e.path
	e.path[1] = 0
	f := e.top()
	if t.kind == isPunct {
		switch t.b {
		case '{', '(', '[':
			e.push(t.b)
		case '}', ')', ']':
			e.close(t.b)
		case ';':
			if f.asides > 0 {
				f.asides--
			} else {
				e.endBinding(t.end)
			}
		case '=':
			if path[1] > 0 && (f.b == '{' || f.b == 'l') && !(t.end < len(e.text) && e.text[t.end] == '=') {
				e.bind(path)
				return
			}
		case '.':
			if path[1] > 0 && t.start == path[1] {
				e.path, e.dot = [2]int{path[0], t.end}, true
				return
			}
		case ':', '@':
			if t.b == ':' && t.end < len(e.text) && e.g.inside[e.text[t.end]] || t.end < len(e.text) && e.text[t.end] == '/' {
				break // an address
			}
			if f.value && path[1] > 0 || f.binding >= 0 && t.b == '@' && path[1] > 0 &&
				e.defs[f.binding].body == path[0] { // x: value, args@{
				e.function(f)
			}
		}
		f.value = false
		return
	}
	if t.word != nil {
		switch t.word.role {
		case opens: // let
			e.push('l')
			return
		case ends: // in
			e.in()
			return
		case controls:
			f.asides++
			f.value = false
			return
		case imports:
			if f.binding < 0 {
				f.asides = 1 // inherit (a) b c;
			}
			return
		}
	}
	name := t.kind == isWord || t.kind == isString && e.text[t.start] == '"'
	switch {
	case name && e.dot && path[1] == t.start:
		e.path = [2]int{path[0], t.end}
	case name:
		e.path, e.head = [2]int{t.start, t.end}, *t
	}
	e.dot, e.last = false, [2]int{t.start, t.end}
	if f.value && t.kind == isWord && f.binding >= 0 && e.defs[f.binding].body == e.defs[f.binding].nameEnd {
		e.defs[f.binding].body = t.start
	} else if e.path[0] == t.start {
		f.value = false
	}
}

// bind starts a binding.
func (e *nix) bind(path [2]int) {
	f := e.top()
	column := e.indent(e.head.line)
	if f.binding >= 0 {
		if !e.head.first || column > f.column {
			return // an `=` that is none of ours
		}
		e.endBinding(e.prevEndOf(path[0])) // its semicolon is missing
	}
	d := def{
		start: path[0], doc: e.head.doc, header: path[0], body: path[1], end: e.tok.end, nameStart: e.last[0],
		nameEnd: e.last[1], kind: Property, parent: f.owner,
	}
	if d.doc < 0 {
		d.doc = d.start
	}
	if e.text[d.nameStart] == '"' && d.nameEnd-d.nameStart > 2 {
		d.nameStart, d.nameEnd = d.nameStart+1, d.nameEnd-1
	}
	if e.last[0] > path[0] {
		d.owner = strings.ReplaceAll(e.text[path[0]:min(e.last[0]-1, path[0]+longestName)], `"`, "")
	}
	if f.b == 'l' {
		d.kind = Variable
	}
	d.hidden = f.owner >= 0 && (e.defs[f.owner].kind != Function || e.defs[f.owner].hidden || e.defs[f.owner].parent >= 0)
	f.binding, f.column, f.value, f.asides = len(e.defs), column, true, 0
	e.defs = append(e.defs, d)
}

// prevEndOf is where the text before at ends, blanks left out.
func (e *nix) prevEndOf(at int) int {
	i := at
	for i > 0 && at-i < look && e.text[i-1] <= ' ' {
		i--
	}
	return i
}

// in closes the innermost `let`.
func (e *nix) in() {
	for i := len(e.open) - 1; i > max(0, len(e.open)-nearFrames); i-- {
		if e.open[i].b == '{' {
			return
		}
		if e.open[i].b == 'l' {
			for len(e.open) > i {
				e.pop(e.prevEnd)
			}
			return
		}
	}
}

func (e *nix) close(b byte) {
	partner := byte('(')
	switch b {
	case ']':
		partner = '['
	case '}':
		partner = '{'
	}
	for i := len(e.open) - 1; i > max(0, len(e.open)-nearFrames); i-- {
		if e.open[i].b == partner {
			for len(e.open) > i {
				e.pop(e.tok.end)
			}
			return
		}
		if e.open[i].b == '{' && b != '}' {
			return
		}
	}
}

var grammarNix = &grammar{
	outline: outlineNix, extra: "-'", hooked: "'\"/", hook: nixHook,
	marks: []mark{
		{kind: lineComment, open: "#"},
		{kind: blockComment, open: "/*", close: "*/"},
	},
	words: []words{
		{"let", word{role: opens}},
		{"in", word{role: ends}},
		{"with assert", word{role: controls}},
		{"inherit", word{role: imports}},
	},
}

// nixHook reads "..." and ”...”, whose ${ } hold expressions with strings of their own.
func nixHook(s *scanner, at int) (end int, kind tokenKind, ok bool) {
	switch {
	case s.text[at] == '"':
	case strings.HasPrefix(s.text[at:], "''"):
	case s.text[at] == '\'':
		return at + 1, isPunct, true
	default: // a path
		return 0, 0, false
	}
	if at < s.noInner {
		return at + 1, isPunct, true
	}
	end = s.nixString(at, 0)
	if end < 0 && s.repair && s.text[at] == '"' {
		return at + 1, isPunct, true
	}
	if end < 0 {
		s.noInner = len(s.text)
		s.broken++
		return s.near(at + 1), isString, true
	}
	return end, isString, true
}

// nixString is where the string that starts at at ends, -1 where it does not.
func (s *scanner) nixString(at, depth int) int {
	text := s.text
	indented := text[at] == '\''
	i := at + 1
	if indented {
		i++
	}
	for i < len(text) {
		switch c := text[i]; {
		case c == '\\' && !indented:
			i += 2
		case c == '"' && !indented:
			return i + 1
		case c == '\'' && indented && i+1 < len(text) && text[i+1] == '\'':
			if i+2 < len(text) && (text[i+2] == '\'' || text[i+2] == '$' || text[i+2] == '\\') {
				i += 3
				if text[i-1] == '\\' {
					i++
				}
				continue
			}
			return i + 2
		case c == '\n' && !indented && s.repair:
			s.steps += i - at
			return -1
		case c == '$' && i+1 < len(text) && text[i+1] == '$':
			i += 2
		case c == '$' && i+1 < len(text) && text[i+1] == '{':
			i = s.nixInner(i+2, depth)
		default:
			i++
		}
	}
	s.steps += len(text) - at
	return -1
}

// nixInner passes an expression in a string, up to behind its brace; where that is not near, it passes nothing.
func (s *scanner) nixInner(at, depth int) int {
	if depth >= 4 || at < s.noQuote[0][0] {
		return at
	}
	level := 1
	i := at
	for limit := min(len(s.text), at+4*look); i < limit; i++ {
		switch c := s.text[i]; {
		case c == '{':
			level++
		case c == '}':
			if level--; level == 0 {
				return i + 1
			}
		case c == '"' || c == '\'' && i+1 < limit && s.text[i+1] == '\'':
			end := s.nixString(i, depth+1)
			if end < 0 {
				s.noQuote[0][0] = len(s.text)
				return at
			}
			i = end - 1
		}
	}
	s.steps += i - at
	s.noQuote[0][0] = i
	return at
}
