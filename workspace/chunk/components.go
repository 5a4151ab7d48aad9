package chunk

import "strings"

// Pages and components: markup around scripts and styles, which are outlined by the grammars of their languages.

var (
	grammarHTML   = &grammar{outline: outlineHTML}
	grammarVue    = &grammar{outline: outlineVue}
	grammarSvelte = &grammar{outline: outlineSvelte}
	grammarAstro  = &grammar{outline: outlineAstro}
)

// parts are elements whose id names a part of a page. The ids of other elements are targets of links.
const parts = "div section article main header footer nav aside form table ul ol dl dt dd pre figure dialog template " +
	"fieldset details"

// page is what is open while HTML is read: elements, and sections, which headings start and which end with the block around
// them at the latest.
type page struct {
	*markup
	open     []element
	sections headed
	named    []anchored
	searched [7]int // by level: no heading ends between where its search started and here
}

// anchored is an open element with an id.
type anchored struct {
	at   int // in page.open
	def  int
	base int // of the sections that are open in it
}

// outlineHTML finds headings with their sections, blocks with an id, and what scripts and styles define.
func outlineHTML(s *scanner) {
	p := &page{markup: &markup{scanner: s}, sections: headed{scanner: s}}
	for p.next() {
		t := p.t
		name := strings.ToLower(p.name())
		switch {
		case t.closing:
			if i := partner(p.open, name); i >= 0 {
				p.pop(i, t.end)
			}
		case t.empty && name != "script" || isOneOf("area base br col embed hr img input link meta source track wbr", name):
		case name == "script" || name == "style":
			p.script(name)
		case name == "svg" || name == "textarea" || name == "title":
			p.pos = p.raw(name)
		case len(name) == 2 && name[0] == 'h' && name[1] >= '1' && name[1] <= '6':
			p.heading(int(name[1] - '0'))
		default:
			p.element(name)
		}
	}
	p.pop(0, len(s.text))
	p.sections.closeAll()
}

func (p *page) element(name string) {
	if len(p.open) >= mostFrames {
		return
	}
	p.open = append(p.open, element{name: name, start: p.t.start, def: -1})
	if from, to := p.attr("id"); to > from && to-from <= longestName && isOneOf(parts, name) {
		p.defs = append(p.defs, def{
			start: p.t.start, doc: p.t.doc, header: p.t.start, body: p.t.end, end: p.t.end,
			nameStart: from, nameEnd: to, kind: Object, parent: p.owner(),
		})
		p.named = append(p.named, anchored{len(p.open) - 1, len(p.defs) - 1, len(p.sections.open)})
	}
}

func (p *page) base() int {
	if n := len(p.named); n > 0 {
		return p.named[n-1].base
	}
	return 0
}

// owner is the innermost block or section.
func (p *page) owner() int {
	if n := len(p.sections.open); n > p.base() {
		return p.sections.open[n-1].def
	}
	if n := len(p.named); n > 0 {
		return p.named[n-1].def
	}
	return -1
}

// pop closes elements down to number to.
func (p *page) pop(to, end int) {
	for len(p.open) > to {
		if n := len(p.named); n > 0 && p.named[n-1].at == len(p.open)-1 {
			b := p.named[n-1]
			for len(p.sections.open) > b.base {
				p.sections.close(p.inner(end))
			}
			p.defs[b.def].end = end
			p.named = p.named[:n-1]
		}
		p.open = p.open[:len(p.open)-1]
	}
}

// inner is where sections end in a block that ends at end: before its closing tag.
func (p *page) inner(end int) int {
	if end == p.t.end && p.t.closing {
		return p.t.start
	}
	return end
}

