package chunk

import (
	"go/build"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestOutlineSurvivesDamage takes one brace, bracket or quote away, or puts one in, in many places, and counts how much of the
// outline is still found: names, kinds and containers. It is what an editor sees while somebody types.
func TestOutlineSurvivesDamage(t *testing.T) {
	type input struct{ path, text string }
	inputs := map[string][]input{}
	files, err := filepath.Glob(filepath.Join(build.Default.GOROOT, "src", "encoding", "json", "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no Go files: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		inputs["go tree"] = append(inputs["go tree"], input{file, string(text)})
	}
	for _, name := range []string{
		"go", "python", "javascript", "typescript", "java", "c", "cpp", "csharp", "rust", "kotlin",
		"swift", "php", "haskell", "ocaml", "fsharp", "erlang", "clojure", "commonlisp", "scheme", "racket",
		"elisp", "elm", "purescript", "tcl", "ruby", "elixir", "julia", "lua", "zig", "solidity",
		"proto", "thrift", "graphql", "terraform", "css", "scss", "less", "perl", "r", "nix",
		"sql", "cuda", "tsx", "jsx", "objc_class", "javascript_inner", "typescript_inner", "java_inner",
		"csharp_inner", "ocaml_inner", "julia_inner",
	} {
		path, text, _ := readCase(t, filepath.Join("testdata", "outline", name+".txt"))
		inputs[name] = []input{{path, text}}
	}
	// The cases are short and full of traps, so one damage costs much of them (C++'s namespace
	// is not even indented); real files lose less.
	for name, list := range inputs {
		least := .7
		if name == "go tree" {
			least = .99
		}
		for damage, change := range map[string]func(text string, at int) string{
			"without }": without("}"), "without {": without("{"), "without )": without(")"), "without \"": without(`"`),
			"more {": func(text string, at int) string { return text[:at] + "{" + text[at:] },
			"more }": func(text string, at int) string { return text[:at] + "}" + text[at:] },
		} {
			if name == "python" && strings.HasSuffix(damage, "{") {
				continue // outside brackets no Python has any
			}
			found, all := 0, 0
			for _, in := range list {
				clean := names(Cut(in.path, in.text))
				for i := range 12 {
					at := len(in.text) * (i + 1) / 14
					at += max(0, strings.IndexByte(in.text[at:], '\n'))
					damaged := names(Cut(in.path, change(in.text, at)))
					for key, n := range clean {
						all += n
						found += min(n, damaged[key])
					}
				}
			}
			if got := ratio(found, all); got < least {
				t.Errorf("%s %s: %.3f of the outline is left, want %.2f", name, damage, got, least)
			}
		}
	}
}

// without takes away the first mark behind an offset.
func without(mark string) func(text string, at int) string {
	return func(text string, at int) string {
		i := strings.Index(text[at:], mark)
		if i < 0 {
			return text
		}
		return text[:at+i] + text[at+i+len(mark):]
	}
}

func names(f File) map[string]int {
	found := map[string]int{}
	for _, s := range f.Symbols {
		found[s.Kind.String()+" "+s.Container+" "+s.Name]++
	}
	return found
}
