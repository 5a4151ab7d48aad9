package chunk

import "strings"

var grammarPerl = &grammar{
	outline: outlinePerl, hooked: "$@%&/<=ysqtm", hook: perlHook,
	marks: []mark{
		{kind: lineComment, open: "#"},
		{kind: quote, open: `"`, close: `"`, escape: '\\', lines: true},
		{kind: quote, open: "'", close: "'", escape: '\\', lines: true},
		{kind: quote, open: "`", close: "`", escape: '\\', lines: true},
	},
	words: []words{
		{"sub", word{role: declares, kind: Function, body: funcBody}},
		{"method", word{role: declares, kind: Method, body: funcBody, fresh: true}},
		{"package", word{role: declares, kind: Package, body: moduleBody}},
		{"class role", word{role: declares, kind: Class, body: moduleBody, fresh: true}},
		{"use no require", word{role: imports}},
		{"__END__ __DATA__", word{role: ends}},
		{"if unless while until for foreach elsif return when", word{role: controls}},
		{"and or not xor x lt gt le ge eq ne cmp split grep map join push unshift print", word{role: controls}},
	},
}

// perlHook reads variables, regular expressions, quotes with a mark of their own, here documents and pod.
func perlHook(s *scanner, at int) (end int, kind tokenKind, ok bool) {
	text := s.text
	next := byte(' ')
	if at+1 < len(text) {
		next = text[at+1]
	}
	value, bare := false, false // the token before ends an operand; it is a word without sigil, which may want one
	switch t := &s.tok; t.kind {
	case isNumber, isString:
		value = true
	case isWord:
		value = t.word == nil || t.word.role != controls
		bare = strings.IndexByte("$@%&", text[t.start]) < 0
	case isPunct:
		value = t.b == ')' || t.b == ']' || t.b == '}' && !s.fresh
	}
	switch c := text[at]; c {
	case '$', '@':
		return perlVariable(s, at)
	case '%', '&':
		if value && !(bare && next > ' ') {
			return at + 1, isPunct, true
		}
		return perlVariable(s, at)
	case '=':
		if at == s.line && next|0x20 >= 'a' && next|0x20 <= 'z' {
			return perlPod(s, at)
		}
	case '<':
		if next == '<' && at+2 < len(text) && (!value || bare) {
			if third := text[at+2]; third == '"' || third == '\'' || third == '~' || third == '_' || third|0x20 >= 'a' &&
				third|0x20 <= 'z' {
				return perlHeredoc(s, at)
			}
		}
	case '/':
		if next == '/' { // defined-or, or an empty regular expression
			return at + 2, isPunct, true
		}
		if (!value || bare && next > ' ' && text[max(0, at-1)] == ' ') && at >= s.noRegexp {
			limit := s.near(at)
			if end := s.delimited(at, limit); end > at {
				return s.flags(end), isString, true
			}
			s.noRegexp = limit
		}
	default:
		return perlWord(s, at)
	}
	return 0, 0, false
}

// perlWord reads a word that may be a quote: q(...), qw/.../, s{...}{...}, tr/a/b/.
func perlWord(s *scanner, at int) (end int, kind tokenKind, ok bool) {
	text := s.text
	for end = at + 1; end < len(text) && s.g.inside[text[end]]; end++ {
	}
	parts := 1
	switch text[at:end] {
	case "q", "qq", "qw", "qx", "qr", "m":
	case "s", "y", "tr":
		parts = 2
	default:
		return end, isWord, true
	}
	open := end
	for open < len(text) && open-end < 64 && (text[open] == ' ' || text[open] == '\t' || text[open] == '\n' ||
		text[open] == '\r') {
		open++
	}
	if open == len(text) || s.g.inside[text[open]] || strings.IndexByte(",;=)", text[open]) >= 0 || open > end &&
		text[open] == '#' || at < s.noAngle {
		return end, isWord, true
	}
	if t := &s.tok; t.kind == isPunct && t.end == at && (t.b == '>' || t.b == '-' || t.b == '{' && text[open] == '}') ||
		t.word != nil && t.word.kind == Function {
		return end, isWord, true // ->s, -s $file, {s}, sub y
	}
	limit := min(len(text), open+16*look)
	pos := s.delimited(open, limit)
	if pos > open && parts == 2 {
		if from := pos; perlPartner(text[open]) == text[open] {
			pos = s.delimited(pos-1, limit)
			if pos == from-1 {
				pos = open
			}
		} else {
			for pos < limit && text[pos] <= ' ' {
				pos++
			}
			if pos < limit {
				pos = max(s.delimited(pos, limit), pos)
			}
		}
	}
	if pos == open {
		s.noAngle = limit
		return end, isWord, true
	}
	return s.flags(pos), isString, true
}

// flags passes the letters behind a regular expression.
func (s *scanner) flags(at int) int {
	end := at
	for end < len(s.text) && end-at < 16 && s.text[end] >= 'a' && s.text[end] <= 'z' {
		end++
	}
	return end
}

