package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"github.com/semantic-ls/semantic-ls/lsp"
	"github.com/semantic-ls/semantic-ls/tasks"
)

// serveEndsWithin is when serve exits at the latest once its end was decided:
// the two seconds that lsp grants itself to flush, and some for a client that
// stopped reading in the middle of an answer.
const serveEndsWithin = 2500 * time.Millisecond

func (p *process) serveCommand() *cobra.Command {
	var listenAt string
	var trace tracing
	cmd := &cobra.Command{
		Use:   "serve [flags]",
		Short: "Serve an editor over standard input and output",
		Long: `Speaks the Language Server Protocol over standard input and output until the editor
says exit, closes the stream or dies. An editor starts it; there is nothing to
start by hand. Standard output carries nothing but the protocol. The log goes to a
file in the state directory, its warnings to standard error as well; or to the file
that log.file names, and to that alone.

With --listen it serves every connection to a socket instead, each in a session of
its own, until it is interrupted; sessions of the same workspace share its index.
Only this machine can connect, and of a unix socket only its user; a file beside it,
named like it with .lock, says that it is taken, and stays. The address that was
chosen is the first line on standard error.

Settings that the editor sends count less than flags and environment, and more than
the user's settings file; with --listen, what they say of the log counts for nothing.
When they change, they are applied at once: while another model indexes, the one
before answers. SIGHUP reads the file again: the log follows at once, everything else
when the editor's settings change, or with the next session.

With --trace, every message both ways is written to FILE, to be sent with a report
of a problem; "semantic-ls replay" plays it again. Texts, queries and names of files
are replaced by neutral ones of the same lengths, unless --trace-contents is given.
A FILE that exists is left alone: FILE.2 is written then, or FILE.3, and so on, as
for each further connection with --listen.`,
		Example: `  semantic-ls serve
  semantic-ls serve --trace /tmp/semantic-ls.trace
  semantic-ls serve --listen tcp://127.0.0.1:4389
  semantic-ls serve --listen unix:///run/user/1000/semantic-ls`,
		Args: atMost(0, 0, func([]string) string { return "an editor says what to serve: semantic-ls serve" }),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if trace.contents && trace.path == "" {
				return hinted("semantic-ls serve --trace FILE --trace-contents", "--trace-contents without --trace writes nothing")
			}
			if !cmd.Flags().Changed("listen") {
				return p.serve(cmd.Context(), trace)
			}
			at, err := parseAddress(listenAt)
			if err != nil {
				return err
			}
			return p.listen(cmd.Context(), at, trace)
		},
	}
	cmd.Flags().StringVar(&listenAt, "listen", "", "serve connections to `ADDRESS`: tcp://127.0.0.1:PORT or unix:///path")
	cmd.Flags().StringVar(&trace.path, "trace", "", "write every message to `FILE`")
	cmd.Flags().BoolVar(&trace.contents, "trace-contents", false, "keep texts, queries and names of files in it")
	// Clients built on Microsoft's library add these by themselves.
	cmd.Flags().Bool("stdio", true, "serve over standard input and output")
	cmd.Flags().Int("clientProcessId", 0, "the editor's process; initialize says it too")
	hide(cmd, "stdio")
	hide(cmd, "clientProcessId")
	return cmd
}

// serve answers one client over standard input and output. The exit code is 0 after
// shutdown, 1 without.
func (p *process) serve(ctx context.Context, trace tracing) error {
	srv := p.newService()
	srv.alone = true
	defer srv.close()
	config, release := srv.session(srv.log.Logger)
	defer release()
	traced, err := trace.start(&config)
	if err != nil {
		return err
	}
	defer traced()
	late := time.NewTimer(time.Hour)
	late.Stop()
	defer func() { late.Stop() }()
	config.Ending = func() {
		late = time.AfterFunc(serveEndsWithin, func() { os.Exit(exitNone) })
	}
	err = srv.run(ctx, func(ctx context.Context) error {
		return lsp.Serve(ctx, stdio{p.stdin, p.stdout}, config)
	})
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return err
	case !errors.Is(err, lsp.ErrDisconnected) && !errors.Is(err, lsp.ErrNoShutdown) && !errors.Is(err, lsp.ErrParentGone):
		srv.log.Error("serving failed", zap.Error(err))
	}
	return exitCode(exitNone)
}

// listen serves every connection until ctx ends, which is how it
// ends: the exit code is 0 then.
func (p *process) listen(ctx context.Context, at address, trace tracing) error {
	srv := p.newService()
	defer srv.close()
	l, err := at.listen(ctx)
	if err != nil {
		return hinted("choose another address, or end the process that has it", "--listen: %w", err)
	}
	_, _ = fmt.Fprintf(p.stderr, "semantic-ls: listening on %s://%s\n", l.Addr().Network(), l.Addr())
	return srv.run(ctx, func(ctx context.Context) error { return serveConnections(ctx, l, srv, trace) })
}

// service is what the sessions of this process have in common.
type service struct {
	process  *process
	log      *logger
	engines  *engines
	presence *lsp.Presence
	alone    bool // there is one session, over standard input and output
	hangups  chan os.Signal

	mu      sync.Mutex
	options json.RawMessage // guarded by mu: what the only session was given
}

