package lsp_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/lsp/lsptest"
	"github.com/semantic-ls/semantic-ls/vectors/search"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

// echo answers a search with the text of the document at path as the search sees it.
func echo(path string) func(context.Context, workspace.Documents, indexing.Query) (indexing.Answer, error) {
	return func(_ context.Context, docs workspace.Documents, q indexing.Query) (indexing.Answer, error) {
		doc, ok := docs.Get(path)
		if !ok {
			return indexing.Answer{}, fmt.Errorf("%s is not open", path)
		}
		return indexing.Answer{
			Hits:     []search.Hit{{Path: path, Text: doc.Text, Snippet: doc.Text, Symbol: q.Text}},
			Coverage: indexing.Coverage{DirtyDocuments: len(docs.Dirty())},
		}, nil
	}
}

func TestAQuerySeesEveryEditBeforeItAndNoneBehindIt(t *testing.T) {
	const rounds = 500
	path := "/w/a.go"
	engine := newFake()
	engine.search = echo(path)
	run(t, engine, lsptest.Options{}, func(e *lsptest.Editor) {
		e.Open(path, "edit 0")
		var burst strings.Builder
		pending := make([]*lsptest.Pending, rounds)
		for i := range rounds {
			// Every second edit replaces the number alone.
			edit := lsptest.Edit{Text: fmt.Sprintf("edit %d", i+1)}
			if i%2 == 1 {
				edit = lsptest.Edit{
					Range: &lsptest.Range{Start: lsptest.Position{Character: 5}, End: lsptest.Position{Character: 1 << 20}},
					Text:  fmt.Sprint(i + 1),
				}
			}
			id := fmt.Sprintf("%q", fmt.Sprintf("q%d", i))
			pending[i] = e.Expect(id)
			burst.WriteString(lsptest.Frame(e.Change(path, edit)))
			burst.WriteString(lsptest.Frame(lsptest.Request(id, "semantic/search", lsptest.Query{Query: fmt.Sprint(i)})))
		}
		e.Write(burst.String())
		for i, p := range pending {
			var a lsptest.Answer
			if err := p.Wait(&a); err != nil {
				t.Fatalf("query %d: %v", i, err)
			}
			if want := fmt.Sprintf("edit %d", i+1); len(a.Hits) != 1 || a.Hits[0].Snippet != want {
				t.Fatalf("query %d saw %+v, want %q", i, a.Hits, want)
			}
			if a.Coverage.DirtyDocuments != 1 {
				t.Fatalf("query %d counts %d dirty documents, want 1", i, a.Coverage.DirtyDocuments)
			}
		}
	})
}

func TestARequestDoesNotHoldUpTheNext(t *testing.T) {
	engine := newFake()
	begun, release := make(chan struct{}), make(chan struct{})
	engine.search = func(ctx context.Context, _ workspace.Documents, q indexing.Query) (indexing.Answer, error) {
		if q.Text == "slow" {
			close(begun)
			select {
			case <-release:
			case <-ctx.Done():
			}
		}
		return indexing.Answer{}, ctx.Err()
	}
	run(t, engine, lsptest.Options{}, func(e *lsptest.Editor) {
		slow := e.Start("semantic/search", lsptest.Query{Query: "slow"})
		receive(t, e, "the slow query", begun)
		if _, err := e.Search(lsptest.Query{Query: "quick"}); err != nil {
			t.Fatal(err)
		}
		close(release)
		if err := slow.Wait(nil); err != nil {
			t.Fatal(err)
		}
	})
}

func TestQueryNeverWaitsForIndexing(t *testing.T) {
	engine := newFake()
	ended := make(chan error, 1)
	engine.refresh = func(ctx context.Context, _ string, report func(indexing.Progress)) error {
		report(indexing.Progress{Done: 1, Total: 9})
		<-ctx.Done()
		ended <- context.Cause(ctx)
		return ctx.Err()
	}
	run(t, engine, lsptest.Options{Folders: []string{"/w"}}, func(e *lsptest.Editor) {
		e.AwaitProgress(0, "report") // indexing is under way and stays so
		if _, err := e.Search(lsptest.Query{Query: "anything"}); err != nil {
			t.Error(err)
		}
		if _, err := e.Symbols("anything"); err != nil {
			t.Error(err)
		}
		if _, err := e.Related(lsptest.Place{Text: "func f() {}"}); err != nil {
			t.Error(err)
		}
		s, err := e.Status()
		if err != nil || len(s.Folders) != 1 || s.Folders[0].State != "indexing" {
			t.Errorf("status = %+v, %v; want one folder that is indexing", s, err)
		}
		select {
		case err := <-ended:
			t.Errorf("indexing ended while it was asked: %v", err)
		default:
		}
	})
}

func TestBufferBeatsDisk(t *testing.T) {
	path := t.TempDir() + "/a.go"
	engine := newFake()
	engine.search = echo(path)
	run(t, engine, lsptest.Options{}, func(e *lsptest.Editor) {
		see := func(want string, dirty int) {
			t.Helper()
			a, err := e.Search(lsptest.Query{Query: "x"})
			if err != nil {
				t.Fatal(err)
			}
			if a.Hits[0].Snippet != want || a.Coverage.DirtyDocuments != dirty {
				t.Fatalf("saw %q with %d dirty, want %q with %d", a.Hits[0].Snippet, a.Coverage.DirtyDocuments, want, dirty)
			}
		}
		e.Open(path, "one")
		see("one", 0)
		e.Edit(path, lsptest.Edit{Text: "two"})
		see("two", 1)
		e.Save(path)
		see("two", 0)
		if got := receive(t, e, "the update after a save", engine.updated); len(got) != 1 || got[0] != path {
			t.Fatalf("updated %q, want %q", got, path)
		}
		e.Edit(path, lsptest.Edit{Text: "three"}, lsptest.Edit{
			Range: &lsptest.Range{Start: lsptest.Position{Character: 5}, End: lsptest.Position{Character: 5}}, Text: "!",
		})
		see("three!", 1)
		// Unsaved text was thrown away: what was saved counts until the file has been looked at anew.
		mark := e.Mark()
		e.Close(path)
		see("two", 0)
		if got := receive(t, e, "the update after a close", engine.updated); len(got) != 1 || got[0] != path {
			t.Fatalf("updated %q, want %q", got, path)
		}
		for {
			_, err := e.Search(lsptest.Query{Query: "x"})
			if lsptest.Code(err) == -32803 {
				break // the document is not open
			}
			e.Await("a change after which the document is not open", mark, func(m lsptest.Message) bool {
				return m.Method == "semantic/statusChanged"
			})
			mark = e.Mark()
		}
	})
}

// A file that cannot be indexed for good, and is closed, is not shown as it was saved for ever.
func TestWhatCannotBeIndexedIsForgottenWhenClosed(t *testing.T) {
	path := t.TempDir() + "/a.go"
	engine := newFake()
	engine.search = echo(path)
	engine.update = func([]string) error { panic("out of mind") }
	run(t, engine, lsptest.Options{}, func(e *lsptest.Editor) {
		e.Open(path, "one")
		e.Save(path)
		e.Close(path)
		for mark := e.Mark(); ; mark = e.Mark() {
			_, err := e.Search(lsptest.Query{Query: "x"})
			if lsptest.Code(err) == -32803 {
				break // the document is not open
			}
			e.Await("a change after which the document is not open", mark, func(m lsptest.Message) bool {
				return m.Method == "semantic/statusChanged"
			})
		}
	})
}
