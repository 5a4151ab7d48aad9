package text

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// Invariant 6: the fast way to index lines does what looking at each byte does.
func TestLinesAreThoseOfEachByte(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"\n", "\n\n", "a", "func f() {", "ä", "\x80", "\u2028", "12345678", "\t", "🙂", "\r", "\r\n"}
	for range 20_000 {
		var b strings.Builder
		// Half of the texts have no CR, and so go the fast way.
		kinds := len(pieces) - 2*random.IntN(2)
		for range random.IntN(12) {
			b.WriteString(pieces[random.IntN(kinds)])
		}
		fast := NewLines(b.String())
		slow := &Lines{text: b.String()}
		slow.scan()
		if !slices.Equal(fast.lines, slow.lines) {
			t.Fatalf("%q: lines %v, want %v", b.String(), fast.lines, slow.lines)
		}
	}
}
