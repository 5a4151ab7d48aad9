package chunk

import "strings"

// declarator says that behind the comma stands a further name of JavaScript's `var`, and no second type argument.
func (b *braces) declarator() bool {
	_, at := b.behind(b.tok.end)
	if at == len(b.text) || b.g.class[b.text[at]] != letter {
		return false
	}
	at = b.nameEnd(at)
	rest := strings.TrimLeft(b.text[at:min(len(b.text), at+32)], " \t\r\n")
	switch {
	case rest == "":
		return true
	case rest[0] == '=':
		return !strings.HasPrefix(rest, "==") && !strings.HasPrefix(rest, "=>")
	case rest[0] == ':' || rest[0] == ',' || rest[0] == ';':
		return !b.g.angles || !b.st.equals
	}
	return !b.g.angles && strings.IndexByte("/}", rest[0]) >= 0 || !b.st.equals && b.g.class[rest[0]] == letter
}

// anotherName starts a statement behind the comma that is the current token, for a further name of the same declaration.
func (b *braces) anotherName() {
	comma := b.tok.start
	doc, name := b.behind(comma + 1)
	b.tok.start = name
	b.begin()
	b.tok.start = comma
	if doc < name {
		b.st.doc = doc
	}
}

// behind is where the next text after an offset starts that is no white space, and no comment either.
func (b *braces) behind(at int) (text, code int) {
	from, text := at, -1
	for limit := min(len(b.text), at+4*look); ; {
		for at < limit && (b.g.class[b.text[at]] == space || b.g.class[b.text[at]] == newline) {
			at++
		}
		if text < 0 {
			text = at
		}
		rest := b.text[at:limit]
		closing := "\n"
		if strings.HasPrefix(rest, "/*") {
			closing = "*/"
		} else if !strings.HasPrefix(rest, "//") {
			b.steps += at - from
			return text, at
		}
		i := strings.Index(rest[2:], closing)
		if i < 0 {
			b.steps += limit - from
			return text, text
		}
		at += 2 + i + len(closing)
	}
}
