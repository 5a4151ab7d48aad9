package main

import (
	"encoding/json"
	"maps"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/semantic-ls/semantic-ls/lsp/lsptest"
	"github.com/semantic-ls/semantic-ls/workspace/settings"
)

func TestIndex(t *testing.T) {
	s := newSandbox(t)
	said := regexp.MustCompile(`^` + regexp.QuoteMeta(s.project) + `: \d+ files, \d+ chunks, [\d.]+ k?B, \d+\.\d s\n$`)
	for _, args := range [][]string{{"index", s.project}, {"index", s.project}, {"index", "--rebuild", s.project}, {"index", filepath.Join(s.project, "retry")}} {
		if got := s.must(args...); !said.MatchString(got) {
			t.Errorf("%q says %q", args, got)
		}
	}
}

func TestStatus(t *testing.T) {
	s := newSandbox(t)
	for _, args := range [][]string{{"status", s.project}, {"status", "--json", s.project}} {
		r := s.run(args...)
		if r.code != exitNone || r.stdout != "" || !strings.Contains(r.stderr, s.project+" has no index\nhint: semantic-ls index '"+s.project+"'\n") {
			t.Errorf("%q without an index: exit code %d\n%s%s", args, r.code, r.stdout, r.stderr)
		}
	}
	if n := s.indexes(); n != 0 {
		t.Errorf("asking made %d indexes", n)
	}
	s.must("index", s.project)
	s.write(filepath.Join(s.project, "late.go"), "package late\n")

	state := objects(t, s.must("status", "--json", s.project))[0]
	if keys := slices.Sorted(maps.Keys(state)); !slices.Equal(keys, []string{"coverage", "index", "root"}) {
		t.Errorf("keys %v", keys)
	}
	coverage, index := state["coverage"].(map[string]any), state["index"].(map[string]any)
	want := []string{"chunks", "dirtyDocuments", "filesIndexed", "filesTotal", "filesWaiting", "model", "percent"}
	if keys := slices.Sorted(maps.Keys(coverage)); !slices.Equal(keys, want) {
		t.Errorf("coverage has %v, want %v", keys, want)
	}
	if state["root"] != s.project || index["health"] != "ok" || index["bytes"].(float64) <= 0 {
		t.Errorf("state %v", state)
	}
	if coverage["filesWaiting"] != 1.0 || coverage["filesTotal"].(float64) != coverage["filesIndexed"].(float64)+1 {
		t.Errorf("status brought the index up to date, or does not see that it is not: %v", coverage)
	}

	state = objects(t, s.must("status", "--json", "--skipped", s.project))[0]
	skipped := func(v any) bool {
		return maps.Equal(v.(map[string]any), map[string]any{"path": "build", "rule": "build/", "source": ".gitignore:1"})
	}
	if list, ok := state["skipped"].([]any); !ok || !slices.ContainsFunc(list, skipped) {
		t.Errorf("skipped: %v", state["skipped"])
	}
	table := s.must("status", "--skipped", s.project)
	for _, line := range []string{"folder   " + s.project + "\n", "\n  build: build/ (.gitignore:1)\n"} {
		if !strings.Contains(table, line) {
			t.Errorf("the table lacks %q:\n%s", line, table)
		}
	}
}

