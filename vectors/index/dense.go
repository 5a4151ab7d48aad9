package index

import (
	"unsafe"

	"github.com/semantic-ls/semantic-ls/vectors/lexical"
	"github.com/semantic-ls/semantic-ls/vectors/simd"
)

// sparse is of how many chunks one has a term, about, from which on all chunks of a window are scored, in the processor's
// vector instructions: that is less work than to go from one that has it to the next. With 8 BM25 takes 3 % longer. Where
// there are no such instructions every second must have it, which has not been measured.
var sparse = func() int {
	if simd.FloatsAreFast() {
		return 24
	}
	return 2
}()

// denseWindow is what a worker has to score all chunks of a window.
type denseWindow struct {
	lexical.Sums // all 0 between two terms

	norms [lexical.Window]float32
	files [lexical.Window]uint32 // of the last chunks of a part, see Sums.GroupOf
	next  []byte                 // rows of the next window, to be asked for meanwhile
	known bool                   // that this is of the window under way
}

// ones are what the lengths of chunks are multiplied with, which simd.Scale has no other way to leave out.
var ones = func() (list [lexical.Window]float32) {
	for i := range list {
		list[i] = 1
	}
	return list
}()

// addAll is add for a term that many chunks of the window have, all of which count.
func (w *worker) addAll(p *part, t, from int, cursors []cursor, share *spans) {
	r, a := w.r, &w.all
	to := min(from+lexical.Window, p.seg.chunkCount)
	if !a.known {
		w.prepare(p, from, to)
	}
	some := false
	for i := range cursors {
		c := &cursors[i]
		some = c.Sum(&a.Sums, uint32(from), c.times) || some
	}
	if !some {
		return
	}
	term := &r.terms[t]
	n := to - from
	most := simd.SaturateShort(r.chunk[int(p.chunkBase)+from:int(p.chunkBase)+to], a.Times[:n], a.norms[:n],
		simd.Saturation{Weight: float32(term.idf), Fixed: r.chunkFixed})
	share.bestChunk = max(share.bestChunk, most)
	clear(a.Times[:n])

	first := w.normsFrom
	// The file under way may go on here, and the last one of these in the next window.
	if last := w.files[t]; last.file >= int32(first) {
		a.Groups[int(last.file)-first] += int32(last.count)
	} else {
		w.endFile(p, t, last, share)
	}
	last := len(w.norms) - 1
	for last > 0 && a.Groups[last] == 0 {
		last--
	}
	w.files[t] = fileTally{int32(first + last), uint32(a.Groups[last])}
	base := int(p.fileBase) + first
	most = simd.Saturate(r.file[base:base+last], a.Groups[:last], w.norms[:last], simd.Saturation{Weight: float32(term.groupIDF)})
	share.bestFile = max(share.bestFile, most)
	clear(a.Groups[:len(w.norms)])
}

// prepare is for the first such term of a window.
func (w *worker) prepare(p *part, from, to int) {
	a := &w.all
	lengths := p.seg.postings.Lengths()[from:to]
	signed := unsafe.Slice((*int32)(unsafe.Pointer(unsafe.SliceData(lengths))), len(lengths)) // none has 2^31 words
	simd.Scale(a.norms[:len(signed)], signed, ones[:len(signed)], w.r.chunkSlope)
	a.First = uint32(w.normsFrom)
	if from+lexical.Window <= len(p.seg.fileOf) {
		a.GroupOf = (*[lexical.Window]uint32)(p.seg.fileOf[from:])
	} else {
		copy(a.files[:], p.seg.fileOf[from:to])
		a.GroupOf = &a.files
	}
	a.known = true
	a.next = p.seg.rows[min(len(p.seg.rows), to*p.seg.dimensions):min(len(p.seg.rows), (to+lexical.Window)*p.seg.dimensions)]
	if a.Meanwhile == nil {
		a.Meanwhile = a.fetchSome
	}
}

// fetchSome asks for some of the next window's rows.
func (a *denseWindow) fetchSome() {
	n := min(fetchedAtOnce, len(a.next))
	simd.Fetch(a.next[:n])
	a.next = a.next[n:]
}

// fetchedAtOnce is how many bytes are asked for each time, see lexical.Sums. Without, a query of 1M chunks takes a tenth
// more time on one core; 4 kB could not be told from this.
const fetchedAtOnce = 2048
