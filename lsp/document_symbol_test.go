package lsp_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/lsp/lsptest"
	"github.com/semantic-ls/semantic-ls/workspace/chunk"
)

// treeOf is a tree of symbols as "a(b c(d))", having looked at each for what clients insist on.
func treeOf(t *testing.T, list []lsptest.DocumentSymbol, within *lsptest.Range) string {
	t.Helper()
	before := func(a, b lsptest.Position) bool {
		return a.Line < b.Line || a.Line == b.Line && a.Character <= b.Character
	}
	inside := func(inner, outer lsptest.Range) bool {
		return before(outer.Start, inner.Start) && before(inner.End, outer.End)
	}
	var names []string
	for _, d := range list {
		if strings.TrimSpace(d.Name) == "" || d.Kind < 1 || d.Kind > 26 || !inside(d.SelectionRange, d.Range) ||
			within != nil && !inside(d.Range, *within) {
			t.Errorf("symbol %+v in %+v", d, within)
		}
		name := d.Name
		if len(d.Children) > 0 {
			name += "(" + treeOf(t, d.Children, &d.Range) + ")"
		}
		names = append(names, name)
	}
	return strings.Join(names, " ")
}

func TestDocumentSymbolsAreThoseOfTheBuffer(t *testing.T) {
	dir := write(t, map[string]string{"a.py": "def on_disk():\n    pass\n"})
	path := filepath.Join(dir, "a.py")
	const before = "# 😀é\n"
	const typed = before + "class Outer:\n    \"\"\"Says.\"\"\"\n    class Inner:\n        def deep(self):\n            pass\n    def method(self):\n        pass\ndef after(): pass\n"
	for encoding, emoji := range map[string]int{"utf-8": 4, "utf-16": 2, "utf-32": 1} {
		t.Run(encoding, func(t *testing.T) {
			lsptest.Run(t, shown(realEngine(""), everything), func(e *lsptest.Editor) {
				e.Initialize(lsptest.Options{
					Folders: []string{dir}, Encodings: []string{encoding},
					Capabilities: textDocument("documentSymbol.hierarchicalDocumentSymbolSupport"),
				})
				list, err := e.DocumentSymbols(path)
				if got := treeOf(t, list, nil); err != nil || got != "on_disk" {
					t.Errorf("on disk %q, %v", got, err)
				}
				e.Open(path, typed)
				list, err = e.DocumentSymbols(path)
				if got := treeOf(t, list, nil); err != nil || got != "Outer(Inner(deep) method) after" {
					t.Fatalf("tree %q, %v", got, err)
				}
				if at := list[0].SelectionRange; at != (lsptest.Range{Start: lsptest.Position{Line: 1, Character: 6}, End: lsptest.Position{Line: 1, Character: 11}}) {
					t.Errorf("Outer is at %+v", at)
				}
				e.Edit(path, lsptest.Edit{Text: "x = '😀'; y = 1\ndef café(): pass\n"})
				list, err = e.DocumentSymbols(path)
				if err != nil || len(list) == 0 {
					t.Fatalf("symbols %+v, %v", list, err)
				}
				last := list[len(list)-1]
				units := map[string]int{"utf-8": 5, "utf-16": 4, "utf-32": 4}[encoding]
				if got := last.SelectionRange.End.Character - last.SelectionRange.Start.Character; last.Name != "café" || got != units {
					t.Errorf("%s: %d units, want %d (an emoji has %d)", last.Name, got, units, emoji)
				}
			})
		})
	}
}

func TestDocumentSymbolsWithoutHierarchy(t *testing.T) {
	dir := write(t, map[string]string{"a.py": "class Outer:\n    def method(self):\n        pass\n"})
	path := filepath.Join(dir, "a.py")
	lsptest.Run(t, shown(realEngine(""), everything), func(e *lsptest.Editor) {
		e.Initialize(lsptest.Options{Folders: []string{dir}})
		list, err := e.DocumentSymbols(path)
		if err != nil || len(list) != 2 || list[1].Name != "method" || list[1].ContainerName != "Outer" ||
			list[1].Location == nil || lsptest.Path(list[1].Location.URI) != path || list[1].Location.Range.Start.Line != 1 {
			t.Errorf("symbols %+v, %v", list, err)
		}
	})
}

