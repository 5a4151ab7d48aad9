package chunk

// indented is the engine of languages whose bodies are indented: Python. A definition lasts until a line at or left of its
// own column.
type indented struct {
	*scanner
	open  []level
	start int // of decorators read before a definition, or -1
	doc   int
	again bool // the current token, first on its line, is not dealt with yet
}

type level struct {
	column int
	def    int
}

func outlineIndented(s *scanner) {
	e := runIndented(s)
	if e.broken == 0 {
		return
	}
	again := newScanner(s.text, s.g)
	again.repair = true
	again.steps = s.steps
	e = runIndented(again)
	*s = *e.scanner
}

func runIndented(s *scanner) *indented {
	e := &indented{scanner: s, start: -1}
	for s.next() {
		for e.again = true; e.again && s.tok.kind != atEnd; {
			e.again = false
			e.skim = everything
			e.token()
		}
		e.skipTo(e.dull())
	}
	for len(e.open) > 0 {
		e.pop(e.prevEnd)
	}
	e.broken += e.depth
	return e
}

func (e *indented) pop(end int) {
	l := e.open[len(e.open)-1]
	e.open = e.open[:len(e.open)-1]
	d := &e.defs[l.def]
	d.end = max(d.end, end)
}

// dull says which tokens matter behind the current one, in a line or between brackets.
func (e *indented) dull() skim {
	if e.repair || e.thorough {
		return everything
	}
	if e.column = 0; e.start >= 0 { // decorators
		e.column = 1 << 20
	} else if n := len(e.open); n > 0 {
		e.column = e.open[n-1].column
	}
	return skimLines
}

func (e *indented) token() {
	t := &e.tok
	depth := e.depth
	if t.kind == isPunct {
		switch t.b {
		case '(', '[', '{':
			e.depth++
		case ')', ']', '}':
			if e.depth > 0 {
				e.depth--
			} else {
				e.broken++
			}
		}
	}
	if !t.first {
		return
	}
	if depth > 0 && t.kind == isWord && t.word != nil && t.word.role == declares && t.word.kind != Text {
		if column := e.indent(t.line); e.repair && (len(e.open) == 0 || column <= e.open[len(e.open)-1].column+8) {
			e.depth, depth = 0, 0 // nothing is defined inside brackets: they were never closed
		}
	}
	if depth > 0 {
		return
	}
	if e.prevKind == isPunct && e.prevByte == '\\' {
		return
	}
	e.logicalLine()
}

// logicalLine takes the first token of a logical line.
func (e *indented) logicalLine() {
	t := &e.tok
	column := e.indent(t.line)
	for len(e.open) > 0 && column <= e.open[len(e.open)-1].column {
		e.pop(e.prevEnd)
	}
	start, doc := t.start, t.doc
	if e.start >= 0 {
		start, doc = e.start, e.doc
	}
	if t.kind == isPunct && t.b == '@' {
		e.start, e.doc = start, doc
		return
	}
	e.start = -1
	if t.kind != isWord {
		return
	}
	d := def{start: start, doc: doc, header: t.start}
	if t.word != nil && t.word.role == modifies { // async def
		e.next()
		if e.tok.first {
			e.again = true
			return
		}
	}
	w := t.word
	switch {
	case w != nil && w.role == imports:
		if column == 0 {
			e.imported(d)
		}
	case w != nil && w.role == declares:
		e.definition(d, w, column)
	case w == nil && column == 0:
		e.assignment(d)
	}
}

