package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// TestKernels compares the kernels with the plain loops: exactly on whole numbers, whose sums round nowhere, and within
// what rounding explains on others.
func TestKernels(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	for _, n := range []int{32, 64, 96, 256, 512, 1024} {
		for _, whole := range []bool{true, false} {
			t.Run(fmt.Sprintf("%d whole %v", n, whole), func(t *testing.T) {
				// With a guard behind, and at an address that is a multiple of 4 only.
				draw := func() []float32 {
					list := make([]float32, n+2)
					for i := range list {
						if list[i] = float32(random.NormFloat64()); whole {
							list[i] = float32(random.IntN(65) - 32)
						}
					}
					return list[1:]
				}
				a, b, tolerance := draw(), draw(), 0.0
				if !whole {
					tolerance = 1e-5 * math.Sqrt(float64(n))
				}
				if got, want := dot(a[:n], b[:n]), plainDot(a[:n], b[:n]); math.Abs(float64(got-want)) > tolerance {
					t.Errorf("dot is %v, plainly %v", got, want)
				}
				got, want := append([]float32(nil), a...), append([]float32(nil), a...)
				add(got[:n], b[:n], -3)
				plainAdd(want[:n], b[:n], -3)
				for i := range got {
					if math.Abs(float64(got[i]-want[i])) > tolerance {
						t.Fatalf("add makes %v of place %d, plainly %v", got[i], i, want[i])
					}
				}
			})
		}
	}
}

func TestFastExp(t *testing.T) {
	for x := float32(0); x > -79; x -= 0.0137 {
		want := math.Exp(float64(x))
		// x itself has an error of 2^-24 of it, which e^x multiplies.
		if got := float64(fastExp(x)); math.Abs(got-want) > want*(2e-7+float64(-x)*1.2e-7) {
			t.Fatalf("e^%v is %v, want %v", x, got, want)
		}
	}
	if got := fastExp(-81); got != 0 {
		t.Errorf("e^-81 is %v, want 0", got)
	}
}

func BenchmarkDot(b *testing.B) {
	x, y := make([]float32, 256), make([]float32, 256)
	for b.Loop() {
		dot(x, y)
	}
}

func BenchmarkAdd(b *testing.B) {
	x, y := make([]float32, 256), make([]float32, 256)
	for b.Loop() {
		add(x, y, 0.5)
	}
}
