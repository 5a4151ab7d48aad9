package chunk

import "strings"

var grammarLaTeX = &grammar{outline: outlineLaTeX}

// latexLevels are the commands of sections, outermost first.
var latexLevels = []string{"part", "chapter", "section", "subsection", "subsubsection", "paragraph", "subparagraph", "frametitle"}

// plainEnvironments only lay text out, or say nothing by their name.
const plainEnvironments = "document itemize enumerate description center flushleft flushright quote quotation tabular tabular* " +
	"tabularx array minipage equation equation* align align* gather gather* displaymath math split aligned cases matrix pmatrix " +
	"bmatrix abstract titlepage frame columns column thebibliography small footnotesize scope tikzpicture axis verbatim comment"

// verbatimEnvironments hold text that is no LaTeX.
const verbatimEnvironments = "verbatim verbatim* Verbatim lstlisting minted comment alltt filecontents filecontents*"

// outlineLaTeX finds sections, commands and environments that are defined, labels, and the environments that carry a name of
// their own: theorems, figures, listings. Sections nest by their level, and end before the end of the document.
func outlineLaTeX(s *scanner) {
	type environment struct {
		name      string
		def, base int // its definition or -1; sections open before it
	}
	h := &headed{scanner: s}
	var open []environment
	text := s.text
	hopeless := 0
	comment, commentEnd := -1, -1 // lines of comments
	owner := func() int {
		base, parent := 0, -1
		for i := len(open) - 1; i >= 0 && i >= len(open)-deepest; i-- {
			if open[i].def >= 0 {
				base, parent = open[i].base, open[i].def
				break
			}
		}
		if n := len(h.open); n > base {
			parent = h.open[n-1].def
		}
		return parent
	}
	add := func(kind Kind, start, end, nameStart, nameEnd int) {
		s.defs = append(s.defs, def{
			start: start, doc: start, header: start, body: end, end: end,
			nameStart: nameStart, nameEnd: nameEnd, kind: kind, parent: owner(),
		})
	}
	for pos := s.pos; pos < len(text); {
		i := strings.IndexAny(text[pos:min(len(text), pos+16*look)], `\%`)
		if i < 0 {
			s.steps += min(len(text)-pos, 16*look)
			pos = min(len(text), pos+16*look)
			continue
		}
		s.steps += i + 1
		at := pos + i
		if text[at] == '%' {
			pos = s.lineEnd(at)
			if commentEnd < 0 || at-commentEnd > 64 || strings.TrimSpace(text[commentEnd:at]) != "" {
				comment = at
			}
			commentEnd = pos
			continue
		}
		end := at + 1
		for end < len(text) && end-at < 40 && (text[end]|0x20 >= 'a' && text[end]|0x20 <= 'z' || text[end] == '@') {
			end++
		}
		if pos = end; end == at+1 {
			pos++ // an escaped mark
			continue
		}
		command := text[at+1 : end]
		switch command {
		case "begin":
			from, to, after := latexArgument(s, end)
			if to == from {
				continue
			}
			pos = after
			name := text[from:to]
			if isOneOf(verbatimEnvironments, name) && hopeless < 8 {
				k := strings.Index(text[after:], `\end{`+name+"}")
				if k < 0 {
					hopeless++
					s.steps += len(text) - after
					continue
				}
				s.steps += k
				pos = after + k
			}
			e := environment{name, -1, len(h.open)}
			if !isOneOf(plainEnvironments, name) {
				add(Object, at, after, from, to)
				e.def = len(s.defs) - 1
			}
			if len(open) < mostFrames {
				open = append(open, e)
			}
		case "end":
			from, to, after := latexArgument(s, end)
			if to == from {
				continue
			}
			pos = after
			for k := len(open) - 1; k >= 0 && len(open)-k <= nearElements; k-- {
				if open[k].name != text[from:to] {
					continue
				}
				for n := len(open) - 1; n >= k; n-- {
					if e := open[n]; e.def >= 0 || e.name == "document" {
						for len(h.open) > e.base {
							h.close(at)
						}
						if e.def >= 0 {
							if s.defs[e.def].end = at; n == k {
								s.defs[e.def].end = after
							}
						}
					}
				}
				open = open[:k]
				break
			}
		case "label":
			if from, to, after := latexArgument(s, end); to > from {
				add(Key, at, after, from, to)
				pos = after
			}
		case "newcommand", "renewcommand", "providecommand", "DeclareMathOperator", "DeclareRobustCommand", "NewDocumentCommand",
			"RenewDocumentCommand", "DeclarePairedDelimiter", "newenvironment", "renewenvironment", "NewDocumentEnvironment",
			"newtheorem", "def", "gdef", "edef", "newcounter", "newlength":
			from, to := latexDefined(text, end)
			if to == from {
				continue
			}
			kind := Function
			if strings.Contains(command, "nvironment") || command == "newtheorem" {
				kind = Class
			} else if command == "newcounter" || command == "newlength" {
				kind = Variable
			}
			after := latexArguments(s, to)
			doc := at
			if commentEnd > 0 && at-commentEnd < 64 && strings.TrimSpace(text[commentEnd:at]) == "" {
				doc = comment
			}
			s.defs = append(s.defs, def{
				start: at, doc: doc, header: at, body: min(after, s.near(to)), end: after,
				nameStart: from, nameEnd: to, kind: kind, parent: owner(),
			})
			pos = after
		default:
			level := 0
			for level < len(latexLevels) && latexLevels[level] != command {
				level++
			}
			if level == len(latexLevels) {
				continue
			}
			if end < len(text) && text[end] == '*' {
				end++
			}
			from, to, after := latexArgument(s, end)
			if to == from {
				continue
			}
			pos = after
			base := 0
			for k := len(open) - 1; k >= 0 && k >= len(open)-deepest; k-- {
				if open[k].def >= 0 {
					base = open[k].base
					break
				}
			}
			for len(h.open) > base && h.open[len(h.open)-1].level >= level {
				h.close(at)
			}
			if k := strings.IndexByte(text[from:to], '\n'); k >= 0 {
				to = from + len(strings.TrimRight(text[from:from+k], " \t\r"))
			}
			if to-from > longestName {
				to = runeStart(text, from+longestName)
			}
			add(String, at, after, from, to)
			if len(h.open) < mostFrames {
				h.open = append(h.open, section{len(s.defs) - 1, level})
			}
		}
	}
	for _, e := range open {
		if e.def >= 0 {
			s.defs[e.def].end = len(text)
		}
	}
	h.closeAll()
}

