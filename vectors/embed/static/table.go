package static

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"math/bits"
	"os"
)

// A model file, little-endian:
//
//	 0  magic       "semstat\n"
//	 8  version     uint32, 1
//	12  dimensions  uint32, Dimensions
//	16  words       uint32, W
//	20  buckets     uint32, B, a power of two: rows that all words share which are not among the W
//	24  bigrams     uint32, P: rows of two words that follow each other in a question
//	28  hidden      uint32, H: units of the layer that a question goes through, see layer.go; 0: it goes through none
//	32  hashes      W of uint64: words.Hash of each word, ascending; then P, ascending: bigramHash of each pair
//	    gains       W+B+P of uint16: where a word stands in code; then as many where it stands in a question
//	    rows        W+B+P of Dimensions int8: words, buckets, bigrams
//	    layer       first H x Dimensions, bias H, second H x Dimensions float32
//	    checksum    uint32, CRC-32C of all before
//
// Gains are whole numbers up to maxGain, of which only the ratios mean anything. Rows are used where they lie, and may
// lie anywhere: a row is bytes, which need no alignment; all else is copied. No word is in the file, only its hash.
const (
	magic        = "semstat\n"
	version      = 1
	headerSize   = 32
	checksumSize = 4

	// maxGain keeps gain x damping within an int16, which the fast kernels take: 4000 x (1 + ln maxCount) is 31,726.
	maxGain = 4000
	// maxWords and maxHidden bound what a header may claim: 26 times the words of the built-in model, and as many units
	// as a question goes through in some 60 µs. A file of them all has 0.9 GB, which a 32-bit int can count.
	maxWords  = 1 << 20
	maxHidden = 4096
)

// Grouped by what is wrong with a model file. Open adds the file, what was expected and the way out.
var (
	// ErrFormat is returned for a file that is no model.
	ErrFormat = errors.New("no model file")
	// ErrVersion is returned for a model that another version of this program has made.
	ErrVersion = errors.New("made for another version of semantic-ls")
	// ErrDimensions is returned for a model whose rows have not Dimensions numbers.
	ErrDimensions = errors.New("another number of dimensions")
	// ErrDamaged is returned for a model that was cut off or changed.
	ErrDamaged = errors.New("damaged")
)

// header is what stands before the tables.
type header struct{ words, buckets, bigrams, hidden int }

// readHeader reads what a file begins with. It trusts nothing in it.
func readHeader(data []byte) (header, error) {
	switch {
	case len(data) == 0:
		return header{}, fmt.Errorf("%w: it is empty", ErrFormat)
	case len(data) < len(magic) || string(data[:len(magic)]) != magic:
		return header{}, fmt.Errorf("%w: it does not begin with %q", ErrFormat, magic)
	case len(data) < headerSize:
		return header{}, fmt.Errorf("%w: it ends after %d bytes, within the header", ErrDamaged, len(data))
	}
	field := func(at int) uint32 { return binary.LittleEndian.Uint32(data[at:]) }
	if v := field(8); v != version {
		return header{}, fmt.Errorf("%w: it is of format %d, this program reads format %d", ErrVersion, v, version)
	}
	if d := field(12); d != Dimensions {
		return header{}, fmt.Errorf("%w: it has %d, this program computes with %d", ErrDimensions, d, Dimensions)
	}
	w, b, p, h := field(16), field(20), field(24), field(28)
	if w > maxWords || b > maxWords || p > maxWords || h > maxHidden || bits.OnesCount32(b) != 1 {
		const most = "%w: its header claims %d words, %d buckets, %d bigrams and %d units: " +
			"at most %d of each of the first three, the second a power of two, and %d units can be"
		return header{}, fmt.Errorf(most, ErrDamaged, w, b, p, h, maxWords, maxHidden)
	}
	return header{int(w), int(b), int(p), int(h)}, nil
}

// fits is an error if a file of so many bytes cannot have this header.
func (h header) fits(size int64) error {
	rows := h.words + h.buckets + h.bigrams
	want := headerSize + 8*(h.words+h.bigrams) + (2*2+Dimensions)*rows + layerSize(h.hidden) + checksumSize
	if size != int64(want) {
		return fmt.Errorf("%w: it has %d bytes, its header asks for %d", ErrDamaged, size, want)
	}
	return nil
}

// readFile reads a model file. It reads no more of one that is none than its header.
func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() { // which may have no end, or never begin
		return nil, fmt.Errorf("%w: it is no regular file", ErrFormat)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var start [headerSize]byte
	n, err := io.ReadFull(file, start[:])
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	h, err := readHeader(start[:n])
	if err == nil {
		err = h.fits(info.Size())
	}
	if err != nil {
		return nil, err
	}
	data := make([]byte, info.Size())
	copy(data, start[:])
	if _, err := io.ReadFull(file, data[headerSize:]); err != nil {
		return nil, fmt.Errorf("%w: it became shorter while it was read", ErrDamaged)
	}
	return data, nil
}

