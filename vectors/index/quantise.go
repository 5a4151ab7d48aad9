package index

import "math"

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
func Dot(a, b Row) float32 { return float32(dot(a.Data, b.Data)) * a.Scale * b.Scale }

// dot sums in four lanes, so that the additions do not wait for each other.
// 2^17 dimensions fit an int32: 127*127*131072 < 2^31.
func dot(a, b []byte) int32 {
	var s0, s1, s2, s3 int32
	b = b[:len(a)]
	i := 0
	for ; i+4 <= len(a); i += 4 {
		x, y := a[i:i+4:i+4], b[i:i+4:i+4]
		s0 += int32(int8(x[0])) * int32(int8(y[0]))
		s1 += int32(int8(x[1])) * int32(int8(y[1]))
		s2 += int32(int8(x[2])) * int32(int8(y[2]))
		s3 += int32(int8(x[3])) * int32(int8(y[3]))
	}
	for ; i < len(a); i++ {
		s0 += int32(int8(a[i])) * int32(int8(b[i]))
	}
	return s0 + s1 + s2 + s3
}

// Dots writes the inner products of a query with rows that stand end to end.
func Dots(dst []int32, query, rows []byte) {
	for i := range dst {
		dst[i] = dot(query, rows[i*len(query):(i+1)*len(query)])
	}
}
