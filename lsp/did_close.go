package lsp

import "encoding/json"

// didClose: from now on the file counts again.
func (s *server) didClose(params json.RawMessage) error {
	var p didCloseParams
	if err := decode(params, &p); err != nil {
		return err
	}
	path, ok := s.document(p.TextDocument.URI)
	if !ok {
		return nil
	}
	if s.session.Close(path) {
		s.saved(path)
	}
	return nil
}
