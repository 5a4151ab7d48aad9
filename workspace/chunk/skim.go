package chunk

import "strings"

// Most of a program are statements inside functions that define nothing. The scanner passes them without making tokens of them,
// at several times the speed: an engine says what it need not see, and the state is then as if it had seen it.

// skim says which tokens an engine need not see where it is.
type skim uint8

const (
	everything     skim = iota // is looked at
	skimBrackets               // only brackets matter
	skimLines                  // only what starts a line outside brackets, up to a column or with a word that defines something
	skimBlocks                 // only braces matter
	skimTypes                  // and words that define something, first on their line or behind a brace
	skimStatements             // only statements with a brace, an arrow or a first word that defines something matter
)

// skimmed is where a skim is in a statement.
type skimmed struct {
	start   resume  // of the skim
	marks   [4]edge // where statements started since, the last ones
	count   int     // of them
	depth   int     // of brackets, where arrows matter
	pending bool    // no token of the statement yet
	column  int     // of the line it starts on; for lines the last that matters
	over    edge
	ended   bool // the line of its last token is over, at over
	solid   bool // that token may be the last of a statement
}

// resume is a place to go back to, with the scanner's state there.
type resume struct {
	pos, line, doc, lines int
	fresh                 bool
	tok                   token
}

// edge is where a statement ends that is passed: at pos, with no comment or string since from, whose line starts at line.
type edge struct{ pos, from, line int }

// skipTo starts a skim behind the current token, where a statement may start.
func (s *scanner) skipTo(mode skim) {
	switch s.skim = mode; {
	case mode == skimStatements && s.pos < s.noSkim:
		s.skim = everything
	case mode == skimStatements:
		s.start = resume{pos: s.pos, line: s.line, doc: s.docStart, lines: s.lines, fresh: s.fresh, tok: s.tok}
		s.count, s.depth, s.pending, s.ended = 0, 0, true, false
	case mode == skimTypes:
		s.pending = true
	}
}

// rewind goes back from at to where the statement started, to look at all of it.
func (s *scanner) rewind(at int) int {
	s.skim, s.noSkim = everything, at
	r := s.start
	for n := s.count; n > max(0, s.count-len(s.marks)); n-- {
		if m := &s.marks[n%len(s.marks)]; s.contained(m.pos, at) { // not within for (a; b; c)
			r = resume{pos: m.pos, line: m.line, doc: -1, tok: token{kind: isPunct, b: ';', start: m.pos, end: m.pos, line: m.line, doc: -1}}
			if i := strings.LastIndexByte(s.text[m.from:m.pos], '\n'); i >= 0 {
				r.line = m.from + i + 1
			}
			break
		}
	}
	s.line, s.docStart, s.lines, s.fresh, s.tok = r.line, r.doc, r.lines, r.fresh, r.tok
	s.steps += at - r.pos
	n := len(s.remarks)
	for n > 0 && s.remarks[n-1].start >= r.pos {
		n--
	}
	s.remarks = s.remarks[:n]
	return r.pos
}

// contained says that text[from:to] closes no bracket that it does not open.
func (s *scanner) contained(from, to int) bool {
	depth := 0
	for i := from; i < to && depth >= 0; i++ {
		switch s.text[i] {
		case '(', '[':
			depth++
		case ')', ']':
			depth--
		}
	}
	s.steps += to - from
	return depth >= 0
}

// mark notes that a statement starts.
func (s *scanner) mark(m edge) {
	s.count++
	s.marks[s.count%len(s.marks)] = m
	s.pending = true
}

// unread gives the current token, first on its line, back.
func (s *scanner) unread() {
	t := &s.tok
	s.pos, s.line, s.fresh, s.docStart, s.lines = t.start, t.line, true, t.doc, 1
	if t.blank {
		s.lines = 2
	}
	t.kind, t.b, t.word, t.start, t.end = s.prevKind, s.prevByte, s.prevWord, s.prevStart, s.prevEnd
}

