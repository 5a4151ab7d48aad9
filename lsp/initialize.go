package lsp

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"slices"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.uber.org/zap"

	"github.com/semantic-ls/semantic-ls/workspace/text"
)

// serverName is what the server calls itself, and what its diagnostics are from.
const serverName = "semantic-ls"

// notebookType is what the protocol calls the notebooks that are indexed by cell.
const notebookType = "jupyter-notebook"

// client is what we need to know of the client's abilities. A capability that it left out, or sent as
// something else than it should be, is one that it does not have.
type client struct {
	progress      bool // answers window/workDoneProgress/create
	watches       bool // watches files for whoever registers
	watchesBelow  bool // for patterns below a folder
	configuration bool // answers workspace/configuration
	notebooks     bool // tells what becomes of notebooks
	tellsSettings bool // tells whoever registers that they have changed

	registers map[string]bool // by method: features may be registered and unregistered
	refreshes map[string]bool // by method: asks again when it is told to

	hierarchy      bool // takes symbols of a document that have others in them
	actionLiterals bool // takes code actions, not only commands
	resolvesRanges bool // asks for the range of a workspace symbol when it needs it
	showsDocuments bool // opens a document when it is asked to
	relatedInfo    bool // shows other places with a diagnostic
}

// initializeParams keeps every field raw: one of the wrong type must not cost the others.
type initializeParams struct {
	ProcessID             json.RawMessage `json:"processId"`
	ClientInfo            json.RawMessage `json:"clientInfo"`
	RootPath              json.RawMessage `json:"rootPath"`
	RootURI               json.RawMessage `json:"rootUri"`
	WorkspaceFolders      json.RawMessage `json:"workspaceFolders"`
	Capabilities          json.RawMessage `json:"capabilities"`
	InitializationOptions json.RawMessage `json:"initializationOptions"`
	Trace                 json.RawMessage `json:"trace"`
}

// initialize answers with what the server can do. Nothing is indexed before initialized.
func (s *server) initialize(params json.RawMessage) (any, error) {
	if !s.at(fresh) {
		return nil, jsonrpc2.NewError(jsonrpc2.InvalidRequest, "initialize came twice")
	}
	var p initializeParams
	if err := decode(params, &p); err != nil {
		return nil, err
	}
	options := p.InitializationOptions
	if string(options) == "null" {
		options = nil
	}
	engine, features, err := s.cfg.Start(s.life, options)
	if err != nil {
		return nil, failed("%v", err)
	}
	s.setFeatures(features)
	engine.ReadFirst(s.session.Documents)
	s.options = bytes.Clone(options)
	s.mu.Lock()
	s.engine = newServed(engine)
	s.mu.Unlock()
	s.encoding = encoding(p.Capabilities)
	s.client = client{
		progress: lenient[bool](at(p.Capabilities, "window", "workDoneProgress")),
		watches:  lenient[bool](at(p.Capabilities, "workspace", "didChangeWatchedFiles", "dynamicRegistration")),

		watchesBelow: lenient[bool](at(p.Capabilities, "workspace", "didChangeWatchedFiles", "relativePatternSupport")),

		notebooks: isObject(at(p.Capabilities, "notebookDocument", "synchronization")),

		configuration: lenient[bool](at(p.Capabilities, "workspace", "configuration")),
		tellsSettings: lenient[bool](at(p.Capabilities, "workspace", "didChangeConfiguration", "dynamicRegistration")),
	}
	s.watches.Store(!s.client.watches)
	s.client.learn(p.Capabilities)
	trace, _ := traceOf(lenient[string](p.Trace))
	s.trace.Store(trace)
	for _, f := range workspaceFolders(p) {
		s.want(f)
	}
	s.watchParent(lenient[int](p.ProcessID))
	s.log.Info("initialized",
		zap.String("client", lenient[string](at(p.ClientInfo, "name"))),
		zap.String("encoding", string(encodingKind(s.encoding))),
		zap.Strings("folders", s.wanted()),
	)
	s.phase.Store(int32(serving))
	return s.abilities(), nil
}

