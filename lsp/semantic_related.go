package lsp

import (
	"context"
	"encoding/json"
	"path/filepath"
	"strings"

	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
	"github.com/semantic-ls/semantic-ls/workspace/text"
)

// semanticRelated answers what else is like a piece of code: one in a document, or one that is sent along.
func (s *server) semanticRelated(docs workspace.Documents, params json.RawMessage) (work, error) {
	var p semanticRelatedParams
	if err := decode(params, &p); err != nil {
		return work{}, err
	}
	n, err := limit(p.Limit, hitLimit, hitLimitMost)
	if err != nil {
		return work{}, err
	}
	filter, err := p.filter()
	if err != nil {
		return work{}, err
	}
	switch {
	case p.TextDocument == nil && (p.Text == nil || *p.Text == ""):
		return work{}, badParams("semantic/related needs a textDocument with a position or a range, or a text")
	case p.TextDocument != nil && p.Position == nil && p.Range == nil:
		return work{}, badParams("semantic/related needs a position or a range in the textDocument")
	}
	return work{run: func(ctx context.Context) (any, error) {
		place, ok, err := s.place(docs, p)
		if err != nil {
			return nil, err
		}
		if !ok {
			return answerPayload{Hits: []hitPayload{}, Coverage: s.coverage(docs)}, nil
		}
		place.Limit, place.Filter = n, filter
		e, done := s.use()
		defer done()
		answer, err := e.Related(ctx, docs, place)
		if err != nil {
			return nil, err
		}
		return answerPayload{Hits: s.hits(answer.Hits), Coverage: coverageOf(answer.Coverage), Warning: answer.Warning}, nil
	}}, nil
}

// place finds the code that p points at; a range beats a position, and one that ends before it starts is
// where it starts. ok is false for a document that is no local file.
func (s *server) place(docs workspace.Documents, p semanticRelatedParams) (place indexing.Place, ok bool, err error) {
	if p.TextDocument == nil {
		return indexing.Place{Text: *p.Text, Language: p.LanguageID}, true, nil
	}
	at := p.Range.text()
	if at == nil {
		at = &text.Range{Start: p.Position.text(), End: p.Position.text()}
	}
	if path, ok := s.notebookOf(p.TextDocument.URI); ok {
		place, ok = s.placeInCell(docs, path, p.TextDocument.URI, *at)
		return place, ok, nil
	}
	path, ok := s.path(p.TextDocument.URI)
	if !ok {
		return indexing.Place{}, false, nil
	}
	content, err := contentOf(docs, path)
	if err != nil {
		return indexing.Place{}, false, err
	}
	lines := text.NewLines(content)
	start, end := lines.Offset(at.Start, s.encoding), lines.Offset(at.End, s.encoding)
	if end <= start {
		start = behindBlanks(content, start)
	}
	return indexing.Place{Path: path, Start: start, End: max(start, end)}, true, nil
}

// behindBlanks is where the text of a line begins if at is before it: a caret there is meant to be in the method that the line
// begins, and not in the class around it.
func behindBlanks(content string, at int) int {
	const blanks = " \t"
	before := content[strings.LastIndexByte(content[:at], '\n')+1 : at]
	if strings.Trim(before, blanks) != "" {
		return at
	}
	return len(content) - len(strings.TrimLeft(content[at:], blanks))
}

// placeInCell is the place in the document of a notebook of one in a cell of it; ok is false for a cell that it has not.
func (s *server) placeInCell(docs workspace.Documents, path, uri string, at text.Range) (place indexing.Place, ok bool) {
	doc, _ := docs.Get(path)
	for _, c := range cellsOf(doc.Text) {
		if c.uri == uri && len(c.lines) > 0 {
			lines := c.positions()
			start, end := lines.Offset(at.Start, s.encoding), lines.Offset(at.End, s.encoding)
			start, end = c.inDocument(doc.Text, start), c.inDocument(doc.Text, end)
			return indexing.Place{Path: path, Start: start, End: max(start, end)}, true
		}
	}
	return indexing.Place{}, false
}

// contentOf is the text of a document: the editor's, or that of the file.
func contentOf(docs workspace.Documents, path string) (string, error) {
	if doc, ok := docs.Get(path); ok {
		return doc.Text, nil
	}
	content, _, skip, err := workspace.Read(filepath.Dir(path), filepath.Base(path), workspace.MaxDocument)
	switch {
	case err != nil:
		return "", failed("%v", err)
	case skip.Skipped():
		return "", failed("%s is not read: %s", path, skip.Rule)
	}
	return content, nil
}
