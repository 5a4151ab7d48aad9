package chunk

import "strings"

// markup reads tags: the lexer of XML, HTML, and of components that mix markup with scripts.
type markup struct {
	*scanner
	t         tag
	attrs     []attribute // of the tag
	noComment bool        // no comment that starts from here on ends
	noQuote   [2]int      // no value in ' or " that starts before this offset closes
	comment   [2]int      // the last comment
	unclosed  int         // expressions in braces that do not end near
	xml       bool
}

// patience is how often a search to a far limit may fail in one text before it is given up or kept short.
const patience = 32

// tag is `<name attributes>` or `</name>`, as offsets.
type tag struct {
	start, end         int
	nameStart, nameEnd int
	doc                int // where the comment directly above it starts, or start
	closing, empty     bool
}

type attribute struct{ nameStart, nameEnd, valueStart, valueEnd int }

// mostAttributes is how many are read of one tag: names and ids stand before generated ones.
const mostAttributes = 32

func (m *markup) name() string { return m.text[m.t.nameStart:m.t.nameEnd] }

// attr is the value of the first attribute with one of the names, which are separated by spaces; of its first line.
func (m *markup) attr(names string) (start, end int) {
	for _, a := range m.attrs {
		if a.valueEnd > a.valueStart && isOneOf(names, m.text[a.nameStart:a.nameEnd]) {
			value := m.text[a.valueStart:a.valueEnd]
			if i := strings.IndexByte(value, '\n'); i >= 0 {
				value = strings.TrimRight(value[:i], "\r >")
			}
			return a.valueStart, a.valueStart + len(value)
		}
	}
	return 0, 0
}

// isOneOf says that a list separated by single spaces has a word, in whatever case.
func isOneOf(list, word string) bool {
	if word == "" {
		return false
	}
	first := word[0] | 0x20
	for at := 0; at < len(list); {
		end := len(list)
		if i := strings.IndexByte(list[at:], ' '); i >= 0 {
			end = at + i
		}
		if end-at == len(word) && list[at]|0x20 == first && strings.EqualFold(list[at:end], word) {
			return true
		}
		at = end + 1
	}
	return false
}

// next moves to the next tag, over comments, declarations and instructions; false at the end of the text.
func (m *markup) next() bool {
	text := m.text
	for {
		i := strings.IndexByte(text[m.pos:], '<')
		if i < 0 || m.pos+i+1 >= len(text) {
			m.steps += len(text) - m.pos
			m.pos = len(text)
			return false
		}
		m.steps += i + 1
		at := m.pos + i
		switch c := text[at+1]; {
		case c == '!' && strings.HasPrefix(text[at:], "<!--"):
			m.pass(at, 4, "-->")
			m.comment = [2]int{at, m.pos}
		case c == '!' && strings.HasPrefix(text[at:], "<![CDATA["):
			m.pass(at, 9, "]]>")
		case c == '!':
			m.pos = at + 2
		case c == '?':
			m.pass(at, 2, "?>")
		case c == '/' && at+2 < len(text) && nameByte(text[at+2]):
			m.read(at, at+2)
			return true
		case nameByte(c) && c != '-' && c != '.' && (c < '0' || c > '9'):
			m.read(at, at+1)
			return true
		default:
			m.pos = at + 1
		}
	}
}

// pass moves behind what ends at a mark; without one only behind its opening.
func (m *markup) pass(at, size int, mark string) {
	m.pos = at + size
	if m.noComment {
		return
	}
	i := strings.Index(m.text[m.pos:], mark)
	if i < 0 {
		m.steps += len(m.text) - m.pos
		m.noComment = true
		return
	}
	m.steps += i
	m.pos += i + len(mark)
}

func nameByte(c byte) bool {
	return c == '_' || c == '-' || c == '.' || c == ':' || c >= 0x80 || alphanumeric(c)
}

