package chunk

import "strings"

var haskellMarks = []mark{
	{kind: blockComment, open: "{-", close: "-}", nested: true},
	{kind: lineComment, open: "--"},
	{kind: quote, open: `"""`, close: `"""`, escape: '\\', lines: true},
}

var grammarHaskell = &grammar{
	outline: outlineLayout, extra: "'", ending: "#", hooked: "'-\"[#", hook: haskellHook, marks: haskellMarks,
	words: []words{
		{"data newtype", word{role: declares, kind: Struct}},
		{"type", word{role: declares, kind: Class}},
		{"class", word{role: declares, kind: Interface, body: typeBody}},
		{"instance", word{role: declares, body: implBody}},
		{"foreign pattern", word{role: declares, kind: Function}},
		{"module import", word{role: imports}},
		{"infix infixl infixr deriving default", word{role: controls}},
		{"where then else of in", word{role: follows}},
	},
}

// grammarLiterate is literate Haskell: all but its code is blanked before the outline is made.
var grammarLiterate = &grammar{
	outline: outlineLiterate, extra: "'", ending: "#", hooked: "'-\"[#", hook: haskellHook, marks: haskellMarks,
	words: grammarHaskell.words,
}

var grammarPureScript = &grammar{
	outline: outlineLayout, extra: "'", hooked: "'-\"", hook: haskellHook, marks: haskellMarks,
	words: []words{
		{"data newtype", word{role: declares, kind: Struct}},
		{"type", word{role: declares, kind: Class}},
		{"class", word{role: declares, kind: Interface, body: typeBody}},
		{"instance", word{role: declares, body: implBody}},
		{"foreign", word{role: declares, kind: Function}},
		{"else", word{role: modifies}},
		{"module import", word{role: imports}},
		{"derive infix infixl infixr", word{role: controls}},
		{"where then of in", word{role: follows}},
	},
}

var grammarElm = &grammar{
	outline: outlineElm, hooked: "'-\"", hook: haskellHook, marks: haskellMarks,
	words: []words{
		{"type", word{role: declares, kind: Struct}},
		{"port effect", word{role: modifies}},
		{"module import", word{role: imports}},
		{"infix", word{role: controls}},
		{"where then else of in", word{role: follows}},
	},
}

// haskellHook tells characters from names with primes, dashes from comments, brackets from quotations, and reads strings with
// their gaps and the lines of the C preprocessor.
func haskellHook(s *scanner, at int) (end int, kind tokenKind, ok bool) {
	text := s.text
	switch text[at] {
	case '\'':
		return character(text, at)
	case '-':
		end = at
		for end < len(text) && text[end] == '-' {
			end++
		}
		if end-at >= 2 && (end == len(text) || strings.IndexByte("!#$%&*+./<=>?@\\^|~:", text[end]) < 0 || text[end] == '|') {
			return s.lineEnd(at), isComment, true
		}
		return at + 1, isPunct, true
	case '"':
		if strings.HasPrefix(text[at:], `"""`) {
			return 0, 0, false
		}
		return gapped(text, at), isString, true
	case '#':
		if at == s.line && s.fresh && at+1 < len(text) && (text[at+1] == ' ' || text[at+1] >= 'a' && text[at+1] <= 'z') {
			return directiveEnd(s, at), isDirective, true
		}
	case '[':
		return quasiQuote(s, at)
	}
	return 0, 0, false
}

// character reads 'x', '\n', '\x1F' and the like; any other apostrophe is one of names or types.
func character(text string, at int) (end int, kind tokenKind, ok bool) {
	end = at + 1
	if end < len(text) && text[end] == '\\' {
		for end += 2; end < len(text) && end-at < 12 && text[end] > ' '; end++ {
			if text[end] == '\'' {
				return end + 1, isString, true
			}
		}
		return at + 1, isPunct, true
	}
	for end++; end < len(text) && end-at < 6 && text[end]&0xC0 == 0x80; end++ {
	}
	if end < len(text) && text[end] == '\'' && text[at+1] >= ' ' && text[at+1] != '\'' {
		return end + 1, isString, true
	}
	return at + 1, isPunct, true
}

// gapped is where a string ends that may go on in the next line between two backslashes.
func gapped(text string, at int) int {
	for i := at + 1; i < len(text); i++ {
		switch text[i] {
		case '"':
			return i + 1
		case '\n':
			return i
		case '\\':
			gap := i + 1
			for gap < len(text) && text[gap] <= ' ' {
				gap++
			}
			if gap > i+1 && gap < len(text) && text[gap] == '\\' {
				i = gap
			} else if i+1 < len(text) && text[i+1] != '\n' {
				i++
			}
		}
	}
	return len(text)
}

// directiveEnd is where a directive of the preprocessor ends, with the lines that a backslash joins to it.
func directiveEnd(s *scanner, at int) int {
	for {
		end := s.lineEnd(at)
		if k := strings.TrimRight(s.text[at:end], "\r"); !strings.HasSuffix(k, `\`) || end == len(s.text) {
			return end
		}
		at = end + 1
	}
}

// quasiQuote reads [name| ... |], which is no list comprehension.
func quasiQuote(s *scanner, at int) (end int, kind tokenKind, ok bool) {
	text := s.text
	open := at + 1
	for open < len(text) && open-at < 64 && (s.g.inside[text[open]] || text[open] == '.') {
		open++
	}
	if open >= len(text) || text[open] != '|' || s.hopelessRaw {
		return 0, 0, false
	}
	line := text[open:s.near(open)]
	if i := strings.Index(line, "|]"); i < 0 && strings.Contains(line, "<-") && strings.IndexByte(line, ']') >= 0 {
		return 0, 0, false
	}
	i := strings.Index(text[open:], "|]")
	if i < 0 {
		s.hopelessRaw = true
		s.steps += len(text) - at
		return 0, 0, false
	}
	return open + i + 2, isString, true
}

// outlineLiterate outlines the code of a literate program: what stands between \begin{code} and \end{code} or, in a program
// without these, behind `>`.
func outlineLiterate(s *scanner) {
	whole := s.text
	code := make([]byte, len(whole))
	inside := false
	birds := !strings.Contains(whole, "\n\\begin{code}")
	s.eachLine(whole, func(start, end int) {
		line := whole[start:end]
		bird := birds && strings.HasPrefix(line, ">")
		begins := strings.HasPrefix(line, `\begin{code}`)
		ends := strings.HasPrefix(line, `\end{code}`)
		inside = inside && !ends
		for i := range line {
			code[start+i] = ' '
		}
		switch {
		case bird:
			copy(code[start+1:end], line[1:])
		case inside:
			copy(code[start:end], line)
		}
		inside = inside || begins
	})
	for i, c := range code { // line ends
		if c == 0 {
			code[i] = whole[i]
		}
	}
	s.steps += len(whole)
	s.text = string(code)
	s.pos, s.line = 0, 0
	outlineLayout(s)
	s.text, s.whole = whole, false
}
