package trace

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"go.lsp.dev/protocol"
	gouri "go.lsp.dev/uri"

	"github.com/semantic-ls/semantic-ls/workspace/settings"
)

// maxFolders is how many folders of a trace are made: more than anybody opens, and few enough to make.
const maxFolders = 256

// placement puts the paths of a trace below a directory, whatever they are, and takes paths of answers back.
type placement struct {
	directory string // absolute
	root      string // its URI, without a slash at the end
	made      int    // folders
}

var _ rewriting = (*placement)(nil)

func newPlacement(directory string) *placement {
	return &placement{directory: directory, root: strings.TrimSuffix(string(gouri.File(directory)), "/")}
}

func (p *placement) field(path []string) string { return path[len(path)-1] }

func (p *placement) str(c class, s string) any {
	if c != uri {
		return s
	}
	rest, isFile := strings.CutPrefix(s, "file:")
	switch {
	case isFile:
		rest = strings.TrimPrefix(rest, "//")
		return p.root + (&url.URL{Path: below(rest)}).EscapedPath()
	case isScheme.MatchString(s):
		return s
	}
	return filepath.Join(p.directory, filepath.FromSlash(below(s)))
}

// below is a path that does not leave the directory it is put in: whoever made the trace may have meant it to.
func below(s string) string {
	if plain, err := url.PathUnescape(s); err == nil {
		s = plain
	}
	s = strings.Map(func(r rune) rune {
		if r == '\\' || r == ':' || r == 0 {
			return '/'
		}
		return r
	}, s)
	return path.Clean("/" + s)
}

// makeFolders makes the folders that a message, which is placed already, opens.
func (p *placement) makeFolders(raw []byte) error {
	type folder struct {
		URI string `json:"uri"`
	}
	var m struct {
		Params struct {
			RootURI          string          `json:"rootUri"`
			RootPath         string          `json:"rootPath"`
			WorkspaceFolders json.RawMessage `json:"workspaceFolders"`
			Event            struct {
				Added json.RawMessage `json:"added"`
			} `json:"event"`
		} `json:"params"`
	}
	_ = json.Unmarshal(raw, &m) // what is of another type opens nothing
	var paths []string
	for _, list := range []json.RawMessage{m.Params.WorkspaceFolders, m.Params.Event.Added} {
		var folders []folder
		_ = json.Unmarshal(list, &folders)
		for _, f := range folders {
			paths = append(paths, f.URI)
		}
	}
	for _, made := range append(paths, m.Params.RootURI, m.Params.RootPath) {
		rel, ok := strings.CutPrefix(made, p.root)
		if !ok {
			if rel, ok = strings.CutPrefix(made, p.directory); !ok {
				continue
			}
		}
		if p.made++; p.made > maxFolders {
			return fmt.Errorf("the trace opens more than %d folders", maxFolders)
		}
		if err := os.MkdirAll(filepath.Join(p.directory, filepath.FromSlash(below(rel))), 0o700); err != nil {
			return fmt.Errorf("making a folder of the trace: %w", err)
		}
	}
	return nil
}

// settled is a message of the client without what must not count again: its process, which may be another one's by now,
// and the settings that say where text is sent and what is written. The user's own count.
func settled(method string, raw []byte) ([]byte, error) {
	// Field by field, and spelled as the protocol does: whoever made the trace may have meant the server to read more
	// than is looked at here.
	var m, params map[string]json.RawMessage
	if err := json.Unmarshal(raw, &m); err != nil {
		return nil, err
	}
	_ = json.Unmarshal(m["params"], &params) // what is no object is sent as null
	out := map[string]json.RawMessage{}
	switch method {
	case protocol.MethodInitialize:
		for _, field := range []string{"capabilities", "clientInfo", "locale", "rootPath", "rootUri", "trace", "workspaceFolders"} {
			if value, ok := params[field]; ok {
				out[field] = value
			}
		}
		out["processId"] = json.RawMessage("null")
		if options, ok := params["initializationOptions"]; ok {
			out["initializationOptions"] = harmless(options)
		}
	case protocol.MethodWorkspaceDidChangeConfiguration:
		out["settings"] = json.RawMessage("null")
	}
	if params == nil {
		out = nil
	}
	encoded, err := json.Marshal(out)
	if err != nil {
		return nil, err
	}
	message := map[string]json.RawMessage{"jsonrpc": json.RawMessage(`"2.0"`), "method": m["method"], "params": encoded}
	if id, ok := m["id"]; ok {
		message["id"] = id
	}
	return json.Marshal(message)
}

// harmless is an object of settings with those that a workspace may choose, but for the log's.
func harmless(raw json.RawMessage) json.RawMessage {
	kept := map[string]json.RawMessage{}
	rows := settings.Table()
	var keep func(prefix string, raw json.RawMessage, depth int)
	keep = func(prefix string, raw json.RawMessage, depth int) {
		var values map[string]json.RawMessage
		if depth > 3 || json.Unmarshal(raw, &values) != nil {
			return
		}
		for key, value := range values {
			key = strings.TrimPrefix(prefix+key, "semantic-ls.")
			i := slices.IndexFunc(rows, func(r settings.Setting) bool { return r.Key == key })
			switch {
			case i < 0:
				keep(key+".", value, depth+1)
			case !rows[i].Machine && !rows[i].Secret && !strings.HasPrefix(key, "log."):
				kept[key] = value
			}
		}
	}
	keep("", raw, 0)
	out, err := json.Marshal(kept)
	if err != nil {
		return json.RawMessage("null")
	}
	return out
}
