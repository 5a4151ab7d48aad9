package index

import (
	"sync"
	"sync/atomic"
)

// Index is where the current snapshot of one folder is published. Readers load
// it without waiting; writers take turns. Safe for concurrent use.
type Index struct {
	mu      sync.Mutex // serialises writers
	current atomic.Pointer[Snapshot]
	root    string
}

// New returns an empty index of the folder at root.
func New(root string) *Index {
	x := &Index{root: root}
	x.current.Store(&Snapshot{})
	return x
}

// Snapshot returns the current snapshot.
func (x *Index) Snapshot() *Snapshot { return x.current.Load() }

// Apply publishes a snapshot with the files of seg, which may be nil, and
// without the paths removed.
func (x *Index) Apply(seg *Segment, removed []string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.current.Store(x.current.Load().With(x.root, seg, removed))
}

// Reset publishes an empty snapshot.
func (x *Index) Reset() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.current.Store(&Snapshot{})
}

// Segments returns how many segments the current snapshot has.
func (x *Index) Segments() int { return len(x.Snapshot().parts) }

// Bytes returns how large the segments of the current snapshot are.
func (x *Index) Bytes() (n int64) {
	for _, p := range x.Snapshot().parts {
		n += int64(len(p.seg.data))
	}
	return n
}
