package lsp

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"io"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.lsp.dev/protocol"

	"github.com/semantic-ls/semantic-ls/lsp/lsptest"
	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

var writeProtocol = flag.Bool("write-protocol", false, "write docs/protocol.md and the extension's types")

// What in docs/protocol.md is written by go generate: the types, which stand between these lines, and in the examples the
// answers, where they are not what the server answers.
const (
	typesBegin = "<!-- Written by go generate ./lsp, as editors/vscode/src/protocol.ts is: -->\n"
	typesEnd   = "<!-- the end of what is written -->\n"
)

// TestProtocol compares docs/protocol.md and the extension's types with the types of the package, and asks a server what the
// document's examples ask.
func TestProtocol(t *testing.T) {
	w := newTypescript(t)
	types := w.all()
	const header = "// Generated from the types in lsp by go generate. Do not edit. What it means is in docs/protocol.md.\n\n"
	imports := fmt.Sprintf("import type {\n  %s,\n} from \"vscode-languageclient/node\";\n\n", strings.Join(w.used(), ",\n  "))
	current(t, header+imports+types, "editors", "vscode", "src", "protocol.ts")

	document := read(t, "docs", "protocol.md")
	before, rest, ok := strings.Cut(document, typesBegin)
	_, after, end := strings.Cut(rest, typesEnd)
	if !ok || !end {
		t.Fatalf("docs/protocol.md has no place for the types, between %q and %q", typesBegin, typesEnd)
	}
	document = fmt.Sprintf("%s%s\n```typescript\n// Those of the Language Server Protocol itself:\n// %s\n\n%s```\n\n%s%s",
		before, typesBegin, strings.Join(w.used(), ", "), types, typesEnd, after)
	current(t, withAnswers(t, document), "docs", "protocol.md")
}

