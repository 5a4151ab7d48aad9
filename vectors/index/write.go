package index

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"

	"github.com/semantic-ls/semantic-ls/vectors/flat"
	"github.com/semantic-ls/semantic-ls/vectors/lexical"
)

// segmentWriter lays out the encoded form; see segment.go.
type segmentWriter struct {
	dimensions            int
	fileCount, chunkCount int
	files, chunks         []byte
	said                  []uint32
	saidPaths             []uint64 // of the file under way as well
	fileOf                []uint32
	scales                []float32
	rows, strings         []byte
	longest               float32 // row
	interned              map[string]uint32
	paths                 []string
	defines               nameWriter
	names                 *nameTable // in the place of what defines has
}

func newWriter(dimensions int) segmentWriter {
	return segmentWriter{dimensions: dimensions, interned: map[string]uint32{}, said: []uint32{0}}
}

// reserve makes room for all that segments hold: growing would copy most of it
// twice.
func (w *segmentWriter) reserve(segments []*Segment) {
	var files, chunks, strings, said int
	for _, s := range segments {
		files, chunks, strings = files+s.fileCount, chunks+s.chunkCount, strings+len(s.strings)
		said += len(s.paths)
	}
	w.files = make([]byte, 0, files*fileSize)
	w.chunks = make([]byte, 0, chunks*chunkSize)
	w.said = append(make([]uint32, 0, files+1), 0)
	w.saidPaths = make([]uint64, 0, said)
	w.fileOf = make([]uint32, 0, chunks)
	w.scales = make([]float32, 0, chunks)
	w.rows = make([]byte, 0, chunks*w.dimensions)
	w.strings = make([]byte, 0, strings)
	w.paths = make([]string, 0, files)
}

func (w *segmentWriter) str(dst []byte, s string) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, w.offset(s))
	return binary.LittleEndian.AppendUint32(dst, uint32(len(s)))
}

// offset is where a string stands among the strings.
func (w *segmentWriter) offset(s string) uint32 {
	at, ok := w.interned[s]
	if !ok {
		at = uint32(len(w.strings))
		w.strings = append(w.strings, s...)
		w.interned[s] = at
	}
	return at
}

// file adds a file, whose chunks and words of its path were added before.
func (w *segmentWriter) file(f File, firstChunk int) {
	le := binary.LittleEndian
	b := w.files
	for _, s := range []string{f.Path, f.Language, f.Skip.Rule, f.Skip.Source} {
		b = w.str(b, s)
	}
	b = le.AppendUint64(b, uint64(f.Size))
	b = le.AppendUint64(b, uint64(f.ModTime))
	b = le.AppendUint64(b, f.Inode)
	b = append(b, f.Hash[:]...)
	b = le.AppendUint32(b, uint32(firstChunk))
	b = le.AppendUint32(b, uint32(w.chunkCount-firstChunk))
	b = le.AppendUint32(b, f.Words)
	w.files = le.AppendUint32(b, uint32(classOf(f)))
	w.said = append(w.said, uint32(len(w.saidPaths)))
	w.fileCount++
	w.paths = append(w.paths, f.Path)
}

func (w *segmentWriter) chunk(c Chunk, row Row) {
	le := binary.LittleEndian
	b := w.chunks
	for _, n := range []uint32{c.Start, c.End, c.NameStart, c.NameEnd} {
		b = le.AppendUint32(b, n)
	}
	b = w.str(w.str(b, c.Symbol), c.Container)
	b = le.AppendUint64(b, c.Hash)
	kind := uint32(c.Kind)
	if c.Merged {
		kind |= mergedBit | kindBits(c.Kinds)
	}
	w.chunks = le.AppendUint32(b, kind)
	w.fileOf = append(w.fileOf, c.File)
	if len(row.Data) == w.dimensions {
		w.scales = append(w.scales, row.Scale)
		w.rows = append(w.rows, row.Data...)
		w.longest = max(w.longest, row.length())
	} else { // none, or another model's
		w.scales = append(w.scales, 0)
		w.rows = append(w.rows, make([]byte, w.dimensions)...)
	}
	w.chunkCount++
}

// all adds everything that a segment holds, in whole parts: only what refers to
// something else within the segment is changed.
func (w *segmentWriter) all(seg *Segment) {
	le := binary.LittleEndian
	strings := uint32(len(w.strings))
	shift := func(record []byte, by uint32) { le.PutUint32(record, le.Uint32(record)+by) }
	from := len(w.files)
	w.files = append(w.files, seg.files...)
	for i := range seg.fileCount {
		r := w.files[from+fileSize*i:]
		for s := range 4 {
			shift(r[8*s:], strings)
		}
		shift(r[fileSize-16:], uint32(w.chunkCount))
		w.said = append(w.said, uint32(len(w.saidPaths))+seg.said[i+1])
		w.paths = append(w.paths, string(seg.path(i)))
	}
	w.saidPaths = append(w.saidPaths, seg.paths...)
	from = len(w.chunks)
	w.chunks = append(w.chunks, seg.chunks...)
	for i := range seg.chunkCount {
		r := w.chunks[from+chunkSize*i:]
		shift(r[16:], strings)
		shift(r[24:], strings)
	}
	for _, f := range seg.fileOf {
		w.fileOf = append(w.fileOf, uint32(w.fileCount)+f)
	}
	w.scales = append(w.scales, seg.scales...)
	w.rows = flat.Append(w.rows, seg.rows)
	w.longest = max(w.longest, seg.longest)
	w.strings = flat.Append(w.strings, seg.strings)
	w.fileCount += seg.fileCount
	w.chunkCount += seg.chunkCount
}