// latexArgument finds the text of the next argument in braces, behind an optional one in brackets.
func latexArgument(s *scanner, at int) (start, end, after int) {
	text := s.text
	for n := 0; n < 2; n++ {
		for k := 0; k < 8 && at < len(text) && (text[at] == ' ' || text[at] == '\n' || text[at] == '\r' || text[at] == '\t'); k++ {
			at++
		}
		if at == len(text) || text[at] != '[' {
			break
		}
		if at = latexBalanced(s, at, ']'); at < 0 {
			return 0, 0, 0
		}
	}
	if at >= len(text) || text[at] != '{' {
		return 0, 0, 0
	}
	if after = latexBalanced(s, at, '}'); after < 0 {
		return 0, 0, 0
	}
	start, end = at+1, after-1
	for start < end && text[start] <= ' ' {
		start++
	}
	for end > start && text[end-1] <= ' ' {
		end--
	}
	return start, end, after
}

// latexBalanced is behind the mark that closes the bracket at at, or -1. An empty line ends the search: no argument of a
// section holds one.
func latexBalanced(s *scanner, at int, closing byte) int {
	text, depth, limit := s.text, 0, s.reach()
	i := at
	for ; i < len(text) && i-at < limit; i++ {
		switch c := text[i]; {
		case c == '\\':
			i++
		case c == '\n' && i+1 < len(text) && text[i+1] == '\n':
			limit = 0
		case c == '{' || i == at:
			depth++
		case c == '}' || c == closing && depth == 1:
			if depth--; depth == 0 {
				s.steps += i - at
				return i + 1
			}
		}
	}
	s.steps += i - at
	s.noInner++
	return -1
}

// reach is how far an argument may go: after some that never ended, not as far.
func (s *scanner) reach() int {
	if s.noInner > patience {
		return 64
	}
	return look
}

// latexDefined finds the name that a defining command is followed by: \name, {\name} or {name}; without its backslash.
func latexDefined(text string, at int) (start, end int) {
	for k := 0; k < 4 && at < len(text) && strings.IndexByte("*{ \\", text[at]) >= 0; k++ {
		at++
	}
	end = at
	for end < len(text) && end-at <= longestName {
		if c := text[end]; c != '@' && c != '*' && c < 0x80 && (c|0x20 < 'a' || c|0x20 > 'z') {
			break
		}
		end++
	}
	return at, end
}

// latexArguments is the end of the arguments that follow a defined name.
func latexArguments(s *scanner, at int) (end int) {
	text, limit := s.text, s.reach()
	if limit == look { // bodies are longer than titles
		limit = 4 * look
	}
	if at < len(text) && text[at] == '}' {
		at++
	}
	end = at
	for n := 0; n < 8; n++ {
		next := end
		for k := 0; k < 8 && next < len(text) && (text[next] <= ' ' || strings.IndexByte("#0123456789", text[next]) >= 0); k++ {
			if text[next] == '\n' && next+1 < len(text) && text[next+1] == '\n' {
				return end
			}
			next++
		}
		if next == len(text) || text[next] != '{' && text[next] != '[' {
			return end
		}
		depth, i := 0, next
		closed := false
		for ; i < len(text) && i-next < limit && !closed; i++ {
			switch text[i] {
			case '\\':
				i++
			case '{', '[':
				depth++
			case '}', ']':
				depth--
				closed = depth <= 0
			}
		}
		s.steps += i - next
		if !closed {
			s.noInner++
			return end
		}
		end = i
	}
	return end
}
