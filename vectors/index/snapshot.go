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
//	WithAll: the same of many                 all unsaved documents
//	Join   : Snapshots        -> Snapshot     several folders, searched as one
//	Merge  : Segments         -> Segment      when there are many small ones
//
// Searching is exact: every live row of the scope is compared, every posting of the
// query's words read (retrieve.go). Up to a million chunks that beats a graph, which
// has to be built, takes memory and loses recall.
package index

import "slices"

// part is a segment within a snapshot.
type part struct {
	root      string // of the folder its files belong to
	seg       *Segment
	dead      []uint64 // bit per file, nil while none is dead; copied on write
	deadFiles int
	live      []uint64 // bit per chunk of a file that is not dead; nil while none is
	chunkBase uint32   // number of its first chunk in the snapshot
	fileBase  uint32

	all int // files that are not skipped, the dead included

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
	p.all = p.indexed
	return p
}

func (p *part) isDead(file int) bool {
	return p.dead != nil && p.dead[file>>6]&(1<<(file&63)) != 0
}

// kill marks a file as dead. dead and live must be this part's own copies.
func (p *part) kill(file int) {
	p.dead[file>>6] |= 1 << (file & 63)
	p.deadFiles++
	first, n := p.seg.fileChunks(file)
	for c := first; c < first+n; c++ {
		p.live[c>>6] &^= 1 << (c & 63)
	}
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
	if seg == nil {
		return s.WithAll(root, nil, removed)
	}
	return s.WithAll(root, []*Segment{seg}, removed)
}

// WithAll is With for many segments, in one step instead of as many copies. Where
// several have a file of one path, it is the last one's that stands.
func (s *Snapshot) WithAll(root string, segments []*Segment, removed []string) *Snapshot {
	next := &Snapshot{parts: make([]part, 0, len(s.parts)+len(segments))}
	replaced := slices.Clone(removed)
	for _, seg := range segments {
		for f := range seg.fileCount {
			replaced = append(replaced, string(seg.path(f)))
		}
	}
	for _, p := range s.parts {
		if p.root == root {
			p.replace(replaced)
		}
		if p.deadFiles < p.seg.fileCount {
			next.parts = append(next.parts, p)
		}
	}
	last := lastOf(segments)
	for i, seg := range segments {
		p := newPart(root, seg)
		var earlier []string
		for f := range seg.fileCount {
			if path := seg.path(f); last != nil && last[string(path)] != i {
				earlier = append(earlier, string(path))
			}
		}
		p.replace(earlier)
		if p.deadFiles < seg.fileCount {
			next.parts = append(next.parts, p)
		}
	}
	next.number()
	return next
}

// lastOf returns which of several segments is the last that has each path; nil where
// there are not several.
func lastOf(segments []*Segment) map[string]int {
	if len(segments) < 2 {
		return nil
	}
	last := map[string]int{}
	for i, seg := range segments {
		for f := range seg.fileCount {
			last[string(seg.path(f))] = i
		}
	}
	return last
}

// replace kills the files at paths; it copies the marks before the first.
func (p *part) replace(paths []string) {
	own := false
	for _, path := range paths {
		f, ok := p.seg.Find(path)
		if !ok || p.isDead(f) {
			continue
		}
		if !own {
			p.dead, p.live, own = p.ownMarks()
		}
		p.kill(f)
	}
}

// ownMarks returns copies of the marks that kill changes.
func (p *part) ownMarks() (dead, live []uint64, own bool) {
	if p.dead != nil {
		return slices.Clone(p.dead), slices.Clone(p.live), true
	}
	live = make([]uint64, (p.seg.chunkCount+63)/64)
	for i := range live {
		live[i] = ^uint64(0)
	}
	return make([]uint64, (p.seg.fileCount+63)/64), live, true
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

// total returns how many chunks and files are numbered, the dead included.
func (s *Snapshot) total() (chunks, files int) {
	for _, p := range s.parts {
		chunks += p.seg.chunkCount
		files += p.seg.fileCount
	}
	return chunks, files
}
