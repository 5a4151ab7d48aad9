package simd

import "math"

// plainDots sums in four lanes, so that the additions do not wait for each
// other.
func plainDots(dst []int32, query, rows []byte) {
	for d := range dst {
		row := rows[d*len(query):][:len(query)]
		var s0, s1, s2, s3 int32
		i := 0
		for ; i+4 <= len(query); i += 4 {
			x, y := query[i:i+4:i+4], row[i:i+4:i+4]
			s0 += int32(int8(x[0])) * int32(int8(y[0]))
			s1 += int32(int8(x[1])) * int32(int8(y[1]))
			s2 += int32(int8(x[2])) * int32(int8(y[2]))
			s3 += int32(int8(x[3])) * int32(int8(y[3]))
		}
		for ; i < len(query); i++ {
			s0 += int32(int8(query[i])) * int32(int8(row[i]))
		}
		dst[d] = s0 + s1 + s2 + s3
	}
}

func plainAdd(sum []int32, row []int8, weight int32) {
	sum = sum[:len(row)]
	for i, v := range row {
		sum[i] += weight * int32(v)
	}
}

func plainAddRows(sum *[256]int32, rows []*[256]int8, weights []int32) {
	for r, row := range rows {
		for i, v := range row {
			sum[i] += weights[r] * int32(v)
		}
	}
}

// plainScale returns the greatest that is not NaN, -Inf where there is none. Of zeros it
// may be either.
func plainScale(dst []float32, dots []int32, scales []float32, scale float32) float32 {
	most := float32(math.Inf(-1))
	scales, dst = scales[:len(dots)], dst[:len(dots)]
	for i, dot := range dots {
		x := float32(float32(dot)*scales[i]) * scale
		dst[i] = x
		if x > most {
			most = x
		}
	}
	return most
}

// plainAbove rounds every product, as otherwise a compiler may fuse it with the sum.
func plainAbove(marks []uint64, a, b []float32, bound *Bound) {
	clear(marks)
	b = b[:len(a)]
	for i, x := range a {
		y := b[i]
		if x == 0 && y < bound.Near {
			continue
		}
		if bound.Sum(x, y)+bound.Plus > bound.Least {
			marks[i/64] |= 1 << (i % 64)
		}
	}
}

// plainSaturate returns the greatest that is not NaN, -Inf where there is none.
func plainSaturate[T uint16 | int32](sums []float32, counts []T, norms []float32, by *Saturation) float32 {
	most := float32(math.Inf(-1))
	counts, norms = counts[:len(sums)], norms[:len(sums)]
	for i, sum := range sums {
		if counts[i] != 0 {
			x := float32(counts[i])
			sum += float32(float32(by.Weight*x) / (x + by.Fixed + norms[i]))
			sums[i] = sum
		}
		if sum > most {
			most = sum
		}
	}
	return most
}