func (p *process) newService() *service {
	srv := p.serviceOf(sessionLog(p.stderr))
	// A mistake in the settings is for initialize to report, where the user
	// gets to read it.
	if s, _, err := p.loadSettings(nil); err == nil {
		if err := srv.log.obey(s); err != nil {
			srv.log.Error("the log stays where it is", zap.Error(err))
		}
	}
	return srv
}

// serviceOf makes a service that logs to log.
func (p *process) serviceOf(log *logger) *service {
	srv := &service{process: p, log: log, hangups: make(chan os.Signal, 1)}
	if len(reloadSignals) > 0 {
		signal.Notify(srv.hangups, reloadSignals...) // before anybody is told that it serves: it would end it
	}
	cores := runtime.GOMAXPROCS(0)
	// Two more threads of Go than there are cores: one for the garbage collector, and
	// one that waits in the kernel for the next byte of an editor, which schedules it
	// at once. Without them, while indexing and a query keep all cores busy, Go looks
	// for that byte every ten milliseconds (bench/cancel: 12 ms become 7 in the worst
	// of a hundred).
	runtime.GOMAXPROCS(cores + 2)
	limiter := tasks.NewLimiter(cores, cores)
	srv.presence = lsp.NewPresence(limiter, cores)
	srv.engines = newEngines(limiter, srv.log.Logger)
	return srv
}

func (srv *service) close() {
	signal.Stop(srv.hangups)
	srv.log.close()
}

// session is the configuration of one session, and what to call when it has ended.
func (srv *service) session(log *zap.Logger) (config lsp.Config, release func()) {
	had := &leases{}
	config = lsp.Config{Version: thisBuild().Version, Log: log, Presence: srv.presence, Replaced: had.drop}
	config.Start = func(_ context.Context, options json.RawMessage) (lsp.Engine, lsp.Features, error) {
		s, warnings, err := srv.process.loadSettings(options)
		for _, warning := range warnings {
			log.Warn(warning.Text)
		}
		if err != nil {
			return nil, lsp.Features{}, err
		}
		l, err := had.next(func(last *lease) (*lease, error) {
			next, err := srv.engines.get(s, last)
			if err != nil {
				return nil, err // and the log stays where it is, as all settings do
			}
			if err := srv.follow(options); err != nil {
				if next != last {
					next.release()
				}
				return nil, err
			}
			return next, nil
		})
		if err != nil {
			return nil, lsp.Features{}, err // and not a nil *lease in an interface
		}
		return l, lsp.Features(s.Features), nil
	}
	return config, had.dropAll
}

// leases are the engines of one session: the last one, and those that it replaced and that are still in use.
// Safe for concurrent use.
type leases struct {
	mu   sync.Mutex
	last *lease   // guarded by mu
	all  []*lease // guarded by mu
}

// next makes what get returns the last one.
func (l *leases) next(get func(last *lease) (*lease, error)) (*lease, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	next, err := get(l.last)
	if err == nil && next != l.last {
		l.last, l.all = next, append(l.all, next)
	}
	return next, err
}

// drop releases one that is used no more.
func (l *leases) drop(e lsp.Engine) {
	l.mu.Lock()
	var gone []*lease
	l.all = slices.DeleteFunc(l.all, func(x *lease) bool {
		if x == e {
			gone = append(gone, x)
		}
		return x == e
	})
	if l.last = nil; len(l.all) > 0 {
		l.last = l.all[len(l.all)-1]
	}
	l.mu.Unlock()
	for _, x := range gone { // which writes: settings that are to be applied need not wait for that
		x.release()
	}
}

// dropAll releases all of them: the session has ended.
func (l *leases) dropAll() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, x := range l.all {
		x.release()
	}
	l.last, l.all = nil, nil
}

// run calls serve, and reads the settings again whenever the user asks for it.
func (srv *service) run(ctx context.Context, serve func(ctx context.Context) error) error {
	return tasks.Run(ctx, func(ctx context.Context, g *tasks.Group) error {
		reloading := g.Go(func(ctx context.Context) error {
			for {
				if _, err := tasks.Receive(ctx, srv.hangups); err != nil {
					return nil
				}
				srv.reload()
			}
		})
		defer reloading.Cancel(nil)
		return serve(ctx)
	})
}

// follow makes the log obey the settings, with those of the session where there is
// only one: where there may be several, none decides about the log of all.
func (srv *service) follow(options json.RawMessage) error {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	if !srv.alone {
		options = nil
	}
	s, _, err := srv.process.loadSettings(options)
	if err != nil {
		return err
	}
	srv.options = slices.Clone(options)
	if !srv.log.own {
		return nil // a command's, which has obeyed
	}
	return srv.log.obey(s)
}

// reload makes the log obey the settings as they are now. A mistake in them changes
// nothing.
func (srv *service) reload() {
	srv.mu.Lock()
	options := srv.options
	srv.mu.Unlock()
	if err := srv.follow(options); err != nil {
		srv.log.Error("the settings were read again, and stay as they were", zap.Error(err))
		return
	}
	srv.log.Info("the settings were read again; sessions that are open keep theirs until those of their editors change")
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
