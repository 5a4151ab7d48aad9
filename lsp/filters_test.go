package lsp_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/lsp/lsptest"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

func TestSearchAndRelatedTakeCriteria(t *testing.T) {
	files := workspaceFiles()
	files["net/retry.py"] = "def retry(attempts):\n    \"\"\"Calls again with growing pauses.\"\"\"\n    return attempts\n"
	dir := write(t, files)
	run(t, realEngine(""), lsptest.Options{Folders: []string{dir}}, func(e *lsptest.Editor) {
		e.AwaitReady()
		const query = "try again after a failure with a pause, or blend two colours"
		for _, c := range []struct {
			lsptest.Criteria
			folder string
			want   string
		}{
			{lsptest.Criteria{Languages: []string{"go"}, Globs: []string{"!paint"}}, "", "Retry"},
			{lsptest.Criteria{Languages: []string{"python"}}, "", "retry"},
			{lsptest.Criteria{Globs: []string{"net/**", "!*.go"}}, "", "retry"},
			{lsptest.Criteria{Globs: []string{"/retry.py"}}, "net", "retry"},
			{lsptest.Criteria{Globs: []string{"paint/"}, Kinds: []string{"function"}}, "", "MixColours"},
		} {
			q := lsptest.Query{Query: query, Limit: 1, Criteria: c.Criteria}
			if c.folder != "" {
				q.Folders = []string{lsptest.URI(filepath.Join(dir, c.folder))}
			}
			a, err := e.Search(q)
			if err != nil || len(a.Hits) != 1 || a.Hits[0].Symbol != c.want || a.Warning != "" {
				t.Errorf("search for %+v: %+v, %v; want %s", c.Criteria, a, err, c.want)
			}
		}
		place := lsptest.Place{
			TextDocument: &lsptest.Document{URI: lsptest.URI(filepath.Join(dir, "net", "retry.go"))}, Position: &lsptest.Position{Line: 3},
			Criteria: lsptest.Criteria{Languages: []string{"python"}, Kinds: []string{"function"}},
		}
		if a, err := e.Related(place); err != nil || len(a.Hits) != 1 || a.Hits[0].Symbol != "retry" {
			t.Errorf("related: %+v, %v", a, err)
		}
		for _, kinds := range [][]string{{"enum"}, {"event", "enum"}} {
			want := "nothing is searched: nothing that is indexed is of kind " + strings.Join(kinds, " or ")
			a, err := e.Search(lsptest.Query{Query: query, Criteria: lsptest.Criteria{Kinds: kinds}})
			if err != nil || len(a.Hits) > 0 || a.Warning != want || a.Coverage.Percent != 100 {
				t.Errorf("search for %v: %+v, %v; want %q", kinds, a, err, want)
			}
		}
	})
}

// null is as good as none, as it is for folders.
func TestNoCriteria(t *testing.T) {
	engine := newFake()
	asked := 0
	engine.search = func(_ context.Context, _ workspace.Documents, q indexing.Query) (indexing.Answer, error) {
		if asked++; q.Filter != nil {
			t.Errorf("asked %+v", q)
		}
		return indexing.Answer{Coverage: covered}, nil
	}
	run(t, engine, lsptest.Options{}, func(e *lsptest.Editor) {
		for _, params := range []map[string]any{
			{"query": "x"}, {"query": "x", "globs": nil, "languages": nil, "kinds": nil}, {"query": "x", "globs": []string{}},
		} {
			if err := e.Call("semantic/search", params, nil); err != nil {
				t.Error(err)
			}
		}
	})
	if asked != 3 {
		t.Errorf("asked %d times", asked)
	}
}
