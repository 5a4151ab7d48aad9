package chunk

import (
	"strings"
	"testing"
	"time"
)

func TestLanguage(t *testing.T) {
	for _, c := range []struct{ path, head, want string }{
		{"a/b.go", "", "go"},
		{`C:\a\B.PY`, "", "python"},
		{"x.tsx", "", "typescript"},
		{"x.d.ts", "", "typescript"},
		{"x.jsx", "", "javascript"},
		{"Dockerfile", "", "dockerfile"},
		{"Dockerfile.dev", "", "dockerfile"},
		{"Makefile", "", "makefile"},
		{"CMakeLists.txt", "", "cmake"},
		{"notes.txt", "", "plaintext"},
		{"go.mod", "", "gomod"},
		{"x.h", "int f(void);\n", "c"},
		{"x.h", "#pragma once\nnamespace a {\n", "cpp"},
		{"x.m", "#import <A/A.h>\n", "objective-c"},
		{"x.m", "function y = f(x)\n", "matlab"},
		{"run", "#!/usr/bin/env -S python3.12 -u\n", "python"},
		{"run", "#!/bin/sh\n", "bash"},
		{"run", "#! /usr/bin/node\n", "javascript"},
		{"run", "#!\n", ""},
		{"run", "#!", ""},
		{"x.unknown", "text", ""},
		{".gitignore", "", "ignore"},
		{"", "", ""},
		{"a.", "", ""},
	} {
		if got := Language(c.path, c.head); got != c.want {
			t.Errorf("Language(%q, %q) = %q, want %q", c.path, c.head, got, c.want)
		}
	}
}

// TestLanguageReadsLittle: a modeline is searched at both ends of a text only, however long its lines are.
func TestLanguageReadsLittle(t *testing.T) {
	for _, unit := range []string{"vim: ", "-*-", "vim:ft", "<", "\n", "#!"} {
		text := strings.Repeat(unit, 4_000_000/len(unit))
		for _, path := range []string{"x", "x.h", "x.m", "x.v"} {
			at := time.Now()
			Language(path, text)
			if took := time.Since(at); took > time.Second {
				t.Errorf("%s of %q took %v", path, unit, took)
			}
		}
	}
	for path, want := range map[string]string{"x": "perl", "x.unknown": "perl"} {
		if got := Language(path, strings.Repeat("a\n", 9_000)+"# vim: set ft=perl ts=4:\n"); got != want {
			t.Errorf("%s with a modeline at its end is %q", path, got)
		}
	}
}

// TestLanguagesAreUnambiguous keeps one row from hiding another.
func TestLanguagesAreUnambiguous(t *testing.T) {
	seen := map[string]string{}
	for i := range languages {
		l := &languages[i]
		if l.name == "" || l.name != strings.ToLower(l.name) {
			t.Errorf("row %d is called %q", i, l.name)
		}
		for kind, list := range map[string]string{"extension": l.exts, "file": l.files, "interpreter": l.shebangs} {
			for _, s := range strings.Fields(list) {
				if kind != "interpreter" && s != strings.ToLower(s) || kind == "extension" && s[0] != '.' {
					t.Errorf("%s: %s %q", l.name, kind, s)
				}
				if other, ok := seen[kind+s]; ok {
					t.Errorf("%s %q names %s and %s", kind, s, other, l.name)
				}
				seen[kind+s] = l.name
			}
		}
	}
}

// TestGrammarsFitTheirTables: the scanner's memos are arrays by mark, and keyword lookup reads lengths as bits.
func TestGrammarsFitTheirTables(t *testing.T) {
	for i := range languages {
		g := languages[i].grammar
		if g == nil {
			continue
		}
		if len(g.marks) > 16 {
			t.Errorf("%s has %d marks", languages[i].name, len(g.marks))
		}
		for _, set := range g.words {
			for w := range strings.FieldsSeq(set.list) {
				if len(w) >= 32 {
					t.Errorf("%s: keyword %q is too long", languages[i].name, w)
				}
			}
			if strings.Join(strings.Fields(set.list), " ") != set.list {
				t.Errorf("%s: keywords %q are not separated by single spaces", languages[i].name, set.list)
			}
		}
	}
}

func TestKindString(t *testing.T) {
	for kind, want := range map[Kind]string{Text: "text", Function: "function", EnumMember: "enummember", TypeParameter: "typeparameter", 99: "text"} {
		if got := kind.String(); got != want {
			t.Errorf("Kind(%d) = %q, want %q", kind, got, want)
		}
	}
	if TypeParameter != 26 || FileKind != 1 || Method != 6 {
		t.Error("kinds are not the protocol's numbers")
	}
}
