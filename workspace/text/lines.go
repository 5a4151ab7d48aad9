package text

import (
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Encoding says what a Position counts in.
type Encoding uint8

// The encodings of the protocol, named as it names them.
const (
	UTF8  Encoding = iota // bytes
	UTF16                 // code units, two for a character beyond U+FFFF; the protocol's default
	UTF32                 // characters
)

// Position is a place in a text: a zero-based line, and in it a number of units of some [Encoding].
type Position struct{ Line, Character uint32 }

// Range goes from Start up to and not including End.
type Range struct{ Start, End Position }

// Lines is the index of one text's lines. An empty text has one line, and a text that ends with a line
// ending has an empty last one. It keeps the text and 8 bytes a line.
type Lines struct {
	text  string
	lines []line // in order; never empty
}

// line is where a line starts, times 2, plus 1 if there is a byte beyond ASCII in it. In a line of ASCII
// units are bytes whatever the encoding, so it needs no counting; most lines of source code are.
type line int

func newLine(start int, wide bool) line {
	l := line(start) << 1
	if wide {
		l |= 1
	}
	return l
}

func (l line) start() int { return int(l >> 1) }
func (l line) wide() bool { return l&1 != 0 }

// NewLines indexes s.
func NewLines(s string) *Lines {
	l := &Lines{text: s, lines: make([]line, 0, strings.Count(s, "\n")+1)}
	if strings.IndexByte(s, '\r') >= 0 {
		l.scan()
		return l
	}
	// Whole texts are of ASCII, most of them, and end their lines with one byte, and that is found many bytes at a time:
	// two to three times as fast as looking at each.
	ascii := isASCII(s)
	for start := 0; ; {
		n := strings.IndexByte(s[start:], '\n')
		if n < 0 {
			l.lines = append(l.lines, newLine(start, !ascii && !isASCII(s[start:])))
			return l
		}
		l.lines = append(l.lines, newLine(start, !ascii && !isASCII(s[start:start+n])))
		start += n + 1
	}
}

// isASCII reports whether no byte of s is beyond ASCII.
func isASCII(s string) bool {
	const high = 0x8080808080808080
	for len(s) >= 8 {
		// The compiler makes one load of this.
		word := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
			uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
		if word&high != 0 {
			return false
		}
		s = s[8:]
	}
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// scan indexes any text, byte by byte.
func (l *Lines) scan() {
	for start, more := 0, true; more; {
		var next int
		var wide bool
		next, wide, more = scan(l.text, start)
		l.lines = append(l.lines, newLine(start, wide))
		start = next
	}
}

// scan reads the line of s that starts at start: where the next one starts, whether there is a byte beyond
// ASCII in this one, and whether there is a next one.
func scan(s string, start int) (next int, wide, more bool) {
	var bits byte
	for i := start; i < len(s); i++ {
		switch c := s[i]; c {
		case '\n':
			return i + 1, bits >= utf8.RuneSelf, true
		case '\r':
			if i+1 < len(s) && s[i+1] == '\n' {
				i++
			}
			return i + 1, bits >= utf8.RuneSelf, true
		default:
			bits |= c
		}
	}
	return len(s), bits >= utf8.RuneSelf, false
}

// Count returns the number of lines, at least 1.
func (l *Lines) Count() int { return len(l.lines) }

// Line returns the line that offset is in, zero-based. A line's ending belongs to it. An offset before the
// text is in the first line, one after it in the last. It takes O(log Count()).
func (l *Lines) Line(offset int) int {
	// The first line that starts after offset: as a line value, at 2*offset+2.
	after, _ := slices.BinarySearch(l.lines, newLine(min(offset, len(l.text))+1, false))
	return max(after-1, 0)
}

// Start returns the offset at which line starts: 0 for a negative one, the text's length past the last.
func (l *Lines) Start(line int) int {
	switch {
	case line < 0:
		return 0
	case line >= len(l.lines):
		return len(l.text)
	}
	return l.lines[line].start()
}

// End returns the offset at which line ends, its line ending excluded: 0 for a negative one, the text's
// length past the last.
func (l *Lines) End(line int) int {
	if line < 0 {
		return 0
	}
	if line >= len(l.lines)-1 {
		return len(l.text)
	}
	end := l.lines[line+1].start() - 1
	if l.text[end] == '\n' && end > l.lines[line].start() && l.text[end-1] == '\r' {
		end--
	}
	return end
}

// Position returns the position of offset, an offset outside the text being its nearest end.
func (l *Lines) Position(offset int, enc Encoding) Position {
	n := l.Line(offset)
	start := l.Start(n)
	offset = max(min(offset, l.End(n)), start)
	p := Position{Line: uint32(n)}
	switch {
	case !l.lines[n].wide():
		p.Character = uint32(offset - start)
	case enc == UTF8:
		p.Character = uint32(floor(l.text, offset) - start)
	default:
		p.Character = l.units(start, offset, enc)
	}
	return p
}

// units counts those of whole characters from where one starts to offset. UTF16 or UTF32.
func (l *Lines) units(from, offset int, enc Encoding) (n uint32) {
	for from < offset {
		size, units := next(l.text, from, enc)
		if from+size > offset {
			break
		}
		from += size
		n += units
	}
	return n
}

// Offset returns the offset of p.
func (l *Lines) Offset(p Position, enc Encoding) int {
	if uint64(p.Line) >= uint64(len(l.lines)) {
		return len(l.text)
	}
	n := int(p.Line)
	start, end := l.Start(n), l.End(n)
	if uint64(p.Character) >= uint64(end-start) {
		return end // there are at most as many units as bytes
	}
	switch {
	case !l.lines[n].wide():
		return start + int(p.Character)
	case enc == UTF8:
		return floor(l.text, start+int(p.Character))
	}
	i := start
	for left := p.Character; i < end; {
		size, units := next(l.text, i, enc)
		if units > left {
			break
		}
		i += size
		left -= units
	}
	return i
}

// next returns the size in bytes of the character of s at i, and its units in enc, UTF16 or UTF32.
func next(s string, i int, enc Encoding) (size int, units uint32) {
	if s[i] < utf8.RuneSelf {
		return 1, 1
	}
	r, size := utf8.DecodeRuneInString(s[i:])
	if enc == UTF16 {
		return size, uint32(utf16.RuneLen(r))
	}
	return size, 1
}

// floor returns where the character starts that offset is in. Only the first byte of a valid character can
// start one, so it is enough to look back to the nearest such byte.
func floor(s string, offset int) int {
	for i := offset; i >= 0 && i > offset-utf8.UTFMax && i < len(s); i-- {
		if utf8.RuneStart(s[i]) {
			if _, size := utf8.DecodeRuneInString(s[i:]); i+size > offset {
				return i
			}
			break
		}
	}
	return offset
}
