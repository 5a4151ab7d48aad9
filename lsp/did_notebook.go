package lsp

import (
	"encoding/json"
	"fmt"
)

// didOpenNotebook: from now on the cells count that the editor has, not those of the file.
func (s *server) didOpenNotebook(params json.RawMessage) error {
	var p didOpenNotebookParams
	if err := decode(params, &p); err != nil {
		return err
	}
	path, ok := s.notebookPath(p.NotebookDocument.URI)
	if !ok {
		return nil
	}
	n := &notebook{version: int32(p.NotebookDocument.Version), cells: p.NotebookDocument.Cells, texts: map[string]cellText{}}
	n.open(p.CellTextDocuments)
	return s.put(path, n, true)
}

// didChangeNotebook applies what became of cells. Every request behind it on the wire sees that.
func (s *server) didChangeNotebook(params json.RawMessage) error {
	var p didChangeNotebookParams
	if err := decode(params, &p); err != nil {
		return err
	}
	path, ok := s.notebookPath(p.NotebookDocument.URI)
	if !ok {
		return nil
	}
	n := s.notebook(path)
	if n == nil {
		return fmt.Errorf("notebook %s is not open", path)
	}
	s.present()
	next, wrong := n.changed(int32(p.NotebookDocument.Version), p.Change, s.encoding)
	if err := s.put(path, next, false); err != nil {
		return err
	}
	return wrong
}

// didSaveNotebook indexes the file that was written.
func (s *server) didSaveNotebook(params json.RawMessage) error {
	var p notebookParams
	if err := decode(params, &p); err != nil {
		return err
	}
	path, ok := s.notebookPath(p.NotebookDocument.URI)
	if !ok {
		return nil
	}
	s.saved(path)
	if n := s.notebook(path); n != nil {
		return s.put(path, n, true)
	}
	return nil
}

// didCloseNotebook: from now on the file counts again.
func (s *server) didCloseNotebook(params json.RawMessage) error {
	var p notebookParams
	if err := decode(params, &p); err != nil {
		return err
	}
	path, ok := s.notebookPath(p.NotebookDocument.URI)
	if !ok || s.notebook(path) == nil {
		return nil
	}
	s.setNotebook(path, nil)
	if s.session.Close(path) {
		s.saved(path)
	}
	return nil
}
