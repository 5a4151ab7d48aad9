package simd

import (
	"fmt"
	"math/bits"
)

//go:generate go -C generate run . -out ../amd64_gen.s -stubs ../amd64_gen.go -pkg simd

// chosen is the best kernel that this processor has.
var chosen = kernels()[0]

// Kernel is the name of that kernel, such as avx2; plain where none is made for the processor.
func Kernel() string { return chosen.String() }

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

// Scale writes float32(dots[i]) * scales[i] * scale to dst[i], multiplied in that order,
// and returns the greatest of them that is a number: -Inf where there is none, +0 where
// it is a zero. It panics if the lengths differ.
func Scale(dst []float32, dots []int32, scales []float32, scale float32) (most float32) {
	return chosen.scale(dst, dots, scales, scale)
}

// Bound is what Above compares with. The kernels read it in this order.
type Bound struct {
	A, B  float32 // weights
	Plus  float32 // more that the sum may be
	Near  float32
	Least float32
}

// Sum is the weighted sum, where b counts if it is above 0. Each product is rounded.
func (b *Bound) Sum(x, y float32) float32 {
	if y < 0 {
		y = 0
	}
	return float32(b.A*x) + float32(b.B*y)
}

// Above sets bit i%64 of marks[i/64] where
//
//	(a[i] != 0 || !(b[i] < Near)) && bound.Sum(a[i], b[i]) + Plus > Least
//
// and clears the others. It panics unless a and b are of one length, and marks has as
// many words as that takes.
func Above(marks []uint64, a, b []float32, bound Bound) { chosen.above(marks, a, b, &bound) }

// Saturation is what Saturate weighs with. The kernels read it in this order.
type Saturation struct{ Weight, Fixed float32 }

// Saturate adds to sums[i], where x, which is counts[i], is not 0,
//
//	Weight*x / (x + Fixed + norms[i])
//
// each step rounded, and returns the greatest of the sums that is a number: -Inf where there is none, +0 where it is a
// zero. It panics if the lengths differ.
func Saturate(sums []float32, counts []int32, norms []float32, by Saturation) (most float32) {
	return chosen.saturate(sums, counts, norms, &by)
}

// SaturateShort is Saturate of short counts.
func SaturateShort(sums []float32, counts []uint16, norms []float32, by Saturation) (most float32) {
	return chosen.saturateShort(sums, counts, norms, &by)
}

// FloatsAreFast reports whether Scale, Above and Saturate have kernels here.
func FloatsAreFast() bool { return chosen.fastFloats() }

func (k kernel) dots(dst []int32, query, rows []byte) {
	if high, n := bits.Mul(uint(len(dst)), uint(len(query))); high != 0 || n != uint(len(rows)) {
		panic(fmt.Sprintf("simd: %d rows of %d bytes are not %d bytes", len(dst), len(query), len(rows)))
	}
	if len(rows) == 0 {
		clear(dst)
		return
	}
	if len(rows) > uninterrupted { // few rows need no division
		for step := max(1, uninterrupted/len(query)); len(dst) > step; {
			k.dotsOf(dst[:step], query, rows[:step*len(query)])
			dst, rows = dst[step:], rows[step*len(query):]
		}
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

func (k kernel) scale(dst []float32, dots []int32, scales []float32, scale float32) float32 {
	if len(dst) != len(dots) || len(scales) != len(dots) {
		panic(fmt.Sprintf("simd: %d products and %d scales for %d", len(dots), len(scales), len(dst)))
	}
	whole := len(dots) &^ 31
	most := plainScale(dst[whole:], dots[whole:], scales[whole:], scale)
	for dots = dots[:whole]; len(dots) > 0; {
		n := min(len(dots), uninterrupted/4)
		most = max(most, k.scaleOf(dst[:n], dots[:n], scales[:n], scale))
		dst, dots, scales = dst[n:], dots[n:], scales[n:]
	}
	return positive(most)
}

func (k kernel) above(marks []uint64, a, b []float32, bound *Bound) {
	if len(a) != len(b) || len(marks) != (len(a)+63)/64 {
		panic(fmt.Sprintf("simd: %d words of marks for %d and %d", len(marks), len(a), len(b)))
	}
	for len(a) >= 64 {
		n := min(len(a), uninterrupted/4) &^ 63
		k.aboveOf(marks[:n/64], a[:n], b[:n], bound)
		marks, a, b = marks[n/64:], a[n:], b[n:]
	}
	plainAbove(marks, a, b, bound)
}

func (k kernel) saturate(sums []float32, counts []int32, norms []float32, by *Saturation) float32 {
	fit(len(sums), len(counts), len(norms))
	whole := len(sums) &^ 31
	most := plainSaturate(sums[whole:], counts[whole:], norms[whole:], by)
	for at := 0; at < whole; at += uninterrupted / 4 {
		to := min(whole, at+uninterrupted/4)
		most = max(most, k.saturateOf(sums[at:to], counts[at:to], norms[at:to], by))
	}
	return positive(most)
}

func (k kernel) saturateShort(sums []float32, counts []uint16, norms []float32, by *Saturation) float32 {
	fit(len(sums), len(counts), len(norms))
	whole := len(sums) &^ 31
	most := plainSaturate(sums[whole:], counts[whole:], norms[whole:], by)
	for at := 0; at < whole; at += uninterrupted / 4 {
		to := min(whole, at+uninterrupted/4)
		most = max(most, k.saturateShortOf(sums[at:to], counts[at:to], norms[at:to], by))
	}
	return positive(most)
}

func fit(sums, counts, norms int) {
	if counts != sums || norms != sums {
		panic(fmt.Sprintf("simd: %d counts and %d norms for %d sums", counts, norms, sums))
	}
}

// positive is the zero of one sign: which comes first depends on the order.
func positive(most float32) float32 {
	if most == 0 {
		return 0
	}
	return most
}