// skims passes what need not be seen and answers where the next token, comment or string starts.
func (s *scanner) skims(from int) int {
	if s.skim == skimStatements {
		return s.statements(from)
	}
	text, stops, bit := s.text, &s.g.stops, uint8(1)<<s.skim
	pos := from
	if s.pending && s.skim == skimTypes {
		for pos < len(text) && s.g.class[text[pos]] == space {
			pos++
		}
		if s.pending = pos < len(text) && s.g.class[text[pos]] == special; s.pending { // a comment, perhaps
			s.passed(from, pos)
			return pos
		}
		if pos < len(text) && s.g.class[text[pos]] == letter && s.defines(pos) {
			s.skim = everything
			s.passed(from, pos)
			return pos
		}
	}
	for {
		for pos < len(text) && stops[text[pos]]&bit == 0 {
			pos++
		}
		if s.skim == skimLines && pos < len(text) && s.bracket(text[pos]) {
			pos++
			continue
		}
		if pos == len(text) || text[pos] != '\n' {
			break
		}
		line := pos
		for pos < len(text) && s.blank(text[pos]) {
			pos++
		}
		if s.skim == skimLines {
			if pos < len(text) && text[pos] != '@' && s.g.class[text[pos]] != special && !s.defines(pos) {
				if i := strings.LastIndexByte(text[line:pos], '\n'); s.indent(line+i+1) > s.column {
					continue
				}
			}
			s.passed(from, pos)
			if pos < len(text) && s.g.class[text[pos]] != special {
				s.skim = everything
			}
			return pos
		}
		if pos < len(text) && s.g.class[text[pos]] == letter && s.defines(pos) && s.separates(from, line) {
			s.skim = everything
			break
		}
	}
	return s.stop(from, pos)
}

// stop brings the state up to date before pos, and goes back to the word directly before a quote that may open a raw string
// with it.
func (s *scanner) stop(from, pos int) int {
	if s.g.prefix != nil && pos < len(s.text) && s.g.stops[s.text[pos]]&1 != 0 {
		for i := pos; i >= from && pos-i <= 4; i-- {
			if i == from || !s.g.inside[s.text[i-1]] {
				pos = i
				break
			}
		}
	}
	s.passed(from, pos)
	return pos
}

// bracket counts a bracket; true as well for a line end between brackets.
func (s *scanner) bracket(c byte) bool {
	switch c {
	case '(', '[', '{':
		s.depth++
		return true
	case '\n':
		return s.depth > 0
	case ')', ']', '}':
		if s.depth > 0 {
			s.depth--
			return true
		}
	}
	return false
}

// separates says that the last token before at, in text[from:at] or before it, may stand between two statements. In C that is a
// macro too, which needs no semicolon.
func (s *scanner) separates(from, at int) bool {
	for at > from && s.blank(s.text[at-1]) {
		at--
	}
	last := s.tok.b
	if at > from {
		last = s.text[at-1]
	}
	switch {
	case last == ';' || last == '{' || last == '}':
		return true
	case s.g.directives:
		return last == ')' || s.g.inside[last] || last == 0
	}
	return s.g.newlines && last != ',' && last != '('
}

// defines says that the word at at may start a definition.
func (s *scanner) defines(at int) bool {
	w := s.wordAt(at)
	return w != nil && (w.role == modifies || w.role == imports && s.g.qualified || // using name = type;
		w.role == declares && (w.body != valueBody || w.kind != Constant && w.kind != Variable))
}

// wordAt is the keyword at at, nil for an ordinary name.
func (s *scanner) wordAt(at int) *word {
	end := at + 1
	for end < len(s.text) && s.g.inside[s.text[end]] {
		end++
	}
	return s.g.keyword(s.text[at:end])
}

