package search

import (
	"context"
	"slices"

	"github.com/semantic-ls/semantic-ls/vectors/index"
)

// Explanation says how a chunk came to its score, which is
//
//	sum over signals (value * weight * class) / sum of all weights * further
//
// where class is the product of the factors of its file's class, which signals that are
// made of scores, as "best" is, have had already, and further the factor of being a
// further hit of its file.
type Explanation struct {
	// Rank is the chunk's place, from 1, among all Found that have anything in common with
	// the query; 0 where it has nothing, or is not in the scope.
	Rank, Found int
	// Looked is how many of them the second stage looked at. Those behind stand in the order
	// of the first, and Score is what the second would give.
	Looked int
	Score  float64

	Signals []Contribution // in the order of Signals
	Factors []Factor       // what takes from the score
}

// Contribution is what one signal gives.
type Contribution struct {
	Name   string  `json:"name"`
	Value  float64 `json:"value"`  // 0..1, but for rounding
	Weight float64 `json:"weight"` // of Weights
	Share  float64 `json:"share"`  // of the score; those of all signals make 1, or all are 0
}

// Factor is what a score is multiplied with, and why: "test", "prose", "configuration" and
// "foreign" are the class of the file, "further" that better hits of the same file come
// before.
type Factor struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
}

// Explain says of each of these chunks how it stands in what Rank gives for the query. It
// goes the same way once more, so that it takes longer than that. It returns the context's
// error when that ends first.
func Explain(ctx context.Context, s *index.Snapshot, scope index.Scope, q Query, ids []uint32) ([]Explanation, error) {
	explanations := make([]Explanation, len(ids))
	p := understood(q.Text)
	if len(p.terms) == 0 {
		return explanations, nil
	}
	of := firstStage(p, &q)
	first, err := s.Explain(ctx, scope, of, ids)
	if err != nil {
		return nil, err
	}
	looked := explain(s, first, first.Candidates, p, q)
	// What the second stage has not looked at is given to it on top. That may change the
	// scores of all, so it says nothing of the others.
	more := slices.Clone(first.Candidates)
	for i, id := range ids {
		if standing := first.Standings[i]; standing.Found && looked.at(id) < 0 {
			more = append(more, index.Candidate{ID: id, File: s.FileOf(id), Score: standing.Score})
		}
	}
	beyond := looked
	if len(more) > len(first.Candidates) {
		beyond = explain(s, first, more, p, q)
	}
	for i, id := range ids {
		x, standing := &explanations[i], first.Standings[i]
		x.Found, x.Looked = first.Found, len(first.Candidates)
		if !standing.Found {
			continue
		}
		if at := looked.at(id); at >= 0 {
			looked.fill(x, at, standing)
			x.Rank = looked.rank(at)
			continue
		}
		beyond.fill(x, beyond.at(id), standing)
		x.Rank = max(x.Looked, standing.Before) + 1
	}
	return explanations, nil
}

// account is the second stage with all that it has known.
type account struct {
	s       *index.Snapshot
	p       parsed
	weights Weights
	factors Factors

	list  []candidate // as scored returns it
	views []fileView
	top   float64
	place map[uint32]int // in list, by number
}

func explain(s *index.Snapshot, first index.Explained, found []index.Candidate, p parsed, q Query) *account {
	a := &account{s: s, p: p, weights: q.Weights, factors: q.Factors, place: map[uint32]int{}}
	a.list, a.views, a.top = scored(s, found, p, first.IDF, q)
	for i, c := range a.list {
		a.place[c.ID] = i
	}
	return a
}

// at is where the list has a chunk; -1: nowhere.
func (a *account) at(id uint32) int {
	if at, ok := a.place[id]; ok {
		return at
	}
	return -1
}

// rank is the place from 1 of one of the list.
func (a *account) rank(at int) int {
	rank := 1
	for i := range a.list {
		if byScore(a.list[i], a.list[at]) < 0 {
			rank++
		}
	}
	return rank
}

// fill accounts for the score of one of the list.
func (a *account) fill(x *Explanation, at int, standing index.Standing) {
	c := a.list[at]
	view := &a.views[c.view]
	ofClass := 1.0
	class, _ := a.s.FileClass(a.s.FileOf(c.ID))
	classFactors(class, a.p, a.factors.each(), func(name string, factor float64) {
		ofClass *= factor
		x.Factors = append(x.Factors, Factor{name, factor})
	})
	seen := 0 // of its file before it
	for _, other := range a.list[:at] {
		if other.view == c.view {
			seen++
		}
	}
	further := furtherFactor(seen)
	if seen > 0 {
		x.Factors = append(x.Factors, Factor{"further", further})
	}
	x.Score = c.Score
	e := evidence{standing, view, a.top}
	for _, s := range signals {
		part := Contribution{Name: s.Name, Value: s.value(&e), Weight: *s.Weight(&a.weights)}
		part.Share = part.Value * part.Weight * further / a.weights.sum()
		if !s.ofFile {
			part.Share *= ofClass
		}
		if x.Score > 0 {
			part.Share /= x.Score
		}
		x.Signals = append(x.Signals, part)
	}
}
