package tasks_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/semantic-ls/semantic-ls/tasks"
)

func TestRegistryRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var queries tasks.Registry[string]
		var newer, overlap atomic.Bool
		err := tasks.Run(t.Context(), func(ctx context.Context, g *tasks.Group) error {
			older := g.Go(func(ctx context.Context) error {
				err := queries.Run(ctx, "box", func(ctx context.Context) error {
					err := park(ctx)
					time.Sleep(time.Second)
					overlap.Store(newer.Load())
					return err
				})
				want(t, err, tasks.ErrSuperseded, context.Canceled)
				return nil
			})
			synctest.Wait()
			g.Go(func(ctx context.Context) error {
				return queries.Run(ctx, "another box", func(ctx context.Context) error { return tasks.Sleep(ctx, time.Hour) })
			})
			synctest.Wait()
			err := queries.Run(ctx, "box", func(ctx context.Context) error {
				newer.Store(true)
				return tasks.Sleep(ctx, time.Minute)
			})
			wantNil(t, err)
			return older.Wait(ctx)
		})
		wantNil(t, err)
		if !overlap.Load() {
			t.Error("the newer query waited for the older one")
		}
	})
}

func TestRegistryCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var requests tasks.Registry[int]
		if requests.Cancel(7, errA) {
			t.Error("cancelled what was not there")
		}
		for _, c := range []struct {
			name  string
			fn    func(ctx context.Context) error
			match []error // nil: no error
		}{
			{"interrupted", park, []error{context.Canceled, errA}},
			{"says the cause", func(ctx context.Context) error { <-ctx.Done(); return context.Cause(ctx) }, []error{errA}},
			{"finished all the same", func(ctx context.Context) error { <-ctx.Done(); return nil }, nil},
			{"failed", func(ctx context.Context) error { <-ctx.Done(); return errB }, []error{errB}},
		} {
			err := tasks.Run(t.Context(), func(_ context.Context, g *tasks.Group) error {
				g.Go(func(ctx context.Context) error {
					err := requests.Run(ctx, 7, c.fn)
					if c.match == nil {
						wantNil(t, err)
					}
					want(t, err, c.match...)
					return nil
				})
				synctest.Wait()
				if !requests.Cancel(7, errA) || requests.Cancel(7, errC) {
					t.Errorf("%s: want true, then false", c.name)
				}
				return nil
			})
			wantNil(t, err)
			if requests.Cancel(7, errA) {
				t.Errorf("%s: still there", c.name)
			}
		}
	})
}

func TestRegistryReplace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var files tasks.Registry[string]
		var order []string
		slow := func(name string) func(ctx context.Context) error {
			return func(ctx context.Context) error {
				order = append(order, name) // -race: no two of one key at a time
				err := park(ctx)
				time.Sleep(time.Second)
				order = append(order, name+" ended")
				return err
			}
		}
		err := tasks.Run(t.Context(), func(_ context.Context, g *tasks.Group) error {
			replace := func(name string, match error) {
				g.Go(func(ctx context.Context) error {
					err := files.Replace(ctx, "main.go", slow(name))
					want(t, err, match)
					return nil
				})
				synctest.Wait()
			}
			replace("first", tasks.ErrSuperseded)
			replace("second", tasks.ErrSuperseded) // waits for the first, superseded meanwhile: never called
			replace("third", errA)                 // must await the first, not only the second
			time.Sleep(time.Minute)
			files.Cancel("main.go", errA)
			return nil
		})
		wantNil(t, err)
		if !slices.Equal(order, []string{"first", "first ended", "third", "third ended"}) {
			t.Errorf("got %v", order)
		}
	})
}

// TestRegistryReplaceWaits: cancelled while it waits, Replace leaves at once; from within its own work it
// is an error and no deadlock.
func TestRegistryReplaceWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r tasks.Registry[int]
		never := func(context.Context) error { t.Error("called"); return nil }
		err := tasks.Run(t.Context(), func(ctx context.Context, g *tasks.Group) error {
			g.Go(func(ctx context.Context) error {
				_ = r.Run(ctx, 1, func(context.Context) error { time.Sleep(time.Minute); return nil }) // deaf
				return nil
			})
			synctest.Wait()
			start := time.Now()
			want(t, tasks.FailAfter(ctx, time.Second, func(ctx context.Context, _ *tasks.Group) error {
				return r.Replace(ctx, 1, never)
			}), context.DeadlineExceeded)
			if time.Since(start) != time.Second {
				t.Errorf("left after %v", time.Since(start))
			}
			return nil
		})
		wantNil(t, err)
		want(t, r.Run(t.Context(), 1, func(ctx context.Context) error { return r.Replace(ctx, 1, never) }), tasks.ErrSuperseded)
	})
}

func TestRegistryPanic(t *testing.T) {
	var r tasks.Registry[int]
	for _, run := range []func(context.Context, int, func(context.Context) error) error{r.Run, r.Replace} {
		err := run(t.Context(), 1, func(context.Context) error { panic("boom") })
		if _, ok := errors.AsType[*tasks.PanicError](err); !ok {
			t.Errorf("got %v, want a PanicError", err)
		}
		err = tasks.Run(t.Context(), func(_ context.Context, g *tasks.Group) error {
			g.Go(func(ctx context.Context) error {
				return run(ctx, 1, func(context.Context) error { runtime.Goexit(); return nil })
			})
			return nil
		})
		if err == nil || r.Cancel(1, nil) {
			t.Errorf("after Goexit: got %v, or the key is still taken", err)
		}
	}
}
