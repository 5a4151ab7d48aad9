package simd

import "slices"

// canRead says whether readAll is as fast as memory here.
var canRead = slices.Contains(kernels(), avx2)

// readAll adds up the bytes, a multiple of 256, and forgets the sum.
func readAll(data []byte) { readAVX2(&data[0], len(data)) }
