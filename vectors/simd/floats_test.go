package simd

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// odd are floats at which a comparison or a product could go another way.
var odd = []float32{
	0, float32(math.Copysign(0, -1)), 1, -1, 0.3, math.MaxFloat32, -math.MaxFloat32, math.SmallestNonzeroFloat32,
	float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1)), 1 << 24, 1.0 / 3,
}

// floats draws numbers of either sign, some of them odd where kind is not 0, all where it is 2.
func floats(r *rand.Rand, n, kind int) []float32 {
	list := make([]float32, n)
	for i := range list {
		if list[i] = float32(r.NormFloat64()); kind == 2 || kind == 1 && r.IntN(8) == 0 {
			list[i] = odd[r.IntN(len(odd))]
		}
	}
	return list
}

// same tells whether bits are equal; of NaN, that both are.
func same(a, b float32) bool {
	return math.Float32bits(a) == math.Float32bits(b) || a != a && b != b
}

// checkScale compares a kernel with the definition, in one rounding after the other.
func checkScale(t *testing.T, k kernel, dots []int32, scales []float32, scale float32) {
	t.Helper()
	whole := make([]float32, len(dots)+2)
	whole[0], whole[len(whole)-1] = 5, 5
	got := k.scale(whole[1:len(whole)-1], dots, scales, scale)
	most := math.Inf(-1)
	for i, x := range whole[1 : len(whole)-1] {
		// A product of two float32 is exact in float64, so that this rounds once.
		want := float32(float64(float32(float64(float32(dots[i]))*float64(scales[i]))) * float64(scale))
		if !same(x, want) {
			t.Fatalf("%v: number %d of %d: %v, want %v", k, i, len(dots), x, want)
		}
		if float64(want) > most {
			most = float64(want)
		}
	}
	if want := float32(most) + 0; !same(got, want) {
		t.Fatalf("%v: of %d the greatest is %v, want %v", k, len(dots), got, want)
	}
	if whole[0] != 5 || whole[len(whole)-1] != 5 {
		t.Fatalf("%v: %d numbers: written beside them", k, len(dots))
	}
}

func TestScale(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for n := range 300 {
		for kind := range 3 {
			dots := make([]int32, n)
			for i := range dots {
				dots[i] = int32(r.Uint32()) >> r.IntN(32)
			}
			scales, scale := floats(r, n, kind), floats(r, 1, kind)[0]
			for _, k := range kernels() {
				checkScale(t, k, dots, scales, scale)
			}
		}
	}
	if most := Scale(nil, nil, nil, 1); !math.IsInf(float64(most), -1) {
		t.Errorf("the greatest of none is %v", most)
	}
	// The greatest wherever it stands, and zeros of both signs.
	for at := range 100 {
		dots, scales := make([]int32, 100), make([]float32, 100)
		for i := range scales {
			dots[i], scales[i] = -1, 1
		}
		for _, top := range []float32{3, 0} {
			scales[at] = -top
			for _, k := range kernels() {
				checkScale(t, k, dots, scales, 1)
			}
		}
	}
}

// checkAbove compares a kernel with the definition.
func checkAbove(t *testing.T, k kernel, a, b []float32, bound Bound) {
	t.Helper()
	words := (len(a) + 63) / 64
	marks := make([]uint64, words+1)
	for i := range marks {
		marks[i] = guarded // what was there does not count
	}
	k.above(marks[:words], a, b, &bound)
	for i := range 64 * words {
		got, want := marks[i/64]>>(i%64)&1 != 0, false
		if i < len(a) {
			product := func(x, y float32) float32 { return float32(float64(x) * float64(y)) }
			y := b[i]
			if y < 0 {
				y = 0
			}
			sum := product(a[i], bound.A) + product(y, bound.B)
			want = (a[i] != 0 || !(b[i] < bound.Near)) && sum+bound.Plus > bound.Least
		}
		if got != want {
			t.Fatalf("%v: number %d of %d, %v and %v with %+v: %v, want %v", k, i, len(a), a[i], b[i], bound, got, want)
		}
	}
	if marks[words] != guarded {
		t.Fatalf("%v: %d numbers: written beside the marks", k, len(a))
	}
}

func TestAbove(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	for n := range 300 {
		for kind := range 3 {
			a, b, x := floats(r, n, kind), floats(r, n, kind), floats(r, 5, kind)
			bound := Bound{A: x[0], B: x[1], Plus: x[2], Near: x[3], Least: x[4]}
			for i := range a {
				switch r.IntN(6) {
				case 0:
					a[i] = 0
				case 1:
					b[i] = bound.Near
				}
			}
			if n > 0 {
				// One that is just at the bound.
				i := r.IntN(n)
				if edge := bound.Sum(a[i], b[i]) + bound.Plus; r.IntN(2) == 0 {
					bound.Least = edge
				}
			}
			for _, k := range kernels() {
				checkAbove(t, k, a, b, bound)
			}
		}
	}
	Above(nil, nil, nil, Bound{})
}

