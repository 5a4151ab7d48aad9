package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
	"github.com/semantic-ls/semantic-ls/vectors/store"
)

// filled is a sandbox with an index of the project of each of two models, one of a folder
// that is gone since, and vectors.
func filled(t *testing.T) (s *sandbox, removed string) {
	t.Helper()
	s = newSandbox(t)
	p := newProvider(t, "")
	removed = filepath.Join(t.TempDir(), "removed")
	s.write(filepath.Join(removed, "a.go"), "package a\n\nfunc Gone() {}\n")
	s.must("index", s.project)
	s.must(append([]string{"index", s.project}, p.flags()...)...)
	s.must("index", removed)
	if err := os.RemoveAll(removed); err != nil {
		t.Fatal(err)
	}
	return s, removed
}

// roots are those of the indexes under a key of the answer.
func roots(t *testing.T, output, key string) (list []string) {
	t.Helper()
	for _, i := range objects(t, output)[0][key].([]any) {
		list = append(list, i.(map[string]any)["root"].(string))
	}
	slices.Sort(list)
	return list
}

func TestCacheList(t *testing.T) {
	s := newSandbox(t)
	if got := objects(t, s.must("cache", "list", "--json"))[0]; len(got["indexes"].([]any)) != 0 || got["directory"] != s.cache {
		t.Errorf("of nothing: %v", got)
	}
	if got := s.must("cache", "list"); got != "vectors: 0 rows, 0 B of at most 2.1 GB\n" {
		t.Errorf("of nothing: %q", got)
	}
	s, removed := filled(t)
	output := s.must("cache", "list", "--json")
	want := []string{s.project, s.project, removed}
	slices.Sort(want)
	if got := roots(t, output, "indexes"); !slices.Equal(got, want) {
		t.Errorf("indexes of %v, want %v", got, want)
	}
	state := objects(t, output)[0]
	for _, i := range state["indexes"].([]any) {
		i := i.(map[string]any)
		if i["exists"] != (i["root"] == s.project) || i["bytes"].(float64) <= 0 || i["model"] == "" {
			t.Errorf("%v", i)
		}
		if used, err := time.Parse(time.RFC3339, i["lastUsed"].(string)); err != nil || used.IsZero() {
			t.Errorf("%v: %v", i, err)
		}
	}
	vectors := state["vectors"].(map[string]any)
	models := vectors["models"].([]any)
	if vectors["rows"].(float64) < 4 || vectors["limit"] != float64(2<<30) || vectors["bytes"].(float64) <= 0 || len(models) != 1 {
		t.Fatalf("vectors: %v", vectors)
	}
	if m := models[0].(map[string]any); !strings.HasPrefix(m["model"].(string), "openai:test") || m["dimensions"] != 4.0 {
		t.Errorf("%v", m)
	}
	text := s.must("cache", "list")
	if n := strings.Count(text, "the folder is gone"); n != 1 || strings.Count(text, s.project) != 2 {
		t.Errorf("says\n%s", text)
	}
}

