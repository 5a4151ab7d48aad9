// Package lexical holds inverted lists of words: which documents contain a
// word, how often, and how long each document is. It is what BM25 needs and
// nothing more; vectors/index decides what a document is and vectors/search
// what a score means.
//
// A word is known by its hash (words.Hash). Documents stand in groups, the chunks of
// a file in vectors/index, and a list says how many groups it reaches into, so that
// whole files can be weighed too.
//
// Postings are built once, then immutable and used in the encoded form, so that
// opening them costs a few checks however large they are:
//
//	u32 documents, u32 terms, u32 buckets, u32 bytes of the lists
//	u32 x documents       length of each document, in words
//	u32 x (buckets+1)     number of the first term of each bucket: a power of two of
//	                      them share the terms by the top bits of the hash
//	zeros up to a multiple of 8
//	u64 x terms           the hashes, ascending
//	u32 x (terms+1)       where each term's list starts
//	lists
//
// So a term takes 12 bytes and its share of a bucket. A list is
//
//	uvarint documents, uvarint groups << 1 | whether there is a table
//	table: u32 for each block of documents but the first, where it starts behind the table
//	postings: u8 gap, u8 count, and uvarint gap-255 where that is not negative
//
// Integers are little-endian. A gap counts from the document before: in the list or,
// where it has a table, in the block, from -1 where there is none. A count is 1 to 255,
// more than that counts as 255: of BM25's most for a word, that is 98 % at k1 = 5.
//
// Rejected: bit-packed blocks of 128, a third smaller and slower to decode without
// vector instructions; one varint for gap and count, a fifth smaller, whose branches
// the processor cannot foresee (three times as slow).
package lexical

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"slices"

	"github.com/semantic-ls/semantic-ls/vectors/flat"
)

// ErrCorrupt is returned when encoded postings contradict themselves.
var ErrCorrupt = errors.New("lexical: corrupt postings")

const (
	headerSize = 16
	// blockBits sets how many documents a block has, 32,768: two cores can share
	// 100,000 chunks by blocks, and the table of a list stays below a hundredth of it.
	blockBits = 15
	blockSize = 1 << blockBits
	// skipMin is from how many bytes on a list has a table, where there are several
	// blocks: reading what has less takes a microsecond.
	skipMin = 2048
	// perBucket is how many terms share a bucket, about: their hashes fill two lines of
	// the cache.
	perBucket = 16
	// wide is a gap that does not fit into its byte.
	wide = 255
	// mostCount is the largest count.
	mostCount = 255
)

// Postings are the inverted lists of a set of documents numbered from 0. Safe
// for concurrent use.
type Postings struct {
	lengths []uint32
	buckets []uint32
	shift   uint // of a hash, which leaves its bucket
	hashes  []uint64
	starts  []uint32
	lists   []byte
}

// Open reads postings in place: data must not change afterwards. It returns
// ErrCorrupt where sizes do not add up; a wrong byte inside yields wrong
// documents but never a read outside data (checksums are the store's work).
func Open(data []byte) (*Postings, error) {
	if len(data) < headerSize {
		return nil, fmt.Errorf("%w: %d bytes", ErrCorrupt, len(data))
	}
	u := func(i int) uint64 { return uint64(binary.LittleEndian.Uint32(data[i:])) }
	documents, terms, buckets, lists := u(0), u(4), u(8), u(12)
	head := headerSize + 4*documents + 4*(buckets+1)
	head = (head + flat.Alignment - 1) / flat.Alignment * flat.Alignment
	if want := head + 8*terms + 4*(terms+1) + lists; want != uint64(len(data)) {
		return nil, fmt.Errorf("%w: %d bytes where the header says %d", ErrCorrupt, len(data), want)
	}
	if buckets == 0 || buckets&(buckets-1) != 0 {
		return nil, fmt.Errorf("%w: %d buckets", ErrCorrupt, buckets)
	}
	p := &Postings{shift: uint(64 - bits.TrailingZeros64(buckets))}
	p.lengths = flat.Uint32s(data[headerSize : headerSize+4*documents])
	p.buckets = flat.Uint32s(data[headerSize+4*documents:][:4*(buckets+1)])
	rest := data[head:]
	p.hashes = flat.Uint64s(rest[:8*terms])
	p.starts = flat.Uint32s(rest[8*terms:][:4*(terms+1)])
	p.lists = rest[12*terms+4:]
	return p, nil
}

// bucketsFor returns how many buckets so many terms have.
func bucketsFor(terms int) int {
	return 1 << bits.Len(uint(terms)/perBucket)
}

// Documents returns how many documents there are.
func (p *Postings) Documents() int { return len(p.lengths) }

// Terms returns how many different terms there are.
func (p *Postings) Terms() int { return len(p.hashes) }

// Length returns the number of words of a document.
func (p *Postings) Length(document uint32) uint32 { return p.lengths[document] }

// Lengths returns those of all documents. They must not be changed.
func (p *Postings) Lengths() []uint32 { return p.lengths }

