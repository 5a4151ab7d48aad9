//go:build gitoracle

// The tests of this file ask git itself: they need it installed.
//
//	go test -tags gitoracle ./workspace/ignore

package ignore

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

var (
	seedFlag  = flag.Uint64("seed", 0, "seed of the random trees; 0: a new one")
	treesFlag = flag.Int("trees", 30, "number of random trees")
)

// TestSameAsGit holds Rules.Path against `git check-ignore` over random trees, rules and settings: the answer, and
// where it is "ignored" also the pattern, its file and its line.
func TestSameAsGit(t *testing.T) {
	seed := *seedFlag
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("seed %d: repeat with -args -seed %d -trees %d", seed, seed, *treesFlag)
	paths, ignored, lifted := 0, 0, 0
	for n := range *treesFlag {
		tree := newTree(t, rand.New(rand.NewPCG(seed, uint64(n))))
		p, i, l := tree.compare(tree.ask())
		paths, ignored, lifted = paths+p, ignored+i, lifted+l
		if t.Failed() {
			t.Fatalf("tree %d of seed %d:\n%s", n, seed, tree.dump())
		}
	}
	t.Logf("%d paths, %d ignored, %d re-included", paths, ignored, lifted)
	if paths < 20*(*treesFlag) || ignored < paths/20 || lifted == 0 {
		t.Errorf("the trees say too little: %d paths, %d ignored, %d re-included", paths, ignored, lifted)
	}
}

// TestTrackedSameAsGit has some files added in spite of the rules, to an index of each form that git writes.
func TestTrackedSameAsGit(t *testing.T) {
	seed := *seedFlag
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("seed %d: repeat with -args -seed %d -trees %d", seed, seed, *treesFlag)
	spared := 0
	for n := range *treesFlag {
		tree := newTree(t, rand.New(rand.NewPCG(seed, uint64(n)+1<<32)))
		tree.track()
		says, in := tree.ask(), tree.tracked()
		for i, path := range tree.paths {
			if in[path] && says[i].ignores() {
				says[i] = answer{}
				spared++
			}
		}
		tree.compare(says)
		if t.Failed() {
			t.Fatalf("tree %d of seed %d:\n%s", n, seed, tree.dump())
		}
	}
	t.Logf("%d paths are in for being tracked", spared)
	if spared == 0 {
		t.Error("the trees say too little: no rule names what is tracked")
	}
}

// track adds a third of the files.
func (tr *tree) track() {
	tr.t.Helper()
	var files []string
	for _, path := range tr.paths {
		if !tr.dirs[path] && tr.rng.IntN(3) == 0 {
			files = append(files, path)
		}
	}
	if len(files) == 0 {
		return
	}
	git := func(stdin string, args ...string) {
		cmd := exec.Command("git", args...)
		cmd.Dir, cmd.Stdin = tr.top, strings.NewReader(stdin)
		if out, err := cmd.CombinedOutput(); err != nil {
			tr.t.Fatalf("git %q: %v\n%s", args, err, out)
		}
	}
	half := len(files) / 2
	git(strings.Join(files[:half], "\x00"), "update-index", "--index-version", fmt.Sprint(2+2*tr.rng.IntN(2)), "--add", "-z", "--stdin")
	if tr.rng.IntN(3) == 0 {
		git("", "update-index", "--split-index")
	}
	if tr.rng.IntN(3) == 0 && half > 0 {
		git("", "update-index", "--skip-worktree", "--", files[0]) // which takes version 3
	}
	git(strings.Join(files[half:], "\x00"), "update-index", "--add", "-z", "--stdin")
}

// tracked is what git says is tracked, and the directories above it.
func (tr *tree) tracked() map[string]bool {
	tr.t.Helper()
	cmd := exec.Command("git", "ls-files", "-z")
	cmd.Dir = tr.top
	out, err := cmd.Output()
	if err != nil {
		tr.t.Fatal(err)
	}
	in := map[string]bool{}
	for name := range strings.SplitSeq(string(out), "\x00") {
		for ; name != "" && name != "."; name = path.Dir(name) {
			in[name] = true
		}
	}
	return in
}

