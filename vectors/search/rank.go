// Package search turns a query into ranked hits over one snapshot.
//
// A query's way: parse (query.go) -> BM25 of chunks and of whole files, and the
// inner product with every chunk's vector (vectors/index) -> one linear score
// for every chunk of the scope -> the best few hundred once more, with what only
// a look at their paths tells -> at most a few hits of one file -> Ranked. What
// a hit's text is, and whether it is still there, is the caller's business.
//
// Related code goes the same way with a text as the query (related.go).
package search

import (
	"cmp"
	"container/heap"
	"context"
	"math"
	"path"
	"slices"
	"strings"

	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/vectors/lexical"
	"github.com/semantic-ls/semantic-ls/vectors/words"
)

// BM25 of chunks and of files. k1 is high, that is, repeating a word keeps
// counting: a chunk is short, and what it says again and again it is about. b of
// files is low because a large file is not a worse answer.
var (
	chunkBM25 = lexical.BM25{K1: 5, B: 0.5}
	fileBM25  = lexical.BM25{K1: 3, B: 0.3}
)

// Weights of the signals, each in 0..1.
type Weights struct {
	Chunk float64 // BM25 of the chunk, of the best chunk's
	File  float64 // BM25 of its file, of the best file's
	Dense float64 // cosine, of the best one's
	Name  float64 // it defines what the query names
	Path  float64 // share of the query that its path says
	Best  float64 // the best chunks of its file together, of the best file's
}

// DefaultWeights were chosen, with the parameters above and groupWeight, by a
// search over 350 settings on 301 questions about fifteen open projects in eleven
// languages, most quoting the code, and ten in plain words about net/http. The
// neighbours of the choice score within 0.005 of it; they will be learned.
func DefaultWeights() Weights {
	return Weights{Chunk: 1.0, File: 0.2, Dense: 0.6, Name: 1.1, Path: 1.0, Best: 0.6}
}

func (w Weights) sum() float64 { return w.Chunk + w.File + w.Dense + w.Name + w.Path + w.Best }

const (
	// confidentCosine is the cosine from which the best vector counts in full;
	// below it nothing is near, and the best of nothing is no answer.
	confidentCosine = 0.35
	// aloneCosine is the cosine from which a chunk without any word of the
	// query is a hit. Random 256-dimensional directions stay below it.
	aloneCosine = 0.30
	// secondLook is how many chunks the path is looked at for, unless more are
	// asked for: twenty screens of hits, from which the path may still lift one.
	secondLook = 400
	// MaxLimit is the most hits that a query gets: ten times what the server and the
	// command line let anyone ask for, room for a caller that filters hits itself.
	MaxLimit = 10_000
	// bestOfFile is how many chunks of a file speak for it together: more would
	// prefer large files. Over the questions of class.go, 1 costs 0.012 of the mean
	// reciprocal rank and 20 costs 0.009, 2 to 5 are within 0.006.
	bestOfFile = 3
	// sameFile is what is left of each further hit of one file: after two of them, a
	// half. For which file is first, 0.4 to 0.9 are the same.
	sameFile = 0.7
)

// Query asks for the chunks nearest to a text.
type Query struct {
	Text    string
	Vector  index.Row // of Text, quantised; zero: lexical only
	Limit   int       // hits, 0 to MaxLimit; what lies outside counts as the nearer of the two
	Weights Weights
}

// Ranked is a chunk found. Score is in 0..1 and compares only within one answer.
type Ranked struct {
	ID    uint32 // of the snapshot that was searched
	Score float64
}

// Result is what a query found, best first, and its terms weighted by how rare
// they are, to choose a line to show.
type Result struct {
	Ranked []Ranked
	Terms  []index.Term
}

// Rank searches the scope of s. It returns the context's error when that ends
// first; a query without any word finds nothing.
func Rank(ctx context.Context, s *index.Snapshot, scope index.Scope, q Query) (Result, error) {
	p := parse(q.Text)
	if len(p.terms) == 0 {
		return Result{}, nil
	}
	p.terms = append(p.terms, groups(p.terms)...)
	return rank(ctx, s, scope, p, q, nil)
}

// rank is the one way from terms and a vector to ranked chunks. leaveOut may be
// nil.
func rank(ctx context.Context, s *index.Snapshot, scope index.Scope, p parsed, q Query, leaveOut func(id uint32) bool) (Result, error) {
	matches, err := s.Lexical(ctx, p.terms, chunkBM25, fileBM25)
	if err != nil {
		return Result{}, err
	}
	dense, err := s.Dense(ctx, q.Vector)
	if err != nil {
		return Result{}, err
	}
	w := q.Weights
	defined := map[uint32]float64{}
	for _, n := range p.names {
		s.Having(index.Definition(n.text), func(id uint32) { defined[id] = max(defined[id], n.weight) })
	}
	best, err := bestOf(ctx, s, scope, matches, dense)
	if err != nil {
		return Result{}, err
	}
	q.Limit = max(0, min(q.Limit, MaxLimit))
	most := max(secondLook, q.Limit)
	top := make(shortlist, 0, most+1)
	n := 0
	for id := range scope.Each {
		if n++; n%checkEvery == 0 && ctx.Err() != nil {
			return Result{}, context.Cause(ctx)
		}
		name := defined[id]
		if matches.Chunks[id] == 0 && name == 0 && dense[id] < aloneCosine || leaveOut != nil && leaveOut(id) {
			continue
		}
		score := w.Chunk*best.chunk.share(matches.Chunks[id]) +
			w.File*best.file.share(matches.Files[s.FileOf(id)]) +
			w.Dense*best.dense.share(dense[id]) +
			w.Name*name
		top.offer(Ranked{ID: id, Score: score}, most)
	}
	result := Result{Ranked: secondStage(s, top, p, matches.IDF, q)}
	for i, t := range p.terms {
		result.Terms = append(result.Terms, index.Term{Words: t.Words, Weight: t.Weight * matches.IDF[i]})
	}
	return result, nil
}

