package chunk

import (
	"strings"
	"unicode/utf8"
)

var grammarNotebook = &grammar{outline: outlineNotebook}

// cell is one of a notebook.
type cell struct {
	kind   string // "code", "markdown", "raw"
	source [][2]int
}

// outlineNotebook reads a Jupyter notebook. A search sees the source of its cells: headings of Markdown, whose sections reach
// over cells, and definitions of code, each at the bytes of the JSON strings that spell it. Everything else, outputs and metadata
// above all, is skipped, so chunks follow cells.
func outlineNotebook(s *scanner) {
	cells := readCells(s)
	if len(cells) == 0 {
		return
	}
	language := notebookLanguage(s)
	h := &headed{scanner: s}
	last := 0
	for _, c := range cells {
		from, to := c.source[0][0], c.source[len(c.source)-1][1]
		s.defs = append(s.defs, def{start: last, doc: last, end: from, skipped: true, parent: -1})
		last = to
		text, places := decodeCell(s.text, c.source)
		s.steps += to - from
		switch {
		case c.kind == "markdown":
			in := newScanner(text, grammarMarkdown)
			eachHeading(in, func(start, end, nameStart, nameEnd, level int) {
				h.heading(places.start(start), places.end(end), places.start(nameStart), places.end(nameEnd), level)
			})
			s.steps += in.steps
		case c.kind == "code" && plainCell(text):
			if g := s.grammars(language); g != nil && g.outline != nil {
				s.adopt(s.inner(text, g), places.start, places.end)
			}
		}
	}
	h.closeAll()
	s.defs = append(s.defs, def{start: last, doc: last, end: len(s.text), skipped: true, parent: -1})
}

// readCells finds the strings of every cell's source.
func readCells(s *scanner) (cells []cell) {
	in := newScanner(s.text, grammarJSON)
	depth, listed, reading := 0, false, false
	key := "" // of the notebook or of a cell
	c := cell{}
	for in.next() {
		t := &in.tok
		inside := in.text[t.start:t.end]
		if t.kind == isString && t.end-t.start >= 2 {
			inside = in.text[t.start+1 : t.end-1]
		}
		switch {
		case t.kind == isString && reading && depth == 4, t.kind == isString && depth == 3 && listed && key == "source" && in.prevByte == ':':
			if inside != "" {
				c.source = append(c.source, [2]int{t.start + 1, t.start + 1 + len(inside)})
			}
		case t.kind == isString && depth == 3 && key == "cell_type" && in.prevByte == ':':
			c.kind = inside
		case t.kind == isString && (depth == 1 || depth == 3) && in.prevByte != ':':
			key = inside
		case t.kind != isPunct:
		case t.b == '{' || t.b == '[':
			depth++
			listed = listed || depth == 2 && key == "cells"
			if depth == 3 {
				c = cell{}
			}
			reading = depth == 4 && listed && key == "source"
		case t.b == '}' || t.b == ']':
			if depth == 3 && listed && len(c.source) > 0 {
				cells = append(cells, c)
			}
			if depth == 2 {
				listed = false
			}
			reading = reading && depth != 4
			depth = max(0, depth-1)
		}
	}
	s.steps += in.steps
	return cells
}

// notebookLanguage is the language of the kernel, which a notebook names behind its cells.
func notebookLanguage(s *scanner) string {
	at := strings.LastIndex(s.text, `"language_info"`)
	s.steps += len(s.text) - max(at, 0)
	if at >= 0 {
		info := s.text[at:min(len(s.text), at+look)]
		if i := strings.Index(info, `"name"`); i >= 0 {
			if parts := strings.SplitN(info[i+len(`"name"`):], `"`, 3); len(parts) == 3 {
				switch name := strings.ToLower(parts[1]); {
				case strings.HasPrefix(name, "c++"):
					return "cpp"
				case name == "c#":
					return "csharp"
				default:
					return name
				}
			}
		}
	}
	return "python"
}

// plainCell says that a cell of code is in the kernel's language: no `%%bash`, but `%%time`, which only measures.
func plainCell(text string) bool {
	return !strings.HasPrefix(text, "%%") || strings.HasPrefix(text, "%%time") || strings.HasPrefix(text, "%%capture")
}

// decodeCell joins JSON strings to the text they stand for.
func decodeCell(text string, list [][2]int) (decoded string, places passages) {
	var b strings.Builder
	put := func(from, to int, what string) {
		places = append(places, passage{b.Len(), len(what), from, to - from})
		b.WriteString(what)
	}
	for _, part := range list {
		at, end := part[0], part[1]
		for at < end {
			i := strings.IndexByte(text[at:end], '\\')
			if i < 0 {
				put(at, end, text[at:end])
				break
			}
			if i > 0 {
				put(at, at+i, text[at:at+i])
				at += i
			}
			size, what := 2, ""
			if at+1 < end {
				switch c := text[at+1]; c {
				case 'n':
					what = "\n"
				case 't':
					what = "\t"
				case 'r':
					what = "\r"
				case 'u':
					size = 6
					what = string(hexRune(text[at+2 : min(end, at+6)]))
				default:
					what = text[at+1 : at+2]
				}
			}
			size = min(size, end-at)
			if what == "" || len(what) == size { // as long as its source: not to be taken for plain text
				what = "??????"[:max(1, size-1)]
			}
			put(at, at+size, what)
			at += size
		}
	}
	return b.String(), places
}

// hexRune is the rune of a \u escape; half of a surrogate pair stands for a letter.
func hexRune(digits string) rune {
	r := rune(0)
	for i := range len(digits) {
		c := digits[i] | 0x20
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 | rune(c-'0')
		case c >= 'a' && c <= 'f':
			r = r<<4 | rune(c-'a'+10)
		}
	}
	if r >= 0xD800 && r <= 0xDFFF || !utf8.ValidRune(r) {
		return 'X'
	}
	return r
}
