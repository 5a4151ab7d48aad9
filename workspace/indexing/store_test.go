package indexing_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
	"github.com/semantic-ls/semantic-ls/vectors/index"
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

// permitted is a model that asks for a permit for every call.
type permitted struct {
	indexing.Embedder
	once    sync.Once
	entered chan struct{} // closed at the first call
	permits chan struct{}
}

func (p *permitted) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	p.once.Do(func() { close(p.entered) })
	<-p.permits
	return p.Embedder.Embed(ctx, texts)
}

// While another process brings the folder up to date, this one reads what that one
// publishes and no file; when that one ends, it goes on with the rest.
func TestAnotherProcessIndexes(t *testing.T) {
	root, cache := t.TempDir(), t.TempDir()
	const files = 60
	numbered(t, root, files)
	slow := &permitted{Embedder: static.New(), entered: make(chan struct{}), permits: make(chan struct{})}
	counting := &counter{Embedder: static.New()}
	first, second := engineWith(t, cache, slow), engineWith(t, cache, counting)
	for _, e := range []*indexing.Engine{first, second} {
		if err := e.Open(t.Context(), root); err != nil {
			t.Fatal(err)
		}
		defer e.Close(root)
	}
	stop, cancel := context.WithCancelCause(t.Context())
	errGone := errors.New("the other process is gone")
	waits, seen := make(chan struct{}), make(chan struct{})
	waiting, seeing := sync.OnceFunc(func() { close(waits) }), sync.OnceFunc(func() { close(seen) })
	err := tasks.Run(t.Context(), func(ctx context.Context, g *tasks.Group) error {
		g.Go(func(context.Context) error {
			if err := first.Refresh(stop, root, nil); !errors.Is(err, errGone) {
				return fmt.Errorf("the first ends with %w", err)
			}
			return nil
		})
		<-slow.entered
		g.Go(func(ctx context.Context) error {
			return second.Refresh(ctx, root, func(p indexing.Progress) {
				if counting.texts.Load() > 0 {
					return
				}
				if p.Done == 0 {
					waiting()
				} else if p.Done < p.Total {
					seeing()
				}
			})
		})
		<-waits
		for range 3 { // a batch, whichever of two they are of
			slow.permits <- struct{}{}
		}
		<-seen
		f := second.Status().Folders[0]
		if f.State != indexing.StateIndexing || f.Message == "" || f.Coverage.FilesTotal != files ||
			f.Coverage.Percent <= 0 || f.Coverage.Percent >= 100 {
			t.Errorf("meanwhile: %+v", f)
		}
		if _, err := second.Search(ctx, workspace.Documents{}, indexing.Query{Text: "number059"}); err != nil {
			t.Error(err)
		}
		cancel(errGone)
		close(slow.permits)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	f := second.Status().Folders[0]
	if n := counting.texts.Load(); n == 0 || n > files-8 || f.State != indexing.StateReady ||
		f.Coverage.FilesIndexed != files || f.Health != store.HealthOK {
		t.Errorf("%d texts, %+v", n, f)
	}
	for _, i := range []int{0, 31, 59} {
		finds(t, second, workspace.Documents{}, fmt.Sprintf("number%03d", i), fmt.Sprintf("f%03d.go:number%03d", i, i))
	}
}

// A query finds what another process has saved, without being told.
func TestAQueryFindsWhatAnotherProcessSaved(t *testing.T) {
	root, cache := write(t, t.TempDir(), map[string]string{"upload.go": uploadGo}), t.TempDir()
	first, second := engine(t, cache), engine(t, cache)
	open(t, first, root)
	open(t, second, root)
	write(t, root, map[string]string{"parse.go": parseGo})
	if err := first.Update(t.Context(), filepath.Join(root, "parse.go")); err != nil {
		t.Fatal(err)
	}
	finds(t, second, workspace.Documents{}, "parseHeader", "parse.go:parseHeader") // its first look
}

// A process that was stopped while it indexed keeps nobody waiting for ever, and one that
// has nothing left to do for nobody.
func TestAnotherProcessIndexesAndIsStopped(t *testing.T) {
	root, cache := t.TempDir(), t.TempDir()
	numbered(t, root, 20)
	for i := range 20 { // before the time that this test begins at
		at := time.Date(1999, 1, 1, 0, 0, i, 0, time.UTC)
		if err := os.Chtimes(filepath.Join(root, fmt.Sprintf("f%03d.go", i)), at, at); err != nil {
			t.Fatal(err)
		}
	}
	m := static.New().Model()
	other := store.Open(cache, store.Identity{Root: root, Model: m.Provider + ":" + m.Name, Dimensions: m.Dimensions})
	defer other.Close()
	if _, err := other.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	release, ok := other.Indexing()
	if !ok {
		t.Fatal("nobody may index")
	}
	defer release()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		e := engine(t, cache)
		open(t, e, root)
		if f := e.Status().Folders[0]; f.State != indexing.StateReady || f.Coverage.FilesIndexed != 20 ||
			time.Since(start) < 5*time.Second {
			t.Errorf("after %v: %+v", time.Since(start), f)
		}
		start = time.Now()
		if err := e.Refresh(t.Context(), root, nil); err != nil || time.Since(start) > 0 {
			t.Errorf("with nothing to do it waits %v, %v", time.Since(start), err)
		}
	})
}

// hooked is a model that does something before its next call.
type hooked struct {
	indexing.Embedder
	next atomic.Pointer[func()]
}

