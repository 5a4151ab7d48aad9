package lsp_test

import (
	"context"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/lsp/lsptest"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

// surface are the methods of the protocol that every editor has, and how each is asked about a document.
var surface = []struct{ method, params string }{
	{"textDocument/documentSymbol", `{"textDocument":{"uri":URI}}`},
	{"textDocument/codeLens", `{"textDocument":{"uri":URI}}`},
	{"codeLens/resolve", `{"data":{"uri":URI,"position":{"line":3,"character":5}}}`},
	{"textDocument/codeAction", `{"textDocument":{"uri":URI},"range":{"start":{"line":3,"character":0},"end":{"line":3,"character":0}},"context":{}}`},
	{"textDocument/diagnostic", `{"textDocument":{"uri":URI},"previousResultId":"x"}`},
	{"workspace/executeCommand", `{"command":"semantic/showRelated","arguments":[URI,{"line":3,"character":5}]}`},
	{"workspace/executeCommand", `{"command":"semantic/showDuplicates","arguments":[URI,{"line":3,"character":5}]}`},
	{"semantic/duplicates", `{"textDocument":{"uri":URI},"position":{"line":3,"character":5}}`},
	{"workspaceSymbol/resolve", `{"name":"Retry","kind":12,"location":{"uri":URI},"data":{"name":"Retry","container":"","kind":12,"near":0}}`},
	{"workspace/symbol", `{"query":"Retry","partialResultToken":URI}`},
}

// Whatever the parameters are, the answer is a result or says what is wrong with them, and is no accident.
func FuzzSurface(f *testing.F) {
	for i := range surface {
		for _, params := range []string{
			surface[i].params, `{}`, `null`, `[]`, `"x"`, `{"textDocument":null}`, `{"textDocument":{"uri":null}}`,
			`{"textDocument":{"uri":"file:///%00"}}`, `{"textDocument":{"uri":"vscode-remote://ssh/w/a.go"},"position":{}}`,
			`{"command":"semantic/showRelated","arguments":[URI,{"line":-1,"character":1e308}]}`,
			`{"command":"semantic/showDuplicates","arguments":[URI,{"line":4294967295,"character":4294967295},7]}`,
			`{"textDocument":{"uri":URI},"range":{"start":{"line":9,"character":9},"end":{"line":1,"character":0}},"context":{"only":[""],"triggerKind":-7}}`,
			`{"data":{"uri":URI,"position":{"line":1e9,"character":1e9}}}`,
			`{"name":"","location":{"uri":URI},"data":{"name":"Retry","kind":-1,"near":-9223372036854775808}}`,
		} {
			f.Add(uint8(i), params)
		}
	}
	dir := write(f, workspaceFiles())
	uri, _ := json.Marshal(lsptest.URI(filepath.Join(dir, "net", "retry.go")))
	engine := realEngine("")
	if err := engine.Open(f.Context(), dir); err != nil {
		f.Fatal(err)
	}
	if err := engine.Refresh(f.Context(), dir, nil); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, which uint8, params string) {
		params = strings.ReplaceAll(params, "URI", string(uri))
		if !json.Valid([]byte(params)) {
			return
		}
		lsptest.Run(t, shown(engine.Share(), everything), func(e *lsptest.Editor) {
			e.Initialize(lsptest.Options{Folders: []string{dir}})
			method := surface[int(which)%len(surface)].method
			switch err := e.Call(method, json.RawMessage(params), nil); lsptest.Code(err) {
			case 0, -32602, -32803:
			default:
				t.Errorf("%s %s: %v", method, params, err)
			}
			if _, err := e.Status(); err != nil {
				t.Errorf("after %s %s: %v", method, params, err)
			}
		})
	})
}

func TestTheSurfaceIsCancelled(t *testing.T) {
	dir := write(t, workspaceFiles())
	uri, _ := json.Marshal(lsptest.URI(filepath.Join(dir, "net", "retry.go")))
	engine := newFake()
	asked := make(chan struct{}, 100)
	wait := func(ctx context.Context) error {
		asked <- struct{}{}
		<-ctx.Done()
		return context.Cause(ctx)
	}
	engine.related = func(ctx context.Context, _ workspace.Documents, _ indexing.Place) (indexing.Answer, error) {
		return indexing.Answer{}, wait(ctx)
	}
	engine.copies = func(ctx context.Context, _ workspace.Documents, _ indexing.CopiesQuery) (indexing.Copies, error) {
		return indexing.Copies{}, wait(ctx)
	}
	lsptest.Run(t, shown(engine, everything), func(e *lsptest.Editor) {
		e.Initialize(lsptest.Options{Folders: []string{dir}, Capabilities: openHere})
		e.AwaitReady()
		for _, s := range surface {
			switch s.method {
			case "codeLens/resolve", "textDocument/diagnostic", "workspace/executeCommand", "semantic/duplicates":
				p := e.Start(s.method, json.RawMessage(strings.ReplaceAll(s.params, "URI", string(uri))))
				receive(t, e, s.method, asked)
				p.Cancel()
				if err := p.Wait(nil); lsptest.Code(err) != -32800 {
					t.Errorf("%s %s: %v, want -32800", s.method, s.params, err)
				}
			}
		}
		if n := len(e.Heard(0, isMethod(ask))) + len(e.Heard(0, isMethod(tell))); n > 0 {
			t.Errorf("%d offers of what was cancelled", n)
		}
	})
}

