package indexing

import (
	"os"
	"slices"
	"strings"
	"testing"
)

func TestPathPatterns(t *testing.T) {
	files := []string{
		"README.md", "a.go", "a_test.go", "latest.go", "lsp/a.go", "lsp.go", "cmd/lsp/b.go", "glsp/c.go", "my-lsp/d.go",
		"src/lspx/e.go",
		"test/f.go", "tests/g.py", "testdata/h.txt", "src/UserTest.java", "src/HTTPServer.kt", "web/[id].tsx", "web/a.js",
		"web/deep/b.ts",
		"vectors/search/rank.go", "x/vectors/searching.go", "größe/ä.go", "v2test.c", "!z.go", "my dir/k.go",
	}
	for _, c := range []struct{ patterns, want string }{
		{"lsp/", "lsp/a.go cmd/lsp/b.go"},
		{"/lsp/", "lsp/a.go"},
		{"./lsp/", "lsp/a.go"},
		{"/lsp", "lsp/a.go lsp.go"},
		{"lsp", "lsp/a.go lsp.go cmd/lsp/b.go my-lsp/d.go src/lspx/e.go"},
		{"LSP/", ""},
		{"test", "a_test.go test/f.go tests/g.py testdata/h.txt src/UserTest.java v2test.c"},
		{"Test", "src/UserTest.java"},
		{"server", "src/HTTPServer.kt"},
		{"http", "src/HTTPServer.kt"},
		{"readme", "README.md"},
		{"vectors/search", "vectors/search/rank.go x/vectors/searching.go"},
		{"vectors/search/", "vectors/search/rank.go"},
		{"ectors/search", ""},
		{".tsx", "web/[id].tsx"},
		{"_test.go", "a_test.go"},
		{"[id]", "web/[id].tsx"},
		{"größe/", "größe/ä.go"},
		{"my dir/", "my dir/k.go"},
		{"*_test.go", "a_test.go"},
		{"*.{js,ts}", "web/a.js web/deep/b.ts"},
		{"{js,a}.go", "a.go lsp/a.go"},
		{"web/*.js", "web/a.js"},
		{"/web/**", "web/[id].tsx web/a.js web/deep/b.ts"},
		{"/deep/*", ""},
		{"deep/*", "web/deep/b.ts"},
		{"readme.*", "README.md"},
		{"*.MD", ""},
		{"!*", "!z.go"},
		{"/src/*.java src/*.kt", "src/UserTest.java src/HTTPServer.kt"},
		{"lsp/ *.txt HTTP", "lsp/a.go cmd/lsp/b.go testdata/h.txt src/HTTPServer.kt"},
	} {
		list := strings.Split(c.patterns, " ")
		if c.patterns == "my dir/" {
			list = []string{c.patterns}
		}
		p, err := newPathPatterns(list)
		if err != nil {
			t.Errorf("%s: %v", c.patterns, err)
			continue
		}
		matches := p.matcher(false)
		var got []string
		for _, f := range files {
			if matches(f) {
				got = append(got, f)
			}
		}
		want := strings.Fields(c.want)
		if c.patterns == "my dir/" {
			want = []string{c.want}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", c.patterns, got, want)
		}
	}
	for pattern, want := range map[string]string{
		"/": "a path that names nothing", "//": "a path that names nothing", "": "a path that names nothing",
		"*[": `the glob "*[" can match nothing`, "{a": "a { without its }",
		"{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}": "more than 1000 globs",
	} {
		if _, err := newPathPatterns([]string{"lsp/", pattern}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", pattern, err, want)
		}
	}
	var none *pathPatterns
	if !none.matcher(true)("x") || none.matcher(false)("x") {
		t.Error("no patterns say something of their own")
	}
}

// A part that is in a path stands there, and what is the path itself is in it.
func FuzzPathPatterns(f *testing.F) {
	for _, s := range [][2]string{
		{"lsp/", "a/lsp/b.go"},
		{"test", "FooTest.java"},
		{"/a", "a/b"},
		{"ä", "Ä/b"},
		{"a*/", "ab/c"},
		{"[", "a[b"},
		{"\xff", "\xff/a"},
	} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, pattern, path string) {
		p, err := newPathPatterns([]string{pattern})
		if err != nil || path == "" {
			return
		}
		in := p.matcher(false)
		if strings.ContainsAny(pattern, "*?{") {
			in(path) // as globs, whose own tests say what they match
			return
		}
		part := strings.TrimPrefix(pattern, "/")
		if strings.HasPrefix(pattern, "./") {
			part = pattern[2:]
		}
		if in(path) && !strings.Contains(path, part) && !strings.Contains(strings.ToLower(path), part) {
			t.Fatalf("%q is in %q", pattern, path)
		}
		if !in(part) && !strings.HasPrefix(part, "/") {
			t.Fatalf("%q is not in itself", pattern)
		}
	})
}

// The table in docs/queries.md is right.
func TestPathsOfTheManual(t *testing.T) {
	manual, err := os.ReadFile("../../docs/queries.md")
	if err != nil {
		t.Fatal(err)
	}
	quoted := func(cell string) (list []string) {
		for i, part := range strings.Split(cell, "`") {
			if i%2 == 1 {
				list = append(list, part)
			}
		}
		return list
	}
	rows := 0
	for line := range strings.Lines(string(manual)) {
		cells := strings.Split(line, "|")
		if len(cells) != 5 || !strings.HasPrefix(cells[1], " `path:") {
			continue
		}
		rows++
		q, err := Ask(quoted(cells[1])[0], Criteria{})
		if err != nil {
			t.Fatal(err)
		}
		passes := q.Filter.rules[0].chooser()
		for i, paths := range [][]string{quoted(cells[2]), quoted(cells[3])} {
			for _, path := range paths {
				if passes(path) != (i == 0) {
					t.Errorf("%s is wrong about %s", strings.TrimSpace(cells[1]), path)
				}
			}
		}
	}
	if rows < 7 {
		t.Errorf("%d rows", rows)
	}
}
