package chunk

import (
	"strings"
	"unicode/utf8"
)

var grammarRust = &grammar{
	outline: outlineBraces, hooked: "'", hook: lifetimeHook, prefix: rawStringRust,
	marks: []mark{
		{kind: lineComment, open: "//"},
		{kind: blockComment, open: "/*", close: "*/", nested: true},
		{kind: quote, open: `"`, close: `"`, escape: '\\', lines: true},
	},
	words: []words{
		{"fn", word{role: declares, kind: Function, body: funcBody}},
		{"struct", word{role: declares, kind: Struct, body: typeBody}},
		{"union", word{role: declares, kind: Struct, body: typeBody, fresh: true}},
		{"enum", word{role: declares, kind: Enum, body: enumBody}},
		{"trait", word{role: declares, kind: Interface, body: typeBody}},
		{"impl", word{role: declares, kind: Class, body: implBody}},
		{"mod", word{role: declares, kind: Module, body: moduleBody}},
		{"type", word{role: declares, kind: Class, body: valueBody}},
		{"const static", word{role: declares, kind: Constant, body: valueBody}},
		{"macro_rules", word{role: declares, kind: Function, body: typeBody, fresh: false}},
		{"use", word{role: imports}},
		{"pub unsafe async extern crate dyn mut move ref", word{role: modifies}},
		{"default", word{role: modifies, fresh: true}}, // fn default()
		{"if for while loop match return else let break continue await", word{role: controls}},
		{"where", word{role: follows}},
	},
	values: true, angles: true,
}

// lifetimeHook tells a character from a lifetime.
func lifetimeHook(s *scanner, at int) (end int, kind tokenKind, ok bool) {
	rest := s.text[at+1:]
	if rest == "" {
		return 0, 0, false
	}
	if rest[0] == '\\' {
		if i := strings.IndexByte(rest[min(2, len(rest)):min(len(rest), 14)], '\''); i >= 0 {
			return at + 1 + 2 + i + 1, isString, true
		}
		return 0, 0, false
	}
	if _, n := utf8.DecodeRuneInString(rest); n < len(rest) && rest[n] == '\'' {
		return at + 1 + n + 1, isString, true
	}
	end = at + 1
	for end < len(s.text) && s.g.inside[s.text[end]] {
		end++
	}
	return end, isPunct, true
}

// rawStringRust reads r#"..."#, br"...", b'x'.
func rawStringRust(s *scanner, start, at int) (end int, ok bool) {
	switch s.text[start:at] {
	case "r", "br", "cr":
	case "b":
		if s.text[at] == '\'' {
			end, kind, ok := lifetimeHook(s, at)
			return end, ok && kind == isString
		}
		return 0, false
	default:
		return 0, false
	}
	pos := at
	for pos < len(s.text) && pos-at < 32 && s.text[pos] == '#' {
		pos++
	}
	if pos == len(s.text) || s.text[pos] != '"' || s.hopelessRaw {
		return 0, false
	}
	closing := `"` + s.text[at:pos]
	k := strings.Index(s.text[pos+1:], closing)
	if k < 0 {
		s.hopelessRaw = true
		s.broken++
		s.steps += len(s.text) - at
		return 0, false
	}
	return pos + 1 + k + len(closing), true
}

var tripleMarks = []mark{
	{kind: lineComment, open: "//"},
	{kind: blockComment, open: "/*", close: "*/", nested: true},
	{kind: quote, open: "'", close: "'", escape: '\\'},
}

var grammarKotlin = &grammar{
	outline: outlineBraces,
	marks: append([]mark{
		{kind: quote, open: `"""`, close: `"""`, lines: true, inner: "${"},
		{kind: quote, open: `"`, close: `"`, escape: '\\', inner: "${"},
		{kind: quote, open: "`", close: "`"},
	}, tripleMarks...),
	words: []words{
		{"fun", word{role: declares, kind: Function, body: funcBody}},
		{"class", word{role: declares, kind: Class, body: typeBody}},
		{"interface", word{role: declares, kind: Interface, body: typeBody}},
		{"object", word{role: declares, kind: Class, body: typeBody}},
		{"enum", word{role: declares, kind: Enum, body: enumBody, fresh: true}},
		{"typealias", word{role: declares, kind: Class, body: valueBody}},
		{"constructor", word{role: declares, kind: Constructor, body: funcBody}},
		{"val", word{role: declares, kind: Constant, body: valueBody}},
		{"var", word{role: declares, kind: Variable, body: valueBody}},
		{"import package", word{role: imports}},
		{"public private protected abstract override companion lateinit const", word{role: modifies}},
		{"internal open final sealed data inline suspend operator infix tailrec inner annotation expect actual external reified value", word{role: modifies, fresh: true}},
		{"if for while do when return else try catch finally throw break continue init", word{role: controls}},
		{"where by", word{role: follows}},
	},
	newlines: true, values: true, annotations: true, angles: true, extends: true, backticks: true,
}

