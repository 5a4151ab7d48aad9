package chunk

import "strings"

var grammarObjC = &grammar{
	outline: outlineBraces, marks: cMarks, words: cWords, extra: "$", hooked: "#", hook: directiveHook,
	calls: true, directives: true, forward: true, rootOnly: true, localTypes: true, lastName: true, annotations: true,
	selectors: true,
}

// message takes what Objective-C adds to C outside functions, where the current token, first on its line, starts such a thing:
// `@interface` and its like, whose bodies end with `@end` and are frames opened by '@', properties, and methods, which start
// with `-` or `+`. A method is called by the first part of its selector: the name has to stand in the text as one.
func (b *braces) message() bool {
	t, f := &b.tok, b.top()
	if t.kind == isWord && strings.HasPrefix(b.text[t.start:t.end], "NS_ASSUME_NONNULL_") { // which no semicolon follows
		b.endStatement(b.prevEnd)
		return true
	}
	if t.kind != isPunct || len(b.brackets) > f.base || f.holds != root && f.holds != moduleBody {
		return false
	}
	switch t.b {
	case '@':
		return b.atWord()
	case '-', '+':
		return f.open == '@' && !b.st.equals && b.method()
	}
	return false
}

// atWord takes an `@` with the keyword behind it.
func (b *braces) atWord() bool {
	t := b.tok
	end := b.nameEnd(t.end)
	switch word := b.text[t.end:end]; word {
	case "end":
		b.endStatement(b.prevEnd)
		b.leaveMessages(end)
	case "interface", "implementation", "protocol":
		start := b.blanks(end)
		last := b.nameEnd(start)
		if next := b.blanks(last); last == start ||
			word == "protocol" && next < len(b.text) && strings.IndexByte(";,", b.text[next]) >= 0 {
			return false // @protocol A;
		}
		b.endStatement(b.prevEnd)
		if b.top().open == '@' {
			b.broken++
			b.leaveMessages(b.prevEnd)
		}
		b.begin()
		d := def{kind: Class, nameStart: start, nameEnd: last}
		if word == "protocol" {
			d.kind = Interface
		}
		b.define(frame{holds: moduleBody}, d)
		b.top().open = '@'
		b.defs[b.top().def].body = b.near(last)
		end = last
	case "property":
		start, last, stop := b.property(end)
		if last == start {
			return false
		}
		b.endStatement(b.prevEnd)
		b.emit(def{
			start: t.start, doc: t.doc, header: t.start, body: stop, end: stop, nameStart: start, nameEnd: last, kind: Property,
		})
		end = stop
	case "import":
		b.endStatement(b.prevEnd)
		end = b.near(end)
		b.emit(def{start: t.start, doc: t.start, header: t.start, body: end, end: end, imported: true, hidden: true})
	default:
		return false
	}
	b.moved(t.start, end)
	b.tok.end = end
	b.st = blank
	return true
}

// leaveMessages ends the body of an @interface or its like, and what did not close in it.
func (b *braces) leaveMessages(end int) {
	at := len(b.frames) - 1
	for low := max(at-nearFrames, 0); at > low && b.frames[at].open != '@'; at-- {
	}
	if b.frames[at].open != '@' {
		b.broken++
		return
	}
	for len(b.frames)-1 > at {
		b.broken++
		b.pop(b.prevEnd)
	}
	b.pop(end)
	b.st = blank
}

// method starts the statement of a method, its name being what a function's is: what follows it are parameters.
func (b *braces) method() bool {
	t := &b.tok
	at := b.blanks(t.end)
	if at < len(b.text) && b.text[at] == '(' {
		if at = b.blanks(balanced(b.scanner, at)); b.text[at-1] == '(' {
			return false
		}
	}
	end := b.nameEnd(at)
	if end == at || end-at > longestName {
		return false
	}
	b.endStatement(b.prevEnd)
	b.begin()
	st := &b.st
	st.header, st.values = t.start, 2
	st.call, st.callEnd, st.last, st.lastEnd = at, end, at, end
	b.moved(t.start, end)
	t.kind, t.end, t.b = isWord, end, 0
	return true
}

// isMethod says that a statement is a method's.
func (b *braces) isMethod(f *frame, st *statement) bool {
	return f.open == '@' && st.start >= 0 && st.call > st.start && (b.text[st.start] == '-' || b.text[st.start] == '+')
}

// property finds the name of the property declared behind at, and where its declaration ends.
func (b *braces) property(at int) (start, end, stop int) {
	i := b.blanks(at)
	if i < len(b.text) && b.text[i] == '(' {
		i = balanced(b.scanner, i)
	}
	depth := 0
	for limit := min(len(b.text), i+look); i < limit; i++ {
		switch c := b.text[i]; {
		case c == ';':
			b.steps += i - at
			return start, end, i + 1
		case c == '^' && b.text[i-1] == '(': // void (^name)(int)
			start = b.blanks(i + 1)
			end = b.nameEnd(start)
			depth = look // no other name comes
		case c == '<' || c == '(':
			depth++
		case c == '>' || c == ')':
			depth--
		case c == '@' || c == '{' || c == '}':
			return 0, 0, 0
		case b.g.class[c] == letter:
			last := b.nameEnd(i)
			if name := b.text[i:last]; depth == 0 && (end == 0 || !capitals(name) || strings.IndexByte(name, '_') < 0) { // no macro
				start, end = i, last
			}
			i = last - 1
		}
	}
	b.steps += i - at
	return 0, 0, 0
}

// macroEnum takes the name of `typedef NS_ENUM(type, name) {` and its like, whose parenthesis is the current token.
func (b *braces) macroEnum() bool {
	if !b.st.typedef || b.prevKind != isWord || b.prevEnd-b.prevStart < 7 {
		return false
	}
	switch b.text[b.prevStart:b.prevEnd] {
	case "NS_ENUM", "NS_OPTIONS", "NS_CLOSED_ENUM", "NS_ERROR_ENUM", "CF_ENUM", "CF_OPTIONS", "CF_CLOSED_ENUM":
	default:
		return false
	}
	inside := b.text[b.tok.end:b.near(b.tok.end)]
	comma, closing := strings.IndexByte(inside, ','), strings.IndexByte(inside, ')')
	if comma < 0 || closing < comma {
		return false
	}
	start := b.blanks(b.tok.end + comma + 1)
	end := b.nameEnd(start)
	if end == start {
		return false
	}
	st := &b.st
	st.key, st.typedef, st.nameStart, st.nameEnd = b.g.keyword("enum"), false, start, end
	b.moved(b.tok.start, b.tok.end+closing+1)
	b.tok.end = b.pos
	return true
}
