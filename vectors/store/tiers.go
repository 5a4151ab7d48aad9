package store

import (
	"math/bits"
	"slices"

	"github.com/semantic-ls/semantic-ls/vectors/index"
)

const (
	// mostMerged is how large segments get by merging, so that merging one takes at most
	// twice that of memory.
	mostMerged = 256 << 20
	// perTier is how many segments of about one size there are before they are merged to
	// one of the next: a tier is as many times larger than the one before. Each byte is so
	// written four times on its way from a batch of half a megabyte to the largest segment.
	perTier = 8
)

// Merges says which pieces are to be merged, a group each, and leaves alone those that
// stay. With settle it leaves few, for an index that is searched from now on; else it
// does no more than what was appended and the rule of tiers call for. stored tells which
// pieces have files of their own: the others are the log's.
func Merges(pieces []index.Piece, stored func(*index.Segment) bool, settle bool) [][]index.Piece {
	return merges(pieces, stored, settle, mostMerged)
}

func merges(pieces []index.Piece, stored func(*index.Segment) bool, settle bool, most int64) (groups [][]index.Piece) {
	var candidates, chosen []index.Piece
	var total, largest, chosenBytes int64
	for _, p := range pieces {
		bytes, live := int64(len(p.Segment.Bytes())), p.Live()
		total += live
		switch stays := 10*live >= 9*bytes; {
		case stays && bytes > most/2:
			// Merged, it would not become much larger.
		case !stored(p.Segment) || !stays && 4*live <= 3*bytes:
			chosen, chosenBytes = append(chosen, p), chosenBytes+live
		default:
			candidates = append(candidates, p)
			largest = max(largest, live)
		}
	}
	slices.SortStableFunc(candidates, func(a, b index.Piece) int { return len(a.Segment.Bytes()) - len(b.Segment.Bytes()) })
	switch {
	case settle && total <= most:
		// All into one, unless that moves ten bytes for one.
		for i, p := range candidates {
			if i == len(candidates)-1 && 10*chosenBytes <= p.Live() {
				break
			}
			chosen, chosenBytes = append(chosen, p), chosenBytes+p.Live()
		}
	case settle:
		for _, p := range candidates {
			if int64(len(p.Segment.Bytes())) <= most/4 {
				chosen = append(chosen, p)
			}
		}
	default:
		for t := tier(chosenBytes); len(chosen) > 0 && t < tier(most); t = tier(chosenBytes) {
			var same []index.Piece
			bytes := int64(0)
			for _, p := range candidates {
				if tier(int64(len(p.Segment.Bytes()))) == t {
					same, bytes = append(same, p), bytes+p.Live()
				}
			}
			if len(same) < perTier-1 {
				break
			}
			chosen, chosenBytes = append(chosen, same...), chosenBytes+bytes
			if tier(chosenBytes) == t {
				break
			}
		}
	}
	for _, g := range grouped(chosen, most) {
		if len(g) > 1 || g[0].Dead != nil {
			groups = append(groups, g)
		}
	}
	return groups
}

// tier is the power of perTier that a segment of so many bytes comes after.
func tier(n int64) int { return bits.Len64(uint64(n)) / bits.TrailingZeros(perTier) }

// grouped puts pieces together that may become one segment: each, the largest first,
// into the first group that has room for it.
func grouped(pieces []index.Piece, most int64) (groups [][]index.Piece) {
	slices.SortStableFunc(pieces, func(a, b index.Piece) int { return len(b.Segment.Bytes()) - len(a.Segment.Bytes()) })
	var bytes []int64
	for _, p := range pieces {
		n := p.Live()
		i := slices.IndexFunc(bytes, func(sum int64) bool { return sum+n <= most })
		if i < 0 {
			i = len(groups)
			groups, bytes = append(groups, nil), append(bytes, 0)
		}
		groups[i] = append(groups[i], p)
		bytes[i] += n
	}
	return groups
}
