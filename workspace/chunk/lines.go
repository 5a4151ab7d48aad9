package chunk

import (
	"strings"
	"unicode/utf8"
)

// The engines here read lines: shell scripts, whose lexing would be an interpreter's, and prose with headings.

// eachLine calls yield with the offsets of every line, line end left out, as long as there is room for definitions.
func (s *scanner) eachLine(text string, yield func(start, end int)) {
	for at := 0; at < len(text) && !s.full(); {
		end := len(text)
		next := end
		if i := strings.IndexByte(text[at:], '\n'); i >= 0 {
			end, next = at+i, at+i+1
		}
		if end > at && text[end-1] == '\r' {
			end--
		}
		yield(at, end)
		at = next
	}
}

// outlineShell finds `name() {` and `function name {`; a function ends at the first `}` or `)` in its own column, or where one
// starts that is no deeper.
func outlineShell(s *scanner) {
	type function struct{ def, column int }
	var open []function
	doc := -1
	until := "" // the mark of a here document
	s.eachLine(s.text, func(start, end int) {
		s.steps += end - start
		if start < s.begin { // #!/bin/sh
			return
		}
		line := s.text[start:end]
		body := strings.TrimLeft(line, " \t")
		if until != "" {
			if strings.TrimLeft(line, "\t") == until {
				until = ""
			}
			return
		}
		indent := len(line) - len(body)
		if strings.HasPrefix(body, "#") {
			if doc < 0 {
				doc = start + indent
			}
			return
		}
		above := doc
		doc = -1
		at := start + indent
		if body != "" && (body[0] == '}' || body[0] == ')') && (len(body) == 1 || strings.IndexByte(" \t;&|<>)", body[1]) >= 0) {
			for n := len(open) - 1; n >= max(0, len(open)-nearFrames) && open[n].column >= indent; n-- {
				if open[n].column == indent {
					for i := range open[n:] {
						s.defs[open[n+i].def].end = at + 1
					}
					open = open[:n]
					return
				}
			}
		}
		until = hereMark(body)
		nameStart, nameEnd := shellFunction(body)
		if nameEnd == 0 {
			return
		}
		n := len(open)
		for n > 0 && open[n-1].column >= indent {
			n--
			s.defs[open[n].def].end = at
		}
		parent := -1
		if open = open[:n]; n > 0 {
			if parent = open[n-1].def; !shellOpens(body[nameEnd:]) || n == mostFrames { // a function of awk
				return
			}
		}
		d := def{
			start: at, header: at, doc: at, body: end, end: end, nameStart: at + nameStart, nameEnd: at + nameEnd, kind: Function,
			parent: parent, inner: n > 0,
		}
		if above >= 0 {
			d.doc = above
		}
		s.defs = append(s.defs, d)
		if !shellCloses(body) {
			open = append(open, function{len(s.defs) - 1, indent})
		}
	})
	for _, f := range open {
		s.defs[f.def].end = len(s.text)
	}
}

// shellOpens says that behind the name of a function its body follows, on this line or the next, and no parameters.
func shellOpens(rest string) bool {
	rest = strings.TrimLeft(rest, " \t")
	if strings.HasPrefix(rest, "(") {
		rest = strings.TrimLeft(rest[1:], " \t")
		rest = strings.TrimLeft(strings.TrimPrefix(rest, ")"), " \t")
	}
	return rest == "" || strings.IndexByte("{(#", rest[0]) >= 0
}

// shellCloses says that the body of a function ends on the line that it starts on, whatever comment follows.
func shellCloses(line string) bool {
	for at := 0; ; at++ {
		i := strings.Index(line[at:], " #")
		code := line
		if i >= 0 {
			at += i
			code = line[:at]
		}
		if code = strings.TrimRight(code, " \t"); strings.HasSuffix(code, "}") {
			return true
		} else if i < 0 {
			return false
		}
	}
}

