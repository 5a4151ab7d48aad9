package lsp

import "encoding/json"

// didChangeWatchedFiles indexes what was created, changed or deleted outside the editor.
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
	s.saved(s.unpaused(paths)...)
	return nil
}
