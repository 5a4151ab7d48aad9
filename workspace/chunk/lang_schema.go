package chunk

import "strings"

// Schemas over the engine of blocks: Protocol Buffers, Thrift, GraphQL.

var grammarProto = &grammar{
	outline: outlineBlocks, head: protoHead, marks: cMarks,
	words: []words{
		{"message", word{role: declares, kind: Struct, body: typeBody}},
		{"enum", word{role: declares, kind: Enum, body: enumBody}},
		{"service", word{role: declares, kind: Interface, body: typeBody}},
		{"extend", word{role: declares, kind: Struct, body: implBody}},
		{"rpc", word{role: declares, kind: Method, body: dataBody}},
		{"syntax edition package import", word{role: imports}},
		{"option reserved extensions oneof returns", word{role: controls}},
	},
}

// protoHead takes `message Name {`, `export enum Name {`, `rpc Name(`, `repeated string name = 1;`.
func protoHead(b *blocks, opens bool) heading {
	first, name := b.st.piece(0), b.st.piece(1)
	if !opens && first.kind == isWord && name.b == '=' && b.within() == Enum { // even if it is a keyword
		return heading{kind: EnumMember, nameStart: first.start, nameEnd: first.end}
	}
	if w := name.word; opens && w != nil && w.role == declares && first.kind == isWord {
		if visibility := b.text[first.start:first.end]; visibility == "export" || visibility == "local" {
			first, name = name, b.st.piece(2)
		}
	}
	if w := first.word; w != nil {
		switch w.role {
		case declares:
			if w.body == implBody {
				name = b.st.last // of a.b.Name, .a.b.Name
			}
			if name.kind != isWord || !opens && w.kind != Method {
				return heading{} // half typed
			}
			return heading{
				kind: w.kind, nameStart: name.start, nameEnd: name.end, hidden: w.body == implBody,
				skip: w.body == dataBody,
			}
		case imports:
			return heading{imported: !opens && len(b.open) == 0, skip: true}
		case controls:
			return heading{skip: w.text == "option"}
		}
	}
	name = b.st.equals
	h := heading{kind: Field, nameStart: name.start, nameEnd: name.end}
	switch in := b.within(); {
	case name.kind != isWord:
		return heading{}
	case in == Enum:
		h.kind = EnumMember
	case in == Text || in == Interface || name.start == first.start || opens && !b.groups():
		return heading{skip: opens}
	}
	return h
}

// groups says that the header is proto2's `optional group Name = 1 {`, which has no label in a oneof.
func (b *blocks) groups() bool {
	for i := range 2 {
		if p := b.st.piece(i); p.kind == isWord && b.text[p.start:p.end] == "group" {
			return true
		}
	}
	return false
}

var grammarThrift = &grammar{
	outline: outlineBlocks, head: thriftHead,
	marks: append([]mark{{kind: lineComment, open: "#"}}, cMarks...),
	words: []words{
		{"struct union exception", word{role: declares, kind: Struct, body: typeBody}},
		{"enum senum", word{role: declares, kind: Enum, body: enumBody}},
		{"service", word{role: declares, kind: Interface, body: typeBody}},
		{"typedef", word{role: declares, kind: Class, body: valueBody}},
		{"const", word{role: declares, kind: Constant, body: valueBody}},
		{"include cpp_include namespace", word{role: imports}},
	},
	newlines: true, commas: true, angles: true,
}

