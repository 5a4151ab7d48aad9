// Package lexical holds inverted lists of words: which documents contain a
// word, how often, and how long each document is. It is what BM25 needs and
// nothing more; vectors/index decides what a document is and vectors/search
// what a score means.
//
// A list is built once, then immutable and used in the encoded form, so that
// opening one costs a few checks however large it is:
//
//	u32 documents, u32 terms, u32 bytes of the dictionary, u32 bytes of the lists
//	u32 x documents       length of each document, in words
//	u32 x (terms+1)       where each term starts in the dictionary
//	u32 x (terms+1)       where each term's list starts
//	dictionary            the terms, sorted bytewise, end to end
//	lists                 per document: varint (gap << 1 | more), varint count if more
//
// Integers are little-endian. A gap counts from the previous document of the
// list, the first from -1, so it is at least 1; `more` says that a count other
// than 1 follows.
package lexical

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"sort"
)

// ErrCorrupt is returned when encoded postings contradict themselves.
var ErrCorrupt = errors.New("lexical: corrupt postings")

const headerSize = 16

// Postings are the inverted lists of a set of documents numbered from 0. Safe
// for concurrent use.
type Postings struct {
	documents, terms int
	lengths          []byte
	termStarts       []byte
	listStarts       []byte
	dictionary       []byte
	lists            []byte
}

// Open reads postings in place: data must not change afterwards. It returns
// ErrCorrupt where sizes do not add up; a wrong byte inside a list yields wrong
// documents but never a read outside data (checksums are the store's work).
func Open(data []byte) (*Postings, error) {
	if len(data) < headerSize {
		return nil, fmt.Errorf("%w: %d bytes", ErrCorrupt, len(data))
	}
	u := func(i int) uint64 { return uint64(binary.LittleEndian.Uint32(data[i:])) }
	documents, terms, dictionary, lists := u(0), u(4), u(8), u(12)
	rest := data[headerSize:]
	if want := 4*documents + 8*(terms+1) + dictionary + lists; want != uint64(len(rest)) {
		return nil, fmt.Errorf("%w: %d bytes where the header says %d", ErrCorrupt, len(rest), want)
	}
	p := &Postings{documents: int(documents), terms: int(terms)}
	take := func(n int) (part []byte) { part, rest = rest[:n:n], rest[n:]; return part }
	p.lengths = take(4 * p.documents)
	p.termStarts = take(4 * (p.terms + 1))
	p.listStarts = take(4 * (p.terms + 1))
	p.dictionary = take(int(dictionary))
	p.lists = take(int(lists))
	return p, nil
}

// Documents returns how many documents there are.
func (p *Postings) Documents() int { return p.documents }

// Terms returns how many different terms there are.
func (p *Postings) Terms() int { return p.terms }

// Length returns the number of words of a document.
func (p *Postings) Length(document uint32) uint32 {
	return binary.LittleEndian.Uint32(p.lengths[4*document:])
}

// List is the encoded list of one term.
type List struct {
	data      []byte
	documents uint32
}

// Lookup returns the list of a term, empty where no document has it.
func (p *Postings) Lookup(term string) List {
	i := sort.Search(p.terms, func(i int) bool { return string(p.term(i)) >= term })
	if i == p.terms || string(p.term(i)) != term {
		return List{}
	}
	return p.list(i)
}

func (p *Postings) term(i int) []byte { return span(p.dictionary, p.termStarts, i) }
func (p *Postings) list(i int) List {
	return List{span(p.lists, p.listStarts, i), uint32(p.documents)}
}

// span is data[starts[i]:starts[i+1]], empty where a wrong byte makes that
// impossible.
func span(data, starts []byte, i int) []byte {
	lo := binary.LittleEndian.Uint32(starts[4*i:])
	hi := binary.LittleEndian.Uint32(starts[4*i+4:])
	if lo > hi || uint64(hi) > uint64(len(data)) {
		return nil
	}
	return data[lo:hi]
}

// Posting says that a document contains a term Count times.
type Posting struct{ Document, Count uint32 }

// Append decodes the list onto dst, documents ascending.
func (l List) Append(dst []Posting) []Posting {
	document := ^uint32(0)
	for data := l.data; len(data) > 0; {
		v, n := uvarint(data)
		if n == 0 {
			return dst
		}
		data = data[n:]
		document += v >> 1
		count := uint32(1)
		if v&1 != 0 {
			if count, n = uvarint(data); n == 0 {
				return dst
			}
			data = data[n:]
		}
		if document >= l.documents {
			return dst
		}
		dst = append(dst, Posting{document, count})
	}
	return dst
}

// uvarint is binary.Uvarint for what is nearly always one byte; n is 0 where
// data holds no whole number of 32 bits.
func uvarint(data []byte) (v uint32, n int) {
	if len(data) > 0 && data[0] < 0x80 {
		return uint32(data[0]), 1
	}
	w, n := binary.Uvarint(data)
	if n <= 0 || w > 1<<32-1 {
		return 0, 0
	}
	return uint32(w), n
}

// All yields every term with its list, in order of the terms.
func (p *Postings) All() iter.Seq2[[]byte, List] {
	return func(yield func([]byte, List) bool) {
		for i := range p.terms {
			if !yield(p.term(i), p.list(i)) {
				return
			}
		}
	}
}

// Check walks everything and returns ErrCorrupt where terms are not sorted or a
// list cannot be decoded whole.
func (p *Postings) Check() error {
	var last []byte
	var buf []Posting
	for i := range p.terms {
		term := p.term(i)
		if i > 0 && bytes.Compare(last, term) >= 0 {
			return fmt.Errorf("%w: term %q after %q", ErrCorrupt, term, last)
		}
		last = term
		buf = p.list(i).Append(buf[:0])
		if len(buf) == 0 {
			return fmt.Errorf("%w: the list of %q is empty", ErrCorrupt, term)
		}
	}
	return nil
}
