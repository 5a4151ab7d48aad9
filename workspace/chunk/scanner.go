package chunk

import "strings"

// scanner is the lexer core: it walks a text once, skips white space and comments, and yields tokens as offsets. It also
// collects what the engines find. It never fails: text that is no program yields tokens all the same.
type scanner struct {
	text  string
	g     *grammar
	pos   int
	begin int // behind a byte order mark and a line for the shell

	tok         token
	line        int  // where the current line starts
	fresh       bool // no token on the current line yet
	indented    int  // the line whose indent is indentation, plus 1
	indentation int
	lines       int // line ends since the last token or comment

	docStart  int // where the run of comments directly above starts, or -1
	prevKind  tokenKind
	prevByte  byte
	prevWord  *word
	prevStart int
	prevEnd   int

	skim skim // what the engine need not see where it is
	skimmed
	noSkim      int        // no statement that starts before this offset is passed
	thorough    bool       // nothing is skimmed: what tests compare with
	repair      bool       // second pass over unbalanced text: trust columns
	broken      int        // brackets, strings and comments without partner
	hopeless    uint64     // marks (by number) whose closing was searched to the end of the text in vain
	noRegexp    int        // no regular expression literal starts before this offset
	noAngle     int        // no type parameter list starts before this offset
	hereMisses  int        // marks of here documents that were searched to the end of the text in vain
	hereAt      int        // the line end behind which a here document follows, as a hook found,
	hereEnd     int        // and the end of its last line; 0: none
	noHeredoc   int        // no here document that starts before this offset ends
	hopelessRaw bool       // a raw string was searched to the end of the text in vain
	noInner     int        // no interpolated expression that starts before this offset ends near
	noQuote     [2][16]int // by mark, outside and inside interpolations: no string that starts before this offset closes

	defs     []def
	remarks  []remark                       // comments and directives, in order
	whole    bool                           // next came to the end of the text: those are all there are
	crossed  bool                           // special passed a line end
	grammars func(language string) *grammar // of other languages that a text may hold
	steps    int                            // bytes looked at, more or less: what tests compare to prove linear time
}

// remark is a comment or a directive: text that the engines pass over and the packer looks at.
type remark struct {
	start, end int
	directive  bool
}

type tokenKind uint8

const (
	atEnd tokenKind = iota
	isWord
	isNumber
	isString
	isPunct
	isDirective
	isComment // never a token: what a hook answers to have something skipped
)

type token struct {
	kind  tokenKind
	b     byte // of punctuation
	first bool // on its line
	blank bool // a blank line before it
	start int
	end   int
	line  int // where its line starts
	doc   int // where the comments directly above it start, or -1
	word  *word
}

// look caps every search ahead or backwards, so that no text makes the scanner quadratic. Headers, type parameters and
// regular expressions of the corpora behind the tables are shorter.
const look = 1000

func newScanner(text string, g *grammar) *scanner {
	g.once.Do(g.compile)
	s := &scanner{text: text, g: g, fresh: true, docStart: -1}
	if strings.HasPrefix(text, "\ufeff") {
		s.pos, s.line = 3, 3
	}
	if rest := text[s.pos:]; strings.HasPrefix(rest, "#!/") || strings.HasPrefix(rest, "#! /") {
		s.pos = s.lineEnd(s.pos)
	}
	s.begin = s.pos
	return s
}

