package lsp

import (
	"context"
	"encoding/json"

	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/chunk"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
	"github.com/semantic-ls/semantic-ls/workspace/text"
)

// symbolData is what a symbol without a range is resolved by: clients send it back as it is.
type symbolData struct {
	Name      string `json:"name"` // as it is defined: the one that is shown may have more
	Container string `json:"container"`
	Kind      int    `json:"kind"`
	Near      int    `json:"near"` // byte of the document at which its piece began
}

// resolvableSymbol is a workspace symbol as far as resolving it goes.
type resolvableSymbol struct {
	Name          string         `json:"name"`
	Kind          int            `json:"kind"`
	ContainerName string         `json:"containerName,omitempty"`
	Location      symbolLocation `json:"location"`
	Data          *symbolData    `json:"data,omitempty"`
}

// symbolLocation is where a symbol is, as far as is known.
type symbolLocation struct {
	URI   string `json:"uri"`
	Range *span  `json:"range,omitempty"`
}

// workspaceSymbolResolve answers where a symbol is that was answered without its range. One that has a range comes back as it is.
func (s *server) workspaceSymbolResolve(docs workspace.Documents, params json.RawMessage) (work, error) {
	var symbol resolvableSymbol
	if err := decode(params, &symbol); err != nil {
		return work{}, err
	}
	path, ok := s.path(symbol.Location.URI)
	if symbol.Location.Range == nil && (!ok || symbol.Data == nil || symbol.Data.Name == "") {
		return work{}, badParams("workspaceSymbol/resolve needs a symbol with the uri and the data that workspace/symbol has given it")
	}
	return work{run: func(context.Context) (any, error) {
		if symbol.Location.Range != nil {
			return symbol, nil
		}
		content, err := contentOf(docs, path)
		if err != nil {
			return nil, err
		}
		of := symbol.Data
		d, ok := indexing.DefinitionOf(path, content, of.Name, of.Container, chunk.Kind(of.Kind), of.Near)
		if !ok {
			return nil, failed("%s is not in %s any more; search again", of.Name, path)
		}
		name := s.places().span(text.NewLines(content), d.NameStart, d.NameEnd)
		symbol.Location.Range, symbol.Data = &name, nil
		return symbol, nil
	}}, nil
}
