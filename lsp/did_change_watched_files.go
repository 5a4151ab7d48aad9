package lsp

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/semantic-ls/semantic-ls/tasks"
)

// didChangeWatchedFiles indexes what was created, changed or deleted outside the editor. One notification is
// one update: a switch of branches names thousands of files in a few of them.
func (s *server) didChangeWatchedFiles(params json.RawMessage) error {
	var p didChangeWatchedFilesParams
	if err := decode(params, &p); err != nil {
		return err
	}
	var paths []string
	for _, c := range p.Changes {
		if path, ok := s.path(c.URI); ok {
			paths = append(paths, path)
		}
	}
	s.changedOnDisk(paths)
	return nil
}

// changedOnDisk indexes files again once they have settled.
func (s *server) changedOnDisk(paths []string) {
	switch len(paths) {
	case 0:
	case 1:
		s.saved(paths[0])
	default:
		s.background(fmt.Sprintf("update %d files", len(paths)), func(ctx context.Context) error {
			if err := tasks.Sleep(ctx, settle); err != nil {
				return err
			}
			return s.update(ctx, paths...)
		})
	}
}