func TestRelated(t *testing.T) {
	s := newSandbox(t)
	twin := filepath.Join(s.project, "retry", "again.go")
	s.write(twin, strings.ReplaceAll(sources["retry/retry.go"], "Backoff", "Again"))
	s.must("index", s.project)
	list := objects(t, s.must("related", "--json", filepath.Join(s.project, "retry", "retry.go")+":10"))
	if len(list) == 0 || !strings.HasSuffix(list[0]["path"].(string), "retry/again.go") || list[0]["symbol"] != "Again" || list[0]["reason"] == nil {
		t.Errorf("the copy of a function is not what is most like it: %v", list)
	}
	t.Chdir(s.project)
	for _, place := range []string{"retry/retry.go:10", "retry/retry.go:10:3"} {
		if got := s.must("related", "-n1", place); !strings.HasPrefix(got, "retry/again.go:") || !strings.Contains(got, "Again") {
			t.Errorf("related %s shows\n%s", place, got)
		}
	}
	s.write(filepath.Join(s.project, "retry", "retry_test.go"),
		"package retry\n\nfunc TestBackoff(t *testing.T) {\n\tif Backoff(1) <= 0 {\n\t\tt.Fatal()\n\t}\n}\n")
	for place, want := range map[string]string{
		"retry/retry.go:10":     "retry/again.go:.*: duplicate  Again  ",
		"retry/retry.go:11":     "retry/retry_test.go:.*: test  TestBackoff  ",
		"retry/retry_test.go:4": "retry/retry.go:.*: test  Backoff  ",
	} {
		if got := s.must("related", place); !regexp.MustCompile("(?m)^" + want).MatchString(got) {
			t.Errorf("related %s shows\n%s\nwant %s", place, got, want)
		}
	}
	for _, c := range []struct{ place, says string }{
		{"retry/retry.go:1000", "has 15 lines"},
		{"build/made.go:1", "is not indexed: build/ (.gitignore:1)"},
	} {
		if r := s.run("related", c.place); r.code != exitError || !strings.Contains(r.stderr, c.says) {
			t.Errorf("related %s: exit code %d, stderr:\n%s", c.place, r.code, r.stderr)
		}
	}
	s.env = []string{"SEMANTIC_LS_CACHE_DIRECTORY=" + t.TempDir()}
	t.Chdir("color")
	if r := s.run("related", "../retry/retry.go:10"); r.code != exitError || !strings.Contains(r.stderr, "outside the current directory") {
		t.Errorf("a file in no folder: exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
}

func TestVersion(t *testing.T) {
	s := newSandbox(t)
	if got := s.must("version"); !strings.HasPrefix(got, "semantic-ls ") || !strings.HasSuffix(got, " "+runtime.Version()+" "+runtime.GOOS+"/"+runtime.GOARCH+"\n") {
		t.Errorf("version says %q", got)
	}
	var b build
	if err := json.Unmarshal([]byte(s.must("version", "--json")), &b); err != nil || b != thisBuild() {
		t.Errorf("version --json says %+v, %v", b, err)
	}
	stamped := build{Version: "v0.1.0", Revision: "0123456789abcdef", Modified: true, Go: "go1.26", Platform: "linux/arm64"}
	if got, want := stamped.String(), "semantic-ls v0.1.0 (0123456789ab, modified) go1.26 linux/arm64"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestCompletion(t *testing.T) {
	s := newSandbox(t)
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if got := s.must("completion", shell); !strings.Contains(got, "semantic-ls") {
			t.Errorf("%s: %q", shell, got)
		}
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"search", ""}, ":4\n"},                               // no files: a query
		{[]string{"search", "query", ""}, ":16\n"},                     // directories
		{[]string{"search", "--color", ""}, "auto\nalways\nnever\n:4"}, // words
		{[]string{"--embedding-provider", ""}, "builtin\nopenai\n:4"},
	} {
		r := s.run(append([]string{cobra.ShellCompRequestCmd}, c.args...)...)
		if !strings.Contains(r.stdout, c.want) {
			t.Errorf("%q completes to %q, want %q", c.args, r.stdout, c.want)
		}
	}
}

func TestHelpHasAnExampleForEveryCommand(t *testing.T) {
	var look func(c *cobra.Command)
	look = func(c *cobra.Command) {
		if c.Example == "" && c.Name() != "version" {
			t.Errorf("%s --help has no example", c.CommandPath())
		}
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			// What stands between ` and ` is shown as the name of the value, which these have not.
			if f.Usage == "" || f.NoOptDefVal != "" && f.Value.Type() == "bool" && strings.Contains(f.Usage, "`") {
				t.Errorf("%s --%s: %q", c.CommandPath(), f.Name, f.Usage)
			}
		})
		for _, sub := range c.Commands() {
			look(sub)
		}
	}
	look((&process{flags: settingsFlags{}}).rootCommand())
}

