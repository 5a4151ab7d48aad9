package lsp

import (
	"context"
	"sync"
	"time"

	"github.com/semantic-ls/semantic-ls/tasks"
)

// quiet is how long after the last keystroke or request somebody still counts as there: pauses between words
// are shorter, the question that follows should find its core free, and so should the editor that reads the answer.
const quiet = time.Second

// Presence lends the last core to indexing while nobody is there, and takes it back for as long as a request
// is open, somebody types, or did so a moment ago. Work that runs cannot be preempted, so a core is free as
// soon as the unit of work on it has ended, some milliseconds later. All sessions of a process share one
// Presence. Safe for concurrent use; a nil one does nothing.
type Presence struct {
	limiter *tasks.Limiter
	cores   int

	mu      sync.Mutex
	present int // guarded by mu: requests open, and sessions in which somebody is active
}

// NewPresence takes charge of the limiter that lends the cores: from now on nobody else resizes it. With one
// core there is none to take back.
func NewPresence(limiter *tasks.Limiter, cores int) *Presence {
	p := &Presence{limiter: limiter, cores: cores}
	p.limiter.Resize(cores, cores)
	return p
}

func (p *Presence) enter() { p.add(1) }
func (p *Presence) leave() { p.add(-1) }

func (p *Presence) add(n int) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	was := p.present > 0
	p.present += n
	switch is := p.present > 0; {
	case is && !was:
		p.limiter.Resize(p.cores, max(1, p.cores-1))
	case was && !is:
		p.limiter.Resize(p.cores, p.cores)
	}
}

// activity lasts from the first keystroke or request until it has been quiet for a moment.
type activity struct {
	mu     sync.Mutex
	last   time.Time // guarded by mu
	active bool      // guarded by mu
}

// present is called for every edit and every request, but for the status.
func (s *server) present() {
	if s.cfg.Presence == nil {
		return
	}
	t := &s.activity
	t.mu.Lock()
	t.last = time.Now()
	started := !t.active
	t.active = true
	t.mu.Unlock()
	if !started {
		return
	}
	s.cfg.Presence.enter()
	s.background("wait until nobody is there", func(ctx context.Context) error {
		defer s.cfg.Presence.leave()
		for !t.over() {
			if err := tasks.Sleep(ctx, quiet/4); err != nil {
				return nil
			}
		}
		return nil
	})
}

// over reports whether it has been quiet for long enough; then the next keystroke starts anew.
func (t *activity) over() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.active = time.Since(t.last) < quiet
	return !t.active
}
