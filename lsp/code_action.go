package lsp

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/semantic-ls/semantic-ls/workspace"
)

// The kinds of our actions. They are of their own, since no kind of the protocol means "look": `quickfix` and `refactor` would
// promise a change, and be run by who asks for all fixes; `source` is about whole files, and VS Code shows it in a menu apart,
// which nobody looks into for that. A kind that editors do not know is shown behind all others by VS Code ("More Actions..."),
// Neovim, eglot and Helix, and left out where one asks for kinds of its own (VS Code's "Refactor...", actions on save): only
// whoever asks for everything, or for these, gets them.
const (
	kindRelated    = "semantic.related"
	kindDuplicates = "semantic.duplicates"
)

// triggerAutomatic is the protocol's number for clients that ask unasked, at every move of the cursor, to show that there is
// something: a light bulb on every line says nothing.
const triggerAutomatic = 2

// codeActionParams are those of textDocument/codeAction.
type codeActionParams struct {
	TextDocument document `json:"textDocument"`
	Range        span     `json:"range"`

	Context codeActionContext `json:"context"`
}

// codeActionContext is what for actions are asked for.
type codeActionContext struct {
	Only        []string `json:"only"` // kinds; none are all
	TriggerKind count    `json:"triggerKind"`
}

// commandPayload is a command for the client to have executed.
type commandPayload struct {
	Title     string `json:"title"`
	Command   string `json:"command"`
	Arguments []any  `json:"arguments"` // the document's URI and a position in it
}

// codeActionPayload is an action of a kind.
type codeActionPayload struct {
	Title   string         `json:"title"`
	Kind    string         `json:"kind"`
	Command commandPayload `json:"command"`
}

// codeAction offers to look for what is like the code at a place. Nothing is looked for until the user chooses.
func (s *server) codeAction(_ workspace.Documents, params json.RawMessage) (work, error) {
	var p codeActionParams
	if err := decode(params, &p); err != nil {
		return work{}, err
	}
	list := []any{}
	path, ok := s.notebookOf(p.TextDocument.URI)
	if !ok {
		path, ok = s.path(p.TextDocument.URI)
	}
	if ok && s.features.Load().CodeActions && p.Context.TriggerKind != triggerAutomatic && s.inFolder(path) {
		for _, a := range []codeActionPayload{
			{"Find related code", kindRelated, show(commandShowRelated, p.TextDocument.URI, p.Range.Start)},
			{"Find duplicates of this", kindDuplicates, show(commandShowDuplicates, p.TextDocument.URI, p.Range.Start)},
		} {
			a.Command.Title = a.Title
			switch {
			case len(p.Context.Only) > 0 && !slices.ContainsFunc(p.Context.Only, a.is):
			case s.client.actionLiterals:
				list = append(list, a)
			default:
				list = append(list, a.Command)
			}
		}
	}
	return work{run: func(context.Context) (any, error) { return list, nil }}, nil
}

// is reports whether an action is of a kind, which may be a more general one, or the empty one that all are of.
func (a codeActionPayload) is(kind string) bool {
	return kind == "" || a.Kind == kind || strings.HasPrefix(a.Kind, kind+".")
}

// inFolder reports whether a path is in one of the client's folders.
func (s *server) inFolder(path string) bool {
	_, _, ok := s.folderOf(path)
	return ok
}