// perlPartner is the closing mark of a quote that an opening one asks for.
func perlPartner(open byte) byte {
	switch open {
	case '(':
		return ')'
	case '[':
		return ']'
	case '{':
		return '}'
	case '<':
		return '>'
	}
	return open
}

// delimited is the offset behind the mark that closes the one at open, open itself where there is none before limit.
func (s *scanner) delimited(open, limit int) int {
	a, z := s.text[open], perlPartner(s.text[open])
	depth := 1
	for i := open + 1; i < limit; i++ {
		switch c := s.text[i]; {
		case c == '\\':
			i++
		case c == z:
			if depth--; depth == 0 {
				s.steps += i - open
				return i + 1
			}
		case c == a:
			depth++
		}
	}
	s.steps += max(0, limit-open)
	return open
}

// perlVariable reads $name, $#name, $::name, @{, $$, $/ and the like: none of them opens a string or a comment.
func perlVariable(s *scanner, at int) (end int, kind tokenKind, ok bool) {
	text := s.text
	end = at + 1
	for end < len(text) && end-at < 16 && text[end] == '$' {
		end++
	}
	if end < len(text) && text[end] == '#' && end+1 < len(text) && (text[end+1] == '{' || text[end+1] == '$' ||
		s.g.inside[text[end+1]]) {
		end++
		for end < len(text) && end-at < 32 && text[end] == '$' {
			end++
		}
	}
	if end == len(text) {
		return end, isWord, true
	}
	switch c := text[end]; {
	case c == '{': // ${name} is a name, @{ ... } an expression
		if k := strings.IndexByte(text[end:min(len(text), end+64)], '}'); k > 1 && plainName(text[end+1:end+k], s.g) {
			return end + k + 1, isWord, true
		}
		return end, isPunct, true
	case s.g.inside[c] || c == ':' && end+1 < len(text) && text[end+1] == ':':
		for end < len(text) && (s.g.inside[text[end]] || text[end] == ':' && end+2 < len(text) && text[end+1] == ':' &&
			s.g.inside[text[end+2]] ||
			text[end] == ':' && text[end-1] == ':') {
			end++
		}
		return end, isWord, true
	case text[at] == '$' && end == at+1 && strings.IndexByte("&`'+!/\\,;.\"0<>()[]:?|@^~=-%*", c) >= 0:
		if c == '^' && end+1 < len(text) && text[end+1] >= 'A' && text[end+1] <= 'Z' {
			end++
		}
		return end + 1, isWord, true
	case text[at] == '$' && end > at+1:
		return end, isWord, true // $$
	}
	return end, isPunct, true
}

func plainName(name string, g *grammar) bool {
	for i := range len(name) {
		if !g.inside[name[i]] && name[i] != '^' && name[i] != ':' {
			return false
		}
	}
	return true
}

// perlPod skips documentation up to the line behind =cut. One blank line below does not part it from what it documents.
func perlPod(s *scanner, at int) (end int, kind tokenKind, ok bool) {
	if strings.HasPrefix(s.text[at:], "=cut") {
		return s.lineEnd(at), isComment, true
	}
	i := strings.Index(s.text[at:], "\n=cut")
	if i < 0 {
		return len(s.text), isComment, true
	}
	return min(s.lineEnd(at+i+1)+1, len(s.text)), isComment, true
}

// perlHeredoc passes the mark of a here document; the scanner passes the document when it gets to the end of the line.
func perlHeredoc(s *scanner, at int) (end int, kind tokenKind, ok bool) {
	text := s.text
	i := at + 2
	indented := text[i] == '~'
	if indented {
		i++
	}
	mark := byte(0)
	if i < len(text) && (text[i] == '"' || text[i] == '\'') {
		mark = text[i]
		i++
	}
	end = i
	for end < len(text) && end-i < 80 && (mark == 0 && s.g.inside[text[end]] || mark != 0 && text[end] != mark &&
		text[end] != '\n') {
		end++
	}
	if end == i || mark != 0 && (end == len(text) || text[end] != mark) {
		return 0, 0, false
	}
	name := text[i:end]
	if mark != 0 {
		end++
	}
	from := s.near(end)
	line := from
	if s.hereAt == from {
		line = s.hereEnd // behind another one that starts on this line
	}
	if at < s.noHeredoc || from == len(text) || text[from] != '\n' {
		return end, isString, true
	}
	for line < len(text) {
		start := line + 1
		line = s.lineEnd(start)
		body := strings.TrimSuffix(text[start:line], "\r")
		if indented {
			body = strings.TrimLeft(body, " \t")
		}
		if body == name {
			s.hereAt, s.hereEnd = from, line
			return end, isString, true
		}
	}
	s.steps += len(text) - at
	s.noHeredoc = len(text)
	return end, isString, true
}
