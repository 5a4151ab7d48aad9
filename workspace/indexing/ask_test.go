package indexing_test

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
	"github.com/semantic-ls/semantic-ls/vectors/search"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

// typed asks what a person types.
func typed(t *testing.T, query string, also ...indexing.Criteria) indexing.Query {
	t.Helper()
	q, err := indexing.Ask(query, append(also, indexing.Criteria{})[0])
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return q
}

// mixedFolder is a folder with code, tests, docs and configuration, and its engine.
func mixedFolder(t *testing.T) (root string, e *indexing.Engine) {
	root = write(t, t.TempDir(), map[string]string{
		"store/upload.go":      uploadGo,
		"store/upload_test.go": strings.ReplaceAll(uploadGo, "retryUpload", "TestRetryUpload"),
		"store/parse.go":       parseGo,
		"a/upload.py":          "def retry_upload():\n    \"\"\"Sends the file again.\"\"\"\n    return retryUpload\n",
		"a/b/all.go":           several,
		"docs/notes.md":        "# Uploads\n\nOn retryUpload: it sends the file again.\n",
		"settings.yaml":        "upload:\n  retries: 3 # sends the file again\n",
	})
	e = engine(t, "")
	open(t, e, root)
	return root, e
}

func TestFiltersInTheQuery(t *testing.T) {
	root, e := mixedFolder(t)
	for _, c := range []struct {
		query, folder string
		also          indexing.Criteria
		want          string // files, in order of their names
	}{
		{query: "retryUpload", want: "all.go notes.md settings.yaml upload.go upload.py upload_test.go"},
		{query: "retryUpload lang:go", want: "all.go upload.go upload_test.go"},
		{query: "retryUpload lang:go,py -path:test", want: "all.go upload.go upload.py"},
		{query: "lang:go retryUpload lang:markdown path:a/ path:docs/", want: "all.go notes.md"},
		{query: "retryUpload -lang:go content:code", want: "upload.py"},
		{query: "retryUpload content:docs,config", want: "notes.md settings.yaml"},
		{query: "retryUpload -content:code -content:config", want: "notes.md"},
		{query: "retryUpload kind:constant,struct", want: "all.go"},
		{query: "retryUpload -kind:function -kind:text -lang:markdown,yaml", want: "all.go"},
		{query: "retryUpload path:*_test.go", want: "upload_test.go"},
		{query: "retryUpload path:/upload", folder: "store", want: "upload.go upload_test.go"},
		{query: "retryUpload path:/store", folder: "store"},
		{query: "retryUpload lang:go", also: indexing.Criteria{Globs: []string{"a/"}}, want: "all.go"}, // both have to let it pass
		{query: "retryUpload kind:function", also: indexing.Criteria{
			Kinds:     []string{"function", "constant"},
			Languages: []string{"python"},
		}, want: "upload.py"},
		// Exact text.
		{query: `"sends the file again"`, want: "notes.md settings.yaml upload.go upload.py upload_test.go"},
		{query: `"Sends the file"`, want: "upload.py"},
		{query: `"ends the fil" -"network"`, want: "notes.md settings.yaml upload.py"},
		{query: `where is "retryUpload" -path:test lang:go`, want: "all.go upload.go"},
		{query: `re:/^\s*return (nil|retry)/`, want: "upload.go upload.py upload_test.go"},
		{query: `what does re:/^func \w+\(line/ do`, want: "parse.go"},
		{query: `re:/upload/ -re:/file/ lang:go`, want: "all.go"},
		{query: `re:/nosuchtext/`},
		{query: `"-" re:/x/ retry`}, // no chunk has both
		{query: `"->"`},
		// Filters alone.
		{query: "lang:go", want: "all.go parse.go upload.go upload_test.go"},
		{query: "content:config", want: "settings.yaml"},
		{query: "-content:code", want: "notes.md settings.yaml"},
	} {
		q := typed(t, c.query, c.also)
		if c.folder != "" {
			q.Folders = []string{filepath.Join(root, c.folder)}
		}
		_, a := ask(t, e, workspace.Documents{}, q)
		var files []string
		for _, h := range a.Hits {
			files = append(files, filepath.Base(h.Path))
		}
		slices.Sort(files)
		if got := strings.Join(slices.Compact(files), " "); got != c.want || c.want != "" && a.Warning != "" {
			t.Errorf("%s in %q finds %s, want %s; warning %q", c.query, c.folder, got, c.want, a.Warning)
		}
	}
}

