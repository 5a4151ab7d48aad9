package lexical

import (
	"cmp"
	"encoding/binary"
	"math/bits"
	"math/rand/v2"
	"slices"

	"github.com/semantic-ls/semantic-ls/vectors/flat"
)

// Builder collects the words of documents. Documents are numbered in the order
// they are ended, from 0. Not safe for concurrent use; the zero value is ready.
type Builder struct {
	ids     []place // by hash, open addressing: a power of two, at most half full
	seed    uint64  // odd; at random, so that nobody can write words that crowd in one place
	shift   uint    // of a hash times seed, which leaves a place
	hashes  []uint64
	counts  []uint32 // of the document under way, by term
	touched []uint32 // terms of the document under way
	length  uint32

	lengths []uint32
	group   uint32  // number of the group under way, plus 1
	entries []entry // of all documents, in their order
	terms   []tally // of all documents
}

type (
	place struct {
		hash uint64
		id   uint32 // plus 1; 0: none
	}
	entry struct{ term, document, count uint32 }
	tally struct {
		documents, groups uint32
		size              uint32 // bytes of its postings
		document, group   uint32 // the last that has it, plus 1
	}
)

// Term is a word's number by its hash, the same as long as the builder lives.
func (b *Builder) Term(hash uint64) uint32 {
	if 2*len(b.hashes) >= len(b.ids) {
		b.grow()
	}
	mask := uint64(len(b.ids) - 1)
	at := hash * b.seed >> b.shift
	for ; b.ids[at].id != 0; at = (at + 1) & mask {
		if b.ids[at].hash == hash {
			return b.ids[at].id - 1
		}
	}
	id := uint32(len(b.hashes))
	b.ids[at] = place{hash, id + 1}
	b.hashes = append(b.hashes, hash)
	b.counts = append(b.counts, 0)
	b.terms = append(b.terms, tally{})
	return id
}

func (b *Builder) grow() {
	if b.ids == nil {
		b.seed = rand.Uint64() | 1
	}
	b.ids = make([]place, max(1<<12, 2*len(b.ids)))
	b.shift = uint(64 - bits.TrailingZeros(uint(len(b.ids))))
	mask := uint64(len(b.ids) - 1)
	for id, hash := range b.hashes {
		at := hash * b.seed >> b.shift
		for ; b.ids[at].id != 0; at = (at + 1) & mask {
		}
		b.ids[at] = place{hash, uint32(id) + 1}
	}
}

// Count counts a word, by its number, in the document under way. weight is how often:
// words that say more about a document than its text does (its path) count more than
// once.
func (b *Builder) Count(term, weight uint32) {
	b.Mark(term, weight)
	b.length += weight
}

// Mark is Count for a term that is no text, such as a symbol defined: it can be
// looked up and does not make the document longer.
func (b *Builder) Mark(term, weight uint32) {
	if b.counts[term] == 0 {
		b.touched = append(b.touched, term)
	}
	b.counts[term] += weight
}

// With calls look with the terms of the document under way, each once, and how often
// each term was counted in it, as if the terms more had been counted as well, once each.
// Both are valid until look returns and must not be changed.
func (b *Builder) With(more []uint32, look func(terms, counts []uint32)) {
	touched := len(b.touched)
	for _, term := range more {
		b.Mark(term, 1)
	}
	look(b.touched, b.counts)
	for _, term := range more {
		b.counts[term]--
	}
	b.touched = b.touched[:touched]
}

// End ends the document under way, which may be empty, and returns its length
// in words.
func (b *Builder) End() (length uint32) {
	document := uint32(len(b.lengths))
	for _, id := range b.touched {
		count := min(b.counts[id], mostCount)
		b.entries = append(b.entries, entry{id, document, count})
		b.counts[id] = 0
		t := &b.terms[id]
		t.size += postingSize(document + 1 - t.document)
		t.document = document + 1
		t.documents++
		if t.group != b.group+1 {
			t.group = b.group + 1
			t.groups++
		}
	}
	b.touched = b.touched[:0]
	b.lengths = append(b.lengths, b.length)
	length, b.length = b.length, 0
	return length
}

// EndGroup ends a group of documents, as does Encode.
func (b *Builder) EndGroup() { b.group++ }

