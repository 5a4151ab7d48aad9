package lsp

import (
	"context"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/semantic-ls/semantic-ls/vectors/search"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

// symbolLimit is how many symbols a query gets: two screens of a picker. Each is in another file, all of which are read to
// say where it stands now: a hundred would take a third longer.
const symbolLimit = 50

// qualifiedLimit bounds, in bytes, a query that names are shown with: longer than anyone types one, and each of the symbols
// repeats it.
const qualifiedLimit = 256

// nameLimit bounds the name of a hit that has none of its own, in runes: a picker's column.
const nameLimit = 80

// workspaceSymbol answers any editor's symbol search: the whole query is one question, filters in it included, and the
// symbols come best first. Their form is WorkspaceSymbol with a full location, which is SymbolInformation too; for a client
// that resolves ranges those are left out which would take an outline of the file. With a token for partial results the
// symbols come in parts, in their order, before an empty answer.
func (s *server) workspaceSymbol(docs workspace.Documents, params json.RawMessage) (work, error) {
	var p workspaceSymbolParams
	if err := decode(params, &p); err != nil {
		return work{}, err
	}
	partial, err := token(p.PartialResultToken)
	if err != nil {
		return work{}, err
	}
	return work{run: func(ctx context.Context) (any, error) {
		query, err := criteria{}.ask(p.Query)
		if err != nil {
			return nil, err
		}
		query.Limit, query.Unplaced = symbolLimit, s.client.resolvesRanges
		if strings.TrimSpace(p.Query) == "" {
			return json.RawMessage("[]"), nil
		}
		e, done := s.use()
		defer done()
		answer, err := e.Search(ctx, docs, query)
		if err != nil {
			return nil, err
		}
		found := s.symbols(answer.Hits, query.Text)
		if partial == nil {
			raw, err := protocol.Marshal(found)
			return json.RawMessage(raw), err
		}
		for some := range slices.Chunk(found, partialHits) {
			raw, err := protocol.Marshal(some)
			if err != nil {
				return nil, err
			}
			s.tell(ctx, protocol.MethodProgress, progressParams{Token: partial, Value: json.RawMessage(raw)})
		}
		return json.RawMessage("[]"), nil
	}}, nil
}

func (s *server) symbols(found []search.Hit, query string) protocol.WorkspaceSymbolSlice {
	p := s.places()
	out := make(protocol.WorkspaceSymbolSlice, 0, len(found))
	for _, h := range found {
		if h.Unplaced && strings.HasPrefix(h.Text, notebookMark) { // which cell it is in cannot be told later
			if d, ok := indexing.DefinitionOf(h.Path, h.Text, h.Symbol, h.Container, h.Kind, h.Start); ok {
				h.Start, h.End, h.NameStart, h.NameEnd = d.DocStart, d.End, d.NameStart, d.NameEnd
			}
			h.Unplaced = false
		}
		var symbol protocol.WorkspaceSymbol
		if h.Unplaced {
			symbol.Location = &protocol.LocationUriOnly{URI: uri.URI(p.uri(h.Path))}
			data, err := encode(symbolData{h.Symbol, h.Container, int(h.Kind), h.Start})
			if err != nil {
				continue // a struct of texts and numbers has no error
			}
			symbol.Data = protocol.LSPAny(data)
		} else {
			where := p.at(h)
			at := where.selection
			h.Snippet = where.snippet
			symbol.Location = &protocol.Location{URI: uri.URI(where.uri), Range: protocol.Range{
				Start: protocol.Position{Line: uint32(at.Start.Line), Character: uint32(at.Start.Character)},
				End:   protocol.Position{Line: uint32(at.End.Line), Character: uint32(at.End.Character)},
			}}
		}
		symbol.Name, symbol.Kind = qualifiedAs(nameOf(h), h, query), kindOf(h)
		if h.Container != "" {
			symbol.ContainerName = &h.Container
		}
		out = append(out, symbol)
	}
	return out
}

// nameOf is what a picker shows: the symbol, or for text that is part of none its best line, or the file's
// name.
func nameOf(h search.Hit) string {
	switch {
	case h.Symbol != "":
		return h.Symbol
	case h.Snippet == "":
		return filepath.Base(h.Path)
	}
	name := []rune(h.Snippet)
	if len(name) > nameLimit {
		name = append(name[:nameLimit-1], '…')
	}
	return string(name)
}

// qualifiedAs is a name with what it is in before it, where that is what the query has before a
// name: VS Code leaves out what does not have all that was typed in its name.
func qualifiedAs(name string, h search.Hit, query string) string {
	const separators = ".:#/\\>"
	last := strings.LastIndexAny(query, separators)
	if h.Symbol == "" || len(query) > qualifiedLimit || last == len(query)-1 || strings.ContainsAny(query, " \t\r\n") {
		return name
	}
	end := len(strings.TrimRight(query[:last+1], separators+"-"))
	start := strings.LastIndexAny(query[:end], separators) + 1
	typed, between := query[start:end], query[end:last+1]
	if typed == "" {
		return name
	}
	around := h.Container[strings.LastIndexByte(h.Container, '.')+1:]
	if around == "" || !hasPrefixFold(around, typed) {
		around = ""
		path := strings.TrimSuffix(filepath.ToSlash(h.Path), filepath.Ext(h.Path))
		for part := range strings.SplitSeq(path, "/") {
			if strings.EqualFold(part, typed) {
				around = part
			}
		}
	}
	if around == "" {
		return name
	}
	return query[:start] + around + between + name
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
