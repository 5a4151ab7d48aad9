package trace

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"path"
	"strings"
	"unicode/utf8"

	"go.lsp.dev/protocol"

	"github.com/semantic-ls/semantic-ls/workspace/chunk"
	"github.com/semantic-ls/semantic-ls/workspace/settings"
)

// redactor takes contents out of messages: see the package's text. What was the same stays the same within one
// redactor.
type redactor struct {
	names    map[string]string // what ids, tokens, sessions and odd fields became
	parts    map[string]string // what the names in paths became
	settings map[string]bool   // the parts of the keys of settings, and the values that are one of a few
	asked    map[string]bool   // ids of the server's requests for settings that are not answered yet
}

var _ rewriting = (*redactor)(nil)

func newRedactor() *redactor {
	r := &redactor{
		names: map[string]string{}, parts: map[string]string{},
		settings: map[string]bool{"semantic-ls": true}, asked: map[string]bool{},
	}
	for _, row := range settings.Table() {
		r.settings[row.Key] = true
		for part := range strings.SplitSeq(row.Key, ".") {
			r.settings[part] = true
		}
		for _, value := range row.Values {
			r.settings[value] = true
		}
	}
	return r
}

// message is what is left of a message, which is valid JSON. Which result is settings is told by the request only.
func (r *redactor) message(fromClient bool, raw []byte) (json.RawMessage, error) {
	var m struct {
		ID     json.RawMessage `json:"id"`
		Method string          `json:"method"`
	}
	asking := !fromClient && bytes.Contains(raw, []byte(protocol.MethodWorkspaceConfiguration))
	if asking || fromClient && len(r.asked) > 0 {
		_ = json.Unmarshal(raw, &m) // what is of another type is none of the two
	}
	switch id := string(m.ID); {
	case asking && m.Method == protocol.MethodWorkspaceConfiguration:
		r.asked[id] = true
	case fromClient && m.Method == "" && r.asked[id]:
		delete(r.asked, id)
		return rewriteSettings(raw, r)
	}
	return rewrite(raw, r)
}

func (r *redactor) str(c class, s string) any {
	switch c {
	case word:
		return s
	case uri:
		return r.uri(s)
	case name:
		return r.name(s)
	case setting:
		if r.settings[s] {
			return s
		}
		return nil // which means not set
	}
	return neutral(s)
}

func (r *redactor) field(path []string) string {
	field := path[len(path)-1]
	within := inSettings(path[:len(path)-1])
	switch {
	case within && r.settings[field], !within && isField.MatchString(field):
		return field
	case strings.HasPrefix(field, "file:"):
		return r.uri(field)
	}
	return r.name(field)
}

func (r *redactor) name(s string) string {
	to, ok := r.names[s]
	if !ok {
		to = fmt.Sprintf("n%d", len(r.names)+1)
		r.names[s] = to
	}
	return to
}

// uri replaces every name in a URI or a path, and keeps what is between them.
func (r *redactor) uri(s string) string {
	scheme := isScheme.FindString(s)
	var b strings.Builder
	b.WriteString(strings.ToLower(scheme))
	for rest := s[len(scheme):]; rest != ""; {
		n := strings.IndexAny(rest, `/\`)
		if n == 0 {
			b.WriteByte('/')
			rest = rest[1:]
			continue
		}
		if n < 0 {
			n = len(rest)
		}
		b.WriteString(r.part(rest[:n]))
		rest = rest[n:]
	}
	return b.String()
}

func (r *redactor) part(s string) string {
	if plain, err := url.PathUnescape(s); err == nil {
		s = plain
	}
	if s == "." || s == ".." {
		return s
	}
	to, ok := r.parts[s]
	if !ok {
		to = fmt.Sprintf("p%d", len(r.parts)+1)
		if ext := path.Ext(s); chunk.Language("p"+ext, "") != "" && isWord.MatchString(ext) {
			to += strings.ToLower(ext)
		}
		r.parts[s] = to
	}
	return to
}

// neutral is a text that says nothing, of the same line breaks, and the same number of bytes, UTF-16 units
// and code points on every line.
func neutral(s string) string {
	const filler = "some words of the same length that say nothing about what stood here before them and "
	var b strings.Builder
	b.Grow(len(s))
	at := 0
	for _, c := range s {
		switch utf8.RuneLen(c) {
		case 1:
			if c == '\n' || c == '\r' {
				b.WriteRune(c)
			} else {
				b.WriteByte(filler[at%len(filler)])
			}
			at++
		case 2:
			b.WriteRune('é')
		case 3:
			b.WriteRune('木')
		default:
			b.WriteRune('😀')
		}
	}
	return b.String()
}
