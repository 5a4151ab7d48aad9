package chunk

import "strings"

// sql is the engine of SQL in its dialects: it finds what CREATE creates, and the routines that PL/SQL declares inside that. A
// table ends at its semicolon; a routine at the semicolon behind its body, which is a quoted string (PostgreSQL), a BEGIN ... END
// with semicolons of its own, or, in dialects that end a routine by other means, all up to GO, `/` or a DELIMITER of the client.
type sql struct {
	*scanner
	def     int // being read, or -1
	routine bool
	body    bool // the routine's declarations go on until BEGIN
	as      bool // AS or IS was the word before
	depth   int  // open BEGIN and CASE
	opened  bool // a BEGIN was seen
	module  int  // of a package's body: its number + 1
	column  int
	parens  int
	alter   bool   // ALTER, which defines a routine anew only where AS follows (T-SQL)
	closing string // the client's delimiter, "" for the semicolon
	outer   []outer
	members int // their column, or -1
}

// outer is a routine around the one that is being read.
type outer struct {
	def    int
	column int
}

func outlineSQL(s *scanner) {
	e := &sql{scanner: s, def: -1, members: -1}
	if e.read(); s.broken == 0 {
		return
	}
	again := newScanner(s.text, s.g) // in it a string that goes on and on ends where something is declared
	again.repair, again.steps = true, s.steps
	e = &sql{scanner: again, def: -1, members: -1}
	e.read()
	*s = *again
}

func (e *sql) read() {
	for e.next() {
		e.token()
	}
	e.end(e.prevEnd)
}

// end ends the definition that is being read.
func (e *sql) end(at int) {
	if e.def >= 0 {
		d := &e.defs[e.def]
		d.end = max(d.end, at)
		d.hidden = e.alter
	}
	for _, o := range e.outer {
		d := &e.defs[o.def]
		d.end = max(d.end, at)
	}
	if e.module > 0 {
		d := &e.defs[e.module-1]
		d.end = max(d.end, at)
	}
	*e = sql{scanner: e.scanner, def: -1, closing: e.closing, outer: e.outer[:0], members: -1}
}

// lower is a keyword in lower case, "" for any other word.
func (e *sql) lower(start, end int) string {
	if start < end {
		if w := e.g.keyword(e.text[start:end]); w != nil {
			return w.text
		}
	}
	return ""
}

func (e *sql) token() {
	t := &e.tok
	if t.kind == isPunct {
		switch t.b {
		case '(':
			e.parens++
		case ')':
			e.parens = max(0, e.parens-1)
		case '/':
			if t.first && e.def >= 0 && t.end < len(e.text) && e.text[t.end] <= ' ' &&
				strings.TrimSpace(e.text[t.start:e.near(t.start)]) == "/" {
				e.end(e.prevEnd)
				return
			}
		}
		if e.closing != "" && strings.HasPrefix(e.text[t.start:], e.closing) {
			e.end(e.prevEnd)
			e.moved(t.start, t.start+len(e.closing))
			return
		}
		if t.b == ';' && e.closing == "" {
			e.semicolon()
		}
		e.as = false
		return
	}
	if t.kind != isWord {
		e.as = false
		return
	}
	if e.closing != "" && strings.HasPrefix(e.text[t.start:], e.closing) {
		e.end(e.prevEnd)
		e.moved(t.start, t.start+len(e.closing))
		return
	}
	as := e.as
	e.as = false
	if t.word == nil {
		if as && !e.opened {
			e.body = true // declarations up to BEGIN, or the batch up to GO
		}
		return
	}
	switch word := t.word.text; word {
	case "create", "alter":
		if (e.def < 0 && e.module == 0 || t.first && e.indent(t.line) <= e.column) && e.starts() {
			e.create(word)
		}
		return
	case "delimiter":
		if t.first {
			end := e.near(t.end)
			e.end(e.prevEnd)
			if e.closing = strings.TrimSpace(e.text[t.end:end]); e.closing == ";" || len(e.closing) > 8 {
				e.closing = ""
			}
			e.hopelessRaw = strings.HasPrefix(e.closing, "$") // MySQL: $$ quotes nothing now
			e.moved(t.end, end)
		}
	case "go":
		if t.first && len(strings.TrimSpace(e.text[t.start:e.near(t.start)])) == 2 {
			e.end(e.prevEnd)
		}
	case "procedure", "function":
		switch {
		case e.module > 0 && e.depth == 1 && e.def < 0 && (t.first || e.prevByte == ';'):
			e.member()
		case e.module > 0 && e.repair && t.first && e.indent(t.line) == e.members:
			for _, o := range e.outer {
				e.defs[o.def].end = max(e.defs[o.def].end, e.prevEnd)
			}
			if e.def >= 0 {
				e.defs[e.def].end = max(e.defs[e.def].end, e.prevEnd)
			}
			e.outer, e.depth = e.outer[:0], 1
			e.member()
		case t.first && (e.prevKind == isPunct && e.prevByte == ';' || as || e.lower(e.prevStart, e.prevEnd) == "declare"):
			e.inner(as)
		}
	default:
		if e.routine || e.module > 0 {
			e.inside(word, as)
		}
	}
}

