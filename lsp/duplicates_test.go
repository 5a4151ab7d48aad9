package lsp_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/lsp/lsptest"
	"github.com/semantic-ls/semantic-ls/vectors/search"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

// copyGo is Retry under another name, with other names in it.
var copyGo = "package other\n\n" + strings.NewReplacer("Retry", "Persist", "attempts", "rounds", "err", "last", "pause", "rest").
	Replace(retryGo[strings.Index(retryGo, "// Retry"):])

func TestDuplicatesOfTheWorkspace(t *testing.T) {
	files := workspaceFiles()
	files["other/persist.go"] = copyGo
	dir := write(t, files)
	run(t, realEngine(""), lsptest.Options{Folders: []string{dir}}, func(e *lsptest.Editor) {
		e.AwaitReady()
		d, err := e.Duplicates(lsptest.Copies{})
		if err != nil || len(d.Groups) != 1 || d.Groups[0].Similarity != 1 || d.Coverage.FilesIndexed != 4 {
			t.Fatalf("duplicates %+v, %v; want one group", d, err)
		}
		hits := d.Groups[0].Hits
		if got := symbols(hits); !slices.Equal(got, []string{"Retry", "Persist"}) {
			t.Errorf("copies %q", got)
		}
		want := lsptest.Range{Start: lsptest.Position{Line: 3, Character: 5}, End: lsptest.Position{Line: 3, Character: 12}}
		if h := hits[1]; lsptest.Path(h.URI) != filepath.Join(dir, "other", "persist.go") || h.SelectionRange != want ||
			h.Range.Start.Line != 2 || h.Range.End.Line < 12 || h.Language != "go" || h.Kind != 12 || h.Score != 1 {
			t.Errorf("hit %+v", h)
		}
		path := filepath.Join(dir, "other", "persist.go")
		e.Open(path, copyGo)
		e.Edit(path, lsptest.Edit{Range: &lsptest.Range{}, Text: "// one\n// two\n"})
		d, err = e.Duplicates(lsptest.Copies{Similarity: 1, MinLines: 9, Limit: 1})
		if err != nil || len(d.Groups) != 1 || d.Groups[0].Hits[1].SelectionRange.Start.Line != 5 || d.Coverage.DirtyDocuments != 1 {
			t.Errorf("after an edit %+v, %v; want it two lines further down", d, err)
		}
		e.Edit(path, lsptest.Edit{Text: "package other\n"})
		if d, err = e.Duplicates(lsptest.Copies{}); err != nil || d.Groups == nil || len(d.Groups) != 0 {
			t.Errorf("after it was deleted %+v, %v; want no groups", d, err)
		}
	})
}

func TestDuplicatesAsksForWhatIsAsked(t *testing.T) {
	engine := newFake()
	var asked indexing.DuplicatesQuery
	engine.duplicates = func(_ context.Context, _ workspace.Documents, q indexing.DuplicatesQuery) (indexing.Duplicates, error) {
		asked = q
		return indexing.Duplicates{Coverage: covered, Warning: "half of it"}, nil
	}
	run(t, engine, lsptest.Options{}, func(e *lsptest.Editor) {
		d, err := e.Duplicates(lsptest.Copies{})
		want := indexing.DuplicatesQuery{MinLines: 6, Similarity: 0.8, Limit: indexing.MostGroups}
		if err != nil || fmt.Sprint(asked) != fmt.Sprint(want) || d.Groups == nil || d.Warning != "half of it" ||
			d.Coverage.Chunks != 7 {
			t.Errorf("asked %+v, want %+v; answer %+v, %v", asked, want, d, err)
		}
		_, err = e.Duplicates(lsptest.Copies{
			MinLines: 12, Similarity: 0.9, Limit: 1 << 20, Foreign: true, Folders: []string{"untitled:x", "file:///w"},
		})
		want = indexing.DuplicatesQuery{
			MinLines: 12, Similarity: 0.9, Limit: indexing.MostGroups, Foreign: true, Folders: []string{filepath.FromSlash("/w")},
		}
		if err != nil || fmt.Sprint(asked) != fmt.Sprint(want) {
			t.Errorf("asked %+v, want %+v; %v", asked, want, err)
		}
		asked.MinLines = 0
		d, err = e.Duplicates(lsptest.Copies{Folders: []string{"untitled:x"}})
		if err != nil || d.Groups == nil || d.Coverage == nil || asked.MinLines != 0 {
			t.Errorf("in folders that are not here: %+v, %v", d, err)
		}
	})
}

func TestDuplicatesRefusesWhatMakesNoSense(t *testing.T) {
	cases := map[string]string{
		`{"minLines":0}`:                      "minLines is 0; it is 1 or more, 6 if left out",
		`{"minLines":"six"}`:                  "minLines is a string; it must be a whole number",
		`{"similarity":0.3}`:                  "similarity is 0.3; it is 0.5 to 1, 0.8 if left out",
		`{"similarity":80}`:                   "similarity is 80; it is 0.5 to 1",
		`{"similarity":[]}`:                   "similarity is an array; it must be a number",
		`{"limit":0}`:                         "limit is 0; it is 1 or more, 10000 if left out",
		`{"folders":"file:///w"}`:             "folders is a string; it must be an array",
		`{"partialResultToken":{}}`:           "a progress token is a string or an integer",
		`{"foreign":"yes"}`:                   "foreign is a string",
		`{"similarity":1e400}`:                "similarity is",
		`["folders","file:///w"]`:             "the parameters are an array; they must be an object",
		`{"minLines":9999999999999999999999}`: "minLines is",
	}
	run(t, newFake(), lsptest.Options{}, func(e *lsptest.Editor) {
		for params, want := range cases {
			err := e.Call("semantic/duplicates", json.RawMessage(params), nil)
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, want %q", params, err, want)
			}
		}
	})
}

func TestGroupsComeInPartsBeforeAnEmptyAnswer(t *testing.T) {
	const groups = 45
	engine := newFake()
	engine.duplicates = func(context.Context, workspace.Documents, indexing.DuplicatesQuery) (indexing.Duplicates, error) {
		a := indexing.Duplicates{Coverage: covered}
		for i := range groups {
			h := []search.Hit{{Path: "/w/a.go"}, {Path: "/w/b.go"}}
			a.Groups = append(a.Groups, indexing.DuplicatesGroup{Similarity: 1 - float64(i)/100, Hits: h})
		}
		return a, nil
	}
	run(t, engine, lsptest.Options{}, func(e *lsptest.Editor) {
		d, err := e.Duplicates(lsptest.Copies{PartialResultToken: "t"})
		if err != nil || d.Groups == nil || len(d.Groups) != 0 || d.Coverage == nil {
			t.Fatalf("answer %+v, %v; want no groups", d, err)
		}
		var parts []int
		var all []float64
		for _, m := range e.Heard(0, func(m lsptest.Message) bool { return m.Method == "$/progress" }) {
			var p lsptest.Progress
			if err := json.Unmarshal(m.Params, &p); err != nil || string(p.Token) != `"t"` {
				t.Fatalf("progress %s, %v", m.Params, err)
			}
			parts = append(parts, len(p.Value.Groups))
			for _, g := range p.Value.Groups {
				all = append(all, g.Similarity)
			}
		}
		falling := func(a, b float64) int { return cmp.Compare(b, a) }
		if !slices.Equal(parts, []int{20, 20, 5}) || !slices.IsSortedFunc(all, falling) {
			t.Errorf("parts of %v groups, %v", parts, all)
		}
	})
}