// open returns what was written as a segment. It returns ErrTooLarge where that is
// more than offsets can tell apart.
func (w *segmentWriter) open(postings []byte) (*Segment, error) {
	if n := uint64(max(len(w.strings), len(postings))); n > math.MaxUint32 {
		return nil, fmt.Errorf("%w: %d bytes of strings or postings", ErrTooLarge, n)
	}
	return OpenSegment(w.encode(postings))
}

func (w *segmentWriter) encode(postings []byte) []byte {
	sorted := make([]uint32, w.fileCount)
	for i := range sorted {
		sorted[i] = uint32(i)
	}
	slices.SortFunc(sorted, func(a, b uint32) int { return strings.Compare(w.paths[a], w.paths[b]) })
	if w.names == nil {
		table := w.defines.table(w.strings)
		w.names = &table
	}
	names, definitions := w.names.count(), len(w.names.definitions)/definitionSize
	size := segmentHeader
	for _, n := range []int{
		len(w.files), 4 * len(sorted), 4 * len(w.said), 8 * len(w.saidPaths), len(w.chunks), 4 * len(w.fileOf), 4 * len(w.scales),
		len(w.rows), 8 * names, nameSize * names, 4 * (names + 1), definitionSize * definitions, len(w.strings), len(postings),
	} {
		size += flat.Padded(n)
	}
	le := binary.LittleEndian
	dst := make([]byte, 0, size)
	for _, n := range []int{
		segmentMagic, w.fileCount, w.chunkCount, w.dimensions, len(w.strings), len(postings), len(w.saidPaths),
		int(math.Float32bits(w.longest)), names, definitions,
	} {
		dst = le.AppendUint32(dst, uint32(n))
	}
	numbers := func(list []uint32) {
		for _, n := range list {
			dst = le.AppendUint32(dst, n)
		}
		dst = flat.Pad(dst)
	}
	dst = flat.Pad(flat.Append(dst, w.files))
	numbers(sorted)
	numbers(w.said)
	for _, n := range w.saidPaths {
		dst = le.AppendUint64(dst, n)
	}
	dst = flat.Pad(flat.Append(dst, w.chunks))
	numbers(w.fileOf)
	for _, x := range w.scales {
		dst = le.AppendUint32(dst, math.Float32bits(x))
	}
	dst = flat.Pad(flat.Append(flat.Pad(dst), w.rows))
	dst = appendTable(dst, w.names)
	for _, part := range [][]byte{w.strings, postings} {
		dst = flat.Pad(flat.Append(dst, part))
	}
	return dst
}

// Merge encodes what is left of several segments, oldest first, as one. alive
// reports whether file f of segment s is part of the result, nil that all of them are;
// no path may be alive twice. When ctx ends first, its cause is the error.
func Merge(ctx context.Context, dimensions int, segments []*Segment, alive func(segment, file int) bool) (*Segment, error) {
	w := newWriter(dimensions)
	w.reserve(segments)
	sources, names := make([]lexical.Source, len(segments)), make([]namesOf, len(segments))
	for i, seg := range segments {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		sources[i] = lexical.Source{Postings: seg.postings, First: uint32(w.chunkCount), GroupOf: seg.fileOf}
		names[i].seg = seg
		if seg.dimensions == dimensions && whole(seg, i, alive) {
			names[i].whole, names[i].strings, names[i].source = true, uint32(len(w.strings)), sources[i]
			w.all(seg)
			continue
		}
		renumber := make([]uint32, seg.chunkCount)
		sources[i].Renumber = renumber
		names[i].source = sources[i]
		for f := range seg.fileCount {
			first, n := seg.fileChunks(f)
			if alive != nil && !alive(i, f) {
				for c := first; c < first+n; c++ {
					renumber[c] = lexical.Dropped
				}
				continue
			}
			at := w.chunkCount
			for c := first; c < first+n; c++ {
				renumber[c] = uint32(w.chunkCount)
				moved := seg.Chunk(uint32(c))
				moved.File = uint32(w.fileCount)
				w.chunk(moved, seg.Row(uint32(c)))
			}
			w.saidPaths = append(w.saidPaths, seg.pathWords(f)...)
			w.file(seg.File(f), at)
		}
	}
	table, err := w.mergeNames(ctx, names)
	if err != nil {
		return nil, err
	}
	w.names = &table
	postings, err := lexical.Merge(ctx, sources)
	runtime.KeepAlive(segments) // their numbers may be those of a mapped file
	if err != nil {
		return nil, err
	}
	return w.open(postings)
}

// whole reports whether all files of a segment are alive.
func whole(seg *Segment, number int, alive func(segment, file int) bool) bool {
	for f := range seg.fileCount {
		if alive != nil && !alive(number, f) {
			return false
		}
	}
	return true
}
