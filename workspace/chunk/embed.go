package chunk

import "sort"

// A file may hold text of other languages: scripts in markup, cells of notebooks. The language's own engine outlines it, and its
// definitions are carried over to the offsets of the file.

// embed outlines text[start:end] as a language and adds what is defined there, outside of all containers.
func (s *scanner) embed(language string, start, end int) {
	if g := s.grammars(language); g != nil && g.outline != nil && start < end {
		s.adopt(s.inner(s.text[start:end], g), func(at int) int { return start + at }, func(at int) int { return start + at })
	}
}

// inner runs a grammar over a text of its own.
func (s *scanner) inner(text string, g *grammar) *scanner {
	in := newScanner(text, g)
	in.grammars = s.grammars
	g.outline(in)
	in.order()
	s.steps += in.steps
	return in
}

// adopt adds the definitions of an inner text; from and to say where a start and an end stand in the outer one.
func (s *scanner) adopt(in *scanner, from, to func(at int) int) {
	base := len(s.defs)
	for _, d := range in.defs {
		if d.parent >= 0 {
			d.parent += base
		}
		d.doc, d.start, d.header, d.nameStart = from(d.doc), from(d.start), from(d.header), from(d.nameStart)
		d.end, d.body, d.nameEnd = to(d.end), to(d.body), to(d.nameEnd)
		s.defs = append(s.defs, d)
	}
}

// passage is a stretch of decoded text and where it stands in the file. Text of another length than its source is one escape.
type passage struct{ at, size, source, sourceSize int }

// passages map decoded text back to the file, in order.
type passages []passage

func (p passages) find(at int) passage {
	i := sort.Search(len(p), func(i int) bool { return p[i].at > at })
	return p[max(i-1, 0)]
}

// start is where the decoded byte at at comes from.
func (p passages) start(at int) int {
	f := p.find(at)
	if f.size != f.sourceSize {
		return f.source
	}
	return f.source + min(at-f.at, f.size)
}

// end is where the decoded byte before at comes from, and ends.
func (p passages) end(at int) int {
	if at == 0 {
		return p[0].source
	}
	f := p.find(at - 1)
	if f.size != f.sourceSize {
		return f.source + f.sourceSize
	}
	return f.source + min(at-f.at, f.size)
}
