package chunk

import "strings"

// opensColon opens the indented body that follows a `:` at the end of its line, as Scala 3 writes them.
func (b *braces) opensColon(key *word) bool {
	if key.body != typeBody && key.body != enumBody || len(b.frames) >= mostFrames {
		return false
	}
	rest := strings.TrimLeft(b.text[b.tok.end:b.near(b.tok.end)], " \t\r")
	if rest != "" && !strings.HasPrefix(rest, "//") && !strings.HasPrefix(rest, "/*") {
		return false
	}
	st := &b.st
	column := b.indent(st.line)
	b.define(frame{holds: key.body}, def{kind: key.kind, nameStart: st.nameStart, nameEnd: st.nameEnd})
	f := b.top()
	f.open, f.column = ':', column
	return true
}

// outdent ends the indented bodies that the current token, first on its line, is no part of, and passes `end Name`.
func (b *braces) outdent() bool {
	t := &b.tok
	f := b.top()
	if f.open != ':' || len(b.brackets) > f.base && !b.repair {
		return false
	}
	column := b.indent(t.line)
	for ; f.open == ':' && column <= f.column; f = b.top() {
		b.endStatement(b.prevEnd)
		if column == f.column && t.kind == isWord && b.text[t.start:t.end] == "end" && !strings.HasPrefix(b.text[t.end:], "(") {
			end := b.near(t.start)
			for end > t.end && (b.text[end-1] == '\r' || b.text[end-1] == ' ') {
				end--
			}
			b.pop(end)
			b.st = blank
			b.moved(t.start, end)
			t.end = end
			return true
		}
		b.pop(b.prevEnd)
		b.st = blank
	}
	return false
}

// leaveColons ends the indented bodies inside the braces that close at the current token.
func (b *braces) leaveColons() {
	at := len(b.frames) - 1
	for low := max(at-nearFrames, 0); at > low && b.frames[at].open == ':'; at-- {
	}
	if at == 0 || b.frames[at].open == ':' {
		return
	}
	for len(b.frames)-1 > at {
		b.endStatement(b.prevEnd)
		b.pop(b.prevEnd)
		b.st = blank
	}
}
