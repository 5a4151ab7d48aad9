package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/chunk"
)

// tree is the folder that is served.
type tree struct {
	root  string
	files []file
	large int // the file of those that has most nearly longFile lines, in Go
}

type file struct {
	path, text string
}

// longFile is how many lines the document has that is edited.
const longFile = 2000

// maxFileSize is what the server skips above by default.
const maxFileSize = 1 << 20

// copyTree copies what the server would index of a directory.
func copyTree(ctx context.Context, from, to string) (*tree, error) {
	from, err := filepath.Abs(from)
	if err != nil {
		return nil, err
	}
	found, err := workspace.Discover(ctx, from, workspace.Options{MaxFileSize: maxFileSize})
	if err != nil {
		return nil, err
	}
	t := &tree{root: to}
	for _, entry := range found.Entries {
		text, _, skip, err := workspace.Read(from, entry.Path, maxFileSize)
		if err != nil {
			return nil, err
		}
		if skip.Skipped() {
			continue
		}
		if err := t.add(entry.Path, text); err != nil {
			return nil, err
		}
	}
	return t, t.choose()
}

// makeTree makes a small one.
func makeTree(root string, random *rand.Rand) (*tree, error) {
	t := &tree{root: root}
	words := strings.Fields("retry upload session token parse header cache flush page lock queue worker signal buffer frame index")
	some := func() string { return words[random.IntN(len(words))] }
	function := func(b *strings.Builder, n int) {
		first, second := some(), some()
		fmt.Fprintf(b, "// %s%s%d does the %s of a %s.\nfunc %[1]s%[2]s%[3]d(n int) int {\n", first, second, n, some(), some())
		for range 3 + random.IntN(6) {
			fmt.Fprintf(b, "\tn += %s(n, %d)\n", some(), random.IntN(1000))
		}
		b.WriteString("\treturn n\n}\n\n")
	}
	for i := range 300 {
		var b strings.Builder
		fmt.Fprintf(&b, "package p%d\n\n", i%10)
		for n := range 4 {
			function(&b, i*4+n)
		}
		if i == 0 {
			for n := 10_000; strings.Count(b.String(), "\n") < longFile; n++ {
				function(&b, n)
			}
		}
		if err := t.add(fmt.Sprintf("p%d/file%d.go", i%10, i), b.String()); err != nil {
			return nil, err
		}
	}
	return t, t.choose()
}

func (t *tree) add(rel, text string) error {
	f := file{filepath.Join(t.root, filepath.FromSlash(rel)), text}
	t.files = append(t.files, f)
	return f.write()
}

func (f file) write() error {
	if err := os.MkdirAll(filepath.Dir(f.path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(f.path, []byte(f.text), 0o644)
}

// choose finds the file that is edited.
func (t *tree) choose() error {
	best := -1
	for i, f := range t.files {
		off := strings.Count(f.text, "\n") - longFile
		off = max(off, -off)
		if filepath.Ext(f.path) == ".go" && (best < 0 || off < best) && len(f.tops()) > 0 {
			t.large, best = i, off
		}
	}
	if best < 0 {
		return errors.New("there is no file of Go to edit")
	}
	return nil
}

// tops are the lines before which a declaration can stand: those after the end of one that stands in no other.
func (f file) tops() (lines []int) {
	symbols := chunk.Cut(f.path, f.text).Symbols
	n, at := 0, 0
	for line := range strings.Lines(f.text) {
		n, at = n+1, at+len(line)
		ends := func(s chunk.Symbol) bool { return s.End == at || s.End == at-1 }
		within := func(s chunk.Symbol) bool { return s.DocStart < at && at < s.End }
		if line == "}\n" && slices.ContainsFunc(symbols, ends) && !slices.ContainsFunc(symbols, within) {
			lines = append(lines, n)
		}
	}
	return lines
}

// with is the text with a declaration of that name in its middle, and its line. There must be a place for one.
func (f file) with(word string) (text string, line int) {
	lines, tops := strings.SplitAfter(f.text, "\n"), f.tops()
	line = tops[len(tops)/2]
	return strings.Join(lines[:line], "") + declaration(word) + strings.Join(lines[line:], ""), line
}

// declaration is three lines.
func declaration(word string) string { return "func " + word + "() int {\n\treturn 1\n}\n" }

// definition finds what Go's files define.
var definition = regexp.MustCompile(`(?m)^(?:func (?:\([^)]*\) )?|type )(\w{4,})`)

// names returns so many names that are defined in the tree, each once.
func (t *tree) names(random *rand.Rand, n int) []string {
	taken, names := map[string]bool{}, []string(nil)
	for tries := 0; len(names) < n && tries < 100*n; tries++ {
		found := definition.FindAllStringSubmatch(t.files[random.IntN(len(t.files))].text, -1)
		if len(found) == 0 {
			continue
		}
		if name := found[random.IntN(len(found))][1]; !taken[name] {
			taken[name], names = true, append(names, name)
		}
	}
	return names
}
