package lsp_test

import (
	"context"
	"errors"
	"testing"

	"github.com/semantic-ls/semantic-ls/lsp/lsptest"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

// Vim with ALE starts the server for its first question, and sends that right behind initialized.
func TestAQuestionWaitsForFoldersToBeOpened(t *testing.T) {
	engine := newFake()
	opening, open, result := make(chan string, 10), make(chan struct{}), errors.New("it cannot be read")
	engine.open = func(root string) error {
		opening <- root
		<-open
		if root == "/bad" {
			return result
		}
		return nil
	}
	asked := make(chan struct{}, 10)
	engine.search = func(context.Context, workspace.Documents, indexing.Query) (indexing.Answer, error) {
		if len(engine.opened) == 0 {
			t.Error("asked before anything was open")
		}
		asked <- struct{}{}
		return indexing.Answer{Coverage: covered}, nil
	}
	run(t, engine, lsptest.Options{Folders: []string{"/w", "/bad"}}, func(e *lsptest.Editor) {
		search := e.Start("semantic/search", lsptest.Query{Query: "x"})
		symbols := e.Start("workspace/symbol", map[string]any{"query": "x"})
		cancelled := e.Start("semantic/search", lsptest.Query{Query: "x"})
		receive(t, e, "the folders", opening)
		receive(t, e, "the folders", opening)
		if _, err := e.Status(); err != nil || len(asked) > 0 { // which does not wait
			t.Errorf("%v; %d were asked", err, len(asked))
		}
		cancelled.Cancel()
		if err := cancelled.Wait(nil); lsptest.Code(err) != -32800 {
			t.Errorf("cancelled: %v", err)
		}
		close(open)
		if err := errors.Join(search.Wait(nil), symbols.Wait(nil)); err != nil {
			t.Error(err)
		}
		if _, err := e.Search(lsptest.Query{Query: "x"}); err != nil {
			t.Error(err)
		}
	})
}

// A folder that takes long, since a model is asked and does not answer, costs a question a second and no more.
func TestAQuestionDoesNotWaitForAFolderForLong(t *testing.T) {
	engine := newFake()
	answered := make(chan struct{})
	engine.open = func(string) error {
		<-answered
		return nil
	}
	run(t, engine, lsptest.Options{Folders: []string{"/w"}}, func(e *lsptest.Editor) {
		if _, err := e.Search(lsptest.Query{Query: "x"}); err != nil {
			t.Error(err)
		}
		close(answered)
	})
}
