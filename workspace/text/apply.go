package text

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
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
// Edits of which each ends before the one ahead of it starts, as editors send those of a multiple cursor or of
// a replacement everywhere, move no place of each other's: they are put in with one copy of the text. Others
// cost a copy each, and the lines are brought up to date from one to the next.
func Apply(s string, edits []Edit, enc Encoding) (string, error) {
	text := s
	var lines *Lines // of text; nil until needed
	var ahead []placed
	for i, e := range edits {
		if e.Range == nil {
			text, lines, ahead = e.Text, nil, ahead[:0]
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
		if len(ahead) > 0 && !before(text, end, ahead[len(ahead)-1].start) {
			text = lines.put(ahead)
			ahead = ahead[:0]
			start, end = lines.Offset(e.Range.Start, enc), lines.Offset(e.Range.End, enc)
		}
		ahead = append(ahead, placed{start, end, e.Text})
	}
	return replaced(text, ahead), nil
}

// placed is an edit of text[start:end].
type placed struct {
	start, end int
	text       string
}

// before reports whether a place before start is found where it is also once the text from start on is another: what stands
// there then is no part of a character that begins earlier.
func before(text string, place, start int) bool {
	r, size := utf8.DecodeLastRuneInString(text[:start])
	return place < start && (r != utf8.RuneError || size > 1)
}

// replaced is text with edits put in, the last one first.
func replaced(text string, edits []placed) string {
	if len(edits) == 0 {
		return text
	}
	size := len(text)
	for _, e := range edits {
		size += len(e.text) - (e.end - e.start)
	}
	var b strings.Builder
	b.Grow(size)
	from := 0
	for _, e := range slices.Backward(edits) {
		b.WriteString(text[from:e.start])
		b.WriteString(e.text)
		from = e.end
	}
	b.WriteString(text[from:])
	return b.String()
}

// put makes l the index of its text with edits put in, the last one first, and returns that.
func (l *Lines) put(edits []placed) string {
	text := replaced(l.text, edits)
	if len(edits) == 1 {
		l.splice(edits[0].start, edits[0].end, len(edits[0].text), text)
	} else {
		*l = *NewLines(text)
	}
	return text
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
