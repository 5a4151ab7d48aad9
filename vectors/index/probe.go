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

// refined is what certifies an answer. An inner product with a row is at most as far off
// as the lengths of what is left of the query and of the row, multiplied (Cauchy and
// Schwarz).
type refined struct {
	candidates []Candidate // best first
	sure       int         // so many of them are the best there are, and in order up to what left allows
}

// refine takes the fine row of the query into account, for all that was found, and says
// how many of the candidates are certain. leftOut tells that there may be others, which
// score at most as much as the last one found did.
func (r *scan) refine(found []Candidate, leftOut bool) refined {
	if r.probe.coarse.Scale == 0 || len(found) == 0 {
		return refined{found, len(found)}
	}
	least := found[len(found)-1].Score
	most := float32(0) // the longest row
	for i := range r.s.parts {
		most = max(most, r.s.parts[i].seg.longest)
	}
	rounding := 1e-5 * float64(most) // float32 has 24 bits; an inner product of unit vectors is at most 1
	coarse := r.weights.Dense * float32(r.probe.rest*float64(most)+rounding)
	fine := r.weights.Dense * float32(r.probe.left*float64(most)+rounding)
	list := found[:0]
	for _, c := range found {
		p := r.s.partOf(c.ID)
		row := p.seg.Row(c.ID - p.chunkBase)
		if len(row.Data) != len(r.probe.fine.Data) {
			list = append(list, c)
			continue
		}
		was := r.dense[c.ID]
		is := was + float32(simd.Dot(r.probe.fine.Data, row.Data))*r.probe.fine.Scale*row.Scale
		c.Score += r.weights.Dense * (max(is, 0) - max(was, 0))
		list = append(list, c)
	}
	slices.SortFunc(list, compareScores)
	if !leftOut {
		return refined{list, len(list)}
	}
	sure := 0
	for sure < len(list) && list[sure].Score-fine >= least+coarse {
		sure++
	}
	return refined{list, sure}
}