// statements passes statements until one matters, and goes back to where that starts. It stops at comments and strings.
func (s *scanner) statements(from int) int {
	text, g := s.text, s.g
	const bit = 1 << skimStatements
	at := from
	for {
		if s.pending {
			for at < len(text) && s.blank(text[at]) {
				at++
			}
			if at == len(text) {
				break
			}
			c := text[at]
			if g.class[c] == special {
				break
			}
			if c == '@' || c == '#' || c == '[' || c == '(' || c == '~' || g.class[c] == letter && s.defines(at) {
				return s.rewind(at)
			}
			if g.newlines {
				s.passed(from, at)
				from = at
				s.column = s.indent(s.line)
				if !s.fresh && s.tok.kind == isPunct && s.tok.b == '{' {
					s.column = 1 << 20 // as braces has it
				}
			}
			s.pending, s.ended = false, false
		}
		for at < len(text) && g.stops[text[at]]&bit == 0 {
			at++
		}
		if at == len(text) {
			break
		}
		switch c := text[at]; c {
		case '\n':
			if s.depth > 0 {
				at++
				continue
			}
			s.passed(from, at)
			if !s.ended {
				s.over, s.ended = edge{at, at, s.line}, true
				s.solid = s.tok.kind != isPunct || strings.IndexByte(")]}", s.tok.b) >= 0 ||
					g.extends && s.tok.b == '>' && text[max(0, s.tok.start-1)] == '-' // the parameters of a lambda
			}
			for from = at; at < len(text) && s.blank(text[at]); {
				at++
			}
			if at == len(text) || g.class[text[at]] == special {
				continue
			}
			if s.solid && (text[at] == '@' || g.class[text[at]] == letter && !s.follows(at)) {
				s.passed(from, at)
				from = at
				if s.indent(s.line) <= s.column {
					s.mark(s.over)
				}
			}
			s.ended = false
			continue
		case '(', '[':
			s.depth++
			at++
			continue
		case ')', ']':
			if s.depth--; s.depth >= 0 {
				at++
				continue
			}
		case ';':
			at++
			if s.depth == 0 {
				s.mark(edge{at, from, s.line})
			}
			continue
		case '>':
			if at++; text[at-2] == '=' && s.depth == 0 {
				if !g.colons {
					return s.rewind(at)
				}
				s.mark(edge{at, from, s.line})
			}
			continue
		case '{':
			return s.rewind(at)
		case '}':
			if s.depth > 0 {
				return s.rewind(at)
			}
		}
		break
	}
	return s.stop(from, at)
}

// follows says that the word at at goes on with the statement of the line before.
func (s *scanner) follows(at int) bool {
	w := s.wordAt(at)
	return w != nil && w.role == follows
}

// skimString goes on behind a string that starts on a line and was yielded.
func (s *scanner) skimString(line, end int) (pos, from int) {
	if s.skim == skimStatements {
		if s.pending && s.g.newlines {
			s.column = s.indent(line)
		}
		s.pending, s.ended = false, false
	}
	pos = s.skims(end)
	return pos, min(pos, end)
}

// passed brings the state up to date behind text[from:pos], which holds no comment or string.
func (s *scanner) passed(from, pos int) {
	text := s.text
	end, lines := pos, 0
	for ; end > from && s.blank(text[end-1]); end-- {
		if text[end-1] == '\n' {
			if lines == 0 {
				s.line, s.fresh = end, true
			}
			lines++
		}
	}
	if end == from {
		s.lines += lines
		return
	}
	if lines == 0 {
		s.fresh = false
		if i := strings.LastIndexByte(text[from:end], '\n'); i >= 0 {
			s.line = from + i + 1
		}
	}
	s.lines, s.docStart = lines, -1
	t := &s.tok
	t.kind, t.b, t.word, t.start, t.end = isPunct, text[end-1], nil, end-1, end
	if s.g.inside[t.b] {
		for t.start > from && s.g.inside[text[t.start-1]] {
			t.start--
		}
		t.kind, t.b = isWord, 0
		if s.g.class[text[t.start]] == digit {
			t.kind = isNumber
		} else {
			t.word = s.g.keyword(text[t.start:end])
		}
	}
}

func (s *scanner) blank(c byte) bool { return s.g.class[c] == space || s.g.class[c] == newline }
