package tasks

import (
	"container/list"
	"context"
	"errors"
	"sync"
)

// Priority says who goes first at a [Limiter].
type Priority uint8

const (
	// Background work waits for interactive work and never holds more than its share of the tokens.
	Background Priority = iota
	// Interactive work is what somebody waits for in front of a screen.
	Interactive
)

// Limiter lends tokens: at most total at a time, at most background of them to [Background] work. Waiters
// of one priority are served in the order they came, and Interactive ones before Background ones. Safe for
// concurrent use.
type Limiter struct {
	mu      sync.Mutex
	total   int                        // guarded by mu
	share   int                        // guarded by mu: of Background
	held    [Interactive + 1]int       // guarded by mu: tokens lent, by priority
	waiting [Interactive + 1]list.List // guarded by mu: of *waiter, oldest first
}

// waiter is somebody in the queue. Its token is booked before it is woken, so that nobody can take it in
// between.
type waiter struct {
	granted bool // guarded by Limiter.mu
	wake    chan struct{}
}

// holding marks the context of work that holds a token of a Limiter.
type holding struct{ l *Limiter }

// errNested is returned by Do inside Do of the same Limiter.
var errNested = errors.New("tasks: Limiter.Do inside Limiter.Do of the same limiter, which may wait for the token that it holds: do one after the other")

// NewLimiter returns a Limiter of total tokens, of which Background work gets at most background. Negative
// numbers count as 0; with 0 tokens everybody waits.
func NewLimiter(total, background int) *Limiter {
	return &Limiter{total: max(total, 0), share: max(background, 0)}
}

// Do waits for a token, calls fn and gives the token back, also on panic. fn's context is ctx, marked as
// holding the token: Do with it on the same Limiter is an error instead of a deadlock. If ctx is done
// before fn is called, Do leaves the queue and returns an error that matches ctx.Err() and its cause.
// Otherwise it returns fn's error.
func (l *Limiter) Do(ctx context.Context, p Priority, fn func(ctx context.Context) error) error {
	p = min(p, Interactive)
	if err := l.borrow(ctx, p); err != nil {
		return err
	}
	defer l.release(p)
	return fn(context.WithValue(ctx, holding{l}, true))
}

// Resize changes how many tokens there are and how many of them Background work gets. Tokens that are lent
// stay lent: where there are more of them than now allowed, none is lent until enough have come back. With
// more tokens, waiters get them at once. A total of 0 pauses, and math.MaxInt is no limit.
func (l *Limiter) Resize(total, background int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.total, l.share = max(total, 0), max(background, 0)
	l.lend()
}

// Stats returns how many tokens are lent and how many wait for one.
func (l *Limiter) Stats() (held, waiting int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.held[Interactive] + l.held[Background], l.waiting[Interactive].Len() + l.waiting[Background].Len()
}

// Abandon calls fn, which cannot be cancelled (a read of a pipe or of a network drive), under a token of l
// at priority p, and leaves it behind when ctx ends first: the error then matches ctx.Err() and its cause,
// fn runs on, and what it returns is dropped, also a panic. It keeps its token until it ends, so calls that
// are stuck cannot pile up beyond what l lends. A nil l limits nothing. If ctx is done before fn has a
// token, fn is not called. A panic of fn that somebody still waits for is a [*PanicError].
//
// fn outlives the scope of its caller, the one thing here that may: it must not touch what the caller owns,
// and not ask l for a token, which nobody could notice.
func Abandon[T any](ctx context.Context, l *Limiter, p Priority, fn func() (T, error)) (T, error) {
	var none T
	p = min(p, Interactive)
	if l == nil {
		if ctx.Err() != nil {
			return none, interrupted(ctx)
		}
	} else if err := l.borrow(ctx, p); err != nil {
		return none, err
	}
	type outcome struct {
		value T
		err   error
	}
	done := make(chan outcome, 1)
	go func() {
		out := outcome{err: errGoexit}
		defer func() {
			if l != nil {
				l.release(p)
			}
			done <- out
		}()
		out.err = Catch(func() (err error) {
			out.value, err = fn()
			return err
		})
	}()
	select {
	case out := <-done:
		return out.value, out.err
	case <-ctx.Done():
	}
	select {
	case out := <-done: // both at once: nothing that has come is dropped
		return out.value, out.err
	default:
		return none, interrupted(ctx)
	}
}

// doOrJustCall is Do, or without a Limiter a call.
func (l *Limiter) doOrJustCall(ctx context.Context, p Priority, fn func(ctx context.Context) error) error {
	if l == nil {
		return fn(ctx)
	}
	return l.Do(ctx, p, fn)
}

// borrow is acquire for a ctx that may hold a token already.
func (l *Limiter) borrow(ctx context.Context, p Priority) error {
	if ctx.Value(holding{l}) != nil {
		return errNested
	}
	return l.acquire(ctx, p)
}

func (l *Limiter) acquire(ctx context.Context, p Priority) error {
	if ctx.Err() != nil {
		return interrupted(ctx)
	}
	l.mu.Lock()
	if l.waiting[p].Len() == 0 && l.free(p) {
		l.held[p]++
		l.mu.Unlock()
		return nil
	}
	w := &waiter{wake: make(chan struct{})}
	place := l.waiting[p].PushBack(w)
	l.mu.Unlock()

	select {
	case <-w.wake:
	case <-ctx.Done():
	}
	if ctx.Err() == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if w.granted {
		l.held[p]-- // came too late: passed on
	} else {
		l.waiting[p].Remove(place)
	}
	l.lend()
	return interrupted(ctx)
}

func (l *Limiter) release(p Priority) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.held[p]--
	l.lend()
}

// lend gives out what can be given out. It is called with mu held, after every change that may free a
// token; so whenever mu is free, whoever waits has to.
func (l *Limiter) lend() {
	for _, p := range [...]Priority{Interactive, Background} {
		for l.waiting[p].Len() > 0 && l.free(p) {
			w := l.waiting[p].Remove(l.waiting[p].Front()).(*waiter)
			l.held[p]++
			w.granted = true
			close(w.wake)
		}
	}
}

// free tells whether p may have a token now, the queue aside. It is called with mu held.
func (l *Limiter) free(p Priority) bool {
	if l.held[Interactive]+l.held[Background] >= l.total {
		return false
	}
	return p == Interactive || l.held[Background] < l.share
}
