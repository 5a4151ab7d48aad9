package simd

import (
	"fmt"
	"math/bits"
)

//go:generate go -C generate run . -out ../amd64_gen.s -stubs ../amd64_gen.go -pkg simd

// chosen is the best kernel that this processor has.
var chosen = kernels()[0]

// uninterrupted is how many bytes a kernel takes at once: the runtime cannot
// stop a goroutine inside assembly, so that every other one waits for it when
// garbage is collected. A megabyte from memory is 25 microseconds.
const uninterrupted = 1 << 20

// Dots writes to dst[i] the inner product of query and row i of rows. Bytes are
// int8; rows stand end to end, len(query) bytes each, as many as dst has. It
// panics if rows has another length, and is safe for concurrent use.
func Dots(dst []int32, query, rows []byte) { chosen.dots(dst, query, rows) }

// Dot is the inner product of two rows of int8. It panics if their lengths
// differ.
func Dot(a, b []byte) int32 {
	var dst [1]int32
	chosen.dots(dst[:], a, b)
	return dst[0]
}

// Add adds weight*row[i] to sum[i]. It panics if the lengths differ.
func Add(sum []int32, row []int8, weight int32) { chosen.add(sum, row, weight) }

// AddRows adds weights[r]*rows[r][i] to sum[i] for all rows: Add in a loop, but
// several times as fast, as the sums stay in registers. Weights that fit an int16 are
// fast. It panics if there are not as many weights as rows, or a
// row is nil.
func AddRows(sum *[256]int32, rows []*[256]int8, weights []int32) {
	chosen.addRows(sum, rows, weights)
}

func (k kernel) dots(dst []int32, query, rows []byte) {
	if high, n := bits.Mul(uint(len(dst)), uint(len(query))); high != 0 || n != uint(len(rows)) {
		panic(fmt.Sprintf("simd: %d rows of %d bytes are not %d bytes", len(dst), len(query), len(rows)))
	}
	if len(rows) == 0 {
		clear(dst)
		return
	}
	for step := max(1, uninterrupted/len(query)); len(dst) > step; {
		k.dotsOf(dst[:step], query, rows[:step*len(query)])
		dst, rows = dst[step:], rows[step*len(query):]
	}
	k.dotsOf(dst, query, rows)
}

func (k kernel) add(sum []int32, row []int8, weight int32) {
	if len(sum) != len(row) {
		panic(fmt.Sprintf("simd: %d sums for a row of %d", len(sum), len(row)))
	}
	k.addOf(sum, row, weight)
}

func (k kernel) addRows(sum *[256]int32, rows []*[256]int8, weights []int32) {
	if len(rows) != len(weights) {
		panic(fmt.Sprintf("simd: %d weights for %d rows", len(weights), len(rows)))
	}
	fit := true
	for _, w := range weights {
		fit = fit && w == int32(int16(w))
	}
	if fit && len(rows) > 0 {
		k.addRowsOf(sum, rows, weights)
		return
	}
	for i, row := range rows {
		k.addOf(sum[:], row[:], weights[i])
	}
}
