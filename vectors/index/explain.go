package index

import (
	"context"
	"slices"

	"github.com/semantic-ls/semantic-ls/vectors/lexical"
)

// Standing is how a chunk stands in a retrieval.
type Standing struct {
	// The signals, as Weights multiply them: 0 to 1, but for rounding.
	Chunk, File, Dense, Name float32

	Score  float32 // their weighted sum, as of a Candidate
	Found  bool    // it is in the scope and has a term, a name or a vector that is near enough
	Before int     // how many of those that are found score more, by the query rounded
}

// Explained is what Explain returns.
type Explained struct {
	Retrieved
	Standings []Standing // of each chunk that was asked about
	Found     int        // chunks, among which candidates are chosen
	Beside    []Named    // as Named, in those chunks that are no candidates
}

// Explain is Retrieve, and says how the chunks with these numbers stand in it. It
// returns the context's error when that ends first.
func (s *Snapshot) Explain(ctx context.Context, scope Scope, q Query, ids []uint32) (e Explained, err error) {
	r := s.scan(scope, q.Terms, q.Chunks, q.Files, q.Probe)
	defer r.free()
	if e.Retrieved, err = r.retrieve(ctx, q); err != nil {
		return Explained{}, err
	}
	chosen := make(map[uint32]bool, len(e.Candidates)+len(ids))
	for _, c := range e.Candidates {
		chosen[c.ID] = true
	}
	var beside []Candidate
	for _, id := range ids {
		e.Standings = append(e.Standings, r.standing(id))
		if !chosen[id] {
			chosen[id], beside = true, append(beside, Candidate{ID: id})
		}
	}
	e.Beside = r.shown(beside)
	if e.Found, err = r.place(ctx, e.Standings); err != nil {
		return Explained{}, err
	}
	return e, nil
}

func (r *scan) standing(id uint32) Standing {
	i := r.s.partNumber(id)
	p := &r.s.parts[i]
	chunk := id - p.chunkBase
	if !r.scope.has(i, int(chunk)) {
		return Standing{}
	}
	file := p.fileBase + p.seg.fileOf[chunk]
	share := func(x, best float32) float32 {
		if best <= 0 {
			return 0
		}
		return x / best
	}
	st := Standing{
		Chunk: share(r.chunk[id], r.bestChunk), File: share(r.file[file], r.bestFile),
		Dense: share(max(r.fineDense(p, chunk), 0), r.bestDense),
		Score: r.scoreOf(id, file) + r.finer(p, chunk),
		Found: r.chunk[id] != 0 || r.dense[id] >= r.nearEnough,
	}
	if at, ok := find(r.named, id); ok {
		st.Name, st.Found = r.named[at].Score, true
		st.Score += float32(r.weights.Name * st.Name)
	}
	return st
}

// place counts the chunks that are found, and for each standing those that score more.
func (r *scan) place(ctx context.Context, standings []Standing) (found int, err error) {
	scores := make([]float32, len(standings))
	for i, st := range standings {
		scores[i] = st.Score
	}
	slices.Sort(scores)
	above := make([]int, len(scores)+1) // how many score more than so many of scores
	count := func(score float32, n int) {
		at, _ := slices.BinarySearch(scores, score)
		above[at] += n
		found += n
	}
	for i := range r.s.parts {
		p := &r.s.parts[i]
		for c := range p.seg.chunkCount {
			if c%lexical.Window == 0 && ctx.Err() != nil {
				return 0, context.Cause(ctx)
			}
			id := p.chunkBase + uint32(c)
			if r.chunk[id] != 0 || r.dense[id] >= r.nearEnough {
				count(r.scoreOf(id, p.fileBase+p.seg.fileOf[c]), 1)
			}
		}
	}
	for _, n := range r.named {
		score := r.scoreOf(n.ID, n.File)
		if r.chunk[n.ID] != 0 || r.dense[n.ID] >= r.nearEnough {
			count(score, -1)
		}
		count(score+float32(r.weights.Name*n.Score), 1)
	}
	for i := len(above) - 2; i >= 0; i-- {
		above[i] += above[i+1]
	}
	for i := range standings {
		if st := &standings[i]; st.Found {
			at, _ := slices.BinarySearch(scores, st.Score)
			st.Before = above[at+1]
		}
	}
	return found, nil
}