// heading starts the section of the heading whose tag was read. Its name is the longest run of text in it.
func (p *page) heading(level int) {
	t := p.t
	window := p.text[t.end:min(len(p.text), t.end+2*look)]
	from := min(max(0, p.searched[level]-len("</h1")-t.end), len(window))
	end := strings.Index(window[from:], "</"+p.text[t.nameStart:t.nameEnd])
	if end < 0 {
		p.steps += len(window) - from
		p.searched[level] = t.end + len(window)
		return
	}
	end += from
	p.steps += end
	nameStart, nameEnd := 0, 0
	for at := 0; at < end; {
		to := end
		if i := strings.IndexByte(window[at:end], '<'); i >= 0 {
			to = at + i
		}
		run := strings.TrimSpace(window[at:to])
		if i := strings.IndexByte(run, '\n'); i >= 0 {
			run = strings.TrimRight(run[:i], " \t\r")
		}
		if len(run) > nameEnd-nameStart {
			nameStart = at + strings.Index(window[at:to], run)
			nameEnd = nameStart + len(run)
		}
		if at = end; to < end {
			if i := strings.IndexByte(window[to:end], '>'); i >= 0 {
				at = to + i + 1
			}
		}
	}
	p.pos = t.end + end
	if nameEnd == nameStart {
		return
	}
	for base := p.base(); len(p.sections.open) > base && p.sections.open[len(p.sections.open)-1].level >= level; {
		p.sections.close(t.start)
	}
	parent := p.owner()
	nameStart, nameEnd = t.end+nameStart, t.end+nameEnd
	if nameEnd-nameStart > longestName {
		nameEnd = runeStart(p.text, nameStart+longestName)
	}
	p.defs = append(p.defs, def{
		start: t.start, doc: t.start, header: nameStart, body: nameEnd, end: t.end,
		nameStart: nameStart, nameEnd: nameEnd, kind: String, parent: parent,
	})
	if len(p.sections.open) < mostFrames {
		p.sections.open = append(p.sections.open, section{len(p.defs) - 1, level})
	}
}

// script outlines the text of the <script> or <style> whose tag was read, and moves to its closing tag.
func (m *markup) script(name string) {
	start := m.pos
	end := m.raw(name)
	m.pos = end
	if language := m.scriptLanguage(name); language != "" {
		m.embed(language, start, end)
	}
}

// scriptLanguage is what a script or style is written in, by its attributes; "" for data.
func (m *markup) scriptLanguage(name string) string {
	said := ""
	if from, to := m.attr("lang type"); to > from {
		said = strings.ToLower(m.text[from:to])
	}
	switch {
	case name == "style" && (said == "" || said == "text/css" || said == "postcss"):
		return "css"
	case name == "style":
		return strings.TrimPrefix(said, "text/")
	case said == "importmap" || strings.Contains(said, "json") || strings.Contains(said, "template") ||
		strings.Contains(said, "html") || strings.Contains(said, "x-"):
		return ""
	case strings.HasPrefix(said, "ts") || strings.Contains(said, "typescript"):
		return "typescript"
	case strings.Contains(said, "coffee"):
		return "coffeescript"
	default:
		return "javascript"
	}
}

// part adds a block of a component as a section named by its tag.
func (m *markup) part(t tag, end int) {
	m.defs = append(m.defs, def{
		start: t.start, doc: t.doc, header: t.start, body: t.end, end: end,
		nameStart: t.nameStart, nameEnd: t.nameEnd, kind: Module, parent: -1,
	})
}

// atMargin says that the tag stands in the first column, as the blocks of a component do.
func (m *markup) atMargin() bool { return m.t.start == 0 || m.text[m.t.start-1] == '\n' }

