package indexing_test

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/chunk"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

func filter(t *testing.T, c indexing.Criteria) *indexing.Filter {
	t.Helper()
	f, err := c.Filter()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// several has three small definitions in one chunk.
const several = "package store\n\ntype retryUploads struct{}\n\nfunc retryUpload() {}\n\nconst retryUploadMost = 3\n"

func filtered(t *testing.T) (root string, e *indexing.Engine) {
	root = write(t, t.TempDir(), map[string]string{
		"upload.go": uploadGo, "upload_test.go": strings.ReplaceAll(uploadGo, "retryUpload", "TestRetryUpload"),
		"a/upload.py": "def retry_upload():\n    \"\"\"Sends the file again.\"\"\"\n    return retryUpload\n",
		"a/b/all.go":  several,
		"a/notes.txt": "On retryUpload: it tries again.\n",
	})
	e = engine(t, "")
	open(t, e, root)
	return root, e
}

func TestSearchWithAFilter(t *testing.T) {
	root, e := filtered(t)
	for _, c := range []struct {
		criteria indexing.Criteria
		folders  []string // below the root
		want     string
	}{
		{indexing.Criteria{}, nil, "all.go notes.txt upload.go upload.py upload_test.go"},
		{indexing.Criteria{Globs: []string{"*.go"}}, nil, "all.go upload.go upload_test.go"},
		{indexing.Criteria{Globs: []string{"*.go", "!*_test.go"}}, nil, "all.go upload.go"},
		{indexing.Criteria{Globs: []string{"/*.{go,py}"}}, nil, "upload.go upload_test.go"},
		{indexing.Criteria{Globs: []string{"a/"}}, nil, "all.go notes.txt upload.py"},
		{indexing.Criteria{Globs: []string{"/*.py"}}, []string{"a"}, "upload.py"},
		{indexing.Criteria{Globs: []string{"/*.go"}}, []string{"a", "a/b"}, "all.go"}, // of places in each other, either
		{indexing.Criteria{Globs: []string{"b/*.go"}}, []string{"a"}, "all.go"},
		{indexing.Criteria{Languages: []string{"python"}}, nil, "upload.py"},
		{indexing.Criteria{Languages: []string{"py", "txt"}}, nil, "notes.txt upload.py"},
		{indexing.Criteria{NotLanguages: []string{"go"}}, nil, "notes.txt upload.py"},
		{indexing.Criteria{Languages: []string{"go", "python"}, NotLanguages: []string{"go"}}, nil, "upload.py"},
		{indexing.Criteria{Languages: []string{"go"}, Globs: []string{"a/**"}}, nil, "all.go"},
		{indexing.Criteria{Kinds: []string{"text"}}, nil, "notes.txt"},
		{indexing.Criteria{Kinds: []string{"function"}, Languages: []string{"go"}}, nil, "all.go upload.go upload_test.go"},
		{indexing.Criteria{Kinds: []string{"constant", "struct"}}, nil, "all.go"},
	} {
		q := indexing.Query{Text: "retryUpload", Filter: filter(t, c.criteria)}
		for _, f := range c.folders {
			q.Folders = append(q.Folders, filepath.Join(root, filepath.FromSlash(f)))
		}
		_, a := ask(t, e, workspace.Documents{}, q)
		var files []string
		for _, h := range a.Hits {
			files = append(files, filepath.Base(h.Path))
		}
		slices.Sort(files)
		if got := strings.Join(slices.Compact(files), " "); got != c.want || a.Warning != "" {
			t.Errorf("%+v in %v finds %s, want %s; warning %q", c.criteria, c.folders, got, c.want, a.Warning)
		}
	}
}

// Of a chunk of several definitions the hit is one of the kind that is wanted.
func TestAHitIsOfTheKindThatIsWanted(t *testing.T) {
	_, e := filtered(t)
	for kind, want := range map[chunk.Kind]string{
		chunk.Struct: "all.go:retryUploads", chunk.Function: "all.go:retryUpload", chunk.Constant: "all.go:retryUploadMost",
	} {
		criteria := indexing.Criteria{Kinds: []string{kind.String()}, Globs: []string{"all.go"}}
		q := indexing.Query{Text: "retryUpload", Filter: filter(t, criteria)}
		got, a := ask(t, e, workspace.Documents{}, q)
		if len(got) != 1 || got[0] != want || a.Hits[0].Kind != kind {
			t.Fatalf("%s: %v, want %s", kind, got, want)
		}
		if h := a.Hits[0]; !strings.Contains(h.Text[h.Start:h.End], h.Snippet) || !strings.Contains(h.Snippet, h.Symbol) {
			t.Errorf("%s: it shows %q of %q", kind, h.Snippet, h.Text[h.Start:h.End])
		}
	}
}

// What is unsaved passes the filter or not as what is on disk does, and what was kept of the query before is not asked.
func TestAFilterSeesWhatIsUnsaved(t *testing.T) {
	root, e := filtered(t)
	methods := filter(t, indexing.Criteria{Languages: []string{"go"}, Kinds: []string{"method"}})
	q := indexing.Query{Text: "retryUpload", Filter: methods}
	if got, _ := ask(t, e, workspace.Documents{}, q); len(got) > 0 {
		t.Fatalf("%v", got)
	}
	s := workspace.NewSession()
	path := filepath.Join(root, "upload.go")
	unsaved := "package store\n\n// retryUpload is a method now.\nfunc (s store) retryUpload() error { return nil }\n"
	if err := s.Open(path, 1, unsaved); err != nil {
		t.Fatal(err)
	}
	if got, _ := ask(t, e, s.Documents(), q); !slices.Equal(got, []string{"upload.go:retryUpload"}) {
		t.Errorf("%v", got)
	}
	if got, _ := ask(t, e, workspace.Documents{}, q); len(got) > 0 {
		t.Errorf("once it is closed: %v", got)
	}
}

func TestAFilterThatLetsNothingPassSaysSo(t *testing.T) {
	root, e := filtered(t)
	model := &asked{Embedder: static.New()}
	counting := engineWith(t, "", model)
	open(t, counting, root)
	for _, c := range []struct {
		criteria indexing.Criteria
		want     string
	}{
		{indexing.Criteria{Globs: []string{"*.rs", "src/"}}, "no indexed file matches globs *.rs, src/"},
		{
			indexing.Criteria{Languages: []string{"rust"}, NotLanguages: []string{"go"}},
			"no indexed file matches languages rust; not languages go",
		},
		{indexing.Criteria{Globs: []string{"*.rs"}, Kinds: []string{"function"}}, "no indexed file matches globs *.rs"},
		{indexing.Criteria{Kinds: []string{"enum", "event"}}, "nothing that is indexed is of kind enum or event"},
		{
			indexing.Criteria{Globs: []string{"*.py"}, Kinds: []string{"enum"}},
			"in the files that match globs *.py nothing is of kind enum",
		},
	} {
		c.want = "nothing is searched: " + c.want
		f := filter(t, c.criteria)
		a, err := counting.Search(t.Context(), workspace.Documents{}, indexing.Query{Text: "retryUpload", Filter: f})
		if err != nil || a.Warning != c.want || len(a.Hits) > 0 || a.Coverage.Percent != 100 {
			t.Errorf("%+v: %+v, %v; want %q", c.criteria, a, err, c.want)
		}
		a, err = e.Related(t.Context(), workspace.Documents{}, indexing.Place{Text: "retryUpload", Filter: f})
		if err != nil || a.Warning != c.want {
			t.Errorf("related to %+v: %q, %v; want %q", c.criteria, a.Warning, err, c.want)
		}
	}
	if len(model.texts) > 0 {
		t.Errorf("the model was asked %d times though nothing can be found", len(model.texts))
	}
	// Nothing is there at all: the filter is not why.
	e = engine(t, "")
	open(t, e, t.TempDir())
	rust := filter(t, indexing.Criteria{Globs: []string{"*.rs"}})
	_, a := ask(t, e, workspace.Documents{}, indexing.Query{Text: "x", Filter: rust})
	if a.Warning != "nothing is indexed: there are no files" {
		t.Errorf("warning %q", a.Warning)
	}
}

func TestRelatedWithAFilter(t *testing.T) {
	root, e := filtered(t)
	place := indexing.Place{Path: filepath.Join(root, "upload.go"), Start: strings.Index(uploadGo, "retryUpload()")}
	for _, c := range []struct {
		criteria indexing.Criteria
		want     string
	}{
		{indexing.Criteria{Languages: []string{"python"}}, "upload.py"}, // though the place itself is not let through
		{indexing.Criteria{Globs: []string{"*_test.go"}}, "upload_test.go"},
		{indexing.Criteria{Kinds: []string{"struct"}}, "all.go"},
	} {
		place.Filter = filter(t, c.criteria)
		a, err := e.Related(t.Context(), workspace.Documents{}, place)
		if err != nil || len(a.Hits) != 1 || filepath.Base(a.Hits[0].Path) != c.want || a.Hits[0].Reason == "" {
			t.Errorf("%+v: %+v, %v; want %s", c.criteria, a.Hits, err, c.want)
		}
	}
}

func TestCriteriaThatMakeNoSense(t *testing.T) {
	for _, c := range []struct {
		criteria         indexing.Criteria
		list, near, says string
	}{
		{
			indexing.Criteria{Languages: []string{"go", "pyton"}},
			"languages", "python",
			`languages: "pyton" is no language that files are told to be in: did you mean python? There are ada, apex, `,
		},
		{
			indexing.Criteria{NotLanguages: []string{"klingon"}},
			"notLanguages", "",
			`notLanguages: "klingon" is no language that files are told to be in. There are ada, `,
		},
		{
			indexing.Criteria{Kinds: []string{"func"}},
			"kinds", "function",
			`kinds: "func" is no kind of definition: did you mean function? There are text, file, `,
		},
		{indexing.Criteria{Kinds: []string{""}}, "kinds", "", `kinds: "" is no kind`},
		{indexing.Criteria{Kinds: []string{strings.Repeat("k", 100_000)}}, "kinds", "", "kkk"},
		{indexing.Criteria{Globs: []string{"*.go", "*.[ch"}}, "globs", "", `globs: the glob "*.[ch" can match nothing: `},
	} {
		f, err := c.criteria.Filter()
		wrong, ok := errors.AsType[*indexing.CriterionError](err)
		if !ok || f != nil || wrong.List != c.list || wrong.Near != c.near || !strings.Contains(err.Error(), c.says) ||
			len(err.Error()) > 2000 {
			t.Errorf("%+.100v: %.300v", c.criteria, err)
		}
	}
	if f, err := (indexing.Criteria{}).Filter(); f != nil || err != nil {
		t.Errorf("no criteria: %v, %v", f, err)
	}
}

// Folders of two models are filtered each by itself, and a model of which nothing is left is not asked.
func TestAFilterOfFoldersOfTwoModels(t *testing.T) {
	cache := t.TempDir()
	one := write(t, t.TempDir(), map[string]string{"one.go": uploadGo})
	two := write(t, t.TempDir(), map[string]string{"two.go": uploadGo})
	before, now := newFake("before", 3), newFake("now", 4)
	indexed(t, cache, one, before)
	e := changing(cache, now, before)
	if err := e.Open(t.Context(), one); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close(one) })
	open(t, e, two)
	for _, c := range []struct {
		criteria          indexing.Criteria
		want, warning     string
		askBefore, askNow int
	}{
		{indexing.Criteria{Kinds: []string{"function"}}, "one.go:retryUpload two.go:retryUpload", "", 1, 1},
		{indexing.Criteria{Globs: []string{"one.go"}}, "one.go:retryUpload", "", 1, 0},
		{indexing.Criteria{Globs: []string{"two.go"}}, "two.go:retryUpload", "", 0, 1},
		{indexing.Criteria{Globs: []string{"three.go"}}, "", "nothing is searched: no indexed file matches globs three.go", 0, 0},
		{
			indexing.Criteria{Globs: []string{"two.go"}, Kinds: []string{"enum"}},
			"",
			"nothing is searched: in the files that match globs two.go nothing is of kind enum", 0, 0,
		},
	} {
		for range 2 { // what is kept of one folder is not taken for the other's
			got, a := ask(t, e, workspace.Documents{}, indexing.Query{Text: "retryUpload", Filter: filter(t, c.criteria)})
			slices.Sort(got)
			if hits := strings.Join(got, " "); hits != c.want || a.Warning != c.warning {
				t.Errorf("%+v: %s, %q; want %s, %q", c.criteria, hits, a.Warning, c.want, c.warning)
			}
			if b, n := len(before.took()), len(now.took()); b != c.askBefore || n != c.askNow {
				t.Errorf("%+v: the models are asked %d and %d times, want %d and %d", c.criteria, b, n, c.askBefore, c.askNow)
			}
		}
	}
}
