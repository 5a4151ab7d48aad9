package lsp_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/lsp/lsptest"
)

// titles are those of actions, with their kinds where they have some, and the commands that they stand for.
func titles(t *testing.T, list []json.RawMessage) (out []string) {
	t.Helper()
	for _, raw := range list {
		var a struct {
			Title, Kind string
			Command     json.RawMessage
		}
		var c lsptest.Command
		if err := json.Unmarshal(raw, &a); err != nil {
			t.Fatal(err)
		}
		if a.Kind == "" {
			a.Command = raw
		}
		if err := json.Unmarshal(a.Command, &c); err != nil || c.Title != a.Title || len(c.Arguments) != 2 {
			t.Errorf("action %s, %v", raw, err)
		}
		out = append(out, strings.TrimSpace(a.Title+" "+a.Kind)+" "+c.Command)
	}
	return out
}

func TestCodeActions(t *testing.T) {
	dir := write(t, workspaceFiles())
	path := filepath.Join(dir, "net", "retry.go")
	literals := map[string]any{"textDocument": map[string]any{"codeAction": map[string]any{
		"codeActionLiteralSupport": map[string]any{"codeActionKind": map[string]any{"valueSet": []string{"quickfix"}}},
	}}}
	const related = "Find related code semantic.related semantic/showRelated"
	const duplicates = "Find duplicates of this semantic.duplicates semantic/showDuplicates"
	engine := newFake()
	lsptest.Run(t, shown(engine, everything), func(e *lsptest.Editor) {
		e.Initialize(lsptest.Options{Folders: []string{dir}, Capabilities: literals})
		only := func(kinds ...string) map[string]any { return map[string]any{"only": kinds, "diagnostics": []any{}} }
		for name, c := range map[string]struct {
			path    string
			context map[string]any
			want    string
		}{
			"asked for":           {path, nil, related + ", " + duplicates},
			"an old client":       {path, map[string]any{"diagnostics": []any{}}, related + ", " + duplicates},
			"at every move":       {path, map[string]any{"triggerKind": 2}, ""},
			"all of ours":         {path, only("semantic"), related + ", " + duplicates},
			"one of ours":         {path, only("semantic.related"), related},
			"one among others":    {path, only("refactor", "semantic.duplicates"), duplicates},
			"fixes":               {path, only("quickfix"), ""},
			"on save":             {path, only("source.organizeImports", "source.fixAll"), ""},
			"a kind like ours":    {path, only("semantic.rel", "semantic.related.code", "sem"), ""},
			"all kinds by name":   {path, only(""), related + ", " + duplicates},
			"outside the folders": {filepath.Join(filepath.Dir(dir), "a.go"), nil, ""},
			"no file":             {"untitled:Untitled-1", nil, ""},
		} {
			list, err := e.Actions(c.path, lsptest.Position{Line: 4, Character: 1 << 20}, c.context)
			if got := strings.Join(titles(t, list), ", "); err != nil || got != c.want || list == nil {
				t.Errorf("%s: %q, %v; want %q", name, got, err, c.want)
			}
		}
	})
	lsptest.Run(t, shown(engine, everything), func(e *lsptest.Editor) {
		e.Initialize(lsptest.Options{Folders: []string{dir}})
		list, err := e.Actions(path, lsptest.Position{Line: 4}, nil)
		if got := strings.Join(titles(t, list), ", "); err != nil ||
			got != "Find related code semantic/showRelated, Find duplicates of this semantic/showDuplicates" {
			t.Errorf("a client that knows only commands: %q, %v", got, err)
		}
	})
}

func TestCodeLenses(t *testing.T) {
	files := workspaceFiles()
	files["net/again.go"] = strings.NewReplacer("Retry", "Again", "attempts", "times", "err", "failure").Replace(retryGo)
	files["net/retry_test.go"] = "package net\n\nfunc TestRetry(t *testing.T) {\n\tif err := Retry(3, fail); err == nil {\n\t\tt.Fatal(err)\n\t}\n}\n"
	dir := write(t, files)
	path := filepath.Join(dir, "net", "retry.go")
	lsptest.Run(t, shown(realEngine(""), everything), func(e *lsptest.Editor) {
		e.Initialize(lsptest.Options{Folders: []string{dir}})
		e.AwaitReady()
		e.Open(path, retryGo)
		e.Edit(path, lsptest.Edit{Range: &lsptest.Range{}, Text: "// one\n"})
		list, err := e.Lenses(path)
		if err != nil || len(list) != 1 || list[0].Command != nil || list[0].Range.Start.Line != 4 {
			t.Fatalf("lenses %+v, %v; want an unresolved one at Retry", list, err)
		}
		lens, err := e.Resolve(list[0])
		if err != nil || lens.Command == nil || lens.Command.Title != "2 related" ||
			lens.Command.Command != "semantic/showRelated" || lens.Range != list[0].Range {
			t.Fatalf("resolved %+v, %v; want Again and the test of it", lens, err)
		}
		var a lsptest.Answer
		if err := e.Execute(lens.Command.Command, &a, lens.Command.Arguments[0], lens.Command.Arguments[1]); err != nil ||
			len(a.Hits) < 2 {
			t.Errorf("its command: %+v, %v", a, err)
		}
		lens, err = e.Resolve(lens)
		if err != nil || lens.Command.Title != "2 related" {
			t.Errorf("again: %+v, %v", lens, err)
		}
	})
}

func TestALensThatIsNotOurs(t *testing.T) {
	related := newFake()
	lsptest.Run(t, shown(related, everything), func(e *lsptest.Editor) {
		e.Initialize(lsptest.Options{Folders: []string{"/w"}})
		for _, data := range []string{`null`, `3`, `"x"`, `{}`, `{"uri":"untitled:1"}`, `{"uri":7}`, `{"uri":"file:///w/a.go","position":"x"}`, `[]`} {
			err := e.Call("codeLens/resolve", json.RawMessage(`{"range":{},"data":`+data+`}`), nil)
			if lsptest.Code(err) != -32602 {
				t.Errorf("data %s: %v, want -32602", data, err)
			}
		}
		lens, err := e.Resolve(lsptest.Lens{Data: json.RawMessage(`{"uri":"file:///elsewhere/a.go","position":{"line":1e30,"character":-1}}`)})
		if err != nil || lens.Command == nil || lens.Command.Title != "0 related" {
			t.Errorf("outside the folders: %+v, %v", lens, err)
		}
	})
}
