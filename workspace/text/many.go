package text

// Many answers as [Lines] does, of a text in which many places are looked up: in a long line it notes how far it has counted, so
// that a line of megabytes is not counted from its start for each. Not safe for concurrent use.
type Many struct {
	lines *Lines
	marks map[counted][]mark
}

// counted is a line whose units were counted.
type counted struct {
	line int
	enc  Encoding
}

// mark is a place in a line, where a character starts, and how many units are before it.
type mark struct {
	at    int
	units uint32
}

// markEvery is how many bytes lie between marks: counting so many takes a microsecond, and the marks a hundredth of the text.
const markEvery = 1 << 10

// NewMany returns the places of s.
func NewMany(s string) *Many { return &Many{lines: NewLines(s), marks: map[counted][]mark{}} }

// Position is [Lines.Position].
func (m *Many) Position(offset int, enc Encoding) Position {
	l := m.lines
	n := l.Line(offset)
	start := l.Start(n)
	offset = max(min(offset, l.End(n)), start)
	if enc == UTF8 || !l.lines[n].wide() || offset-start < markEvery {
		return l.Position(offset, enc)
	}
	of := counted{n, enc}
	marks, known := m.marks[of]
	if !known {
		marks = l.mark(n, enc)
		m.marks[of] = marks
	}
	from := marks[(offset-start)/markEvery]
	return Position{Line: uint32(n), Character: from.units + l.units(from.at, offset, enc)}
}

// mark returns for each markEvery-th byte of a line the start of the character that it is in. UTF16 or UTF32.
func (l *Lines) mark(n int, enc Encoding) (marks []mark) {
	start, end := l.Start(n), l.End(n)
	at := mark{at: start}
	for i := start; i <= end; i += markEvery {
		for at.at < i {
			size, units := next(l.text, at.at, enc)
			if at.at+size > i {
				break
			}
			at = mark{at.at + size, at.units + units}
		}
		marks = append(marks, at)
	}
	return marks
}
