package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// change is a commit: its subject, and the files that it writes.
type change struct {
	subject string
	files   map[string]string
}

// repository makes a clone in a folder, and returns its last revision.
func repository(t *testing.T, clones, name string, changes ...change) source {
	t.Helper()
	quietGit(t)
	dir := filepath.Join(clones, strings.ReplaceAll(name, "/", "+"))
	git := func(arguments ...string) string {
		t.Helper()
		out, err := exec.Command("git", append([]string{"-C", dir}, arguments...)...).CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v\n%s", arguments, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	git("init", "--quiet")
	for _, c := range changes {
		for file, text := range c.files {
			file = filepath.Join(dir, filepath.FromSlash(file))
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		git("add", "--all")
		git("commit", "--quiet", "--message", c.subject)
	}
	return source{name, git("rev-parse", "HEAD"), "MIT", "go"}
}

// quietGit makes git the same for everybody: no settings, one author, one time.
func quietGit(t *testing.T) {
	none := filepath.Join(t.TempDir(), "none")
	if err := os.WriteFile(none, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"GIT_CONFIG_GLOBAL": none, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_COUNT": "0",
		"GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_AUTHOR_DATE": "2020-01-01T00:00:00Z",
		"GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.org", "GIT_COMMITTER_DATE": "2020-01-01T00:00:00Z",
	} {
		t.Setenv(name, value)
	}
}

// evict is a file with one documented definition.
func evict(doc string) string {
	return "package store\n\n// " + doc + "\nfunc evictOldest() {" + filler + "}\n"
}

// minedIn mines sources and returns what was found, as `repository kind: said`.
func minedIn(t *testing.T, clones string, o options, left without, corpus ...source) (list []string) {
	t.Helper()
	o.clones = clones
	exclude, err := left.contents(t.Context(), clones)
	if err != nil {
		t.Fatal(err)
	}
	m, err := mine(t.Context(), o, corpus, exclude, newProgress(new(strings.Builder)))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range m.pairs {
		list = append(list, corpus[p.repo].name+" "+p.kind.String()+": "+text(p.said, m.words))
	}
	return list
}

func TestWhatIsRead(t *testing.T) {
	clones := t.TempDir()
	left := repository(t, clones, "left/out", change{"Start", map[string]string{"a.go": evict("Measured with this one.")}})
	first := repository(t, clones, "a/first", change{"Start", map[string]string{
		"store/a.go":             evict("Throws out old things."),
		"vendor/x/store/b.go":    evict("Somebody else wrote this."),
		"store/zz_generated.go":  evict("A program wrote this here."),
		"store/copied.go":        evict("Measured with this one."),
		"store/large.go":         evict("Much too large to read.") + strings.Repeat("\nvar x = 1\n", maxBlob/10),
		"store/picture.png":      evict("No language of ours here."),
		"store/small.go":         "package a",
		"third_party/store/a.py": "def f():\n    \"\"\"Somebody else wrote this.\"\"\"\n    return call(one, two, three)\n",
	}})
	second := repository(t, clones, "b/second", change{"Start", map[string]string{
		"store/a.go": evict("Throws out old things."),
		// A copy that was edited below: the first definition is the same, the second is not.
		"store/edited.go": evict("Throws out old things.") + "\n// Takes in new things.\nfunc insertNewest() {" + filler + "}\n",
	}})
	// What stands for a file is a part of its code: there a word, here none, as in the first repository.
	third := repository(t, clones, "c/third", change{"Start", map[string]string{
		"src/store/b.go": evict("Throws out old things.") + "\n// Lists all things there.\nfunc listAll() {" + filler + "}\n",
	}})
	got := minedIn(t, clones, defaults(), without{left}, first, second, third)
	want := []string{
		"a/first doc: throw out old thing",
		"b/second doc: throw out old thing", // of another file name
		"b/second doc: tak in new thing",
		"c/third doc: list all thing ther", // the other one is a copy of the first repository's
	}
	if !slices.Equal(got, want) {
		t.Errorf("mined\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestCommits(t *testing.T) {
	clones := t.TempDir()
	body := func(name, line string) string {
		return "func " + name + "() {\n\tfor each := range store.entries {\n\t\t" + line + "\n\t\tstore." + name +
			"(each.value)\n\t}\n}\n"
	}
	two := func(a, b string) map[string]string {
		return map[string]string{"store/a.go": "package store\n\n" + body("evict", a) + "\n" + body("insert", b)}
	}
	many := map[string]string{"store/a.go": two("store.check(each.age, oldest)",
		"store.check(each.key, newest)")["store/a.go"] + "\nvar changedByMany = everything\n"}
	for _, name := range []string{"b", "c", "d", "e", "f"} {
		many["store/"+name+".go"] = "package store\n\nvar a_file_of_many_" + name +
			" = true\n// and more of it, so that it is read at all\n"
	}
	s := repository(t, clones, "a/first",
		change{"Initial commit of it all", two("store.remove(each.key)", "store.append(each.key)")},
		change{"Throw out what is oldest (#12)", two("store.check(each.age, oldest)", "store.append(each.key)")},
		change{"fix: take in what is newest", two("store.check(each.age, oldest)", "store.check(each.key, newest)")},
		change{"Change many files at once", many},
		change{"Fix typo", map[string]string{"README.md": "Nothing of interest stands here, but it is long enough to be read.\n"}},
	)
	if got := minedIn(t, clones, defaults(), nil, s); slices.ContainsFunc(got,
		func(s string) bool { return strings.Contains(s, "commit") }) {
		t.Errorf("without -commits, mined %q", got)
	}
	o := defaults()
	o.commits = 100
	got := minedIn(t, clones, o, nil, s)
	want := []string{"a/first commit: tak in what is newest", "a/first commit: throw out what is oldest"}
	if !slices.Equal(got, want) {
		t.Errorf("mined\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	m := newMiner(0)
	if err := m.repository(t.Context(), options{clones: clones, hyper: o.hyper, commits: 100}, s, []blob{},
		newProgress(new(strings.Builder))); err != nil {
		t.Fatal(err)
	}
	if n := len(m.awaiting["store/a.go"]); n != 2 {
		t.Errorf("%d lines were written by commits that are read, want 2: %v", n, m.awaiting)
	}
	o.commits = 1
	if got := minedIn(t, clones, o, nil, s); len(got) != 0 {
		t.Errorf("of the newest commit alone, mined %q", got)
	}
}

func TestCommitsArePairedWithTheDefinitionsOfWhichMostWasWritten(t *testing.T) {
	m := newMiner(0)
	m.commits = []commit{{said: "Throws out old things."}}
	var code strings.Builder
	code.WriteString("package a\n")
	m.awaiting = map[string][]changed{}
	for i, name := range []string{"first", "second", "third"} {
		code.WriteString("\nfunc " + name + "() {\n")
		for j := range i + 1 {
			line := "call(" + strings.Repeat(name+", ", j+1) + "nil)"
			code.WriteString("\t" + line + "\n")
			m.awaiting["a.go"] = append(m.awaiting["a.go"], changed{0, line})
		}
		code.WriteString("\tbothOfThemHaveThis()\n}\n")
	}
	m.awaiting["a.go"] = append(m.awaiting["a.go"], changed{0, "bothOfThemHaveThis()"}, changed{0, "nobodyHasThisLine()"})
	m.file("a.go", code.String())
	m.resolve()
	var got []string
	for _, p := range m.pairs {
		if p.kind == kindCommit {
			got = append(got, text(p.code, m.vocabulary.words))
		}
	}
	if len(got) != 2 || !strings.Contains(got[0], "third*7") || !strings.Contains(got[1], "second*4") {
		t.Errorf("paired with %q", got)
	}
}

func TestHunkLines(t *testing.T) {
	for head, want := range map[string]int{
		"@@ -1 +1 @@": 2, "@@ -1,3 +1,2 @@ func f() {": 5, "@@ -0,0 +1,7 @@": 7, "@@ -4 +3,0 @@": 1, "@@": 0,
		"@@ -1,x +1 @@": 0, "@@ -1,-9 +1 @@": 0,
	} {
		if got := hunkLines(head); got != want {
			t.Errorf("%q: %d lines, want %d", head, got, want)
		}
	}
}

func TestListing(t *testing.T) {
	clones := t.TempDir()
	const mit = "Permission is hereby granted, free of charge, to any person obtaining a copy of this"
	files := func(licence string) change {
		return change{"Start", map[string]string{
			"LICENSE": licence, "a.go": evict("Throws out old things."), "b.py": evict(""),
			"c.go": evict("More."),
		}}
	}
	good := repository(t, clones, "a/good", files(mit))
	repository(t, clones, "b/copyleft", files("GNU GENERAL PUBLIC LICENSE, and enough words to be read as a file of its own"))
	repository(t, clones, "c/silent", files("All of this is ours, and enough words to be read as a file of its own."))
	repository(t, clones, "d/left", files(mit))
	repository(t, clones, "e/empty", change{"Start", map[string]string{"LICENSE": mit}})
	if err := os.Mkdir(filepath.Join(clones, "f+nothing"), 0o755); err != nil {
		t.Fatal(err)
	}
	var out, notes strings.Builder
	if err := list(t.Context(), clones, without{{name: "D/Left"}}, &out, newProgress(&notes)); err != nil {
		t.Fatal(err)
	}
	want := "repository\trevision\tlicence\tlanguage\na/good\t" + good.revision + "\tMIT\tgo\n"
	if out.String() != want {
		t.Errorf("listed\n%s\nwant\n%s", out.String(), want)
	}
	for _, why := range []string{
		"b/copyleft: a licence that is not permissive", "c/silent: no licence that is known",
		"e/empty: no code",
	} {
		if !strings.Contains(notes.String(), why) {
			t.Errorf("the notes do not say %q:\n%s", why, notes.String())
		}
	}
}

func TestCloning(t *testing.T) {
	origin, clones := t.TempDir(), t.TempDir()
	made := repository(t, origin, "a/first",
		change{"Start", map[string]string{"a.go": evict("Throws out old things.")}},
		change{"Throw out what is oldest", map[string]string{"a.go": evict("Throws out the oldest things.")}})
	left := repository(t, origin, "b/left", change{"Start", map[string]string{"a.go": evict("Measured with this one.")}})
	for _, s := range []source{made, left} {
		if err := os.Rename(filepath.Join(origin, strings.ReplaceAll(s.name, "/", "+")), filepath.Join(origin, "x")); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Join(origin, filepath.Dir(s.name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(filepath.Join(origin, "x"), filepath.Join(origin, filepath.FromSlash(s.name))); err != nil {
			t.Fatal(err)
		}
	}
	o := defaults()
	o.clones, o.from = clones, filepath.ToSlash(origin)+"/"
	all := without{left, {name: "c/unknown"}, {name: "d/unknown", revision: ""}}
	var said strings.Builder
	if err := cloneMissing(t.Context(), o, []source{made}, all, newProgress(&said)); err != nil {
		t.Fatal(err)
	}
	if want := "cloning 1 of 4: a/first\ncloning 2 of 4: b/left\n"; said.String() != want {
		t.Errorf("it said %q, want %q", said.String(), want)
	}
	got := minedIn(t, clones, o, all, made)
	if want := []string{"a/first doc: throw out the oldest thing"}; !slices.Equal(got, want) {
		t.Errorf("mined %q, want %q", got, want)
	}
	if n, err := git(t.Context(), cloneOf(clones, made.name), "rev-list", "--count", "HEAD"); err != nil ||
		strings.TrimSpace(string(n)) != "1" {
		t.Errorf("%s commits, error %v, want 1 where subjects are not read", n, err)
	}

	// One that cannot be had leaves nothing behind.
	gone := source{name: "a/gone", revision: hash}
	err := cloneMissing(t.Context(), o, []source{gone}, nil, newProgress(&said))
	if err == nil || !strings.Contains(err.Error(), "take a/gone off the list") {
		t.Errorf("error %v, want one that names a/gone", err)
	}
	if _, err := os.Stat(filepath.Join(clones, "a+gone")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("something was left behind: %v", err)
	}
	if _, err := gone.files(t.Context(), clones); err == nil || !strings.Contains(err.Error(), "-clone") {
		t.Errorf("error %v, want one that names -clone", err)
	}
	old := source{name: made.name, revision: hash}
	if _, err := old.files(t.Context(), clones); err == nil || !strings.Contains(err.Error(), "-clone") {
		t.Errorf("error %v, want one that names -clone", err)
	}

	// With subjects the whole history is wanted.
	o.commits, o.clones = 10, t.TempDir()
	if err := cloneMissing(t.Context(), o, []source{made}, nil, newProgress(&said)); err != nil {
		t.Fatal(err)
	}
	if n, err := git(t.Context(), cloneOf(o.clones, made.name), "rev-list", "--count", "HEAD"); err != nil ||
		strings.TrimSpace(string(n)) != "2" {
		t.Errorf("%s commits, error %v, want 2", n, err)
	}
}

// TestInterruptedMining: the cause is returned, and nothing waits.
func TestInterruptedMining(t *testing.T) {
	clones := t.TempDir()
	s := repository(t, clones, "a/first", change{"Start", map[string]string{"a.go": evict("Throws out old things.")}})
	ctx, stop := context.WithCancelCause(t.Context())
	enough := errors.New("enough")
	stop(enough)
	o := defaults()
	o.clones = clones
	_, err := mine(ctx, o, []source{s}, nil, newProgress(new(strings.Builder)))
	if !errors.Is(err, enough) || strings.Contains(err.Error(), "-clone") {
		t.Errorf("error %v, want %v", err, enough)
	}
}

// TestLackingHistory: a clone without some old file gives the commits that it has all files of.
func TestLackingHistory(t *testing.T) {
	clones := t.TempDir()
	file := func(line string) map[string]string {
		return map[string]string{"a.go": "package a\n\nfunc evict() {\n\t" + line + "\n\tstore.remove(each.key)\n}\n"}
	}
	s := repository(t, clones, "a/first",
		change{"Throw out what is oldest", file("store.check(each.age)")},
		change{"Take in what is newest", file("store.check(each.newness)")},
		change{"Take in what is larger", file("store.check(each.size)")},
		change{"Take in what is smallest", file("store.check(each.smallness)")})
	dir := cloneOf(clones, s.name)
	object, err := git(t.Context(), dir, "rev-parse", "HEAD~2:a.go")
	if err != nil {
		t.Fatal(err)
	}
	name := strings.TrimSpace(string(object))
	if err := os.Remove(filepath.Join(dir, "objects", name[:2], name[2:])); err != nil {
		t.Fatal(err)
	}
	m := newMiner(0)
	if err := m.history(t.Context(), dir, s.revision, 10); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range m.commits {
		got = append(got, strings.TrimSpace(c.said))
	}
	if want := []string{"Take in what is smallest", "Throw out what is oldest"}; !slices.Equal(got, want) {
		t.Errorf("commits %q, want %q", got, want)
	}
}
