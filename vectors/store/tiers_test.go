package store

import (
	"fmt"
	"testing"

	"github.com/semantic-ls/semantic-ls/vectors/index"
)

// Appended one after the other, segments become few, each is written a few times, and
// none too large.
func TestTiersBoundWhatIsWritten(t *testing.T) {
	const most = 1 << 20
	stored := map[*index.Segment]bool{}
	var pieces []index.Piece
	var appended, written int64
	merge := func(settle bool) {
		for _, group := range merges(pieces, func(s *index.Segment) bool { return stored[s] }, settle, most) {
			var segments []*index.Segment
			in := map[*index.Segment]bool{}
			for _, p := range group {
				segments, in[p.Segment] = append(segments, p.Segment), true
			}
			seg, err := index.Merge(t.Context(), 4, segments, func(int, int) bool { return true })
			if err != nil {
				t.Fatal(err)
			}
			if len(seg.Bytes()) > most*3/2 {
				t.Fatalf("a segment of %d bytes", len(seg.Bytes()))
			}
			written += int64(len(seg.Bytes()))
			var left []index.Piece
			for _, p := range pieces {
				if !in[p.Segment] {
					left = append(left, p)
				}
			}
			pieces = append(left, index.Piece{Segment: seg})
			stored[seg] = true
		}
	}
	most1 := 0
	for i := range 8 * 24 * 8 {
		seg := segment(t, fmt.Sprintf("f%05d.go", i), fmt.Sprintf("a text that has the word%d in it", i))
		pieces, appended = append(pieces, index.Piece{Segment: seg}), appended+int64(len(seg.Bytes()))
		if i%24 == 23 {
			merge(false)
		}
		most1 = max(most1, len(pieces))
	}
	if most1 > 24+3*perTier || written > 5*appended {
		t.Errorf("%d segments at most; %d bytes written of %d", most1, written, appended)
	}
	if merge(true); len(pieces) > 2 {
		t.Errorf("settled to %d segments", len(pieces))
	}
	before := len(pieces)
	if merge(true); len(pieces) != before {
		t.Errorf("settled again, %d segments", len(pieces))
	}
}
