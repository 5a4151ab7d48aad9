// Package search turns a query into ranked hits over one snapshot.
//
// A query's way: parse (query.go, order.go) -> BM25 of chunks and of whole files, the inner product
// with every chunk's vector, and definitions whose names it types (vectors/index) -> one
// linear score for every chunk of the scope -> the best few hundred once more, with what
// only a look at their paths and names tells, in words and in meaning (second.go,
// meaning.go) -> at most a few hits of one file -> Ranked. What a hit's text is, and
// whether it is still there, is the caller's business.
//
// Related code goes the same way with a text as the query (related.go), and what a test tests
// is found by whole files (tested.go); in what way it is related reason.go says. How a score
// came about a second pass tells, signal by signal (signals.go, explain.go).
package search

import (
	"context"

	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/vectors/lexical"
)

// BM25 of chunks and of files. k1 is high, that is, repeating a word keeps
// counting: a chunk is short, and what it says again and again it is about. b of
// files is low because a large file is not a worse answer.
var (
	chunkBM25 = lexical.BM25{K1: 5, B: 0.5}
	fileBM25  = lexical.BM25{K1: 3, B: 0.3}
)

// Weights of the signals, each in 0..1; what they are Signals says.
type Weights struct{ Chunk, File, Dense, Name, Path, Label, Place, Others, Best, Alone float64 }

// DefaultWeights were chosen on 749 questions about 38 open projects: those of bench/quality/questions that tune, the half
// of the Semble benchmark that is there to develop against, and the ten in plain words about net/http. They stand on a
// plateau: any of them a third more or less moves the mean of the first two by less than 0.005, which is noise. The ten
// have the largest files, and want Chunk and Others as they are: with Chunk 0.4 and Others 2.4 five are found first
// instead of eight. Alone is bench/names's: with 12 and 24 typed names are found a little worse.
func DefaultWeights() Weights {
	return Weights{
		Chunk: 0.55, File: 0.4, Dense: 1.1, Name: 0.9, Path: 0.8, Label: 0.6, Place: 0.5, Others: 1.2, Best: 0.4, Alone: 16,
	}
}

// sum is that of the weights of all signals that speak for a query, which may be named.
func (w Weights) sum(named bool) (all float64) {
	for _, s := range signals {
		if named || !s.OfNames {
			all += *s.Weight(&w)
		}
	}
	return all
}

const (
	// confidentCosine is the cosine from which the best vector counts in full;
	// below it nothing is near, and the best of nothing is no answer.
	confidentCosine = 0.35
	// aloneCosine is the cosine from which a chunk without any word of the
	// query is a hit. Random 256-dimensional directions stay below it.
	aloneCosine = 0.30
	// secondLook is how many chunks the path is looked at for, unless more are
	// asked for: ten screens of hits, from which the path may still lift one. Over the
	// 29 projects of bench/quality 100, 200 and 400 give the same first ten.
	secondLook = 200
	// namesLooked is of how many of them, the best ones so far, names are compared with the query: on the questions of
	// DefaultWeights 120 finds as much as all, 80 loses 0.007 on those in other words than the code's.
	namesLooked = 120
	// certainty is how many more chunks than are asked for are looked at, so that what
	// is asked for can be told from the rest: the last ones of a list never can.
	certainty = 100
	// MaxLimit is the most hits that a query gets: ten times what the server and the
	// command line let anyone ask for, room for a caller that filters hits itself.
	MaxLimit = 10_000
	// bestOfFile is how many chunks of a file speak for it together: more would
	// prefer large files. Over the questions of class.go, 1 costs 0.012 of the mean
	// reciprocal rank and 20 costs 0.009, 2 to 5 are within 0.006.
	bestOfFile = 3
	// sameFile is what is left of each further hit of one file: after two of them, a
	// half. For which file is first, 0.4 to 0.9 are the same.
	sameFile = 0.55
)

// Query asks for the chunks nearest to a text.
type Query struct {
	Text    string
	Vector  index.Probe // of Text; zero: lexical only
	Limit   int         // hits, 0 to MaxLimit; what lies outside counts as the nearer of the two
	Weights Weights
	Factors Factors // of the classes of files; zero: the default ones
}

// Ranked is a chunk found. Score is in 0..1 and compares only within one answer.
type Ranked struct {
	ID    uint32 // of the snapshot that was searched
	named int32  // the definition in it that was found: its number in Result.named and 1; 0: none
	Score float64
}

// Result is what a query found, best first, and its terms weighted by how rare
// they are, to choose a line to show.
type Result struct {
	Ranked []Ranked
	Terms  []index.Term

	Explanations []Explanation // of each of Ranked; nil until somebody has put them there

	Rescored int // inner products that were taken again to be certain, see index.Retrieved

	named []index.Named
}

// Definition returns the definition for whose name a chunk was found; false where it was
// found for another reason. A chunk that several were found in is ranked as often.
func (r Result) Definition(of Ranked) (name, container string, ok bool) {
	if of.named == 0 {
		return "", "", false
	}
	n := r.named[of.named-1]
	return n.Name, n.Container, true
}

// Rank searches the scope of s. It returns the context's error when that ends
// first; a query without any word finds nothing.
func Rank(ctx context.Context, s *index.Snapshot, scope index.Scope, q Query) (Result, error) {
	p := understood(q.Text)
	if len(p.terms) == 0 {
		return Result{}, nil
	}
	return rank(ctx, s, scope, p, q)
}

// understood is a query with all of its terms.
func understood(text string) parsed {
	p := parse(text)
	weighByOrder(p.terms)
	p.terms = append(p.terms, groups(p.terms)...)
	p.text = text
	return p
}

// rank is the one way from terms and a vector to ranked chunks.
func rank(ctx context.Context, s *index.Snapshot, scope index.Scope, p parsed, q Query) (Result, error) {
	first, err := s.Retrieve(ctx, scope, firstStage(p, &q))
	if err != nil {
		return Result{}, err
	}
	result := Result{Ranked: secondStage(s, first, p, q), Rescored: first.Rescored, named: first.Named}
	for i := range result.Ranked {
		if r := &result.Ranked[i]; r.named == 0 {
			r.named = firstNamed(first.Named, r.ID)
		}
	}
	for i, t := range p.terms {
		result.Terms = append(result.Terms, index.Term{Words: t.Words, Weight: t.Weight * first.IDF[i]})
	}
	return result, nil
}

// firstStage is what candidates are looked for by. It brings q within its bounds.
func firstStage(p parsed, q *Query) index.Query {
	q.Limit = max(0, min(q.Limit, MaxLimit))
	w := q.Weights
	of := index.Query{
		Terms: p.terms, Chunks: chunkBM25, Files: fileBM25, Probe: q.Vector,
		Weights:    index.Weights{Chunk: float32(w.Chunk), File: float32(w.File), Dense: float32(w.Dense), Name: float32(w.Name)},
		NearEnough: aloneCosine, Confident: confidentCosine, Most: max(secondLook, q.Limit+certainty), Certain: q.Limit,
	}
	for _, n := range p.names {
		of.Names = append(of.Names, index.Name{Text: n.text, Weight: n.weight, Like: n.like})
	}
	return of
}
