package lsp

import (
	"encoding/json"

	"github.com/semantic-ls/semantic-ls/workspace"
)

// semanticReindex walks folders again, all of them or those named, also those that were paused, and answers at once: the
// progress tells the rest. Files that have not changed keep what was computed for them.
func (s *server) semanticReindex(_ workspace.Documents, params json.RawMessage) (work, error) {
	return s.eachFolder(params, func(path string) {
		s.setPaused(path, false)
		s.indexFor(s.beginning, path)
	})
}
