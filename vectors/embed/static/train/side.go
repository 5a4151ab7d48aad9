package main

import "math"

// side is one side of a batch: texts, and what is computed of each.
type side struct {
	dimensions int
	texts      [][]count
	unit       []float32 // the sum of the text, scaled to unit length
	norm       []float32 // of the sum before
	grad       []float32 // of unit, then of the sum
}

func newSide(n, dimensions int) *side {
	return &side{dimensions, make([][]count, n), make([]float32, n*dimensions), make([]float32, n), make([]float32, n*dimensions)}
}

func (s *side) of(list []float32, i int) []float32 { return list[i*s.dimensions : (i+1)*s.dimensions] }

// embed computes the unit vectors of the texts from to to.
func (t *table) embed(s *side, g *gains, from, to int) {
	damped := damping()
	for i := from; i < to; i++ {
		u := s.of(s.unit, i)
		clear(u)
		for _, c := range s.texts[i] {
			add(u, t.row(c>>8), damped[c&0xff]*g.values[c>>8])
		}
		s.norm[i] = normalise(u)
	}
}

// update moves the rows and gains of the words that are worker's, as Adagrad does. A row has one rate.
func (t *table) update(s *side, n int, g *gains, worker uint32, rate float32) {
	damped, workers := damping(), uint32(t.workers)
	for i := range n {
		grad := s.of(s.grad, i)
		length := dot(grad, grad)
		for _, c := range s.texts[i] {
			w := c >> 8
			if w%workers != worker {
				continue
			}
			row := t.row(w)
			weight := damped[c&0xff] * g.values[w]
			slope := weight * dot(row, grad)
			t.squares[w] += weight * weight * length / float32(t.dimensions)
			add(row, grad, -rate*weight/float32(math.Sqrt(float64(t.squares[w]))+1e-8))
			g.squares[w] += slope * slope
			g.logs[w] -= rate * slope / float32(math.Sqrt(float64(g.squares[w]))+1e-8)
			g.values[w] = exp(g.logs[w])
		}
	}
}

// normalise scales x to unit length and returns what it had.
func normalise(x []float32) float32 {
	norm := float32(math.Sqrt(float64(dot(x, x)))) + 1e-9
	for i := range x {
		x[i] /= norm
	}
	return norm
}

// project turns the gradient of a unit vector into that of the vector that it was made of.
func project(g, unit []float32, norm float32) {
	add(g, unit, -dot(g, unit))
	for i := range g {
		g[i] /= norm
	}
}
