package chunk

import (
	"strings"
	"testing"
)

// TestChunksOfANotebookFollowItsCells: what is not source is skipped, also inside a section.
func TestChunksOfANotebookFollowItsCells(t *testing.T) {
	_, text, _ := readCase(t, "testdata/outline/jupyter.txt")
	f := Cut("x.ipynb", text)
	for _, c := range f.Chunks {
		piece := text[c.Start:c.End]
		source := !strings.Contains(piece, "cell_type") && !strings.Contains(piece, "nbformat")
		if c.Skip == source {
			t.Errorf("skip is %v for %q", c.Skip, piece)
		}
	}
	s, ok := f.SymbolAt(strings.Index(text, "def read"))
	whole := text[s.Start:s.End]
	if !ok || s.Name != "read" || !strings.HasPrefix(whole, "def read") || !strings.HasSuffix(whole, "f.read()") {
		t.Errorf("read is %+v", s)
	}
	image := strings.Replace(text, "def not_code", strings.Repeat("iVBORw0KGgo", 20_000), 1)
	for _, c := range Cut("x.ipynb", image).Chunks {
		if !c.Skip && strings.Contains(image[c.Start:c.End], "iVBOR") {
			t.Error("an output is not skipped")
		}
	}
}
