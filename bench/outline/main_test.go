package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A list is one of languages that chunk knows and oracles that exist, and no repository is named twice, in any of them.
func TestCorpus(t *testing.T) {
	seen := map[string]bool{}
	for file, least := range map[string]int{"corpus.tsv": 26, "heldout.tsv": 26, "heldout2.tsv": 26, "heldout3.tsv": 18} {
		list, err := readCorpus(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range list {
			if len(r.revision) != 40 || strings.Count(r.name, "/") != 1 || r.licence == "" || seen[r.name] {
				t.Errorf("%s: %+v", file, r)
			}
			seen[r.name] = true
		}
		if len(list) < least {
			t.Errorf("%s: %d repositories", file, len(list))
		}
	}
}

// What needs no other program than this one, from the corpus to the table.
func TestRun(t *testing.T) {
	corpus, here := t.TempDir(), t.TempDir()
	write := func(path, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(filepath.Join(here, "corpus.tsv"), "language\trepository\trevision\tlicence\ngo\tsome/thing\t0123456789abcdef\tMIT\n")
	o := options{corpus: corpus, here: here, damage: true, list: true, seed: 1, command: "go run"}
	o.output = filepath.Join(here, "OUTLINE.md")

	if err := run(t.Context(), o, &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), "go doc") {
		t.Errorf("without the repository: %v", err)
	}
	write(filepath.Join(corpus, "some+thing", "a.go"), "package a\n\nconst K = 1\n\ntype T struct{}\n\nfunc (t *T) m() {\n}\n")
	write(filepath.Join(corpus, "some+thing", "broken.go"), "package a\n\nfunc f( {\n")
	write(filepath.Join(corpus, "some+thing", "readme.md"), "# a\n")
	var out bytes.Buffer
	if err := run(t.Context(), o, &out); err != nil {
		t.Fatal(err)
	}
	row := "| go | 2 | 0.0 | 2 | 1.0000 | 1.0000 | 1.0000 | 1.0000 | 1.0000 | – | 1.0000 |"
	if !strings.Contains(out.String(), row) {
		t.Errorf("no\n%s\nin\n%s", row, &out)
	}
	document, err := os.ReadFile(o.output)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{row, "go/parser", "some/thing @0123456789"} {
		if !strings.Contains(string(document), want) {
			t.Errorf("no %q in\n%s", want, document)
		}
	}
	o.only = []string{"klingon"}
	if err := run(t.Context(), o, &out); err == nil || !strings.Contains(err.Error(), "klingon") {
		t.Errorf("a language that the corpus does not have: %v", err)
	}
}

// Other oracles say what is missing.
func TestOracleMissing(t *testing.T) {
	o := options{corpus: t.TempDir(), here: t.TempDir()}
	if _, err := ask(t.Context(), o, "java", nil); err == nil || !strings.Contains(err.Error(), "npm ci") {
		t.Errorf("without the parsers: %v", err)
	}
	t.Setenv("PATH", t.TempDir())
	for language, want := range map[string]string{"python": "install Python", "erlang": "universal-ctags"} {
		if _, err := ask(t.Context(), o, language, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", language, err)
		}
	}
}

func TestReadAnswer(t *testing.T) {
	a, err := readAnswer(strings.NewReader(`{"version":"parser 1"}
{"path":"a","name":"f","kind":"function","container":"","nameLine":1,"startLine":1,"endLine":2}
{"path":"a","skip":[3,4]}
`))
	if err != nil || a.version != "parser 1" || len(a.symbols["a"]) != 1 || a.skipped["a"][0] != [2]int{3, 4} {
		t.Errorf("%+v, %v", a, err)
	}
	_, err = readAnswer(strings.NewReader("Segmentation fault\n"))
	if err == nil || !strings.Contains(err.Error(), "Segmentation") {
		t.Errorf("an answer that is none: %v", err)
	}
}

// Of a file that only ctags reads, the lines that it names something in are judged, and no others.
func TestOnly(t *testing.T) {
	a := newAnswer("parser 1")
	a.skip("a", 1, everything)
	a.only("a", []symbol{{Name: "g", NameLine: 5}, {Name: "f", NameLine: 2}, {Name: "h", NameLine: 5}, {Name: "i", NameLine: 6}})
	want := [][2]int{{1, 1}, {3, 4}, {7, everything}}
	if !slices.Equal(a.skipped["a"], want) || len(a.symbols["a"]) != 4 {
		t.Errorf("%v %v", a.skipped, a.symbols)
	}
}

// A scanner that panics would name nothing; a text without a symbol names nothing and is no failure.
func TestOutline(t *testing.T) {
	list, ok := outline(source{"a.go", "package a\n\nfunc f() {\n}\n\n\n"})
	if !ok || len(list) != 1 || list[0].NameLine != 3 || list[0].EndLine != 4 {
		t.Errorf("%v %v", list, ok)
	}
	if list, ok := outline(source{"a.go", ""}); !ok || len(list) != 0 {
		t.Errorf("%v %v", list, ok)
	}
}
