package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unsafe"
)

// text is what a list of counts says: the words, with how often they stand there beyond once.
func text(list []count, names []string) string {
	var all []string
	for _, c := range list {
		w := names[c>>8]
		if n := c & 0xff; n > 1 {
			w = fmt.Sprintf("%s*%d", w, n)
		}
		all = append(all, w)
	}
	return strings.Join(all, " ")
}

// filler is a body that is long enough to be known by its name.
const filler = "\n\tfor each := range store.entries {\n\t\tstore.remove(each.key, each.value)\n\t}\n"

func TestMining(t *testing.T) {
	type want struct {
		kind       kind
		said, code string // words, of which code may have more around
	}
	cases := []struct {
		name  string
		files [][2]string // name and text
		want  []want
	}{
		{
			"doc comment",
			[][2]string{{"store/evict.go", "package store\n\n// Drop throws out old things.\nfunc Drop() {" + filler + "}\n"}},
			[]want{{kindDoc, "drop throw out old thing", "stor*3 evict func drop for each*3 rang"}},
		},
		{
			"doc comment of a block",
			[][2]string{{"a/Store.java", "class Store {\n  /**\n   * Throws out old things.\n   * @param n how many\n   */\n" +
				"  void drop(int n) {\n    entries.remove(n);\n    entries.trim(n);\n  }\n}\n"}},
			[]want{{kindDoc, "throw out old thing", "stor*2 void drop int entry*2 remov trim"}},
		},
		{
			"docstring",
			[][2]string{{"a/store.py", "def drop(n):\n    \"\"\"Throws out old things.\"\"\"\n    entries.remove(n)\n" +
				"    entries.trim(n)\n"}},
			[]want{{kindDoc, "throw out old thing", "stor def drop entry*2 remov trim"}},
		},
		{
			"a string that is no docstring",
			[][2]string{{"a/store.py", "def drop(n):\n    x = \"\"\"Throws out old things.\"\"\"\n    return x\n"}},
			nil,
		},
		{
			"remark",
			[][2]string{{"a/store.go", "package a\n\nfunc f() {\n\tstart()\n\n\t// Old things go first.\n\tsort(entries)\n" +
				"\tremove(entries)\n\n\tend()\n}\n"}},
			[]want{{kindRemark, "old thing go first", "stor sort entry*2 remov"}},
		},
		{
			"remark above one line",
			[][2]string{{"a/store.go", "package a\n\nfunc f() {\n\t// Old things go first.\n\tsort(entries)\n}\n"}},
			nil,
		},
		{
			"header of a file",
			[][2]string{{"a/store.go", "// Copyright of us all here.\n\n// Package a keeps things for a while.\npackage a\n\n" +
				"func Keep(thing int) {}\n"}},
			[]want{{kindFile, "packag keep thing for whil", "stor func keep thing int"}},
		},
		{
			"header of a module",
			[][2]string{{"a/store.py", "\"\"\"Keeps things for a while.\"\"\"\n\ndef keep(thing, other):\n    pass\n"}},
			[]want{{kindFile, "keep thing for whil", "stor def keep thing other"}},
		},
		{
			"title of a test",
			[][2]string{{"a/store.test.js", "it('throws out old things first', () => {\n  drop(entries);\n  expect(entries);\n});\n"}},
			[]want{{kindTest, "throw out old thing first", "stor test drop entry*2 expect"}},
		},
		{
			"title of a test and what it tests",
			[][2]string{
				{"a/store_test.go", "package a\n\nfunc TestThrowsOutOldThingsFirst(t *testing.T) {\n\tdropOldest(entries)\n" +
					"\tcheck(entries)\n}\n"},
				{"a/store.go", "package a\n\nfunc dropOldest() {" + filler + "}\n"},
			},
			[]want{
				{kindTest, "throw out old thing first throwsoutoldthingsfirst", "drop oldest dropoldest"},
				{kindTested, "throw out old thing first throwsoutoldthingsfirst", "func drop oldest dropoldest"},
			},
		},
		{
			"documentation",
			[][2]string{
				{"README.md", "# Store\n\nOld things are thrown out by `dropOldest` once in a while, so that others fit.\n\n" +
					"Names nothing at all, but is a sentence.\n"},
				{"a/store.go", "package a\n\nfunc dropOldest() {" + filler + "}\n"},
			},
			[]want{
				{kindDocs, "old thing are throw out by it onc in whil so that other fit", "func drop oldest dropoldest"},
				{kindSignature, "drop oldest dropoldest", "stor*3 for each*3 rang entry remov key valu"},
			},
		},
		{
			"documentation of a name that two have",
			[][2]string{
				{"README.md", "# Store\n\nOld things are thrown out by `evict` once in a while, so that others fit.\n"},
				{"a/one.go", "package a\n\nfunc evict() {" + filler + "}\n"},
				{"a/two.go", "package a\n\nfunc evict() {" + filler + "}\n"},
			},
			nil,
		},
		{
			"signature",
			[][2]string{{"a/store.go", "package a\n\nfunc dropOldest() {" + filler + "}\n"}},
			[]want{{kindSignature, "drop oldest dropoldest", "stor*3 for each*3 rang entry remov key valu"}},
		},
		{
			"code in comments",
			[][2]string{{"a/store.go", "package a\n\n// x[i] = y[i] + (z[i] << 2); w[j]--;\nfunc f() {}\n"}},
			nil,
		},
		{
			"written by a program",
			[][2]string{{"a/min.js", "// Throws out old things.\nfunction drop(){" + strings.Repeat("a();", 300) + "}\n"}},
			nil,
		},
		{
			"no code",
			[][2]string{{"a/data.json", "{\"comment\": \"Throws out old things.\"}\n"}},
			nil,
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			m := newMiner(3)
			for _, f := range c.files {
				m.file(f[0], f[1])
			}
			m.resolve()
			got := m.pairs
			slices.SortStableFunc(got, func(a, b pair) int { return int(a.kind) - int(b.kind) })
			expected := slices.Clone(c.want)
			slices.SortStableFunc(expected, func(a, b want) int { return int(a.kind) - int(b.kind) })
			for i, p := range got {
				said, code := text(p.said, m.vocabulary.words), text(p.code, m.vocabulary.words)
				switch {
				case i >= len(expected):
					t.Errorf("more: %s: %s <-> %s", p.kind, said, code)
				case p.kind != expected[i].kind || said != expected[i].said || !strings.Contains(" "+code+" ", " "+expected[i].code+" "):
					t.Errorf("%s: %s <-> %s\nwant %s: %s <-> %s", p.kind, said, code, expected[i].kind, expected[i].said, expected[i].code)
				}
				if p.repo != 3 {
					t.Errorf("of repository %d", p.repo)
				}
			}
			if len(got) < len(expected) {
				t.Errorf("%d pairs, want %d", len(got), len(expected))
			}
		})
	}
}

