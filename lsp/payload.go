package lsp

import "github.com/semantic-ls/semantic-ls/workspace/indexing"

// What we send under methods of our own. No field is ever null: lists are empty instead.

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
