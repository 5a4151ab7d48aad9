package index

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"sort"

	"github.com/semantic-ls/semantic-ls/vectors/lexical"
	"github.com/semantic-ls/semantic-ls/workspace/chunk"
)

// ErrCorrupt is returned when an encoded segment contradicts itself.
var ErrCorrupt = errors.New("index: corrupt segment")

// File is what the index knows of a file.
type File struct {
	Path     string // below the folder's root, forward slashes
	Language string
	Size     int64
	ModTime  int64  // ns since 1970; 0: read it again at the next refresh
	Inode    uint64 // 0 where the system has none
	Hash     [16]byte
	Skip     Skip   // why it has no chunks
	Chunks   int    // how many it has
	Words    uint32 // length of all of them
	Foreign  bool   // nobody here writes it: vendored or generated
}

// Skip says why a file's content is not indexed; zero where it is.
type Skip struct{ Rule, Source string }

// Chunk is a piece of a file: what a query finds.
type Chunk struct {
	Start, End         uint32 // bytes of the file's text
	NameStart, NameEnd uint32 // of the symbol's name; equal where it has none
	Kind               chunk.Kind
	Symbol, Container  string
	Hash               uint64 // of its text
	File               uint32 // number of its file in the segment
	Merged             bool   // it holds several definitions, of which Symbol is one
}

// The encoded form of a segment, little-endian, sections end to end:
//
//	u32 magic, u32 files, u32 chunks, u32 dimensions,
//	u32 bytes of the strings, u32 bytes of the postings
//	files     84 bytes each
//	sorted    u32 x files: their numbers in order of the paths
//	chunks    48 bytes each, in order of their files, in each by offset
//	scales    f32 x chunks
//	rows      i8 x dimensions x chunks; component = i8 * scale
//	strings   paths, languages, names
//	postings  one document a chunk (vectors/lexical)
//
// A file is {path, language, rule, source: string; size, time: i64; inode: u64;
// hash: 16 bytes; u32 first chunk, chunks, words, plus foreignBit}; a chunk {u32 start, end, name
// start, name end; symbol, container: string; u64 hash; u32 file; u32 kind, plus mergedBit}; a
// string {u32 offset, u32 bytes}.
const (
	segmentMagic  = 0x31474553 // "SEG1"
	segmentHeader = 24
	fileSize      = 4*8 + 3*8 + 16 + 3*4
	chunkSize     = 4*4 + 2*8 + 8 + 4 + 4
	mergedBit     = 1 << 8
	foreignBit    = 1 << 31 // a file of so many words does not fit into memory as one text
)

// Segment is an immutable set of files with their chunks, rows and postings,
// used in its encoded form. Safe for concurrent use.
type Segment struct {
	data       []byte
	dimensions int
	fileCount  int
	chunkCount int
	files      []byte
	sorted     []byte
	chunks     []byte
	scales     []byte
	rows       []byte
	strings    []byte
	postings   *lexical.Postings
	fileOf     []uint32 // of each chunk: read for every posting, so kept apart
}

// OpenSegment reads a segment in place: data must not change afterwards.
// It returns ErrCorrupt where sizes or references do not stay inside data, and
// leaves the values to the store's checksum: a wrong one gives wrong answers, and
// never a read outside data.
func OpenSegment(data []byte) (*Segment, error) {
	if len(data) < segmentHeader || binary.LittleEndian.Uint32(data) != segmentMagic {
		return nil, fmt.Errorf("%w: no segment header", ErrCorrupt)
	}
	u := func(i int) uint64 { return uint64(binary.LittleEndian.Uint32(data[4*i:])) }
	files, chunks, dimensions, stringBytes, postingBytes := u(1), u(2), u(3), u(4), u(5)
	rest := data[segmentHeader:]
	// A product of two such numbers may wrap around to the right one, unless either
	// is known to be small.
	size := uint64(len(rest))
	if chunks > size/(chunkSize+4) || chunks > 0 && dimensions > size/chunks {
		return nil, fmt.Errorf("%w: %d bytes hold no %d chunks of %d dimensions", ErrCorrupt, size, chunks, dimensions)
	}
	if want := (fileSize+4)*files + (chunkSize+4+dimensions)*chunks + stringBytes + postingBytes; want != size {
		return nil, fmt.Errorf("%w: %d bytes where the header says %d", ErrCorrupt, size, want)
	}
	if dimensions > math.MaxInt32 {
		return nil, fmt.Errorf("%w: %d dimensions", ErrCorrupt, dimensions)
	}
	s := &Segment{data: data, fileCount: int(files), chunkCount: int(chunks), dimensions: int(dimensions)}
	take := func(n int) (part []byte) { part, rest = rest[:n:n], rest[n:]; return part }
	s.files = take(fileSize * s.fileCount)
	s.sorted = take(4 * s.fileCount)
	s.chunks = take(chunkSize * s.chunkCount)
	s.scales = take(4 * s.chunkCount)
	s.rows = take(s.chunkCount * s.dimensions)
	s.strings = take(int(stringBytes))
	var err error
	if s.postings, err = lexical.Open(take(int(postingBytes))); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	if s.postings.Documents() != s.chunkCount {
		return nil, fmt.Errorf("%w: %d chunks, postings of %d", ErrCorrupt, s.chunkCount, s.postings.Documents())
	}
	s.fileOf = make([]uint32, s.chunkCount)
	next := 0
	for i := range s.fileCount {
		if n := s.inOrder(i); n < 0 || n >= s.fileCount {
			return nil, fmt.Errorf("%w: file %d of %d in the order of paths", ErrCorrupt, n, s.fileCount)
		}
		first, n := s.fileChunks(i)
		if first != next || n < 0 || first+n > s.chunkCount {
			return nil, fmt.Errorf("%w: file %d has chunks %d+%d of %d", ErrCorrupt, i, first, n, s.chunkCount)
		}
		for c := first; c < first+n; c++ {
			if s.chunkFile(uint32(c)) != uint32(i) {
				return nil, fmt.Errorf("%w: chunk %d belongs to two files", ErrCorrupt, c)
			}
			if r := s.chunkRecord(uint32(c)); binary.LittleEndian.Uint32(r) > binary.LittleEndian.Uint32(r[4:]) {
				return nil, fmt.Errorf("%w: chunk %d ends before it starts", ErrCorrupt, c)
			}
			s.fileOf[c] = uint32(i)
		}
		next = first + n
	}
	if next != s.chunkCount {
		return nil, fmt.Errorf("%w: %d chunks without a file", ErrCorrupt, s.chunkCount-next)
	}
	return s, nil
}