// TestPairsOwnTheirWords: translate renumbers in place, so what two pairs share would be renumbered twice.
func TestPairsOwnTheirWords(t *testing.T) {
	m := newMiner(0)
	m.file("README.md", "Old things are thrown out by `dropOldest` once in a while, so that others fit.\n")
	m.file("a/store_test.go", "package a\n\nfunc TestThrowsOutOldThingsFirst(t *testing.T) {\n\tdropOldest(entries)\n"+
		"\tinsertNewest(entries)\n}\n")
	m.file("a/store.go", "package a\n\n// Throws out old things.\nfunc dropOldest() {"+filler+"}\n\n// Takes in new things.\n"+
		"func insertNewest() {"+filler+"}\n")
	m.resolve()
	owner := map[*count]kind{}
	var seen [kinds]int
	for _, p := range m.pairs {
		seen[p.kind]++
		for _, list := range [][]count{p.said, p.code} {
			first := unsafe.SliceData(list)
			if k, ok := owner[first]; ok {
				t.Errorf("a pair of kind %s and one of kind %s share a list", k, p.kind)
			}
			owner[first] = p.kind
		}
	}
	if seen[kindDoc] != 2 || seen[kindTested] != 2 || seen[kindDocs] != 1 {
		t.Errorf("pairs by kind: %v", seen)
	}
}

