package clones

import (
	"math/bits"
	"slices"
)

const (
	// runLength is how many symbols a run has: five, as appendRuns has it written out. With fewer any two functions have much in
	// common; each changed symbol breaks as many.
	runLength = 5
	// mixer is the multiplier of the polynomial that a run is the value of: odd, with its bits well spread (2^64 over the golden
	// ratio, as Knuth has it for hashing).
	mixer = 0x9e3779b97f4a7c15
	// Its powers.
	mixer2 = 0xdf442d22ce4859b9
	mixer3 = 0x604a5ce3addef82d
	mixer4 = 0xd94363fc538227b1
	mixer5 = 0x2e2b795f2d10fd85
)

// appendRuns appends the hash of each run of s, in order: run i begins at symbol i. Of names it counts which of a run are the
// same.
func appendRuns(list []uint64, s []symbol) []uint64 {
	for ; len(s) >= runLength; s = s[1:] {
		h := uint64(s[0].within(0))*mixer5 + uint64(s[1].within(1))*mixer4 + uint64(s[2].within(2))*mixer3 +
			uint64(s[3].within(3))*mixer2 + uint64(s[4])*mixer
		list = append(list, h^h>>32)
	}
	return list
}

// equal reports whether s and t are the same but for names and values.
func equal(s, t []symbol) bool {
	if len(s) != len(t) {
		return false
	}
	n := min(len(s), runLength-1) // before it, names may be compared with what stands before
	for i := range n {
		if s[i].within(i) != t[i].within(i) {
			return false
		}
	}
	return slices.Equal(s[n:], t[n:])
}

// comparison compares one piece with others. Not safe for concurrent use; the zero value is ready.
//
// The similarity of two pieces of a and b symbols is 2c/(a+b), where c is the least of
//
//   - how many symbols of the one stand in runs of runLength that the other has as well; of a run that it has more often, as many
//     as the other has count, the first ones,
//   - the same of the other,
//   - the length of their longest common subsequence, in which all names are the same.
//
// It is 1 for equal pieces only, 0 for pieces without a run, and symmetric.
type comparison struct {
	one   []symbol
	runs  []uint64 // of one
	slots []slot   // of the runs of one, a power of two of them
	round uint32   // of the last comparison
	other []uint64 // the runs of what it is compared with

	// Of the longest common subsequence; made when it is asked for.
	ready bool
	row   map[symbol]int // of a symbol of one, in bits; 0 is that of all others
	bits  []uint64       // where one has each symbol: a row of words for each
	left  []uint64       // the row under way
}

// slot counts a run of one: how often it has the run, and how many of these the other piece has, in a round.
type slot struct {
	run      uint64
	has, met uint32
	round    uint32
}

// with makes s what the following are compared with. The symbols are kept until the next one.
func (c *comparison) with(s []symbol) {
	c.one, c.round, c.ready = s, 0, false
	c.runs = appendRuns(c.runs[:0], s)
	size := 16
	for size < 2*len(s) {
		size *= 2
	}
	if cap(c.slots) < size {
		c.slots = make([]slot, size)
	}
	c.slots = c.slots[:size]
	clear(c.slots)
	for _, run := range c.runs {
		slot := c.slot(run)
		slot.run = run
		slot.has++
	}
}

// slot is where a run is, or belongs.
func (c *comparison) slot(run uint64) *slot {
	mask := uint64(len(c.slots) - 1)
	for at := (run >> 32) & mask; ; at = (at + 1) & mask {
		if s := &c.slots[at]; s.has == 0 || s.run == run {
			return s
		}
	}
}

// different is the share of the runs of one that are different ones.
func (c *comparison) different() float64 {
	n := 0
	for i := range c.slots {
		if c.slots[i].has > 0 {
			n++
		}
	}
	return float64(n) / float64(max(1, len(c.runs)))
}

// like is the similarity of s, in 0..1, where it is at least as much as is asked; else something less.
func (c *comparison) like(s []symbol, asked float64) float64 {
	if equal(c.one, s) {
		return 1
	}
	total := float64(len(c.one) + len(s))
	there, here := c.covered(s)
	// Equal runs in another order are no copy.
	like := min(nearest, 2*float64(min(here, there))/total)
	if like < asked {
		return like
	}
	return min(like, 2*float64(c.subsequence(s))/total)
}

// nearest is the most that pieces have in common that are not equal.
const nearest = 0.99

// covered is how many symbols of s and of one stand in runs that both have.
func (c *comparison) covered(s []symbol) (there, here int) {
	c.round++
	c.other = appendRuns(c.other[:0], s)
	end := 0 // of what is covered
	for at, run := range c.other {
		slot := c.slot(run)
		if slot.round != c.round {
			slot.round, slot.met = c.round, 0
		}
		if slot.met < slot.has {
			slot.met++
			there, end = there+at+runLength-max(at, end), at+runLength
		}
	}
	end = 0
	for at, run := range c.runs {
		if slot := c.slot(run); slot.round == c.round && slot.met > 0 {
			slot.met--
			here, end = here+at+runLength-max(at, end), at+runLength
		}
	}
	return there, here
}

// subsequence is the length of the longest common subsequence of one and s, with all names the same: Hyyrö's algorithm
// ("Bit-parallel LCS-length computation revisited", 2004), which takes 64 symbols of one at a time. A bit of the row is 0 where
// the length grows.
func (c *comparison) subsequence(s []symbol) int {
	words := (len(c.one) + 63) / 64
	c.place(words)
	left := slices.Grow(c.left[:0], words)[:words]
	for i := range left {
		left[i] = ^uint64(0)
	}
	for _, x := range s {
		row := c.row[x.any()]
		if row == 0 {
			continue
		}
		carry := uint64(0)
		for i, has := range c.bits[row*words : (row+1)*words] {
			both := left[i] & has
			var sum uint64
			sum, carry = bits.Add64(left[i], both, carry)
			left[i] = sum | left[i]&^both
		}
	}
	c.left = left
	n := 64 * words
	for _, word := range left {
		n -= bits.OnesCount64(word)
	}
	return min(n, len(c.one))
}

// place notes where one has each symbol.
func (c *comparison) place(words int) {
	if c.ready {
		return
	}
	c.ready = true
	if c.row == nil {
		c.row = map[symbol]int{}
	}
	clear(c.row)
	c.bits = slices.Grow(c.bits[:0], words)[:words]
	for i, x := range c.one {
		x = x.any()
		row := c.row[x]
		if row == 0 {
			row = len(c.bits) / words
			c.row[x] = row
			c.bits = slices.Grow(c.bits, words)[:len(c.bits)+words]
			clear(c.bits[row*words:])
		}
		c.bits[row*words+i/64] |= 1 << (i % 64)
	}
}
