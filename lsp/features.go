package lsp

import (
	"context"
	"encoding/json"
	"slices"

	"go.lsp.dev/protocol"
	"go.uber.org/zap"
)

// Features are the methods of the protocol that users switch on and off: each shows something that they may have from
// another server already, or not want to see. The zero value shows nothing.
type Features struct {
	DocumentSymbols      bool // textDocument/documentSymbol
	CodeLens             bool // textDocument/codeLens
	CodeActions          bool // textDocument/codeAction
	DuplicateDiagnostics bool // textDocument/diagnostic
}

// feature is one of them as the protocol has it.
type feature struct {
	method     string
	capability string // of the client, in its textDocument
	on         func(f Features) bool
	cells      bool // it is there in cells of notebooks, too
	// options are those of its registration; nil: none of its own.
	options map[string]any
	// announce says that it is there, where it cannot be registered.
	announce func(c *protocol.ServerCapabilities)
}

// features are all of them, in the order in which they are registered.
func features() []feature {
	yes := true
	return []feature{
		{
			method: protocol.MethodTextDocumentDocumentSymbol, capability: "documentSymbol",
			on:       func(f Features) bool { return f.DocumentSymbols },
			options:  map[string]any{"label": serverName},
			announce: func(c *protocol.ServerCapabilities) { c.DocumentSymbolProvider = protocol.Boolean(true) },
		},
		{
			method: protocol.MethodTextDocumentCodeLens, capability: "codeLens",
			on:      func(f Features) bool { return f.CodeLens },
			options: map[string]any{"resolveProvider": true},
			announce: func(c *protocol.ServerCapabilities) {
				c.CodeLensProvider = &protocol.CodeLensOptions{ResolveProvider: &yes}
			},
		},
		{
			method: protocol.MethodTextDocumentCodeAction, capability: "codeAction", cells: true,
			on:      func(f Features) bool { return f.CodeActions },
			options: map[string]any{"codeActionKinds": []string{kindRelated, kindDuplicates}},
			announce: func(c *protocol.ServerCapabilities) {
				c.CodeActionProvider = &protocol.CodeActionOptions{
					CodeActionKinds: []protocol.CodeActionKind{kindRelated, kindDuplicates},
				}
			},
		},
		{
			method: protocol.MethodTextDocumentDiagnostic, capability: "diagnostic",
			on: func(f Features) bool { return f.DuplicateDiagnostics },
			// A change of one file makes or ends copies in others.
			options: map[string]any{"identifier": serverName, "interFileDependencies": true, "workspaceDiagnostics": false},
			announce: func(c *protocol.ServerCapabilities) {
				name := serverName
				c.DiagnosticProvider = &protocol.DiagnosticOptions{Identifier: &name, InterFileDependencies: true}
			},
		},
	}
}

// learn reads the capabilities that the features are about.
func (c *client) learn(capabilities json.RawMessage) {
	has := func(path ...string) bool { return lenient[bool](at(capabilities, path...)) }
	c.registers, c.refreshes = map[string]bool{}, map[string]bool{}
	for _, f := range features() {
		c.registers[f.method] = has("textDocument", f.capability, "dynamicRegistration")
	}
	c.refreshes[protocol.MethodWorkspaceCodeLensRefresh] = has("workspace", "codeLens", "refreshSupport")
	c.refreshes[protocol.MethodWorkspaceDiagnosticRefresh] = has("workspace", "diagnostics", "refreshSupport")
	c.hierarchy = has("textDocument", "documentSymbol", "hierarchicalDocumentSymbolSupport")
	literals := at(capabilities, "textDocument", "codeAction", "codeActionLiteralSupport")
	c.actionLiterals = len(lenient[map[string]json.RawMessage](literals)) > 0
	c.relatedInfo = has("textDocument", "diagnostic", "relatedInformation") ||
		has("textDocument", "publishDiagnostics", "relatedInformation") // where it stood before 3.18
	c.showsDocuments = has("window", "showDocument", "support")
	properties := lenient[[]string](at(capabilities, "workspace", "symbol", "resolveSupport", "properties"))
	c.resolvesRanges = slices.Contains(properties, "location.range")
}

// setFeatures notes what the settings say. What is off is answered with nothing from now on; what the client shows
// follows when it has been told.
func (s *server) setFeatures(f Features) {
	was := *s.features.Swap(&f)
	if was == f {
		return
	}
	select {
	case s.featuresChanged <- struct{}{}:
	default:
	}
	s.changed() // so that what was switched on again is asked for again
}

// announce says which features there are, of those that the client does not let register: they stay until the end, and
// answer with nothing while they are off.
func (s *server) announce(c *protocol.ServerCapabilities) {
	on := *s.features.Load()
	for _, f := range features() {
		if f.on(on) && !s.client.registers[f.method] {
			f.announce(c)
		}
	}
}

// registerFeatures keeps what is registered what is wanted, one after the other, so that no two overtake each other.
func (s *server) registerFeatures(ctx context.Context) error {
	all, asked, registered := features(), map[string]bool{}, map[string]bool{}
	for {
		for _, f := range all {
			on := f.on(*s.features.Load())
			if !s.client.registers[f.method] || on == asked[f.method] {
				continue
			}
			var err error
			switch asked[f.method] = on; {
			case on:
				err = s.register(ctx, f.method, f.method, f.registration(s.client.notebooks))
				registered[f.method] = err == nil
			case registered[f.method]: // and not refused
				err = s.unregister(ctx, f.method, f.method)
			}
			if err != nil {
				if ctx.Err() != nil {
					return nil
				}
				s.log.Warn("the client did not take a feature", zap.String("method", f.method), zap.Bool("on", on), zap.Error(err))
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.featuresChanged:
		}
	}
}

// registration are the options with which a feature is registered: it is about files, since nothing else is indexed, and perhaps
// about the cells of notebooks, where the client has any.
func (f feature) registration(notebooks bool) map[string]any {
	selector := []map[string]string{{"scheme": "file"}}
	if f.cells && notebooks {
		selector = append(selector, map[string]string{"notebook": notebookType})
	}
	options := map[string]any{"documentSelector": selector}
	for name, value := range f.options {
		options[name] = value
	}
	return options
}
