package index

import (
	"context"
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
	most    int // bytes up to which segments are merged
}

// mostMerged is how large segments get by merging. Within one, strings and postings
// are found by offsets of 32 bits, and what is merged is little larger than its parts:
// so two GiB would do. The store merges less at a time (vectors/store/tiers.go).
const mostMerged = 1 << 30

// New returns an empty index of the folder at root.
func New(root string) *Index {
	x := &Index{root: root, most: mostMerged}
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
// that merging the small ones costs what they weigh. When ctx ends first, nothing has
// changed, and its cause is the error.
func (x *Index) Compact(ctx context.Context, dimensions, keep int) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	parts := slices.Clone(x.current.Load().parts)
	slices.SortStableFunc(parts, func(a, b part) int { return b.seg.chunkCount - a.seg.chunkCount })
	keep = min(keep, len(parts))
	return x.merge(ctx, dimensions, parts[:keep], parts[keep:])
}

// merge publishes the parts that stay beside what is left of the others, in as few
// segments as x.most allows. x.mu is held.
func (x *Index) merge(ctx context.Context, dimensions int, stay, others []part) error {
	next, changed := &Snapshot{parts: slices.Clone(stay)}, false
	for _, group := range x.groups(others) {
		if len(group) == 1 && group[0].dead == nil {
			next.parts = append(next.parts, group[0])
			continue
		}
		changed = true
		segments := make([]*Segment, len(group))
		for i, p := range group {
			segments[i] = p.seg
		}
		seg, err := Merge(ctx, dimensions, segments, func(s, f int) bool { return !group[s].isDead(f) })
		if err != nil {
			return err
		}
		next.parts = append(next.parts, newPart(x.root, seg))
	}
	if changed {
		next.number()
		x.current.Store(next)
	}
	return nil
}

// groups puts parts together that may become one segment: each, the largest first,
// into the first group that has room for it.
func (x *Index) groups(parts []part) (groups [][]part) {
	parts = slices.Clone(parts)
	slices.SortStableFunc(parts, func(a, b part) int { return len(b.seg.data) - len(a.seg.data) })
	var bytes []int
	for _, p := range parts {
		i := slices.IndexFunc(bytes, func(n int) bool { return n+len(p.seg.data) <= x.most })
		if i < 0 {
			i = len(groups)
			groups, bytes = append(groups, nil), append(bytes, 0)
		}
		groups[i] = append(groups[i], p)
		bytes[i] += len(p.seg.data)
	}
	return groups
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