// Of filters alone the answer is in order of paths, each definition by itself.
func TestFiltersAloneListWhatPasses(t *testing.T) {
	_, e := mixedFolder(t)
	for _, c := range []struct {
		query string
		limit int
		want  string
	}{
		{"lang:go kind:function", 0, "all.go:retryUpload parse.go:parseHeader upload.go:retryUpload upload_test.go:TestRetryUpload"},
		{"lang:go kind:function", 2, "all.go:retryUpload parse.go:parseHeader"},
		{"path:all.go kind:function,struct,constant", 0, "all.go:retryUploads all.go:retryUpload all.go:retryUploadMost"},
		{"path:all.go kind:function,struct,constant", 2, "all.go:retryUploads all.go:retryUpload"},
		{"re:/^(func|const) / path:a/", 0, "all.go:retryUpload all.go:retryUploadMost"},
		{"re:/^(func|const) / path:a/ kind:constant", 0, "all.go:retryUploadMost"},
		{`"3" path:a/`, 0, "all.go:retryUploadMost"},
	} {
		q := typed(t, c.query)
		q.Limit = c.limit
		got, a := ask(t, e, workspace.Documents{}, q)
		if strings.Join(got, " ") != c.want || a.Warning != "" {
			t.Errorf("%s: %v, want %s; warning %q", c.query, got, c.want, a.Warning)
		}
	}
}

// The line that is shown has what had to stand in it.
func TestExactTextIsShown(t *testing.T) {
	_, e := mixedFolder(t)
	for query, want := range map[string]string{
		`where is the network "return nil" path:upload.go`:    "return nil",
		`re:/fun. retry/ network failed -path:test lang:go`:   "func retryUpload() error {",
		`"const retry" retryUpload`:                           "const retryUploadMost = 3",
		`"the network failed" -path:test -content:docs`:       "// retryUpload sends the file again when the network failed.",
		`sends the file "return" kind:function lang:py`:       "return retryUpload",
		`re:/type \w+ struct/ kind:struct`:                    "type retryUploads struct{}",
		`retry re:/retryUpload/ kind:function path:a/b/`:      "func retryUpload() {}",
		`retry uploads "retryUploads" kind:function,struct x`: "type retryUploads struct{}",
	} {
		_, a := ask(t, e, workspace.Documents{}, typed(t, query))
		if len(a.Hits) == 0 || a.Hits[0].Snippet != want {
			t.Errorf("%s: %+v, want %q", query, a.Hits, want)
			continue
		}
		if h := a.Hits[0]; !strings.HasPrefix(strings.TrimSpace(h.Text[h.SnippetStart:]), want) || h.SnippetStart < h.Start ||
			h.SnippetStart > h.End {
			t.Errorf("%s: the line starts at %d, %q", query, h.SnippetStart, h.Text[h.SnippetStart:])
		}
	}
}

// What is unsaved has the text that its buffer has.
func TestExactTextOfBuffers(t *testing.T) {
	root, e := mixedFolder(t)
	s := workspace.NewSession()
	unsaved := strings.Replace(uploadGo, "return nil", "return errNever", 1)
	if err := s.Open(filepath.Join(root, "store", "upload.go"), 1, unsaved); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]string{
		`"return errNever"`:                "upload.go:retryUpload",
		"re:/err[A-Z]ever/ send it again":  "upload.go:retryUpload",
		`"return nil" lang:go`:             "upload_test.go:TestRetryUpload",
		"re:/return nil/ retry it lang:go": "upload_test.go:TestRetryUpload",
	} {
		if got, _ := ask(t, e, s.Documents(), typed(t, query)); !slices.Equal(got, []string{want}) {
			t.Errorf("%s: %v, want %s", query, got, want)
		}
	}
}

