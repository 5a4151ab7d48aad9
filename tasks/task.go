package tasks

import (
	"context"
	"errors"
	"sync"
)

// Task is one function running in a [Group]. Its methods are safe for concurrent use, also after the group
// has ended.
type Task struct {
	group  *Group
	ctx    context.Context
	cancel context.CancelCauseFunc
	done   chan struct{} // closed when fn has ended and the group knows
	err    error         // readable once done is closed

	mu        sync.Mutex
	cancelled bool  // guarded by mu: Cancel, not the group, ended ctx
	start     start // guarded by mu
}

// start is how far a task is that [Start] has made.
type start uint8

const (
	started   start = iota // or made by Go: what it reports is for the group
	starting               // what it reports is for the caller of Start
	abandoned              // the same, though the caller was cancelled and only awaits the end
)

var errNotReady = errors.New("tasks: a task ended without calling ready")

// Start starts fn as a task of g and returns the value that fn passes to ready: a server that listens, a
// connection that stands. Until then fn's failure is the caller's alone, and the group goes on; it is an error,
// too, to end without ready. From then on the task is like any other of g. If ctx is done before ready is
// called, the task is cancelled and awaited, and the error matches ctx.Err() and its cause, and what went
// wrong in the task besides; the group goes on. fn's context is the group's; calling ready twice panics, and after the caller has gone it does
// nothing.
func Start[V any](ctx context.Context, g *Group, fn func(ctx context.Context, ready func(V)) error) (V, error) {
	var value, none V
	up := make(chan struct{})
	t := g.newTask()
	t.start = starting
	ready := func(v V) {
		t.mu.Lock()
		defer t.mu.Unlock()
		switch t.start {
		case started:
			panic("tasks: ready called twice")
		case starting:
			t.start = started
			value = v
			close(up)
		}
	}
	go t.run(func(ctx context.Context) error {
		if err := fn(ctx, ready); err != nil {
			return err
		}
		if t.stage() == starting {
			return errNotReady
		}
		return nil
	})
	select {
	case <-up:
		return value, nil
	case <-t.done:
	case <-ctx.Done():
		cause := context.Cause(ctx)
		if t.abandon(cause) {
			<-t.done
			// What goes wrong while the task cleans up is nobody else's to tell.
			if rest, _ := strip(t.err, cause, context.Cause(t.ctx)); rest != nil {
				return none, errors.Join(interrupted(ctx), rest)
			}
			return none, interrupted(ctx)
		}
	}
	if t.stage() == started {
		return value, nil
	}
	return none, t.err
}

func (t *Task) stage() start {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.start
}

// abandon cancels the task unless it has started.
func (t *Task) abandon(cause error) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.start == started {
		return false
	}
	t.start = abandoned
	t.cancel(cause)
	return true
}

// running marks the context of a task.
type running struct{ t *Task }

// errSelf is returned by Wait in the task that is waited for.
var errSelf = errors.New("tasks: Task.Wait inside the task that it waits for, which would never end: wait for it elsewhere")

// Wait returns when the task has ended, with the task's error; if the task was interrupted, that error
// matches the cause too. If ctx is done, now or first, it returns an error that matches ctx.Err() and its
// cause, and the task goes on. With the context of the task itself, or one derived from it, it is an error.
func (t *Task) Wait(ctx context.Context) error {
	if ctx.Err() != nil {
		return interrupted(ctx)
	}
	if ctx.Value(running{t}) != nil {
		return errSelf
	}
	select {
	case <-t.done:
		return t.err
	case <-ctx.Done():
		return interrupted(ctx)
	}
}

// Cancel ends this task alone; nil stands for [context.Canceled]. Being interrupted by it is no failure:
// the group goes on and reports nothing, while Wait tells. Any other error of the task counts as ever.
// Cancelling twice, or after the group, does nothing.
func (t *Task) Cancel(cause error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ctx.Err() == nil {
		t.cancelled = true
		t.cancel(cause)
	}
}

func (t *Task) run(fn func(ctx context.Context) error) {
	err := errGoexit
	returned := false
	defer func() {
		if !returned {
			if v := recover(); v != nil {
				err = panicError(v)
			}
		}
		t.end(err)
	}()
	err = fn(t.ctx)
	returned = true
}

// end reports to the group before it wakes those that wait for the task: what they make of the task's
// error is then an echo of it.
func (t *Task) end(err error) {
	t.err = err
	if err != nil && t.ctx.Err() != nil {
		cause := context.Cause(t.ctx)
		rest, _ := strip(err, cause)
		if rest == nil {
			t.err = withCause(err, cause)
		}
		if t.wasCancelled() {
			err = rest
		}
	}
	if t.stage() == started {
		t.group.report(err)
	}
	t.cancel(nil)
	close(t.done)
	t.group.exit()
}

func (t *Task) wasCancelled() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.cancelled
}
