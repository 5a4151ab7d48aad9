package index

import (
	"context"
	"slices"
)

// Piece is a segment as it stands in a snapshot, or in a store: with marks of the files
// that are no more.
type Piece struct {
	Segment *Segment
	Dead    []uint64 // a bit per file; nil: none
}

// Pieces returns what a snapshot is made of, oldest first.
func (s *Snapshot) Pieces() []Piece {
	pieces := make([]Piece, len(s.parts))
	for i, p := range s.parts {
		pieces[i] = Piece{p.seg, p.dead}
	}
	return pieces
}

// Alive reports whether file f is still one.
func (p Piece) Alive(f int) bool {
	return f>>6 >= len(p.Dead) || p.Dead[f>>6]&(1<<(f&63)) == 0
}

// Live returns how many bytes of the segment are those of live chunks, about.
func (p Piece) Live() int64 {
	if p.Dead == nil {
		return int64(len(p.Segment.data))
	}
	live := 0
	for f := range p.Segment.fileCount {
		if p.Alive(f) {
			_, n := p.Segment.fileChunks(f)
			live += n
		}
	}
	return int64(len(p.Segment.data)) * int64(live) / int64(max(1, p.Segment.chunkCount))
}

// MergePieces encodes what is alive of several pieces, oldest first, as one segment; see
// Merge.
func MergePieces(ctx context.Context, dimensions int, pieces []Piece) (*Segment, error) {
	segments := make([]*Segment, len(pieces))
	for i, p := range pieces {
		segments[i] = p.Segment
	}
	return Merge(ctx, dimensions, segments, func(s, f int) bool { return pieces[s].Alive(f) })
}

func (p Piece) part(root string) part {
	result := newPart(root, p.Segment)
	for f := range p.Segment.fileCount {
		if !p.Alive(f) {
			if result.dead == nil {
				result.dead, result.live, _ = result.ownMarks()
			}
			result.kill(f)
		}
	}
	return result
}

// Restore publishes a snapshot of nothing but pieces, no path of which is alive twice.
func (x *Index) Restore(pieces []Piece) {
	x.mu.Lock()
	defer x.mu.Unlock()
	next := &Snapshot{}
	for _, piece := range pieces {
		if p := piece.part(x.root); p.deadFiles < p.seg.fileCount {
			next.parts = append(next.parts, p)
		}
	}
	next.number()
	x.current.Store(next)
}

// Replace publishes a snapshot in which segments stand in the place of pieces that a
// snapshot before had: they have what was alive in those, and no path of them is alive
// in what stays. What has been replaced or removed since is dead in the new ones too.
func (x *Index) Replace(old []Piece, segments ...*Segment) {
	x.mu.Lock()
	defer x.mu.Unlock()
	now := x.current.Load()
	var gone []string
	replaced := map[*Segment]bool{}
	for _, o := range old {
		replaced[o.Segment] = true
		i := slices.IndexFunc(now.parts, func(p part) bool { return p.seg == o.Segment })
		for f := range o.Segment.fileCount {
			if o.Alive(f) && (i < 0 || now.parts[i].isDead(f)) {
				gone = append(gone, string(o.Segment.path(f)))
			}
		}
	}
	next := &Snapshot{}
	for _, p := range now.parts {
		if !replaced[p.seg] {
			next.parts = append(next.parts, p)
		}
	}
	for _, seg := range segments {
		p := newPart(x.root, seg)
		p.replace(gone)
		if p.deadFiles < seg.fileCount {
			next.parts = append(next.parts, p)
		}
	}
	next.number()
	x.current.Store(next)
}
