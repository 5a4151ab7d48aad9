package lsp_test

import (
	"context"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/lsp"
	"github.com/semantic-ls/semantic-ls/lsp/lsptest"
)

// everything is all features on.
var everything = lsp.Features{DocumentSymbols: true, CodeLens: true, CodeActions: true, DuplicateDiagnostics: true}

// shown serves the engine with features on.
func shown(e lsp.Engine, on lsp.Features) lsptest.Serve {
	return serveWith(e, lsp.Config{Start: func(context.Context, json.RawMessage) (lsp.Engine, lsp.Features, error) {
		return e, on, nil
	}})
}

// textDocument are capabilities of the client's textDocument, as "codeLens.dynamicRegistration".
func textDocument(paths ...string) map[string]any {
	return map[string]any{"textDocument": nested(paths)}
}

func nested(paths []string) map[string]any {
	m := map[string]any{}
	for _, path := range paths {
		name, rest, deeper := strings.Cut(path, ".")
		if !deeper {
			m[name] = true
			continue
		}
		inner, _ := m[name].(map[string]any)
		if inner == nil {
			inner = map[string]any{}
		}
		for k, v := range nested([]string{rest}) {
			inner[k] = v
		}
		m[name] = inner
	}
	return m
}

// registrations are the methods in a client/registerCapability or client/unregisterCapability.
func registrations(m lsptest.Message) (methods []string) {
	type registration struct{ ID, Method string }
	var p struct{ Registrations, Unregisterations []registration }
	if json.Unmarshal(m.Params, &p) != nil {
		return nil
	}
	for _, r := range append(p.Registrations, p.Unregisterations...) {
		methods = append(methods, r.Method)
	}
	return methods
}

func awaitRegistration(e *lsptest.Editor, mark int, kind, method string) lsptest.Message {
	return e.Await(kind+" of "+method, mark, func(m lsptest.Message) bool {
		return m.Method == kind && slices.Contains(registrations(m), method)
	})
}

func TestFeaturesAreAnnouncedToClientsThatRegisterNothing(t *testing.T) {
	for name, on := range map[string]lsp.Features{"all": everything, "none": {}, "actions": {CodeActions: true}} {
		lsptest.Run(t, shown(newFake(), on), func(e *lsptest.Editor) {
			c := e.Initialize(lsptest.Options{}).Capabilities
			for _, f := range []struct {
				raw  json.RawMessage
				on   bool
				want string
			}{
				{c.DocumentSymbolProvider, on.DocumentSymbols, "true"},
				{c.CodeLensProvider, on.CodeLens, `"resolveProvider":true`},
				{c.CodeActionProvider, on.CodeActions, `"codeActionKinds":["semantic.related","semantic.duplicates"]`},
				{c.DiagnosticProvider, on.DuplicateDiagnostics, `"interFileDependencies":true,"workspaceDiagnostics":false`},
			} {
				if f.on && !strings.Contains(string(f.raw), f.want) || !f.on && f.raw != nil {
					t.Errorf("%s: announced %s, want %q: %v", name, f.raw, f.want, f.on)
				}
			}
			for _, command := range []string{"semantic/search", "semantic/reindex", "semantic/showRelated", "semantic/showDuplicates"} {
				if !slices.Contains(c.ExecuteCommandProvider.Commands, command) {
					t.Errorf("%s: %s is not among %q", name, command, c.ExecuteCommandProvider.Commands)
				}
			}
			if string(c.WorkspaceSymbolProvider) != "{}" {
				t.Errorf("workspace symbols %s: the client resolves none", c.WorkspaceSymbolProvider)
			}
		})
	}
}

func TestFeaturesFollowTheSettings(t *testing.T) {
	c := newChoosing("")
	set := func(e *lsptest.Editor, f lsp.Features) {
		changeSettings(e, map[string]any{"semantic-ls": map[string]any{"features": f}})
	}
	lsptest.Run(t, c.serve(), func(e *lsptest.Editor) {
		mark := e.Mark()
		can := textDocument("documentSymbol.dynamicRegistration", "codeLens.dynamicRegistration", "diagnostic.dynamicRegistration")
		a := e.Initialize(lsptest.Options{Capabilities: can, Settings: map[string]any{"features": everything}})
		if a.Capabilities.CodeLensProvider != nil || a.Capabilities.CodeActionProvider == nil {
			t.Errorf("announced %+v: what can be registered is, the rest is announced", a.Capabilities)
		}
		const register, unregister = "client/registerCapability", "client/unregisterCapability"
		for method, want := range map[string]string{
			"textDocument/documentSymbol": `"label":"semantic-ls"`,
			"textDocument/codeLens":       `"resolveProvider":true`,
			"textDocument/diagnostic":     `"interFileDependencies":true`,
		} {
			m := awaitRegistration(e, mark, register, method)
			for _, part := range []string{want, `"documentSelector":[{"scheme":"file"}]`} {
				if !strings.Contains(string(m.Params), part) {
					t.Errorf("%s: registered %s, want %s", method, m.Params, part)
				}
			}
		}
		mark = e.Mark()
		set(e, lsp.Features{DocumentSymbols: true, CodeActions: true})
		awaitRegistration(e, mark, unregister, "textDocument/codeLens")
		awaitRegistration(e, mark, unregister, "textDocument/diagnostic")
		mark = e.Mark()
		set(e, everything)
		awaitRegistration(e, mark, register, "textDocument/diagnostic")
		for _, m := range e.Heard(0, nil) {
			if slices.Contains(registrations(m), "textDocument/codeAction") {
				t.Errorf("%s: the client does not register code actions", m.Method)
			}
		}
	})
}

