//go:build !race

package static

import (
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/vectors/words"
)

// Not under the race detector: there a sync.Pool forgets at random, on purpose,
// and what it forgets is allocated again.
func TestEmbedIntoAllocatesNothing(t *testing.T) {
	m := New()
	text := strings.Repeat(sample, 3)
	dst := make([]float32, Dimensions)
	nop := func([]byte) {}
	reader := testing.AllocsPerRun(50, func() { words.Each(text, nop) }) // not ours
	if got := testing.AllocsPerRun(50, func() { m.EmbedInto(dst, text) }); got > reader {
		t.Errorf("%v allocations, %v of them by the reader of words", got, reader)
	}
}
