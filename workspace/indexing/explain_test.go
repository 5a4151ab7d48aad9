package indexing_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

func TestExplainSaysWhyAFileIsNotThere(t *testing.T) {
	root := write(t, t.TempDir(), map[string]string{
		"upload.go": uploadGo, "parse.go": parseGo, "a/upload.py": "def again():\n    return retryUpload\n",
		"build/made.go": uploadGo, ".gitignore": "# made\nbuild/\n*.log\n", "x.log": "retryUpload",
		"empty.go": "", "logo.bin": "a\x00b\x00c",
		"large.go": "package p\n\nvar x = 1 " + strings.Repeat("// retryUpload again\n", 100_000),
	})
	e := engine(t, "")
	open(t, e, root)
	write(t, root, map[string]string{"late.go": uploadGo})
	file := func(name string) indexing.Spot {
		return indexing.Spot{Path: filepath.Join(root, filepath.FromSlash(name)), Line: -1}
	}
	a := filepath.Join(root, "a")
	only := func(c indexing.Criteria) indexing.Query { return indexing.Query{Filter: filter(t, c)} }
	for _, c := range []struct {
		path    string
		query   indexing.Query
		verdict indexing.Verdict
		says    string // rule and source, or list and what is in it
	}{
		{"upload.go", indexing.Query{}, indexing.Hit, ""},
		{"upload.go", indexing.Query{Text: "zebra"}, indexing.Unlike, ""},
		{"upload.go", indexing.Query{Text: "?!"}, indexing.Unlike, ""},
		{"a/upload.py", indexing.Query{Limit: 1}, indexing.Below, ""},
		{"late.go", indexing.Query{}, indexing.Waiting, ""},
		{"empty.go", indexing.Query{}, indexing.Empty, ""},
		{"build/made.go", indexing.Query{}, indexing.Skipped, "build/ (.gitignore:2)"},
		{"build", indexing.Query{}, indexing.Skipped, "build/ (.gitignore:2)"},
		{"x.log", indexing.Query{}, indexing.Skipped, "*.log (.gitignore:3)"},
		{"logo.bin", indexing.Query{}, indexing.Skipped, "binary"},
		{"large.go", indexing.Query{}, indexing.Skipped, "larger than"},
		{"upload.go", indexing.Query{Folders: []string{a}}, indexing.Filtered, "folders " + a},
		{"late.go", indexing.Query{Folders: []string{a}}, indexing.Filtered, "folders " + a},
		{"upload.go", only(indexing.Criteria{Languages: []string{"py", "rust"}}), indexing.Filtered, "languages py,rust"},
		{"upload.go", only(indexing.Criteria{NotLanguages: []string{"go"}}), indexing.Filtered, "notLanguages go"},
		{"upload.go", only(indexing.Criteria{Globs: []string{"a/*"}}), indexing.Filtered, "globs a/*"},
		{"upload.go", only(indexing.Criteria{Kinds: []string{"enum"}}), indexing.Filtered, "kinds enum"},
		{"a/upload.py", only(indexing.Criteria{Kinds: []string{"enum"}, Globs: []string{"*.go"}}), indexing.Filtered, "globs *.go"},
		// A filter that nothing passes hides no other reason.
		{"late.go", only(indexing.Criteria{Languages: []string{"rust"}}), indexing.Waiting, ""},
		{"empty.go", only(indexing.Criteria{Languages: []string{"rust"}}), indexing.Empty, ""},
		{"logo.bin", only(indexing.Criteria{Languages: []string{"rust"}}), indexing.Skipped, "binary"},
	} {
		t.Run(fmt.Sprint(c.path, c.query.Text, c.query.Limit, c.says), func(t *testing.T) {
			if c.query.Text == "" {
				c.query.Text = "where is retryUpload"
			}
			x, err := e.Explain(t.Context(), workspace.Documents{}, c.query, file(c.path))
			if err != nil {
				t.Fatal(err)
			}
			said := x.Skip.String() + strings.TrimSpace(x.Filter.List+" "+strings.Join(x.Filter.Given, ","))
			if x.Verdict != c.verdict || !strings.Contains(said, c.says) || (c.says == "") != (said == "") {
				t.Errorf("%s: %q, want %s: %q", x.Verdict, said, c.verdict, c.says)
			}
			ranked := c.verdict == indexing.Hit || c.verdict == indexing.Below
			p := x.Place
			if ranked != (p.Rank > 0) || ranked != (p.Score > 0) || ranked != (len(p.Signals) > 0) || ranked && x.Last == nil {
				t.Errorf("%+v", x)
			}
			if x.Coverage.Model == "" || x.Coverage.FilesTotal == 0 {
				t.Errorf("coverage %+v", x.Coverage)
			}
		})
	}
	for path, want := range map[string]string{
		"absent.go": "no such file", "a": "is a directory", "": "is a directory", "../b.go": "is in no open folder",
	} {
		_, err := e.Explain(t.Context(), workspace.Documents{}, indexing.Query{Text: "x"}, file(path))
		if err == nil || !strings.Contains(err.Error(), want) || errors.Is(err, fs.ErrNotExist) != (path == "absent.go") {
			t.Errorf("%q: %v", path, err)
		}
	}
	cause := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	q := indexing.Query{Text: "retryUpload"}
	if _, err := e.Explain(ctx, workspace.Documents{}, q, file("upload.go")); !errors.Is(err, cause) {
		t.Errorf("cancelled: %v", err)
	}
}

