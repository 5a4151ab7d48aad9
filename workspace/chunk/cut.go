package chunk

import (
	"fmt"
	"sort"
	"strings"
)

// Cut finds the definitions of a file and cuts it into chunks. It takes any text, valid UTF-8 or not, complete or half typed,
// in time linear in its length; path only names the language. Where the outline fails, which is a bug (see File.Fault), the
// text is cut by paragraphs: one file must not cost the folder. Safe for concurrent use.
func Cut(path, text string) (f File) {
	defer func() {
		if fault := recover(); fault != nil {
			f = File{Language: f.Language, Chunks: outline(text, plainText).pack(nil), Fault: fmt.Sprint(fault)}
		}
	}()
	s, labels := find(path, text, &f)
	if text != "" {
		f.Chunks = s.pack(labels)
	}
	return f
}

// Outline is Cut without the chunks, in two thirds of the time.
func Outline(path, text string) (f File) {
	defer func() {
		if fault := recover(); fault != nil {
			f = File{Language: f.Language, Fault: fmt.Sprint(fault)}
		}
	}()
	find(path, text, &f)
	return f
}

// find sets the language and the symbols of a file.
func find(path, text string, f *File) (s *scanner, labels []label) {
	var g *grammar
	if l := detect(path, text); l != nil {
		f.Language, g = l.name, l.grammar
	}
	s = outline(text, g)
	f.Symbols, labels = s.symbols()
	return s, labels
}

var plainText = &grammar{}

// outline runs the language's engine over the text.
func outline(text string, g *grammar) *scanner {
	if g == nil {
		g = plainText
	}
	s := newScanner(text, g)
	s.grammars = grammarNamed
	if g.outline != nil {
		g.outline(s)
		s.order()
	}
	return s
}

// order puts definitions by where they start, parents first, and keeps every parent around its children. Engines emit what
// has a body when it opens and the rest when it ends, so mostly nothing moves.
func (s *scanner) order() {
	defs := s.defs
	less := func(a, b *def) bool { return a.start < b.start || a.start == b.start && a.end > b.end }
	sorted := true
	for i := 1; i < len(defs) && sorted; i++ {
		sorted = !less(&defs[i], &defs[i-1])
	}
	if !sorted {
		from := make([]int, len(defs))
		for i := range from {
			from[i] = i
		}
		sort.SliceStable(from, func(i, k int) bool { return less(&defs[from[i]], &defs[from[k]]) })
		to := make([]int, len(defs))
		moved := make([]def, len(defs))
		for i, old := range from {
			to[old], moved[i] = i, defs[old]
		}
		for i := range moved {
			if p := moved[i].parent; p >= 0 {
				moved[i].parent = to[p]
			}
		}
		s.defs, defs = moved, moved
	}
	for i := range defs { // bounds hold whatever the text
		d := &defs[i]
		if d.nameStart < d.start || d.nameEnd <= d.nameStart || d.nameEnd > len(s.text) || d.nameEnd-d.nameStart > longestName {
			d.nameStart, d.nameEnd, d.hidden = d.start, d.start, true // half a declaration: no name to show
		}
		d.end = min(max(d.end, d.nameEnd, d.start), len(s.text))
		d.header = min(max(d.header, d.start), max(d.nameStart, d.start))
		d.body = min(max(d.body, d.nameEnd), d.end)
		d.doc = min(d.doc, d.start)
		if d.parent >= i {
			d.parent = -1
		}
	}
}

// licences are words that tell a licence header from a comment worth finding, and directives of tools likewise.
var licences = []string{
	"copyright", "licen", "spdx", "all rights reserved", "generated", "do not edit", "go:build", "+build", "eslint", "-*-", "vim:", "pylint", "prettier",
	"@ts-", "istanbul", "clang-format", "coding:",
}

// tellsNothing says that a comment is a licence, a directive or a ruler.
func tellsNothing(comment string) bool {
	if strings.HasPrefix(comment, "#!") {
		return true
	}
	letters := false
	for i := 0; i < len(comment) && !letters; i++ {
		c := comment[i]
		letters = c >= 0x80 || c|0x20 >= 'a' && c|0x20 <= 'z'
	}
	if !letters {
		return true
	}
	comment = comment[:min(len(comment), look)]
	for i := range len(comment) {
		for _, w := range licencesBy[comment[i]] {
			if len(comment)-i >= len(w) && strings.EqualFold(comment[i:i+len(w)], w) {
				return true
			}
		}
	}
	return false
}

// licencesBy are the licences by their first byte, in either case.
var licencesBy = func() (by [256][]string) {
	for _, w := range licences {
		by[w[0]] = append(by[w[0]], w)
		if w[0] >= 'a' && w[0] <= 'z' {
			by[w[0]-'a'+'A'] = append(by[w[0]-'a'+'A'], w)
		}
	}
	return by
}()
