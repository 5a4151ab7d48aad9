package tasks_test

import (
	"context"
	"errors"
	"iter"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/semantic-ls/semantic-ls/tasks"
)

// counted yields 0, 1, ... n-1 and tells how many were read.
func counted(n int, read *int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := range n {
			*read = i + 1
			if !yield(i) {
				return
			}
		}
	}
}

// slow yields the items, each once what came before is done.
func slow(ctx context.Context, items []int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for _, item := range items {
			if !yield(item) {
				return
			}
			_ = tasks.Sleep(ctx, time.Second)
		}
	}
}

func TestAsCompleted(t *testing.T) {
	t.Run("M02", func(t *testing.T) { // in the order of completion; leaving early cancels and awaits
		synctest.Test(t, func(t *testing.T) {
			sleepy := func(ctx context.Context, n int) (int, error) {
				return n, tasks.Sleep(ctx, time.Duration(n)*time.Second)
			}
			var got []int
			start := time.Now()
			all := tasks.AsCompleted(t.Context(), nil, tasks.Background, slices.Values([]int{3, 1, 2}), sleepy)
			for range 2 { // a sequence can be ranged over again
				got = nil
				for n, err := range all {
					wantNil(t, err)
					got = append(got, n)
				}
				if !slices.Equal(got, []int{1, 2, 3}) {
					t.Errorf("got %v", got)
				}
			}
			if time.Since(start) != 6*time.Second {
				t.Errorf("took %v", time.Since(start))
			}

			var ended atomic.Int32
			start = time.Now()
			for n, err := range tasks.AsCompleted(t.Context(), nil, tasks.Background, slices.Values([]int{1, 2, 3}), func(ctx context.Context, n int) (int, error) {
				defer ended.Add(1)
				err := tasks.Sleep(ctx, time.Duration(n)*time.Second)
				if err != nil {
					time.Sleep(time.Second) // cleans up
				}
				return n, err
			}) {
				if n != 1 || err != nil {
					t.Errorf("got %d, %v", n, err)
				}
				break
			}
			if ended.Load() != 3 || time.Since(start) != 2*time.Second {
				t.Errorf("the loop was left with %d of 3 calls ended, after %v", ended.Load(), time.Since(start))
			}
		})
	})
	t.Run("lazy and bounded", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			read, passed := 0, 0
			var open, most atomic.Int32
			for _, err := range tasks.AsCompleted(t.Context(), tasks.NewLimiter(3, 2), tasks.Background, counted(1000, &read), func(ctx context.Context, n int) (int, error) {
				defer open.Add(-1)
				most.Store(max(most.Load(), open.Add(1)))
				return n, tasks.Sleep(ctx, time.Second)
			}) {
				wantNil(t, err)
				if passed++; read > passed+64 {
					t.Fatalf("%d items were read for %d results", read, passed)
				}
				if passed == 500 {
					break
				}
			}
			if most.Load() != 2 || read > 564 {
				t.Errorf("%d calls at a time, %d items read", most.Load(), read)
			}
			passed = 0
			for _, err := range tasks.AsCompleted(t.Context(), nil, tasks.Background, counted(1000, &read), func(context.Context, int) (int, error) { return 0, nil }) {
				wantNil(t, err)
				passed++
			}
			if passed != 1000 {
				t.Errorf("%d of 1000 results came", passed)
			}
		})
	})
	t.Run("errors are their item's alone", func(t *testing.T) {
		failed, panicked, whole := 0, 0, 0
		for n, err := range tasks.AsCompleted(t.Context(), nil, tasks.Background, slices.Values([]int{0, 1, 2, 3}), func(_ context.Context, n int) (int, error) {
			switch n {
			case 0:
				return 0, errA
			case 1:
				panic(errB)
			}
			return n, nil
		}) {
			var p *tasks.PanicError
			switch {
			case errors.As(err, &p):
				panicked++
			case err == errA:
				failed++
			case err == nil && n > 1:
				whole++
			}
		}
		if failed != 1 || panicked != 1 || whole != 2 {
			t.Errorf("%d failed, %d panicked, %d whole", failed, panicked, whole)
		}
	})
	t.Run("interrupted", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(t.Context())
			time.AfterFunc(90*time.Second, func() { cancel(errA) })
			var got []int
			var last error
			for n, err := range tasks.AsCompleted(ctx, nil, tasks.Background, slices.Values([]int{1, 2, 3}), func(ctx context.Context, n int) (int, error) {
				return n, tasks.Sleep(ctx, time.Duration(n)*time.Minute)
			}) {
				if last != nil {
					t.Error("something comes after the interruption")
				}
				if last = err; err == nil {
					got = append(got, n)
				}
			}
			want(t, last, context.Canceled, errA)
			if !slices.Equal(got, []int{1}) {
				t.Errorf("got %v", got)
			}
			// Done in the loop, with nothing open: what is left is not passed over in silence.
			inLoop, stop := context.WithCancelCause(t.Context())
			defer stop(nil)
			passed := 0
			last = nil
			for _, err := range tasks.AsCompleted(inLoop, tasks.NewLimiter(1, 1), tasks.Background, slow(inLoop, []int{1, 2, 3}), func(context.Context, int) (int, error) { return 0, nil }) {
				if last = err; err == nil {
					passed++
					stop(errB)
				}
			}
			want(t, last, context.Canceled, errB)
			if passed == 3 {
				t.Errorf("%d pairs came", passed)
			}
			read := 0
			for range tasks.AsCompleted(ctx, nil, tasks.Background, counted(1000, &read), func(context.Context, int) (int, error) { return 0, nil }) {
			}
			if read > 1 {
				t.Errorf("%d items were read though ctx was done", read)
			}
		})
	})
	t.Run("a loop that panics, a call that calls Goexit", func(t *testing.T) {
		var ended atomic.Int32
		err := tasks.Catch(func() error {
			for range tasks.AsCompleted(t.Context(), nil, tasks.Background, slices.Values([]int{0, 1}), func(ctx context.Context, n int) (int, error) {
				defer ended.Add(1)
				if n == 0 {
					return 0, nil
				}
				return 0, park(ctx)
			}) {
				panic(errA)
			}
			return nil
		})
		want(t, err, errA)
		if ended.Load() != 2 {
			t.Errorf("%d of 2 calls ended", ended.Load())
		}
		var last error
		for _, err := range tasks.AsCompleted(t.Context(), nil, tasks.Background, slices.Values([]int{0}), func(context.Context, int) (int, error) {
			runtime.Goexit()
			return 0, nil
		}) {
			last = err
		}
		if last == nil {
			t.Error("runtime.Goexit looks like the end")
		}
	})
}