// starts says that a statement may start at the current token.
func (e *sql) starts() bool {
	return e.tok.first || e.prevKind == atEnd || e.prevKind == isPunct && (e.prevByte == ';' || e.prevByte == '/')
}

// inside counts what opens and closes the body of a routine.
func (e *sql) inside(word string, as bool) {
	t := &e.tok
	switch word {
	case "as", "is":
		e.alter = false
		if e.depth == 0 && e.parens == 0 || e.module > 0 && e.depth == 1 {
			e.as = true
		}
		return
	case "begin":
		next := e.peekWord()
		if next == "tran" || next == "transaction" || next == "work" || e.text[e.prevStart:e.prevEnd] == "#" {
			return
		}
		if e.module > 0 && e.def < 0 { // a package's own
			return
		}
		e.depth++
		e.opened, e.body = true, false
		return
	case "case":
		if e.lower(e.prevStart, e.prevEnd) != "end" && e.depth > 0 {
			e.depth++
		}
		return
	case "end":
		switch e.peekWord() {
		case "if", "loop", "while", "for", "repeat":
			return
		}
		if e.depth > 0 {
			e.depth--
		}
		return
	case "select", "return", "with", "external", "language":
		return
	}
	if as && !e.opened {
		e.body = true // declarations up to BEGIN, or the batch up to GO
	}
	if word == "declare" && !e.opened && t.first {
		e.body = true
	}
}

// peekWord is the next word if it is on the same line.
func (e *sql) peekWord() string {
	at := e.tok.end
	for at < len(e.text) && at-e.tok.end < 32 && (e.text[at] == ' ' || e.text[at] == '\t') {
		at++
	}
	end := at
	for end < len(e.text) && end-at < 16 && e.g.inside[e.text[end]] {
		end++
	}
	return e.lower(at, end)
}

func (e *sql) semicolon() {
	switch {
	case e.parens > 0 && e.depth == 0 && e.def >= 0 && !e.routine:
		e.parens = 0
		e.end(e.tok.end)
	case e.module > 0:
		if e.def >= 0 && e.depth <= 1 && !e.body {
			e.defs[e.def].end = e.tok.end
			e.leave()
		} else if e.depth == 0 {
			e.end(e.tok.end)
		}
	case e.depth == 0 && !e.body:
		if len(e.outer) == 0 {
			e.end(e.tok.end)
			return
		}
		e.defs[e.def].end = e.tok.end
		e.leave()
	}
}