func TestMergingNumbersWordsInTheOrderOfTheList(t *testing.T) {
	var miners [2]*miner
	for i, body := range []string{"entries.remove(key)", "entries.insert(key, value)"} {
		miners[i] = newMiner(uint16(i))
		miners[i].counts(10, "noise that no pair has")
		miners[i].add(kindDoc, miners[i].counts(10, "throws things"), miners[i].counts(10, body+" of store"))
		miners[i].add(kindDoc, miners[i].counts(10, "the same"), miners[i].counts(10, "in both of them"))
	}
	for _, copies := range []bool{false, true} {
		g := newMerger(copies)
		for i, m := range miners {
			pairs := slices.Clone(m.pairs)
			for j := range pairs {
				pairs[j].said, pairs[j].code = slices.Clone(pairs[j].said), slices.Clone(pairs[j].code)
			}
			if err := g.add(pairs, m.vocabulary); err != nil {
				t.Fatal(i, err)
			}
		}
		want := "throw thing entry remov key of stor the sam in both them insert valu"
		if got := strings.Join(g.all.words, " "); got != want {
			t.Errorf("words %q, want %q", got, want)
		}
		wantPairs := 4
		if !copies {
			wantPairs = 3
		}
		if len(g.pairs) != wantPairs || g.copies != 4-wantPairs {
			t.Errorf("%d pairs and %d copies, want %d", len(g.pairs), g.copies, wantPairs)
		}
	}
}

func TestThinKeepsAShareOfAll(t *testing.T) {
	m := newMiner(0)
	for i := range 2*maxPairs + 10 {
		m.pairs = append(m.pairs, pair{said: []count{count(i)}})
	}
	m.thin()
	if len(m.pairs) != maxPairs {
		t.Fatalf("%d pairs, want %d", len(m.pairs), maxPairs)
	}
	for i := range m.pairs[1:] {
		if step := m.pairs[i+1].said[0] - m.pairs[i].said[0]; step < 2 || step > 3 {
			t.Fatalf("after pair %d comes the one %d further", i, step)
		}
	}
}

// TestRemarks: every family of languages has its marks.
func TestRemarks(t *testing.T) {
	cases := []struct{ language, text, want string }{
		{"go", "x := 1 // not alone\n\t// Old things\n\t// go first.\n\tsort()\n", "Old things\ngo first."},
		{"java", "/* Old things\n * go first. */\nsort();\n", "Old things\ngo first."},
		{"java", "/* It never ends\n", ""},
		{"python", "#!/usr/bin/env python\n# Old things go first.\n", "Old things go first."},
		{"rust", "#[test]\n/// Old things go first.\n", "Old things go first."},
		{"lua", "--[[ Old things\ngo first. ]]\n", "[[ Old things\ngo first."},
		{"lua", "-- Old things go first.\n", "Old things go first."},
		{"haskell", "{- Old things go first. -}\n", "Old things go first."},
		{"elm", "-- Old things go first.", "Old things go first."},
		{"sql", "-- Old things go first.\n", "Old things go first."},
		{"sql", "/* Old things go first. */\n", "Old things go first."},
		{"ocaml", "(* Old things go first. *)\n", "Old things go first."},
		{"fsharp", "// Old things go first.\n", "Old things go first."},
		{"fsharp", "(* Old things go first. *)\n", "Old things go first."},
		{"clojure", ";; Old things go first.\n", "Old things go first."},
		{"erlang", "%% Old things go first.\n", "Old things go first."},
		{"php", "# Old things go first.\n", "Old things go first."},
		{"php", "// Old things go first.\n", "Old things go first."},
	}
	for _, c := range cases {
		var got []string
		for _, r := range remarks(c.text, marksOf(c.language)) {
			got = append(got, strings.TrimSpace(r.text))
			if r.start < 0 || r.end > len(c.text) || r.start >= r.end {
				t.Errorf("%s: from %d to %d", c.language, r.start, r.end)
			}
		}
		if strings.Join(got, "|") != c.want {
			t.Errorf("%s: %q has %q, want %q", c.language, c.text, got, c.want)
		}
	}
}
