package chunk

import (
	"fmt"
	"go/build"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// shape is the chunks of a text in words: "symbol start-end" in lines, "skip" where they are not embedded.
func shape(f File, text string) string {
	starts := lineStarts(text)
	var b strings.Builder
	for _, c := range f.Chunks {
		name := c.Symbol
		if c.Container != "" {
			name = c.Container + "." + name
		}
		if name == "" {
			name = "-"
		}
		fmt.Fprintf(&b, "%s %s %d-%d", c.Kind, name, lineOf(starts, c.Start), lineOf(starts, c.End-1))
		if c.Skip {
			b.WriteString(" skip")
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func expectShape(t *testing.T, path, text, want string) {
	t.Helper()
	if got := shape(Cut(path, text), text); got != want {
		t.Errorf("%s is cut into\n%swant\n%s", path, got, want)
	}
}

// body is the inside of a Go function, n lines of about 20 bytes.
func body(n int) string { return strings.Repeat("\tcall(with, values)\n", n) }

func TestSmallSiblingsShareAChunk(t *testing.T) {
	text := "func a() {}\n\nfunc b() {\n" + body(4) + "}\n\nfunc c() {}\n"
	expectShape(t, "x.go", text, "function b 1-10\n")
}

func TestLongOrDocumentedDefinitionsStandAlone(t *testing.T) {
	text := "func a() {}\n\n// Long is long.\nfunc long() {\n" + body(12) + "}\n\nfunc b() {\n" + body(30) + "}\n\nfunc c() {}\n"
	expectShape(t, "x.go", text, "function a 1-2\nfunction long 3-18\nfunction b 19-51\nfunction c 52-52\n")
}

func TestLargeDefinitionsAreSplit(t *testing.T) {
	text := "func large() {\n" + strings.Repeat("\tif x {\n"+body(10)+"\t}\n\n", 12) + "}\n"
	f := Cut("x.go", text)
	if len(f.Chunks) < 2 {
		t.Fatalf("%d chunks of %d bytes", len(f.Chunks), len(text))
	}
	for i, c := range f.Chunks {
		if c.Symbol != "large" || c.Kind != Function || c.Signature != "func large()" {
			t.Errorf("chunk %d shows %v %q %q", i, c.Kind, c.Symbol, c.Signature)
		}
		if piece := text[c.Start:c.End]; i+1 < len(f.Chunks) && !strings.HasSuffix(piece, "\n\n") {
			t.Errorf("chunk %d ends inside a statement: %q", i, piece[len(piece)-20:])
		}
	}
}

func TestMembersMergeOnlyWithinTheirClass(t *testing.T) {
	method := "    def m(self):\n        return self.value_of_this + self.value_of_that\n\n"
	text := "class A:\n" + strings.Repeat(method, 30) + "class B:\n" + strings.Repeat(method, 30) + "def f():\n    pass\n"
	f := Cut("x.py", text)
	for _, c := range f.Chunks {
		piece := text[c.Start:c.End]
		if strings.Contains(piece, "class ") && strings.Index(piece, "class ") > 0 {
			t.Errorf("a chunk reaches over a class's end: %q", piece)
		}
	}
	if first, last := f.Chunks[0], f.Chunks[len(f.Chunks)-1]; first.Symbol != "A" || last.Symbol != "f" {
		t.Errorf("the first chunk shows %q, the last %q; want A and f", first.Symbol, last.Symbol)
	}
	if second := f.Chunks[1]; second.Symbol != "m" || second.Container != "A" {
		t.Errorf("the second chunk shows %q of %q", second.Symbol, second.Container)
	}
}

func TestImportsAndLicencesAreSkipped(t *testing.T) {
	for path, text := range map[string]string{
		"x.go":   "// Copyright 2020 Somebody.\n// Use of this is governed\n// by a license.\n\npackage x\n\nimport (\n\t\"fmt\"\n)\n\n",
		"x.py":   "#!/usr/bin/env python\n# -*- coding: utf-8 -*-\nimport os\nfrom a import (\n    b,\n)\n\n",
		"x.js":   "'use strict';\nconst a = require('a');\nimport { b } from './b'\n\n",
		"x.java": "/*\n * Licensed under the Apache License.\n */\npackage a;\n\nimport b.*;\n\n",
		"x.c":    "/* SPDX-License-Identifier: MIT */\n#include <a.h>\n#ifndef X\n#define X\n\n",
		"x.rs":   "use a::{b, c};\n\n",
		"x.json": "{\n}\n",
		"x":      "\n\n   \n----\n",
	} {
		f := Cut(path, text)
		if len(f.Chunks) != 1 || !f.Chunks[0].Skip {
			t.Errorf("%s: %s", path, shape(f, text))
		}
	}
	text := "// Package x explains itself.\npackage x\n\nfunc F() {}\n"
	if f := Cut("x.go", text); f.Chunks[0].Skip {
		t.Errorf("a package's documentation is skipped: %s", shape(f, text))
	}
}

func TestTextWithoutLineEndsIsCut(t *testing.T) {
	for _, text := range []string{strings.Repeat("é", 10_000), strings.Repeat("x", 10_000), strings.Repeat("a b;", 5_000), strings.Repeat("\x80", 9_000)} {
		for _, path := range []string{"x", "x.js", "x.md"} {
			if err := check(path, text); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		}
	}
	if f := Cut("x.go", ""); len(f.Chunks) != 0 || len(f.Symbols) != 0 || f.Language != "go" {
		t.Errorf("an empty file gives %+v", f)
	}
}

func TestSymbolAt(t *testing.T) {
	text := "// Doc.\ntype T struct{}\n\nvar x int\n\n// M does.\nfunc (T) M() {\n\tcall()\n}\n\n\n"
	f := Cut("x.go", text)
	for _, c := range []struct{ at, want string }{{"Doc", "T"}, {"struct", "T"}, {"M does", "M"}, {"call", "M"}, {"x int", "x"}, {"\n\n\n", ""}} {
		s, ok := f.SymbolAt(strings.Index(text, c.at))
		if s.Name != c.want || ok != (c.want != "") {
			t.Errorf("at %q stands %q (%v), want %q", c.at, s.Name, ok, c.want)
		}
	}
	if s, ok := (File{}).SymbolAt(3); ok {
		t.Errorf("nothing holds %+v", s)
	}
}

// TestChunksOfRealFilesHaveAUsefulSize: most text of a real package stands in chunks of 300 to 2,000 bytes.
func TestChunksOfRealFilesHaveAUsefulSize(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(build.Default.GOROOT, "src", "net", "http", "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no Go files: %v", err)
	}
	bytes, useful, chunks := 0, 0, 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := check(file, string(text)); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		for _, c := range Cut(file, string(text)).Chunks {
			if size := c.End - c.Start; !c.Skip {
				chunks++
				bytes += size
				if size >= 300 && size <= 2000 {
					useful += size
				}
			}
		}
	}
	t.Logf("%d chunks, %d bytes on average, %.3f of the text in chunks of a useful size", chunks, bytes/chunks, ratio(useful, bytes))
	if got := ratio(useful, bytes); got < .85 {
		t.Errorf("%.3f of the text stands in chunks of a useful size", got)
	}
}

// What is small inside a function is found as a part of it; what is large has chunks of its own.
func TestInnerDefinitionsDoNotDisplaceTheirFunction(t *testing.T) {
	small := "function small(a) {\n  type T = string\n  const f = () => a\n  return { get() { return f } }\n}\n"
	expectShape(t, "x.ts", small, "function small 1-5\n")
	callbacks := strings.Repeat("\n  on('x', { run(a) {\n    call(with, values, a)\n  } })\n  const f = () => 1\n", 40)
	for _, c := range Cut("x.ts", "function outer(a) {\n"+callbacks+"}\n").Chunks {
		if c.Symbol != "outer" {
			t.Errorf("a chunk of a function is called %q", c.Symbol)
		}
	}
	types := strings.Repeat("\n\ttype pair struct{ a, b int }\n\tcall(with, values)\n", 40)
	for _, c := range Cut("x.go", "package a\n\nfunc outer() {\n"+types+"}\n").Chunks[1:] {
		if c.Symbol != "outer" {
			t.Errorf("a chunk of a function is called %q", c.Symbol)
		}
	}
	inner := "\tconst inner = () => {\n" + strings.ReplaceAll(body(90), "\t", "\t\t") + "\t}\n"
	large := "function outer(a) {\n" + body(30) + inner + body(30) + "}\n"
	expectShape(t, "x.js", large, "function outer 1-31\nfunction outer.inner 32-123\nfunction outer 124-154\n")
}

func TestRulersPartNoStatements(t *testing.T) {
	text := "a = f(1)\nb = f(2)\n# --------\nc = f(3)\nd = f(4)\n# --------\n"
	f := Cut("x.rb", text)
	if len(f.Chunks) > 2 || f.Chunks[0].Skip || f.Chunks[0].End < strings.Index(text, "d = ") {
		t.Errorf("a ruler parts statements: %s", shape(f, text))
	}
}