// shellFunction finds the name a line declares.
func shellFunction(line string) (start, end int) {
	keyword := strings.HasPrefix(line, "function ")
	if keyword {
		start = len("function ")
		for start < len(line) && line[start] == ' ' {
			start++
		}
	}
	end = start
	for end < len(line) && end-start < longestName && strings.IndexByte(" \t(){}=\"'$;&|<>`", line[end]) < 0 {
		end++
	}
	if end == start {
		return 0, 0
	}
	rest := strings.TrimLeft(line[end:], " \t")
	if strings.HasPrefix(rest, "(") && strings.HasPrefix(strings.TrimLeft(rest[1:], " \t"), ")") || keyword && (rest == "" || rest[0] == '{' || rest[0] == '(') {
		return start, end
	}
	return 0, 0
}

// hereMark is the mark of the here document that starts on a line.
func hereMark(line string) string {
	i := strings.Index(line, "<<")
	if i < 0 || strings.HasPrefix(line[i:], "<<<") || i > 0 && line[i-1] == '(' {
		return ""
	}
	rest := strings.TrimLeft(line[i+2:min(len(line), i+80)], "-~ \\\"'")
	n := 0
	for n < len(rest) && (rest[n] == '_' || rest[n]|0x20 >= 'a' && rest[n]|0x20 <= 'z') {
		n++
	}
	return rest[:n]
}

var grammarShell = &grammar{outline: outlineShell, marks: []mark{{kind: lineComment, open: "#"}}}

// headed is the engine of prose: a heading's section lasts until the next heading of its level or above.
type headed struct {
	*scanner
	open []section
}

type section struct{ def, level int }

func (h *headed) heading(start, end, nameStart, nameEnd, level int) {
	for len(h.open) > 0 && h.open[len(h.open)-1].level >= level {
		h.close(start)
	}
	if nameEnd == nameStart {
		return
	}
	parent := -1
	if n := len(h.open); n > 0 {
		parent = h.open[n-1].def
	}
	if nameEnd-nameStart > longestName {
		nameEnd = nameStart + len(h.text[nameStart:runeStart(h.text, nameStart+longestName)])
	}
	h.defs = append(h.defs, def{
		start: start, doc: start, header: start, body: end, end: end, nameStart: nameStart, nameEnd: nameEnd, kind: String, parent: parent,
	})
	if len(h.open) < mostFrames {
		h.open = append(h.open, section{len(h.defs) - 1, level})
	}
}

func (h *headed) close(end int) {
	h.defs[h.open[len(h.open)-1].def].end = end
	h.open = h.open[:len(h.open)-1]
}

func (h *headed) closeAll() {
	for len(h.open) > 0 {
		h.close(len(h.text))
	}
}

// outlineMarked finds headings made of repeated marks before the title: Markdown's #, AsciiDoc's =, Org's *.
func outlineMarked(s *scanner) {
	h := &headed{scanner: s}
	eachHeading(s, h.heading)
	h.closeAll()
}

// eachHeading calls yield for every heading of a text whose grammar's extra byte is the mark.
func eachHeading(s *scanner, yield func(start, end, nameStart, nameEnd, level int)) {
	m := &marked{scanner: s, mark: s.g.extra[0], yield: yield}
	from := s.pos
	if m.mark == '#' {
		from = m.frontMatter(from)
	}
	s.eachLine(s.text[from:], func(start, end int) { m.line(start+from, end+from) })
}

// marked is the state between the lines of such prose.
type marked struct {
	*scanner
	mark      byte
	yield     func(start, end, nameStart, nameEnd, level int)
	fence     string // what closes the block of code that is open
	comment   bool   // in <!-- -->
	above     [2]int // the line before, if it is text that an underline makes a heading
	paragraph int    // lines of text directly above
	hopeless  int    // searches for an end in vain
}

