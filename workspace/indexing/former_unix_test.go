//go:build unix

package indexing_test

import (
	"os"
	"testing"

	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

// A file of the old index that somebody cuts while it serves costs that index, and no
// more: the new one answers with what it has.
func TestAnOldIndexThatIsCutWhileItServes(t *testing.T) {
	root, cache := t.TempDir(), t.TempDir()
	old := engine(t, cache)
	saved(t, old, root, 150) // enough for a file that is mapped
	if err := old.Close(root); err != nil {
		t.Fatal(err)
	}
	birch := newFake("birch", 3)
	e := changing(cache, birch, static.New())
	if err := e.Open(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	defer e.Close(root)
	answersBy(t, e, workspace.Documents{}, "number077", "f077.go:number077", static.New().Model().Name)
	for _, path := range stored(t, cache, ".seg") {
		if err := os.Truncate(path, 0); err != nil {
			t.Fatal(err)
		}
	}
	if got, a := ask(t, e, workspace.Documents{}, indexing.Query{Text: "number077"}); len(got) != 0 || a.Coverage.Model != "birch" {
		t.Errorf("found %v by %s", got, a.Coverage.Model)
	}
	if err := e.Refresh(t.Context(), root, nil); err != nil {
		t.Fatal(err)
	}
	answersBy(t, e, workspace.Documents{}, "number077", "f077.go:number077", "birch")
}
