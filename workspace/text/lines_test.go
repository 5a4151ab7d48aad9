package text

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// randomTexts are 20,000 random ones. Half of them have no CR, and so go the fast way.
func randomTexts(yield func(string) bool) {
	random := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"\n", "\n\n", "a", "func f() {", "ä", "\x80", "\u2028", "12345678", "\t", "🙂", "\r", "\r\n"}
	for range 20_000 {
		var b strings.Builder
		kinds := len(pieces) - 2*random.IntN(2)
		for range random.IntN(12) {
			b.WriteString(pieces[random.IntN(kinds)])
		}
		if !yield(b.String()) {
			return
		}
	}
}

// Invariant 6: the fast way to index lines does what looking at each byte does.
func TestLinesAreThoseOfEachByte(t *testing.T) {
	for s := range randomTexts {
		fast, slow := NewLines(s), &Lines{text: s}
		slow.scan()
		if !slices.Equal(fast.lines, slow.lines) {
			t.Fatalf("%q: lines %v, want %v", s, fast.lines, slow.lines)
		}
	}
}

// Invariant 6: places that are counted are those of the index.
func TestAFewPlacesAreThoseOfTheIndex(t *testing.T) {
	for s := range randomTexts {
		few, lines := NewFew(s), NewLines(s)
		for offset := -1; offset <= len(s)+1; offset++ {
			for _, enc := range encodings {
				if got, want := few.Position(offset, enc), lines.Position(offset, enc); got != want {
					t.Fatalf("%q at %d in %v: %v, want %v", s, offset, enc, got, want)
				}
			}
			n := lines.Line(offset)
			if start, end := few.Line(offset); start != lines.Start(n) || end != lines.End(n) {
				t.Fatalf("%q at %d: line %d to %d, want %d to %d", s, offset, start, end, lines.Start(n), lines.End(n))
			}
		}
	}
}

// Invariant 6: places that are counted from marks are those that are counted from the start of the line.
func TestManyPlacesAreThoseOfTheIndex(t *testing.T) {
	for _, one := range []string{"ab\u00e9c", "\U0001F600", "\xf0\x9f\x98", "\u4e16x", "a", "\xff\u00e9"} {
		s := "x\r\n" + strings.Repeat(one, 2*markEvery) + "\n" + one + strings.Repeat("b", markEvery) + "\r\n" + strings.Repeat(one, markEvery)
		many, lines := NewMany(s), NewLines(s)
		for _, enc := range encodings {
			for offset := len(s) + 1; offset >= -1; offset -= 7 {
				if got, want := many.Position(offset, enc), lines.Position(offset, enc); got != want {
					t.Fatalf("%q... at %d in %v: %v, want %v", one, offset, enc, got, want)
				}
			}
		}
	}
}

// Invariant 6: edits that are put in together do what each alone does, one after the other.
func TestEditsTogetherAreEditsOneByOne(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	var news []string
	for s := range randomTexts {
		news = append(news, s)
	}
	for range 20_000 {
		s := news[random.IntN(len(news))] + news[random.IntN(len(news))]
		enc := encodings[random.IntN(len(encodings))]
		lines := NewLines(s)
		var edits []Edit
		for end := len(s); len(edits) < 8; {
			start := max(0, end-random.IntN(4))
			edits = append(edits, Edit{&Range{lines.Position(start, enc), lines.Position(end, enc)}, news[random.IntN(len(news))]})
			end = start - random.IntN(3) + random.IntN(8)/7*4 // now and then not in order
		}
		want := s
		for _, e := range edits {
			var err error
			if want, err = Apply(want, []Edit{e}, enc); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := Apply(s, edits, enc); err != nil || got != want {
			t.Fatalf("%q in %v: %q, %v, want %q after %v", s, enc, got, err, want, edits)
		}
	}
}

func BenchmarkReplaceEverywhere(b *testing.B) {
	const lines, every = 100_000, 10
	s := strings.Repeat("a line of fifty bytes, of which one word changes.\n", lines)
	var edits []Edit
	for at := lines - 1; at >= 0; at -= every {
		edits = append(edits, Edit{&Range{Position{uint32(at), 2}, Position{uint32(at), 6}}, "row"})
	}
	for b.Loop() {
		if _, err := Apply(s, edits, UTF16); err != nil {
			b.Fatal(err)
		}
	}
}
