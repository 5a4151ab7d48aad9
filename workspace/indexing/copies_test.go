package indexing_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/vectors/search"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

// copies returns the groups as "similarity file:symbol:line file:symbol:line", each beginning with the piece.
func copies(t *testing.T, e *indexing.Engine, docs workspace.Documents, q indexing.CopiesQuery) (string, indexing.Copies) {
	t.Helper()
	if q.Similarity == 0 {
		q.Similarity = indexing.MinSimilarity
	}
	a, err := e.Copies(t.Context(), docs, q)
	if err != nil {
		t.Fatal(err)
	}
	return written(t, a.Groups), a
}

func TestCopies(t *testing.T) {
	inner := "class Job {\n" + strings.ReplaceAll(strings.ReplaceAll(`  run(times, call) {
    let failure = null;
    for (let i = 0; i < times; i++) {
      failure = call(i);
      if (failure === null) {
        return this.done(i);
      }
      this.wait(i * 250);
    }
    throw new Error("after " + times, failure);
  }
`, "\t", ""), "\r", "") + "}\n"
	root := write(t, t.TempDir(), map[string]string{
		"a/insist.go":   "package a\n\n" + insistGo,
		"b/other.go":    "package b\n\nvar X = 1\n\n" + persevereGo,
		"b/upload.go":   uploadGo,
		"c/one.js":      inner,
		"c/two.js":      strings.ReplaceAll(inner, "Job", "Task"),
		"vendor/v/v.go": "package v\n\n" + strings.ReplaceAll(insistGo, "Insist", "Vendored"),
		"notes.md":      strings.Repeat("Some words, and some more of them.\n\n", 20),
	})
	in := func(name string) string { return filepath.Join(root, filepath.FromSlash(name)) }
	e := engine(t, "")
	open(t, e, root)
	at := strings.Index("package a\n\n"+insistGo, "attempts")
	for name, c := range map[string]struct {
		q    indexing.CopiesQuery
		want string
	}{
		"a place":           {indexing.CopiesQuery{Path: in("a/insist.go"), Start: at, End: at}, "1.00 insist.go:Insist:4 other.go:persevere:5"},
		"a document":        {indexing.CopiesQuery{Path: in("b/other.go"), End: -1}, "1.00 other.go:persevere:5 insist.go:Insist:4"},
		"an outside":        {indexing.CopiesQuery{Path: in("b/other.go"), Start: 1, End: 1}, ""},
		"far outside":       {indexing.CopiesQuery{Path: in("b/other.go"), Start: 1 << 40, End: 1 << 40}, ""},
		"no copies":         {indexing.CopiesQuery{Path: in("b/upload.go"), End: -1}, ""},
		"prose":             {indexing.CopiesQuery{Path: in("notes.md"), End: -1}, ""},
		"vendored":          {indexing.CopiesQuery{Path: in("vendor/v/v.go"), End: -1}, ""},
		"a file that isn't": {indexing.CopiesQuery{Path: in("nowhere.go"), End: -1}, ""},
		"only equal ones":   {indexing.CopiesQuery{Path: in("b/other.go"), End: -1, Similarity: 1}, "1.00 other.go:persevere:5 insist.go:Insist:4"},
		"innermost first": {
			indexing.CopiesQuery{Path: in("c/one.js"), Start: strings.Index(inner, "wait"), End: strings.Index(inner, "wait")},
			"1.00 one.js:run:2 two.js:run:2; 1.00 one.js:Job:1 two.js:Task:1",
		},
		"outermost alone": {indexing.CopiesQuery{Path: in("c/one.js"), End: -1}, "1.00 one.js:Job:1 two.js:Task:1"},
	} {
		if got, _ := copies(t, e, workspace.Documents{}, c.q); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if _, err := e.Copies(t.Context(), workspace.Documents{}, indexing.CopiesQuery{Path: "/elsewhere/a.go"}); err == nil {
		t.Error("a file in no folder: no error")
	}
	ended, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("enough"))
	_, err := e.Copies(ended, workspace.Documents{}, indexing.CopiesQuery{Path: in("b/other.go"), End: -1})
	if err == nil || err.Error() != "enough" {
		t.Errorf("cancelled: %v", err)
	}
}

