package measure_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/bench/quality/measure"
	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
)

func TestNDCG(t *testing.T) {
	second := 1 / math.Log2(3)
	for _, c := range []struct {
		found, targets string
		want           float64
	}{
		{"a b", "a", 1},
		{"b a", "a", second},
		{"lib/a b", "a", 1},
		{"liba a", "a", second},
		{"a b", "a b", 1},
		{"a x b", "a b", (1 + 0.5) / (1 + second)},
		{"1 2 3 4 5 6 7 8 9 10 a", "a", 0},
		{"", "a", 0},
	} {
		if got := measure.NDCG(strings.Fields(c.found), strings.Fields(c.targets)); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("found %q, wanted %q: %.4f, want %.4f", c.found, c.targets, got, c.want)
		}
	}
}

func TestInterval(t *testing.T) {
	if low, high := measure.Interval([]float64{.5, .5, .5}); math.Abs(low-.5)+math.Abs(high-.5) > 1e-9 {
		t.Errorf("of what does not vary: %v to %v", low, high)
	}
	if low, high := measure.Interval([]float64{0, 1, 0, 1, 0, 1, 0, 1, 0, 1}); low < .1 || low > .3 || high < .7 || high > .9 {
		t.Errorf("of ten coins: %v to %v", low, high)
	}
	if low, high := measure.Interval(nil); low != 0 || high != 0 {
		t.Errorf("of nothing: %v to %v", low, high)
	}
}

// write makes files below a new directory, with tables of two repositories of which one is here.
func write(t *testing.T, more map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	files := map[string]string{
		"repos": "repo\thalf\tlanguage\tgithub\trevision\troot\nzoo\ttune\tgo\tx/zoo\t1\tsrc\ngone\ttune\tgo\tx/gone\t1\t.\n" +
			"inn\treport\tgo\tx/inn\t1\t.\nmute\ttune\tgo\tx/mute\t1\t.\n",
		"tasks": "repo\tcategory\tquery\ttargets\nzoo\tsemantic\tstroke the zebra\tsrc/zebra.go\nzoo\tsymbol\tFeedLion\tsrc/lion.go\n" +
			"gone\tsymbol\tx\ty\ninn\tsymbol\tBeer\tbeer.go;wine.go\n",
		"all/revisions.tsv":    "repo\trevision\tdate\nzoo\t2\t2026-01-01\n",
		"all/zoo/src/lion.go":  "package zoo\n\nfunc FeedLion() {}\n",
		"all/zoo/src/zebra.go": "package zoo\n\n// Stroke strokes a zebra.\nfunc Stroke() {}\n",
		"all/zoo/src/zebra.md": "To stroke the zebra, stroke the zebra: the zebra.\n",
		"all/zoo/other/x.go":   "package other // stroke the zebra\n",
		"all/inn/beer.go":      "package inn\n\nfunc Beer() {}\n",
		"all/mute/x.go":        "package mute\n",
	}
	for name, text := range more {
		files[name] = text
	}
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func source(dir, half string) measure.Source {
	return measure.Source{
		Repos: filepath.Join(dir, "repos"), Tasks: filepath.Join(dir, "tasks"), Checkouts: filepath.Join(dir, "all"), Half: half,
	}
}

func names(list []*measure.Repository) (names []string) {
	for _, r := range list {
		names = append(names, r.Name)
	}
	return names
}

func TestReadTakesWhatIsHereAndAsked(t *testing.T) {
	dir := write(t, nil)
	for half, want := range map[string]string{
		"": "[zoo inn] without [gone]", "tune": "[zoo] without [gone]", "report": "[inn] without []",
	} {
		s, err := measure.Read(source(dir, half))
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(names(s.Repositories), " without ", names(s.Missing)); got != want {
			t.Errorf("half %q: %s, want %s", half, got, want)
		}
	}
	s, err := measure.Read(source(dir, ""))
	if err != nil {
		t.Fatal(err)
	}
	zoo, inn := s.Repositories[0], s.Repositories[1]
	if zoo.Here != (measure.Revision{Hash: "2", Date: "2026-01-01"}) || zoo.Pinned != "1" || inn.Here != (measure.Revision{}) {
		t.Errorf("zoo is at %v, inn at %v", zoo.Here, inn.Here)
	}
	if len(zoo.Tasks) != 2 || !slices.Equal(inn.Tasks[0].Targets, []string{"beer.go", "wine.go"}) || !s.Halved {
		t.Errorf("tasks %v and %v, halved %v", zoo.Tasks, inn.Tasks[0], s.Halved)
	}
}

func TestReadSaysWhatIsWrong(t *testing.T) {
	for _, c := range []struct{ name, file, text, half, want string }{
		{"half", "unused", "", "best", `no half "best": there are tune and report`},
		{"no table", "repos", "", "", "no rows"},
		{"column", "tasks", "repo\tcategory\tquery\n", "", "has no column targets"},
		{"short row", "tasks", "repo\tcategory\tquery\ttargets\nzoo\tsymbol\n", "", "tasks:2: 2 fields, the heading has 4"},
		{"nothing here", "tasks", "repo\tcategory\tquery\ttargets\ngone\tsymbol\tx\ty\n", "", "-clone makes the checkouts"},
		{"revisions", "all/revisions.tsv", "repo\thash\n", "", "has no column revision"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := write(t, map[string]string{c.file: c.text})
			if _, err := measure.Read(source(dir, c.half)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one that says %q", err, c.want)
			}
		})
	}
}

