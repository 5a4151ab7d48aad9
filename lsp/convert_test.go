package lsp

import (
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/vectors/search"
	"github.com/semantic-ls/semantic-ls/workspace/text"
)

// The cursor goes to the line that the client counts there, whatever ends the lines
// before it.
func TestTheSelectionIsALineOfTheClient(t *testing.T) {
	for _, ending := range []string{"\n", "\r\n", "\r"} {
		source := strings.Join([]string{"// a", "// b", "// the zebra", "// c"}, ending)
		at := strings.Index(source, "// the zebra")
		p := &places{encoding: text.UTF16, texts: map[string]text.Few{}}
		got := p.selection(search.Hit{Path: "/w/a.go", End: len(source), Snippet: "// the zebra", SnippetStart: at, Text: source})
		if want := (span{position{2, 0}, position{2, 12}}); got != want {
			t.Errorf("lines that end with %q: %+v, want %+v", ending, got, want)
		}
	}
}
