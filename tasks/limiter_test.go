package tasks_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/semantic-ls/semantic-ls/tasks"
)

func nothing(context.Context) error { return nil }

func TestLimiter(t *testing.T) {
	t.Run("L01", func(t *testing.T) { // limit, FIFO
		synctest.Test(t, func(t *testing.T) {
			l := tasks.NewLimiter(2, 2)
			var mu sync.Mutex
			var order []int
			held := 0
			err := tasks.Run(t.Context(), func(_ context.Context, g *tasks.Group) error {
				for i := range 8 {
					g.Go(func(ctx context.Context) error {
						return l.Do(ctx, tasks.Interactive, func(ctx context.Context) error {
							mu.Lock()
							order = append(order, i)
							if held++; held > 2 {
								t.Errorf("%d tokens lent of 2", held)
							}
							mu.Unlock()
							err := tasks.Sleep(ctx, time.Duration(i+1)*time.Second)
							mu.Lock()
							held--
							mu.Unlock()
							return err
						})
					})
					synctest.Wait() // so that they queue in this order
				}
				return nil
			})
			wantNil(t, err)
			if !slices.IsSorted(order) || len(order) != 8 {
				t.Errorf("served in the order %v", order)
			}
		})
	})
	t.Run("L05", func(t *testing.T) { // no tokens: everybody waits, until ctx ends
		synctest.Test(t, func(t *testing.T) {
			for _, l := range []*tasks.Limiter{tasks.NewLimiter(0, 0), tasks.NewLimiter(-3, 5)} {
				err := tasks.FailAfter(t.Context(), time.Second, func(ctx context.Context, _ *tasks.Group) error {
					return l.Do(ctx, tasks.Interactive, func(context.Context) error { t.Error("called"); return nil })
				})
				want(t, err, context.DeadlineExceeded)
			}
		})
	})
	t.Run("L06", func(t *testing.T) { // the same borrower twice is an error
		l, other := tasks.NewLimiter(1, 1), tasks.NewLimiter(1, 1)
		err := l.Do(t.Context(), tasks.Interactive, func(ctx context.Context) error {
			wantNil(t, other.Do(ctx, tasks.Interactive, nothing))
			return tasks.Run(ctx, func(_ context.Context, g *tasks.Group) error {
				g.Go(func(ctx context.Context) error { return l.Do(ctx, tasks.Background, nothing) })
				return nil
			})
		})
		if err == nil {
			t.Error("nested Do was let through")
		}
		wantNil(t, l.Do(t.Context(), tasks.Interactive, nothing))
	})
	t.Run("L08", func(t *testing.T) { // a cancelled waiter leaves the queue; a late grant is passed on
		synctest.Test(t, func(t *testing.T) {
			l := tasks.NewLimiter(1, 1)
			served := false
			err := tasks.Run(t.Context(), func(ctx context.Context, g *tasks.Group) error {
				holder := g.Go(func(ctx context.Context) error {
					return l.Do(ctx, tasks.Background, func(ctx context.Context) error { return tasks.Sleep(ctx, time.Minute) })
				})
				synctest.Wait()
				gone := g.Go(func(ctx context.Context) error {
					return l.Do(ctx, tasks.Background, func(context.Context) error { t.Error("called"); return nil })
				})
				synctest.Wait()
				next := g.Go(func(ctx context.Context) error {
					return l.Do(ctx, tasks.Background, func(context.Context) error { served = true; return nil })
				})
				synctest.Wait()
				gone.Cancel(errA)
				want(t, gone.Wait(ctx), context.Canceled, errA)
				wantNil(t, holder.Wait(ctx))
				return next.Wait(ctx)
			})
			wantNil(t, err)
			if !served {
				t.Error("the next in the queue was not served")
			}
		})
		// Grant and cancellation at the same instant, many times: the token must never get lost.
		for range 200 {
			synctest.Test(t, func(t *testing.T) {
				l := tasks.NewLimiter(1, 1)
				err := tasks.Run(t.Context(), func(ctx context.Context, g *tasks.Group) error {
					g.Go(func(ctx context.Context) error {
						return l.Do(ctx, tasks.Interactive, func(ctx context.Context) error { return tasks.Sleep(ctx, time.Second) })
					})
					synctest.Wait()
					g.Go(func(ctx context.Context) error {
						_, err := tasks.MoveOnAfter(ctx, time.Second, func(ctx context.Context, _ *tasks.Group) error {
							return l.Do(ctx, tasks.Interactive, nothing)
						})
						return err
					})
					return nil
				})
				wantNil(t, err)
				wantNil(t, tasks.FailAfter(t.Context(), time.Second, func(ctx context.Context, _ *tasks.Group) error {
					return l.Do(ctx, tasks.Interactive, nothing)
				}))
			})
		}
	})
	t.Run("L09", func(t *testing.T) { // nobody takes a token that is promised to a waiter
		synctest.Test(t, func(t *testing.T) {
			l := tasks.NewLimiter(1, 1)
			var order []string
			release := make(chan struct{})
			err := tasks.Run(t.Context(), func(ctx context.Context, g *tasks.Group) error {
				g.Go(func(ctx context.Context) error {
					err := l.Do(ctx, tasks.Interactive, func(context.Context) error { <-release; return nil })
					// Right after the release, before the waiter had a chance to run:
					return errors.Join(err, l.Do(ctx, tasks.Interactive, func(context.Context) error {
						order = append(order, "barger")
						return nil
					}))
				})
				synctest.Wait()
				g.Go(func(ctx context.Context) error {
					return l.Do(ctx, tasks.Interactive, func(context.Context) error { order = append(order, "waiter"); return nil })
				})
				synctest.Wait()
				close(release)
				return nil
			})
			wantNil(t, err)
			if !slices.Equal(order, []string{"waiter", "barger"}) {
				t.Errorf("served %v", order)
			}
		})
	})
	t.Run("Y02", func(t *testing.T) { // a lock whose acquiring is cancellable
		lock := tasks.NewLimiter(1, 1)
		n := 0
		err := tasks.Run(t.Context(), func(_ context.Context, g *tasks.Group) error {
			for range 100 {
				g.Go(func(ctx context.Context) error {
					return lock.Do(ctx, tasks.Background, func(context.Context) error { n++; return nil }) // -race watches n
				})
			}
			return nil
		})
		wantNil(t, err)
		if n != 100 {
			t.Errorf("counted %d", n)
		}
	})
	t.Run("T01", func(t *testing.T) { // cancelled before start: not called
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errA)
		l := tasks.NewLimiter(1, 1)
		err := l.Do(ctx, tasks.Interactive, func(context.Context) error { t.Error("called"); return nil })
		want(t, err, context.Canceled, errA)
	})
}

