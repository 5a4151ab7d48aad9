package lsp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"go.lsp.dev/jsonrpc2"
	"go.uber.org/zap"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
	"github.com/semantic-ls/semantic-ls/workspace/text"
)

// Why a connection ended other than by shutdown and exit. A program answers each with exit code 1.
var (
	// ErrNoShutdown is returned when exit came without a shutdown before it.
	ErrNoShutdown = errors.New("the client sent exit without shutdown")
	// ErrDisconnected is returned when the stream ended or broke without a shutdown before it.
	ErrDisconnected = errors.New("the client is gone")
	// ErrParentGone is returned when the process that the client named as its own has died.
	ErrParentGone = errors.New("the parent process has died")
)

// What is done after the end was decided: awaiting what was cancelled, at most half of the time, and then
// writing the index. Clients wait some seconds before they kill (VS Code two), so two it is.
const (
	stopWithin = 2 * time.Second
	waitWithin = stopWithin / 2
	// answerWithin is what requests that stood before shutdown get to be answered
	// still: ten times what a query takes over 100,000 chunks. Whoever pipes a
	// question and the shutdown into the server gets the answer.
	answerWithin = 500 * time.Millisecond
)

// readerGrace is how long Serve waits for the library's read goroutine once the stream is closed. Sockets
// and pipes wake it within microseconds; standard input never does.
const readerGrace = 100 * time.Millisecond

// Folders keeps indexes of folders. Methods take absolute, clean directories; calls for one folder never
// overlap.
type Folders interface {
	// Open adds a folder and loads what is stored of its index.
	Open(ctx context.Context, root string) error
	// ReadFirst is called once, before the first Refresh: that reads what is open before all else.
	ReadFirst(open func() workspace.Documents)
	// Refresh brings the folder's index up to date. Cancelled, it keeps what was finished. It may call
	// report from any goroutine, and report returns at once.
	Refresh(ctx context.Context, root string, report func(indexing.Progress)) error
	// Close drops the folder from memory.
	Close(root string) error
}

// Files follows what happens on disk. Safe for concurrent use.
type Files interface {
	// Update indexes the files at these absolute paths again: saved, created or deleted ones. Paths outside
	// every open folder are ignored.
	Update(ctx context.Context, paths ...string) error
	// Flush writes everything to disk.
	Flush(ctx context.Context) error
}

// Queries answers from one snapshot and never waits for indexing. Safe for concurrent use. Errors besides
// the context's are failures that the user gets to read.
type Queries interface {
	Search(ctx context.Context, docs workspace.Documents, q indexing.Query) (indexing.Answer, error)
	Related(ctx context.Context, docs workspace.Documents, p indexing.Place) (indexing.Answer, error)
	Duplicates(ctx context.Context, docs workspace.Documents, q indexing.DuplicatesQuery) (indexing.Duplicates, error)
	Copies(ctx context.Context, docs workspace.Documents, q indexing.CopiesQuery) (indexing.Copies, error)
	Explain(ctx context.Context, docs workspace.Documents, q indexing.Query, at indexing.Spot) (indexing.Explanation, error)
	Status() indexing.Status
}

// Engine is what a server serves. *indexing.Engine is one.
type Engine interface {
	Folders
	Files
	Queries
}

// Config is what a server is made from.
type Config struct {
	// Start returns the engine for the client's settings (nil where it has none). It is called on initialize
	// with the initializationOptions, before anything else is asked of the engine; its error fails that
	// initialize with -32803 and its text is shown to the user. It is called again, by one at a time, when the
	// client's settings have changed, and returns the engine that it returned last if that is right for them;
	// then its error changes nothing and its text is shown. The features are applied with it. ctx ends with the
	// server's life.
	Start func(ctx context.Context, options json.RawMessage) (Engine, Features, error)
	// Replaced, if set, is told of an engine of Start that another has taken the place of, once nobody uses it
	// any more. It is not told of the last one, nor of one that is in use until the end.
	Replaced func(Engine)
	// Version is told to the client.
	Version string
	// Log may be nil.
	Log *zap.Logger
	// Trace, if set, is told every message as it is on the wire, in its order: what was read before anything is done
	// about it, and what is sent before it is written. It keeps nothing of the bytes. *trace.Recorder is one.
	Trace interface {
		Message(fromClient bool, message []byte)
	}
	// Presence, if set, is told when somebody waits or types.
	Presence *Presence
	// SlowAfter is how long a request takes of which the log says where the time went. 0: a tenth of a second.
	SlowAfter time.Duration
	// RetryAfter is the pause before a folder that could not be indexed is tried again, doubled before each
	// next try, up to five minutes. 0: 5 seconds, after which a server that restarts is back.
	RetryAfter time.Duration
	// RefreshAfter is the least time between two requests to the client to ask again for lenses or diagnostics.
	// 0: 3 seconds.
	RefreshAfter time.Duration
	// Ending, if set, is called once, as soon as the end is decided and before anything is awaited. What is
	// left takes two seconds at most, unless a write to the client blocks for ever, as one to a full pipe
	// does: a program sets itself a limit here and exits when it has passed.
	Ending func()
}

