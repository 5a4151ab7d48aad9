package lsp_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path/filepath"
	"slices"
	"testing"

	"github.com/semantic-ls/semantic-ls/lsp/lsptest"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

func TestExplain(t *testing.T) {
	files := workspaceFiles()
	files["made/retry.go"], files[".gitignore"] = retryGo, "made/\n"
	dir := write(t, files)
	in := func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
	run(t, realEngine(""), lsptest.Options{Folders: []string{dir}}, func(e *lsptest.Editor) {
		e.AwaitReady()
		const query = "try again after a failure with a pause, or blend two colours"
		a, err := e.Search(lsptest.Query{Query: query})
		if err != nil || len(a.Hits) < 2 {
			t.Fatalf("%+v, %v", a, err)
		}
		for i, h := range a.Hits {
			x, err := e.Explain(lsptest.Why{Query: query, URI: h.URI, Position: &h.SelectionRange.Start})
			if err != nil || x.Verdict != "hit" || x.Rank != i+1 || x.Score != h.Score || x.Of < len(a.Hits) || x.Coverage.Percent != 100 {
				t.Errorf("hit %d, %+v, is explained as %+v, %v", i+1, h, x, err)
			}
			shares := 0.0
			for _, s := range x.Signals {
				shares += s.Share
			}
			if math.Abs(shares-1) > 1e-5 || x.Factors == nil {
				t.Errorf("the signals of hit %d: %+v, factors %+v", i+1, x.Signals, x.Factors)
			}
		}
		x, err := e.Explain(lsptest.Why{Query: query, URI: a.Hits[1].URI, Limit: 1})
		if err != nil || x.Verdict != "below" || x.Rank != 2 {
			t.Errorf("of one hit the second: %+v, %v", x, err)
		}
		x, err = e.Explain(lsptest.Why{Query: query, URI: lsptest.URI(in("made/retry.go"))})
		if err != nil || x.Verdict != "skipped" || x.Rank != 0 || x.Signals == nil || x.Skipped == nil ||
			x.Skipped.Rule != "made/" || x.Skipped.Source != ".gitignore:1" {
			t.Errorf("what git ignores: %+v, %v", x, err)
		}
		x, err = e.Explain(lsptest.Why{Query: "zebra", URI: lsptest.URI(in("net/retry.go"))})
		if err != nil || x.Verdict != "unlike" || x.Rank != 0 || x.Skipped != nil || x.Filtered != nil {
			t.Errorf("nothing in common: %+v, %v", x, err)
		}
		criteria := lsptest.Criteria{Languages: []string{"python"}}
		x, err = e.Explain(lsptest.Why{Query: query, URI: lsptest.URI(in("net/retry.go")), Criteria: criteria})
		if err != nil || x.Verdict != "filtered" || x.Filtered == nil || x.Filtered.By != "languages" ||
			!slices.Equal(x.Filtered.Given, criteria.Languages) {
			t.Errorf("another language: %+v, %v", x, err)
		}
		folders := []string{lsptest.URI(in("paint"))}
		x, err = e.Explain(lsptest.Why{Query: query, URI: lsptest.URI(in("net/retry.go")), Folders: folders})
		if err != nil || x.Verdict != "filtered" || x.Filtered == nil || x.Filtered.By != "folders" ||
			!slices.Equal(x.Filtered.Given, folders) {
			t.Errorf("another folder: %+v, %v", x, err)
		}
		// What stands in the buffer only.
		e.Open(in("net/fresh.go"), "package net\n\n// Teleport moves a parcel through hyperspace.\nfunc Teleport(parcel Parcel) {}\n")
		fresh := lsptest.Why{Query: "move a parcel through hyperspace", URI: lsptest.URI(in("net/fresh.go"))}
		fresh.Position = &lsptest.Position{Line: 3}
		x, err = e.Explain(fresh)
		if err != nil || x.Verdict != "hit" || x.Rank != 1 {
			t.Errorf("an unsaved document: %+v, %v", x, err)
		}
		for what, w := range map[string]lsptest.Why{
			"a missing file":            {Query: query, URI: lsptest.URI(in("absent.go"))},
			"a directory":               {Query: query, URI: lsptest.URI(in("net"))},
			"a file that is in nothing": {Query: query, URI: lsptest.URI(filepath.Join(filepath.Dir(dir), "x.go"))},
		} {
			if x, err := e.Explain(w); lsptest.Code(err) != -32803 {
				t.Errorf("%s: %+v, %v, want -32803", what, x, err)
			}
		}
	})
}

// The engine is asked what the client asked.
func TestExplainAsksTheEngine(t *testing.T) {
	engine := newFake()
	dir := t.TempDir()
	path := filepath.Join(dir, "a.go")
	asked := make(chan string, 10)
	type explanation = indexing.Explanation
	engine.explain = func(_ context.Context, _ workspace.Documents, q indexing.Query, at indexing.Spot) (explanation, error) {
		asked <- fmt.Sprint(q.Text, q.Limit, q.Folders, q.Filter != nil, at)
		return explanation{}, fmt.Errorf("explain: %w", fs.ErrNotExist)
	}
	spot := func(line int) indexing.Spot { return indexing.Spot{Path: path, Line: line} }
	run(t, engine, lsptest.Options{}, func(e *lsptest.Editor) {
		for params, want := range map[string]string{
			``:                                    fmt.Sprint("x", 20, []string(nil), false, spot(-1)),
			`,"position":{"line":7}`:              fmt.Sprint("x", 20, []string(nil), false, spot(7)),
			`,"position":{"line":1e99},"limit":5`: fmt.Sprint("x", 5, []string(nil), false, spot(math.MaxInt32)),
			`,"languages":["go"],"position":null`: fmt.Sprint("x", 20, []string(nil), true, spot(-1)),
			`,"folders":["` + lsptest.URI(dir) + `"]`: fmt.Sprint("x", 20, []string{dir}, false, spot(-1)),
		} {
			p := e.Expect("7")
			const request = `{"jsonrpc":"2.0","id":7,"method":"semantic/explain","params":{"query":" x ","uri":%q%s}}`
			e.Send(fmt.Sprintf(request, lsptest.URI(path), params))
			if err := p.Wait(nil); lsptest.Code(err) != -32803 {
				t.Errorf("%s: %v", params, err)
			}
			if got := receive(t, e, "the question", asked); got != want {
				t.Errorf("%s asks %s, want %s", params, got, want)
			}
		}
	})
}

func TestCancellingAnExplanationStopsItsWork(t *testing.T) {
	engine := newFake()
	begun, ended := make(chan struct{}, 1), make(chan error, 1)
	type explanation = indexing.Explanation
	engine.explain = func(ctx context.Context, _ workspace.Documents, _ indexing.Query, _ indexing.Spot) (explanation, error) {
		begun <- struct{}{}
		<-ctx.Done()
		ended <- context.Cause(ctx)
		return explanation{}, errors.New("interrupted")
	}
	run(t, engine, lsptest.Options{}, func(e *lsptest.Editor) {
		p := e.Start("semantic/explain", lsptest.Why{Query: "x", URI: lsptest.URI(filepath.Join(t.TempDir(), "a.go"))})
		receive(t, e, "the explanation", begun)
		p.Cancel()
		if err := p.Wait(nil); lsptest.Code(err) != -32800 {
			t.Errorf("answer: %v, want -32800", err)
		}
		receive(t, e, "its end", ended)
	})
}
