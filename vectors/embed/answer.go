package embed

import (
	"fmt"
	"math"

	"github.com/sashabaranov/go-openai"
)

// accept checks the rows that answer n texts, puts them in the order of the
// texts and makes them of unit length. It keeps the first number of dimensions
// it sees, and refuses every other from then on.
func (o *OpenAI) accept(data []openai.Embedding, n int) ([][]float32, error) {
	model := o.clean(o.config.Model)
	if len(data) != n {
		return nil, fmt.Errorf("%w: model %s gave %d rows for %d texts: lower `embedding.batchSize`, or look into the log of %s", ErrAnswer, model, len(data), n, o.at())
	}
	rows := make([][]float32, n)
	for _, d := range data {
		if d.Index < 0 || d.Index >= n {
			return nil, fmt.Errorf("%w: model %s gave a row with index %d for %d texts", ErrAnswer, model, d.Index, n)
		}
		if rows[d.Index] != nil {
			return nil, fmt.Errorf("%w: model %s gave two rows with index %d", ErrAnswer, model, d.Index)
		}
		if err := o.checkDimensions(len(d.Embedding)); err != nil {
			return nil, err
		}
		if !unit(d.Embedding) {
			return nil, fmt.Errorf("%w: model %s gave a row with a number that is not finite", ErrAnswer, model)
		}
		rows[d.Index] = d.Embedding
	}
	return rows, nil
}

func (o *OpenAI) checkDimensions(n int) error {
	model := o.clean(o.config.Model)
	if n == 0 {
		return fmt.Errorf("%w: model %s gave a row of no numbers: is it a model for embeddings?", ErrAnswer, model)
	}
	if o.dimensions.CompareAndSwap(0, int64(n)) {
		return nil
	}
	known := o.dimensions.Load()
	switch {
	case int64(n) == known:
		return nil
	case o.config.Dimensions != 0:
		return fmt.Errorf("%w: model %s answered %d numbers where `embedding.dimensions` says %d: unset it, or set it to %d", ErrDimensions, model, n, known, n)
	}
	return fmt.Errorf("%w: model %s answered %d numbers where it answered %d before: was it exchanged? Search again, or restart the language server, to index anew", ErrDimensions, model, n, known)
}

// unit scales row to unit length, leaves zeros as they are, and returns false if
// a number is not finite.
func unit(row []float32) bool {
	var squares float64
	for _, v := range row {
		squares += float64(v) * float64(v)
	}
	if math.IsNaN(squares) || math.IsInf(squares, 0) { // finite float32 cannot get there
		return false
	}
	if squares == 0 {
		return true
	}
	norm := math.Sqrt(squares)
	for i, v := range row {
		row[i] = float32(float64(v) / norm)
	}
	return true
}
