package indexing

import "sync"

// turns lets one caller at a time work on what a name stands for, and callers of
// different names side by side. Safe for concurrent use; the zero value is ready.
type turns struct {
	mu sync.Mutex
	of map[string]*turn // guarded by mu: those that somebody has or waits for
}

type turn struct {
	taken chan struct{} // capacity 1: full while somebody has it
	users int           // guarded by turns.mu: who has it or waits for it
}

// take waits for the turn of name until done, which may be nil, is closed. Unless ok
// is false, the caller gives it back.
func (t *turns) take(done <-chan struct{}, name string) (give func(), ok bool) {
	t.mu.Lock()
	mine := t.of[name]
	if mine == nil {
		if t.of == nil {
			t.of = map[string]*turn{}
		}
		mine = &turn{taken: make(chan struct{}, 1)}
		t.of[name] = mine
	}
	mine.users++
	t.mu.Unlock()
	leave := func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if mine.users--; mine.users == 0 {
			delete(t.of, name)
		}
	}
	select {
	case mine.taken <- struct{}{}:
	case <-done:
		leave()
		return nil, false
	}
	select {
	case <-done: // both at once
		<-mine.taken
		leave()
		return nil, false
	default:
	}
	return func() {
		<-mine.taken
		leave()
	}, true
}
