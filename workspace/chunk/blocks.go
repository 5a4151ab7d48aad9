package chunk

// blocks is the engine of schemas, configuration and style sheets, where whatever stands before a `{` or an end of statement
// is its header: `message Point {`, `resource "a" "b" {`, `.button:hover {`, `string name = 1;`. It collects the header's
// first tokens and asks the grammar what they define.
type blocks struct {
	*scanner
	st     header
	open   []pair
	parens int // open ( and [ of the innermost block
	over   int // braces open beyond the deepest pair
}

// header is what has been read of a statement.
type header struct {
	start  int // -1: nothing yet
	doc    int
	column int
	n      int // pieces
	pieces [8]piece
	equals piece // the word before the first `=`; kind atEnd: there was none
	colon  int   // the first `:` outside parentheses, or -1
	last   piece // the last word outside parentheses
}

type piece struct {
	kind  tokenKind
	b     byte
	start int
	end   int
	word  *word
}

// pair is an open brace.
type pair struct {
	saved  header
	resume bool // the statement goes on behind the brace
	skip   bool // nothing is defined inside
	def    int  // or -1
	owner  int  // the innermost definition around the content, or -1
	parens int  // of the block around
	column int  // of the statement
	line   int  // column of the line with the brace
}

// heading is what a grammar makes of a header: no name and not imported, nothing.
type heading struct {
	kind      Kind
	nameStart int
	nameEnd   int
	owner     string
	hidden    bool
	imported  bool
	skip      bool // nothing is defined inside
}

func outlineBlocks(s *scanner) {
	b := runBlocks(s)
	if b.broken == 0 {
		return
	}
	again := newScanner(s.text, s.g)
	again.repair = true
	again.steps = s.steps
	b = runBlocks(again)
	*s = *b.scanner
}

func runBlocks(s *scanner) *blocks {
	b := &blocks{scanner: s}
	b.st.clear()
	for s.next() {
		b.token()
	}
	b.endStatement(b.prevEnd)
	b.broken += len(b.open) + b.parens
	for len(b.open) > 0 {
		b.pop(len(s.text))
	}
	return b
}

func (h *header) clear() {
	h.start, h.doc, h.n, h.colon, h.equals.kind, h.last.kind = -1, -1, 0, -1, atEnd, atEnd
}

// piece is the i-th token of the header, an empty one where there are fewer.
func (h *header) piece(i int) piece {
	if i < h.n {
		return h.pieces[i]
	}
	return piece{}
}

func (b *blocks) token() {
	t := &b.tok
	if t.first {
		if b.repair {
			b.resync()
		}
		if b.g.newlines && b.st.start >= 0 && b.parens == 0 && t.kind != isPunct && b.indent(t.line) <= b.st.column {
			b.endStatement(b.prevEnd)
		}
	}
	if b.over > 0 && (t.kind != isPunct || t.b != '}' && t.b != '{') {
		return
	}
	if t.kind == isString && b.unclosed(t.start, t.end) || b.g.styles && t.kind == isPunct && t.b == '\'' {
		b.broken++
	}
	if t.kind == isPunct {
		if b.repair && b.g.styles && (t.b == '{' || t.b == '}' || t.b == ';') {
			b.parens = 0
		}
		switch t.b {
		case '{':
			b.brace()
			return
		case '}':
			b.unbrace()
			return
		case ';':
			if b.parens == 0 {
				b.endStatement(b.prevEnd)
				return
			}
		case ',':
			if b.parens == 0 && b.g.commas && len(b.open) > 0 {
				b.endStatement(b.prevEnd)
				return
			}
		case '(', '[':
			b.parens++
		case '<':
			if b.g.angles {
				b.parens++
			}
		case ')', ']':
			b.unbracket()
		case '>':
			if b.g.angles {
				b.unbracket()
			}
		}
	}
	b.add()
}

// unclosed says that a string goes to the end of its line for want of a quote.
func (b *blocks) unclosed(start, end int) bool {
	return b.text[start] == '"' && (end == len(b.text) || b.text[end] == '\n') && (end-start == 1 || b.text[end-1] != '"')
}

func (b *blocks) unbracket() {
	if b.parens > 0 {
		b.parens--
	} else {
		b.broken++
	}
}

// add puts the token into the header.
func (b *blocks) add() {
	t, st := &b.tok, &b.st
	if st.start < 0 {
		if b.g.quoted && t.kind == isString { // a description
			if st.doc < 0 {
				st.doc = t.start
			}
			return
		}
		st.start, st.column = t.start, b.indent(t.line)
		if st.doc < 0 {
			st.doc = t.doc
		}
	}
	p := piece{kind: t.kind, b: t.b, start: t.start, end: t.end, word: t.word}
	if st.n < len(st.pieces) {
		st.pieces[st.n] = p
		st.n++
	}
	if b.parens > 0 {
		return
	}
	switch {
	case t.kind == isWord:
		st.last = p
	case t.kind != isPunct:
	case t.b == '=' && st.equals.kind == atEnd:
		st.equals = st.last
	case t.b == ':' && st.colon < 0:
		st.colon = t.start
	}
}