func alphanumeric(c byte) bool { return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' }

// read reads the tag at at, whose name starts at name.
func (m *markup) read(at, name int) {
	text := m.text
	pos := name
	for pos < len(text) && nameByte(text[pos]) {
		pos++
	}
	m.t = tag{start: at, nameStart: name, nameEnd: pos, closing: name == at+2}
	m.t.doc = at
	if end := m.comment[1]; end > 0 && at-end < look {
		if between := m.text[end:at]; strings.TrimSpace(between) == "" && strings.Count(between, "\n") < 2 {
			m.t.doc = m.comment[0]
		}
	}
	m.attrs = m.attrs[:0]
	for pos < len(text) {
		switch c := text[pos]; c {
		case '>':
			m.t.empty = text[pos-1] == '/'
			m.finish(at, pos+1)
			return
		case '<': // the tag is not finished yet
			m.finish(at, pos)
			return
		case ' ', '\t', '\r', '\n', '/', '=':
			pos++
		case '"', '\'':
			pos = m.value(pos)
		default:
			a := attribute{nameStart: pos}
			for pos < len(text) && strings.IndexByte(" \t\r\n/=<>\"'", text[pos]) < 0 {
				pos++
			}
			a.nameEnd = pos
			for pos < len(text) && (text[pos] == ' ' || text[pos] == '\n' || text[pos] == '\r' || text[pos] == '\t') {
				pos++
			}
			if pos < len(text) && text[pos] == '=' {
				for pos++; pos < len(text) && (text[pos] == ' ' || text[pos] == '\n' || text[pos] == '\r' || text[pos] == '\t'); pos++ {
				}
				a.valueStart = pos
				if pos < len(text) && (text[pos] == '"' || text[pos] == '\'') {
					a.valueStart++
					pos = m.value(pos)
					if a.valueEnd = pos; text[pos-1] == text[a.valueStart-1] && pos > a.valueStart {
						a.valueEnd--
					}
				} else if pos < len(text) && text[pos] == '{' { // an expression of a component
					pos = m.braced(pos)
					a.valueEnd = a.valueStart
				} else {
					for pos < len(text) && strings.IndexByte(" \t\r\n<>\"'", text[pos]) < 0 {
						pos++
					}
					a.valueEnd = pos
				}
			}
			if len(m.attrs) < mostAttributes {
				m.attrs = append(m.attrs, a)
			}
		}
	}
	m.finish(at, pos)
}

func (m *markup) finish(at, end int) {
	m.t.end, m.pos = end, end
	m.steps += end - at
}

// value is the end of the quoted value at at. One whose quote is not closed yet ends where a later line starts a tag.
func (m *markup) value(at int) int {
	quote := m.text[at]
	memo := &m.noQuote[0]
	if quote == '"' {
		memo = &m.noQuote[1]
	}
	if at < *memo {
		return at + 1
	}
	i := strings.IndexByte(m.text[at+1:], quote)
	if i < 0 {
		m.steps += len(m.text) - at
		*memo = len(m.text)
		return at + 1
	}
	m.steps += i
	value := m.text[at+1 : at+1+i]
	for from := 0; ; {
		k := strings.IndexByte(value[from:], '<')
		if k < 0 {
			return at + i + 2
		}
		k += from
		before := strings.TrimRight(value[max(from, k-look):k], " \t")
		if k+1 < len(value) && (m.xml || strings.HasSuffix(before, "\n") && (value[k+1] == '/' || nameByte(value[k+1]))) {
			return at + 1 + k
		}
		from = k + 1
	}
}

// braced is the end of the expression in braces at at.
func (m *markup) braced(at int) int {
	if m.unclosed > patience {
		return at + 1
	}
	depth := 0
	for i := at; i < len(m.text) && i-at < look; i++ {
		switch m.text[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	m.steps += look
	m.unclosed++
	return at + 1
}

// raw is where the text of an element like <script> ends, whose inside is no markup: at its closing tag, or at the end of the
// text.
func (m *markup) raw(name string) (end int) {
	for pos := m.pos; ; {
		i := strings.Index(m.text[pos:], "</")
		if i < 0 {
			m.steps += len(m.text) - m.pos
			return len(m.text)
		}
		pos += i + 2
		if len(m.text)-pos >= len(name) && strings.EqualFold(m.text[pos:pos+len(name)], name) {
			m.steps += pos - m.pos
			return pos - 2
		}
	}
}

// element is one that is open.
type element struct {
	name  string
	start int
	def   int // its own, or -1
	owner int // the innermost definition around its content, or -1
	item  int // the entry of a property list that is open in it, or -1
	inner bool
}

// nearElements is how far the partner of a closing tag is searched.
const nearElements = 64

// partner is the number of the open element that a closing tag closes, or -1.
func partner(open []element, name string) int {
	for i := len(open) - 1; i >= 0 && len(open)-i <= nearElements; i-- {
		if open[i].name == name {
			return i
		}
	}
	return -1
}

var grammarXML = &grammar{outline: outlineXML}

// nearRoot is how deep an element with a name is still a symbol; the root has depth 0.
const nearRoot = 3

// outlineXML finds elements near the root that have an id or a name. Where the root is a project, as of Maven and MSBuild, its
// sections are named by their tags, and dependencies by what they depend on; in a property list its keys are.
func outlineXML(s *scanner) {
	m := &markup{scanner: s, xml: true}
	var open []element
	project, plist := false, false
	endItem := func(e *element) { // before the tag
		if e.item >= 0 {
			s.defs[e.item].end = len(strings.TrimRight(s.text[:m.t.start], " \t\r\n"))
			e.item = -1
		}
	}
	pop := func(to, end int) {
		for len(open) > to {
			e := &open[len(open)-1]
			if e.item >= 0 {
				s.defs[e.item].end = end
			}
			if e.def >= 0 {
				s.defs[e.def].end = end
				if e.def == len(s.defs)-1 && !e.inner && project && len(open) == 2 && s.text[s.defs[e.def].nameStart-1] == '<' {
					s.defs = s.defs[:e.def] // a plain value: <version>1</version>
				}
			}
			open = open[:len(open)-1]
		}
	}
	for m.next() {
		t := m.t
		name := m.name()
		if t.closing {
			if i := partner(open, name); i >= 0 {
				pop(i+1, t.start)
				endItem(&open[i])
				pop(i, t.end)
			}
			continue
		}
		depth := len(open)
		e := element{name: name, start: t.start, def: -1, owner: -1, item: -1}
		if depth > 0 {
			e.owner = open[depth-1].owner
			open[depth-1].inner = true
		} else {
			project, plist = strings.EqualFold(name, "project"), name == "plist"
		}
		d := def{start: t.start, doc: t.doc, header: t.start, body: t.end, end: t.end, kind: Object, parent: e.owner}
		switch {
		case plist && name == "key" && depth == 2:
			o := &open[depth-1]
			endItem(o)
			d.nameStart, d.nameEnd = m.content()
			d.kind, d.body, d.parent = Key, d.nameEnd, o.owner
			s.defs = append(s.defs, d)
			o.item = len(s.defs) - 1
		case depth <= nearRoot+1:
			list := "id name x:Name x:Key x:Class android:id xml:id"
			if project && isOneOf("PackageReference ProjectReference PackageVersion", name) {
				list = "Include Update"
			}
			if depth <= nearRoot {
				d.nameStart, d.nameEnd = m.attr(list)
			}
			if d.nameEnd == 0 && project && depth > 0 && !(depth == 1 && t.empty) {
				switch {
				case depth == 1:
					d.nameStart, d.nameEnd, d.kind = t.nameStart, t.nameEnd, Key
				case isOneOf("dependency plugin profile", name):
					d.nameStart, d.nameEnd = t.nameStart, t.nameEnd
				}
			}
			if project && (name == "artifactId" || name == "id") && depth > 1 {
				if p := &open[depth-1]; p.def >= 0 && s.text[s.defs[p.def].nameStart-1] == '<' && depth > 2 {
					if from, to := m.content(); to > from {
						s.defs[p.def].nameStart, s.defs[p.def].nameEnd, s.defs[p.def].body = from, to, s.defs[p.def].start
					}
				}
			}
			if d.nameEnd > d.nameStart {
				s.defs = append(s.defs, d)
				e.def = len(s.defs) - 1
				e.owner = e.def
			}
		}
		if !t.empty && depth < mostFrames {
			open = append(open, e)
		}
	}
	pop(0, len(s.text))
}

// content is the text directly behind the tag.
func (m *markup) content() (start, end int) {
	start = m.t.end
	limit := min(len(m.text), start+longestName)
	for start < limit && m.text[start] <= ' ' {
		start++
	}
	i := strings.IndexByte(m.text[start:limit], '<')
	if i < 0 {
		return 0, 0
	}
	return start, start + len(strings.TrimRight(m.text[start:start+i], " \t\r\n"))
}
