package lsp

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"strings"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.uber.org/zap"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/workspace"
)

// Methods of our own.
const (
	methodSemanticSearch        = "semantic/search"
	methodSemanticRelated       = "semantic/related"
	methodSemanticDuplicates    = "semantic/duplicates"
	methodSemanticExplain       = "semantic/explain"
	methodSemanticStatus        = "semantic/status"
	methodSemanticStatusChanged = "semantic/statusChanged"
	methodSemanticReindex       = "semantic/reindex"
	methodSemanticPause         = "semantic/pause"
	methodSemanticResume        = "semantic/resume"
)

// work is a request that has begun: its parameters are understood and it has its view of the documents.
type work struct {
	// box, if not empty, names the search box the request comes from: it supersedes an older one of it.
	box string
	// run does the work, off the read loop, and returns what is to be encoded as the result.
	run func(ctx context.Context) (any, error)
	// method, if not empty, is what it does, where the request's method does not say.
	method string
	// then, if not nil, is called once the result is written; it returns at once.
	then func()
	// progress, if not nil, is the token of the progress that the client wants to have of it, and title what that says.
	progress json.RawMessage
	title    string
}

// begin decodes a request's parameters; it runs on the read loop and returns at once. params are the
// connection's and gone once begin has returned.
type begin func(docs workspace.Documents, params json.RawMessage) (work, error)

// request returns what begins requests of the method, nil for an unknown one.
func (s *server) request(method string) begin {
	switch method {
	case protocol.MethodWorkspaceSymbol:
		return s.workspaceSymbol
	case protocol.MethodWorkspaceSymbolResolve:
		return s.workspaceSymbolResolve
	case protocol.MethodWorkspaceExecuteCommand:
		return s.executeCommand
	case protocol.MethodTextDocumentDocumentSymbol:
		return s.documentSymbol
	case protocol.MethodTextDocumentCodeAction:
		return s.codeAction
	case protocol.MethodTextDocumentCodeLens:
		return s.codeLens
	case protocol.MethodCodeLensResolve:
		return s.codeLensResolve
	case protocol.MethodTextDocumentDiagnostic:
		return s.diagnostic
	case methodSemanticSearch:
		return s.semanticSearch
	case methodSemanticRelated:
		return s.semanticRelated
	case methodSemanticDuplicates:
		return s.semanticDuplicates
	case methodSemanticExplain:
		return s.semanticExplain
	case methodSemanticStatus:
		return s.semanticStatus
	case methodSemanticReindex:
		return s.semanticReindex
	case methodSemanticPause:
		return s.semanticPause
	case methodSemanticResume:
		return s.semanticResume
	}
	return nil
}

// notification returns what handles notifications of the method, nil for one to ignore. It runs on the read
// loop and starts what takes time in the background.
func (s *server) notification(method string) func(params json.RawMessage) error {
	switch method {
	case protocol.MethodInitialized:
		return s.initialized
	case protocol.MethodTextDocumentDidOpen:
		return s.didOpen
	case protocol.MethodTextDocumentDidChange:
		return s.didChange
	case protocol.MethodTextDocumentDidSave:
		return s.didSave
	case protocol.MethodTextDocumentDidClose:
		return s.didClose
	case protocol.MethodNotebookDocumentDidOpen:
		return s.didOpenNotebook
	case protocol.MethodNotebookDocumentDidChange:
		return s.didChangeNotebook
	case protocol.MethodNotebookDocumentDidSave:
		return s.didSaveNotebook
	case protocol.MethodNotebookDocumentDidClose:
		return s.didCloseNotebook
	case protocol.MethodWorkspaceDidChangeWatchedFiles:
		return s.didChangeWatchedFiles
	case protocol.MethodWorkspaceDidChangeConfiguration:
		return s.didChangeConfiguration
	case protocol.MethodWorkspaceDidChangeWorkspaceFolders:
		return s.didChangeWorkspaceFolders
	case protocol.MethodCancelRequest:
		return s.cancelRequest
	case protocol.MethodSetTrace:
		return s.setTrace
	case protocol.MethodWindowWorkDoneProgressCancel:
		return s.workDoneProgressCancel
	}
	return nil
}

