package words

import (
	"encoding/binary"
	"math/bits"
	"unsafe"
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
	return Hash(unsafe.Slice(unsafe.StringData(word), len(word))) // which does not write
}

// Sum is the identity of a text of any length, in 128 bits, as Hash is that of a word:
// against accidents, not against who tries. It reads 32 bytes at a time.
func Sum(text string) (a, b uint64) {
	data := unsafe.Slice(unsafe.StringData(text), len(text))
	a, b = uint64(len(data))*hashLength, uint64(len(data))*hashStep
	c, d := a^hashEnd, b^hashEnd
	le := binary.LittleEndian
	for ; len(data) > 32; data = data[32:] {
		a, b = fold(a^le.Uint64(data), hashStep), fold(b^le.Uint64(data[8:]), hashEnd)
		c, d = fold(c^le.Uint64(data[16:]), hashLength), fold(d^le.Uint64(data[24:]), hashStep)
	}
	for ; len(data) > 8; data = data[8:] {
		a, b, c, d = fold(b^le.Uint64(data), hashStep), c, d, a
	}
	// Each half depends on all four.
	a = fold(a^tail(data), hashEnd)
	first := fold(fold(fold(a^b, hashStep)^c, hashEnd)^d, hashLength)
	second := fold(fold(fold(d^b, hashLength)^c, hashStep)^a, hashEnd)
	return first, second
}
