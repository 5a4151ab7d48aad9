package embed

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// One text that is too long for the model must not cost a folder its index.
func TestRefusedTextIsAZeroRow(t *testing.T) {
	for _, status := range []int{http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity} {
		for _, c := range []struct {
			what     string
			batch    int
			refused  []int // of 20 texts
			requests int64
		}{
			// The batch, the probe, and two halves on each of the levels below.
			{"first of a batch", 16, []int{0}, 2 + 2*4 + 1},
			{"last", 32, []int{19}, 2 + 2*5},
			{"several", 20, []int{3, 4, 11, 17}, 22},
			{"alone in its batch", 1, []int{7}, 20 + 1},
			{"all of one batch", 4, []int{4, 5, 6, 7}, 4 + 2*4},
			{"all", 5, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19}, 2 * 20},
		} {
			list := texts(20)
			for _, i := range c.refused {
				list[i] += "too long"
			}
			p := newProvider(t, func(w http.ResponseWriter, _ *http.Request, in input) bool {
				return slices.ContainsFunc(in.Input, func(s string) bool { return strings.Contains(s, "too long") }) && fail(w, status, "too long")
			})
			o, w := newClient(t, p.URL, Config{BatchSize: c.batch})
			rows, err := o.Embed(t.Context(), list)
			if err != nil {
				t.Errorf("%d, %s: %v", status, c.what, err)
				continue
			}
			for i, r := range rows {
				want := float32(i + 1) // the length of the text
				if slices.Contains(c.refused, i) {
					if len(r) != 3 || r[0] != 0 || r[1] != 0 || r[2] != 0 {
						t.Errorf("%d, %s: row %d of a refused text is %v", status, c.what, i, r)
					}
				} else if got := r[0] / r[1]; got < want-0.01 || got > want+0.01 {
					t.Errorf("%d, %s: row %d belongs to text %v", status, c.what, i, got-1)
				}
			}
			if got := p.calls.Load(); got != c.requests || len(w.list) != 0 {
				t.Errorf("%d, %s: %d requests, want %d; waited %v", status, c.what, got, c.requests, w.list)
			}
		}
	}
}

// Servers have limits for a batch, too.
func TestBatchTooLargeForTheProvider(t *testing.T) {
	p := newProvider(t, func(w http.ResponseWriter, _ *http.Request, in input) bool {
		return len(in.Input) > 32 && fail(w, 413, "batch size 64 > maximum allowed batch size 32")
	})
	o, _ := newClient(t, p.URL, Config{})
	rows, err := o.Embed(t.Context(), texts(100))
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range rows {
		if r[0] == 0 {
			t.Errorf("row %d is %v", i, r)
		}
	}
}

// A provider that refuses everything is an error and not an index of zeros.
func TestProviderThatRefusesEverything(t *testing.T) {
	for _, n := range []int{1, 2, 1000} {
		p := newProvider(t, func(w http.ResponseWriter, _ *http.Request, _ input) bool { return fail(w, 400, "no such parameter") })
		o, _ := newClient(t, p.URL, Config{BatchSize: 10, Concurrency: 4})
		rows, err := o.Embed(t.Context(), texts(n))
		wantError(t, err, ErrRefused, "400", "no such parameter", "is a model for embeddings")
		if got := p.calls.Load(); rows != nil || got < 2 || got > 50 { // 2 for each connection, and what was on its way; of 200
			t.Errorf("%d texts: rows %v after %d requests", n, rows, got)
		}
	}
}

// It may also begin to refuse everything, or break, between one text and the next.
func TestErrorAmidTheHalves(t *testing.T) {
	for _, c := range []struct {
		status int
		kind   error
	}{{401, ErrRefused}, {404, ErrRefused}, {503, ErrUnavailable}} {
		p := newProvider(t, func(w http.ResponseWriter, _ *http.Request, in input) bool {
			switch {
			case in.call >= 4:
				return fail(w, c.status, "no more")
			case in.call == 2: // the probe
				return false
			}
			return fail(w, 400, "too long")
		})
		o, _ := newClient(t, p.URL, Config{})
		rows, err := o.Embed(t.Context(), texts(8))
		wantError(t, err, c.kind, "no more")
		if rows != nil {
			t.Errorf("%d: rows %v beside the error", c.status, rows)
		}
	}
	// The second batch of a provider that worked until then.
	p := newProvider(t, func(w http.ResponseWriter, _ *http.Request, in input) bool {
		return in.call > 1 && fail(w, 422, "changed")
	})
	o, _ := newClient(t, p.URL, Config{BatchSize: 4, Concurrency: 1})
	_, err := o.Embed(t.Context(), texts(8))
	wantError(t, err, ErrRefused, "422", "changed")
	if got := p.calls.Load(); got != 3 {
		t.Errorf("%d requests", got)
	}
}

func TestRefusedQuestionIsAnError(t *testing.T) {
	p := newProvider(t, func(w http.ResponseWriter, _ *http.Request, _ input) bool { return fail(w, 413, "too long") })
	o, _ := newClient(t, p.URL, Config{})
	_, err := o.EmbedQuery(t.Context(), "question")
	wantError(t, err, ErrRefused, "too long")
	if got := p.calls.Load(); got != 1 {
		t.Errorf("%d requests", got)
	}
}