// reason is what an error of the file system says but for the path.
func reason(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}

// table is a model file in memory. It is immutable, and so must be the bytes that it was read from.
type table struct {
	buckets         []Word
	single, bigrams finder
	layer           layer
	sum             uint32 // checksum, which tells one model from another
}

// Word is what the model knows of a word: its row, and how much it weighs. It is immutable.
type Word struct {
	hash  uint64
	row   *[Dimensions]int8
	code  int32 // gain where it stands in code
	asked int32 // and in a question
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// readTable reads a model file, whose rows it uses where they lie. It trusts nothing in it.
func readTable(data []byte) (*table, error) {
	h, err := readHeader(data)
	if err == nil {
		err = h.fits(int64(len(data)))
	}
	if err != nil {
		return nil, err
	}
	le := binary.LittleEndian
	body := len(data) - checksumSize
	t := &table{sum: le.Uint32(data[body:])}
	if sum := crc32.Checksum(data[:body], castagnoli); sum != t.sum {
		return nil, fmt.Errorf("%w: its checksum is %08x, and that of its bytes %08x", ErrDamaged, t.sum, sum)
	}
	n := h.words + h.buckets + h.bigrams
	rest := data[headerSize:body]
	next := func(size int) (part []byte) {
		part, rest = rest[:size:size], rest[size:]
		return part
	}
	hashes, pairs := next(8*h.words), next(8*h.bigrams)
	code, asked := next(2*n), next(2*n)
	rows := next(Dimensions * n)
	list := make([]Word, n)
	for i := range list {
		w := &list[i]
		w.row = rowAt(rows, i)
		w.code, w.asked = int32(le.Uint16(code[2*i:])), int32(le.Uint16(asked[2*i:]))
		if w.code > maxGain || w.asked > maxGain {
			return nil, fmt.Errorf("%w: a gain of %d, of at most %d", ErrDamaged, max(w.code, w.asked), maxGain)
		}
	}
	t.buckets = list[h.words : h.words+h.buckets]
	if t.single, err = newFinder(list[:h.words], hashes); err != nil {
		return nil, err
	}
	if t.bigrams, err = newFinder(list[h.words+h.buckets:], pairs); err != nil {
		return nil, err
	}
	t.layer, err = readLayer(rest, h.hidden)
	return t, err
}

// finder finds words by their hashes. They stand in the order of these, and from says where those begin that have the
// same highest bits: of hashes, one or none. Where somebody has made them alike it takes log n steps.
type finder struct {
	words []Word
	from  []uint32 // by the highest bits, and the end
	shift int      // what is left of a hash are those bits
}

// newFinder gives the words their hashes.
func newFinder(list []Word, hashes []byte) (finder, error) {
	size := bits.Len(uint(len(list))) + 1 // bits: two to four places a word
	f := finder{list, make([]uint32, 1<<size+1), 64 - size}
	at := 0
	for i := range list {
		h := binary.LittleEndian.Uint64(hashes[8*i:])
		if i > 0 && h <= list[i-1].hash {
			return finder{}, fmt.Errorf("%w: its hashes do not ascend", ErrDamaged)
		}
		list[i].hash = h
		for ; at <= int(h>>f.shift); at++ {
			f.from[at] = uint32(i)
		}
	}
	for ; at < len(f.from); at++ {
		f.from[at] = uint32(len(list))
	}
	return f, nil
}

// of is the word of this hash, nil where there is none. The lowest bit is not looked at: an index keeps something else
// in it (index.PathWord).
func (f *finder) of(hash uint64) *Word {
	place := hash >> f.shift
	low, high := f.from[place], f.from[place+1]
	for high-low > 4 {
		if middle := (low + high) / 2; f.words[middle].hash>>1 < hash>>1 {
			low = middle + 1
		} else {
			high = middle + 1
		}
	}
	for ; low < high; low++ {
		if w := &f.words[low]; w.hash>>1 == hash>>1 {
			return w
		}
	}
	return nil
}

// word is what stands for the word of this hash: its own row, or the one of its bucket.
func (t *table) word(hash uint64) *Word {
	if w := t.single.of(hash); w != nil {
		return w
	}
	return &t.buckets[hash>>32&uint64(len(t.buckets)-1)]
}

// bigramHash is the hash of two words that follow each other.
func bigramHash(a, b uint64) uint64 { return a*golden + bits.RotateLeft64(b, 23) }

// golden is 2^64 divided by the golden ratio.
const golden = 0x9e3779b97f4a7c15