// next moves to the next token, false at the end of the text.
func (s *scanner) next() bool {
	text, g := s.text, s.g
	pos := s.pos
	from := pos
	if s.full() {
		s.yield(atEnd, pos, pos)
		s.whole = true
		return false
	}
	if s.skim > everything {
		pos = s.skims(pos)
		from = min(from, pos)
	}
	for pos < len(text) {
		c := text[pos]
		switch g.class[c] {
		case space:
			for pos++; pos < len(text) && text[pos] == ' '; pos++ { // an indentation
			}
		case newline:
			if pos == s.hereAt {
				pos = min(s.hereEnd, len(text)-1)
			}
			pos++
			s.line, s.fresh = pos, true
			s.lines++
		case letter:
			start := pos
			for pos++; pos < len(text) && g.inside[text[pos]]; pos++ {
			}
			if g.prefix != nil && pos < len(text) && pos-start <= 4 && (text[pos] == '"' || text[pos] == '#' || text[pos] == '\'') {
				if end, ok := g.prefix(s, start, pos); ok {
					s.yield(isString, start, end)
					s.moved(start, end)
					s.steps += end - from
					if s.skim > everything {
						pos, from = s.skimString(s.tok.line, end)
						continue
					}
					return true
				}
			}
			s.yield(isWord, start, pos)
			if s.skim > everything { // a word before a quote
				continue
			}
			if n := pos - start; n < 32 && g.lengths[c]>>n&1 != 0 {
				s.tok.word = g.keyword(text[start:pos])
			}
			s.steps += pos - from
			return true
		case digit:
			start := pos
			for pos++; pos < len(text) && (g.inside[text[pos]] || text[pos] == '.' && pos+1 < len(text) && text[pos+1] != '.'); pos++ {
			}
			s.yield(isNumber, start, pos)
			s.steps += pos - from
			return true
		case punctuation:
			if s.skim > everything && !g.brackets[c] {
				s.passed(pos, pos+1)
				pos = s.skims(pos + 1)
				from = min(from, pos)
				continue
			}
			s.yield(isPunct, pos, pos+1)
			s.tok.b = c
			s.steps += pos + 1 - from
			return true
		case special:
			s.crossed = true
			end, kind := s.special(pos)
			if kind == isComment {
				s.comment(pos, end)
				if s.crossed {
					s.moved(pos, end)
				}
				pos = end
				if s.skim > everything {
					pos = s.skims(pos)
					from = min(from, pos)
				}
				continue
			}
			if kind == isDirective && s.skim == skimStatements && !s.pending {
				pos = s.rewind(pos)
				from = pos
				continue
			}
			line := s.line
			s.yield(kind, pos, end)
			s.tok.line = line
			switch kind {
			case isPunct:
				s.tok.b = c
			case isWord:
				s.tok.word = g.keyword(text[pos:end])
			case isDirective:
				s.remarks = append(s.remarks, remark{pos, end, true})
			}
			if s.crossed {
				s.moved(pos, end)
			}
			s.steps += end - from
			if s.skim > everything && (kind == isString || kind == isPunct && !g.brackets[c]) && !(s.skim == skimLines && s.tok.first) {
				pos, from = s.skimString(line, end)
				continue
			}
			return true
		}
	}
	s.pos = pos
	s.steps += pos - from
	s.yield(atEnd, pos, pos)
	s.whole = true
	return false
}

// yield sets the token.
func (s *scanner) yield(kind tokenKind, start, end int) {
	t := &s.tok
	s.prevKind, s.prevByte, s.prevWord, s.prevStart, s.prevEnd = t.kind, t.b, t.word, t.start, t.end
	t.kind, t.start, t.end, t.line = kind, start, end, s.line
	t.first, t.blank = s.fresh, s.lines > 1
	t.doc, t.word, t.b = -1, nil, 0
	if s.docStart >= 0 {
		if s.lines <= 1 {
			t.doc = s.docStart
		}
		s.docStart = -1
	}
	s.fresh, s.lines, s.pos = false, 0, end
}

// comment notes a skipped comment.
func (s *scanner) comment(start, end int) {
	if s.fresh && (s.docStart < 0 || s.lines > 1) && !strings.HasPrefix(s.text[start:end], "<?") &&
		!(s.g.anyMethod && s.text[start] == '<') { // <?php documents nothing, nor does the page before it
		s.docStart = start
	}
	s.lines = 0
	s.remarks = append(s.remarks, remark{start, end, false})
}

// moved tells the scanner that text[start:end] was passed, which may hold line ends.
func (s *scanner) moved(start, end int) {
	if end-start > 1 {
		if i := strings.LastIndexByte(s.text[start:end], '\n'); i >= 0 {
			s.line = start + i + 1
		}
	}
	s.pos = end
}