func TestCachePrune(t *testing.T) {
	s, removed := filled(t)
	for _, args := range [][]string{{"--dry-run"}, {}} {
		output := s.must(append([]string{"cache", "prune", "--json"}, args...)...)
		if got := roots(t, output, "removed"); !slices.Equal(got, []string{removed}) {
			t.Errorf("%q removes %v", args, got)
		}
	}
	if got := s.must("cache", "prune"); got != "" {
		t.Errorf("a second time: %q", got)
	}
	// What nobody has used for two months.
	indexes, err := store.List(s.cache)
	if err != nil || len(indexes) != 2 {
		t.Fatalf("%+v, %v", indexes, err)
	}
	long := time.Now().Add(-100 * 24 * time.Hour)
	err = filepath.WalkDir(s.cache, func(path string, _ os.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, "OPEN.lock") {
			err = os.Chtimes(path, long, long)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	s.must("search", asked, s.project) // uses one of them
	got := s.must("cache", "prune", "--cache-vector-bytes", "0")
	if lines := strings.Split(strings.TrimSpace(got), "\n"); len(lines) != 2 || !strings.Contains(lines[0], "openai:test") ||
		!strings.HasSuffix(lines[0], ": unused for two months") || !strings.HasPrefix(lines[1], "vectors ") {
		t.Errorf("says\n%s", got)
	}
	state := objects(t, s.must("cache", "list", "--json"))[0]
	if n := len(state["indexes"].([]any)); n != 1 || state["vectors"].(map[string]any)["bytes"] != 0.0 {
		t.Errorf("left: %v", state)
	}
	s.must("search", asked, s.project)
}

func TestCacheClear(t *testing.T) {
	s, _ := filled(t)
	before := s.must("cache", "list", "--json")
	said := s.must("cache", "clear", "--dry-run")
	if after := s.must("cache", "list", "--json"); after != before {
		t.Errorf("a dry run makes %s of %s", after, before)
	}
	if got := s.must("cache", "clear"); got != said || strings.Count(got, "\n") != 4 {
		t.Errorf("says\n%s\nafter a dry run that said\n%s", got, said)
	}
	if _, err := os.Stat(s.cache); !os.IsNotExist(err) {
		entries, _ := os.ReadDir(s.cache)
		t.Errorf("left: %v, %v", entries, err)
	}
	if got := s.must("cache", "clear"); got != "" {
		t.Errorf("of nothing: %q", got)
	}
	s.must("search", asked, s.project)
}

// What another process has open is left, and said.
func TestCacheClearLeavesWhatAnotherProcessHasOpen(t *testing.T) {
	s, _ := filled(t)
	m := static.New().Model()
	open := store.Open(s.cache, store.Identity{Root: s.project, Model: m.Identity(), Dimensions: m.Dimensions})
	defer open.Close()
	if news, err := open.Load(t.Context()); err != nil || len(news.Pieces)+len(news.Changes) == 0 {
		t.Fatal("another index is open", err)
	}
	r := s.run("cache", "clear", "--json")
	if r.code != exitError || !strings.Contains(r.stderr, "clear: "+s.project+": another process has it open\n") {
		t.Errorf("exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	if kept := roots(t, r.stdout, "kept"); !slices.Equal(kept, []string{s.project}) {
		t.Errorf("kept %v", kept)
	}
	if got := roots(t, s.must("cache", "list", "--json"), "indexes"); !slices.Equal(got, []string{s.project}) {
		t.Errorf("left: %v", got)
	}
	change := func(store.News) (store.Change, bool) { return store.Change{Removed: []string{"a"}}, true }
	if _, _, err := open.Append(change); err != nil || open.Health() != store.HealthOK {
		t.Errorf("the other process cannot go on: %v, %s", err, open.Health())
	}
	// prune leaves it as well, which is no error.
	if err := os.RemoveAll(s.project); err != nil {
		t.Fatal(err)
	}
	if r := s.run("cache", "prune"); r.code != exitFound || !strings.Contains(r.stderr, "warning: left: "+s.project) {
		t.Errorf("prune: exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
}

func TestCacheMistakes(t *testing.T) {
	s := newSandbox(t)
	for want, args := range map[string][]string{
		"which of list, prune and clear?":             {"cache"},
		"did you mean `semantic-ls cache prune`?":     {"cache", "prun"},
		"it is one of list, prune and clear":          {"cache", "everything"},
		"1 arguments, at most 0 make sense":           {"cache", "clear", "x"},
		"see `semantic-ls cache list --help`":         {"cache", "list", "--frobnicate"},
		"cache.vectorBytes is -1 in the command line": {"cache", "list", "--cache-vector-bytes=-1"},
	} {
		r := s.run(args...)
		if r.code != exitError || !strings.Contains(r.stderr, want) {
			t.Errorf("%q: exit code %d\n%s", args, r.code, r.stderr)
		}
	}
	got := s.run("__complete", "cache", "").stdout
	for _, name := range []string{"list\t", "prune\t", "clear\t"} {
		if !strings.Contains(got, name) {
			t.Errorf("completions: %q", got)
		}
	}
}

// A directory whose name has what patterns are made of.
func TestCacheDirectoryWithAnOddName(t *testing.T) {
	s, _ := filled(t)
	odd := filepath.Join(t.TempDir(), "[x]*")
	if err := os.Rename(s.cache, odd); err != nil {
		t.Fatal(err)
	}
	s.must("cache", "clear", "--cache-directory", odd)
	if _, err := os.Stat(odd); !os.IsNotExist(err) {
		t.Errorf("left: %v", err)
	}
}
