package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// The tree that is measured stays as it is, and what is measured happens.
func TestMeasure(t *testing.T) {
	tree := t.TempDir()
	for i := range 9 {
		text := fmt.Sprintf("package p\n\n// Retry%d sends the file again.\nfunc Retry%d() {\n\tsend()\n}\n", i, i)
		if err := os.WriteFile(filepath.Join(tree, fmt.Sprintf("f%d.go", i)), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	o := options{queries: []string{"send the file again", "xyzzy"}, colds: 1, rounds: 2, enough: time.Minute}
	before := listing(t, tree)
	r, err := measure(t.Context(), tree, o)
	if err != nil {
		t.Fatal(err)
	}
	if after := listing(t, tree); after != before {
		t.Errorf("the tree was\n%sand is\n%s", before, after)
	}
	if r.Files != 9 || r.Chunks != 9 || r.ColdRuns != 1 || r.Queries != 2 || r.NoHit != 1 {
		t.Errorf("%+v", r)
	}
	if r.SaveFiles != 9 || r.SaveFileBytes == 0 {
		t.Errorf("%+v", r)
	}
	for what, value := range map[string]float64{
		"cold": r.ColdSeconds, "CPU": r.ColdCPU, "source": r.SourceMB, "disk": r.DiskMB, "ratio": r.DiskRatio,
		"start": r.StartMS, "first answer": r.FirstAnswer.P50, "walk": r.WalkMS, "open": r.OpenMS, "query": r.Query.P99,
		"save": r.Save.P95, "save in the engine": r.SaveEngine.P95,
	} {
		if value <= 0 {
			t.Errorf("%s: %v", what, value)
		}
	}
	// 0.1 s is the time in which a file settles; less would mean that something else was found.
	if r.SaveOutside.P50 < 100 {
		t.Errorf("a file that was changed outside is found after %v ms", r.SaveOutside.P50)
	}
	var table strings.Builder
	r.write(&table)
	for _, what := range []string{"cold index", "first answer", "query", "save", "on disk", "times the source; goal 2 x"} {
		if !strings.Contains(table.String(), what) {
			t.Errorf("the table lacks %q:\n%s", what, table.String())
		}
	}
}

func TestQueriesOfATable(t *testing.T) {
	file := filepath.Join(t.TempDir(), "queries.tsv")
	if err := os.WriteFile(file, []byte("# about\nquery\tfile\nsend it again\tf1.go\n\nxyzzy\t\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	list, err := readQueries(file)
	if want := []string{"send it again", "xyzzy"}; err != nil || !slices.Equal(list, want) {
		t.Errorf("%q, %v, want %q", list, err, want)
	}
	if err := os.WriteFile(file, []byte("# none\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := readQueries(file); err == nil {
		t.Error("a table without queries is no error")
	}
}

func TestGoal(t *testing.T) {
	for _, c := range []struct {
		applies bool
		value   float64
		want    string
	}{{true, 15, "; goal 15 x: reached"}, {true, 15.1, "; goal 15 x: MISSED"}, {false, 99, ""}} {
		if got := goal(c.applies, c.value, 15, "x"); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// The share that a quantile names is not exceeded by more than the rest.
func TestLatency(t *testing.T) {
	var took []time.Duration
	for i := range 200 {
		took = append(took, time.Duration(200-i)*time.Millisecond)
	}
	if got, want := latencyOf(took), (latency{101, 191, 199}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := latencyOf(took[:1]); got.P50 != 200 || got.P99 != 200 {
		t.Errorf("%+v of one", got)
	}
}

// listing is all that there is to see of the files of a tree.
func listing(t *testing.T, root string) (list string) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		list += fmt.Sprintf("%s %v %q\n", path, info.ModTime(), text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}
