package lsptest

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Query is what semantic/search is asked.
type Query struct {
	Query              string   `json:"query"`
	Limit              int      `json:"limit,omitempty"`
	Folders            []string `json:"folders,omitempty"` // URIs
	Session            string   `json:"session,omitempty"`
	PartialResultToken any      `json:"partialResultToken,omitempty"`
	Criteria
}

// Criteria narrow what is found.
type Criteria struct {
	Globs     []string `json:"globs,omitempty"`
	Languages []string `json:"languages,omitempty"`
	Kinds     []string `json:"kinds,omitempty"`
}

// Place is what semantic/related is asked.
type Place struct {
	TextDocument *Document `json:"textDocument,omitempty"`
	Position     *Position `json:"position,omitempty"`
	Range        *Range    `json:"range,omitempty"`
	Text         string    `json:"text,omitempty"`
	LanguageID   string    `json:"languageId,omitempty"`
	Limit        int       `json:"limit,omitempty"`
	Criteria
}

// Copies is what semantic/duplicates is asked.
type Copies struct {
	Folders            []string `json:"folders,omitempty"` // URIs
	MinLines           int      `json:"minLines,omitempty"`
	Similarity         float64  `json:"similarity,omitempty"`
	Limit              int      `json:"limit,omitempty"`
	Foreign            bool     `json:"foreign,omitempty"`
	PartialResultToken any      `json:"partialResultToken,omitempty"`
}

// Duplicates is the result of semantic/duplicates.
type Duplicates struct {
	Groups   []Group   `json:"groups"`
	Coverage *Coverage `json:"coverage"`
	Warning  string    `json:"warning"`
}

// Group is near-copies.
type Group struct {
	Similarity float64 `json:"similarity"`
	Hits       []Hit   `json:"hits"`
}

// Why is what semantic/explain is asked.
type Why struct {
	Query    string    `json:"query"`
	URI      string    `json:"uri"`
	Position *Position `json:"position,omitempty"`
	Limit    int       `json:"limit,omitempty"`
	Folders  []string  `json:"folders,omitempty"` // URIs
	Criteria
}

// Explanation is the result of semantic/explain. Rank is 0 for null.
type Explanation struct {
	Verdict string  `json:"verdict"`
	Rank    int     `json:"rank"`
	Of      int     `json:"of"`
	Score   float64 `json:"score"`
	Signals []struct {
		Name                 string
		Value, Weight, Share float64
	} `json:"signals"`
	Factors []struct {
		Name  string
		Value float64
	} `json:"factors"`
	Skipped  *struct{ Rule, Source string } `json:"skipped"`
	Filtered *struct {
		By    string
		Given []string
	} `json:"filtered"`
	Coverage *Coverage `json:"coverage"`
	Warning  string    `json:"warning"`
}

// Document names a document.
type Document struct {
	URI string `json:"uri"`
}

// Hit is one place that was found.
type Hit struct {
	URI            string  `json:"uri"`
	Range          Range   `json:"range"`
	SelectionRange Range   `json:"selectionRange"`
	Symbol         string  `json:"symbol"`
	Container      string  `json:"container"`
	Kind           int     `json:"kind"`
	Language       string  `json:"language"`
	Score          float64 `json:"score"`
	Snippet        string  `json:"snippet"`
	Reason         string  `json:"reason"`
}

// Coverage is how much an answer rests on.
type Coverage struct {
	Percent        float64 `json:"percent"`
	FilesTotal     int     `json:"filesTotal"`
	FilesIndexed   int     `json:"filesIndexed"`
	FilesWaiting   int     `json:"filesWaiting"`
	DirtyDocuments int     `json:"dirtyDocuments"`
	Chunks         int     `json:"chunks"`
	Model          string  `json:"model"`
}

// Answer is the result of semantic/search and semantic/related. Coverage is nil if the server left it out.
type Answer struct {
	Hits     []Hit     `json:"hits"`
	Coverage *Coverage `json:"coverage"`
	Warning  string    `json:"warning"`
}

