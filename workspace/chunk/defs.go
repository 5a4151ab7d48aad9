package chunk

import "strings"

// def is a definition as the engines find it, or another stretch of a file that the packer must know (see hidden and imported).
type def struct {
	start     int // with decorators and modifiers
	end       int
	doc       int // <= start
	header    int // where the signature starts: behind the decorators
	body      int // where the signature ends
	nameStart int
	nameEnd   int
	kind      Kind
	parent    int    // in scanner.defs, or -1
	owner     string // names before its own that its header gives: a receiver, qualifiers
	hidden    bool   // holds members but is no symbol: impl, extension, a group of constants
	inner     bool   // inside a function or object: it names a chunk only where it stands alone
	imported  bool   // an import or package clause
	skipped   bool   // not worth embedding: a notebook's outputs
}

// longestName is the length past which an identifier is data rather than a name.
const longestName = 200

// mostDefs is how many definitions of a file are named: a program of 2 MB has at most some 15,000 (headers of registers more).
// What holds more is data, and is found as text.
const mostDefs = 1 << 15

// full says that no further definition is named.
func (s *scanner) full() bool { return len(s.defs) >= mostDefs }

// deepest is how many containers are named before a symbol; what is nested deeper is generated or hostile.
const deepest = 16

// label is what is said of a definition in words.
type label struct {
	container, signature string
	within               string // the container of what it holds, once that was asked for
	depth                int    // of containers
}

// symbols turns the definitions found into what Cut returns, with the label of each definition.
func (s *scanner) symbols() (list []Symbol, labels []label) {
	labels = make([]label, len(s.defs))
	n := 0
	for i := range s.defs {
		if !s.defs[i].hidden {
			n++
		}
	}
	list = make([]Symbol, 0, n)
	for i := range s.defs {
		d := &s.defs[i]
		if d.imported || d.skipped {
			continue
		}
		l := &labels[i]
		if d.parent >= 0 {
			l.container, l.depth = s.inside(d.parent, labels)
		}
		if d.owner != "" {
			l.container = join(l.container, d.owner)
		}
		if d.hidden {
			continue
		}
		l.signature = s.signature(d)
		list = append(list, Symbol{
			Name: s.text[d.nameStart:d.nameEnd], Container: l.container, Kind: d.kind, Start: d.start, End: d.end, DocStart: d.doc,
			NameStart: d.nameStart, NameEnd: d.nameEnd, Signature: l.signature,
		})
	}
	return list, labels
}

// inside is the container of what stands in definition i, and how many names that has.
func (s *scanner) inside(i int, labels []label) (container string, depth int) {
	d, l := &s.defs[i], &labels[i]
	if l.within != "" {
		return l.within, l.depth + 1
	}
	if l.depth == deepest || d.nameEnd == d.nameStart || d.hidden && d.owner != "" {
		return l.container, l.depth
	}
	name := s.text[d.nameStart:d.nameEnd]
	if d.kind != String && !s.g.styles && strings.ContainsAny(name, `:\`) { // a title is no path
		name = dotted.Replace(name)
	}
	l.within = join(l.container, name)
	return l.within, l.depth + 1
}

// dotted writes the names of namespaces as containers are written.
var dotted = strings.NewReplacer("::", ".", `\`, ".")

func join(within, name string) string {
	if within == "" {
		return name
	}
	return within + "." + name
}

// longestSignature is what fits one line of a list of results.
const longestSignature = 200

// signature is the definition's header on one line. Most headers stand on one line already and are returned as they are.
func (s *scanner) signature(d *def) string {
	header := s.text[d.header:min(max(d.body, d.nameEnd), d.end)]
	header = header[:min(len(header), 3*longestSignature)]
	plain := len(header) <= longestSignature
	for i := 0; i < len(header) && plain; i++ {
		c := header[i]
		plain = c > ' ' || c == ' ' && i+1 < len(header) && header[i+1] != ' '
	}
	if !plain {
		var line [longestSignature + 4]byte
		n := 0
		for i := 0; i < len(header) && n < len(line); i++ {
			if c := header[i]; c > ' ' {
				line[n] = c
				n++
			} else if n > 0 && line[n-1] != ' ' {
				line[n] = ' '
				n++
			}
		}
		header = string(line[:n])
		if n > longestSignature {
			header = header[:runeStart(header, longestSignature)]
		}
	}
	end := len(header)
	for end > 0 && (header[end-1] == ' ' || header[end-1] == '{' || header[end-1] == ';' || header[end-1] == ',') {
		end--
	}
	return header[:end]
}

// runeStart is the largest offset <= at that does not split a rune.
func runeStart(text string, at int) int {
	for i := at; i > at-4 && i > 0; i-- {
		if i == len(text) || text[i]&0xC0 != 0x80 {
			return i
		}
	}
	return at
}
