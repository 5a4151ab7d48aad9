package lsp

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"go.lsp.dev/protocol"

	"github.com/semantic-ls/semantic-ls/workspace"
)

const (
	// hitLimit is how many hits a request gets that does not say: one screen.
	hitLimit = 20
	// hitLimitMost is the most a request gets, whatever it says: a thousand hits are some 500 KiB, and no
	// ranking means anything that far down.
	hitLimitMost = 1000
	// partialHits is how many hits a partial result carries: the first screen need not wait for the last.
	partialHits = hitLimit
)

// semanticSearch answers where the code is that does what the query says.
func (s *server) semanticSearch(docs workspace.Documents, params json.RawMessage) (work, error) {
	var p semanticSearchParams
	if err := decode(params, &p); err != nil {
		return work{}, err
	}
	n, err := limit(p.Limit, hitLimit, hitLimitMost)
	if err != nil {
		return work{}, err
	}
	partial, err := token(p.PartialResultToken)
	if err != nil {
		return work{}, err
	}
	progress, err := token(p.WorkDoneToken)
	if err != nil {
		return work{}, err
	}
	return work{box: p.Session, progress: progress, title: "Searching", run: func(ctx context.Context) (any, error) {
		query, err := p.ask(p.Query)
		if err != nil {
			return nil, err
		}
		query.Limit, query.Folders = n, s.paths(p.Folders)
		if strings.TrimSpace(p.Query) == "" || len(p.Folders) > 0 && len(query.Folders) == 0 {
			// No question, or none about anything that is here.
			return answerPayload{Hits: []hitPayload{}, Coverage: s.coverage(docs)}, nil
		}
		e, done := s.use()
		defer done()
		answer, err := e.Search(ctx, docs, query)
		if err != nil {
			return nil, err
		}
		hits := s.hits(answer.Hits)
		if partial != nil {
			for some := range slices.Chunk(hits, partialHits) {
				s.tell(ctx, protocol.MethodProgress, progressParams{Token: partial, Value: partialPayload{Hits: some}})
			}
			hits = []hitPayload{}
		}
		return answerPayload{Hits: hits, Coverage: coverageOf(answer.Coverage), Warning: answer.Warning}, nil
	}}, nil
}

// coverage is what an answer rests on for which the engine was not asked.
func (s *server) coverage(docs workspace.Documents) coveragePayload {
	e, done := s.use()
	defer done()
	return coverageOf(e.coverage(docs))
}

// paths keeps the local ones of uris.
func paths(uris []string) []string {
	var out []string
	for _, u := range uris {
		if path, ok := pathOf(u); ok {
			out = append(out, path)
		}
	}
	return out
}
