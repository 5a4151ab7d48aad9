package lsp

import (
	"context"
	"errors"
	"fmt"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.uber.org/zap"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

// Codes that jsonrpc2 has no names for.
const (
	codeCancelled  = jsonrpc2.Code(protocol.LSPErrorCodesRequestCancelled)
	codeSuperseded = jsonrpc2.Code(protocol.LSPErrorCodesContentModified)
	codeStopping   = jsonrpc2.Code(protocol.LSPErrorCodesServerCancelled)
	codeFailed     = jsonrpc2.Code(protocol.LSPErrorCodesRequestFailed)
)

// Why the server ends work itself. They are causes of contexts.
var (
	// errClientCancelled is the cause of a request that $/cancelRequest named.
	errClientCancelled = errors.New("cancelled by the client")
	// errIndexingCancelled is the cause of indexing that the user stopped at its progress bar.
	errIndexingCancelled = fmt.Errorf("%w by the user", indexing.ErrPaused)
	// errStopping is the cause of whatever was going on when the server stopped.
	errStopping = errors.New("the server is stopping")
)

// badParams is what a request gets whose parameters make no sense; the text says what would.
func badParams(format string, args ...any) error {
	return jsonrpc2.Errorf(jsonrpc2.InvalidParams, format, args...)
}

// failed is what a request gets that made sense and could not be done.
func failed(format string, args ...any) error { return jsonrpc2.Errorf(codeFailed, format, args...) }

// refusal turns the error of a request, whose innermost scope is ctx, into what goes over the wire: nil for
// nil, and otherwise always a *jsonrpc2.Error. The reason why ctx ended counts more than what the work made of it.
func (s *server) refusal(ctx context.Context, method string, err error) error {
	var wire *jsonrpc2.Error
	var panicked *tasks.PanicError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &panicked):
		indexing.LogOf(ctx, s.log).Error("panic", zap.Error(err), zap.ByteString("stack", panicked.Stack))
		return jsonrpc2.Errorf(jsonrpc2.InternalError, "%s: %v; this is a bug, the log has its stack", method, err)
	case errors.As(err, &wire):
		return wire
	case ctx.Err() != nil:
		return s.interrupted(ctx)
	}
	indexing.LogOf(ctx, s.log).Warn("request failed", zap.Error(err))
	return jsonrpc2.Errorf(codeFailed, "%v", err)
}

// interrupted says why ctx, which is done, is.
func (s *server) interrupted(ctx context.Context) error {
	cause := context.Cause(ctx)
	switch {
	case errors.Is(cause, errClientCancelled):
		return jsonrpc2.NewError(codeCancelled, cause.Error())
	case errors.Is(cause, tasks.ErrSuperseded):
		return jsonrpc2.NewError(codeSuperseded, "superseded by a newer request")
	case s.life.Err() != nil:
		return jsonrpc2.NewError(codeStopping, errStopping.Error())
	}
	return jsonrpc2.NewError(codeFailed, fmt.Sprintf("interrupted: %v", cause))
}
