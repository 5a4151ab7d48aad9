// Package index is the searchable form of a workspace: immutable segments of
// files, chunks, quantised vectors and postings, and snapshots of them.
//
// A change never touches what is there. It adds a segment, and marks the files
// that the segment replaces as dead in a copy of their marks; the result is a
// new Snapshot that shares everything else with the old one. A query holds one
// snapshot for as long as it takes and sees nothing of what comes later.
//
//	Build  : documents        -> Segment
//	With   : Snapshot+Segment -> Snapshot     one save, one batch of a cold index
//	Join   : Snapshots        -> Snapshot     several folders, searched as one
//	Merge  : Segments         -> Segment      when there are many small ones
//
// Searching is exact: every live row is compared, every posting read
// (retrieve.go). Up to a million chunks that beats a graph, which has to be
// built, takes memory and loses recall.
package index

import (
	"slices"
	"sort"
	"sync"
	"sync/atomic"
)

// part is a segment within a snapshot.
type part struct {
	root      string // of the folder its files belong to
	seg       *Segment
	dead      []uint64 // bit per file, nil while none is dead; copied on write
	deadFiles int
	chunkBase uint32 // number of its first chunk in the snapshot
	fileBase  uint32

	// Of the live files.
	indexed int // without those that are skipped
	chunks  int
	words   uint64
}

func newPart(root string, seg *Segment) part {
	p := part{root: root, seg: seg, chunks: seg.chunkCount}
	for f := range seg.fileCount {
		p.words += uint64(seg.fileWords(f))
		if !seg.skipped(f) {
			p.indexed++
		}
	}
	return p
}

func (p *part) isDead(file int) bool {
	return p.dead != nil && p.dead[file>>6]&(1<<(file&63)) != 0
}

// kill marks a file as dead. dead must be this part's own copy.
func (p *part) kill(file int) {
	p.dead[file>>6] |= 1 << (file & 63)
	p.deadFiles++
	_, n := p.seg.fileChunks(file)
	p.chunks -= n
	p.words -= uint64(p.seg.fileWords(file))
	if !p.seg.skipped(file) {
		p.indexed--
	}
}

// Snapshot is an immutable view of one or more folders. Chunks and files are
// numbered through all of it; a number means nothing outside its snapshot. Safe
// for concurrent use. The zero value is empty.
type Snapshot struct {
	parts []part
}

// With returns a snapshot in which the files of seg stand in the place of the
// files of the same root and path, and the paths removed are gone. seg may be
// nil. The receiver stays as it is.
func (s *Snapshot) With(root string, seg *Segment, removed []string) *Snapshot {
	next := &Snapshot{parts: make([]part, 0, len(s.parts)+1)}
	for _, p := range s.parts {
		if p.root == root {
			p.replace(seg, removed)
		}
		if p.deadFiles < p.seg.fileCount {
			next.parts = append(next.parts, p)
		}
	}
	if seg != nil && seg.fileCount > 0 {
		next.parts = append(next.parts, newPart(root, seg))
	}
	next.number()
	return next
}

// replace kills what seg and removed name; it copies the marks before the first.
func (p *part) replace(seg *Segment, removed []string) {
	own := false
	kill := func(path string) {
		f, ok := p.seg.Find(path)
		if !ok || p.isDead(f) {
			return
		}
		if !own {
			marks := make([]uint64, (p.seg.fileCount+63)/64)
			copy(marks, p.dead)
			p.dead, own = marks, true
		}
		p.kill(f)
	}
	if seg != nil {
		for f := range seg.fileCount {
			kill(string(seg.path(f)))
		}
	}
	for _, path := range removed {
		kill(path)
	}
}

func (s *Snapshot) number() {
	var chunks, files uint32
	for i := range s.parts {
		s.parts[i].chunkBase, s.parts[i].fileBase = chunks, files
		chunks += uint32(s.parts[i].seg.chunkCount)
		files += uint32(s.parts[i].seg.fileCount)
	}
}

