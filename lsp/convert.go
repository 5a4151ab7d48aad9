package lsp

import (
	"path/filepath"
	"runtime"
	"strings"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/semantic-ls/semantic-ls/vectors/search"
	"github.com/semantic-ls/semantic-ls/workspace/text"
)

// pathOf returns the absolute, clean path of a file: URI. ok is false for everything else: untitled:,
// vscode-remote:, a file on another host. Such documents exist in the editor only; they are accepted wherever
// a document may be named, and are part of no index.
func pathOf(raw string) (path string, ok bool) {
	if len(raw) <= len("file:") || !strings.EqualFold(raw[:len("file:")], "file:") {
		return "", false
	}
	u, err := uri.Parse(raw)
	if err != nil || !u.IsFile() {
		return "", false
	}
	if host := u.Authority(); runtime.GOOS != "windows" && host != "" && !strings.EqualFold(host, "localhost") {
		return "", false
	}
	if strings.EqualFold(u.Authority(), "localhost") {
		path = u.Path()
	} else {
		path = u.FsPath()
	}
	if !filepath.IsAbs(path) || strings.ContainsRune(path, 0) {
		return "", false
	}
	return filepath.Clean(path), true
}

// uriOf is the URI of an absolute path, in the spelling that VS Code uses as a key.
func uriOf(path string) string { return string(uri.File(path)) }

// places converts offsets into positions of one client. Fifty symbols lie in as many documents, with a place or two in
// each: what that takes of a document is done once.
type places struct {
	encoding text.Encoding
	texts    map[string]text.Few // by path
	uri      func(path string) string

	cells  map[string][]*placedCell // of open notebooks, by path
	isCell func(path, uri string) bool
}

func (s *server) places() *places {
	return &places{
		encoding: s.encoding, texts: map[string]text.Few{}, uri: s.uri, cells: map[string][]*placedCell{},
		isCell: func(path, uri string) bool {
			of, ok := s.notebookOf(uri)
			return ok && of == path
		},
	}
}

func (p *places) of(h search.Hit) text.Few {
	few, known := p.texts[h.Path]
	if !known {
		few = text.NewFew(h.Text)
		p.texts[h.Path] = few
	}
	return few
}

// positions are those of a text: *text.Lines, text.Few and *text.Many.
type positions interface {
	Position(offset int, enc text.Encoding) text.Position
}

func (p *places) span(in positions, start, end int) span {
	return span{Start: p.position(in, start), End: p.position(in, end)}
}

func (p *places) position(in positions, offset int) position {
	at := in.Position(offset, p.encoding)
	return position{Line: count(at.Line), Character: count(at.Character)}
}

// whole is the range of what was found.
func (p *places) whole(h search.Hit) span { return p.span(p.of(h), h.Start, h.End) }

// selection is where the cursor goes: to the name, or where there is none to the line that says why, if it
// lies in what was found, or to the start of that.
func (p *places) selection(h search.Hit) span {
	lines := p.of(h)
	if h.NameEnd > h.NameStart {
		return p.span(lines, h.NameStart, h.NameEnd)
	}
	if h.Snippet != "" {
		start, end := lines.Line(h.SnippetStart)
		if h.Start <= start && end <= h.End {
			return p.span(lines, start, end)
		}
	}
	return p.span(lines, h.Start, h.Start)
}

// hits converts what was found, in its order. The result is never nil.
func (s *server) hits(found []search.Hit) []hitPayload { return s.places().hits(found) }

func (p *places) hits(found []search.Hit) []hitPayload {
	out := make([]hitPayload, 0, len(found))
	for _, h := range found {
		at := p.at(h)
		out = append(out, hitPayload{
			URI:            at.uri,
			Range:          at.whole,
			SelectionRange: at.selection,
			Symbol:         h.Symbol,
			Container:      h.Container,
			Kind:           kindOf(h),
			Language:       h.Language,
			Score:          h.Score,
			Snippet:        at.snippet,
			Reason:         h.Reason,
		})
	}
	return out
}

// kindOf is the kind of a hit as the protocol numbers kinds. Our zero, text of no symbol, it does not know.
func kindOf(h search.Hit) protocol.SymbolKind {
	if h.Kind == 0 {
		return protocol.SymbolKindFile
	}
	return protocol.SymbolKind(h.Kind)
}
