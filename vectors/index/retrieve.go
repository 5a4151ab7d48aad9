package index

import (
	"context"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/vectors/lexical"
)

// Query is what Retrieve looks for.
type Query struct {
	Terms  []Term
	Chunks lexical.BM25 // of the terms in chunks
	Files  lexical.BM25 // and in files, as if each were one document
	Probe  Probe        // zero: words alone
	Names  []Name

	Weights    Weights
	NearEnough float32 // inner product, of the query rounded, from which a chunk without any term is a candidate
	Confident  float32 // inner product that counts in full; a greater one, where there is any, does instead
	Most       int     // candidates
	Certain    int     // how many of the best must be so beyond doubt, whatever the rounding of the query did
}

// Weights are of the parts of a candidate's score, each of which is 0 to 1: a chunk's
// BM25 and its file's as shares of the best ones, the inner product as a share of the
// best one or of Confident, and the name's weight.
type Weights struct{ Chunk, File, Dense, Name float32 }

// Candidate is a chunk found.
type Candidate struct {
	ID    uint32 // of the snapshot
	File  uint32
	Score float32
	// Of the score: its BM25 and its vector, as shares of the best of all, 0..1.
	Chunk, Dense float32
}

// Retrieved is what Retrieve found.
type Retrieved struct {
	Candidates []Candidate // the best ones of the scope, best first
	IDF        []float64   // of each term, among the chunks; 0 where none has it
	Named      []Named     // what was asked for by name in the candidates: by number of the chunk, the best first
	Rescored   int         // inner products that were taken again to be certain
}

// Retrieve returns the best chunks of the scope by a weighted sum of signals: every
// chunk is looked at. The first q.Certain are provably those that the rows as stored and
// the query's vector itself give, but for differences below what 16 bits hold of it. It
// returns the context's error when that ends first, which it looks at every 4,096 chunks.
//
// The chunks are taken a window at a time, so that the counts of a window stay in the
// first cache, by as many cores as pay. There are two rounds, since a share is known
// only when the best of all is.
func (s *Snapshot) Retrieve(ctx context.Context, scope Scope, q Query) (Retrieved, error) {
	r := s.scan(scope, q.Terms, q.Chunks, q.Files, q.Probe)
	defer r.free()
	return r.retrieve(ctx, q)
}

// apart says of each candidate what its score is made of.
func (r *scan) apart(found []Candidate) {
	for i := range found {
		found[i].Chunk, found[i].Dense = r.sharesOf(found[i].ID)
	}
}

// sharesOf are a chunk's BM25 and vector, of the best of all.
func (r *scan) sharesOf(id uint32) (chunk, dense float32) {
	if r.bestChunk > 0 {
		chunk = max(0, r.chunk[id]) / r.bestChunk
	}
	if r.bestDense > 0 {
		dense = min(1, max(0, r.dense[id])/r.bestDense)
	}
	return chunk, dense
}

func (r *scan) retrieve(ctx context.Context, q Query) (Retrieved, error) {
	names, err := r.finder(ctx, q.Names)
	if err != nil {
		return Retrieved{}, err
	}
	if err := names.scoreAndScan(ctx); err != nil {
		return Retrieved{}, err
	}
	r.sumUp(q)
	if err := names.find(ctx); err != nil {
		return Retrieved{}, err
	}
	if err := r.run(ctx, (*scan).collect); err != nil {
		return Retrieved{}, err
	}
	found := r.best()
	r.apart(found)
	result := Retrieved{IDF: r.idf, Candidates: found, Rescored: len(found), Named: r.shown(found)}
	certain := min(q.Certain, r.most)
	if leftOut := len(found) == r.most; r.refine(found, leftOut) >= certain || !leftOut {
		return result, nil
	}
	// The best are too close to each other to tell: all that may belong before the last
	// one that must be certain is taken again.
	r.fine, r.floor = true, found[certain-1].Score-r.doubt().coarse
	if err := r.run(ctx, (*scan).collectFine); err != nil {
		return Retrieved{}, err
	}
	for i := range r.share {
		result.Rescored += r.share[i].rescored
	}
	result.Candidates = r.best()
	r.apart(result.Candidates)
	result.Named = r.shown(result.Candidates)
	return result, nil
}

// Dense returns the inner product of the query, rounded to eight bits a component, with
// every live chunk, by number, -1 for those that are not live. It returns the context's error when that ends first. Rows of
// another dimension than the query's score 0.
func (s *Snapshot) Dense(ctx context.Context, query Probe) ([]float32, error) {
	r := s.scan(s.Everywhere(), nil, lexical.BM25{}, lexical.BM25{}, query)
	defer r.free()
	if err := r.run(ctx, (*scan).score); err != nil {
		return nil, err
	}
	return slices.Clone(r.dense), nil
}

// Matches are the BM25 scores of a query.
type Matches struct {
	Chunks []float32 // by number of the chunk, 0: none of the terms
	Files  []float32 // by number of the file, as if each were one document
	IDF    []float64 // of each term, among the chunks; 0 where no chunk has it
}

