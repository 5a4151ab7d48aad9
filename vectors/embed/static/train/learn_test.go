package main

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// small is a learner of few words whose texts are drawn at random.
func small(hidden int) (*learner, []*pair) {
	h := defaults().hyper
	h.drop, h.novel, h.run, h.epochs = 0, 0, 128, 4 // all words, so that steps can be computed by hand
	h.dimensions, h.batch, h.hidden, h.buckets, h.scale, h.workers = 32, 6, hidden, 32, 5, 2
	names := make([]string, 32)
	t := newTable(nil, names, h)
	random := rand.New(rand.NewPCG(5, 5))
	draw := func() (list []count) {
		for _, w := range random.Perm(32)[:5] {
			list = append(list, count(w)<<8|count(1+random.IntN(3)))
		}
		return list
	}
	if t.layer != nil {
		for i := range t.layer.second {
			t.layer.second[i] = float32(random.NormFloat64()) * 0.2
		}
	}
	var pairs []*pair
	for range h.batch {
		pairs = append(pairs, &pair{said: draw(), code: draw()})
	}
	return newLearner(t, h), pairs
}

// loss is what step makes less, computed plainly.
func loss(l *learner, pairs []*pair) (sum float64) {
	embed := func(list []count, g gains) []float64 {
		v := make([]float64, l.dimensions)
		for _, c := range list {
			for i, x := range l.row(c >> 8) {
				v[i] += (1 + math.Log(float64(c&0xff))) * math.Exp(float64(g.logs[c>>8])) * float64(x)
			}
		}
		return unitOf(v)
	}
	n := len(pairs)
	across, down, own := make([]float64, n), make([]float64, n), make([]float64, n)
	for i, p := range pairs {
		q := layered(l.layer, embed(p.said, l.table.said))
		for j, o := range pairs {
			e := math.Exp(l.scale * product(q, embed(o.code, l.table.code)))
			across[i] += e
			down[j] += e
			if i == j {
				own[i] = e
			}
		}
	}
	for i := range pairs {
		sum -= 0.5 * (math.Log(own[i]/across[i]) + math.Log(own[i]/down[i]))
	}
	return sum
}

