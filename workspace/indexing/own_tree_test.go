package indexing_test

import (
	"flag"
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

var update = flag.Bool("update", false, "write the ranks of testdata/queries/own-tree.tsv")

// ownDirectories are what of this repository is asked about: code, its tests and its documents, without the table of
// questions itself and without what measures it.
var ownDirectories = []string{"cmd", "docs", "lsp", "tasks", "vectors", "workspace"}

// leastOwn is the mean reciprocal rank below which the ranking is broken, whatever the table says. It was 0.50 when the
// table was made.
const leastOwn = 0.45

// What the questions about this repository find, beside what they found when somebody last looked. Ranks are told as
// first, 2-3, 4-10 and none, and one at the edge may be on either side of it, so that code that has nothing to do with
// it may come and go.
func TestQuestionsAboutTheOwnTree(t *testing.T) {
	root := ownTree(t)
	e := engine(t, "")
	open(t, e, root)
	name := filepath.Join("..", "..", "testdata", "queries", "own-tree.tsv")
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var now, diff strings.Builder
	asked, sum := 0, 0.0
	for line := range strings.Lines(string(data)) {
		fields := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
		if strings.HasPrefix(line, "#") || fields[0] == "query" {
			now.WriteString(line)
			continue
		}
		if len(fields) != 3 {
			t.Fatalf("%s: %q has %d columns, want query, file, rank", name, line, len(fields))
		}
		query, file, was := fields[0], fields[1], fields[2]
		if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(file))); err != nil {
			t.Errorf("%q asks for %s, which is not there any more: say in %s where its answer stands now", query, file, name)
		}
		files := filesFound(t, e, root, query)
		rank := slices.Index(files, file) + 1
		asked++
		if rank > 0 && rank <= 10 {
			sum += 1 / float64(rank)
		}
		is := was
		if !holds(was, rank) {
			is = rankName(rank)
			first := files[:min(3, len(files))]
			fmt.Fprintf(&diff, "%s -> %s\n- %s\n+ %s: %s\n", query, file, was, is, strings.Join(first, ", "))
		}
		fmt.Fprintf(&now, "%s\t%s\t%s\n", query, file, is)
	}
	mean := sum / float64(asked)
	t.Logf("%d questions, mean reciprocal rank %.3f", asked, mean)
	if asked < 40 || mean < leastOwn {
		t.Errorf("%d questions, mean reciprocal rank %.3f; want 40 and %.2f, and -update does not help", asked, mean, leastOwn)
	}
	switch {
	case diff.Len() == 0:
	case *update:
		if err := os.WriteFile(name, []byte(now.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		t.Logf("written:\n%s", diff.String())
	default:
		t.Errorf("ranks differ; if they are to, run go test ./workspace/indexing -run OwnTree -update\n%s", diff.String())
	}
}

// rankName is what the table says of a rank, 0 being none.
func rankName(rank int) string {
	switch {
	case rank == 1:
		return "first"
	case rank == 2, rank == 3:
		return "2-3"
	case rank >= 4 && rank <= 10:
		return "4-10"
	}
	return "-"
}

// holds reports whether the table may go on saying what it says of a rank.
func holds(said string, rank int) bool {
	switch said {
	case "first":
		return rank == 1
	case "2-3":
		return rank >= 2 && rank <= 4
	case "4-10":
		return rank >= 3 && rank <= 12
	case "-":
		return rank == 0 || rank >= 9
	}
	return false
}

// filesFound are the first twelve files that a query finds, each once, by path below root.
func filesFound(t *testing.T, e *indexing.Engine, root, query string) (files []string) {
	t.Helper()
	answer, err := e.Search(t.Context(), workspace.Documents{}, indexing.Query{Text: query, Limit: 60})
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range answer.Hits {
		rel, err := filepath.Rel(root, h.Path)
		if err != nil {
			t.Fatal(err)
		}
		if file := filepath.ToSlash(rel); len(files) < 12 && !slices.Contains(files, file) {
			files = append(files, file)
		}
	}
	return files
}

// ownTree is a copy of this repository, without test data.
func ownTree(t *testing.T) (root string) {
	t.Helper()
	root = t.TempDir()
	top := filepath.Join("..", "..")
	for _, dir := range ownDirectories {
		err := filepath.WalkDir(filepath.Join(top, dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			rel, err := filepath.Rel(top, path)
			if err != nil {
				return err
			}
			switch to := filepath.Join(root, rel); {
			case d.IsDir() && d.Name() == "testdata":
				return fs.SkipDir
			case d.IsDir():
				return os.MkdirAll(to, 0o755)
			case !slices.Contains([]string{".go", ".s", ".md"}, filepath.Ext(path)):
				return nil
			default:
				data, err := os.ReadFile(path)
				if err != nil {
					return err
				}
				return os.WriteFile(to, data, 0o644)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return root
}
