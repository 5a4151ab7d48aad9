package lsp

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"go.lsp.dev/protocol"
	"go.uber.org/zap"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

// folder is one that the client wants.
type folder struct {
	name    string
	spelled []string      // the client's paths of it, at least one: see spelling
	leadsTo string        // its path without links
	failure string        // why it could not be opened or indexed
	runs    int           // of indexing, under way or waiting for an older one to end
	paused  bool          // by the user: it is not indexed
	watched bool          // by us
	opened  chan struct{} // closed once it is open, or cannot be
}

// foldersMost is how many folders are wanted at once; those that come then are not. The largest workspaces of several have some
// hundred, and each is walked, watched and told of in every status by itself.
const foldersMost = 1000

// want notes a folder and returns our path of it. ok is false if it is no local directory's URI, its place is wanted already, or
// there are too many.
func (s *server) want(f workspaceFolder) (path string, ok bool) {
	spelled, ok := pathOf(f.URI)
	if !ok {
		s.log.Info("not a local folder", zap.String("uri", inPart(f.URI)))
		return "", false
	}
	if room, known := s.room(spelled); known || !room {
		if !known {
			s.crowded.Do(func() { s.background("tell of too many folders", s.tellCrowded) })
		}
		return "", false
	}
	to := leadsTo(spelled)
	if f.Name == "" {
		f.Name = filepath.Base(spelled)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	path = s.placeOf(spelled, to)
	known := s.folders[path]
	if known == nil {
		s.folders[path] = &folder{name: f.Name, leadsTo: to, spelled: []string{spelled}, opened: make(chan struct{})}
		s.order = append(s.order, path)
	} else if !slices.Contains(known.spelled, spelled) {
		known.spelled = append(known.spelled, spelled)
	}
	s.respell()
	return path, known == nil
}

// room reports whether one more folder is taken, or is known under that name already.
func (s *server) room(spelled string) (room, known bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.folders[spelled]; f != nil && slices.Contains(f.spelled, spelled) {
		return false, true
	}
	return len(s.order) < foldersMost, false
}

func (s *server) tellCrowded(ctx context.Context) error {
	const what = "Of the folders of this workspace the first %d are searched. Open one that is around them, or fewer."
	s.show(ctx, protocol.MessageTypeWarning, fmt.Sprintf(what, foldersMost))
	return nil
}

// unwant forgets a folder and returns our path of it; ok is false if its place was not wanted, or still is under another
// name.
func (s *server) unwant(f workspaceFolder) (path string, ok bool) {
	spelled, ok := pathOf(f.URI)
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.order, func(path string) bool { return slices.Contains(s.folders[path].spelled, spelled) })
	if !ok || i < 0 {
		return "", false
	}
	defer s.respell()
	path = s.order[i]
	known := s.folders[path]
	known.spelled = slices.DeleteFunc(known.spelled, func(other string) bool { return other == spelled })
	if len(known.spelled) > 0 {
		return path, false
	}
	known.tried()
	delete(s.folders, path)
	s.order = slices.Delete(s.order, i, i+1)
	return path, true
}

// wanted returns the paths of the folders in the client's order.
func (s *server) wanted() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.order)
}

// name returns the client's name for a folder; ok is false if it does not want it.
func (s *server) name(path string) (name string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.folders[path]; f != nil {
		return f.name, true
	}
	return "", false
}

// note remembers why a folder failed, or with nil that it has not.
func (s *server) note(path string, err error) {
	defer s.changed()
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.folders[path]
	switch {
	case f == nil:
	case err == nil:
		f.failure = ""
	default:
		f.failure = err.Error()
	}
}

// index makes the engine's folders what the client wants, for one path: whatever goes on there is cancelled
// and awaited first. Which of several runs comes last does not matter: each does what is wanted by then.
func (s *server) index(path string) { s.indexFor(nil, path) }

