package chunk

import "strings"

var grammarRuby = &grammar{
	outline: outlineRuby, hooked: "/%?<=$", hook: rubyHook, extra: "@",
	marks: []mark{
		{kind: lineComment, open: "#"},
		{kind: quote, open: `"`, close: `"`, escape: '\\', lines: true, inner: "#{"},
		{kind: quote, open: "'", close: "'", escape: '\\', lines: true},
		{kind: quote, open: "`", close: "`", escape: '\\', lines: true, inner: "#{"},
	},
	words: []words{
		{"def", word{role: declares, kind: Function, body: funcBody}},
		{"class", word{role: declares, kind: Class, body: typeBody}},
		{"module", word{role: declares, kind: Module, body: moduleBody}},
		{"begin case", word{role: opens}},
		{"if unless", word{role: begins}},
		{"while until for", word{role: loops}},
		{"do", word{role: follows}},
		{"end", word{role: ends}},
		{"require require_relative", word{role: imports}},
		{"return then else elsif when in and or not rescue ensure yield", word{role: controls}},
	},
	methods: true, assigned: true, resumed: true,
}

// outlineRuby outlines a program up to its __END__, behind which stands data.
func outlineRuby(s *scanner) {
	whole := s.text
	if i := strings.Index(whole, "\n__END__"); i >= 0 && strings.TrimRight(whole[i+len("\n__END__"):s.lineEnd(i+1)], "\r") == "" {
		s.text = whole[:max(i+1, s.pos)]
	}
	outlineWorded(s)
	s.text = whole
}

// rubyHook reads regular expressions, %-literals, characters, here documents and =begin comments.
func rubyHook(s *scanner, at int) (end int, kind tokenKind, ok bool) {
	text := s.text
	value := s.tok.kind == isNumber || s.tok.kind == isString || s.tok.kind == isWord && (s.tok.word == nil || s.tok.word.role == ends) ||
		s.tok.kind == isPunct && (s.tok.b == ')' || s.tok.b == ']' || s.tok.b == '}')
	value = value && !s.fresh
	next := byte(' ')
	if at+1 < len(text) {
		next = text[at+1]
	}
	if value && at > 0 && text[at-1] == ' ' && next != ' ' && next != '=' && s.tok.kind == isWord {
		value = false // a method called with a literal: match /x/
	}
	switch text[at] {
	case '$': // $' is a variable, not the start of a string
		end = at + 2
		for end < len(text) && s.g.inside[text[at+1]] && s.g.inside[text[end]] {
			end++
		}
		return min(end, len(text)), isWord, true
	case '=':
		if s.fresh && at == s.line && strings.HasPrefix(text[at:], "=begin") {
			if s.hopelessRaw {
				return 0, 0, false
			}
			if i := strings.Index(text[at:], "\n=end"); i >= 0 {
				return s.lineEnd(at + i + 1), isComment, true
			}
			s.hopelessRaw = true
			s.steps += len(text) - at
		}
	case '<':
		if next == '<' && at+2 < len(text) && (strings.IndexByte("~-\"'", text[at+2]) >= 0 || text[at+2] >= 'A' && text[at+2] <= 'Z' && !value) {
			return heredocLater(s, at)
		}
	case '?':
		if !value && next > ' ' && (at+2 >= len(text) || !s.g.inside[text[at+2]]) {
			return at + 2, isString, true
		}
	case '/':
		if !value {
			return regexpRuby(s, at)
		}
	case '%':
		if value || next <= ' ' {
			return 0, 0, false
		}
		open := at + 1
		if strings.IndexByte("wWiIqQrsx", next) >= 0 {
			open++
		}
		if open < len(text) && strings.IndexByte("([{<|!/^", text[open]) >= 0 {
			if end := balanced(s, open); end > open {
				return end, isString, true
			}
		}
	}
	return 0, 0, false
}

