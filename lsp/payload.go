package lsp

import (
	"github.com/semantic-ls/semantic-ls/vectors/search"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

// What we send under methods of our own. No field is ever null, lists are empty instead; but for the rank of what
// has none.

type hitPayload struct {
	URI            string `json:"uri"`
	Range          span   `json:"range"`          // what was found
	SelectionRange span   `json:"selectionRange"` // in it: the name, or the line that says why
	Symbol         string `json:"symbol"`
	Container      string `json:"container"`
	// Kind is the protocol's SymbolKind; File for a piece of text that is part of no symbol, which the
	// protocol has no number for.
	Kind     int     `json:"kind"`
	Language string  `json:"language"`
	Score    float64 `json:"score"`
	Snippet  string  `json:"snippet"`
	Reason   string  `json:"reason,omitempty"`
}

type coveragePayload struct {
	Percent        float64 `json:"percent"`
	FilesTotal     int     `json:"filesTotal"`
	FilesIndexed   int     `json:"filesIndexed"`
	FilesWaiting   int     `json:"filesWaiting"`
	DirtyDocuments int     `json:"dirtyDocuments"`
	Chunks         int     `json:"chunks"`
	Model          string  `json:"model"`
}

type answerPayload struct {
	Hits     []hitPayload    `json:"hits"`
	Coverage coveragePayload `json:"coverage"`
	Warning  string          `json:"warning,omitempty"` // what the answer had to do without
}

// partialPayload is what a partial result carries.
type partialPayload struct {
	Hits []hitPayload `json:"hits"`
}

type duplicatesPayload struct {
	Groups   []groupPayload  `json:"groups"`
	Coverage coveragePayload `json:"coverage"`
	Warning  string          `json:"warning,omitempty"`
}

// groupPayload is near-copies; the score of a hit is how similar it is to the first.
type groupPayload struct {
	Similarity float64      `json:"similarity"` // of the two that are least so
	Hits       []hitPayload `json:"hits"`       // at least two
}

// partialGroupsPayload is what a partial result carries.
type partialGroupsPayload struct {
	Groups []groupPayload `json:"groups"`
}

type explanationPayload struct {
	Verdict string                `json:"verdict"` // hit, below, unlike, filtered, empty, waiting or skipped
	Rank    *int                  `json:"rank"`    // from 1, among Of; null for what is not among them
	Of      int                   `json:"of"`      // places that have anything in common with the query
	Score   float64               `json:"score"`
	Signals []search.Contribution `json:"signals"`
	Factors []search.Factor       `json:"factors"`

	Skipped  *rulePayload    `json:"skipped,omitempty"`
	Filtered *refusalPayload `json:"filtered,omitempty"`
	Coverage coveragePayload `json:"coverage"`
	Warning  string          `json:"warning,omitempty"`
}

type rulePayload struct {
	Rule   string `json:"rule"`
	Source string `json:"source"` // the file of rules and its line, or built-in
}

// refusalPayload is the parameter of the query that does not let something pass.
type refusalPayload struct {
	By    string   `json:"by"`
	Given []string `json:"given"`
}

type statusPayload struct {
	Version  string          `json:"version"`
	Coverage coveragePayload `json:"coverage"`
	Model    modelPayload    `json:"model"`
	Folders  []folderPayload `json:"folders"`
}

type modelPayload struct {
	Name       string `json:"name"`
	Provider   string `json:"provider"`
	Dimensions int    `json:"dimensions"`
}

type folderPayload struct {
	URI      string          `json:"uri"`
	Name     string          `json:"name"`
	State    string          `json:"state"`
	Message  string          `json:"message,omitempty"`
	Coverage coveragePayload `json:"coverage"`
}

func coverageOf(c indexing.Coverage) coveragePayload {
	return coveragePayload{
		Percent:        c.Percent,
		FilesTotal:     c.FilesTotal,
		FilesIndexed:   c.FilesIndexed,
		FilesWaiting:   c.FilesWaiting,
		DirtyDocuments: c.DirtyDocuments,
		Chunks:         c.Chunks,
		Model:          c.Model,
	}
}