// definition reads `def name(...):` or `class Name(...):`.
func (e *indented) definition(d def, w *word, column int) {
	if !e.next() {
		return
	}
	t := &e.tok
	if t.kind != isWord || t.first {
		e.again = true
		return
	}
	d.nameStart, d.nameEnd, d.kind, d.parent = t.start, t.end, w.kind, e.parent()
	if w.kind == Function && d.parent >= 0 && e.defs[d.parent].kind == Class {
		d.kind = Method
		if e.text[d.nameStart:d.nameEnd] == "__init__" {
			d.kind = Constructor
		}
	}
	n := len(e.defs)
	e.defs = append(e.defs, def{})
	level0 := e.depth
	for e.next() { // the header ends at the colon outside brackets
		if t.first && (e.depth == level0 || e.repair && t.word != nil && t.word.role == declares) {
			e.depth = level0
			break
		}
		if t.kind != isPunct {
			continue
		}
		switch t.b {
		case '(', '[', '{':
			e.depth++
		case ')', ']', '}':
			e.depth = max(level0, e.depth-1)
		}
		if t.b == ':' && e.depth == level0 {
			d.body, d.end = t.start, t.end
			break
		}
	}
	if d.end == 0 {
		d.body, d.end = e.prevEnd, e.prevEnd
	}
	if d.nameEnd-d.nameStart > longestName {
		d.nameEnd, d.hidden = d.nameStart, true
	}
	if d.doc < 0 {
		d.doc = d.start
	}
	e.defs[n] = d
	e.open = append(e.open, level{column, n})
	if len(e.open) > mostFrames {
		e.pop(d.end)
	}
	if t.first && t.kind != atEnd {
		e.again = true
	}
}

func (e *indented) parent() int {
	if len(e.open) == 0 {
		return -1
	}
	return e.open[len(e.open)-1].def
}

// imported takes `import a` or `from a import (b, c)` to its end.
func (e *indented) imported(d def) {
	for e.next() {
		if e.tok.first && (e.depth == 0 || e.repair) && (e.prevByte != '\\' || e.prevKind != isPunct) && !(e.tok.kind == isPunct && e.tok.b == ')') {
			break
		}
		if e.tok.kind == isPunct {
			switch e.tok.b {
			case '(':
				e.depth++
			case ')':
				e.depth = max(0, e.depth-1)
			}
		}
	}
	d.end, d.body, d.parent, d.imported, d.hidden = e.prevEnd, e.prevEnd, -1, true, true
	d.doc = d.start
	e.defs = append(e.defs, d)
	if e.tok.kind != atEnd && e.tok.first {
		if e.repair {
			e.depth = 0
		}
		e.again = true
	}
}

// assignment takes `name = value` or `name: type = value` of a module: a constant where the name is in capitals.
func (e *indented) assignment(d def) {
	d.nameStart, d.nameEnd, d.parent = e.tok.start, e.tok.end, -1
	if d.nameEnd-d.nameStart > longestName || !e.next() {
		return
	}
	if e.tok.first || e.tok.kind != isPunct || e.tok.b != '=' && e.tok.b != ':' || e.tok.end < len(e.text) && e.text[e.tok.end] == '=' {
		e.again = true
		return
	}
	n := len(e.defs)
	if d.kind = Variable; capitals(e.text[d.nameStart:d.nameEnd]) {
		d.kind = Constant
	}
	if d.doc < 0 {
		d.doc = d.start
	}
	e.defs = append(e.defs, d)
	for e.next() {
		if e.tok.first && (e.depth == 0 || e.repair && e.tok.word != nil && e.tok.word.role == declares) {
			if e.prevByte != '\\' || e.prevKind != isPunct {
				break
			}
		}
		if e.tok.kind == isPunct {
			switch e.tok.b {
			case '(', '[', '{':
				e.depth++
			case ')', ']', '}':
				e.depth = max(0, e.depth-1)
			}
		}
	}
	e.defs[n].end, e.defs[n].body = e.prevEnd, e.prevEnd
	if e.tok.kind != atEnd && e.tok.first {
		if e.repair && e.tok.word != nil && e.tok.word.role == declares {
			e.depth = 0
		}
		e.again = true
	}
}

var grammarPython = &grammar{
	outline: outlineIndented,
	marks: []mark{
		{kind: lineComment, open: "#"},
		{kind: quote, open: `"""`, close: `"""`, escape: '\\', lines: true},
		{kind: quote, open: "'''", close: "'''", escape: '\\', lines: true},
		{kind: quote, open: `"`, close: `"`, escape: '\\'},
		{kind: quote, open: "'", close: "'", escape: '\\'},
	},
	words: []words{
		{"def", word{role: declares, kind: Function, body: funcBody}},
		{"class", word{role: declares, kind: Class, body: typeBody}},
		{"async", word{role: modifies}},
		{"import from", word{role: imports}},
		{"else try finally except lambda", word{role: controls}}, // a colon may follow, as it does a name with a type
	},
}
