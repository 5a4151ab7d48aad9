package lsp

import (
	"encoding/json"
)

// didChange applies edits, whole texts and ranges mixed as they come. Every request behind it on the wire
// sees them.
func (s *server) didChange(params json.RawMessage) error {
	var p didChangeParams
	if err := decode(params, &p); err != nil {
		return err
	}
	path, ok := s.document(p.TextDocument.URI)
	if !ok {
		return nil
	}
	s.present()
	return s.session.Change(path, int32(p.TextDocument.Version), edits(p.ContentChanges), s.encoding)
}
