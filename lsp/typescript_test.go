package lsp

import (
	"fmt"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.lsp.dev/jsonrpc2"
)

// The types of our own methods as TypeScript, made from those of Go: fields, their types and their comments.

// published are the types that are shown, by their names there.
var published = []struct{ name, from string }{
	{"SearchParams", "semanticSearchParams"},
	{"RelatedParams", "semanticRelatedParams"},
	{"DuplicatesParams", "semanticDuplicatesParams"},
	{"ExplainParams", "semanticExplainParams"},
	{"FoldersParams", "foldersParams"},
	{"Answer", "answerPayload"},
	{"PartialAnswer", "partialPayload"},
	{"Hit", "hitPayload"},
	{"Duplicates", "duplicatesPayload"},
	{"PartialDuplicates", "partialGroupsPayload"},
	{"Group", "groupPayload"},
	{"Explanation", "explanationPayload"},
	{"Signal", "signalPayload"},
	{"Factor", "factorPayload"},
	{"Rule", "rulePayload"},
	{"Refusal", "refusalPayload"},
	{"Status", "statusPayload"},
	{"FolderStatus", "folderPayload"},
	{"Model", "modelPayload"},
	{"Coverage", "coveragePayload"},
}

// unions are the types of texts of which there are only some: what a constant's name begins with, and where it stands.
var unions = []struct{ name, field, constants, files, about string }{
	{"Reason", "hitPayload.Reason", "Reason", "../vectors/search/*.go", "Why code is related."},
	{"Verdict", "explanationPayload.Verdict", "Verdict", "../workspace/indexing/*.go", "Where a place stands."},
	{"FolderState", "folderPayload.State", "State", "../workspace/indexing/*.go", "What becomes of a folder."},
}

// described is a method of our own: what it takes and answers with, nil for nothing, and what its partial results carry.
type described struct {
	method                  string
	params, result, partial any
	notification            bool
}

var methods = []described{
	{method: methodSemanticSearch, params: semanticSearchParams{}, result: answerPayload{}, partial: partialPayload{}},
	{method: methodSemanticRelated, params: semanticRelatedParams{}, result: answerPayload{}},
	{
		method: methodSemanticDuplicates,
		params: semanticDuplicatesParams{}, result: duplicatesPayload{}, partial: partialGroupsPayload{},
	},
	{method: methodSemanticExplain, params: semanticExplainParams{}, result: explanationPayload{}},
	{method: methodSemanticStatus, result: statusPayload{}},
	{method: methodSemanticStatusChanged, params: statusPayload{}, notification: true},
	{method: methodSemanticPause, params: foldersParams{}},
	{method: methodSemanticResume, params: foldersParams{}},
	{method: methodSemanticReindex, params: foldersParams{}},
}

// codes are the errors that a client may want to tell apart.
var codes = []struct {
	name string
	code jsonrpc2.Code
}{
	{"cancelled", codeCancelled},
	{"superseded", codeSuperseded},
	{"stopping", codeStopping},
	{"failed", codeFailed},
	{"badParams", jsonrpc2.InvalidParams},
	{"unknownMethod", jsonrpc2.MethodNotFound},
	{"notInitialized", jsonrpc2.ServerNotInitialized},
	{"invalidRequest", jsonrpc2.InvalidRequest},
	{"internal", jsonrpc2.InternalError},
}

// typescript writes types. One that is not known to it fails the test.
type typescript struct {
	t        *testing.T
	out      strings.Builder
	types    map[string]*ast.GenDecl // of this package, by name
	standard map[string]bool         // the protocol's own types that were used
}

func newTypescript(t *testing.T) *typescript {
	w := &typescript{t: t, types: map[string]*ast.GenDecl{}, standard: map[string]bool{}}
	for _, d := range declarations(t, "*.go") {
		if spec, ok := d.Specs[0].(*ast.TypeSpec); ok {
			w.types[spec.Name.Name] = d
		}
	}
	return w
}

