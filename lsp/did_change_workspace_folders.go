package lsp

import "encoding/json"

// didChangeWorkspaceFolders starts indexing the folders that came and ends what goes on in those that left.
func (s *server) didChangeWorkspaceFolders(params json.RawMessage) error {
	var p didChangeWorkspaceFoldersParams
	if err := decode(params, &p); err != nil {
		return err
	}
	for _, f := range p.Event.Removed {
		if path, ok := s.unwant(f); ok {
			s.index(path)
		}
	}
	for _, f := range p.Event.Added {
		if path, ok := s.want(f); ok {
			s.index(path)
		}
	}
	select {
	case s.foldersChanged <- struct{}{}:
	default:
	}
	return nil
}
