// Tasks measures package tasks beside golang.org/x/sync/errgroup and github.com/sourcegraph/conc, in one
// run:
//
//	go run -C bench/tasks .
//
// It is a module of its own, so that the libraries it compares with are none of the server's dependencies.
// Each figure is the best of several rounds, which alternate between the candidates: compare ratios, not
// nanoseconds of different machines.
package main

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/sourcegraph/conc/pool"
	"golang.org/x/sync/errgroup"

	"github.com/semantic-ls/semantic-ls/tasks"
)

const rounds = 5

// candidate is one way to do what a row measures.
type candidate struct {
	name string
	run  func(b *testing.B)
}

func main() {
	testing.Init()
	fmt.Printf("%s %s/%s, %d cores; best of %d rounds\n\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.GOMAXPROCS(0), rounds)
	compare("a scope with one task", []candidate{
		{"errgroup", func(b *testing.B) {
			for b.Loop() {
				g, _ := errgroup.WithContext(context.Background())
				g.Go(nothing)
				_ = g.Wait()
			}
		}},
		{"tasks", func(b *testing.B) {
			for b.Loop() {
				_ = tasks.Run(context.Background(), func(_ context.Context, g *tasks.Group) error {
					g.Go(idle)
					return nil
				})
			}
		}},
		{"conc", func(b *testing.B) {
			for b.Loop() {
				p := pool.New().WithContext(context.Background())
				p.Go(idle)
				_ = p.Wait()
			}
		}},
	})
	compare("one of 1,000 tasks of a scope", []candidate{
		{"errgroup", func(b *testing.B) {
			bulk(b, func(n int) {
				g, _ := errgroup.WithContext(context.Background())
				for range n {
					g.Go(nothing)
				}
				_ = g.Wait()
			})
		}},
		{"tasks", func(b *testing.B) {
			bulk(b, func(n int) {
				_ = tasks.Run(context.Background(), func(_ context.Context, g *tasks.Group) error {
					for range n {
						g.Go(idle)
					}
					return nil
				})
			})
		}},
		{"conc", func(b *testing.B) {
			bulk(b, func(n int) {
				p := pool.New().WithContext(context.Background())
				for range n {
					p.Go(idle)
				}
				_ = p.Wait()
			})
		}},
	})
	limiter, semaphore := tasks.NewLimiter(2, 1), make(chan struct{}, 2)
	compare("a token, lent and given back", []candidate{
		{"channel", func(b *testing.B) {
			for b.Loop() {
				semaphore <- struct{}{}
				_ = nothing()
				<-semaphore
			}
		}},
		{"tasks", func(b *testing.B) {
			for b.Loop() {
				_ = limiter.Do(context.Background(), tasks.Interactive, idle)
			}
		}},
	})
	for _, n := range []int{64, 1_000, 10_000} {
		compare(fmt.Sprintf("cancel of %d parked tasks", n), []candidate{
			{"errgroup", func(b *testing.B) {
				for b.Loop() {
					ctx, cancel := context.WithCancel(context.Background())
					g, ctx := errgroup.WithContext(ctx)
					parkAll(b, n, func(park func(context.Context) error) { g.Go(func() error { return park(ctx) }) })
					cancel()
					_ = g.Wait()
				}
			}},
			{"tasks", func(b *testing.B) {
				for b.Loop() {
					_ = tasks.Run(context.Background(), func(_ context.Context, g *tasks.Group) error {
						parkAll(b, n, func(park func(context.Context) error) { g.Go(park) })
						g.Cancel(nil)
						return nil
					})
				}
			}},
			{"conc", func(b *testing.B) {
				for b.Loop() {
					ctx, cancel := context.WithCancel(context.Background())
					p := pool.New().WithContext(ctx)
					parkAll(b, n, func(park func(context.Context) error) { p.Go(park) })
					cancel()
					_ = p.Wait()
				}
			}},
		})
	}
}

func nothing() error             { return nil }
func idle(context.Context) error { return nil }

// bulk runs scopes of up to 1,000 tasks until the benchmark's count is reached.
func bulk(b *testing.B, scope func(n int)) {
	for left := b.N; left > 0; left -= 1000 {
		scope(min(left, 1000))
	}
}

// parkAll starts n tasks, which wait for their context, and returns with the clock running once all of them
// wait.
func parkAll(b *testing.B, n int, start func(park func(context.Context) error)) {
	b.StopTimer()
	parked := make(chan struct{}, n)
	for range n {
		start(func(ctx context.Context) error {
			parked <- struct{}{}
			<-ctx.Done()
			return ctx.Err()
		})
	}
	for range n {
		<-parked
	}
	time.Sleep(time.Millisecond) // the last one is on its way from the channel to its wait
	b.StartTimer()
}

// compare prints a row: each candidate's best time, and how many times the first one's it is.
func compare(what string, candidates []candidate) {
	best := make([]time.Duration, len(candidates))
	for range rounds {
		for i, c := range candidates {
			r := testing.Benchmark(c.run)
			took := time.Duration(float64(r.T) / float64(r.N))
			if best[i] == 0 || took < best[i] {
				best[i] = took
			}
		}
	}
	fmt.Printf("%-30s", what)
	for i, c := range candidates {
		fmt.Printf("  %s %v (%.2f)", c.name, best[i], float64(best[i])/float64(best[0]))
	}
	fmt.Println()
}
