package lsp

import (
	"context"
	"time"

	"go.lsp.dev/protocol"

	"github.com/semantic-ls/semantic-ls/tasks"
)

// openWithin is how long a question waits for folders that are about to be opened. What is stored of 100,000 chunks is
// open within 0.2 s; what takes longer is a model that is asked before for its dimensions, and may be down.
const openWithin = time.Second

// asksFolders tells whether the answer to a method's requests rests on the folders that are open.
func asksFolders(method string) bool {
	switch method {
	case protocol.MethodWorkspaceSymbol, protocol.MethodCodeLensResolve, protocol.MethodTextDocumentDiagnostic,
		methodSemanticSearch, methodSemanticRelated, methodSemanticDuplicates, methodSemanticExplain:
		return true
	}
	return false
}

// opening are the folders that are about to be opened now; each is closed once it is, or cannot be. Editors that start the
// server for a question send that right behind initialized: without this it would be answered from nothing, though there is
// an index on disk. No question waits for indexing.
func (s *server) opening() (list []<-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.folders {
		select {
		case <-f.opened:
		default:
			if f.runs > 0 {
				list = append(list, f.opened)
			}
		}
	}
	return list
}

// awaitOpened waits for what opening returned. It fails only if ctx ends.
func awaitOpened(ctx context.Context, opening []<-chan struct{}) error {
	if len(opening) == 0 {
		return nil
	}
	_, err := tasks.MoveOnAfter(ctx, openWithin, func(ctx context.Context, _ *tasks.Group) error {
		for _, opened := range opening {
			select {
			case <-opened:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	return err
}

// triedToOpen notes that a folder is open or cannot be.
func (s *server) triedToOpen(path string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.folders[path]; f != nil {
		f.tried()
	}
}

// tried is called with the server's mu held, once or more.
func (f *folder) tried() {
	select {
	case <-f.opened:
	default:
		close(f.opened)
	}
}
