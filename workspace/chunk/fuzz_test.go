package chunk

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// paths has one file name for every grammar.
func paths() []string {
	var list []string
	for i := range languages {
		if l := &languages[i]; l.grammar != nil {
			list = append(list, "x"+strings.Fields(l.exts)[0])
		}
	}
	return append(list, "x.json", "x")
}

// check is what holds for any text: chunks tile it, none is too large, and symbols stay within bounds and in order.
func check(path, text string) error {
	f := Cut(path, text)
	if f.Fault != "" {
		return fmt.Errorf("the outline fails: %s", f.Fault)
	}
	if o := Outline(path, text); o.Language != f.Language || !slices.Equal(o.Symbols, f.Symbols) || o.Chunks != nil {
		return fmt.Errorf("Outline finds %d symbols, Cut %d", len(o.Symbols), len(f.Symbols))
	}
	at := 0
	for i, c := range f.Chunks {
		switch {
		case c.Start != at || c.End <= c.Start || c.End > len(text):
			return fmt.Errorf("chunk %d is [%d, %d) where %d was expected", i, c.Start, c.End, at)
		case c.End-c.Start > 4000:
			return fmt.Errorf("chunk %d has %d bytes", i, c.End-c.Start)
		case c.NameStart > c.NameEnd || c.NameEnd > len(text) || c.Symbol != "" && text[c.NameStart:c.NameEnd] != c.Symbol:
			return fmt.Errorf("chunk %d: %q is not at [%d, %d)", i, c.Symbol, c.NameStart, c.NameEnd)
		case c.Kind == Text && c.Symbol != "" || len(c.Signature) > 200:
			return fmt.Errorf("chunk %d: kind %v, symbol %q, signature %q", i, c.Kind, c.Symbol, c.Signature)
		case c.End < len(text) && !utf8.RuneStart(text[c.End]) && utf8.ValidString(text):
			return fmt.Errorf("chunk %d splits a rune at %d", i, c.End)
		}
		at = c.End
	}
	if at != len(text) {
		return fmt.Errorf("chunks end at %d of %d", at, len(text))
	}
	for i, s := range f.Symbols {
		if s.DocStart < 0 || s.DocStart > s.Start || s.Start > s.NameStart || s.NameStart >= s.NameEnd || s.NameEnd > s.End || s.End > len(text) ||
			text[s.NameStart:s.NameEnd] != s.Name {
			return fmt.Errorf("symbol %d out of bounds: %+v", i, s)
		}
		if i > 0 && f.Symbols[i-1].Start > s.Start {
			return fmt.Errorf("symbol %d starts before the one before it: %+v", i, s)
		}
		if found, ok := f.SymbolAt(s.NameStart); i < 20 && (!ok || found.Start > s.NameStart || found.End <= s.NameStart) {
			return fmt.Errorf("SymbolAt(%d) is %+v, %v", s.NameStart, found, ok)
		}
	}
	return nil
}

func FuzzCut(f *testing.F) {
	cases, err := filepath.Glob("testdata/outline/*")
	if err != nil || len(cases) == 0 {
		f.Fatalf("no cases: %v", err)
	}
	names := paths()
	for i, name := range cases {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(i), string(text))
	}
	f.Fuzz(func(t *testing.T, which uint8, text string) {
		path := names[int(which)%len(names)]
		if err := check(path, text); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
	})
}

// TestCutAnything cuts every case as every language, whole and broken off, with every line end.
func TestCutAnything(t *testing.T) {
	cases, err := filepath.Glob("testdata/outline/*")
	if err != nil || len(cases) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, name := range cases {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		for _, path := range paths() {
			for _, variant := range []string{
				text, text[:len(text)/2], text[len(text)/3:], strings.ReplaceAll(text, "\n", "\r\n"), strings.ReplaceAll(text, "\n", "\r"),
				strings.ReplaceAll(text, "\n", " "), strings.ReplaceAll(text, "e", "\xff"), "\ufeff" + text, strings.ReplaceAll(text, "\"", ""),
				strings.ReplaceAll(text, "}", ""), strings.ReplaceAll(text, "(", "(("), text + "\x00" + text,
			} {
				if err := check(path, variant); err != nil {
					t.Fatalf("%s as %s: %v", name, path, err)
				}
			}
		}
	}
}

