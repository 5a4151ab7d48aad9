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
	p := &packer{scanner: s}
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
		p.add(segment{start: start, end: end, def: k, scope: scope, alone: p.standsAlone(d, size)})
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
	if p.g.marks == nil {
		p.split(start, end, segment{def: -1, scope: -1})
		return
	}
	at, skip := start, true
	first := true
	p.runs(start, end, func(pos int, tells bool) {
		if first || tells != skip {
			cut := p.lineStart(pos)
			if !first && cut > at {
				p.split(at, cut, segment{def: -1, scope: -1, skip: skip})
				at = cut
			}
			first, skip = false, tells
		}
	})
	p.split(at, end, segment{def: -1, scope: -1, skip: skip})
}

// runs calls yield for every token and comment of a stretch, with whether it tells nothing. Punctuation is passed over.
func (p *packer) runs(start, end int, yield func(pos int, skip bool)) {
	s := newScanner(p.text[:end], p.g)
	if s.pos < start {
		s.pos, s.line = start, start
	}
	k := sort.Search(len(p.defs), func(i int) bool { return p.defs[i].end > start })
	above, aboveEnd := -1, 0 // comments of adjacent lines are one
	flush := func() {
		if above >= 0 {
			yield(above, tellsNothing(p.text[above:aboveEnd]))
			above = -1
		}
	}
	s.comments = func(from, to int) {
		if from < start {
			return
		}
		if above >= 0 && strings.Count(p.text[aboveEnd:from], "\n") > 1 {
			flush()
		}
		if above < 0 {
			above = from
		}
		aboveEnd = to
	}
	for s.next() {
		flush()
		at := s.tok.start
		for k < len(p.defs) && (p.defs[k].end <= at || !p.defs[k].imported) && p.defs[k].start <= at {
			k++
		}
		switch {
		case k < len(p.defs) && p.defs[k].imported && p.defs[k].start <= at:
			yield(at, true)
		case s.tok.kind == isPunct:
		case s.tok.kind == isDirective:
			yield(at, true)
		case s.tok.kind == isString && strings.HasPrefix(p.text[at+1:max(at+1, min(s.tok.end, at+12))], "use strict"):
			yield(at, true)
		default:
			yield(at, false)
		}
	}
	flush()
	p.steps += s.steps
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
	for at := start; at < window; {
		i := strings.IndexByte(p.text[at:window], '\n')
		if i < 0 {
			break
		}
		blank := i == 0 || i == 1 && p.text[at] == '\r'
		at += i + 1
		if at-start < least || at >= end {
			continue
		}
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
		for shown >= 0 && p.defs[shown].hidden && p.defs[shown].nameEnd == p.defs[shown].nameStart {
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
