package simd

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// extremes are the bytes at which kernels could saturate or wrap.
var extremes = []byte{0x80, 0x81, 0x7f, 0, 1, 0xff}

// fill draws bytes: any, or only extreme ones, or one extreme throughout.
func fill(r *rand.Rand, data []byte) {
	switch kind := r.IntN(3); kind {
	case 0:
		for i := range data {
			data[i] = byte(r.Uint32())
		}
	case 1:
		for i := range data {
			data[i] = extremes[r.IntN(len(extremes))]
		}
	default:
		b := extremes[r.IntN(len(extremes))]
		for i := range data {
			data[i] = b
		}
	}
}

// sumOfProducts is what an inner product is, as plainly as it can be said.
func sumOfProducts(a, b []byte) int32 {
	var sum int64
	for i := range a {
		sum += int64(int8(a[i])) * int64(int8(b[i]))
	}
	return int32(sum)
}

// guarded is what lies around results, to see that nothing else is written.
const guarded = 0x5a5a5a5a

// checkDots compares a kernel with sumOfProducts, and looks at what lies
// beside dst.
func checkDots(t *testing.T, k kernel, query, rows []byte, n, offset int) {
	t.Helper()
	whole := make([]int32, n+offset%5+2)
	for i := range whole {
		whole[i] = guarded
	}
	dst := whole[offset%5+1:][:n]
	k.dots(dst, query, rows)
	for i, got := range dst {
		if want := sumOfProducts(query, rows[i*len(query):]); got != want {
			t.Fatalf("%v: row %d of %d, length %d, offset %d: %d, want %d", k, i, n, len(query), offset, got, want)
		}
	}
	if whole[offset%5] != guarded || whole[len(whole)-1] != guarded {
		t.Fatalf("%v: %d rows of length %d, offset %d: written beside dst", k, n, len(query), offset)
	}
}

// TestDots: all lengths to 600 at all offsets from a line of the cache.
func TestDots(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	queries, block := make([]byte, 64+600+1), make([]byte, 64+7*600)
	for length := range 601 {
		for offset := range 64 {
			n := (length + offset) % 8 // 0 to 7 rows: groups of four, and what remains
			query := queries[(offset*7+length)%64:][:length]
			rows := block[offset:][:n*length]
			fill(r, query)
			fill(r, rows)
			for _, k := range kernels() {
				checkDots(t, k, query, rows, n, offset)
			}
		}
	}
}

// TestDotsOfManyRows goes through more bytes than a kernel takes at once.
func TestDotsOfManyRows(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, length := range []int{255, 256, 768, uninterrupted, uninterrupted + 1} {
		n := 2*uninterrupted/length + 3
		query, rows := make([]byte, length), make([]byte, n*length)
		for i := range rows {
			rows[i] = byte(r.Uint32())
		}
		for i := range query {
			query[i] = byte(r.Uint32())
		}
		for _, k := range kernels() {
			checkDots(t, k, query, rows, n, 0)
		}
	}
}

// TestDotsOfNothing: rows of no bytes have inner products, which are 0.
func TestDotsOfNothing(t *testing.T) {
	dst := []int32{1, 2, 3}
	Dots(dst, nil, nil)
	for i, d := range dst {
		if d != 0 {
			t.Errorf("row %d of no bytes: %d", i, d)
		}
	}
	Dots(nil, []byte{1, 2}, nil)
	if d := Dot(nil, nil); d != 0 {
		t.Errorf("Dot of nothing: %d", d)
	}
}

func TestDot(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	a, b := make([]byte, 600), make([]byte, 600)
	for length := range 601 {
		fill(r, a)
		fill(r, b)
		if got, want := Dot(a[:length], b[:length]), sumOfProducts(a[:length], b[:length]); got != want {
			t.Errorf("length %d: %d, want %d", length, got, want)
		}
	}
}

func TestAdd(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	weights := []int32{0, 1, -1, 127, 508, 65535, math.MinInt16, math.MaxInt16, math.MaxInt32, math.MinInt32}
	bytes := make([]byte, 64+600)
	for length := range 601 {
		for offset := range 64 {
			fill(r, bytes)
			row := make([]int8, 64+600)[offset:][:length]
			for i := range row {
				row[i] = int8(bytes[i])
			}
			weight := weights[(length+offset)%len(weights)]
			before := make([]int32, length+2)
			for i := range before {
				before[i] = int32(r.Uint32())
			}
			for _, k := range kernels() {
				after := append([]int32{}, before...)
				k.add(after[1:][:length], row, weight)
				for i, got := range after {
					want := before[i]
					if 0 < i && i <= length {
						want += weight * int32(row[i-1])
					}
					if got != want {
						t.Fatalf("%v: length %d, offset %d, weight %d: sum %d: %d, want %d", k, length, offset, weight, i-1, got, want)
					}
				}
			}
		}
	}
}