func product(a, b []float64) (sum float64) {
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

func unitOf(v []float64) []float64 {
	norm := math.Sqrt(product(v, v))
	for i := range v {
		v[i] /= norm
	}
	return v
}

func layered(l *layer, x []float64) []float64 {
	if l == nil {
		return x
	}
	out := slices.Clone(x)
	for u := range l.hidden {
		sum := float64(l.bias[u])
		for i, w := range l.row(l.first, u) {
			sum += float64(w) * x[i]
		}
		if sum > 0 {
			for i, w := range l.row(l.second, u) {
				out[i] += float64(w) * sum
			}
		}
	}
	return unitOf(out)
}

// TestGradients compares the gradients of a step with differences of the loss.
func TestGradients(t *testing.T) {
	for _, hidden := range []int{0, 12} {
		l, pairs := small(hidden)
		before := slices.Clone(l.rows)
		// One step without moving: the rate is 0, the gradients stay behind.
		l.step(pairs, 0)
		if !slices.Equal(before, l.rows) {
			t.Fatal("a step at rate 0 moves rows")
		}
		slope := func(x *float32) float64 {
			const step = 1e-3
			old := *x
			*x = old + step
			up := loss(l, pairs)
			*x = old - step
			down := loss(l, pairs)
			*x = old
			return (up - down) / (2 * step)
		}
		check := func(what string, got, want float64) {
			t.Helper()
			if math.Abs(got-want) > 0.002+0.01*math.Abs(want) {
				t.Errorf("hidden %d: %s has the gradient %.5f, want %.5f", hidden, what, got, want)
			}
		}
		for w := uint32(0); w < 32; w += 5 {
			for i := 0; i < 32; i += 7 {
				check("a row", rowGradient(l, pairs, w, i), slope(&l.row(w)[i]))
			}
			said, code := gainGradients(l, pairs, w)
			check("a gain where it is said", said, slope(&l.table.said.logs[w]))
			check("a gain in code", code, slope(&l.table.code.logs[w]))
		}
		if l.layer == nil {
			continue
		}
		for u := range hidden {
			for i := 0; i < 32; i += 11 {
				first, second := 0.0, 0.0
				for k := range pairs {
					at := k*hidden + u
					if a := l.layered.active[at]; a > 0 {
						second += float64(a * l.layered.of(l.layered.grad, k)[i])
						first += float64(l.layered.back[at] * l.said.of(l.said.unit, k)[i])
					}
				}
				check("a weight before a unit", first, slope(&l.layer.row(l.layer.first, u)[i]))
				check("a weight behind a unit", second, slope(&l.layer.row(l.layer.second, u)[i]))
			}
		}
	}
}

// rowGradient is what a step would move number i of a row by, before Adagrad.
func rowGradient(l *learner, pairs []*pair, w uint32, i int) (sum float64) {
	for k, p := range pairs {
		for s, list := range map[*side][]count{l.said: p.said, l.code: p.code} {
			g := &l.table.said
			if s == l.code {
				g = &l.table.code
			}
			for _, c := range list {
				if c>>8 == w {
					sum += float64(damping()[c&0xff] * g.values[w] * s.of(s.grad, k)[i])
				}
			}
		}
	}
	return sum
}

// gainGradients are those of the logarithms of both gains of a word.
func gainGradients(l *learner, pairs []*pair, w uint32) (said, code float64) {
	for k, p := range pairs {
		for _, c := range p.said {
			if c>>8 == w {
				said += float64(damping()[c&0xff] * l.table.said.values[w] * dot(l.row(w), l.said.of(l.said.grad, k)))
			}
		}
		for _, c := range p.code {
			if c>>8 == w {
				code += float64(damping()[c&0xff] * l.table.code.values[w] * dot(l.row(w), l.code.of(l.code.grad, k)))
			}
		}
	}
	return said, code
}

func TestStepsMakeTheLossLess(t *testing.T) {
	for _, hidden := range []int{0, 12} {
		l, pairs := small(hidden)
		before := loss(l, pairs)
		for range 30 {
			l.step(pairs, float32(l.rate))
		}
		if after := loss(l, pairs); after > before/4 {
			t.Errorf("hidden %d: a loss of %.3f became %.3f", hidden, before, after)
		}
	}
}

// TestBatches: every pair is in one batch, but for those of the last that is not full, and repositories come in runs.
func TestBatches(t *testing.T) {
	var pairs []pair
	for r, n := range []int{5000, 3, 1500, 700} {
		for range n {
			pairs = append(pairs, pair{repo: uint16(r)})
		}
	}
	h := defaults().hyper
	list := batches(pairs, h, rand.New(rand.NewPCG(1, 2)))
	if len(list) != len(pairs)/h.batch {
		t.Errorf("%d batches, want %d", len(list), len(pairs)/h.batch)
	}
	seen := map[*pair]bool{}
	changes := 0
	for _, b := range list {
		if len(b) != h.batch {
			t.Errorf("a batch of %d", len(b))
		}
		for i, p := range b {
			if seen[p] {
				t.Fatal("a pair is in two batches")
			}
			seen[p] = true
			if i > 0 && b[i-1].repo != p.repo {
				changes++
			}
		}
	}
	if changes > 8*len(list) {
		t.Errorf("the repository changes %d times in %d batches", changes, len(list))
	}
}

func TestViews(t *testing.T) {
	p := &pair{said: []count{1 << 8, 2 << 8, 3 << 8, 4 << 8}, code: []count{2<<8 | 3, 9 << 8, 10 << 8, 11 << 8, 12 << 8}}
	if got, want := novel(p), []count{1 << 8, 3 << 8, 4 << 8}; !slices.Equal(got, want) {
		t.Errorf("novel are %v, want %v", got, want)
	}
	few := &pair{said: p.said[:3], code: p.code}
	if got := novel(few); !slices.Equal(got, few.said) {
		t.Errorf("where little is novel %v is left, want all", got)
	}
	l, _ := small(0)
	l.drop = 0.9
	kept := 0
	for range 200 {
		said, code := l.view(p)
		if len(said) < minSeenSaid || len(code) < minSeenCode {
			t.Fatalf("%d and %d words are seen", len(said), len(code))
		}
		kept += len(said)
	}
	if kept == 200*minSeenSaid || kept > 200*3 {
		t.Errorf("%d of 800 words are seen", kept)
	}
}

func TestReciprocalRanks(t *testing.T) {
	l, _ := small(0)
	var pairs []pair
	for i := range 120 {
		// What is said is the code: the first, wherever no other pair has the same words.
		list := []count{count(i%32)<<8 | 1, count(i/32+i%32+1)%32<<8 | 1}
		pairs = append(pairs, pair{list, list, 0, kindRemark})
	}
	got := l.reciprocal(append(pairs, pair{pairs[0].said, pairs[0].code, 1, kindDoc}))
	if !(got[kindRemark] > 0.8 && got[kindRemark] <= 1) {
		t.Errorf("remarks: %v, want nearly 1", got[kindRemark])
	}
	if !math.IsNaN(got[kindDoc]) {
		t.Errorf("one pair of a repository counts: %v", got[kindDoc])
	}
}