func TestMethodsRankOnlyWhatIsBelowTheRoot(t *testing.T) {
	s, err := measure.Read(source(write(t, nil), "tune"))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Index(t.Context(), t.TempDir(), static.New()); err != nil {
		t.Fatal(err)
	}
	zoo := s.Repositories[0]
	for _, c := range []struct {
		name   string
		method measure.Method
		first  string // "": it depends on the model
		files  int    // that are found for the first question; 0: it depends on the model
	}{
		{"whole", measure.Weighted("", measure.Default(), true), "src/zebra.go", 0},
		{"words", measure.Weighted("", measure.Default(), false), "src/zebra.go", 2},
		{"dense", measure.Dense(""), "", 0},
		{"BM25 of code", measure.BM25("", false), "src/zebra.go", 1},
		{"BM25 of all", measure.BM25("", true), "src/zebra.md", 2},
	} {
		found, err := zoo.Ask(t.Context(), c.method, zoo.Tasks[0])
		if err != nil {
			t.Fatal(err)
		}
		outside := func(file string) bool { return !strings.HasPrefix(file, "src/") }
		first := cmp.Or(c.first, found.Files[0])
		if c.files > 0 && len(found.Files) != c.files || found.Files[0] != first || found.Hits[0] != first ||
			slices.ContainsFunc(found.Files, outside) {
			t.Errorf("%s finds %v, want %d files and first %s", c.name, found, c.files, c.first)
		}
	}
	scores, err := s.Score(t.Context(), measure.Weighted("", measure.Default(), true))
	if err != nil {
		t.Fatal(err)
	}
	if got := measure.Means(scores.Files); len(got) != 1 || got[0] != 1 {
		t.Errorf("means %v, want 1", got)
	}
}

// What is dumped is what the ranking ranks by: the best candidate's values and classes make its score.
func TestCandidatesHaveTheirSignals(t *testing.T) {
	s, err := measure.Read(source(write(t, map[string]string{
		"all/zoo/src/zebra_test.go": "package zoo\n\nfunc TestStroke() { stroke(zebra) }\n",
	}), "tune"))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Index(t.Context(), t.TempDir(), static.New()); err != nil {
		t.Fatal(err)
	}
	zoo, of := s.Repositories[0], measure.Default()
	list, err := zoo.Candidates(t.Context(), of, zoo.Tasks[0])
	if err != nil {
		t.Fatal(err)
	}
	if len(list) < 3 || !list[0].Right || list[1].Right || list[0].Score <= list[1].Score {
		t.Fatalf("candidates %+v", list)
	}
	sum, all := 0.0, 0.0
	for i, n := range measure.Numbers() {
		if n.Signal && !n.Kept { // the question is no name
			sum += list[0].Values[i] * *n.Of(&of)
			all += *n.Of(&of)
		}
	}
	if math.Abs(sum/all-list[0].Score) > 1e-6 {
		t.Errorf("the signals make %v, the score is %v", sum/all, list[0].Score)
	}
	test := slices.IndexFunc(list, func(c measure.Candidate) bool { return c.Path == "src/zebra_test.go" })
	if test < 0 || !list[test].Classes[0] || slices.Contains(list[test].Classes[1:], true) {
		t.Errorf("the test is candidate %d of %+v", test, list)
	}
	var table strings.Builder
	if err := s.Dump(t.Context(), &table, of); err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(strings.TrimSuffix(table.String(), "\n"), "\n")
	heading, first := strings.Split(rows[0], "\t"), strings.Split(rows[1], "\t")
	if len(rows) < 1+len(list) || len(first) != len(heading) || heading[6] != "chunk" ||
		first[2] != "src/zebra.go" || first[4] != "1" {
		t.Errorf("the table is\n%s", table.String())
	}
}

