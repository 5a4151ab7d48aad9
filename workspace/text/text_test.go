package text

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

var encodings = []Encoding{UTF8, UTF16, UTF32}

// model is the plain way: a text cut into characters (an invalid byte is one), each with its offset, line
// and units before it in the line. It is slow and has no special cases but the line ending.
type model struct {
	text  string
	cells []cell // one per character, and one for the end of the text
	lines int
}

type cell struct {
	offset int
	pos    [UTF32 + 1]Position
	ending bool // inside or at the second byte of a \r\n: not a place
}

func newModel(s string) model {
	m := model{text: s}
	var pos [UTF32 + 1]Position
	for i := 0; ; {
		c := cell{offset: i, pos: pos}
		if i > 0 && i < len(s) && s[i-1] == '\r' && s[i] == '\n' {
			c.ending = true
			c.pos = m.cells[len(m.cells)-1].pos
		}
		m.cells = append(m.cells, c)
		if i == len(s) {
			m.lines = int(pos[UTF8].Line) + 1
			return m
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == '\n' || r == '\r' && !strings.HasPrefix(s[i:], "\r\n") {
			for e := range pos {
				pos[e] = Position{Line: pos[e].Line + 1}
			}
		} else if r != '\r' {
			pos[UTF8].Character += uint32(size)
			pos[UTF16].Character += uint32(len(utf16.Encode([]rune{r})))
			pos[UTF32].Character++
		}
		i += size
	}
}

// position is the last character that starts at or before offset.
func (m model) position(offset int, enc Encoding) Position {
	p := m.cells[0].pos[enc]
	for _, c := range m.cells {
		if c.offset <= offset {
			p = c.pos[enc]
		}
	}
	return p
}

// offset is the last place in p's line at or before p, the first of several that have one position.
func (m model) offset(p Position, enc Encoding) int {
	if int(p.Line) >= m.lines {
		return len(m.text)
	}
	at := -1
	for _, c := range m.cells {
		if !c.ending && c.pos[enc].Line == p.Line && c.pos[enc].Character <= p.Character {
			at = c.offset
		}
	}
	return at
}

var texts = []string{
	"", "a", "\n", "\r", "\r\n", "\n\r", "\r\r\n\n", "a\nb", "a\r\nb\r\n", "a\rb\r", "\r\n\r\n",
	"func main() {\r\n\tprintln(\"hé\")\r\n}\n", "héllo\nwörld", "a😀b\n😀😀\r\nz", "日本語\r日本",
	"\xff\xfea\n\x80\x80b", "é\xc3\n\xa9", "\xf0\x9f\x98\n\x80", "a\u2028b\u0085c\vd\fe", "\ufeffx", "e\u0301", "\xed\xa0\x80z",
}

// check compares everything about s with the model, places that do not exist included.
func check(t *testing.T, s string) {
	t.Helper()
	l, m := NewLines(s), newModel(s)
	if l.Count() != m.lines {
		t.Fatalf("%q: %d lines, want %d", s, l.Count(), m.lines)
	}
	for _, enc := range encodings {
		for offset := -2; offset <= len(s)+2; offset++ {
			got, want := l.Position(offset, enc), m.position(offset, enc)
			if got != want {
				t.Fatalf("%q: offset %d in encoding %d is %v, want %v", s, offset, enc, got, want)
			}
			if line := l.Line(offset); line != int(want.Line) {
				t.Fatalf("%q: offset %d is in line %d, want %d", s, offset, line, want.Line)
			}
		}
		for line := range uint32(m.lines + 2) {
			for char := range uint32(len(s) + 2) {
				p := Position{line, char}
				if got, want := l.Offset(p, enc), m.offset(p, enc); got != want {
					t.Fatalf("%q: %v in encoding %d is at %d, want %d", s, p, enc, got, want)
				}
			}
			if got, want := l.Offset(Position{line, 1<<32 - 1}, enc), l.End(int(line)); got != want {
				t.Fatalf("%q: far right of line %d is %d, want %d", s, line, got, want)
			}
		}
		if got := l.Offset(Position{1<<32 - 1, 0}, enc); got != len(s) {
			t.Fatalf("%q: far below is %d", s, got)
		}
		for _, c := range m.cells { // every place goes there and back
			if back := l.Offset(l.Position(c.offset, enc), enc); back != c.offset && !c.ending {
				t.Fatalf("%q: offset %d comes back as %d in encoding %d", s, c.offset, back, enc)
			}
		}
	}
}

func TestLines(t *testing.T) {
	for _, s := range texts {
		check(t, s)
	}
	for _, a := range texts {
		for _, b := range texts {
			check(t, a+b)
		}
	}
}

func TestStartEnd(t *testing.T) {
	l := NewLines("one\r\ntwo\n\rsix")
	var got []string
	for i := range l.Count() {
		got = append(got, l.text[l.Start(i):l.End(i)])
	}
	if want := []string{"one", "two", "", "six"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if l.Start(-1) != 0 || l.End(-1) != 0 || l.Start(4) != 13 || l.End(4) != 13 {
		t.Errorf("beyond the text: %d %d %d %d", l.Start(-1), l.End(-1), l.Start(4), l.End(4))
	}
}

func span(a, b, c, d uint32) *Range { return &Range{Position{a, b}, Position{c, d}} }

func TestApply(t *testing.T) {
	for _, c := range []struct {
		name, in string
		enc      Encoding
		edits    []Edit
		want     string
	}{
		{"nothing", "abc", UTF16, nil, "abc"},
		{"insert", "ac", UTF16, []Edit{{span(0, 1, 0, 1), "b"}}, "abc"},
		{"delete across lines", "a\nb\nc", UTF16, []Edit{{span(0, 1, 2, 0), ""}}, "ac"},
		{"whole", "abc", UTF16, []Edit{{nil, "x\ny"}}, "x\ny"},
		{"whole, then part, then whole", "", UTF8, []Edit{{nil, "ab\ncd"}, {span(1, 0, 1, 1), "X"}, {span(0, 0, 0, 9), ""}}, "\nXd"},
		{"in order", "abc", UTF16, []Edit{{span(0, 0, 0, 0), "12"}, {span(0, 2, 0, 3), "A"}}, "12Abc"},
		{"bottom-up", "a\nb\nc\n", UTF16, []Edit{{span(2, 0, 2, 1), "C!"}, {span(1, 0, 1, 1), "B!"}, {span(0, 0, 0, 1), "A!"}}, "A!\nB!\nC!\n"},
		{"past the end of the line", "ab\r\ncd", UTF16, []Edit{{span(0, 9, 0, 9), "!"}}, "ab!\r\ncd"},
		{"past the end of the text", "ab", UTF16, []Edit{{span(7, 3, 9, 9), "!"}}, "ab!"},
		{"utf-16 after a pair", "😀x", UTF16, []Edit{{span(0, 2, 0, 3), "y"}}, "😀y"},
		{"utf-16 inside a pair", "😀x", UTF16, []Edit{{span(0, 1, 0, 1), "y"}}, "y😀x"},
		{"utf-32", "😀x", UTF32, []Edit{{span(0, 1, 0, 2), "y"}}, "😀y"},
		{"utf-8", "😀x", UTF8, []Edit{{span(0, 4, 0, 5), "y"}}, "😀y"},
		{"utf-8 inside a character", "éx", UTF8, []Edit{{span(0, 1, 0, 2), "e"}}, "ex"},
		{"a line feed behind a lone return", "a\rb", UTF16, []Edit{{span(1, 0, 1, 0), "\n"}, {span(1, 0, 1, 1), "B"}}, "a\r\nB"},
		{"parts of endings meet", "a\rx\nb", UTF16, []Edit{{span(1, 0, 1, 1), ""}, {span(1, 0, 1, 1), "B"}}, "a\r\nB"},
		{"an ending is parted", "a\r\nb", UTF16, []Edit{{span(0, 1, 1, 0), "\rx\n"}, {span(1, 0, 1, 1), "X"}, {span(2, 0, 2, 1), "B"}}, "a\rX\nB"},
		{"a line becomes wide", "ab\ncd", UTF16, []Edit{{span(1, 0, 1, 0), "😀"}, {span(1, 2, 1, 3), "C"}}, "ab\n😀Cd"},
	} {
		got, err := Apply(c.in, c.edits, c.enc)
		if err != nil || got != c.want {
			t.Errorf("%s: got %q, %v, want %q", c.name, got, err, c.want)
		}
	}
}

func TestApplyRange(t *testing.T) {
	for _, r := range []*Range{span(0, 2, 0, 1), span(1, 0, 0, 5)} {
		got, err := Apply("abc\ndef", []Edit{{span(0, 0, 0, 1), "x"}, {r, "y"}}, UTF16)
		if !errors.Is(err, ErrRange) || got != "abc\ndef" {
			t.Errorf("%v: got %q, %v", r, got, err)
		}
		if err != nil && !strings.HasPrefix(err.Error(), "edit 2 of 2: ") {
			t.Errorf("the error does not tell which edit: %v", err)
		}
	}
}

func FuzzLines(f *testing.F) {
	for _, s := range texts {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) < 200 { // the model is cubic
			check(t, s)
		}
	})
}

