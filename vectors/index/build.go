package index

import (
	"encoding/binary"
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/semantic-ls/semantic-ls/vectors/lexical"
	"github.com/semantic-ls/semantic-ls/vectors/words"
	"github.com/semantic-ls/semantic-ls/workspace/chunk"
)

// Document is a file to be put into a segment.
type Document struct {
	File File
	Text string
	// Chunks of Text, in order. Rows stand beside them, one each; a row without
	// data is a chunk without a vector. A Builder that embeds looks at no rows.
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
// objects, and marks what is foreign; 4 knows words by their hash, and paths by theirs; 5
// has the name, container and kind of every definition, in the place of terms.
const TextVersion = 5

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
	a, b := words.Sum(text)
	binary.LittleEndian.PutUint64(h[:], a)
	binary.LittleEndian.PutUint64(h[8:], b)
	return h
}

// HashChunk is the identity of a chunk's text.
func HashChunk(text string) uint64 {
	a, _ := words.Sum(text)
	return a
}

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
	embed embedding

	stem, directories []uint32 // terms of the path of the document under way
}

// NewBuilder returns a Builder of a segment with rows of that many dimensions.
func NewBuilder(dimensions int) *Builder {
	return &Builder{w: newWriter(dimensions)}
}

// Add adds a document.
func (b *Builder) Add(d Document) {
	first := b.w.chunkCount
	var fileWords uint32
	symbols := byName(d.Symbols)
	b.readPath(d.File.Path)
	for i, c := range d.Chunks {
		from, _ := slices.BinarySearchFunc(symbols, c.Start, nameStart)
		symbols = symbols[from:]
		if c.Skip {
			continue
		}
		text := d.Text[c.Start:c.End]
		b.count(text, 1)
		var row Row
		if b.embed.model != nil {
			row = b.row(d.File.Path, c)
		} else {
			row = d.Rows[i]
		}
		for _, term := range b.stem {
			b.post.Count(term, stemWeight)
		}
		for _, term := range b.directories {
			b.post.Count(term, directoryWeight)
		}
		defined, kinds := 0, Kinds(0)
		for _, s := range symbols {
			if s.NameStart >= c.End {
				break
			}
			b.w.define(s)
			defined++
			kinds |= KindsOf(s.Kind)
			b.count(d.Text[max(s.DocStart, c.Start):s.NameEnd], headWeight)
		}
		if defined < 2 {
			kinds = 0
		}
		fileWords += b.post.End()
		b.w.chunk(Chunk{
			Start: uint32(c.Start), End: uint32(c.End), NameStart: uint32(c.NameStart), NameEnd: uint32(c.NameEnd),
			Kind: c.Kind, Symbol: c.Symbol, Container: c.Container, Hash: HashChunk(text), File: uint32(b.w.fileCount),
			Merged: defined > 1, Kinds: kinds,
		}, row)
	}
	b.post.EndGroup()
	f := d.File
	f.Words = fileWords
	b.w.file(f, first)
}

// readPath finds the terms of the path of the document that begins.
func (b *Builder) readPath(p string) {
	dir, base := path.Split(p)
	b.stem, b.directories = b.stem[:0], b.directories[:0]
	words.Each(strings.TrimSuffix(base, path.Ext(base)), func(word []byte) {
		hash := words.Hash(word)
		b.stem = append(b.stem, b.term(word, hash))
		b.w.saidPaths = append(b.w.saidPaths, PathWord(hash, true))
	})
	words.Each(dir, func(word []byte) {
		hash := words.Hash(word)
		b.directories = append(b.directories, b.term(word, hash))
		b.w.saidPaths = append(b.w.saidPaths, PathWord(hash, false))
	})
}

// PathWord is how a segment keeps a word of a path, by its hash: the lowest bit says
// that it stands in the file's name, not in that of a directory.
func PathWord(hash uint64, name bool) uint64 {
	if name {
		return hash | 1
	}
	return hash &^ 1
}

// Segment encodes what was added. It is called once.
func (b *Builder) Segment() (*Segment, error) { return b.w.open(b.post.Encode()) }

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
