package lexical

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
	end := min(from+Window, c.list.of)
	if block := int(from >> blockBits); block != c.block && len(c.list.table) > 0 {
		if block > len(c.list.table)/4 {
			return
		}
		c.block = block
		c.data, c.document = c.list.block(block)
	}
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
