package clones

import "strings"

// symbol is what a token is, as far as copies agree in it.
//
//	0x0002           a literal: a number, a string, true, nil
//	0x0010           a name
//	0x0011 - 0x001f  a name that stood so many symbols before, at most runLength-1
//	0x0021 - 0x007e  one byte of punctuation
//	0x0100 - 0x7fff  a keyword
//	0x8000 - 0xffff  two bytes of punctuation, seven bits of each
type symbol uint16

const (
	literal      symbol = 0x02
	name         symbol = 0x10
	firstKeyword symbol = 0x100
	pair         symbol = 0x8000
)

// isName reports whether a symbol is any name.
func (s symbol) isName() bool { return s&^0xf == name }

// any is the symbol, of a name that of all names.
func (s symbol) any() symbol {
	if s.isName() {
		return name
	}
	return s
}

// within is the symbol at an offset in a stretch of symbols: what stood before that tells nothing.
func (s symbol) within(at int) symbol {
	if s.isName() && int(s-name) > at {
		return name
	}
	return s
}

// token is where a symbol stands.
type token struct {
	start int32
	line  int32 // from 0
}

// lexer makes symbols of a text. What it takes is in proportion to the text, whatever that is.
type lexer struct {
	*dialect
	text string
	line int32

	vainly int // how many bytes were looked at for the end of regular expressions that had none

	symbols []symbol
	tokens  []token
	runs    []uint64          // see varied
	last    [runLength]uint64 // the names, as hashes, that the last symbols are: that of symbol i at i%runLength; 0 of others
}

// run goes through the text.
func (l *lexer) run() {
	text := l.text
	for at := 0; at < len(text); {
		b := text[at]
		switch class := l.class[b]; {
		case class == isBlank:
			if b == '\n' {
				l.line++
			}
			at++
		case class == isMark:
			if end, ok := l.comment(at); ok {
				l.count(at, end)
				at = end
				continue
			}
			at = l.quoteOr(at)
		case class == isName:
			end := at + 1
			for end < len(text) && l.inName[text[end]] {
				end++
			}
			l.word(text[at:end], at)
			at = end
		case class == isDigit:
			l.add(literal, at)
			at = numberEnd(text, at)
		default:
			at = l.punctuation(at)
		}
	}
}

func (l *lexer) add(s symbol, at int) { l.put(s, 0, at) }

func (l *lexer) put(s symbol, hash uint64, at int) {
	l.last[len(l.symbols)%runLength] = hash
	l.symbols = append(l.symbols, s)
	l.tokens = append(l.tokens, token{int32(at), l.line})
}

// count counts the lines of text[from:to].
func (l *lexer) count(from, to int) { l.line += int32(strings.Count(l.text[from:to], "\n")) }

// word takes a keyword, a literal or a name.
func (l *lexer) word(w string, at int) {
	if len(w) <= longestKeyword {
		if s, ok := l.words[w]; ok {
			l.add(s, at)
			return
		}
	}
	hash := uint64(len(w))
	for i := range len(w) {
		hash = (hash ^ uint64(w[i])) * mixer
	}
	hash |= 1
	n := len(l.symbols)
	for back := 1; back < runLength; back++ {
		if n >= back && l.last[(n-back)%runLength] == hash {
			l.put(name+symbol(back), hash, at)
			return
		}
	}
	l.put(name, hash, at)
}

// comment returns where the comment that begins at an offset ends, if one does.
func (l *lexer) comment(at int) (end int, ok bool) {
	rest := l.text[at:]
	for i := range l.comments {
		c := &l.comments[i]
		if !strings.HasPrefix(rest, c.open) || c.apart && at > 0 && !apart(l.text[at-1]) {
			continue
		}
		if n := strings.Index(rest[len(c.open):], c.close); n >= 0 {
			end = at + len(c.open) + n
			if c.close != "\n" {
				end += len(c.close)
			}
			return end, true
		}
		return len(l.text), true
	}
	return 0, false
}

// apart reports whether a word of a shell may begin behind a byte.
func apart(b byte) bool { return b <= ' ' || b == ';' || b == '(' || b == ')' }

