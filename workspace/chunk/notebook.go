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
	cells, language := readCells(s)
	if len(cells) == 0 {
		return
	}
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

// readCells finds the strings of every cell's source, and the language of the kernel, which stands behind the cells.
func readCells(s *scanner) (cells []cell, language string) {
	in := newScanner(s.text, grammarJSON)
	depth := 0
	var keys [4]string // the last key at a depth: 1 of the notebook, 3 of a cell
	c := cell{}
	for in.next() {
		t := &in.tok
		switch t.kind {
		case isString:
			inside := ""
			if t.end-t.start >= 2 {
				inside = in.text[t.start+1 : t.end-1]
			}
			value := in.prevKind == isPunct && in.prevByte == ':'
			switch {
			case depth > 0 && depth < len(keys) && !value:
				keys[depth] = inside
			case keys[1] == "cells" && keys[3] == "source" && (depth == 3 || depth == 4):
				if inside != "" {
					c.source = append(c.source, [2]int{t.start + 1, t.start + 1 + len(inside)})
				}
			case depth == 3 && keys[1] == "cells" && keys[3] == "cell_type":
				c.kind = inside
			case depth == 3 && keys[1] == "metadata" && keys[2] == "language_info" && keys[3] == "name":
				language = inside
			}
		case isPunct:
			switch t.b {
			case '{', '[':
				if depth++; depth < len(keys) {
					keys[depth] = ""
				}
				if depth == 3 {
					c = cell{}
				}
			case '}', ']':
				if depth == 3 && keys[1] == "cells" && len(c.source) > 0 {
					cells = append(cells, c)
				}
				depth = max(0, depth-1)
			}
		}
	}
	s.steps += in.steps
	switch language = strings.ToLower(language); {
	case language == "":
		language = "python"
	case language == "c#":
		language = "csharp"
	case strings.HasPrefix(language, "c++"):
		language = "cpp"
	}
	return cells, language
}

// plainCell says that a cell of code is in the kernel's language: no `%%bash`, but `%%time`, which only measures, or
// `%%writefile`, which mostly writes a module that the notebook imports.
func plainCell(text string) bool {
	if !strings.HasPrefix(text, "%%") {
		return true
	}
	for _, magic := range []string{"time", "capture", "prun", "file", "writefile"} {
		if strings.HasPrefix(text[2:], magic) {
			return true
		}
	}
	return false
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
