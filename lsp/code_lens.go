package lsp

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"

	"github.com/semantic-ls/semantic-ls/vectors/search"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/chunk"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
	"github.com/semantic-ls/semantic-ls/workspace/text"
)

// lensMost is how many lenses a document gets: who scrolls through more does not read them.
const lensMost = 1000

// codeLensParams are those of textDocument/codeLens.
type codeLensParams struct {
	TextDocument document `json:"textDocument"`
}

// codeLensPayload is a line above a function. The client asks for its command when it shows it.
type codeLensPayload struct {
	Range   span            `json:"range"` // the name of the function
	Command *commandPayload `json:"command,omitempty"`
	Data    *lensData       `json:"data,omitempty"`
}

// lensData is what a lens is resolved by: clients send it back as it is.
type lensData struct {
	URI      string   `json:"uri"`
	Position position `json:"position"`
}

// codeLens answers a lens for each function of a document, without looking for anything.
func (s *server) codeLens(docs workspace.Documents, params json.RawMessage) (work, error) {
	var p codeLensParams
	if err := decode(params, &p); err != nil {
		return work{}, err
	}
	return work{run: func(context.Context) (any, error) {
		lenses := []codeLensPayload{}
		path, ok := s.path(p.TextDocument.URI)
		if !ok || !s.features.Load().CodeLens || !s.inFolder(path) {
			return lenses, nil
		}
		content, err := contentOf(docs, path)
		if err != nil {
			return nil, err
		}
		at, lines := s.places(), text.NewMany(content)
		for _, d := range definitions(path, content) {
			if !callable(d.Kind) || d.NameEnd <= d.NameStart || len(lenses) == lensMost {
				continue
			}
			name := at.span(lines, d.NameStart, d.NameEnd)
			lenses = append(lenses, codeLensPayload{
				Range: name, Data: &lensData{URI: p.TextDocument.URI, Position: name.Start},
			})
		}
		return lenses, nil
	}}, nil
}

func callable(k chunk.Kind) bool {
	return k == chunk.Function || k == chunk.Method || k == chunk.Constructor
}

// codeLensResolve counts what is related to the function of a lens. Copies, parallel implementations and tests count: for each
// of them there is something to do, or to look at before one changes the function. What is merely similar does not: there
// always is some, so that the number would be that of the first page and tell nothing. Of a document that has changed since
// the lens was made, the client is about to ask for new ones; until then what stands at the place now counts.
func (s *server) codeLensResolve(docs workspace.Documents, params json.RawMessage) (work, error) {
	var lens codeLensPayload
	if err := decode(params, &lens); err != nil {
		return work{}, err
	}
	path, ok := "", false
	if lens.Data != nil {
		path, ok = s.path(lens.Data.URI)
	}
	if !ok {
		return work{}, badParams("codeLens/resolve needs a lens with the data that textDocument/codeLens has given it")
	}
	return work{run: func(ctx context.Context) (any, error) {
		e, done := s.use()
		defer done()
		n := 0
		if s.features.Load().CodeLens && s.isReady(e, path) {
			answer, err := s.relatedTo(ctx, e, docs, lens.Data.URI, lens.Data.Position)
			if err != nil {
				return nil, err
			}
			for _, h := range answer.Hits {
				if h.Reason != search.ReasonSimilar {
					n++
				}
			}
		}
		command := show(commandShowRelated, lens.Data.URI, lens.Data.Position)
		command.Title = fmt.Sprintf("%d related", n)
		lens.Command = &command
		return lens, nil
	}}, nil
}

// relatedTo finds a screen of what is related to the code at a position of a document.
func (s *server) relatedTo(
	ctx context.Context, e *served, docs workspace.Documents, uri string, at position,
) (indexing.Answer, error) {
	place, ok, err := s.place(docs, semanticRelatedParams{TextDocument: &document{URI: uri}, Position: &at})
	if err != nil || !ok {
		return indexing.Answer{Coverage: e.coverage(docs)}, err
	}
	place.Limit = hitLimit
	return e.Related(ctx, docs, place)
}

// isReady reports whether an engine has opened the folder that a path is in. Until it has, what is asked by an editor
// rather than a person is answered with nothing; it asks again when it is told to.
func (s *server) isReady(e *served, path string) bool {
	folder, _, ok := s.folderOf(path)
	return ok && s.isOpen(e, folder)
}

// folderOf is the innermost of the client's folders that a path is in, and the path below it with forward slashes.
func (s *server) folderOf(path string) (folder, rel string, ok bool) {
	for _, root := range s.wanted() {
		if r, below := inside(root, path); below && (!ok || len(root) > len(folder)) {
			folder, rel, ok = root, filepath.ToSlash(r), true
		}
	}
	return folder, rel, ok
}
