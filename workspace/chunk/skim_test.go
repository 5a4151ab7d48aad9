package chunk

import (
	"fmt"
	"go/build"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestSkimsChangeNothing compares outlines with those of a scanner that looks at every token, for every case, for every line
// on which somebody may be typing, and for a part of the Go tree.
func TestSkimsChangeNothing(t *testing.T) {
	cases, err := filepath.Glob("testdata/outline/*.txt")
	if err != nil || len(cases) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, name := range cases {
		path, text, _ := readCase(t, name)
		for i := range text {
			if text[i] != '\n' {
				continue
			}
			if err := sameThorough(path, text[:i]); err != nil {
				t.Fatalf("the first %d bytes of %s: %v", i, name, err)
			}
			if err := sameThorough(path, text[i+1:]); err != nil {
				t.Fatalf("%s from byte %d on: %v", name, i+1, err)
			}
		}
	}
	files, err := filepath.Glob(filepath.Join(build.Default.GOROOT, "src", "n*", "*", "*.go"))
	if err != nil || len(files) < 50 {
		t.Fatalf("%d Go files: %v", len(files), err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := sameThorough(name, string(text)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// sameThorough says whether a text's outline is that of a scanner that looks at every token. Where brackets do not pair up the
// two may differ: what is skimmed is not counted.
func sameThorough(path, text string) error {
	l := detect(path, text)
	if l == nil || l.grammar == nil || l.grammar.outline == nil {
		return nil
	}
	s := newScanner(text, l.grammar)
	s.grammars, s.thorough = grammarNamed, true
	l.grammar.outline(s)
	s.order()
	got := outline(text, l.grammar)
	if s.repair || got.repair || slices.Equal(got.defs, s.defs) {
		return nil
	}
	for i := range min(len(got.defs), len(s.defs)) {
		if got.defs[i] != s.defs[i] {
			return fmt.Errorf("definition %d is %+v when statements are skimmed, %+v when not", i, got.defs[i], s.defs[i])
		}
	}
	return fmt.Errorf("%d definitions when statements are skimmed, %d when not", len(got.defs), len(s.defs))
}