// create reads the header of a CREATE statement up to the name.
func (e *sql) create(verb string) {
	start, line, doc := e.tok.start, e.tok.line, e.tok.doc
	prevEnd := e.prevEnd
	kind, definer := Text, false
	for n := 0; n < 16 && e.next(); n++ {
		t := &e.tok
		if t.kind == isPunct && strings.IndexByte("=@.%", t.b) >= 0 || t.kind == isString || t.kind == isNumber {
			continue // DEFINER = 'root'@'localhost'
		}
		if t.kind != isWord {
			break
		}
		word := e.lower(t.start, t.end)
		switch word {
		case "create": // the one before was only half typed
			start, line, doc = t.start, t.line, t.doc
		case "definer":
			definer = true
		case "table", "hypertable":
			kind = Struct
		case "view":
			kind = Class
		case "function", "procedure", "proc", "aggregate", "macro":
			kind = Function
		case "trigger", "event":
			kind = Event
		case "index":
			kind = Key
		case "type", "domain":
			kind = Class
		case "schema", "database":
			kind = Namespace
		case "sequence":
			kind = Variable
		case "package":
			kind = Module
		}
		if kind != Text || t.word == nil && !definer { // the kind, or one that is not told of: a role, an operator
			break
		}
	}
	if kind == Text || verb == "alter" && kind != Function && kind != Event {
		return
	}
	e.end(prevEnd)
	d := def{start: start, doc: doc, header: start, kind: kind, parent: -1}
	if d.doc < 0 {
		d.doc = start
	}
	if !e.name(&d) {
		return
	}
	e.defs = append(e.defs, d)
	e.def, e.column = len(e.defs)-1, e.indent(line)
	e.routine, e.alter = kind == Function || kind == Event, verb == "alter"
	if kind == Module {
		e.module, e.def, e.depth = e.def+1, -1, 1
	}
	e.again()
}

// again deals with the token behind a name, which create has read already.
func (e *sql) again() {
	if e.tok.kind != atEnd {
		e.token()
	}
}

// member starts a routine of a package.
func (e *sql) member() {
	e.members = e.indent(e.tok.line)
	e.declare(def{kind: Method, parent: e.module - 1})
}

// deepestRoutine is how deep routines are told of that are declared in one another.
const deepestRoutine = 16

// inner starts a routine that is declared in another, before the BEGIN of that, or in a block without a name.
func (e *sql) inner(as bool) {
	switch {
	case e.def < 0:
		if e.module == 0 {
			e.column = e.indent(e.tok.line)
			e.declare(def{kind: Function, parent: -1})
		}
	case e.routine && !e.opened && (e.body || as) && len(e.outer) < deepestRoutine:
		around := e.def
		e.outer = append(e.outer, outer{around, e.column})
		if !e.declare(def{kind: Function, parent: around}) {
			e.outer = e.outer[:len(e.outer)-1]
			e.body = true
		}
	}
}

// leave goes back to the routine around the one that has ended, to its declarations.
func (e *sql) leave() {
	e.def, e.opened = -1, false
	if n := len(e.outer); n > 0 {
		e.def, e.column = e.outer[n-1].def, e.outer[n-1].column
		e.outer, e.body, e.routine = e.outer[:n-1], true, true
	}
}

// declare starts a routine without CREATE, the word for which is the current token.
func (e *sql) declare(d def) bool {
	d.start, d.doc, d.header = e.tok.start, e.tok.doc, e.tok.start
	if d.doc < 0 {
		d.doc = d.start
	}
	if !e.name(&d) {
		return false
	}
	e.defs = append(e.defs, d)
	e.def, e.routine, e.opened, e.body, e.parens = len(e.defs)-1, true, false, false, 0
	e.again()
	return true
}

// name reads the name of what is created, "a.b.c" or [a].[b], and the token behind it.
func (e *sql) name(d *def) bool {
	found, dot := false, false
	for n := 0; n < 16 && e.next(); n++ {
		t := &e.tok
		start, end := t.start, t.end
		switch {
		case t.kind == isWord && !found:
			switch e.lower(start, end) {
			case "if", "not", "exists", "body", "concurrently", "only":
				continue
			case "on", "as", "is":
				if d.kind != Function || !strings.HasPrefix(strings.TrimLeft(e.text[end:e.near(end)], " "), "(") {
					return false
				}
			}
		case t.kind == isWord && dot:
		case t.kind == isString && (!found || dot) && end-start > 2 && e.text[start] != '$':
			start, end = start+1, end-1
		case t.kind == isPunct && t.b == '.' && found:
			dot = true
			continue
		default:
			goto done
		}
		if found {
			d.owner = join(d.owner, e.text[d.nameStart:d.nameEnd])
		}
		d.nameStart, d.nameEnd, found, dot = start, end, true, false
	}
done:
	if len(d.owner) > longestName {
		d.owner = ""
	}
	d.body, d.end = e.prevEnd, e.prevEnd
	return found
}

