package index

import (
	"context"
	"math/bits"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/vectors/lexical"
	"github.com/semantic-ls/semantic-ls/vectors/simd"
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

// Name is a term under which Having finds chunks, and how much that counts.
type Name struct {
	Term   uint64
	Weight float64
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
}

// Retrieved is what Retrieve found.
type Retrieved struct {
	Candidates []Candidate // the best ones of the scope, best first
	IDF        []float64   // of each term, among the chunks; 0 where none has it
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
	if err := r.run(ctx, (*scan).score); err != nil {
		return Retrieved{}, err
	}
	r.sumUp(q)
	r.named = r.namedIn(q.Names)
	if err := r.run(ctx, (*scan).collect); err != nil {
		return Retrieved{}, err
	}
	found := r.best()
	result := Retrieved{IDF: r.idf, Candidates: found, Rescored: len(found)}
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
	named      []Candidate // what the names say, see namedIn
	fine       bool        // the third round: what is scored is scored with the fine row
	floor      float32     // of that round: a lower score cannot be among the certain ones
}

// buffers are as large as the snapshot: they are used again.
type buffers struct {
	chunk, dense, file []float32 // by number in the snapshot
}

var freeBuffers = sync.Pool{New: func() any { return &buffers{} }}

// span is a range of a part's chunks that begins and ends with a file's.
type span struct{ part, from, to int }

// spans are what one core scans, and what it found.
type spans struct {
	list []span

	bestChunk, bestFile, bestDense float32
	found                          shortlist
	rescored                       int
}

func (s *Snapshot) scan(scope Scope, terms []Term, chunkBM25, fileBM25 lexical.BM25, probe Probe) *scan {
	r := &scan{s: s, scope: scope, probe: probe, buffers: freeBuffers.Get().(*buffers)}
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
	w.r = nil
	freeWorkers.Put(w)
	return nil
}

// worker scores windows.
type worker struct {
	r       *scan
	counts  lexical.Counts
	dots    [lexical.Window]int32
	allowed [lexical.Window / 64]uint64
	cursors []cursor // of all terms, one after the other
	ends    []int    // of each term's, in cursors
	files   []fileTally

	norms     []float32 // of the window's files, see norm
	normsFrom int
}

type cursor struct {
	lexical.Cursor
	times uint32
}

// fileTally counts a term in the file under way.
type fileTally struct {
	file  int32 // -1: none
	count uint32
}

var freeWorkers = sync.Pool{New: func() any { return &worker{} }}

// span scores a span of chunks.
func (w *worker) span(ctx context.Context, s span, share *spans) error {
	p := &w.r.s.parts[s.part]
	first := s.from &^ (lexical.Window - 1)
	w.cursors, w.ends, w.files, w.norms = w.cursors[:0], w.ends[:0], w.files[:0], w.norms[:0]
	for i := range w.r.terms {
		for _, l := range w.r.terms[i].in(s.part) {
			w.cursors = append(w.cursors, cursor{l.list.Cursor(uint32(first)), l.times})
		}
		w.ends = append(w.ends, len(w.cursors))
		w.files = append(w.files, fileTally{file: -1})
	}
	for from := first; from < s.to; from += lexical.Window {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		w.window(p, s, from, share)
	}
	for t := range w.files {
		w.endFile(p, t, w.files[t], share)
	}
	return nil
}

// window scores the chunks of a part from from on, as far as they are in the span.
func (w *worker) window(p *part, s span, from int, share *spans) {
	lo, hi := max(from, s.from), min(from+lexical.Window, s.to)
	base := int(p.chunkBase)
	chunk := w.r.chunk[base+lo : base+hi]
	clear(chunk)
	allowed := w.mask(s, from, lo, hi)
	w.dense(p, lo, hi, allowed, from, share)
	at := 0
	if len(w.cursors) > 0 {
		w.keepNorms(p, int(p.seg.fileOf[lo]), int(p.seg.fileOf[hi-1]))
	}
	for t, end := range w.ends {
		if at == end {
			continue
		}
		for ; at < end; at++ {
			c := &w.cursors[at]
			c.Tally(&w.counts, uint32(from), c.times)
		}
		w.add(p, t, from, allowed, share)
	}
}

// mask returns which chunks of the window count, nil where all of them do.
func (w *worker) mask(s span, from, lo, hi int) *[lexical.Window / 64]uint64 {
	of := w.r.scope.allowed[s.part]
	if of == nil && lo == from && (hi == from+lexical.Window || hi == w.r.s.parts[s.part].seg.chunkCount) {
		return nil
	}
	for i := range w.allowed {
		word := ^uint64(0)
		if at := from/64 + i; of != nil && at < len(of) {
			word = of[at]
		}
		w.allowed[i] = word & between(lo-from-64*i, hi-from-64*i)
	}
	return &w.allowed
}

// between returns a word with the bits from lo up to hi set; both may lie outside it.
func between(lo, hi int) uint64 {
	below := func(n int) uint64 {
		switch {
		case n <= 0:
			return 0
		case n >= 64:
			return ^uint64(0)
		}
		return 1<<n - 1
	}
	return below(hi) &^ below(lo)
}

// add adds what term t, counted, says to the scores of the window's chunks, in order,
// and on the way to those of their files.
func (w *worker) add(p *part, t, from int, allowed *[lexical.Window / 64]uint64, share *spans) {
	r := w.r
	idf, fixed, slope := float32(r.terms[t].idf), r.chunkFixed, r.chunkSlope
	to := min(from+lexical.Window, p.seg.chunkCount)
	scores := r.chunk[int(p.chunkBase)+from : int(p.chunkBase)+to]
	// Of one length, so that one comparison is enough for all three.
	lengths, fileOf := p.seg.postings.Lengths()[from:to][:len(scores)], p.seg.fileOf[from:to][:len(scores)]
	best := share.bestChunk
	file := w.files[t]
	for i := range w.counts.Any {
		marked := w.counts.Any[i]
		if marked == 0 {
			continue
		}
		w.counts.Any[i] = 0
		if allowed != nil {
			for drop := marked &^ allowed[i]; drop != 0; drop &= drop - 1 {
				w.counts.Times[(64*i+bits.TrailingZeros64(drop))%lexical.Window] = 0
			}
			marked &= allowed[i]
		}
		for ; marked != 0; marked &= marked - 1 {
			k := (64*i + bits.TrailingZeros64(marked)) % lexical.Window
			count := w.counts.Times[k]
			w.counts.Times[k] = 0
			if k >= len(scores) {
				continue // no list reaches behind the last chunk
			}
			x := float32(count)
			score := scores[k] + idf*x/(x+fixed+float32(slope*float32(lengths[k])))
			scores[k] = score
			if score > best {
				best = score
			}
			if f := int32(fileOf[k]); f != file.file {
				w.endFile(p, t, file, share)
				file = fileTally{file: f}
			}
			file.count += uint32(count)
		}
	}
	w.files[t] = file
	share.bestChunk = best
}

// endFile adds what term t says to the score of the file that it was counted in.
func (w *worker) endFile(p *part, t int, file fileTally, share *spans) {
	if file.file < 0 {
		return
	}
	r := w.r
	x := float32(file.count)
	score := &r.file[int(p.fileBase)+int(file.file)]
	*score += float32(r.terms[t].groupIDF) * x / (x + w.norm(p, file.file))
	if *score > share.bestFile {
		share.bestFile = *score
	}
}

// norm is the part of a file's BM25 that depends on its length. Those of the window's
// files are kept: each term asks for them, and the records that tell are far apart.
func (w *worker) norm(p *part, file int32) float32 {
	if i := int(file) - w.normsFrom; uint(i) < uint(len(w.norms)) {
		return w.norms[i]
	}
	return w.r.fileFixed + float32(w.r.fileSlope*float32(p.seg.fileWords(int(file))))
}

// keepNorms makes those of the files from first to last.
func (w *worker) keepNorms(p *part, first, last int) {
	w.normsFrom, w.norms = first, w.norms[:0]
	for file := first; file <= last; file++ {
		w.norms = append(w.norms, w.r.fileFixed+float32(w.r.fileSlope*float32(p.seg.fileWords(file))))
	}
}

// dense fills in the inner products of the chunks from lo up to hi, -1 where they do not
// count. Of 64 that do not count no row is read.
func (w *worker) dense(p *part, lo, hi int, allowed *[lexical.Window / 64]uint64, from int, share *spans) {
	if allowed == nil {
		share.bestDense = max(share.bestDense, w.products(p, lo, hi))
		return
	}
	dense := w.r.dense[p.chunkBase:]
	most := float32(0)
	for i := 0; i < len(allowed); {
		start, none := max(lo, from+64*i), allowed[i] == 0
		for i++; i < len(allowed) && (allowed[i] == 0) == none; i++ {
		}
		end := min(hi, from+64*i)
		switch {
		case start >= end:
		case none:
			for c := start; c < end; c++ {
				dense[c] = -1
			}
		default:
			most = max(most, w.products(p, start, end))
		}
	}
	for i, word := range allowed {
		if word == 0 {
			continue
		}
		for drop := between(lo-from-64*i, hi-from-64*i) &^ word; drop != 0; drop &= drop - 1 {
			dense[from+64*i+bits.TrailingZeros64(drop)] = -1
		}
	}
	if most > share.bestDense { // it may be of a chunk that does not count
		most = 0
		for _, x := range dense[lo:hi] {
			if x > most {
				most = x
			}
		}
	}
	share.bestDense = max(share.bestDense, most)
}

// products fills in the inner products of the chunks from lo up to hi, and returns the
// greatest.
func (w *worker) products(p *part, lo, hi int) (most float32) {
	base, n := int(p.chunkBase), p.seg.dimensions
	dense := w.r.dense[base+lo : base+hi]
	query := w.r.probe.coarse
	if query.Scale == 0 || n != len(query.Data) {
		clear(dense)
		return 0
	}
	dots := w.dots[:hi-lo]
	simd.Dots(dots, query.Data, p.seg.rows[lo*n:hi*n])
	return simd.Scale(dense, dots, p.seg.scales[lo:hi], query.Scale)
}

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

// namedIn returns the chunks of the scope that have a name, by number, each once, with
// the weight of the best one as their score.
func (r *scan) namedIn(names []Name) []Candidate {
	var list []Candidate
	for _, n := range names {
		r.s.Having(n.Term, func(id uint32) {
			i := r.s.partNumber(id)
			p := &r.s.parts[i]
			at := id - p.chunkBase
			if r.scope.has(i, int(at)) {
				list = append(list, Candidate{id, p.fileBase + p.seg.fileOf[at], float32(n.Weight)})
			}
		})
	}
	slices.SortFunc(list, func(a, b Candidate) int {
		if a.ID != b.ID {
			return int(int64(a.ID) - int64(b.ID))
		}
		return compareScores(a, b)
	})
	return slices.CompactFunc(list, func(a, b Candidate) bool { return a.ID == b.ID })
}

// find looks for a number among candidates in their order.
func find(list []Candidate, id uint32) (int, bool) {
	return slices.BinarySearchFunc(list, id, func(c Candidate, id uint32) int { return int(int64(c.ID) - int64(id)) })
}
