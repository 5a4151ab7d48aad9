package settings

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// schemaURL is where docs/settings.schema.json can be had by those who have only the program.
const schemaURL = "https://raw.githubusercontent.com/semantic-ls/semantic-ls/main/docs/settings.schema.json"

// TestSchema compares docs/settings.schema.json with the table; go generate writes it. It describes the user's file.
func TestSchema(t *testing.T) {
	current(t, pretty(t, schema(), ""), "docs", "settings.schema.json")
}

// schema is the schema of the user's file: the keys as they are, dotted, and nested. It is of draft 7, the one that VS
// Code knows best, and what is only VS Code's (markdownDescription, enumDescriptions) others pass over.
func schema() object {
	all := object{{schemaKey, object{{"type", "string"}}}}
	groups, definitions := object{}, object{}
	for _, r := range Table() {
		if r.Secret {
			continue
		}
		definitions = append(definitions, member{r.Key, orNull(r.property(r.Doc))})
		it := object{{"$ref", refPrefix + r.Key}}
		all = append(all, member{r.Key, it})
		groups = groups.with(strings.Split(r.Key, "."), it)
	}
	return object{
		{"$schema", "http://json-schema.org/draft-07/schema#"},
		{"$id", schemaURL},
		{"title", "Settings of semantic-ls"},
		{"description", "Generated from the table in workspace/settings by go generate. Do not edit."},
		{"type", "object"},
		{"properties", append(all, groups...)},
		{"additionalProperties", false},
		{"definitions", definitions},
	}
}

const refPrefix = "#/definitions/"

// durations is what time.ParseDuration reads, but for what is below zero and for a zero without a unit.
const durations = `^\+?(([0-9]+\.?[0-9]*|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+$`

// property is the schema of the row's value, with what it is for.
func (r *Setting) property(doc string) object {
	p := object{{"type", jsonType(r.Type)}}
	if r.Values != nil {
		p = append(p, member{"enum", r.Values})
	}
	if r.Meaning != nil {
		p = append(p, member{"enumDescriptions", r.Meaning})
	}
	p = append(p, member{"default", r.value()}, member{"markdownDescription", doc + r.also()})
	switch r.Type {
	case Integer:
		p = append(p, member{"minimum", r.Min}, member{"maximum", r.Max})
	case Duration:
		p = append(p, member{"pattern", durations}, member{"patternErrorMessage", "It accepts " + r.Accepts + "."})
	}
	return p
}

// also is what an editor cannot check by itself, or cannot say.
func (r *Setting) also() string {
	if r.Values != nil || r.Type != Text && r.Type != Path && r.Type != Duration {
		return ""
	}
	accepts, _, _ := strings.Cut(r.Accepts, ";") // what only flags can
	return " Accepts " + accepts + "."
}

// jsonType is the JSON type of a setting's value.
func jsonType(t Type) string {
	switch t {
	case Integer, Boolean:
		return string(t)
	}
	return "string"
}

// value is the default as JSON: empty where there is none.
func (r *Setting) value() any {
	if jsonType(r.Type) != "string" {
		return json.RawMessage(r.Default)
	}
	return r.Default
}

// orNull lets a value also be null, which says nothing.
func orNull(p object) object {
	p = slices.Clone(p)
	for i, m := range p {
		switch m.key {
		case "type":
			p[i].value = []any{m.value, "null"}
		case "enum":
			list := []any{}
			for _, v := range m.value.([]string) {
				list = append(list, v)
			}
			p[i].value = append(list, nil)
		}
	}
	return p
}

// object is a JSON object that keeps its order.
type object []member

type member struct {
	key   string
	value any
}

// with is o with the schema of what stands at the end of the path, in objects.
func (o object) with(path []string, p object) object {
	if len(path) == 1 {
		return append(o, member{path[0], p})
	}
	i := slices.IndexFunc(o, func(m member) bool { return m.key == path[0] })
	if i < 0 {
		i = len(o)
		group := object{{"properties", object{}}, {"type", []string{"object", "null"}}, {"additionalProperties", false}}
		o = append(o, member{path[0], group})
	}
	group := o[i].value.(object)
	group[0].value = group[0].value.(object).with(path[1:], p)
	return o
}

// MarshalJSON implements json.Marshaler.
func (o object) MarshalJSON() ([]byte, error) {
	out := []byte("{")
	for i, m := range o {
		if i > 0 {
			out = append(out, ',')
		}
		value, err := plain(m.value)
		if err != nil {
			return nil, err
		}
		out = append(append(strconv.AppendQuote(out, m.key), ':'), value...)
	}
	return append(out, '}'), nil
}

// plain is v as JSON for people, with < and > as they are.
func plain(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSpace(b.Bytes()), err
}

// pretty is v as a file, or at a place in one that is indented by prefix.
func pretty(t *testing.T, v any, prefix string) string {
	t.Helper()
	raw, err := plain(v)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := json.Indent(&b, raw, prefix, "  "); err != nil {
		t.Fatal(err)
	}
	if prefix == "" {
		b.WriteByte('\n')
	}
	return b.String()
}

