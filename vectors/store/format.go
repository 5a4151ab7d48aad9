package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"

	"github.com/semantic-ls/semantic-ls/vectors/index"
)

// A store is a directory:
//
//	MANIFEST         which generation counts; written beside as MANIFEST.new and renamed, last
//	gen-N/seg-K.seg  a segment (vectors/index) as it is, never changed; written under a name that
//	                 ends in .new, then renamed. It is named by the manifests of later
//	                 generations too, for as long as it is of use
//	gen-N/delta.log  the changes since; only ever appended to
//	COMPLETE         empty; the index has held all of its folder (complete.go)
//	LOCK             locked around an append, and around the renaming of MANIFEST
//	COMPACT.lock     locked by the process that merges segments
//	INDEX.lock       locked by the process that brings the folder up to date
//	OPEN.lock        locked, shared, by whoever has the store open; its time is that of the last use
//
// Integers are little-endian; sums are CRC32C.
//
//	MANIFEST   magic "semantic-ls idx\n", u32 format, u32 text version, u32 dimensions,
//	           u32 bytes of the root, u32 bytes of the model's name, u32 segments,
//	           u64 generation, u64 epoch, u64 number of the last change in the segments,
//	           root, name, zeros up to a multiple of 8,
//	           segments, u32 sum of all before
//	segment    u64 N, u64 K: it is gen-N/seg-K.seg; u64 bytes, u32 sums, u32 words of marks,
//	           sums: u32 each, of a MiB of it; marks: u64 each, a bit per file that is dead
//	delta.log  magic "semantic-ls log\n", u64 generation, u64 number of the last change before,
//	           u32 sum before the first record, u32 sum of root and name and dimensions,
//	           u32 sum of all before, zeros up to 64 bytes; records
//	record     u32 mark, u32 sum, u64 number, u64 bytes of the payload, u64 0, payload, zeros
//	           up to a multiple of 64
//	payload    u32 removed paths, u32 bytes from here to the segment, u64 bytes of the segment,
//	           u32 bytes and the path, each; zeros up to a multiple of 64 in the file; the segment
//
// Applied in order, the records give the index out of the segments. A record's sum goes
// on from that of the record before, and its number is one more: what stands behind a
// record is either its successor or nothing, whatever the file held before. An epoch
// ends where an index is begun anew or mended; within one, a generation says the same as
// the one before in fewer files.
//
// The format and the text version (index.TextVersion) are part of the directory's name
// as well: a program never opens the index of another version, so that an older and a
// newer one, an editor's and a shell's, keep theirs side by side.
//
// Format 1 counted a segment in 32 bits and had no text version. Format 2 was one file,
// a log that began with a header; see testdata. Format 3 is this.
const (
	magic          = "semantic-ls idx\n"
	logMagic       = "semantic-ls log\n"
	format         = 3
	manifestHeader = len(magic) + 6*4 + 3*8
	mostManifest   = 64 << 20 // a manifest has 4 bytes a MiB and a bit a file: of Linux, some kB
	piece          = 1 << 20  // of a segment, with a sum of its own
	logHeader      = 64
	recordMark     = 0x31434552 // "REC1"
	recordHeader   = 32
	payloadHeader  = 16
	alignment      = 64 // of records and of segments in them: a line of the cache
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Verdicts about what a file holds, each with the reason in its text. No other error
// says anything about that: a file that cannot be read may be whole.
var (
	// errForeign is returned for what is no store of this identity.
	errForeign = errors.New("not usable")
	// errTorn is returned where a log's records end before the file does.
	errTorn = errors.New("were dropped")
)

// manifest is what MANIFEST says.
type manifest struct {
	generation uint64
	epoch      uint64
	last       uint64 // number of the last change in the segments
	segments   []segmentFile
}

// is reports whether two manifests are one. Numbers of generations begin anew where
// somebody has removed the directory, epochs do not come again.
func (m *manifest) is(other *manifest) bool {
	return m.generation == other.generation && m.epoch == other.epoch
}

// segmentFile is what a manifest says of a segment.
type segmentFile struct {
	generation, number uint64
	bytes              int64
	sums               []uint32 // of each piece
	dead               []uint64
}

func (s *segmentFile) name() string { return fmt.Sprintf("gen-%d/seg-%d.seg", s.generation, s.number) }

func sumsOf(data []byte) (sums []uint32) {
	for ; len(data) > 0; data = data[min(piece, len(data)):] {
		sums = append(sums, crc32.Checksum(data[:min(piece, len(data))], castagnoli))
	}
	return sums
}

// sum of what an index is of.
func (id Identity) sum() uint32 {
	b := fmt.Appendf(nil, "%s\x00%s\x00%d", id.Root, id.Model, id.Dimensions)
	return crc32.Checksum(b, castagnoli)
}

func (m *manifest) encode(id Identity) []byte {
	le := binary.LittleEndian
	dst := []byte(magic)
	for _, n := range []int{format, index.TextVersion, id.Dimensions, len(id.Root), len(id.Model), len(m.segments)} {
		dst = le.AppendUint32(dst, uint32(n))
	}
	for _, n := range []uint64{m.generation, m.epoch, m.last} {
		dst = le.AppendUint64(dst, n)
	}
	dst = pad(append(append(dst, id.Root...), id.Model...), 8)
	for _, s := range m.segments {
		for _, n := range []uint64{s.generation, s.number, uint64(s.bytes)} {
			dst = le.AppendUint64(dst, n)
		}
		dst = le.AppendUint32(dst, uint32(len(s.sums)))
		dst = le.AppendUint32(dst, uint32(len(s.dead)))
		for _, n := range s.sums {
			dst = le.AppendUint32(dst, n)
		}
		for _, n := range s.dead {
			dst = le.AppendUint64(dst, n)
		}
	}
	return le.AppendUint32(dst, crc32.Checksum(dst, castagnoli))
}

func pad(dst []byte, to int) []byte {
	for len(dst)%to != 0 {
		dst = append(dst, 0)
	}
	return dst
}

// decodeManifest reads MANIFEST, or returns errForeign with what it is instead.
func decodeManifest(data []byte, id Identity) (m manifest, err error) {
	le := binary.LittleEndian
	if !bytes.HasPrefix(data, []byte(magic)) || len(data) < len(magic)+8 {
		return m, fmt.Errorf("%w: no index of semantic-ls", errForeign)
	}
	if f, text := le.Uint32(data[len(magic):]), le.Uint32(data[len(magic)+4:]); f != format || text != index.TextVersion {
		return m, fmt.Errorf("%w: format %d of text version %d under the name of %d and %d",
			errForeign, f, text, format, index.TextVersion)
	}
	if len(data) < manifestHeader+4 || le.Uint32(data[len(data)-4:]) != crc32.Checksum(data[:len(data)-4], castagnoli) {
		return m, fmt.Errorf("%w: its manifest is damaged", errForeign)
	}
	// What follows is as it was written; it is no more trusted for that than to be read
	// within its bounds.
	r := reader{data: data[len(magic)+8 : len(data)-4]}
	dimensions, root, model, segments := r.u32(), r.u32(), r.u32(), r.u32()
	m.generation, m.epoch, m.last = r.u64(), r.u64(), r.u64()
	what := string(r.take(int(root))) + "\x00" + string(r.take(int(model)))
	if bytes.ContainsFunc(r.take(-(manifestHeader+int(root)+int(model))&7), func(c rune) bool { return c != 0 }) {
		r.short = true
	}
	if r.short || what != id.Root+"\x00"+id.Model || int(dimensions) != id.Dimensions {
		return m, fmt.Errorf("%w: of another folder or model", errForeign)
	}
	for ; segments > 0 && !r.short; segments-- {
		s := segmentFile{generation: r.u64(), number: r.u64(), bytes: int64(r.u64())}
		sums, dead := int(r.u32()), int(r.u32())
		if sums > len(r.data)/4 || dead > len(r.data)/8 || s.bytes < 0 || int64(sums) != (s.bytes+piece-1)/piece {
			r.short = true
			break
		}
		for range sums {
			s.sums = append(s.sums, r.u32())
		}
		for range dead {
			s.dead = append(s.dead, r.u64())
		}
		m.segments = append(m.segments, s)
	}
	if r.short || len(r.data) > 0 {
		return m, fmt.Errorf("%w: its manifest contradicts itself", errForeign)
	}
	return m, nil
}

// reader reads numbers and bytes, and notes when there are too few.
type reader struct {
	data  []byte
	short bool
}

func (r *reader) take(n int) []byte {
	if n < 0 || n > len(r.data) {
		r.short, r.data = true, nil
		return nil
	}
	part := r.data[:n:n]
	r.data = r.data[n:]
	return part
}

func (r *reader) u32() uint32 {
	if b := r.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (r *reader) u64() uint64 {
	if b := r.take(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

// encodeLogHeader is the beginning of the log of m; chain is the sum before its first
// record.
func encodeLogHeader(m *manifest, chain uint32, id Identity) []byte {
	le := binary.LittleEndian
	dst := le.AppendUint64([]byte(logMagic), m.generation)
	dst = le.AppendUint64(dst, m.last)
	dst = le.AppendUint32(dst, chain)
	dst = le.AppendUint32(dst, id.sum())
	dst = le.AppendUint32(dst, crc32.Checksum(dst, castagnoli))
	return pad(dst, logHeader)
}

// checkLogHeader returns the sum before the first record of the log of m.
func checkLogHeader(data []byte, m *manifest, id Identity) (chain uint32, err error) {
	if len(data) < logHeader {
		return 0, errors.New("no log")
	}
	chain = binary.LittleEndian.Uint32(data[len(logMagic)+16:])
	if !bytes.Equal(data[:logHeader], encodeLogHeader(m, chain, id)) {
		return 0, errors.New("no log of this generation")
	}
	return chain, nil
}

// record returns the bytes of a record in parts, so that a large segment is not
// copied, and its sum. The record begins at a multiple of alignment.
func record(c Change, number uint64, chain uint32) (parts [3][]byte, sum uint32) {
	le := binary.LittleEndian
	var segment []byte
	if c.Segment != nil {
		segment = c.Segment.Bytes()
	}
	head := make([]byte, recordHeader+payloadHeader)
	for _, path := range c.Removed {
		head = append(le.AppendUint32(head, uint32(len(path))), path...)
	}
	head = pad(head, alignment)
	le.PutUint32(head, recordMark)
	le.PutUint64(head[8:], number)
	le.PutUint64(head[16:], uint64(len(head)-recordHeader+len(segment)))
	payload := head[recordHeader:]
	le.PutUint32(payload, uint32(len(c.Removed)))
	le.PutUint32(payload[4:], uint32(len(payload)-8))
	le.PutUint64(payload[8:], uint64(len(segment)))
	sum = crc32.Update(crc32.Update(chain, castagnoli, head[8:]), castagnoli, segment)
	le.PutUint32(head[4:], sum)
	var zeros [alignment]byte
	return [3][]byte{head, segment, zeros[:-uint(len(head)+len(segment))%alignment]}, sum
}

// decoded is a record as it stands in data.
type decoded struct {
	removed []string
	segment []byte // empty: none
	size    int    // bytes that the record takes
	sum     uint32
}

// readRecord reads the first record of data. Any error means that nothing from here on
// can be trusted.
func readRecord(data []byte, number uint64, chain uint32) (d decoded, err error) {
	le := binary.LittleEndian
	if len(data) < recordHeader || le.Uint32(data) != recordMark {
		return d, errors.New("no record")
	}
	n := le.Uint64(data[16:])
	if n > uint64(len(data)-recordHeader) {
		return d, errors.New("a record is cut short")
	}
	end := recordHeader + int(n)
	d.size = (end + alignment - 1) / alignment * alignment
	if d.size > len(data) {
		return d, errors.New("a record is cut short")
	}
	d.sum = crc32.Update(chain, castagnoli, data[8:end])
	if d.sum != le.Uint32(data[4:]) {
		return d, errors.New("a record's checksum is wrong")
	}
	if got := le.Uint64(data[8:]); got != number {
		return d, fmt.Errorf("change %d in the place of %d", got, number)
	}
	errShort := errors.New("a record contradicts itself")
	r := reader{data: data[recordHeader:end:end]}
	removed, skip, segment := r.u32(), r.u32(), r.u64()
	paths := reader{data: r.take(int(skip) - 8), short: skip < 8}
	for ; removed > 0 && !paths.short; removed-- {
		d.removed = append(d.removed, string(paths.take(int(paths.u32()))))
	}
	if r.short || paths.short || segment != uint64(len(r.data)) {
		return d, errShort
	}
	d.segment = r.data
	return d, nil
}
