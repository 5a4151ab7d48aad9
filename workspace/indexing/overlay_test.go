package indexing_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

// dirty opens upload.go with another function in it.
func dirty(t *testing.T, root, function string) workspace.Documents {
	t.Helper()
	s := workspace.NewSession()
	path := filepath.Join(root, "upload.go")
	if err := s.Open(path, 1, uploadGo); err != nil {
		t.Fatal(err)
	}
	text := uploadGo + fmt.Sprintf("\nfunc %s() {\n%s}\n", function, strings.Repeat("\tsend()\n", 40))
	if err := s.Change(path, 2, edit(text), 0); err != nil {
		t.Fatal(err)
	}
	return s.Documents()
}

// Several queries of one version, as an editor sends them at once, have it embedded once: what has changed of it.
func TestQueriesAtOnceEmbedABufferOnce(t *testing.T) {
	root := write(t, t.TempDir(), map[string]string{"upload.go": uploadGo, "parse.go": parseGo})
	model := &counter{Embedder: static.New()}
	e := engineWith(t, "", model)
	open(t, e, root)
	for i := range 20 {
		name := fmt.Sprintf("zebraCrossing%d", i)
		docs, before := dirty(t, root, name), model.texts.Load()
		err := tasks.Run(t.Context(), func(_ context.Context, g *tasks.Group) error {
			for range 4 {
				g.Go(func(ctx context.Context) error {
					a, err := e.Search(ctx, docs, indexing.Query{Text: name})
					if err == nil && (len(a.Hits) == 0 || a.Hits[0].Symbol != name) {
						err = fmt.Errorf("%s is not the first of %d hits", name, len(a.Hits))
					}
					return err
				})
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if n := model.texts.Load() - before; n != 1 {
			t.Fatalf("%d texts were embedded for one chunk that is new", n)
		}
	}
}

// A query that waits for another to make a buffer's segment is not lost when that one is cancelled.
func TestACancelledQueryLeavesTheBufferToTheNext(t *testing.T) {
	root := write(t, t.TempDir(), map[string]string{"upload.go": uploadGo})
	model := &held{Embedder: static.New(), begun: make(chan struct{})}
	e := engineWith(t, "", model)
	open(t, e, root)
	docs := dirty(t, root, "zebraCrossing")
	model.hold.Store(true)
	err := tasks.Run(t.Context(), func(ctx context.Context, g *tasks.Group) error {
		first := g.Go(func(ctx context.Context) error {
			_, err := e.Search(ctx, docs, indexing.Query{Text: "zebraCrossing"})
			return err
		})
		<-model.begun
		second := g.Go(func(context.Context) error {
			finds(t, e, docs, "zebraCrossing", "upload.go:zebraCrossing")
			return nil
		})
		first.Cancel(nil)
		if err := first.Wait(ctx); err != nil && !errors.Is(err, context.Canceled) {
			return err
		}
		return second.Wait(ctx)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// held is a model whose first call, once it is to hold, waits until it is cancelled.
type held struct {
	indexing.Embedder
	hold  atomic.Bool
	begun chan struct{}
}

func (h *held) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	if h.hold.CompareAndSwap(true, false) {
		close(h.begun)
		<-ctx.Done()
		return nil, context.Cause(ctx)
	}
	return h.Embedder.Embed(ctx, texts)
}