// server is one connection.
type server struct {
	cfg    Config
	log    *zap.Logger
	stream *frames
	conn   jsonrpc2.Conn

	phase  atomic.Int32 // of type phase; changed on the read loop only
	ended  chan struct{}
	reason error // why; readable once ended is closed
	ending sync.Once
	stop   sync.Once

	// The life: set by live before alive is closed, and never again.
	alive chan struct{}
	life  context.Context
	group *tasks.Group
	task  *tasks.Task // the life itself, set by Serve before the first message is read
	gate  *gate       // those who may start something in group

	// What initialize sets on the read loop, before any other request is served.
	encoding text.Encoding
	client   client
	options  json.RawMessage // the settings that came with it, nil for none

	beginning *asked // the request that the read loop begins, for what that starts; nil else. The read loop's

	session  *workspace.Session
	activity activity
	trace    atomic.Int32                // of what a client wants to be told: traceOff, traceMessages or traceVerbose
	requests tasks.Registry[jsonrpc2.ID] // by id
	searches tasks.Registry[string]      // by search box
	saves    tasks.Registry[string]      // by path
	indexers tasks.Registry[string]      // by folder
	watchers tasks.Registry[string]      // by folder
	settings tasks.Registry[string]      // what is being applied, under one key
	offers   tasks.Registry[string]      // what is being offered to the user, under one key

	statusChanged  chan struct{} // capacity 1: there is something new to tell
	foldersChanged chan struct{} // capacity 1: the client may want others

	spellings atomic.Pointer[spellings] // nil: the client's paths are ours

	watches atomic.Bool // we follow what changes on disk, since the client does not

	crowded sync.Once // the user is told of too many folders

	featuresChanged chan struct{} // capacity 1: what is registered may not be what is wanted
	viewsChanged    chan struct{} // capacity 1: what was answered of the index may be another thing now

	features atomic.Pointer[Features]

	mu        sync.Mutex
	folders   map[string]*folder   // guarded by mu: those the client wants, by path
	order     []string             // guarded by mu: the keys of folders as they came
	engine    *served              // guarded by mu: nil before initialize
	sent      json.RawMessage      // guarded by mu: the settings that came last with didChangeConfiguration
	said      bool                 // guarded by mu: the client has told a setting since initialize
	unsettled map[string]change    // guarded by mu: files that have changed and are not left alone yet
	indexed   map[string]int       // guarded by mu: how many index a file, each alone; -1: one does, with others
	settling  bool                 // guarded by mu: somebody waits for them
	notebooks map[string]*notebook // guarded by mu: those that are open, by path
	cells     map[string]string    // guarded by mu: the paths of notebooks, by the URIs of their cells
	progress  map[string]func()    // guarded by mu: cancels the indexing that a progress token stands for
	tokens    int                  // guarded by mu: progress tokens given out
}

// phase is where in its life a connection is.
type phase int32

const (
	fresh   phase = iota // before initialize
	serving              // from initialize's answer to shutdown
	stopped              // after shutdown: only exit is left
)

// Serve answers one client over stream until the client is done or gone, and closes stream. It returns nil
// after shutdown and exit (or shutdown and the end of the stream), one of the Err values above, or an error
// that matches ctx's cause. When it returns, everything it started has ended, except a read of stream that
// closing does not interrupt. It is safe to serve several streams at once.
func Serve(ctx context.Context, stream io.ReadWriteCloser, cfg Config) error {
	s := newServer(stream, cfg)
	err := tasks.Run(ctx, func(ctx context.Context, g *tasks.Group) error {
		s.task = g.Go(s.live)
		<-s.alive
		s.conn.Go(ctx, s.handle)
		select {
		case <-s.ended:
		case <-ctx.Done():
			s.end(context.Cause(ctx))
		}
		if cfg.Ending != nil {
			cfg.Ending()
		}
		s.finish(ctx, 0)
		if ctx.Err() != nil { // else the client is gone, or has what it wanted
			s.settleAnswers(ctx, 0)
		}
		s.log.Debug("closing the stream", zap.Error(s.stream.Close()))
		_, _ = tasks.MoveOnAfter(ctx, readerGrace, func(ctx context.Context, _ *tasks.Group) error {
			select {
			case <-s.conn.Done():
			case <-ctx.Done():
			}
			return nil
		})
		return s.reason
	})
	s.log.Info("the connection has ended", zap.Error(err))
	return err
}

