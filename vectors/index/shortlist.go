package index

import (
	"math"
	"math/bits"
	"slices"
)

// shortlist keeps the best of many chunks. It collects twice as many as it is to keep and
// then drops the worse half, which is a few comparisons a chunk where a heap takes one a
// level. Of equals it keeps those of the smallest numbers.
type shortlist struct {
	most  int
	keys  []uint64
	least float32 // the lowest score of what is kept, once there is enough
}

// keyOf makes one number of a score, not NaN, and a chunk's number, which is greater for
// what stands before: comparisons of it need no branch. The score is in the upper half,
// with its bits such that they are in order, the complement of the number in the lower.
func keyOf(score float32, id uint32) uint64 {
	if score == 0 {
		score = 0 // of either sign
	}
	b := math.Float32bits(score)
	if b>>31 != 0 {
		b = ^b
	} else {
		b |= 1 << 31
	}
	return uint64(b)<<32 | uint64(^id)
}

// ofKey returns what keyOf made a key of.
func ofKey(key uint64) (score float32, id uint32) {
	b := uint32(key >> 32)
	if b>>31 != 0 {
		b &^= 1 << 31
	} else {
		b = ^b
	}
	return math.Float32frombits(b), ^uint32(key)
}

func (l *shortlist) offer(key uint64) {
	if l.most == 0 {
		return
	}
	if l.keys = append(l.keys, key); len(l.keys) >= 2*l.most {
		l.drop()
	}
}

// drop leaves the best ones, in no order.
func (l *shortlist) drop() {
	if len(l.keys) < l.most || l.most == 0 {
		return
	}
	selectBest(l.keys, l.most)
	l.keys = l.keys[:l.most]
	l.least, _ = ofKey(slices.Min(l.keys))
}

// selectBest moves the n greatest keys to the front, by Hoare's selection: about three
// comparisons each. Keys differ.
func selectBest(keys []uint64, n int) {
	for 0 < n && n < len(keys) {
		last := len(keys) - 1
		// The middle of three, which a sorted list does not make slow.
		middle := last / 2
		if a, b, c := keys[0], keys[middle], keys[last]; (a < b) != (a < c) {
			middle = 0
		} else if (c < a) != (c < b) {
			middle = last
		}
		pivot := keys[middle]
		keys[middle] = keys[last]
		// Lomuto's partition, the border moved by a borrow: which way a comparison goes
		// cannot be foreseen.
		border := 0
		for i, k := range keys[:last] {
			keys[i] = keys[border]
			keys[border] = k
			_, greater := bits.Sub64(pivot, k, 0)
			border += int(greater)
		}
		keys[last], keys[border] = keys[border], pivot
		if n <= border {
			keys = keys[:border]
		} else {
			keys, n = keys[border+1:], n-border-1
		}
	}
}

// better reports whether a stands before b. No score is NaN.
func better(a, b Candidate) bool { return a.Score > b.Score || a.Score == b.Score && a.ID < b.ID }

// compareScores orders candidates, best first.
func compareScores(a, b Candidate) int {
	switch {
	case better(a, b):
		return -1
	case better(b, a):
		return 1
	}
	return 0
}
