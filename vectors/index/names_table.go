package index

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"sort"

	"github.com/semantic-ls/semantic-ls/vectors/flat"
	"github.com/semantic-ls/semantic-ls/vectors/lexical"
	"github.com/semantic-ls/semantic-ls/workspace/chunk"
)

// The names that a segment defines, each once, in the order of compareNames, and their
// definitions, see segment.go:
//
//	sketches     u64 x names: see sketchOf
//	names        {string} each
//	defined      u32 x (names+1): where the definitions of each name start
//	definitions  12 bytes each, by name, in order of their chunks:
//	             u32 chunk, u32 offset of the container, u32 its bytes * 256 + kind
//
// There are 1.5 to 3 definitions a chunk and half as many names, most of which are the
// symbol of no chunk: several small definitions share one.
const (
	nameSize       = 8
	definitionSize = 12
	mostContainer  = 1<<24 - 1 // bytes
)

// nameTable are the names of a segment.
type nameTable struct {
	sketches    []uint64
	names       []byte
	defined     []uint32
	definitions []byte
}

func (t *nameTable) count() int { return len(t.sketches) }

// definition is one of a name.
type definition struct {
	chunk     uint32
	kind      chunk.Kind
	container []byte // in place

	containerAt uint32
}

// name returns name i, in place.
func (s *Segment) name(i int) []byte { return s.raw(s.table.names[nameSize*i:]) }

// definitionsOf calls yield with the definitions of name i until it returns false. What
// cannot be one is passed over: Check does not look at them, since reading them all would
// be most of opening a segment.
func (s *Segment) definitionsOf(i int, yield func(definition) bool) {
	t := &s.table
	from, to := t.defined[i], min(t.defined[i+1], uint32(len(t.definitions)/definitionSize))
	le := binary.LittleEndian
	for ; from < to; from++ {
		r := t.definitions[definitionSize*int(from):]
		d := definition{chunk: le.Uint32(r), kind: chunk.Kind(r[8])}
		if d.chunk >= uint32(s.chunkCount) {
			continue
		}
		if at, n := uint64(le.Uint32(r[4:])), uint64(le.Uint32(r[8:])>>8); at+n <= uint64(len(s.strings)) {
			d.container, d.containerAt = s.strings[at:at+n], uint32(at)
		}
		if !yield(d) {
			return
		}
	}
}

// namesLike returns the names that have the key of a name: [from, to).
func (s *Segment) namesLike(name []byte) (from, to int) {
	n := s.table.count()
	from = sort.Search(n, func(i int) bool { return compareKeys(s.name(i), name) >= 0 })
	for to = from; to < n && compareKeys(s.name(to), name) == 0; to++ {
	}
	return from, to
}

// checkNames returns ErrCorrupt where the names are not in order or refer to what is not
// there.
func (s *Segment) checkNames() error {
	t := &s.table
	for i := range t.count() {
		if i > 0 && compareNames(s.name(i-1), s.name(i)) >= 0 {
			return fmt.Errorf("%w: the names are not in order", ErrCorrupt)
		}
		if t.sketches[i] != sketchOf(s.name(i)) {
			return fmt.Errorf("%w: the sketch of %q", ErrCorrupt, s.name(i))
		}
		if t.defined[i] >= t.defined[i+1] || int(t.defined[i+1]) > len(t.definitions)/definitionSize {
			return fmt.Errorf("%w: %q has definitions %d to %d", ErrCorrupt, s.name(i), t.defined[i], t.defined[i+1])
		}
		found := uint32(0)
		s.definitionsOf(i, func(definition) bool { found++; return true })
		if found != t.defined[i+1]-t.defined[i] {
			return fmt.Errorf("%w: %q is defined in a chunk that is not there", ErrCorrupt, s.name(i))
		}
	}
	return nil
}

// nameWriter collects definitions as they come, and makes a table of them.
type nameWriter struct {
	of     map[uint32]uint32 // number of a name by the offset of its string
	names  []byte
	counts []uint32
	list   []byte   // definitions
	whose  []uint32 // the name of each
}

// define adds a definition in the chunk under way.
func (w *segmentWriter) define(s chunk.Symbol) {
	if s.Name == "" {
		return
	}
	n := &w.defines
	if n.of == nil {
		n.of = map[uint32]uint32{}
	}
	at := w.offset(s.Name)
	id, again := n.of[at]
	if !again {
		id = uint32(len(n.counts))
		n.of[at] = id
		n.names = w.str(n.names, s.Name)
		n.counts = append(n.counts, 0)
	}
	n.counts[id]++
	n.whose = append(n.whose, id)
	container := s.Container[:min(len(s.Container), mostContainer)]
	n.list = appendDefinition(n.list, uint32(w.chunkCount), w.offset(container), uint32(len(container))<<8|uint32(s.Kind))
}

func appendDefinition(dst []byte, chunk, at, rest uint32) []byte {
	le := binary.LittleEndian
	return le.AppendUint32(le.AppendUint32(le.AppendUint32(dst, chunk), at), rest)
}

// table puts the names in order.
func (n *nameWriter) table(strings []byte) nameTable {
	le := binary.LittleEndian
	name := func(id uint32) []byte {
		r := n.names[nameSize*int(id):]
		at := le.Uint32(r)
		return strings[at : at+le.Uint32(r[4:])]
	}
	order := make([]uint32, len(n.counts))
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortFunc(order, func(a, b uint32) int { return compareNames(name(a), name(b)) })
	t := nameTable{
		sketches: make([]uint64, len(order)), names: make([]byte, 0, len(n.names)), defined: make([]uint32, len(order)+1),
		definitions: make([]byte, len(n.list)),
	}
	next := make([]uint32, len(order)) // where the next definition of each goes
	for i, id := range order {
		t.sketches[i] = sketchOf(name(id))
		t.names = append(t.names, n.names[nameSize*id:nameSize*(id+1)]...)
		next[id] = t.defined[i]
		t.defined[i+1] = t.defined[i] + n.counts[id]
	}
	for i, id := range n.whose {
		copy(t.definitions[definitionSize*int(next[id]):], n.list[definitionSize*i:definitionSize*(i+1)])
		next[id]++
	}
	return t
}