var grammarSQL = &grammar{
	outline: outlineSQL, anyCase: true, extra: "$#@", hooked: "$[/*'-", hook: sqlHook, prefix: sqlPrefix, routines: true,
	marks: []mark{
		{kind: lineComment, open: "--"},
		{kind: blockComment, open: "/*", close: "*/"},
		{kind: quote, open: "'", close: "'", lines: true},
		{kind: quote, open: `"`, close: `"`, lines: true},
		{kind: quote, open: "`", close: "`"},
	},
	words: []words{
		{"create function procedure", word{role: declares}},
		{"alter table hypertable view proc aggregate macro trigger event index type", word{}},
		{"domain schema database sequence package body if not exists concurrently only on as is begin tran", word{}},
		{"transaction work case end loop while for repeat go delimiter declare select return with external", word{}},
		{"language or replace temp temporary global local unlogged unique clustered nonclustered columnstore", word{}},
		{"materialized recursive virtual foreign spatial fulltext bitmap definer sql security invoker", word{}},
		{"undefined merge temptable algorithm constraint editionable noneditionable force no transient secure", word{}},
	},
}

// sqlPrefix reads Oracle's q'[...]' and PostgreSQL's E'...', where a backslash hides a quote.
func sqlPrefix(s *scanner, start, at int) (end int, ok bool) {
	text := s.text
	if text[at] != '\'' || at+2 >= len(text) || s.hopelessRaw {
		return 0, false
	}
	switch word := text[start:at]; {
	case strings.EqualFold(word, "q") || strings.EqualFold(word, "nq"):
		closing := text[at+1]
		if closing <= ' ' || closing == '\'' {
			return 0, false
		}
		if i := strings.IndexByte("[{(<", closing); i >= 0 {
			closing = "]})>"[i]
		}
		if i := strings.Index(text[at+2:], string([]byte{closing, '\''})); i >= 0 {
			return at + 2 + i + 2, true
		}
		s.hopelessRaw = true
		s.broken++
		s.steps += len(text) - at
	case strings.EqualFold(word, "e"):
		for end := at + 1; end < len(text) && end-at < 16*look; end++ {
			switch text[end] {
			case '\\':
				end++
			case '\'':
				return end + 1, true
			}
		}
		s.steps += 16 * look
	}
	return 0, false
}

// sqlHook reads PostgreSQL's $tag$...$tag$, T-SQL's [name], and MySQL's comments that are code: /*!50003 CREATE ... */.
func sqlHook(s *scanner, at int) (end int, kind tokenKind, ok bool) {
	text := s.text
	end = at + 1
	switch text[at] {
	case '$':
		for end < len(text) && end-at < 64 && s.g.inside[text[end]] && text[end] != '$' {
			end++
		}
		if end == len(text) || text[end] != '$' { // $1, or a variable
			return max(end, at+1), isWord, true
		}
		if end++; at < s.noHeredoc || s.hopelessRaw {
			return end, isPunct, true
		}
		if i := strings.Index(text[end:], text[at:end]); i >= 0 {
			return end + i + end - at, isString, true
		}
		s.steps += len(text) - at
		s.noHeredoc = len(text)
		return end, isPunct, true
	case '[':
		if s.tok.end == at && s.tok.b != '.' {
			break // an element of what stands before
		}
		name := text[end:min(len(text), at+131)]
		name = name[:max(0, strings.IndexByte(name, ']'))]
		if name != "" && strings.IndexFunc(name, func(r rune) bool { return r < ' ' }) < 0 {
			return end + len(name) + 1, isString, true
		}
	case '/':
		if strings.HasPrefix(text[at:], "/*!") {
			for end += 2; end < len(text) && text[end] >= '0' && text[end] <= '9'; end++ {
			}
			return end, isComment, true
		}
	case '*':
		if end < len(text) && text[end] == '/' {
			return end + 1, isComment, true
		}
	}
	return 0, 0, false
}
