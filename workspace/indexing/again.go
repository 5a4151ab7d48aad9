package indexing

import (
	"context"
	"runtime"
	"sync"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/vectors/store"
	"github.com/semantic-ls/semantic-ls/workspace"
)

// readAgain reads and publishes the entries of an Update, each path once: what fits into one batch as it comes, and what
// does not, as when a branch is switched, with all workers that are of use, in batches that grow as those of a Refresh do.
// On an error left are those that are not published.
func (e *Engine) readAgain(
	ctx context.Context, f *folder, entries []workspace.Entry, turn uint64,
) (left []workspace.Entry, err error) {
	var (
		mu      sync.Mutex // guards all below
		rest    = entries
		bytes   = sizeOf(entries)
		taken   int                 // batches
		reading = map[string]bool{} // paths
	)
	workers := runtime.GOMAXPROCS(0) // the limiter says how many of them work at a time
	if !e.local() {
		workers = remoteWorkers
	}
	take := func() (batch []workspace.Entry) {
		mu.Lock()
		defer mu.Unlock()
		doublings := min(mostDoublings, taken/doublingBatches)
		for doublings > 0 && bytes < int64(2*workers)*batchBytes<<doublings {
			doublings--
		}
		n := e.batchLength(rest, doublings)
		taken++
		batch, rest = rest[:n], rest[n:]
		bytes -= sizeOf(batch)
		for _, entry := range batch {
			reading[entry.Path] = true
		}
		return batch
	}
	finished := func(batch []workspace.Entry) {
		f.succeeded(batch)
		f.met(batch)
		mu.Lock()
		defer mu.Unlock()
		for _, entry := range batch {
			delete(reading, entry.Path)
		}
	}
	work := func(ctx context.Context) error {
		for batch := take(); len(batch) > 0; batch = take() {
			if err := e.readBatch(ctx, f, batch, turn, true); err != nil {
				return err
			}
			finished(batch)
		}
		return nil
	}
	if e.batchLength(entries, 0) == len(entries) {
		err = work(ctx)
	} else {
		err = tasks.Run(ctx, func(ctx context.Context, g *tasks.Group) error {
			for range workers {
				g.Go(func(ctx context.Context) error {
					store.GuardTask()
					return work(ctx)
				})
			}
			return nil
		})
	}
	for _, entry := range entries[:len(entries)-len(rest)] {
		if reading[entry.Path] {
			left = append(left, entry)
		}
	}
	return append(left, rest...), err
}