// frontMatter is where the text starts behind a leading block of YAML or TOML.
func (m *marked) frontMatter(at int) int {
	rest := m.text[at:]
	first, _, _ := strings.Cut(rest[:min(len(rest), 8)], "\n")
	if first = strings.TrimSuffix(first, "\r"); first != "---" && first != "+++" {
		return at
	}
	i := strings.Index(rest[3:], "\n"+rest[:3])
	if i < 0 {
		m.steps += len(rest)
		return at
	}
	m.steps += i
	end := m.lineEnd(at + 3 + i + 4)
	if strings.TrimRight(m.text[at+3+i+4:end], " \t\r") != "" {
		return at
	}
	return end
}

func (m *marked) line(start, end int) {
	m.steps += end - start
	line := m.text[start:end]
	body := strings.TrimLeft(line, " ")
	above, paragraph := m.above, m.paragraph
	m.above, m.paragraph = [2]int{}, 0
	if m.comment {
		m.comment = !strings.Contains(line, "-->")
		return
	}
	if m.mark == '=' {
		if m.asciiBlock(end, line, above) {
			return
		}
	}
	f := fenceMark(body)
	if m.mark != '#' && (m.mark != '=' || f != "" && f[0] != '`') {
		f = "" // tildes underline titles in AsciiDoc
	}
	if f != "" && (m.fence == "" || strings.HasPrefix(f, m.fence) && strings.TrimRight(body, " \t") == f) {
		if m.fence == "" {
			m.fence = f
		} else {
			m.fence = ""
		}
		return
	}
	indent := len(line) - len(body)
	if m.fence != "" || indent > 3 || strings.HasPrefix(body, "\t") || m.mark != '#' && indent > 0 {
		return
	}
	if m.mark == '#' && strings.HasPrefix(body, "<!--") {
		m.comment = !strings.Contains(body, "-->") && m.closes(end, "-->")
		return
	}
	level := 0
	for level < len(body) && body[level] == m.mark {
		level++
	}
	if level > 0 && (level < 7 || m.mark == '*') && (level == len(body) || body[level] == ' ' || body[level] == '\t') {
		title := strings.Trim(body[level:], " \t")
		closed := strings.TrimRight(title, "#")
		if m.mark == '#' && (closed == "" || closed[len(closed)-1] == ' ' || closed[len(closed)-1] == '\t') {
			title = strings.TrimRight(closed, " \t")
		}
		if at := end - len(line) + strings.Index(line, title); title != "" || m.mark == '#' {
			m.yield(start, end, at, at+len(title), level)
		}
		return
	}
	if level := m.underline(body, above); level > 0 && above[1] > 0 {
		if paragraph == 1 {
			line := m.text[above[0]:above[1]]
			title := strings.Trim(line, " \t")
			at := above[0] + strings.Index(line, title)
			m.yield(above[0], end, at, at+len(title), level)
		}
		return
	}
	if body != "" && !strings.HasPrefix(body, ">") && !listItem(body) {
		m.above, m.paragraph = [2]int{start, end}, paragraph+1
	}
}

// underline is the level that a line gives the text above it, or 0.
func (m *marked) underline(line string, above [2]int) int {
	line = strings.TrimRight(line, " \t")
	if line == "" || strings.Trim(line, line[:1]) != "" {
		return 0
	}
	switch {
	case m.mark == '#':
		return strings.IndexByte("=-", line[0]) + 1
	case m.mark == '=' && len(line) > 1 && above[1] > 0:
		title := utf8.RuneCountInString(m.text[above[0]:above[1]])
		if len(line)-title > 1 || title-len(line) > 1 {
			return 0
		}
		return strings.IndexByte("=-~^+", line[0]) + 1
	}
	return 0
}

// asciiBlock says that the line belongs to an AsciiDoc block between two lines of four or more equal marks, whose text has no
// headings. A line of marks below a title of its length is an underline instead.
func (m *marked) asciiBlock(end int, line string, above [2]int) bool {
	line = strings.TrimRight(line, " \t")
	delimits := len(line) >= 4 && strings.IndexByte("-./+_*=", line[0]) >= 0 && strings.Trim(line, line[:1]) == ""
	switch {
	case m.fence != "" && m.fence[0] != '`':
		if line == m.fence {
			m.fence = ""
		}
		return true
	case delimits && m.fence == "":
		if m.underline(line, above) > 0 {
			return false
		}
		if m.closes(end, "\n"+line) {
			m.fence = line
		}
		return true
	}
	return false
}

