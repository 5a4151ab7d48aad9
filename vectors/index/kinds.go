package index

import (
	"encoding/binary"
	"math/bits"

	"github.com/semantic-ls/semantic-ls/workspace/chunk"
)

// Kinds are kinds of chunks, a bit each; 0 are all of them.
type Kinds uint32

// KindsOf are those of a list.
func KindsOf(list ...chunk.Kind) (k Kinds) {
	for _, kind := range list {
		k |= 1 << kind
	}
	return k
}

// Has reports whether a kind is one of them.
func (k Kinds) Has(kind chunk.Kind) bool { return k == 0 || k>>kind&1 != 0 }

// Only is the kind, where there is one alone.
func (k Kinds) Only() (kind chunk.Kind, ok bool) {
	return chunk.Kind(bits.TrailingZeros32(uint32(k)) & 31), bits.OnesCount32(uint32(k)) == 1
}

// anyOf reports whether chunk i is of one of the kinds, or holds a definition of one.
func (s *Segment) anyOf(i uint32, kinds Kinds) bool {
	r := binary.LittleEndian.Uint32(s.chunkRecord(i)[40:])
	if kinds.Has(chunk.Kind(r)) {
		return true
	}
	return r&mergedBit != 0 && r>>kindShift&(kindBits(kinds)>>kindShift) != 0
}

// The kinds of the definitions in a merged chunk stand above its mergedBit:
//
//	bit 9..22   Module to String
//	bit 23, 24  Object, Key
//	bit 25..29  EnumMember to TypeParameter
//
// The others are of no definition: FileKind, Number, Boolean, Array and Null.
const kindShift = 9

const (
	lowKinds  Kinds = 1<<(chunk.String+1) - 1<<chunk.Module
	midKinds  Kinds = 1<<(chunk.Key+1) - 1<<chunk.Object
	highKinds Kinds = 1<<(chunk.TypeParameter+1) - 1<<chunk.EnumMember
)

// kindBits are kinds as a chunk's record has them.
func kindBits(k Kinds) uint32 {
	low, mid, high := k&lowKinds, k&midKinds, k&highKinds
	return uint32(low<<(9-chunk.Module) | mid<<(23-chunk.Object) | high<<(25-chunk.EnumMember))
}

// kindsOfBits is the inverse of kindBits.
func kindsOfBits(bits uint32) Kinds {
	k := Kinds(bits)
	return k>>(9-chunk.Module)&lowKinds | k>>(23-chunk.Object)&midKinds | k>>(25-chunk.EnumMember)&highKinds
}