// special reads what stands at a byte that may open a comment or a string. It leaves crossed set unless what it read holds no
// line end.
func (s *scanner) special(at int) (end int, kind tokenKind) {
	g := s.g
	c := s.text[at]
	if g.asks[c] {
		if end, kind, ok := g.hook(s, at); ok {
			return end, kind
		}
	}
	for _, i := range g.byMark[c] {
		m := &g.marks[i]
		if len(m.open) > 1 && !strings.HasPrefix(s.text[at:], m.open) {
			continue
		}
		switch m.kind {
		case lineComment:
			s.crossed = false
			return s.lineEnd(at), isComment
		case blockComment:
			return s.blockComment(at, i), isComment
		default:
			s.crossed = false
			if end, ok := s.quoted(at+len(m.open), i, 0, len(s.text)); ok {
				return end, isString
			}
			s.crossed = false
			if c == '\'' { // an apostrophe of prose: JSX, #error, a lifetime
				return at + 1, isPunct
			}
			return s.lineEnd(at), isString
		}
	}
	s.crossed = false
	return at + 1, isPunct
}

// lineEnd is where the line around at ends, its line end left out.
func (s *scanner) lineEnd(at int) int {
	if i := strings.IndexByte(s.text[at:], '\n'); i >= 0 {
		return at + i
	}
	return len(s.text)
}

// near is where the line around at ends, but no further than a look ahead.
func (s *scanner) near(at int) int {
	limit := min(len(s.text), at+look)
	s.steps += 32
	if i := strings.IndexByte(s.text[at:limit], '\n'); i >= 0 {
		return at + i
	}
	return limit
}

// blockComment is where the comment ends that starts at at; without an end it is only its line.
func (s *scanner) blockComment(at, i int) int {
	m := &s.g.marks[i]
	if s.hopeless>>i&1 != 0 {
		return s.lineEnd(at)
	}
	for pos, depth := at+len(m.open), 1; ; {
		k := strings.Index(s.text[pos:], m.close)
		if k < 0 {
			s.hopeless |= 1 << i
			s.broken++
			s.steps += len(s.text) - at
			return s.lineEnd(at)
		}
		if m.nested {
			depth += strings.Count(s.text[pos:pos+k], m.open)
		}
		pos += k + len(m.close)
		if depth--; depth == 0 {
			return pos
		}
	}
}

// quoted finds the end of a string whose text starts at pos. A string of one line without its closing mark answers false, and
// so does one of several lines that never closes. A string inside an interpolated expression (depth > 0) must close before
// limit.
func (s *scanner) quoted(pos, i, depth, limit int) (end int, ok bool) {
	m := &s.g.marks[i]
	text := s.text
	memo := &s.noQuote[min(depth, 1)][i]
	if pos < *memo {
		return 0, false
	}
	from := pos
	for pos < limit {
		c := text[pos]
		if !m.stops[c] {
			pos++
			continue
		}
		switch {
		case c == m.close[0] && (len(m.close) == 1 || strings.HasPrefix(text[pos:], m.close)):
			return pos + len(m.close), true
		case m.inner != "" && c == m.inner[0] && strings.HasPrefix(text[pos:], m.inner):
			s.crossed = true
			pos += len(m.inner)
			if depth < 8 { // deeper nesting is nobody's program
				pos = s.interpolated(pos, m, depth)
			}
		case c == m.escape && c != 0:
			s.crossed = s.crossed || pos+1 < limit && text[pos+1] == '\n'
			pos += 2
		case c == '\n' && (!m.lines || s.repair && s.resumes(pos+1)):
			limit = pos
		case c == '\n' && s.g.resumed && s.broken == 0 && len(m.open) == 1 && s.resumes(pos+1): // quotes that pair up wrongly
			s.broken++
			s.crossed = true
			pos++
		default:
			s.crossed = s.crossed || c == '\n'
			pos++
		}
	}
	*memo = limit
	if depth == 0 && m.lines {
		s.broken++
	}
	s.steps += pos - from
	return 0, false
}

// interpolated passes an expression inside a string: to behind its closing bracket, or back to pos when there is none near.
func (s *scanner) interpolated(pos int, m *mark, depth int) int {
	if pos < s.noInner {
		return pos
	}
	open := m.inner[len(m.inner)-1]
	closing := byte('}')
	if open == '(' {
		closing = ')'
	}
	level, at := 1, pos
	limit := min(len(s.text), pos+16*look) // templates hold whole pages
	for ; at < limit; at++ {
		switch c := s.text[at]; c {
		case open:
			level++
		case closing:
			if level--; level == 0 {
				return at + 1
			}
		case '\n':
			if !m.lines {
				limit = at
			}
		case '/':
			if strings.IndexByte(s.g.hooked, c) >= 0 { // ${x.replace(/'/g, "")}
				at = s.regexpEnd(at, limit)
			}
		case '"', '\'', '`':
			for _, i := range s.g.byMark[c] {
				q := &s.g.marks[i]
				if q.kind == quote && strings.HasPrefix(s.text[at:], q.open) {
					if end, ok := s.quoted(at+len(q.open), i, depth+1, limit); ok {
						at = end - 1
					}
					break
				}
			}
		}
	}
	s.noInner = at
	s.steps += at - pos
	return pos
}

