package tasks_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/pprof"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/semantic-ls/semantic-ls/tasks"
)

func TestGroup(t *testing.T) {
	t.Run("G01", func(t *testing.T) { // left only when body and every task have ended
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			var ended atomic.Int32
			err := tasks.Run(t.Context(), func(_ context.Context, g *tasks.Group) error {
				for i := range 5 {
					g.Go(func(ctx context.Context) error {
						defer ended.Add(1)
						return tasks.Sleep(ctx, time.Duration(i)*time.Second)
					})
				}
				return nil
			})
			wantNil(t, err)
			if ended.Load() != 5 || time.Since(start) != 4*time.Second {
				t.Errorf("left with %d of 5 tasks ended, after %v", ended.Load(), time.Since(start))
			}
		})
	})
	t.Run("G02", func(t *testing.T) { // a child's error cancels its siblings and the host body
		var seen atomic.Int32
		err := tasks.Run(t.Context(), func(ctx context.Context, g *tasks.Group) error {
			g.Go(func(context.Context) error { return errA })
			g.Go(func(ctx context.Context) error { seen.Add(1); return park(ctx) })
			seen.Add(1)
			return park(ctx)
		})
		if err != errA || seen.Load() != 2 {
			t.Errorf("got %v after %d, want the bare error", err, seen.Load())
		}
	})
	t.Run("G03", func(t *testing.T) { // the host's error cancels the children
		var cause error
		err := tasks.Run(t.Context(), func(_ context.Context, g *tasks.Group) error {
			g.Go(func(ctx context.Context) error {
				err := park(ctx)
				cause = context.Cause(ctx)
				return err
			})
			return errA
		})
		if err != errA {
			t.Errorf("got %v", err)
		}
		want(t, cause, errA)
	})
	t.Run("G04", func(t *testing.T) { // host returns nil: children are awaited, not cancelled
		synctest.Test(t, func(t *testing.T) {
			err := tasks.Run(t.Context(), func(_ context.Context, g *tasks.Group) error {
				g.Go(func(ctx context.Context) error { return tasks.Sleep(ctx, time.Hour) })
				return nil
			})
			wantNil(t, err)
		})
	})
	t.Run("G05", func(t *testing.T) { // several errors, host's included
		err := tasks.Run(t.Context(), func(_ context.Context, g *tasks.Group) error {
			g.Go(func(ctx context.Context) error { _ = park(ctx); return errB })
			g.Go(func(ctx context.Context) error { _ = park(ctx); return errC })
			return errA
		})
		want(t, err, errA, errB, errC)

		err = tasks.Run(t.Context(), func(ctx context.Context, g *tasks.Group) error {
			for i := range 100 {
				g.Go(func(ctx context.Context) error { _ = park(ctx); return fmt.Errorf("file %d", i) })
			}
			return errA
		})
		joined, ok := err.(interface{ Unwrap() []error })
		if !ok || len(joined.Unwrap()) != 33 || !strings.HasSuffix(err.Error(), "\nand 69 more errors") {
			t.Errorf("101 errors came out as %v", err)
		}
		want(t, err, errA)
	})
	t.Run("G06", func(t *testing.T) { // cancellations are no errors, also inside nested groups
		err := tasks.Run(t.Context(), func(_ context.Context, g *tasks.Group) error {
			g.Go(func(ctx context.Context) error {
				return tasks.Run(ctx, func(_ context.Context, inner *tasks.Group) error {
					inner.Go(park)
					inner.Go(func(ctx context.Context) error { return fmt.Errorf("reading: %w", park(ctx)) })
					inner.Go(func(ctx context.Context) error { _ = park(ctx); return errB })
					return nil
				})
			})
			g.Go(func(ctx context.Context) error { return errors.Join(park(ctx), errC) })
			g.Go(func(ctx context.Context) error { _ = park(ctx); return context.Cause(ctx) })
			return errA
		})
		want(t, err, errA, errB, errC)
		wantNot(t, err, context.Canceled)
		if n := strings.Count(err.Error(), "\n"); n != 2 {
			t.Errorf("want three errors, got %q", err)
		}
	})
	t.Run("G07", func(t *testing.T) { // cancelled from outside: exactly one cancellation leaves
		ctx, cancel := context.WithCancelCause(t.Context())
		err := tasks.Run(ctx, func(ctx context.Context, g *tasks.Group) error {
			for range 10 {
				g.Go(park)
			}
			cancel(errA)
			return park(ctx)
		})
		want(t, err, context.Canceled, errA)
		if err.Error() != "context canceled: a" {
			t.Errorf("got %q", err)
		}

		ctx, stop := context.WithCancel(t.Context())
		err = tasks.Run(ctx, func(ctx context.Context, _ *tasks.Group) error { stop(); return park(ctx) })
		if err != context.Canceled {
			t.Errorf("without a reason: got %v", err)
		}
	})
	t.Run("G08", func(t *testing.T) { // cancelled by its own scope: swallowed there
		for _, reason := range []error{nil, errA} {
			err := tasks.Run(t.Context(), func(ctx context.Context, g *tasks.Group) error {
				g.Go(park)
				g.Go(func(context.Context) error { g.Cancel(reason); return nil })
				return park(ctx)
			})
			if err != reason {
				t.Errorf("Cancel(%v): got %v", reason, err)
			}
		}
	})
	t.Run("G09", func(t *testing.T) { // inner cancelled first, then outer, before leaving: outer decides
		ctx, cancel := context.WithCancelCause(t.Context())
		err := tasks.Run(ctx, func(ctx context.Context, g *tasks.Group) error {
			g.Cancel(nil)
			cancel(errA)
			return park(ctx)
		})
		want(t, err, context.Canceled, errA)
	})
	t.Run("G10", func(t *testing.T) { // cancellation reported though no scope was cancelled
		for _, spontaneous := range []error{context.Canceled, context.DeadlineExceeded, fmt.Errorf("POST: %w", context.DeadlineExceeded)} {
			err := tasks.Run(t.Context(), func(_ context.Context, g *tasks.Group) error {
				g.Go(func(context.Context) error { return spontaneous })
				g.Go(park)
				return nil
			})
			if err != spontaneous {
				t.Errorf("got %v, want %v", err, spontaneous)
			}
		}
	})
	t.Run("G11", func(t *testing.T) { // tasks may be started by children and while the host waits
		synctest.Test(t, func(t *testing.T) {
			var ended atomic.Int32
			err := tasks.Run(t.Context(), func(_ context.Context, g *tasks.Group) error {
				g.Go(func(ctx context.Context) error {
					_ = tasks.Sleep(ctx, time.Second) // the host waits by now
					for range 3 {
						g.Go(func(ctx context.Context) error {
							defer ended.Add(1)
							return tasks.Sleep(ctx, time.Second)
						})
					}
					return nil
				})
				return nil
			})
			wantNil(t, err)
			if ended.Load() != 3 {
				t.Errorf("%d of 3 ended", ended.Load())
			}
		})
	})
	t.Run("G12", func(t *testing.T) { // starting in a cancelled group: runs to its first checkpoint
		called := false
		err := tasks.Run(t.Context(), func(_ context.Context, g *tasks.Group) error {
			g.Cancel(nil)
			g.Go(func(ctx context.Context) error {
				called = true
				return tasks.Sleep(ctx, 0)
			})
			return nil
		})
		wantNil(t, err)
		if !called {
			t.Error("fn was not called: what it owns leaks")
		}
	})
	t.Run("G13", func(t *testing.T) { // starting after the end is an error
		var ended *tasks.Group
		wantNil(t, tasks.Run(t.Context(), func(_ context.Context, g *tasks.Group) error { ended = g; return nil }))
		err := tasks.Catch(func() error {
			ended.Go(func(context.Context) error { t.Error("called"); return nil })
			return nil
		})
		if _, ok := errors.AsType[*tasks.PanicError](err); !ok || !strings.Contains(err.Error(), "has ended") {
			t.Errorf("got %v, want a panic that says so", err)
		}
	})
	t.Run("G14", func(t *testing.T) { // host cancelled while awaiting: children cancelled, waiting goes on
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			ctx, cancel := context.WithCancelCause(t.Context())
			time.AfterFunc(time.Second, func() { cancel(errA) })
			released := false
			err := tasks.Run(ctx, func(_ context.Context, g *tasks.Group) error {
				g.Go(func(ctx context.Context) error {
					err := park(ctx)
					time.Sleep(time.Minute) // a slow release
					released = true
					return err
				})
				return nil
			})
			want(t, err, errA)
			if !released || time.Since(start) != 61*time.Second {
				t.Errorf("released %v after %v", released, time.Since(start))
			}
		})
	})
	t.Run("G15", func(t *testing.T) { // empty group in a cancelled scope raises nothing
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		wantNil(t, tasks.Run(ctx, func(context.Context, *tasks.Group) error { return nil }))
	})
	t.Run("G18", func(t *testing.T) { // a panic of a child: an error of the group, with the child's stack
		err := tasks.Run(t.Context(), func(ctx context.Context, g *tasks.Group) error {
			g.Go(func(context.Context) error { panicHere(context.Canceled); return nil })
			g.Go(park)
			return park(ctx)
		})
		p, ok := errors.AsType[*tasks.PanicError](err)
		if !ok || p.Value != context.Canceled || !strings.Contains(string(p.Stack), "panicHere") {
			t.Errorf("got %#v, want a PanicError with the child's stack", err)
		}

		err = tasks.Run(t.Context(), func(_ context.Context, g *tasks.Group) error {
			g.Go(func(context.Context) error { runtime.Goexit(); return nil })
			g.Go(park)
			return nil
		})
		if err == nil || !strings.Contains(err.Error(), "Goexit") {
			t.Errorf("a task that left by Goexit: got %v", err)
		}
	})
	t.Run("G19", func(t *testing.T) { // panic or Goexit of the body: children cancelled and awaited first
		for name, leave := range map[string]func(){"panic": func() { panic(errA) }, "goexit": runtime.Goexit} {
			ended, after := false, false
			err := tasks.Run(t.Context(), func(_ context.Context, g *tasks.Group) error {
				g.Go(func(ctx context.Context) error {
					defer func() { after = ended }()
					return tasks.Run(ctx, func(_ context.Context, inner *tasks.Group) error {
						inner.Go(func(ctx context.Context) error { err := park(ctx); ended = true; return err })
						leave()
						return nil
					})
				})
				return nil
			})
			if err == nil || !after {
				t.Errorf("%s: got %v, children awaited: %v", name, err, after)
			}
		}
	})
	t.Run("G20", func(t *testing.T) { // values come from the group's context; a Registry's key labels profiles
		type key struct{}
		ctx := context.WithValue(t.Context(), key{}, "request 7")
		err := tasks.Run(ctx, func(_ context.Context, g *tasks.Group) error {
			g.Go(func(ctx context.Context) error {
				if ctx.Value(key{}) != "request 7" {
					t.Error("the task does not see the group's values")
				}
				return nil
			})
			return nil
		})
		wantNil(t, err)

		var requests tasks.Registry[int]
		for _, run := range []func(context.Context, int, func(context.Context) error) error{requests.Run, requests.Replace} {
			wantNil(t, run(ctx, 7, func(ctx context.Context) error {
				return tasks.Run(ctx, func(_ context.Context, g *tasks.Group) error {
					g.Go(func(ctx context.Context) error {
						if label, ok := pprof.Label(ctx, "task"); label != "7" || !ok {
							t.Errorf("the label is %q", label)
						}
						return nil
					})
					return nil
				})
			}))
		}
	})
	t.Run("E01", func(t *testing.T) { // split a group by kind: errors.Is and errors.As see through
		err := tasks.Run(t.Context(), func(_ context.Context, g *tasks.Group) error {
			g.Go(func(ctx context.Context) error { _ = park(ctx); return &tasks.PanicError{Value: 7} })
			return fmt.Errorf("first: %w", errA)
		})
		want(t, err, errA)
		if p, ok := errors.AsType[*tasks.PanicError](err); !ok || p.Value != 7 {
			t.Errorf("got %v", err)
		}
	})
}

