package indexing_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
	"github.com/semantic-ls/semantic-ls/vectors/store"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

// waiting is a model whose every batch says that it has begun and waits to be let go on.
type waiting struct {
	indexing.Embedder
	open  atomic.Bool
	begun chan struct{}
}

func (w *waiting) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	if !w.open.Load() {
		w.begun <- struct{}{}
		<-ctx.Done()
		return nil, context.Cause(ctx)
	}
	return w.Embedder.Embed(ctx, texts)
}

// interrupted returns two engines of one index that the first has begun to refresh, until cause, and left.
func interrupted(t *testing.T, cause error) (model *waiting, root, cache string, second *indexing.Engine) {
	t.Helper()
	root, cache = write(t, t.TempDir(), map[string]string{"upload.go": uploadGo, "parse.go": parseGo}), t.TempDir()
	model = &waiting{Embedder: static.New(), begun: make(chan struct{}, 10)}
	first := engineWith(t, cache, model)
	second = first.Share()
	for _, e := range []*indexing.Engine{first, second} {
		if err := e.Open(t.Context(), root); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := first.Refresh(ctx, root, nil); !errors.Is(err, cause) {
			t.Errorf("Refresh: %v, want %v", err, cause)
		}
	})
	<-model.begun
	cancel(cause)
	wg.Wait()
	if err := first.Close(root); err != nil {
		t.Fatal(err)
	}
	return model, root, cache, second
}

func TestFinishSharedGoesOnForTheOthers(t *testing.T) {
	model, root, _, second := interrupted(t, errors.New("the client left"))
	model.open.Store(true)
	if err := second.Share().FinishShared(t.Context()); err != nil {
		t.Fatal(err)
	}
	if f := second.Status().Folders[0]; f.State != indexing.StateReady || f.Coverage.FilesIndexed != 2 {
		t.Errorf("%+v", f)
	}
	if err := second.Close(root); err != nil {
		t.Error(err)
	}
}

// What the user has paused stays so, whoever leaves.
func TestFinishSharedLeavesWhatIsPaused(t *testing.T) {
	model, root, _, second := interrupted(t, indexing.ErrPaused)
	model.open.Store(true)
	if err := second.Share().FinishShared(t.Context()); err != nil {
		t.Fatal(err)
	}
	if f := second.Status().Folders[0]; f.State != indexing.StatePaused || f.Coverage.FilesIndexed != 0 {
		t.Errorf("%+v", f)
	}
	if err := second.Refresh(t.Context(), root, nil); err != nil || second.Status().Folders[0].State != indexing.StateReady {
		t.Errorf("asked for again: %v, %+v", err, second.Status().Folders[0])
	}
	if err := second.Close(root); err != nil {
		t.Error(err)
	}
}

// With the last client the work for nobody ends, and the index can be opened at once.
func TestFinishSharedEndsWithTheLastClient(t *testing.T) {
	model, root, cache, second := interrupted(t, errors.New("the client left"))
	ended := make(chan error, 1)
	go func() { ended <- second.Share().FinishShared(t.Context()) }()
	<-model.begun
	if err := second.Close(root); err != nil {
		t.Fatal(err)
	}
	third := engine(t, cache) // another process would do no other
	open(t, third, root)
	if h := third.Status().Folders[0].Health; h != store.HealthOK {
		t.Errorf("health %q", h)
	}
	if err := <-ended; err != nil {
		t.Errorf("FinishShared: %v", err)
	}
}

// Clients open and close one folder as they like: there is one index of it at a time.
func TestOpenAndCloseTakeTurns(t *testing.T) {
	root := write(t, t.TempDir(), map[string]string{"upload.go": uploadGo})
	first := engine(t, t.TempDir())
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 30 {
				e := first.Share()
				if err := e.Open(t.Context(), root); err != nil {
					t.Error(err)
					return
				}
				if h := e.Status().Folders[0].Health; h != store.HealthOK {
					t.Errorf("health %q", h)
				}
				if err := e.Close(root); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}
