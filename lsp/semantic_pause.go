package lsp

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/semantic-ls/semantic-ls/workspace"
)

// semanticPause stops indexing folders, all of them or those named, until they are resumed. What was indexed answers, and
// files that are saved are indexed still; what other programs change waits.
func (s *server) semanticPause(_ workspace.Documents, params json.RawMessage) (work, error) {
	return s.eachFolder(params, s.pause)
}

// semanticResume goes on indexing folders that were paused.
func (s *server) semanticResume(_ workspace.Documents, params json.RawMessage) (work, error) {
	return s.eachFolder(params, func(path string) {
		if s.setPaused(path, false) {
			s.indexFor(s.beginning, path)
		}
	})
}

// pause ends the indexing of a folder, which is not begun again before it is resumed.
func (s *server) pause(path string) {
	if s.setPaused(path, true) {
		s.indexers.Cancel(path, errIndexingCancelled)
		s.index(path) // which opens it, no more
	}
}

// setPaused notes whether the user wants a folder indexed; it returns whether that is news.
func (s *server) setPaused(path string, paused bool) bool {
	defer s.changed()
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.folders[path]
	if f == nil || f.paused == paused {
		return false
	}
	f.paused = paused
	return true
}

// unpaused leaves out what lies in folders that are paused, all of which is looked at when they are resumed.
func (s *server) unpaused(paths []string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(paths, func(path string) bool {
		innermost, paused := "", false
		for root, f := range s.folders {
			if _, ok := inside(root, path); ok && len(root) >= len(innermost) {
				innermost, paused = root, f.paused
			}
		}
		return paused
	})
}

func (s *server) isPaused(path string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.folders[path]
	return f != nil && f.paused
}

// eachFolder does something, which returns at once, with the folders that the parameters name.
func (s *server) eachFolder(params json.RawMessage, do func(path string)) (work, error) {
	var p foldersParams
	if err := decode(params, &p); err != nil {
		return work{}, err
	}
	asked := map[string]bool{}
	for _, path := range s.paths(p.Folders) {
		asked[path] = true
	}
	for _, path := range s.wanted() {
		if len(p.Folders) == 0 || asked[path] {
			do(path)
		}
	}
	return work{run: func(context.Context) (any, error) { return nil, nil }}, nil
}
