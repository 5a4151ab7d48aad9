package index

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"runtime"
	"sort"

	"github.com/semantic-ls/semantic-ls/vectors/flat"
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
	Kinds              Kinds  // where Merged, those of all of them
}

// The encoded form of a segment, little-endian, each part padded with zeros to a
// multiple of 8 bytes:
//
//	header     u32 magic, u32 files, u32 chunks, u32 dimensions, u32 bytes of the
//	           strings, u32 bytes of the postings, u32 words of paths, f32 length of
//	           the longest row, u32 names, u32 definitions
//	files      88 bytes each
//	sorted     u32 x files: their numbers in order of the paths
//	said       u32 x (files+1): where the words of each file's path start
//	paths      u64 each: the words of the paths, see PathWord
//	chunks     44 bytes each, in order of their files, in each by offset
//	fileOf     u32 x chunks
//	scales     f32 x chunks
//	rows       i8 x dimensions x chunks; component = i8 * scale
//	sketches   u64 x names \
//	names      8 bytes each | what is defined, see names_table.go
//	defined    u32 x (n+1)  |
//	definitions  12 bytes   /
//	strings    paths, languages, names
//	postings   one document a chunk, one group a file (vectors/lexical)
//
// A file is {path, language, rule, source: string; size, time: i64; inode: u64;
// hash: 16 bytes; u32 first chunk, chunks, words, class}; a chunk {u32 start, end, name
// start, name end; symbol, container: string; u64 hash; u32 kind, plus mergedBit, plus
// kindBits of all its definitions where that is set}; a string {u32 offset, u32 bytes}.
const (
	segmentMagic  = 0x33474553 // "SEG3"
	segmentHeader = 40
	fileSize      = 4*8 + 3*8 + 16 + 4*4
	chunkSize     = 4*4 + 2*8 + 8 + 4
	mergedBit     = 1 << 8
)

// Segment is an immutable set of files with their chunks, rows and postings,
// used in its encoded form. Safe for concurrent use.
type Segment struct {
	data       []byte
	dimensions int
	fileCount  int
	chunkCount int
	files      []byte
	sorted     []uint32
	said       []uint32
	paths      []uint64
	chunks     []byte
	fileOf     []uint32
	scales     []float32
	rows       []byte
	table      nameTable
	strings    []byte
	longest    float32
	postings   *lexical.Postings
}

// OpenSegment reads a segment in place, in a microsecond whatever its size: data must
// not change afterwards, and is best aligned to 8 bytes. It returns ErrCorrupt where
// sizes do not add up. What else may be wrong with data from a file, its checksum and
// Check tell: one that has not passed Check may panic when it is searched.
func OpenSegment(data []byte) (*Segment, error) {
	if len(data) < segmentHeader || binary.LittleEndian.Uint32(data) != segmentMagic {
		return nil, fmt.Errorf("%w: no segment header", ErrCorrupt)
	}
	u := func(i int) uint64 { return uint64(binary.LittleEndian.Uint32(data[4*i:])) }
	files, chunks, dimensions, stringBytes, postingBytes, pathWords := u(1), u(2), u(3), u(4), u(5), u(6)
	names, definitions := u(8), u(9)
	rest := data[segmentHeader:]
	size := uint64(len(rest))
	// A product of two such numbers may wrap around, unless either is known to be small.
	if chunks > size/chunkSize || chunks > 0 && dimensions > size/chunks || dimensions > math.MaxInt32 {
		return nil, fmt.Errorf("%w: %d bytes hold no %d chunks of %d dimensions", ErrCorrupt, size, chunks, dimensions)
	}
	fits := true
	take := func(n uint64) (part []byte) {
		padded := (n + flat.Alignment - 1) &^ (flat.Alignment - 1)
		if fits = fits && padded <= uint64(len(rest)); !fits {
			return nil
		}
		part, rest = rest[:n:n], rest[padded:]
		return part
	}
	s := &Segment{data: data, fileCount: int(files), chunkCount: int(chunks), dimensions: int(dimensions)}
	s.longest = math.Float32frombits(binary.LittleEndian.Uint32(data[28:]))
	s.files = take(fileSize * files)
	s.sorted = flat.Uint32s(take(4 * files))
	s.said = flat.Uint32s(take(4 * (files + 1)))
	s.paths = flat.Uint64s(take(8 * pathWords))
	s.chunks = take(chunkSize * chunks)
	s.fileOf = flat.Uint32s(take(4 * chunks))
	s.scales = flat.Float32s(take(4 * chunks))
	s.rows = take(chunks * dimensions)
	s.table.sketches = flat.Uint64s(take(8 * names))
	s.table.names = take(nameSize * names)
	s.table.defined = flat.Uint32s(take(4 * (names + 1)))
	s.table.definitions = take(definitionSize * definitions)
	s.strings = take(stringBytes)
	postings := take(postingBytes)
	if !fits || len(rest) > 0 {
		return nil, fmt.Errorf("%w: %d bytes are not what the header says", ErrCorrupt, size)
	}
	var err error
	if s.postings, err = lexical.Open(postings); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	if s.postings.Documents() != s.chunkCount {
		return nil, fmt.Errorf("%w: %d chunks, postings of %d", ErrCorrupt, s.chunkCount, s.postings.Documents())
	}
	return s, nil
}

