package rows

import (
	"encoding/binary"
	"errors"
	"io"
	"os"

	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/vectors/store"
)

// segment is one file, as far as this process knows it. The cache's mutex guards it.
type segment struct {
	number   uint64
	file     store.File
	writable bool
	size     int64 // when it was looked at last

	dimensions int
	head       int64  // bytes of the header
	sum        uint32 // of the header
	records    int    // how many there are, the damaged ones included
	slots      int    // of the table in the file; 0: it is not full yet
	table      *table // of a file that is not full; else nil

	record []byte // scratch, of one record
	window [windowSlots * slotsPerRow * slotBytes]byte
}

// windowSlots is half of how many slots are read at once: 128 bytes nearly always show
// whether a key is there, and cost no more to read than one slot.
const windowSlots = 8

// scanBytes is how much is read at once of records that are new.
const scanBytes = 1 << 20

// openSegment opens a file of the model, to be read only where it must not be written.
// The error is errForeign for one that is damaged or of another model.
func openSegment(fsys store.FS, path string, number uint64, m Model) (*segment, error) {
	f, err := fsys.Open(path, os.O_RDWR)
	writable := err == nil
	if err != nil {
		f, err = fsys.Open(path, os.O_RDONLY)
	}
	if err != nil {
		return nil, err
	}
	s, err := newSegment(f, number, m)
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	s.writable = writable
	return s, nil
}

func newSegment(f store.File, number uint64, m Model) (*segment, error) {
	head := make([]byte, maxHeader)
	n, err := f.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	got, size, sum, err := readHeader(head[:n])
	if err != nil {
		return nil, err
	}
	if got != m {
		return nil, errForeign
	}
	s := &segment{
		number: number, file: f, writable: true, dimensions: m.Dimensions, head: int64(size), sum: sum,
		table: makeTable(0), record: make([]byte, recordSize(m.Dimensions)),
	}
	return s, s.catchUp(true)
}

func (s *segment) full() bool { return s.slots > 0 }

// end is where the next record begins.
func (s *segment) end() int64 { return s.at(s.records) }

func (s *segment) at(record int) int64 { return s.head + int64(record)*int64(len(s.record)) }

// catchUp learns what others appended since it was called last. always looks at what
// has the size that it had, too.
func (s *segment) catchUp(always bool) error {
	if s.full() {
		return nil
	}
	size, err := s.file.Size()
	if err != nil || size == s.size && !always {
		return err
	}
	if size < s.end() { // somebody cut it
		s.records, s.table = 0, makeTable(0)
	}
	s.size = size
	if s.closed(size) {
		return nil
	}
	return s.scan(size)
}

// closed reads the trailer, if there is one.
func (s *segment) closed(size int64) bool {
	var end [trailerSize]byte
	if size < s.head+trailerSize {
		return false
	}
	if _, err := s.file.ReadAt(end[:], size-trailerSize); err != nil {
		return false
	}
	records, slots, ok := readTrailer(end[:], s.sum)
	if !ok || slots == 0 || s.at(records)+int64(slots)*slotBytes+trailerSize != size {
		return false
	}
	s.records, s.slots, s.table = records, slots, nil
	return true
}

// scan takes the whole records up to size into the table. One that is not whole is
// passed over where others follow it; at the end it is torn, or still being written.
func (s *segment) scan(size int64) error {
	n := len(s.record)
	buffer := make([]byte, max(n, min(scanBytes, int(size-s.end()))/n*n))
	for record := s.records; s.at(record+1) <= size; {
		part := buffer[:min(int64(len(buffer)), (size-s.at(record))/int64(n)*int64(n))]
		if _, err := s.file.ReadAt(part, s.at(record)); err != nil {
			if errors.Is(err, io.EOF) { // cut meanwhile
				return nil
			}
			return err
		}
		for ; len(part) > 0; part = part[n:] {
			if whole(part[:n], s.sum, s.dimensions) {
				s.table.put(Key(part[:keyBytes]), record)
				s.records = record + 1
			}
			record++
		}
	}
	return nil
}

// find returns the row under the key, if the file has it whole.
func (s *segment) find(key Key) (row index.Row, ok bool) {
	try := func(record int) bool {
		row, ok = s.read(record, key)
		return !ok
	}
	if !s.full() {
		s.table.each(key, try)
		return row, ok
	}
	s.probe(key, try)
	return row, ok
}

// probe is table.each of the table in the file.
func (s *segment) probe(key Key, yield func(record int) bool) {
	slot := home(tag(key), s.slots)
	for looked := 0; looked < s.slots; {
		n := min(len(s.window)/slotBytes, s.slots-slot)
		part := s.window[:n*slotBytes]
		if _, err := s.file.ReadAt(part, s.end()+int64(slot)*slotBytes); err != nil {
			return
		}
		for ; len(part) > 0; part = part[slotBytes:] {
			entry := binary.LittleEndian.Uint64(part)
			if entry == 0 || entry>>32<<32 == tag(key) && !yield(int(uint32(entry))-1) {
				return
			}
		}
		looked += n
		if slot += n; slot == s.slots {
			slot = 0
		}
	}
}

// read returns the row of a record if it is whole and has the key.
func (s *segment) read(record int, key Key) (index.Row, bool) {
	if record < 0 || record >= s.records {
		return index.Row{}, false
	}
	if _, err := s.file.ReadAt(s.record, s.at(record)); err != nil {
		return index.Row{}, false
	}
	if Key(s.record[:keyBytes]) != key || !whole(s.record, s.sum, s.dimensions) {
		return index.Row{}, false
	}
	return rowOf(s.record, s.dimensions), true
}

// append writes rows behind the others; there is room for them, and the process has
// the lock.
func (s *segment) append(keys []Key, rows []index.Row) error {
	if s.size > s.end() { // a torn tail
		if err := s.file.Truncate(s.end()); err != nil {
			return err
		}
		s.size = s.end()
	}
	data := make([]byte, 0, len(keys)*len(s.record))
	for i, key := range keys {
		data = appendRecord(data, s.sum, key, rows[i])
	}
	if _, err := s.file.WriteAt(data, s.end()); err != nil {
		_ = s.file.Truncate(s.end()) // else the next one finds it
		return err
	}
	for _, key := range keys {
		s.records++
		s.table.put(key, s.records-1)
	}
	s.size = s.end()
	return nil
}

// seal ends the file with its table, which needs no memory from then on. The process
// has the lock.
func (s *segment) seal() error {
	if s.records == 0 {
		return nil
	}
	if err := s.file.Truncate(s.end()); err != nil {
		return err
	}
	t := s.table.resized(s.records)
	data := appendTrailer(t.appendTo(nil), s.sum, s.records, len(t.slots))
	if _, err := s.file.WriteAt(data, s.end()); err != nil {
		_ = s.file.Truncate(s.end())
		return err
	}
	s.size, s.slots, s.table = s.end()+int64(len(data)), len(t.slots), nil
	return nil
}

// sealedSize is how large a file with so many records of so many dimensions ends.
func sealedSize(head int64, dimensions, records int) int64 {
	return head + int64(records)*int64(recordSize(dimensions)+slotsPerRow*slotBytes) + trailerSize
}