// A client that refuses a registration, or never answers one, is served all the same.
func TestAClientThatDoesNotAnswerRegistrations(t *testing.T) {
	lsptest.Run(t, shown(newFake(), everything), func(e *lsptest.Editor) {
		e.Hold("client/registerCapability")
		mark := e.Mark()
		e.Initialize(lsptest.Options{Capabilities: textDocument("codeLens.dynamicRegistration", "diagnostic.dynamicRegistration")})
		m := awaitRegistration(e, mark, "client/registerCapability", "textDocument/codeLens")
		if _, err := e.Search(lsptest.Query{Query: "x"}); err != nil {
			t.Errorf("a search meanwhile: %v", err)
		}
		e.Send(`{"jsonrpc":"2.0","id":` + string(m.ID) + `,"error":{"code":-32603,"message":"no"}}`)
		awaitRegistration(e, mark, "client/registerCapability", "textDocument/diagnostic")
	})
}

// What the client has refused to register it need not unregister.
func TestARegistrationThatIsRefusedIsNotTakenBack(t *testing.T) {
	lsptest.Run(t, newChoosing("").serve(), func(e *lsptest.Editor) {
		const register, unregister = "client/registerCapability", "client/unregisterCapability"
		e.Hold(register)
		mark := e.Mark()
		e.Initialize(lsptest.Options{
			Capabilities: textDocument("codeLens.dynamicRegistration", "diagnostic.dynamicRegistration"),
			Settings:     map[string]any{"features": everything},
		})
		m := awaitRegistration(e, mark, register, "textDocument/codeLens")
		e.Send(`{"jsonrpc":"2.0","id":` + string(m.ID) + `,"error":{"code":-32603,"message":"no"}}`)
		m = awaitRegistration(e, mark, register, "textDocument/diagnostic")
		e.Send(`{"jsonrpc":"2.0","id":` + string(m.ID) + `,"result":null}`)
		changeSettings(e, map[string]any{"semantic-ls": map[string]any{"features": lsp.Features{}}})
		awaitRegistration(e, mark, unregister, "textDocument/diagnostic") // the last of all
		for _, m := range e.Heard(mark, isMethod(unregister)) {
			if slices.Contains(registrations(m), "textDocument/codeLens") {
				t.Errorf("it was told %s", m.Params)
			}
		}
	})
}

// Actions are there in cells, too, for a client that has some and registers actions.
func TestActionsAreRegisteredForCells(t *testing.T) {
	for want, notebooks := range map[string]any{`[{"scheme":"file"},{"notebook":"jupyter-notebook"}]`: withNotebooks["notebookDocument"], `[{"scheme":"file"}]`: nil} {
		lsptest.Run(t, shown(newFake(), everything), func(e *lsptest.Editor) {
			can := textDocument("codeAction.dynamicRegistration", "diagnostic.dynamicRegistration")
			can["notebookDocument"] = notebooks
			e.Initialize(lsptest.Options{Capabilities: can})
			m := awaitRegistration(e, 0, "client/registerCapability", "textDocument/codeAction")
			if !strings.Contains(string(m.Params), `"documentSelector":`+want) {
				t.Errorf("registered %s, want %s", m.Params, want)
			}
			m = awaitRegistration(e, 0, "client/registerCapability", "textDocument/diagnostic")
			if !strings.Contains(string(m.Params), `"documentSelector":[{"scheme":"file"}]`) {
				t.Errorf("registered %s: it is about no cells", m.Params)
			}
		})
	}
}

func TestWhatIsOffAnswersNothing(t *testing.T) {
	dir := write(t, workspaceFiles())
	path := filepath.Join(dir, "net", "retry.go")
	lsptest.Run(t, shown(realEngine(""), lsp.Features{}), func(e *lsptest.Editor) {
		e.Initialize(lsptest.Options{Folders: []string{dir}})
		e.AwaitReady()
		if list, err := e.DocumentSymbols(path); err != nil || list == nil || len(list) > 0 {
			t.Errorf("symbols %v, %v", list, err)
		}
		if list, err := e.Lenses(path); err != nil || list == nil || len(list) > 0 {
			t.Errorf("lenses %v, %v", list, err)
		}
		if list, err := e.Actions(path, lsptest.Position{Line: 4}, nil); err != nil || list == nil || len(list) > 0 {
			t.Errorf("actions %s, %v", list, err)
		}
		if d, err := e.Diagnose(path, ""); err != nil || d.Kind != "full" || d.Items == nil || len(d.Items) > 0 {
			t.Errorf("diagnostics %+v, %v", d, err)
		}
	})
}
