package static

import (
	"math"
	"unsafe"

	"github.com/semantic-ls/semantic-ls/vectors/simd"
)

// Question compares names with a question: texts of a few words, of which a query looks at hundreds. It is immutable.
type Question struct {
	row   [Dimensions]byte
	scale float64
}

// Ask embeds a question to compare names with.
func (m *Model) Ask(text string) *Question {
	var unit [Dimensions]float32
	m.EmbedQueryInto(unit[:], text)
	q := &Question{}
	most := 0.0
	for _, x := range unit {
		most = max(most, math.Abs(float64(x)))
	}
	if most == 0 {
		return q
	}
	q.scale = most / 127
	for i, x := range unit {
		q.row[i] = byte(int8(math.Round(float64(x) / q.scale)))
	}
	return q
}

// MostNamed is how many words of a name are compared: few names have more, and each is multiplied with all others.
const MostNamed = 8

// Cosine is that of the question and of what these words say in code, each once, to about 0.01; 0 where they say nothing.
// Of more than MostNamed words the first count. It sums up no rows: the products of few of them in pairs are less work.
func (q *Question) Cosine(words []*Word) float64 {
	words = words[:min(len(words), MostNamed)]
	var rows [(MostNamed + 1) * Dimensions]byte
	var dots [MostNamed + 1]int32
	copy(rows[:], q.row[:])
	var product, squares int64
	for i, w := range words {
		row := rows[(i+1)*Dimensions : (i+2)*Dimensions]
		copy(row, w.bytes())
		simd.Dots(dots[:i+2], row, rows[:(i+2)*Dimensions])
		gain := int64(w.code)
		product += gain * int64(dots[0])
		squares += gain * gain * int64(dots[i+1])
		for j, other := range words[:i] {
			squares += 2 * gain * int64(other.code) * int64(dots[j+1])
		}
	}
	if squares <= 0 {
		return 0
	}
	return float64(product) * q.scale / math.Sqrt(float64(squares))
}

func (w *Word) bytes() []byte { return unsafe.Slice((*byte)(unsafe.Pointer(w.row)), Dimensions) }
