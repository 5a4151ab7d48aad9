package lsp

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"go.lsp.dev/protocol"

	"github.com/semantic-ls/semantic-ls/vectors/search"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

const (
	// codeNearCopy is the code of our diagnostics.
	codeNearCopy = "near-copy"
	// otherPlaces is how many copies a diagnostic names: more are a task for semantic/duplicates.
	otherPlaces = 8
	// diagnosticMost is how many diagnostics a document gets: who has more of them has copied the file.
	diagnosticMost = 500
)

// diagnosticParams are those of textDocument/diagnostic.
type diagnosticParams struct {
	TextDocument     document `json:"textDocument"`
	PreviousResultID string   `json:"previousResultId"`
}

// diagnosticReportPayload is the answer: all diagnostics of a document ("full"), or that they are the ones of before
// ("unchanged").
type diagnosticReportPayload struct {
	Kind     string               `json:"kind"`
	ResultID string               `json:"resultId,omitempty"`
	Items    *[]diagnosticPayload `json:"items,omitempty"`
}

// diagnosticPayload says that a piece of code is nearly a copy of another.
type diagnosticPayload struct {
	Range    span                        `json:"range"` // the name of it
	Severity protocol.DiagnosticSeverity `json:"severity"`
	Code     string                      `json:"code"`
	Source   string                      `json:"source"`
	Message  string                      `json:"message"`
	Related  []relatedInformationPayload `json:"relatedInformation,omitempty"`
}

// relatedInformationPayload is one of the other places.
type relatedInformationPayload struct {
	Location locationPayload `json:"location"`
	Message  string          `json:"message"`
}

// diagnostic marks what is nearly a copy of other code, as `semantic-ls duplicates` finds it. It is information, not a
// hint: those who have switched it on want to see it, and several editors list no hints.
func (s *server) diagnostic(docs workspace.Documents, params json.RawMessage) (work, error) {
	var p diagnosticParams
	if err := decode(params, &p); err != nil {
		return work{}, err
	}
	return work{run: func(ctx context.Context) (any, error) {
		path, ok := s.path(p.TextDocument.URI)
		e, done := s.use()
		defer done()
		on := s.features.Load().DuplicateDiagnostics
		switch {
		case on && s.indexing() && p.PreviousResultID != "":
			return diagnosticReportPayload{Kind: "unchanged", ResultID: p.PreviousResultID}, nil
		case !ok || !on || s.indexing() || !s.isReady(e, path):
			return diagnosticReportPayload{Kind: "full", Items: &[]diagnosticPayload{}}, nil
		}
		answer, err := e.Copies(ctx, docs, indexing.CopiesQuery{
			Path: path, End: -1, Similarity: indexing.MinSimilarity, Limit: otherPlaces,
		})
		if err != nil {
			return nil, err
		}
		items := s.nearCopies(answer.Groups)
		raw, err := encode(items)
		if err != nil {
			return nil, err
		}
		id := strconv.FormatUint(hashOf(raw), 36)
		if id == p.PreviousResultID {
			return diagnosticReportPayload{Kind: "unchanged", ResultID: id}, nil
		}
		return diagnosticReportPayload{Kind: "full", ResultID: id, Items: &items}, nil
	}}, nil
}

// nearCopies says what is in groups, the first of each of which is a piece of the document.
func (s *server) nearCopies(groups []indexing.DuplicatesGroup) []diagnosticPayload {
	at := s.places()
	items := make([]diagnosticPayload, 0, len(groups))
	for _, g := range groups[:min(len(groups), diagnosticMost)] {
		if len(g.Hits) < 2 || strings.HasPrefix(g.Hits[0].Text, notebookMark) { // of which the editor has cells alone
			continue
		}
		d := diagnosticPayload{
			Range: at.at(g.Hits[0]).selection, Severity: protocol.DiagnosticSeverityInformation,
			Code: codeNearCopy, Source: serverName, Message: s.alike(at, g.Hits[1:]),
		}
		for _, h := range g.Hits[1:] {
			if s.client.relatedInfo {
				where := at.at(h)
				d.Related = append(d.Related, relatedInformationPayload{
					locationPayload{where.uri, where.selection}, fmt.Sprintf("%s, %s", nameOf(h), percentAlike(h.Score)),
				})
			}
		}
		items = append(items, d)
	}
	return items
}

// alike is the message about copies, of which the first is the most similar.
func (s *server) alike(at *places, copies []search.Hit) string {
	first := copies[0]
	file := filepath.Base(first.Path)
	if _, rel, ok := s.folderOf(first.Path); ok {
		file = rel
	}
	line := at.at(first).selection.Start.Line + 1
	message := fmt.Sprintf("nearly a copy of %s (%s:%d), %s", nameOf(first), file, line, percentAlike(first.Score))
	switch more := len(copies) - 1; {
	case more >= otherPlaces-1:
		message += fmt.Sprintf(", and of %d others or more", more)
	case more > 1:
		message += fmt.Sprintf(", and of %d others", more)
	case more == 1:
		message += ", and of one other"
	}
	return message
}

// percentAlike is a similarity in words; one that is not complete is not called so.
func percentAlike(similarity float64) string {
	if similarity >= 1 {
		return "the same but for names and values"
	}
	return fmt.Sprintf("%d %% alike", min(99, int(100*similarity+0.5)))
}

// hashOf is FNV-1a: equal reports have equal ids, others hardly ever.
func hashOf(raw []byte) uint64 {
	h := uint64(14695981039346656037)
	for _, b := range raw {
		h = (h ^ uint64(b)) * 1099511628211
	}
	return h
}