// abilities is what the server tells of itself.
func (s *server) abilities() *protocol.InitializeResult {
	yes, incremental := true, protocol.TextDocumentSyncKindIncremental
	answer := &protocol.InitializeResult{
		ServerInfo: protocol.ServerInfo{Name: serverName, Version: protocol.NewOptional(s.cfg.Version)},
		Capabilities: protocol.ServerCapabilities{
			PositionEncoding: encodingKind(s.encoding),
			TextDocumentSync: &protocol.TextDocumentSyncOptions{
				OpenClose: &yes,
				Change:    &incremental,
				Save:      &protocol.SaveOptions{},
			},
			WorkspaceSymbolProvider: &protocol.WorkspaceSymbolOptions{ResolveProvider: when(s.client.resolvesRanges)},
			ExecuteCommandProvider:  protocol.ExecuteCommandOptions{Commands: commands()},
			Workspace: &protocol.WorkspaceOptions{
				WorkspaceFolders: &protocol.WorkspaceFoldersServerCapabilities{
					Supported:           &yes,
					ChangeNotifications: protocol.Boolean(true),
				},
			},
		},
	}
	// VS Code's library tells those servers of notebooks that ask for it, and then says nothing of their cells by
	// textDocument/*; editors without notebooks say that they have none by leaving the ability out.
	if s.client.notebooks {
		file := "file"
		jupyter := &protocol.NotebookDocumentFilterNotebookType{NotebookType: notebookType, Scheme: &file}
		answer.Capabilities.NotebookDocumentSync = &protocol.NotebookDocumentSyncOptions{
			NotebookSelector: []protocol.NotebookSelector{&protocol.NotebookDocumentFilterWithNotebook{Notebook: jupyter}},
			Save:             &yes,
		}
	}
	s.announce(&answer.Capabilities)
	return answer
}

// when is what the protocol has in the place of true and nothing.
func when(yes bool) *bool {
	if yes {
		return &yes
	}
	return nil
}

// workspaceFolders are the folders that the client opens with: the modern field, or else the older ones.
// Those that are no local directories are left out.
func workspaceFolders(p initializeParams) []workspaceFolder {
	var out []workspaceFolder
	for _, raw := range lenient[[]json.RawMessage](p.WorkspaceFolders) {
		if f := lenient[workspaceFolder](raw); f.URI != "" {
			out = append(out, f)
		}
	}
	if len(out) > 0 {
		return out
	}
	if root := lenient[string](p.RootURI); root != "" {
		return []workspaceFolder{{URI: root}}
	}
	if root := lenient[string](p.RootPath); filepath.IsAbs(root) {
		return []workspaceFolder{{URI: uriOf(filepath.Clean(root))}}
	}
	return nil
}

// encoding chooses how positions count: see the package's text.
func encoding(capabilities json.RawMessage) text.Encoding {
	var offered []string
	for _, raw := range lenient[[]json.RawMessage](at(capabilities, "general", "positionEncodings")) {
		offered = append(offered, lenient[string](raw))
	}
	has := func(kind protocol.PositionEncodingKind) bool { return slices.Contains(offered, string(kind)) }
	switch {
	case has(protocol.PositionEncodingKindUTF8):
		return text.UTF8
	case has(protocol.PositionEncodingKindUTF32) && !has(protocol.PositionEncodingKindUTF16):
		return text.UTF32
	}
	return text.UTF16
}

func encodingKind(enc text.Encoding) protocol.PositionEncodingKind {
	switch enc {
	case text.UTF8:
		return protocol.PositionEncodingKindUTF8
	case text.UTF32:
		return protocol.PositionEncodingKindUTF32
	default:
		return protocol.PositionEncodingKindUTF16
	}
}

// at walks down objects and returns what is at the end of the path, nil if something on the way is missing
// or no object.
func at(raw json.RawMessage, path ...string) json.RawMessage {
	for _, name := range path {
		raw = lenient[map[string]json.RawMessage](raw)[name]
	}
	return raw
}

// isObject reports whether raw is an object.
func isObject(raw json.RawMessage) bool { return lenient[map[string]json.RawMessage](raw) != nil }

// lenient decodes raw, or returns the zero value if it is something else.
func lenient[T any](raw json.RawMessage) T {
	var v, zero T
	if len(raw) == 0 || json.Unmarshal(raw, &v) != nil {
		return zero
	}
	return v
}