// checkSaturate compares a kernel with the definition, for counts of either kind.
func checkSaturate(t *testing.T, k kernel, sums []float32, counts []int32, norms []float32, by Saturation) {
	t.Helper()
	want, most := make([]float32, len(sums)), math.Inf(-1)
	short := make([]uint16, len(counts))
	for i, n := range counts {
		short[i], want[i] = uint16(n), sums[i]
		if n != 0 {
			// Of two float32 a product and a sum are exact in float64, and a quotient rounds as it would at once.
			x := float32(n)
			under := float32(float64(float32(float64(x)+float64(by.Fixed))) + float64(norms[i]))
			gain := float32(float64(float32(float64(by.Weight)*float64(x))) / float64(under))
			want[i] = float32(float64(sums[i]) + float64(gain))
		}
		if float64(want[i]) > most {
			most = float64(want[i])
		}
	}
	for _, of := range []struct {
		name string
		run  func(got []float32) float32
	}{
		{"counts", func(got []float32) float32 { return k.saturate(got, counts, norms, &by) }},
		{"short counts", func(got []float32) float32 { return k.saturateShort(got, short, norms, &by) }},
	} {
		whole := append(append([]float32{5}, sums...), 5)
		got := of.run(whole[1 : len(whole)-1])
		for i, x := range whole[1 : len(whole)-1] {
			if !same(x, want[i]) {
				t.Fatalf("%v: %s: sum %d of %d: %v, want %v", k, of.name, i, len(sums), x, want[i])
			}
		}
		if !same(got, float32(most)+0) {
			t.Fatalf("%v: %s: of %d the greatest is %v, want %v", k, of.name, len(sums), got, most)
		}
		if whole[0] != 5 || whole[len(whole)-1] != 5 {
			t.Fatalf("%v: %s: %d sums: written beside them", k, of.name, len(sums))
		}
	}
}

// counted draws counts that fit either kind, most of them small and many 0.
func counted(r *rand.Rand, n int) []int32 {
	list := make([]int32, n)
	for i := range list {
		if r.IntN(3) > 0 {
			list[i] = int32(r.Uint32N(1<<16) >> r.IntN(17))
		}
	}
	return list
}

func TestSaturate(t *testing.T) {
	r := rand.New(rand.NewPCG(19, 20))
	for n := range 300 {
		for kind := range 3 {
			of := floats(r, 2, kind)
			for _, k := range kernels() {
				checkSaturate(t, k, floats(r, n, kind), counted(r, n), floats(r, n, kind), Saturation{of[0], of[1]})
			}
		}
	}
	// What nothing is counted of stays as it is, though it would be divided by 0.
	for _, k := range kernels() {
		checkSaturate(t, k, make([]float32, 100), make([]int32, 100), make([]float32, 100), Saturation{Weight: 1})
	}
	if most := Saturate(nil, nil, nil, Saturation{}); !math.IsInf(float64(most), -1) {
		t.Errorf("the greatest of none is %v", most)
	}
}

// TestFloatsOfManyNumbers goes through more than a kernel takes at once.
func TestFloatsOfManyNumbers(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 16))
	n := uninterrupted/2 + 77
	a, b, dots := floats(r, n, 1), floats(r, n, 1), make([]int32, n)
	for i := range dots {
		dots[i] = int32(r.Uint32()) >> 8
	}
	for _, k := range kernels() {
		checkScale(t, k, dots, a, 0.37)
		checkAbove(t, k, a, b, Bound{A: 0.5, B: 0.7, Plus: 0.1, Near: 0.2, Least: 0.9})
		checkSaturate(t, k, a, counted(r, n), b, Saturation{Weight: 3, Fixed: 2.5})
	}
}

func TestFloatsThatDoNotFit(t *testing.T) {
	cases := map[string]func(){
		"fewer products": func() { Scale(make([]float32, 63), make([]int32, 64), make([]float32, 64), 1) },
		"fewer scales":   func() { Scale(make([]float32, 64), make([]int32, 64), make([]float32, 63), 1) },
		"more scales":    func() { Scale(make([]float32, 64), make([]int32, 64), make([]float32, 65), 1) },
		"unequal":        func() { Above(make([]uint64, 1), make([]float32, 64), make([]float32, 63), Bound{}) },
		"fewer marks":    func() { Above(make([]uint64, 1), make([]float32, 65), make([]float32, 65), Bound{}) },
		"fewer counts":   func() { Saturate(make([]float32, 64), make([]int32, 63), make([]float32, 64), Saturation{}) },
		"more norms":     func() { SaturateShort(make([]float32, 64), make([]uint16, 64), make([]float32, 65), Saturation{}) },
		"more marks":     func() { Above(make([]uint64, 2), make([]float32, 64), make([]float32, 64), Bound{}) },
	}
	for name, f := range cases {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			f()
		})
	}
}

