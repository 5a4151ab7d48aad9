package tasks_test

import (
	"context"
	"io"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/semantic-ls/semantic-ls/tasks"
)

func TestChannels(t *testing.T) {
	t.Run("C01", func(t *testing.T) { // rendezvous, back-pressure, end after drain
		synctest.Test(t, func(t *testing.T) {
			ch := make(chan int, 1)
			wantNil(t, tasks.Run(t.Context(), func(ctx context.Context, g *tasks.Group) error {
				g.Go(func(ctx context.Context) error {
					defer close(ch)
					begin := time.Now()
					for i := range 3 {
						if err := tasks.Send(ctx, ch, i); err != nil {
							return err
						}
					}
					if time.Since(begin) != 4*time.Second {
						t.Errorf("a buffer of one took three values within %v of a slow receiver", time.Since(begin))
					}
					return nil
				})
				for i := range 3 {
					_ = tasks.Sleep(ctx, 2*time.Second)
					if v, err := tasks.Receive(ctx, ch); v != i || err != nil {
						t.Errorf("got %d, %v, want %d", v, err, i)
					}
				}
				for range 2 {
					if v, err := tasks.Receive(ctx, ch); v != 0 || err != io.EOF {
						t.Errorf("after the end: got %d, %v", v, err)
					}
				}
				return nil
			}))
		})
	})
	t.Run("C02", func(t *testing.T) { // in a cancelled scope nothing is touched; a cancelled receiver loses no item
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errA)
		ch := make(chan int, 1000)
		for i := range 500 { // a bare select would take about half of them
			want(t, tasks.Send(ctx, ch, i), context.Canceled, errA)
		}
		if len(ch) != 0 {
			t.Errorf("%d values were sent by a cancelled sender", len(ch))
		}
		for i := range 1000 {
			ch <- i
		}
		for range 500 {
			_, err := tasks.Receive(ctx, ch)
			want(t, err, context.Canceled, errA)
		}
		if len(ch) != 1000 {
			t.Errorf("a cancelled receiver took %d values", 1000-len(ch))
		}

		for range 1000 { // cancelled while it waits, in the same instant as the item comes
			ctx, cancel := context.WithCancel(t.Context())
			one := make(chan int, 1)
			var got int
			var err error
			wantNil(t, tasks.Run(t.Context(), func(_ context.Context, g *tasks.Group) error {
				g.Go(func(context.Context) error { got, err = tasks.Receive(ctx, one); return nil })
				g.Go(func(context.Context) error { cancel(); return nil })
				one <- 1
				return nil
			}))
			if received, left := err == nil && got == 1, len(one) == 1; received == left {
				t.Fatalf("received: %v (%d, %v), left in the channel: %v", received, got, err, left)
			}
		}
	})
	t.Run("C04", func(t *testing.T) { // all receivers gone: the sender is told, by its scope
		ch := make(chan int)
		err := tasks.Run(t.Context(), func(ctx context.Context, g *tasks.Group) error {
			producers := make(chan error, 1)
			g.Go(func(ctx context.Context) error {
				producers <- tasks.Run(ctx, func(ctx context.Context, producing *tasks.Group) error {
					g.Go(func(ctx context.Context) error { // the only receiver takes one and leaves
						_, err := tasks.Receive(ctx, ch)
						producing.Cancel(io.ErrClosedPipe)
						return err
					})
					for i := 0; ; i++ {
						if err := tasks.Send(ctx, ch, i); err != nil {
							return err
						}
					}
				})
				return nil
			})
			err, _ := tasks.Receive(ctx, producers)
			return err
		})
		want(t, err, io.ErrClosedPipe)
	})
	t.Run("C05", func(t *testing.T) { // closed when the last of several senders has ended
		synctest.Test(t, func(t *testing.T) {
			ch, sum := make(chan int), 0
			wantNil(t, tasks.Run(t.Context(), func(_ context.Context, g *tasks.Group) error {
				g.Go(func(ctx context.Context) error {
					defer close(ch)
					return tasks.Run(ctx, func(_ context.Context, senders *tasks.Group) error {
						for i := range 4 {
							senders.Go(func(ctx context.Context) error {
								_ = tasks.Sleep(ctx, time.Duration(i)*time.Second)
								return tasks.Send(ctx, ch, 1<<i)
							})
						}
						return nil
					})
				})
				g.Go(func(ctx context.Context) error {
					for {
						v, err := tasks.Receive(ctx, ch)
						if err == io.EOF {
							return nil
						}
						sum += v
					}
				})
				return nil
			}))
			if sum != 15 {
				t.Errorf("got %d of the four values' sum of 15", sum)
			}
		})
	})
}

func TestSynchronisation(t *testing.T) {
	t.Run("Y04", func(t *testing.T) { // Event: stays set, set twice harmless, wait cancellable
		synctest.Test(t, func(t *testing.T) {
			event := make(chan struct{})
			set := sync.OnceFunc(func() { close(event) })
			moved, err := tasks.MoveOnAfter(t.Context(), time.Second, func(ctx context.Context, _ *tasks.Group) error {
				_, err := tasks.Receive(ctx, event)
				return err
			})
			if !moved || err != nil {
				t.Errorf("waiting for what never happens: %v, %v", moved, err)
			}
			wantNil(t, tasks.Run(t.Context(), func(_ context.Context, g *tasks.Group) error {
				for range 3 {
					g.Go(func(ctx context.Context) error {
						if _, err := tasks.Receive(ctx, event); err != io.EOF {
							t.Errorf("got %v", err)
						}
						return nil
					})
				}
				synctest.Wait()
				set()
				set()
				return nil
			}))
			if _, err := tasks.Receive(t.Context(), event); err != io.EOF {
				t.Errorf("afterwards: %v", err)
			}
		})
	})
	t.Run("Y05", func(t *testing.T) { // Condition: a notification to a cancelled waiter is handed on
		for range 200 {
			notify := make(chan struct{}, 1) // one permit is one notification
			woken := make(chan int, 2)
			wantNil(t, tasks.Run(t.Context(), func(ctx context.Context, g *tasks.Group) error {
				waiter := func(n int) func(ctx context.Context) error {
					return func(ctx context.Context) error {
						if _, err := tasks.Receive(ctx, notify); err != nil {
							return nil // cancelled, and the permit is still there
						}
						woken <- n
						return nil
					}
				}
				first := g.Go(waiter(1))
				g.Go(func(ctx context.Context) error { notify <- struct{}{}; return nil })
				first.Cancel(nil)
				wantNil(t, first.Wait(ctx))
				if len(woken) == 0 { // then it is the second's
					g.Go(waiter(2))
				}
				return nil
			}))
			if len(woken) != 1 {
				t.Fatalf("one notification woke %d", len(woken))
			}
		}
	})
}

func TestSockets(t *testing.T) {
	t.Run("I01", func(t *testing.T) { // a socket's read is cancelled by its scope
		here, there := net.Pipe()
		defer there.Close()
		defer here.Close()
		err := tasks.Run(t.Context(), func(ctx context.Context, g *tasks.Group) error {
			g.Go(func(ctx context.Context) error {
				stop := context.AfterFunc(ctx, func() { _ = here.SetReadDeadline(time.Unix(1, 0)) })
				defer stop()
				_, err := here.Read(make([]byte, 1))
				if ctx.Err() != nil {
					return ctx.Err()
				}
				return err
			})
			g.Cancel(errA)
			return nil
		})
		if err != errA {
			t.Errorf("got %v", err)
		}
	})
}