// Check returns ErrCorrupt where a number in the segment refers to what is not there:
// after it, nothing that reads the segment can fail, though it may be wrong. It takes
// 2 ns a chunk. CheckAll looks at the postings and strings as well.
func (s *Segment) Check() error {
	next := 0
	for i := range s.fileCount {
		if n := s.inOrder(i); n < 0 || n >= s.fileCount {
			return fmt.Errorf("%w: file %d of %d in the order of paths", ErrCorrupt, n, s.fileCount)
		}
		if s.said[i] > s.said[i+1] || uint64(s.said[i+1]) > uint64(len(s.paths)) {
			return fmt.Errorf("%w: the path of file %d has words %d to %d", ErrCorrupt, i, s.said[i], s.said[i+1])
		}
		first, n := s.fileChunks(i)
		if first != next || n < 0 || first+n > s.chunkCount {
			return fmt.Errorf("%w: file %d has chunks %d+%d of %d", ErrCorrupt, i, first, n, s.chunkCount)
		}
		for c := first; c < first+n; c++ {
			if s.fileOf[c] != uint32(i) {
				return fmt.Errorf("%w: chunk %d belongs to two files", ErrCorrupt, c)
			}
			if r := s.chunkRecord(uint32(c)); binary.LittleEndian.Uint32(r) > binary.LittleEndian.Uint32(r[4:]) {
				return fmt.Errorf("%w: chunk %d ends before it starts", ErrCorrupt, c)
			}
		}
		next = first + n
	}
	if next != s.chunkCount {
		return fmt.Errorf("%w: %d chunks without a file", ErrCorrupt, s.chunkCount-next)
	}
	return nil
}

// CheckAll is Check, and of what is in the postings and the names, and the order of the
// paths: a second or so for 100,000 chunks.
func (s *Segment) CheckAll() error {
	if err := s.Check(); err != nil {
		return err
	}
	for i := 1; i < s.fileCount; i++ {
		if bytes.Compare(s.path(s.inOrder(i-1)), s.path(s.inOrder(i))) >= 0 {
			return fmt.Errorf("%w: the paths are not in order", ErrCorrupt)
		}
	}
	err := s.checkNames()
	if err == nil {
		err = s.postings.Check()
	}
	runtime.KeepAlive(s) // its numbers may be those of a mapped file
	return err
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
	r := s.fileRecord(i)[fileSize-16:]
	return int(binary.LittleEndian.Uint32(r)), int(binary.LittleEndian.Uint32(r[4:]))
}

func (s *Segment) skipped(i int) bool {
	return binary.LittleEndian.Uint32(s.fileRecord(i)[20:]) > 0 // length of the rule
}

func (s *Segment) fileWords(i int) uint32 {
	return binary.LittleEndian.Uint32(s.fileRecord(i)[fileSize-8:])
}

func (s *Segment) class(i int) Class {
	return Class(binary.LittleEndian.Uint32(s.fileRecord(i)[fileSize-4:]))
}

// pathWords are the words of a file's path.
func (s *Segment) pathWords(i int) []uint64 { return s.paths[s.said[i]:s.said[i+1]] }

// File returns file i.
func (s *Segment) File(i int) File {
	r := s.fileRecord(i)
	le := binary.LittleEndian
	f := File{
		Path: s.str(r), Language: s.str(r[8:]),
		Skip: Skip{Rule: s.str(r[16:]), Source: s.str(r[24:])},
		Size: int64(le.Uint64(r[32:])), ModTime: int64(le.Uint64(r[40:])), Inode: le.Uint64(r[48:]),
		Chunks: int(le.Uint32(r[76:])), Words: s.fileWords(i), Foreign: s.class(i)&ClassForeign != 0,
	}
	copy(f.Hash[:], r[56:])
	runtime.KeepAlive(s) // what was read may be a mapped file's, until s is garbage
	return f
}

// inOrder returns the number of the i-th file by path.
func (s *Segment) inOrder(i int) int { return int(s.sorted[i]) }

// Find returns the number of the file at path.
func (s *Segment) Find(path string) (file int, ok bool) {
	i := sort.Search(s.fileCount, func(i int) bool { return string(s.path(s.inOrder(i))) >= path })
	if i == s.fileCount || string(s.path(s.inOrder(i))) != path {
		return 0, false
	}
	file = s.inOrder(i)
	runtime.KeepAlive(s)
	return file, true
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

// Chunk returns chunk i.
func (s *Segment) Chunk(i uint32) Chunk {
	r := s.chunkRecord(i)
	le := binary.LittleEndian
	c := Chunk{
		Start: le.Uint32(r), End: le.Uint32(r[4:]), NameStart: le.Uint32(r[8:]), NameEnd: le.Uint32(r[12:]),
		Symbol: s.str(r[16:]), Container: s.str(r[24:]), Hash: le.Uint64(r[32:]),
		File: s.fileOf[i], Kind: chunk.Kind(r[40]), Merged: le.Uint32(r[40:])&mergedBit != 0,
		Kinds: kindsOfBits(le.Uint32(r[40:])),
	}
	runtime.KeepAlive(s)
	return c
}

// Row returns the quantised row of chunk i; see quantise.go.
func (s *Segment) Row(i uint32) Row {
	at := int(i) * s.dimensions
	return Row{Scale: s.scales[i], Data: s.rows[at : at+s.dimensions : at+s.dimensions]}
}