// indexFor is index that a request asks for, if it is not nil.
func (s *server) indexFor(a *asked, path string) {
	done := s.busy(path)
	s.backgroundFor(a, "index "+path, func(ctx context.Context) error {
		defer done()
		err := s.indexers.Replace(ctx, path, func(ctx context.Context) error {
			if name, ok := s.name(path); ok {
				return s.refreshUntilDone(ctx, path, name, done)
			}
			return s.leave(path)
		})
		if errors.Is(err, tasks.ErrSuperseded) || errors.Is(err, errIndexingCancelled) || errors.Is(err, errStopping) {
			indexing.LogOf(ctx, s.log).Info("indexing was cancelled", zap.String("folder", path), zap.Error(err))
			return nil
		}
		return err
	})
}

// busy notes that a folder is about to be indexed, until done is called, once or more. The engine knows no
// such state: to it a folder is ready as soon as it is open.
func (s *server) busy(path string) (done func()) {
	defer s.changed()
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.folders[path]
	if f == nil {
		return func() {}
	}
	f.runs++
	return sync.OnceFunc(func() {
		defer s.changed()
		s.mu.Lock()
		defer s.mu.Unlock()
		f.runs--
	})
}

// refreshUntilDone is refresh, again after a pause where it failed: a model that was down comes back, and
// nobody should have to restart the server for it.
func (s *server) refreshUntilDone(ctx context.Context, path, name string, done func()) error {
	again := false
	return s.untilDone(ctx, "index "+path, func(ctx context.Context) error {
		if again {
			done = s.busy(path)
		}
		again = true
		defer done()
		return s.refresh(ctx, path, name, done)
	})
}

// untilDone does something again, after pauses, until it succeeds, ctx ends or there is no use in it.
func (s *server) untilDone(ctx context.Context, doing string, do func(ctx context.Context) error) error {
	for pause := cmp.Or(s.cfg.RetryAfter, retryAfter); ; pause = min(2*pause, retryAfterMost) {
		err := do(ctx)
		if err == nil || ctx.Err() != nil || errors.Is(err, indexing.ErrNotFolder) || isPanic(err) {
			return err
		}
		log := indexing.LogOf(ctx, s.log)
		log.Warn("failed, and is tried again", zap.String("doing", doing), zap.Duration("after", pause), zap.Error(err))
		if err := tasks.Sleep(ctx, pause); err != nil {
			return err
		}
	}
}

// The first and the longest pause between tries: a model that was switched off need not be asked more than
// every few minutes.
const (
	retryAfter     = 5 * time.Second
	retryAfterMost = 5 * time.Minute
)

func isPanic(err error) bool {
	_, ok := errors.AsType[*tasks.PanicError](err)
	return ok
}

// refresh opens a folder if it is not open and, unless it is paused, brings its index up to date. It calls done when that is
// over, which is before the client has been shown the end of it.
func (s *server) refresh(ctx context.Context, path, name string, done func()) error {
	s.note(path, nil)
	e, unuse := s.use()
	defer unuse()
	err := s.open(ctx, e, path)
	s.triedToOpen(path)
	if err == nil && s.isPaused(path) {
		done()
		return nil
	}
	if err == nil {
		err = s.withProgress(ctx, name, path, func(ctx context.Context, p *progress) error {
			err := tasks.Catch(func() error { return e.Refresh(ctx, path, p.report) })
			defer done()
			if err == nil || ctx.Err() == nil {
				s.note(path, err)
			}
			return err
		})
	} else {
		defer done()
		if ctx.Err() == nil {
			s.note(path, err)
		}
	}
	return err
}

// open is called by one run for the path at a time.
func (s *server) open(ctx context.Context, e *served, path string) error {
	if !s.isOpen(e, path) {
		if err := e.Open(ctx, path); err != nil {
			return err
		}
		s.setOpen(e, path, true)
		s.changed()
	}
	s.watch(path)
	return nil
}

// leave drops a folder from this session. What is on disk stays for the next one.
func (s *server) leave(path string) error {
	defer s.changed()
	s.unwatch(path)
	e, done := s.use()
	defer done()
	if !s.isOpen(e, path) {
		return nil
	}
	s.setOpen(e, path, false)
	err := e.Close(path)
	for _, around := range s.wanted() { // which left to it what is in it
		if _, ok := inside(around, path); ok {
			s.index(around)
		}
	}
	return err
}
