package indexing_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/vectors/search"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
	"github.com/semantic-ls/semantic-ls/workspace/text"
)

// relatedTree has a function, a copy of it under other names, its namesakes in another package and another language, and
// tests of it in two.
var relatedTree = map[string]string{
	"store/upload.go": `package store

// retryUpload sends the file again when the network failed.
func retryUpload(c *Client, file string) error {
	for attempt := range 3 {
		if err := c.Put(file, attempt); err == nil {
			return nil
		}
		c.wait(attempt)
	}
	return errFailed
}
`,
	"mail/deliver.go": `package mail

// deliver hands the letter again when the network failed.
func deliver(relay *Relay, letter string) error {
	for turn := range 17 {
		if failure := relay.Hand(letter, turn); failure == nil {
			return nil
		}
		relay.rest(turn)
	}
	return errUndelivered
}
`,
	"ftp/session.go": "package ftp\n\nfunc retryUpload(conn Conn) {\n\tconn.resume()\n\tconn.acknowledge()\n}\n",
	"py/upload.py":   "def retry_upload(session, name):\n    \"\"\"Sends the file again.\"\"\"\n    with session.transfer(name) as going:\n        going.finish()\n",
	"store/upload_test.go": "package store\n\nfunc TestRetryUpload(t *testing.T) {\n" +
		"\tif err := retryUpload(fake(t), \"a\"); err != nil {\n\t\tt.Fatal(err)\n\t}\n}\n",
	"py/test_upload.py": "from upload import retry_upload\n\n\ndef test_resumes():\n    assert retry_upload(Fake(), \"a\") is None\n",
	"store/parse.go":    "package store\n\n// parseHeader reads the first line of a file.\nfunc parseHeader(line string) Header {\n\treturn Header{line}\n}\n",
}

// reasons of the hits by "file:symbol".
func reasons(t *testing.T, e *indexing.Engine, docs workspace.Documents, p indexing.Place) (map[string]string, []search.Hit) {
	t.Helper()
	a, err := e.Related(t.Context(), docs, p)
	if err != nil {
		t.Fatal(err)
	}
	of := map[string]string{}
	for _, h := range a.Hits {
		of[filepath.Base(filepath.Dir(h.Path))+"/"+filepath.Base(h.Path)+":"+h.Symbol] = h.Reason
	}
	return of, a.Hits
}

// Small definitions share a chunk: one of them that is a copy of the other is found, and the others are not.
func TestRelatedFindsACopyInTheSameChunk(t *testing.T) {
	const body = "(c *Client, file string) error {\n\tfor attempt := range 3 {\n\t\tif err := c.Put(file, attempt); err == nil {\n" +
		"\t\t\treturn nil\n\t\t}\n\t}\n\treturn errFailed\n}\n\n"
	text := "package store\n\nfunc upload" + body + "func size(name string) int { return len(name) }\n\nfunc resend" + body
	root := write(t, t.TempDir(), map[string]string{"store.go": text})
	e := engine(t, "")
	open(t, e, root)
	path := filepath.Join(root, "store.go")
	if n := e.Status().Coverage.Chunks; n != 1 {
		t.Fatalf("%d chunks, want 1", n)
	}
	for _, c := range []struct {
		at       string
		criteria indexing.Criteria
		want     string
	}{
		{"func upload", indexing.Criteria{}, "resend"},
		{"func resend", indexing.Criteria{}, "upload"},
		{"func size", indexing.Criteria{}, ""},
		{"func upload", indexing.Criteria{Kinds: []string{"class"}}, ""},
		{"func upload", indexing.Criteria{Globs: []string{"other/**"}}, ""},
	} {
		filter, err := c.criteria.Filter()
		if err != nil {
			t.Fatal(err)
		}
		place := indexing.Place{Path: path, Start: strings.Index(text, c.at) + 6, Filter: filter}
		_, hits := reasons(t, e, workspace.Documents{}, place)
		got := ""
		for _, h := range hits {
			got += h.Symbol
			if h.Reason != search.ReasonDuplicate || h.Text[h.NameStart:h.NameEnd] != h.Symbol || h.Snippet == "" {
				t.Errorf("%s: %s %s %q", c.at, h.Symbol, h.Reason, h.Snippet)
			}
		}
		if got != c.want {
			t.Errorf("%s %v: %q, want %q", c.at, c.criteria, got, c.want)
		}
	}
}

