package ignore

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// globbed are the files that globs choose from.
var globbed = []string{
	"Makefile", "a.go", "a_test.go", "b.js", "src/a.go", "src/a_test.go", "src/b.ts", "src/deep/c.go", "src/deep/test/d.go",
	"src/deep/test/e.md", "test/f.go", "test/g.py", "vendor/h.go", "vendor/keep/i.go", "x[1].go", "{y}.go", "!z.go",
}

func choose(t *testing.T, globs ...string) []string {
	t.Helper()
	g, err := NewGlobs(globs)
	if err != nil {
		t.Fatal(err)
	}
	c := g.Chooser()
	var list []string
	for _, path := range globbed {
		if c.Chooses(path) {
			list = append(list, path)
		}
	}
	return list
}

func TestGlobs(t *testing.T) {
	for _, c := range []struct{ globs, want string }{
		{"*.go !/vendor", "a.go a_test.go src/a.go src/a_test.go src/deep/c.go src/deep/test/d.go test/f.go x[1].go {y}.go !z.go"},
		{"/*.go", "a.go a_test.go x[1].go {y}.go !z.go"},
		{"./a.go", "a.go"},
		{"a.go", "a.go src/a.go"},
		{"*.{js,ts} *.py", "b.js src/b.ts test/g.py"},
		{"{src,test}/{a,f}.go", "src/a.go test/f.go"},
		{"src/{a,deep/{c,x}}.go", "src/a.go src/deep/c.go"},
		{"src/*.go", "src/a.go src/a_test.go"},
		{"src/**/*.go", "src/a.go src/a_test.go src/deep/c.go src/deep/test/d.go"},
		{"src/** !*.go", "src/b.ts src/deep/test/e.md"},
		{"*.go !*_test.go !vendor", "a.go src/a.go src/deep/c.go src/deep/test/d.go test/f.go x[1].go {y}.go !z.go"},
		{"!*_test.go *.go !vendor !deep/ !/*.go", "src/a.go src/a_test.go test/f.go"},
		{"*.go !*.go", ""},
		{"!*.go a.go", "a.go src/a.go"},
		{"!*.go", "Makefile b.js src/b.ts src/deep/test/e.md test/g.py"},
		{"!vendor vendor/h.go", ""}, // as in a .gitignore: what is below is lost
		{"*test*", "a_test.go src/a_test.go"},
		{"!*test*", "Makefile a.go b.js src/a.go src/b.ts src/deep/c.go vendor/h.go vendor/keep/i.go x[1].go {y}.go !z.go"},
		{`x\[1].go`, "x[1].go"},
		{`\{y}.go`, "{y}.go"},
		{"[{]y}.go", "{y}.go"},
		{`\!z.go`, "!z.go"},
		{"!!z.go *.go !src !test !vendor", "a.go a_test.go x[1].go {y}.go !z.go"}, // the last but one says more than the first
		{"*.go !!z.go !src !test !vendor", "a.go a_test.go x[1].go {y}.go"},
		// What ripgrep has no use for: directories.
		{"src/", "src/a.go src/a_test.go src/b.ts src/deep/c.go src/deep/test/d.go src/deep/test/e.md"},
		{"src/deep !*.md", "src/deep/c.go src/deep/test/d.go"},
		{"test", "src/deep/test/d.go src/deep/test/e.md test/f.go test/g.py"},
		{"t*/ !f.go", "src/deep/test/d.go src/deep/test/e.md test/g.py"},
	} {
		got := strings.Join(choose(t, strings.Fields(c.globs)...), " ")
		if got != c.want {
			t.Errorf("%s chooses\n%s\nwant\n%s", c.globs, got, c.want)
		}
	}
	if got := choose(t); len(got) != len(globbed) {
		t.Errorf("no glob chooses %v", got)
	}
}

func TestGlobsThatMatchNothing(t *testing.T) {
	for glob, want := range map[string]string{
		"":             "it names nothing",
		"!":            "it names nothing",
		"/":            "it names nothing",
		"*.[go":        "a [ without its ]",
		`*.go\`:        `nothing follows the last \`,
		"*.{js,ts":     "a { without its }",
		"{a,{b,c}.go":  "a { without its }",
		"[[:lettre:]]": "a [ without its ]",
		strings.Repeat("{a,b}", 10) + strings.Repeat("x", maxPattern): "are the most",
		strings.Repeat("{a,b}", 10):                                   "more than 1000 globs",
		strings.Repeat("{a,b}", 800):                                  "more than 1000 globs",
	} {
		if _, err := NewGlobs([]string{"*.go", glob}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v, want %q", glob, err, want)
		}
	}
}

// Where ripgrep is there it is asked for the same. Braces in braces and a } alone it may refuse.
func TestGlobsAreRipgreps(t *testing.T) {
	rg, err := exec.LookPath("rg")
	if err != nil {
		t.Log("there is no rg to compare with: only the table above holds")
		return
	}
	dir := t.TempDir()
	for _, path := range globbed {
		write(t, filepath.Join(dir, filepath.FromSlash(path)), "x\n")
	}
	for _, globs := range []string{
		"*.go", "/*.go", "a.go", "*.{js,ts} *.py", "{src,test}/{a,f}.go", "src/*.go", "src/**/*.go", "src/** !*.go",
		"*.go !*_test.go !vendor", "!*_test.go *.go !vendor !deep/ !/*.go", "!*.go a.go", "!*.go",
		"!vendor vendor/h.go", "*test*", "!*test*", `x\[1].go`, `\{y\}.go`, "[{]y[}].go", `\!z.go`, "**/test/** !*.md",
		"src/d*/** !src/deep/test",
		"* !src/deep/**", "?.js", "[ab].*", "[!a].*", "**/d.go", "src/**/test/*", "!**/test/**", "!src/**/test",
	} {
		args := []string{"--files", "--hidden", "--no-ignore", "--sort=path"}
		for _, glob := range strings.Fields(globs) {
			args = append(args, "-g", glob)
		}
		cmd := exec.CommandContext(t.Context(), rg, args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "RIPGREP_CONFIG_PATH=")
		out, _ := cmd.Output() // it fails where it finds nothing
		want := strings.Fields(filepath.ToSlash(string(out)))
		got := choose(t, strings.Fields(globs)...)
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s chooses\n%q\nripgrep\n%q", globs, got, want)
		}
	}
}

// One Chooser for all paths says what one for each does.
func FuzzGlobs(f *testing.F) {
	f.Add("src/** !*.go", "src/a.go src/deep/c.go a.go")
	f.Add("*.{js,ts} !{a,b}/", "a/x.js b.ts c/b/x.ts")
	f.Fuzz(func(t *testing.T, globs, paths string) {
		g, err := NewGlobs(strings.Fields(globs))
		if err != nil {
			return
		}
		c := g.Chooser()
		for _, path := range strings.Fields(paths) {
			if got, want := c.Chooses(path), g.Chooser().Chooses(path); got != want {
				t.Errorf("%q, %q: %v after others, %v alone", globs, path, got, want)
			}
		}
	})
}

func BenchmarkGlobs(b *testing.B) {
	for _, globs := range []string{"*.go", "src/**", "**/test/**/*.go", "*.{js,ts,jsx,tsx} !*.test.*", "!vendor !node_modules"} {
		b.Run(globs, func(b *testing.B) {
			g, err := NewGlobs(strings.Fields(globs))
			if err != nil {
				b.Fatal(err)
			}
			c := g.Chooser()
			for b.Loop() {
				c.Chooses("src/internal/runtime/test/atomic/types_64bit_test.go")
			}
		})
	}
}
