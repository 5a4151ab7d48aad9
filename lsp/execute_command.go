package lsp

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/semantic-ls/semantic-ls/vectors/search"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

// Commands that are no methods. A plugin shows their results in its own way: it takes these names for itself.
const (
	commandShowRelated    = "semantic/showRelated"
	commandShowDuplicates = "semantic/showDuplicates"
)

// executeCommandParams are those of workspace/executeCommand.
type executeCommandParams struct {
	Command string `json:"command"`
	// Arguments are the method's parameters, and of the commands that are none a document's URI and a position.
	Arguments []json.RawMessage `json:"arguments"`
}

// commandMethods are the methods that are commands too, with their parameters as the only argument: an editor without a plugin
// calls no others.
func commandMethods() []string {
	return []string{
		methodSemanticSearch, methodSemanticRelated, methodSemanticDuplicates, methodSemanticExplain,
		methodSemanticStatus, methodSemanticPause, methodSemanticResume, methodSemanticReindex,
	}
}

// commands are all of them.
func commands() []string {
	return append(commandMethods(), commandShowRelated, commandShowDuplicates)
}

// executeCommand does what the method of that name does, or shows what is like the code at a place.
func (s *server) executeCommand(docs workspace.Documents, params json.RawMessage) (work, error) {
	var p executeCommandParams
	if err := decode(params, &p); err != nil {
		return work{}, err
	}
	switch {
	case slices.Contains(commandMethods(), p.Command):
		argument := json.RawMessage("{}")
		if len(p.Arguments) > 0 && string(p.Arguments[0]) != "null" {
			argument = p.Arguments[0]
		}
		w, err := s.request(p.Command)(docs, argument)
		w.method = p.Command
		return w, err
	case p.Command == commandShowRelated:
		w, err := s.showRelated(docs, p.Arguments)
		w.method = methodSemanticRelated
		return w, err
	case p.Command == commandShowDuplicates:
		w, err := s.showDuplicates(docs, p.Arguments)
		w.method = methodSemanticDuplicates
		return w, err
	}
	return work{}, badParams("%.80q is no command; these are: %s", p.Command, strings.Join(commands(), ", "))
}

// show is the command that shows what is like the code at a position.
func show(command, uri string, at position) commandPayload {
	return commandPayload{Command: command, Arguments: []any{uri, at}}
}

// placeArguments reads the arguments of such a command.
func placeArguments(command string, arguments []json.RawMessage) (uri string, at position, err error) {
	if len(arguments) < 2 || json.Unmarshal(arguments[0], &uri) != nil || uri == "" {
		return "", at, badParams("%s takes two arguments: the URI of a document and a position in it", command)
	}
	if err := decode(arguments[1], &at); err != nil || string(arguments[1]) == "null" {
		return "", at, badParams("the second argument of %s is a position: {line, character}", command)
	}
	return uri, at, nil
}

// showRelated answers as semantic/related does, and offers what was found.
func (s *server) showRelated(docs workspace.Documents, arguments []json.RawMessage) (work, error) {
	uri, at, err := placeArguments(commandShowRelated, arguments)
	if err != nil {
		return work{}, err
	}
	offer := &offer{title: "Related code", nothing: "nothing is related to the code there"}
	return work{then: func() { s.offer(offer) }, run: func(ctx context.Context) (any, error) {
		e, done := s.use()
		defer done()
		answer, err := s.relatedTo(ctx, e, docs, uri, at)
		if err != nil {
			return nil, err
		}
		hits := s.hits(answer.Hits)
		offer.nothing = cmp.Or(answer.Warning, offer.nothing)
		offer.add(answer.Hits, hits)
		return answerPayload{Hits: hits, Coverage: coverageOf(answer.Coverage), Warning: answer.Warning}, nil
	}}, nil
}

// showDuplicates answers as semantic/duplicates does for a place, and offers what was found.
func (s *server) showDuplicates(docs workspace.Documents, arguments []json.RawMessage) (work, error) {
	uri, at, err := placeArguments(commandShowDuplicates, arguments)
	if err != nil {
		return work{}, err
	}
	offer := &offer{title: "Nearly the same", nothing: "no code is nearly a copy of what is there"}
	return work{then: func() { s.offer(offer) }, run: func(ctx context.Context) (any, error) {
		query := indexing.CopiesQuery{Similarity: indexing.MinSimilarity}
		answer, err := s.copiesAround(ctx, docs, uri, &span{Start: at, End: at}, query)
		if err != nil {
			return nil, err
		}
		places := s.places()
		groups := make([]groupPayload, 0, len(answer.Groups))
		type place struct {
			path  string
			start int
		}
		seen := map[place]bool{}
		offer.nothing = cmp.Or(answer.Warning, offer.nothing)
		for _, g := range answer.Groups {
			hits := places.hits(g.Hits)
			groups = append(groups, groupPayload{Similarity: g.Similarity, Hits: hits})
			var news []search.Hit
			var shown []hitPayload
			for i, h := range g.Hits[1:] {
				if at := (place{h.Path, h.Start}); !seen[at] {
					seen[at] = true
					news, shown = append(news, h), append(shown, hits[i+1])
				}
			}
			offer.add(news, shown)
		}
		return duplicatesPayload{Groups: groups, Coverage: coverageOf(answer.Coverage), Warning: answer.Warning}, nil
	}}, nil
}

// copiesAround finds the near-copies of what stands around a place.
func (s *server) copiesAround(
	ctx context.Context, docs workspace.Documents, uri string, at *span, q indexing.CopiesQuery,
) (indexing.Copies, error) {
	e, done := s.use()
	defer done()
	place, ok, err := s.place(docs, semanticRelatedParams{TextDocument: &document{URI: uri}, Range: at})
	if err != nil || !ok {
		return indexing.Copies{Coverage: e.coverage(docs)}, err
	}
	q.Path, q.Start, q.End = place.Path, place.Start, place.End
	return e.Copies(ctx, docs, q)
}