// closes says that a mark stands in the rest of the text. After a few failures nothing is searched for any more.
func (m *marked) closes(at int, mark string) bool {
	if m.hopeless > 7 {
		return false
	}
	i := strings.Index(m.text[at:], mark)
	if i < 0 {
		m.hopeless++
		m.steps += len(m.text) - at
		return false
	}
	m.steps += i
	return true
}

// listItem says that a line starts an item of a list or a table, which no underline makes a heading.
func listItem(line string) bool {
	switch line[0] {
	case '|', '[', '.', ':':
		return line[0] != '[' || strings.HasSuffix(line, "]")
	case '-', '*', '+':
		return len(line) == 1 || line[1] == ' '
	}
	n := 0
	for n < len(line) && n < 9 && line[n] >= '0' && line[n] <= '9' {
		n++
	}
	return n > 0 && n+1 < len(line) && (line[n] == '.' || line[n] == ')') && line[n+1] == ' '
}

// fenceMark is the run of backticks or tildes that opens or closes a block of code.
func fenceMark(line string) string {
	if len(line) < 3 || line[0] != '`' && line[0] != '~' {
		return ""
	}
	n := 0
	for n < len(line) && line[n] == line[0] {
		n++
	}
	if n < 3 {
		return ""
	}
	if line[0] == '`' && strings.IndexByte(line[n:], '`') >= 0 {
		return "" // code within a line
	}
	return line[:n]
}

// outlineUnderlined finds reStructuredText's headings: a title over (and perhaps under) a line of one mark; marks become levels
// in the order in which they first appear.
func outlineUnderlined(s *scanner) {
	h := &headed{scanner: s}
	var levels []string
	var lines [3][2]int
	used := -1 // the line that underlines the heading before
	s.eachLine(s.text, func(start, end int) {
		s.steps += end - start
		lines[0], lines[1], lines[2] = lines[1], lines[2], [2]int{start, end}
		under := s.text[start:end]
		title := s.text[lines[1][0]:lines[1][1]]
		if !ruled(under) || strings.TrimSpace(title) == "" || ruled(title) ||
			title[0] == ' ' && !ruled(s.text[lines[0][0]:lines[0][1]]) {
			return
		}
		short := utf8.RuneCountInString(strings.TrimSpace(title)) - len(under)
		if short > 2 || short > 0 && len(under) < 4 { // a line of text above the rule over the next title
			return
		}
		key := under[:1]
		from := lines[1][0]
		if over := s.text[lines[0][0]:lines[0][1]]; lines[0][0] != used && ruled(over) && over[0] == under[0] {
			key += key
			from = lines[0][0]
		}
		level := 0
		for level < len(levels) && levels[level] != key {
			level++
		}
		if level == len(levels) {
			if level == 16 {
				return
			}
			levels = append(levels, key)
		}
		name := strings.TrimSpace(title)
		at := lines[1][0] + strings.Index(title, name)
		used = start
		h.heading(from, end, at, at+len(name), level)
	})
	h.closeAll()
}

// ruled says that a line is two or more of one mark of punctuation.
func ruled(line string) bool {
	line = strings.TrimRight(line, " \t")
	if len(line) < 2 || strings.IndexByte("=-~^\"'`#*+.:_!$%&,/<>?@|", line[0]) < 0 || line == "::" || line == ".." {
		return false
	}
	return strings.Trim(line, line[:1]) == ""
}

var (
	grammarMarkdown = &grammar{outline: outlineMarked, extra: "#"}
	grammarAsciiDoc = &grammar{outline: outlineMarked, extra: "="}
	grammarOrg      = &grammar{outline: outlineMarked, extra: "*"}
	grammarRST      = &grammar{outline: outlineUnderlined}
)
