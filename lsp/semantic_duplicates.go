package lsp

import (
	"context"
	"encoding/json"

	"go.lsp.dev/protocol"

	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

// partialGroups is how many groups a partial result carries: a screen of them.
const partialGroups = 20

// duplicatesTitle is what the progress says.
const duplicatesTitle = "Looking for duplicates"

// semanticDuplicates answers which code of the workspace is nearly the same twice. It takes seconds in a large one, in the
// background: whoever asks may want a progress, and the means to cancel, more than partial results.
func (s *server) semanticDuplicates(docs workspace.Documents, params json.RawMessage) (work, error) {
	var p semanticDuplicatesParams
	if err := decode(params, &p); err != nil {
		return work{}, err
	}
	query, err := p.query()
	if err != nil {
		return work{}, err
	}
	query.Folders = s.paths(p.Folders)
	partial, err := token(p.PartialResultToken)
	if err != nil {
		return work{}, err
	}
	progress, err := token(p.WorkDoneToken)
	if err != nil {
		return work{}, err
	}
	if p.TextDocument != nil {
		w, err := s.duplicatesOf(docs, p, query)
		w.progress, w.title = progress, duplicatesTitle
		return w, err
	}
	return work{progress: progress, title: duplicatesTitle, run: func(ctx context.Context) (any, error) {
		if len(p.Folders) > 0 && len(query.Folders) == 0 {
			return duplicatesPayload{Groups: []groupPayload{}, Coverage: s.coverage(docs)}, nil
		}
		e, done := s.use()
		defer done()
		answer, err := e.Duplicates(ctx, docs, query)
		if err != nil {
			return nil, err
		}
		at := s.places()
		groups := make([]groupPayload, 0, len(answer.Groups))
		told := 0
		tell := func() {
			if partial != nil && len(groups) > told {
				some := partialGroupsPayload{Groups: groups[told:]}
				s.tell(ctx, protocol.MethodProgress, progressParams{Token: partial, Value: some})
				told = len(groups)
			}
		}
		for _, g := range answer.Groups {
			if ctx.Err() != nil {
				return nil, context.Cause(ctx)
			}
			groups = append(groups, groupPayload{Similarity: g.Similarity, Hits: at.hits(g.Hits)})
			if len(groups)-told == partialGroups {
				tell()
			}
		}
		if tell(); partial != nil {
			groups = []groupPayload{}
		}
		return duplicatesPayload{Groups: groups, Coverage: coverageOf(answer.Coverage), Warning: answer.Warning}, nil
	}}, nil
}

// query is what the engine is asked. The error is for the client.
func (p semanticDuplicatesParams) query() (q indexing.DuplicatesQuery, err error) {
	q = indexing.DuplicatesQuery{
		MinLines: indexing.MinLines, Similarity: indexing.MinSimilarity, Foreign: p.Foreign,
	}
	if p.MinLines != nil {
		q.MinLines = *p.MinLines
	}
	if p.Similarity != nil {
		q.Similarity = *p.Similarity
	}
	switch {
	case q.MinLines < 1:
		return q, badParams("minLines is %d; it is 1 or more, %d if left out", q.MinLines, indexing.MinLines)
	case q.Similarity < indexing.LeastSimilarity || q.Similarity > 1:
		return q, badParams("similarity is %v; it is %v to 1, %v if left out",
			q.Similarity, indexing.LeastSimilarity, indexing.MinSimilarity)
	}
	q.Limit, err = limit(p.Limit, indexing.MostGroups, indexing.MostGroups)
	return q, err
}

// duplicatesOf answers what else is nearly the same as the code at a place.
func (s *server) duplicatesOf(docs workspace.Documents, p semanticDuplicatesParams, q indexing.DuplicatesQuery) (work, error) {
	at := p.Range
	switch {
	case at == nil && p.Position == nil:
		return work{}, badParams("semantic/duplicates needs a position or a range in the textDocument, or no textDocument")
	case at == nil:
		at = &span{Start: *p.Position, End: *p.Position}
	}
	return work{run: func(ctx context.Context) (any, error) {
		query := indexing.CopiesQuery{Similarity: q.Similarity, Limit: min(q.Limit, hitLimitMost)}
		answer, err := s.copiesAround(ctx, docs, p.TextDocument.URI, at, query)
		if err != nil {
			return nil, err
		}
		places := s.places()
		groups := make([]groupPayload, 0, len(answer.Groups))
		for _, g := range answer.Groups {
			groups = append(groups, groupPayload{Similarity: g.Similarity, Hits: places.hits(g.Hits)})
		}
		return duplicatesPayload{Groups: groups, Coverage: coverageOf(answer.Coverage), Warning: answer.Warning}, nil
	}}, nil
}
