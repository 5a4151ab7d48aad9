package chunk

import (
	"sort"
	"strings"
)

// Sizes of chunks in bytes. Between 750 and 6,000 the size hardly moves ranking (retrieval over 81 questions of development
// repositories), so they are chosen for what a result shows: about a screen.
const (
	target = 1500          // siblings are merged, and large definitions split, towards this
	rest   = target + 500  // what is left of a definition is not split again below this
	most   = 4000          // no chunk is larger, whatever the text
	alone  = 500           // a definition of this size stands in a chunk of its own
	told   = 200           // and so does a documented one of this size
	crumb  = 160           // a remark of at most this size goes with the definition after it
	least  = target / 3    // a piece cut off a definition is at least this long
	slack  = most - most/8 // where a line without ends is cut, a separator behind this is preferred
)

// packer cuts a text into segments along its definitions, then merges small neighbours into chunks.
type packer struct {
	*scanner
	list []segment
}

// segment is a stretch of text that stays whole: a small definition, a piece of a large one, or what stands between.
type segment struct {
	start int
	end   int
	def   int  // whose text it is, or -1
	scope int  // the definition around it, or -1: only segments of one scope are merged
	alone bool // not merged
	skip  bool
	filed bool // only punctuation and blanks
}

func (s *scanner) pack(labels []label) []Chunk {
	p := &packer{scanner: s, list: make([]segment, 0, 8+len(s.text)/(target/2))}
	p.region(0, len(s.text), 0, len(s.defs), -1)
	p.settle()
	return p.merge(labels)
}

// region cuts text[start:end], which holds the definitions lo to hi, all inside the definition scope.
func (p *packer) region(start, end, lo, hi, scope int) {
	cursor := start
	for k := lo; k < hi; {
		d := &p.defs[k]
		next := k + 1 + sort.Search(hi-k-1, func(i int) bool { return p.defs[k+1+i].start >= d.end })
		if d.imported || d.end <= cursor {
			k++
			continue
		}
		if d.inner && d.kind.callable() && d.end-d.doc <= target { // told by what surrounds it
			k = next
			continue
		}
		if d.skipped {
			if d.start > cursor {
				p.gap(cursor, d.start, scope)
			}
			cursor = min(d.end, end)
			p.split(max(d.start, start), cursor, segment{def: -1, scope: scope, skip: true})
			k = next
			continue
		}
		from := max(cursor, p.lineStart(d.doc))
		limit := end
		if next < hi {
			limit = max(d.end, min(end, p.lineStart(p.defs[next].doc)))
		}
		to := min(p.tail(d.end), limit)
		if from > cursor {
			p.gap(cursor, from, scope)
		}
		if to > from {
			p.definition(from, to, k, next, scope)
			cursor = to
		}
		k = next
	}
	if end > cursor {
		p.gap(cursor, end, scope)
	}
}

// lineStart moves back over the white space before at to where its line starts.
func (p *packer) lineStart(at int) int {
	for i := at; i > 0 && at-i < look; i-- {
		switch p.text[i-1] {
		case '\n':
			return i
		case ' ', '\t':
		default:
			return at
		}
	}
	if at < look {
		return 0
	}
	return at
}

// tail moves on to the end of the line, and over blank lines, when only punctuation or a short remark follows.
func (p *packer) tail(at int) int {
	remark := false
	for i := at; i < len(p.text) && i-at < 200; i++ {
		c := p.text[i]
		if c == '\n' {
			at = i + 1
			break
		}
		remark = remark || c == '/' || c == '#' || c == '-'
		if p.g.inside[c] && !remark {
			return at
		}
	}
	for i := at; i < len(p.text) && i-at < target; i++ {
		switch p.text[i] {
		case '\n':
			at = i + 1
		case ' ', '\t', '\r':
		default:
			return at
		}
	}
	return at
}

// definition cuts definition k with those inside it, k+1 to next.
func (p *packer) definition(start, end, k, next, scope int) {
	d := &p.defs[k]
	size := end - start
	if size <= target && !p.crowded(size, k, next) {
		s := segment{start: start, end: end, def: k, scope: scope, alone: p.standsAlone(d, size)}
		if d.inner && !s.alone && scope >= 0 {
			s.def = scope
		}
		p.add(s)
		return
	}
	if next > k+1 {
		p.region(start, end, k+1, next, k)
		return
	}
	p.split(start, end, segment{def: k, scope: scope, alone: true})
}

// standsAlone says that a definition is shown better by itself than among its neighbours.
func (p *packer) standsAlone(d *def, size int) bool {
	if d.hidden {
		return false
	}
	return size >= alone || size >= told && d.doc < d.start && (d.kind.callable() || d.kind.holds())
}

