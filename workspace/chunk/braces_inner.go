package chunk

import "strings"

// What is defined inside functions: functions in the literals of JavaScript's objects, names that are given to functions, types.

// localType says that the word, inside a function whose other declarations are passed over, belongs to the header of a type. A
// name behind the type's is a variable's: struct stat info;
func (b *braces) localType() bool {
	st, w := &b.st, b.tok.word
	if st.typedef || st.imports {
		return true
	}
	if st.key == nil {
		if w == nil || w.role != declares && (w.role != imports || !b.g.qualified) || w.body == funcBody ||
			w.body == valueBody && w.kind != Class {
			return false
		}
		modified := b.prevWord != nil && b.prevWord.role == modifies
		if b.g.directives && b.tok.first && !modified && st.start != b.tok.start { // below a macro
			b.begin()
		}
		return modified || st.start == b.tok.start
	}
	if w == nil && st.nameEnd > 0 && !b.g.receivers && !st.colon && !st.extends && b.prevByte != ':' {
		st.key = nil
		return false
	}
	return true
}

// literal says that a brace opens an object, or a pattern that takes one apart, rather than a block or a type.
func (b *braces) literal(f *frame, inside bool) bool {
	st := &b.st
	if !st.equals && (st.key != nil || f.holds == typeBody) { // a header: only parameters have patterns, and decorators arguments
		if !inside || st.key == nil && st.call < 0 && !st.aside {
			return false
		}
	}
	if st.key != nil && alias(st.key) {
		return false
	}
	if b.prevKind == isWord {
		switch b.text[b.prevStart:b.prevEnd] {
		case "return", "default", "throw", "yield", "const", "let", "var":
			return true
		}
		return false
	}
	if b.prevKind != isPunct {
		return false
	}
	switch b.prevByte {
	case '(', '[', '=', '?':
		return true
	case '{': // style={{
		return f.object && b.prevEnd == b.tok.start
	case ':':
		if b.g.angles { // what follows parentheses is a type
			return f.object && !inside && b.text[max(0, b.prevStart-1)] != ')' || f.holds == funcBody && b.leads(b.prevStart) // a ?\n b\n : {
		}
		return f.object || inside || st.equals
	case '|', '&': // || {
		return b.prevStart > 0 && b.text[b.prevStart-1] == b.prevByte
	case ',':
		return inside && !b.betweenAngles(b.prevStart)
	}
	return false
}

// leads says that only white space stands before an offset in its line.
func (b *braces) leads(at int) bool {
	for low := max(0, at-longestName); at > low && (b.text[at-1] == ' ' || b.text[at-1] == '\t'); at-- {
	}
	return at > 0 && b.text[at-1] == '\n'
}

// betweenAngles says that a comma separates types: Record<string, { a: () => void }>.
func (b *braces) betweenAngles(at int) bool {
	if !b.g.angles {
		return false
	}
	depth := 0
	for low := max(0, at-128); at > low; {
		at--
		c := b.text[at]
		if (c == '<' || c == '>') && at > low+1 && b.text[at-2] > ' ' && b.text[at-1] == ' ' && b.text[at+1] == ' ' { // a < b
			continue
		}
		switch c {
		case '>':
			if at == 0 || b.text[at-1] != '=' {
				depth++
			}
		case '<':
			if depth--; depth < 0 {
				return true
			}
		case '(', ')', '{', '}', ';':
			return false
		}
	}
	return false
}

// endsKey says that the current word, a keyword, is the name of an object's member.
func (b *braces) endsKey() bool {
	for i := b.tok.end; i < len(b.text) && i-b.tok.end < 64; i++ {
		switch b.text[i] {
		case ' ', '\t', '\r', '\n':
		case ':', '(', ',', '}', '<':
			return true
		default:
			return false
		}
	}
	return false
}

// startsValue says that the current token is the first of a member's value, `async` aside.
func (b *braces) startsValue() bool {
	return b.prevKind == isPunct && b.prevByte == ':' || b.prevWord != nil && b.prevWord.text == "async"
}

