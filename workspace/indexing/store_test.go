package indexing_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
	"github.com/semantic-ls/semantic-ls/vectors/store"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

// numbered writes n files, each of which defines a function of its own.
func numbered(t *testing.T, root string, n int) {
	t.Helper()
	files := map[string]string{}
	for i := range n {
		files[fmt.Sprintf("f%03d.go", i)] = fmt.Sprintf("package f\n\n// number%03d is one of many.\nfunc number%03d() {}\n", i, i)
	}
	write(t, root, files)
}

// saved indexes what numbered writes, a change for each file, and leaves it merged.
func saved(t *testing.T, e *indexing.Engine, root string, n int) {
	t.Helper()
	open(t, e, root)
	numbered(t, root, n)
	for i := range n {
		if err := e.Update(t.Context(), filepath.Join(root, fmt.Sprintf("f%03d.go", i))); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Refresh(t.Context(), root, nil); err != nil {
		t.Fatal(err)
	}
}

// stored returns the files of the only index below cache whose names end so.
func stored(t *testing.T, cache, suffix string) (paths []string) {
	t.Helper()
	err := filepath.WalkDir(cache, func(path string, e fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, suffix) {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

// Many saves are merged into few files, and an engine that opens them finds all.
func TestManySavesAreMerged(t *testing.T) {
	root, cache := t.TempDir(), t.TempDir()
	e := engine(t, cache)
	saved(t, e, root, 150)
	segments, logs := stored(t, cache, ".seg"), stored(t, cache, ".log")
	if len(segments) > 8 || len(segments) == 0 || len(logs) != 1 {
		t.Errorf("%q, %q", segments, logs)
	}
	before := e.Status().Folders[0]
	if err := e.Close(root); err != nil {
		t.Fatal(err)
	}
	counting := &counter{Embedder: static.New()}
	e = engineWith(t, cache, counting)
	open(t, e, root)
	after := e.Status().Folders[0]
	if n := counting.texts.Load(); n != 0 || after.Coverage != before.Coverage || after.Health != store.HealthOK {
		t.Errorf("%d texts are read again; %+v, before %+v", n, after, before)
	}
	for _, i := range []int{0, 77, 149} {
		finds(t, e, workspace.Documents{}, fmt.Sprintf("number%03d", i), fmt.Sprintf("f%03d.go:number%03d", i, i))
	}
}

// Somebody cuts a file that is mapped: the query is answered with what is left, the
// status says so, and the next save builds the index again.
func TestAMappedFileIsCut(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // the system keeps everybody from it
	}
	root, cache := t.TempDir(), t.TempDir()
	e := engine(t, cache)
	saved(t, e, root, 150)
	for _, path := range stored(t, cache, ".seg") {
		if err := os.Truncate(path, 0); err != nil {
			t.Fatal(err)
		}
	}
	got, a := ask(t, e, workspace.Documents{}, indexing.Query{Text: "number077"})
	if len(got) != 0 || !strings.Contains(a.Warning, "being rebuilt") {
		t.Errorf("found %v, warning %q", got, a.Warning)
	}
	if f := e.Status().Folders[0]; !strings.Contains(f.Health, "being rebuilt") || f.Coverage.Percent != 0 {
		t.Errorf("%+v", f)
	}
	if err := e.Update(t.Context(), filepath.Join(root, "f001.go")); err != nil {
		t.Fatal(err)
	}
	finds(t, e, workspace.Documents{}, "number077", "f077.go:number077")
	if f := e.Status().Folders[0]; f.Health != store.HealthOK || f.Coverage.FilesIndexed != 150 || f.State != indexing.StateReady {
		t.Errorf("%+v", f)
	}
	// A Refresh needs no second one.
	saved(t, e, root, 150)
	for _, path := range stored(t, cache, ".seg") {
		if err := os.Truncate(path, 0); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Refresh(t.Context(), root, nil); err != nil {
		t.Fatal(err)
	}
	finds(t, e, workspace.Documents{}, "number077", "f077.go:number077")
}

// A damaged file costs the files in it: they are read again, and the rest is not.
func TestADamagedIndexIsMended(t *testing.T) {
	for _, name := range []string{".seg", ".log", "MANIFEST"} {
		root, cache := t.TempDir(), t.TempDir()
		e := engine(t, cache)
		saved(t, e, root, 150)
		if err := e.Close(root); err != nil {
			t.Fatal(err)
		}
		path := stored(t, cache, name)[0]
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		data[len(data)/2] ^= 4
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		e = engine(t, cache)
		open(t, e, root)
		f := e.Status().Folders[0]
		if f.Health == store.HealthOK || f.Message == "" || f.Coverage.FilesIndexed != 150 {
			t.Errorf("%s: %+v", name, f)
		}
		finds(t, e, workspace.Documents{}, "number077", "f077.go:number077")
		if err := e.Close(root); err != nil {
			t.Fatal(err)
		}
		e = engine(t, cache)
		open(t, e, root)
		if f := e.Status().Folders[0]; f.Health != store.HealthOK || f.Coverage.FilesIndexed != 150 {
			t.Errorf("%s, again: %+v", name, f)
		}
		e.Close(root)
	}
}

// small is a disk with so many bytes left.
type small struct {
	store.FS
	left atomic.Int64
}

type smallFile struct {
	store.File
	on *small
}

func (s *small) Open(name string, flag int) (store.File, error) {
	f, err := s.FS.Open(name, flag)
	if err != nil {
		return nil, err
	}
	return smallFile{f, s}, nil
}

func (s *small) Map(f store.File, offset int64, n int) ([]byte, func(), error) {
	return s.FS.Map(f.(smallFile).File, offset, n)
}

func (f smallFile) WriteAt(data []byte, at int64) (int, error) {
	if f.on.left.Add(-int64(len(data))) < 0 {
		return 0, &fs.PathError{Op: "write", Path: "file", Err: syscall.ENOSPC}
	}
	return f.File.WriteAt(data, at)
}

// Wherever the disk gets full, search works on from memory, and the next process goes on
// from what is stored.
func TestTheDiskGetsFull(t *testing.T) {
	for _, left := range []int64{0, 100, 400, 5_000, 20_000, 35_000, 50_000} {
		root, cache := t.TempDir(), t.TempDir()
		disk := &small{FS: store.System()}
		disk.left.Store(left)
		e := indexing.New(indexing.Config{CacheDir: cache, Files: disk, Embedder: static.New(), Limiter: tasks.NewLimiter(2, 2)})
		saved(t, e, root, 100)
		f := e.Status().Folders[0]
		if f.Coverage.FilesIndexed != 100 || f.State != indexing.StateReady ||
			f.Health != store.HealthOK && !strings.Contains(f.Health, syscall.ENOSPC.Error()) {
			t.Errorf("%d bytes: %+v", left, f)
		}
		for _, i := range []int{0, 77, 99} {
			finds(t, e, workspace.Documents{}, fmt.Sprintf("number%03d", i), fmt.Sprintf("f%03d.go:number%03d", i, i))
		}
		if err := e.Close(root); err != nil && !errors.Is(err, syscall.ENOSPC) {
			t.Error(err)
		}
		next := engine(t, cache)
		open(t, next, root)
		if f := next.Status().Folders[0]; f.Coverage.FilesIndexed != 100 ||
			f.Health != store.HealthOK && !strings.HasPrefix(f.Health, "repaired") {
			t.Errorf("%d bytes, after: %+v", left, f)
		}
		next.Close(root)
	}
}

// Of two editors that are told of a save, one stores it.
func TestASaveIsStoredOnce(t *testing.T) {
	root, cache := write(t, t.TempDir(), map[string]string{"upload.go": uploadGo}), t.TempDir()
	first, second := engine(t, cache), engine(t, cache)
	open(t, first, root)
	open(t, second, root)
	path := filepath.Join(write(t, root, map[string]string{"parse.go": parseGo}), "parse.go")
	for _, e := range []*indexing.Engine{first, second, first} {
		if err := e.Update(t.Context(), path); err != nil {
			t.Fatal(err)
		}
		finds(t, e, workspace.Documents{}, "parseHeader", "parse.go:parseHeader")
	}
	if n := second.Status().Folders[0].Flushed; n != 2 {
		t.Errorf("%d changes are stored of two", n)
	}
}

// The same while this process brings the folder up to date: it reads all files, not only
// those that it has found to be new.
func TestTheIndexIsBegunAnewDuringARefresh(t *testing.T) {
	root, cache := t.TempDir(), t.TempDir()
	other := engine(t, cache)
	saved(t, other, root, 20)
	slow := &permitted{Embedder: static.New(), entered: make(chan struct{}), permits: make(chan struct{})}
	e := engineWith(t, cache, slow)
	if err := e.Open(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	defer e.Close(root)
	write(t, root, map[string]string{"parse.go": parseGo})
	err := tasks.Run(t.Context(), func(ctx context.Context, g *tasks.Group) error {
		g.Go(func(ctx context.Context) error { return e.Refresh(ctx, root, nil) })
		<-slow.entered
		defer close(slow.permits)
		return other.Reset(root)
	})
	if err != nil {
		t.Fatal(err)
	}
	finds(t, e, workspace.Documents{}, "number007", "f007.go:number007")
	if f := e.Status().Folders[0]; f.Coverage.Percent != 100 || f.Coverage.FilesIndexed != 21 || f.State != indexing.StateReady {
		t.Errorf("%+v", f)
	}
}

// What is forgotten is not all there is: until it is read again, nothing is indexed.
func TestCoverageAfterAReset(t *testing.T) {
	root := write(t, t.TempDir(), map[string]string{"upload.go": uploadGo})
	e := engine(t, t.TempDir())
	open(t, e, root)
	if err := e.Reset(root); err != nil {
		t.Fatal(err)
	}
	if f := e.Status().Folders[0]; f.Coverage.Percent != 0 || f.Message != "" {
		t.Errorf("%+v", f)
	}
}

// What becomes of the store is said in the log once, also where no change is stored: when a
// query finds the directory gone.
func TestAVanishedDirectoryIsLoggedOnce(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // the system keeps everybody from it
	}
	for name, find := range map[string]func(e *indexing.Engine, root string) error{
		"query": func(e *indexing.Engine, _ string) error {
			_, err := e.Search(t.Context(), workspace.Documents{}, indexing.Query{Text: "retryUpload"})
			return err
		},
		"save": func(e *indexing.Engine, root string) error {
			return e.Update(t.Context(), filepath.Join(root, "upload.go"))
		},
		"refresh": func(e *indexing.Engine, root string) error { return e.Refresh(t.Context(), root, nil) },
	} {
		root, cache := write(t, t.TempDir(), map[string]string{"upload.go": uploadGo}), t.TempDir()
		core, logs := observer.New(zap.WarnLevel)
		e := indexing.New(indexing.Config{
			CacheDir: cache, Embedder: static.New(), Limiter: tasks.NewLimiter(2, 2), Log: zap.New(core),
		})
		open(t, e, root)
		if err := os.RemoveAll(cache); err != nil {
			t.Fatal(err)
		}
		write(t, root, map[string]string{"upload.go": uploadGo + "\nfunc more() {}\n"})
		for range 2 {
			if err := find(e, root); err != nil {
				t.Fatal(err)
			}
		}
		if h := e.Status().Folders[0].Health; logs.Len() != 1 || !store.InMemory(h) {
			t.Errorf("%s: %+v; health %q", name, logs.All(), h)
		}
	}
}
