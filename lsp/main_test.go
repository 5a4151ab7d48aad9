package lsp_test

import (
	"context"
	"encoding/json"
	"io"
	"sync"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"github.com/semantic-ls/semantic-ls/lsp"
	"github.com/semantic-ls/semantic-ls/lsp/lsptest"
	"github.com/semantic-ls/semantic-ls/vectors/embed"
	"github.com/semantic-ls/semantic-ls/vectors/search"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fake is an engine whose every answer is the test's. Functions that are nil do nothing and answer with
// nothing; what was asked is told on channels that never fill.
type fake struct {
	search     func(ctx context.Context, docs workspace.Documents, q indexing.Query) (indexing.Answer, error)
	related    func(ctx context.Context, docs workspace.Documents, p indexing.Place) (indexing.Answer, error)
	duplicates func(ctx context.Context, docs workspace.Documents, q indexing.DuplicatesQuery) (indexing.Duplicates, error)
	copies     func(ctx context.Context, docs workspace.Documents, q indexing.CopiesQuery) (indexing.Copies, error)
	explain    func(ctx context.Context, docs workspace.Documents, q indexing.Query, at indexing.Spot) (indexing.Explanation, error)
	refresh    func(ctx context.Context, root string, report func(indexing.Progress)) error
	open       func(root string) error
	update     func(paths []string) error
	flush      func(ctx context.Context) error

	opened, closed chan string
	updated        chan []string
	flushed        chan struct{}

	chunks  atomic.Int64 // that the status tells
	changes atomic.Int64 // likewise
	files   atomic.Int64 // likewise, 0: those of covered

	first atomic.Pointer[func() workspace.Documents]

	mu     sync.Mutex
	states map[string]string // guarded by mu: of open folders
}

func newFake() *fake {
	const plenty = 1000
	return &fake{
		opened:  make(chan string, plenty),
		closed:  make(chan string, plenty),
		updated: make(chan []string, plenty),
		flushed: make(chan struct{}, plenty),
		states:  map[string]string{},
	}
}

func (f *fake) Open(_ context.Context, root string) error {
	if f.open != nil {
		if err := f.open(root); err != nil {
			return err
		}
	}
	f.set(root, indexing.StateIndexing)
	f.opened <- root
	return nil
}

func (f *fake) ReadFirst(open func() workspace.Documents) { f.first.Store(&open) }

func (f *fake) Refresh(ctx context.Context, root string, report func(indexing.Progress)) error {
	if f.refresh != nil {
		if err := f.refresh(ctx, root, report); err != nil {
			return err
		}
	}
	f.set(root, indexing.StateReady)
	return nil
}

func (f *fake) Close(root string) error {
	f.set(root, "")
	f.closed <- root
	return nil
}

func (f *fake) Update(_ context.Context, paths ...string) error {
	if f.update != nil {
		if err := f.update(paths); err != nil {
			return err
		}
	}
	f.updated <- paths
	return nil
}

func (f *fake) Flush(ctx context.Context) error {
	f.flushed <- struct{}{}
	if f.flush != nil {
		return f.flush(ctx)
	}
	return ctx.Err()
}

func (f *fake) Search(ctx context.Context, docs workspace.Documents, q indexing.Query) (indexing.Answer, error) {
	if f.search != nil {
		return f.search(ctx, docs, q)
	}
	return indexing.Answer{Coverage: covered}, nil
}

func (f *fake) Related(ctx context.Context, docs workspace.Documents, p indexing.Place) (indexing.Answer, error) {
	if f.related != nil {
		return f.related(ctx, docs, p)
	}
	return indexing.Answer{Coverage: covered}, nil
}

func (f *fake) Duplicates(
	ctx context.Context, docs workspace.Documents, q indexing.DuplicatesQuery,
) (indexing.Duplicates, error) {
	if f.duplicates != nil {
		return f.duplicates(ctx, docs, q)
	}
	return indexing.Duplicates{Coverage: covered}, nil
}

func (f *fake) Copies(ctx context.Context, docs workspace.Documents, q indexing.CopiesQuery) (indexing.Copies, error) {
	if f.copies != nil {
		return f.copies(ctx, docs, q)
	}
	return indexing.Copies{Coverage: covered}, nil
}

func (f *fake) Explain(
	ctx context.Context, docs workspace.Documents, q indexing.Query, at indexing.Spot,
) (indexing.Explanation, error) {
	if f.explain != nil {
		return f.explain(ctx, docs, q, at)
	}
	return indexing.Explanation{Verdict: indexing.Unlike, Coverage: covered}, nil
}

func (f *fake) Status() indexing.Status {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := indexing.Status{
		Model: embed.Model{Name: "fake", Provider: "test", Dimensions: 3}, Coverage: covered, Changes: uint64(f.changes.Load()),
	}
	if n := f.files.Load(); n > 0 {
		s.Coverage.FilesTotal = int(n)
	}
	for root, state := range f.states {
		c := covered
		c.Chunks += int(f.chunks.Load())
		s.Folders = append(s.Folders, indexing.FolderStatus{Root: root, State: state, Coverage: c})
	}
	return s
}

func (f *fake) set(root, state string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if state == "" {
		delete(f.states, root)
	} else {
		f.states[root] = state
	}
}

// covered is the coverage of every answer of the fake.
var covered = indexing.Coverage{Percent: 50, FilesTotal: 4, FilesIndexed: 2, FilesWaiting: 2, Chunks: 7, Model: "fake"}

// hit is one hit: the last line of text, named by its first word.
func hit(path, text string, start, nameEnd int) search.Hit {
	return search.Hit{
		Path: path, Start: start, End: len(text), NameStart: start, NameEnd: nameEnd, Symbol: text[start:nameEnd],
		Container: "outer", Kind: 12, Language: "go", Score: 0.5, Snippet: text[start:], Text: text,
	}
}

// serve serves the engine.
func serve(e lsp.Engine) lsptest.Serve { return serveWith(e, lsp.Config{}) }

func serveWith(e lsp.Engine, cfg lsp.Config) lsptest.Serve {
	cfg.Version = "1.2.3"
	if cfg.Start == nil {
		cfg.Start = func(context.Context, json.RawMessage) (lsp.Engine, lsp.Features, error) {
			return e, lsp.Features{}, nil
		}
	}
	return func(ctx context.Context, stream io.ReadWriteCloser) error { return lsp.Serve(ctx, stream, cfg) }
}

// run runs body with an editor that has said hello to a server of the engine.
func run(t *testing.T, engine lsp.Engine, o lsptest.Options, body func(e *lsptest.Editor)) {
	t.Helper()
	lsptest.Run(t, serve(engine), func(e *lsptest.Editor) {
		e.Initialize(o)
		body(e)
	})
}

// receive takes the next value of c within the editor's patience.
func receive[T any](t *testing.T, e *lsptest.Editor, what string, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-e.Deadline().Done():
		t.Fatalf("waiting for %s", what)
		panic("unreachable")
	}
}
