package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestTheCorpusMayBeLearnedFrom holds the list that is checked in to what the model's card says of it.
func TestTheCorpusMayBeLearnedFrom(t *testing.T) {
	left, err := readWithout([]string{"without.tsv", "../../../../bench/quality/questions/repos.tsv"})
	if err != nil {
		t.Fatal(err)
	}
	corpus, err := readCorpus("corpus.tsv", left)
	if err != nil {
		t.Fatal(err)
	}
	permissive := []string{notPermissive} // which none may have
	for _, l := range licences() {
		if l.id != notPermissive {
			permissive = append(permissive, l.id)
		}
	}
	languages := map[string]bool{}
	for _, s := range corpus {
		if slices.Index(permissive, s.licence) < 1 {
			t.Errorf("%s has the licence %q", s.name, s.licence)
		}
		if !isCode(s.language) {
			t.Errorf("%s is in %q, which is not read", s.name, s.language)
		}
		languages[s.language] = true
	}
	if len(corpus) < 200 || len(languages) < 20 {
		t.Errorf("%d repositories in %d languages, want hundreds in 20 or more", len(corpus), len(languages))
	}
	// Those that the ranking is measured with, by both names that some have had.
	for _, name := range []string{
		"psf/requests", "tokio-rs/axum", "tiangolo/fastapi", "fastapi/fastapi",
		"caddyserver/caddy", "junegunn/fzf",
	} {
		if !left.has(name) {
			t.Errorf("%s may be learned from", name)
		}
	}
}

const hash = "0123456789abcdef0123456789abcdef01234567"

func TestListsThatAreWrong(t *testing.T) {
	const heading = "repository\trevision\tlicence\tlanguage\n"
	left := without{{name: "Owner/Left"}}
	cases := []struct{ name, text, want string }{
		{"empty", "", `no column "repository"`},
		{"other columns", "repository\trevision\n", `no column "licence"`},
		{"too few fields", heading + "a/b\t" + hash + "\tMIT\n", "corpus.tsv:2: 3 fields, its heading has 4"},
		{"no name", heading + "ab\t" + hash + "\tMIT\tgo\n", `corpus.tsv:2: "ab"`},
		{"out of the folder", heading + "../b\t" + hash + "\tMIT\tgo\n", `corpus.tsv:2: "../b"`},
		{"an option of git", heading + "--upload-pack=x/b\t" + hash + "\tMIT\tgo\n", `corpus.tsv:2: "--upload-pack`},
		{"a branch", heading + "a/b\tmain\tMIT\tgo\n", "whole hash of a commit"},
		{"left out", heading + "owner/left\t" + hash + "\tMIT\tgo\n", "owner/left may not be learned from"},
		{"twice", heading + "a/b\t" + hash + "\tMIT\tgo\nA/B\t" + hash + "\tMIT\tgo\n", "corpus.tsv:3: A/B stands there twice"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "corpus.tsv")
			if err := os.WriteFile(file, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := readCorpus(file, left)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one that says %q", err, c.want)
			}
		})
	}
	if _, err := readWithout([]string{filepath.Join(t.TempDir(), "absent.tsv")}); err == nil ||
		!strings.Contains(err.Error(), "-without") {
		t.Errorf("error %v, want one that names -without", err)
	}
}

func TestOptionsThatAreWrong(t *testing.T) {
	cases := []struct{ arguments, want string }{
		{"", "-corpus"},
		{"-list", "-clones"},
		{"-corpus c x", `"x" is no option`},
		{"-corpus c -dimensions 100", "multiple of 32"},
		{"-corpus c -buckets 100", "power of two"},
		{"-corpus c -batch 1", "-batch"},
		{"-corpus c -workers 0", "-workers"},
		{"-corpus c -learning-rate 0", "-learning-rate"},
		{"-corpus c -learning-rate NaN", "-learning-rate"},
		{"-corpus c -scale 100", "-scale"},
		{"-corpus c -drop 1", "-drop"},
		{"-corpus c -hidden -1", "-hidden"},
		{"-corpus c -without-kinds doc,tests", `no kind is called "tests"`},
	}
	for _, c := range cases {
		_, err := parse(strings.Fields(c.arguments), new(strings.Builder))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: error %v, want one that says %q", c.arguments, err, c.want)
		}
	}
	o, err := parse(strings.Fields("-corpus c -without-kinds test,docs -without a -without b"), new(strings.Builder))
	if err != nil || !o.withoutKinds[kindTest] || !o.withoutKinds[kindDocs] || o.withoutKinds[kindDoc] ||
		!slices.Equal(o.without, []string{"a", "b"}) {
		t.Errorf("options %+v, error %v", o, err)
	}
}
