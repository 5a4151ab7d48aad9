package chunk

var grammarGo = &grammar{
	outline: outlineBraces,
	marks: []mark{
		{kind: lineComment, open: "//"},
		{kind: blockComment, open: "/*", close: "*/"},
		{kind: quote, open: `"`, close: `"`, escape: '\\'},
		{kind: quote, open: "`", close: "`", lines: true},
		{kind: quote, open: "'", close: "'", escape: '\\'},
	},
	words: []words{
		{"func", word{role: declares, kind: Function, body: funcBody}},
		{"type", word{role: declares, kind: Class, body: valueBody}},
		{"var", word{role: declares, kind: Variable, body: valueBody}},
		{"const", word{role: declares, kind: Constant, body: valueBody}},
		{"import package", word{role: imports}},
	},
	newlines: true, rootOnly: true, receivers: true, localTypes: true,
}