// FuzzApply applies two edits and then rewrites the text's start, against the model, and compares the index
// that was kept up to date with a new one.
func FuzzApply(f *testing.F) {
	for _, s := range texts {
		f.Add(s, "x\r", uint32(0), uint32(1), uint32(0), uint32(2), "\n😀", uint32(1), uint32(0), uint32(2), uint32(1), uint8(1))
	}
	f.Fuzz(func(t *testing.T, s, a string, a0, a1, a2, a3 uint32, b string, b0, b1, b2, b3 uint32, e uint8) {
		enc := encodings[int(e)%len(encodings)]
		edits := []Edit{{span(a0%8, a1%32, a2%8, a3%32), a}, {span(b0%8, b1%32, b2%8, b3%32), b}, {span(0, 0, 0, 1), "!"}}
		want, bad := s, false
		for _, e := range edits {
			if e.Range.End.compare(e.Range.Start) < 0 {
				bad = true
				break
			}
			m := newModel(want)
			start, end := m.offset(e.Range.Start, enc), m.offset(e.Range.End, enc)

			l := NewLines(want)
			want = want[:start] + e.Text + want[end:]
			l.splice(start, end, len(e.Text), want)
			if fresh := NewLines(want); l.text != want || !slices.Equal(l.lines, fresh.lines) {
				t.Fatalf("index of %q after %v: %v, want %v", want, e, l.lines, fresh.lines)
			}
		}
		got, err := Apply(s, edits, enc)
		if bad != errors.Is(err, ErrRange) || !bad && (err != nil || got != want) {
			t.Fatalf("Apply(%q, %v): got %q, %v, want %q", s, edits, got, err, want)
		}
	})
}

func BenchmarkNewLines(b *testing.B) {
	s := strings.Repeat("\tif err := run(ctx, line); err != nil {\n", 1<<20/40)
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		NewLines(s)
	}
}

func BenchmarkPosition(b *testing.B) {
	for name, line := range map[string]string{"ascii": "\tif err := run(ctx, line); err != nil {\n", "wide": "\tif err := führe(ctx, line); err != nil {\n"} {
		s := strings.Repeat(line, 1<<20/40)
		l := NewLines(s)
		b.Run(name, func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				l.Position(i*7919%len(s), UTF16)
			}
		})
	}
}

func BenchmarkApplyKeystroke(b *testing.B) {
	s := strings.Repeat("\tif err := run(ctx, line); err != nil {\n", 1<<20/40)
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		if _, err := Apply(s, []Edit{{span(13000, 5, 13000, 5), "x"}}, UTF16); err != nil {
			b.Fatal(err)
		}
	}
}
