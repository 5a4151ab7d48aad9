package chunk

import "strings"

var jsWords = []words{
	{"function", word{role: declares, kind: Function, body: funcBody}},
	{"class", word{role: declares, kind: Class, body: typeBody}},
	{"const", word{role: declares, kind: Constant, body: valueBody}},
	{"let var", word{role: declares, kind: Variable, body: valueBody}},
	{"import", word{role: imports}},
	{"require", word{role: imports}},
	{"export default async static get set declare abstract public private protected readonly override accessor", word{role: modifies, fresh: true}},
	{"if for while do switch return else case try catch finally new throw break continue typeof await yield delete void in of instanceof with", word{role: controls}},
	{"extends implements", word{role: follows}},
}

var jsMarks = []mark{
	{kind: lineComment, open: "//"},
	{kind: blockComment, open: "/*", close: "*/"},
	{kind: quote, open: `"`, close: `"`, escape: '\\'},
	{kind: quote, open: "'", close: "'", escape: '\\'},
	{kind: quote, open: "`", close: "`", escape: '\\', lines: true, inner: "${"},
}

var grammarJS = &grammar{
	outline: outlineBraces, marks: jsMarks, words: jsWords, extra: "$#", hooked: "/'", hook: jsHook,
	methods: true, newlines: true, assigned: true, anyMethod: true, objects: true, annotations: true,
}

var grammarTS = &grammar{
	outline: outlineBraces, marks: jsMarks, extra: "$#", hooked: "/'", hook: jsHook,
	words: append([]words{
		{"interface", word{role: declares, kind: Interface, body: typeBody, fresh: true}},
		{"enum", word{role: declares, kind: Enum, body: enumBody, fresh: true}},
		{"type", word{role: declares, kind: Class, body: valueBody, fresh: true}},
		{"namespace module", word{role: declares, kind: Namespace, body: moduleBody, fresh: true}},
	}, jsWords...),
	methods: true, prototypes: true, newlines: true, assigned: true, anyMethod: true, objects: true, annotations: true, angles: true,
}

// jsHook tells the apostrophe of JSX text (don't) from a string, which never starts right behind a name, and reads regular
// expressions.
func jsHook(s *scanner, at int) (end int, kind tokenKind, ok bool) {
	if s.text[at] == '/' {
		return regexpHook(s, at)
	}
	if t := &s.tok; t.end == at && t.kind == isWord && t.word == nil && s.text[t.start:t.end] != "from" {
		return at + 1, isPunct, true
	}
	return 0, 0, false
}

// regexpHook reads comments and, where an expression may start, a regular expression literal.
func regexpHook(s *scanner, at int) (end int, kind tokenKind, ok bool) {
	if at+1 < len(s.text) && (s.text[at+1] == '/' || s.text[at+1] == '*') || at < s.noRegexp {
		return 0, 0, false
	}
	switch s.tok.kind { // the token before: next has not yielded this one yet
	case isNumber, isString:
		return 0, 0, false
	case isWord:
		if s.tok.word == nil || s.tok.word.role != controls {
			return 0, 0, false
		}
	case isPunct:
		switch s.tok.b {
		case ')', ']', '}':
			return 0, 0, false
		case '<': // the end of an element
			return 0, 0, false
		}
	}
	set := false
	i := at + 1
	for ; i < len(s.text) && i-at < look && s.text[i] != '\n'; i++ {
		switch s.text[i] {
		case '\\':
			i++
		case '[':
			set = true
		case ']':
			set = false
		case '/':
			if !set {
				s.steps += i - at
				return i + 1, isString, true
			}
		}
	}
	s.steps += i - at
	s.noRegexp = i
	return 0, 0, false
}

var grammarPHP = &grammar{
	outline: outlineBraces, extra: "$\\", hooked: "<?", hook: phpHook,
	marks: []mark{
		{kind: lineComment, open: "//"},
		{kind: blockComment, open: "/*", close: "*/"},
		{kind: quote, open: `"`, close: `"`, escape: '\\', lines: true},
		{kind: quote, open: "'", close: "'", escape: '\\', lines: true},
		{kind: quote, open: "`", close: "`", escape: '\\', lines: true},
		{kind: lineComment, open: "# "},
		{kind: lineComment, open: "##"},
	},
	words: []words{
		{"function", word{role: declares, kind: Function, body: funcBody}},
		{"class", word{role: declares, kind: Class, body: typeBody}},
		{"interface", word{role: declares, kind: Interface, body: typeBody}},
		{"trait", word{role: declares, kind: Class, body: typeBody}},
		{"enum", word{role: declares, kind: Enum, body: typeBody, fresh: true}},
		{"namespace", word{role: declares, kind: Namespace, body: moduleBody, fresh: true}},
		{"const", word{role: declares, kind: Constant, body: valueBody}},
		{"use require require_once include include_once declare", word{role: imports}},
		{"public private protected static final abstract readonly", word{role: modifies}},
		{"if for foreach while do switch return else elseif case try catch finally new throw echo print break continue yield match fn", word{role: controls}},
	},
	values: true, anyMethod: true, fileSpaces: true, resumed: true, fields: true,
}

// phpHook passes what stands outside <?php ... ?>, and heredocs.
func phpHook(s *scanner, at int) (end int, kind tokenKind, ok bool) {
	rest := s.text[at:]
	switch {
	case strings.HasPrefix(rest, "?>"):
		if i := strings.Index(rest, "<?"); i >= 0 {
			return at + i, isComment, true
		}
		return len(s.text), isComment, true
	case strings.HasPrefix(rest, "<?php"):
		return at + 5, isComment, true
	case strings.HasPrefix(rest, "<?="):
		return at + 3, isComment, true
	case strings.HasPrefix(rest, "<<<"):
		return heredoc(s, at+3)
	case rest[0] == '<' && s.tok.kind == atEnd: // the page before the program
		if i := strings.Index(rest, "<?"); i > 0 {
			return at + i, isComment, true
		}
	}
	return 0, 0, false
}

// heredoc reads a here document whose mark, perhaps quoted, stands at at: up to the line that starts with the mark.
func heredoc(s *scanner, at int) (end int, kind tokenKind, ok bool) {
	for at < len(s.text) && strings.IndexByte(" \t-~\\", s.text[at]) >= 0 {
		at++
	}
	if at < len(s.text) && (s.text[at] == '"' || s.text[at] == '\'') {
		at++
	}
	end = at
	for end < len(s.text) && end-at < 64 && (s.text[end] == '_' || s.text[end]|0x20 >= 'a' && s.text[end]|0x20 <= 'z' || end > at && s.text[end] >= '0' && s.text[end] <= '9') {
		end++
	}
	if end == at || at < s.noHeredoc {
		return 0, 0, false
	}
	name := s.text[at:end]
	for line := s.lineEnd(end); line < len(s.text); {
		start := line + 1
		for start < len(s.text) && (s.text[start] == ' ' || s.text[start] == '\t') {
			start++
		}
		if strings.HasPrefix(s.text[start:], name) {
			if after := start + len(name); after == len(s.text) || !s.g.inside[s.text[after]] {
				return after, isString, true
			}
		}
		line = s.lineEnd(start)
	}
	s.steps += len(s.text) - at
	s.noHeredoc = len(s.text)
	return 0, 0, false
}
