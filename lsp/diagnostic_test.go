package lsp_test

import (
	"context"
	"encoding/json"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/semantic-ls/semantic-ls/lsp"
	"github.com/semantic-ls/semantic-ls/lsp/lsptest"
)

func TestDiagnosticsMarkNearCopies(t *testing.T) {
	files := workspaceFiles()
	files["net/again.go"] = strings.NewReplacer("Retry", "Again", "attempts", "times", "i++", "i++ /* more */").Replace(retryGo)
	dir := write(t, files)
	path := filepath.Join(dir, "net", "retry.go")
	can := map[string]any{"textDocument": map[string]any{"diagnostic": map[string]any{"relatedInformation": true}}}
	lsptest.Run(t, shown(realEngine(""), everything), func(e *lsptest.Editor) {
		e.Initialize(lsptest.Options{Folders: []string{dir}, Capabilities: can})
		e.AwaitReady()
		d, err := e.Diagnose(path, "")
		if err != nil || d.Kind != "full" || d.ResultID == "" || len(d.Items) != 1 {
			t.Fatalf("diagnostics %+v, %v", d, err)
		}
		const message = "nearly a copy of Again (net/again.go:4), the same but for names and values"
		name := lsptest.Range{Start: lsptest.Position{Line: 3, Character: 5}, End: lsptest.Position{Line: 3, Character: 10}}
		if i := d.Items[0]; i.Message != message || i.Range != name || i.Severity != 3 || i.Code != "near-copy" ||
			i.Source != "semantic-ls" {
			t.Errorf("diagnostic %+v, want %q at %+v", i, message, name)
		}
		if r := d.Items[0].Related; len(r) != 1 || lsptest.Path(r[0].Location.URI) != filepath.Join(dir, "net", "again.go") ||
			r[0].Location.Range != name || !strings.HasPrefix(r[0].Message, "Again, ") {
			t.Errorf("other places %+v", r)
		}
		if again, err := e.Diagnose(path, d.ResultID); err != nil || again.Kind != "unchanged" ||
			again.ResultID != d.ResultID || again.Items != nil {
			t.Errorf("nothing has changed: %+v, %v", again, err)
		}
		e.Open(path, retryGo)
		e.Edit(path, lsptest.Edit{Text: strings.Replace(retryGo, "var err error", "var err, last error", 1)})
		changed, err := e.Diagnose(path, d.ResultID)
		if err != nil || changed.Kind != "full" || changed.ResultID == d.ResultID || len(changed.Items) != 1 ||
			!strings.Contains(changed.Items[0].Message, " % alike") {
			t.Errorf("a little was typed: %+v, %v", changed, err)
		}
		e.Edit(path, lsptest.Edit{Text: "package net\n\nfunc Retry() {}\n"})
		changed, err = e.Diagnose(path, changed.ResultID)
		if err != nil || changed.Kind != "full" || changed.Items == nil || len(changed.Items) > 0 {
			t.Errorf("another text: %+v, %v", changed, err)
		}
		for _, other := range []string{"untitled:Untitled-1", "/elsewhere/a.go", filepath.Join(dir, "nowhere.go")} {
			if d, err := e.Diagnose(other, "x"); err != nil || d.Kind != "full" || len(d.Items) > 0 {
				t.Errorf("%s: %+v, %v", other, d, err)
			}
		}
	})
	lsptest.Run(t, shown(realEngine(""), everything), func(e *lsptest.Editor) {
		e.Initialize(lsptest.Options{Folders: []string{dir}})
		e.AwaitReady()
		if d, err := e.Diagnose(path, ""); err != nil || len(d.Items) != 1 || d.Items[0].Related != nil {
			t.Errorf("a client that shows no other places: %+v, %v", d, err)
		}
	})
}

const (
	refreshLenses      = "workspace/codeLens/refresh"
	refreshDiagnostics = "workspace/diagnostic/refresh"
)

var refreshes = map[string]any{"workspace": map[string]any{
	"codeLens": map[string]any{"refreshSupport": true}, "diagnostics": map[string]any{"refreshSupport": true},
}}

// refreshing serves the engine to a client that asks again when it is told to.
func refreshing(engine *fake, on lsp.Features) lsptest.Serve {
	return serveWith(engine, lsp.Config{
		RefreshAfter: time.Nanosecond,
		Start: func(context.Context, json.RawMessage) (lsp.Engine, lsp.Features, error) {
			return engine, on, nil
		},
	})
}

