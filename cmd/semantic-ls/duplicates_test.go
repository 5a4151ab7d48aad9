package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// again is retry.go's function under other names.
const again = `package again

import "time"

func slower(n int, start time.Duration) time.Duration {
	wait := start
	for range n {
		wait *= 3
	}
	// That was it.
	return wait
}
`

func TestDuplicatesShowsGroups(t *testing.T) {
	s := newSandbox(t)
	s.write(filepath.Join(s.project, "again", "again.go"), again)
	want := "1.00  2 places\nagain/again.go:5: slower  func slower(n int, start time.Duration) time.Duration {\n" +
		"retry/retry.go:8: Backoff  func Backoff(attempt int, base time.Duration) time.Duration {\n"
	if got := s.must("duplicates", s.project); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	// Three groups of two, and a blank line between groups.
	for name, operator := range map[string]string{"a": "<", "b": "<=", "c": "!="} {
		text := "def " + name + "(x, y):\n    z = []\n    while x " + operator + " y:\n        x = x + 2\n" +
			"        z[x] = {" + strings.Repeat(operator+"x:y, ", 9) + "}\n    print(z)\n    return z\n"
		s.write(filepath.Join(s.project, name+"1.py"), text)
		s.write(filepath.Join(s.project, name+"2.py"), strings.ReplaceAll(text, "z", "last"))
	}
	got := s.must("duplicates", "--similarity", "1", s.project)
	if n := strings.Count(got, "\n\n"); n != 3 || strings.Count(got, "  2 places\n") != 4 {
		t.Errorf("four groups with a blank line between are shown as\n%s", got)
	}
	if got := s.must("duplicates", "-n1", "--similarity", "1", s.project); strings.Count(got, "places") != 1 {
		t.Errorf("one group is shown as\n%s", got)
	}
}

func TestDuplicatesJSON(t *testing.T) {
	s := newSandbox(t)
	s.write(filepath.Join(s.project, "again", "again.go"), again)
	list := objects(t, s.must("duplicates", "--json", s.project))
	if len(list) != 1 || list[0]["similarity"] != 1.0 || len(list[0]) != 2 {
		t.Fatalf("objects %v", list)
	}
	hits, ok := list[0]["hits"].([]any)
	if !ok || len(hits) != 2 {
		t.Fatalf("hits %v", list[0]["hits"])
	}
	hit := hits[0].(map[string]any)
	if hit["path"] != "again/again.go" || hit["startLine"] != 5.0 || hit["endLine"] != 12.0 || hit["symbol"] != "slower" ||
		hit["kind"] != "function" {
		t.Errorf("hit %v", hit)
	}
}

func TestDuplicatesLooksWhereItIsTold(t *testing.T) {
	s := newSandbox(t)
	s.write(filepath.Join(s.project, "again", "again.go"), again)
	s.write(filepath.Join(s.project, "vendor", "v", "v.go"), again)
	s.must("index", s.project)
	got := s.must("duplicates", "--foreign", s.project)
	if !strings.HasPrefix(got, "1.00  3 places\n") || !strings.Contains(got, "vendor/v/v.go:5:") {
		t.Errorf("with what is vendored:\n%s", got)
	}
	for _, args := range [][]string{
		{filepath.Join(s.project, "again")}, {"--min-lines", "8", s.project}, {"--json", "--min-lines", "8", s.project},
	} {
		if r := s.run(append([]string{"duplicates"}, args...)...); r.code != exitNone || r.stdout != "" || r.stderr != "" {
			t.Errorf("%v: exit code %d\n%s%s", args, r.code, r.stdout, r.stderr)
		}
	}
	if err := os.RemoveAll(filepath.Join(s.project, "again")); err != nil {
		t.Fatal(err)
	}
	if r := s.run("duplicates", s.project); r.code != exitNone {
		t.Errorf("after one was deleted: exit code %d\n%s", r.code, r.stdout)
	}
}

func TestDuplicatesSaysWhatMakesNoSense(t *testing.T) {
	s := newSandbox(t)
	for _, c := range []struct {
		args []string
		says []string
	}{
		{[]string{"-n", "0"}, []string{"-n 0", "hint: -n 1 is the least"}},
		{[]string{"-n", "10001"}, []string{"-n 10001", "hint: -n 10000 is the most"}},
		{[]string{"--min-lines", "0"}, []string{"hint: --min-lines 1 is the least"}},
		{[]string{"--similarity", "80"}, []string{"--similarity 80", "hint: it is 0.5 to 1"}},
		{[]string{"--similarity", "NaN"}, []string{"--similarity NaN", "hint: it is 0.5 to 1"}},
		{[]string{"--similarity", "most"}, []string{"invalid argument \"most\"", "hint: "}},
		{[]string{"a", "b"}, []string{"2 arguments", "hint: semantic-ls duplicates a"}},
		{[]string{filepath.Join(s.project, "missing")}, []string{"no such directory"}},
	} {
		r := s.run(append([]string{"duplicates"}, c.args...)...)
		if r.code != exitError || r.stdout != "" {
			t.Errorf("%v: exit code %d\n%s", c.args, r.code, r.stdout)
		}
		for _, said := range c.says {
			if !strings.Contains(r.stderr, said) {
				t.Errorf("%v: stderr lacks %q:\n%s", c.args, said, r.stderr)
			}
		}
	}
}
