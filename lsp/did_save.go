package lsp

import (
	"encoding/json"
	"errors"

	"github.com/semantic-ls/semantic-ls/workspace"
)

// didSave indexes the file that was written.
func (s *server) didSave(params json.RawMessage) error {
	var p didSaveParams
	if err := decode(params, &p); err != nil {
		return err
	}
	path, ok := s.document(p.TextDocument.URI)
	if !ok {
		return nil
	}
	s.saved(path)
	// Some clients save what they never opened. The file has changed all the same.
	if err := s.session.Save(path, p.Text); !errors.Is(err, workspace.ErrNotOpen) {
		return err
	}
	return nil
}
