package simd

import "golang.org/x/sys/cpu"

// kernel is a set of instructions. Each needs what the ones before it need.
type kernel uint8

const (
	plain kernel = iota
	neon
	sdot
)

func (k kernel) String() string { return [...]string{"plain", "neon", "sdot"}[k] }

// kernels lists those that the processor and the system support, the best
// first, plain last. Every arm64 that Go runs on has NEON.
func kernels() []kernel {
	if cpu.ARM64.HasASIMDDP {
		return []kernel{sdot, neon, plain}
	}
	return []kernel{neon, plain}
}

// dotsNEON wants a length of at least 16.
//
//go:noescape
func dotsNEON(dst *int32, query, rows *byte, n, length int)

// dotsSDOT needs the dot products of Armv8.2, and a length of at least 16.
//
//go:noescape
func dotsSDOT(dst *int32, query, rows *byte, n, length int)

// addNEON wants an n that is a multiple of 16, and not 0.
//
//go:noescape
func addNEON(sum *int32, row *int8, weight int32, n int)

// dotsOf wants at least one row, and rows of at least one byte.
func (k kernel) dotsOf(dst []int32, query, rows []byte) {
	switch {
	case k == plain || len(query) < 16:
		plainDots(dst, query, rows)
	case k == sdot:
		dotsSDOT(&dst[0], &query[0], &rows[0], len(dst), len(query))
	default:
		dotsNEON(&dst[0], &query[0], &rows[0], len(dst), len(query))
	}
}

func (k kernel) addOf(sum []int32, row []int8, weight int32) {
	if k != plain && len(row) >= 16 {
		n := len(row) &^ 15
		addNEON(&sum[0], &row[0], weight, n)
		sum, row = sum[n:], row[n:]
	}
	plainAdd(sum, row, weight)
}

// addRowsOf wants at least one row, and weights that fit an int16.
func (k kernel) addRowsOf(sum *[256]int32, rows []*[256]int8, weights []int32) {
	if k == plain {
		plainAddRows(sum, rows, weights)
		return
	}
	for i, row := range rows {
		addNEON(&sum[0], &row[0], weights[i], len(row))
	}
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
