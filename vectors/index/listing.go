package index

import (
	"bytes"
	"cmp"
	"context"
	"runtime"
)

// Class is the file's class.
func (n FileName) Class() Class { return n.seg.class(n.file) }

// Class is the file's class.
func (f File) Class() Class { return classOf(f) }

// Having is the scope of those chunks of c that have at least one term of each list, of the hashes of words. It returns
// the context's cause when that ends first.
func (c Scope) Having(ctx context.Context, lists [][]uint64) (Scope, error) {
	if len(lists) == 0 {
		return c, nil
	}
	narrow := Scope{s: c.s, allowed: make([][]uint64, len(c.s.parts))}
	for i := range c.s.parts {
		if ctx.Err() != nil {
			return Scope{}, context.Cause(ctx)
		}
		p := &c.s.parts[i]
		left := c.allowed[i]
		for _, terms := range lists {
			having := make([]uint64, (p.seg.chunkCount+63)/64)
			for _, term := range terms {
				for _, e := range p.seg.postings.Lookup(term).Append(nil) {
					having[e.Document>>6] |= 1 << (e.Document & 63)
				}
			}
			for w := range having {
				if left != nil {
					having[w] &= left[w]
				}
			}
			left = having
		}
		narrow.allowed[i] = left
	}
	runtime.KeepAlive(c.s)
	return narrow, nil
}

// Only is the scope of the chunks with these numbers, which are of c.
func (c Scope) Only(ids []uint32) Scope {
	narrow := Scope{s: c.s, allowed: make([][]uint64, len(c.s.parts))}
	for i := range narrow.allowed {
		narrow.allowed[i] = make([]uint64, (c.s.parts[i].seg.chunkCount+63)/64)
	}
	for _, id := range ids {
		i := c.s.partNumber(id)
		at := id - c.s.parts[i].chunkBase
		narrow.allowed[i][at>>6] |= 1 << (at & 63)
	}
	return narrow
}

// Listed is a file and those of its chunks that are in a scope.
type Listed struct {
	FileName
	Chunks []uint32 // their numbers in the snapshot, in order
}

// ByPath calls yield with each file of the scope that has chunks in it, in order of roots and paths, until it returns
// false. What it takes depends on how many files it yields, beside those of them that it passes.
func (c Scope) ByPath(yield func(Listed) bool) {
	defer runtime.KeepAlive(c.s)
	// The parts are in order, each by itself: a heap with the part on top whose next file is first.
	var heap []listing
	for i := range c.s.parts {
		l := listing{scope: c, part: i, at: -1}
		if l.next() {
			heap = append(heap, l)
		}
	}
	for at := len(heap)/2 - 1; at >= 0; at-- {
		sink(heap, at)
	}
	for len(heap) > 0 {
		if !yield(heap[0].listed()) {
			return
		}
		if !heap[0].next() {
			heap[0] = heap[len(heap)-1]
			heap = heap[:len(heap)-1]
		}
		sink(heap, 0)
	}
}

// listing stands at a file of a part.
type listing struct {
	scope Scope
	part  int
	at    int // in the order of the paths
}

func (l *listing) of() *part { return &l.scope.s.parts[l.part] }

// next moves on to the next file with chunks in the scope, and reports whether there is one.
func (l *listing) next() bool {
	p := l.of()
	for l.at++; l.at < p.seg.fileCount; l.at++ {
		first, n := p.seg.fileChunks(p.seg.inOrder(l.at))
		for chunk := first; chunk < first+n; chunk++ {
			if l.scope.has(l.part, chunk) {
				return true
			}
		}
	}
	return false
}

func (l *listing) listed() Listed {
	p := l.of()
	file := p.seg.inOrder(l.at)
	listed := Listed{FileName: FileName{p.root, p.seg, file}}
	first, n := p.seg.fileChunks(file)
	for chunk := first; chunk < first+n; chunk++ {
		if l.scope.has(l.part, chunk) {
			listed.Chunks = append(listed.Chunks, p.chunkBase+uint32(chunk))
		}
	}
	return listed
}

func (l *listing) before(m *listing) bool {
	p, q := l.of(), m.of()
	return cmp.Or(cmp.Compare(p.root, q.root), bytes.Compare(p.seg.path(p.seg.inOrder(l.at)), q.seg.path(q.seg.inOrder(m.at)))) < 0
}

func sink(heap []listing, at int) {
	for {
		child := 2*at + 1
		if child+1 < len(heap) && heap[child+1].before(&heap[child]) {
			child++
		}
		if child >= len(heap) || heap[at].before(&heap[child]) {
			return
		}
		heap[at], heap[child] = heap[child], heap[at]
		at = child
	}
}
