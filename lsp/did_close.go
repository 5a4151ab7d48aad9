package lsp

import "encoding/json"

// didClose: from now on the file counts again. If the editor threw unsaved text away, the file is looked at
// anew, since nobody may have told when it changed beneath that text.
func (s *server) didClose(params json.RawMessage) error {
	var p didCloseParams
	if err := decode(params, &p); err != nil {
		return err
	}
	path, ok := pathOf(p.TextDocument.URI)
	if !ok {
		return nil
	}
	doc, open := s.session.Documents().Get(path)
	s.session.Close(path)
	if open && doc.Dirty {
		s.saved(path)
	}
	return nil
}