func TestFloatsAllocateNothing(t *testing.T) {
	dots, scales, dst, marks := make([]int32, 100), make([]float32, 100), make([]float32, 100), make([]uint64, 2)
	short := make([]uint16, 100)
	if n := testing.AllocsPerRun(100, func() {
		Scale(dst, dots, scales, 1)
		Above(marks, dst, scales, Bound{A: 1, Least: dst[0]})
		Saturate(dst, dots, scales, Saturation{Weight: 1, Fixed: 1})
		SaturateShort(dst, short, scales, Saturation{Weight: 1, Fixed: 1})
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// fuzzed cuts bytes into floats.
func fuzzed(data []byte) []float32 {
	list := make([]float32, len(data)/4)
	for i := range list {
		list[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
	}
	return list
}

// oddBytes are floats that a fuzzer starts with.
func oddBytes(n int) []byte {
	var data []byte
	for i := range n {
		data = binary.LittleEndian.AppendUint32(data, math.Float32bits(odd[i*5%len(odd)]))
	}
	return data
}

func FuzzScale(f *testing.F) {
	f.Add(oddBytes(200), float32(0.1))
	f.Add([]byte{}, float32(math.Inf(1)))
	f.Fuzz(func(t *testing.T, data []byte, scale float32) {
		scales := fuzzed(data)
		dots := make([]int32, len(scales))
		for i := range dots {
			dots[i] = int32(binary.BigEndian.Uint32(data[4*i:]))
		}
		for _, k := range kernels() {
			checkScale(t, k, dots, scales, scale)
		}
	})
}

func FuzzAbove(f *testing.F) {
	f.Add(oddBytes(401), float32(1), float32(0.6), float32(0.2), float32(0.3), float32(0.5))
	f.Add(oddBytes(130), float32(math.Inf(1)), float32(0), float32(math.NaN()), float32(-2), float32(-1))
	f.Fuzz(func(t *testing.T, data []byte, weightA, weightB, plus, near, least float32) {
		list := fuzzed(data)
		n := len(list) / 2
		for _, k := range kernels() {
			checkAbove(t, k, list[:n], list[n:2*n], Bound{weightA, weightB, plus, near, least})
		}
	})
}

// BenchmarkFloats is the time for a window of chunks.
func BenchmarkFloats(b *testing.B) {
	const n = 4096
	r := rand.New(rand.NewPCG(17, 18))
	x, y, dots, dst, marks := floats(r, n, 0), floats(r, n, 0), make([]int32, n), make([]float32, n), make([]uint64, n/64)
	short, scales := make([]uint16, n), make([]float32, n)
	for i := range short {
		short[i], scales[i] = uint16(r.IntN(3)), r.Float32()
	}
	for _, k := range kernels() {
		b.Run(fmt.Sprintf("scale/%v", k), func(b *testing.B) {
			for b.Loop() {
				k.scale(dst, dots, x, 0.1)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/number")
		})
		b.Run(fmt.Sprintf("above/%v", k), func(b *testing.B) {
			bound := Bound{A: 1, B: 0.6, Plus: 0.2, Near: 0.3, Least: 1}
			for b.Loop() {
				k.above(marks, x, y, &bound)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/number")
		})
		b.Run(fmt.Sprintf("saturate/%v", k), func(b *testing.B) {
			by := Saturation{Weight: 1e-9, Fixed: 2}
			for b.Loop() {
				k.saturateShort(dst, short, scales, &by)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/number")
		})
	}
}

func FuzzSaturate(f *testing.F) {
	f.Add(oddBytes(400), float32(1), float32(2.5))
	f.Add(oddBytes(131), float32(math.Inf(1)), float32(-1))
	f.Fuzz(func(t *testing.T, data []byte, weight, fixed float32) {
		list := fuzzed(data)
		n := len(list) / 3
		counts := make([]int32, n)
		for i := range counts {
			counts[i] = int32(math.Float32bits(list[2*n+i]) & 0xffff)
		}
		for _, k := range kernels() {
			checkSaturate(t, k, list[:n], counts, list[n:2*n], Saturation{weight, fixed})
		}
	})
}
