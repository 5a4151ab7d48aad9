package main

import (
	"cmp"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math"
	"os"
	"slices"
)

// The format is drawn in table.go of package static, which reads it: what differs fails TestModelFile.
const (
	modelMagic   = "semstat\n"
	modelVersion = 1
	// maxGain is the largest gain: the others are shares of it.
	maxGain = 4000
)

// encode writes a model file: words and bigrams by their hashes, rows in eight bits, gains as whole numbers.
func (t *table) encode() []byte {
	n, single := len(t.squares), len(t.hashes)
	firstBigram := n - len(t.bigrams)
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order[:single], func(a, b int) int { return cmp.Compare(t.hashes[a], t.hashes[b]) })
	slices.SortFunc(order[firstBigram:], func(a, b int) int {
		return cmp.Compare(t.bigrams[a-firstBigram], t.bigrams[b-firstBigram])
	})
	hidden := 0
	if t.layer != nil {
		hidden = t.layer.hidden
	}
	le := binary.LittleEndian
	b := []byte(modelMagic)
	for _, x := range []int{modelVersion, t.dimensions, single, firstBigram - single, len(t.bigrams), hidden} {
		b = le.AppendUint32(b, uint32(x))
	}
	for _, w := range order[:single] {
		b = le.AppendUint64(b, t.hashes[w])
	}
	for _, w := range order[firstBigram:] {
		b = le.AppendUint64(b, t.bigrams[w-firstBigram])
	}
	b = t.appendRows(b, order)
	if t.layer != nil {
		for _, list := range [][]float32{t.layer.first, t.layer.bias, t.layer.second} {
			for _, x := range list {
				b = le.AppendUint32(b, math.Float32bits(x))
			}
		}
	}
	return le.AppendUint32(b, crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)))
}

// appendRows appends the gains and rows in an order. What one of the eight bits of a row is worth goes into its gains.
func (t *table) appendRows(b []byte, order []int) []byte {
	rows := make([]byte, 0, len(t.rows))
	code, said := make([]float64, len(order)), make([]float64, len(order))
	most := 0.0
	for i, w := range order {
		q, worth := quantised(t.row(uint32(w)))
		rows = append(rows, q...)
		code[i], said[i] = math.Exp(float64(t.code.logs[w]))*worth, math.Exp(float64(t.said.logs[w]))*worth
		most = max(most, code[i], said[i])
	}
	for _, list := range [][]float64{code, said} {
		for _, x := range list {
			b = binary.LittleEndian.AppendUint16(b, uint16(math.Round(x/most*maxGain)))
		}
	}
	return append(b, rows...)
}

// quantised returns a row in eight bits a number, and what one of them is worth.
func quantised(row []float32) ([]byte, float64) {
	most := 1e-9 // a bigram that never was seen is all zero
	for _, x := range row {
		most = max(most, math.Abs(float64(x)))
	}
	q := make([]byte, len(row))
	for i, x := range row {
		q[i] = byte(int8(math.Round(float64(x) / most * 127)))
	}
	return q, most / 127
}

// writeFile writes a whole file or none.
func writeFile(name string, data []byte) error {
	part := name + ".part"
	if err := os.WriteFile(part, data, 0o644); err != nil {
		return errors.Join(err, os.Remove(part))
	}
	return os.Rename(part, name)
}
