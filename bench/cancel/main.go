// Cancel measures what a person feels of structured concurrency: how soon a request ends that was cancelled,
// and how soon one is answered, while the server indexes in the background.
//
//	go run ./bench/cancel [-rounds N] [-requests N] [-cpuprofile FILE] DIR
//
// DIR is indexed over and over by a real server in a process of its own, as an editor's is, over its standard
// input and output. Four things are measured:
//
//   - a search over DIR, cancelled at a random instant of its work: from $/cancelRequest to the reply, and to
//     the end of its work: the goroutine that answers writes the reply then, and ends (of a call to a provider,
//     net/http's own goroutines close the connection, within another 5 ms);
//   - a search that waits for an embedding provider which does not answer: the same;
//   - a request that takes 1 ms of a core: from sending it to its answer;
//   - many requests, half of them cancelled at random: the goroutines and the heap that are left.
package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"slices"
	"time"

	"github.com/semantic-ls/semantic-ls/bench/internal/client"
	"github.com/semantic-ls/semantic-ls/tasks"
)

func main() {
	rounds := flag.Int("rounds", 1000, "requests of each kind that are measured")
	requests := flag.Int("requests", 100_000, "requests that may leave nothing behind")
	profile := flag.String("cpuprofile", "", "write a profile of the server that searches to `FILE`")
	server := flag.String("serve", "", "be the server: search, provider or quiet")
	flag.Parse()
	if flag.NArg() != 1 || *rounds < 1 || *requests < 1 {
		fmt.Fprintln(os.Stderr, "usage: go run ./bench/cancel [-rounds N] [-requests N] [-cpuprofile FILE] DIR")
		os.Exit(2)
	}
	ctx := context.Background()
	var err error
	if *server != "" {
		err = profiled(*profile, func() error { return serve(ctx, flag.Arg(0), *server == "provider", *server != "quiet") })
	} else {
		err = measure(ctx, flag.Arg(0), *rounds, *requests, *profile)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "cancel:", err)
		os.Exit(1)
	}
}

func profiled(path string, fn func() error) error {
	if path == "" {
		return fn()
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := pprof.StartCPUProfile(file); err != nil {
		return err
	}
	defer pprof.StopCPUProfile()
	return fn()
}

func measure(ctx context.Context, dir string, rounds, requests int, profile string) error {
	root, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	fmt.Printf("%s, %s/%s, %d cores\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	err = session(ctx, root, "search", profile, func(cl asker) error {
		if err := cancels(cl, "a search", rounds); err != nil {
			return err
		}
		return answers(cl, rounds)
	})
	if err != nil {
		return err
	}
	err = session(ctx, root, "provider", "", func(cl asker) error {
		return cancels(cl, "a provider's call in flight", rounds)
	})
	if err != nil {
		return err
	}
	return session(ctx, root, "quiet", "", func(cl asker) error { return leaves(cl, requests) })
}

// session starts a server and calls body with its client.
func session(ctx context.Context, root, kind, profile string, body func(cl asker) error) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := tasks.Command(ctx, time.Second, self, "-serve", kind, "-cpuprofile", profile, root)
	cmd.Stderr = os.Stderr
	return client.Serve(ctx, cmd, func(_ context.Context, s *client.Server) error {
		if err := s.Initialize(nil); err != nil {
			return err
		}
		return body(asker{s})
	})
}

// cancels measures cancelled requests.
func cancels(cl asker, name string, rounds int) error {
	var toReply, toEnd []time.Duration
	for len(toReply) < rounds {
		request, err := cl.Begin("semantic/search", map[string]any{"query": "where do we retry a failed upload"})
		if err != nil {
			return err
		}
		time.Sleep(rand.N(6 * time.Millisecond)) // a search takes as long
		cancelled := time.Now()
		if err := cl.Notify("$/cancelRequest", map[string]any{"id": request.ID}); err != nil {
			return err
		}
		r := request.Answer()
		var at int64
		if err := cl.ask(ended, &at); err != nil {
			return err
		}
		end := time.Unix(0, at).Sub(cancelled.Round(0)) // by the clock that both processes see
		if r.Code != -32800 || end < 0 {
			continue // it was answered, or its work done, before the cancel came
		}
		toReply, toEnd = append(toReply, r.At.Sub(cancelled)), append(toEnd, end)
	}
	report(name+": cancel to reply", toReply)
	report(name+": cancel to the end of its work", toEnd)
	return nil
}

// answers measures short requests.
func answers(cl asker, rounds int) error {
	var took []time.Duration
	for range rounds {
		time.Sleep(rand.N(20 * time.Millisecond))
		start := time.Now()
		request, err := cl.Begin("semantic/search", map[string]any{"query": spin})
		if err != nil {
			return err
		}
		r := request.Answer()
		if err := r.Err(); err != nil {
			return fmt.Errorf("a request of 1 ms: %w", err)
		}
		took = append(took, r.At.Sub(start))
	}
	report("a request of 1 ms", took)
	return nil
}

// leaves looks at what many requests leave behind.
func leaves(cl asker, requests int) error {
	var before, first, goroutines, bytes int
	if err := cl.ask(left, &before, &first); err != nil {
		return err
	}
	const burst = 100
	for done := 0; done < requests; done += burst {
		if done == 10_000 {
			if err := cl.ask(left, &goroutines, &first); err != nil {
				return err
			}
		}
		var all []client.Request
		for range burst {
			query := instant
			if rand.IntN(2) == 0 {
				query = idle
			}
			batch := cl.Batch()
			request := batch.Request("semantic/search", map[string]any{"query": query, "session": fmt.Sprint(rand.IntN(8))})
			if query == idle {
				batch.Notify("$/cancelRequest", map[string]any{"id": request.ID})
			}
			if err := batch.Send(); err != nil {
				return err
			}
			all = append(all, request)
		}
		for _, request := range all {
			request.Answer()
		}
	}
	if err := cl.ask(left, &goroutines, &bytes); err != nil {
		return err
	}
	fmt.Printf("\nafter %d requests: %d goroutines (%d before), heap %+.2f MiB since the first 10,000\n",
		requests, goroutines, before, float64(bytes-first)/(1<<20))
	return nil
}

func report(what string, took []time.Duration) {
	slices.Sort(took)
	at := func(q float64) time.Duration {
		return took[min(len(took)-1, int(q*float64(len(took))))].Round(time.Microsecond)
	}
	worst := took[len(took)-1].Round(time.Microsecond)
	fmt.Printf("%-60s p50 %8v  p95 %8v  p99 %8v  worst %8v\n", what, at(.5), at(.95), at(.99), worst)
}
