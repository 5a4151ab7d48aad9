package ignore

import (
	"strings"
	"testing"
)

// TestHostilePatterns: a matcher that backtracks does not come back from any of these.
func TestHostilePatterns(t *testing.T) {
	a := strings.Repeat("a", 250)
	deep := strings.Repeat("a/", 2000)
	for _, c := range []struct {
		pattern, path string
		want          bool
	}{
		{strings.Repeat("*a", 60) + "*b", a, false},
		{strings.Repeat("a*", 100) + "b", a + "b", true},
		{strings.Repeat("a*", 100) + "b", a + "c", false},
		{strings.Repeat("**/a/", 60) + "b", deep + "c", false},
		{strings.Repeat("**/a/", 60) + "b", deep + "b", true},
		{strings.Repeat("**/*a*", 60) + "/b", deep + "c", false},
		{strings.Repeat("[a-z]*", 200) + "1", a, false},
		{strings.Repeat("?*", 200) + "b", a, false},
		{"/" + strings.Repeat("*/", 500) + "b", deep + "c", false},
	} {
		p := parsePattern(c.pattern, false)
		if got := p.match(c.path); got != c.want {
			t.Errorf("%.40s...: got %v", c.pattern, got)
		}
	}
}

// TestCornersOfGit are answers of git that random trees seldom ask for.
func TestCornersOfGit(t *testing.T) {
	for _, c := range []struct {
		pattern, path string
		fold, want    bool
	}{
		{"/a[!b]c", "a/c", false, false}, // no set holds a slash
		{"/a[/]c", "a/c", false, false},
		{"/a[[:punct:]]c", "a/c", false, false},
		{"/a?c", "a/c", false, false},
		{"/a*c", "a/b/c", false, false},
		{"a**/c", "ab/x/c", false, true}, // the literal start is cut off, then ** is at the start
		{"a**/c", "ac", false, true},
		{"?**/c", "ab/x/c", false, false},
		{"**/c", "c", false, true},
		{"**/c", "bc", false, false},
		{"**/c", "a/bc", false, false},
		{"a/**/c", "a/bc", false, false},
		{`**\/c`, "c", false, false}, // an escaped slash cannot be left out
		{`**\/c`, "a/b/c", false, true},
		{"a/**", "a", false, false},
		{"a/**", "a/b/c", false, true},
		{"[A-C]x", "bX", true, true},
		{"[A]x", "ax", true, false}, // a single member is not folded
		{`\Ax`, "ax", true, false},  // nor what is escaped
		{"Ax", "aX", true, true},
		{"[[:upper:]]", "a", true, true},
		{"[[:space:]]", "\v", false, false}, // git counts \t, \n, \r and the blank
		{"[[:space:]]", "\t", false, true},
		{"[[:alpha:]]", "\xe9", false, false},
		{"[]-a]", "^", false, true}, // a range from ]
		{"[a-]", "-", false, true},
		{"[^]]", "a", false, true},
		{"[[:nope:]]", "n", false, false},
		{"[a", "[a", false, false},
		{`a\`, `a\`, false, false},
		{"!", "!", false, false},
		{"/", "/", false, false},
	} {
		p := parsePattern(c.pattern, c.fold)
		if got := p.match(c.path); got != c.want {
			t.Errorf("%s against %q (fold: %v): got %v", c.pattern, c.path, c.fold, got)
		}
	}
}

// FuzzGlob holds the matcher against a plain backtracking one over the same tokens, and the parser against any bytes.
func FuzzGlob(f *testing.F) {
	for _, seed := range []string{"a*b", "**/a", "a/**/b", "[a-c]?[!x]", "*.c", `\*a`, "a**/b", "**", "*/**/?/*"} {
		f.Add(seed, "a/b/c", true, false)
		f.Add(seed, "abc.c", false, true)
	}
	f.Fuzz(func(t *testing.T, pattern, text string, path, fold bool) {
		l, _ := parseList(pattern, "x", 0, fold)
		l.last(text, text, false)
		if len(pattern) > 24 || len(text) > 24 || strings.Contains(pattern, "\x00") {
			return // the reference is exponential
		}
		g := compileGlob(pattern, path, fold)
		if g == nil {
			return
		}
		folded := text
		if fold {
			folded = lowerASCII(text)
		}
		if got, want := g.match(text), g.backtrack(0, folded); got != want {
			t.Errorf("%q against %q: got %v, want %v", pattern, text, got, want)
		}
	})
}

func (g *glob) backtrack(at int, s string) bool {
	if at == len(g.tokens) {
		return s == ""
	}
	switch t := g.tokens[at]; t.op {
	case opStar:
		return g.backtrack(at+1, s) || s != "" && s[0] != '/' && g.backtrack(at, s[1:])
	case opGlobstar:
		return g.backtrack(at+1, s) || s != "" && g.backtrack(at, s[1:])
	case opEnter:
		if g.backtrack(at+2, s) {
			return true
		}
		for i := range len(s) {
			if s[i] == '/' && g.backtrack(at+2, s[i+1:]) {
				return true
			}
		}
		return false
	case opByte:
		return s != "" && s[0] == t.byte && g.backtrack(at+1, s[1:])
	case opAny:
		return s != "" && s[0] != '/' && g.backtrack(at+1, s[1:])
	case opSet:
		return s != "" && g.sets[t.set].has(s[0]) && g.backtrack(at+1, s[1:])
	default:
		return false
	}
}

func BenchmarkMatch(b *testing.B) {
	lines := []string{
		"*.log", "build/", "/dist", "node_modules", "*.tmp", "**/generated/*.go", "docs/**/*.html", "[Bb]in", "*~",
		"coverage*.xml", ".cache", "/tmp/*", "!keep.log", "*.swp", "target/", "a/b/c",
	}
	for _, fold := range []bool{false, true} {
		b.Run(map[bool]string{false: "exact", true: "fold"}[fold], func(b *testing.B) {
			l, _ := parseList(strings.Join(lines, "\n"), "x", 0, fold)
			for b.Loop() {
				l.last("internal/server/handler_test.go", "handler_test.go", false)
			}
		})
	}
}
