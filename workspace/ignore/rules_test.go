package ignore

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// build writes a tree: each line of spec is a path, or a path and what the file holds, with \n for line breaks. A
// path that ends in a slash is a directory. It returns the real path of the tree, in a home of its own.
func build(t *testing.T, spec string) string {
	t.Helper()
	base, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	isolate(t, filepath.Join(base, "home"))
	top := filepath.Join(base, "home", "top")
	if err := os.MkdirAll(top, 0o755); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(spec) {
		file, data, _ := strings.Cut(strings.TrimSpace(line), " ")
		if file == "" {
			continue
		}
		path := filepath.Join(top, filepath.FromSlash(file))
		if strings.HasSuffix(file, "/") {
			if err := os.MkdirAll(path, 0o755); err != nil {
				t.Fatal(err)
			}
			continue
		}
		write(t, path, strings.ReplaceAll(strings.ReplaceAll(data, `\n`, "\n"), "TOP", filepath.ToSlash(top)))
	}
	return top
}

func root(t *testing.T, dir string) *Rules {
	t.Helper()
	r, err := Root(dir)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// check holds the answers for the paths against want: "" for "not skipped", else Skip.String.
func check(t *testing.T, r *Rules, want map[string]string) {
	t.Helper()
	for path, skip := range want {
		isDir := strings.HasSuffix(path, "/")
		if got := r.Path(path, isDir).String(); got != skip {
			t.Errorf("%s: got %q, want %q", path, got, skip)
		}
	}
}

const repo = `
	.git/HEAD ref: refs/heads/main
	.git/objects/
	.git/refs/
`

func TestSourcesAreNamed(t *testing.T) {
	top := build(t, repo+`
		.git/info/exclude # mine\n*.mine
		.gitignore *.top
		sub/.gitignore \n*.sub
		sub/deep/.semanticignore *.deep
		../.config/git/ignore *.user
	`)
	check(t, root(t, top), map[string]string{
		"a.go":            "",
		"a.mine":          "*.mine (.git/info/exclude:2)",
		"a.top":           "*.top (.gitignore:1)",
		"sub/a.sub":       "*.sub (sub/.gitignore:2)",
		"sub/deep/a.deep": "*.deep (sub/deep/.semanticignore:1)",
		"sub/a.user":      "*.user (~/.config/git/ignore:1)",
	})
	check(t, root(t, filepath.Join(top, "sub")), map[string]string{
		"a.mine":      "*.mine (../.git/info/exclude:2)",
		"a.top":       "*.top (../.gitignore:1)",
		"a.sub":       "*.sub (.gitignore:2)",
		"deep/a.deep": "*.deep (deep/.semanticignore:1)",
		"a.user":      "*.user (~/.config/git/ignore:1)",
	})
}

func TestIgnoredParentDecides(t *testing.T) {
	top := build(t, repo+`
		.gitignore out/\n!out/keep.go
		vendor/.gitignore *\n!*/\n!*.go
	`)
	check(t, root(t, top), map[string]string{
		"out/keep.go":     "out/ (.gitignore:1)",
		"out/a/b/c.go":    "out/ (.gitignore:1)",
		"out":             "", // a file of that name
		"vendor/x/y.go":   "",
		"vendor/x/y.txt":  "* (vendor/.gitignore:1)",
		"vendor/x/":       "",
		"a/../out/b.go":   "out/ (.gitignore:1)",
		"../elsewhere.go": "outside of the folder (built-in)",
		".":               "",
	})
}

func TestOpenedIgnoredFolder(t *testing.T) {
	top := build(t, repo+`
		.gitignore /build/\n*.log
		build/.gitignore *.tmp
	`)
	check(t, root(t, filepath.Join(top, "build")), map[string]string{
		"a.go":  "",
		"a.log": "*.log (../.gitignore:2)",
		"a.tmp": "*.tmp (.gitignore:1)",
	})
}

func TestWithoutRepository(t *testing.T) {
	top := build(t, `
		.gitignore *.above
		sub/.gitignore *.here
		sub/.git/
		../.config/git/ignore *.user
	`)
	// An empty .git is no repository, so nothing above the opened folder holds.
	r := root(t, filepath.Join(top, "sub"))
	check(t, r, map[string]string{
		"a.above": "",
		"a.here":  "*.here (.gitignore:1)",
		"a.user":  "*.user (~/.config/git/ignore:1)",
	})
	if repoTop, shared := r.Repository(); repoTop != "" || shared != "" {
		t.Errorf("Repository: %q, %q", repoTop, shared)
	}
}

func TestNestedRepository(t *testing.T) {
	top := build(t, repo+`
		.gitignore *.outer
		.semanticignore *.semantic
		sub/.git gitdir: ../.git/modules/sub
		sub/.gitignore *.inner
		.git/modules/sub/HEAD x
		.git/modules/sub/info/exclude *.module
		.git/modules/sub/config [core]\nignorecase = true
	`)
	r := root(t, top)
	check(t, r, map[string]string{
		"a.outer":          "*.outer (.gitignore:1)",
		"sub/a.outer":      "",
		"sub/a.inner":      "*.inner (sub/.gitignore:1)",
		"sub/deep/A.INNER": "*.inner (sub/.gitignore:1)",
		"sub/a.module":     "*.module (.git/modules/sub/info/exclude:1)",
		"sub/a.semantic":   "*.semantic (.semanticignore:1)",
		"A.OUTER":          "",
	})
	_, outer := r.Repository()
	_, inner := r.Sub("sub").Repository()
	if outer == inner || !strings.HasSuffix(filepath.ToSlash(inner), ".git/modules/sub") {
		t.Errorf("shared directories %q and %q", outer, inner)
	}
}

func TestWorktree(t *testing.T) {
	top := build(t, `
		main/.git/HEAD x
		main/.git/info/exclude *.shared
		main/.git/config [core]\nexcludesFile = "TOP/my # file" # a comment
		main/.git/worktrees/copy/HEAD x
		main/.git/worktrees/copy/commondir ../..
		copy/.git gitdir: TOP/main/.git/worktrees/copy\n
	`)
	write(t, filepath.Join(top, "my # file"), "*.mine\n")
	r := root(t, filepath.Join(top, "copy"))
	check(t, r, map[string]string{
		"a.shared": "*.shared (~/top/main/.git/info/exclude:1)",
		"a.mine":   "*.mine (~/top/my # file:1)",
	})
	_, shared := r.Repository()
	if _, main := root(t, filepath.Join(top, "main")).Repository(); shared != main || main == "" {
		t.Errorf("shared directories %q and %q", shared, main)
	}
}

func TestBareRepositoryHasNoWorkingTree(t *testing.T) {
	top := build(t, `
		.git gitdir: ./.bare
		.bare/HEAD x
		.bare/objects/
		.bare/config [core]\nbare
	`)
	r := root(t, top)
	if repoTop, shared := r.Repository(); repoTop != top || shared != "" {
		t.Errorf("Repository: %q, %q", repoTop, shared)
	}
	check(t, r, map[string]string{".bare/": "version control: bare repository (built-in)"})
}

func TestSemanticIgnoreBeatsAll(t *testing.T) {
	top := build(t, repo+`
		.gitignore gen/\n*.log\n!*.png\n!node_modules
		.semanticignore !gen/\n!debug.log\n!node_modules/\nsecret.go\n!logo.png\n!.env\n!*.pem\n!app.min.js\n!.git/
		sub/.semanticignore !secret.go\n!*\n!conf/**
	`)
	check(t, root(t, top), map[string]string{
		"gen/a.go":            "",
		"debug.log":           "",
		"a.log":               "*.log (.gitignore:2)",
		"node_modules/a.js":   "",
		"secret.go":           "secret.go (.semanticignore:4)",
		"sub/secret.go":       "",
		"logo.png":            "",
		"a.png":               "binary, image: *.png (built-in)", // git's negation is about tracking
		"sub/a.png":           "",
		".env":                "",
		"tls.pem":             "",
		"app.min.js":          "",
		".git/":               "version control: .git (built-in)",
		".git/config":         "version control: .git (built-in)",
		"sub/id_rsa":          "credentials: id_rsa* (built-in)", // !* does not name it
		"sub/conf/server.key": "credentials: *.key (built-in)",   // nor does !conf/**
		"sub/.env":            "credentials: .env (built-in)",    // the deeper !* is the last word, and does not name it
	})
}

func TestLinkedRulesAreNotRead(t *testing.T) {
	top := build(t, repo+"rules *.go")
	if err := os.Symlink("rules", filepath.Join(top, ".gitignore")); err != nil {
		t.Fatal(err)
	}
	check(t, root(t, top), map[string]string{"a.go": ""}) // as git since 2.32
}

func TestBoundsAreWarned(t *testing.T) {
	many := strings.Repeat("x*\n", maxPatterns) + "late\n"
	big := "early\n" + strings.Repeat("#", 79) + "\n"
	big = big + strings.Repeat(strings.Repeat("#", 79)+"\n", maxFile/80) + "late\n"
	for _, c := range []struct{ name, data, warning string }{
		{"patterns", many, ".gitignore:10001: more than 10000 patterns, the rest is left out"},
		{"size", big, ".gitignore: larger than 524288 bytes, the rest is left out"},
		{"line", strings.Repeat("a", maxPattern+1) + "\nearly\n", ".gitignore:1: longer than 4096 bytes, left out"},
	} {
		t.Run(c.name, func(t *testing.T) {
			top := build(t, repo)
			write(t, filepath.Join(top, ".gitignore"), c.data)
			r := root(t, top)
			if got := r.Warnings(); !slices.Equal(got, []string{c.warning}) {
				t.Errorf("warnings %q", got)
			}
			if r.Match("late", false).Skipped() {
				t.Error("a rule behind the bound holds")
			}
			if c.name != "patterns" && !r.Match("early", false).Skipped() {
				t.Error("a rule before the bound does not hold")
			}
			if got := r.Sub("sub").Warnings(); len(got) != 0 {
				t.Errorf("a sub-directory repeats %q", got)
			}
		})
	}
}

func TestRootErrors(t *testing.T) {
	top := build(t, "file x")
	for _, dir := range []string{filepath.Join(top, "missing"), filepath.Join(top, "file"), filepath.Join(top, "file", "x")} {
		if _, err := Root(dir); err == nil || !strings.Contains(err.Error(), dir) {
			t.Errorf("Root(%s): %v", dir, err)
		}
	}
}

func TestWarningsAboveTheFolderAreKept(t *testing.T) {
	top := build(t, repo+"a/b/c/x x")
	long := strings.Repeat("a", maxPattern+1) + "\n"
	write(t, filepath.Join(top, ".gitignore"), long)
	write(t, filepath.Join(top, "a", "b", ".semanticignore"), long)
	got := root(t, filepath.Join(top, "a", "b", "c")).Warnings()
	want := []string{
		"../../../.gitignore:1: longer than 4096 bytes, left out",
		"../.semanticignore:1: longer than 4096 bytes, left out",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

// TestTornLine: the line that the size bound cuts in two is left out, not used by halves.
func TestTornLine(t *testing.T) {
	top := build(t, repo)
	write(t, filepath.Join(top, ".gitignore"), "early\n"+strings.Repeat("#", maxFile-9)+"\nlater\n")
	r := root(t, top)
	if !r.Match("early", false).Skipped() || r.Match("la", false).Skipped() || r.Match("later", false).Skipped() {
		t.Error("want early alone")
	}
}

// TestSubDoesNotShare: two directories side by side must not write into one list.
func TestSubDoesNotShare(t *testing.T) {
	top := build(t, repo+`
		.gitignore x0
		p/.gitignore x1
		p/q/.gitignore x2
		p/q/a/.gitignore only-a
		p/q/b/.gitignore only-b
	`)
	q := root(t, top).Sub("p").Sub("q")
	a, b := q.Sub("a"), q.Sub("b")
	if !a.Match("only-a", false).Skipped() || a.Match("only-b", false).Skipped() || !b.Match("only-b", false).Skipped() {
		t.Error("the rules of siblings are mixed")
	}
}