func TestEverySettingHasAFlag(t *testing.T) {
	root := (&process{flags: settingsFlags{}}).rootCommand()
	for _, row := range settings.Table() {
		flag := root.PersistentFlags().Lookup(flagName(row))
		switch {
		case row.Secret && flag != nil:
			t.Errorf("%s would stand in the list of processes", row.Key)
		case !row.Secret && flag == nil:
			t.Errorf("%s has no flag", row.Key)
		case !row.Secret && (flag.Usage == "" || strings.Contains(flag.Usage, "`")):
			t.Errorf("--%s: %q", flag.Name, flag.Usage)
		}
	}
	if root.PersistentFlags().Lookup("embedding-base-url") == nil {
		t.Error("embedding.baseURL is not --embedding-base-url")
	}
}

func TestSize(t *testing.T) {
	for bytes, want := range map[int64]string{
		0: "0 B", 999: "999 B", 1000: "1.0 kB", 999_949: "999.9 kB", 999_950: "1.0 MB", 1_500_000: "1.5 MB", 5_000_000_000_000: "5.0 TB", 5e18: "5000000.0 TB",
	} {
		if got := size(bytes); got != want {
			t.Errorf("size(%d) = %q, want %q", bytes, got, want)
		}
	}
}

// What the index above leaves out is indexed by itself when it is asked for.
func TestADirectoryThatTheIndexAboveIgnores(t *testing.T) {
	s := newSandbox(t)
	s.write(filepath.Join(s.project, "build", "brew.go"), "package build\n\n// BrewEspresso makes coffee.\nfunc BrewEspresso() {}\n")
	s.must("index", s.project)
	if got := s.must("search", "-l", "espresso coffee", filepath.Join(s.project, "build")); got != "brew.go\n" {
		t.Errorf("found %q", got)
	}
	if got := s.must("status", "--json", filepath.Join(s.project, "build")); objects(t, got)[0]["root"] != filepath.Join(s.project, "build") {
		t.Errorf("status: %s", got)
	}
}

// Commands and an editor share an index, and each finds what the other has stored.
func TestIndexBesideAProcessThatWrites(t *testing.T) {
	s := newSandbox(t)
	s.must("index", s.project)
	srv := s.serve("serve")
	lsptest.Attach(t, srv, func(e *lsptest.Editor) {
		e.Initialize(lsptest.Options{Folders: []string{s.project}})
		e.AwaitReady()
		s.write(filepath.Join(s.project, "late.go"), "package late\n\nfunc LateComer() {}\n")
		for _, args := range [][]string{{"index", s.project}, {"index", "--rebuild", s.project}} {
			if r := s.run(args...); r.code != exitFound || r.stderr != "" || !strings.Contains(r.stdout, ": 6 files, ") {
				t.Errorf("%q: exit code %d\n%s%s", args, r.code, r.stdout, r.stderr)
			}
		}
		if r := s.run("search", "-n1", "LateComer", s.project); r.code != exitFound || r.stderr != "" {
			t.Errorf("search: exit code %d\n%s%s", r.code, r.stdout, r.stderr)
		}
		if health := objects(t, s.must("status", "--json", s.project))[0]["index"].(map[string]any)["health"]; health != "ok" {
			t.Errorf("health: %v", health)
		}
	})
}

// A rule that cannot be used is not silently none.
func TestUnusableRulesAreWarnedOf(t *testing.T) {
	s := newSandbox(t)
	s.write(filepath.Join(s.project, "retry", ".gitignore"), strings.Repeat("x", 5000)+"\n")
	for _, args := range [][]string{{"search", "attempts", s.project}, {"index", s.project}, {"status", s.project}} {
		if r := s.run(args...); r.code != exitFound || !strings.Contains(r.stderr, "warning: ") || !strings.Contains(r.stderr, ".gitignore") {
			t.Errorf("%q: exit code %d, stderr %q", args, r.code, r.stderr)
		}
	}
}
