package lsptest

import "encoding/json"

// DocumentSymbol is one result of textDocument/documentSymbol, in either form.
type DocumentSymbol struct {
	Name           string           `json:"name"`
	Detail         string           `json:"detail"`
	Kind           int              `json:"kind"`
	Range          Range            `json:"range"`
	SelectionRange Range            `json:"selectionRange"`
	Children       []DocumentSymbol `json:"children"`
	ContainerName  string           `json:"containerName"`
	Location       *Location        `json:"location"`
}

// Location is a place in a document.
type Location struct {
	URI   string `json:"uri"`
	Range Range  `json:"range"`
}

// Command is what a client has executed.
type Command struct {
	Title     string            `json:"title"`
	Command   string            `json:"command"`
	Arguments []json.RawMessage `json:"arguments"`
}

// Lens is one result of textDocument/codeLens.
type Lens struct {
	Range   Range           `json:"range"`
	Command *Command        `json:"command,omitempty"`
	Data    json.RawMessage `json:"data,omitempty"`
}

// Diagnostics is the result of textDocument/diagnostic.
type Diagnostics struct {
	Kind     string       `json:"kind"`
	ResultID string       `json:"resultId"`
	Items    []Diagnostic `json:"items"`
}

// Diagnostic is one of them.
type Diagnostic struct {
	Range    Range  `json:"range"`
	Severity int    `json:"severity"`
	Code     string `json:"code"`
	Source   string `json:"source"`
	Message  string `json:"message"`
	Related  []struct {
		Location Location `json:"location"`
		Message  string   `json:"message"`
	} `json:"relatedInformation"`
}

// DocumentSymbols asks textDocument/documentSymbol. path is absolute, or a URI of another scheme.
func (e *Editor) DocumentSymbols(path string) (list []DocumentSymbol, err error) {
	err = e.Call("textDocument/documentSymbol", document(path), &list)
	return list, err
}

// Lenses asks textDocument/codeLens.
func (e *Editor) Lenses(path string) (list []Lens, err error) {
	err = e.Call("textDocument/codeLens", document(path), &list)
	return list, err
}

// Resolve asks codeLens/resolve.
func (e *Editor) Resolve(lens Lens) (resolved Lens, err error) {
	err = e.Call("codeLens/resolve", lens, &resolved)
	return resolved, err
}

// Actions asks textDocument/codeAction at a position. context is that of the protocol; nil: the user has asked for everything.
func (e *Editor) Actions(path string, at Position, context map[string]any) (list []json.RawMessage, err error) {
	if context == nil {
		context = map[string]any{"diagnostics": []any{}, "triggerKind": 1}
	}
	params := document(path)
	params["range"], params["context"] = Range{Start: at, End: at}, context
	err = e.Call("textDocument/codeAction", params, &list)
	return list, err
}

// Execute asks workspace/executeCommand.
func (e *Editor) Execute(command string, result any, arguments ...any) error {
	return e.Call("workspace/executeCommand", map[string]any{"command": command, "arguments": arguments}, result)
}

// Diagnose asks textDocument/diagnostic; previous is the id of a result before, or "".
func (e *Editor) Diagnose(path, previous string) (d Diagnostics, err error) {
	params := document(path)
	if previous != "" {
		params["previousResultId"] = previous
	}
	err = e.Call("textDocument/diagnostic", params, &d)
	return d, err
}