// handle is called by the read loop for each message. req is valid until it returns or has called
// jsonrpc2.Async. An error for a notification, or a panic, would end the connection: there are none.
func (s *server) handle(wire context.Context, req *jsonrpc2.Request) (any, error) {
	if !req.IsCall() {
		s.notified(req)
		return nil, nil
	}
	var result any
	a := s.ask(req)
	err := tasks.Catch(func() (err error) {
		result, err = s.called(wire, req, a)
		return err
	})
	if err != nil {
		result, err = nil, s.refusal(a.within(s.life), a.method, err)
	}
	s.account(a, err)
	return result, err
}

// called answers a request.
func (s *server) called(wire context.Context, req *jsonrpc2.Request, a *asked) (any, error) {
	method := req.Method()
	switch {
	case s.at(stopped):
		return nil, jsonrpc2.Errorf(jsonrpc2.InvalidRequest, "%s came after shutdown", a.method)
	case method == protocol.MethodInitialize:
		if !s.gate.enter() {
			return nil, jsonrpc2.NewError(codeStopping, errStopping.Error())
		}
		defer s.gate.leave()
		return s.initialize(json.RawMessage(req.Params()))
	case s.at(fresh):
		return nil, jsonrpc2.Errorf(jsonrpc2.ServerNotInitialized, "%s came before initialize", a.method)
	case method == protocol.MethodShutdown:
		return s.shutdown(wire)
	}
	begin := s.request(method)
	if begin == nil {
		return nil, jsonrpc2.Errorf(jsonrpc2.MethodNotFound, "%s is not served", a.method)
	}
	if !s.gate.enter() {
		return nil, jsonrpc2.NewError(codeStopping, errStopping.Error())
	}
	defer s.gate.leave()
	if method != methodSemanticStatus { // programs ask for that, not people
		s.cfg.Presence.enter()
		defer s.cfg.Presence.leave()
		s.present()
	}
	return s.answer(wire, req, a, begin)
}

// answer begins a request on the read loop, releases that, and finishes the request.
func (s *server) answer(wire context.Context, req *jsonrpc2.Request, a *asked, begin begin) (any, error) {
	var result any
	var refused error
	// Each scope turns its own cause into the answer, before the scopes around it see the error.
	err := s.requests.Run(a.within(s.life), req.ID(), func(ctx context.Context) error {
		s.beginning = a
		w, err := begin(s.session.Documents(), json.RawMessage(req.Params()))
		s.beginning = nil
		if err != nil {
			refused = s.refusal(ctx, a.method, err)
			return nil
		}
		var opening []<-chan struct{}
		if asksFolders(cmp.Or(w.method, a.method)) {
			opening = s.opening()
		}
		var prefix []byte
		if w.then != nil {
			prefix = answerPrefix(req.ID())
		}
		finish := func(ctx context.Context) error {
			jsonrpc2.Async(wire)
			refused = s.refusal(ctx, a.method, tasks.Catch(func() (err error) {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				if err := awaitOpened(ctx, opening); err != nil {
					return err
				}
				result, err = encoded(s.worked(ctx, w))
				if err == nil && w.then != nil {
					s.stream.afterwards(prefix, w.then)
				}
				return err
			}))
			return nil
		}
		if w.box == "" {
			return finish(ctx)
		}
		return s.searches.Run(ctx, w.box, finish)
	})
	if refused != nil {
		return nil, refused
	}
	return result, err
}

func encoded(v any, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return encode(v)
}

// notified handles a notification: exit always, the others while the server serves.
func (s *server) notified(req *jsonrpc2.Request) {
	method := req.Method()
	if method == protocol.MethodExit {
		s.exit()
		return
	}
	handle := s.notification(method)
	if handle == nil || !s.at(serving) {
		s.log.Debug("notification ignored", zap.String("method", inPart(method)))
		return
	}
	if !s.gate.enter() {
		return
	}
	defer s.gate.leave()
	err := tasks.Catch(func() error { return handle(json.RawMessage(req.Params())) })
	var panicked *tasks.PanicError
	switch {
	case errors.As(err, &panicked):
		s.log.Error("panic", zap.String("doing", strings.Clone(method)), zap.Error(err), zap.ByteString("stack", panicked.Stack))
	case err != nil:
		s.log.Warn("notification dropped", zap.String("method", strings.Clone(method)), zap.Error(err))
	}
}