func TestAddRows(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	bytes := make([]byte, 256)
	for n := range 200 {
		for kind, most := range []int32{64 * 8, math.MaxInt16, math.MaxInt32} {
			rows, weights := make([]*[256]int8, n), make([]int32, n)
			for i := range rows {
				fill(r, bytes)
				rows[i] = new([256]int8)
				for j, b := range bytes {
					rows[i][j] = int8(b)
				}
				switch weights[i] = r.Int32N(most); r.IntN(4) {
				case 0:
					weights[i] = -weights[i] - 1
				case 1:
					weights[i] = most
				}
			}
			var before, want [256]int32
			for i := range before {
				before[i] = int32(r.Uint32())
			}
			want = before
			for i, row := range rows {
				for j, v := range row {
					want[j] += weights[i] * int32(v)
				}
			}
			for _, k := range kernels() {
				got := before
				k.addRows(&got, rows, weights)
				if got != want {
					t.Fatalf("%v: %d rows, weights of kind %d: wrong sums", k, n, kind)
				}
			}
		}
	}
}

// TestLengthsThatDoNotFit: a wrong length is a panic, never a read or write
// elsewhere.
func TestLengthsThatDoNotFit(t *testing.T) {
	cases := map[string]func(){
		"rows too short":       func() { Dots(make([]int32, 2), make([]byte, 64), make([]byte, 127)) },
		"rows too long":        func() { Dots(make([]int32, 2), make([]byte, 64), make([]byte, 192)) },
		"rows of nothing":      func() { Dots(make([]int32, 2), nil, make([]byte, 1)) },
		"no sums":              func() { Dots(nil, make([]byte, 64), make([]byte, 64)) },
		"unequal rows":         func() { Dot(make([]byte, 64), make([]byte, 65)) },
		"fewer sums":           func() { Add(make([]int32, 63), make([]int8, 64), 1) },
		"more sums":            func() { Add(make([]int32, 65), make([]int8, 64), 1) },
		"weights short":        func() { AddRows(new([256]int32), make([]*[256]int8, 2), make([]int32, 1)) },
		"no row, short weight": func() { AddRows(new([256]int32), []*[256]int8{nil}, []int32{1}) },
		"no row, long weight":  func() { AddRows(new([256]int32), []*[256]int8{nil}, []int32{1 << 20}) },
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

func TestNothingIsAllocated(t *testing.T) {
	query, rows := make([]byte, 256), make([]byte, 8*256)
	var row [256]int8
	allocations := testing.AllocsPerRun(100, func() {
		var dst [8]int32
		Dots(dst[:], query, rows)
		var sum [256]int32
		Add(sum[:], row[:], Dot(query, rows[:256]))
		AddRows(&sum, []*[256]int8{&row, &row}, []int32{1, 2})
	})
	if allocations != 0 {
		t.Errorf("%v allocations", allocations)
	}
}

// TestKernels says in the log what this machine has shown, and holds that the
// best is what is used.
func TestKernels(t *testing.T) {
	var names []string
	for _, k := range kernels() {
		names = append(names, k.String())
	}
	t.Logf("kernels of this processor: %s", strings.Join(names, ", "))
	if names[len(names)-1] != "plain" || Kernel() != names[0] {
		t.Errorf("chosen %v of %v", chosen, names)
	}
}

func FuzzDots(f *testing.F) {
	f.Add([]byte("\x80\x80\x80\x7f"), uint16(2))
	f.Add([]byte(strings.Repeat("\x80", 1024)), uint16(256))
	f.Add([]byte(strings.Repeat("\x7f\x81\x00", 500)), uint16(111))
	f.Add([]byte{}, uint16(0))
	f.Fuzz(func(t *testing.T, data []byte, length uint16) {
		l := min(int(length), len(data))
		query, rows := data[:l], data[l:]
		n := 3
		if l > 0 {
			n = len(rows) / l
		}
		for _, k := range kernels() {
			checkDots(t, k, query, rows[:n*l], n, l)
		}
	})
}
