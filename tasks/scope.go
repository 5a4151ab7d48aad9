package tasks

import (
	"context"
	"time"
)

// MoveOnAfter is [Run] with a bound: after d the group is cancelled, and being interrupted by that is no
// error. moved tells whether the deadline interrupted the work: work that ends at the same instant, or late
// but whole, has not been moved on from. With moved true and an error, both happened. A d of zero or less
// cuts at the first wait.
func MoveOnAfter(ctx context.Context, d time.Duration, body func(ctx context.Context, g *Group) error) (moved bool, err error) {
	g := newDeadlineGroup(ctx, d)
	g.host(body)
	moved, err = g.verdict()
	if moved && err == error(g.late) {
		return true, nil
	}
	return moved, err
}

// FailAfter is [Run] with a bound: if after d the work has to be interrupted, and nothing else went wrong,
// the error matches [context.DeadlineExceeded] and not [context.Canceled].
func FailAfter(ctx context.Context, d time.Duration, body func(ctx context.Context, g *Group) error) error {
	return newDeadlineGroup(ctx, d).run(body)
}

// Shield is [FailAfter] out of reach of ctx: neither its cancellation nor its deadline gets in, its values
// do. It is for the little that must still be done when everything else stops, and d bounds it.
func Shield(ctx context.Context, d time.Duration, body func(ctx context.Context, g *Group) error) error {
	return FailAfter(context.WithoutCancel(ctx), d, body)
}

// SetDeadline gives the group a deadline, moves the one it has (also that of MoveOnAfter, FailAfter or
// Shield), or with the zero time removes it. If it passes and interrupts the work, the group ends as
// MoveOnAfter, FailAfter and Shield say; Run ends as FailAfter does. A time that has passed cuts at once.
// It bounds this group and what is below: the deadlines of enclosing scopes hold as before. On a group that
// is cancelled or has ended it does nothing.
func (g *Group) SetDeadline(t time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.running == 0 || g.isDone() {
		return
	}
	if t.IsZero() {
		g.setDeadline(nil)
		return
	}
	g.setDeadline(&deadlineError{at: t})
}

func newDeadlineGroup(outer context.Context, d time.Duration) *Group {
	g := newGroup(outer)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.setDeadline(&deadlineError{at: time.Now().Add(d), after: d, relative: true})
	return g
}

// setDeadline replaces the deadline. It is called with mu held.
//
// context.WithDeadline would do for the cut, but it cannot be moved, and it makes ctx.Err() and the cause of
// an outer timeout look like those of this one.
func (g *Group) setDeadline(late *deadlineError) {
	if g.timer != nil {
		g.timer.Stop() // one that has fired already finds another deadline in its place
		g.timer = nil
	}
	g.late = late
	if late == nil {
		return
	}
	if d := time.Until(late.at); d > 0 {
		g.timer = time.AfterFunc(d, func() { g.expire(late) })
	} else {
		g.cancel(late)
	}
}

func (g *Group) expire(late *deadlineError) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.late == late {
		g.cancel(late)
	}
}

// isLate tells whether the group was cancelled by its own deadline. It is called with mu held.
func (g *Group) isLate() bool { return g.late != nil && context.Cause(g.inner) == error(g.late) }

// context is what body and tasks see: inner, and a deadline that can be moved.
func (g *Group) context() context.Context { return (*groupContext)(g) }

type groupContext Group

// Deadline is the nearest of all enclosing ones, as it stands now.
func (c *groupContext) Deadline() (time.Time, bool) {
	nearest, ok := c.outer.Deadline()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.late != nil && (!ok || c.late.at.Before(nearest)) {
		return c.late.at, true
	}
	return nearest, ok
}

func (c *groupContext) Done() <-chan struct{} { return c.inner.Done() }
func (c *groupContext) Err() error            { return c.inner.Err() }
func (c *groupContext) Value(key any) any     { return c.inner.Value(key) }

// deadlineError is one deadline of one scope: its address tells it from every other.
type deadlineError struct {
	at       time.Time
	after    time.Duration
	relative bool // after was asked for, and is what to tell
}

func (e *deadlineError) Error() string {
	if e.relative {
		return "not done within " + e.after.String()
	}
	return "not done by " + e.at.Format(time.TimeOnly)
}

func (e *deadlineError) Unwrap() error { return context.DeadlineExceeded }
