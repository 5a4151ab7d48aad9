package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"runtime"
	"time"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"github.com/semantic-ls/semantic-ls/lsp"
)

// serveEndsWithin is when serve exits at the latest once its end was decided:
// the two seconds that lsp grants itself to flush, and some for a client that
// stopped reading in the middle of an answer.
const serveEndsWithin = 2500 * time.Millisecond

func (p *process) serveCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve an editor over standard input and output",
		Long: `Speaks the Language Server Protocol over standard input and output until the editor
says exit, closes the stream or dies. An editor starts it; there is nothing to
start by hand. Standard output carries nothing but the protocol; the log goes to
standard error, or to the file that log.file names.

Settings that the editor sends as initializationOptions count less than flags and
environment, and more than the user's settings file.`,
		Args: atMost(0, 0, func([]string) string { return "an editor says what to serve: semantic-ls serve" }),
		RunE: func(cmd *cobra.Command, _ []string) error { return p.serve(cmd.Context()) },
	}
	// Clients built on Microsoft's library add these by themselves.
	cmd.Flags().Bool("stdio", true, "serve over standard input and output")
	cmd.Flags().Int("clientProcessId", 0, "the editor's process; initialize says it too")
	hide(cmd, "stdio")
	hide(cmd, "clientProcessId")
	return cmd
}

// serve answers one client. The exit code is 0 after shutdown, 1 without.
func (p *process) serve(ctx context.Context) error {
	log := sessionLog(p.stderr)
	defer log.close()
	// A mistake in the settings is for initialize to report, where the user
	// gets to read it.
	if s, _, err := p.loadSettings(nil); err == nil {
		if err := log.obey(s); err != nil {
			log.Error("the log stays where it is", zap.Error(err))
		}
	}
	config := lsp.Config{
		Version: thisBuild().Version,
		Log:     log.Logger,
		Start: func(_ context.Context, options json.RawMessage) (lsp.Engine, error) {
			s, warnings, err := p.loadSettings(options)
			for _, warning := range warnings {
				log.Warn(warning.Text)
			}
			if err != nil {
				return nil, err
			}
			if err := log.obey(s); err != nil {
				return nil, err
			}
			// One core is left to the editor and to whoever asks a question.
			e, err := newEngine(s, max(1, runtime.GOMAXPROCS(0)-1), log.Logger)
			if err != nil {
				return nil, err // and not a nil *Engine in an interface
			}
			return e, nil
		},
	}
	late := time.NewTimer(time.Hour)
	late.Stop()
	defer func() { late.Stop() }()
	config.Ending = func() {
		late = time.AfterFunc(serveEndsWithin, func() { os.Exit(exitNone) })
	}
	err := lsp.Serve(ctx, stdio{p.stdin, p.stdout}, config)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return err
	case !errors.Is(err, lsp.ErrDisconnected) && !errors.Is(err, lsp.ErrNoShutdown) && !errors.Is(err, lsp.ErrParentGone):
		log.Error("serving failed", zap.Error(err))
	}
	return exitCode(exitNone)
}

// stdio is standard input and output as one stream.
type stdio struct {
	io.Reader
	io.Writer
}

// Close closes both, which wakes a read where the system can do that.
func (s stdio) Close() error {
	var errs []error
	for _, end := range []any{s.Reader, s.Writer} {
		if closer, ok := end.(io.Closer); ok {
			errs = append(errs, closer.Close())
		}
	}
	return errors.Join(errs...)
}
