package index

import (
	"math"
	"slices"

	"github.com/semantic-ls/semantic-ls/vectors/simd"
)

// Probe is the vector of a query, in sixteen bits a component: it is the sum of two
// rows and what is left over. The scan takes the first row; the second makes a few
// inner products nearly what the vector itself would give, and the rest bounds by how
// much none of them can be wrong. The zero value is no vector.
type Probe struct {
	coarse, fine Row
	left         float64 // length of what neither row holds
	rest         float64 // length of what the coarse row does not hold
}

// NewProbe returns the probe of a vector.
func NewProbe(vector []float32) Probe {
	p := Probe{coarse: Quantise(vector)}
	rest := make([]float32, len(vector))
	for i, x := range vector {
		if v := float64(x); !math.IsNaN(v) && !math.IsInf(v, 0) {
			rest[i] = float32(v - float64(p.coarse.Scale)*float64(int8(p.coarse.Data[i])))
		}
	}
	p.fine = Quantise(rest)
	for i, x := range rest {
		v := float64(x)
		p.rest += v * v
		v -= float64(p.fine.Scale) * float64(int8(p.fine.Data[i]))
		p.left += v * v
	}
	p.rest, p.left = math.Sqrt(p.rest), math.Sqrt(p.left)
	return p
}

// doubt is by how much the score of a chunk may be off, by Cauchy and Schwarz: an inner
// product with a row at most by the lengths of what is left of the query and of the row,
// multiplied.
type doubt struct{ coarse, fine float32 }

func (r *scan) doubt() doubt {
	longest := float32(0) // row
	for i := range r.s.parts {
		longest = max(longest, r.s.parts[i].seg.longest)
	}
	rounding := 1e-5 * float64(longest) // float32 has 24 bits; an inner product of unit vectors is at most 1
	return doubt{
		r.weights.Dense * float32(float64(r.probe.rest*float64(longest))+rounding),
		r.weights.Dense * float32(float64(r.probe.left*float64(longest))+rounding),
	}
}

// finer is by how much the score of a chunk changes when the fine row of the query is
// taken into account.
func (r *scan) finer(p *part, chunk uint32) float32 {
	was := r.dense[p.chunkBase+chunk]
	return float32(r.weights.Dense * (max(r.fineDense(p, chunk), 0) - max(was, 0)))
}

// fineDense is the inner product of a chunk with both rows of the query.
func (r *scan) fineDense(p *part, chunk uint32) float32 {
	row, coarse := p.seg.Row(chunk), r.dense[p.chunkBase+chunk]
	if len(row.Data) != len(r.probe.fine.Data) {
		return coarse
	}
	more := float32(simd.Dot(r.probe.fine.Data, row.Data)) * r.probe.fine.Scale
	return coarse + float32(more*row.Scale)
}

// refine takes the fine row of the query into account for all candidates, orders them
// again, and says how many are certain: the best there are, and in order but for what 16
// bits do not tell. leftOut tells that there may be other chunks, which scored at most as
// much as the last candidate.
func (r *scan) refine(candidates []Candidate, leftOut bool) (sure int) {
	if r.probe.coarse.Scale == 0 || len(candidates) == 0 {
		return len(candidates)
	}
	least := candidates[len(candidates)-1].Score
	for i := range candidates {
		c := &candidates[i]
		p := r.s.partOf(c.ID)
		c.Score += r.finer(p, c.ID-p.chunkBase)
	}
	sortAgain(candidates)
	if !leftOut {
		return len(candidates)
	}
	doubt := r.doubt()
	for sure < len(candidates) && candidates[sure].Score-doubt.fine >= least+doubt.coarse {
		sure++
	}
	return sure
}

// sortAgain orders candidates that are nearly in order, as few of them changed places: each goes to where it belongs. Of
// many, some may have far to go.
func sortAgain(list []Candidate) {
	const few = 512
	if len(list) > few {
		slices.SortFunc(list, compareScores)
		return
	}
	for i := 1; i < len(list); i++ {
		c, at := list[i], i
		for ; at > 0 && better(c, list[at-1]); at-- {
			list[at] = list[at-1]
		}
		list[at] = c
	}
}
