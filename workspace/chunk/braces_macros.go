package chunk

// afterMacro says that the keyword, first on its line, starts a declaration below a macro's call that has no semicolon.
func (b *braces) afterMacro() bool {
	st, w := &b.st, b.tok.word
	if st.key != nil || st.last < 0 || st.equals || st.values > 3 || w.role != declares && w.role != modifies && w.role != imports ||
		len(b.brackets) > b.top().base || !capitals(b.text[st.last:st.lastEnd]) || !b.shouts(st.start) {
		return false
	}
	if st.call < 0 { // NAMESPACE_END
		return b.prevEnd == st.lastEnd && (w.role == imports || w.body == moduleBody)
	}
	return (b.prevKind == isPunct && b.prevByte == ')' || b.prevEnd == st.lastEnd) && capitals(b.text[st.call:st.callEnd])
}

// anotherMacro says that the statement so far is calls of C's macros without a semicolon, and the name that was read last starts
// a line, and perhaps a function: WARNINGS_OFF("x") above TEST(A, B) {.
func (b *braces) anotherMacro() bool {
	st := &b.st
	if !b.g.directives || st.values > 3 || !capitals(b.text[st.call:st.callEnd]) || !b.shouts(st.start) {
		return false
	}
	at := st.last
	for at > st.callEnd && (b.text[at-1] == ' ' || b.text[at-1] == '\t') {
		at--
	}
	return at > 0 && b.text[at-1] == '\n'
}

// restart moves the statement's start behind a macro call that needs no semicolon: MODULE("x") above `int f() {`.
func (b *braces) restart(st *statement) {
	i := st.call
	for end := min(st.last, i+look); i < end; i++ {
		if b.text[i] == '\n' && i > 0 && (b.text[i-1] == ')' || b.text[i-1] == '\r') {
			for i < st.last && b.g.class[b.text[i]] <= newline {
				i++
			}
			st.start, st.header, st.doc = i, i, -1
			return
		}
	}
}

// shouts says that the word at an offset is in capitals, as macros are.
func (b *braces) shouts(at int) bool {
	end := b.nameEnd(at)
	return end > at && capitals(b.text[at:end])
}

func capitals(name string) bool {
	for i := range len(name) {
		if name[i] >= 'a' && name[i] <= 'z' {
			return false
		}
	}
	return true
}
