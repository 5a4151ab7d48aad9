package tasks_test

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/semantic-ls/semantic-ls/tasks"
)

func TestMap(t *testing.T) {
	t.Run("M01", func(t *testing.T) { // results in order of arguments; first error cancels the rest
		synctest.Test(t, func(t *testing.T) {
			got, err := tasks.Map(t.Context(), nil, tasks.Background, []int{3, 1, 2}, func(ctx context.Context, n int) (int, error) {
				return n * n, tasks.Sleep(ctx, time.Duration(n)*time.Second)
			})
			if err != nil || !slices.Equal(got, []int{9, 1, 4}) {
				t.Errorf("got %v, %v", got, err)
			}

			start := time.Now()
			got, err = tasks.Map(t.Context(), nil, tasks.Background, []int{3, 1, 2}, func(ctx context.Context, n int) (int, error) {
				if err := tasks.Sleep(ctx, time.Duration(n)*time.Second); err != nil {
					return 0, err
				}
				if n == 2 {
					return 0, errA
				}
				return n * n, nil
			})
			if err != errA || !slices.Equal(got, []int{0, 1, 0}) || time.Since(start) != 2*time.Second {
				t.Errorf("got %v, %v after %v", got, err, time.Since(start))
			}
		})
	})
	t.Run("M03", func(t *testing.T) { // results got before a deadline are kept
		synctest.Test(t, func(t *testing.T) {
			var got []int
			moved, err := tasks.MoveOnAfter(t.Context(), 90*time.Second, func(ctx context.Context, _ *tasks.Group) (err error) {
				got, err = tasks.Map(ctx, tasks.NewLimiter(1, 1), tasks.Background, []int{1, 2, 3}, func(ctx context.Context, n int) (int, error) {
					return n, tasks.Sleep(ctx, time.Minute)
				})
				return err
			})
			// In which order the tokens go to three items is nobody's promise, that one was finished is.
			finished := slices.DeleteFunc(slices.Clone(got), func(n int) bool { return n == 0 })
			if !moved || err != nil || len(got) != 3 || len(finished) != 1 {
				t.Errorf("got %v, moved %v, %v", got, moved, err)
			}
		})
	})
	t.Run("M04", func(t *testing.T) { // bounded by tokens and by open items
		synctest.Test(t, func(t *testing.T) {
			for _, c := range []struct {
				l    *tasks.Limiter
				p    tasks.Priority
				want int32
			}{
				{nil, tasks.Background, 64},
				{tasks.NewLimiter(4, 3), tasks.Background, 3},
				{tasks.NewLimiter(4, 3), tasks.Interactive, 4},
			} {
				var open, most atomic.Int32
				items := make([]struct{}, 1000)
				_, err := tasks.Map(t.Context(), c.l, c.p, items, func(ctx context.Context, _ struct{}) (int, error) {
					defer open.Add(-1)
					for n := open.Add(1); ; {
						m := most.Load()
						if n <= m || most.CompareAndSwap(m, n) {
							break
						}
					}
					return 0, tasks.Sleep(ctx, time.Second)
				})
				wantNil(t, err)
				if most.Load() != c.want {
					t.Errorf("at most %d calls at a time, want %d", most.Load(), c.want)
				}
			}
		})
	})
	t.Run("cancelled, empty, panicking", func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errA)
		never := func(context.Context, int) (int, error) { t.Error("called"); return 0, nil }
		got, err := tasks.Map(ctx, nil, tasks.Background, []int{1}, never)
		want(t, err, context.Canceled, errA)
		if len(got) != 1 {
			t.Errorf("got %v", got)
		}
		got, err = tasks.Map(t.Context(), nil, tasks.Background, nil, never)
		if len(got) != 0 || err != nil {
			t.Errorf("nothing to do: got %v, %v", got, err)
		}
		_, err = tasks.Map(t.Context(), nil, tasks.Background, []int{1}, func(context.Context, int) (int, error) { panic(errB) })
		if _, ok := errors.AsType[*tasks.PanicError](err); !ok {
			t.Errorf("got %v, want a PanicError", err)
		}
	})
}