func panicHere(v any) { panic(v) }

func TestTask(t *testing.T) {
	t.Run("H01", func(t *testing.T) { // await a task's value
		err := tasks.Run(t.Context(), func(ctx context.Context, g *tasks.Group) error {
			value := 0
			task := g.Go(func(context.Context) error { value = 42; return nil })
			if err := task.Wait(ctx); err != nil || value != 42 {
				t.Errorf("got %d, %v", value, err)
			}
			return nil
		})
		wantNil(t, err)
	})
	t.Run("H02", func(t *testing.T) { // cancelling the waiter does not cancel the task
		synctest.Test(t, func(t *testing.T) {
			err := tasks.Run(t.Context(), func(ctx context.Context, g *tasks.Group) error {
				task := g.Go(func(ctx context.Context) error { return tasks.Sleep(ctx, time.Hour) })
				waiter, cancel := context.WithCancelCause(ctx)
				time.AfterFunc(time.Second, func() { cancel(errA) })
				want(t, task.Wait(waiter), context.Canceled, errA)
				want(t, task.Wait(waiter), errA) // a level, not an event
				wantNil(t, task.Wait(ctx))
				want(t, task.Wait(waiter), errA) // also when there would be a result
				return nil
			})
			wantNil(t, err)
		})
	})
	t.Run("H03", func(t *testing.T) { // cancel one task only; failure is seen by handle and group
		synctest.Test(t, func(t *testing.T) {
			spared := false
			err := tasks.Run(t.Context(), func(ctx context.Context, g *tasks.Group) error {
				one := g.Go(park)
				g.Go(func(ctx context.Context) error {
					err := tasks.Sleep(ctx, time.Second)
					spared = err == nil
					return err
				})
				one.Cancel(errA)
				one.Cancel(errB)
				err := one.Wait(ctx)
				want(t, err, context.Canceled, errA)
				wantNot(t, err, errB)
				return nil
			})
			wantNil(t, err)
			if !spared {
				t.Error("the sibling was cancelled too")
			}

			err = tasks.Run(t.Context(), func(ctx context.Context, g *tasks.Group) error {
				one := g.Go(func(ctx context.Context) error { return errors.Join(park(ctx), errC) })
				one.Cancel(nil)
				synctest.Wait() // the group is cancelled by now, so ask beyond it
				want(t, one.Wait(context.WithoutCancel(ctx)), errC)
				return nil
			})
			if err != errC {
				t.Errorf("a failure while being cancelled: got %v", err)
			}
		})
	})
	t.Run("cancelled task leaves the flag of its group alone", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			moved, err := tasks.MoveOnAfter(t.Context(), time.Second, func(_ context.Context, g *tasks.Group) error {
				task := g.Go(func(ctx context.Context) error {
					err := park(ctx)
					time.Sleep(time.Minute) // past the group's deadline
					return err
				})
				task.Cancel(errA)
				return nil
			})
			if moved || err != nil {
				t.Errorf("got %v, %v", moved, err)
			}
		})
	})
}

