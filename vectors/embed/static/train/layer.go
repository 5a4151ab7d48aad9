package main

import (
	"math"
	"math/rand/v2"
)

// layer is what the unit vector x of what is said goes through: unit(x + second relu(first x + bias)). It sees which
// words stand together, which a sum of words does not.
type layer struct {
	dimensions, hidden int
	first, second      []float32 // a row of dimensions for each hidden unit
	bias               []float32
	firsts, seconds    []float32 // moments of first, then second, then bias, of Adam (Kingma and Ba 2015)
	steps              int
}

func newLayer(h hyper, random *rand.Rand) *layer {
	n := h.hidden * h.dimensions
	l := &layer{
		dimensions: h.dimensions, hidden: h.hidden,
		first: make([]float32, n), second: make([]float32, n), bias: make([]float32, h.hidden),
		firsts: make([]float32, 2*n+h.hidden), seconds: make([]float32, 2*n+h.hidden),
	}
	for i := range l.first {
		l.first[i] = float32(random.NormFloat64()) // of a unit vector: outputs of about 1
	}
	return l
}

func (l *layer) row(m []float32, unit int) []float32 {
	return m[unit*l.dimensions : (unit+1)*l.dimensions]
}

// layerBatch is what the layer computes of a batch.
type layerBatch struct {
	dimensions int
	active     []float32 // outputs of the hidden units, of each text
	back       []float32 // their gradients
	out        []float32
	grad       []float32 // of what is summed before out is scaled to unit length
	norm       []float32
}

func newLayerBatch(n int, h hyper) *layerBatch {
	return &layerBatch{
		h.dimensions, make([]float32, n*h.hidden), make([]float32, n*h.hidden),
		make([]float32, n*h.dimensions), make([]float32, n*h.dimensions), make([]float32, n),
	}
}

func (b *layerBatch) of(list []float32, i int) []float32 {
	return list[i*b.dimensions : (i+1)*b.dimensions]
}

// forward computes out of the unit vectors from to to.
func (l *layer) forward(b *layerBatch, s *side, from, to int) {
	for i := from; i < to; i++ {
		x, out := s.of(s.unit, i), b.of(b.out, i)
		copy(out, x)
		for u := range l.hidden {
			a := max(0, dot(l.row(l.first, u), x)+l.bias[u])
			if b.active[i*l.hidden+u] = a; a > 0 {
				add(out, l.row(l.second, u), a)
			}
		}
		b.norm[i] = normalise(out)
	}
}

// backward turns the gradient of out, which s.grad holds, into that of x.
func (l *layer) backward(b *layerBatch, s *side, i int) {
	g, y := s.of(s.grad, i), b.of(b.grad, i)
	project(g, b.of(b.out, i), b.norm[i])
	copy(y, g)
	for u := range l.hidden {
		at := i*l.hidden + u
		b.back[at] = 0
		if b.active[at] > 0 {
			b.back[at] = dot(l.row(l.second, u), y)
			add(g, l.row(l.first, u), b.back[at])
		}
	}
}

// update takes a step for the hidden units from to to, of the first n texts.
func (l *layer) update(b *layerBatch, s *side, n, from, to int, rate float32) {
	first, second := make([]float32, l.dimensions), make([]float32, l.dimensions)
	var bias [1]float32
	size := l.hidden * l.dimensions
	for u := from; u < to; u++ {
		clear(first)
		clear(second)
		bias[0] = 0
		for i := range n {
			at := i*l.hidden + u
			if a := b.active[at]; a > 0 {
				add(second, b.of(b.grad, i), a)
				add(first, s.of(s.unit, i), b.back[at])
				bias[0] += b.back[at]
			}
		}
		l.adam(l.row(l.first, u), first, u*l.dimensions, rate)
		l.adam(l.row(l.second, u), second, size+u*l.dimensions, rate)
		l.adam(l.bias[u:u+1], bias[:], 2*size+u, rate)
	}
}

// The numbers of Adam's authors.
const (
	adamRate   = 1e-3
	adamFirst  = 0.9
	adamSecond = 0.999
)

// adam moves parameters, whose moments begin at at, against their gradients.
func (l *layer) adam(parameters, gradients []float32, at int, rate float32) {
	m, v := l.firsts[at:at+len(parameters)], l.seconds[at:at+len(parameters)]
	unbias := math.Sqrt(1-math.Pow(adamSecond, float64(l.steps))) / (1 - math.Pow(adamFirst, float64(l.steps)))
	step := rate * adamRate * float32(unbias)
	for i, x := range gradients {
		m[i] += (1 - adamFirst) * (x - m[i])
		v[i] += (1 - adamSecond) * (x*x - v[i])
		parameters[i] -= step * m[i] / (float32(math.Sqrt(float64(v[i]))) + 1e-6)
	}
}
