package main

import (
	"context"
	"math"
	"math/rand/v2"
	"sync"
	"time"
)

// learner trains a table.
type learner struct {
	*table
	random     *rand.Rand
	said, code *side
	layered    *layerBatch // of said, nil where there is no layer

	// Of a batch of n pairs: n x n, said by code. First e^(scale x (cosine - 1)), then gradients of the cosines.
	cosines []float32
	across  []float32   // sums of the rows
	down    []float32   // sums of the columns
	downs   [][]float32 // what each worker adds to them
	loss    []float64   // of each worker, since it was told last
}

func newLearner(t *table, h hyper) *learner {
	n := h.batch
	l := &learner{
		table: t, random: rand.New(rand.NewPCG(h.seed, 2)),
		said: newSide(n, h.dimensions), code: newSide(n, h.dimensions),
		cosines: make([]float32, n*n), across: make([]float32, n), down: make([]float32, n),
		downs: make([][]float32, h.workers), loss: make([]float64, h.workers),
	}
	for w := range l.downs {
		l.downs[w] = make([]float32, n)
	}
	if t.layer != nil {
		l.layered = newLayerBatch(n, h)
	}
	return l
}

// tellEvery is after how many batches the loss is told.
const tellEvery = 100

// learn trains the table on pairs and calls told after each epoch.
func (l *learner) learn(ctx context.Context, pairs []pair, p *progress, told func(epoch int)) error {
	began := time.Now()
	done := 0
	for epoch := range l.epochs {
		list := batches(pairs, l.hyper, l.random)
		total := len(list) * l.epochs
		for i, b := range list {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			// The rate falls to a tenth on a line.
			l.step(b, float32(l.rate*(1-0.9*float64(done)/float64(total))))
			if done++; (i+1)%tellEvery == 0 {
				left := time.Duration(float64(time.Since(began)) / float64(done) * float64(total-done)).Round(time.Second)
				const form = "epoch %d of %d: %d of %d batches, loss %.3f, %s left"
				p.now(form, epoch+1, l.epochs, i+1, len(list), l.lossSince(tellEvery), left)
			}
		}
		told(epoch)
	}
	return nil
}

// lossSince is the mean loss of the last batches, and forgets it.
func (l *learner) lossSince(batches int) (mean float64) {
	for w, x := range l.loss {
		mean += x
		l.loss[w] = 0
	}
	return mean / float64(2*batches*l.batch)
}

// each runs f for every worker and waits.
func (l *learner) each(f func(worker int)) {
	var group sync.WaitGroup
	for w := 1; w < l.workers; w++ {
		group.Go(func() { f(w) })
	}
	f(0)
	group.Wait()
}

// share runs f for every worker with its part of n things, and waits.
func (l *learner) share(n int, f func(worker, from, to int)) {
	l.each(func(w int) { f(w, n*w/l.workers, n*(w+1)/l.workers) })
}

// step learns from a full batch: InfoNCE (van den Oord, Li and Vinyals 2018) over the cosines of everything said with all
// code of the batch, both ways. The more code of one repository a batch has, the harder it is.
func (l *learner) step(pairs []*pair, rate float32) {
	n := len(pairs)
	for i, p := range pairs {
		l.said.texts[i], l.code.texts[i] = l.view(p)
	}
	l.share(n, func(_, from, to int) {
		l.embed(l.said, &l.table.said, from, to)
		l.embed(l.code, &l.table.code, from, to)
		if l.layer != nil {
			l.layer.forward(l.layered, l.said, from, to)
		}
	})
	l.share(n, func(w, from, to int) { l.compare(n, w, from, to) })
	clear(l.down)
	for _, part := range l.downs {
		for j, x := range part {
			l.down[j] += x
		}
	}
	l.share(n, func(w, from, to int) { l.blameSaid(n, w, from, to) })
	if l.layer != nil {
		l.layer.steps++
		l.share(l.hidden, func(_, from, to int) {
			l.layer.update(l.layered, l.said, n, from, to, rate/float32(l.rate))
		})
	}
	l.share(n, func(_, from, to int) { l.blameCode(n, from, to) })
	l.each(func(w int) {
		l.table.update(l.said, n, &l.table.said, uint32(w), rate)
		l.table.update(l.code, n, &l.table.code, uint32(w), rate)
	})
}

// asked is the vector of what is said, behind the layer.
func (l *learner) asked(i int) []float32 {
	if l.layer != nil {
		return l.layered.of(l.layered.out, i)
	}
	return l.said.of(l.said.unit, i)
}

// compare computes rows of cosines and their sums.
func (l *learner) compare(n, worker, from, to int) {
	scale := float32(l.scale)
	part := l.downs[worker]
	clear(part)
	for i := from; i < to; i++ {
		q, row, sum := l.asked(i), l.cosines[i*n:(i+1)*n], float32(0)
		for j := range row {
			// The cosine less one: no exponential overflows.
			row[j] = fastExp(scale * (dot(q, l.code.of(l.code.unit, j)) - 1))
			sum += row[j]
			part[j] += row[j]
		}
		l.across[i] = sum
	}
}

// negligible is the gradient of a cosine that changes nothing: most of a batch, once it has learned something.
const negligible = 1e-6

// blameSaid turns rows of cosines into gradients, and computes those of what is said.
func (l *learner) blameSaid(n, worker, from, to int) {
	scale := float32(l.scale)
	for i := from; i < to; i++ {
		row := l.cosines[i*n : (i+1)*n]
		l.loss[worker] -= math.Log(float64(row[i]/l.across[i])) + math.Log(float64(row[i]/l.down[i]))
		for j := range row {
			row[j] *= 0.5 * scale * (1/l.across[i] + 1/l.down[j])
		}
		row[i] -= scale
		g := l.said.of(l.said.grad, i)
		clear(g)
		for j, x := range row {
			if x > negligible || x < -negligible {
				add(g, l.code.of(l.code.unit, j), x)
			}
		}
		if l.layer != nil {
			l.layer.backward(l.layered, l.said, i)
		}
		project(g, l.said.of(l.said.unit, i), l.said.norm[i])
	}
}

// blameCode computes the gradients of code. It goes through the cosines by rows, as they lie.
func (l *learner) blameCode(n, from, to int) {
	clear(l.code.grad[from*l.dimensions : to*l.dimensions])
	for i := range n {
		q := l.asked(i)
		for j := from; j < to; j++ {
			if x := l.cosines[i*n+j]; x > negligible || x < -negligible {
				add(l.code.of(l.code.grad, j), q, x)
			}
		}
	}
	for j := from; j < to; j++ {
		project(l.code.of(l.code.grad, j), l.code.of(l.code.unit, j), l.code.norm[j])
	}
}

// damping is 1 + ln of how often a word stands in a text.
var damping = sync.OnceValue(func() (d *[256]float32) {
	d = new([256]float32)
	for n := 1; n < len(d); n++ {
		d[n] = float32(1 + math.Log(float64(n)))
	}
	return d
})

// fastExp is e^x for x of at most 0, within 2e-7 of it: 2^k times a polynomial; 0 below e^-80.
func fastExp(x float32) float32 {
	if x < -80 {
		return 0
	}
	t := x * math.Log2E
	k := int32(t - 0.5)
	f := (t - float32(k)) * math.Ln2
	p := 1 + f*(1+f*(0.5+f*(1.0/6+f*(1.0/24+f*(1.0/120+f*(1.0/720))))))
	return math.Float32frombits(uint32(k+127)<<23) * p
}
