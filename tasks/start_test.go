package tasks_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/semantic-ls/semantic-ls/tasks"
)

func TestStart(t *testing.T) {
	t.Run("R01", func(t *testing.T) { // start returns the value given to started
		synctest.Test(t, func(t *testing.T) {
			var ended atomic.Bool
			err := tasks.Run(t.Context(), func(ctx context.Context, g *tasks.Group) error {
				begin := time.Now()
				port, err := tasks.Start(ctx, g, func(ctx context.Context, ready func(int)) error {
					_ = tasks.Sleep(ctx, time.Second)
					ready(8080)
					defer ended.Store(true)
					return tasks.Sleep(ctx, time.Hour)
				})
				if port != 8080 || err != nil || time.Since(begin) != time.Second || ended.Load() {
					t.Errorf("got %d, %v after %v", port, err, time.Since(begin))
				}
				return nil
			})
			wantNil(t, err)
			if !ended.Load() {
				t.Error("the group did not await the task")
			}
		})
	})
	t.Run("R02", func(t *testing.T) { // failure before started: to the caller only, group lives
		err := tasks.Run(t.Context(), func(ctx context.Context, g *tasks.Group) error {
			_, err := tasks.Start(ctx, g, func(context.Context, func(int)) error { return errA })
			if err != errA || ctx.Err() != nil {
				t.Errorf("got %v, the group: %v", err, ctx.Err())
			}
			_, err = tasks.Start(ctx, g, func(context.Context, func(int)) error { panic(errB) })
			var panicked *tasks.PanicError
			if !errors.As(err, &panicked) || ctx.Err() != nil {
				t.Errorf("got %v, the group: %v", err, ctx.Err())
			}
			return nil
		})
		wantNil(t, err)
	})
	t.Run("R03", func(t *testing.T) { // failure after started: to the group
		err := tasks.Run(t.Context(), func(ctx context.Context, g *tasks.Group) error {
			port, err := tasks.Start(ctx, g, func(_ context.Context, ready func(int)) error { ready(1); return errA })
			if port != 1 || err != nil {
				t.Errorf("got %d, %v", port, err)
			}
			return park(ctx)
		})
		if err != errA {
			t.Errorf("got %v", err)
		}
	})
	t.Run("R04", func(t *testing.T) { // task ends without started: error; started twice: panic
		err := tasks.Run(t.Context(), func(ctx context.Context, g *tasks.Group) error {
			_, err := tasks.Start(ctx, g, func(context.Context, func(int)) error { return nil })
			if err == nil || err.Error() != "tasks: a task ended without calling ready" || ctx.Err() != nil {
				t.Errorf("got %v, the group: %v", err, ctx.Err())
			}
			return nil
		})
		wantNil(t, err)
		err = tasks.Run(t.Context(), func(ctx context.Context, g *tasks.Group) error {
			_, err := tasks.Start(ctx, g, func(_ context.Context, ready func(int)) error { ready(1); ready(2); return nil })
			wantNil(t, err)
			return nil
		})
		var panicked *tasks.PanicError
		if !errors.As(err, &panicked) || panicked.Value != "tasks: ready called twice" {
			t.Errorf("got %v", err)
		}
	})
	t.Run("R05", func(t *testing.T) { // caller cancelled meanwhile: task cancelled and awaited, group lives
		synctest.Test(t, func(t *testing.T) {
			err := tasks.Run(t.Context(), func(ctx context.Context, g *tasks.Group) error {
				begin := time.Now()
				var cause error
				inner := tasks.FailAfter(ctx, time.Second, func(ctx context.Context, _ *tasks.Group) error {
					v, err := tasks.Start(ctx, g, func(ctx context.Context, ready func(int)) error {
						err := park(ctx)
						cause = context.Cause(ctx)
						time.Sleep(time.Second) // cleans up
						ready(1)                // too late, and harmless
						ready(2)
						return err
					})
					if v != 0 || time.Since(begin) != 2*time.Second {
						t.Errorf("got %d after %v", v, time.Since(begin))
					}
					return err
				})
				want(t, inner, context.DeadlineExceeded)
				want(t, cause, context.DeadlineExceeded)

				done, cancel := context.WithCancelCause(ctx)
				cancel(errA)
				for _, fail := range []func() error{func() error { return errB }, func() error { panic(errB) }} {
					_, err := tasks.Start(done, g, func(ctx context.Context, _ func(int)) error { _ = park(ctx); return fail() })
					want(t, err, context.Canceled, errA, errB)
				}
				return ctx.Err()
			})
			wantNil(t, err)
		})
	})
	t.Run("R06", func(t *testing.T) { // group cancelled or a sibling fails meanwhile; the task's shield holds
		synctest.Test(t, func(t *testing.T) {
			var shielded atomic.Bool
			err := tasks.Run(t.Context(), func(ctx context.Context, g *tasks.Group) error {
				g.Go(func(ctx context.Context) error { _ = tasks.Sleep(ctx, time.Second); return errA })
				begin := time.Now()
				_, err := tasks.Start(ctx, g, func(ctx context.Context, _ func(int)) error {
					err := tasks.Shield(ctx, time.Hour, func(ctx context.Context, _ *tasks.Group) error {
						defer shielded.Store(true)
						return tasks.Sleep(ctx, time.Minute)
					})
					return errors.Join(err, ctx.Err())
				})
				want(t, err, context.Canceled)
				if time.Since(begin) != time.Minute {
					t.Errorf("returned after %v", time.Since(begin))
				}
				return err
			})
			if err != errA || !shielded.Load() {
				t.Errorf("got %v, shielded work whole: %v", err, shielded.Load())
			}

			// Cancelled from outside the caller's scope: the caller gets the group's reason.
			err = tasks.Run(t.Context(), func(ctx context.Context, g *tasks.Group) error {
				outer := ctx
				return tasks.Run(ctx, func(ctx context.Context, inner *tasks.Group) error {
					inner.Go(func(context.Context) error { inner.Cancel(errB); return nil })
					_, err := tasks.Start(outer, inner, func(ctx context.Context, _ func(int)) error { return park(ctx) })
					want(t, err, context.Canceled, errB)
					return nil
				})
			})
			if err != errB {
				t.Errorf("got %v", err)
			}
		})
	})
}
