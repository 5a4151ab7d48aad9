package lsp

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/semantic-ls/semantic-ls/workspace/text"
)

// FuzzNotebookText: what is written as a notebook is one, its cells come back as they were, and every place in a cell comes
// back from the place in the notebook that stands for it.
func FuzzNotebookText(f *testing.F) {
	for _, seed := range [][2]string{
		{"", ""},
		{"a", ""},
		{"", "b\n"},
		{"def f():\n    return \"x\\n\"\n", "# Head\r\n\r\ntext"},
		{"\r\r\n\n", "\"],\n]}\n"},
		{"\u2028\u2029\x00\x1f\u007f<>&\U0001F600", "\\u0041\\"},
		{",\n\",", "{\"cell_type\":\"code\"}"},
	} {
		f.Add(seed[0], seed[1], "vscode-notebook-cell:/w/n.ipynb#a")
	}
	f.Fuzz(func(t *testing.T, one, two, uri string) {
		if !utf8.ValidString(one) || !utf8.ValidString(two) || !utf8.ValidString(uri) || len(one)+len(two) > 2000 {
			return // no text that comes as JSON is
		}
		n := &notebook{
			cells: []notebookCell{{Kind: 2, URI: uri}, {Kind: 1, URI: uri + "2"}, {Kind: 2, URI: "unknown"}},
			texts: map[string]cellText{uri: {language: "r", text: one}, uri + "2": {text: two}},
		}
		document := n.text(len(one)*6 + len(two)*6 + len(uri)*20 + 1000)
		var jupyter struct {
			Cells []struct {
				Source []string
			}
		}
		if err := json.Unmarshal([]byte(document), &jupyter); err != nil || len(jupyter.Cells) != 3 {
			t.Fatalf("%v in %s", err, document)
		}
		cells := cellsOf(document)
		if len(cells) != 3 {
			t.Fatalf("%d cells in %s", len(cells), document)
		}
		for i, want := range []string{n.texts[uri].text, n.texts[uri+"2"].text, ""} {
			c := cells[i]
			if c.text != want || strings.Join(jupyter.Cells[i].Source, "") != want {
				t.Fatalf("cell %d is %q and %q, want %q", i, c.text, jupyter.Cells[i].Source, want)
			}
			if c.uri != n.cells[i].URI {
				t.Fatalf("cell %d is called %q", i, c.uri)
			}
			for at := range want {
				there := c.inDocument(document, at)
				if back := c.inCell(document, there); back != at {
					t.Fatalf("%q: %d is at %d in the document, and that is %d", want, at, there, back)
				}
				if got := cellAt(cells, there); got != c {
					t.Fatalf("%q: %d is in another cell", want, at)
				}
			}
		}
		for at := range len(document) + 2 { // places that are in no cell, too
			if c := cellAt(cells, at); c != nil {
				if in := c.inCell(document, at); in < 0 || in > len(c.text) {
					t.Fatalf("%d is at %d of %q", at, in, c.text)
				}
			}
		}
	})
}

// A notebook may have one cell a million times, or a cell of nothing but what is escaped.
func TestANotebookThatIsTooLongIsNotWrittenWhole(t *testing.T) {
	const most, line = 10_000, 100
	long := strings.Repeat(strings.Repeat("\x01", line)+"\n", 1000)
	for name, n := range map[string]*notebook{
		"one cell, often": {
			cells: slices.Repeat([]notebookCell{{Kind: 2, URI: "a"}}, 1000), texts: map[string]cellText{"a": {text: long[:line]}},
		},
		"one long cell":    {cells: []notebookCell{{Kind: 2, URI: "a"}}, texts: map[string]cellText{"a": {text: long}}},
		"many empty cells": {cells: slices.Repeat([]notebookCell{{Kind: 1, URI: "none"}}, 10_000)},
	} {
		if got := len(n.text(most)); got <= most || got > most+10*line {
			t.Errorf("%s: %d bytes are written, want little more than %d", name, got, most)
		}
	}
}

// One message may be about a million cells: what it costs grows with that, and the log does not tell of each.
func TestAChangeOfManyCells(t *testing.T) {
	const many = 100_000
	n := &notebook{}
	var change notebookChange
	for i := range many {
		c := notebookCell{Kind: 2, URI: fmt.Sprintf("cell:%06d", i)}
		n.cells = append(n.cells, c)
		c.Kind = 1
		change.Cells.Data = append(change.Cells.Data, c)
	}
	change.Cells.TextContent = slices.Grow(change.Cells.TextContent, many)[:many]
	next, err := n.changed(1, change, text.UTF16)
	if err == nil || len(err.Error()) > 4000 {
		t.Errorf("cells that are not open: %.4000v", err)
	}
	if slices.ContainsFunc(next.cells, func(c notebookCell) bool { return !c.markup() }) || n.cells[0].markup() {
		t.Error("cells are not text now, or were not code before")
	}
}