func (h *hooked) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	if do := h.next.Swap(nil); do != nil {
		(*do)()
	}
	return h.Embedder.Embed(ctx, texts)
}

// Another process that indexes has read a file before it was saved here, and publishes
// that while the save is being embedded: the save stands.
func TestASaveBeatsWhatAnotherProcessHasReadBefore(t *testing.T) {
	root, cache := write(t, t.TempDir(), map[string]string{"upload.go": uploadGo}), t.TempDir()
	m := static.New().Model()
	other := store.Open(cache, store.Identity{Root: root, Model: m.Provider + ":" + m.Name, Dimensions: m.Dimensions})
	defer other.Close()
	if _, err := other.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	release, ok := other.Indexing()
	if !ok {
		t.Fatal("nobody may index")
	}
	defer release()
	stale, err := index.Build(m.Dimensions, []index.Document{{File: index.File{Path: "upload.go", Hash: index.HashText("stale")}}})
	if err != nil {
		t.Fatal(err)
	}
	model := &hooked{Embedder: static.New()}
	e := engineWith(t, cache, model)
	if err := e.Open(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	defer e.Close(root)
	waits, errEnough := make(chan struct{}), errors.New("enough")
	waiting := sync.OnceFunc(func() { close(waits) })
	stop, cancel := context.WithCancelCause(t.Context())
	err = tasks.Run(t.Context(), func(ctx context.Context, g *tasks.Group) error {
		g.Go(func(context.Context) error {
			if err := e.Refresh(stop, root, func(indexing.Progress) { waiting() }); !errors.Is(err, errEnough) {
				return fmt.Errorf("the refresh ends with %w", err)
			}
			return nil
		})
		<-waits
		publish := func() {
			_, _, err := other.Append(func(store.News) (store.Change, bool) { return store.Change{Segment: stale}, true })
			if err != nil {
				t.Error(err)
			}
		}
		model.next.Store(&publish)
		defer cancel(errEnough)
		return e.Update(ctx, filepath.Join(root, "upload.go"))
	})
	if err != nil {
		t.Fatal(err)
	}
	finds(t, e, workspace.Documents{}, "retryUpload", "upload.go:retryUpload")
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

// Another process begins the index anew and ends: what is missing now is not taken for
// indexed, and the next save reads it.
func TestAnotherProcessBeginsTheIndexAnew(t *testing.T) {
	root, cache := t.TempDir(), t.TempDir()
	first, second := engine(t, cache), engine(t, cache)
	saved(t, first, root, 20)
	open(t, second, root)
	if err := errors.Join(second.Reset(root), second.Close(root)); err != nil {
		t.Fatal(err)
	}
	got, a := ask(t, first, workspace.Documents{}, indexing.Query{Text: "number007"})
	if len(got) != 0 || a.Coverage.Percent != 0 || a.Coverage.FilesTotal != 20 || a.Coverage.FilesWaiting != 20 ||
		!strings.Contains(a.Warning, "anew") {
		t.Errorf("found %v, %+v, warning %q", got, a.Coverage, a.Warning)
	}
	if err := first.Update(t.Context(), filepath.Join(root, "f001.go")); err != nil {
		t.Fatal(err)
	}
	finds(t, first, workspace.Documents{}, "number007", "f007.go:number007")
	if c := first.Status().Coverage; c.Percent != 100 || c.FilesIndexed != 20 || c.FilesTotal != 20 || c.FilesWaiting != 0 {
		t.Errorf("%+v", c)
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

// The same where the other process has merged what it published meanwhile: what a Refresh had
// read before, or has found where it is no more, is older.
func TestARefreshDoesNotUndoWhatAnotherProcessHasMerged(t *testing.T) {
	root, cache := t.TempDir(), t.TempDir()
	other := engine(t, cache)
	saved(t, other, root, 30)
	slow := &permitted{Embedder: static.New(), entered: make(chan struct{}), permits: make(chan struct{})}
	e := engineWith(t, cache, slow)
	if err := e.Open(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	defer e.Close(root)
	write(t, root, map[string]string{"parse.go": parseGo, "upload.go": uploadGo})
	err := tasks.Run(t.Context(), func(ctx context.Context, g *tasks.Group) error {
		g.Go(func(ctx context.Context) error { return e.Refresh(ctx, root, nil) })
		<-slow.entered
		defer close(slow.permits)
		parse, upload := filepath.Join(root, "parse.go"), filepath.Join(root, "upload.go")
		if err := other.Update(ctx, parse, upload); err != nil {
			return err
		}
		write(t, root, map[string]string{"parse.go": strings.ReplaceAll(parseGo, "parseHeader", "againHeader")})
		if err := os.Remove(upload); err != nil {
			return err
		}
		if err := other.Update(ctx, parse, upload); err != nil {
			return err
		}
		before := stored(t, cache, ".seg")
		for i := range 30 {
			path := fmt.Sprintf("f%03d.go", i)
			write(t, root, map[string]string{path: fmt.Sprintf("package f\n\nfunc later%03d() {}\n", i)})
			if err := other.Update(ctx, filepath.Join(root, path)); err != nil {
				return err
			}
		}
		if slices.Equal(before, stored(t, cache, ".seg")) {
			t.Errorf("nothing is merged: %q", before)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	finds(t, e, workspace.Documents{}, "againHeader", "parse.go:againHeader")
	finds(t, other, workspace.Documents{}, "againHeader", "parse.go:againHeader")
	if c := e.Status().Coverage; c.FilesIndexed != 31 {
		t.Errorf("%+v", c)
	}
}