func TestCatch(t *testing.T) {
	if err := tasks.Catch(func() error { return errA }); err != errA {
		t.Errorf("an error: got %v", err)
	}
	err := tasks.Catch(func() error { panic("boom") })
	p, ok := errors.AsType[*tasks.PanicError](err)
	if !ok || p.Value != "boom" || err.Error() != "panic: boom" || p.Unwrap() != nil {
		t.Errorf("a panic: got %#v", err)
	}
	if again := tasks.Catch(func() error { panic(err) }); again != err {
		t.Errorf("raised again: got %#v, want the first one", again)
	}
	err = tasks.Catch(func() error { var none []int; _ = none[len(none)]; return nil })
	if _, ok := errors.AsType[runtime.Error](err); !ok {
		t.Errorf("a runtime error: got %#v", err)
	}
}

// TestWrapperWithRealError: the text of a wrapper around several errors cannot be rebuilt, so it stays.
func TestWrapperWithRealError(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	err := tasks.Run(ctx, func(ctx context.Context, _ *tasks.Group) error {
		cancel()
		return fmt.Errorf("write %w, then %w", errA, park(ctx))
	})
	if err == nil || err.Error() != "write a, then context canceled" {
		t.Errorf("got %v", err)
	}
}

func BenchmarkRunOneTask(b *testing.B) {
	for b.Loop() {
		_ = tasks.Run(b.Context(), func(_ context.Context, g *tasks.Group) error {
			g.Go(func(context.Context) error { return nil })
			return nil
		})
	}
}

// A task that waits for itself, or for the one that it is a part of, is told so instead of waiting for ever.
func TestWaitForOneself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wantNil(t, tasks.Run(t.Context(), func(ctx context.Context, g *tasks.Group) error {
			self := make(chan *tasks.Task, 1)
			task := g.Go(func(ctx context.Context) error {
				outer := <-self
				if err := outer.Wait(ctx); err == nil || !strings.Contains(err.Error(), "inside the task") {
					t.Errorf("for itself: %v", err)
				}
				return tasks.Run(ctx, func(ctx context.Context, g *tasks.Group) error {
					inner := g.Go(func(ctx context.Context) error {
						if err := outer.Wait(ctx); err == nil || !strings.Contains(err.Error(), "inside the task") {
							t.Errorf("for the task around: %v", err)
						}
						return nil
					})
					return inner.Wait(ctx) // a part may be waited for
				})
			})
			self <- task
			return task.Wait(ctx)
		}))
	})
}
