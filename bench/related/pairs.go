package main

import (
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/vectors/words"
	"github.com/semantic-ls/semantic-ls/workspace/chunk"
)

// pair is a test, and the file or files (a header beside its source) that it names.
type pair struct {
	test    *file
	targets []*file
	name    string // of what is tested, without marks of tests and extensions
}

// marks are what the name of a test has beside the name of what it tests. Those that begin with a capital are told from
// the end of a word by it: "FooTest", not "latest".
var (
	before = []string{"test_", "test-", "Test"}
	after  = []string{
		"_test", "-test", ".test", "_tests", "-tests", ".tests", "_spec", "-spec", ".spec", "_unittest", "_SUITE",
		"Tests", "Test", "Specs", "Spec", "Suite", "TestCase",
	}
)

// tested is the name of the file that a test's name names; false for what is no test by its name.
func tested(base string) (name string, ok bool) {
	stem := strings.TrimSuffix(base, path.Ext(base))
	for _, mark := range after {
		if name, ok := strings.CutSuffix(stem, mark); ok && name != "" {
			return name, true
		}
	}
	for _, mark := range before {
		name, ok := strings.CutPrefix(stem, mark)
		if ok && name != "" && (mark != "Test" || unicode.IsUpper(rune(name[0]))) {
			return name, true
		}
	}
	return "", false
}

// kin are extensions of one language: a test in one may be of a file in another.
var kin = [][]string{
	{".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts"},
	{".c", ".cc", ".cpp", ".cxx", ".h", ".hh", ".hpp"},
	{".ex", ".exs"},
	{".kt", ".java"},
}

func kindred(a, b string) bool {
	return a == b || slices.ContainsFunc(kin, func(k []string) bool { return slices.Contains(k, a) && slices.Contains(k, b) })
}

// isCode reports whether a path is that of a program in a language that has tests: no project file, snapshot or fixture.
func isCode(file string) bool {
	switch chunk.Language(file, "") {
	case "", "markdown", "json", "yaml", "toml", "xml", "html", "css", "text", "plaintext", "ini", "properties", "sql",
		"shellscript":
		return false
	}
	return true
}

// key is a name without what languages write differently.
func key(name string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "", ".", "").Replace(name))
}

// pairs are at most so many of the repository, evenly chosen, in the order of their paths.
func (r *repository) pairs(most int) (list []pair) {
	byKey := map[string][]*file{}
	for _, f := range r.files {
		if !f.test {
			base := path.Base(f.path)
			k := key(strings.TrimSuffix(base, path.Ext(base)))
			if path.Ext(base) == ".cs" {
				first, _, _ := strings.Cut(base, ".") // Foo.Async.cs is a part of class Foo, too
				k = key(first)
			}
			byKey[k] = append(byKey[k], f)
		}
	}
	for _, f := range r.files {
		name, ok := tested(path.Base(f.path))
		if !ok || !f.test || !isCode(f.path) || helpers[key(name)] {
			continue
		}
		var same []*file
		for _, c := range byKey[key(name)] {
			if kindred(path.Ext(f.path), path.Ext(c.path)) && !isSample(c.path) {
				same = append(same, c)
			}
		}
		if targets := oneOf(same, f); targets != nil {
			list = append(list, pair{f, targets, name})
		}
	}
	if len(list) > most {
		some := make([]pair, most)
		for i := range some {
			some[i] = list[i*len(list)/most]
		}
		list = some
	}
	return list
}

// helpers are what tests share rather than test, by the names that they have in TestUtil.java and base_test.py.
var helpers = map[string]bool{
	"util": true, "utils": true, "helper": true, "helpers": true, "base": true, "common": true, "case": true, "data": true,
}

// oneOf is the one file among those of a name that the test means: in its own directory, else the only one there is.
// Several that differ in the extension only, and stand together or in include and src, are one.
func oneOf(same []*file, test *file) []*file {
	var beside []*file
	for _, c := range same {
		if path.Dir(c.path) == path.Dir(test.path) {
			beside = append(beside, c)
		}
	}
	if path.Ext(test.path) == ".go" || beside != nil && !slices.Contains(kin[1], path.Ext(test.path)) {
		same = beside // a package of Go is a directory
	}
	for i, c := range same {
		for _, d := range same[:i] {
			if path.Ext(c.path) == path.Ext(d.path) {
				return nil
			}
		}
	}
	if len(same) > 2 {
		return nil
	}
	return same
}

// isTest reports whether a path is that of a test or of what tests share: what the program takes for one, and what has
// the word in the name of the file or of a directory.
func isTest(file string) bool {
	if index.IsTest(file) {
		return true
	}
	for _, w := range words.Of(file) {
		switch w {
		case "test", "testing", "spec", "suite", "unittest", "testutil", "teststat", "testkit":
			return true
		}
	}
	return false
}

// isSample reports whether a path is that of an example: not what a test means by a name.
func isSample(file string) bool {
	for _, w := range words.Of(file) {
		switch w {
		case "sampl", "exampl", "demo", "snippet", "doc", "docs", "benchmark", "playground":
			return true
		}
	}
	return false
}
