package settings

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// pair is one value of a JSON object, under its dotted key.
type pair struct {
	key    string
	raw    json.RawMessage
	offset int // of raw in the data
}

// text returns the value as one would write it outside JSON, if its JSON type is that of t.
func (p pair) text(t Type) (string, bool) {
	if t == Integer {
		return string(p.raw), p.raw[0] == '-' || '0' <= p.raw[0] && p.raw[0] <= '9'
	}
	if t == Boolean {
		return string(p.raw), p.raw[0] == 't' || p.raw[0] == 'f'
	}
	var s string
	return s, p.raw[0] == '"' && json.Unmarshal(p.raw, &s) == nil
}

// objectError says where JSON is broken.
type objectError struct {
	offset int
	err    error
}

// in is the message for a person: which file and line, what is wrong, and the way out.
func (e *objectError) in(data []byte, from Origin) error {
	if from.Source != File {
		return fmt.Errorf("%v are %w", from, e.err) // not shown: there may be a misplaced key in them
	}
	hint := "correct it, or remove the file to have the defaults"
	if rest := data[min(e.offset, len(data)):]; bytes.HasPrefix(rest, []byte("//")) || bytes.HasPrefix(rest, []byte("/*")) {
		hint = "JSON has no comments, remove them"
	}
	line, column := place(data, e.offset)
	return fmt.Errorf("%s:%d:%d: %w: %s", from.Name, line, column, e.err, hint)
}

// place returns the line and the column, in bytes, of offset; both from 1.
func place(data []byte, offset int) (line, column int) {
	before := data[:min(offset, len(data))]
	return bytes.Count(before, []byte("\n")) + 1, len(before) - bytes.LastIndexByte(before, '\n')
}

// flatten returns the values of a JSON object in the order in which they stand, an object inside it as pairs
// with dotted keys unless isKey says that it stands where a value belongs. Nulls are left out, and so is
// "semantic-ls" at the start of a key: some editors send their settings whole. Nothing, and null, is empty.
func flatten(data []byte, isKey func(string) bool) ([]pair, *objectError) {
	blank := bytes.TrimPrefix(data, []byte("\ufeff"))
	start := len(data) - len(blank)
	if text := string(bytes.TrimSpace(blank)); text == "" || text == "null" {
		return nil, nil
	}
	var whole json.RawMessage
	if err := json.Unmarshal(blank, &whole); err != nil {
		offset := 0
		if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
			offset = max(int(syntax.Offset)-1, 0)
			if strings.HasPrefix(syntax.Error(), "unexpected end") {
				offset = len(blank)
			}
		}
		return nil, &objectError{start + offset, fmt.Errorf("not valid JSON: %w", err)}
	}
	lead := bytes.IndexByte(blank, whole[0])
	if whole[0] != '{' {
		return nil, &objectError{start + lead, errors.New("not a JSON object of settings")}
	}
	return members(nil, whole, "", start+lead, isKey), nil
}

// members appends the values of object, which is valid JSON and stands at base.
func members(pairs []pair, object []byte, prefix string, base int, isKey func(string) bool) []pair {
	d := json.NewDecoder(bytes.NewReader(object))
	_, _ = d.Token() // the brace
	for d.More() {
		name, _ := d.Token()
		var raw json.RawMessage
		if d.Decode(&raw) != nil {
			break // not for valid JSON
		}
		key := strings.TrimPrefix(fmt.Sprint(prefix, name), "semantic-ls.")
		at := base + int(d.InputOffset()) - len(raw)
		switch {
		case string(raw) == "null":
		case raw[0] == '{' && !isKey(key):
			inner := key + "."
			if inner == "semantic-ls." {
				inner = ""
			}
			pairs = members(pairs, raw, inner, at, isKey)
		default:
			pairs = append(pairs, pair{key: key, raw: raw, offset: at})
		}
	}
	return pairs
}
