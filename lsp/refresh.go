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

// refreshViews has the client ask again for lenses and diagnostics once all folders are indexed, and when the index has changed
// then: for diagnostics with any file of which the content is another one, since a copy was made or has ended, for lenses when
// much has. It goes by what semantic/statusChanged goes by, so that nothing is looked at while nothing happens.
func (s *server) refreshViews(ctx context.Context) error {
	seen := map[string]uint64{} // by method: the changes at the last time
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.viewsChanged:
		}
		e, done := s.use()
		st := e.Status()
		done()
		if s.indexing() {
			continue
		}
		files, asked := uint64(st.Coverage.FilesTotal), false
		for _, v := range []struct {
			method string
			on     bool
			least  uint64 // changes
		}{
			{protocol.MethodWorkspaceDiagnosticRefresh, s.features.Load().DuplicateDiagnostics, 1},
			{protocol.MethodWorkspaceCodeLensRefresh, s.features.Load().CodeLens, max(1, files/muchShare)},
		} {
			last, before := seen[v.method]
			if !v.on || !s.client.refreshes[v.method] || before && st.Changes-last < v.least {
				continue
			}
			seen[v.method], asked = st.Changes, true
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