var grammarSwift = &grammar{
	outline: outlineBraces, extra: "$", hooked: "#", hook: swiftHook,
	marks: []mark{
		{kind: lineComment, open: "//"},
		{kind: blockComment, open: "/*", close: "*/", nested: true},
		{kind: quote, open: `"""`, close: `"""`, escape: '\\', lines: true, inner: `\(`},
		{kind: quote, open: `"`, close: `"`, escape: '\\', inner: `\(`},
	},
	words: []words{
		{"func", word{role: declares, kind: Function, body: funcBody}},
		{"init", word{role: declares, kind: Constructor, body: funcBody}},
		{"subscript", word{role: declares, kind: Method, body: funcBody}},
		{"class actor", word{role: declares, kind: Class, body: typeBody}},
		{"struct", word{role: declares, kind: Struct, body: typeBody}},
		{"enum", word{role: declares, kind: Enum, body: typeBody}},
		{"protocol", word{role: declares, kind: Interface, body: typeBody}},
		{"extension", word{role: declares, kind: Class, body: implBody}},
		{"typealias associatedtype", word{role: declares, kind: Class, body: valueBody}},
		{"let", word{role: declares, kind: Constant, body: valueBody}},
		{"var", word{role: declares, kind: Variable, body: valueBody}},
		{"import", word{role: imports}},
		{"public private fileprivate internal static", word{role: modifies}},
		{"open final override mutating nonmutating lazy weak unowned required convenience", word{role: modifies, fresh: true}},
		{"indirect dynamic optional prefix postfix infix async nonisolated", word{role: modifies, fresh: true}},
		{"throws rethrows", word{role: applies}}, // throws(E)
		{"if for while repeat switch return else case guard do catch throw defer break continue deinit", word{role: controls}},
		{"where", word{role: follows}},
	},
	newlines: true, values: true, annotations: true, angles: true, operators: true,
}

// swiftHook reads #"..."# and the lines of conditional compilation.
func swiftHook(s *scanner, at int) (end int, kind tokenKind, ok bool) {
	rest := s.text[at:]
	if s.fresh && (strings.HasPrefix(rest, "#if") || strings.HasPrefix(rest, "#else") || strings.HasPrefix(rest, "#endif")) {
		return s.lineEnd(at), isDirective, true
	}
	if strings.HasPrefix(rest, `#"`) && at >= s.noHeredoc {
		rest = rest[2:min(len(rest), 16*look)]
		if i := strings.Index(rest, `"#`); i >= 0 {
			return at + i + 4, isString, true
		}
		s.noHeredoc = at + len(rest)
		s.steps += len(rest)
	}
	return 0, 0, false
}

var grammarScala = &grammar{
	outline: outlineBraces, extra: "$", hooked: "'", hook: lifetimeHook,
	marks: append([]mark{
		{kind: quote, open: `"""`, close: `"""`, lines: true},
		{kind: quote, open: `"`, close: `"`, escape: '\\'},
		{kind: quote, open: "`", close: "`"},
	}, tripleMarks...),
	words: []words{
		{"def", word{role: declares, kind: Function, body: funcBody}},
		{"class", word{role: declares, kind: Class, body: typeBody}},
		{"trait", word{role: declares, kind: Interface, body: typeBody}},
		{"object", word{role: declares, kind: Module, body: typeBody}},
		{"enum", word{role: declares, kind: Enum, body: typeBody}},
		{"type", word{role: declares, kind: Class, body: valueBody}},
		{"val given", word{role: declares, kind: Constant, body: valueBody}},
		{"var", word{role: declares, kind: Variable, body: valueBody}},
		{"import package", word{role: imports}},
		{"private protected implicit override final sealed abstract lazy case", word{role: modifies}},
		{"inline opaque transparent open infix", word{role: modifies, fresh: true}},
		{"if for while do match return else try catch finally throw new yield", word{role: controls}},
		{"extends with derives", word{role: follows}},
	},
	newlines: true, values: true, annotations: true, operators: true, backticks: true, colons: true,
}
