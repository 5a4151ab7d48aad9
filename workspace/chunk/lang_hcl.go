package chunk

import "strings"

// Terraform's resources, variables and the like are named as expressions refer to them: aws_instance.web, var.region, local.name.
var grammarHCL = &grammar{
	outline: outlineBlocks, head: hclHead, extra: "-", hooked: "<", hook: hclHook,
	marks: []mark{
		{kind: lineComment, open: "#"},
		{kind: lineComment, open: "//"},
		{kind: blockComment, open: "/*", close: "*/"},
		{kind: quote, open: `"`, close: `"`, escape: '\\', inner: "${"},
	},
	words: []words{
		{"variable", word{role: declares, kind: Variable}},
		{"output", word{role: declares, kind: Property}},
		{"module", word{role: declares, kind: Module}},
		{"resource data provider locals terraform", word{role: declares, kind: Class}},
	},
	newlines: true,
}

// hclHook reads here documents.
func hclHook(s *scanner, at int) (end int, kind tokenKind, ok bool) {
	if strings.HasPrefix(s.text[at:], "<<") {
		return heredoc(s, at+2)
	}
	return 0, 0, false
}

// hclHead takes `resource "type" "name" {`, `locals {` and, at file level or in locals, `name = value`.
func hclHead(b *blocks, opens bool) heading {
	first := b.st.piece(0)
	if first.kind != isWord {
		return heading{skip: opens}
	}
	_, owner := b.top()
	if b.st.equals.kind != atEnd {
		local := owner >= 0 && len(b.open) == 1 && b.defs[owner].hidden
		if opens || len(b.open) > 0 && !local {
			return heading{skip: opens}
		}
		return heading{kind: Variable, nameStart: first.start, nameEnd: first.end}
	}
	if !opens {
		return heading{}
	}
	var labels [4]piece
	n := 0
	for i := 1; i < b.st.n && n < len(labels); i++ {
		p := b.st.pieces[i]
		if p.kind == isString && p.end-p.start > 2 {
			p.start, p.end = p.start+1, p.end-1
		} else if p.kind != isWord {
			return heading{skip: true}
		}
		labels[n] = p
		n++
	}
	if n == 0 {
		if len(b.open) > 0 {
			return heading{}
		}
		h := heading{kind: Namespace, nameStart: first.start, nameEnd: first.end}
		if b.text[first.start:first.end] == "locals" {
			h.hidden, h.owner = true, "local"
		}
		return h
	}
	name := labels[n-1]
	h := heading{kind: Class, nameStart: name.start, nameEnd: name.end}
	if len(b.open) > 0 {
		if b.text[first.start:first.end] == "dynamic" { // generates blocks, defines none
			return heading{}
		}
		return h
	}
	if first.word != nil {
		h.kind = first.word.kind
	}
	switch kind := b.text[first.start:first.end]; kind {
	case "resource":
	case "variable":
		h.owner = "var"
	case "data", "module", "output", "provider":
		h.owner = kind
	}
	for _, l := range labels[:n-1] {
		h.owner = join(h.owner, b.text[l.start:l.end])
	}
	return h
}
