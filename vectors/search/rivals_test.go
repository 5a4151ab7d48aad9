package search

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/vectors/index"
)

const (
	shelfCode = "package store\n\nfunc (s *Shelf) Stack(jars []Jar) error {\n\tfor _, jar := range jars {\n" +
		"\t\tif jar.Broken {\n\t\t\treturn errShards(dusty, heavy)\n\t\t}\n" +
		"\t\ts.wood, s.height, s.boards = jar.Top, label, corner\n\t}\n\treturn nil\n}\n"
	crateCode = "package store\n\nfunc (c *Crate) Stack(jars []Jar) error {\n\tfor _, jar := range jars {\n" +
		"\t\tif jar.Broken {\n\t\t\treturn errShards(dusty, heavy)\n\t\t}\n" +
		"\t\tc.nails, c.handle, c.straw = jar.Lid, rope\n\t}\n\treturn nil\n}\n"
	// stackTest has as much of both, and there is less of crateCode.
	stackTest = "func TestStack(t *testing.T) {\n\tx.Stack([]Jar{{Broken: true}}, errShards, dusty, heavy)\n}\n"
	crateTest = "package store\n\nfunc TestStackNails(t *testing.T) {\n\tc := &Crate{}\n\tfor _, jar := range []Jar{{Lid: 1}} {\n" +
		"\t\tif err := c.Stack([]Jar{jar}); err != errShards {\n\t\t\tt.Fatal(c.nails, c.handle, c.straw, rope)\n\t\t}\n\t}\n}\n"
)

// first is the path of the best hit that is no test.
func first(t *testing.T, files map[string]string, asked Place) string {
	t.Helper()
	s, read := tree(t, files)
	r, err := Compare(asked).Rank(t.Context(), s, s.Everywhere(), Query{Limit: 10, Weights: DefaultWeights()}, read)
	found := slices.DeleteFunc(paths(s, r), index.IsTest)
	if err != nil || len(found) == 0 {
		t.Fatalf("%d hits, %v", len(found), err)
	}
	return found[0]
}

func TestWhatAnotherTestIsNearerToIsThatOnes(t *testing.T) {
	files := map[string]string{"shelf.go": shelfCode, "crate.go": crateCode}
	for i := range 100 { // others, so that words are rare
		files[fmt.Sprintf("item%d.go", i)] = fmt.Sprintf("package item\n\nfunc item%d() error { return nil }\n", i)
	}
	asked := Place{Text: stackTest, Language: "go"}
	if got := first(t, files, asked); got != "crate.go" {
		t.Errorf("without another test: %s", got)
	}
	files["crate_test.go"] = crateTest
	if got := first(t, files, asked); got != "shelf.go" {
		t.Errorf("with the other's test: %s", got)
	}
	delete(files, "crate_test.go")
	files["stack_test.go"] = "package store\n\n" + stackTest
	if got := first(t, files, asked); got != "crate.go" {
		t.Errorf("with a copy of this one: %s", got)
	}
}

func TestTitlesAndPackages(t *testing.T) {
	files := map[string]string{
		"a.go": "package near\n\nfunc (a *A) Do() { spill(paint); wipe(floor) }\n",
		"b.go": "package away\n\nfunc (b *B) Do() { drill(holes); screw(board) }\n",
	}
	body := "(t *testing.T) {\n\tpaint, floor, wipe, spill\n\tholes, board, screw, drill\n}\n"
	for name, c := range map[string]struct{ text, want string }{
		"the title says the first":    {"func TestSpillPaint" + body, "a.go"},
		"the title says the second":   {"func TestDrillHoles" + body, "b.go"},
		"the package is the first's":  {"package near_test\n\nfunc TestIt" + body, "a.go"},
		"the package is the second's": {"package away\n\nfunc TestIt" + body, "b.go"},
	} {
		if got := first(t, files, Place{Text: c.text, Language: "go"}); got != c.want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestTitlesOf(t *testing.T) {
	for text, want := range map[string]string{
		"func TestOpen(t *testing.T) { t.Run(\"a file\", f) }":         "TestOpen testing a file",
		"describe('a shelf', () => { it(`holds ${n}`, () => {}) })":    "a shelf holds ${n}",
		"def test_opens(self): latest = 'no title'":                    "test_opens latest",
		"test \"adds\", %{a: a} do":                                    "test adds",
		"it.each(table)('is none', f); it.skip('waits', f); exit('x')": "waits",
		"describe('never ends":                                         "never ends",
		"":                                                             "",
	} {
		if got := strings.TrimSpace(titlesOf(text)); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestPackages(t *testing.T) {
	for _, c := range []struct {
		test, code string
		want       float64
	}{
		{"package store_test\n", "// Package store keeps.\npackage store\n", 1},
		{"namespace Shop.Tests.Carts;\n", "using System;\n\nnamespace Shop.Carts\n{", 1},
		{"package org.shop.carts;", "package org.shop.mail;", 2.0 / 3},
		{"defmodule Shop.CartTest do\n", "defmodule Shop.Cart do\n", 0.5},
		{"<?php\n\nnamespace Shop\\Test;\n", "<?php\n\nnamespace Shop;\n", 1},
		{"package a", "package b", 0},
		{"package test", "package test", 0},
		{"import a", "package a", 0},
		{"", "", 0},
		{strings.Repeat("\n", signsRead) + "package a", "package a", 0},
	} {
		if got := samePackage(packageOf(c.test), packageOf(c.code)); got != c.want {
			t.Errorf("%.40q and %.40q: %f, want %f", c.test, c.code, got, c.want)
		}
	}
}

// A vocabulary counts as the index does, whatever it counted before.
func TestVocabularyCounts(t *testing.T) {
	v := newVocabulary(func(word string) float64 { return float64(len(word)) })
	var texts [][]counted
	for _, text := range []string{crateTest, "", shelfCode, crateTest} {
		list := v.count(text)
		texts = append(texts, list)
		got := map[string]int{}
		for word, n := range v.of {
			for _, w := range list {
				if w.word == n {
					got[word] += int(w.times)
				}
			}
			if v.idf[n] != float64(len(word)) {
				t.Errorf("%q has the IDF of another", word)
			}
		}
		if !maps.Equal(got, countWords(text)) {
			t.Errorf("%q: %v", text, got)
		}
	}
	if !slices.Equal(texts[0], texts[3]) {
		t.Error("a text counted again is another one")
	}
	if has := v.had(texts); has[v.of["nail"]] != 2 || has[v.of["jar"]] != 3 || has[v.of["shelf"]] != 1 {
		t.Errorf("%v", has)
	}
	if some, all := v.share(texts[0], texts[2]), v.share(texts[0], texts[3]); some <= 0 || some >= 1 || all != 1 ||
		v.share(nil, texts[0]) != 0 {
		t.Errorf("shares %f and %f", some, all)
	}
}
