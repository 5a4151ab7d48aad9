package words

import (
	"bytes"
	"fmt"
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