// declarations are the types and constants of sources, but for tests.
func declarations(t *testing.T, files string) (list []*ast.GenDecl) {
	t.Helper()
	paths, err := filepath.Glob(filepath.FromSlash(files))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no sources %s: %v", files, err)
	}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(gotoken.NewFileSet(), path, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if d, ok := d.(*ast.GenDecl); ok && (d.Tok == gotoken.TYPE || d.Tok == gotoken.CONST) {
				list = append(list, d)
			}
		}
	}
	return list
}

// all writes everything: the requests, the types, the constants.
func (w *typescript) all() string {
	w.requests()
	for _, p := range published {
		w.interfaceOf(p.name, p.from)
	}
	for _, u := range unions {
		w.union(u.name, u.constants, u.files, u.about)
	}
	w.line("export const method = {")
	for _, m := range methods {
		w.line("  %s: %q,", strings.TrimPrefix(m.method, "semantic/"), m.method)
	}
	w.line("} as const;\n")
	if commands := named(w.t, "command"); len(commands) > 0 {
		w.line("/** What workspace/executeCommand takes beside the methods. */\nexport const command = {")
		for _, c := range commands {
			w.line("  %s: %q,", strings.TrimPrefix(c, "semantic/"), c)
		}
		w.line("} as const;\n")
	}
	w.line("export const code = {")
	for _, c := range codes {
		w.line("  %s: %d,", c.name, c.code)
	}
	w.line("} as const;")
	return w.out.String()
}

// named are the texts of those constants of the package whose names begin so, such as "semantic/search".
func named(t *testing.T, begin string) (texts []string) {
	t.Helper()
	for _, d := range declarations(t, "*.go") {
		for _, s := range d.Specs {
			c, ok := s.(*ast.ValueSpec)
			if !ok || !strings.HasPrefix(c.Names[0].Name, begin) || len(c.Values) != 1 {
				continue
			}
			if value, ok := c.Values[0].(*ast.BasicLit); ok && strings.HasPrefix(value.Value, `"semantic/`) {
				texts = append(texts, strings.Trim(value.Value, `"`))
			}
		}
	}
	return texts
}

func (w *typescript) line(format string, args ...any) { fmt.Fprintf(&w.out, format+"\n", args...) }

func (w *typescript) requests() {
	w.line("/** What each request takes and answers with, and what the partial results of some carry. */")
	w.line("export interface Requests {")
	for _, m := range methods {
		if m.notification {
			continue
		}
		partial := ""
		if m.partial != nil {
			partial = "; partial: " + w.of(m.partial, "")
		}
		params, result := w.of(m.params, "object"), w.of(m.result, "null")
		w.line("  %q: { params: %s; result: %s%s };", m.method, params, result, partial)
	}
	w.line("}\n\n/** What each notification of the server carries. */\nexport interface Notifications {")
	for _, m := range methods {
		if m.notification {
			w.line("  %q: %s;", m.method, w.of(m.params, "object"))
		}
	}
	w.line("}\n")
}

// of is the name of v's type.
func (w *typescript) of(v any, none string) string {
	if v == nil {
		return none
	}
	return w.published(reflect.TypeOf(v).Name())
}

func (w *typescript) published(from string) string {
	for _, p := range published {
		if p.from == from {
			return p.name
		}
	}
	w.t.Fatalf("%s is not among the types that are published", from)
	return ""
}

func (w *typescript) interfaceOf(name, from string) {
	w.t.Helper()
	d := w.types[from]
	if d == nil {
		w.t.Fatalf("there is no type %s", from)
	}
	w.comment("", d.Doc, nil)
	w.line("export interface %s {", name)
	w.fields(from, d)
	w.line("}\n")
}

