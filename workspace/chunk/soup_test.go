package chunk

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// TestCutSoup cuts short texts of a language's keywords, punctuation and names in any order: what bytes at random hardly ever
// make, and somebody who types does.
func TestCutSoup(t *testing.T) {
	const punctuation = "( ) [ ] { } < > = => -> : :: ; , . ? ! @ # $ & | * + - ~ ^ % / // /* */ \" ' ` \"\"\" ''' \\ ${ #{ \\( ?. .. ... := == != " +
		"<- |> << >> a b C D 1 \"s\" 's'"
	blanks := []string{" ", " ", "\n", "\n", "\n  ", "\n\t", "", "", "", "\r\n"}
	marks := strings.Fields(punctuation)
	r := rand.New(rand.NewPCG(1, 2))
	for _, path := range paths() {
		var keywords []string
		if g := grammarOf(path); g != nil {
			for _, w := range g.words {
				keywords = append(keywords, strings.Fields(w.list)...)
			}
		}
		for range 300 {
			var b strings.Builder
			for range 3 + r.IntN(40) {
				if n := len(keywords); n > 0 && r.IntN(10) < 4 {
					b.WriteString(keywords[r.IntN(n)])
				} else {
					b.WriteString(marks[r.IntN(len(marks))])
				}
				b.WriteString(blanks[r.IntN(len(blanks))])
			}
			if err := check(path, b.String()); err != nil {
				t.Errorf("%s: %q: %v", path, b.String(), err)
				break
			}
		}
	}
}

// TestCutHalfTyped are texts that once made the scanner fail.
func TestCutHalfTyped(t *testing.T) {
	for _, c := range [][2]string{
		{"x.js", "x = class {}"},
		{"x.c", "int main(void) {\n  struct foo x\n  const struct bar (*p);\n}"},
		{"x.cpp", "void f() {\n  namespace::out = c:\n}"},
		{"x.cpp", "A::operator=( A&& r ) noexcept {\nstruct\n    A::~A() {"},
		{"x.cpp", "class\ntypedef("},
		{"x.c", "enum\n  typedef?."},
		{"x.m", "enum typedef.."},
		{"x.dart", "enum typedef.."},
		{"x.php", "namespace\"\"\"\n  ::return{"},
		{"x.cs", "=>namespace::checked"},
		{"x.hs", "instance Yesod App\n"},
	} {
		if err := check(c[0], c[1]); err != nil {
			t.Errorf("%s: %q: %v", c[0], c[1], err)
		}
	}
}