// top says whether nothing is defined here, and the innermost definition around.
func (b *blocks) top() (skip bool, owner int) {
	if n := len(b.open); n > 0 {
		return b.open[n-1].skip, b.open[n-1].owner
	}
	return false, -1
}

// within is the kind of the innermost definition around, Text at file level.
func (b *blocks) within() Kind {
	if _, owner := b.top(); owner >= 0 {
		return b.defs[owner].kind
	}
	return Text
}

func (b *blocks) brace() {
	if b.over > 0 || len(b.open) >= mostFrames {
		b.over++
		return
	}
	skip, owner := b.top()
	p := pair{def: -1, owner: owner, parens: b.parens, skip: skip || b.parens > 0, resume: b.parens > 0}
	if b.st.start < 0 {
		b.st.start, b.st.column = b.tok.start, b.indent(b.tok.line)
	}
	if !p.skip {
		h := b.g.head(b, true)
		p.skip = h.skip
		if h.nameEnd > h.nameStart && !h.imported {
			p.def = b.emit(h, b.tok.start, b.tok.end)
			p.owner = p.def
		} else {
			p.resume = b.st.equals.kind != atEnd
		}
	} else {
		p.resume = p.resume || b.st.equals.kind != atEnd
	}
	if p.resume {
		p.saved = b.st
	}
	if b.repair {
		p.column, p.line = b.st.column, b.indent(b.tok.line)
	}
	b.open = append(b.open, p)
	b.parens = 0
	b.st.clear()
}

func (b *blocks) unbrace() {
	if b.over > 0 {
		b.over--
		return
	}
	t := &b.tok
	if n := len(b.open); b.repair && t.first && n > 0 {
		if column := b.indent(t.line); column != b.open[n-1].column && column != b.open[n-1].line {
			at := n - 2
			for low := max(at-nearFrames, 0); at >= low && b.open[at].column != column && b.open[at].line != column; at-- {
			}
			if at >= 0 && (b.open[at].column == column || b.open[at].line == column) {
				b.endStatement(b.prevEnd)
				for len(b.open)-1 > at {
					b.pop(b.prevEnd)
				}
			} else if column > max(b.open[n-1].column, b.open[n-1].line) {
				return
			}
		}
	}
	b.broken += b.parens
	b.endStatement(b.prevEnd)
	if len(b.open) == 0 {
		b.parens = 0
		b.broken++
		return
	}
	b.pop(t.end)
}

// pop closes the innermost brace and goes on with the statement around it, if that goes on.
func (b *blocks) pop(end int) {
	p := &b.open[len(b.open)-1]
	b.open = b.open[:len(b.open)-1]
	if p.def >= 0 {
		b.defs[p.def].end = max(end, b.defs[p.def].end)
	}
	b.parens = p.parens
	if p.resume {
		b.st = p.saved
	} else {
		b.st.clear()
	}
}

func (b *blocks) endStatement(end int) {
	if skip, _ := b.top(); b.st.start >= 0 && !skip && b.st.n > 0 {
		if h := b.g.head(b, false); h.nameEnd > h.nameStart || h.imported {
			b.emit(h, end, end)
		}
	}
	b.st.clear()
}

func (b *blocks) emit(h heading, body, end int) int {
	_, owner := b.top()
	d := def{
		start: b.st.start, doc: b.st.doc, header: b.st.start, body: body, end: max(end, h.nameEnd), nameStart: h.nameStart,
		nameEnd: h.nameEnd,
		kind:    h.kind, owner: h.owner, hidden: h.hidden || h.imported, imported: h.imported, parent: owner,
	}
	if d.doc < 0 || d.doc > d.start {
		d.doc = d.start
	}
	b.defs = append(b.defs, d)
	return len(b.defs) - 1
}

// resync, in repair, closes what must have ended before a declaration that stands first on its line, no deeper than the
// definition around it.
func (b *blocks) resync() {
	t := &b.tok
	declaring := t.word != nil && t.word.role == declares
	if !declaring && (!t.blank || t.kind == isPunct && (t.b == '}' || t.b == ')' || t.b == ']')) {
		return
	}
	column := b.indent(t.line)
	for {
		at := len(b.open) - 1
		for low := max(at-nearFrames, 0); at > low && b.open[at].def < 0; at-- {
		}
		if at < 0 || b.open[at].def < 0 || column > b.open[at].column {
			break
		}
		b.endStatement(b.prevEnd)
		for len(b.open) > at {
			b.pop(b.prevEnd)
		}
		b.st.clear()
		b.parens = 0
	}
	if declaring && b.st.start >= 0 && column <= b.st.column {
		b.parens = 0
		b.endStatement(b.prevEnd)
	}
}
