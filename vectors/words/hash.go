package words

import (
	"encoding/binary"
	"math/bits"
)

// Hash is the identity of a word wherever words are compared: two words of one hash
// are one. Of three million different words, one pair in 4 million indexes is. It is
// the same on all machines, since it is stored.
//
// The word is read eight bytes at a time, each folded by a multiplication of 128
// bits, as in wyhash (Wang Yi, 2019, public domain).
func Hash(word []byte) uint64 {
	h := uint64(len(word)) * hashLength
	for ; len(word) > 8; word = word[8:] {
		h = fold(h^binary.LittleEndian.Uint64(word), hashStep)
	}
	return fold(h^tail(word), hashEnd)
}

// tail reads up to eight bytes as one number.
func tail(b []byte) uint64 {
	switch n := len(b); {
	case n == 8:
		return binary.LittleEndian.Uint64(b)
	case n >= 4: // the two halves overlap
		return uint64(binary.LittleEndian.Uint32(b)) | uint64(binary.LittleEndian.Uint32(b[n-4:]))<<32
	case n > 0:
		return uint64(b[0]) | uint64(b[n/2])<<8 | uint64(b[n-1])<<16
	}
	return 0
}

func fold(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a^hashSalt, b)
	return hi ^ lo
}

// The first 64-bit words of the fractional parts of the square roots of 7, 11, 13 and
// 17, made odd.
const (
	hashLength = 0xa54ff53a5f1d36f1
	hashStep   = 0x510e527fade682d1
	hashEnd    = 0x9b05688c2b3e6c1f
	hashSalt   = 0x1f83d9abfb41bd6b
)

// HashString is Hash of a string.
func HashString(word string) uint64 {
	var buf [maxIdentifier]byte
	if len(word) > len(buf) {
		return Hash([]byte(word))
	}
	return Hash(buf[:copy(buf[:], word)])
}
