package clones

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

// tokensOf is a text as its symbols: n for a name, n2 for one that stood two symbols before, 0 for a literal, k for a keyword.
func tokensOf(language, text string) string {
	l := lexer{dialect: dialects()[language], text: text}
	l.run()
	var list []string
	for _, s := range l.symbols {
		switch {
		case s == name:
			list = append(list, "n")
		case s.isName():
			list = append(list, fmt.Sprintf("n%d", s-name))
		case s == literal:
			list = append(list, "0")
		case s >= pair:
			list = append(list, string([]byte{byte(s >> 7 & 0x7f), byte(s & 0x7f)}))
		case s >= firstKeyword:
			list = append(list, "k")
		default:
			list = append(list, string([]byte{byte(s)}))
		}
	}
	return strings.Join(list, " ")
}

func TestSymbols(t *testing.T) {
	cases := []struct{ language, text, want string }{
		{"go", "", ""},
		{"go", "a := b.a(\"x\\\"y\", 'c', `raw\nraw`, 1.5e-3, -2) // a\n", "n := n . n4 ( 0 , 0 , 0 , 0 , 0 )"},
		{"go", "x-1", "n - 0"},
		{"go", "x = -1", "n = 0"},
		{"go", "if x != nil { return true }", "k n != 0 { k 0 }"},
		{"go", "/* a\n b */ x /* open", "n"},
		{"go", "\"open\nx", "0 n"},
		{"go", "a b c d e a b", "n n n n n n n"}, // too far away
		{"go", "a b c d a", "n n n n n4"},
		{"rust", "fn f<'a>(x: &'a str) -> char { 'x' }", "k n < n > ( n : & n n ) -> n { 0 }"},
		{"python", "def f(x):\n  \"\"\"doc\n  doc\"\"\"\n  return not x # no", "k n ( n ) : 0 k k n"},
		{"python", "'it''s'", "0 0"},
		{"javascript", "x = /[/\"]+/g; y = a / b / c; s = `a${b}`", "n = 0 n ; n = n / n / n ; n = 0"},
		{"javascript", "x = /a\\\nb/", `n = / n \ n /`},
		{"javascript", "a => b?.c ?? d", "n => n ?. n ?? n"},
		{"bash", "echo $# \"${x}\" # no\nfi", "n n # 0 k"},
		{"ruby", "valid? and @name", "n k n"},
		{"clojure", "(defn- add-all! [& xs] ; no\n (+ 1 x))", "( k n [ n n ] ( n 0 n ) )"},
		{"haskell", "f x' = 'c' {- no -} -- no", "n n = 0"},
		{"ocaml", "let f x' (* no *) = 'c'", "k n n = 0"},
		{"lua", "--[[ no\n no ]] x = [[raw\n]] -- no", "n = 0"},
		{"sql", "SELECT a FROM b WHERE c = 'x' -- no", "k n k n k n = 0"},
		{"go", "größe := 1", "n := 0"},
	}
	for _, c := range cases {
		if got := tokensOf(c.language, c.text); got != c.want {
			t.Errorf("%s %q: %q, want %q", c.language, c.text, got, c.want)
		}
	}
}

// A text may begin a regular expression at each of its slashes and end none: how much is looked at for that is in proportion
// to the text.
func TestRegularExpressionsThatNeverEnd(t *testing.T) {
	for _, part := range []string{"(/[", "=/(", "</", "x=/a\n"} {
		text := strings.Repeat(part, 1<<20/len(part))
		l := lexer{dialect: dialects()["javascript"], text: text}
		l.run()
		if most := len(text) + 2*longestPattern; l.vainly > most {
			t.Errorf("%q: %d bytes were looked at in vain, want %d at most", part, l.vainly, most)
		}
	}
	// What ends is found behind many that do not.
	if got := tokensOf("javascript", strings.Repeat("a = </b>;\n", 1000)+"x = /[/\"]+/g"); !strings.HasSuffix(got, "; n = 0 n") {
		t.Errorf("it ends with %q", got[len(got)-20:])
	}
}

func FuzzSymbols(f *testing.F) {
	f.Add("go", retry)
	f.Add("javascript", "x = /a/ + `b` + 'c'")
	f.Add("ruby", "\"#{x}\" =~ /a/")
	f.Add("javascript", "x = /a\\\nb/\ny")
	f.Fuzz(func(t *testing.T, language, text string) {
		text = text[:min(len(text), 4<<10)]
		d := dialects()[language]
		if d == nil {
			d = dialects()["rust"]
		}
		l := lexer{dialect: d, text: text}
		l.run()
		last := token{start: -1}
		for _, tok := range l.tokens {
			if tok.start <= last.start || int(tok.start) >= len(text) || tok.line < last.line {
				t.Fatalf("token %v after %v in %q", tok, last, text)
			}
			if want := strings.Count(text[:tok.start], "\n"); int(tok.line) != want {
				t.Fatalf("token at %d is said to be on line %d, and is on %d of %q", tok.start, tok.line, want, text)
			}
			last = tok
		}
		if len(l.symbols) != len(l.tokens) {
			t.Fatalf("%d symbols at %d places", len(l.symbols), len(l.tokens))
		}
		if utf8.ValidString(text) && strings.TrimSpace(text) == "" && len(l.symbols) > 0 {
			t.Fatalf("%d symbols in blanks %q", len(l.symbols), text)
		}
	})
}