// What hits say of themselves is what an explanation of their place says.
func TestHitsExplainThemselves(t *testing.T) {
	_, e := filtered(t)
	q := indexing.Query{Text: "send the file again: retryUpload", Explain: true}
	_, a := ask(t, e, workspace.Documents{}, q)
	if len(a.Hits) < 4 {
		t.Fatalf("%d hits", len(a.Hits))
	}
	for i, h := range a.Hits {
		if h.Explanation == nil || h.Explanation.Score != h.Score || h.Explanation.Rank != i+1 {
			t.Fatalf("%s with %v: %+v", h.Path, h.Score, h.Explanation)
		}
		line := strings.Count(h.Text[:h.Start], "\n")
		x, err := e.Explain(t.Context(), workspace.Documents{}, q, indexing.Spot{Path: h.Path, Line: line})
		if err != nil || x.Verdict != indexing.Hit || x.Place.Rank != i+1 || !slices.Equal(x.Place.Signals, h.Explanation.Signals) {
			t.Errorf("%s: %+v, %v; it says of itself %+v", h.Path, x, err, h.Explanation)
		}
		for limit, want := range map[int]indexing.Verdict{i: indexing.Below, i + 1: indexing.Hit} {
			of := indexing.Query{Text: q.Text, Limit: limit}
			if limit == 0 {
				continue // is the usual one
			}
			x, err := e.Explain(t.Context(), workspace.Documents{}, of, indexing.Spot{Path: h.Path, Line: line})
			if err != nil || x.Verdict != want {
				t.Errorf("%s, of %d hits: %s, %v", h.Path, limit, x.Verdict, err)
			}
		}
		if last := a.Hits[len(a.Hits)-1]; x.Last.Path != last.Path || x.Last.Score != last.Score {
			t.Errorf("the last is %+v, want %s", x.Last, last.Path)
		}
	}
	q.Explain = false
	if _, a := ask(t, e, workspace.Documents{}, q); a.Hits[0].Explanation != nil {
		t.Error("a hit explains itself though nobody asked")
	}
	// What has changed on disk is dropped, and takes nobody's explanation along.
	if err := os.Remove(a.Hits[0].Path); err != nil {
		t.Fatal(err)
	}
	q.Explain, q.Limit = true, 3
	if _, a = ask(t, e, workspace.Documents{}, q); len(a.Hits) != 3 {
		t.Fatalf("%d hits", len(a.Hits))
	}
	for i, h := range a.Hits {
		if h.Explanation.Score != h.Score || h.Explanation.Rank != i+2 {
			t.Errorf("%s with %v: %+v", h.Path, h.Score, h.Explanation)
		}
	}
}

// A line is explained by the chunk that it is in, as the buffer says it.
func TestExplainSeesWhatIsUnsaved(t *testing.T) {
	root := write(t, t.TempDir(), map[string]string{"upload.go": uploadGo, "parse.go": parseGo})
	e := engine(t, "")
	open(t, e, root)
	s := workspace.NewSession()
	fresh := filepath.Join(root, "fresh.go")
	text := "package store\n\n" +
		"// Teleport moves cargo through hyperspace.\nfunc Teleport() {\n" + strings.Repeat("\tcargo()\n", 60) + "}\n\n" +
		"// Feed gives the zebra a melon.\nfunc Feed() {\n" + strings.Repeat("\tmelon()\n", 60) + "}\n"
	if err := s.Open(fresh, 1, text); err != nil {
		t.Fatal(err)
	}
	q := indexing.Query{Text: "teleport"}
	for line, want := range map[int]indexing.Verdict{
		-1: indexing.Hit, 2: indexing.Hit, 3: indexing.Hit, 70: indexing.Unlike, 1 << 30: indexing.Unlike,
	} {
		x, err := e.Explain(t.Context(), s.Documents(), q, indexing.Spot{Path: fresh, Line: line})
		if err != nil || (x.Place.Signals == nil) != (want == indexing.Unlike) || x.Verdict != want {
			t.Errorf("line %d: %+v, %v; want %s", line, x, err, want)
		}
	}
	_, err := e.Explain(t.Context(), workspace.Documents{}, q, indexing.Spot{Path: fresh, Line: -1})
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("on disk there is none: %v", err)
	}
}