func newServer(stream io.ReadWriteCloser, cfg Config) *server {
	s := &server{
		cfg:            cfg,
		log:            cfg.Log,
		ended:          make(chan struct{}),
		alive:          make(chan struct{}),
		gate:           newGate(),
		session:        workspace.NewSession(),
		statusChanged:  make(chan struct{}, 1),
		foldersChanged: make(chan struct{}, 1),
		folders:        map[string]*folder{},
		indexed:        map[string]int{},
		unsettled:      map[string]change{},
		notebooks:      map[string]*notebook{},
		cells:          map[string]string{},
		progress:       map[string]func(){},

		featuresChanged: make(chan struct{}, 1),
		viewsChanged:    make(chan struct{}, 1),
	}
	s.features.Store(&Features{})
	if s.log == nil {
		s.log = zap.NewNop()
	}
	if s.cfg.RefreshAfter == 0 {
		s.cfg.RefreshAfter = refreshAfter
	}
	if s.cfg.SlowAfter == 0 {
		s.cfg.SlowAfter = slowAfter
	}
	s.stream = newFrames(stream, s.log, s.broken)
	if cfg.Trace != nil {
		s.stream.trace = cfg.Trace.Message
	}
	s.conn = jsonrpc2.NewConn(s.stream, jsonrpc2.WithCodec(codec{}))
	return s
}

// live is the scope of everything the server does for its client.
func (s *server) live(ctx context.Context) error {
	err := tasks.Run(ctx, func(ctx context.Context, g *tasks.Group) error {
		s.life, s.group = ctx, g
		close(s.alive)
		<-ctx.Done()
		s.gate.close()
		<-s.gate.empty
		return nil
	})
	if errors.Is(err, errStopping) {
		return nil
	}
	return err
}

// end decides that the connection is over, and why. The first reason stays.
func (s *server) end(reason error) {
	s.ending.Do(func() {
		s.reason = reason
		close(s.ended)
	})
}

// broken is told by the stream that it can read or write no more.
func (s *server) broken(err error) {
	switch {
	case s.at(stopped):
		s.end(nil)
	case errors.Is(err, io.EOF):
		s.end(ErrDisconnected)
	default:
		s.end(fmt.Errorf("%w: %w", ErrDisconnected, err))
	}
}

// finish stops indexing, lets requests be answered for as long as patience lasts, ends the life, awaits that
// and flushes the index, within stopWithin altogether and even if ctx is done. Whoever calls it later finds
// it done.
func (s *server) finish(ctx context.Context, patience time.Duration) {
	s.stop.Do(func() {
		err := tasks.Shield(ctx, stopWithin, func(ctx context.Context, _ *tasks.Group) error {
			for _, path := range s.wanted() {
				s.indexers.Cancel(path, errStopping)
			}
			s.gate.close()
			_, _ = tasks.MoveOnAfter(ctx, patience, func(ctx context.Context, _ *tasks.Group) error {
				select {
				case <-s.gate.empty:
				case <-ctx.Done():
				}
				return nil
			})
			s.group.Cancel(errStopping)
			late, _ := tasks.MoveOnAfter(ctx, waitWithin, func(ctx context.Context, _ *tasks.Group) error {
				return s.task.Wait(ctx)
			})
			if late {
				s.log.Warn("something ignores its cancellation; the index is written beside it")
			}
			if s.at(fresh) { // there is no engine, or there is about to be one
				return nil
			}
			e, _ := s.use() // to the end: nobody could let it go in the background any more
			return e.Flush(ctx)
		})
		if err != nil {
			s.log.Warn("stopping was incomplete; the next start indexes again what is missing", zap.Error(err))
		}
	})
}

// settleAnswers gives the answers to requests, all but so many, a moment to be written.
func (s *server) settleAnswers(ctx context.Context, but int64) {
	_ = tasks.Shield(ctx, readerGrace, func(ctx context.Context, _ *tasks.Group) error {
		s.stream.awaitAnswers(ctx, but)
		return nil
	})
}

func (s *server) at(p phase) bool { return phase(s.phase.Load()) == p }

// background runs fn in the server's life. A failure of it is logged and ends nothing else.
func (s *server) background(doing string, fn func(ctx context.Context) error) {
	s.backgroundFor(nil, doing, fn)
}

// backgroundFor is background that a request has started, if it is not nil: the log says which, also once that is answered.
func (s *server) backgroundFor(a *asked, doing string, fn func(ctx context.Context) error) {
	s.group.Go(func(ctx context.Context) error {
		log := s.log
		if a != nil {
			ctx = a.within(ctx)
			log = indexing.LogOf(ctx, log)
		}
		err := tasks.Catch(func() error { return fn(ctx) })
		var panicked *tasks.PanicError
		switch {
		case err == nil || ctx.Err() != nil:
		case errors.As(err, &panicked):
			log.Error("panic", zap.String("doing", doing), zap.Error(err), zap.ByteString("stack", panicked.Stack))
		case errors.Is(err, context.Canceled):
		default:
			log.Warn("failed", zap.String("doing", doing), zap.Error(err))
		}
		return nil
	})
}

// tell sends a notification. A client that is gone is noticed by the stream, not here.
func (s *server) tell(ctx context.Context, method string, params any) {
	raw, err := encode(params)
	if err == nil {
		err = s.conn.Notify(ctx, method, raw)
	}
	if err != nil {
		s.log.Debug("not sent", zap.String("method", method), zap.Error(err))
	}
}
