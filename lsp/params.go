package lsp

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strconv"
	"strings"

	"go.lsp.dev/jsonrpc2"

	"github.com/semantic-ls/semantic-ls/workspace/indexing"
	"github.com/semantic-ls/semantic-ls/workspace/text"
)

// What clients send, in the fields that we read and with the tolerance they need (see the package's text).

// count is an unsigned number that takes what clients make of one: -1 and less become 0, whatever is above
// the range becomes its end ("the end of the line" is 1e308 for some), null becomes 0, and 3.0 is 3.
type count uint32

// UnmarshalJSON implements json.Unmarshaler.
func (c *count) UnmarshalJSON(raw []byte) error {
	if string(raw) == "null" {
		return nil
	}
	f, err := strconv.ParseFloat(string(raw), 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return &json.UnmarshalTypeError{Value: kindOfJSON(raw), Type: reflect.TypeFor[float64]()}
	}
	*c = count(min(max(f, 0), math.MaxUint32))
	return nil
}

type position struct {
	Line      count `json:"line"`
	Character count `json:"character"`
}

type span struct {
	Start position `json:"start"`
	End   position `json:"end"`
}

func (p position) text() text.Position {
	return text.Position{Line: uint32(p.Line), Character: uint32(p.Character)}
}

func (r *span) text() *text.Range {
	if r == nil {
		return nil
	}
	return &text.Range{Start: r.Start.text(), End: r.End.text()}
}

// document names a document; Version is absent in most messages.
type document struct {
	URI     string `json:"uri"`
	Version count  `json:"version"`
}

type didOpenParams struct {
	TextDocument struct {
		URI     string `json:"uri"`
		Version count  `json:"version"`
		Text    string `json:"text"`
	} `json:"textDocument"`
}

type didChangeParams struct {
	TextDocument   document     `json:"textDocument"`
	ContentChanges []textChange `json:"contentChanges"`
}

// textChange puts Text in the place of Range, or of the whole text where there is none.
type textChange struct {
	Range *span  `json:"range"`
	Text  string `json:"text"`
}

func edits(changes []textChange) []text.Edit {
	list := make([]text.Edit, 0, len(changes))
	for _, c := range changes {
		list = append(list, text.Edit{Range: c.Range.text(), Text: c.Text})
	}
	return list
}

type didSaveParams struct {
	TextDocument document `json:"textDocument"`
	Text         *string  `json:"text"`
}

type didCloseParams struct {
	TextDocument document `json:"textDocument"`
}

// notebookCell is a cell of a notebook; its text is a document of its own.
type notebookCell struct {
	Kind count  `json:"kind"` // 1: text; 2: code
	URI  string `json:"document"`
}

func (c notebookCell) markup() bool { return c.Kind == 1 }

// cellDocument is the text of a cell.
type cellDocument struct {
	URI        string `json:"uri"`
	LanguageID string `json:"languageId"`
	Text       string `json:"text"`
}

type didOpenNotebookParams struct {
	NotebookDocument struct {
		URI     string         `json:"uri"`
		Version count          `json:"version"`
		Cells   []notebookCell `json:"cells"`
	} `json:"notebookDocument"`
	CellTextDocuments []cellDocument `json:"cellTextDocuments"`
}

type didChangeNotebookParams struct {
	NotebookDocument document       `json:"notebookDocument"`
	Change           notebookChange `json:"change"`
}

// notebookChange is what became of cells; of the notebook's own data nothing is read.
type notebookChange struct {
	Cells struct {
		Structure *struct {
			Array struct {
				Start       count          `json:"start"`
				DeleteCount count          `json:"deleteCount"`
				Cells       []notebookCell `json:"cells"`
			} `json:"array"`
			DidOpen  []cellDocument `json:"didOpen"`
			DidClose []document     `json:"didClose"`
		} `json:"structure"`
		Data        []notebookCell `json:"data"`
		TextContent []struct {
			Document document     `json:"document"`
			Changes  []textChange `json:"changes"`
		} `json:"textContent"`
	} `json:"cells"`
}

