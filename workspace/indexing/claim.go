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

// How long a process that indexes may publish nothing before this one does its work as
// well: it was stopped, most likely. What that costs with a remote model is paid for.
const (
	claimPatience       = 10 * time.Second
	remoteClaimPatience = time.Minute
)

// claim makes this process the one that brings the folder up to date, until it calls
// release. While another one does so, this one reads what that one publishes, and counts
// what is still to come. When nothing is, or nothing has come for long, it goes on without.
func (e *Engine) claim(ctx context.Context, f *folder, report func(Progress)) (release func(), err error) {
	var todo []workspace.Entry
	total := -1
	patience, last := claimPatience, time.Now()
	if !e.local() {
		patience = remoteClaimPatience
	}
	for {
		if release, ok := f.store.Indexing(); ok {
			return release, nil
		}
		if total < 0 {
			f.setState(StateIndexing, "another process is indexing this folder")
			err := e.guard(ctx, func() (err error) {
				var turn uint64
				todo, _, turn, err = e.survey(ctx, f)
				if err == nil {
					err = e.freshen(ctx, f, todo, turn)
				}
				if err == nil {
					todo, err = e.still(ctx, f, todo)
				}
				return err
			})
			if err != nil {
				return nil, err
			}
			total = len(todo)
			f.tell(report, todo, total)
		}
		if len(todo) == 0 || time.Since(last) > patience {
			return func() {}, nil
		}
		if err := tasks.Sleep(ctx, claimEvery); err != nil {
			return nil, context.Cause(ctx)
		}
		before := len(todo)
		err := e.guard(ctx, func() (err error) {
			if f.catchUp() {
				todo, err = e.still(ctx, f, todo)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		if len(todo) < before {
			last = time.Now()
			f.tell(report, todo, total)
		}
	}
}

// still returns the entries that are not indexed as they are, those aside that only have
// to be looked at once more.
func (e *Engine) still(ctx context.Context, f *folder, todo []workspace.Entry) ([]workspace.Entry, error) {
	snapshot := f.index.Snapshot()
	err := e.unit(ctx, func() error {
		todo = slices.DeleteFunc(todo, func(entry workspace.Entry) bool {
			known, ok := snapshot.Find(f.root, entry.Path)
			return ok && known.Size == entry.Size && (known.ModTime == entry.ModTime || known.ModTime == 0)
		})
		return nil
	})
	return todo, err
}

// tell counts what another process has still to do.
func (f *folder) tell(report func(Progress), todo []workspace.Entry, total int) {
	f.setWaiting(len(todo))
	if report != nil {
		report(Progress{Done: total - len(todo), Total: total, Flushed: f.store.Flushed()})
	}
}

// comeBack stores again what is published, if the store went on in memory while another
// process kept its lock. The Refresh that calls it reads what was not stored.
func (f *folder) comeBack() {
	f.publishing.Lock()
	defer f.publishing.Unlock()
	f.learn(f.store.Return())
}

// catchUp learns what other processes have published, and reports whether there is any.
func (f *folder) catchUp() bool {
	f.publishing.Lock()
	defer f.publishing.Unlock()
	news := f.store.CatchUp()
	f.learn(news)
	return !news.Empty()
}
