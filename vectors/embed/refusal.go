package embed

import (
	"context"
	"errors"
	"net/http"
)

// probe is a text that no provider has a reason to refuse.
const probe = "probe"

// refusal is an ErrRefused that may be about the texts of a request, and not
// about all requests.
type refusal struct{ error }

func (r refusal) Unwrap() error { return r.error }

// aboutTexts tells whether a provider says by status that it does not like what
// it was sent: one text may be too long for the model, or all of them together,
// or more than it takes at once. So says a wrong parameter, too.
func aboutTexts(status int) bool {
	return status == http.StatusBadRequest || status == http.StatusRequestEntityTooLarge || status == http.StatusUnprocessableEntity
}

// sendHalves is send for texts of which the provider may refuse some: it sends
// them again in halves, down to single texts, and the row of a text that is
// refused even alone is nil. Nothing is halved, and the refusal is an error, if
// the provider refuses the probe as well: it is not the texts then.
//
// For n texts it sends at most 2n requests: the probe, and the 2n-1 nodes of a
// binary tree with n leaves. Tries of one request are not counted.
func (o *OpenAI) sendHalves(ctx context.Context, texts []string, tries int) ([][]float32, error) {
	rows, err := o.send(ctx, texts, tries)
	if !errors.As(err, new(refusal)) {
		return rows, err
	}
	// Asked for each batch that is refused, and not once: a provider that worked
	// an hour ago may be another one now, and rows of zeros stay in the index.
	if _, err := o.send(ctx, []string{probe}, tries); err != nil {
		return nil, err
	}
	rows = make([][]float32, len(texts))
	return rows, o.halve(ctx, texts, rows, tries)
}

// halve fills in the rows of texts that were refused together.
func (o *OpenAI) halve(ctx context.Context, texts []string, rows [][]float32, tries int) error {
	if len(texts) == 1 {
		return nil
	}
	middle := len(texts) / 2
	for _, half := range [][2]int{{0, middle}, {middle, len(texts)}} {
		texts, rows := texts[half[0]:half[1]], rows[half[0]:half[1]]
		got, err := o.send(ctx, texts, tries)
		if errors.As(err, new(refusal)) {
			err = o.halve(ctx, texts, rows, tries)
		}
		if err != nil {
			return err
		}
		copy(rows, got)
	}
	return nil
}
