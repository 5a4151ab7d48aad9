package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

func TestSearchWithFilters(t *testing.T) {
	s := newSandbox(t)
	test := filepath.Join(s.project, "retry", "retry_test.go")
	s.write(test, "package retry\n\n// TestBackoff tries again.\nfunc TestBackoff() {}\n")
	s.must("index", s.project)
	for _, c := range []struct {
		flags []string
		below string
		want  string
	}{
		{[]string{"-g", "*.go"}, "", "retry/limit/limit.go retry/retry.go retry/retry_test.go"},
		{[]string{"-g", "*.go", "-g", "!*_test.go"}, "", "retry/limit/limit.go retry/retry.go"},
		{[]string{"--glob=!*.{go,py}"}, "", ".gitignore"},
		{[]string{"-g/*.go"}, "retry", "retry.go retry_test.go"}, // relative to DIR
		{[]string{"-g", "retry/limit"}, "", "retry/limit/limit.go"},
		{[]string{"-tpython"}, "", "color/convert.py color/names.py"},
		{[]string{"-t", "py", "-t", "ignore"}, "", ".gitignore color/convert.py color/names.py"},
		{[]string{"-t", "py,ignore"}, "", ".gitignore color/convert.py color/names.py"},
		{[]string{"-T", "go", "-T", "ignore"}, "", "color/convert.py color/names.py"},
		{[]string{"--kind", "struct"}, "", "retry/limit/limit.go"},
		{[]string{"--kind", "function", "-t", "go", "-g", "!*_test.go"}, "", "retry/retry.go"},
	} {
		args := append([]string{"search", "-l", "attempt colour build again", filepath.Join(s.project, c.below)}, c.flags...)
		files := strings.Fields(s.must(args...))
		slices.Sort(files)
		if got := strings.Join(files, " "); got != c.want {
			t.Errorf("%q finds %s, want %s", c.flags, got, c.want)
		}
	}
	for _, hit := range objects(t, s.must("search", "--json", "--kind", "method", "--kind", "constant", "attempts", s.project)) {
		if hit["kind"] != "method" && hit["kind"] != "constant" {
			t.Errorf("%v", hit)
		}
	}
	place := filepath.Join(s.project, "retry", "retry.go") + ":10"
	for _, hit := range objects(t, s.must("related", "--json", "-t", "go", "-g", "*_test.go", "--kind", "function", place)) {
		if !strings.HasSuffix(hit["path"].(string), "retry_test.go") {
			t.Errorf("%v", hit)
		}
	}
}

func TestFiltersThatFindNothing(t *testing.T) {
	s := newSandbox(t)
	s.must("index", s.project)
	place := filepath.Join(s.project, "retry", "retry.go") + ":10"
	const nothing = "warning: nothing is searched: "
	for _, c := range []struct {
		args []string
		code int
		says []string // on stderr, a line each
	}{
		{[]string{"-g", "*.rs"}, exitNone, []string{nothing + "no indexed file matches globs *.rs"}},
		{[]string{"-t", "rust"}, exitNone, []string{nothing + "no indexed file matches languages rust"}},
		{[]string{"--kind", "event"}, exitNone, []string{nothing + "nothing that is indexed is of kind event"}},
		{[]string{"-t", "pyton"}, exitError, []string{
			`-t "pyton" is no language that files are told to be in`, "hint: did you mean `-t python`?",
			"hint: --type-list lists the languages",
		}},
		{[]string{"-T", "klingon"}, exitError, []string{
			`-T "klingon" is no language that files are told to be in`, "hint: --type-list lists the languages",
		}},
		{[]string{"--kind", "func"}, exitError, []string{
			`--kind "func" is no kind of definition`, "hint: did you mean `--kind function`?", "hint: the kinds are text, file, ",
		}},
		{[]string{"-g", "*.[ch"}, exitError, []string{
			`the glob "*.[ch" can match nothing: a [ without its ], which stands for itself as \[`, "hint: -g '*.go'",
		}},
		{[]string{"-g", ""}, exitError, []string{`the glob "" can match nothing: it names nothing`, "hint: -g '*.go'"}},
	} {
		for _, args := range [][]string{{"search", "attempts", s.project}, {"related", place}} {
			r := s.run(append(args, c.args...)...)
			if says := strings.Join(c.says, "\n"); r.code != c.code || r.stdout != "" || !strings.Contains(r.stderr, says) {
				t.Errorf("%q: exit code %d\n%s%s", append(args, c.args...), r.code, r.stdout, r.stderr)
			}
		}
	}
}

func TestTypeList(t *testing.T) {
	s := newSandbox(t)
	for _, name := range []string{"search", "related"} {
		list := s.must(name, "--type-list")
		for _, line := range []string{"\ngo: *.go\n", "\nhaskell: *.hs, *.hsc, *.lhs\n", "\nmakefile: makefile, "} {
			if !strings.Contains(list, line) {
				t.Errorf("%s --type-list lacks %q:\n%s", name, line, list)
			}
		}
		r := s.run(name, "--type-list", "x")
		if r.code != exitError || !strings.Contains(r.stderr, "hint: semantic-ls "+name+" --type-list\n") {
			t.Errorf("with an argument: exit code %d\n%s%s", r.code, r.stdout, r.stderr)
		}
	}
}

func TestFiltersAreCompleted(t *testing.T) {
	s := newSandbox(t)
	for _, name := range []string{"search", "related"} {
		for _, c := range []struct{ args, want string }{
			{"-t ", "\ngo\n"},
			{"--type-not ", "\npython\n"},
			{"--kind ", "\nenummember\n"},
			{"-g ", ":4\n"},
		} {
			r := s.run(append([]string{cobra.ShellCompRequestCmd, name}, strings.Split(c.args, " ")...)...)
			if !strings.Contains(r.stdout, c.want) || !strings.HasSuffix(r.stdout, ":4\n") {
				t.Errorf("%s %s completes to %q, want %q", name, c.args, r.stdout, c.want)
			}
		}
	}
}
