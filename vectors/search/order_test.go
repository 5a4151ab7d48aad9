package search

import (
	"math"
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/vectors/index"
)

func TestWhatIsSaidFirstNamesTheFile(t *testing.T) {
	// Words that the model does not know: neither is nearer to a question than the other.
	const text = "package p\n\nfunc run() {\n\tzorbak()\n\tvuldok()\n}\n"
	s := corpus(t, map[string]string{"auth/zorbak.go": text, "auth/vuldok.go": text, "auth/other.go": "package p\n\nvar x int\n"})
	for query, first := range map[string]string{
		"how zorbak expiry works with vuldok renewal": "auth/zorbak.go",
		"how vuldok expiry works with zorbak renewal": "auth/vuldok.go",
	} {
		if got := ranked(t, s, query); len(got) == 0 || got[0] != first {
			t.Errorf("%q finds %q, want %s first", query, got, first)
		}
	}
}

func TestWeighByOrder(t *testing.T) {
	weights := func(n int) (list []float64) {
		terms := make([]index.Term, n)
		for i := range terms {
			terms[i] = index.Single("w", 2)
		}
		weighByOrder(terms)
		for _, term := range terms {
			list = append(list, term.Weight)
		}
		return list
	}
	weights(0)
	if w := weights(1); w[0] != 2 {
		t.Errorf("a word alone weighs %v, want 2", w[0])
	}
	w := weights(5)
	for i, want := range []float64{2.6, 2.3, 2, 1.7, 1.4} {
		if math.Abs(w[i]-want) > 1e-9 {
			t.Errorf("word %d of 5 weighs %v, want %v", i, w[i], want)
		}
	}
	for i, w := range weights(mostOrdered + 1) {
		if w != 2 {
			t.Fatalf("word %d of a pasted text weighs %v, want 2", i, w)
		}
	}
}

func TestFirstHalf(t *testing.T) {
	for text, want := range map[string]string{
		"":                                       "",
		"retryUpload":                            "",
		"upload retries":                         "",
		"where do we retry a failed upload":      "retry failed",
		"the of and":                             "",
		"session expiry and renewal":             "session expiry",
		"!! -- ??":                               "",
		strings.Repeat("word ", 2*mostOrdered+1): "",
		"how is \x00 a Größe 文件 measured, in\tnew\nlines": "Größe 文件 measured,",
	} {
		if got := firstHalf(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
