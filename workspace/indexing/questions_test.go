package indexing_test

import (
	"fmt"
	"go/build"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/vectors/words"
)

type question struct{ text, file, symbol string }

// questions reads a table of testdata/queries.
func questions(t *testing.T, name string) (list []question) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "testdata", "queries", name))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		fields := strings.Split(strings.TrimSpace(line), "\t")
		if strings.HasPrefix(line, "#") || fields[0] == "query" {
			continue
		}
		if len(fields) != 3 {
			t.Fatalf("%s: %q has %d columns, want query, file, symbol", name, line, len(fields))
		}
		list = append(list, question{fields[0], fields[1], fields[2]})
	}
	return list
}

// Questions in plain words, of net/http, each about one file of it. Eight of ten
// first is what this engine promised before it was written.
func TestPlainQuestionsFindTheirFileInNetHTTP(t *testing.T) {
	root := filepath.Join(build.Default.GOROOT, "src", "net", "http")
	e := engine(t, "")
	open(t, e, root)
	asked := questions(t, "net-http.tsv")
	if len(asked) != 10 {
		t.Fatalf("%d questions, want 10", len(asked))
	}
	first := 0
	var report strings.Builder
	for _, q := range asked {
		files := filesFound(t, e, root, q.text)
		rank := slices.Index(files, q.file) + 1
		if rank == 1 {
			first++
		}
		fmt.Fprintf(&report, "rank %d  %s -> %s; first are %v\n", rank, q.text, q.file, files[:min(3, len(files))])
	}
	t.Logf("%d of %d first\n%s", first, len(asked), report.String())
	if first < 8 {
		t.Errorf("%d of %d questions find their file first, want 8", first, len(asked))
	}
}

func TestQuestionsShareNoWordWithTheirTargetsName(t *testing.T) {
	for _, q := range questions(t, "net-http.tsv") {
		named := words.Of(strings.TrimSuffix(q.file, ".go") + " " + q.symbol)
		for _, w := range words.Of(q.text) {
			if slices.Contains(named, w) {
				t.Errorf("%q says %q, which is in the name of %s %s", q.text, w, q.file, q.symbol)
			}
		}
	}
}
