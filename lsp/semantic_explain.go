package lsp

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"strings"

	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
	"github.com/semantic-ls/semantic-ls/workspace/text"
)

// semanticExplain answers why a file, or a place in it, stands where it does in the answer to a query, or is
// not there. What narrows the query is what semantic/search takes.
func (s *server) semanticExplain(docs workspace.Documents, params json.RawMessage) (work, error) {
	var p semanticExplainParams
	if err := decode(params, &p); err != nil {
		return work{}, err
	}
	n, err := limit(p.Limit, hitLimit, hitLimitMost)
	if err != nil {
		return work{}, err
	}
	path, local := s.path(p.URI)
	notebook, inCell := s.notebookOf(p.URI)
	if inCell {
		path, local = notebook, true
	}
	folders := s.paths(p.Folders)
	switch {
	case strings.TrimSpace(p.Query) == "":
		return work{}, badParams("semantic/explain needs a query")
	case !local:
		return work{}, badParams("semantic/explain needs the uri of a local file, not %.80q", p.URI)
	case len(p.Folders) > 0 && len(folders) == 0:
		return work{}, badParams("semantic/explain: none of the folders is a local one")
	}
	return work{run: func(ctx context.Context) (any, error) {
		query, err := p.ask(p.Query)
		if err != nil {
			return nil, err
		}
		at := indexing.Spot{Path: path, Line: -1}
		switch {
		case p.Position != nil && inCell:
			if place, ok := s.placeInCell(docs, path, p.URI, text.Range{Start: p.Position.text(), End: p.Position.text()}); ok {
				doc, _ := docs.Get(path)
				at.Line = text.NewLines(doc.Text).Line(place.Start)
			}
		case p.Position != nil:
			at.Line = int(min(p.Position.Line, mostLines))
		}
		query.Limit, query.Folders = n, folders
		e, done := s.use()
		defer done()
		x, err := e.Explain(ctx, docs, query, at)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, failed("%v", err) // an answer, and nothing to log
		}
		if err != nil {
			return nil, err
		}
		return s.explanationOf(x), nil
	}}, nil
}

// mostLines is more than a document has, and fits in an int of 32 bits.
const mostLines = 1<<31 - 1

func (s *server) explanationOf(x indexing.Explanation) explanationPayload {
	out := explanationPayload{
		Verdict: string(x.Verdict), Of: x.Place.Found, Score: x.Place.Score,
		Signals:  []signalPayload{},
		Factors:  []factorPayload{},
		Coverage: coverageOf(x.Coverage), Warning: x.Warning,
	}
	for _, signal := range x.Place.Signals {
		out.Signals = append(out.Signals, signalPayload(signal))
	}
	for _, factor := range x.Place.Factors {
		out.Factors = append(out.Factors, factorPayload(factor))
	}
	if x.Place.Rank > 0 {
		out.Rank = &x.Place.Rank
	}
	if x.Skip.Skipped() {
		out.Skipped = &rulePayload{x.Skip.Rule, x.Skip.Source}
	}
	if x.Filter.List != "" {
		out.Filtered = &refusalPayload{x.Filter.List, append([]string{}, x.Filter.Given...)}
		if x.Filter.List == "folders" {
			for i, path := range out.Filtered.Given {
				out.Filtered.Given[i] = s.uri(path)
			}
		}
	}
	return out
}
