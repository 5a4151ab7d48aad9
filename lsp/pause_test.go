package lsp_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/semantic-ls/semantic-ls/lsp/lsptest"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

// watching tells of changes on disk, so that the server does not look for them.
var watching = map[string]any{"workspace": map[string]any{"didChangeWatchedFiles": map[string]any{"dynamicRegistration": true}}}

// begun tells of each Refresh, and what ended it.
type begun struct {
	root  string
	cause chan error
}

func pausable() (*fake, chan begun) {
	engine, all := newFake(), make(chan begun, 100)
	engine.refresh = func(ctx context.Context, root string, _ func(indexing.Progress)) error {
		b := begun{root, make(chan error, 1)}
		all <- b
		<-ctx.Done()
		b.cause <- context.Cause(ctx)
		return ctx.Err()
	}
	return engine, all
}

func state(t *testing.T, e *lsptest.Editor, name string) string {
	t.Helper()
	s, err := e.Status()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range s.Folders {
		if f.Name == name {
			return f.State
		}
	}
	return ""
}

func TestIndexingIsPausedAndResumed(t *testing.T) {
	engine, all := pausable()
	run(t, engine, lsptest.Options{Folders: []string{"/one", "/two"}, Capabilities: watching}, func(e *lsptest.Editor) {
		runs := map[string]begun{}
		for range 2 {
			b := receive(t, e, "indexing", all)
			runs[b.root] = b
		}
		call := func(method string, params any) {
			t.Helper()
			if err := e.Call(method, params, nil); err != nil {
				t.Fatalf("%s: %v", method, err)
			}
		}
		call("semantic/pause", map[string]any{"folders": []string{"file:///one", "file:///else"}})
		if err := receive(t, e, "the end of indexing", runs["/one"].cause); !errors.Is(err, indexing.ErrPaused) {
			t.Errorf("indexing ended with %v", err)
		}
		if one, two := state(t, e, "one"), state(t, e, "two"); one != "paused" || two != "indexing" {
			t.Errorf("one is %s, two is %s", one, two)
		}
		// What is saved is indexed still, and a second pause is none.
		e.Save("/one/a.go")
		if got := receive(t, e, "an update", engine.updated); !slices.Equal(got, []string{"/one/a.go"}) {
			t.Errorf("updated %q", got)
		}
		call("semantic/pause", map[string]any{"folders": []string{"file:///one"}})

		call("semantic/resume", nil)
		if b := receive(t, e, "indexing", all); b.root != "/one" {
			t.Errorf("%s was resumed", b.root)
		} else {
			runs["/one"] = b
		}
		if one := state(t, e, "one"); one != "indexing" {
			t.Errorf("one is %s", one)
		}

		call("semantic/pause", nil) // all
		for _, root := range []string{"/one", "/two"} {
			receive(t, e, "the end of "+root, runs[root].cause)
		}
		call("semantic/reindex", map[string]any{"folders": []string{"file:///two"}})
		if b := receive(t, e, "indexing", all); b.root != "/two" {
			t.Errorf("%s was indexed again", b.root)
		}
		if one, two := state(t, e, "one"), state(t, e, "two"); one != "paused" || two != "indexing" {
			t.Errorf("one is %s, two is %s", one, two)
		}
	})
	for len(all) > 0 {
		if b := <-all; b.root == "/one" {
			t.Error("it was indexed though it is paused")
		}
	}
}

// What other programs change in a folder that is paused waits, in one inside it that is not it does not.
func TestWhatChangesOutsideWaitsWhilePaused(t *testing.T) {
	engine := newFake()
	run(t, engine, lsptest.Options{Folders: []string{"/one", "/one/in"}, Capabilities: watching}, func(e *lsptest.Editor) {
		e.AwaitReady()
		if err := e.Call("semantic/pause", map[string]any{"folders": []string{"file:///one"}}, nil); err != nil {
			t.Fatal(err)
		}
		e.Watched("/one/a.go", "/one/in/b.go", "/one/inner/c.go", "/one/d.go")
		if got := receive(t, e, "an update", engine.updated); !slices.Equal(got, []string{"/one/in/b.go"}) {
			t.Errorf("updated %q", got)
		}
		if err := e.Call("semantic/resume", nil, nil); err != nil {
			t.Fatal(err)
		}
		e.Watched("/one/a.go")
		if got := receive(t, e, "an update", engine.updated); !slices.Equal(got, []string{"/one/a.go"}) {
			t.Errorf("updated %q", got)
		}
	})
}

// Paused before it was begun: what is stored of it answers, and nothing is read.
func TestAFolderPausedAtOnceIsOpen(t *testing.T) {
	engine, all := pausable()
	opening, open := make(chan struct{}), make(chan struct{})
	engine.open = func(string) error {
		close(opening)
		<-open
		return nil
	}
	run(t, engine, lsptest.Options{Folders: []string{"/w"}, Capabilities: watching}, func(e *lsptest.Editor) {
		receive(t, e, "the folder being opened", opening)
		if err := e.Call("semantic/pause", nil, nil); err != nil {
			t.Fatal(err)
		}
		close(open)
		receive(t, e, "the folder", engine.opened)
		if s := state(t, e, "w"); s != "paused" {
			t.Errorf("it is %s", s)
		}
	})
	if len(all) > 0 {
		t.Error("it was indexed though it is paused")
	}
}