func TestTheClientAsksAgainWhenTheIndexHasChanged(t *testing.T) {
	engine := newFake()
	lsptest.Run(t, refreshing(engine, everything), func(e *lsptest.Editor) {
		mark := e.Mark()
		e.Initialize(lsptest.Options{Folders: []string{"/w"}, Capabilities: refreshes})
		e.Await("lenses once the folder is ready", mark, isMethod(refreshLenses))
		e.Await("diagnostics once the folder is ready", mark, isMethod(refreshDiagnostics))
		mark = e.Mark()
		engine.changes.Add(1)
		e.Watched("/w/a.go")
		e.Await("diagnostics after a change", mark, isMethod(refreshDiagnostics))
		// The status is told after each update, and with it whatever asks again: nothing does where no content has changed.
		mark = e.Mark()
		for range 3 {
			at := e.Mark()
			e.Watched("/w/a.go")
			receive(t, e, "an update", engine.updated)
			e.Await("the status", at, isMethod("semantic/statusChanged"))
		}
		if again := e.Heard(mark, isMethod(refreshDiagnostics)); len(again) > 0 {
			t.Errorf("%d times for nothing", len(again))
		}
	})
}

func TestAChangeOfLittleIsNotWorthNewLenses(t *testing.T) {
	engine := newFake()
	engine.files.Store(1000)
	lsptest.Run(t, refreshing(engine, everything), func(e *lsptest.Editor) {
		mark := e.Mark()
		e.Initialize(lsptest.Options{Folders: []string{"/w"}, Capabilities: refreshes})
		e.Await("lenses once the folder is ready", mark, isMethod(refreshLenses))
		mark = e.Mark()
		engine.changes.Add(30)
		e.Watched("/w/a.go")
		e.Await("diagnostics after 30 changes", mark, isMethod(refreshDiagnostics))
		engine.changes.Add(30)
		e.Watched("/w/a.go")
		e.Await("lenses after 60", mark, isMethod(refreshLenses))
		if n := len(e.Heard(mark, isMethod(refreshDiagnostics))); n != 2 {
			t.Errorf("diagnostics %d times before, want 2", n)
		}
	})
}

func TestNobodyIsToldWhoDoesNotAskAgain(t *testing.T) {
	for name, c := range map[string]struct {
		on  lsp.Features
		can map[string]any
	}{
		"a client that cannot":  {everything, nil},
		"features that are off": {lsp.Features{CodeActions: true, DocumentSymbols: true}, refreshes},
	} {
		engine := newFake()
		lsptest.Run(t, refreshing(engine, c.on), func(e *lsptest.Editor) {
			e.Initialize(lsptest.Options{Folders: []string{"/w"}, Capabilities: c.can})
			e.AwaitReady()
			for range 3 {
				mark := e.Mark()
				engine.changes.Add(10)
				e.Watched("/w/a.go")
				receive(t, e, "an update", engine.updated)
				e.Await("the status", mark, isMethod("semantic/statusChanged"))
			}
			for _, method := range []string{refreshLenses, refreshDiagnostics} {
				if n := len(e.Heard(0, isMethod(method))); n > 0 {
					t.Errorf("%s: %s %d times", name, method, n)
				}
			}
		})
	}
}

// A client that was told at the start what there is, for good, shows what it has until it is told to ask again.
func TestTheClientAsksAgainWhenAFeatureIsSwitched(t *testing.T) {
	config := newChoosing("").config()
	config.RefreshAfter = time.Nanosecond
	lsptest.Run(t, func(ctx context.Context, stream io.ReadWriteCloser) error { return lsp.Serve(ctx, stream, config) }, func(e *lsptest.Editor) {
		mark := e.Mark()
		all := map[string]any{"features": everything}
		e.Initialize(lsptest.Options{Folders: []string{"/w"}, Capabilities: refreshes, Settings: all})
		e.Await("lenses once the folder is ready", mark, isMethod(refreshLenses))
		e.Await("diagnostics once the folder is ready", mark, isMethod(refreshDiagnostics))
		for _, c := range []struct {
			name     string
			features lsp.Features
		}{{"off", lsp.Features{}}, {"on again", everything}} {
			mark = e.Mark()
			changeSettings(e, map[string]any{"semantic-ls": map[string]any{"features": c.features}})
			e.Await("lenses are "+c.name, mark, isMethod(refreshLenses))
			e.Await("diagnostics are "+c.name, mark, isMethod(refreshDiagnostics))
		}
	})
}
