package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Each line of index --json names files that the next process finds, whatever becomes of
// this one, and a number that grows.
func TestIndexTellsWhatIsFlushed(t *testing.T) {
	s := newSandbox(t)
	lines := objects(t, s.must("index", "--json", s.project))
	paths, flushed := map[string]bool{}, -1.0
	for _, line := range lines[:len(lines)-1] {
		for _, path := range line["paths"].([]any) {
			paths[path.(string)] = true
		}
		if line["total"] != 5.0 || line["flushed"].(float64) < flushed {
			t.Errorf("%v", line)
		}
		flushed = line["flushed"].(float64)
	}
	last := lines[len(lines)-1]
	if len(paths) != 5 || flushed < 1 || last["flushed"] != flushed || last["files"] != 5.0 ||
		last["root"] != s.project || last["bytes"].(float64) <= 0 {
		t.Errorf("%v, flushed %v, at last %v", paths, flushed, last)
	}
	again := objects(t, s.must("index", "--json", s.project))
	if end := again[len(again)-1]; end["flushed"].(float64) < flushed {
		t.Errorf("the next process says %v", end)
	}
}

func TestIndexCheck(t *testing.T) {
	s := newSandbox(t)
	if r := s.run("index", "--check", s.project); r.code != exitNone || !strings.Contains(r.stderr, "has no index") {
		t.Errorf("before there is one: exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	if r := s.run("index", "--check", "--rebuild", s.project); r.code != exitError {
		t.Errorf("both: exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	s.must("index", s.project)
	if got := s.must("index", "--check", s.project); !strings.HasSuffix(got, ": ok\n") {
		t.Errorf("%s", got)
	}
	err := filepath.WalkDir(s.cache, func(path string, e fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".log" {
			return err
		}
		data, err := os.ReadFile(path)
		if err == nil {
			data[len(data)-70] ^= 1
			err = os.WriteFile(path, data, 0o600)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	r := s.run("index", "--check", s.project)
	if r.code != exitNone || r.stderr != "" || !strings.Contains(r.stdout, "1 damaged") || !strings.Contains(r.stdout, "checksum") {
		t.Errorf("exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	r = s.run("index", "--check", "--json", s.project)
	if faults := objects(t, r.stdout)[0]["faults"].([]any); r.code != exitNone || len(faults) != 1 {
		t.Errorf("exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	if r := s.run("search", "-n1", asked, s.project); r.code != exitFound || !strings.Contains(r.stderr, "repaired: ") {
		t.Errorf("a search: exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	s.must("index", "--check", s.project)
	s.must("index", "--rebuild", s.project)
	got := objects(t, s.must("index", "--check", "--json", s.project))[0]
	if len(got["faults"].([]any)) != 0 || got["changes"].(float64) < 1 {
		t.Errorf("%v", got)
	}
}
