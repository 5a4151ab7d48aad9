package static

import (
	"math"
	"testing"

	"github.com/semantic-ls/semantic-ls/vectors/words"
)

// A question is as near to names as its vector is to theirs.
func TestQuestionsAreComparedAsVectors(t *testing.T) {
	m := New()
	compared := 0
	for _, text := range []string{"where do we retry a failed upload", "make room in the cache", "sniff content type", "zkqqx"} {
		asked := embedOne(t, m, text)
		q := m.Ask(text)
		for _, name := range []string{"retryUpload", "evict oldest entry", "DetectContentType http sniff", "parse", "x"} {
			var sum Sum
			var list []*Word
			words.Each(name, func(w []byte) {
				if known := m.Known(words.Hash(w)); known != nil {
					list = append(list, known)
					sum.Add(known, 1)
				}
			})
			var unit [Dimensions]float32
			sum.Unit(&unit)
			if got, want := q.Cosine(list), cosine(asked, unit[:]); math.Abs(got-want) > 0.01 {
				t.Errorf("%q and %q: %.4f, as vectors %.4f", text, name, got, want)
			} else if want != 0 {
				compared++
			}
		}
	}
	if compared < 10 {
		t.Errorf("only %d compared", compared)
	}
	if got := m.Ask("").Cosine([]*Word{m.Word(words.HashString("upload"))}); got != 0 {
		t.Errorf("nothing asked: %v", got)
	}
	if got := m.Ask("upload").Cosine(nil); got != 0 {
		t.Errorf("nothing named: %v", got)
	}
}