// notebookParams name a notebook.
type notebookParams struct {
	NotebookDocument document `json:"notebookDocument"`
}

type didChangeWatchedFilesParams struct {
	Changes []struct {
		URI string `json:"uri"`
	} `json:"changes"`
}

type workspaceFolder struct {
	URI  string `json:"uri"`
	Name string `json:"name"`
}

type didChangeWorkspaceFoldersParams struct {
	Event struct {
		Added   []workspaceFolder `json:"added"`
		Removed []workspaceFolder `json:"removed"`
	} `json:"event"`
}

type workspaceSymbolParams struct {
	Query              string          `json:"query"`
	PartialResultToken json.RawMessage `json:"partialResultToken"`
}

// The parameters of methods of our own, and what we answer to them (payload.go), are documented for those who write clients:
// go generate writes docs/protocol.md from them, comments included. A field is optional there if its tag says omitempty.
//
//go:generate go test -run ^TestProtocol$ -write-protocol

type semanticSearchParams struct {
	Query   string   `json:"query"`             // a question or a name, and filters, see docs/queries.md
	Limit   *int     `json:"limit,omitempty"`   // of hits: 1 or more, 20 if left out; above 1000 it is 1000
	Folders []string `json:"folders,omitempty"` // directories to look in; none are all
	Session string   `json:"session,omitempty"` // the search box: a newer search of it ends an older one

	PartialResultToken json.RawMessage `json:"partialResultToken,omitempty"`
	WorkDoneToken      json.RawMessage `json:"workDoneToken,omitempty"`
	criteria
}

// semanticRelatedParams have a textDocument and with it a position or a range, or a text.
type semanticRelatedParams struct {
	TextDocument *document `json:"textDocument,omitempty"` // counts more than a text
	Position     *position `json:"position,omitempty"`     // in the definition that is asked about
	Range        *span     `json:"range,omitempty"`        // what is asked about; counts more than a position
	Text         *string   `json:"text,omitempty"`         // code that need not be in any document
	LanguageID   string    `json:"languageId,omitempty"`   // of the text, if it is known
	Limit        *int      `json:"limit,omitempty"`        // of hits: 1 or more, 20 if left out; above 1000 it is 1000
	criteria
}

type semanticDuplicatesParams struct {
	Folders            []string        `json:"folders,omitempty"`    // directories to look in; none are all
	MinLines           *int            `json:"minLines,omitempty"`   // of code, that each has at least: 1 or more, 6 if left out
	Similarity         *float64        `json:"similarity,omitempty"` // of any two of a group: 0.5 to 1, 0.8 if left out
	Limit              *int            `json:"limit,omitempty"`      // of groups: 1 or more, 10000 if left out or above
	Foreign            bool            `json:"foreign,omitempty"`    // look at what is vendored or generated, too
	PartialResultToken json.RawMessage `json:"partialResultToken,omitempty"`
	WorkDoneToken      json.RawMessage `json:"workDoneToken,omitempty"`

	TextDocument *document `json:"textDocument,omitempty"` // groups of what stands around a place in it alone
	Position     *position `json:"position,omitempty"`     // in the definitions that are asked about
	Range        *span     `json:"range,omitempty"`        // that they are around; counts more than a position
}

// semanticExplainParams are those of a search, and the place that is asked about.
type semanticExplainParams struct {
	Query    string    `json:"query"`              // not blank
	URI      string    `json:"uri"`                // of a file
	Position *position `json:"position,omitempty"` // whose line counts; the best place of the file if left out
	Limit    *int      `json:"limit,omitempty"`    // of hits, to which the verdict refers: 1 or more, 20 if left out
	Folders  []string  `json:"folders,omitempty"`  // directories to look in; none are all
	criteria
}

// criteria narrow what is found.
type criteria struct {
	Globs     []string `json:"globs,omitempty"`     // of paths, as ripgrep's -g: the last one that matches decides
	Languages []string `json:"languages,omitempty"` // any of these: a name, or an extension
	Kinds     []string `json:"kinds,omitempty"`     // any of these: a SymbolKind in words, such as function; text
}

