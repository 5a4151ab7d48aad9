package chunk

import "strings"

// The engines here read lines: shell scripts, whose lexing would be an interpreter's, and prose with headings.

// eachLine calls yield with the offsets of every line, line end left out.
func eachLine(text string, yield func(start, end int)) {
	for at := 0; at < len(text); {
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

// outlineShell finds `name() {` and `function name {`; a function ends at the first `}` or `)` in its own column.
func outlineShell(s *scanner) {
	open, column, opened := -1, 0, false
	doc := -1
	until := "" // the mark of a here document
	eachLine(s.text, func(start, end int) {
		s.steps += end - start
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
		if open >= 0 {
			d := &s.defs[open]
			if indent == column && (strings.HasPrefix(body, "}") || strings.HasPrefix(body, ")")) {
				d.end = start + indent + 1
				open = -1
				return
			}
			opened = opened || strings.HasPrefix(body, "{")
		}
		until = hereMark(body)
		nameStart, nameEnd := shellFunction(body)
		if nameEnd == 0 || open >= 0 && indent > column {
			return
		}
		at := start + indent
		if open >= 0 {
			s.defs[open].end = at
		}
		d := def{start: at, header: at, doc: at, body: end, end: end, nameStart: at + nameStart, nameEnd: at + nameEnd, kind: Function, parent: -1}
		if above >= 0 {
			d.doc = above
		}
		s.defs = append(s.defs, d)
		if trimmed := strings.TrimRight(body, " \t"); !strings.HasSuffix(trimmed, "}") || strings.HasSuffix(trimmed, "${") {
			open, column = len(s.defs)-1, indent
		}
	})
	if open >= 0 {
		s.defs[open].end = len(s.text)
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
	mark := s.g.extra[0]
	fence := ""
	lastStart, lastEnd := 0, 0 // of the line before, for a heading that is underlined
	eachLine(s.text, func(start, end int) {
		s.steps += end - start
		line := s.text[start:end]
		body := strings.TrimLeft(line, " ")
		before, beforeEnd := lastStart, lastEnd
		lastStart, lastEnd = start, end
		if f := fenceMark(body); f != "" && (fence == "" || strings.HasPrefix(f, fence) && strings.TrimRight(body, " ") == f) {
			if fence == "" {
				fence = f
			} else {
				fence = ""
			}
			lastEnd = start
			return
		}
		if fence != "" || len(line)-len(body) > 3 {
			lastEnd = start
			return
		}
		level := 0
		for level < len(body) && level < 7 && body[level] == mark {
			level++
		}
		if level > 0 && level < 7 && level < len(body) && (body[level] == ' ' || body[level] == '\t') {
			title := strings.Trim(body[level:], " \t")
			if mark == '#' {
				title = strings.TrimRight(strings.TrimRight(title, "#"), " \t")
			}
			if title != "" {
				at := start + strings.Index(line, title)
				h.heading(start, end, at, at+len(title), level)
			}
			lastEnd = start
			return
		}
		if n := len(body); mark == '#' && n > 1 && beforeEnd > before && (body[0] == '=' || body[0] == '-') && strings.Trim(strings.TrimRight(body, " "), body[:1]) == "" {
			title := strings.Trim(s.text[before:beforeEnd], " \t")
			if title == "" || title[0] == '|' || title[0] == '-' || title[0] == '>' {
				return
			}
			at := before + strings.Index(s.text[before:beforeEnd], title)
			level := 1
			if body[0] == '-' {
				level = 2
			}
			h.heading(before, end, at, at+len(title), level)
			lastEnd = start
		}
	})
	h.closeAll()
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
	return line[:n]
}

// outlineUnderlined finds reStructuredText's headings: a title over (and perhaps under) a line of one mark; marks become levels
// in the order in which they first appear.
func outlineUnderlined(s *scanner) {
	h := &headed{scanner: s}
	var levels []string
	var lines [3][2]int
	used := -1 // the line that underlines the heading before
	eachLine(s.text, func(start, end int) {
		s.steps += end - start
		lines[0], lines[1], lines[2] = lines[1], lines[2], [2]int{start, end}
		under := s.text[start:end]
		title := s.text[lines[1][0]:lines[1][1]]
		if !ruled(under) || strings.TrimSpace(title) == "" || ruled(title) || title[0] == ' ' && !ruled(s.text[lines[0][0]:lines[0][1]]) || len(under)+2 < len(title) {
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

// ruled says that a line is three or more of one mark of punctuation.
func ruled(line string) bool {
	if len(line) < 3 || strings.IndexByte("=-~^\"'`#*+.:_", line[0]) < 0 {
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