// An editor that speaks UTF-8 and one that speaks UTF-16 are told the same places, each in its own units.
func TestTheSurfaceCountsInTheAgreedUnits(t *testing.T) {
	const before = "/* 😀é */ "
	text := strings.Replace(retryGo, "func Retry", before+"func Retry", 1)
	dir := write(t, map[string]string{
		"net/retry.go": text, "net/again.go": strings.NewReplacer("Retry", "Again", "attempts", "times").Replace(text),
	})
	path := filepath.Join(dir, "net", "retry.go")
	for encoding, units := range map[string]int{"utf-8": 4 + 2, "utf-16": 2 + 1, "utf-32": 1 + 1} {
		t.Run(encoding, func(t *testing.T) {
			lsptest.Run(t, shown(realEngine(""), everything), func(e *lsptest.Editor) {
				e.Initialize(lsptest.Options{Folders: []string{dir}, Encodings: []string{encoding}})
				e.AwaitReady()
				want := lsptest.Position{Line: 3, Character: len("/*  */ func ") + units}
				lenses, err := e.Lenses(path)
				if err != nil || len(lenses) != 1 || lenses[0].Range.Start != want {
					t.Errorf("lenses %+v, %v; want one at %+v", lenses, err, want)
				}
				d, err := e.Diagnose(path, "")
				if err != nil || len(d.Items) != 1 || d.Items[0].Range.Start != want {
					t.Errorf("diagnostics %+v, %v; want one at %+v", d, err, want)
				}
				var found lsptest.Duplicates
				if err := e.Execute("semantic/showDuplicates", &found, lsptest.URI(path), want); err != nil || len(found.Groups) != 1 ||
					found.Groups[0].Hits[1].SelectionRange.Start != want {
					t.Errorf("duplicates %+v, %v; want one at %+v", found, err, want)
				}
			})
		})
	}
}

// What stands in a cell of a notebook is asked about by the cell, and told of in cells.
func TestTheSurfaceOfCells(t *testing.T) {
	const small = "def alpha():\n    return 1\n\ndef beta():\n    return 2\n\ndef gamma():\n    return 3\n"
	dir := write(t, map[string]string{"n.ipynb": notebookJSON, "small.py": small})
	path := filepath.Join(dir, "n.ipynb")
	can := map[string]any{"workspace": resolving["workspace"], "notebookDocument": withNotebooks["notebookDocument"]}
	lsptest.Run(t, shown(realEngine(""), everything), func(e *lsptest.Editor) {
		e.Initialize(lsptest.Options{Folders: []string{dir}, Capabilities: can})
		e.AwaitReady()
		cell := cellURI(path, "b")
		n := &editsNotebook{e: e, path: path}
		n.tell("didOpen", map[string]any{
			"cells": []any{n.cell("b", 2)}, "cellTextDocuments": []any{n.doc("b", "python", small)},
		})
		for _, name := range []string{"beta", "gamma"} {
			list, err := e.Symbols(name)
			if err != nil || len(list) < 2 {
				t.Fatalf("symbols %+v, %v", list, err)
			}
			found := false
			for _, s := range list {
				line := map[string]int{"beta": 3, "gamma": 6}[name]
				found = found || s.Name == name && s.Location.URI == cell && s.Location.Range.Start == lsptest.Position{Line: line, Character: 4}
			}
			if !found {
				t.Errorf("%s is not in the cell: %+v", name, list)
			}
		}
		if list, err := e.Actions(cell, lsptest.Position{Line: 1}, nil); err != nil || len(list) != 2 {
			t.Errorf("actions %s, %v", list, err)
		}
		var a lsptest.Answer
		if err := e.Execute("semantic/showRelated", &a, cell, lsptest.Position{Line: 3, Character: 5}); err != nil || len(a.Hits) == 0 {
			t.Errorf("related to what is in a cell: %+v, %v", a, err)
		}
		// Of the notebook's file the editor knows nothing else; what it asks about that is no accident.
		if list, err := e.DocumentSymbols(path); err != nil || len(list) > 0 {
			t.Errorf("symbols of the file %+v, %v", list, err)
		}
		if d, err := e.Diagnose(path, ""); err != nil || len(d.Items) > 0 {
			t.Errorf("diagnostics of the file %+v, %v", d, err)
		}
	})
}