// fields writes the fields of a struct, those of structs in it among them.
func (w *typescript) fields(from string, d *ast.GenDecl) {
	for _, f := range d.Specs[0].(*ast.TypeSpec).Type.(*ast.StructType).Fields.List {
		if len(f.Names) == 0 {
			w.fields(from, w.types[f.Type.(*ast.Ident).Name])
			continue
		}
		tag, _ := strconv.Unquote(f.Tag.Value)
		key, options, _ := strings.Cut(reflect.StructTag(tag).Get("json"), ",")
		pointer, isPointer := f.Type.(*ast.StarExpr)
		of := f.Type
		if isPointer {
			of = pointer.X
		}
		ts := w.typeOf(from+"."+f.Names[0].Name, key, of)
		optional := ""
		_, isList := of.(*ast.ArrayType)
		switch {
		case options != "":
			optional = "?"
		case strings.HasSuffix(from, "Params") && (isPointer || isList):
			w.t.Fatalf("%s.%s may be left out: say omitempty in its tag", from, key)
		case isPointer:
			ts += " | null"
		}
		w.comment("  ", f.Doc, f.Comment)
		w.line("  %s%s: %s;", key, optional, ts)
	}
}

// typeOf is the type of a field.
func (w *typescript) typeOf(field, key string, e ast.Expr) string {
	for _, u := range unions {
		if u.field == field {
			return u.name
		}
	}
	if list, ok := e.(*ast.ArrayType); ok {
		return w.typeOf(field, key, list.Elt) + "[]"
	}
	name := ""
	switch e := e.(type) {
	case *ast.Ident:
		name = e.Name
	case *ast.SelectorExpr:
		name = e.X.(*ast.Ident).Name + "." + e.Sel.Name
	}
	switch name {
	case "bool":
		return "boolean"
	case "float64":
		return "number"
	case "int":
		return w.use("integer")
	case "count":
		return w.use("uinteger")
	case "string":
		if key == "uri" || key == "folders" {
			return w.use("DocumentUri")
		}
		return name
	case "span":
		return w.use("Range")
	case "position":
		return w.use("Position")
	case "document":
		return w.use("TextDocumentIdentifier")
	case "protocol.SymbolKind":
		return w.use("SymbolKind")
	case "json.RawMessage":
		if strings.HasSuffix(key, "Token") {
			return w.use("ProgressToken")
		}
	}
	return w.published(name)
}

// use is the name of one of the protocol's own types.
func (w *typescript) use(name string) string {
	w.standard[name] = true
	return name
}

// used lists the protocol's own types, by name.
func (w *typescript) used() []string {
	list := []string{}
	for name := range w.standard {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}

// union writes the texts of constants.
func (w *typescript) union(name, constants, files, about string) {
	w.line("/** %s */\nexport type %s =", about, name)
	members := []string{}
	for _, d := range declarations(w.t, files) {
		for _, s := range d.Specs {
			c, ok := s.(*ast.ValueSpec)
			if !ok || len(c.Values) != 1 {
				continue
			}
			of, _ := c.Type.(*ast.Ident)
			if !strings.HasPrefix(c.Names[0].Name, constants) && (of == nil || of.Name != constants) {
				continue
			}
			if value, ok := c.Values[0].(*ast.BasicLit); ok && value.Kind == gotoken.STRING {
				comment := ""
				if c.Comment != nil {
					comment = " // " + strings.TrimSpace(c.Comment.Text())
				}
				members = append(members, "  | "+value.Value+comment)
			}
		}
	}
	if len(members) < 2 {
		w.t.Fatalf("there are no constants %s in %s", constants, files)
	}
	w.line("%s;\n", strings.Join(members, "\n"))
}

// commentWidth is that of the project's lines.
const commentWidth = 118

// comment writes comments of Go, if there are any, in which types have the names that they have here.
func (w *typescript) comment(indent string, groups ...*ast.CommentGroup) {
	text := ""
	for _, g := range groups {
		text = strings.TrimSpace(text + " " + strings.Join(strings.Fields(g.Text()), " "))
	}
	if text == "" {
		return
	}
	for _, p := range published {
		text = regexp.MustCompile(`\b`+p.from+`\b`).ReplaceAllString(text, p.name)
	}
	if len(indent)+len(text)+len("/**  */") <= commentWidth {
		w.line("%s/** %s */", indent, text)
		return
	}
	w.line("%s/**", indent)
	line := indent + " *"
	for word := range strings.FieldsSeq(text) {
		if len(line)+1+len(word) > commentWidth {
			w.line("%s", line)
			line = indent + " *"
		}
		line += " " + word
	}
	w.line("%s\n%s */", line, indent)
}
