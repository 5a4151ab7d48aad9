package tasks_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
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
	t.Run("L02", func(t *testing.T) { // total raised wakes waiters; lowered: lent tokens stay, drains
		synctest.Test(t, func(t *testing.T) {
			l := tasks.NewLimiter(1, 1)
			stats := func(held, waiting int) {
				t.Helper()
				synctest.Wait()
				if h, w := l.Stats(); h != held || w != waiting {
					t.Errorf("%d held and %d waiting, want %d and %d", h, w, held, waiting)
				}
			}
			crowd := func(g *tasks.Group, p tasks.Priority, n int) {
				for range n {
					g.Go(func(ctx context.Context) error {
						return l.Do(ctx, p, func(ctx context.Context) error { return tasks.Sleep(ctx, time.Hour) })
					})
				}
			}
			wantNil(t, tasks.Run(t.Context(), func(ctx context.Context, g *tasks.Group) error {
				crowd(g, tasks.Interactive, 5)
				stats(1, 4)
				l.Resize(3, 3)
				stats(3, 2)
				l.Resize(1, 1)
				stats(3, 2)
				_ = tasks.Sleep(ctx, time.Hour) // three end, and one may go on
				stats(1, 1)
				l.Resize(2, 2)
				stats(2, 0)
				return nil
			}))
			l.Resize(2, 0)
			wantNil(t, tasks.Run(t.Context(), func(ctx context.Context, g *tasks.Group) error {
				crowd(g, tasks.Background, 3)
				stats(0, 3)
				l.Resize(2, 1)
				stats(1, 2)
				l.Resize(2, 2)
				stats(2, 1)
				l.Resize(2, -1)
				_ = tasks.Sleep(ctx, time.Hour)
				stats(0, 1)
				l.Resize(1, 5)
				stats(1, 0)
				return nil
			}))
			stats(0, 0)
		})
	})
	t.Run("L04", func(t *testing.T) { // lowered then raised never lends more than total
		synctest.Test(t, func(t *testing.T) {
			l := tasks.NewLimiter(3, 3)
			wantNil(t, tasks.Run(t.Context(), func(ctx context.Context, g *tasks.Group) error {
				for range 10 {
					g.Go(func(ctx context.Context) error {
						return l.Do(ctx, tasks.Interactive, func(ctx context.Context) error { return tasks.Sleep(ctx, time.Hour) })
					})
				}
				synctest.Wait()
				for _, total := range []int{1, 3, 0, 2, 3, -1, 3} {
					l.Resize(total, total)
					synctest.Wait()
					if held, waiting := l.Stats(); held != 3 || waiting != 7 {
						t.Errorf("of %d tokens %d are lent, %d wait", total, held, waiting)
					}
				}
				return nil
			}))
		})
	})
	t.Run("L05", func(t *testing.T) { // no tokens: everybody waits, until ctx ends; no limit
		synctest.Test(t, func(t *testing.T) {
			for _, l := range []*tasks.Limiter{tasks.NewLimiter(0, 0), tasks.NewLimiter(-3, 5)} {
				err := tasks.FailAfter(t.Context(), time.Second, func(ctx context.Context, _ *tasks.Group) error {
					return l.Do(ctx, tasks.Interactive, func(context.Context) error { t.Error("called"); return nil })
				})
				want(t, err, context.DeadlineExceeded)
			}
			l := tasks.NewLimiter(math.MaxInt, math.MaxInt)
			wantNil(t, tasks.Run(t.Context(), func(ctx context.Context, g *tasks.Group) error {
				for i := range 1000 {
					g.Go(func(ctx context.Context) error {
						return l.Do(ctx, tasks.Priority(i%2), func(ctx context.Context) error { return tasks.Sleep(ctx, time.Second) })
					})
				}
				synctest.Wait()
				if held, waiting := l.Stats(); held != 1000 || waiting != 0 {
					t.Errorf("without a limit %d hold a token and %d wait", held, waiting)
				}
				return nil
			}))
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
	t.Run("Y01", func(t *testing.T) { // Semaphore: FIFO, no barging, cancelled acquire gives back
		synctest.Test(t, func(t *testing.T) {
			l := tasks.NewLimiter(1, 1)
			var order []int
			wantNil(t, tasks.Run(t.Context(), func(_ context.Context, g *tasks.Group) error {
				acquire := func(n int) *tasks.Task {
					task := g.Go(func(ctx context.Context) error {
						return l.Do(ctx, tasks.Interactive, func(ctx context.Context) error {
							order = append(order, n)
							return tasks.Sleep(ctx, time.Second)
						})
					})
					synctest.Wait()
					return task
				}
				acquire(0)
				cancelled := acquire(1)
				acquire(2)
				cancelled.Cancel(nil)
				time.Sleep(time.Second) // 0 gives back as 3 comes: it is 2's turn
				acquire(3)
				return nil
			}))
			if !slices.Equal(order, []int{0, 2, 3}) {
				t.Errorf("served %v", order)
			}
			if held, waiting := l.Stats(); held != 0 || waiting != 0 {
				t.Errorf("left: %d held, %d waiting", held, waiting)
			}
		})
	})
}

func TestAbandon(t *testing.T) {
	t.Run("T01", func(t *testing.T) { // cancelled before start: not called; during: awaited, by Do
		ctx, cancel := context.WithCancelCause(t.Context())
		l := tasks.NewLimiter(1, 1)
		ended := false
		err := l.Do(ctx, tasks.Interactive, func(context.Context) error { cancel(errA); ended = true; return nil })
		if err != nil || !ended {
			t.Errorf("got %v, ended: %v", err, ended)
		}
		err = l.Do(ctx, tasks.Interactive, func(context.Context) error { t.Error("called"); return nil })
		want(t, err, context.Canceled, errA)
		for _, l := range []*tasks.Limiter{nil, l} {
			_, err = tasks.Abandon(ctx, l, tasks.Interactive, func() (int, error) { t.Error("called"); return 0, nil })
			want(t, err, context.Canceled, errA)
		}
	})
	t.Run("T02", func(t *testing.T) { // abandoned on cancel: caller leaves, call runs on
		synctest.Test(t, func(t *testing.T) {
			for _, l := range []*tasks.Limiter{nil, tasks.NewLimiter(1, 1)} {
				start, ended := time.Now(), make(chan struct{})
				moved, err := tasks.MoveOnAfter(t.Context(), time.Second, func(ctx context.Context, _ *tasks.Group) error {
					_, err := tasks.Abandon(ctx, l, tasks.Background, func() (int, error) {
						defer close(ended)
						time.Sleep(time.Hour)
						panic("nobody hears it")
					})
					return err
				})
				if !moved || err != nil || time.Since(start) != time.Second {
					t.Errorf("got %v, %v after %v", moved, err, time.Since(start))
				}
				<-ended
				if time.Since(start) != time.Hour {
					t.Errorf("the call ended after %v", time.Since(start))
				}
				synctest.Wait()
				// Whoever stays gets all of it.
				v, err := tasks.Abandon(t.Context(), l, tasks.Background, func() (int, error) { return 7, errA })
				if v != 7 || err != errA {
					t.Errorf("got %d, %v", v, err)
				}
				_, err = tasks.Abandon(t.Context(), l, 9, func() (int, error) { panic(errB) })
				var panicked *tasks.PanicError
				if !errors.As(err, &panicked) || !errors.Is(err, errB) {
					t.Errorf("got %v", err)
				}
				_, err = tasks.Abandon(t.Context(), l, 9, func() (int, error) { runtime.Goexit(); return 0, nil })
				if err == nil {
					t.Error("runtime.Goexit looks like success")
				}
			}
		})
	})
	t.Run("T03", func(t *testing.T) { // abandoned calls still count against the limiter
		synctest.Test(t, func(t *testing.T) {
			l := tasks.NewLimiter(2, 1)
			stuck := func() (int, error) { time.Sleep(time.Hour); return 0, nil }
			for range 2 {
				_ = tasks.FailAfter(t.Context(), time.Second, func(ctx context.Context, _ *tasks.Group) error {
					_, err := tasks.Abandon(ctx, l, tasks.Interactive, stuck)
					return err
				})
			}
			start := time.Now()
			err := tasks.FailAfter(t.Context(), time.Second, func(ctx context.Context, _ *tasks.Group) error {
				_, err := tasks.Abandon(ctx, l, tasks.Interactive, func() (int, error) { t.Error("called"); return 0, nil })
				return err
			})
			want(t, err, context.DeadlineExceeded)
			if held, waiting := l.Stats(); held != 2 || waiting != 0 {
				t.Errorf("%d held, %d waiting", held, waiting)
			}
			wantNil(t, l.Do(t.Context(), tasks.Interactive, nothing)) // once the first is back
			if time.Since(start) != time.Hour-2*time.Second {
				t.Errorf("after %v", time.Since(start))
			}
			wantNil(t, l.Do(t.Context(), tasks.Interactive, func(ctx context.Context) error {
				if _, err := tasks.Abandon(ctx, l, tasks.Interactive, stuck); err == nil {
					t.Error("Abandon inside Do of the same limiter was let through")
				}
				return nil
			}))
			time.Sleep(time.Hour)
		})
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

// TestLateGrant: a token that is granted to a waiter whose context ends in the same instant comes back.
func TestLateGrant(t *testing.T) {
	late := 0
	for range 500 {
		l := tasks.NewLimiter(0, 0)
		ctx, cancel := context.WithCancelCause(t.Context())
		wantNil(t, tasks.Run(t.Context(), func(_ context.Context, g *tasks.Group) error {
			g.Go(func(context.Context) error {
				if l.Do(ctx, tasks.Background, nothing) != nil {
					late++
				}
				return nil
			})
			for waiting := 0; waiting == 0; _, waiting = l.Stats() {
				runtime.Gosched()
			}
			l.Resize(1, 1) // grants
			cancel(errA)
			return nil
		}))
		if held, waiting := l.Stats(); held != 0 || waiting != 0 {
			t.Fatalf("%d held, %d waiting", held, waiting)
		}
	}
	if late == 0 {
		t.Error("no grant came late: this test sees nothing")
	}
}
