package lsp

import (
	"context"
	"time"

	"go.lsp.dev/protocol"
	"go.uber.org/zap"

	"github.com/semantic-ls/semantic-ls/tasks"
)

const (
	// refreshAfter is the least time between two requests to ask again: a client asks for all that it shows then, which takes it and
	// us some tens of milliseconds.
	refreshAfter = 3 * time.Second
	// muchShare is how much of the files has to change for the numbers of lenses to be worth asking for again: a save
	// changes what is shown of a file or two, and the client asks for those by itself.
	muchShare = 20
	// refreshWithin is how long a client may take to say that it will: then nobody waits for that any more.
	refreshWithin = 10 * time.Second
)

// view is something that a client shows of ours until it is told to ask again.
type view struct {
	method string // that tells it
	of     string // the method that it asks with
	on     func(f Features) bool
	least  func(files uint64) uint64 // changes of the index after which it is worth asking again
}

func views() []view {
	return []view{
		{
			protocol.MethodWorkspaceDiagnosticRefresh, protocol.MethodTextDocumentDiagnostic,
			func(f Features) bool { return f.DuplicateDiagnostics }, func(uint64) uint64 { return 1 },
		},
		{
			protocol.MethodWorkspaceCodeLensRefresh, protocol.MethodTextDocumentCodeLens,
			func(f Features) bool { return f.CodeLens }, func(files uint64) uint64 { return max(1, files/muchShare) },
		},
	}
}

// refreshViews has the client ask again for lenses and diagnostics once all folders are indexed, and when the index has changed
// then: for diagnostics with any file of which the content is another one, since a copy was made or has ended, for lenses when
// much has. A client that does not register what is on is also told when that is switched on or off. It goes by what
// semantic/statusChanged goes by, so that nothing is looked at while nothing happens.
func (s *server) refreshViews(ctx context.Context) error {
	type shown struct {
		changes uint64
		on      bool
	}
	last := map[string]shown{} // by method: what it was when the client asked last
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.viewsChanged:
		}
		e, done := s.use()
		st := e.Status()
		done()
		indexing, asked := s.indexing(), false
		for _, v := range views() {
			on := v.on(*s.features.Load())
			was, before := last[v.method]
			switched := before && on != was.on && !s.client.registers[v.of]
			changed := !before || st.Changes-was.changes >= v.least(uint64(st.Coverage.FilesTotal))
			if !s.client.refreshes[v.method] || !switched && !(on && changed) || on && indexing {
				continue
			}
			last[v.method], asked = shown{st.Changes, on}, true
			err := tasks.FailAfter(ctx, refreshWithin, func(ctx context.Context, _ *tasks.Group) error {
				_, err := s.conn.Call(ctx, v.method, nil, nil)
				return err
			})
			if err != nil && ctx.Err() == nil {
				s.log.Debug("the client did not ask again", zap.String("method", v.method), zap.Error(err))
			}
		}
		if !asked {
			continue
		}
		if err := tasks.Sleep(ctx, s.cfg.RefreshAfter); err != nil {
			return nil
		}
	}
}

// indexing reports whether a folder is being indexed.
func (s *server) indexing() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.folders {
		if f.runs > 0 {
			return true
		}
	}
	return false
}