// What is catalogued follows what is typed, saved and deleted, and of many changes at once it is made anew.
func TestCopiesFollowChanges(t *testing.T) {
	files := map[string]string{"insist.go": "package a\n\n" + insistGo, "upload.go": uploadGo}
	for i := range 100 {
		files[fmt.Sprintf("f%02d.go", i)] = fmt.Sprintf("package a\n\n// F%d does.\nfunc F%d() int {\n\treturn %d\n}\n", i, i, i)
	}
	root := write(t, t.TempDir(), files)
	insist, other := filepath.Join(root, "insist.go"), filepath.Join(root, "other.go")
	e := engine(t, "")
	open(t, e, root)
	whole := indexing.CopiesQuery{Path: insist, End: -1}
	check := func(when string, docs workspace.Documents, want string) {
		t.Helper()
		if got, _ := copies(t, e, docs, whole); got != want {
			t.Errorf("%s: %q, want %q", when, got, want)
		}
	}
	const two = "1.00 insist.go:Insist:4 other.go:persevere:3"
	check("at first", workspace.Documents{}, "")
	session := workspace.NewSession()
	if err := session.Open(other, 1, "package a\n\n"+persevereGo); err != nil {
		t.Fatal(err)
	}
	check("typed", session.Documents(), two)
	check("in another session", workspace.Documents{}, "")
	write(t, root, map[string]string{"other.go": "package a\n\n" + persevereGo})
	if err := e.Update(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	check("saved", workspace.Documents{}, two)
	var changed []string
	for i := range 100 {
		name := fmt.Sprintf("f%02d.go", i)
		changed = append(changed, filepath.Join(root, name))
		write(t, root, map[string]string{name: "package a\n\n" + strings.ReplaceAll(insistGo, "Insist", fmt.Sprintf("Insist%d", i))})
	}
	if err := e.Update(t.Context(), changed...); err != nil {
		t.Fatal(err)
	}
	if _, a := copies(t, e, workspace.Documents{}, indexing.CopiesQuery{Path: insist, End: -1, Limit: 1000}); len(a.Groups) != 1 || len(a.Groups[0].Hits) != 102 {
		t.Errorf("of many changes: %d groups", len(a.Groups))
	}
	for _, path := range append(changed, other) {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Update(t.Context(), append(changed, other)...); err != nil {
		t.Fatal(err)
	}
	check("deleted", workspace.Documents{}, "")
}

// Of two that differ the one that is asked about is compared with the other as it is now.
func TestCopiesOfABufferThatChanges(t *testing.T) {
	root := write(t, t.TempDir(), map[string]string{"insist.go": "package a\n\n" + insistGo, "upload.go": uploadGo})
	insist := filepath.Join(root, "insist.go")
	e := engine(t, "")
	open(t, e, root)
	session := workspace.NewSession()
	twice := "package a\n\n" + insistGo + "\n" + strings.Replace(persevereGo, "n < rounds", "n <= rounds && enough()", 1)
	if err := session.Open(insist, 1, twice); err != nil {
		t.Fatal(err)
	}
	got, a := copies(t, e, session.Documents(), indexing.CopiesQuery{Path: insist, End: -1})
	if len(a.Groups) != 2 || !strings.Contains(got, "insist.go:Insist:4 insist.go:persevere:15") || a.Groups[0].Similarity >= 1 {
		t.Errorf("two in one buffer: %q", got)
	}
	if err := session.Open(insist, 2, "package a\n\nfunc Insist() {}\n"); err != nil {
		t.Fatal(err)
	}
	if got, a := copies(t, e, session.Documents(), indexing.CopiesQuery{Path: insist, End: -1}); got != "" ||
		!strings.Contains(a.Warning, "6 lines") {
		t.Errorf("a short one: %q, %q", got, a.Warning)
	}
}

// What is found by its name does without a place where that would take an outline; who wants to know it finds it then.
func TestUnplacedHits(t *testing.T) {
	const small = "package small\n\nfunc Alpha() int { return 1 }\n\nfunc Beta() int { return 2 }\n\nfunc Gamma() int { return 3 }\n"
	root := write(t, t.TempDir(), map[string]string{"small.go": small, "upload.go": uploadGo})
	e := engine(t, "")
	open(t, e, root)
	ask := func(q indexing.Query) []search.Hit {
		t.Helper()
		a, err := e.Search(t.Context(), workspace.Documents{}, q)
		if err != nil || len(a.Hits) == 0 {
			t.Fatalf("%q: %+v, %v", q.Text, a, err)
		}
		return a.Hits
	}
	for _, name := range []string{"Alpha", "Beta", "Gamma"} {
		placed, h := ask(indexing.Query{Text: name})[0], ask(indexing.Query{Text: name, Unplaced: true})[0]
		if !h.Unplaced || h.Symbol != name || h.Kind != placed.Kind || h.Container != placed.Container || h.Path != placed.Path {
			t.Errorf("%s: %+v, want that of %+v", name, h, placed)
		}
		d, ok := indexing.DefinitionOf(h.Path, "// one\n"+small, h.Symbol, h.Container, h.Kind, h.Start)
		if !ok || d.NameStart != placed.NameStart+len("// one\n") {
			t.Errorf("%s is defined at %d, want %d", name, d.NameStart, placed.NameStart+len("// one\n"))
		}
		if _, ok := indexing.DefinitionOf(h.Path, "package small\n", h.Symbol, h.Container, h.Kind, h.Start); ok {
			t.Errorf("%s is found where it is not", name)
		}
	}
	for _, q := range []indexing.Query{
		{Text: "upload again when it fails", Unplaced: true}, {Text: "Beta", Unplaced: true, Explain: true}, {Text: `Beta "Beta"`, Unplaced: true},
	} {
		if h := ask(q)[0]; h.Unplaced {
			t.Errorf("%+v: %+v has no place", q, h)
		}
	}
	write(t, root, map[string]string{"small.go": strings.ReplaceAll(small, "Beta", "Delta")})
	for _, h := range ask(indexing.Query{Text: "Beta", Unplaced: true}) {
		if h.Symbol == "Beta" {
			t.Error("Beta is found, which is gone")
		}
	}
}

// Thousands of copies in one file are as many pieces that are looked up; what is told of them is bounded.
func TestCopiesOfAFileOfCopies(t *testing.T) {
	var b strings.Builder
	b.WriteString("package a\n\n")
	for i := range 1500 {
		fmt.Fprintf(&b, "func f%d(a, b int) int {\n\tif a < b {\n\t\treturn a + %d\n\t}\n\treturn b\n}\n\n", i, i)
	}
	root := write(t, t.TempDir(), map[string]string{"copies.go": b.String(), "upload.go": uploadGo})
	e := engine(t, "")
	open(t, e, root)
	_, a := copies(t, e, workspace.Documents{}, indexing.CopiesQuery{Path: filepath.Join(root, "copies.go"), End: -1, Limit: 8})
	if len(a.Groups) < 1000 {
		t.Fatalf("%d groups", len(a.Groups))
	}
	for _, g := range a.Groups {
		if len(g.Hits) < 2 || len(g.Hits) > 9 {
			t.Fatalf("%d hits", len(g.Hits))
		}
	}
}

func TestCopiesCarryTheirCoverageAlsoOfWhatIsNotIndexed(t *testing.T) {
	root := write(t, t.TempDir(), map[string]string{"insist.go": "package a\n\n" + insistGo, "out/o.go": "package o\n", ".gitignore": "out/\n"})
	e := engine(t, "")
	open(t, e, root)
	_, a := copies(t, e, workspace.Documents{}, indexing.CopiesQuery{Path: filepath.Join(root, "out", "o.go"), End: -1})
	if a.Coverage.Percent != 100 || a.Coverage.Model == "" || !strings.Contains(a.Warning, "not indexed: ") {
		t.Errorf("%+v, %q", a.Coverage, a.Warning)
	}
}

// A place is looked up wherever it stands, also behind as many pieces as are looked up of a whole document.
func TestCopiesAtTheEndOfALongFile(t *testing.T) {
	var b strings.Builder
	b.WriteString("package a\n\n")
	for i := range 5000 {
		fmt.Fprintf(&b, "func f%d(a, b int) int {\n\tif a < b {\n\t\treturn a + %d\n\t}\n\treturn b\n}\n\n", i, i)
	}
	b.WriteString(insistGo)
	root := write(t, t.TempDir(), map[string]string{"long.go": b.String(), "other.go": "package a\n\n" + persevereGo})
	e := engine(t, "")
	open(t, e, root)
	at := strings.Index(b.String(), "attempts")
	got, a := copies(t, e, workspace.Documents{}, indexing.CopiesQuery{Path: filepath.Join(root, "long.go"), Start: at, End: at})
	if len(a.Groups) != 1 || !strings.Contains(got, "other.go:persevere") {
		t.Errorf("%q, %q", got, a.Warning)
	}
}