// tree is a random working tree with rules at every place where git looks for them.
type tree struct {
	t       *testing.T
	rng     *rand.Rand
	home    string
	top     string
	paths   []string
	dirs    map[string]bool
	written []string // files of rules, for the dump
}

func newTree(t *testing.T, rng *rand.Rand) *tree {
	t.Helper()
	base, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	tr := &tree{
		t: t, rng: rng, home: filepath.Join(base, "home"), top: filepath.Join(base, "home", "top"),
		dirs: map[string]bool{},
	}
	isolate(t, tr.home)
	makeRepository(t, tr.top, "")
	config := "[core]\n\tbare = false\n"
	if rng.IntN(3) == 0 {
		config += "\tignoreCase = true\n"
	}
	excludes := filepath.Join(tr.home, ".config", "git", "ignore")
	if rng.IntN(2) == 0 {
		excludes = filepath.Join(tr.home, "my ignore")
		tr.write(filepath.Join(tr.home, ".gitconfig"), "[core]\n\texcludesfile = ~/\"my ignore\" ; mine\n")
	}
	tr.write(filepath.Join(tr.top, ".git", "config"), config)
	tr.grow("", 0)
	if rng.IntN(2) == 0 {
		tr.write(excludes, tr.rules(3))
	}
	if rng.IntN(2) == 0 {
		tr.write(filepath.Join(tr.top, ".git", "info", "exclude"), tr.rules(3))
	}
	for _, dir := range slices.Sorted(maps.Keys(tr.dirs)) { // in order: the seed must decide
		if dir == "" || rng.IntN(3) == 0 {
			tr.write(filepath.Join(tr.top, dir, ".gitignore"), tr.rules(6))
		}
	}
	return tr
}

func (tr *tree) write(path, data string) {
	tr.t.Helper()
	write(tr.t, path, data)
	tr.written = append(tr.written, path)
}

// names are what the trees and the patterns are made of: few, so that they meet.
func (tr *tree) name() string {
	names := []string{
		"a", "b", "c", "ab", "abc", "A", "Ab", "foo", "bar", "foo.c", "bar.c", "x.y.z", ".dot", "a b", "b-c", "foobar",
		"é", "日本", "1", "a1", "z_z",
	}
	if runtime.GOOS != "windows" {
		names = append(names, "sp ", "!n", "#h", "[ab]", `b\s`, "st*r", "q?", "tab\t", "]", "-", "^a", "cr\r")
	}
	return names[tr.rng.IntN(len(names))]
}

func (tr *tree) grow(dir string, depth int) {
	tr.dirs[dir] = true
	seen := map[string]bool{}
	for range 2 + tr.rng.IntN(6) {
		name := tr.name()
		if folded := strings.ToLower(name); seen[folded] { // for file systems that fold
			continue
		}
		seen[strings.ToLower(name)] = true
		rel := name
		if dir != "" {
			rel = dir + "/" + name
		}
		tr.paths = append(tr.paths, rel)
		if depth < 4 && tr.rng.IntN(5) < 3 {
			if err := os.MkdirAll(filepath.Join(tr.top, rel), 0o755); err != nil {
				tr.t.Fatal(err)
			}
			tr.grow(rel, depth+1)
			continue
		}
		write(tr.t, filepath.Join(tr.top, rel), "x")
	}
}

func (tr *tree) rules(most int) string {
	var b strings.Builder
	if tr.rng.IntN(10) == 0 {
		b.WriteString("\ufeff")
	}
	for range 1 + tr.rng.IntN(most) {
		b.WriteString(tr.pattern())
		if tr.rng.IntN(12) == 0 {
			b.WriteString("\r")
		}
		b.WriteString("\n")
	}
	s := b.String()
	if tr.rng.IntN(6) == 0 {
		s = strings.TrimSuffix(s, "\n")
	}
	return s
}