func TestRelatedSaysWhy(t *testing.T) {
	root := write(t, t.TempDir(), relatedTree)
	e := engine(t, "")
	open(t, e, root)
	at := func(file, what string) indexing.Place {
		return indexing.Place{Path: filepath.Join(root, filepath.FromSlash(file)), Start: strings.Index(relatedTree[file], what)}
	}
	for name, c := range map[string]struct {
		place indexing.Place
		want  map[string]string
	}{
		"of a function": {at("store/upload.go", "retryUpload(c"), map[string]string{
			"mail/deliver.go:deliver": search.ReasonDuplicate, "ftp/session.go:retryUpload": search.ReasonParallel,
			"py/upload.py:retry_upload": search.ReasonParallel, "store/upload_test.go:TestRetryUpload": search.ReasonTest,
			"py/test_upload.py:test_resumes": search.ReasonTest, "store/parse.go:parseHeader": search.ReasonSimilar,
		}},
		"of a test": {at("store/upload_test.go", "TestRetryUpload"), map[string]string{
			"store/upload.go:retryUpload": search.ReasonTest, "py/upload.py:retry_upload": search.ReasonTest,
		}},
		"of a test in Python": {at("py/test_upload.py", "test_resumes"), map[string]string{
			"py/upload.py:retry_upload": search.ReasonTest, "store/upload.go:retryUpload": search.ReasonTest,
		}},
	} {
		got, hits := reasons(t, e, workspace.Documents{}, c.place)
		for hit, want := range c.want {
			if got[hit] != want {
				t.Errorf("%s: %s is %q, want %s", name, hit, got[hit], want)
			}
		}
		for _, h := range hits {
			if h.Path == c.place.Path && h.Start <= c.place.Start && c.place.Start < h.End {
				t.Errorf("%s: it finds itself, %s", name, h.Symbol)
			}
		}
	}
	// A copy comes first, and what a test tests before other tests.
	if _, hits := reasons(t, e, workspace.Documents{}, at("store/upload.go", "retryUpload(c")); hits[0].Symbol != "deliver" {
		t.Errorf("first is %s", hits[0].Symbol)
	}
	if _, hits := reasons(t, e, workspace.Documents{}, at("store/upload_test.go", "TestRetry")); hits[0].Symbol != "retryUpload" {
		t.Errorf("first of a test is %s", hits[0].Symbol)
	}
	// A test whose path nobody knows.
	got, hits := reasons(t, e, workspace.Documents{}, indexing.Place{Text: relatedTree["store/upload_test.go"], Language: "go", Filter: nil})
	if got["store/upload.go:retryUpload"] != search.ReasonTest || slices.IndexFunc(hits, func(h search.Hit) bool { return h.Symbol == "retryUpload" }) > 1 {
		t.Errorf("of the text of a test: %v", got)
	}
}

// What is asked is what the editor shows, and so is what is found; the place is not found where it has moved to, nor where
// it stood.
func TestRelatedWithUnsavedEdits(t *testing.T) {
	root := write(t, t.TempDir(), relatedTree)
	e := engine(t, "")
	open(t, e, root)
	s := workspace.NewSession()
	edit := func(file, now string) string {
		path := filepath.Join(root, filepath.FromSlash(file))
		if _, ok := s.Documents().Get(path); !ok {
			if err := s.Open(path, 1, relatedTree[file]); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Change(path, 2, []text.Edit{{Text: now}}, text.UTF8); err != nil {
			t.Fatal(err)
		}
		return path
	}
	// The function moves down, a copy of it appears in another buffer, and the one that was on disk is rewritten.
	moved := "package store\n\n" + strings.Repeat("// Lines above it.\n", 50) + strings.TrimPrefix(relatedTree["store/upload.go"], "package store\n\n")
	path := edit("store/upload.go", moved)
	edit("store/parse.go", strings.ReplaceAll(relatedTree["store/upload.go"], "retryUpload", "parseAgain"))
	edit("mail/deliver.go", "package mail\n\nfunc deliver() {}\n")
	at := strings.Index(moved, "retryUpload(c")
	got, hits := reasons(t, e, s.Documents(), indexing.Place{Path: path, Start: at, End: at})
	if got["store/parse.go:parseAgain"] != search.ReasonDuplicate || got["store/upload_test.go:TestRetryUpload"] != search.ReasonTest {
		t.Errorf("%v", got)
	}
	if got["mail/deliver.go:deliver"] == search.ReasonDuplicate {
		t.Error("what is no copy any more is found as one")
	}
	for _, h := range hits {
		if h.Path == path {
			t.Errorf("it finds itself at %d..%d", h.Start, h.End)
		}
	}
	// A range that begins and ends within definitions leaves out what it touches.
	two := moved + "\n// sendAgain is retryUpload's other half.\nfunc sendAgain(c *Client, file string) error {\n\treturn retryUpload(c, file)\n}\n"
	edit("store/upload.go", two)
	start, end := strings.Index(two, "return errFailed"), strings.Index(two, "return retryUpload")
	_, hits = reasons(t, e, s.Documents(), indexing.Place{Path: path, Start: start, End: end})
	for _, h := range hits {
		if h.Path == path && h.Start < end && start < h.End {
			t.Errorf("%s overlaps the range", h.Symbol)
		}
	}
}

// Of a class, its methods are parts; of a method, its class is around it, and its siblings are not.
func TestRelatedOfAPartOfADefinition(t *testing.T) {
	method := func(name, does string) string {
		return "    def " + name + "(self, wave):\n" + strings.Repeat("        wave."+does+"(self.rate, self."+name+")\n", 12)
	}
	class := "class Mixer:\n    \"\"\"Adds up waves.\"\"\"\n\n" + method("soften", "filter") + "\n" + method("louden", "amplify")
	root := write(t, t.TempDir(), map[string]string{"mixer.py": class, "other.py": "class Filter:\n" + method("soften", "damp")})
	e := engine(t, "")
	open(t, e, root)
	path := filepath.Join(root, "mixer.py")
	start := strings.Index(class, "def soften")
	got, hits := reasons(t, e, workspace.Documents{}, indexing.Place{Path: path, Start: start})
	if got[filepath.Base(root)+"/other.py:soften"] != search.ReasonDuplicate && got[filepath.Base(root)+"/other.py:soften"] != search.ReasonParallel {
		t.Errorf("%v", got)
	}
	for _, h := range hits {
		if h.Path == path && h.Start <= start && start < h.End {
			t.Errorf("%s is around it", h.Symbol)
		}
	}
	_, hits = reasons(t, e, workspace.Documents{}, indexing.Place{Path: path, Start: 0, End: len(class)})
	for _, h := range hits {
		if h.Path == path {
			t.Errorf("%s is a part of it", h.Symbol)
		}
	}
}
