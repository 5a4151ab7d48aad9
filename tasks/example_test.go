package tasks_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/semantic-ls/semantic-ls/tasks"
)

// A group is a call: when Run returns, whatever it started has ended. (run, create_task_group, start_soon)
func ExampleRun() {
	var mu sync.Mutex
	var lengths []int
	err := tasks.Run(context.Background(), func(_ context.Context, g *tasks.Group) error {
		for _, text := range []string{"one", "three", "seven more"} {
			g.Go(func(context.Context) error {
				mu.Lock()
				defer mu.Unlock()
				lengths = append(lengths, len(text))
				return nil
			})
		}
		return nil
	})
	slices.Sort(lengths)
	fmt.Println(lengths, err)
	// Output: [3 5 10] <nil>
}

// Several failures come out together, cancellations that merely follow from them do not. (ExceptionGroup)
func ExampleRun_errors() {
	err := tasks.Run(context.Background(), func(ctx context.Context, g *tasks.Group) error {
		g.Go(func(context.Context) error {
			_, err := os.Open("no such file")
			return err
		})
		g.Go(func(ctx context.Context) error {
			<-ctx.Done() // the first failure
			return fmt.Errorf("the other server: %w", io.ErrUnexpectedEOF)
		})
		g.Go(func(ctx context.Context) error { return tasks.Sleep(ctx, time.Hour) })
		return nil
	})
	var path *fs.PathError
	fmt.Println(errors.As(err, &path), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, context.Canceled))
	// Output: true true false
}

// Sleep ends with its scope. (sleep)
func ExampleSleep() {
	err := tasks.Run(context.Background(), func(ctx context.Context, g *tasks.Group) error {
		g.Go(func(context.Context) error { return errors.New("the first to fail") })
		return tasks.Sleep(ctx, time.Hour)
	})
	fmt.Println(err)
	// Output: the first to fail
}

// A task with a handle can be awaited, and cancelled alone.
func ExampleTask() {
	err := tasks.Run(context.Background(), func(ctx context.Context, g *tasks.Group) error {
		answer := 0
		asked := g.Go(func(context.Context) error { answer = 42; return nil })
		endless := g.Go(func(ctx context.Context) error { return tasks.Sleep(ctx, time.Hour) })
		if err := asked.Wait(ctx); err != nil {
			return err
		}
		endless.Cancel(errors.New("nobody asks any more"))
		fmt.Println(answer, "|", endless.Wait(ctx))
		return nil
	})
	fmt.Println(err)
	// Output:
	// 42 | context canceled: nobody asks any more
	// <nil>
}

// Results come in the order of the items, not in that of completion. (gather)
func ExampleMap() {
	squares, err := tasks.Map(context.Background(), nil, tasks.Interactive, []int{3, 1, 2},
		func(ctx context.Context, n int) (int, error) {
			return n * n, tasks.Sleep(ctx, time.Duration(n)*time.Millisecond)
		})
	fmt.Println(squares, err)
	// Output: [9 1 4] <nil>
}

// Results come as they are ready; leaving the loop ends the rest. (as_completed)
func ExampleAsCompleted() {
	mirrors := slices.Values([]time.Duration{time.Hour, time.Millisecond, time.Minute})
	for took, err := range tasks.AsCompleted(context.Background(), nil, tasks.Interactive, mirrors,
		func(ctx context.Context, d time.Duration) (time.Duration, error) { return d, tasks.Sleep(ctx, d) }) {
		fmt.Println(took, err)
		break
	}
	// Output: 1ms <nil>
}

// embedder stands for a model that takes its time for each batch of texts.
type embedder struct{ each time.Duration }

func (e embedder) embed(ctx context.Context, texts []string) ([][]float32, error) {
	if err := tasks.Sleep(ctx, e.each); err != nil {
		return nil, err
	}
	vectors := make([][]float32, len(texts))
	for i, text := range texts {
		vectors[i] = []float32{float32(len(text)), 1}
	}
	return vectors, nil
}

