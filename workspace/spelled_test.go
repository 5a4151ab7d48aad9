package workspace

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// folding is os.Lstat on a file system that finds names whatever their case.
func folding(root string) func(string) (fs.FileInfo, error) {
	return func(path string) (fs.FileInfo, error) {
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return nil, err
		}
		dir := root
		for name := range strings.SplitSeq(rel, string(filepath.Separator)) {
			entries, err := os.ReadDir(dir)
			if err != nil {
				return nil, err
			}
			for _, e := range entries {
				if strings.EqualFold(e.Name(), name) {
					name = e.Name()
				}
			}
			dir = filepath.Join(dir, name)
		}
		return os.Lstat(dir)
	}
}

func TestSpelled(t *testing.T) {
	top := build(t, `
		Docs/ReadMe.md x
		src/Größe.go x
		src/123 x
	`)
	for rel, want := range map[string]string{
		"Docs/ReadMe.md": "Docs/ReadMe.md", "docs/README.MD": "Docs/ReadMe.md", "SRC/gRÖSSE.go": "src/gRÖSSE.go",
		"src/größe.go": "src/Größe.go", "src/123": "src/123", "src/Missing.go": "src/Missing.go", "missing/A.go": "missing/A.go",
	} {
		if got := spelled(top, rel, folding(top)); got != want {
			t.Errorf("%s: got %s, want %s", rel, got, want)
		}
	}
}

// TestSpelledWhereCaseCounts: on such a system nothing is another file's name, links aside.
func TestSpelledWhereCaseCounts(t *testing.T) {
	top := build(t, `
		a.go x
		sub/b.go x
	`)
	if _, err := os.Lstat(filepath.Join(top, "A.GO")); err == nil {
		if got := Spelled(top, "SUB/B.GO"); got != "sub/b.go" { // of macOS and Windows
			t.Errorf("got %s", got)
		}
		return
	}
	if err := os.Link(filepath.Join(top, "a.go"), filepath.Join(top, "A.GO")); err != nil {
		t.Fatal(err)
	}
	for _, rel := range []string{"a.go", "A.GO", "A.go", "SUB/b.go", "sub/b.go"} {
		if got := Spelled(top, rel); got != rel {
			t.Errorf("%s: got %s", rel, got)
		}
	}
}
