package static

import (
	"math"
	"math/rand/v2"
	"testing"
)

// withLayer has a layer of as many units, with numbers as training makes them.
func withLayer(units int) made {
	r := rand.New(rand.NewPCG(5, 6))
	d := made{buckets: 4096, bias: make([]float32, units)}
	for range units * Dimensions {
		d.first, d.second = append(d.first, float32(r.NormFloat64())), append(d.second, float32(r.NormFloat64()/64))
	}
	for i := range d.bias {
		d.bias[i] = float32(r.NormFloat64() / 4)
	}
	return d
}

// read is the model, read from its file.
func read(t testing.TB, d made) *Model {
	t.Helper()
	table, err := readTable(d.file())
	if err != nil {
		t.Fatal(err)
	}
	return newModel(table, "made")
}

// layered is a model with a layer of 256 units.
func layered(t testing.TB) *Model { return read(t, withLayer(256)) }

// plainLayer is the layer as it is written down.
func plainLayer(d made, x []float32) []float32 {
	out := make([]float64, Dimensions)
	for i, v := range x {
		out[i] = float64(v)
	}
	for h, b := range d.bias {
		sum := float64(b)
		for i, v := range x {
			sum += float64(d.first[h*Dimensions+i]) * float64(v)
		}
		for i := range out {
			out[i] += float64(d.second[h*Dimensions+i]) * max(0, sum)
		}
	}
	squares := 0.0
	for _, v := range out {
		squares += v * v
	}
	row := make([]float32, Dimensions)
	for i, v := range out {
		row[i] = float32(v / math.Sqrt(squares))
	}
	return row
}

// Eight bits are enough: the vector is the one of the formula.
func TestLayerIsItsFormula(t *testing.T) {
	for _, units := range []int{1, 3, 256, 600} { // more than are added up at once
		d := withLayer(units)
		m, without := read(t, d), read(t, d)
		without.layer = layer{}
		changed := 0.0
		for i := range 50 {
			text := word(i) + " " + word(7*i) + " " + word(31*i)
			x, got := embedOne(t, without, text), embedOne(t, m, text)
			if near := cosine(got, plainLayer(d, x)); !(near > 0.9995) {
				t.Errorf("%d units, %q: cosine %v with the formula", units, text, near)
			}
			changed = max(changed, 1-cosine(x, got))
			if near := cosine(codeOf(m, text), codeOf(without, text)); near < 0.9999999 {
				t.Errorf("%d units, %q: code went through it", units, text)
			}
		}
		if changed < 1e-4 {
			t.Errorf("%d units change nothing", units)
		}
	}
}

// The wildest numbers that a file may have make a vector of unit length, or none.
func TestLayerNeverOverflows(t *testing.T) {
	for _, sign := range []float32{1, -1} {
		d := withLayer(300)
		for i := range d.first {
			d.first[i], d.second[i] = maxNumber, sign*maxNumber
		}
		for i := range d.bias {
			d.bias[i] = maxNumber
		}
		v := embedOne(t, read(t, d), "parse the header")
		if got := cosine(v, v); !(math.Abs(got-1) < 1e-5) {
			t.Errorf("length %v", got)
		}
	}
}
