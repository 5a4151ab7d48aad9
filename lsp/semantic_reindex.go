package lsp

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/semantic-ls/semantic-ls/workspace"
)

// semanticReindex walks folders again, all of them or those named, and answers at once: the progress tells
// the rest. Files that have not changed keep what was computed for them.
func (s *server) semanticReindex(_ workspace.Documents, params json.RawMessage) (work, error) {
	var p semanticReindexParams
	if err := decode(params, &p); err != nil {
		return work{}, err
	}
	asked := paths(p.Folders)
	for _, path := range s.wanted() {
		if len(p.Folders) == 0 || slices.Contains(asked, path) {
			s.index(path)
		}
	}
	return work{run: func(context.Context) (any, error) { return nil, nil }}, nil
}
