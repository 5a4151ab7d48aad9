package static

import (
	"math"
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/vectors/words"
)

func TestConceptsAreWellFormed(t *testing.T) {
	seen := map[string]bool{}
	for key, list := range entries(words.Thesaurus) {
		if seen[key] {
			t.Errorf("concept %q stands twice", key)
		}
		seen[key] = true
		stems := map[string]bool{}
		for _, w := range list {
			if w != strings.ToLower(w) {
				t.Errorf("%s: %q is not lower-case", key, w)
			}
			stem := string(last(w))
			if stem == "" {
				t.Errorf("%s: %q is no word", key, w)
			}
			stems[stem] = true
		}
		if !strings.Contains(key, "_") {
			stems[string(last(key))] = true
		}
		if len(stems) < 2 {
			t.Errorf("%s joins nothing: %q", key, list)
		}
	}
	if len(seen) < 250 {
		t.Errorf("%d concepts", len(seen))
	}
}

// A stem has one gain, or the order of lines in the file would decide unseen.
func TestGainsAreUnambiguous(t *testing.T) {
	gains := map[string]string{}
	for key, list := range entries(gainsText) {
		for _, w := range list {
			stem := string(last(w))
			if stem == "" {
				continue // one letter: the reader drops it anyway
			}
			if before, ok := gains[stem]; ok && before != key {
				t.Errorf("%q (%s) has gains %s and %s", w, stem, before, key)
			}
			gains[stem] = key
		}
	}
}

func TestGainByLooks(t *testing.T) {
	l := readLexicon(words.Thesaurus, gainsText)
	gain := func(s string) int32 { return l.gain([]byte(s), words.HashString(s)) }
	falling := []string{"throttl", "queueforidleconn", "1234", "the"}
	for i := 1; i < len(falling); i++ {
		if gain(falling[i]) >= gain(falling[i-1]) {
			t.Errorf("%s weighs %d, %s %d", falling[i], gain(falling[i]), falling[i-1], gain(falling[i-1]))
		}
	}
	if gain("解") != gainOne {
		t.Errorf("a Chinese letter weighs %d", gain("解"))
	}
}

// No damping stands so near to a half of its unit that the last bit of a
// platform's logarithm could decide where it is rounded to.
func TestDampingIsPortable(t *testing.T) {
	for n := 1; n <= maxCount; n++ {
		_, frac := math.Modf(damping(n) * dampedOne)
		if math.Abs(frac-0.5) < 1e-6 {
			t.Errorf("damping of %d: %v", n, damping(n)*dampedOne)
		}
	}
}

func TestReadLexiconRefusesNonsense(t *testing.T) {
	for _, c := range [][2]string{{"no colon here", ""}, {"", "heavy: word"}, {"", "7: word"}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("read %q", c)
				}
			}()
			readLexicon(c[0], c[1])
		}()
	}
}