// regexpEnd is the last byte of the regular expression that starts at at, in an interpolated expression, or at itself: it
// follows an opening bracket or an operator and stands on one line.
func (s *scanner) regexpEnd(at, limit int) int {
	before := strings.TrimRight(s.text[max(0, at-8):at], " ")
	if before == "" || strings.IndexByte("(,=:[!&|?{~", before[len(before)-1]) < 0 || at < s.noRegexp {
		return at
	}
	i := at + 1
	for limit = min(limit, at+look); i < limit && s.text[i] != '\n'; i++ {
		switch s.text[i] {
		case '\\':
			i++
		case '/':
			return i
		}
	}
	s.noRegexp = i
	s.steps += i - at
	return at
}

// resumes says that a line looks like a declaration, which ends an unclosed string in repair: in most languages one in the
// first column.
func (s *scanner) resumes(at int) bool {
	line := at
	for (s.g.resumed || s.g.routines) && at < len(s.text) && at-line < 32 && (s.text[at] == ' ' || s.text[at] == '\t') {
		at++
	}
	if at < len(s.text) && s.text[at] == '(' { // (defun a
		at++
	}
	end := at
	for end < len(s.text) && end-at < 32 && s.g.inside[s.text[end]] {
		end++
	}
	if end == at || end == len(s.text) || s.text[end] != ' ' {
		return false
	}
	w := s.g.keyword(s.text[at:end])
	if w == nil || w.role != declares && w.role != modifies {
		return false
	}
	if !s.g.resumed && !s.g.routines {
		return true
	}
	at = end + 1
	for end = at; end < len(s.text) && end-at < 32 && s.g.inside[s.text[end]]; end++ {
	}
	if end == at || w.role == declares {
		return end > at
	}
	w = s.g.keyword(s.text[at:end]) // public function, not: final words
	return w != nil && (w.role == declares || w.role == modifies)
}

// indent is the column of the first text on a line that starts at line; a tab fills up to a multiple of eight.
func (s *scanner) indent(line int) int {
	if line+1 != s.indented { // of a line that is long, it is asked again and again
		s.indented, s.indentation = line+1, s.columns(line)
	}
	return s.indentation
}

func (s *scanner) columns(line int) int {
	column, i := 0, line
	for ; i < len(s.text) && i-line < look; i++ {
		switch s.text[i] {
		case ' ':
			column++
			continue
		case '\t':
			column = column/8*8 + 8
			continue
		}
		break
	}
	s.steps += i - line
	return column
}

// compares says that the `<` at at is C++'s operator: white space on both sides, or a further `<` or `=`.
func (s *scanner) compares(at int) bool {
	rest := s.text[at+1:]
	return s.text[at-1] == ' ' && rest != "" && (rest[0] == ' ' || rest[0] == '=' || rest[0] == '<')
}

// closeAngle is the offset behind the `>` that closes the `<` at at, or at itself: no list of type parameters.
func (s *scanner) closeAngle(at int) int {
	if at < s.noAngle {
		return at
	}
	depth, nested := 0, 0
	i := at
	for ; i < len(s.text) && i-at < look; i++ {
		switch s.text[i] {
		case '<':
			if nested == 0 && !(s.g.qualified && i > at && s.compares(i)) {
				depth++
			}
		case '>':
			if nested > 0 || s.text[i-1] == '-' || s.text[i-1] == '=' || s.g.qualified && strings.HasPrefix(s.text[i:], ">= ") {
				continue
			}
			if depth--; depth == 0 {
				s.steps += i - at
				return i + 1
			}
		case '(', '[', '{':
			nested++
		case ')', ']', '}':
			if nested--; nested < 0 {
				s.noAngle = i
				s.steps += i - at
				return at
			}
		case ';':
			if nested == 0 {
				s.noAngle = i
				s.steps += i - at
				return at
			}
		}
	}
	s.noAngle = i
	s.steps += i - at
	return at
}