// filter is what the criteria let pass. The error is for the client, and names the good ones.
func (c criteria) filter() (*indexing.Filter, error) {
	f, err := indexing.Criteria{Globs: c.Globs, Languages: c.Languages, Kinds: c.Kinds}.Filter()
	if err != nil {
		return nil, badParams("%v", err)
	}
	return f, nil
}

// ask makes a query of what a person typed, which the criteria narrow. A pattern in it may take 50 ms to read, so that is
// not done on the read loop. The error is for the client, too.
func (c criteria) ask(text string) (indexing.Query, error) {
	q, err := indexing.Ask(text, indexing.Criteria{Globs: c.Globs, Languages: c.Languages, Kinds: c.Kinds})
	if err != nil {
		return indexing.Query{}, badParams("%v", err)
	}
	return q, nil
}

// foldersParams name folders; none are all.
type foldersParams struct {
	Folders []string `json:"folders,omitempty"` // as the client has opened them
}

// decode reads params into v. Absent parameters are those of an empty object. The error is for the client.
func decode(params json.RawMessage, v any) error {
	if len(params) == 0 {
		return nil
	}
	err := json.Unmarshal(params, v)
	if err == nil {
		return nil
	}
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		if wrong.Field == "" {
			return badParams("the parameters are %s; they must be %s", found(wrong.Value), wanted(wrong.Type))
		}
		return badParams("%s is %s; it must be %s", wrong.Field, found(wrong.Value), wanted(wrong.Type))
	}
	return badParams("the parameters are not valid JSON: %v", err)
}

// found says in words what json.UnmarshalTypeError found, such as "array" or "number 1.5".
func found(value string) string {
	const longest = 40 // of a number that is shown
	kind, number, _ := strings.Cut(value, " ")
	switch {
	case number != "" && len(number) <= longest:
		return number
	case kind == "bool":
		return "a boolean"
	case kind == "array" || kind == "object":
		return "an " + kind
	}
	return "a " + kind
}

// wanted says what a value of type t is in JSON.
func wanted(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer:
		return wanted(t.Elem())
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "a boolean"
	case reflect.Struct, reflect.Map:
		return "an object"
	case reflect.Slice, reflect.Array:
		return "an array"
	case reflect.Float32, reflect.Float64:
		return "a number"
	}
	return "a whole number"
}

// kindOfJSON is the kind of a valid JSON value that is no null, as json.UnmarshalTypeError names it.
func kindOfJSON(raw []byte) string {
	switch raw[0] {
	case '{':
		return "object"
	case '[':
		return "array"
	case '"':
		return "string"
	case 't', 'f':
		return "bool"
	}
	return "number"
}

// limit reads a request's limit: absent means usual, more than most means most.
func limit(n *int, usual, most int) (int, error) {
	switch {
	case n == nil:
		return usual, nil
	case *n < 1:
		return 0, badParams("limit is %d; it is 1 or more, %d if left out", *n, usual)
	}
	return min(*n, most), nil
}

// token reads a progress token: nil where there is none, otherwise a JSON string or integer.
func token(raw json.RawMessage) (json.RawMessage, error) {
	raw = bytes.TrimSpace(raw)
	switch {
	case len(raw) == 0 || string(raw) == "null":
		return nil, nil
	case raw[0] == '"' || raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9':
		return raw, nil
	}
	return nil, badParams("a progress token is a string or an integer, not %s", raw)
}

// requestID reads the id of a $/cancelRequest. ok is false for what cannot be the id of a request.
func requestID(raw json.RawMessage) (id jsonrpc2.ID, ok bool) {
	var name string
	if raw = bytes.TrimSpace(raw); len(raw) == 0 {
		return id, false
	}
	if raw[0] == '"' {
		err := json.Unmarshal(raw, &name)
		return jsonrpc2.NewStringID(name), err == nil
	}
	n, err := strconv.ParseInt(string(raw), 10, 64)
	return jsonrpc2.NewNumberID(n), err == nil
}