// What somebody sends who means no good is answered within bounds.
func TestDocumentSymbolsAreBounded(t *testing.T) {
	dir := write(t, map[string]string{"a.go": "package a\n"})
	var many, deep strings.Builder
	many.WriteString("package a\n")
	for i := range 12_000 {
		fmt.Fprintf(&many, "func f%d() {}\n", i)
	}
	for i := range 300 {
		fmt.Fprintf(&deep, "class C%d {\n", i)
	}
	deep.WriteString(strings.Repeat("}\n", 300))
	lsptest.Run(t, shown(realEngine(""), everything), func(e *lsptest.Editor) {
		e.Initialize(lsptest.Options{
			Folders: []string{dir}, Capabilities: textDocument("documentSymbol.hierarchicalDocumentSymbolSupport"),
		})
		path := filepath.Join(dir, "many.go")
		e.Open(path, many.String())
		if list, err := e.DocumentSymbols(path); err != nil || len(list) != 10_000 {
			t.Errorf("%d symbols, %v", len(list), err)
		}
		path = filepath.Join(dir, "deep.java")
		e.Open(path, deep.String())
		list, err := e.DocumentSymbols(path)
		depth := 0
		for level := list; len(level) > 0; level = level[0].Children {
			depth++
		}
		if tree := treeOf(t, list, nil); err != nil || depth > 64 || depth < 10 || !strings.Contains(tree, "C9") {
			t.Errorf("%d levels, %v", depth, err)
		}
		path = filepath.Join(dir, "long.go")
		e.Open(path, "package a\n\nfunc f() {}\n"+strings.Repeat("// a line of a comment\n", 400_000))
		if list, err := e.DocumentSymbols(path); err != nil || list == nil || len(list) > 0 {
			t.Errorf("of nine megabytes: %v, %v", list, err)
		}
		list, err = e.DocumentSymbols("untitled:Untitled-1")
		if err != nil || list == nil || len(list) > 0 {
			t.Errorf("of a document that is no file: %v, %v", list, err)
		}
		if _, err := e.DocumentSymbols(filepath.Join(dir, "nowhere.go")); lsptest.Code(err) != -32803 {
			t.Errorf("of a file that is not there: %v, want -32803", err)
		}
	})
}

func TestKindsAreNumbersOfTheProtocol(t *testing.T) {
	if chunk.Function != 12 || chunk.TypeParameter != 26 || chunk.FileKind != 1 {
		t.Error("chunk.Kind does not count as the protocol does")
	}
}

// A line of megabytes with thousands of definitions, one of them not of ASCII, is not counted anew for each.
func TestSymbolsOfOneLongLine(t *testing.T) {
	const functions = 10_000
	dir := write(t, map[string]string{"a.js": "x\n"})
	path := filepath.Join(dir, "a.js")
	one := "function f(a) { " + strings.Repeat("a + ", 100) + "1 } "
	lsptest.Run(t, shown(realEngine(""), everything), func(e *lsptest.Editor) {
		e.Initialize(lsptest.Options{
			Folders: []string{dir}, Capabilities: textDocument("documentSymbol.hierarchicalDocumentSymbolSupport"),
		})
		e.Open(path, "/* 😀 */ "+strings.Repeat(one, functions))
		list, err := e.DocumentSymbols(path)
		if err != nil || len(list) != functions {
			t.Fatalf("%d symbols, %v", len(list), err)
		}
		for i, d := range list {
			if want := len("/* 00 */ function ") + i*len(one); d.SelectionRange.Start != (lsptest.Position{Character: want}) {
				t.Fatalf("symbol %d is at %+v, want %d", i, d.SelectionRange.Start, want)
			}
		}
	})
}