// read is a file of the repository.
func read(t *testing.T, path ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(append([]string{".."}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}

// current fails unless a file of the repository is what it should be; with -write-protocol it writes that.
func current(t *testing.T, want string, path ...string) {
	t.Helper()
	if *writeProtocol {
		if err := os.WriteFile(filepath.Join(append([]string{".."}, path...)...), []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, wanted := strings.Split(read(t, path...), "\n"), strings.Split(want, "\n")
	for i := range max(len(got), len(wanted)) {
		if i >= len(got) || i >= len(wanted) || got[i] != wanted[i] {
			t.Fatalf("%s does not follow from package lsp any more, see line %d: run go generate ./lsp\nit has\n%s\nnot\n%s",
				filepath.Join(path...), i+1, strings.Join(around(got, i), "\n"), strings.Join(around(wanted, i), "\n"))
		}
	}
}

// around are the lines about the i-th.
func around(lines []string, i int) []string {
	const about = 12
	return lines[min(max(0, i-about), len(lines)):min(i+about, len(lines))]
}

// Whoever adds a method, a parameter or a part of an answer is told here that others want to know of it.
func TestTheProtocolIsDocumentedWhole(t *testing.T) {
	document := read(t, "docs", "protocol.md")
	has := func(what string) {
		t.Helper()
		if !strings.Contains(document, what) {
			t.Errorf("docs/protocol.md does not have %q", what)
		}
	}
	known := map[string]bool{}
	for _, m := range methods {
		known[m.method] = true
		has("\n## " + m.method + "\n")
		if m.notification {
			has("\n// <- " + m.method + "\n")
		} else {
			has("\n// -> " + m.method + "\n")
		}
	}
	for _, method := range named(t, "methodSemantic") {
		if !known[method] {
			t.Errorf("%s is not among the methods of typescript_test.go", method)
		}
	}
	for _, command := range named(t, "command") {
		has("`" + command + "`")
	}
	for _, d := range append(declarations(t, "params.go"), declarations(t, "payload.go")...) {
		spec, ok := d.Specs[0].(*ast.TypeSpec)
		if !ok {
			continue
		}
		name := spec.Name.Name
		ours := strings.HasSuffix(name, "Payload") || strings.HasPrefix(name, "semantic") && strings.HasSuffix(name, "Params")
		if ours && !slices.ContainsFunc(published, func(p struct{ name, from string }) bool { return p.from == name }) {
			t.Errorf("%s is not among the types of typescript_test.go", name)
		}
	}
	for _, c := range codes {
		has(fmt.Sprintf("| %d |", c.code))
	}
	for _, number := range []int{hitLimit, hitLimitMost, partialHits, partialGroups, indexing.MinLines, indexing.MostGroups} {
		has(fmt.Sprintf(" %d", number))
	}
	has(fmt.Sprintf("%v to 1, %v if left out", indexing.LeastSimilarity, indexing.MinSimilarity))
}

// The folder that the examples ask about.
const (
	exampleFolder = "/home/ann/shop"
	retryGo       = `package net

// Retry calls f again with growing pauses until it succeeds or attempts run out.
func Retry(attempts int, f func() error) error {
	var err error
	for i := 0; i < attempts; i++ {
		if err = f(); err == nil {
			return nil
		}
		pause(i)
	}
	return err
}
`
)

func exampleFiles() map[string]string {
	return map[string]string{
		".gitignore":   "build/\n",
		"net/retry.go": retryGo,
		"net/retry_test.go": "package net\n\nfunc TestRetry(t *testing.T) {\n\tcalls := 0\n" +
			"\terr := Retry(3, func() error { calls++; return io.EOF })\n" +
			"\tif calls != 3 || err != io.EOF {\n\t\tt.Fatal(calls, err)\n\t}\n}\n",
		"jobs/again.go": "package jobs\n\n// Again runs a job until it is done.\nfunc Again(times int, job func() error) error {\n" +
			"\tvar failure error\n\tfor n := 0; n < times; n++ {\n\t\tif failure = job(); failure == nil {\n\t\t\treturn nil\n\t\t}\n" +
			"\t\twait(n)\n\t}\n\treturn failure\n}\n",
		"header/parse.go": "package header\n\n// ParseHeader splits a header line into its name and its value.\n" +
			"func ParseHeader(line string) (name, value string) {\n\tname, value, _ = strings.Cut(line, \":\")\n" +
			"\treturn name, strings.TrimSpace(value)\n}\n",
		"build/out.go": "package build\n",
	}
}

var (
	exampleBlock   = regexp.MustCompile("(?s)```jsonc\n(.*?)```")
	exampleMessage = regexp.MustCompile(`(?m)^// (->|<-) (\S+)\n`)
)

// withAnswers is the document with what a server answers to its examples: what stands there, if it is the same but for
// numbers with a fraction. It fails the test where an example is not of the types that are documented.
func withAnswers(t *testing.T, document string) string {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range exampleFiles() {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	cfg := Config{Version: "1.2.3", Start: func(context.Context, json.RawMessage) (Engine, Features, error) {
		return indexing.New(indexing.Config{Embedder: static.New(), Limiter: tasks.NewLimiter(2, 1)}), Features{}, nil
	}}
	serve := func(ctx context.Context, stream io.ReadWriteCloser) error { return Serve(ctx, stream, cfg) }
	x := &examples{t: t, here: uriOf(dir)}
	lsptest.Run(t, serve, func(e *lsptest.Editor) {
		// Were the server to watch the files itself, it might index some again that were written just before it began.
		watches := map[string]any{"didChangeWatchedFiles": map[string]any{"dynamicRegistration": true}}
		params := lsptest.Options{Capabilities: map[string]any{"workspace": watches}}.Params()
		params["workspaceFolders"] = []workspaceFolder{{URI: x.here, Name: "shop"}}
		if err := e.Call("initialize", params, nil); err != nil {
			t.Fatal(err)
		}
		e.Notify("initialized", map[string]any{})
		e.AwaitReady()
		x.editor = e
		document = exampleBlock.ReplaceAllStringFunc(document, func(block string) string {
			return "```jsonc\n" + x.exchange(exampleBlock.FindStringSubmatch(block)[1]) + "```"
		})
	})
	return document
}

// examples are asked of a server.
type examples struct {
	t      *testing.T
	editor *lsptest.Editor
	here   string // the URI of the folder that exampleFolder stands for
}

// exchange is a request and what is heard for it: `result`, `error`, or the method of a notification.
func (x *examples) exchange(text string) string {
	places := exampleMessage.FindAllStringSubmatchIndex(text, -1)
	if len(places) < 2 || places[0][0] != 0 {
		x.t.Fatalf("no example: %s", text)
	}
	var out strings.Builder
	var method string
	var result, refused json.RawMessage
	mark, heard := x.editor.Mark(), map[string]int{}
	for i, m := range places {
		end := len(text)
		if i+1 < len(places) {
			end = places[i+1][0]
		}
		title, name, body := text[m[0]:m[1]], text[m[4]:m[5]], text[m[1]:end]
		if i == 0 {
			method = name
			x.strict(body, x.method(name).params, false)
			result, refused = x.ask(method, body)
			out.WriteString(title + body)
			continue
		}
		var got json.RawMessage
		switch name {
		case "result":
			got = result
			x.strict(string(got), x.method(method).result, true)
		case "error":
			got = refused
		case methodSemanticStatusChanged: // any of several
			x.editor.Await("a status as in "+body, mark, func(m lsptest.Message) bool {
				return m.Method == name && same(decoded(x.t, body), decoded(x.t, x.there(string(m.Params))))
			})
			got = json.RawMessage(body)
			x.strict(body, x.method(name).params, true)
		default:
			list := x.editor.Heard(mark, func(m lsptest.Message) bool { return m.Method == name })
			if heard[name] >= len(list) {
				x.t.Fatalf("%s: the server sends %d %s, not more", method, len(list), name)
			}
			got = list[heard[name]].Params
			heard[name]++
			if name == protocol.MethodProgress {
				x.strict(string(at(got, "value")), x.method(method).partial, true)
			}
		}
		got = json.RawMessage(x.there(string(got)))
		if !json.Valid([]byte(body)) || !same(decoded(x.t, body), decoded(x.t, string(got))) {
			body = laidOut(got, "") + "\n"
		}
		out.WriteString(title + body)
	}
	return out.String()
}

// ask returns what comes of a request.
func (x *examples) ask(method, params string) (result, refused json.RawMessage) {
	var answer json.RawMessage
	err := x.editor.Call(method, json.RawMessage(strings.ReplaceAll(params, uriOf(exampleFolder), x.here)), &answer)
	if wire, ok := err.(*lsptest.Error); ok {
		refused, err = json.Marshal(map[string]any{"code": wire.Code, "message": wire.Message})
	}
	if err != nil {
		x.t.Fatalf("%s: %v", method, err)
	}
	return answer, refused
}

// there is what a server says, as if it were of the folder of the examples.
func (x *examples) there(text string) string {
	return strings.ReplaceAll(text, x.here, uriOf(exampleFolder))
}

func (x *examples) method(name string) described {
	for _, m := range methods {
		if m.method == name {
			return m
		}
	}
	if strings.HasPrefix(name, "semantic/") {
		x.t.Fatalf("%s is none of our methods", name)
	}
	return described{} // one of the protocol's own, with types of its own
}

// strict fails the test if JSON has what a type has not, or leaves out what it has: parameters need not be whole.
func (x *examples) strict(text string, of any, whole bool) {
	x.t.Helper()
	if of == nil {
		return
	}
	v := reflect.New(reflect.TypeOf(of))
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(v.Interface()); err != nil {
		x.t.Errorf("%T: %v: %s", of, err, text)
		return
	}
	again, err := json.Marshal(v.Interface())
	if err != nil || whole && !reflect.DeepEqual(decoded(x.t, text), decoded(x.t, string(again))) {
		x.t.Errorf("%T is\n%s\nand not\n%s, %v", of, again, text, err)
	}
}

func decoded(t *testing.T, text string) (v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return v
}

// same compares JSON. A number with a fraction is as good as another: scores change with the ranking.
func same(want, got any) bool {
	switch want := want.(type) {
	case map[string]any:
		got, ok := got.(map[string]any)
		if !ok || len(got) != len(want) {
			return false
		}
		for key, value := range want {
			if other, ok := got[key]; !ok || !same(value, other) {
				return false
			}
		}
		return true
	case []any:
		got, ok := got.([]any)
		return ok && slices.EqualFunc(want, got, same)
	case float64:
		got, ok := got.(float64)
		return ok && (got == want || want != math.Trunc(want) && got != math.Trunc(got))
	}
	return want == got
}

// exampleWidth is up to where a value stands in one line.
const exampleWidth = 110

// laidOut is JSON for readers: in one line where that is short, and numbers with two digits behind the point.
func laidOut(raw json.RawMessage, indent string) string {
	raw = bytes.TrimSpace(raw)
	if raw[0] != '{' && raw[0] != '[' {
		var f float64
		if json.Unmarshal(raw, &f) == nil && f != math.Trunc(f) {
			return fmt.Sprintf("%.2f", f)
		}
		return string(raw)
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	_, _ = d.Token()
	var short, long []string
	for d.More() {
		key := ""
		if raw[0] == '{' {
			name, _ := d.Token()
			key = fmt.Sprintf("%q: ", name)
		}
		var value json.RawMessage
		if d.Decode(&value) != nil {
			break // not for valid JSON
		}
		long = append(long, indent+"  "+key+laidOut(value, indent+"  "))
		short = append(short, key+laidOut(value, ""))
	}
	open, end, pad := string(raw[:1]), string(raw[len(raw)-1:]), ""
	if raw[0] == '{' {
		pad = " "
	}
	line := open + pad + strings.Join(short, ", ") + pad + end
	if len(short) == 0 {
		return open + end
	}
	if !strings.Contains(line, "\n") && len(indent)+len(line) <= exampleWidth {
		return line
	}
	return open + "\n" + strings.Join(long, ",\n") + "\n" + indent + end
}