// outlineVue finds the blocks of a component: what its script defines, and the others as sections.
func outlineVue(s *scanner) {
	m := &markup{scanner: s}
	read := true // the tag is not read yet
	for !read || m.next() {
		read = true
		t, name := m.t, m.name()
		switch {
		case t.closing || t.empty:
		case name == "script":
			m.script(name)
		case name == "style":
			at := len(m.defs)
			m.part(t, t.end)
			m.script(name)
			m.defs[at].end = m.closingEnd()
		default:
			m.part(t, t.end)
			at := len(m.defs) - 1
			for depth := 1; depth > 0; {
				if !m.next() {
					m.defs[at].end = len(s.text)
					break
				}
				inner := m.name()
				if (inner == "script" || inner == "style") && m.atMargin() && !m.t.closing { // its end is not typed yet
					m.defs[at].end = len(strings.TrimRight(s.text[:m.t.start], " \t\r\n"))
					read = false
					break
				}
				if inner == name {
					if m.t.closing {
						depth--
					} else if !m.t.empty {
						depth++
					}
				}
				m.defs[at].end = m.t.end
			}
		}
	}
}

// closingEnd is the end of the closing tag at the current place.
func (m *markup) closingEnd() int {
	if i := strings.IndexByte(m.text[m.pos:min(len(m.text), m.pos+64)], '>'); i >= 0 {
		return m.pos + i + 1
	}
	return m.pos
}

// outlineSvelte finds what scripts define, styles, and snippets.
func outlineSvelte(s *scanner) {
	m := &markup{scanner: s}
	from := 0 // of the markup that is read
	for more := true; more; {
		if more = m.next(); more && (m.t.closing || m.t.empty || m.name() != "script" && m.name() != "style") {
			continue
		}
		to := len(s.text)
		if more {
			to = m.t.start
		}
		snippets(s, from, to)
		if !more {
			break
		}
		if t, at := m.t, len(m.defs); m.name() == "style" {
			m.part(t, t.end)
			m.script("style")
			m.defs[at].end = m.closingEnd()
		} else {
			m.script("script")
		}
		from = m.pos
	}
}

// snippets finds {#snippet name(...)} ... {/snippet}.
func snippets(s *scanner, from, to int) {
	const opening, closing = "{#snippet ", "{/snippet}"
	s.steps += to - from
	var open []int
	for at := from; at < to; at++ {
		i := strings.IndexByte(s.text[at:to], '{')
		if i < 0 {
			break
		}
		at += i
		switch rest := s.text[at:to]; {
		case strings.HasPrefix(rest, opening) && len(open) < mostFrames:
			name := at + len(opening)
			end := name
			for end < to && nameByte(s.text[end]) {
				end++
			}
			body, parent := s.near(end), -1
			if i := strings.IndexByte(s.text[end:body], '}'); i >= 0 {
				body = end + i
			}
			if n := len(open); n > 0 {
				parent = open[n-1]
			}
			s.defs = append(s.defs, def{
				start: at, doc: at, header: at + 1, body: body, end: to, nameStart: name, nameEnd: end, kind: Function, parent: parent,
			})
			open = append(open, len(s.defs)-1)
		case strings.HasPrefix(rest, closing) && len(open) > 0:
			s.defs[open[len(open)-1]].end = at + len(closing)
			open = open[:len(open)-1]
		}
	}
}

// outlineAstro outlines the script between the leading `---` lines, then scripts and styles.
func outlineAstro(s *scanner) {
	m := &markup{scanner: s}
	if at := s.pos + len(s.text[s.pos:]) - len(strings.TrimLeft(s.text[s.pos:], " \t\r\n")); strings.HasPrefix(s.text[at:], "---") {
		i := strings.Index(s.text[at+3:], "\n---")
		s.steps += max(i, 0)
		end := len(s.text)
		if i >= 0 {
			end = at + 3 + i
		}
		s.embed("typescript", at+3, end)
		m.pos = min(len(s.text), end+len("\n---"))
	}
	outlineStyled(m)
}

// outlineStyled finds what the scripts of markup define, and styles.
func outlineStyled(m *markup) {
	for m.next() {
		if m.t.closing || m.t.empty {
			continue
		}
		switch t := m.t; m.name() {
		case "script":
			m.script("script")
		case "style":
			at := len(m.defs)
			m.part(t, t.end)
			m.script("style")
			m.defs[at].end = m.closingEnd()
		}
	}
}
