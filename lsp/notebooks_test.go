package lsp_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/lsp/lsptest"
)

// The notebook that the tests are about, as Jupyter stores it.
const notebookJSON = `{
 "cells": [
  {
   "cell_type": "markdown",
   "metadata": {},
   "source": [
    "# Freight"
   ]
  },
  {
   "cell_type": "code",
   "metadata": {},
   "outputs": [{"name": "stdout", "text": ["def not_code(): zebra crossing\n"]}],
   "source": [
    "import os\n",
    "\n",
    "def teleport(parcel):\n",
    "    \"\"\"Moves a parcel through hyperspace.\"\"\"\n",
    "    return parcel"
   ]
  }
 ],
 "metadata": {"language_info": {"name": "python"}},
 "nbformat": 4, "nbformat_minor": 5
}
`

const (
	teleportPy = "import os\n\ndef teleport(parcel):\n    \"\"\"Moves a parcel through hyperspace.\"\"\"\n    return parcel"
	tidePy     = "# 😀 \"tide\"\ndef tide(moon):\n    \"\"\"How high the ocean rises.\"\"\"\n    return moon.mass\n"
)

func cellURI(path, name string) string {
	return "vscode-notebook-cell:" + filepath.ToSlash(path) + "#" + name
}

var withNotebooks = map[string]any{"notebookDocument": map[string]any{"synchronization": map[string]any{}}}

// editsNotebook is an editor's way to speak of a notebook.
type editsNotebook struct {
	e       *lsptest.Editor
	path    string
	version int
}

func (n *editsNotebook) cell(name string, kind int) map[string]any {
	return map[string]any{"kind": kind, "document": cellURI(n.path, name)}
}

func (n *editsNotebook) doc(name, language, text string) map[string]any {
	return map[string]any{"uri": cellURI(n.path, name), "languageId": language, "version": 1, "text": text}
}

func (n *editsNotebook) tell(what string, more map[string]any) {
	n.version++
	params := map[string]any{"notebookDocument": map[string]any{"uri": lsptest.URI(n.path), "version": n.version, "notebookType": "jupyter-notebook"}}
	for key, value := range more {
		if key == "cells" {
			params["notebookDocument"].(map[string]any)["cells"] = value
		} else {
			params[key] = value
		}
	}
	n.e.Notify("notebookDocument/"+what, params)
}

func (n *editsNotebook) change(cells map[string]any) {
	n.tell("didChange", map[string]any{"change": map[string]any{"cells": cells}})
}

func (n *editsNotebook) open() {
	n.tell("didOpen", map[string]any{
		"cells":             []any{n.cell("a", 1), n.cell("b", 2)},
		"cellTextDocuments": []any{n.doc("a", "markdown", "# Freight"), n.doc("b", "python", teleportPy)},
	})
}

// at is a hit, as what a person would say of it.
func at(h lsptest.Hit) string {
	raw, _ := json.Marshal([]any{h.URI, h.SelectionRange.Start.Line, h.SelectionRange.Start.Character, h.Symbol})
	return string(raw)
}

func saysAt(uri string, line, character int, symbol string) string {
	raw, _ := json.Marshal([]any{uri, line, character, symbol})
	return string(raw)
}