// namesOf are the names of a segment that is merged.
type namesOf struct {
	seg *Segment
	// What is added to the offsets of its strings, where all of them were taken over.
	whole   bool
	strings uint32
	source  lexical.Source // says which numbers its chunks have
}

// nameAt is a name of one of them.
type nameAt struct {
	key     uint64 // see firstOfKey: most names are told apart by it
	segment int32
	name    uint32
}

// mergeNames makes one table of those of several segments, in time linear in the names.
// When ctx ends first, its cause is the error.
func (w *segmentWriter) mergeNames(ctx context.Context, segments []namesOf) (t nameTable, err error) {
	lists := make([][]nameAt, len(segments))
	names, definitions := 0, 0
	for i, s := range segments {
		list := make([]nameAt, s.seg.table.count())
		for n := range list {
			list[n] = nameAt{firstOfKey(s.seg.name(n)), int32(i), uint32(n)}
		}
		lists[i] = list
		names += len(list)
		definitions += len(s.seg.table.definitions)
	}
	text := func(at nameAt) []byte { return segments[at.segment].seg.name(int(at.name)) }
	order, err := mergeSorted(ctx, lists, func(a, b nameAt) int {
		if a.key != b.key {
			return cmp.Compare(a.key, b.key)
		}
		return compareNames(text(a), text(b))
	})
	if err != nil {
		return t, err
	}
	t.definitions = make([]byte, 0, definitions)
	t.sketches, t.names = make([]uint64, 0, names), make([]byte, 0, nameSize*names)
	t.defined = append(make([]uint32, 0, names+1), 0)
	for i, looked := 0, 0; i < len(order); looked++ {
		if looked%atOnce == 0 && ctx.Err() != nil {
			return t, context.Cause(ctx)
		}
		first := order[i]
		before := len(t.definitions)
		for ; i < len(order) && order[i].key == first.key && bytes.Equal(text(order[i]), text(first)); i++ {
			t.definitions = w.moveDefinitions(t.definitions, &segments[order[i].segment], int(order[i].name))
		}
		if len(t.definitions) == before {
			continue // none is left
		}
		of := &segments[first.segment]
		t.names = w.moveString(t.names, of, of.seg.table.names[nameSize*first.name:])
		t.sketches = append(t.sketches, of.seg.table.sketches[first.name])
		t.defined = append(t.defined, uint32(len(t.definitions)/definitionSize))
	}
	return t, nil
}

// atOnce is how many names are merged between two looks at the context: 0.2 ms.
const atOnce = 4096

// moveString appends the record of a string of a segment that is merged.
func (w *segmentWriter) moveString(dst []byte, of *namesOf, record []byte) []byte {
	if !of.whole {
		return w.str(dst, string(of.seg.raw(record)))
	}
	le := binary.LittleEndian
	dst = le.AppendUint32(dst, le.Uint32(record)+of.strings)
	return append(dst, record[4:8]...)
}

// moveDefinitions appends what is left of the definitions of a name.
func (w *segmentWriter) moveDefinitions(dst []byte, of *namesOf, name int) []byte {
	of.seg.definitionsOf(name, func(d definition) bool {
		chunk := of.source.First + d.chunk
		if of.source.Renumber != nil {
			if chunk = of.source.Renumber[d.chunk]; chunk == lexical.Dropped {
				return true
			}
		}
		at := d.containerAt + of.strings
		if !of.whole {
			at = w.offset(string(d.container))
		}
		dst = appendDefinition(dst, chunk, at, uint32(len(d.container))<<8|uint32(d.kind))
		return true
	})
	return dst
}

// mergeSorted makes one sorted list of several, two at a time: log2(lists) passes. Of
// equals those of an earlier list come first.
func mergeSorted[T any](ctx context.Context, lists [][]T, compare func(a, b T) int) ([]T, error) {
	for len(lists) > 1 {
		var next [][]T
		for i := 0; i+1 < len(lists); i += 2 {
			a, b := lists[i], lists[i+1]
			list := make([]T, 0, len(a)+len(b))
			for len(a) > 0 && len(b) > 0 {
				if len(list)%atOnce == 0 && ctx.Err() != nil {
					return nil, context.Cause(ctx)
				}
				if compare(b[0], a[0]) < 0 {
					list, b = append(list, b[0]), b[1:]
				} else {
					list, a = append(list, a[0]), a[1:]
				}
			}
			next = append(next, append(append(list, a...), b...))
		}
		if len(lists)%2 == 1 {
			next = append(next, lists[len(lists)-1])
		}
		lists = next
	}
	if len(lists) == 0 {
		return nil, nil
	}
	return lists[0], nil
}

// appendTable encodes the table.
func appendTable(dst []byte, t *nameTable) []byte {
	le := binary.LittleEndian
	for _, n := range t.sketches {
		dst = le.AppendUint64(dst, n)
	}
	dst = flat.Append(dst, t.names)
	for _, n := range t.defined {
		dst = le.AppendUint32(dst, n)
	}
	return flat.Pad(flat.Append(flat.Pad(dst), t.definitions))
}