// Bytes returns the encoded form, which must not be changed.
func (s *Segment) Bytes() []byte { return s.data }

// Files returns how many files there are.
func (s *Segment) Files() int { return s.fileCount }

// Chunks returns how many chunks there are.
func (s *Segment) Chunks() int { return s.chunkCount }

// Dimensions returns the length of a row.
func (s *Segment) Dimensions() int { return s.dimensions }

func (s *Segment) str(record []byte) string { return string(s.raw(record)) }

// raw is the string that record refers to, in place; empty where a wrong byte
// makes it point outside.
func (s *Segment) raw(record []byte) []byte {
	off, n := uint64(binary.LittleEndian.Uint32(record)), uint64(binary.LittleEndian.Uint32(record[4:]))
	if off+n > uint64(len(s.strings)) {
		return nil
	}
	return s.strings[off : off+n]
}

func (s *Segment) fileRecord(i int) []byte {
	return s.files[fileSize*i : fileSize*(i+1) : fileSize*(i+1)]
}

func (s *Segment) path(i int) []byte { return s.raw(s.fileRecord(i)) }

func (s *Segment) fileChunks(i int) (first, n int) {
	r := s.fileRecord(i)[fileSize-12:]
	return int(binary.LittleEndian.Uint32(r)), int(binary.LittleEndian.Uint32(r[4:]))
}

func (s *Segment) skipped(i int) bool {
	return binary.LittleEndian.Uint32(s.fileRecord(i)[20:]) > 0 // length of the rule
}

func (s *Segment) fileWords(i int) uint32 {
	return binary.LittleEndian.Uint32(s.fileRecord(i)[fileSize-4:]) &^ foreignBit
}

// File returns file i.
func (s *Segment) File(i int) File {
	r := s.fileRecord(i)
	le := binary.LittleEndian
	f := File{
		Path: s.str(r), Language: s.str(r[8:]),
		Skip: Skip{Rule: s.str(r[16:]), Source: s.str(r[24:])},
		Size: int64(le.Uint64(r[32:])), ModTime: int64(le.Uint64(r[40:])), Inode: le.Uint64(r[48:]),
		Chunks: int(le.Uint32(r[76:])), Words: s.fileWords(i), Foreign: le.Uint32(r[80:])&foreignBit != 0,
	}
	copy(f.Hash[:], r[56:])
	return f
}

// inOrder returns the number of the i-th file by path.
func (s *Segment) inOrder(i int) int { return int(binary.LittleEndian.Uint32(s.sorted[4*i:])) }

// Find returns the number of the file at path.
func (s *Segment) Find(path string) (file int, ok bool) {
	i := sort.Search(s.fileCount, func(i int) bool { return string(s.path(s.inOrder(i))) >= path })
	if i == s.fileCount || string(s.path(s.inOrder(i))) != path {
		return 0, false
	}
	return s.inOrder(i), true
}

// Under calls yield with the number of every file below directory, "" being
// the root.
func (s *Segment) Under(directory string, yield func(file int)) {
	prefix := ""
	if directory != "" {
		prefix = directory + "/"
	}
	for i := sort.Search(s.fileCount, func(i int) bool { return string(s.path(s.inOrder(i))) >= prefix }); i < s.fileCount; i++ {
		f := s.inOrder(i)
		if !bytes.HasPrefix(s.path(f), []byte(prefix)) {
			return
		}
		yield(f)
	}
}

func (s *Segment) chunkRecord(i uint32) []byte {
	at := chunkSize * int(i)
	return s.chunks[at : at+chunkSize : at+chunkSize]
}

func (s *Segment) chunkFile(i uint32) uint32 {
	return binary.LittleEndian.Uint32(s.chunkRecord(i)[40:])
}

// Chunk returns chunk i.
func (s *Segment) Chunk(i uint32) Chunk {
	r := s.chunkRecord(i)
	le := binary.LittleEndian
	return Chunk{
		Start: le.Uint32(r), End: le.Uint32(r[4:]), NameStart: le.Uint32(r[8:]), NameEnd: le.Uint32(r[12:]),
		Symbol: s.str(r[16:]), Container: s.str(r[24:]), Hash: le.Uint64(r[32:]),
		File: le.Uint32(r[40:]), Kind: chunk.Kind(r[44]), Merged: le.Uint32(r[44:])&mergedBit != 0,
	}
}

// Row returns the quantised row of chunk i; see quantise.go.
func (s *Segment) Row(i uint32) Row {
	at := int(i) * s.dimensions
	return Row{Scale: f32(s.scales[4*i:]), Data: s.rows[at : at+s.dimensions : at+s.dimensions]}
}
