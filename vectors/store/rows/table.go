package rows

import "encoding/binary"

// table finds records by key: open addressing with linear probing. A slot is 0, or in
// its lower half the number of a record, from 1, and in its upper one the first four
// bytes of the key, which say where its probing begins, too: so a table grows without
// a look at the records, and of those that stand in one run, which have the upper bits
// in common, the lower ones tell nearly all apart. It lies as it is at the end of a
// file that is full.
type table struct {
	slots []uint64
	used  int
}

// tag is what a slot has of a key, in its place.
func tag(key Key) uint64 { return uint64(binary.LittleEndian.Uint32(key[:])) << 32 }

// home is the slot, of so many, where the probing for what begins with tag begins.
func home(tag uint64, slots int) int { return int((tag >> 32) * uint64(slots) >> 32) }

func makeTable(records int) *table { return &table{slots: make([]uint64, max(1, records)*slotsPerRow)} }

// put notes that record number, from 0, has the key. It grows by the factor of two.
func (t *table) put(key Key, record int) {
	if (t.used+1)*slotsPerRow > len(t.slots) {
		*t = *t.resized(2*t.used + leastRecords)
	}
	t.add(tag(key) | uint64(record+1))
}

// leastRecords is room for a request or two of a provider's.
const leastRecords = 128

// resized is a table of the same records with room for so many.
func (t *table) resized(records int) *table {
	next := makeTable(records)
	for _, slot := range t.slots {
		if slot != 0 {
			next.add(slot)
		}
	}
	return next
}

func (t *table) add(slot uint64) {
	i := home(slot, len(t.slots))
	for t.slots[i] != 0 {
		if i++; i == len(t.slots) {
			i = 0
		}
	}
	t.slots[i] = slot
	t.used++
}

// each calls yield with every record that may have the key until it returns false.
func (t *table) each(key Key, yield func(record int) bool) {
	i := home(tag(key), len(t.slots))
	for t.slots[i] != 0 {
		if t.slots[i]>>32<<32 == tag(key) && !yield(int(uint32(t.slots[i]))-1) {
			return
		}
		if i++; i == len(t.slots) {
			i = 0
		}
	}
}

func (t *table) appendTo(dst []byte) []byte {
	for _, slot := range t.slots {
		dst = binary.LittleEndian.AppendUint64(dst, slot)
	}
	return dst
}
