package store

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDimensionsAreRemembered(t *testing.T) {
	cache := filepath.Join(t.TempDir(), "made", "when needed")
	if n := Dimensions(cache, "m"); n != 0 {
		t.Errorf("%d before anything", n)
	}
	for _, c := range []struct {
		model string
		n     int
	}{{"m", 768}, {"m", 1024}, {"other", 3}, {"other", 0}, {"never", 0}} {
		if err := RememberDimensions(cache, c.model, c.n); err != nil {
			t.Fatal(err)
		}
		if n := Dimensions(cache, c.model); n != c.n {
			t.Errorf("%s: %d, want %d", c.model, n, c.n)
		}
	}
	if n := Dimensions(cache, "m"); n != 1024 {
		t.Errorf("m: %d", n)
	}
	for _, text := range []string{"", "x", "-4", strings.Repeat("9", 100)} {
		if err := os.WriteFile(dimensionsFile(cache, "bad"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if n := Dimensions(cache, "bad"); n != 0 {
			t.Errorf("%q is taken for %d", text, n)
		}
	}
	if entries, err := os.ReadDir(cache); err != nil || len(entries) != 2 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
	if err := RememberDimensions("", "m", 5); err != nil || Dimensions("", "m") != 0 {
		t.Errorf("without a cache: %v", err)
	}
}