// Lookup returns the list of a term, empty where no document has it.
func (p *Postings) Lookup(term uint64) List {
	bucket := term >> p.shift
	from, to := p.buckets[bucket], p.buckets[bucket+1]
	if from > to || uint64(to) > uint64(len(p.hashes)) {
		return List{}
	}
	if i, ok := slices.BinarySearch(p.hashes[from:to], term); ok {
		return p.list(int(from) + i)
	}
	return List{}
}

// Term returns the i-th term, in order of the hashes, and its list.
func (p *Postings) Term(i int) (hash uint64, list List) { return p.hashes[i], p.list(i) }

// list returns the i-th list, an empty one where a wrong byte makes that impossible.
func (p *Postings) list(i int) List {
	from, to := p.starts[i], p.starts[i+1]
	if from > to || uint64(to) > uint64(len(p.lists)) {
		return List{}
	}
	l := List{of: uint32(len(p.lengths))}
	data := p.lists[from:to]
	var n int
	if l.Documents, n = uvarint(data); n == 0 {
		return List{}
	}
	data = data[n:]
	if l.Groups, n = uvarint(data); n == 0 {
		return List{}
	}
	hasTable := l.Groups&1 != 0
	l.Groups, l.data = l.Groups>>1, data[n:]
	if table := tableSize(l.of); hasTable && table <= len(l.data) {
		l.table, l.data = l.data[:table], l.data[table:]
	}
	return l
}

// tableSize is how many bytes the table of a list has that has one, 0 where there is
// one block.
func tableSize(documents uint32) int {
	if documents <= blockSize {
		return 0
	}
	return 4 * int((documents-1)>>blockBits)
}

// List is the encoded list of one term.
type List struct {
	Documents, Groups uint32 // how many it has

	of    uint32 // documents of the postings
	table []byte // where the blocks but the first start in data; nil: they follow each other
	data  []byte
}

// Posting says that a document contains a term Count times.
type Posting struct{ Document, Count uint32 }

// Append decodes the list onto dst, documents ascending.
func (l List) Append(dst []Posting) []Posting {
	for block := range l.blocks() {
		data, before := l.block(block)
		document := before
		for len(data) >= 2 {
			gap, count, n := posting(data)
			data = data[n:]
			if document += gap; document >= l.of {
				return dst
			}
			dst = append(dst, Posting{document, count})
		}
	}
	return dst
}

// blocks returns in how many pieces the list is encoded.
func (l List) blocks() int { return len(l.table)/4 + 1 }

// block returns a piece, and the document before its first gap.
func (l List) block(i int) (data []byte, before uint32) {
	from, to := uint32(0), uint32(len(l.data))
	if i > 0 {
		from = binary.LittleEndian.Uint32(l.table[4*(i-1):])
	}
	if 4*i < len(l.table) {
		to = binary.LittleEndian.Uint32(l.table[4*i:])
	}
	if from > to || uint64(to) > uint64(len(l.data)) {
		return nil, 0
	}
	return l.data[from:to], uint32(i)<<blockBits - 1
}

// posting decodes the first of data, which has two bytes at least.
func posting(data []byte) (gap, count uint32, n int) {
	gap, count, n = uint32(data[0]), uint32(data[1]), 2
	if gap == wide {
		more, m := uvarint(data[2:])
		gap, n = gap+more, n+m
	}
	return gap, count, n
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

// Check walks everything and returns ErrCorrupt where hashes do not ascend or are not
// in their bucket, or a list does not hold what it says.
func (p *Postings) Check() error {
	for i := range p.buckets {
		if i > 0 && p.buckets[i] < p.buckets[i-1] || uint64(p.buckets[i]) > uint64(len(p.hashes)) {
			return fmt.Errorf("%w: bucket %d begins at term %d", ErrCorrupt, i, p.buckets[i])
		}
	}
	if p.buckets[0] != 0 || int(p.buckets[len(p.buckets)-1]) != len(p.hashes) {
		return fmt.Errorf("%w: terms outside the buckets", ErrCorrupt)
	}
	var buf []Posting
	for i, hash := range p.hashes {
		if i > 0 && hash <= p.hashes[i-1] {
			return fmt.Errorf("%w: term %d is not in order", ErrCorrupt, i)
		}
		l := p.list(i)
		if from := uint64(p.starts[i]); l.Documents == 0 && uint64(p.starts[i+1]) == from+2 && from+2 <= uint64(len(p.lists)) &&
			p.lists[from]|p.lists[from+1] == 0 {
			continue // the Builder was only asked for it, see With
		}
		buf = l.Append(buf[:0])
		last := int64(-1)
		for _, e := range buf {
			if int64(e.Document) <= last || e.Count == 0 {
				return fmt.Errorf("%w: the list of term %d is not in order", ErrCorrupt, i)
			}
			last = int64(e.Document)
		}
		if len(buf) == 0 || len(buf) != int(l.Documents) || l.Groups == 0 || l.Groups > l.Documents {
			return fmt.Errorf("%w: the list of term %d says %d documents and holds %d", ErrCorrupt, i, l.Documents, len(buf))
		}
		if again := p.Lookup(hash); again.Documents != l.Documents {
			return fmt.Errorf("%w: term %d is in another bucket", ErrCorrupt, i)
		}
	}
	return nil
}
