package index

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"path"
	"slices"
	"strings"

	"github.com/semantic-ls/semantic-ls/vectors/lexical"
	"github.com/semantic-ls/semantic-ls/workspace/chunk"
)

// Document is a file to be put into a segment.
type Document struct {
	File File
	Text string
	// Chunks of Text, in order. Rows stand beside them, one each; a row without
	// data is a chunk without a vector.
	Chunks []chunk.Chunk
	Rows   []Row
	// Symbols are the names defined in the document.
	Symbols []chunk.Symbol
}

// TextVersion says how a text becomes what is stored of it: its words and their
// stems (vectors/words), its chunks and definitions (workspace/chunk), and what
// Build counts. It is bumped with every change of that: what one version has
// indexed, another must not search, since a word would be looked up that was never
// stored, or not in that form. TestTextVersion tells when.
//
// Version 1 is the first; 2 outlines more languages; 3 what stands inside functions and
// objects, and marks what is foreign.
const TextVersion = 3

// Weights of words in a chunk's postings that count besides those of its text: a
// file's name says what it is about, its directories say it less precisely, and a
// definition's doc comment and name say it in the words of a question.
const (
	headWeight      = 1
	stemWeight      = 2
	directoryWeight = 1
)

// HashText is the identity of a document's content.
func HashText(text string) (h [16]byte) {
	sum := sha256.Sum256([]byte(text))
	copy(h[:], sum[:])
	return h
}

// HashChunk is the identity of a chunk's text.
func HashChunk(text string) uint64 {
	sum := sha256.Sum256([]byte(text))
	return binary.LittleEndian.Uint64(sum[:])
}

// Definition is the term under which the postings have a symbol's definition.
// The byte in front keeps it apart from every word.
func Definition(name string) string { return "\x01" + strings.ToLower(name) }

// ErrTooLarge is returned for documents, or segments, that do not fit into one
// segment.
var ErrTooLarge = errors.New("index: too large for one segment")

// Build encodes documents as a segment. A chunk marked Skip is left out: it is
// never found. Two documents of one path are a programming error.
func Build(dimensions int, documents []Document) (*Segment, error) {
	b := NewBuilder(dimensions)
	for _, d := range documents {
		b.Add(d)
	}
	return b.Segment()
}

// Builder is Build in steps: a document takes some 0.1 ms of a core, a batch of them
// ten. Not safe for concurrent use.
type Builder struct {
	w     segmentWriter
	post  lexical.Builder
	terms terms
}

// NewBuilder returns a Builder of a segment with rows of that many dimensions.
func NewBuilder(dimensions int) *Builder {
	return &Builder{w: segmentWriter{dimensions: dimensions, interned: map[string]uint32{}}}
}

// Add adds a document.
func (b *Builder) Add(d Document) {
	first := b.w.chunkCount
	var fileWords uint32
	symbols := byName(d.Symbols)
	for i, c := range d.Chunks {
		from, _ := slices.BinarySearchFunc(symbols, c.Start, nameStart)
		symbols = symbols[from:]
		if c.Skip {
			continue
		}
		text := d.Text[c.Start:c.End]
		b.count(text, 1)
		b.countPath(d.File.Path)
		defined := 0
		for _, s := range symbols {
			if s.NameStart >= c.End {
				break
			}
			b.post.Mark([]byte(Definition(s.Name)), 1)
			defined++
			b.count(d.Text[max(s.DocStart, c.Start):s.NameEnd], headWeight)
		}
		fileWords += b.post.End()
		b.w.chunk(Chunk{
			Start: uint32(c.Start), End: uint32(c.End), NameStart: uint32(c.NameStart), NameEnd: uint32(c.NameEnd),
			Kind: c.Kind, Symbol: c.Symbol, Container: c.Container, Hash: HashChunk(text), File: uint32(b.w.fileCount),
			Merged: defined > 1,
		}, d.Rows[i])
	}
	f := d.File
	f.Words = fileWords
	b.w.file(f, first)
}

// Segment encodes what was added. It is called once.
func (b *Builder) Segment() (*Segment, error) { return b.w.open(b.post.Encode(nil)) }

// byName returns symbols in order of where their names stand, as they mostly are,
// so that each chunk's own are found without a look at all of them.
func byName(symbols []chunk.Symbol) []chunk.Symbol {
	order := func(a, b chunk.Symbol) int { return a.NameStart - b.NameStart }
	if slices.IsSortedFunc(symbols, order) {
		return symbols
	}
	return slices.SortedStableFunc(slices.Values(symbols), order)
}

