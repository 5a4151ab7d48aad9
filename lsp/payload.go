package lsp

import (
	"go.lsp.dev/protocol"

	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

// What we send under methods of our own. No field is ever null, lists are empty instead; but for the rank of what
// has none.

// hitPayload is a place that was found.
type hitPayload struct {
	URI            string `json:"uri"`
	Range          span   `json:"range"`          // what was found
	SelectionRange span   `json:"selectionRange"` // in it: the name, or the line that says why
	Symbol         string `json:"symbol"`         // its name; empty for text that is part of none
	Container      string `json:"container"`      // what that is in, such as a type; empty where there is nothing
	// of the symbol; File for text that is part of none, which the protocol has no number for
	Kind     protocol.SymbolKind `json:"kind"`
	Language string              `json:"language"`         // empty where it is not known
	Score    float64             `json:"score"`            // 0..1, higher is better; compares only within one answer
	Snippet  string              `json:"snippet"`          // the line that says why, trimmed
	Reason   string              `json:"reason,omitempty"` // of semantic/related
}

// coveragePayload is how much of the folders an answer rests on.
type coveragePayload struct {
	Percent        float64 `json:"percent"` // 0..100, of the files that are known those that are indexed
	FilesTotal     int     `json:"filesTotal"`
	FilesIndexed   int     `json:"filesIndexed"`
	FilesWaiting   int     `json:"filesWaiting"`   // to be indexed for the first time, or anew
	DirtyDocuments int     `json:"dirtyDocuments"` // with text that is not saved
	Chunks         int     `json:"chunks"`         // pieces that are indexed
	Model          string  `json:"model"`
}

// answerPayload is the result of semantic/search and semantic/related.
type answerPayload struct {
	Hits     []hitPayload    `json:"hits"` // best first
	Coverage coveragePayload `json:"coverage"`
	Warning  string          `json:"warning,omitempty"` // what the answer had to do without
}

// partialPayload is what a partial result of semantic/search carries.
type partialPayload struct {
	Hits []hitPayload `json:"hits"` // that follow those before
}

type duplicatesPayload struct {
	Groups   []groupPayload  `json:"groups"` // those first that repeat most
	Coverage coveragePayload `json:"coverage"`
	Warning  string          `json:"warning,omitempty"` // what the answer had to do without
}

// groupPayload is near-copies; the score of a hit is how similar it is to the first.
type groupPayload struct {
	Similarity float64      `json:"similarity"` // of the two that are least so
	Hits       []hitPayload `json:"hits"`       // at least two
}

// partialGroupsPayload is what a partial result of semantic/duplicates carries.
type partialGroupsPayload struct {
	Groups []groupPayload `json:"groups"` // that follow those before
}

// explanationPayload says why a place is where it is in the answer to a query, or is not there.
type explanationPayload struct {
	Verdict string          `json:"verdict"`
	Rank    *int            `json:"rank"`  // from 1, among so many; null for what is not among them
	Of      int             `json:"of"`    // places that have anything in common with the query
	Score   float64         `json:"score"` // of the place
	Signals []signalPayload `json:"signals"`
	Factors []factorPayload `json:"factors"`

	Skipped  *rulePayload    `json:"skipped,omitempty"`  // why it is never read
	Filtered *refusalPayload `json:"filtered,omitempty"` // why the query does not look there
	Coverage coveragePayload `json:"coverage"`
	Warning  string          `json:"warning,omitempty"` // what the answer had to do without
}

// signalPayload is one of the things that speak for a place; `semantic-ls search --help` has their names.
type signalPayload struct {
	Name   string  `json:"name"`
	Value  float64 `json:"value"`  // 0..1, or a little more
	Weight float64 `json:"weight"` // 0 where it does not count for this query
	Share  float64 `json:"share"`  // of the score; those of all signals make 1, or all are 0
}

// factorPayload is what the score is multiplied with, and why, such as test or vendored.
type factorPayload struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
}

// rulePayload is what leaves a file out.
type rulePayload struct {
	Rule   string `json:"rule"`
	Source string `json:"source"` // the file of rules and its line, or built-in
}

// refusalPayload is the part of the query that does not let something pass.
type refusalPayload struct {
	By    string   `json:"by"`    // a parameter, such as folders; a filter's key, such as -path; query for phrases and patterns
	Given []string `json:"given"` // what it is
}

// statusPayload is the result of semantic/status, and what semantic/statusChanged carries.
type statusPayload struct {
	Version  string          `json:"version"` // of the server
	Coverage coveragePayload `json:"coverage"`
	Model    modelPayload    `json:"model"`
	Folders  []folderPayload `json:"folders"` // in the client's order
}

// modelPayload is what makes vectors.
type modelPayload struct {
	Name       string `json:"name"`
	Provider   string `json:"provider"`
	Dimensions int    `json:"dimensions"`
}

type folderPayload struct {
	URI      string          `json:"uri"`
	Name     string          `json:"name"`
	State    string          `json:"state"`
	Message  string          `json:"message,omitempty"` // why it failed, or what is wrong with its index or its model
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
