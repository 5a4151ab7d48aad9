package indexing

import (
	"context"
	"slices"
	"time"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/workspace"
)

// claimEvery is how often a Refresh looks how far another process has come that does the
// same: it takes the folder over, when that one ends, within a moment that nobody sees.
const claimEvery = 50 * time.Millisecond

// claim makes this process the one that brings the folder up to date, until it calls
// release. While another one does so, this one reads what that one publishes, and counts
// what is still to come.
func (e *Engine) claim(ctx context.Context, f *folder, report func(Progress)) (release func(), err error) {
	var todo []workspace.Entry
	total := -1
	for {
		if release, ok := f.store.Indexing(); ok {
			return release, nil
		}
		if total < 0 {
			f.setState(StateIndexing, "another process is indexing this folder")
			if err := e.guard(func() (err error) { todo, _, _, err = e.survey(ctx, f); return err }); err != nil {
				return nil, err
			}
			total = len(todo)
			f.tell(report, todo, total)
		}
		if err := tasks.Sleep(ctx, claimEvery); err != nil {
			return nil, context.Cause(ctx)
		}
		before := len(todo)
		err := e.guard(func() error {
			if !f.catchUp() {
				return nil
			}
			snapshot := f.index.Snapshot()
			return e.unit(ctx, func() error {
				todo = slices.DeleteFunc(todo, func(entry workspace.Entry) bool {
					known, ok := snapshot.Find(f.root, entry.Path)
					return ok && known.Size == entry.Size && known.ModTime == entry.ModTime
				})
				return nil
			})
		})
		if err != nil {
			return nil, err
		}
		if len(todo) < before {
			f.tell(report, todo, total)
		}
	}
}

// tell counts what another process has still to do.
func (f *folder) tell(report func(Progress), todo []workspace.Entry, total int) {
	f.setWaiting(len(todo))
	if report != nil {
		report(Progress{Done: total - len(todo), Total: total, Flushed: f.store.Flushed()})
	}
}

// catchUp learns what other processes have published, and reports whether there is any.
func (f *folder) catchUp() bool {
	f.publishing.Lock()
	defer f.publishing.Unlock()
	news := f.store.CatchUp()
	f.learn(news)
	return !news.Empty()
}
