package tasks

import (
	"context"
	"io"
	"time"
)

// Sleep returns nil after d, or an error that matches ctx.Err() and context.Cause(ctx) as soon as ctx is
// done. A d of zero or less only looks at ctx.
func Sleep(ctx context.Context, d time.Duration) error {
	if ctx.Err() != nil {
		return interrupted(ctx)
	}
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return interrupted(ctx)
	}
}

// Send sends v on ch, or returns an error that matches ctx.Err() and context.Cause(ctx) as soon as ctx is
// done; if it is done at the start, nothing is sent, even to a ready receiver. Only the sender closes ch.
func Send[T any](ctx context.Context, ch chan<- T, v T) error {
	if ctx.Err() != nil {
		return interrupted(ctx)
	}
	select {
	case ch <- v:
		return nil
	case <-ctx.Done():
		return interrupted(ctx)
	}
}

// Receive returns the next value of ch, [io.EOF] once ch is closed and drained, or an error that matches
// ctx.Err() and context.Cause(ctx) as soon as ctx is done; if it is done at the start, nothing is taken. A
// value is never lost: one that was not returned is still in ch.
//
// A channel that is closed and never sent on is an event: it stays set, and Receive waits for it.
func Receive[T any](ctx context.Context, ch <-chan T) (T, error) {
	var none T
	if ctx.Err() != nil {
		return none, interrupted(ctx)
	}
	select {
	case v, ok := <-ch:
		if !ok {
			return none, io.EOF
		}
		return v, nil
	case <-ctx.Done():
		return none, interrupted(ctx)
	}
}
