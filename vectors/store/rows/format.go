package rows

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"strconv"
	"strings"

	"github.com/semantic-ls/semantic-ls/vectors/index"
)

// A cache is a directory of files, each with rows of one model:
//
//	NUMBER-MODEL-f1.rows   ten decimal digits; sixteen hexadecimal ones of the model's hash
//	LOCK                   locked, for moments, by the process that appends or removes
//
// A file is only ever appended to:
//
//	header    magic "semantic-ls rows", u32 format, u32 dimensions, u32 bytes of the
//	          model's name, name, u32 CRC32C of all before, zeros up to a multiple of 8
//	record    16 B key, u32 CRC32C of key, scale and components, f32 scale,
//	          components, one byte each (index.Row), zeros up to a multiple of 8
//	...       all of one length, so that one is found without those before it
//
// and, once it is full, ends with
//
//	table     u64 slots: 0, or in the lower half the number of a record, from 1, and in
//	          the upper one the first four bytes of its key; see table
//	trailer   "rows end", u32 records, u32 slots, u32 CRC32C of these 16 bytes, u32 0
//
// Integers are little-endian. The checksums of records and trailer go on from that of
// the header: neither counts in another file. The table has none, since whatever it
// says is looked up, and a record counts only with its own key and checksum.
//
// Numbers say which file is older: each is one more than the greatest. A file of another
// format is left alone for two months (usage.go).
//
// Format 1 is the first. A row of another kind than index.Row's int8 and one scale is
// a new format.
const (
	magic       = "semantic-ls rows"
	format      = 1
	keyBytes    = 16
	rowHead     = keyBytes + 4 + 4 // key, checksum, scale
	slotBytes   = 8
	trailerMark = "rows end"
	trailerSize = 24
	alignment   = 8
	// slotsPerRow keeps the table half empty: a look at 2.5 slots then shows that a key
	// is not there (Knuth, linear probing), for 16 bytes a row.
	slotsPerRow = 2
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// errForeign is returned for a file that is none of this format, or whose beginning
// is damaged. No other error says that: a file that cannot be read may be whole.
var errForeign = errors.New("no rows of semantic-ls")

func aligned(n int) int { return (n + alignment - 1) / alignment * alignment }

// recordSize is how many bytes a row of that many dimensions takes.
func recordSize(dimensions int) int { return aligned(rowHead + dimensions) }

func appendHeader(dst []byte, m Model) []byte {
	le := binary.LittleEndian
	start := len(dst)
	dst = append(dst, magic...)
	for _, n := range []int{format, m.Dimensions, len(m.Name)} {
		dst = le.AppendUint32(dst, uint32(n))
	}
	dst = append(dst, m.Name...)
	dst = le.AppendUint32(dst, crc32.Checksum(dst[start:], castagnoli))
	for (len(dst)-start)%alignment != 0 {
		dst = append(dst, 0)
	}
	return dst
}

// maxHeader bounds a header: names of models are some dozens of bytes, with an address
// behind them some hundreds.
const maxHeader = 4096

// readHeader reads what appendHeader wrote at the beginning of data. The error is
// errForeign.
func readHeader(data []byte) (m Model, size int, sum uint32, err error) {
	le := binary.LittleEndian
	const fixed = len(magic) + 12
	if len(data) < fixed || !bytes.HasPrefix(data, []byte(magic)) || le.Uint32(data[len(magic):]) != format {
		return m, 0, 0, errForeign
	}
	dimensions, name := le.Uint32(data[len(magic)+4:]), int64(le.Uint32(data[len(magic)+8:]))
	end := int64(fixed) + name
	if end+4 > int64(len(data)) || dimensions == 0 || dimensions > math.MaxInt32 {
		return m, 0, 0, errForeign
	}
	sum = crc32.Checksum(data[:end], castagnoli)
	if sum != le.Uint32(data[end:]) {
		return m, 0, 0, errForeign
	}
	return Model{Name: string(data[fixed:end]), Dimensions: int(dimensions)}, aligned(int(end) + 4), sum, nil
}

// appendRecord appends a row under a key. sum is that of the header.
func appendRecord(dst []byte, sum uint32, key Key, row index.Row) []byte {
	le := binary.LittleEndian
	start := len(dst)
	dst = append(dst, key[:]...)
	dst = append(dst, 0, 0, 0, 0)
	dst = le.AppendUint32(dst, math.Float32bits(row.Scale))
	dst = append(dst, row.Data...)
	le.PutUint32(dst[start+keyBytes:], recordSum(sum, dst[start:]))
	for (len(dst)-start)%alignment != 0 {
		dst = append(dst, 0)
	}
	return dst
}

// recordSum is the checksum of a record without its own bytes.
func recordSum(sum uint32, record []byte) uint32 {
	sum = crc32.Update(sum, castagnoli, record[:keyBytes])
	return crc32.Update(sum, castagnoli, record[keyBytes+4:])
}

// whole reports whether record is one of the file whose header has that sum.
func whole(record []byte, sum uint32, dimensions int) bool {
	return binary.LittleEndian.Uint32(record[keyBytes:]) == recordSum(sum, record[:rowHead+dimensions])
}

// rowOf is the row of a record that is whole.
func rowOf(record []byte, dimensions int) index.Row {
	return index.Row{
		Scale: math.Float32frombits(binary.LittleEndian.Uint32(record[keyBytes+4:])),
		Data:  bytes.Clone(record[rowHead : rowHead+dimensions]),
	}
}

func appendTrailer(dst []byte, sum uint32, records, slots int) []byte {
	le := binary.LittleEndian
	start := len(dst)
	dst = append(dst, trailerMark...)
	dst = le.AppendUint32(le.AppendUint32(dst, uint32(records)), uint32(slots))
	dst = le.AppendUint32(dst, crc32.Update(sum, castagnoli, dst[start:]))
	return le.AppendUint32(dst, 0)
}

func readTrailer(data []byte, sum uint32) (records, slots int, ok bool) {
	le := binary.LittleEndian
	if len(data) != trailerSize || !bytes.HasPrefix(data, []byte(trailerMark)) ||
		le.Uint32(data[16:]) != crc32.Update(sum, castagnoli, data[:16]) {
		return 0, 0, false
	}
	return int(le.Uint32(data[8:])), int(le.Uint32(data[12:])), true
}

const suffix = "-f1.rows"

// endNumber is more than any file's number: from firstNumbers on, a file a second takes
// some hundred thousand million years to get there.
const endNumber = 1 << 62

// fileName is that of file number of a model.
func fileName(number uint64, m Model) string {
	return fmt.Sprintf("%010d-%s%s", number, m.hash(), suffix)
}

// parseName takes a file's name apart; ours is false where it is none of a cache,
// current where this format is in it. A number that no cache gets to is 0, and its file
// not current: nothing is read of it, and it is the first to go.
func parseName(name string) (number uint64, model string, current, ours bool) {
	rest, ok := strings.CutSuffix(name, ".rows")
	if !ok {
		return 0, "", false, false
	}
	parts := strings.Split(rest, "-")
	if len(parts) != 3 || !strings.HasPrefix(parts[2], "f") {
		return 0, "", false, false
	}
	number, err := strconv.ParseUint(parts[0], 10, 64)
	if errors.Is(err, strconv.ErrRange) || err == nil && number >= endNumber {
		return 0, parts[1], false, true
	}
	return number, parts[1], strings.HasSuffix(name, suffix), err == nil
}
