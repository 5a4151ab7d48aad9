package words

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// Stored in every index: as soon as it differs, index.TextVersion has to be bumped
// and the built-in model renamed.
func TestHashIsAlwaysTheSame(t *testing.T) {
	all := uint64(0)
	for n := range 64 {
		all = all*31 + Hash(bytes.Repeat([]byte("retryUpload"), 6)[:n])
	}
	if got, want := fmt.Sprintf("%x %x %x", Hash(nil), HashString("retri"), all), "b7b1a22932916113 38a5b8f831894c6f 76355667f35c0dc0"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestHashTellsWordsApart(t *testing.T) {
	seen := map[uint64]string{}
	note := func(word string) {
		h := HashString(word)
		if other, ok := seen[h]; ok && other != word {
			t.Fatalf("%q and %q have one hash", word, other)
		}
		seen[h] = word
	}
	for a := range 256 {
		note(string([]byte{byte(a)}))
		for b := range 256 {
			note(string([]byte{byte(a), byte(b)}))
			for _, c := range "\x00aé" {
				note(string([]byte{byte(a), byte(b), byte(c)}))
			}
		}
	}
	for n := range 300_000 {
		note(fmt.Sprint("word", n))
		note(fmt.Sprint(n, "handler"))
	}
	for n := range 200 {
		note(string(bytes.Repeat([]byte{0}, n)))
		note(string(bytes.Repeat([]byte{'x'}, n)))
	}
	// The top bits choose a place in the dictionary: each sixteenth has its share.
	var bucket [16]int
	for h := range seen {
		bucket[h>>60]++
	}
	for i, n := range bucket {
		if share := float64(n) / float64(len(seen)) * 16; share < 0.98 || share > 1.02 {
			t.Errorf("bucket %d has %.3f of its share", i, share)
		}
	}
}

// One changed byte, or one more, and it is another sum, all of whose bits have about
// even chances to differ.
func TestSumTellsTextsApart(t *testing.T) {
	seen := map[[2]uint64]bool{}
	var flipped [128]int
	changes := 0
	for n := range 200 {
		text := bytes.Repeat([]byte("func retry() {\n"), 20)[:n]
		a, b := Sum(string(text))
		seen[[2]uint64{a, b}] = true
		for i := range text {
			for _, bit := range []byte{1, 128} {
				text[i] ^= bit
				x, y := Sum(string(text))
				seen[[2]uint64{x, y}] = true
				text[i] ^= bit
				for k := range 64 {
					flipped[k] += int((a ^ x) >> k & 1)
					flipped[64+k] += int((b ^ y) >> k & 1)
				}
				changes++
			}
		}
	}
	if len(seen) != changes+200 {
		t.Errorf("%d sums of %d texts", len(seen), changes+200)
	}
	for k, n := range flipped {
		if share := float64(n) / float64(changes); share < 0.45 || share > 0.55 {
			t.Errorf("bit %d differs in %.2f of all", k, share)
		}
	}
	// Moved parts are another text.
	for _, pair := range [][2]string{
		{strings.Repeat("a", 32) + strings.Repeat("b", 32) + "c", strings.Repeat("b", 32) + strings.Repeat("a", 32) + "c"},
		{strings.Repeat("abcdefgh", 9), strings.Repeat("abcdefgh", 10)},
		{"\x00", "\x00\x00"},
	} {
		a, _ := Sum(pair[0])
		if x, _ := Sum(pair[1]); a == x {
			t.Errorf("%q and %q have one sum", pair[0], pair[1])
		}
	}
}
