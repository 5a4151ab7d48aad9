package static

import (
	"encoding/binary"
	"fmt"
	"math"
	"unsafe"

	"github.com/semantic-ls/semantic-ls/vectors/simd"
)

// layer is what the vector x of a question goes through: unit(x + second relu(first x + bias)). It sees which words
// stand together, which their sum does not. Code does not go through it, and a model may have none.
//
// It computes with the eight highest bits of x and of every row, in integers, of which there are fast kernels: in floats
// 256 units would take most of a query's time. What is left of floating point is rounded step by step, so that all
// machines agree.
type layer struct {
	units         []unit
	first, second []byte // a row of Dimensions int8 for each unit
}

// unit is a hidden unit but for its rows.
type unit struct{ bias, first, second float32 } // the latter: what one in its rows is worth

// maxNumber bounds the numbers of a layer, so that whatever a file says nothing overflows: trained ones are below 10.
const maxNumber = 1 << 16

// layerSize is how many bytes a file has of it.
func layerSize(hidden int) int { return 4 * hidden * (2*Dimensions + 1) }

// readLayer reads the layer of a file, of which data are the layerSize(hidden) bytes.
func readLayer(data []byte, hidden int) (layer, error) {
	numbers := make([]float32, len(data)/4)
	for i := range numbers {
		x := math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
		if !(math.Abs(float64(x)) <= maxNumber) { // nor NaN
			return layer{}, fmt.Errorf("%w: its layer has a %v, of at most %d", ErrDamaged, x, maxNumber)
		}
		numbers[i] = x
	}
	n := hidden * Dimensions
	first, bias, second := numbers[:n], numbers[n:n+hidden], numbers[n+hidden:]
	l := layer{make([]unit, hidden), make([]byte, n), make([]byte, n)}
	for h := range l.units {
		from, to := h*Dimensions, (h+1)*Dimensions
		l.units[h] = unit{bias[h], inBytes(l.first[from:to], first[from:to]), inBytes(l.second[from:to], second[from:to])}
	}
	return l, nil
}

// passage is what one question needs to go through a layer.
type passage struct {
	dots   []int32
	active []float32
	sum    Sum
}

// apply passes x, which is of unit length or zero, through the layer.
func (l *layer) apply(x *[Dimensions]float32, p *passage) {
	if len(l.units) == 0 {
		return
	}
	var row [Dimensions]byte
	scale := inBytes(row[:], x[:])
	if scale == 0 {
		return
	}
	if p.dots == nil {
		p.dots, p.active = make([]int32, len(l.units)), make([]float32, len(l.units))
	}
	simd.Dots(p.dots, row[:], l.first)
	most := float32(0)
	for h, u := range l.units {
		out := (float32(float32(float32(p.dots[h])*u.first)*scale) + u.bias) * u.second
		if !(out > 0) {
			out = 0
		}
		p.active[h] = out
		if out > most {
			most = out
		}
	}
	if most == 0 {
		return
	}
	for h, a := range p.active {
		if weight := int32(float32(a/most) * maxWeight); weight > 0 {
			p.sum.add(rowAt(l.second, h), weight)
		}
	}
	p.sum.carry()
	worth := most / maxWeight
	var out [Dimensions]float64
	for i, v := range &p.sum.all {
		out[i] = float64(x[i]) + float64(float64(v)*float64(worth))
	}
	p.sum.all = [Dimensions]int64{}
	unitOf(x, &out)
}

// rowAt is row i of rows that stand end to end. A row is bytes, which need no alignment.
func rowAt(rows []byte, i int) *[Dimensions]int8 {
	return (*[Dimensions]int8)(unsafe.Pointer((*[Dimensions]byte)(rows[i*Dimensions:])))
}

// inBytes rounds x to int8 and returns what one of them is worth: 0 where all of x is 0.
func inBytes(dst []byte, x []float32) (worth float32) {
	most := float32(0)
	for _, v := range x {
		if v < 0 {
			v = -v
		}
		if v > most { // several times as fast as max, which minds NaN
			most = v
		}
	}
	if most == 0 {
		clear(dst)
		return 0
	}
	factor := 127 / float64(most)
	for i, v := range x {
		dst[i] = rounded(float64(v) * factor)
	}
	return most / 127
}

// rounded is the int8 nearest to x, which lies from -127 to 127.
func rounded(x float64) byte {
	return byte(int32(float64(x)+128.5) - 128) // above 0, cutting off rounds down
}
