package index

import (
	"path"
	"strings"
)

// Class says what kind of a file it is, in bits: an answer in a test or a document is
// seldom the place that is asked for.
type Class uint32

const (
	ClassForeign Class = 1 << iota // nobody here writes it: vendored or generated
	ClassTest
	ClassProse
	ClassConfiguration
	ClassDeclaration // says what other code offers, and does nothing: .d.ts, .pyi
	ClassMarkup      // pages, templates and style sheets
	ClassAside       // tools around the code: scripts that build, check, document or release it
)

// classOf returns the class of a file by its path, language and mark.
func classOf(f File) (c Class) {
	if f.Foreign {
		c |= ClassForeign
	}
	if IsTest(f.Path) {
		c |= ClassTest
	}
	switch f.Language {
	case "markdown", "restructuredtext", "rst", "asciidoc", "text", "plaintext", "":
		c |= ClassProse
	case "json", "yaml", "toml", "xml", "ini", "properties", "csv":
		c |= ClassConfiguration
	case "html", "css", "scss", "sass", "less":
		c |= ClassMarkup
	}
	lower := strings.ToLower(f.Path)
	for _, end := range [...]string{".d.ts", ".d.mts", ".d.cts", ".pyi"} {
		if strings.HasSuffix(lower, end) {
			c |= ClassDeclaration
		}
	}
	if isAside(lower) {
		c |= ClassAside
	}
	return c
}

// isAside reports whether a path, in lower case, is that of a tool around the code. Most of these words are also what
// somebody's product is made of: they count at the top only.
func isAside(file string) bool {
	top, _, below := strings.Cut(file, "/")
	if !below {
		return false
	}
	switch top {
	case ".github", ".gitlab", ".circleci", ".ci", ".devcontainer", "ci", "build", "packaging", "scripts", "script",
		"tools", "tool", "contrib", "hack", "misc", "etc", "support", "docs", "doc", "website":
		return true
	}
	return false
}

// IsTest reports whether a path is that of a test, an example or a fixture, by
// the conventions of the languages' own tools.
func IsTest(file string) bool {
	dir, base := path.Split(strings.ToLower(file))
	if strings.HasPrefix(dir, "t/") {
		return true // of Perl, and of who liked it
	}
	for part := range strings.SplitSeq(dir, "/") {
		switch part {
		case "test", "tests", "testing", "testdata", "__tests__", "spec", "specs", "e2e",
			"fixture", "fixtures", "example", "examples", "mock", "mocks", "bench", "benches", "benchmark", "benchmarks":
			return true
		}
	}
	stem := strings.TrimSuffix(base, path.Ext(base))
	for _, suffix := range []string{"_test", "_tests", "_spec", ".test", ".spec", "-test", "-spec"} {
		if strings.HasSuffix(stem, suffix) {
			return true
		}
	}
	if strings.HasPrefix(stem, "test_") || stem == "conftest" {
		return true
	}
	// FooTest.java, FooTests.cs, FooSpec.scala: the capital tells it from "latest".
	name := path.Base(file)
	name = strings.TrimSuffix(name, path.Ext(name))
	for _, suffix := range []string{"Test", "Tests", "Spec", "TestCase", "IT"} {
		if rest, ok := strings.CutSuffix(name, suffix); ok && rest != "" && rest[len(rest)-1] >= 'a' && rest[len(rest)-1] <= 'z' {
			return true
		}
	}
	return false
}
