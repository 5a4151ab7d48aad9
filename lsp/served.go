package lsp

import (
	"context"
	"sync"

	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

// served is an engine, the folders that it has open, and who uses it. Settings may bring another one: whoever has begun
// with the old one ends with it.
type served struct {
	Engine

	// Guarded by the server's mu.
	opened   map[string]bool // folders, by path
	users    int
	replaced bool // no user is to come
}

func newServed(e Engine) *served { return &served{Engine: e, opened: map[string]bool{}} }

// coverage is what an answer of the engine's rests on where it was not asked.
func (e *served) coverage(docs workspace.Documents) indexing.Coverage {
	c := e.Status().Coverage
	c.DirtyDocuments = len(docs.Dirty())
	return c
}

// use returns the engine that serves now. It is not let go before done is called, once or more.
func (s *server) use() (e *served, done func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e = s.engine
	e.users++
	return e, sync.OnceFunc(func() { s.unuse(e) })
}

func (s *server) unuse(e *served) {
	s.mu.Lock()
	e.users--
	over := e.replaced && e.users == 0
	s.mu.Unlock()
	if over {
		s.letGo(e)
	}
}

// replace makes next the engine that serves, unless the client wants folders that next was not tried with: then it returns
// these, and nothing has changed. A folder may come while others are opened.
func (s *server) replace(next *served, tried map[string]bool) (missing []string) {
	s.mu.Lock()
	was := s.engine
	for _, path := range s.order {
		if !tried[path] {
			missing = append(missing, path)
		}
	}
	if len(missing) > 0 {
		s.mu.Unlock()
		return missing
	}
	s.engine = next
	was.replaced = true
	over := was.users == 0
	s.mu.Unlock()
	if over {
		s.letGo(was)
	}
	return nil
}

// letGo does so beside the one who used it last, whose answer need not wait for what is written then.
func (s *server) letGo(e *served) {
	if s.cfg.Replaced == nil {
		return
	}
	s.background("let an engine go", func(context.Context) error {
		s.cfg.Replaced(e.Engine)
		return nil
	})
}

func (s *server) isOpen(e *served, path string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return e.opened[path]
}

func (s *server) setOpen(e *served, path string, open bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e.opened[path] = open
}
