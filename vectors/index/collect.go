package index

import (
	"context"
	"math/bits"
	"slices"

	"github.com/semantic-ls/semantic-ls/vectors/lexical"
	"github.com/semantic-ls/semantic-ls/vectors/simd"
)

// sumUp prepares the second round.
func (r *scan) sumUp(q Query) {
	// What is not in the scope stands as -1.
	r.weights, r.nearEnough, r.most = q.Weights, max(q.NearEnough, -0.99), q.Most
	r.bestDense = q.Confident
	for i := range r.share {
		r.bestChunk = max(r.bestChunk, r.share[i].bestChunk)
		r.bestFile = max(r.bestFile, r.share[i].bestFile)
		r.bestDense = max(r.bestDense, r.share[i].bestDense)
	}
	// What is 0 everywhere must not be divided by.
	share := func(weight, best float32) float32 {
		if best <= 0 {
			return 0
		}
		return weight / best
	}
	r.weights.Chunk = share(r.weights.Chunk, r.bestChunk)
	r.weights.File = share(r.weights.File, r.bestFile)
	r.weights.Dense = share(r.weights.Dense, r.bestDense)
}

// collect is the second round: the best of a core's share.
func (r *scan) collect(ctx context.Context, share *spans) error {
	share.found = shortlist{most: r.most, least: -1}
	for _, s := range share.list {
		p := &r.s.parts[s.part]
		for from := s.from; from < s.to; from += lexical.Window {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			r.collectSome(p, from, min(s.to, from+lexical.Window), &share.found)
		}
	}
	return nil
}

// markedAtOnce is how many chunks are compared with the lowest score of the shortlist
// before that is asked for again: as it rises, fewer are marked. A query of 10,000 chunks
// takes the same time with 256 to 1,024, and 5 to 10 % more with 4,096.
const markedAtOnce = 512

// collectSome offers chunks to the shortlist. Most cannot be in it, whatever their file
// says: those are passed in the processor's vector instructions.
func (r *scan) collectSome(p *part, from, to int, found *shortlist) {
	base := int(p.chunkBase)
	chunk, dense := r.chunk[base+from:base+to], r.dense[base+from:base+to]
	fileOf := p.seg.fileOf[from:to]
	files := r.file[p.fileBase:]
	w := r.weights
	bound := r.bound()
	var marks [markedAtOnce / 64]uint64
	for at := 0; at < len(chunk); at += markedAtOnce {
		n := min(markedAtOnce, len(chunk)-at)
		chunk, dense, fileOf := chunk[at:at+n], dense[at:at+n], fileOf[at:at+n]
		marked := marks[:(n+63)/64]
		bound.Least = found.least
		simd.Above(marked, chunk, dense, bound)
		for i, word := range marked {
			for ; word != 0; word &= word - 1 {
				k := 64*i + bits.TrailingZeros64(word)
				file := fileOf[k]
				// The bound rounds as this does, so that what it leaves out is not above it.
				score := bound.Sum(chunk[k], dense[k]) + float32(w.File*files[file])
				if score > found.least {
					found.offer(keyOf(score, uint32(base+from+at+k)))
				}
			}
		}
	}
}

// collectFine is the third round, which few queries need: whatever scores at least floor
// is scored again with the fine row of the query.
func (r *scan) collectFine(ctx context.Context, share *spans) error {
	share.found = shortlist{most: r.most, least: -1}
	bound := r.bound()
	for _, s := range share.list {
		p := &r.s.parts[s.part]
		for c := s.from; c < s.to; c++ {
			if (c-s.from)%lexical.Window == 0 && ctx.Err() != nil {
				return context.Cause(ctx)
			}
			id := p.chunkBase + uint32(c)
			chunk, dense := r.chunk[id], r.dense[id]
			if chunk == 0 && dense < r.nearEnough {
				continue
			}
			score := bound.Sum(chunk, dense) + float32(r.weights.File*r.file[p.fileBase+p.seg.fileOf[c]])
			if score < r.floor {
				continue
			}
			share.rescored++
			if score += r.finer(p, uint32(c)); score > share.found.least {
				share.found.offer(keyOf(score, id))
			}
		}
	}
	return nil
}

// bound is what a chunk has to reach, but for the least of the shortlist: the best
// file's score is more than what its own can add.
func (r *scan) bound() simd.Bound {
	return simd.Bound{A: r.weights.Chunk, B: r.weights.Dense, Plus: float32(r.weights.File * r.bestFile), Near: r.nearEnough}
}

// score of one chunk, as collectSome gives it.
func (r *scan) scoreOf(id, file uint32) float32 {
	bound := r.bound()
	return bound.Sum(r.chunk[id], r.dense[id]) + float32(r.weights.File*r.file[file])
}

// best puts together what the cores found, and what the names say, best first.
func (r *scan) best() []Candidate {
	all := r.share[0].found
	for i := range r.share[1:] {
		for _, key := range r.share[i+1].found.keys {
			all.offer(key)
		}
	}
	if len(r.named) > 0 {
		all.keys = slices.DeleteFunc(all.keys, func(key uint64) bool {
			_, id := ofKey(key)
			_, ok := find(r.named, id)
			return ok
		})
	}
	for _, n := range r.named {
		score := r.scoreOf(n.ID, n.File) + float32(r.weights.Name*n.Score)
		if r.fine {
			p := r.s.partOf(n.ID)
			score += r.finer(p, n.ID-p.chunkBase)
		}
		all.offer(keyOf(score, n.ID))
	}
	all.drop()
	slices.Sort(all.keys)
	list := make([]Candidate, len(all.keys))
	for i, key := range all.keys {
		c := &list[len(list)-1-i]
		c.Score, c.ID = ofKey(key)
		p := r.s.partOf(c.ID)
		c.File = p.fileBase + p.seg.fileOf[c.ID-p.chunkBase]
	}
	return list
}

// find looks for a number among candidates in their order.
func find(list []Candidate, id uint32) (int, bool) {
	return slices.BinarySearchFunc(list, id, func(c Candidate, id uint32) int { return int(int64(c.ID) - int64(id)) })
}