// Batches are embedded two at a time for as long as there is time; what was ready by then is kept.
// (move_on_after, CapacityLimiter)
func ExampleMoveOnAfter() {
	model, limiter := embedder{each: 40 * time.Millisecond}, tasks.NewLimiter(2, 2)
	var batches [][]string
	for i := range 1000 {
		batches = append(batches, []string{fmt.Sprint("func f", i), fmt.Sprint("type t", i)})
	}
	var vectors [][][]float32
	moved, err := tasks.MoveOnAfter(context.Background(), 100*time.Millisecond, func(ctx context.Context, _ *tasks.Group) (err error) {
		vectors, err = tasks.Map(ctx, limiter, tasks.Background, batches, model.embed)
		return err
	})
	ready := len(slices.DeleteFunc(vectors, func(v [][]float32) bool { return v == nil }))
	fmt.Println("moved on:", moved, err)
	fmt.Println("some are ready, not all:", 0 < ready && ready < len(batches))
	// Output:
	// moved on: true <nil>
	// some are ready, not all: true
}

// Too late is an error here. (fail_after)
func ExampleFailAfter() {
	err := tasks.FailAfter(context.Background(), 5*time.Millisecond, func(ctx context.Context, _ *tasks.Group) error {
		_, err := embedder{each: time.Hour}.embed(ctx, nil)
		return err
	})
	fmt.Println(err, errors.Is(err, context.DeadlineExceeded))
	// Output: not done within 5ms true
}

// Cleaning up goes on when everything around it is cancelled, for as long as it is given. (shield)
func ExampleShield() {
	err := tasks.Run(context.Background(), func(ctx context.Context, g *tasks.Group) error {
		g.Cancel(errors.New("shutting down"))
		flushed := tasks.Shield(ctx, time.Second, func(ctx context.Context, _ *tasks.Group) error {
			return tasks.Sleep(ctx, time.Millisecond)
		})
		fmt.Println("flushed:", flushed == nil)
		return nil
	})
	fmt.Println(err)
	// Output:
	// flushed: true
	// shutting down
}

// As long as something arrives, the deadline moves on.
func ExampleGroup_SetDeadline() {
	arrivals := make(chan string, 3)
	arrivals <- "a"
	arrivals <- "b"
	moved, err := tasks.MoveOnAfter(context.Background(), 20*time.Millisecond, func(ctx context.Context, g *tasks.Group) error {
		for {
			arrived, err := tasks.Receive(ctx, arrivals)
			if err != nil {
				return err
			}
			fmt.Println(arrived)
			g.SetDeadline(time.Now().Add(20 * time.Millisecond))
		}
	})
	fmt.Println(moved, err)
	// Output:
	// a
	// b
	// true <nil>
}

// An event is a channel that is closed and never sent on. (Event)
func ExampleReceive_event() {
	indexed := make(chan struct{})
	err := tasks.Run(context.Background(), func(_ context.Context, g *tasks.Group) error {
		for range 2 {
			g.Go(func(ctx context.Context) error {
				if _, err := tasks.Receive(ctx, indexed); err != io.EOF {
					return err
				}
				fmt.Println("it is indexed")
				return nil
			})
		}
		close(indexed)
		return nil
	})
	fmt.Println(err)
	// Output:
	// it is indexed
	// it is indexed
	// <nil>
}

// A bounded channel keeps a fast producer from running ahead; the sender closes. (memory object streams)
func ExampleSend() {
	files := make(chan string, 1)
	err := tasks.Run(context.Background(), func(_ context.Context, g *tasks.Group) error {
		g.Go(func(ctx context.Context) error {
			defer close(files)
			for _, name := range []string{"a.go", "b.go", "c.go"} {
				if err := tasks.Send(ctx, files, name); err != nil {
					return err
				}
			}
			return nil
		})
		g.Go(func(ctx context.Context) error {
			for {
				name, err := tasks.Receive(ctx, files)
				if err == io.EOF {
					return nil
				} else if err != nil {
					return err
				}
				fmt.Println(name)
			}
		})
		return nil
	})
	fmt.Println(err)
	// Output:
	// a.go
	// b.go
	// c.go
	// <nil>
}

