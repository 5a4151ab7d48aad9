package index

import (
	"path"
	"strings"

	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
	"github.com/semantic-ls/semantic-ls/vectors/words"
	"github.com/semantic-ls/semantic-ls/workspace/chunk"
)

// embedding makes the rows of the built-in model while the words are counted for the
// postings: both cut a text into the same words, and to cut it twice would cost more
// than all the arithmetic.
type embedding struct {
	model   *static.Model // nil: the documents bring their rows
	words   []*static.Word
	context []uint32
	sum     static.Sum
	bytes   [static.Dimensions]byte // of the last row
}

// Embed makes the builder embed what is added from now on. Its dimensions must be the
// model's.
func (b *Builder) Embed(m *static.Model) { b.embed.model = m }

// term is the number of a term, and makes the model look at its word; a term that is no
// word has a nil one.
func (b *Builder) term(word []byte, hash uint64) uint32 {
	id := b.post.Term(hash)
	if m := b.embed.model; m != nil && int(id) == len(b.embed.words) {
		var w *static.Word
		if word != nil {
			w = m.Word(hash)
		}
		b.embed.words = append(b.embed.words, w)
	}
	return id
}

// row is the row of a chunk whose text, and nothing else, has been counted. What
// Context says of it counts once more. It is valid until the next one.
func (b *Builder) row(file string, c chunk.Chunk) (row Row) {
	e := &b.embed
	e.context = e.context[:0]
	Context(file, c, func(text string) {
		words.Each(text, func(word []byte) { e.context = append(e.context, b.term(word, words.Hash(word))) })
	})
	b.post.With(e.context, func(terms, counts []uint32) {
		for _, term := range terms {
			if w := e.words[term]; w != nil {
				e.sum.Add(w, counts[term])
			}
		}
	})
	row.Scale = e.sum.Bytes(&e.bytes)
	row.Data = e.bytes[:]
	return row
}

// Context yields what stands for a chunk before a model beside its text: the last two
// parts of its path and its container say what it is about, and a piece of a definition
// does not have its signature in it.
func Context(file string, c chunk.Chunk, yield func(text string)) {
	dir, base := path.Split(file)
	yield(path.Base(dir))
	yield(strings.TrimSuffix(base, path.Ext(base)))
	yield(c.Container)
	if c.NameStart < c.Start || c.NameStart >= c.End {
		yield(c.Signature)
	}
}
