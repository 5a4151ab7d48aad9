package index

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

// Filter is the scope of those chunks of c for which both functions return true; a nil
// one does so for all. file is asked once for each file, chunk for each chunk of those
// that pass, and neither for what is not in c.
func (c Scope) Filter(file func(File) bool, chunk func(Chunk) bool) Scope {
	narrow := Scope{s: c.s, allowed: make([][]uint64, len(c.s.parts))}
	for i := range c.s.parts {
		p := &c.s.parts[i]
		allowed := make([]uint64, (p.seg.chunkCount+63)/64)
		for f := range p.seg.fileCount {
			first, n := p.seg.fileChunks(f)
			if p.isDead(f) || n == 0 || file != nil && !file(p.seg.File(f)) {
				continue
			}
			for id := first; id < first+n; id++ {
				if c.has(i, id) && (chunk == nil || chunk(p.seg.Chunk(uint32(id)))) {
					allowed[id>>6] |= 1 << (id & 63)
				}
			}
		}
		narrow.allowed[i] = allowed
	}
	return narrow
}

// Without is the scope of the chunks of c but those with these numbers.
func (c Scope) Without(ids []uint32) Scope {
	if len(ids) == 0 {
		return c
	}
	return c.leaveOut(ids)
}

func (c Scope) leaveOut(ids []uint32) Scope {
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
