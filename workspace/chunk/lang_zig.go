package chunk

import "strings"

// Zig names its types by assignment, `const Point = struct {`, as JavaScript may its functions and classes.
var grammarZig = &grammar{
	outline: outlineBraces, extra: "@", hooked: `\`, hook: zigHook, prefix: zigQuoted,
	marks: []mark{
		{kind: lineComment, open: "//"},
		{kind: quote, open: `"`, close: `"`, escape: '\\'},
		{kind: quote, open: "'", close: "'", escape: '\\'},
	},
	words: []words{
		{"fn test", word{role: declares, kind: Function, body: funcBody}},
		{"struct union", word{role: declares, kind: Struct, body: typeBody}},
		{"enum", word{role: declares, kind: Enum, body: typeBody}},
		{"opaque", word{role: declares, kind: Class, body: typeBody}},
		{"error", word{role: declares, kind: Enum, body: dataBody}},
		{"const", word{role: declares, kind: Constant, body: valueBody}},
		{"var", word{role: declares, kind: Variable, body: valueBody}},
		{"@import @cImport", word{role: imports}},
		{"pub export extern inline noinline threadlocal packed comptime", word{role: modifies}},
		{"if for while switch else defer errdefer try catch orelse", word{role: controls}},
		{"callconv align linksection addrspace", word{role: applies}},
	},
	assigned: true, values: true, commas: true, quoted: true,
}

// zigHook reads a line of a multi-line string.
func zigHook(s *scanner, at int) (end int, kind tokenKind, ok bool) {
	if at+1 < len(s.text) && s.text[at+1] == '\\' {
		return s.lineEnd(at), isString, true
	}
	return 0, 0, false
}

// zigQuoted reads @"any name".
func zigQuoted(s *scanner, start, at int) (end int, ok bool) {
	if s.text[start:at] != "@" || s.text[at] != '"' {
		return 0, false
	}
	i := strings.IndexAny(s.text[at+1:min(len(s.text), at+longestName)], "\"\n")
	if i < 0 || s.text[at+1+i] == '\n' {
		return 0, false
	}
	return at + 1 + i + 1, true
}
