package lexical

import "encoding/binary"

// Window is how many documents are counted at a time: their counts stay in the
// processor's first cache.
const Window = 1 << 12

// Counts are how often a word, or a group of words, stands in the documents of a
// window, and the marks of those in which it does: bit i%64 of Any[i/64]. What is
// counted in one window may weigh 257 together, mostCount times which is all that 16
// bits hold.
type Counts struct {
	Times [Window]uint16
	Any   [Window / 64]uint64
}

// Cursor reads a list one window after the other.
type Cursor struct {
	list     List
	block    int    // that data is of
	data     []byte // what is left of it
	document uint32 // the last one read
}

// Cursor returns one that stands before the first document at or behind from, a
// multiple of Window.
func (l List) Cursor(from uint32) Cursor {
	c := Cursor{list: l, block: min(int(from>>blockBits), len(l.table)/4)}
	c.data, c.document = l.block(c.block)
	for len(c.data) >= 2 {
		gap, _, n := posting(c.data)
		if c.document+gap >= from || c.document+gap >= l.of {
			break
		}
		c.document += gap
		c.data = c.data[n:]
	}
	return c
}

// Tally adds to the counts of the window that starts at from, weight times each, and
// moves behind it. Windows are asked for in order, from that at which the cursor
// stands.
func (c *Cursor) Tally(counts *Counts, from, weight uint32) {
	if !c.seek(from) {
		return
	}
	end := min(from+Window, c.list.of)
	data, document := c.data, c.document
	for len(data) >= 2 {
		gap, count := uint32(data[0]), uint32(data[1])
		rest := data[2:]
		if gap == wide {
			more, m := uvarint(rest)
			gap, rest = gap+more, rest[m:]
		}
		at := document + gap - from // a wrong byte may lead behind the end, or around to before from
		if at >= end-from {
			break
		}
		document += gap
		data = rest
		at %= Window // which it is less than, and now the compiler knows
		counts.Times[at] += uint16(count * weight)
		counts.Any[at/64] |= 1 << (at % 64)
	}
	c.data, c.document = data, document
}

// seek goes to the block of the window that starts at from; false where there is none.
func (c *Cursor) seek(from uint32) bool {
	if block := int(from >> blockBits); block != c.block && len(c.list.table) > 0 {
		if block > len(c.list.table)/4 {
			return false
		}
		c.block = block
		c.data, c.document = c.list.block(block)
	}
	return true
}

// Sums are what a word, or a group of words, counts in all documents of a window, and in the groups of them. It is for
// words that so many documents have that all are looked at, which costs less than to go from mark to mark.
type Sums struct {
	Times   [Window]uint16
	Groups  [Window]int32   // from First on
	GroupOf *[Window]uint32 // of the documents from the start of the window on
	First   uint32          // the first group, less than Window before the last one

	// Meanwhile is called after every few postings: it may ask for memory that is read next, while this waits for none.
	Meanwhile func()
}

// Four postings are read at once, whose gaps and counts are in every other byte of eight.
const (
	fourBytes = 0x00ff00ff00ff00ff
	fourOnes  = 0x0001000100010001
	fourOver  = 0x0100010001000100
)

// meanwhile is after how many bytes of postings Sums.Meanwhile is called: 16 of them.
const meanwhile = 32

// Sum is Tally into sums. It reports whether there was anything.
func (c *Cursor) Sum(sums *Sums, from, weight uint32) (some bool) {
	if !c.seek(from) {
		return false
	}
	size := min(from+Window, c.list.of) - from
	data := c.data
	next := meanwhile
	last, at := c.document-from, 0 // which wraps around where none was in the window
	for {
		for at+8 <= len(data) {
			four := binary.LittleEndian.Uint64(data[at:])
			gaps := four & fourBytes
			behind := gaps * fourOnes // each of the four with those before it, at most 4 x 254
			if (gaps+fourOnes)&fourOver != 0 || last+uint32(behind>>48) >= size {
				break
			}
			counts := four >> 8 & fourBytes * uint64(weight)
			sums.add(last+uint32(behind&0xffff), uint32(counts&0xffff))
			sums.add(last+uint32(behind>>16&0xffff), uint32(counts>>16&0xffff))
			sums.add(last+uint32(behind>>32&0xffff), uint32(counts>>32&0xffff))
			last += uint32(behind >> 48)
			sums.add(last, uint32(counts>>48))
			if at += 8; at >= next {
				sums.Meanwhile()
				next = at + meanwhile
			}
		}
		if at+2 > len(data) {
			break
		}
		gap, count, n := posting(data[at:])
		if last+gap >= size {
			break
		}
		last += gap
		sums.add(last, count*weight)
		at += n
	}
	c.data, c.document = data[at:], last+from
	return at > 0
}

func (s *Sums) add(document, count uint32) {
	document %= Window // which it is less than, but for wrong bytes
	s.Times[document] += uint16(count)
	s.Groups[(s.GroupOf[document]-s.First)%Window] += int32(count)
}
