//go:build !race

package static

import (
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/vectors/words"
)

// Not under the race detector: there a sync.Pool forgets at random, on purpose,
// and what it forgets is allocated again.
func TestEmbeddingAllocatesNothing(t *testing.T) {
	text := strings.Repeat(sample, 3)
	dst := make([]float32, Dimensions)
	nop := func([]byte) {}
	reader := testing.AllocsPerRun(50, func() { words.Each(text, nop) }) // not ours
	for name, m := range map[string]*Model{"the built-in one": New(), "one with a layer": layered(t)} {
		for side, embed := range map[string]func([]float32, string){"code": m.EmbedInto, "a question": m.EmbedQueryInto} {
			if got := testing.AllocsPerRun(50, func() { embed(dst, text) }); got > reader {
				t.Errorf("%s, %s: %v allocations, %v of them by the reader of words", name, side, got, reader)
			}
		}
	}
}