// Symbol is one result of workspace/symbol.
type Symbol struct {
	Name          string `json:"name"`
	Kind          int    `json:"kind"`
	ContainerName string `json:"containerName"`
	Location      struct {
		URI   string `json:"uri"`
		Range Range  `json:"range"`
	} `json:"location"`
}

// Status is the result of semantic/status and what semantic/statusChanged carries.
type Status struct {
	Version  string    `json:"version"`
	Coverage *Coverage `json:"coverage"`
	Model    struct {
		Name       string `json:"name"`
		Provider   string `json:"provider"`
		Dimensions int    `json:"dimensions"`
	} `json:"model"`
	Folders []struct {
		URI      string    `json:"uri"`
		Name     string    `json:"name"`
		State    string    `json:"state"`
		Message  string    `json:"message"`
		Coverage *Coverage `json:"coverage"`
	} `json:"folders"`
}

// Settled tells that every folder has been indexed or has failed.
func (s Status) Settled() bool {
	for _, f := range s.Folders {
		if f.State == "indexing" {
			return false
		}
	}
	return true
}

// Search asks semantic/search.
func (e *Editor) Search(q Query) (Answer, error) {
	var a Answer
	err := e.Call("semantic/search", q, &a)
	return a, err
}

// Related asks semantic/related.
func (e *Editor) Related(p Place) (Answer, error) {
	var a Answer
	err := e.Call("semantic/related", p, &a)
	return a, err
}

// Duplicates asks semantic/duplicates.
func (e *Editor) Duplicates(c Copies) (Duplicates, error) {
	var d Duplicates
	err := e.Call("semantic/duplicates", c, &d)
	return d, err
}

// Explain asks semantic/explain.
func (e *Editor) Explain(w Why) (Explanation, error) {
	var x Explanation
	err := e.Call("semantic/explain", w, &x)
	return x, err
}

// Symbols asks workspace/symbol.
func (e *Editor) Symbols(query string) ([]Symbol, error) {
	var out []Symbol
	err := e.Call("workspace/symbol", map[string]any{"query": query}, &out)
	return out, err
}

// Status asks semantic/status.
func (e *Editor) Status() (Status, error) {
	var s Status
	err := e.Call("semantic/status", map[string]any{}, &s)
	return s, err
}

// AwaitStatus returns the first status, the present one or a later one that the server tells, for which is
// returns true.
func (e *Editor) AwaitStatus(what string, is func(Status) bool) Status {
	e.t.Helper()
	mark := e.Mark()
	s, err := e.Status()
	if err != nil {
		e.fatalf("waiting for %s: %v", what, err)
	}
	if is(s) {
		return s
	}
	e.Await(what, mark, func(m Message) bool {
		s = Status{}
		return m.Method == "semantic/statusChanged" && json.Unmarshal(m.Params, &s) == nil && is(s)
	})
	return s
}

// AwaitReady waits until every folder has been indexed or has failed.
func (e *Editor) AwaitReady() Status {
	e.t.Helper()
	return e.AwaitStatus("every folder to be ready", Status.Settled)
}

// Progress is the value of a $/progress.
type Progress struct {
	Token json.RawMessage `json:"token"`
	Value struct {
		Kind        string  `json:"kind"`
		Title       string  `json:"title"`
		Message     string  `json:"message"`
		Percentage  *int    `json:"percentage"`
		Cancellable bool    `json:"cancellable"`
		Hits        []Hit   `json:"hits"`
		Groups      []Group `json:"groups"`
	} `json:"value"`
}

// AwaitProgress returns the first progress since mark whose kind is one of kinds.
func (e *Editor) AwaitProgress(mark int, kinds ...string) Progress {
	e.t.Helper()
	var p Progress
	e.Await(fmt.Sprintf("progress %v", kinds), mark, func(m Message) bool {
		p = Progress{}
		return m.Method == "$/progress" && json.Unmarshal(m.Params, &p) == nil && slices.Contains(kinds, p.Value.Kind)
	})
	return p
}
