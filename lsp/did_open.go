package lsp

import "encoding/json"

// didOpen: from now on the editor's text counts, not the file's.
func (s *server) didOpen(params json.RawMessage) error {
	var p didOpenParams
	if err := decode(params, &p); err != nil {
		return err
	}
	path, ok := s.document(p.TextDocument.URI)
	if !ok {
		return nil
	}
	return s.session.Open(path, int32(p.TextDocument.Version), p.TextDocument.Text)
}
