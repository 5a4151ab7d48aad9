package trace

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

// class is what a string in a message is.
type class int

const (
	prose   class = iota // whatever is not known to be something else
	word                 // a word of the protocol, or one that tells nothing
	uri                  // of a document or a folder, or an absolute path
	name                 // one that is only compared: an id, a token, a session
	setting              // the value of a setting
)

// The words of the protocol, as they must look to be kept.
var (
	isMethod  = regexp.MustCompile(`^(\$/)?[A-Za-z]{1,32}(/[A-Za-z]{1,32}){0,3}$`)
	isWord    = regexp.MustCompile(`^[a-zA-Z0-9+#._-]{1,32}$`)
	isAbility = regexp.MustCompile(`^[A-Za-z0-9$_.-]{1,64}$`)
	isVersion = regexp.MustCompile(`^[A-Za-z0-9 ()+._-]{1,64}$`)
	isField   = regexp.MustCompile(`^[A-Za-z$_][A-Za-z0-9$_.-]{0,63}$`)
	isScheme  = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]+:`)
)

// classOf is what the string s is that stands at the end of the path of fields.
func classOf(path []string, s string) class {
	field := ""
	if len(path) > 0 {
		field = path[len(path)-1]
	}
	within := func(names ...string) bool { return contains(around(path), names...) }
	words := func(is *regexp.Regexp) class {
		if is.MatchString(s) {
			return word
		}
		return prose
	}
	switch {
	case inSettings(path):
		return setting
	case (field == "command" || field == "commands") && strings.HasPrefix(s, "semantic/"): // ours; of another's nothing is known
		return words(isMethod)
	case within("clientInfo", "serverInfo"):
		return words(isVersion)
	case within("capabilities") && !within("experimental"):
		return words(isAbility)
	}
	switch field {
	case "jsonrpc":
		if len(path) == 1 {
			return words(isWord)
		}
	case "method":
		if len(path) == 1 || path[len(path)-2] == "registrations" || path[len(path)-2] == "unregisterations" {
			return words(isMethod)
		}
	case "id", "token", "workDoneToken", "partialResultToken", "session", "resultId", "previousResultId":
		return name
	case "uri", "rootUri", "rootPath", "baseUri", "targetUri", "oldUri", "newUri", "folders",
		"document": // of a cell of a notebook
		return uri
	case "text", "newText", "query", "snippet", "message", "title", "verbose": // whatever it begins with
		return prose
	case "languageId", "language", "languages", "kind", "kinds", "state", "reason", "verdict", "trace":
		return words(isWord)
	case "value": // of $/setTrace
		if s == "off" || s == "messages" || s == "verbose" {
			return word
		}
	}
	if strings.HasPrefix(s, "file:") {
		return uri
	}
	return prose
}

// mostAround is how many fields from the top on say what is in them: what the protocol has words for lies within a few, and
// whoever nests thousands must not make each string be looked at in all of them.
const mostAround = 16

func around(path []string) []string { return path[:min(len(path), mostAround)] }

// inSettings reports whether what is at the end of the path is of the settings.
func inSettings(path []string) bool {
	return contains(around(path), "initializationOptions", "settings")
}

func contains(path []string, names ...string) bool {
	return slices.ContainsFunc(path, func(field string) bool { return slices.Contains(names, field) })
}

// rewriting says what becomes of a message's strings and of the names of its fields.
type rewriting interface {
	// str returns the JSON value that a string becomes.
	str(c class, s string) any
	// field returns what the name of a field at the end of the path becomes.
	field(path []string) string
}

// rewrite returns the message, valid JSON, with its strings and fields rewritten; numbers and the order of
// fields stay as they are.
func rewrite(message []byte, to rewriting) (json.RawMessage, error) {
	return (&walker{to: to}).rewrite(message)
}

// rewriteSettings is rewrite of a message whose result is settings.
func rewriteSettings(message []byte, to rewriting) (json.RawMessage, error) {
	return (&walker{to: to, settings: true}).rewrite(message)
}

func (w *walker) rewrite(message []byte) (json.RawMessage, error) {
	w.in = json.NewDecoder(bytes.NewReader(message))
	w.in.UseNumber()
	if err := w.value(); err != nil {
		return nil, err
	}
	return w.out.Bytes(), nil
}

type walker struct {
	in       *json.Decoder
	out      bytes.Buffer
	to       rewriting
	path     []string
	settings bool // the result is
}

func (w *walker) value() error {
	token, err := w.in.Token()
	if err != nil {
		return err
	}
	switch token := token.(type) {
	case json.Delim:
		return w.inside(token)
	case string:
		return w.put(w.to.str(classOf(w.path, token), token))
	case json.Number:
		w.out.WriteString(token.String())
		return nil
	default: // a boolean or null
		return w.put(token)
	}
}

// inside copies an object or an array, of which the beginning is read.
func (w *walker) inside(open json.Delim) error {
	w.out.WriteByte(byte(open))
	for n := 0; w.in.More(); n++ {
		if n > 0 {
			w.out.WriteByte(',')
		}
		if open == '{' {
			field, err := w.in.Token()
			if err != nil {
				return err
			}
			w.path = append(w.path, field.(string))
			if err := w.put(w.to.field(w.path)); err != nil {
				return err
			}
			w.out.WriteByte(':')
			if w.settings && len(w.path) == 1 && field == "result" {
				w.path[0] = "settings"
			}
		}
		if err := w.value(); err != nil {
			return err
		}
		if open == '{' {
			w.path = w.path[:len(w.path)-1]
		}
	}
	end, err := w.in.Token()
	if err != nil {
		return err
	}
	w.out.WriteByte(byte(end.(json.Delim)))
	return nil
}

func (w *walker) put(v any) error {
	out := json.NewEncoder(&w.out)
	out.SetEscapeHTML(false)
	err := out.Encode(v)
	w.out.Truncate(w.out.Len() - 1) // the line break
	return err
}