// heredocLater reads the mark of a here document. The document starts on the next line, or behind the one that the same line
// announced before; the scanner passes it when it gets there.
func heredocLater(s *scanner, at int) (end int, kind tokenKind, ok bool) {
	text := s.text
	at += 2
	for at < len(text) && (text[at] == '~' || text[at] == '-') {
		at++
	}
	quote := byte(0)
	if at < len(text) && (text[at] == '"' || text[at] == '\'' || text[at] == '`') {
		quote = text[at]
		at++
	}
	for end = at; end < len(text) && end-at < 64 && s.g.inside[text[end]]; end++ {
	}
	if end == at || text[at] >= '0' && text[at] <= '9' || quote != 0 && (end == len(text) || text[end] != quote) ||
		s.hereMisses > 8 {
		return 0, 0, false
	}
	name := text[at:end]
	line := s.hereAt // a line may hold any number of marks
	if line < end {
		line = s.lineEnd(end)
	}
	from := line
	if s.hereAt == line && s.hereEnd > line {
		from = s.hereEnd
	}
	if quote != 0 {
		end++
	}
	for body := from; body < len(text); {
		stop := s.lineEnd(body + 1)
		if strings.Trim(text[body+1:stop], " \t\r") == name {
			s.hereAt, s.hereEnd = line, stop
			return end, isString, true
		}
		body = stop
	}
	s.hereMisses++
	s.steps += len(text) - at
	return 0, 0, false
}

func regexpRuby(s *scanner, at int) (end int, kind tokenKind, ok bool) {
	if at < s.noRegexp {
		return 0, 0, false
	}
	i := at + 1
	lines := !s.fresh && s.tok.kind == isPunct && strings.IndexByte("=(~,|", s.tok.b) >= 0 // what else should it be
	for ; i < len(s.text) && i-at < 2*look && (lines || s.text[i] != '\n'); i++ {
		switch s.text[i] {
		case '\\':
			i++
		case '/':
			s.steps += i - at
			return i + 1, isString, true
		}
	}
	s.steps += i - at
	s.noRegexp = i
	return 0, 0, false
}

