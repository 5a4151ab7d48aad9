//go:build !amd64 && !arm64

package simd

type kernel uint8

const plain kernel = 0

func (k kernel) String() string { return "plain" }

func kernels() []kernel { return []kernel{plain} }

func (k kernel) dotsOf(dst []int32, query, rows []byte) { plainDots(dst, query, rows) }

func (k kernel) addOf(sum []int32, row []int8, weight int32) { plainAdd(sum, row, weight) }

func (k kernel) addRowsOf(sum *[256]int32, rows []*[256]int8, weights []int32) {
	plainAddRows(sum, rows, weights)
}

func (k kernel) fastFloats() bool { return false }

func (k kernel) scaleOf(dst []float32, dots []int32, scales []float32, scale float32) float32 {
	return plainScale(dst, dots, scales, scale)
}

func (k kernel) aboveOf(marks []uint64, a, b []float32, bound *Bound) { plainAbove(marks, a, b, bound) }

func (k kernel) saturateOf(sums []float32, counts []int32, norms []float32, by *Saturation) float32 {
	return plainSaturate(sums, counts, norms, by)
}

func (k kernel) saturateShortOf(sums []float32, counts []uint16, norms []float32, by *Saturation) float32 {
	return plainSaturate(sums, counts, norms, by)
}

// Fetch does nothing here, see kernel_amd64.go.
func Fetch([]byte) {}
