package lsp

import (
	"context"
	"encoding/json"
	"time"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

// statusPause is the least time between two semantic/statusChanged: at most 5 a second, as the protocol's
// description promises.
const statusPause = 200 * time.Millisecond

// semanticStatus answers how far indexing is.
func (s *server) semanticStatus(docs workspace.Documents, _ json.RawMessage) (work, error) {
	return work{run: func(context.Context) (any, error) { return s.status(docs), nil }}, nil
}

// status is the engine's status in the client's words: its folders, in its order and by its names, whether
// the engine has come to them or not.
func (s *server) status(docs workspace.Documents) statusPayload {
	e, done := s.use()
	defer done()
	st := e.Status()
	out := statusPayload{
		Version:  s.cfg.Version,
		Coverage: coverageOf(st.Coverage),
		Model:    modelPayload{Name: st.Model.Name, Provider: st.Model.Provider, Dimensions: st.Model.Dimensions},
		Folders:  []folderPayload{},
	}
	out.Coverage.DirtyDocuments = len(docs.Dirty())
	known := make(map[string]indexing.FolderStatus, len(st.Folders))
	for _, f := range st.Folders {
		known[f.Root] = f
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, path := range s.order {
		f := s.folders[path]
		p := folderPayload{URI: uriOf(f.spelled[0]), Name: f.name, State: indexing.StateIndexing}
		if k, ok := known[path]; ok {
			p.State, p.Message, p.Coverage = k.State, k.Message, coverageOf(k.Coverage)
		} else {
			p.Coverage.Model = st.Coverage.Model
		}
		switch {
		case f.failure != "":
			p.State, p.Message = indexing.StateFailed, f.failure
		case f.paused:
			p.State, p.Message = indexing.StatePaused, ""
		case f.runs > 0:
			p.State, p.Message = indexing.StateIndexing, ""
		}
		out.Folders = append(out.Folders, p)
	}
	return out
}

// changed notes that the status may be another one. It never waits.
func (s *server) changed() {
	select {
	case s.statusChanged <- struct{}{}:
	default:
	}
}

// tellStatus sends the status whenever it has changed, but not more often than every statusPause. What
// changes in between is in the next one. One that equals the last is sent all the same: the client may have
// asked in between and still believe that answer.
func (s *server) tellStatus(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.statusChanged:
		}
		s.tell(ctx, methodSemanticStatusChanged, s.status(s.session.Documents()))
		select {
		case s.viewsChanged <- struct{}{}:
		default:
		}
		if err := tasks.Sleep(ctx, statusPause); err != nil {
			return nil
		}
	}
}
