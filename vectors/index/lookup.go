package index

import (
	"slices"
	"sort"
	"unsafe"
)

// Find returns what is known of the file at path below root.
func (s *Snapshot) Find(root, path string) (File, bool) {
	if p, f, ok := s.find(root, path); ok {
		return p.seg.File(f), true
	}
	return File{}, false
}

// Has reports whether there is a live file at path below root. It decodes nothing.
func (s *Snapshot) Has(root, path string) bool {
	_, _, ok := s.find(root, path)
	return ok
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

// PathsUnder returns the live files of the folder at root that are at path or below
// it, in order; path "" stands for all. It takes O(log n) a segment, and as much again
// for each that it finds.
func (s *Snapshot) PathsUnder(root, path string) []string {
	var paths []string
	for _, p := range s.parts {
		if p.root != root {
			continue
		}
		if f, ok := p.seg.Find(path); ok && !p.isDead(f) {
			paths = append(paths, path)
		}
		p.seg.Under(path, func(f int) {
			if !p.isDead(f) {
				paths = append(paths, string(p.seg.path(f)))
			}
		})
	}
	slices.Sort(paths)
	return paths
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

// Rows returns a function that finds the row of a chunk of the file at path by its
// text, symbol and container, so that an edit embeds only what it changed. A chunk
// without a vector has none to be found.
func (s *Snapshot) Rows(root, path string) func(hash uint64, symbol, container string) (Row, bool) {
	type key struct {
		hash              uint64
		symbol, container string
	}
	p, f, ok := s.find(root, path)
	if !ok {
		return func(uint64, string, string) (Row, bool) { return Row{}, false }
	}
	first, n := p.seg.fileChunks(f)
	rows := make(map[key]uint32, n)
	for c := uint32(first); c < uint32(first+n); c++ {
		k := p.seg.Chunk(c)
		if of := (key{k.Hash, k.Symbol, k.Container}); p.seg.Row(c).Scale != 0 {
			if _, twice := rows[of]; !twice {
				rows[of] = c
			}
		}
	}
	return func(hash uint64, symbol, container string) (Row, bool) {
		c, ok := rows[key{hash, symbol, container}]
		if !ok {
			return Row{}, false
		}
		return p.seg.Row(c), true
	}
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

// Label returns the names of a chunk's definition and of what is around it. They are those of the snapshot, which must
// be kept alive while they are used.
func (s *Snapshot) Label(id uint32) (symbol, container string) {
	p := s.partOf(id)
	r := p.seg.chunkRecord(id - p.chunkBase)
	symbolBytes, containerBytes := p.seg.raw(r[16:]), p.seg.raw(r[24:])
	return inPlace(symbolBytes), inPlace(containerBytes)
}

func inPlace(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

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

// FileClass returns the class of the file with this number, and the words of its path;
// see PathWord.
func (s *Snapshot) FileClass(file uint32) (Class, []uint64) {
	i := sort.Search(len(s.parts), func(i int) bool { return s.parts[i].fileBase > file })
	p := &s.parts[i-1]
	f := int(file - p.fileBase)
	return p.seg.class(f), p.seg.pathWords(f)
}

func (s *Snapshot) partOf(id uint32) *part { return &s.parts[s.partNumber(id)] }

func (s *Snapshot) partNumber(id uint32) int {
	return sort.Search(len(s.parts), func(i int) bool { return s.parts[i].chunkBase > id }) - 1
}
