package main

// plainDot is the inner product of two vectors of one length.
func plainDot(a, b []float32) (sum float32) {
	b = b[:len(a)]
	for i, x := range a {
		sum += x * b[i]
	}
	return sum
}

// plainAdd adds a times x to y, which is as long.
func plainAdd(y, x []float32, a float32) {
	x = x[:len(y)]
	for i := range y {
		y[i] += a * x[i]
	}
}