// crowded says that a definition, though small enough for one chunk, holds members that deserve their own, or what is skipped.
func (p *packer) crowded(size, k, next int) bool {
	for i := k + 1; i < next; i++ {
		if p.defs[i].skipped {
			return true
		}
	}
	if size < alone+told || !p.defs[k].kind.holds() {
		return false
	}
	for i := k + 1; i < next; i++ {
		if d := &p.defs[i]; d.kind.callable() && p.standsAlone(d, d.end-d.doc) {
			return true
		}
	}
	return false
}

// gap cuts what stands between definitions. In a file, imports and licences are told from the rest.
func (p *packer) gap(start, end, scope int) {
	if scope >= 0 {
		p.split(start, end, segment{def: scope, scope: scope, filed: p.idle(start, end)})
		return
	}
	if p.idle(start, end) {
		p.split(start, end, segment{def: -1, scope: -1, filed: true})
		return
	}
	if p.g.marks == nil || p.full() {
		p.split(start, end, segment{def: -1, scope: -1})
		return
	}
	var list []segment
	add := func(s segment) {
		if n := len(list); n > 1 && !s.skip && list[n-1].skip && list[n-1].end-list[n-1].start <= crumb && !list[n-2].skip {
			list[n-2].end = s.end // a ruler between statements parts nothing
			list = list[:n-1]
			return
		}
		list = append(list, s)
	}
	at, skip := start, true
	first := true
	p.runs(start, end, func(pos int, skips bool) {
		if first || skips != skip {
			cut := p.lineStart(pos)
			if !first && cut > at {
				add(segment{start: at, end: cut, def: -1, scope: -1, skip: skip})
				at = cut
			}
			first, skip = false, skips
		}
	})
	add(segment{start: at, end: end, def: -1, scope: -1, skip: skip})
	for _, s := range list {
		p.split(s.start, s.end, s)
	}
}

// runs calls yield for what tells something in a stretch, and for what does not: licences, directives and imports. Each counts
// until the next. Punctuation is passed over.
func (p *packer) runs(start, end int, yield func(pos int, skip bool)) {
	remarks, begin := p.remarks, p.begin
	if !p.whole { // the engine has a lexer of its own
		s := newScanner(p.text[:end], p.g)
		if s.pos < start {
			s.pos, s.line = start, start
		}
		for s.next() {
		}
		p.steps += s.steps
		remarks, begin = s.remarks, s.begin
	}
	r := &run{packer: p, yield: yield, above: -1}
	r.def = sort.Search(len(p.defs), func(i int) bool { return p.defs[i].end > start })
	at := max(start, begin)
	for i := sort.Search(len(remarks), func(i int) bool { return remarks[i].start >= start }); i < len(remarks) && remarks[i].start < end; i++ {
		m := &remarks[i]
		r.code(at, m.start)
		if m.directive {
			r.flush()
			yield(m.start, true)
		} else {
			r.comment(m.start, min(m.end, end))
		}
		at = max(at, m.end)
	}
	r.code(at, end)
	r.flush()
}

// run is the state of runs.
type run struct {
	*packer
	yield    func(pos int, skip bool)
	def      int // of defs, the next that may be an import
	above    int // where comments of adjacent lines, which are one, start, or -1
	aboveEnd int
}

func (r *run) flush() {
	if r.above >= 0 {
		r.yield(r.above, tellsNothing(r.text[r.above:r.aboveEnd]))
		r.above = -1
	}
}

func (r *run) comment(start, end int) {
	if r.above >= 0 && strings.Count(r.text[r.aboveEnd:start], "\n") > 1 {
		r.flush()
	}
	if r.above < 0 {
		r.above = start
	}
	r.aboveEnd = end
}

// code takes what stands between comments: imports tell nothing, other names, numbers and strings do.
func (r *run) code(at, end int) {
	for at < end {
		for r.def < len(r.defs) && r.defs[r.def].start < end && (!r.defs[r.def].imported || r.defs[r.def].end <= at) {
			r.def++
		}
		if r.def == len(r.defs) || r.defs[r.def].start >= end {
			r.tell(at, end)
			return
		}
		d := &r.defs[r.def]
		if d.start > at {
			r.tell(at, d.start)
			at = d.start
		}
		for at < min(end, d.end) && r.blank(r.text[at]) {
			at++
		}
		if at < min(end, d.end) {
			r.flush()
			r.yield(at, true)
		}
		at = d.end
	}
}

// tell looks for what tells something in code without comments and imports.
func (r *run) tell(at, end int) {
	p := r.packer
	from, glued := at, at // punctuation directly before a word goes with it
	for ; at < end; at++ {
		c := p.text[at]
		if p.blank(c) {
			glued = at + 1
			continue
		}
		r.flush()
		const strict = "use strict"
		switch {
		case p.g.inside[c]:
		case c != '"' && c != '\'' && c != '`':
			continue
		case strings.HasPrefix(p.text[at+1:], strict):
			r.yield(at, true)
			at = min(at+len(strict)+1, end-1)
			glued = at + 1
			continue
		}
		r.yield(glued, false)
		break
	}
	p.steps += at - from
}