// Encode returns the postings of all documents ended so far. It is called once.
func (b *Builder) Encode() []byte {
	type keyed struct {
		hash uint64
		id   uint32
	}
	order := make([]keyed, 0, len(b.hashes))
	for id, hash := range b.hashes {
		if b.terms[id].documents > 0 { // else it was asked about, and stands nowhere
			order = append(order, keyed{hash, uint32(id)})
		}
	}
	slices.SortFunc(order, func(x, y keyed) int { return cmp.Compare(x.hash, y.hash) })

	// Where each term's postings go is known before any is written, so one pass over
	// the entries, which stand in document order, fills them all.
	at, size := make([]uint32, len(b.terms)), uint32(0)
	for id := range b.terms {
		at[id] = size
		size += b.terms[id].size
		b.terms[id].document = 0
	}
	postings := make([]byte, size)
	for _, e := range b.entries {
		t := &b.terms[e.term]
		end := appendPosting(postings[at[e.term]:at[e.term]], e.document+1-t.document, e.count)
		at[e.term] += uint32(len(end))
		t.document = e.document + 1
	}
	w := writer{lengths: b.lengths, hashes: make([]uint64, 0, len(order)), starts: make([]uint32, 0, len(order)+1)}
	w.lists = make([]byte, 0, int(size)+3*len(order))
	for _, k := range order {
		t := &b.terms[k.id]
		w.list(k.hash, t.documents, t.groups, postings[at[k.id]-t.size:at[k.id]])
	}
	return w.encode()
}

func postingSize(gap uint32) uint32 {
	if gap < wide {
		return 2
	}
	n := uint32(3)
	for gap -= wide; gap >= 0x80; gap >>= 7 {
		n++
	}
	return n
}

func appendPosting(dst []byte, gap, count uint32) []byte {
	if gap < wide {
		return append(dst, byte(gap), byte(count))
	}
	return binary.AppendUvarint(append(dst, wide, byte(count)), uint64(gap-wide))
}

// writer lays out the encoded form; see postings.go.
type writer struct {
	lengths []uint32
	hashes  []uint64
	starts  []uint32
	lists   []byte

	again []byte // postings of a list that is encoded by blocks
}

// list adds a term, greater than those before, with its postings as they are without
// a table.
func (w *writer) list(hash uint64, documents, groups uint32, postings []byte) {
	w.hashes = append(w.hashes, hash)
	w.starts = append(w.starts, uint32(len(w.lists)))
	w.lists = binary.AppendUvarint(w.lists, uint64(documents))
	table := tableSize(uint32(len(w.lengths)))
	if table == 0 || len(postings) < skipMin {
		w.lists = binary.AppendUvarint(w.lists, uint64(groups)<<1)
		w.lists = append(w.lists, postings...)
		return
	}
	w.lists = binary.AppendUvarint(w.lists, uint64(groups)<<1|1)
	w.again = w.again[:0]
	at := len(w.lists)
	w.lists = append(w.lists, make([]byte, table)...)
	document, block := ^uint32(0), uint32(0)
	last := document
	for len(postings) >= 2 {
		gap, count, n := posting(postings)
		postings = postings[n:]
		if document += gap; int(document>>blockBits) > table/4 {
			break // a merge copies what a wrong byte has made
		}
		for ; document>>blockBits > block; block++ {
			binary.LittleEndian.PutUint32(w.lists[at+4*int(block):], uint32(len(w.again)))
			last = (block+1)<<blockBits - 1
		}
		w.again = appendPosting(w.again, document-last, count)
		last = document
	}
	for ; int(block) < table/4; block++ {
		binary.LittleEndian.PutUint32(w.lists[at+4*int(block):], uint32(len(w.again)))
	}
	w.lists = append(w.lists, w.again...)
}

func (w *writer) encode() []byte {
	buckets := bucketsFor(len(w.hashes))
	size := headerSize + 4*len(w.lengths) + 4*(buckets+1) + flat.Alignment + 12*len(w.hashes) + 4 + len(w.lists)
	dst := make([]byte, 0, size)
	le := binary.LittleEndian
	for _, n := range []int{len(w.lengths), len(w.hashes), buckets, len(w.lists)} {
		dst = le.AppendUint32(dst, uint32(n))
	}
	for _, n := range w.lengths {
		dst = le.AppendUint32(dst, n)
	}
	shift := uint(64 - bits.TrailingZeros(uint(buckets)))
	for i, next := uint64(0), 0; i <= uint64(buckets); i++ {
		for next < len(w.hashes) && w.hashes[next]>>shift < i {
			next++
		}
		dst = le.AppendUint32(dst, uint32(next))
	}
	dst = flat.Pad(dst)
	for _, h := range w.hashes {
		dst = le.AppendUint64(dst, h)
	}
	for _, n := range w.starts {
		dst = le.AppendUint32(dst, n)
	}
	dst = le.AppendUint32(dst, uint32(len(w.lists)))
	return flat.Append(dst, w.lists)
}