func TestAskIsPlainWithoutFilters(t *testing.T) {
	for _, text := range []string{
		"where is it", "http://host:80/x std::vector error: not found", `say "hello`, "a\nlang:go",
		"取消 请求", "\x00",
	} {
		if q, err := indexing.Ask(text, indexing.Criteria{}); err != nil || q.Text != strings.TrimSpace(text) || q.Filter != nil {
			t.Errorf("%q: %+v, %v", text, q, err)
		}
	}
}

func TestAskRefuses(t *testing.T) {
	for _, c := range []struct{ query, want string }{
		{"x lang:klingon", `lang: "klingon" is no language that files are told to be in. There are `},
		{"x lang:klingon", `. In quotes, "lang:klingon" is text`},
		{"x -lang:go,pyton", `lang: "pyton" is no language that files are told to be in: did you mean lang:python? There are `},
		{"kind:func", `kind: "func" is no kind of definition: did you mean kind:function? There are text, `},
		{"content:doc", `content: "doc" is no sort of content: did you mean content:docs? There are code, docs, config. In quotes, `},
		{"path:*[", `path: the glob "*[" can match nothing: a [ without its ]`},
		{"path:/", `path: a path that names nothing. In quotes, "path:/" is text`},
		{"langs:go x", `query: langs:go is no filter: did you mean lang:go? In quotes, "langs:go" is text`},
		{"Kind:function", `query: Kind:function is no filter: did you mean kind:function? In quotes, "Kind:function" is text`},
		{"lang:,", `lang: "," is no language`},
		{"re:/(/", "the pattern /(/ cannot be used: missing closing ): `(`"},
	} {
		_, err := indexing.Ask(c.query, indexing.Criteria{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.query, err, c.want)
		}
		if !errors.As(err, new(*indexing.CriterionError)) && !errors.As(err, new(*search.AskedError)) {
			t.Errorf("%s: %T", c.query, err)
		}
	}
	// What may be text is.
	for _, query := range []string{"langs:klingon", "Path:/usr/bin", "file:x", "LANG:en_US", "kinds:x", "find:class"} {
		if q, err := indexing.Ask(query, indexing.Criteria{}); err != nil || q.Text != query {
			t.Errorf("%s: %+v, %v", query, q, err)
		}
	}
	if _, err := indexing.Ask("x", indexing.Criteria{Languages: []string{"klingon"}}); err == nil ||
		strings.Contains(err.Error(), "quotes") {
		t.Errorf("of criteria: %v", err)
	}
}

// A query without a word asks for nothing, and says so; no model is asked.
func TestAQueryWithoutWords(t *testing.T) {
	root, _ := mixedFolder(t)
	model := &asked{Embedder: static.New()}
	e := engineWith(t, "", model)
	open(t, e, root)
	for _, query := range []string{"", "?!", "->", "\x00\x1f", "☃ …", "??? lang:go", "_"} {
		got, a := ask(t, e, workspace.Documents{}, typed(t, query))
		if want := "nothing is searched: there is no word in the query"; query != "??? lang:go" && (len(got) > 0 || a.Warning != want) {
			t.Errorf("%q: %v, warning %q", query, got, a.Warning)
		}
	}
	ask(t, e, workspace.Documents{}, typed(t, "lang:go"))
	ask(t, e, workspace.Documents{}, typed(t, `"->"`))
	if len(model.texts) > 0 {
		t.Errorf("the model is asked %q", model.texts)
	}
	for query, want := range map[string]bool{"the of and": true, "größe der Datei": true, "取消": true, strings.Repeat("upload ",
		1<<17): true} {
		if _, a := ask(t, e, workspace.Documents{}, typed(t, query)); (a.Warning == "") != want {
			t.Errorf("%.20q: warning %q", query, a.Warning)
		}
	}
}