// Background work never gets the last of the tokens. (CapacityLimiter, Semaphore)
func ExampleLimiter() {
	cores := tasks.NewLimiter(2, 1)
	err := tasks.Run(context.Background(), func(ctx context.Context, g *tasks.Group) error {
		for range 10 {
			g.Go(func(ctx context.Context) error {
				return cores.Do(ctx, tasks.Background, func(ctx context.Context) error { return tasks.Sleep(ctx, time.Hour) })
			})
		}
		err := cores.Do(ctx, tasks.Interactive, func(context.Context) error { return nil })
		g.Cancel(nil)
		return err
	})
	fmt.Println("a query got through:", err == nil)
	// Output: a query got through: true
}

// A lock whose waiters can be cancelled is a limiter of one. (Lock)
func ExampleLimiter_lock() {
	lock := tasks.NewLimiter(1, 1)
	err := lock.Do(context.Background(), tasks.Interactive, func(ctx context.Context) error {
		return tasks.FailAfter(context.Background(), time.Millisecond, func(ctx context.Context, _ *tasks.Group) error {
			return lock.Do(ctx, tasks.Interactive, func(context.Context) error { return nil })
		})
	})
	fmt.Println(err)
	// Output: not done within 1ms
}

// A call that cannot be cancelled, here of the file system, is left behind when there is no time for it;
// where there is, it is like any other. (to_thread.run_sync, open_file, Path)
func ExampleAbandon() {
	dir, err := os.MkdirTemp("", "tasks-example-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path, disk := filepath.Join(dir, "greeting"), tasks.NewLimiter(8, 8)
	_, err = tasks.Abandon(context.Background(), disk, tasks.Interactive, func() (int, error) {
		return 0, os.WriteFile(path, []byte("hello"), 0o600)
	})
	fmt.Println(err)
	text, err := tasks.Abandon(context.Background(), disk, tasks.Interactive, func() ([]byte, error) { return os.ReadFile(path) })
	fmt.Printf("%s %v\n", text, err)

	pipe, stuck, err := os.Pipe()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer pipe.Close()
	defer stuck.Close()
	moved, err := tasks.MoveOnAfter(context.Background(), time.Millisecond, func(ctx context.Context, _ *tasks.Group) error {
		_, err := tasks.Abandon(ctx, disk, tasks.Interactive, func() (int, error) { return pipe.Read(make([]byte, 1)) })
		return err
	})
	held, _ := disk.Stats()
	fmt.Println("left behind:", moved, err, "and still counted:", held)
	// Output:
	// <nil>
	// hello <nil>
	// left behind: true <nil> and still counted: 1
}

// A newer question of the same box ends the older one.
func ExampleRegistry() {
	var boxes tasks.Registry[string]
	searching := make(chan struct{})
	err := tasks.Run(context.Background(), func(_ context.Context, g *tasks.Group) error {
		g.Go(func(ctx context.Context) error {
			err := boxes.Run(ctx, "search", func(ctx context.Context) error {
				close(searching)
				return tasks.Sleep(ctx, time.Hour)
			})
			fmt.Println("retr:", err)
			return nil
		})
		g.Go(func(ctx context.Context) error {
			<-searching
			return boxes.Run(ctx, "search", func(context.Context) error { return nil })
		})
		return nil
	})
	fmt.Println("retry:", err)
	// Output:
	// retr: context canceled: superseded by a newer one
	// retry: <nil>
}

// A panic becomes an error where that is wanted.
func ExampleCatch() {
	err := tasks.Catch(func() error {
		var hits []string
		_ = hits[3]
		return nil
	})
	fmt.Println(err)
	// Output: panic: runtime error: index out of range [3] with length 0
}

// Time is the runtime's: monotonic, and fake under testing/synctest. (current_time)
func Example_time() {
	start := time.Now()
	_ = tasks.Sleep(context.Background(), time.Millisecond)
	fmt.Println(time.Since(start) >= time.Millisecond)
	// Output: true
}
