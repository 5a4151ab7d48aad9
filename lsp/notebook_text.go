package lsp

import (
	"encoding/json"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/semantic-ls/semantic-ls/vectors/search"
	"github.com/semantic-ls/semantic-ls/workspace/text"
)

// The document of an open notebook is a notebook as Jupyter stores it, in lines that are as easily read as written:
//
//	{"semantic-ls":"cells of an editor","metadata":{"language_info":{"name":"python"}},"cells":[
//	{"cell_type":"code","id":"vscode-notebook-cell:/w/n.ipynb#a","source":[
//	"import os\n",
//	"print(os.name)"
//	]}
//	,{"cell_type":"markdown","id":...,"source":[
//	]}
//	]}
//
// A line of a cell is a line there. What is found in it says itself which cell it is in and where, also when the notebook
// has changed since.
const notebookMark = `{"semantic-ls":"cells of an editor",`

const (
	cellLine   = `{"cell_type":`
	sourceOpen = `"source":[`
	sourceEnd  = `]}`
)

func beginNotebook(b *strings.Builder, language string) {
	b.WriteString(notebookMark + `"metadata":{"language_info":{"name":`)
	b.WriteString(quoted(language))
	b.WriteString("}},\"cells\":[\n")
}

// addCell writes a cell, as far as b does not get longer than most bytes by more than a line.
func addCell(b *strings.Builder, first bool, c notebookCell, source string, most int) {
	kind := "code"
	if c.markup() {
		kind = "markdown"
	}
	if !first {
		b.WriteByte(',')
	}
	b.WriteString(cellLine + `"` + kind + `","id":` + quoted(c.URI) + `,` + sourceOpen + "\n")
	for at, line := range lines(source) {
		if b.Len() > most {
			return
		}
		if at > 0 {
			b.WriteString(",\n")
		}
		b.WriteString(quoted(line))
	}
	if source != "" {
		b.WriteByte('\n')
	}
	b.WriteString(sourceEnd + "\n")
}

func endNotebook(b *strings.Builder) { b.WriteString("]}\n") }

// lines yields the lines of a text with their endings, and where they begin.
func lines(s string) func(yield func(at int, line string) bool) {
	return func(yield func(int, string) bool) {
		index := text.NewLines(s)
		for i := range index.Count() {
			start, end := index.Start(i), index.Start(i+1)
			if start < end && !yield(start, s[start:end]) {
				return
			}
		}
	}
}

// quoted is a JSON string.
func quoted(s string) string {
	raw, err := encode(s)
	if err != nil {
		return `""` // no string fails
	}
	return string(raw)
}

// cellsOf takes the document of an open notebook apart; nil for any other text.
func cellsOf(document string) (cells []*placedCell) {
	if !strings.HasPrefix(document, notebookMark) {
		return nil
	}
	var c *placedCell
	var source strings.Builder // of c
	for at, line := range lines(document) {
		head := strings.TrimPrefix(line, ",")
		switch {
		case strings.HasPrefix(head, cellLine):
			var of struct{ ID string }
			if json.Unmarshal([]byte(head+sourceEnd), &of) != nil {
				return nil
			}
			c = &placedCell{uri: of.ID}
			source.Reset()
			cells = append(cells, c)
		case c != nil && strings.HasPrefix(line, `"`):
			spelled := strings.TrimRight(line, ",\n")
			var decoded string
			if json.Unmarshal([]byte(spelled), &decoded) != nil {
				return nil
			}
			c.lines = append(c.lines, placedLine{start: at + 1, end: at + len(spelled) - 1, at: source.Len()})
			source.WriteString(decoded)
		case c != nil && strings.HasPrefix(line, sourceEnd):
			c.text = source.String()
		}
	}
	return cells
}

// placedCell is a cell in the document of its notebook.
type placedCell struct {
	uri   string
	text  string
	lines []placedLine
	index *text.Lines // of text; nil until it is needed
}

// placedLine is one that stands in document[start:end], escaped, and begins at at in its cell.
type placedLine struct{ start, end, at int }

// cellAt returns the cell that a place in the document is in, or the last before it that has a text.
func cellAt(cells []*placedCell, offset int) (found *placedCell) {
	for _, c := range cells {
		if len(c.lines) > 0 && (found == nil || c.lines[0].start <= offset) {
			found = c
		}
	}
	return found
}

// inCell is the place in the cell of one in the document, or the nearest.
func (c *placedCell) inCell(document string, offset int) int {
	i := sort.Search(len(c.lines), func(i int) bool { return c.lines[i].start > offset }) - 1
	if i < 0 {
		return 0
	}
	l := c.lines[i]
	at := l.at
	for from := l.start; from < min(offset, l.end); {
		size, is := escaped(document[from:l.end])
		if from += size; from > offset {
			break
		}
		at += is
	}
	return at
}

// inDocument is the place in the document of one in the cell.
func (c *placedCell) inDocument(document string, offset int) int {
	i := sort.Search(len(c.lines), func(i int) bool { return c.lines[i].at > offset }) - 1
	if i < 0 {
		return 0
	}
	l := c.lines[i]
	from := l.start
	for at := l.at; at < offset && from < l.end; {
		size, is := escaped(document[from:l.end])
		from, at = from+size, at+is
	}
	return from
}

// escaped is how many bytes the first character of what stands in a JSON string takes there, and how many it is.
func escaped(s string) (size, is int) {
	if s[0] != '\\' {
		return 1, 1
	}
	if len(s) < 6 || s[1] != 'u' {
		return min(2, len(s)), 1
	}
	r, err := strconv.ParseUint(s[2:6], 16, 16)
	if err != nil {
		return 6, 1
	}
	return 6, utf8.RuneLen(rune(r)) // no half of a pair: the one who wrote it leaves what is no control character as it is
}

func (c *placedCell) positions() *text.Lines {
	if c.index == nil {
		c.index = text.NewLines(c.text)
	}
	return c.index
}

// location is where a client finds a hit.
type location struct {
	uri       string
	whole     span
	selection span
	snippet   string
}

// at is where a hit is: in the cell of an open notebook, or in its file.
func (p *places) at(h search.Hit) location {
	if !strings.HasPrefix(h.Text, notebookMark) {
		return location{p.uri(h.Path), p.whole(h), p.selection(h), h.Snippet}
	}
	cells, ok := p.cells[h.Path]
	if !ok {
		cells = cellsOf(h.Text)
		p.cells[h.Path] = cells
	}
	anchor := h.Start
	switch {
	case h.NameEnd > h.NameStart:
		anchor = h.NameStart
	case h.Snippet != "":
		anchor = h.SnippetStart
	}
	c := cellAt(cells, anchor)
	if c == nil || !p.isCell(h.Path, c.uri) {
		return location{uri: p.uri(h.Path), snippet: h.Snippet} // closed since, and what the file says there nobody knows
	}
	lines := c.positions()
	in := func(offset int) int { return c.inCell(h.Text, offset) }
	start, end := in(h.Start), in(h.End)
	out := location{uri: c.uri, whole: p.span(lines, start, max(start, end)), snippet: h.Snippet}
	line := lines.Line(in(anchor))
	switch {
	case h.NameEnd > h.NameStart:
		out.selection = p.span(lines, in(h.NameStart), in(h.NameEnd))
	default:
		out.selection = p.span(lines, max(start, lines.Start(line)), max(start, min(end, lines.End(line))))
	}
	if h.Snippet != "" {
		line = lines.Line(in(h.SnippetStart))
		out.snippet = strings.TrimSpace(c.text[lines.Start(line):lines.End(line)])
	}
	return out
}
