package chunk

var grammarSolidity = &grammar{
	outline: outlineBraces, marks: cMarks, extra: "$",
	words: []words{
		{"contract library", word{role: declares, kind: Class, body: typeBody}},
		{"interface", word{role: declares, kind: Interface, body: typeBody}},
		{"struct", word{role: declares, kind: Struct, body: typeBody}},
		{"enum", word{role: declares, kind: Enum, body: enumBody}},
		{"function modifier", word{role: declares, kind: Function, body: funcBody}},
		{"constructor", word{role: declares, kind: Constructor, body: funcBody}},
		{"event", word{role: declares, kind: Event, body: valueBody}},
		{"error type", word{role: declares, kind: Class, body: valueBody, fresh: true}},
		{"pragma import using", word{role: imports}},
		{"abstract public private internal external view pure payable virtual override constant immutable", word{role: modifies}},
		{"if for while do return else try catch break continue", word{role: controls}},
		{"emit revert require new delete unchecked assembly", word{role: controls}},
	},
	methods: true, values: true, rootOnly: true,
}