func (tr *tree) pattern() string {
	pick := func(of ...string) string { return of[tr.rng.IntN(len(of))] }
	if tr.rng.IntN(3) == 0 && len(tr.paths) > 0 {
		return tr.damage(tr.paths[tr.rng.IntN(len(tr.paths))])
	}
	var b strings.Builder
	if tr.rng.IntN(4) == 0 {
		b.WriteString("!")
	}
	if tr.rng.IntN(6) == 0 {
		b.WriteString("/")
	}
	for n := 1 + tr.rng.IntN(4); n > 0; n-- {
		switch tr.rng.IntN(9) {
		case 0, 1, 2:
			b.WriteString(tr.name())
		case 3:
			b.WriteString(pick("*", "**", "***", "?", "*.*", "*.c", "a*", "*b*"))
		case 4:
			b.WriteString(pick("**/", "/**", "/**/", "/", "//", "*/", "/*", `\/`, `**\/`))
		case 5:
			b.WriteString(pick("[ab]", "[!a]", "[^a-c]", "[a-]", "[]a]", "[a", "[[:alpha:]]", "[[:upper:]b]",
				"[[:nope:]]", "[[:]", "[[::]", `[\]]`, `[a-\c]`, "[A-Z]", "[A]", "[/]", "[a-z]", "[--z]", "[[:digit:]-z]",
				"[[:punct:]]", "[[:space:]]", "[^[:alnum:]]", "[[:cntrl:]]", "[z-a]", "[é]", "[[a]", "[!]", "[!]a]"))
		case 6:
			b.WriteString(pick(`\a`, `\*`, `\`, `\ `, `\#`, `\!`, `\\`, `\[`, `\A`))
		case 7:
			b.WriteString(pick(" ", "#", "!", "-", "]", "\t", ".", "A", "\x00"))
		case 8:
			b.WriteString("/" + tr.name())
		}
	}
	b.WriteString(pick("", "", "", "", "/", "/", " ", "  ", `\ `, "/**", "/*"))
	return b.String()
}

// damage makes a pattern of a path that exists: some of its bytes become wildcards.
func (tr *tree) damage(path string) string {
	var b strings.Builder
	if tr.rng.IntN(4) == 0 {
		b.WriteString("!")
	}
	parts := strings.Split(path, "/")
	parts = parts[tr.rng.IntN(len(parts)):]
	for i, part := range parts {
		if i > 0 {
			b.WriteByte('/')
		}
		switch tr.rng.IntN(8) {
		case 0:
			part = "**"
		case 1:
			part = "*"
		case 2:
			part = part[:tr.rng.IntN(len(part)+1)] + "*"
		case 3:
			part = "*" + part[tr.rng.IntN(len(part)+1):]
		case 4:
			part = strings.ToUpper(part)
		case 5:
			at := tr.rng.IntN(len(part))
			part = part[:at] + "?" + part[at+1:]
		case 6:
			at := tr.rng.IntN(len(part) + 1)
			part = part[:at] + "**" + part[at:]
		}
		b.WriteString(part)
	}
	if tr.rng.IntN(5) == 0 {
		b.WriteByte('/')
	}
	return b.String()
}

// answer is what git says of a path: the pattern that decides, and where it stands.
type answer struct{ source, line, pattern string }

func (v answer) lifts() bool   { return strings.HasPrefix(v.pattern, "!") }
func (v answer) ignores() bool { return v.pattern != "" && !v.lifts() }

// ask asks git about all paths, and leaves aside what is tracked: with the index, git takes each path for a pattern.
func (tr *tree) ask() []answer {
	tr.t.Helper()
	cmd := exec.Command("git", "check-ignore", "--no-index", "--verbose", "--non-matching", "-z", "--stdin")
	cmd.Dir = tr.top
	cmd.Stdin = strings.NewReader(strings.Join(tr.paths, "\x00") + "\x00")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if exit, ok := err.(*exec.ExitError); err != nil && (!ok || exit.ExitCode() != 1) { // 1: nothing is ignored
		tr.t.Fatalf("git check-ignore: %v\n%s", err, stderr.String())
	}
	fields := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
	if len(fields) != 4*len(tr.paths) {
		tr.t.Fatalf("git answered %d fields for %d paths", len(fields), len(tr.paths))
	}
	list := make([]answer, len(tr.paths))
	for i, rel := range tr.paths {
		if fields[4*i+3] != rel {
			tr.t.Fatalf("git answered about %q instead of %q", fields[4*i+3], rel)
		}
		list[i] = answer{fields[4*i], fields[4*i+1], fields[4*i+2]}
	}
	return list
}

// compare holds Rules.Path against what git says, and returns how many paths were compared, how many git ignores and
// how many it re-includes.
func (tr *tree) compare(says []answer) (paths, ignored, lifted int) {
	tr.t.Helper()
	rules, err := Root(tr.top)
	if err != nil {
		tr.t.Fatal(err)
	}
	if w := rules.Warnings(); len(w) > 0 {
		tr.t.Errorf("warnings: %q", w)
	}
	for i, v := range says {
		want := Skip{}
		switch {
		case v.lifts():
			lifted++
		case v.ignores():
			ignored++
			source := v.source
			if home, ok := strings.CutPrefix(filepath.ToSlash(source), filepath.ToSlash(tr.home)); ok {
				source = "~" + home
			}
			want = Skip{Rule: v.pattern, Source: source + ":" + v.line}
		}
		if got := rules.Path(tr.paths[i], tr.dirs[tr.paths[i]]); got != want {
			tr.t.Errorf("%q: got %q, git says %q (%+v)", tr.paths[i], got, want, v)
		}
	}
	return len(says), ignored, lifted
}

func (tr *tree) dump() string {
	var b strings.Builder
	for _, file := range tr.written {
		data, _ := os.ReadFile(file)
		fmt.Fprintf(&b, "%s:\n%q\n", file, data)
	}
	return b.String()
}

// TestConfigSameAsGit reads core.excludesFile with this package and with git.
func TestConfigSameAsGit(t *testing.T) {
	isolate(t, t.TempDir())
	for _, data := range []string{
		"[core]\nexcludesfile = plain\n",
		"[core]\nexcludesfile=plain",
		"[CORE]\r\n\tExcludesFile =  a b  \r\n",
		"[core]excludesfile = same line\n",
		"[core]\nexcludesfile = \"a  # b\" ; c\n",
		"[core]\nexcludesfile = a # b\n",
		"[core]\nexcludesfile = a\\\n  b\n",
		"[core]\nexcludesfile = \"a\\tb\\\\c\\\"d\"  \n",
		"[core]\nexcludesfile = one\nexcludesfile = two\n",
		"[core]\nexcludesfile =\n",
		"# c\n; d\n[core]\n# e\nexcludesfile = x\n",
		"[core \"sub ]\\\" x\"]\nexcludesfile = no\n[core]\nbare\nexcludesfile = yes\n",
		"[core \"sub\"]\nexcludesfile = no\n",
		"[core.sub]\nexcludesfile = no\n",
		"[alias]\ncore = x\nst = status -sb\n[core]\n\n\n  excludesfile = z",
		"\ufeff[core]\nexcludesfile = bom\n",
		"[user]\nname = \"A; B\"\n[core]\nexcludesfile = é\n",
		"[core]\nexcludesfile = a\"b c\"d e\n",
		"[core]\nignorecase\nexcludesfile = a\\\\b\n",
	} {
		file := filepath.Join(t.TempDir(), "config")
		write(t, file, data)
		out, err := exec.Command("git", "config", "--file", file, "--get", "core.excludesfile").Output()
		set := err == nil
		if exit, ok := err.(*exec.ExitError); err != nil && (!ok || exit.ExitCode() != 1) { // 1: not set
			t.Fatalf("git config of %q: %v", data, err)
		}
		var c gitConfig
		c.read(file, "/home/me")
		if want := strings.TrimSuffix(string(out), "\n"); filepath.ToSlash(c.excludes) != want || c.hasExcludes != set {
			t.Errorf("%q: got %q (set: %v), git says %q (set: %v)", data, c.excludes, c.hasExcludes, want, set)
		}
	}
}