// hostile are texts that, repeated, make a careless scanner search the rest of the file again and again.
var hostile = []string{
	"(", ")", "[", "{", "}", "\"", "'", "`", "<", ">", "a<", "x=/[", "x=/", "/*", "a(b){", "a b(c){", "def a:", "def a\n", "class A{", "class A:\n ", "${", "`${",
	"\"${\"", "\\(\"", "#if\n{", "#if\n", "#else\n", "#define a(\n", "func a(", "func (", "func a() {\n", "fn a<", "impl a for ", "R\"(", "r#\"", "<<A\n", "<<~A\n", "%w(", "[[",
	"--[[", "[=", "\n", "\r\n", " \n", "\t", "#", "# a\n", "a\n=\n", "```\n", "~~~", "=====\n", "a::", "a.", "a=b;", "@a(", "@a\n", "end ", "do ", "if a\n", "x = {", "const a = () => {",
	"import a\n", "import (", "// a\n", "# a\n\n", "\xff", "é", "type a struct {\n", "a:", "template<", "operator(", "f() {\n", "if x; then\n", "a\\\n", "\"\"\"", "'''", "$\"", "@\"", "?>",
	"<?php ", "function a(", "=begin\n", "def a() = b\n", "a? b:", "var x = function() {", "{{", "}\n", "\n}", "x{y;", "enum a{b(c){", "(\n", "class A { void a(); int b(int c) { } ",
	"class A where a where ", "a :: ", "(+)", "a `b` ", "[a|", "{-", "\"\\ ", "instance A (B (", "module A (", "\n#a \\", "> ", "\\begin{code}\n",
	"let a = ", "typedef A,\n#", "var a,\n", "let\n", "and a = ", "module A = struct ", "sig type t ", "begin ", "(*", "(*\"", "{|", "{a|", "{%a ", "type (", "let (", "val a : (",
	"type A =\n ", "[<", "[<A>]\n", "member a.", "static ", "@\"", "``", "let [<A>] ", "let a\n ", "a() -> ", "-spec a(", "-doc ", "-define(", "a() -> b.\n", "'a'(",
	"(define ", "(define (", "(defn ^{", "(defn a [", "#_", "#_(", "#<<A\n", "?\\C-", "#\\", "(defprotocol A (", "(def a\n(", "'(", "(ns (", "(define-library (", "class typedef A ", "v[end", "def a\n  b = c\n", "const a = [\n", "abstract type ", "~s(", "?\\", "a(b) =\n", "proc a {", "if {} ", "if {", "} else {", "namespace eval a {", "method a {} {\n", "   ;a", "oo::class create A {\n",
	"<a b=\"", "<a b='\n<c d=\"", "<h1>", "<h2 id=a>", "<!--", "<!--\n", "<a b={", "<a id=b>", "<script>", "<svg>", "<key>", "<project><a>", "</a>", "<template>",
	"\"a\":{", "\"a\" : ", "{\"cells\":[{\"source\":[\"a\\n\",", "{\"source\":\"# a\\n\\u0041\"},", "a: |\n", "a:\n  b:\n", "- a: b\n", "---\n", "---\na: b\n", "[a]\n", "[[a",
	"a = [\n", "a=b\\\n", "\\begin{", "\\begin{a}", "\\end{a}", "\\section{", "\\section{a}", "\\def\\a{", "\\begin{verbatim}", "\\label[", "% a\n", "FROM a AS b\n", "RUN <<A\n",
	"define a\n", "a:\n\tb\n", "a:=$(", "add_library(a\n", "function(a)\n", "#[[", "#[==[", "----\n", "A\n-\n", "{#snippet a", "# a\n## b\n",
}

// TestCutHostileTextInLinearTime counts steps: twice the text may take little more than twice the steps.
func TestCutHostileTextInLinearTime(t *testing.T) {
	for _, path := range paths() {
		g := grammarOf(path)
		for _, unit := range hostile {
			n := 8_000 / len(unit) / 12 * 12 // quotes pair up in both
			one, two := steps(strings.Repeat(unit, n), g), steps(strings.Repeat(unit, 2*n), g)
			indented := strings.Repeat(" ", 999)
			if in := steps(indented+strings.Repeat(unit, n), g); in > 2*one+40*len(indented) {
				t.Errorf("%s: %q %d times takes %d steps, %d behind an indentation", path, unit, n, one, in)
			}
			if two > 22*one/10+4*look || one > 40*n*len(unit) {
				t.Errorf("%s: %q %d times takes %d steps, twice that %d", path, unit, n, one, two)
			}
		}
	}
}

func grammarOf(path string) *grammar {
	if l := detect(path, ""); l != nil {
		return l.grammar
	}
	return nil
}

func steps(text string, g *grammar) int {
	s := outline(text, g)
	_, labels := s.symbols()
	s.pack(labels)
	return s.steps
}
