package simd

import "golang.org/x/sys/cpu"

// kernel is a set of instructions. Each needs what the ones before it need.
type kernel uint8

const (
	plain kernel = iota
	avx2
	avx512
)

func (k kernel) String() string { return [...]string{"plain", "avx2", "avx512"}[k] }

// kernels lists those that the processor and the system support, the best
// first, plain last.
func kernels() []kernel {
	x := &cpu.X86
	switch {
	case x.HasAVX2 && x.HasAVX512F && x.HasAVX512BW && x.HasAVX512VNNI:
		return []kernel{avx512, avx2, plain}
	case x.HasAVX2:
		return []kernel{avx2, plain}
	}
	return []kernel{plain}
}

// dotsOf wants at least one row, and rows of at least one byte.
func (k kernel) dotsOf(dst []int32, query, rows []byte) {
	switch {
	case k == avx512:
		dotsAVX512(&dst[0], &query[0], &rows[0], len(dst), len(query))
	case k == avx2 && len(query) >= 16:
		dotsAVX2(&dst[0], &query[0], &rows[0], len(dst), len(query))
	default:
		plainDots(dst, query, rows)
	}
}

func (k kernel) addOf(sum []int32, row []int8, weight int32) {
	if k != plain && len(row) >= 16 {
		n := len(row) &^ 15
		addAVX2(&sum[0], &row[0], weight, n)
		sum, row = sum[n:], row[n:]
	}
	plainAdd(sum, row, weight)
}

// addRowsOf wants at least one row, and weights that fit an int16.
func (k kernel) addRowsOf(sum *[256]int32, rows []*[256]int8, weights []int32) {
	switch k {
	case avx512:
		addRowsAVX512(&sum[0], &rows[0], &weights[0], len(rows))
	case avx2:
		addRowsAVX2(&sum[0], &rows[0], &weights[0], len(rows))
	default:
		plainAddRows(sum, rows, weights)
	}
}

func (k kernel) fastFloats() bool { return k != plain }

// scaleOf wants a length that is a multiple of 32, and not 0.
func (k kernel) scaleOf(dst []float32, dots []int32, scales []float32, scale float32) float32 {
	switch k {
	case avx512:
		return scaleAVX512(&dst[0], &dots[0], &scales[0], scale, len(dots))
	case avx2:
		return scaleAVX2(&dst[0], &dots[0], &scales[0], scale, len(dots))
	}
	return plainScale(dst, dots, scales, scale)
}

// aboveOf wants a length that is a multiple of 64, and not 0.
func (k kernel) aboveOf(marks []uint64, a, b []float32, bound *Bound) {
	switch k {
	case avx512:
		aboveAVX512(&marks[0], &a[0], &b[0], len(a), &bound.A)
	case avx2:
		aboveAVX2(&marks[0], &a[0], &b[0], len(a), &bound.A)
	default:
		plainAbove(marks, a, b, bound)
	}
}

// saturateOf wants a length that is a multiple of 32, and not 0.
func (k kernel) saturateOf(sums []float32, counts []int32, norms []float32, by *Saturation) float32 {
	switch k {
	case avx512:
		return saturateAVX512(&sums[0], &counts[0], &norms[0], len(sums), &by.Weight)
	case avx2:
		return saturateAVX2(&sums[0], &counts[0], &norms[0], len(sums), &by.Weight)
	}
	return plainSaturate(sums, counts, norms, by)
}

// saturateShortOf wants the same.
func (k kernel) saturateShortOf(sums []float32, counts []uint16, norms []float32, by *Saturation) float32 {
	switch k {
	case avx512:
		return saturateShortAVX512(&sums[0], &counts[0], &norms[0], len(sums), &by.Weight)
	case avx2:
		return saturateShortAVX2(&sums[0], &counts[0], &norms[0], len(sums), &by.Weight)
	}
	return plainSaturate(sums, counts, norms, by)
}

// Fetch asks for bytes that will be read soon, into the second cache, and waits for none of them. It reads nothing, and
// may be called for what cannot be read.
func Fetch(data []byte) {
	if len(data) > 0 {
		fetch(&data[0], len(data))
	}
}