func nameStart(s chunk.Symbol, at int) int { return s.NameStart - at }

// countPath counts the words of the path of the chunk under way.
func (b *Builder) countPath(p string) {
	dir, base := path.Split(p)
	b.count(strings.TrimSuffix(base, path.Ext(base)), stemWeight)
	b.count(dir, directoryWeight)
}

// Merge encodes what is left of several segments, oldest first, as one. alive
// reports whether file f of segment s is part of the result; no path may be
// alive twice. When ctx ends first, its cause is the error.
func Merge(ctx context.Context, dimensions int, segments []*Segment, alive func(segment, file int) bool) (*Segment, error) {
	w := segmentWriter{dimensions: dimensions, interned: map[string]uint32{}}
	w.reserve(segments)
	sets := make([]*lexical.Postings, len(segments))
	renumber := make([][]uint32, len(segments))
	for i, seg := range segments {
		sets[i], renumber[i] = seg.postings, make([]uint32, seg.chunkCount)
		for f := range seg.fileCount {
			if ctx.Err() != nil {
				return nil, context.Cause(ctx)
			}
			first, n := seg.fileChunks(f)
			if !alive(i, f) {
				for c := first; c < first+n; c++ {
					renumber[i][c] = lexical.Dropped
				}
				continue
			}
			at := w.chunkCount
			for c := first; c < first+n; c++ {
				renumber[i][c] = uint32(w.chunkCount)
				moved := seg.Chunk(uint32(c))
				moved.File = uint32(w.fileCount)
				w.chunk(moved, seg.Row(uint32(c)))
			}
			w.file(seg.File(f), at)
		}
	}
	postings, err := lexical.Merge(ctx, nil, sets, renumber)
	if err != nil {
		return nil, err
	}
	return w.open(postings)
}

// segmentWriter lays out the encoded form; see segment.go.
type segmentWriter struct {
	dimensions            int
	fileCount, chunkCount int
	files, chunks         []byte
	scales, rows, strings []byte
	interned              map[string]uint32
	paths                 []string
}

// reserve makes room for all that segments hold: growing would copy most of it
// twice.
func (w *segmentWriter) reserve(segments []*Segment) {
	var files, chunks, strings int
	for _, s := range segments {
		files, chunks, strings = files+s.fileCount, chunks+s.chunkCount, strings+len(s.strings)
	}
	w.files = make([]byte, 0, files*fileSize)
	w.chunks = make([]byte, 0, chunks*chunkSize)
	w.scales = make([]byte, 0, chunks*4)
	w.rows = make([]byte, 0, chunks*w.dimensions)
	w.strings = make([]byte, 0, strings)
	w.paths = make([]string, 0, files)
}

func (w *segmentWriter) str(dst []byte, s string) []byte {
	at, ok := w.interned[s]
	if !ok {
		at = uint32(len(w.strings))
		w.strings = append(w.strings, s...)
		w.interned[s] = at
	}
	dst = binary.LittleEndian.AppendUint32(dst, at)
	return binary.LittleEndian.AppendUint32(dst, uint32(len(s)))
}

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
	if f.Foreign {
		f.Words |= foreignBit
	}
	w.files = le.AppendUint32(b, f.Words)
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
	b = le.AppendUint32(b, c.File)
	kind := uint32(c.Kind)
	if c.Merged {
		kind |= mergedBit
	}
	w.chunks = le.AppendUint32(b, kind)
	w.scales = le.AppendUint32(w.scales, math.Float32bits(row.Scale))
	if len(row.Data) == w.dimensions {
		w.rows = append(w.rows, row.Data...)
	} else {
		w.rows = append(w.rows, make([]byte, w.dimensions)...)
	}
	w.chunkCount++
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
	order := make([]int, w.fileCount)
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return strings.Compare(w.paths[a], w.paths[b]) })
	sorted := make([]byte, 0, 4*len(order))
	for _, i := range order {
		sorted = binary.LittleEndian.AppendUint32(sorted, uint32(i))
	}
	dst := make([]byte, 0, segmentHeader+len(w.files)+len(sorted)+len(w.chunks)+len(w.scales)+len(w.rows)+len(w.strings)+len(postings))
	for _, n := range []int{segmentMagic, w.fileCount, w.chunkCount, w.dimensions, len(w.strings), len(postings)} {
		dst = binary.LittleEndian.AppendUint32(dst, uint32(n))
	}
	for _, part := range [][]byte{w.files, sorted, w.chunks, w.scales, w.rows, w.strings, postings} {
		dst = append(dst, part...)
	}
	return dst
}
