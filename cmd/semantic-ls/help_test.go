package main

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The help of --json names what the objects have, all of it.
func TestHelpNamesTheFieldsOfJSON(t *testing.T) {
	s := newSandbox(t)
	s.must("index", s.project)
	for name, args := range map[string][]string{
		"search":  {asked, s.project},
		"related": {filepath.Join(s.project, "retry", "retry.go") + ":10"},
		"outline": {filepath.Join(s.project, "retry", "retry.go")},
	} {
		_, fields, _ := strings.Cut(s.must(name, "--help"), "one JSON object a line: ")
		fields, _, _ = strings.Cut(fields, "\n")
		want := slices.Sorted(maps.Keys(objects(t, s.must(append([]string{name, "--json"}, args...)...))[0]))
		if got := slices.Sorted(strings.SplitSeq(fields, ", ")); !slices.Equal(got, want) {
			t.Errorf("%s --help names %v, the objects have %v", name, got, want)
		}
	}
}