// quoteOr takes the string that begins at an offset, or the punctuation that stands there, and returns where it ends.
func (l *lexer) quoteOr(at int) int {
	rest := l.text[at:]
	for i := range l.quotes {
		q := &l.quotes[i]
		if !strings.HasPrefix(rest, q.open) {
			continue
		}
		if q.short && !character(rest) {
			if len(rest) > 1 && l.class[rest[1]] == isName { // 'lifetime, 'quoted, 'TypeVariable
				return at + 1
			}
			break
		}
		l.add(literal, at)
		end := at + len(q.open)
		for end < len(l.text) {
			switch b := l.text[end]; {
			case b == '\\' && q.escapes:
				end++
				if end < len(l.text) && l.text[end] != '\n' {
					end++
				}
				continue
			case b == '\n' && !q.lines:
				return end
			case b == q.close[0] && strings.HasPrefix(l.text[end:], q.close):
				end += len(q.close)
				l.count(at, end)
				return end
			}
			end++
		}
		l.count(at, end)
		return end
	}
	return l.punctuation(at)
}

// character reports whether text begins with a character between quotes, and not with a quote that stands alone.
func character(text string) bool {
	if len(text) < 3 || text[1] == '\n' {
		return false
	}
	if text[1] == '\\' {
		return true
	}
	const widest = 4 // bytes of a character
	for n := 2; n <= 1+widest && n < len(text); n++ {
		if text[n] == '\'' {
			return n == 2 || text[1] >= 0x80
		}
	}
	return false
}

// numberEnd is where the number that begins at an offset ends.
func numberEnd(text string, from int) int {
	at := from + 1
	for ; at < len(text); at++ {
		b := text[at]
		switch {
		case b >= '0' && b <= '9' || b|0x20 >= 'a' && b|0x20 <= 'z' || b == '_':
		case b == '.' && at+1 < len(text) && digit(text[at+1]):
		case (b == '-' || b == '+') && text[at-1]|0x20 == 'e' && at+1 < len(text) && digit(text[at+1]) && digit(text[from]) &&
			!(from+1 < len(text) && text[from+1]|0x20 == 'x'):
		default:
			return at
		}
	}
	return at
}

func digit(b byte) bool { return b >= '0' && b <= '9' }

// punctuation takes one operator, of one byte or two.
func (l *lexer) punctuation(at int) int {
	b := l.text[at]
	if b >= 0x80 || b < ' ' {
		return at + 1 // a control character
	}
	if b == '-' && at+1 < len(l.text) && digit(l.text[at+1]) && l.signs() {
		l.add(literal, at)
		return numberEnd(l.text, at+1)
	}
	if b == '/' && l.patterns && l.signs() && l.vainly <= at+longestPattern {
		end, ok := pattern(l.text, at)
		if ok {
			l.add(literal, at)
			return end
		}
		l.vainly += end - at
	}
	if at+1 < len(l.text) && joins(b, l.text[at+1]) {
		l.add(pair|symbol(b)<<7|symbol(l.text[at+1]), at)
		return at + 2
	}
	l.add(symbol(b), at)
	return at + 1
}

// longestPattern bounds how far the end of a regular expression is looked for, at each slash that may begin one. Slashes of
// which none does are looked at as long as that is no more than what was read.
const longestPattern = 1000

// pattern is where the regular expression that begins at an offset ends, if it does on its line; else how far was looked.
func pattern(text string, at int) (end int, ok bool) {
	inClass := false
	text = text[:min(len(text), at+longestPattern)]
	for at++; at < len(text); at++ {
		switch text[at] {
		case '\n':
			return at, false
		case '\\':
			if at++; at < len(text) && text[at] == '\n' {
				return at, false
			}
		case '[':
			inClass = true
		case ']':
			inClass = false
		case '/':
			if !inClass {
				return at + 1, true
			}
		}
	}
	return at, false
}

// signs reports whether a value is due next: there a minus belongs to the number behind it, and a slash may begin a pattern.
func (l *lexer) signs() bool {
	if len(l.symbols) == 0 {
		return true
	}
	switch last := l.symbols[len(l.symbols)-1]; last {
	case literal, ')', ']', '}':
		return false
	default:
		return !last.isName()
	}
}

// joins reports whether two bytes of punctuation are one operator.
func joins(a, b byte) bool {
	switch a {
	case '=', '<', '>', '!', '&', '|', '+', '-', '*', '/', '%', '^', ':', '.', '?', '~':
	default:
		return false
	}
	switch b {
	case '=':
		return true
	case '>':
		return a == '-' || a == '=' || a == '|'
	case '-':
		return a == '<' || a == '-'
	case '&', '|', '+', ':', '.', '?':
		return a == b || a == '?' && b == '.'
	}
	return false
}
