package index

import (
	"context"
	"errors"
	"math"
	"testing"
)

// Every candidate stands where it was found, and its score is what its signals give.
func TestExplainIsWhatRetrieveGives(t *testing.T) {
	s := large(t)
	for name, scope := range map[string]Scope{"everywhere": s.Everywhere(), "d1": s.Under([]Place{{"/w", "d1"}})} {
		for _, probe := range []Probe{{}, asked.Probe} {
			q := asked
			q.Probe, q.Most, q.Certain = probe, 500, 100
			want, err := s.Retrieve(t.Context(), scope, q)
			if err != nil {
				t.Fatal(err)
			}
			var ids []uint32
			for id := range s.Everywhere().Each {
				ids = append(ids, id)
			}
			got, err := s.Explain(t.Context(), scope, q, ids)
			if err != nil {
				t.Fatal(err)
			}
			if len(want.Candidates) < 400 || len(got.Candidates) != len(want.Candidates) {
				t.Fatalf("%d candidates, explained %d", len(want.Candidates), len(got.Candidates))
			}
			of := map[uint32]Standing{}
			found := 0
			for i, id := range ids {
				st := got.Standings[i]
				of[id] = st
				if st.Found {
					found++
				}
				if !scope.Has(id) && st != (Standing{}) {
					t.Fatalf("%s: %d is not in the scope and stands %+v", name, id, st)
				}
				w := q.Weights
				sum := w.Chunk*st.Chunk + w.File*st.File + w.Dense*st.Dense + w.Name*st.Name
				if math.Abs(float64(sum-st.Score)) > 1e-5 {
					t.Fatalf("%s: the signals of %+v make %v", name, st, sum)
				}
			}
			if got.Found != found || found < 500 {
				t.Errorf("%s: %d found, those that are make %d", name, got.Found, found)
			}
			before := 0
			for i, c := range want.Candidates {
				if c != got.Candidates[i] {
					t.Fatalf("%s: candidate %d is %+v, explained %+v", name, i, c, got.Candidates[i])
				}
				st := of[c.ID]
				if !st.Found || math.Abs(float64(st.Score-c.Score)) > 1e-5 {
					t.Fatalf("%s: candidate %+v stands %+v", name, c, st)
				}
				if i > 0 && c.Score < want.Candidates[i-1].Score {
					before = i
				}
				// With a probe what is counted has the scores of the coarse row.
				if probe.coarse.Scale == 0 && st.Before != before {
					t.Fatalf("%s: candidate %d has %d before it", name, i, st.Before)
				}
			}
		}
	}
}

// Whatever was asked for more than once, or by nobody.
func TestExplainOfNothing(t *testing.T) {
	s := large(t)
	got, err := s.Explain(t.Context(), s.Everywhere(), asked, nil)
	if err != nil || len(got.Standings) != 0 || got.Found == 0 || len(got.Candidates) != asked.Most {
		t.Errorf("%d standings, %d found, %v", len(got.Standings), got.Found, err)
	}
	id := got.Candidates[0].ID
	got, err = s.Explain(t.Context(), s.Everywhere(), asked, []uint32{id, id})
	if err != nil || got.Standings[0] != got.Standings[1] {
		t.Errorf("%+v, %v", got.Standings, err)
	}
	empty := &Snapshot{}
	if got, err = empty.Explain(t.Context(), empty.Everywhere(), asked, nil); err != nil || got.Found+len(got.Candidates) != 0 {
		t.Errorf("of an empty snapshot: %+v, %v", got, err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cause := errors.New("enough")
	cancel(cause)
	if _, err := s.Explain(ctx, s.Everywhere(), asked, []uint32{id}); !errors.Is(err, cause) {
		t.Errorf("cancelled: %v", err)
	}
}
