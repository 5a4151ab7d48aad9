package search

import (
	"cmp"
	"context"
	"slices"

	"github.com/semantic-ls/semantic-ls/vectors/index"
)

// Explanation says how a chunk came to its score, which is
//
//	sum over signals (value * weight * class * further) / sum of all weights
//
// where class is the product of the factors of its file's class, which signals that are
// made of scores, as "best" is, have had already, and further the factor of being a
// further hit of its file, which those of names alone, as "alone" is, do not have.
type Explanation struct {
	// Rank is the chunk's place, from 1, among all Found that have anything in common with
	// the query; 0 where it has nothing, or is not in the scope. A chunk that is ranked once for
	// each of several definitions counts as often.
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
	Value  float64 `json:"value"`  // 0..1, but for rounding; of a name with what it is in before it a little more
	Weight float64 `json:"weight"` // of Weights; 0 of those of names alone, where the query is more
	Share  float64 `json:"share"`  // of the score; those of all signals make 1, or all are 0
}

// Factor is what a score is multiplied with, and why: the name of one of the Classes of the file, "code" where the query
// asks for documentation and this is none, "further" that better hits of the same file come before.
type Factor struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
}

// Explain says of each of these chunks how it stands in what Rank gives for the query. They are
// of its Result, or have nothing but their ID: of several definitions in such a chunk, the best one
// counts. It goes the same way once more, so that it takes longer than that. It returns the
// context's error when that ends first.
func Explain(ctx context.Context, s *index.Snapshot, scope index.Scope, q Query, chunks []Ranked) ([]Explanation, error) {
	explanations := make([]Explanation, len(chunks))
	p := understood(q.Text)
	if len(p.terms) == 0 {
		return explanations, nil
	}
	of := firstStage(p, &q)
	ids := make([]uint32, len(chunks))
	for i, c := range chunks {
		ids[i] = c.ID
	}
	first, err := s.Explain(ctx, scope, of, ids)
	if err != nil {
		return nil, err
	}
	looked := explain(s, first.Retrieved, p, q)
	// What the second stage has not looked at is given to it on top. That may change the
	// scores of all, so it says nothing of the others.
	more := first.Retrieved
	for i, id := range ids {
		if standing := first.Standings[i]; standing.Found && looked.at(chunks[i]) < 0 && !slices.Contains(ids[:i], id) {
			more.Candidates = append(slices.Clip(more.Candidates), index.Candidate{
				ID: id, File: s.FileOf(id), Score: standing.Score, Chunk: standing.Chunk, Dense: standing.Dense,
			})
		}
	}
	beyond := looked
	if len(more.Candidates) > len(first.Candidates) {
		more.Named = slices.Concat(first.Named, first.Beside)
		slices.SortStableFunc(more.Named, func(a, b index.Named) int { return cmp.Compare(a.ID, b.ID) })
		beyond = explain(s, more, p, q)
	}
	further := len(looked.ranked) - len(looked.list) // definitions
	for i, c := range chunks {
		x, standing := &explanations[i], first.Standings[i]
		x.Found, x.Looked = first.Found+further, len(looked.ranked)
		if !standing.Found {
			continue
		}
		if at := looked.at(c); at >= 0 {
			looked.fill(x, at, standing)
			x.Rank = looked.rank(at)
			continue
		}
		beyond.fill(x, beyond.at(c), standing)
		x.Rank = max(len(looked.list), standing.Before) + further + 1
	}
	return explanations, nil
}

// account is the second stage with all that it has known.
type account struct {
	s       *index.Snapshot
	p       parsed
	weights Weights
	factors Factors
	named   []index.Named

	list   []candidate // as scored returns it
	ranked []candidate // with what names add; at the start each stands where it does in list
	views  []fileView
	top    float64
	place  map[uint32]int   // in list, by number
	best   map[uint32]int   // in ranked, by number
	each   map[[2]int64]int // in ranked, by number and definition
}

func explain(s *index.Snapshot, found index.Retrieved, p parsed, q Query) *account {
	a := &account{s: s, p: p, weights: q.Weights, factors: q.Factors, named: found.Named}
	a.list, a.views, a.top = scored(s, found.Candidates, p, found.IDF, q)
	a.ranked = a.list
	if p.named {
		a.ranked = namesFirst(slices.Clone(a.list), a.views, found.Named, q.Weights)
	}
	a.place, a.best, a.each = map[uint32]int{}, map[uint32]int{}, map[[2]int64]int{}
	for i, c := range a.list {
		a.place[c.ID] = i
	}
	for i, c := range a.ranked {
		if best, ok := a.best[c.ID]; !ok || byScore(c, a.ranked[best]) < 0 {
			a.best[c.ID] = i
		}
		a.each[[2]int64{int64(c.ID), int64(c.named)}] = i
	}
	return a
}

// at is where a chunk, or the definition in it that was found, is ranked; -1: nowhere.
func (a *account) at(c Ranked) int {
	if at, ok := a.each[[2]int64{int64(c.ID), int64(c.named)}]; ok {
		return at
	}
	if at, ok := a.best[c.ID]; ok {
		return at
	}
	return -1
}

// rank is the place from 1 of one of those ranked.
func (a *account) rank(at int) int {
	rank := 1
	for i := range a.ranked {
		if byScore(a.ranked[i], a.ranked[at]) < 0 {
			rank++
		}
	}
	return rank
}

// fill accounts for the score of one of those ranked.
func (a *account) fill(x *Explanation, at int, standing index.Standing) {
	c := a.ranked[at]
	view := &a.views[c.view]
	ofClass := 1.0
	class, _ := a.s.FileClass(a.s.FileOf(c.ID))
	classFactors(class, a.p, a.factors.each(), func(name string, factor float64) {
		ofClass *= factor
		x.Factors = append(x.Factors, Factor{name, factor})
	})
	seen := 0 // of its file before it
	for _, other := range a.list[:a.place[c.ID]] {
		if other.view == c.view {
			seen++
		}
	}
	further := furtherFactor(seen)
	if seen > 0 {
		x.Factors = append(x.Factors, Factor{"further", further})
	}
	x.Score = c.Score
	e := evidence{standing: standing, view: view, label: float64(c.label), top: a.top}
	if a.p.named && c.named > 0 {
		e.alone = float64(a.named[c.named-1].Value)
	}
	for _, s := range signals {
		part := Contribution{Name: s.Name, Value: s.value(&e), Weight: *s.Weight(&a.weights)}
		if s.OfNames && !a.p.named {
			part.Weight = 0
		}
		part.Share = part.Value * part.Weight / a.weights.sum(a.p.named)
		if !s.ofFile {
			part.Share *= ofClass
		}
		if !s.OfNames {
			part.Share *= further
		}
		if x.Score > 0 {
			part.Share /= x.Score
		}
		x.Signals = append(x.Signals, part)
	}
}
