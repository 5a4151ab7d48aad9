package index

import (
	"context"
	"slices"
	"sync"
	"weak"
)

// Scope says which live chunks a query may find. The zero value of Scope is no scope:
// ask a Snapshot for one.
type Scope struct {
	s *Snapshot
	// By part, a bit per chunk that may be found; nil: all of them.
	allowed [][]uint64
}

// Everywhere is the scope of all live chunks.
func (s *Snapshot) Everywhere() Scope {
	scope := Scope{s: s, allowed: make([][]uint64, len(s.parts))}
	for i := range s.parts {
		scope.allowed[i] = s.parts[i].live
	}
	return scope
}

// Place is a directory below a root; "" is the root itself.
type Place struct{ Root, Directory string }

// Under is the scope of the chunks of files below any of the places.
func (s *Snapshot) Under(places []Place) Scope {
	scope := Scope{s: s, allowed: make([][]uint64, len(s.parts))}
	for i := range s.parts {
		p := &s.parts[i]
		allowed := make([]uint64, (p.seg.chunkCount+63)/64)
		for _, place := range places {
			if place.Root == p.root {
				p.seg.Under(place.Directory, func(f int) { p.allow(allowed, f) })
			}
		}
		scope.allowed[i] = allowed
	}
	return scope
}

// allow sets the bits of a file's chunks, where it is alive.
func (p *part) allow(allowed []uint64, file int) {
	if p.isDead(file) {
		return
	}
	first, n := p.seg.fileChunks(file)
	for c := first; c < first+n; c++ {
		allowed[c>>6] |= 1 << (c & 63)
	}
}

// Sieve says what of a scope is let through.
type Sieve struct {
	// Key tells sieves apart: two of one key let the same through.
	Key string
	// File is asked once for each file that has chunks, also for one that is dead; nil lets all through.
	File func(FileName) bool
	// Kinds are those of the chunks that are let through: of one that holds several definitions any of their kinds.
	Kinds Kinds
}

// FileName is what a Sieve is asked about. Nothing of it is decoded until it is asked for.
type FileName struct {
	Root string
	seg  *Segment
	file int
}

// Path is the file's path below its root.
func (n FileName) Path() string { return string(n.seg.path(n.file)) }

// Language is the file's language, in place: it must neither be kept nor changed.
func (n FileName) Language() []byte { return n.seg.raw(n.seg.fileRecord(n.file)[8:]) }

// Hash is that of the file's text.
func (n FileName) Hash() (hash [16]byte) {
	copy(hash[:], n.seg.fileRecord(n.file)[56:])
	return hash
}

// Sieved keeps what sieves let through of each segment, so that the next query with the same sieve looks only at the
// segments that are new, which after a save is one of a file. It does not keep segments alive. Safe for concurrent use;
// the zero value is empty.
type Sieved struct {
	mu   sync.Mutex
	last []sieved // the latest first
}

// mostSieves is how many are kept: people try one question with a filter or two, and a set of masks is a bit a chunk.
const mostSieves = 4

type sieved struct {
	key   string
	masks map[sievedPart][]uint64 // never changed; a mask has a bit per chunk
}

type sievedPart struct {
	root string
	seg  weak.Pointer[Segment]
}

func (k *Sieved) get(key string) map[sievedPart][]uint64 {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, s := range k.last {
		if s.key == key {
			return s.masks
		}
	}
	return nil
}

func (k *Sieved) put(s sieved) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.last = slices.DeleteFunc(k.last, func(old sieved) bool { return old.key == s.key })
	k.last = slices.Insert(k.last, 0, s)
	clear(k.last[min(mostSieves, len(k.last)):])
	k.last = k.last[:min(mostSieves, len(k.last))]
}

// Sift is the scope of those chunks of c that a sieve lets through. It returns the context's cause when that ends
// first, which it looks at every 1,024 files.
func (c Scope) Sift(ctx context.Context, s Sieve, kept *Sieved) (Scope, error) {
	narrow := Scope{s: c.s, allowed: make([][]uint64, len(c.s.parts))}
	known, masks := kept.get(s.Key), make(map[sievedPart][]uint64, len(c.s.parts))
	for i := range c.s.parts {
		p := &c.s.parts[i]
		of := sievedPart{p.root, weak.Make(p.seg)}
		mask := known[of]
		if mask == nil {
			var err error
			if mask, err = p.sift(ctx, s); err != nil {
				return Scope{}, err
			}
		}
		masks[of] = mask
		if c.allowed[i] != nil {
			mask = slices.Clone(mask)
			for w := range mask {
				mask[w] &= c.allowed[i][w]
			}
		}
		narrow.allowed[i] = mask
	}
	kept.put(sieved{s.Key, masks})
	return narrow, nil
}

// sift returns the bits of the chunks of a part, the dead ones too, that are let through; never nil.
func (p *part) sift(ctx context.Context, s Sieve) ([]uint64, error) {
	allowed := make([]uint64, (p.seg.chunkCount+63)/64)
	for f := range p.seg.fileCount {
		if f%1024 == 0 && ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		first, n := p.seg.fileChunks(f)
		if n == 0 || s.File != nil && !s.File(FileName{p.root, p.seg, f}) {
			continue
		}
		for id := first; id < first+n; id++ {
			if s.Kinds == 0 || p.seg.anyOf(uint32(id), s.Kinds) {
				allowed[id>>6] |= 1 << (id & 63)
			}
		}
	}
	return allowed, nil
}

// Empty reports whether there is nothing to be found.
func (c Scope) Empty() bool {
	for range c.Each {
		return false
	}
	return true
}

// Without is the scope of the chunks of c but those with these numbers.
func (c Scope) Without(ids []uint32) Scope {
	if len(ids) == 0 {
		return c
	}
	narrow := Scope{s: c.s, allowed: append([][]uint64(nil), c.allowed...)}
	own := make([]bool, len(c.s.parts))
	for _, id := range ids {
		i := c.s.partNumber(id)
		p := &c.s.parts[i]
		if !own[i] {
			own[i] = true
			allowed := make([]uint64, (p.seg.chunkCount+63)/64)
			for w := range allowed {
				allowed[w] = ^uint64(0)
			}
			copy(allowed, narrow.allowed[i])
			narrow.allowed[i] = allowed
		}
		at := id - p.chunkBase
		narrow.allowed[i][at>>6] &^= 1 << (at & 63)
	}
	return narrow
}

// Has reports whether the chunk with this number is in the scope.
func (c Scope) Has(id uint32) bool {
	i := c.s.partNumber(id)
	return c.has(i, int(id-c.s.parts[i].chunkBase))
}

// has reports whether a part's chunk is in the scope.
func (c Scope) has(part, chunk int) bool {
	allowed := c.allowed[part]
	return allowed == nil || allowed[chunk>>6]>>(chunk&63)&1 != 0
}

// Each calls yield with the number of every chunk of the scope, in order.
func (c Scope) Each(yield func(id uint32) bool) {
	for i := range c.s.parts {
		p := &c.s.parts[i]
		for chunk := range p.seg.chunkCount {
			if c.has(i, chunk) && !yield(p.chunkBase+uint32(chunk)) {
				return
			}
		}
	}
}
