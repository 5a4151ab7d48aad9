package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"

	"github.com/semantic-ls/semantic-ls/vectors/index"
)

// A store is one file, only ever appended to, or replaced whole by a rename:
//
//	header   magic "semantic-ls idx\n", u32 format, u32 text version,
//	         u32 dimensions, u32 bytes of the root, u32 bytes of the model's name,
//	         root, name, u32 CRC32C of all before, zeros up to a multiple of 8
//	record   u32 mark, u32 CRC32C of the payload, u64 bytes of the payload,
//	         payload, zeros up to a multiple of 8
//	...
//
// A payload is a change: u32 number of removed paths, each u32 bytes and the
// path, u64 bytes of the segment, the segment (vectors/index). Applied in order
// the records give the index. Integers are little-endian.
//
// The format and the text version (index.TextVersion) are part of the file's name as
// well: a program never opens the file of another version, so that an older and a
// newer one, an editor's and a shell's, keep their indexes side by side.
//
// Format 1 counted a segment in 32 bits and had no text version. Format 2 is this.
const (
	magic        = "semantic-ls idx\n"
	format       = 2
	recordMark   = 0x31434552 // "REC1"
	recordHeader = 16
	alignment    = 8
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Verdicts about what a file holds, each with the reason in its text. No other error
// says anything about that: a file that cannot be read may be whole.
var (
	// errForeign is returned for a file that is no store of this identity.
	errForeign = errors.New("not usable")
	// errTorn is returned where a store's records end before the file does.
	errTorn = errors.New("were dropped")
)

func appendHeader(dst []byte, id Identity) []byte {
	le := binary.LittleEndian
	dst = append(dst, magic...)
	for _, n := range []int{format, index.TextVersion, id.Dimensions, len(id.Root), len(id.Model)} {
		dst = le.AppendUint32(dst, uint32(n))
	}
	dst = append(append(dst, id.Root...), id.Model...)
	dst = le.AppendUint32(dst, crc32.Checksum(dst, castagnoli))
	return pad(dst)
}

func pad(dst []byte) []byte {
	for len(dst)%alignment != 0 {
		dst = append(dst, 0)
	}
	return dst
}

// checkHeader returns the bytes behind the header, or an error that says what
// the file is instead.
func checkHeader(data []byte, id Identity) (rest []byte, err error) {
	want := appendHeader(nil, id)
	if bytes.HasPrefix(data, want) {
		return data[len(want):], nil
	}
	if !bytes.HasPrefix(data, []byte(magic)) || len(data) < len(magic)+8 {
		return nil, fmt.Errorf("%w: no index of semantic-ls", errForeign)
	}
	le := binary.LittleEndian
	if f, text := le.Uint32(data[len(magic):]), le.Uint32(data[len(magic)+4:]); f != format || text != index.TextVersion {
		return nil, fmt.Errorf("%w: format %d of text version %d under the name of %d and %d", errForeign, f, text, format, index.TextVersion)
	}
	return nil, fmt.Errorf("%w: of another folder or model, or damaged", errForeign)
}

// record returns the bytes of a record in parts, so that a large segment is not
// copied.
func record(c Change) [3][]byte {
	le := binary.LittleEndian
	var segment []byte
	if c.Segment != nil {
		segment = c.Segment.Bytes()
	}
	head := make([]byte, recordHeader)
	head = le.AppendUint32(head, uint32(len(c.Removed)))
	for _, path := range c.Removed {
		head = append(le.AppendUint32(head, uint32(len(path))), path...)
	}
	head = le.AppendUint64(head, uint64(len(segment)))
	size := len(head) - recordHeader + len(segment)
	sum := crc32.Update(crc32.Checksum(head[recordHeader:], castagnoli), castagnoli, segment)
	le.PutUint32(head, recordMark)
	le.PutUint32(head[4:], sum)
	le.PutUint64(head[8:], uint64(size))
	var zeros [alignment]byte
	return [3][]byte{head, segment, zeros[:-uint(recordHeader+size)%alignment]}
}

// readRecord reads the first record of data and returns the bytes it takes. Any
// error means that nothing from here on can be trusted.
func readRecord(data []byte) (c Change, size int, err error) {
	le := binary.LittleEndian
	if len(data) < recordHeader || le.Uint32(data) != recordMark {
		return c, 0, errors.New("no record")
	}
	n := le.Uint64(data[8:])
	if n > uint64(len(data)-recordHeader) {
		return c, 0, errors.New("a record is cut short")
	}
	payload := data[recordHeader : recordHeader+int(n) : recordHeader+int(n)]
	if crc32.Checksum(payload, castagnoli) != le.Uint32(data[4:]) {
		return c, 0, errors.New("a record's checksum is wrong")
	}
	size = (recordHeader + int(n) + alignment - 1) / alignment * alignment
	if size > len(data) {
		return c, 0, errors.New("a record is cut short")
	}
	c, err = decodeChange(payload)
	return c, size, err
}

func decodeChange(payload []byte) (c Change, err error) {
	errShort := errors.New("a record contradicts itself")
	// number reads one of so many bytes; text reads as many bytes as one says.
	number := func(size int) (n uint64, ok bool) {
		if len(payload) < size {
			return 0, false
		}
		for i, b := range payload[:size] {
			n |= uint64(b) << (8 * i)
		}
		payload = payload[size:]
		return n, true
	}
	text := func(size int) ([]byte, bool) {
		n, ok := number(size)
		if !ok || n > uint64(len(payload)) {
			return nil, false
		}
		part := payload[:n:n]
		payload = payload[n:]
		return part, true
	}
	removed, ok := number(4)
	for ; ok && removed > 0; removed-- {
		var path []byte
		if path, ok = text(4); ok {
			c.Removed = append(c.Removed, string(path))
		}
	}
	if !ok {
		return c, errShort
	}
	segment, ok := text(8)
	if !ok || len(payload) > 0 {
		return c, errShort
	}
	if len(segment) > 0 {
		if c.Segment, err = index.OpenSegment(segment); err != nil {
			return c, err
		}
	}
	return c, nil
}
