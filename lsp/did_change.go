package lsp

import (
	"encoding/json"

	"github.com/semantic-ls/semantic-ls/workspace/text"
)

// didChange applies edits, whole texts and ranges mixed as they come. Every request behind it on the wire
// sees them.
func (s *server) didChange(params json.RawMessage) error {
	var p didChangeParams
	if err := decode(params, &p); err != nil {
		return err
	}
	path, ok := s.path(p.TextDocument.URI)
	if !ok {
		return nil
	}
	s.present()
	edits := make([]text.Edit, 0, len(p.ContentChanges))
	for _, c := range p.ContentChanges {
		edits = append(edits, text.Edit{Range: c.Range.text(), Text: c.Text})
	}
	return s.session.Change(path, int32(p.TextDocument.Version), edits, s.encoding)
}