// Join returns one snapshot of several, whose roots must differ.
func Join(snapshots ...*Snapshot) *Snapshot {
	if len(snapshots) == 1 {
		return snapshots[0]
	}
	joined := &Snapshot{}
	for _, s := range snapshots {
		joined.parts = append(joined.parts, s.parts...)
	}
	joined.number()
	return joined
}

// Counts of a snapshot's live content.
type Counts struct {
	Files   int // indexed, not skipped
	Skipped int
	Chunks  int
}

// Counts returns how much there is of root, or of every root where it is "".
func (s *Snapshot) Counts(root string) (c Counts) {
	for _, p := range s.parts {
		if root == "" || p.root == root {
			c.Files += p.indexed
			c.Skipped += p.seg.fileCount - p.deadFiles - p.indexed
			c.Chunks += p.chunks
		}
	}
	return c
}

// Find returns what is known of the file at path below root.
func (s *Snapshot) Find(root, path string) (File, bool) {
	if p, f, ok := s.find(root, path); ok {
		return p.seg.File(f), true
	}
	return File{}, false
}

func (s *Snapshot) find(root, path string) (*part, int, bool) {
	for i := len(s.parts) - 1; i >= 0; i-- {
		if p := &s.parts[i]; p.root == root {
			if f, ok := p.seg.Find(path); ok && !p.isDead(f) {
				return p, f, true
			}
		}
	}
	return nil, 0, false
}

// Files calls yield with every live file of root, in no order, until it returns
// false.
func (s *Snapshot) Files(root string, yield func(File) bool) {
	for i := range s.parts {
		p := &s.parts[i]
		if p.root != root {
			continue
		}
		for f := range p.seg.fileCount {
			if !p.isDead(f) && !yield(p.seg.File(f)) {
				return
			}
		}
	}
}

// Reuse returns the row of a chunk of the file at path with this text, symbol
// and container, so that an edit embeds only what it changed.
func (s *Snapshot) Reuse(root, path string, hash uint64, symbol, container string) (Row, bool) {
	p, f, ok := s.find(root, path)
	if !ok {
		return Row{}, false
	}
	first, n := p.seg.fileChunks(f)
	for c := first; c < first+n; c++ {
		if k := p.seg.Chunk(uint32(c)); k.Hash == hash && k.Symbol == symbol && k.Container == container {
			row := p.seg.Row(uint32(c))
			return row, row.Scale != 0
		}
	}
	return Row{}, false
}

// Found is a chunk with all that is known of it.
type Found struct {
	Chunk
	Root string
	Of   File
}

// Chunk returns the chunk with this number in the snapshot.
func (s *Snapshot) Chunk(id uint32) Found {
	p := s.partOf(id)
	c := p.seg.Chunk(id - p.chunkBase)
	return Found{Chunk: c, Root: p.root, Of: p.seg.File(int(c.File))}
}

// Row returns the row of the chunk with this number.
func (s *Snapshot) Row(id uint32) Row {
	p := s.partOf(id)
	return p.seg.Row(id - p.chunkBase)
}

// FileOf returns the number of a chunk's file in the snapshot.
func (s *Snapshot) FileOf(id uint32) uint32 {
	p := s.partOf(id)
	return p.fileBase + p.seg.fileOf[id-p.chunkBase]
}

// ChunksOf returns the numbers of the chunks of the file at path below root:
// [first, first+n).
func (s *Snapshot) ChunksOf(root, path string) (first uint32, n int) {
	p, f, ok := s.find(root, path)
	if !ok {
		return 0, 0
	}
	at, n := p.seg.fileChunks(f)
	return p.chunkBase + uint32(at), n
}

func (s *Snapshot) partOf(id uint32) *part {
	i := sort.Search(len(s.parts), func(i int) bool { return s.parts[i].chunkBase > id })
	return &s.parts[i-1]
}

// total returns how many chunks and files are numbered, the dead included.
func (s *Snapshot) total() (chunks, files int) {
	for _, p := range s.parts {
		chunks += p.seg.chunkCount
		files += p.seg.fileCount
	}
	return chunks, files
}

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
