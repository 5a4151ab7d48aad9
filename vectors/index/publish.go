package index

import (
	"slices"
	"sync"
	"sync/atomic"
)

// Index is where the current snapshot of one folder is published. Readers load
// it without waiting; Apply is the only writer. Safe for concurrent use.
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

// Compact merges the live files of all segments but the keep largest ones, so
// that merging the small ones costs what they weigh.
func (x *Index) Compact(dimensions, keep int) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	parts := slices.Clone(x.current.Load().parts)
	slices.SortStableFunc(parts, func(a, b part) int { return b.seg.chunkCount - a.seg.chunkCount })
	stay, merge := parts[:min(keep, len(parts))], parts[min(keep, len(parts)):]
	if len(merge) == 0 || len(merge) == 1 && merge[0].dead == nil {
		return nil
	}
	segments := make([]*Segment, len(merge))
	for i, p := range merge {
		segments[i] = p.seg
	}
	seg, err := Merge(dimensions, segments, func(s, f int) bool { return !merge[s].isDead(f) })
	if err != nil {
		return err
	}
	next := &Snapshot{parts: append(slices.Clone(stay), newPart(x.root, seg))}
	next.number()
	x.current.Store(next)
	return nil
}

// Settle merges everything into one segment where that pays: when what does not
// stand in the largest, or is dead in it, is over a tenth of it. Otherwise it
// merges the rest.
func (x *Index) Settle(dimensions int) error {
	largest, all, dead := 0, 0, 0
	for _, p := range x.Snapshot().parts {
		largest = max(largest, p.seg.chunkCount)
		all += p.seg.chunkCount
		dead += p.seg.chunkCount - p.chunks
	}
	if 10*(all-largest+dead) > largest {
		return x.Compact(dimensions, 0)
	}
	return x.Compact(dimensions, 1)
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

// Live returns the current snapshot as segments that need no marks: those with
// dead files are merged by themselves. Applied in order to an empty index, they
// give the snapshot.
func (x *Index) Live(dimensions int) ([]*Segment, error) {
	var list []*Segment
	for _, p := range x.Snapshot().parts {
		seg := p.seg
		if p.dead != nil {
			var err error
			if seg, err = Merge(dimensions, []*Segment{p.seg}, func(_, f int) bool { return !p.isDead(f) }); err != nil {
				return nil, err
			}
		}
		list = append(list, seg)
	}
	return list, nil
}