// checkEvery is after how many chunks the context is looked at.
const checkEvery = 4096

// signal scales a raw score to 0..1 by the best one of the scope.
type signal float32

func (most signal) share(x float32) float64 {
	if most <= 0 || x <= 0 {
		return 0
	}
	return float64(x) / float64(most)
}

type bestScores struct{ chunk, file, dense signal }

func bestOf(ctx context.Context, s *index.Snapshot, scope index.Scope, m *index.Matches, dense []float32) (bestScores, error) {
	best := bestScores{dense: confidentCosine}
	n := 0
	for id := range scope.Each {
		if n++; n%checkEvery == 0 && ctx.Err() != nil {
			return best, context.Cause(ctx)
		}
		best.chunk = max(best.chunk, signal(m.Chunks[id]))
		best.file = max(best.file, signal(m.Files[s.FileOf(id)]))
		best.dense = max(best.dense, signal(dense[id]))
	}
	return best, nil
}

// fileView is what the second stage knows of a file.
type fileView struct {
	pathShare float64
	factor    float64 // of its class
	best      float64 // sum of its best chunks
	seen      int
}

// secondStage adds what the path tells and what the chunks of a file say
// together, and spreads the hits over files.
func secondStage(s *index.Snapshot, list []Ranked, p parsed, idf []float64, q Query) []Ranked {
	views := map[uint32]*fileView{}
	view := func(id uint32) *fileView {
		number := s.FileOf(id)
		if views[number] == nil {
			f := s.Chunk(id).Of
			views[number] = &fileView{pathShare: pathShare(f.Path, p.terms, idf), factor: classFactor(f, p)}
		}
		return views[number]
	}
	byScore := func(a, b Ranked) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.ID, b.ID))
	}
	for i := range list {
		v := view(list[i].ID)
		list[i].Score = (list[i].Score + q.Weights.Path*v.pathShare) * v.factor
	}
	slices.SortFunc(list, byScore)
	top := 0.0
	for _, r := range list {
		if v := view(r.ID); v.seen < bestOfFile {
			v.best += r.Score
			v.seen++
			top = max(top, v.best)
		}
	}
	for i := range list {
		if top > 0 {
			list[i].Score += q.Weights.Best * view(list[i].ID).best / top
		}
	}
	slices.SortFunc(list, byScore)
	for _, v := range views {
		v.seen = 0
	}
	for i := range list {
		v := view(list[i].ID)
		list[i].Score *= math.Pow(sameFile, float64(v.seen)) / q.Weights.sum()
		v.seen++
	}
	slices.SortFunc(list, byScore)
	return list[:min(q.Limit, len(list))]
}

// pathShare is the share of the query, weighted by how rare its words are, that
// the path says: in full where the file's name says it, half where a directory
// does.
func pathShare(file string, terms []index.Term, idf []float64) float64 {
	said := map[string]float64{}
	dir, base := path.Split(file)
	words.Each(dir, func(w []byte) { said[string(w)] = 0.5 })
	words.Each(strings.TrimSuffix(base, path.Ext(base)), func(w []byte) { said[string(w)] = 1 })
	var share, all float64
	for i, t := range terms {
		all += t.Weight * idf[i]
		best := 0.0
		for _, w := range t.Words {
			best = max(best, said[w.Text])
		}
		share += t.Weight * idf[i] * best
	}
	if all == 0 {
		return 0
	}
	return share / all
}

// shortlist keeps the best so many, the worst of them on top of the heap.
type shortlist []Ranked

func (l shortlist) Len() int           { return len(l) }
func (l shortlist) Less(i, j int) bool { return l[i].Score < l[j].Score }
func (l shortlist) Swap(i, j int)      { l[i], l[j] = l[j], l[i] }
func (l *shortlist) Push(x any)        { *l = append(*l, x.(Ranked)) }
func (l *shortlist) Pop() any          { x := (*l)[len(*l)-1]; *l = (*l)[:len(*l)-1]; return x }

func (l *shortlist) offer(r Ranked, most int) {
	if len(*l) < most {
		heap.Push(l, r)
	} else if (*l)[0].Score < r.Score {
		(*l)[0] = r
		heap.Fix(l, 0)
	}
}