// balanced is the offset behind the bracket that closes the one at open, open itself where there is none near.
func balanced(s *scanner, open int) int {
	if open < s.noAngle {
		return open
	}
	a := s.text[open]
	z := a
	switch a {
	case '(':
		z = ')'
	case '[':
		z = ']'
	case '{':
		z = '}'
	case '<':
		z = '>'
	}
	depth := 1
	i := open + 1
	for ; i < len(s.text) && i-open < 8*look; i++ {
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
	s.steps += i - open
	s.noAngle = i
	return open
}

var grammarLua = &grammar{
	outline: outlineWorded, hooked: "-[", hook: luaHook,
	marks: []mark{
		{kind: lineComment, open: "--"},
		{kind: quote, open: `"`, close: `"`, escape: '\\'},
		{kind: quote, open: "'", close: "'", escape: '\\'},
	},
	words: []words{
		{"function", word{role: declares, kind: Function, body: funcBody}},
		{"if", word{role: opens}},
		{"repeat", word{role: opens}},
		{"while for", word{role: loops}},
		{"do", word{role: follows}},
		{"end until", word{role: ends}},
		{"local", word{role: modifies}},
		{"return then else elseif and or not in", word{role: controls}},
	},
	calls: true,
}

// luaHook reads [[...]], [=[...]=] and the comments made of them.
func luaHook(s *scanner, at int) (end int, kind tokenKind, ok bool) {
	kind = isString
	open := at
	if s.text[at] == '-' {
		if !strings.HasPrefix(s.text[at:], "--[") {
			return 0, 0, false
		}
		kind, open = isComment, at+2
	}
	i := open + 1
	for i < len(s.text) && i-open < 16 && s.text[i] == '=' {
		i++
	}
	if i == len(s.text) || s.text[i] != '[' || s.hopelessRaw {
		return 0, 0, false
	}
	closing := "]" + s.text[open+1:i] + "]"
	k := strings.Index(s.text[i:], closing)
	if k < 0 {
		s.hopelessRaw = true
		s.steps += len(s.text) - at
		return 0, 0, false
	}
	return i + k + len(closing), kind, true
}

var grammarElixir = &grammar{
	outline: outlineWorded, extra: "@", hooked: "~?", hook: elixirHook,
	marks: []mark{
		{kind: lineComment, open: "#"},
		{kind: quote, open: `"""`, close: `"""`, escape: '\\', lines: true},
		{kind: quote, open: "'''", close: "'''", escape: '\\', lines: true},
		{kind: quote, open: `"`, close: `"`, escape: '\\', lines: true, inner: "#{"},
		{kind: quote, open: "'", close: "'", escape: '\\'},
	},
	words: []words{
		{"defmodule defimpl", word{role: declares, kind: Module, body: moduleBody}},
		{"defprotocol", word{role: declares, kind: Interface, body: moduleBody}},
		{"def defp defmacro defmacrop defguard defguardp defdelegate defn defnp", word{role: declares, kind: Function, body: funcBody}},
		{"fn", word{role: opens}},
		{"do", word{role: follows}},
		{"end", word{role: ends}},
		{"alias import require use", word{role: imports}},
	},
	receivers: true,
}

// elixirHook reads sigils, ~w(do end), and characters, ?".
func elixirHook(s *scanner, at int) (end int, kind tokenKind, ok bool) {
	text := s.text
	if text[at] == '?' {
		if at > 0 && s.g.inside[text[at-1]] { // valid?
			return at + 1, isPunct, true
		}
		end = at + 1
		if end < len(text) && text[end] == '\\' {
			end++
		}
		if end < len(text) && text[end] > ' ' {
			end++
		}
		return end, isString, true
	}
	open := at + 1
	for open < len(text) && open-at < 16 && text[open]|0x20 >= 'a' && text[open]|0x20 <= 'z' {
		open++
	}
	if open == at+1 || open >= len(text) || strings.IndexByte("([{</|", text[open]) < 0 {
		return at + 1, isPunct, true
	}
	if end = balanced(s, open); end > open {
		return end, isString, true
	}
	return at + 1, isPunct, true
}

// juliaHook tells characters from the transpose of what stands before.
func juliaHook(s *scanner, at int) (end int, kind tokenKind, ok bool) {
	if at > 0 {
		if c := s.text[at-1]; s.g.inside[c] || strings.IndexByte(")]}'.", c) >= 0 {
			return at + 1, isPunct, true
		}
	}
	return character(s.text, at)
}

var grammarJulia = &grammar{
	outline: outlineWorded, extra: "!@", hooked: "'", hook: juliaHook, shortForm: true,
	marks: []mark{
		{kind: blockComment, open: "#=", close: "=#", nested: true},
		{kind: lineComment, open: "#"},
		{kind: quote, open: `"""`, close: `"""`, escape: '\\', lines: true, inner: "$("},
		{kind: quote, open: `"`, close: `"`, escape: '\\', lines: true, inner: "$("},
		{kind: quote, open: "`", close: "`", escape: '\\', lines: true},
	},
	words: []words{
		{"function macro", word{role: declares, kind: Function, body: funcBody}},
		{"struct", word{role: declares, kind: Struct, body: typeBody}},
		{"module baremodule", word{role: declares, kind: Module, body: moduleBody}},
		{"type", word{role: declares, kind: Class, body: typeBody, fresh: true}},
		{"const", word{role: declares, kind: Constant, body: valueBody}},
		{"@enum", word{role: declares, kind: Enum, body: valueBody}},
		{"begin", word{role: opens, fresh: true}},
		{"quote try let", word{role: opens}},
		{"if", word{role: begins}},
		{"while for", word{role: begins}},
		{"do", word{role: opens}},
		{"end", word{role: ends}},
		{"mutable abstract primitive", word{role: modifies}},
		{"using import export include", word{role: imports}},
		{"return else elseif in", word{role: controls}},
	},
	calls: true, resumed: true,
}