// thriftHead takes `struct Name {`, `1: required string name = "",`, `void ping(1: i32 a) throws (...)`.
func thriftHead(b *blocks, opens bool) heading {
	first, name := b.st.piece(0), b.st.piece(1)
	if w := first.word; w != nil && w.role == imports {
		return heading{imported: !opens && len(b.open) == 0, skip: true}
	} else if w != nil && w.role == declares && len(b.open) == 0 {
		if w.body == valueBody {
			if name = b.st.last; b.st.equals.kind == isWord {
				name = b.st.equals
			}
			if opens {
				return heading{skip: true}
			}
		}
		if name.kind != isWord || name.start == first.start {
			return heading{skip: opens}
		}
		return heading{kind: w.kind, nameStart: name.start, nameEnd: name.end}
	}
	if opens {
		return heading{skip: true}
	}
	h := heading{kind: Field}
	switch b.within() {
	case Enum:
		h.kind = EnumMember
		name = first
	case Interface:
		h.kind = Method
		name = piece{}
		for i := 1; i < b.st.n; i++ {
			if p := b.st.pieces[i]; p.kind == isPunct && p.b == '(' {
				name = b.st.pieces[i-1]
				break
			}
		}
	case Struct:
		if name = b.st.last; b.st.equals.kind == isWord {
			name = b.st.equals
		}
		if name.start == first.start {
			return heading{}
		}
	default:
		return heading{}
	}
	if name.kind == isWord {
		h.nameStart, h.nameEnd = name.start, name.end
	}
	return h
}

var grammarGraphQL = &grammar{
	outline: outlineBlocks, head: graphqlHead, extra: "$", hooked: `"`, hook: graphqlHook,
	marks: []mark{
		{kind: lineComment, open: "#"},
		{kind: quote, open: `"`, close: `"`, escape: '\\'},
	},
	words: []words{
		{"type union scalar", word{role: declares, kind: Class, body: typeBody}},
		{"input", word{role: declares, kind: Struct, body: typeBody}},
		{"interface", word{role: declares, kind: Interface, body: typeBody}},
		{"enum", word{role: declares, kind: Enum, body: enumBody}},
		{"directive query mutation subscription fragment", word{role: declares, kind: Function, body: dataBody}},
		{"extend", word{role: modifies}},
	},
	newlines: true, quoted: true, commas: true,
}

// graphqlHead takes `type Name implements A & B {`, `name(a: Int): String`, `query Name($a: Int) {`.
func graphqlHead(b *blocks, opens bool) heading {
	at := 0
	if len(b.open) > 0 {
		name := b.st.piece(0)
		if opens || name.kind != isWord {
			return heading{skip: true}
		}
		h := heading{kind: Field, nameStart: name.start, nameEnd: name.end}
		if b.within() == Enum {
			h.kind = EnumMember
		} else if next := b.st.piece(1); next.b != ':' && next.b != '(' {
			return heading{} // half typed
		}
		return h
	}
	if w := b.st.piece(0).word; w != nil && w.role == modifies {
		at++
	}
	w := b.st.piece(at).word
	name := b.st.piece(at + 1)
	if name.b == '@' && b.st.piece(at).end < name.start { // directive @name
		name = b.st.piece(at + 2)
	}
	if w == nil || w.role != declares || name.kind != isWord {
		return heading{skip: true}
	}
	return heading{kind: w.kind, nameStart: name.start, nameEnd: name.end, skip: w.body == dataBody}
}

// graphqlHook reads block strings. In repair one ends before a line that opens a declaration: descriptions are prose, which may
// well start a line with `type` or `query`, but not end it with a brace.
func graphqlHook(s *scanner, at int) (end int, kind tokenKind, ok bool) {
	if !strings.HasPrefix(s.text[at:], `"""`) {
		return 0, 0, false
	}
	if s.hopelessRaw {
		return at + 3, isString, true
	}
	i := strings.Index(s.text[at+3:], `"""`)
	if i < 0 {
		s.hopelessRaw = true
		s.broken++
		s.steps += len(s.text) - at
		return at + 3, isString, true
	}
	end = at + 3 + i + 3
	if s.repair {
		for line := s.lineEnd(at); line < end; line = s.lineEnd(line + 1) {
			if next := s.lineEnd(line + 1); next < end && s.resumes(line+1) &&
				strings.HasSuffix(strings.TrimRight(s.text[line+1:next], "\r"), "{") {
				return line, isString, true
			}
		}
	}
	return end, isString, true
}
