package chunk

import "strings"

var cssWords = []words{
	{"@mixin @function", word{role: declares, kind: Function}},
	{"@keyframes @-webkit-keyframes @-moz-keyframes @-o-keyframes", word{role: declares, kind: Class, body: dataBody}},
	{"@counter-style @font-palette-values", word{role: declares, kind: Class, body: dataBody}},
	{"@property", word{role: declares, kind: Variable, body: dataBody}},
	{"@media @supports @layer @container", word{role: declares, kind: Namespace, body: moduleBody}},
	{"@scope @document @-moz-document @theme", word{role: declares, kind: Namespace, body: moduleBody}},
	{"@font-face @page @font-feature-values", word{role: declares, kind: Class, body: moduleBody}},
	{"@import @use @forward @charset @plugin", word{role: imports}},
}

var cssMarks = []mark{
	{kind: blockComment, open: "/*", close: "*/"},
	{kind: quote, open: `"`, close: `"`, escape: '\\'},
	{kind: quote, open: "'", close: "'", escape: '\\'},
}

var (
	grammarCSS = &grammar{
		outline: outlineBlocks, head: cssHead, extra: "-$", hooked: "@#(\\\"'", hook: cssHook, words: cssWords, marks: cssMarks,
		styles: true,
	}
	grammarSCSS = &grammar{
		outline: outlineBlocks, head: cssHead, extra: "-$", hooked: "@#(\\\"'", hook: cssHook, words: cssWords,
		marks:  append([]mark{{kind: lineComment, open: "//"}}, cssMarks...),
		styles: true,
	}
)

// cssHook reads at-words, interpolations, escapes and addresses without quotes. In repair a string ends where a rule does.
func cssHook(s *scanner, at int) (end int, kind tokenKind, ok bool) {
	text := s.text
	end = at + 1
	switch text[at] {
	case '\\':
		return min(at+2, len(text)), isPunct, true
	case '"', '\'':
		for ; s.repair && end < len(text) && text[end] != text[at]; end++ {
			switch text[end] {
			case '{', '}', '\n':
				s.steps += end - at
				return at + 1, isPunct, true
			case '\\':
				end++
			}
		}
		return 0, 0, false
	case '(':
		if t := &s.tok; t.kind == isWord && t.end == at && strings.EqualFold(text[t.start:t.end], "url") && at >= s.noAngle {
			for end < len(text) && (text[end] == ' ' || text[end] == '\t') && end-at < 64 {
				end++
			}
			if end < len(text) && text[end] != '"' && text[end] != '\'' {
				if i := strings.IndexByte(text[at:min(len(text), at+64*look)], ')'); i > 0 {
					return at + i + 1, isString, true
				}
				s.steps += 64 * look
				s.noAngle = at + 64*look
			}
		}
		return 0, 0, false
	case '#':
		if end < len(text) && text[end] == '{' {
			if i := interpolation(text[end:min(len(text), end+look)]); i > 0 {
				return end + i, isWord, true
			}
			return end + 1, isPunct, true
		}
		return 0, 0, false
	}
	if end < len(text) && text[end] == '{' { // Less: @{name}
		if i := strings.IndexAny(text[end:min(len(text), end+look)], "}\n"); i > 0 && text[end+i] == '}' {
			return end + i + 1, isWord, true
		}
		return end, isPunct, true
	}
	for end < len(text) && s.g.inside[text[end]] {
		end++
	}
	return end, isWord, true
}

// interpolation is how long the braces are that a text starts with, 0 where they do not close before a statement ends.
func interpolation(text string) int {
	depth := 0
	for i := range len(text) {
		switch text[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i + 1
			}
		case ';':
			return 0
		}
	}
	return 0
}

// cssHead takes rules by their selectors, at-rules, variables of the file and custom properties of the root.
func cssHead(b *blocks, opens bool) heading {
	first, second := b.st.piece(0), b.st.piece(1)
	if first.kind == atEnd {
		return heading{}
	}
	text := b.text
	if b.st.equals.kind = atEnd; !opens { // @if $a == $b { assigns nothing
		if first.word != nil && first.word.role == imports {
			return heading{imported: len(b.open) == 0}
		}
		if first.kind != isWord || second.b != ':' {
			return heading{}
		}
		name := text[first.start:first.end]
		switch {
		case len(b.open) == 0 && (name[0] == '$' || name[0] == '@') && len(name) > 1:
		case strings.HasPrefix(name, "--") && b.root():
		default:
			return heading{}
		}
		return heading{kind: Variable, nameStart: first.start, nameEnd: first.end}
	}
	if first.kind == isWord && text[first.start] == '@' && (second.b != ':' || second.start > first.end || first.word != nil) {
		w := first.word
		if w == nil || w.role != declares {
			return heading{skip: w != nil && w.role != imports}
		}
		if w.body == moduleBody {
			start, end := b.prelude(first.start)
			return heading{kind: w.kind, nameStart: start, nameEnd: end, skip: w.kind == Class}
		}
		if second.kind != isWord {
			return heading{skip: w.body == dataBody}
		}
		h := heading{kind: w.kind, nameStart: second.start, nameEnd: second.end, skip: w.body == dataBody}
		for i := 2; b.st.piece(i).kind == isWord && b.st.piece(i).start == h.nameEnd; i++ { // @keyframes fade-#{$name}
			h.nameEnd = b.st.piece(i).end
		}
		return h
	}
	if b.prevKind == isPunct && b.prevByte == ':' { // Sass: font: { family: x; }
		if text[first.start] == '@' && len(b.open) == 0 { // Less: @detached: {
			return heading{kind: Variable, nameStart: first.start, nameEnd: first.end}
		}
		return heading{skip: true}
	}
	if first.kind == isWord && (strings.HasPrefix(text[first.start:first.end], "--") || text[first.start] == '$') &&
		second.b == ':' {
		return heading{skip: true}
	}
	if open := b.st.piece(2); (first.b == '.' || first.b == '#') && second.kind == isWord && open.b == '(' { // Less: .mixin(
		return heading{kind: Function, nameStart: first.start, nameEnd: second.end}
	}
	start, end := b.prelude(first.start)
	return heading{kind: Class, nameStart: start, nameEnd: end}
}

// prelude is what stands before the brace, or its first line.
func (b *blocks) prelude(start int) (int, int) {
	text := b.text[start:min(b.tok.start, start+longestName)]
	if i := strings.LastIndexByte(text, ','); i > 0 && start+len(text) < b.tok.start {
		text = text[:i]
	}
	if i := strings.IndexAny(text, "\r\n"); i >= 0 {
		text = text[:i]
	}
	if i := strings.Index(text, "/*"); i > 0 {
		text = text[:i]
	}
	for _, comment := range []string{" //", "\t//", ",//"} { // no part of an address
		if i := strings.Index(text, comment); i > 0 {
			text = text[:i]
		}
	}
	text = strings.TrimRight(text, " \t,")
	return start, start + len(text[:runeStart(text, len(text))])
}

// root says that custom properties are declared here for the whole document.
func (b *blocks) root() bool {
	_, owner := b.top()
	if owner < 0 {
		return false
	}
	d := &b.defs[owner]
	name := b.text[d.nameStart:d.nameEnd]
	return strings.HasPrefix(name, ":root") || strings.HasPrefix(name, ":host") || name == "html" ||
		strings.HasPrefix(name, "@theme")
}
