package index

import (
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/semantic-ls/semantic-ls/vectors/lexical"

	"github.com/semantic-ls/semantic-ls/workspace/chunk"
)

func TestOpenSegmentRefusesWhatDoesNotAddUp(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 6))
	seg, err := Build(dims, []Document{document("a.go", "func one\nx\n", rng), document("b.go", "y\n", rng)})
	if err != nil {
		t.Fatal(err)
	}
	for n := range seg.Bytes() {
		if _, err := OpenSegment(seg.Bytes()[:n]); !errors.Is(err, ErrCorrupt) {
			t.Fatalf("%d of %d bytes: %v", n, len(seg.Bytes()), err)
		}
	}
}

// overflowing are headers whose sizes add up in 64 bits, or in 32, because a product
// does not fit.
func overflowing() (list [][]byte) {
	for _, h := range []struct{ files, chunks, dimensions, strings, postings, rest uint32 }{
		{chunks: 1<<32 - 1, dimensions: 1<<32 - 51, strings: 101, rest: 100}, // (52 + d) * c = 2^64 - 1
		{chunks: 1 << 31, dimensions: 1 << 31, strings: 16, postings: 16, rest: 32},
		{chunks: 1, dimensions: 1<<32 - 52, strings: 16, postings: 16, rest: 32},
		{files: 1<<32 - 1, chunks: 1<<32 - 1, dimensions: 1<<32 - 1, rest: 64},
		{dimensions: 1<<32 - 1, postings: 24, rest: 24},
	} {
		data := make([]byte, segmentHeader+h.rest)
		for i, n := range []uint32{segmentMagic, h.files, h.chunks, h.dimensions, h.strings, h.postings} {
			binary.LittleEndian.PutUint32(data[4*i:], n)
		}
		list = append(list, data)
	}
	return list
}

func TestOpenSegmentRefusesSizesThatOverflow(t *testing.T) {
	for i, data := range overflowing() {
		if _, err := OpenSegment(data); !errors.Is(err, ErrCorrupt) {
			t.Errorf("header %d: %v", i, err)
		}
	}
}

// Whatever single number is wrong, Check notices it or the segment can be searched.
func TestCheck(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 6))
	seg, err := Build(dims, []Document{document("a.go", "func one\nx\n", rng), document("b/c.go", "y\n", rng)})
	if err != nil {
		t.Fatal(err)
	}
	if err := seg.CheckAll(); err != nil {
		t.Fatal(err)
	}
	noticed := 0
	for at := segmentHeader; at+4 <= len(seg.Bytes()); at += 4 {
		for _, wrong := range []uint32{0, 1, 77, 1 << 31, 1<<32 - 1} {
			data := slices.Clone(seg.Bytes())
			binary.LittleEndian.PutUint32(data[at:], wrong)
			bad, err := OpenSegment(data)
			if err == nil {
				err = bad.Check()
			}
			if err == nil {
				read(t, bad)
				_ = bad.CheckAll()
			} else if noticed++; !errors.Is(err, ErrCorrupt) {
				t.Fatal(err)
			}
		}
	}
	if noticed < 50 {
		t.Errorf("%d wrong numbers are noticed", noticed)
	}
	// Nothing says that the last chunk's file is one, where none has that chunk.
	data := slices.Clone(seg.Bytes())
	if of := binary.LittleEndian.Uint32(data[segmentHeader+fileSize*seg.fileCount-12:]); of != 1 {
		t.Fatalf("the last file has %d chunks", of)
	}
	binary.LittleEndian.PutUint32(data[segmentHeader+fileSize*seg.fileCount-12:], 0)
	if bad, err := OpenSegment(data); err != nil || !errors.Is(bad.Check(), ErrCorrupt) {
		t.Errorf("a chunk without a file: %v", err)
	}
	// Who shows a chunk slices its file's text by it.
	binary.LittleEndian.PutUint32(seg.chunks, uint32(len(seg.data)))
	if err := seg.Check(); !errors.Is(err, ErrCorrupt) {
		t.Errorf("a chunk ends before it starts: %v", err)
	}
}

// read reads everything that there is in a segment.
func read(t *testing.T, seg *Segment) {
	s := (&Snapshot{}).With("/w", seg, []string{"a.go"})
	for id := range s.Everywhere().Each {
		s.Chunk(id)
		s.Row(id)
		s.FileClass(s.FileOf(id))
	}
	s.Files("/w", func(file File) bool { s.Find("/w", file.Path); return true })
	for i := range seg.postings.Terms() {
		hash, _ := seg.postings.Term(i)
		s.Having(hash, func(uint32) {})
	}
	for _, scope := range []Scope{s.Everywhere(), s.Under([]Place{{"/w", "b"}})} {
		_, _ = s.Retrieve(t.Context(), scope, Query{
			Terms:  []Term{Single("x", 1), {Words: []Word{{"go", 2}, {"one", 1}}, Weight: 1}},
			Chunks: lexical.BM25{K1: 1}, Files: lexical.BM25{K1: 1}, Probe: NewProbe(make([]float32, seg.dimensions)),
			Names: []Name{{"one", 1, Loosely}, {"a.on", 1, Roughly}}, Weights: Weights{1, 1, 1, 1}, Most: 3,
		})
	}
	_, _ = Merge(t.Context(), seg.Dimensions(), []*Segment{seg}, func(_, f int) bool { return f%2 == 0 })
	_, _ = Merge(t.Context(), seg.Dimensions(), []*Segment{seg, seg}, nil)
}

func FuzzOpenSegmentNeverReadsOutside(f *testing.F) {
	rng := rand.New(rand.NewPCG(7, 7))
	seg, err := Build(dims, []Document{document("a.go", "func one\nx\n", rng), document("b.go", "y\n", rng)})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seg.Bytes(), 30, byte(200))
	for _, data := range overflowing() {
		f.Add(data, -1, byte(0))
	}
	f.Fuzz(func(t *testing.T, data []byte, at int, with byte) {
		data = slices.Clone(data)
		if at >= 0 && at < len(data) {
			data[at] = with
		}
		if seg, err := OpenSegment(data); err == nil && seg.Check() == nil {
			read(t, seg)
		}
	})
}

// TestForeignFiles: the mark is kept by merging, and is no part of the number that it shares a word with.
func TestForeignFiles(t *testing.T) {
	documents := []Document{
		{File: File{Path: "a.go", Foreign: true}, Text: "one two", Chunks: []chunk.Chunk{{End: 7}}, Rows: make([]Row, 1)},
		{File: File{Path: "b.go"}, Text: "one two", Chunks: []chunk.Chunk{{End: 7}}, Rows: make([]Row, 1)},
	}
	var segments []*Segment
	for _, d := range documents {
		s, err := Build(0, []Document{d})
		if err != nil {
			t.Fatal(err)
		}
		segments = append(segments, s)
	}
	merged, err := Merge(t.Context(), 0, segments, func(int, int) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	a, b := merged.File(0), merged.File(1)
	if !a.Foreign || b.Foreign || a.Words != b.Words || a.Words == 0 || merged.fileWords(0) != a.Words {
		t.Errorf("got %+v and %+v, %d words", a, b, merged.fileWords(0))
	}
}
