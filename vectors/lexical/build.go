package lexical

import (
	"bytes"
	"context"
	"encoding/binary"
	"slices"
	"strings"
)

// Builder collects the words of documents. Documents are numbered in the order
// they are ended, from 0. Not safe for concurrent use; the zero value is ready.
type Builder struct {
	ids     map[string]uint32
	terms   []string
	counts  []uint32 // of the document under way, by term
	touched []uint32 // terms of the document under way
	length  uint32

	lengths  []uint32
	entries  []entry // of all documents, in their order
	perTerm  []uint32
	listSize []uint32 // bytes that each term's list will take
	last     []uint32 // last document of each term, plus 1
}

type entry struct{ term, document, count uint32 }

// Add counts a word of the document under way. weight is how often: words that
// say more about a document than its text does (its path) count more than once.
// It does not keep word.
func (b *Builder) Add(word []byte, weight uint32) { b.Count(b.Term(word), weight) }

// Mark is Add for a term that is no text, such as a symbol defined: it can be
// looked up and does not make the document longer.
func (b *Builder) Mark(word []byte, weight uint32) { b.mark(b.Term(word), weight) }

// Term is a word's number, the same as long as the builder lives. It does not keep
// word.
func (b *Builder) Term(word []byte) uint32 {
	id, ok := b.ids[string(word)]
	if !ok {
		if b.ids == nil {
			b.ids = make(map[string]uint32, 1<<12)
		}
		id = uint32(len(b.terms))
		term := string(word)
		b.ids[term] = id
		b.terms = append(b.terms, term)
		b.counts = append(b.counts, 0)
		b.perTerm = append(b.perTerm, 0)
		b.listSize = append(b.listSize, 0)
		b.last = append(b.last, 0)
	}
	return id
}

// Count is Add for a word by its number.
func (b *Builder) Count(term, weight uint32) {
	b.mark(term, weight)
	b.length += weight
}

func (b *Builder) mark(term, weight uint32) {
	if b.counts[term] == 0 {
		b.touched = append(b.touched, term)
	}
	b.counts[term] += weight
}

// End ends the document under way, which may be empty, and returns its length
// in words.
func (b *Builder) End() (length uint32) {
	document := uint32(len(b.lengths))
	for _, id := range b.touched {
		b.entries = append(b.entries, entry{id, document, b.counts[id]})
		b.perTerm[id]++
		gap := document + 1 - b.last[id]
		b.last[id] = document + 1
		b.listSize[id] += postingSize(gap, b.counts[id])
		b.counts[id] = 0
	}
	b.touched = b.touched[:0]
	b.lengths = append(b.lengths, b.length)
	length, b.length = b.length, 0
	return length
}

func postingSize(gap, count uint32) uint32 {
	var buf [2 * binary.MaxVarintLen32]byte
	return uint32(len(appendPosting(buf[:0], gap, count)))
}

func appendPosting(dst []byte, gap, count uint32) []byte {
	if count == 1 {
		return binary.AppendUvarint(dst, uint64(gap)<<1)
	}
	return binary.AppendUvarint(binary.AppendUvarint(dst, uint64(gap)<<1|1), uint64(count))
}

// Encode appends the postings of all documents ended so far to dst.
func (b *Builder) Encode(dst []byte) []byte {
	order := make([]uint32, len(b.terms))
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortFunc(order, func(i, j uint32) int { return strings.Compare(b.terms[i], b.terms[j]) })

	// Where each term's list goes is known before any is written, so one pass
	// over the entries, which stand in document order, fills them all.
	var w writer
	w.lengths = b.lengths
	at := make([]uint32, len(b.terms))
	for _, id := range order {
		w.begin([]byte(b.terms[id]))
		at[id] = uint32(w.size)
		w.size += int(b.listSize[id])
	}
	w.lists = make([]byte, w.size)
	clear(b.last)
	for _, e := range b.entries {
		next := appendPosting(w.lists[at[e.term]:at[e.term]], e.document+1-b.last[e.term], e.count)
		at[e.term] += uint32(len(next))
		b.last[e.term] = e.document + 1
	}
	return w.encode(dst)
}

// writer lays out the encoded form.
type writer struct {
	lengths    []uint32
	termStarts []uint32
	listStarts []uint32
	dictionary []byte
	lists      []byte
	size       int // of the lists so far
}

func (w *writer) begin(term []byte) {
	w.termStarts = append(w.termStarts, uint32(len(w.dictionary)))
	w.listStarts = append(w.listStarts, uint32(w.size))
	w.dictionary = append(w.dictionary, term...)
}

func (w *writer) encode(dst []byte) []byte {
	le := binary.LittleEndian
	numbers := func(list []uint32) {
		for _, n := range list {
			dst = le.AppendUint32(dst, n)
		}
	}
	dst = slices.Grow(dst, headerSize+4*len(w.lengths)+8*(len(w.termStarts)+1)+len(w.dictionary)+len(w.lists))
	numbers([]uint32{uint32(len(w.lengths)), uint32(len(w.termStarts)), uint32(len(w.dictionary)), uint32(len(w.lists))})
	numbers(w.lengths)
	numbers(append(w.termStarts, uint32(len(w.dictionary))))
	numbers(append(w.listStarts, uint32(len(w.lists))))
	dst = append(dst, w.dictionary...)
	return append(dst, w.lists...)
}

// Dropped marks a document that a merge leaves out.
const Dropped = ^uint32(0)

// Merge appends to dst the postings of several sets as one. renumber[i] gives
// the new number of each document of sets[i], or Dropped; the new numbers must
// ascend through the sets in order and leave no gap. When ctx ends first, its cause is
// the error.
func Merge(ctx context.Context, dst []byte, sets []*Postings, renumber [][]uint32) ([]byte, error) {
	var w writer
	for i, p := range sets {
		for document, to := range renumber[i] {
			if to != Dropped {
				w.lengths = append(w.lengths, p.Length(uint32(document)))
			}
		}
	}
	var buf []Posting
	next := make([]int, len(sets)) // each set's next term
	for n := 1; ; n++ {
		if n%checkEvery == 0 && ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		var least []byte
		for i, p := range sets {
			if next[i] < p.terms {
				if t := p.term(next[i]); least == nil || bytes.Compare(t, least) < 0 {
					least = t
				}
			}
		}
		if least == nil {
			break
		}
		last, any := uint32(0), false
		for i, p := range sets {
			if next[i] == p.terms || !bytes.Equal(p.term(next[i]), least) {
				continue
			}
			buf = p.list(next[i]).Append(buf[:0])
			next[i]++
			for _, e := range buf {
				to := renumber[i][e.Document]
				if to == Dropped {
					continue
				}
				if !any {
					w.begin(least)
					any = true
				}
				w.lists = appendPosting(w.lists, to+1-last, e.Count)
				last = to + 1
			}
		}
		w.size = len(w.lists)
	}
	return w.encode(dst), nil
}

// checkEvery is after how many terms a merge looks at its context: a millisecond, as
// most have a few postings.
const checkEvery = 1024
