package lsp

import (
	"context"
	"encoding/json"
	"strings"

	"go.lsp.dev/protocol"

	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/chunk"
	"github.com/semantic-ls/semantic-ls/workspace/text"
)

const (
	// outlineMost is how many definitions of a document are told, the first ones: two megabytes of them. Files with more are tables.
	outlineMost = 10_000
	// outlineBytes is how long a document may be that is outlined while somebody waits: a tenth of a second. What is longer is data.
	outlineBytes = 8 << 20
	// outlineDepth is how deep they are nested; what is deeper stands beside its container. Code has a tenth of that, and clients
	// walk the tree by recursion.
	outlineDepth = 64
)

// documentSymbolParams are those of textDocument/documentSymbol.
type documentSymbolParams struct {
	TextDocument document `json:"textDocument"`
}

// documentSymbolPayload is a definition in a document and those in it.
type documentSymbolPayload struct {
	Name           string                   `json:"name"`
	Detail         string                   `json:"detail,omitempty"` // its header, on one line
	Kind           int                      `json:"kind"`
	Range          span                     `json:"range"`          // its comment included
	SelectionRange span                     `json:"selectionRange"` // the name
	Children       []*documentSymbolPayload `json:"children,omitempty"`

	symbol chunk.Symbol
}

// symbolInformationPayload is a definition for clients that know no other form.
type symbolInformationPayload struct {
	Name          string          `json:"name"`
	Kind          int             `json:"kind"`
	Location      locationPayload `json:"location"`
	ContainerName string          `json:"containerName,omitempty"`
}

// locationPayload is a place in a document.
type locationPayload struct {
	URI   string `json:"uri"`
	Range span   `json:"range"`
}

// documentSymbol answers what a document defines, as its buffer says: a tree where the client takes one.
func (s *server) documentSymbol(docs workspace.Documents, params json.RawMessage) (work, error) {
	var p documentSymbolParams
	if err := decode(params, &p); err != nil {
		return work{}, err
	}
	return work{run: func(ctx context.Context) (any, error) {
		nothing := []any{}
		path, ok := s.path(p.TextDocument.URI)
		if !ok || !s.features.Load().DocumentSymbols {
			return nothing, nil
		}
		content, err := contentOf(docs, path)
		if err != nil {
			return nil, err
		}
		tree := s.outline(content, definitions(path, content))
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if s.client.hierarchy {
			return tree, nil
		}
		return flat(p.TextDocument.URI, tree, make([]symbolInformationPayload, 0, outlineMost)), nil
	}}, nil
}

// definitions are those of a document, none of one that is too long, nor of a notebook that is open: editors know its cells.
func definitions(path, content string) []chunk.Symbol {
	if len(content) > outlineBytes || strings.HasPrefix(content, notebookMark) {
		return nil
	}
	return chunk.Outline(path, content).Symbols
}

// outline is a tree of definitions that come by their starts, those around others first. A definition without a name,
// which clients refuse, is left out.
func (s *server) outline(content string, symbols []chunk.Symbol) []*documentSymbolPayload {
	at, lines := s.places(), text.NewMany(content)
	tree, around := []*documentSymbolPayload{}, []*documentSymbolPayload(nil)
	for _, d := range symbols[:min(len(symbols), outlineMost)] {
		name := strings.Join(strings.Fields(d.Name), " ")
		if name == "" {
			continue
		}
		for len(around) > 0 && (d.Start >= around[len(around)-1].symbol.End || d.End > around[len(around)-1].symbol.End) {
			around = around[:len(around)-1]
		}
		start := d.DocStart
		list := &tree
		if n := min(len(around), outlineDepth-1); n > 0 {
			parent := around[n-1]
			list, start = &parent.Children, max(start, parent.symbol.DocStart)
		}
		one := &documentSymbolPayload{
			Name: name, Detail: d.Signature, Kind: kindNumber(d.Kind), symbol: d,
			Range:          at.span(lines, start, d.End),
			SelectionRange: at.span(lines, d.NameStart, d.NameEnd),
		}
		*list = append(*list, one)
		around = append(around, one)
	}
	return tree
}

// flat appends the definitions of a tree in their order.
func flat(uri string, tree []*documentSymbolPayload, list []symbolInformationPayload) []symbolInformationPayload {
	for _, d := range tree {
		list = append(list, symbolInformationPayload{
			Name: d.Name, Kind: d.Kind, Location: locationPayload{URI: uri, Range: d.Range}, ContainerName: d.symbol.Container,
		})
		list = flat(uri, d.Children, list)
	}
	return list
}

// kindNumber is a kind as the protocol numbers them, which has none for text.
func kindNumber(k chunk.Kind) int {
	if k == chunk.Text {
		return int(protocol.SymbolKindFile)
	}
	return int(k)
}
