package main

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

func TestFiltersInTheQuery(t *testing.T) {
	s := newSandbox(t)
	s.must("index", s.project)
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"attempt lang:go path:limit/"}, "retry/limit/limit.go:"},
		{[]string{"--", "-path:limit attempt lang:go"}, "retry/retry.go:"},
		{
			[]string{"--", `-lang:py "attempts that are left"`},
			"retry/limit/limit.go:4: Budget  // Budget counts the attempts that are left.",
		},
		{[]string{`re:/^func \(.*\) Spend/`}, "retry/limit/limit.go:8: Budget.Spend  func (b *Budget) Spend() bool {"},
		{[]string{"lang:go kind:function"}, "retry/retry.go:"},
		{[]string{"-t", "py,go", "content:code kind:struct"}, "retry/limit/limit.go:"},
	} {
		got := s.must(append([]string{"search", "-n5"}, append(c.args, s.project)...)...)
		for line := range strings.Lines(got) {
			if !strings.HasPrefix(line, c.want) {
				t.Errorf("%q finds %s, want %s", c.args, line, c.want)
			}
		}
	}
}

// Whatever is asked gets an answer or says why not, and the way out.
func TestQueriesOfAnyKind(t *testing.T) {
	s := newSandbox(t)
	s.must("index", s.project)
	const noWord = "warning: nothing is searched: there is no word in the query"
	for _, c := range []struct {
		name, query string
		code        int
		says        []string // on stderr
	}{
		{"a megabyte", strings.Repeat("pause after a failed attempt ", 1<<20/29), exitFound, nil},
		{"a megabyte of filters", strings.Repeat("kind:budget ", 1<<17), exitFound, nil},
		{"a megabyte in one word", strings.Repeat("x", 1<<20), exitNone, []string{noWord}},
		{"only stop words", "what is the", exitFound, nil},
		{"only punctuation", "?! -> ()", exitNone, []string{noWord}},
		{"German", "wie oft wird es nach größeren Fehlern versucht, Budget", exitFound, nil},
		{"Chinese", "取消请求 Budget", exitFound, nil},
		{"Chinese alone", "取消请求", exitNone, nil},
		{"control characters", "\x01\x1b[31m budget \x7f", exitFound, nil},
		{"control characters alone", "\x01\x1b\x7f", exitNone, []string{noWord}},
		{"an unclosed quote", `"budget lang:klingon`, exitFound, nil},
		{"a quote with nothing in it", `budget ""`, exitFound, nil},
		{"colons in text", "http://host std::vector error: budget foo:bar", exitFound, nil},
		{"an unknown language", "budget lang:klingon", exitError, []string{
			`lang: "klingon" is no language that files are told to be in`, "hint: --type-list lists the languages",
			`hint: in quotes it is text: "lang:klingon"`,
		}},
		{"a language mistyped", "budget lang:pyton", exitError, []string{"hint: did you mean `lang:python`?"}},
		{"an unknown kind", "budget kind:func", exitError, []string{
			`kind: "func" is no kind`,
			"hint: did you mean `kind:function`?", "hint: there are text, ",
		}},
		{"an unknown content", "budget content:x", exitError, []string{
			`content: "x" is no sort of content`,
			"hint: there are code, docs, config",
		}},
		{"a path that matches nothing", "budget path:*[", exitError, []string{
			`path: the glob "*[" can match nothing`,
			`hint: in quotes it is text: "path:*["`,
		}},
		{"an unknown filter", "langs:go budget", exitError, []string{"langs:go is no filter", "hint: did you mean `lang:go`?"}},
		{"a broken pattern", "re:/a(b/", exitError, []string{"the pattern /a(b/ cannot be used", "hint: missing closing ): `a(b`"}},
		{"an open pattern", "re:/a b", exitError, []string{`"re:/a b" has no slash that ends it`, "hint: re:/pattern/"}},
		{"a pattern that backtracks elsewhere", "re:/(a*)*(a|aa)+/", exitFound, nil},
		{"a pattern that grows", "re:/((a{0,9}){0,9}){0,9}/", exitError, []string{"cannot be used", "hint: 1730 steps"}},
		{"too many filters", strings.Repeat("lang:go ", 100), exitError, []string{"too many filters", "hint: 64 are the most"}},
		{
			"filters that contradict each other", "budget lang:go path:*.py", exitNone,
			[]string{"nothing is searched: no indexed file matches paths *.py; languages go"},
		},
		{"text that is nowhere", `"budget of nobody"`, exitNone, nil},
		{
			"a minus without --", "-path:test budget", exitError,
			[]string{"hint: a query that begins with - stands behind --: semantic-ls search -- "},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := s.run("search", c.query, s.project)
			if r.code != c.code || (r.stdout != "") != (c.code == exitFound) {
				t.Errorf("exit code %d, want %d\n%.500s%.500s", r.code, c.code, r.stdout, r.stderr)
			}
			for _, said := range c.says {
				if !strings.Contains(r.stderr, said) {
					t.Errorf("stderr lacks %q:\n%s", said, r.stderr)
				}
			}
			if c.says == nil && r.stderr != "" {
				t.Errorf("stderr:\n%s", r.stderr)
			}
		})
	}
}

func TestWhyNotNamesTheFilterInTheQuery(t *testing.T) {
	s := newSandbox(t)
	s.must("index", s.project)
	for query, want := range map[string]string{
		"attempt lang:py":         "retry/retry.go: left out by lang:py\n",
		`attempt "left"`:          "retry/retry.go: left out by \"left\"\n",
		"attempt path:limit":      "retry/retry.go: left out by path:limit\n",
		"lang:go kind:function":   "retry/retry.go: number 1 of 1, ",
		"attempt re:/^func Back/": "retry/retry.go: number 1 of 1, ",
	} {
		r := s.run("search", "--why-not", "retry/retry.go", query, s.project)
		if !strings.HasPrefix(r.stdout, want) || r.stderr != "" || (r.code == exitFound) != strings.Contains(want, "number") {
			t.Errorf("%s: exit code %d\n%s%s", query, r.code, r.stdout, r.stderr)
		}
	}
}

func TestFiltersInTheQueryAreCompleted(t *testing.T) {
	s := newSandbox(t)
	for typed, want := range map[string]string{
		"lang:": "lang:go\n", "retry -kind:fu": "retry -kind:function\n", "content:": "content:docs\n", "retry": ":4\n",
	} {
		r := s.run(cobra.ShellCompRequestCmd, "search", typed)
		if !strings.Contains(r.stdout, want) || !strings.HasSuffix(r.stdout, ":4\n") {
			t.Errorf("%s completes to %q, want %q", typed, r.stdout, want)
		}
	}
	if r := s.run(cobra.ShellCompRequestCmd, "search", "retry", ""); !strings.HasSuffix(r.stdout, ":16\n") {
		t.Errorf("behind the query: %q", r.stdout)
	}
}
