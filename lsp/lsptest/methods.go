package lsptest

import (
	"encoding/json"
	"net/url"
	"path/filepath"
	"strings"
)

// Options is how an editor introduces itself.
type Options struct {
	// Folders are absolute paths.
	Folders []string
	// Encodings are offered as general.positionEncodings; none are if it is empty, which means UTF-16.
	Encodings []string
	// NoProgress says that the editor has no progress bars.
	NoProgress bool
	// Settings are sent as initializationOptions.
	Settings any
	// ProcessID is the editor's process; 0 sends null.
	ProcessID int
	// Capabilities are added to the others, by name.
	Capabilities map[string]any
}

// Ability is what a server said of itself.
type Ability struct {
	Capabilities struct {
		PositionEncoding string          `json:"positionEncoding"`
		TextDocumentSync json.RawMessage `json:"textDocumentSync"`

		DocumentSymbolProvider  json.RawMessage `json:"documentSymbolProvider"`
		CodeLensProvider        json.RawMessage `json:"codeLensProvider"`
		CodeActionProvider      json.RawMessage `json:"codeActionProvider"`
		DiagnosticProvider      json.RawMessage `json:"diagnosticProvider"`
		WorkspaceSymbolProvider json.RawMessage `json:"workspaceSymbolProvider"`
		ExecuteCommandProvider  struct {
			Commands []string `json:"commands"`
		} `json:"executeCommandProvider"`
	} `json:"capabilities"`
	ServerInfo struct {
		Name    string `json:"name"`
		Version string `json:"version"`
	} `json:"serverInfo"`
}

// Params are the options as parameters of initialize.
func (o Options) Params() map[string]any {
	capabilities := map[string]any{"window": map[string]any{"workDoneProgress": !o.NoProgress}}
	if len(o.Encodings) > 0 {
		capabilities["general"] = map[string]any{"positionEncodings": o.Encodings}
	}
	for name, c := range o.Capabilities {
		capabilities[name] = c
	}
	folders := []map[string]any{}
	for _, f := range o.Folders {
		folders = append(folders, map[string]any{"uri": URI(f), "name": filepath.Base(f)})
	}
	params := map[string]any{"processId": nil, "rootUri": nil, "capabilities": capabilities, "workspaceFolders": folders}
	if o.ProcessID != 0 {
		params["processId"] = o.ProcessID
	}
	if o.Settings != nil {
		params["initializationOptions"] = o.Settings
	}
	return params
}

// Initialize sends initialize and, once that is answered, initialized.
func (e *Editor) Initialize(o Options) Ability {
	e.t.Helper()
	var a Ability
	if err := e.Call("initialize", o.Params(), &a); err != nil {
		e.fatalf("initialize: %v", err)
	}
	e.Notify("initialized", map[string]any{})
	return a
}

// Shutdown sends shutdown and returns its error.
func (e *Editor) Shutdown() error { return e.Call("shutdown", nil, nil) }

// Exit sends exit.
func (e *Editor) Exit() { e.Notify("exit", nil) }

// URI is the URI of an absolute path, as most editors spell it.
func URI(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}

// Path is the path of a file: URI, "" for any other.
func Path(uri string) string {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "file" {
		return ""
	}
	return filepath.FromSlash(u.Path)
}

// Position is a place in a document, in the encoding that was agreed on.
type Position struct {
	Line      int `json:"line"`
	Character int `json:"character"`
}

// Range is from Start up to but not including End.
type Range struct {
	Start Position `json:"start"`
	End   Position `json:"end"`
}

// Edit replaces Range by Text, or with a nil Range the whole document.
type Edit struct {
	Range *Range `json:"range,omitempty"`
	Text  string `json:"text"`
}

// Open opens a document with a text, which need not be the file's. path is absolute, or a URI of another scheme.
func (e *Editor) Open(path, text string) {
	e.Notify("textDocument/didOpen", map[string]any{"textDocument": map[string]any{
		"uri": documentURI(path), "languageId": strings.TrimPrefix(filepath.Ext(path), "."), "version": e.version(path), "text": text,
	}})
}

// Edit changes an open document.
func (e *Editor) Edit(path string, edits ...Edit) {
	e.Send(e.Change(path, edits...))
}

// Change is the notification that Edit sends.
func (e *Editor) Change(path string, edits ...Edit) string {
	return Notification("textDocument/didChange", map[string]any{
		"textDocument":   map[string]any{"uri": documentURI(path), "version": e.version(path)},
		"contentChanges": edits,
	})
}

// Save tells that the document was written. Writing it is the test's.
func (e *Editor) Save(path string) {
	e.Notify("textDocument/didSave", document(path))
}

// Close closes a document.
func (e *Editor) Close(path string) {
	e.Notify("textDocument/didClose", document(path))
}

// Watched tells that files were changed outside the editor.
func (e *Editor) Watched(paths ...string) {
	changes := []map[string]any{}
	for _, p := range paths {
		changes = append(changes, map[string]any{"uri": URI(p), "type": 2})
	}
	e.Notify("workspace/didChangeWatchedFiles", map[string]any{"changes": changes})
}

// ChangeFolders adds and removes workspace folders.
func (e *Editor) ChangeFolders(added, removed []string) {
	list := func(paths []string) []map[string]any {
		out := []map[string]any{}
		for _, p := range paths {
			out = append(out, map[string]any{"uri": URI(p), "name": filepath.Base(p)})
		}
		return out
	}
	e.Notify("workspace/didChangeWorkspaceFolders", map[string]any{
		"event": map[string]any{"added": list(added), "removed": list(removed)},
	})
}

func document(path string) map[string]any {
	return map[string]any{"textDocument": map[string]any{"uri": documentURI(path)}}
}

// documentURI leaves a URI as it is.
func documentURI(path string) string {
	if filepath.IsAbs(path) {
		return URI(path)
	}
	return path
}

func (e *Editor) version(path string) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.versions[path]++
	return e.versions[path]
}
