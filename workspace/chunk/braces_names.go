package chunk

import "strings"

// receiverType is the type's name in a Go receiver: "r *T[K, V]" -> "T".
func receiverType(receiver string) string {
	if i := strings.IndexByte(receiver, '['); i >= 0 {
		receiver = receiver[:i]
	}
	receiver = strings.TrimRight(receiver, " \t\r\n")
	if i := strings.LastIndexAny(receiver, " \t*(."); i >= 0 {
		receiver = receiver[i+1:]
	}
	return receiver
}

// typeKind tells Go's structs and interfaces from its other named types by what follows the name.
func (b *braces) typeKind(at int) Kind {
	rest := b.text[at:min(len(b.text), at+look)]
	rest = strings.TrimLeft(rest, " \t")
	if strings.HasPrefix(rest, "[") {
		depth := 0
		for i := range len(rest) {
			if rest[i] == '[' {
				depth++
			} else if rest[i] == ']' {
				if depth--; depth == 0 {
					rest = rest[i+1:]
					break
				}
			}
		}
	}
	rest = strings.TrimLeft(rest, " \t=")
	switch {
	case strings.HasPrefix(rest, "struct"):
		return Struct
	case strings.HasPrefix(rest, "interface"):
		return Interface
	default:
		return Class
	}
}

// implemented finds the type whose members a Rust impl holds: the last name of the path behind `for`, or of the only path.
func (b *braces) implemented(at int) (start, end int) {
	header := b.text[at:min(b.tok.start, at+look)]
	depth := 0
	for i := 0; i < len(header); i++ {
		switch c := header[i]; {
		case c == '<' || c == '(' || c == '[':
			depth++
		case (c == '>' && i > 0 && header[i-1] != '-') || c == ')' || c == ']':
			depth--
		case depth == 0 && c == '+' && end > 0: // dyn A + Send
			return start, end
		case depth > 0 || !b.g.inside[c]:
		default:
			k := i
			for k < len(header) && b.g.inside[header[k]] {
				k++
			}
			switch header[i:k] {
			case "where":
				return start, end
			case "for":
				start, end = 0, 0
			case "impl", "dyn", "mut", "unsafe", "const", "default":
			default:
				if i == 0 || header[i-1] != '\'' {
					start, end = at+i, at+k
				}
			}
			i = k - 1
		}
	}
	return start, end
}

// qualifiers are the names before a C++ definition's own: "a.b" for `a::b<T>::name(`.
func (b *braces) qualifiers(at int) string {
	text := b.text
	owner := ""
	for n := 0; n < 8 && at >= 3 && text[at-1] == ':' && text[at-2] == ':'; n++ {
		end := at - 2
		if text[end-1] == '>' {
			depth, i := 0, end-1
			for low := max(0, end-look); i > low; i-- {
				if text[i] == '>' {
					depth++
				} else if text[i] == '<' {
					if depth--; depth == 0 {
						break
					}
				}
			}
			end = i
		}
		start := end
		for start > 0 && end-start < longestName && b.g.inside[text[start-1]] {
			start--
		}
		if start == end {
			break
		}
		if owner == "" {
			owner = text[start:end]
		} else {
			owner = text[start:end] + "." + owner
		}
		at = start
	}
	return owner
}

// leftOwner is what stands before the name of an assigned function: "Foo" for `Foo.prototype.name = function`.
func (b *braces) leftOwner(st *statement) string {
	if st.key != nil || st.header < 0 || st.nameStart-st.header < 2 || b.text[st.nameStart-1] != '.' {
		return ""
	}
	at := st.nameStart - 1
	for low := max(st.header, at-longestName); at > low && (b.g.inside[b.text[at-1]] || b.text[at-1] == '.'); at-- {
	}
	if at > st.header && strings.IndexByte(" \t\n=", b.text[at-1]) < 0 { // f().name
		return ""
	}
	left := strings.TrimSuffix(b.text[at:st.nameStart-1], ".prototype")
	switch left {
	case "exports", "module.exports", "module", "this", "self", "window", "globalThis":
		return ""
	}
	return left
}

// directive takes a line of a C preprocessor: a macro is a definition, and each branch of a condition starts from the same
// brackets.
func (b *braces) directive() {
	t := &b.tok
	line := strings.TrimLeft(b.text[t.start+1:t.end], " \t")
	at := t.end - len(line)
	end := 0
	for end < len(line) && line[end] >= 'a' && line[end] <= 'z' {
		end++
	}
	f := b.top()
	switch line[:end] {
	case "include", "import":
		if f.holds == root || f.holds == moduleBody {
			b.emit(def{start: t.start, doc: t.start, header: t.start, body: t.end, end: t.end, imported: true, hidden: true})
		}
	case "define":
		b.macro(at+end, f.holds == funcBody || f.holds == dataBody)
	case "if", "ifdef", "ifndef":
		if len(b.branches) < mostBranches {
			br := branch{usable: len(b.frames) <= 32 && len(b.brackets) <= 64}
			if br.usable {
				br.frames = append(br.frames, b.frames...)
				br.brackets = append(br.brackets, b.brackets...)
				br.st = b.st
			}
			b.branches = append(b.branches, br)
		}
	case "else", "elif", "elseif":
		if n := len(b.branches); n > 0 && b.branches[n-1].usable {
			br := &b.branches[n-1]
			if b.st.def > 0 && b.st.start >= 0 && br.st.start < 0 {
				b.endStatement(b.prevEnd)
			}
			for i := len(br.frames); i < len(b.frames); i++ {
				if d := b.frames[i].def; d >= 0 {
					b.defs[d].end = b.prevEnd
				}
			}
			b.frames = append(b.frames[:0], br.frames...)
			b.brackets = append(b.brackets[:0], br.brackets...)
			b.st = br.st
		}
	case "endif":
		if n := len(b.branches); n > 0 {
			b.branches = b.branches[:n-1]
		}
	}
	t.kind, t.start, t.end = b.prevKind, b.prevStart, b.prevEnd // invisible to the statement around it
	t.b, t.word = b.prevByte, b.prevWord
}

// macro emits a #define with a value; one without is a guard or a switch. Inside a function it is one only with parameters.
func (b *braces) macro(at int, local bool) {
	t := &b.tok
	text := b.text
	for at < t.end && (text[at] == ' ' || text[at] == '\t') {
		at++
	}
	end := at
	for end < t.end && b.g.inside[text[end]] {
		end++
	}
	if end == at || strings.TrimSpace(text[end:t.end]) == "" || local && text[end] != '(' {
		return
	}
	d := def{start: t.start, doc: t.doc, header: t.start, body: t.end, end: t.end, nameStart: at, nameEnd: end, kind: Constant}
	if end < t.end && text[end] == '(' {
		d.kind = Function
	}
	for d.end > d.nameEnd && (text[d.end-1] == '\r' || text[d.end-1] == ' ') {
		d.end--
	}
	b.defs[b.emit(d)].kind = d.kind // also inside a type
}

// blanks is the offset behind the white space at at.
func (b *braces) blanks(at int) int {
	for limit := min(len(b.text), at+look); at < limit && b.text[at] <= ' '; at++ {
	}
	return at
}

// nameEnd is where the name at at ends.
func (b *braces) nameEnd(at int) int {
	for limit := min(len(b.text), at+longestName); at < limit && b.g.inside[b.text[at]]; at++ {
	}
	return at
}
