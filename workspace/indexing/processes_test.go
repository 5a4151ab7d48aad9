package indexing_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/vectors/store"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

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