func TestNumbersByName(t *testing.T) {
	of := measure.Default()
	if got := measure.Of(of.List()); got != of {
		t.Errorf("there and back %v, want %v", got, of)
	}
	for i, n := range measure.Numbers() {
		for j, x := range of.Without(n).List() {
			if want := of.List()[j]; (i == j) != (x == 0) || i != j && x != want {
				t.Errorf("without %s: number %d is %v", n.Name, j, x)
			}
		}
	}
	w, err := of.With("dense=0,test=2.5")
	if err != nil || w.Weights.Dense != 0 || w.Factors.Test != 2.5 || w.Weights.Chunk != of.Weights.Chunk {
		t.Errorf("changed to %v, %v", w, err)
	}
	if !strings.Contains(w.String(), ", dense 0, ") || !strings.Contains(w.String(), ", test 2.5, ") {
		t.Errorf("it is told as %s", w)
	}
	for changes, want := range map[string]string{
		"luck=1": "there are chunk, file", "dense": "dense=: want a number", "dense=-1": "from 0 to 100", "dense=NaN": "from 0 to 100",
	} {
		if _, err := of.With(changes); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", changes, err, want)
		}
	}
}

// A git whose repositories have no pinned revision but that of x/zoo.
func TestCloneTakesThePinnedRevisionElseTheNewest(t *testing.T) {
	dir := write(t, map[string]string{
		"repos": "repo\tgithub\trevision\nzoo\tx/zoo\t1\nold\tx/old\t2\nnew\tx/new\t3\nbad\tx/bad\t4\n",
	})
	all := filepath.Join(dir, "all")
	var ran []string
	git := func(_ context.Context, arguments ...string) error {
		command := strings.ReplaceAll(strings.Join(arguments, " "), all+string(filepath.Separator), "")
		ran = append(ran, command)
		switch {
		case arguments[0] == "init":
			return os.MkdirAll(arguments[2], 0o755)
		case strings.HasSuffix(command, " 2") || strings.Contains(command, "x/bad"):
			return errors.New("no such thing in " + command)
		}
		return nil
	}
	var said []string
	err := measure.Clone(t.Context(), git, filepath.Join(dir, "repos"), all, "host/", func(s string) { said = append(said, s) })
	if err == nil || !strings.Contains(err.Error(), "x/bad HEAD") || strings.Contains(err.Error(), "x/old") {
		t.Errorf("error %v, want that of bad alone", err)
	}
	want := `init --quiet old
-C old fetch --quiet --depth 1 host/x/old 2
-C old fetch --quiet --depth 1 host/x/old HEAD
-C old checkout --quiet FETCH_HEAD
init --quiet new
-C new fetch --quiet --depth 1 host/x/new 3
-C new checkout --quiet FETCH_HEAD
init --quiet bad
-C bad fetch --quiet --depth 1 host/x/bad 4
-C bad fetch --quiet --depth 1 host/x/bad HEAD`
	if got := strings.Join(ran, "\n"); got != want {
		t.Errorf("git was run as\n%s\nwant\n%s", got, want)
	}
	const told = "2 of 4: x/old\nold: revision 2 cannot be had, this is the newest\n3 of 4: x/new\n4 of 4: x/bad"
	if got := strings.Join(said, "\n"); got != told {
		t.Errorf("said\n%s", got)
	}
	if _, err := os.Stat(filepath.Join(all, "bad")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("what failed is left: %v", err)
	}
}
