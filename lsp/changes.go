package lsp

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/semantic-ls/semantic-ls/tasks"
)

// settle is how long a file must have been left alone before it is indexed again: formatters that run on
// save write the file a second time within some 50 ms. It is also how long files are collected that change together, as
// thousands do when a branch is switched: then they are one update, not thousands.
const settle = 100 * time.Millisecond

// unsettledMost is how long a file that is not left alone is waited for: some are written to all day.
const unsettledMost = time.Second

// change is when a file has changed, first and last.
type change struct{ first, last time.Time }

// saved indexes files again once they have settled; bursts are folded. Whoever says that they have changed, the editor, its
// watcher or ours, may say so again meanwhile.
func (s *server) saved(paths ...string) {
	if len(paths) == 0 {
		return
	}
	now := time.Now()
	s.mu.Lock()
	for _, path := range paths {
		c, known := s.unsettled[path]
		if c.last = now; !known {
			c.first = now
		}
		s.unsettled[path] = c
	}
	begin := !s.settling
	s.settling = true
	s.mu.Unlock()
	if begin {
		s.background("index what has changed", s.indexChanged)
	}
}

// indexChanged indexes what has settled, until nothing is left that has not.
func (s *server) indexChanged(ctx context.Context) error {
	for {
		if err := tasks.Sleep(ctx, settle); err != nil {
			return err
		}
		alone, together, more := s.settled(time.Now())
		for _, path := range alone {
			s.indexAlone(path)
		}
		if len(together) > 0 {
			s.indexTogether(together)
		}
		if !more {
			return nil
		}
	}
}

// settled takes the files that have been left alone: those to be indexed each alone, since somebody is doing so already whose
// place is taken, and those to be indexed together. One that is among others at work waits for these. more tells that files
// are left; else this was the caller's last time.
func (s *server) settled(now time.Time) (alone, together []string, more bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for path, changed := range s.unsettled {
		n := s.indexed[path]
		switch {
		case now.Sub(changed.last) < settle && now.Sub(changed.first) < unsettledMost || n < 0:
			continue
		case n > 0:
			alone = append(alone, path)
		default:
			together = append(together, path)
		}
		delete(s.unsettled, path)
	}
	if len(together) == 1 {
		alone, together = append(alone, together...), nil
	}
	for _, path := range alone {
		s.indexed[path]++
	}
	for _, path := range together {
		s.indexed[path] = -1
	}
	s.settling = len(s.unsettled) > 0
	return alone, together, s.settling
}

// indexAlone indexes one file now, in the place of whoever still does so, or tries to.
func (s *server) indexAlone(path string) {
	s.background("update "+path, func(ctx context.Context) error {
		defer s.landed(path)
		err := s.saves.Replace(ctx, path, func(ctx context.Context) error { return s.indexNow(ctx, path) })
		if errors.Is(err, tasks.ErrSuperseded) {
			return nil
		}
		return err
	})
}

func (s *server) indexTogether(paths []string) {
	s.background(fmt.Sprintf("update %d files", len(paths)), func(ctx context.Context) error {
		defer s.landed(paths...)
		return s.indexNow(ctx, paths...)
	})
}

// landed notes that somebody who indexed files has ended.
func (s *server) landed(paths ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, path := range paths {
		if n := s.indexed[path]; n > 1 {
			s.indexed[path] = n - 1
		} else {
			delete(s.indexed, path)
		}
	}
}

// indexNow indexes files again, and tries until that succeeds: a model that is down comes back.
func (s *server) indexNow(ctx context.Context, paths ...string) error {
	err := s.untilDone(ctx, "update", func(ctx context.Context) error {
		defer s.changed()
		e, done := s.use()
		defer done()
		return tasks.Catch(func() error { return e.Update(ctx, paths...) })
	})
	if ctx.Err() != nil {
		return err
	}
	s.forget(paths) // also if it failed for good: the files count
	s.changed()
	return err
}

// forget drops what closed documents were saved as, which the index has now, but for files that have changed since.
func (s *server) forget(paths []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, path := range paths {
		if _, again := s.unsettled[path]; !again {
			s.session.Forget(path)
		}
	}
}
