package text

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// Edit replaces the text in Range, or the whole text if Range is nil, with Text.
type Edit struct {
	Range *Range
	Text  string
}

// ErrRange is returned, wrapped with the edit's number and its range, when an edit's range ends before it
// starts. Everything else that a range can be has a meaning.
var ErrRange = errors.New("the range ends before it starts")

// Apply applies edits to s in order: each one's positions, counted in enc, are those of the text that the
// ones before it left. On an error it returns s as it was.
//
// The lines are indexed once and then brought up to date from edit to edit, so that the thousand edits of a
// multiple cursor cost a thousand copies of the text and not a thousand searches for line endings.
func Apply(s string, edits []Edit, enc Encoding) (string, error) {
	text := s
	var lines *Lines // of text; nil until needed
	for i, e := range edits {
		if e.Range == nil {
			text, lines = e.Text, nil
			continue
		}
		if e.Range.End.compare(e.Range.Start) < 0 {
			return s, fmt.Errorf("edit %d of %d: %w: %d:%d to %d:%d", i+1, len(edits), ErrRange,
				e.Range.Start.Line, e.Range.Start.Character, e.Range.End.Line, e.Range.End.Character)
		}
		if lines == nil {
			lines = NewLines(text)
		}
		start, end := lines.Offset(e.Range.Start, enc), lines.Offset(e.Range.End, enc)
		text = text[:start] + e.Text + text[end:]
		if i+1 < len(edits) {
			lines.splice(start, end, len(e.Text), text)
		}
	}
	return text, nil
}

func (p Position) compare(q Position) int {
	return cmp.Or(cmp.Compare(p.Line, q.Line), cmp.Compare(p.Character, q.Character))
}

// splice makes l the index of text, which came from l's text by putting n bytes in place of those from start
// to end. It reads again only the lines that the edit can have touched.
func (l *Lines) splice(start, end, n int, text string) {
	// One line earlier than the edit: a \n put behind a lone \r joins two line endings.
	first := max(l.Line(start)-1, 0)
	var fresh []line
	more := true
	at := l.lines[first].start()
	// A line that starts after the edit and at least one byte behind it was a line before.
	for more && (len(fresh) == 0 || at <= start+n) {
		from := at
		var wide bool
		at, wide, more = scan(text, from)
		fresh = append(fresh, newLine(from, wide))
	}
	rest := len(l.lines)
	shift := line(start+n-end) << 1
	if more {
		rest = l.Line(at - (start + n - end))
	}
	for i := rest; i < len(l.lines); i++ {
		l.lines[i] += shift
	}
	l.text = text
	l.lines = slices.Replace(l.lines, first, rest, fresh...)
}