func TestCellsOfNotebooks(t *testing.T) {
	dir := write(t, map[string]string{"n.ipynb": notebookJSON, "net/retry.go": retryGo})
	path := filepath.Join(dir, "n.ipynb")
	run(t, realEngine(""), lsptest.Options{Folders: []string{dir}, Capabilities: withNotebooks}, func(e *lsptest.Editor) {
		e.AwaitReady()
		parcel, ocean := "move a parcel through hyperspace", "how high the ocean rises"
		onDisk := saysAt(lsptest.URI(path), 16, 9, "teleport")
		h := first(t, e, parcel)
		if got := at(h); got != onDisk {
			t.Errorf("on disk: %s, want %s", got, onDisk)
		}
		text := strings.Split(notebookJSON, "\n")
		if r := h.Range; !strings.HasPrefix(text[r.Start.Line][r.Start.Character:], "import os") || !strings.HasSuffix(text[r.End.Line][:r.End.Character], "return parcel") {
			t.Errorf("on disk it is %+v", r)
		}
		if a, err := e.Search(lsptest.Query{Query: "zebra crossing"}); err != nil || slices.ContainsFunc(a.Hits, func(h lsptest.Hit) bool { return strings.Contains(h.Snippet, "zebra") }) {
			t.Errorf("an output is found: %+v, %v", a.Hits, err)
		}

		n := &editsNotebook{e: e, path: path}
		n.open()
		b, c := cellURI(path, "b"), cellURI(path, "c")
		h = first(t, e, parcel)
		want := lsptest.Range{End: lsptest.Position{Line: 4, Character: 17}}
		if got := at(h); got != saysAt(b, 2, 4, "teleport") || h.Range != want || strings.Contains(h.Snippet, `\n`) {
			t.Errorf("in its cell: %s, %+v, %q", got, h.Range, h.Snippet)
		}
		if list, err := e.Symbols("teleport"); err != nil || len(list) == 0 || list[0].Location.URI != b || list[0].Location.Range.Start != (lsptest.Position{Line: 2, Character: 4}) {
			t.Errorf("symbols %+v, %v", list, err)
		}

		// Text, and cells, come and go.
		n.change(map[string]any{"textContent": []any{map[string]any{
			"document": map[string]any{"uri": b, "version": 2},
			"changes":  []any{map[string]any{"range": lsptest.Range{}, "text": "# one line\n"}},
		}}})
		if got := at(first(t, e, parcel)); got != saysAt(b, 3, 4, "teleport") {
			t.Errorf("after a line was inserted: %s", got)
		}
		n.change(map[string]any{"structure": map[string]any{
			"array":   map[string]any{"start": 1, "deleteCount": 0, "cells": []any{n.cell("c", 2)}},
			"didOpen": []any{n.doc("c", "python", tidePy)},
		}})
		h = first(t, e, ocean)
		if got := at(h); got != saysAt(c, 1, 4, "tide") || h.Snippet == "" || strings.ContainsAny(h.Snippet, `\,`) {
			t.Errorf("a new cell: %s %q", got, h.Snippet)
		}
		a, err := e.Related(lsptest.Place{TextDocument: &lsptest.Document{URI: c}, Position: &lsptest.Position{Line: 2, Character: 3}})
		if err != nil || a.Coverage.DirtyDocuments != 1 || slices.Contains(symbols(a.Hits), "tide") {
			t.Errorf("related to it: %q, %v", symbols(a.Hits), err)
		}
		x, err := e.Explain(lsptest.Why{Query: ocean, URI: c, Position: &lsptest.Position{Line: 2}})
		if err != nil || x.Rank != 1 {
			t.Errorf("explained: %+v, %v", x, err)
		}
		if got := at(first(t, e, parcel)); got != saysAt(b, 3, 4, "teleport") {
			t.Errorf("behind a new cell: %s", got)
		}
		n.change(map[string]any{"structure": map[string]any{
			"array": map[string]any{"start": 2, "deleteCount": 1}, "didClose": []any{map[string]any{"uri": b}},
		}})
		if a, err := e.Search(lsptest.Query{Query: parcel}); err != nil || slices.Contains(symbols(a.Hits), "teleport") {
			t.Errorf("without its cell: %q, %v", symbols(a.Hits), err)
		}

		// The file opened as a text says nothing new, nor does it take the cells away.
		e.Open(path, "nothing")
		e.Edit(path, lsptest.Edit{Text: "nothing at all"})
		e.Close(path)
		if got := at(first(t, e, ocean)); got != saysAt(c, 1, 4, "tide") {
			t.Errorf("after it was closed as a text: %s", got)
		}

		// Unsaved cells are thrown away: the file counts.
		n.tell("didClose", map[string]any{"cellTextDocuments": []any{map[string]any{"uri": c}}})
		if got := at(first(t, e, parcel)); got != onDisk {
			t.Errorf("after it was closed: %s, want %s", got, onDisk)
		}
		if a, err := e.Search(lsptest.Query{Query: ocean}); err != nil || slices.Contains(symbols(a.Hits), "tide") {
			t.Errorf("thrown away: %q, %v", symbols(a.Hits), err)
		}
	})
}