// opensMember says that the brace is the body of an object's method: name(...) {, name(...): T {.
func (b *braces) opensMember() bool {
	st := &b.st
	return st.call >= 0 && !st.colon && (st.init || b.prevKind == isPunct && b.prevByte == ')')
}

// named takes a string that stands where a member's name is expected: "any name": function.
func (b *braces) named(f *frame) {
	t, st := &b.tok, &b.st
	if (f.object || f.holds == typeBody && !st.equals) && st.values == 0 && st.key == nil && t.end-t.start > 2 {
		st.header, st.last, st.lastEnd = st.start, t.start+1, t.end-1
		st.values++
	}
}

// opensArrow defines a function by its arrow where a brace opens inside its expression: what that holds is the function's.
func (b *braces) opensArrow(f *frame) {
	st := &b.st
	if st.nameEnd == 0 || st.imports || !b.mayAssign(st, f) {
		return
	}
	d := def{
		start: st.start, doc: st.doc, header: st.header, body: b.tok.start, end: b.tok.end,
		nameStart: st.nameStart, nameEnd: st.nameEnd, kind: Function, owner: b.leftOwner(st),
	}
	if f.holds == typeBody {
		d.kind = Method
	}
	st.def = b.emit(d) + 1
}

// endsItem says that a comma inside a function ends a member of an object, or one of several declared names.
func (b *braces) endsItem(f *frame) bool {
	st := &b.st
	if st.key != nil || !f.object && !st.equals {
		return false
	}
	comma := b.tok.start
	return !b.g.angles || strings.IndexByte(b.text[max(st.start, comma-128, 0):comma], '<') < 0 || !b.betweenAngles(comma)
}

// alias says that the keyword names another type: type A = B.
func alias(w *word) bool { return w.body == valueBody && w.kind == Class }

// creation marks the parenthesis behind `new Name` on the stack of brackets.
const creation = 0x80

// creates is the parenthesis that is the current token, marked if only a type stands between it and the last `new`.
func (b *braces) creates() byte {
	from := b.creating
	b.creating = 0
	if b.tok.start-from > 256 {
		return '('
	}
	for i := from; i < b.tok.start; i++ {
		if c := b.text[i]; !b.g.inside[c] && strings.IndexByte(" \t\r\n.,<>?&[]@", c) < 0 {
			return '('
		}
	}
	return '(' | creation
}

// valued says that a value is being read that has a name: behind `=`, in an object behind `:`.
func (b *braces) valued(f *frame) bool {
	if f.object {
		return b.st.colon && !b.st.equals
	}
	return b.st.equals
}

// callDefines says that the parenthesis, inside a function or object, is that of a definition's parameters.
func (b *braces) callDefines(f *frame) bool {
	return f.object && b.st.values == 1 || b.g.localCalls && b.localCall()
}

// localCall says that the parenthesis, inside a function, is that of a function's parameters: a type stands before the name, or,
// where functions need none, nothing.
func (b *braces) localCall() bool {
	st := &b.st
	if st.call >= 0 || st.imports || st.last < st.start || b.prevEnd != st.lastEnd && b.text[max(0, b.tok.start-1)] != '>' {
		return false
	}
	i := st.last - 1
	for low := max(st.start, i-16); i >= low && b.text[i] <= ' '; i-- {
	}
	if i < st.start {
		return b.g.getters
	}
	switch c := b.text[i]; c {
	case '?', ']', '*', ')', '>':
		return b.text[i-1] != '=' && i < st.last-1 // => name(
	default:
		if !b.g.inside[c] || i == st.last-1 {
			return false
		}
	}
	end := i + 1
	for i >= st.start && b.g.inside[b.text[i]] {
		i--
	}
	switch b.text[i+1 : end] {
	case "when", "or", "and", "not", "is", "as", "in", "on", "await", "select", "from", "by", "new", "const":
		return false
	}
	return true
}
