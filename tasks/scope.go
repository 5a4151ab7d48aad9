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
	err = g.run(body)
	return g.timedOut(), err
}

// FailAfter is [Run] with a bound: if after d the work has to be interrupted, and nothing else went wrong,
// the error matches [context.DeadlineExceeded] and not [context.Canceled].
func FailAfter(ctx context.Context, d time.Duration, body func(ctx context.Context, g *Group) error) error {
	g := newDeadlineGroup(ctx, d)
	err := g.run(body)
	if err == nil && g.timedOut() {
		return g.late
	}
	return err
}

// Shield is [FailAfter] out of reach of ctx: neither its cancellation nor its deadline gets in, its values
// do. It is for the little that must still be done when everything else stops, and d bounds it.
func Shield(ctx context.Context, d time.Duration, body func(ctx context.Context, g *Group) error) error {
	return FailAfter(context.WithoutCancel(ctx), d, body)
}

func newDeadlineGroup(outer context.Context, d time.Duration) *Group {
	g := newGroup(outer)
	g.late = &deadlineError{after: d}
	deadline := time.Now().Add(d)
	if nearer, ok := outer.Deadline(); ok && nearer.Before(deadline) {
		deadline = nearer
	}
	g.ctx = &deadlineContext{Context: g.ctx, deadline: deadline}
	if d <= 0 {
		g.cancel(g.late)
		return g
	}
	// context.WithTimeout would do for the cut, but then ctx.Err() and the cause of an outer timeout look
	// alike, and a deadline could never be moved.
	g.timer = time.AfterFunc(d, func() { g.cancel(g.late) })
	return g
}

// deadlineContext tells the nearest of all enclosing deadlines; the cut itself is the Group's timer.
type deadlineContext struct {
	context.Context
	deadline time.Time
}

func (c *deadlineContext) Deadline() (time.Time, bool) { return c.deadline, true }

// deadlineError is one scope's deadline: its address tells that scope from every other.
type deadlineError struct{ after time.Duration }

func (e *deadlineError) Error() string { return "not done within " + e.after.String() }
func (e *deadlineError) Unwrap() error { return context.DeadlineExceeded }
