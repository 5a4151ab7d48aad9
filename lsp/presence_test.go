package lsp_test

import (
	"context"
	"runtime"
	"testing"
	"time"

	"github.com/semantic-ls/semantic-ls/lsp"
	"github.com/semantic-ls/semantic-ls/lsp/lsptest"
	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

// Both cores are lent to indexing while nobody is there, one less while a request is open or somebody types.
func TestIndexingKeepsOffTheLastCoreWhileSomebodyIsThere(t *testing.T) {
	cores := tasks.NewLimiter(2, 2)
	config := lsp.Config{Presence: lsp.NewPresence(cores, 2)}
	engine := newFake()
	search := park(engine)
	// lent waits until two background units of work that come now get so many cores.
	lent := func(when string, want int) {
		t.Helper()
		for deadline := time.Now().Add(20 * time.Second); ; {
			got := 0
			err := tasks.Run(t.Context(), func(ctx context.Context, g *tasks.Group) error {
				for range 2 {
					g.Go(func(ctx context.Context) error {
						return cores.Do(ctx, tasks.Background, func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() })
					})
				}
				for waiting := 0; got+waiting < 2; got, waiting = cores.Stats() {
					runtime.Gosched()
				}
				g.Cancel(nil)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if got == want {
				return
			}
			if time.Now().After(deadline) {
				t.Fatalf("%s: %d units get a core, want %d", when, got, want)
			}
		}
	}
	lsptest.Run(t, serveWith(engine, config), func(e *lsptest.Editor) {
		e.Initialize(lsptest.Options{})
		lent("nobody is there", 2)
		one := e.Start("semantic/search", lsptest.Query{Query: "park"})
		two := e.Start("semantic/search", lsptest.Query{Query: "park"})
		receive(t, e, "a search", search.begun)
		receive(t, e, "a search", search.begun)
		lent("two requests are open", 1)
		one.Cancel()
		if err := one.Wait(nil); err == nil {
			t.Error("the search was not cancelled")
		}
		lent("one request is open", 1)
		two.Cancel()
		if err := two.Wait(nil); err == nil {
			t.Error("the search was not cancelled")
		}
		lent("nobody waits any more", 2)
		e.Open("/w/a.go", "x")
		e.Edit("/w/a.go", lsptest.Edit{Text: "y"}) // and no request, which would count by itself
		lent("somebody types", 1)
		e.Edit("/w/a.go", lsptest.Edit{Text: "z"})
		lent("it has been quiet for a moment", 2)
	})
}

// A panic of a request gives the core back, and so does the end of the session while somebody types.
func TestPresenceEndsWithWhoeverWasThere(t *testing.T) {
	cores := tasks.NewLimiter(2, 2)
	config := lsp.Config{Presence: lsp.NewPresence(cores, 2)}
	engine := newFake()
	engine.search = func(context.Context, workspace.Documents, indexing.Query) (indexing.Answer, error) { panic("boom") }
	lsptest.Run(t, serveWith(engine, config), func(e *lsptest.Editor) {
		e.Initialize(lsptest.Options{})
		if _, err := e.Search(lsptest.Query{Query: "x"}); lsptest.Code(err) != -32603 {
			t.Errorf("search: %v", err)
		}
		e.Open("/w/a.go", "x")
		e.Edit("/w/a.go", lsptest.Edit{Text: "y"})
		if _, err := e.Status(); err != nil {
			t.Fatal(err)
		}
	})
	err := tasks.FailAfter(t.Context(), 30*time.Second, func(ctx context.Context, g *tasks.Group) error {
		both := make(chan struct{}, 2)
		for range 2 {
			g.Go(func(ctx context.Context) error {
				return cores.Do(ctx, tasks.Background, func(ctx context.Context) error { both <- struct{}{}; <-ctx.Done(); return ctx.Err() })
			})
		}
		for range 2 {
			if _, err := tasks.Receive(ctx, both); err != nil {
				return err
			}
		}
		g.Cancel(nil)
		return nil
	})
	if err != nil {
		t.Errorf("the last core was not given back: %v", err)
	}
}
