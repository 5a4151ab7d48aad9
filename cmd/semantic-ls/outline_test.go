package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOutline(t *testing.T) {
	s := newSandbox(t)
	file := filepath.Join(s.project, "pets", "zebra.go")
	s.write(file, "package pets\n\n// Pet strokes it\n// gently.\nfunc (z *Zebra) Pet(\n\ttimes int,\n) {\n}\n\n// Zebra has stripes.\ntype Zebra struct{}\n")
	want := file + ":5: method Zebra.Pet  func (z *Zebra) Pet( times int, )\n" + file + ":11: struct Zebra  type Zebra struct\n"
	if got := s.must("outline", file); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	first := objects(t, s.must("outline", "--json", file))[0]
	for key, want := range map[string]any{
		"path": file, "kind": "method", "name": "Pet", "container": "Zebra", "startLine": 5.0, "endLine": 8.0, "nameLine": 5.0, "docLine": 3.0,
		"signature": "func (z *Zebra) Pet( times int, )",
	} {
		if first[key] != want {
			t.Errorf("%s is %v, want %v", key, first[key], want)
		}
	}
}

// One file that cannot be read costs the others nothing.
func TestOutlineOfWhatIsNoText(t *testing.T) {
	s := newSandbox(t)
	code, empty, binary := filepath.Join(s.project, "a.py"), filepath.Join(s.project, "empty.txt"), filepath.Join(s.project, "b.py")
	s.write(code, "def hello():\n    pass\n")
	s.write(empty, "")
	s.write(binary, "\x00\x01\x02")
	link := filepath.Join(s.project, "link.py")
	if err := os.Symlink(code, link); err != nil {
		link = code // a system without
	}
	if r := s.run("outline", empty); r.code != exitNone || r.stdout+r.stderr != "" {
		t.Errorf("of nothing: exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	r := s.run("outline", s.project, binary, filepath.Join(s.project, "none.py"), link)
	if r.code != exitError || !strings.Contains(r.stdout, link+":1: function hello") {
		t.Errorf("exit code %d\n%s", r.code, r.stdout)
	}
	for _, said := range []string{s.project + ": a directory, not a file", binary + " is not read: ", "none.py: no such file"} {
		if !strings.Contains(r.stderr, said) {
			t.Errorf("%q is not said:\n%s", said, r.stderr)
		}
	}
	for line := range strings.Lines(r.stderr) {
		if !strings.HasPrefix(line, "semantic-ls: outline: ") && !strings.HasPrefix(line, "hint: ") {
			t.Errorf("whose line is %q", line)
		}
	}
	if r := s.run("outline"); r.code != exitError || !strings.Contains(r.stderr, "no FILE was given") {
		t.Errorf("without a file: exit code %d\n%s", r.code, r.stderr)
	}
}
