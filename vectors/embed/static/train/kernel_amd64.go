package main

import "golang.org/x/sys/cpu"

//go:noescape
func dotFMA(a, b *float32, n int) float32

//go:noescape
func addFMA(y, x *float32, a float32, n int)

// fma is whether the processor has the instructions that the kernels need. They add in another order than the plain
// ones and round once where those round twice, so what is learned differs in the last bits.
var fma = cpu.X86.HasAVX2 && cpu.X86.HasFMA

// dot is the inner product of two vectors of one length, a positive multiple of 32.
func dot(a, b []float32) float32 {
	if fma {
		return dotFMA(&a[0], &b[0], len(a))
	}
	return plainDot(a, b)
}

// add adds a times x to y; their length is a positive multiple of 32.
func add(y, x []float32, a float32) {
	if fma {
		addFMA(&y[0], &x[0], a, len(y))
		return
	}
	plainAdd(y, x, a)
}
