package lsp_test

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/lsp/lsptest"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

// resolving is the capability to ask for ranges later.
var resolving = map[string]any{"workspace": map[string]any{"symbol": map[string]any{
	"resolveSupport": map[string]any{"properties": []string{"tags", "location.range"}},
}}}

// Small functions share a chunk, so that telling where one of them is takes an outline.
const smallGo = `package small

func Alpha() int { return 1 }

func Beta() int { return 2 }

func Gamma() int { return 3 }
`

func TestRangesOfSymbolsAreResolved(t *testing.T) {
	dir := write(t, map[string]string{"small.go": smallGo, "net/retry.go": retryGo})
	path := filepath.Join(dir, "small.go")
	lsptest.Run(t, serve(realEngine("")), func(e *lsptest.Editor) {
		a := e.Initialize(lsptest.Options{Folders: []string{dir}, Capabilities: resolving})
		if string(a.Capabilities.WorkspaceSymbolProvider) != `{"resolveProvider":true}` {
			t.Errorf("announced %s", a.Capabilities.WorkspaceSymbolProvider)
		}
		e.AwaitReady()
		symbol := func(query string) (raw json.RawMessage, ranged bool) {
			t.Helper()
			var list []json.RawMessage
			if err := e.Call("workspace/symbol", map[string]any{"query": query}, &list); err != nil || len(list) == 0 {
				t.Fatalf("%s: %s, %v", query, list, err)
			}
			return list[0], strings.Contains(string(list[0]), `"range"`)
		}
		raw, ranged := symbol("Beta")
		if ranged {
			t.Fatalf("%s has a range: nothing is saved", raw)
		}
		if other, ranged := symbol("Retry"); !ranged {
			t.Errorf("%s has no range, which costs nothing", other)
		}
		var s lsptest.Symbol
		if err := e.Call("workspaceSymbol/resolve", raw, &s); err != nil {
			t.Fatal(err)
		}
		if want := (lsptest.Range{Start: lsptest.Position{Line: 4, Character: 5}, End: lsptest.Position{Line: 4, Character: 9}}); s.Name != "Beta" || s.Kind != 12 || s.Location.Range != want {
			t.Errorf("resolved %+v, want Beta at %+v", s, want)
		}
		e.Open(path, smallGo)
		e.Edit(path, lsptest.Edit{Range: &lsptest.Range{}, Text: "// one\n// two\n"})
		if err := e.Call("workspaceSymbol/resolve", raw, &s); err != nil || s.Location.Range.Start.Line != 6 {
			t.Errorf("after an edit %+v, %v; want line 6", s, err)
		}
		e.Edit(path, lsptest.Edit{Text: "package small\n"})
		if err := e.Call("workspaceSymbol/resolve", raw, &s); lsptest.Code(err) != -32803 ||
			!strings.Contains(err.Error(), "search again") {
			t.Errorf("after it is gone: %v, want -32803", err)
		}
		whole, _ := symbol("Retry")
		if err := e.Call("workspaceSymbol/resolve", whole, &s); err != nil || s.Name != "Retry" || s.Location.Range.Start.Line != 3 {
			t.Errorf("one that has a range: %+v, %v", s, err)
		}
		for _, params := range []string{
			`{}`, `null`, `{"name":"x","kind":12,"location":{"uri":"` + lsptest.URI(path) + `"}}`,
			`{"name":"x","location":{"uri":"untitled:1"},"data":{"name":"x"}}`, `{"location":{"uri":"file:///w/a"},"data":7}`,
			`{"location":{"uri":"file:///w/a"},"data":{"name":["x"]}}`, `[]`,
		} {
			if err := e.Call("workspaceSymbol/resolve", json.RawMessage(params), nil); lsptest.Code(err) != -32602 {
				t.Errorf("%s: %v, want -32602", params, err)
			}
		}
	})
}

// Who does not resolve gets everything at once, and in the same order.
func TestSymbolsAreTheSameForAllClients(t *testing.T) {
	dir := write(t, map[string]string{"small.go": smallGo, "other.go": strings.ReplaceAll(smallGo, "func ", "func (t T) "), "net/retry.go": retryGo})
	names := func(capabilities map[string]any) (list []string) {
		lsptest.Run(t, serve(realEngine("")), func(e *lsptest.Editor) {
			e.Initialize(lsptest.Options{Folders: []string{dir}, Capabilities: capabilities})
			e.AwaitReady()
			for _, query := range []string{"Beta", "gam", "Retry", "al", "return a number"} {
				found, err := e.Symbols(query)
				if err != nil {
					t.Fatal(err)
				}
				for _, s := range found {
					list = append(list, fmt.Sprint(query, ": ", s.Name, s.Kind, s.ContainerName, filepath.Base(s.Location.URI)))
				}
			}
		})
		return list
	}
	if all, some := names(nil), names(resolving); !slices.Equal(all, some) || len(all) < 5 {
		t.Errorf("without ranges\n%s\nwith\n%s", strings.Join(some, "\n"), strings.Join(all, "\n"))
	}
}

func TestSymbolsComeInPartsBeforeAnEmptyAnswer(t *testing.T) {
	engine := newFake()
	engine.search = func(context.Context, workspace.Documents, indexing.Query) (indexing.Answer, error) {
		a := indexing.Answer{Coverage: covered}
		for i := range 45 {
			a.Hits = append(a.Hits, hit("/w/a.go", fmt.Sprintf("symbol%02d is it", i), 0, 8))
		}
		return a, nil
	}
	run(t, engine, lsptest.Options{}, func(e *lsptest.Editor) {
		var list []lsptest.Symbol
		params := map[string]any{"query": "it", "partialResultToken": 7}
		if err := e.Call("workspace/symbol", params, &list); err != nil || list == nil || len(list) > 0 {
			t.Fatalf("answer %+v, %v; want an empty list", list, err)
		}
		var sizes []int
		var names []string
		for _, m := range e.Heard(0, isMethod("$/progress")) {
			var p struct {
				Token json.RawMessage
				Value []lsptest.Symbol
			}
			if err := json.Unmarshal(m.Params, &p); err != nil || string(p.Token) != "7" {
				t.Fatalf("progress %s, %v", m.Params, err)
			}
			sizes = append(sizes, len(p.Value))
			for _, s := range p.Value {
				names = append(names, s.Name)
			}
		}
		if !slices.Equal(sizes, []int{20, 20, 5}) || !slices.IsSorted(names) || len(slices.Compact(names)) != 45 {
			t.Errorf("parts of %v symbols: %v", sizes, names)
		}
		err := e.Call("workspace/symbol", map[string]any{"query": "it", "partialResultToken": []int{1}}, nil)
		if lsptest.Code(err) != -32602 {
			t.Errorf("a token that is none: %v, want -32602", err)
		}
	})
}