func TestASettingMayBeABoolean(t *testing.T) {
	row := Setting{Key: "features.x", Type: "boolean", Default: "true", Accepts: "true or false", Doc: "Whether."}
	const want = `{"type":["boolean","null"],"default":true,"markdownDescription":"Whether."}`
	if got, err := plain(orNull(row.property(row.Doc))); err != nil || string(got) != want {
		t.Errorf("got %s, %v; want %s", got, err, want)
	}
}

// The schema refuses nothing that Load takes, but for a semantic-ls before the keys, which is for editors that send their
// settings whole. It lets nothing pass that Load does not take, but for what only words can say: an address, a path, a
// duration that is too long.
func TestTheSchemaSaysWhatLoadDoes(t *testing.T) {
	home(t)
	var s node
	if err := json.Unmarshal([]byte(pretty(t, schema(), "")), &s); err != nil {
		t.Fatal(err)
	}
	values := []string{
		`null`, `true`, `false`, `0`, `1`, `-1`, `7`, `64`, `65537`, `1.5`, `9007199254740993`, `{}`, `{"x":1}`, `[]`, `["30s"]`,
		`""`, `"x"`, `"x y"`, `"64"`, `"true"`, `"builtin"`, `"openai"`, `"debug"`, `"DEBUG"`, `"~/x"`, `"./x"`, `"/x"`,
		`"http://localhost:1/v1"`, `"ftp://x"`,
		`"30s"`, `"1m30s"`, `"1.5h"`, `".5s"`, `"1.s"`, `"+1s"`, `"1µs"`, `"0"`, `"2h"`, `"30"`, `"s"`, `"30 s"`, `"-1s"`,
	}
	taken, refused := 0, 0
	for _, row := range Table() {
		for _, value := range values {
			group, last, _ := strings.Cut(row.Key, ".")
			for _, text := range []string{
				fmt.Sprintf(`{%q:%s}`, row.Key, value), fmt.Sprintf(`{%q:%q,%q:{%q:%s}}`, schemaKey, schemaURL, group, last, value),
			} {
				var document any
				if err := json.Unmarshal([]byte(text), &document); err != nil {
					t.Fatal(err)
				}
				environ := []string{}
				if row.Key != "embedding.model" { // what `openai` needs is no matter of the value
					environ = append(environ, "SEMANTIC_LS_EMBEDDING_MODEL=m")
				}
				_, warnings, err := Load(Sources{File: userFile(t, text), Environ: environ})
				good, passes := err == nil && len(warnings) == 0, s.allows(&s, document)
				switch {
				case row.Secret && value == "null": // says nothing, and yet need not be suggested
				case good && !passes:
					t.Errorf("%s is a setting that the schema refuses", text)
				case passes && !good && row.also() == "":
					t.Errorf("the schema lets %s pass: %v %v", text, warnings, err)
				case passes:
					taken++
				default:
					refused++
				}
			}
		}
	}
	if taken < 200 || refused < 200 {
		t.Errorf("%d values taken, %d refused: that compares little", taken, refused)
	}
	for _, text := range []string{
		`{"log.levle":"info"}`, `{"log":{"levle":"info"}}`, `{"embedding.key":"k"}`, `{"log":{"$schema":"x"}}`,
	} {
		var document any
		if err := json.Unmarshal([]byte(text), &document); err != nil || s.allows(&s, document) {
			t.Errorf("the schema lets %s pass, %v", text, err)
		}
	}
}

// node is what schema uses of JSON Schema.
type node struct {
	Type                 any
	Enum                 []any
	Minimum, Maximum     *float64
	Pattern              string
	Properties           map[string]*node
	AdditionalProperties *bool
	Definitions          map[string]*node
	Ref                  string `json:"$ref"`
}

// allows tells whether a value follows the schema, which is a part of whole.
func (s *node) allows(whole *node, v any) bool {
	if s.Ref != "" {
		s = whole.Definitions[strings.TrimPrefix(s.Ref, refPrefix)]
	}
	types, list := s.Type.([]any)
	if !list {
		types = []any{s.Type}
	}
	if !slices.Contains(types, any(typeOf(v))) || s.Enum != nil && !slices.Contains(s.Enum, v) {
		return false
	}
	switch v := v.(type) {
	case string:
		return s.Pattern == "" || regexp.MustCompile(s.Pattern).MatchString(v)
	case float64:
		return *s.Minimum <= v && v <= *s.Maximum
	case map[string]any:
		for key, value := range v {
			inner := s.Properties[key]
			if inner == nil && !*s.AdditionalProperties || inner != nil && !inner.allows(whole, value) {
				return false
			}
		}
	}
	return true
}

func typeOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case []any:
		return "array"
	case float64:
		if v == float64(int64(v)) {
			return "integer"
		}
		return "number"
	}
	return "object"
}
