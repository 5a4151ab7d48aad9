package tasks

import (
	"context"
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
	cancelled bool // guarded by mu: Cancel, not the group, ended ctx
}

// Wait returns when the task has ended, with the task's error; if the task was interrupted, that error
// matches the cause too. If ctx is done, now or first, it returns an error that matches ctx.Err() and its
// cause, and the task goes on.
func (t *Task) Wait(ctx context.Context) error {
	if ctx.Err() != nil {
		return interrupted(ctx)
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
	t.group.report(err)
	t.cancel(nil)
	close(t.done)
	t.group.exit()
}

func (t *Task) wasCancelled() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.cancelled
}
