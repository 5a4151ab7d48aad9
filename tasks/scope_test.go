package tasks_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/semantic-ls/semantic-ls/tasks"
)

func TestScope(t *testing.T) {
	t.Run("S01", func(t *testing.T) { // cancel before entering is honoured
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errA)
		calls := 0
		err := tasks.Run(ctx, func(ctx context.Context, _ *tasks.Group) error { calls++; return park(ctx) })
		want(t, err, context.Canceled, errA)
		if calls != 1 {
			t.Errorf("body was called %d times", calls)
		}
	})
	t.Run("S02", func(t *testing.T) { // cancel twice: first reason stays; a scope already left: nothing
		var left *tasks.Group
		err := tasks.Run(t.Context(), func(ctx context.Context, g *tasks.Group) error {
			left = g
			g.Cancel(errA)
			g.Cancel(errB)
			want(t, context.Cause(ctx), errA)
			return park(ctx)
		})
		if err != errA {
			t.Errorf("got %v", err)
		}
		left.Cancel(errB)
	})
	t.Run("S04", func(t *testing.T) { // cancel from another task; of a child's scope spares the parent
		err := tasks.Run(t.Context(), func(ctx context.Context, _ *tasks.Group) error {
			err := tasks.Run(ctx, func(ctx context.Context, inner *tasks.Group) error {
				inner.Go(func(context.Context) error { inner.Cancel(nil); return nil })
				return park(ctx)
			})
			wantNil(t, err)
			return tasks.Sleep(ctx, 0)
		})
		wantNil(t, err)
	})
	t.Run("S05", func(t *testing.T) { // level-triggered: every later wait fails until the scope is left
		l := tasks.NewLimiter(1, 1)
		err := tasks.Run(t.Context(), func(ctx context.Context, g *tasks.Group) error {
			task := g.Go(func(context.Context) error { return nil })
			g.Cancel(nil)
			for range 3 {
				want(t, tasks.Sleep(ctx, time.Hour), context.Canceled)
				want(t, task.Wait(ctx), context.Canceled)
				want(t, l.Do(ctx, tasks.Interactive, func(context.Context) error { return nil }), context.Canceled)
			}
			return nil
		})
		wantNil(t, err)
		wantNil(t, tasks.Sleep(t.Context(), 0))
	})
	t.Run("S06", func(t *testing.T) { // cancel called but nothing interrupted: not caught
		ctx, cancel := context.WithCancelCause(t.Context())
		err := tasks.Run(ctx, func(context.Context, *tasks.Group) error { cancel(errA); return nil })
		wantNil(t, err)
	})
	t.Run("S07", func(t *testing.T) { // the reason travels to whoever is interrupted
		ctx, cancel := context.WithCancelCause(t.Context())
		err := tasks.Run(ctx, func(_ context.Context, g *tasks.Group) error {
			g.Go(func(ctx context.Context) error {
				return tasks.Run(ctx, func(ctx context.Context, _ *tasks.Group) error {
					cancel(errA)
					err := tasks.Sleep(ctx, time.Hour)
					want(t, err, context.Canceled, errA)
					return err
				})
			})
			return nil
		})
		want(t, err, errA)
	})
	t.Run("S09", func(t *testing.T) { // shield keeps outer cancellation out; can be cancelled or time out
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			time.Sleep(time.Minute)
			err := tasks.Shield(ctx, time.Minute, func(ctx context.Context, _ *tasks.Group) error {
				return tasks.Sleep(ctx, time.Second)
			})
			wantNil(t, err)
			err = tasks.Shield(ctx, time.Second, func(ctx context.Context, g *tasks.Group) error {
				g.Cancel(errA)
				return park(ctx)
			})
			if err != errA {
				t.Errorf("cancelled itself: got %v", err)
			}
			err = tasks.Shield(ctx, time.Second, func(ctx context.Context, _ *tasks.Group) error { return park(ctx) })
			want(t, err, context.DeadlineExceeded)
		})
	})
	t.Run("S12", func(t *testing.T) { // tasks of the outer group are cancelled though the host is shielded
		ctx, cancel := context.WithCancel(t.Context())
		err := tasks.Run(ctx, func(ctx context.Context, g *tasks.Group) error {
			task := g.Go(park)
			return tasks.Shield(ctx, time.Minute, func(ctx context.Context, _ *tasks.Group) error {
				cancel()
				want(t, task.Wait(ctx), context.Canceled)
				return nil
			})
		})
		want(t, err, context.Canceled)
	})
	t.Run("S13", func(t *testing.T) { // effective deadline: nearest of all enclosing; infinite in a shield
		synctest.Test(t, func(t *testing.T) {
			left := func(ctx context.Context) time.Duration {
				d, ok := ctx.Deadline()
				if !ok {
					return -1
				}
				return time.Until(d)
			}
			check := func(ctx context.Context, want time.Duration) {
				t.Helper()
				if got := left(ctx); got != want {
					t.Errorf("%v left, want %v", got, want)
				}
			}
			check(t.Context(), -1)
			err := tasks.FailAfter(t.Context(), time.Minute, func(ctx context.Context, g *tasks.Group) error {
				check(ctx, time.Minute)
				g.Go(func(ctx context.Context) error { check(ctx, time.Minute); return nil })
				_, err := tasks.MoveOnAfter(ctx, time.Hour, func(ctx context.Context, _ *tasks.Group) error {
					check(ctx, time.Minute)
					return nil
				})
				wantNil(t, err)
				_, err = tasks.MoveOnAfter(ctx, time.Second, func(ctx context.Context, _ *tasks.Group) error {
					check(ctx, time.Second)
					return tasks.Shield(ctx, time.Hour, func(ctx context.Context, _ *tasks.Group) error {
						check(ctx, time.Hour)
						return nil
					})
				})
				return err
			})
			wantNil(t, err)
		})
	})
}

