package index

import (
	"context"
	"math/bits"
	"sync"

	"github.com/semantic-ls/semantic-ls/vectors/lexical"
	"github.com/semantic-ls/semantic-ls/vectors/simd"
)

// worker scores windows.
type worker struct {
	r       *scan
	counts  lexical.Counts
	dots    [lexical.Window]int32
	allowed [lexical.Window / 64]uint64
	cursors []cursor // of all terms, one after the other
	ends    []int    // of each term's, in cursors
	files   []fileTally
	dense   []bool // the term is in so many chunks that all of a window are looked at, see addAll
	all     denseWindow

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
	w.dense = w.dense[:0]
	for i := range w.r.terms {
		postings := 0
		for _, l := range w.r.terms[i].in(s.part) {
			w.cursors = append(w.cursors, cursor{l.list.Cursor(uint32(first)), l.times})
			postings += int(l.list.Documents)
		}
		w.dense = append(w.dense, postings*w.r.sparse >= p.seg.chunkCount)
		w.ends = append(w.ends, len(w.cursors))
		w.files = append(w.files, fileTally{file: -1})
	}
	for from := first; from < s.to; from += lexical.Window {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		w.window(p, s, from, share)
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
	w.meaning(p, lo, hi, allowed, from, share)
	at, goesOn := 0, int32(-1) // the file that does not end with the window; no span ends within one
	if hi < p.seg.chunkCount && p.seg.fileOf[hi] == p.seg.fileOf[hi-1] {
		goesOn = int32(p.seg.fileOf[hi])
	}
	if len(w.cursors) > 0 {
		w.keepNorms(p, int(p.seg.fileOf[lo]), int(p.seg.fileOf[hi-1]))
		w.all.known = false
	}
	for t, end := range w.ends {
		if at == end {
			continue
		}
		cursors := w.cursors[at:end]
		at = end
		if allowed == nil && w.dense[t] && len(w.norms) <= lexical.Window {
			w.addAll(p, t, from, cursors, share)
		} else {
			for i := range cursors {
				c := &cursors[i]
				c.Tally(&w.counts, uint32(from), c.times)
			}
			w.add(p, t, from, allowed, share)
		}
		// A file is summed up in its last window, by terms: wherever a core's share ends, the sum has the same bits.
		if f := w.files[t]; f.file != goesOn {
			w.endFile(p, t, f, share)
			w.files[t].file = -1
		}
	}
}

// mask returns which chunks of the window count, nil where all of them do.
func (w *worker) mask(s span, from, lo, hi int) *[lexical.Window / 64]uint64 {
	of := w.r.scope.allowed[s.part]
	whole := lo == from && (hi == from+lexical.Window || hi == w.r.s.parts[s.part].seg.chunkCount)
	if of == nil && whole {
		return nil
	}
	for i := range w.allowed {
		word := ^uint64(0)
		if at := from/64 + i; of != nil && at < len(of) {
			word = of[at]
		}
		window := between(lo-from-64*i, hi-from-64*i)
		w.allowed[i] = word & window
		whole = whole && w.allowed[i] == window
	}
	if whole {
		return nil // nothing of this window is dead, nor outside the scope
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

// meaning fills in the inner products of the chunks from lo up to hi, -1 where they do not
// count. Of 64 that do not count no row is read.
func (w *worker) meaning(p *part, lo, hi int, allowed *[lexical.Window / 64]uint64, from int, share *spans) {
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
