// Package flat reads numbers of an encoded form in place, so that opening a mapped
// file costs nothing whatever its size.
package flat

import (
	"encoding/binary"
	"math"
	"unsafe"
)

// Uint32s are the little-endian numbers of data, whose last bytes are left out where
// they make no whole one. They stand in data itself where it is aligned and the
// machine is little-endian, as all that are tested are, and else in a copy: neither
// must be changed.
func Uint32s(data []byte) []uint32 {
	return numbers(data, binary.LittleEndian.Uint32)
}

// Uint64s is Uint32s of 64 bits.
func Uint64s(data []byte) []uint64 {
	return numbers(data, binary.LittleEndian.Uint64)
}

// Float32s is Uint32s of IEEE 754's numbers of 32 bits.
func Float32s(data []byte) []float32 {
	return numbers(data, func(b []byte) float32 { return math.Float32frombits(binary.LittleEndian.Uint32(b)) })
}

func numbers[T any](data []byte, read func([]byte) T) []T {
	var one T
	size := int(unsafe.Sizeof(one))
	n := len(data) / size
	if n == 0 {
		return nil
	}
	if at := unsafe.Pointer(unsafe.SliceData(data)); littleEndian && uintptr(at)%unsafe.Alignof(one) == 0 {
		return unsafe.Slice((*T)(at), n)
	}
	list := make([]T, n)
	for i := range list {
		list[i] = read(data[size*i:])
	}
	return list
}

var littleEndian = binary.NativeEndian.Uint16([]byte{1, 0}) == 1

// Alignment in bytes is that of the largest number: who writes an encoded form begins
// each of its parts at a multiple.
const Alignment = 8

// Pad appends zeros up to a multiple of Alignment.
func Pad(dst []byte) []byte {
	return append(dst, make([]byte, -uint(len(dst))%Alignment)...)
}

// Padded is n rounded up to a multiple of Alignment.
func Padded(n int) int { return (n + Alignment - 1) &^ (Alignment - 1) }

// atOnce is how many bytes are copied at once: 25 microseconds.
const atOnce = 256 << 10

// Append is append in pieces: the runtime cannot stop a goroutine within a copy, and all
// others wait for that when garbage is collected. dst is best made large enough before.
func Append(dst, src []byte) []byte {
	for len(src) > atOnce {
		dst = append(dst, src[:atOnce]...)
		src = src[atOnce:]
	}
	return append(dst, src...)
}
