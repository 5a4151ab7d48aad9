package lsp

import "sync"

// gate counts the messages that are being handled, so that the life can wait for them and so that none
// starts something in a life that has ended. Safe for concurrent use.
type gate struct {
	empty chan struct{} // closed when the gate is closed and everybody has left

	mu     sync.Mutex
	inside int  // guarded by mu
	closed bool // guarded by mu
}

func newGate() *gate { return &gate{empty: make(chan struct{})} }

// enter returns false if the gate is closed; otherwise the caller must leave.
func (g *gate) enter() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return false
	}
	g.inside++
	return true
}

func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inside--
	g.settle()
}

// close lets nobody in any more. Closing twice is harmless.
func (g *gate) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.closed {
		g.closed = true
		g.settle()
	}
}

func (g *gate) settle() {
	if g.closed && g.inside == 0 {
		close(g.empty)
	}
}
