package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// The tree that is measured stays as it is, and what is measured happens.
func TestMeasure(t *testing.T) {
	tree := t.TempDir()
	for i := range 9 {
		text := fmt.Sprintf("package p\n\n// Retry%d sends the file again.\nfunc Retry%d() {\n\tsend()\n}\n", i, i)
		if err := os.WriteFile(filepath.Join(tree, fmt.Sprintf("f%d.go", i)), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	queries := filepath.Join(t.TempDir(), "queries.tsv")
	if err := os.WriteFile(queries, []byte("query\tfile\nsend the file again\tf1.go\nxyzzy\t\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	before := listing(t, tree)
	r, err := measure(t.Context(), tree, queries)
	if err != nil {
		t.Fatal(err)
	}
	if after := listing(t, tree); after != before {
		t.Errorf("the tree was\n%sand is\n%s", before, after)
	}
	if r.Files != 9 || r.Queries != 2 || r.NoHit != 1 || r.SaveFiles != 9 || r.SaveBytes == 0 || r.SaveP50 <= 0 || r.QueryP50 <= 0 {
		t.Errorf("%+v", r)
	}
}

// listing is all that there is to see of the files of a tree.
func listing(t *testing.T, root string) (list string) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		list += fmt.Sprintf("%s %v %q\n", path, info.ModTime(), text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}
