package lsp

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/text"
)

// A notebook that is open is one document, of its file: its cells as the editor has them, written as a notebook (see
// notebook_text.go). It is cut, found and thrown away as any other unsaved document; only what is said of places in it is
// about its cells.

// notebook is one that the client has open. Immutable.
type notebook struct {
	version int32
	cells   []notebookCell      // in their order
	texts   map[string]cellText // of cells, by URI
}

type cellText struct {
	language string
	text     string
}

// setNotebook notes what a notebook is now, nil for one that is closed. Only the read loop calls it.
func (s *server) setNotebook(path string, n *notebook) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for uri, at := range s.cells {
		if at == path {
			delete(s.cells, uri)
		}
	}
	if n == nil {
		delete(s.notebooks, path)
		return
	}
	s.notebooks[path] = n
	for _, c := range n.cells {
		s.cells[c.URI] = path
	}
}

// notebook returns an open notebook, nil where there is none.
func (s *server) notebook(path string) *notebook {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.notebooks[path]
}

// notebookOf returns the path of the open notebook that a cell is in.
func (s *server) notebookOf(cell string) (path string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	path, ok = s.cells[cell]
	return path, ok
}

// document is the path of a document that is no open notebook: whoever opens that as a text as well says of it what cells
// say already.
func (s *server) document(uri string) (path string, ok bool) {
	path, ok = s.path(uri)
	return path, ok && s.notebook(path) == nil
}

// notebookPath is the path of a notebook that is a file. Others, and kinds that nobody cuts into cells, are not searched.
func (s *server) notebookPath(uri string) (path string, ok bool) {
	path, ok = s.path(uri)
	return path, ok && filepath.Ext(path) == ".ipynb"
}

// put makes the notebook the document of its file. clean says that the file has it too.
func (s *server) put(path string, n *notebook, clean bool) error {
	all := n.text(workspace.MaxDocument)
	var err error
	if clean {
		err = s.session.Open(path, n.version, all)
	} else {
		err = s.session.Change(path, n.version, []text.Edit{{Text: all}}, s.encoding)
	}
	switch {
	case errors.Is(err, workspace.ErrTooLarge):
		n = nil // until it is opened again the file counts
	case err != nil:
		return err
	}
	s.setNotebook(path, n)
	return err
}

// mostComplaints is how many cells the log names of a change that made no sense: one change may be about a million.
const mostComplaints = 8

var errCellNotOpen = errors.New("it is not open")

// changed returns the notebook as it is after a change, and what of that made no sense and was left out.
func (n *notebook) changed(version int32, change notebookChange, enc text.Encoding) (*notebook, error) {
	next := &notebook{version: version, cells: slices.Clone(n.cells), texts: maps.Clone(n.texts)}
	var wrong []error
	complain := func(cell string, err error) {
		if len(wrong) < mostComplaints {
			wrong = append(wrong, fmt.Errorf("cell %.200q: %w", cell, err))
		}
	}
	if list := change.Cells.Structure; list != nil {
		start := min(int(list.Array.Start), len(next.cells))
		end := min(start+int(list.Array.DeleteCount), len(next.cells))
		next.cells = slices.Replace(next.cells, start, end, list.Array.Cells...)
		for _, doc := range list.DidClose {
			delete(next.texts, doc.URI)
		}
		next.open(list.DidOpen)
	}
	if len(change.Cells.Data) > 0 {
		data := make(map[string]notebookCell, len(change.Cells.Data))
		for _, c := range change.Cells.Data {
			data[c.URI] = c
		}
		for i, c := range next.cells {
			if now, ok := data[c.URI]; ok {
				next.cells[i] = now
			}
		}
	}
	for _, content := range change.Cells.TextContent {
		cell, ok := next.texts[content.Document.URI]
		if !ok {
			complain(content.Document.URI, errCellNotOpen)
			continue
		}
		changed, err := text.Apply(cell.text, edits(content.Changes), enc)
		if err != nil {
			complain(content.Document.URI, err)
		}
		cell.text = changed
		next.texts[content.Document.URI] = cell
	}
	return next, errors.Join(wrong...)
}

// open notes the texts of cells.
func (n *notebook) open(texts []cellDocument) {
	for _, t := range texts {
		n.texts[t.URI] = cellText{language: t.LanguageID, text: t.Text}
	}
}

// text is the notebook as a document, or a beginning of it that is longer than most bytes, which no session takes: cells of
// one text may be many, so that all of them would be too much even to write.
func (n *notebook) text(most int) string {
	var b strings.Builder
	language := "python"
	for _, c := range n.cells {
		if l := n.texts[c.URI].language; l != "" && !c.markup() {
			language = l
			break
		}
	}
	beginNotebook(&b, language)
	for i, c := range n.cells {
		if addCell(&b, i == 0, c, n.texts[c.URI].text, most); b.Len() > most {
			break
		}
	}
	endNotebook(&b)
	return b.String()
}
