package ascent_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/semantic-ls/semantic-ls/bench/quality/ascent"
)

// hill is 1 where the numbers are what it wants, less the further away, in octaves.
func hill(numbers []float64, want ...float64) float64 {
	height := 1.0
	for i, x := range numbers {
		height -= 0.1 * math.Abs(math.Log2(max(x, 1e-3))-math.Log2(max(want[i], 1e-3)))
	}
	return height
}

func near(numbers []float64, want ...float64) bool {
	for i, x := range numbers {
		if math.Abs(x-want[i]) > 0.2*want[i] {
			return false
		}
	}
	return len(numbers) == len(want)
}

func TestLearnFindsTheTop(t *testing.T) {
	asked := 0
	p := ascent.Problem{
		Start: []float64{1, 1, 0, 0.7}, Share: []float64{1}, Restarts: 1, Asked: func(n int) { asked = n },
		Score: func(_ context.Context, x []float64) ([]float64, error) {
			return []float64{hill(x, 3, 0.2, 0.5, 0)}, nil
		},
	}
	got, err := p.Learn(t.Context())
	if err != nil || !near(got[:3], 3, 0.2, 0.5) || got[3] != 0 {
		t.Errorf("learned %v, %v; want 3, 0.2, 0.5 and 0", got, err)
	}
	if asked == 0 || asked > 400 {
		t.Errorf("asked for %d settings", asked)
	}
}

func TestPenaltyKeepsWhatGainsNothing(t *testing.T) {
	p := ascent.Problem{
		Start: []float64{1, 0.3, 0}, Share: []float64{1}, Penalty: 0.001, Restarts: 3,
		Score: func(_ context.Context, x []float64) ([]float64, error) { return []float64{hill(x[:1], 2)}, nil },
	}
	got, err := p.Learn(t.Context())
	if err != nil || !near(got[:1], 2) || got[1] != 0.3 || got[2] != 0 {
		t.Errorf("learned %v, %v; want 2, 0.3 and 0", got, err)
	}
}

// Of three groups two want 4 and one 1/4: that one is no better for what the others teach.
func TestLeaveOneOutDoesNotSeeTheOne(t *testing.T) {
	p := ascent.Problem{
		Start: []float64{1}, Share: []float64{.25, .25, .5},
		Score: func(_ context.Context, x []float64) ([]float64, error) {
			return []float64{hill(x, 4), hill(x, 4), hill(x, 0.25)}, nil
		},
	}
	got, err := p.LeaveOneOut(t.Context())
	if err != nil || len(got) != 3 {
		t.Fatal(got, err)
	}
	if !near(got[2].Numbers, 4) || math.Abs(got[2].Unseen-0.6) > 0.05 {
		t.Errorf("without the third %+v, want 4 and 0.6", got[2])
	}
	if !near(got[0].Numbers, 0.25) || math.Abs(got[0].Unseen-0.6) > 0.05 {
		t.Errorf("without the first %+v, want 1/4, since the third counts most, and 0.6", got[0])
	}
}

// What one group of five gains is no gain of all, nor what all gain is one's.
func TestOnlySureGainsAreTaken(t *testing.T) {
	p := ascent.Problem{
		Start: []float64{1, 1}, Share: []float64{.2, .2, .2, .2, .2}, Sure: 2,
		Score: func(_ context.Context, x []float64) ([]float64, error) {
			all := 0.1 * hill(x[1:], 4)
			return []float64{all + hill(x[:1], 4), all + .5, all + .5, all + .5, all + .51}, nil
		},
	}
	got, err := p.Learn(t.Context())
	if err != nil || got[0] != 1 || !near(got[1:], 4) {
		t.Errorf("learned %v, %v; want 1 and 4", got, err)
	}
	p = ascent.Problem{Start: p.Start, Share: p.Share, Score: p.Score}
	if got, err = p.Learn(t.Context()); err != nil || !near(got, 4, 4) {
		t.Errorf("without being sure, learned %v, %v; want 4 and 4", got, err)
	}
}

func TestOneGroupTeachesNothing(t *testing.T) {
	p := ascent.Problem{
		Start: []float64{1}, Share: []float64{1}, Penalty: 0.001, Restarts: 2,
		Score: func(_ context.Context, x []float64) ([]float64, error) { return []float64{hill(x, 4)}, nil },
	}
	got, err := p.LeaveOneOut(t.Context())
	if err != nil || len(got) != 1 || got[0].Numbers[0] != 1 {
		t.Errorf("learned %+v, %v; want the start", got, err)
	}
}

func TestSameEachTime(t *testing.T) {
	learn := func() []float64 {
		p := ascent.Problem{
			Start: []float64{1, 1}, Share: []float64{1}, Restarts: 4,
			Score: func(_ context.Context, x []float64) ([]float64, error) {
				return []float64{math.Sin(3*x[0]) + math.Cos(5*x[1]*x[0])}, nil
			},
		}
		got, err := p.Learn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if a, b := learn(), learn(); !slices.Equal(a, b) {
		t.Errorf("%v, then %v", a, b)
	}
}

func TestErrorEndsLearning(t *testing.T) {
	broken := errors.New("broken")
	n := 0
	p := ascent.Problem{
		Start: []float64{1, 1}, Share: []float64{1},
		Score: func(context.Context, []float64) ([]float64, error) {
			if n++; n > 5 {
				return nil, broken
			}
			return []float64{1}, nil
		},
	}
	if _, err := p.Learn(t.Context()); !errors.Is(err, broken) || n != 6 {
		t.Errorf("error %v after %d", err, n)
	}
	if _, err := p.LeaveOneOut(t.Context()); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
}

func TestWhatIsKeptIsNotLearned(t *testing.T) {
	p := ascent.Problem{
		Start: []float64{1, 16}, Kept: []bool{false, true}, Share: []float64{1}, Restarts: 2,
		Score: func(_ context.Context, x []float64) ([]float64, error) { return []float64{hill(x, 2, 1)}, nil },
	}
	got, err := p.Learn(t.Context())
	if err != nil || !near(got, 2, 16) || got[1] != 16 {
		t.Errorf("learned %v, %v; want 2 and 16", got, err)
	}
}