// An explanation sees what stands in the query as the search does.
func TestExplainSeesFiltersInTheQuery(t *testing.T) {
	root, e := mixedFolder(t)
	for _, c := range []struct {
		query, path string
		want        indexing.Verdict
		list        string // that refuses
		given       string
		rank        int
	}{
		{"retryUpload lang:go", "a/upload.py", indexing.Filtered, "lang", "go", 0},
		{"retryUpload -lang:py,go", "a/upload.py", indexing.Filtered, "-lang", "py go", 0},
		{"retryUpload path:store/ path:docs/", "a/upload.py", indexing.Filtered, "path", "store/ docs/", 0},
		{"retryUpload -path:a/", "a/upload.py", indexing.Filtered, "-path", "a/", 0},
		{"retryUpload content:code", "docs/notes.md", indexing.Filtered, "content", "code", 0},
		{"retryUpload -content:docs", "docs/notes.md", indexing.Filtered, "-content", "docs", 0},
		{"retryUpload kind:struct", "a/upload.py", indexing.Filtered, "kind", "struct", 0},
		{"retryUpload -kind:function", "a/upload.py", indexing.Filtered, "-kind", "function", 0},
		{`retryUpload "network failed" re:/x/`, "a/upload.py", indexing.Filtered, "query", `"network failed" re:/x/`, 0},
		{`"sends the file" lang:py`, "a/upload.py", indexing.Hit, "", "", 1},
		{"retryUpload lang:py", "a/upload.py", indexing.Hit, "", "", 1},
		{"lang:go kind:function", "store/parse.go", indexing.Hit, "", "", 2},
		{"re:/func/ lang:go", "store/upload_test.go", indexing.Hit, "", "", 4},
		{"?!", "store/parse.go", indexing.Unlike, "", "", 0},
	} {
		x, err := e.Explain(t.Context(), workspace.Documents{}, typed(t, c.query), indexing.Spot{Path: filepath.Join(root, c.path), Line: -1})
		if err != nil || x.Verdict != c.want || x.Filter.List != c.list || strings.Join(x.Filter.Given, " ") != c.given || x.Place.Rank != c.rank {
			t.Errorf("%s, %s: %s by %+v, rank %d, %v; want %+v", c.query, c.path, x.Verdict, x.Filter, x.Place.Rank, err, c)
		}
	}
	q := typed(t, `where is the "return nil" lang:go`)
	q.Explain = true
	_, a := ask(t, e, workspace.Documents{}, q)
	if len(a.Hits) != 2 {
		t.Fatalf("%+v", a.Hits)
	}
	for i, h := range a.Hits {
		if h.Explanation == nil || h.Explanation.Rank != i+1 || h.Explanation.Score != h.Score {
			t.Errorf("%s has %v, explained as %+v", h.Symbol, h.Score, h.Explanation)
		}
	}
}

// A name that is typed finds its definitions among those that pass the filters, and shows no other.
func TestNamesAmongFilters(t *testing.T) {
	_, e := mixedFolder(t)
	for query, want := range map[string]string{
		"retUp path:a/b/":                      "all.go:retryUpload all.go:retryUploads all.go:retryUploadMost",
		"retUp path:a/b/ kind:constant":        "all.go:retryUploadMost",
		"retUp path:a/b/ kind:struct,constant": "all.go:retryUploads all.go:retryUploadMost",
		`retryUploads re:/= 3/ path:a/`:        "all.go:retryUploadMost", // the only one that has it
		`"retryUploads" path:a/`:               "all.go:retryUploads",
		"retryUplaod lang:go -path:test":       "upload.go:retryUpload all.go:retryUpload",
	} {
		got, a := ask(t, e, workspace.Documents{}, typed(t, query))
		named := slices.DeleteFunc(got, func(hit string) bool { return !strings.Contains(hit, ":retryUpload") })
		if strings.Join(named, " ") != want {
			t.Errorf("%s: %q, want %s; warning %q", query, named, want, a.Warning)
		}
	}
}
