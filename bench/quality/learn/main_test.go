package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/bench/quality/measure"
)

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestLearnFromTwoSets(t *testing.T) {
	dir := t.TempDir()
	var arguments []string
	for _, set := range []string{"first", "second"} {
		repos, tasks := "repo\tlanguage\tgithub\trevision\troot\n", "repo\tcategory\tquery\ttargets\n"
		for _, repo := range []string{set + "-zoo", set + "-inn"} {
			repos += repo + "\tgo\tx/" + repo + "\t1\t.\n"
			tasks += repo + "\tsymbol\tfeed the lion\tlion.go\n"
			write(t, dir, set+"/"+repo+"/lion.go", "package zoo\n\nfunc FeedLion() {}\n")
			write(t, dir, set+"/"+repo+"/tiger.go", "package zoo\n\n// As FeedLion does.\nfunc Hunt() {}\n")
		}
		write(t, dir, set+".repos", repos)
		write(t, dir, set+".tasks", tasks)
		at := filepath.Join(dir, set)
		arguments = append(arguments, "-repos", at+".repos", "-tasks", at+".tasks", "-checkouts", at)
	}
	var out, progress bytes.Buffer
	if err := run(t.Context(), arguments, &out, &progress); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"second.tasks", " 2  1.0000  1.0000  1.0000  +0.0000 (", "learned  with a repository left out",
		"from 4 questions about 4 repositories",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the report does not say %q", want)
		}
	}
	// Nothing is to be gained, so everything stays.
	_, want, _ := strings.Cut(literal(nil, measure.Default().List()), "\n")
	if !strings.HasSuffix(strings.TrimSpace(out.String()), want) {
		t.Errorf("weights were moved for nothing, want %s", want)
	}
	if t.Failed() {
		t.Log(out.String())
	}
	if err := run(t.Context(), arguments[:6], &out, &progress); err != nil {
		t.Error(err)
	}
	if err := run(t.Context(), arguments[:4], &out, &progress); err == nil || !strings.Contains(err.Error(), "each set has") {
		t.Errorf("a set without checkouts: %v", err)
	}
}
