package index

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/semantic-ls/semantic-ls/workspace/chunk"
)

// hidden makes rows of which the best for a query is hidden by the query's rounding: it
// lies along what the coarse row leaves out, and all others come before it in the scan.
// It is the last one.
func hidden(t *testing.T, rng *rand.Rand, others int) (query []float32, d Document) {
	t.Helper()
	const wide = 64
	random := func() []float32 {
		v := make([]float32, wide)
		for i := range v {
			v[i] = float32(rng.NormFloat64())
		}
		return unit(v)
	}
	query = random()
	probe := NewProbe(query)
	coarse, rest := make([]float32, wide), make([]float32, wide)
	for i := range coarse {
		coarse[i] = float32(int8(probe.coarse.Data[i])) * probe.coarse.Scale
		rest[i] = query[i] - coarse[i]
	}
	unit(coarse)
	unit(rest)
	mixed := func(a float32, x []float32, b float32, y []float32) Row {
		v := make([]float32, wide)
		for i := range v {
			v[i] = a*x[i] + b*y[i]
		}
		return Quantise(unit(v))
	}
	exact := func(r Row) (sum float32) {
		for i, x := range query {
			sum += x * float32(int8(r.Data[i])) * r.Scale
		}
		return sum
	}
	best := mixed(0.8, coarse, 0.6, rest)
	from, to := Dot(probe.coarse, best)+2e-4, exact(best)-5e-4
	if from >= to {
		t.Fatalf("the best is not hidden: %v to %v", from, to)
	}
	d = Document{File: File{Path: "a.go"}}
	for len(d.Rows) < others {
		r := mixed(0.8, coarse, 0.6, random())
		if x := Dot(probe.coarse, r); x < from || x > to || exact(r) > to {
			continue
		}
		d.Rows = append(d.Rows, r)
	}
	d.Rows = append(d.Rows, best)
	for range d.Rows {
		at := len(d.Text)
		d.Text += "x\n"
		d.Chunks = append(d.Chunks, chunk.Chunk{Start: at, End: at + 2})
	}
	return query, d
}

// The bound is what finds the best where the scan puts it behind more than are looked at
// again, however the segment was made.
func TestCertainWhereTheRoundingHidesTheBest(t *testing.T) {
	const most, others = 10, 100
	for seed := range uint64(5) {
		query, d := hidden(t, rand.New(rand.NewPCG(seed, 13)), others)
		build := func(list ...Document) *Segment {
			seg, err := Build(len(query), list)
			if err != nil {
				t.Fatal(err)
			}
			return seg
		}
		merge := func(first *Segment, alive func(segment, file int) bool) *Segment {
			seg, err := Merge(t.Context(), len(query), []*Segment{first, build(Document{File: File{Path: "b.go"}})}, alive)
			if err != nil {
				t.Fatal(err)
			}
			return seg
		}
		gone := Document{File: File{Path: "gone.go"}}
		segments := map[string]*Segment{
			"built":  build(d),
			"merged": merge(build(d), nil),
			"merged without a file": merge(build(d, gone), func(segment, file int) bool {
				return segment == 1 || file == 0
			}),
		}
		for name, seg := range segments {
			s := (&Snapshot{}).With("/w", seg, nil)
			got, err := s.Retrieve(t.Context(), s.Everywhere(), Query{
				Probe: NewProbe(query), Weights: Weights{Dense: 1}, NearEnough: 0.3, Confident: 1, Most: most, Certain: 1,
			})
			if err != nil {
				t.Fatal(err)
			}
			if got.Candidates[0].ID != others {
				t.Errorf("seed %d, %s: %d of %d are looked at again, and the best is not found", seed, name, got.Rescored, others)
			}
		}
	}
}

// Of chunks that are all the same none is before another beyond doubt: each is taken
// again once, and no more.
func TestCertainOfEquals(t *testing.T) {
	const chunks = 20_000
	d := Document{File: File{Path: "a.go"}}
	row := Quantise(unit([]float32{1, 0.3, -0.2, 0.7}))
	for range chunks {
		at := len(d.Text)
		d.Text += "func upload\n"
		d.Chunks = append(d.Chunks, chunk.Chunk{Start: at, End: len(d.Text)})
		d.Symbols = append(d.Symbols, chunk.Symbol{Name: "upload", DocStart: at, NameStart: at + 5, NameEnd: at + 11})
		d.Rows = append(d.Rows, row)
	}
	seg, err := Build(4, []Document{d})
	if err != nil {
		t.Fatal(err)
	}
	s := (&Snapshot{}).With("/w", seg, nil)
	for _, names := range [][]Name{nil, {{Text: "upload", Weight: 1}}} {
		q := asked
		q.Terms, q.Names, q.Probe, q.Most, q.Certain = []Term{Single("upload", 1)}, names, NewProbe([]float32{0.8, 0.301, 0, 0.5}), 200, 30
		got, err := s.Retrieve(t.Context(), s.Everywhere(), q)
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Candidates) != q.Most || got.Rescored > chunks+q.Most {
			t.Errorf("%d names: %d candidates, %d taken again", len(names), len(got.Candidates), got.Rescored)
		}
		for i, c := range got.Candidates {
			if c.ID != uint32(i) {
				t.Fatalf("%d names: number %d is chunk %d", len(names), i, c.ID)
			}
		}
	}
}

func TestSortAgain(t *testing.T) {
	rng := rand.New(rand.NewPCG(21, 22))
	for _, n := range []int{0, 1, 2, 200, 512, 513, 2000} {
		for _, noise := range []float32{0, 0.01, 10} {
			list := make([]Candidate, n)
			for i := range list {
				list[i] = Candidate{ID: uint32(i), Score: float32(n-i)/float32(n) + noise*float32(rng.IntN(10))}
			}
			want := slices.SortedFunc(slices.Values(list), compareScores)
			if sortAgain(list); !slices.Equal(list, want) {
				t.Errorf("%d of noise %v are not in order", n, noise)
			}
		}
	}
}