func TestNotebooksThatAreSaved(t *testing.T) {
	dir := write(t, map[string]string{"n.ipynb": notebookJSON})
	path := filepath.Join(dir, "n.ipynb")
	run(t, realEngine(""), lsptest.Options{Folders: []string{dir}, Capabilities: withNotebooks}, func(e *lsptest.Editor) {
		e.AwaitReady()
		n := &editsNotebook{e: e, path: path}
		n.open()
		n.change(map[string]any{"textContent": []any{map[string]any{
			"document": map[string]any{"uri": cellURI(path, "b")}, "changes": []any{map[string]any{"text": tidePy}},
		}}})
		saved := strings.Replace(notebookJSON, `"import os\n"`, `"def tide(moon):\n", "    return moon.mass # how high the ocean rises\n"`, 1)
		if err := os.WriteFile(path, []byte(saved), 0o644); err != nil {
			t.Fatal(err)
		}
		n.tell("didSave", nil)
		a, err := e.Search(lsptest.Query{Query: "tide"})
		if err != nil || len(a.Hits) == 0 || at(a.Hits[0]) != saysAt(cellURI(path, "b"), 1, 4, "tide") || a.Coverage.DirtyDocuments != 0 {
			t.Errorf("saved: %+v, %v", a, err)
		}
		n.tell("didClose", nil)
		await(t, e, "tide", func(hits []lsptest.Hit) bool {
			return len(hits) > 0 && at(hits[0]) == saysAt(lsptest.URI(path), 14, 9, "tide")
		})
	})
}

// Only who speaks of notebooks is told that we listen, and what makes no sense costs nothing but itself.
func TestWhoSpeaksOfNotebooks(t *testing.T) {
	for _, c := range []struct {
		capabilities map[string]any
		want         string
	}{
		{withNotebooks, `{"notebookSelector":[{"notebook":{"notebookType":"jupyter-notebook","scheme":"file"}}],"save":true}`},
		{map[string]any{"notebookDocument": true}, ""},
		{nil, ""},
	} {
		lsptest.Run(t, serve(newFake()), func(e *lsptest.Editor) {
			var answer struct {
				Capabilities struct{ NotebookDocumentSync json.RawMessage }
			}
			if err := e.Call("initialize", lsptest.Options{Capabilities: c.capabilities}.Params(), &answer); err != nil || string(answer.Capabilities.NotebookDocumentSync) != c.want {
				t.Errorf("%v: %s, %v", c.capabilities, answer.Capabilities.NotebookDocumentSync, err)
			}
		})
	}
	dir := write(t, map[string]string{"n.ipynb": notebookJSON})
	path := filepath.Join(dir, "n.ipynb")
	run(t, realEngine(""), lsptest.Options{Folders: []string{dir}, Capabilities: withNotebooks}, func(e *lsptest.Editor) {
		e.AwaitReady()
		n := &editsNotebook{e: e, path: path}
		n.change(map[string]any{}) // not open
		n.tell("didSave", nil)
		n.tell("didClose", nil)
		for _, other := range []string{"untitled:x.ipynb", "vscode-remote://ssh/n.ipynb", lsptest.URI(filepath.Join(dir, "n.txt")), ""} {
			e.Notify("notebookDocument/didOpen", map[string]any{"notebookDocument": map[string]any{"uri": other, "cells": []any{n.cell("z", 2)}}})
		}
		n.open()
		n.open() // twice
		b := cellURI(path, "b")
		for _, cells := range []map[string]any{
			{"structure": map[string]any{"array": map[string]any{"start": 1e300, "deleteCount": 1e300}}},
			{"structure": map[string]any{"array": map[string]any{"start": -5, "deleteCount": -5}, "didClose": []any{map[string]any{"uri": "none"}}}},
			{"structure": map[string]any{"array": 7}},
			{"data": []any{map[string]any{"kind": 9, "document": "none"}}},
			{"textContent": []any{
				map[string]any{"document": map[string]any{"uri": "none"}, "changes": []any{map[string]any{"text": "x"}}},
				map[string]any{"document": map[string]any{"uri": b}, "changes": []any{map[string]any{"text": "x", "range": map[string]any{
					"start": map[string]any{"line": 3, "character": 0}, "end": map[string]any{"line": 1, "character": 0},
				}}}},
			}},
		} {
			n.change(cells)
		}
		if got := at(first(t, e, "move a parcel through hyperspace")); got != saysAt(b, 2, 4, "teleport") {
			t.Errorf("found %s", got)
		}
		n.tell("didClose", nil)
		n.tell("didClose", nil)
		if got := first(t, e, "move a parcel through hyperspace"); got.URI != lsptest.URI(path) {
			t.Errorf("found %s", at(got))
		}
	})
}
