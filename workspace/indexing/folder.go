package indexing

import (
	"slices"
	"strings"
	"sync"

	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/vectors/store"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/ignore"
)

// folder is one open folder: its index, the store behind it, and what is known
// of files that are in neither.
type folder struct {
	root  string
	index *index.Index
	store *store.Store

	// refreshing holds a token while a Refresh runs: one walk at a time.
	refreshing chan struct{}

	// publishing guards the order of changes: what is applied to the index is
	// appended to the store before the next change is applied. It also guards
	// turn and touched.
	publishing sync.Mutex
	// turn counts Updates; touched says in which each path was last updated, so
	// that a Refresh that read a file before does not publish what it read.
	turn    uint64
	touched map[string]uint64

	mu       sync.Mutex // guards all below
	state    string
	message  string
	walked   bool // a walk has ended: skipped and waiting are known
	waiting  int  // files that a Refresh has still to read, new or changed
	listed   int  // files that the walk found; 0 once all of them are read
	skipped  []workspace.Skipped
	rules    *ignore.Rules          // as of the last walk; nil before the first
	verdicts map[string]ignore.Skip // of rules, by path
	warnings []string               // of the last walk: files of rules that could not be used in full
}

func newFolder(root string) *folder {
	return &folder{
		root:       root,
		index:      index.New(root),
		refreshing: make(chan struct{}, 1),
		touched:    map[string]uint64{},
		state:      StateReady,
	}
}

// publish makes a change visible to queries and durable. change is asked for it
// under the lock that orders changes, so that it can leave out what an Update has
// overtaken; it returns false where there is nothing to publish as it stands. The
// error is the store's: the change is published all the same.
func (f *folder) publish(change func() (store.Change, bool)) (published bool, err error) {
	f.publishing.Lock()
	defer f.publishing.Unlock()
	c, ok := change()
	if !ok {
		return false, nil
	}
	f.index.Apply(c.Segment, c.Removed)
	return true, f.store.Append(c)
}

// remove publishes that paths are gone, but for those updated since turn.
func (f *folder) remove(paths []string, turn uint64) error {
	if len(paths) == 0 {
		return nil
	}
	_, err := f.publish(func() (store.Change, bool) {
		still := f.notSince(paths, turn)
		return store.Change{Removed: still}, len(still) > 0
	})
	return err
}

// notSince returns the paths that no Update has touched since turn. f.publishing
// is held.
func (f *folder) notSince(paths []string, turn uint64) []string {
	return slices.DeleteFunc(slices.Clone(paths), func(p string) bool { return f.touched[p] > turn })
}

func (f *folder) setState(state, message string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.state, f.message = state, message
}

// ready says that all that the walk found is read.
func (f *folder) ready() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.state, f.message, f.waiting, f.listed = StateReady, "", 0, 0
}

func (f *folder) setWaiting(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.waiting = n
}

func (f *folder) coverage(model string) Coverage {
	counts := f.index.Snapshot().Counts(f.root)
	f.mu.Lock()
	defer f.mu.Unlock()
	c := Coverage{FilesIndexed: counts.Files, FilesWaiting: f.waiting, Chunks: counts.Chunks, Model: model}
	c.FilesTotal = max(c.FilesIndexed, f.listed-counts.Skipped)
	if f.waiting > 0 { // some of them are indexed as they were
		c.FilesIndexed = min(c.FilesIndexed, max(0, c.FilesTotal-f.waiting))
	}
	c.Percent = percent(c.FilesIndexed, c.FilesTotal, f.walked)
	return c
}

func (f *folder) status(model string) FolderStatus {
	s := FolderStatus{Root: f.root, Coverage: f.coverage(model), Bytes: f.store.Size(), Health: f.store.Health()}
	f.mu.Lock()
	s.State, s.Message = f.state, f.message
	if s.Message == "" && s.Health != store.HealthOK && s.Health != store.HealthMemory {
		s.Message = "the index on disk: " + s.Health
	}
	s.Skipped, s.Warnings = slices.Clone(f.skipped), f.warnings
	f.mu.Unlock()
	f.index.Snapshot().Files(f.root, func(file index.File) bool {
		if file.Skip.Rule != "" {
			s.Skipped = append(s.Skipped, workspace.Skipped{Path: file.Path, Skip: ignore.Skip(file.Skip)})
		}
		return true
	})
	slices.SortFunc(s.Skipped, func(a, b workspace.Skipped) int { return strings.Compare(a.Path, b.Path) })
	return s
}