// idle says that a stretch has no letters or digits.
func (p *packer) idle(start, end int) bool {
	for i := start; i < end; i++ {
		switch c := p.text[i]; {
		case c >= 0x80, c|0x20 >= 'a' && c|0x20 <= 'z', c >= '0' && c <= '9':
			p.steps += i - start
			return false
		}
	}
	p.steps += end - start
	return true
}

// split adds a stretch as segments of about the target, cut where a line ends, rather before a blank line and where the
// text is least indented.
func (p *packer) split(start, end int, as segment) {
	for end-start > rest {
		cut := p.cut(start, end)
		as.start, as.end = start, cut
		p.add(as)
		start = cut
	}
	if end > start {
		as.start, as.end = start, end
		p.add(as)
	}
}

func (p *packer) cut(start, end int) int {
	best, cost := 0, 1<<30
	window := min(start+rest, end)
	p.steps += rest
	for at := start + least - 1; at < window; {
		i := strings.IndexByte(p.text[at:window], '\n')
		if i < 0 {
			break
		}
		at += i + 1
		if at >= end {
			break
		}
		blank := strings.HasSuffix(p.text[start:at], "\n\n") || strings.HasSuffix(p.text[start:at], "\n\r\n")
		if next := p.text[at]; next == '\n' || next == '\r' { // cut behind the last of several blank lines
			continue
		}
		c := p.indent(at) * 16
		if !blank {
			c += 160
		}
		if d := at - start - target; d < 0 {
			c -= d / 4
		} else {
			c += d / 4
		}
		if c < cost {
			best, cost = at, c
		}
	}
	if best > 0 {
		return best
	}
	window = min(start+most, end)
	if i := strings.IndexByte(p.text[start+least:window], '\n'); i >= 0 {
		return start + least + i + 1
	}
	if end-start <= most {
		return end
	}
	if i := strings.LastIndexAny(p.text[start+slack:window], ";}, "); i >= 0 {
		return start + slack + i + 1
	}
	return runeStart(p.text, window)
}

func (p *packer) add(s segment) { p.list = append(p.list, s) }

// settle gives punctuation between segments to its neighbour, and a short remark to the definition it precedes.
func (p *packer) settle() {
	list := p.list
	out := list[:0]
	for i := 0; i < len(list); i++ {
		s := list[i]
		if n := len(out); n > 0 && s.filed && !out[n-1].skip && s.end-out[n-1].start <= most && s.end-s.start <= crumb {
			out[n-1].end = s.end
			continue
		}
		if i+1 < len(list) {
			next := &list[i+1]
			between := !s.alone && !s.skip && s.def == s.scope && i > 0
			if next.def >= 0 && next.def != next.scope && (s.filed || between && next.alone && next.scope == s.scope) &&
				s.end-s.start <= crumb && next.end-s.start <= most {
				next.start = s.start
				continue
			}
		}
		out = append(out, s)
	}
	p.list = out
}

// merge joins small neighbours and makes the chunks.
func (p *packer) merge(labels []label) []Chunk {
	chunks := make([]Chunk, 0, len(p.list))
	for i := 0; i < len(p.list); {
		s := p.list[i]
		shown, weight := s.def, p.weight(&s)
		skip := s.skip || s.filed
		k := i + 1
		for ; k < len(p.list) && !s.alone; k++ {
			n := &p.list[k]
			if n.alone || n.scope != s.scope || n.end-s.start > target || (n.skip || n.filed) != skip {
				break
			}
			if w := p.weight(n); w > weight {
				shown, weight = n.def, w
			}
			s.end = n.end
		}
		c := Chunk{Start: s.start, End: s.end, Skip: skip}
		for shown >= 0 && p.defs[shown].hidden && (p.defs[shown].nameEnd == p.defs[shown].nameStart || p.defs[shown].kind == Text) {
			shown = p.defs[shown].parent
		}
		if shown >= 0 {
			d := &p.defs[shown]
			if d.hidden {
				labels[shown].signature = p.signature(d)
			}
			c.Symbol, c.Container, c.Kind = p.text[d.nameStart:d.nameEnd], labels[shown].container, d.kind
			c.NameStart, c.NameEnd, c.Signature = d.nameStart, d.nameEnd, labels[shown].signature
		}
		chunks = append(chunks, c)
		i = k
	}
	return chunks
}

// weight ranks the segments of a chunk for which of them names it.
func (p *packer) weight(s *segment) int {
	if s.def < 0 {
		return -1
	}
	size := s.end - s.start
	switch d := &p.defs[s.def]; {
	case s.def == s.scope && s.start <= d.nameStart && d.nameStart < s.end:
		return size + 3*most // the head of the type around the others
	case s.def == s.scope:
		return 0
	case d.kind.callable() || d.kind.holds():
		return size + most
	default:
		return size
	}
}
