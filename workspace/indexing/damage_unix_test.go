//go:build unix

package indexing_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

// TestWhatCannotBeReadIsSaid: a directory that the system refuses to open, a FIFO, links that lead nowhere or outside:
// each is named in the status with its reason, and the rest is found. The directory's path is too long, since modes
// keep nothing from whoever runs tests as root.
func TestWhatCannotBeReadIsSaid(t *testing.T) {
	root := write(t, t.TempDir(), map[string]string{"upload.go": uploadGo, "sub/parse.go": parseGo})
	if err := syscall.Mkfifo(filepath.Join(root, "fifo.go"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, target := range map[string]string{"out.go": os.DevNull, "nowhere.go": "nothing", "sub/up": "..", "self.go": "self.go"} {
		if err := os.Symlink(target, filepath.Join(root, name)); err != nil {
			t.Fatal(err)
		}
	}
	long := strings.Repeat("d", 200)
	dir, err := os.OpenRoot(root)
	if err != nil {
		t.Fatal(err)
	}
	for range 30 {
		if err := dir.Mkdir(long, 0o755); err != nil {
			t.Fatal(err)
		}
		next, err := dir.OpenRoot(long)
		if err != nil {
			t.Fatal(err)
		}
		dir.Close()
		dir = next
	}
	dir.Close()
	e := engine(t, "")
	open(t, e, root)
	said := map[string]string{}
	f := e.Status().Folders[0]
	for _, s := range f.Skipped {
		if strings.HasPrefix(s.Path, long) {
			s.Path = "long"
		}
		said[s.Path] = s.Rule
	}
	for path, want := range map[string]string{
		"fifo.go": "not a regular file: FIFO", "out.go": "symlink: it points out of the folder", "nowhere.go": "symlink: broken",
		"sub/up": "symlink: indexed where it points", "self.go": "symlink: it cannot be followed",
		"long": "cannot be read: file name too long",
	} {
		if said[path] != want {
			t.Errorf("%s: %q, want %q", path, said[path], want)
		}
	}
	if f.State != indexing.StateReady || f.Coverage.FilesIndexed != 2 || f.Coverage.Percent != 100 {
		t.Errorf("%s, %+v", f.State, f.Coverage)
	}
	finds(t, e, workspace.Documents{}, "retryUpload", "upload.go:retryUpload")
	finds(t, e, workspace.Documents{}, "parseHeader", "parse.go:parseHeader")
}

// TestUnreadableFileCountsOnce: a file that cannot be read is one that is left out, not one that waits, also when the
// folder is surveyed again. Its path is too long, as above.
func TestUnreadableFileCountsOnce(t *testing.T) {
	root := write(t, t.TempDir(), map[string]string{"upload.go": uploadGo, "parse.go": parseGo})
	dir, err := os.OpenRoot(root)
	if err != nil {
		t.Fatal(err)
	}
	limit := 1024
	if runtime.GOOS == "linux" {
		limit = 4096
	}
	part := strings.Repeat("d", 50)
	for n := len(root); n < limit-100; n += 1 + len(part) { // some bytes are left for the directory itself
		if err := dir.Mkdir(part, 0o755); err != nil {
			t.Fatal(err)
		}
		next, err := dir.OpenRoot(part)
		if err != nil {
			t.Fatal(err)
		}
		dir.Close()
		dir = next
	}
	err = dir.WriteFile(strings.Repeat("f", 200)+".go", []byte("package f\n"), 0o644)
	dir.Close()
	if err != nil {
		t.Fatal(err)
	}
	e := engine(t, "")
	open(t, e, root)
	for _, again := range []func() error{
		func() error { return nil },
		func() error { return e.Survey(t.Context(), root) },
		func() error { return e.Refresh(t.Context(), root, nil) },
	} {
		if err := again(); err != nil {
			t.Fatal(err)
		}
		f := e.Status().Folders[0]
		c := f.Coverage
		if c.FilesIndexed != 2 || c.FilesTotal != 2 || c.FilesWaiting != 0 || c.Percent != 100 {
			t.Errorf("%+v", c)
		}
		if len(f.Skipped) != 1 || f.Skipped[0].Rule != "unreadable: file name too long" {
			t.Errorf("left out: %.300v", f.Skipped)
		}
	}
}

// TestTheTreeChangesWhileItIsRead: files and a directory vanish, one becomes a FIFO, one is written anew, between the
// walk and the reading.
func TestTheTreeChangesWhileItIsRead(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	files := map[string]string{"z/gone.go": "gone", "z/dir/one.go": "one", "z/dir/two.go": "two", "z/pipe.go": "pipe", "z/new.go": "old"}
	for i := range 20 {
		files[fmt.Sprintf("f%02d.go", i)] = fmt.Sprintf("f%02d", i)
	}
	root := marked(t, t.TempDir(), files)
	at := func(name string) string { return filepath.Join(root, "z", name) }
	model := &watched{Embedder: static.New()}
	model.each = func(string) {
		if len(model.names) > 1 {
			return
		}
		for _, err := range []error{
			os.Remove(at("gone.go")), os.RemoveAll(at("dir")), os.Remove(at("pipe.go")), syscall.Mkfifo(at("pipe.go"), 0o600),
		} {
			if err != nil {
				t.Error(err)
			}
		}
		marked(t, root, map[string]string{"z/new.go": "fresh"})
	}
	e := indexing.New(indexing.Config{Embedder: model, Limiter: tasks.NewLimiter(1, 1)})
	open(t, e, root)
	f := e.Status().Folders[0]
	if f.State != indexing.StateReady || f.Coverage.FilesIndexed != 21 || f.Coverage.FilesTotal != 21 || f.Coverage.Percent != 100 {
		t.Errorf("%s, %+v", f.State, f.Coverage)
	}
	var said []string
	for _, s := range f.Skipped {
		said = append(said, s.Path+": "+s.Rule)
	}
	if len(said) != 1 || said[0] != "z/pipe.go: not a regular file: FIFO" {
		t.Errorf("said is %q", said)
	}
	finds(t, e, workspace.Documents{}, "mark_fresh", "new.go:mark_fresh")
	for _, gone := range []string{"mark_gone", "mark_one", "mark_two", "mark_old", "mark_pipe"} {
		got, _ := ask(t, e, workspace.Documents{}, indexing.Query{Text: gone})
		for _, hit := range got {
			if strings.HasSuffix(hit, gone) {
				t.Errorf("%s is found: %v", gone, got)
			}
		}
	}
}

// A query that finds the index damaged says so in the log under its own id.
func TestALossIsLoggedForTheRequestThatFoundIt(t *testing.T) {
	core, logs := observer.New(zap.ErrorLevel)
	root, cache := t.TempDir(), t.TempDir()
	e := indexing.New(indexing.Config{CacheDir: cache, Embedder: static.New(), Limiter: tasks.NewLimiter(2, 2), Log: zap.New(core)})
	saved(t, e, root, 150)
	for _, path := range stored(t, cache, ".seg") {
		if err := os.Truncate(path, 0); err != nil {
			t.Fatal(err)
		}
	}
	r := &indexing.Request{Log: func() *zap.Logger { return zap.New(core).With(zap.String("id", "seven")) }}
	if _, err := e.Search(r.Within(t.Context()), workspace.Documents{}, indexing.Query{Text: "number077"}); err != nil {
		t.Fatal(err)
	}
	lines := logs.FilterMessage("the index is dropped")
	if lines.Len() != 1 || lines.FilterField(zap.String("id", "seven")).Len() != 1 {
		t.Errorf("logged %+v", logs.All())
	}
}