func TestLimiterPriorities(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := tasks.NewLimiter(3, 2)
		var background, most atomic.Int32
		var mu sync.Mutex
		var order []string
		work := func(g *tasks.Group, p tasks.Priority, name string) {
			g.Go(func(ctx context.Context) error {
				return l.Do(ctx, p, func(ctx context.Context) error {
					mu.Lock()
					order = append(order, name)
					mu.Unlock()
					if p == tasks.Background {
						if n := background.Add(1); n > most.Load() {
							most.Store(n)
						}
						defer background.Add(-1)
					}
					return tasks.Sleep(ctx, time.Second)
				})
			})
			synctest.Wait()
		}
		start := time.Now()
		err := tasks.Run(t.Context(), func(_ context.Context, g *tasks.Group) error {
			for i := range 4 {
				work(g, tasks.Background, fmt.Sprint("b", i)) // two start, two wait for their share
			}
			work(g, tasks.Interactive, "i0") // takes the token that Background may not have
			work(g, tasks.Interactive, "i1") // waits
			work(g, tasks.Interactive, "i2")
			return nil
		})
		wantNil(t, err)
		if most.Load() != 2 {
			t.Errorf("background held %d of its 2 tokens", most.Load())
		}
		// At 1 s three tokens come back: for i1, i2 and b2; at 2 s b3 gets its own.
		if got := fmt.Sprint(order[:3], order[6]); got != "[b0 b1 i0]b3" {
			t.Errorf("served %v", order)
		}
		if time.Since(start) != 3*time.Second {
			t.Errorf("took %v", time.Since(start))
		}
	})
}

// TestLimiterInteractiveFirst: whoever waits in front of a screen overtakes the batches in the queue.
func TestLimiterInteractiveFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := tasks.NewLimiter(1, 1)
		var order []string
		err := tasks.Run(t.Context(), func(_ context.Context, g *tasks.Group) error {
			for _, w := range []struct {
				name string
				p    tasks.Priority
			}{{"b0", tasks.Background}, {"b1", tasks.Background}, {"b2", tasks.Background}, {"i0", tasks.Interactive}, {"i1", tasks.Interactive}} {
				g.Go(func(ctx context.Context) error {
					return l.Do(ctx, w.p, func(ctx context.Context) error {
						order = append(order, w.name)
						return tasks.Sleep(ctx, time.Second)
					})
				})
				synctest.Wait()
			}
			return nil
		})
		wantNil(t, err)
		if got := fmt.Sprint(order); got != "[b0 i0 i1 b1 b2]" {
			t.Errorf("served %v", got)
		}
	})
}

// TestLimiterPanic: the token comes back.
func TestLimiterPanic(t *testing.T) {
	l := tasks.NewLimiter(1, 1)
	err := tasks.Catch(func() error {
		return l.Do(t.Context(), tasks.Background, func(context.Context) error { panic("boom") })
	})
	if err == nil {
		t.Error("the panic got lost")
	}
	wantNil(t, l.Do(t.Context(), tasks.Background, nothing))
}

func BenchmarkLimiterDo(b *testing.B) {
	l := tasks.NewLimiter(2, 1)
	for b.Loop() {
		_ = l.Do(b.Context(), tasks.Interactive, nothing)
	}
}