// Lexical scores every live chunk and file against terms. It returns the
// context's error when that ends first.
func (s *Snapshot) Lexical(ctx context.Context, terms []Term, chunks, files lexical.BM25) (Matches, error) {
	r := s.scan(s.Everywhere(), terms, chunks, files, Probe{})
	defer r.free()
	if err := r.run(ctx, (*scan).score); err != nil {
		return Matches{}, err
	}
	return Matches{slices.Clone(r.chunk), slices.Clone(r.file), r.idf}, nil
}

// perCore is how many chunks a core has to have to scan before another one helps: a
// tenth of a millisecond's work, ten times what it costs to wake one.
const perCore = 1 << 15

// scan is a query at work.
type scan struct {
	s     *Snapshot
	scope Scope
	probe Probe
	terms []found
	idf   []float64
	share []spans // of each core

	sparse int // see there

	chunkFixed, chunkSlope float32
	fileFixed, fileSlope   float32

	*buffers

	// Of the second round.
	weights    Weights
	bestChunk  float32
	bestFile   float32
	bestDense  float32
	nearEnough float32
	most       int
	named      []Candidate  // what the names say, by number; see finder.find
	namedBy    []namedChunk // all definitions of that, those of a chunk best first
	fine       bool         // the third round: what is scored is scored with the fine row
	floor      float32      // of that round: a lower score cannot be among the certain ones
}

// buffers are as large as the snapshot: they are used again.
type buffers struct {
	chunk, dense, file []float32 // by number in the snapshot
}

var freeBuffers = sync.Pool{New: func() any { return &buffers{} }}

// span is a range of a part's chunks that begins and ends with a file's, or of its names.
type span struct{ part, from, to int }

// spans are what one core scans, and what it found.
type spans struct {
	list  []span
	names []span // of the parts' names, where they are looked at

	likes likes

	bestChunk, bestFile, bestDense float32
	found                          shortlist
	rescored                       int
}

func (s *Snapshot) scan(scope Scope, terms []Term, chunkBM25, fileBM25 lexical.BM25, probe Probe) *scan {
	r := &scan{s: s, scope: scope, probe: probe, sparse: sparse, buffers: freeBuffers.Get().(*buffers)}
	chunks, files := s.total()
	r.chunk, r.dense = resized(r.chunk, chunks), resized(r.dense, chunks)
	r.file = resized(r.file, files)
	clear(r.file)
	var words uint64
	live := s.Counts("")
	searched := 0
	for i := range s.parts {
		words += s.parts[i].words
		searched += s.parts[i].all
	}
	fixed, slope := chunkBM25.Norm(float64(words) / float64(max(live.Chunks, 1)))
	r.chunkFixed, r.chunkSlope = float32(fixed), float32(slope)
	fixed, slope = fileBM25.Norm(float64(words) / float64(max(live.Files, 1)))
	r.fileFixed, r.fileSlope = float32(fixed), float32(slope)
	r.idf = make([]float64, len(terms))
	for i, t := range terms {
		f := s.locate(t, chunks, searched)
		r.idf[i] = f.idf
		f.idf *= t.Weight * (chunkBM25.K1 + 1)
		f.groupIDF *= t.Weight * (fileBM25.K1 + 1)
		if len(f.lists) > 0 {
			r.terms = append(r.terms, f)
		}
	}
	r.split(chunks)
	return r
}

func (r *scan) free() { freeBuffers.Put(r.buffers) }

// resized returns a slice of n numbers, in the place of list where they fit.
func resized(list []float32, n int) []float32 {
	if cap(list) < n {
		return make([]float32, n, n+n/8)
	}
	return list[:n]
}

// split gives each core its share of so many chunks.
func (r *scan) split(chunks int) {
	cores := min(runtime.GOMAXPROCS(0), chunks/perCore+1)
	r.share = make([]spans, cores)
	each, core, taken := (chunks+cores-1)/cores, 0, 0
	for i := range r.s.parts {
		p := &r.s.parts[i]
		for from := 0; from < p.seg.chunkCount; {
			to := min(p.seg.chunkCount, from+max(1, each-taken))
			for to < p.seg.chunkCount && p.seg.fileOf[to] == p.seg.fileOf[to-1] {
				to++
			}
			r.share[core].list = append(r.share[core].list, span{i, from, to})
			if taken += to - from; taken >= each && core+1 < cores {
				core, taken = core+1, 0
			}
			from = to
		}
	}
	if chunks == 0 {
		r.share = r.share[:1]
	}
}

// run does a round.
func (r *scan) run(ctx context.Context, round func(*scan, context.Context, *spans) error) error {
	if len(r.share) == 1 {
		return round(r, ctx, &r.share[0])
	}
	return tasks.Run(ctx, func(ctx context.Context, g *tasks.Group) error {
		for i := range r.share[1:] {
			g.Go(func(ctx context.Context) error {
				debug.SetPanicOnFault(true) // rows may be mapped: see store.Guard
				return round(r, ctx, &r.share[i+1])
			})
		}
		return round(r, ctx, &r.share[0])
	})
}

// score is the first round.
func (r *scan) score(ctx context.Context, share *spans) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	w := freeWorkers.Get().(*worker)
	w.r = r
	for _, s := range share.list {
		if err := w.span(ctx, s, share); err != nil {
			return err // w may have counts of a window that was not finished
		}
	}
	w.r, w.all.GroupOf, w.all.next = nil, nil, nil
	freeWorkers.Put(w)
	return nil
}