func TestDeadline(t *testing.T) {
	t.Run("D01", func(t *testing.T) { // move_on_after: cut, flagged, swallowed
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			moved, err := tasks.MoveOnAfter(t.Context(), time.Second, func(ctx context.Context, _ *tasks.Group) error { return park(ctx) })
			if !moved || err != nil || time.Since(start) != time.Second {
				t.Errorf("got %v, %v after %v", moved, err, time.Since(start))
			}
		})
	})
	t.Run("D02", func(t *testing.T) { // fail_after: cut and raised
		synctest.Test(t, func(t *testing.T) {
			err := tasks.FailAfter(t.Context(), time.Second, func(ctx context.Context, _ *tasks.Group) error {
				return fmt.Errorf("embedding: %w", park(ctx))
			})
			want(t, err, context.DeadlineExceeded)
			wantNot(t, err, context.Canceled)
			if err == nil || err.Error() != "not done within 1s" {
				t.Errorf("got %v", err)
			}
		})
	})
	t.Run("D03", func(t *testing.T) { // no timeout: Run
		err := tasks.Run(t.Context(), func(ctx context.Context, _ *tasks.Group) error {
			if d, ok := ctx.Deadline(); ok {
				t.Errorf("a deadline from nowhere: %v", d)
			}
			return nil
		})
		wantNil(t, err)
	})
	t.Run("D04", func(t *testing.T) { // zero or past: cut at the first checkpoint
		for _, d := range []time.Duration{0, -time.Hour} {
			reached := false
			moved, err := tasks.MoveOnAfter(t.Context(), d, func(ctx context.Context, _ *tasks.Group) error {
				reached = true
				return tasks.Sleep(ctx, time.Hour)
			})
			if !moved || err != nil || !reached {
				t.Errorf("%v: got %v, %v, body called: %v", d, moved, err, reached)
			}
		}
	})
	t.Run("D05", func(t *testing.T) { // moved later, earlier or removed after entering; absolute deadlines
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			after := func(d time.Duration, err error, want time.Duration) {
				t.Helper()
				wantNil(t, err)
				if d != want {
					t.Errorf("ended after %v, want %v", d, want)
				}
			}
			expect := func(ctx context.Context, want time.Time) {
				t.Helper()
				child, cancel := context.WithCancel(ctx)
				defer cancel()
				for _, ctx := range []context.Context{ctx, child} {
					if at, ok := ctx.Deadline(); ok == want.IsZero() || !at.Equal(want) {
						t.Errorf("the deadline is %v, %v, want %v", at, ok, want)
					}
				}
			}
			moved, err := tasks.MoveOnAfter(t.Context(), time.Second, func(ctx context.Context, g *tasks.Group) error {
				expect(ctx, start.Add(time.Second))
				g.SetDeadline(start.Add(time.Minute))
				expect(ctx, start.Add(time.Minute))
				return park(ctx)
			})
			after(time.Since(start), err, time.Minute)
			if !moved {
				t.Error("moved later: not moved on")
			}

			start = time.Now()
			err = tasks.FailAfter(t.Context(), time.Hour, func(ctx context.Context, g *tasks.Group) error {
				g.SetDeadline(start.Add(time.Second))
				expect(ctx, start.Add(time.Second))
				return park(ctx)
			})
			want(t, err, context.DeadlineExceeded)
			after(time.Since(start), nil, time.Second)
			if text := "not done by " + start.Add(time.Second).Format(time.TimeOnly); err.Error() != text {
				t.Errorf("got %q, want %q", err, text)
			}

			start = time.Now()
			moved, err = tasks.MoveOnAfter(t.Context(), time.Second, func(ctx context.Context, g *tasks.Group) error {
				g.SetDeadline(time.Time{})
				expect(ctx, time.Time{})
				return tasks.Sleep(ctx, time.Hour)
			})
			after(time.Since(start), err, time.Hour)
			if moved {
				t.Error("removed: moved on")
			}

			// Set on a group without one, from a task; in the past it cuts at once; the first cut stays.
			start = time.Now()
			err = tasks.Run(t.Context(), func(ctx context.Context, g *tasks.Group) error {
				g.Go(func(ctx context.Context) error {
					_ = tasks.Sleep(ctx, time.Minute)
					g.SetDeadline(start)
					g.SetDeadline(start.Add(time.Hour))
					g.SetDeadline(time.Time{})
					expect(ctx, start)
					return park(ctx)
				})
				return park(ctx)
			})
			want(t, err, context.DeadlineExceeded)
			wantNot(t, err, context.Canceled)
			after(time.Since(start), nil, time.Minute)

			// The enclosing deadline holds; after the end there is nothing to move.
			start = time.Now()
			var ended *tasks.Group
			moved, err = tasks.MoveOnAfter(t.Context(), time.Second, func(ctx context.Context, _ *tasks.Group) error {
				return tasks.Run(ctx, func(ctx context.Context, inner *tasks.Group) error {
					ended = inner
					inner.SetDeadline(start.Add(time.Hour))
					expect(ctx, start.Add(time.Second))
					return park(ctx)
				})
			})
			after(time.Since(start), err, time.Second)
			if !moved {
				t.Error("the outer scope has not moved on")
			}
			ended.SetDeadline(start) // and no timer is left behind: synctest would wait for it
		})
	})
	t.Run("D06", func(t *testing.T) { // work ends in the same instant: kept unless interrupted
		for range 200 {
			synctest.Test(t, func(t *testing.T) {
				whole := false
				moved, err := tasks.MoveOnAfter(t.Context(), time.Second, func(ctx context.Context, _ *tasks.Group) error {
					err := tasks.Sleep(ctx, time.Second)
					whole = err == nil
					return err
				})
				if moved == whole || err != nil {
					t.Errorf("moved %v, whole %v, %v", moved, whole, err)
				}
			})
		}
	})
	t.Run("D07", func(t *testing.T) { // late but whole work is not a timeout
		synctest.Test(t, func(t *testing.T) {
			late := func(context.Context, *tasks.Group) error { time.Sleep(time.Minute); return nil }
			moved, err := tasks.MoveOnAfter(t.Context(), time.Second, late)
			if moved || err != nil {
				t.Errorf("MoveOnAfter: got %v, %v", moved, err)
			}
			wantNil(t, tasks.FailAfter(t.Context(), time.Second, late))
		})
	})
	t.Run("D08", func(t *testing.T) { // outer deadline first: inner has not moved on
		synctest.Test(t, func(t *testing.T) {
			moved, err := tasks.MoveOnAfter(t.Context(), time.Second, func(ctx context.Context, _ *tasks.Group) error {
				moved, err := tasks.MoveOnAfter(ctx, time.Minute, func(ctx context.Context, _ *tasks.Group) error { return park(ctx) })
				if moved {
					t.Error("the inner scope says that it has moved on")
				}
				want(t, err, context.Canceled, context.DeadlineExceeded)
				return err
			})
			if !moved || err != nil {
				t.Errorf("outer: got %v, %v", moved, err)
			}

			// Both passed before the inner one is left: the outer one decides.
			moved, err = tasks.MoveOnAfter(t.Context(), time.Second, func(ctx context.Context, _ *tasks.Group) error {
				moved, err := tasks.MoveOnAfter(ctx, time.Millisecond, func(ctx context.Context, _ *tasks.Group) error {
					err := park(ctx)
					time.Sleep(time.Minute)
					return err
				})
				if moved || err == nil {
					t.Errorf("inner: got %v, %v", moved, err)
				}
				return err
			})
			if !moved || err != nil {
				t.Errorf("outer: got %v, %v", moved, err)
			}
		})
	})
	t.Run("D09", func(t *testing.T) { // cancelled by hand before the deadline, left after it: no timeout
		synctest.Test(t, func(t *testing.T) {
			err := tasks.FailAfter(t.Context(), time.Second, func(ctx context.Context, g *tasks.Group) error {
				g.Cancel(nil)
				err := park(ctx)
				time.Sleep(time.Minute)
				return err
			})
			wantNil(t, err)
		})
	})
	t.Run("D11", func(t *testing.T) { // one timeout however many children; with a real error: both
		synctest.Test(t, func(t *testing.T) {
			crowd := func(_ context.Context, g *tasks.Group) error {
				for range 10 {
					g.Go(park)
				}
				return nil
			}
			err := tasks.FailAfter(t.Context(), time.Second, crowd)
			want(t, err, context.DeadlineExceeded)
			if _, joined := err.(interface{ Unwrap() []error }); joined {
				t.Errorf("got %v, want one timeout", err)
			}
			moved, err := tasks.MoveOnAfter(t.Context(), time.Second, func(ctx context.Context, g *tasks.Group) error {
				_ = crowd(ctx, g)
				_ = park(ctx)
				return errA
			})
			if !moved || err != errA {
				t.Errorf("got %v, %v", moved, err)
			}
		})
	})
}

func TestSleep(t *testing.T) {
	t.Run("W01", func(t *testing.T) { // sleep, in the past, for ever
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			wantNil(t, tasks.Sleep(t.Context(), time.Hour))
			wantNil(t, tasks.Sleep(t.Context(), -time.Hour))
			if time.Since(start) != time.Hour {
				t.Errorf("slept %v", time.Since(start))
			}
			ctx, cancel := context.WithCancelCause(t.Context())
			time.AfterFunc(time.Second, func() { cancel(errA) })
			want(t, tasks.Sleep(ctx, 1<<62), context.Canceled, errA)
			if time.Since(start) != time.Hour+time.Second {
				t.Errorf("slept %v", time.Since(start))
			}
			want(t, tasks.Sleep(ctx, -1), errA)
		})
	})
}
