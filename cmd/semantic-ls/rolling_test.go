package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/lsp/lsptest"
)

// Lines are written whole, the newest are kept, and the files keep to their size.
func TestRollingKeepsTheNewest(t *testing.T) {
	directory := filepath.Join(t.TempDir(), "made", "for it")
	const limit = 1000
	r, err := openRolling(directory, limit)
	if err != nil {
		t.Fatal(err)
	}
	const lines = 300
	for n := range lines {
		if _, err := fmt.Fprintf(r, "line %03d\n", n); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	var all string
	for _, name := range []string{"serve.old.log", "serve.log"} {
		text, err := os.ReadFile(filepath.Join(directory, name))
		if err != nil {
			t.Fatal(err)
		}
		if len(text) == 0 || len(text) > limit {
			t.Errorf("%s has %d bytes", name, len(text))
		}
		all += string(text)
	}
	got := slices.Collect(strings.Lines(all))
	for i, line := range got {
		if want := fmt.Sprintf("line %03d\n", lines-len(got)+i); line != want {
			t.Fatalf("line %d of %d is %q, want %q", i, len(got), line, want)
		}
	}
	entries, err := os.ReadDir(directory)
	if err != nil || len(entries) != 3 {
		t.Errorf("%v, %v: want two logs and a lock", entries, err)
	}

	again, err := openRolling(directory, limit) // goes on where the last one ended
	if err != nil {
		t.Fatal(err)
	}
	if _, err := again.Write([]byte("again\n")); err != nil {
		t.Fatal(err)
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(directory, "serve.log"))
	if err != nil || !strings.HasSuffix(string(text), "line 299\nagain\n") {
		t.Errorf("the next one leaves %q, %v", text, err)
	}
}

// A line longer than a file is written, in a file of its own.
func TestRollingTakesALineOfAnyLength(t *testing.T) {
	directory := t.TempDir()
	r, err := openRolling(directory, 10)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for _, line := range []string{"one\n", "twenty-one characters\n", "three\n"} {
		if _, err := r.Write([]byte(line)); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{"serve.old.log": "twenty-one characters\n", "serve.log": "three\n"} {
		if text, err := os.ReadFile(filepath.Join(directory, name)); err != nil || string(text) != want {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
}

// Where the old file cannot be put aside, the present one is emptied rather than growing.
func TestRollingIsBoundedWhateverIsInTheWay(t *testing.T) {
	directory := t.TempDir()
	if err := os.MkdirAll(filepath.Join(directory, "serve.old.log", "in the way"), 0o755); err != nil {
		t.Fatal(err)
	}
	r, err := openRolling(directory, 10)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for range 100 {
		if _, err := r.Write([]byte("seven!\n")); err != nil {
			t.Fatal(err)
		}
	}
	if info, err := os.Stat(filepath.Join(directory, "serve.log")); err != nil || info.Size() > 10 {
		t.Errorf("%v, %v", info, err)
	}
}

func TestServersAtOnceHaveLogsOfTheirOwn(t *testing.T) {
	directory := t.TempDir()
	var open []*rolling
	for n := range maxLogs {
		r, err := openRolling(directory, 100)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		if _, err := fmt.Fprintf(r, "server %d\n", n); err != nil {
			t.Fatal(err)
		}
		open = append(open, r)
	}
	if _, err := openRolling(directory, 100); err == nil || !strings.Contains(err.Error(), fmt.Sprint(maxLogs)) {
		t.Errorf("one more: %v", err)
	}
	if files := logFiles(directory); len(files) != maxLogs {
		t.Errorf("%d files: %v", len(files), files)
	}
	if err := open[2].Close(); err != nil {
		t.Fatal(err)
	}
	r, err := openRolling(directory, 100)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if filepath.Base(r.path) != "serve-3.log" {
		t.Errorf("the next server has %s", r.path)
	}
}

// Two servers at once, as two windows of an editor start them.
func TestTwoServersLogToTwoFiles(t *testing.T) {
	s := newSandbox(t)
	end := func(srv *server, e *lsptest.Editor) {
		if err := e.Shutdown(); err != nil {
			t.Error(err)
		}
		e.Exit()
		if code := srv.exit(); code != exitFound {
			t.Errorf("exit code %d", code)
		}
		if srv.log.String() != "" {
			t.Errorf("standard error has\n%s", srv.log.String())
		}
	}
	one := s.serve("serve")
	lsptest.Attach(t, one, func(first *lsptest.Editor) {
		first.Initialize(lsptest.Options{Folders: []string{s.project}})
		two := s.serve("serve")
		lsptest.Attach(t, two, func(second *lsptest.Editor) {
			second.Initialize(lsptest.Options{Folders: []string{s.project}})
			end(two, second)
		})
		end(one, first)
	})
	if files := logFiles(s.logs); len(files) != 2 {
		t.Errorf("log files: %v", files)
	}
	if n := strings.Count(s.allLogs(), "initialized"); n != 2 {
		t.Errorf("%d servers have logged:\n%s", n, s.allLogs())
	}
}

// allLogs is what all servers have logged.
func (s *sandbox) allLogs() string {
	s.t.Helper()
	var b strings.Builder
	for _, path := range logFiles(s.logs) {
		text, err := os.ReadFile(path)
		if err != nil {
			s.t.Fatal(err)
		}
		b.Write(text)
	}
	return b.String()
}
