package lsp_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"net"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/semantic-ls/semantic-ls/lsp"
	"github.com/semantic-ls/semantic-ls/lsp/lsptest"
	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/vectors/search"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

// What a hostile client can send: bytes that are no messages (FuzzFrames; FuzzAnyBytes in stream_test.go sends bytes that
// may be no frames either), messages that make no sense (FuzzMessages), places that do not exist (FuzzPlaces). Texts and
// edits without a server around them are fuzzed in workspace/text.

// answered is an engine that has a hit for everything.
func answered() *fake {
	engine := newFake()
	answer := indexing.Answer{Hits: []search.Hit{hit("/w/a.go", "it is it", 0, 2)}, Coverage: covered}
	engine.search = func(context.Context, workspace.Documents, indexing.Query) (indexing.Answer, error) {
		return answer, nil
	}
	engine.related = func(context.Context, workspace.Documents, indexing.Place) (indexing.Answer, error) {
		return answer, nil
	}
	return engine
}

// asks tells the method of a message that would end the connection, and that it is a request.
func asks(message []byte) (method string, request bool) {
	var m struct {
		ID     json.RawMessage `json:"id"`
		Method string          `json:"method"`
	}
	_ = json.Unmarshal(message, &m) // of what is no message there is no method
	return m.Method, m.ID != nil
}

// inPieces is a stream of which so many bytes are written at once.
type inPieces struct {
	io.ReadWriteCloser
	size int
}

func (p inPieces) Write(b []byte) (n int, err error) {
	for len(b) > 0 && err == nil {
		var some int
		some, err = p.ReadWriteCloser.Write(b[:min(p.size, len(b))])
		n, b = n+some, b[some:]
	}
	return n, err
}

// attach runs body with an editor whose bytes come in pieces of so many.
func attach(t *testing.T, engine lsp.Engine, size int, body func(e *lsptest.Editor)) {
	t.Helper()
	ours, theirs := net.Pipe()
	err := tasks.Run(t.Context(), func(_ context.Context, g *tasks.Group) error {
		g.Go(func(ctx context.Context) error {
			if err := serve(engine)(ctx, theirs); err != nil && !errors.Is(err, lsp.ErrDisconnected) {
				t.Errorf("Serve returned %v", err)
			}
			return nil
		})
		lsptest.Attach(t, inPieces{ours, size}, body)
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// FuzzFrames: whatever is in a frame of the right length, in whatever pieces it comes, the message behind it is answered.
func FuzzFrames(f *testing.F) {
	for _, seed := range []string{
		"", "{}", "[]", "[{}]", "null", "\"", "\xff\xfe", "\r\n\r\n", "Content-Length: 5\r\n\r\nhello", "{\"jsonrpc\":\"2.0\",\"id\":1",
		`{"jsonrpc":"2.0","id":1,"method":"semantic/status"}{"jsonrpc":"2.0","id":2,"method":"semantic/status"}`,
		`{"jsonrpc":"2.0","id":1e400,"method":"semantic/status"}`, `{"jsonrpc":"2.0","id":[[[[]]]],"method":{}}`,
		`{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":"behind"}}`, `{"jsonrpc":"2.0","id":null,"method":"shutdown"}`,
		`{"jsonrpc":"2.0","id":"a\ud800\udc00\u0000","result":{"x":1},"error":{"code":1e99}}`,
	} {
		f.Add([]byte(seed), uint16(1))
		f.Add([]byte(seed), uint16(4096))
	}
	f.Fuzz(func(t *testing.T, body []byte, size uint16) {
		if method, _ := asks(body); method == "exit" || len(body) > 10_000 {
			return
		}
		attach(t, answered(), max(1, int(size)), func(e *lsptest.Editor) {
			e.Initialize(lsptest.Options{})
			behind := e.Expect(`"behind"`)
			e.Write(lsptest.Frame(string(body)) + lsptest.Frame(lsptest.Request(`"behind"`, "semantic/status", nil)))
			// A shutdown in the frame refuses what comes behind it, in words.
			if err := behind.Wait(nil); err != nil && lsptest.Code(err) != -32600 {
				t.Errorf("%q: the message behind it: %v", body, err)
			}
		})
	})
}

// messages are lines with a method, a space and parameters; one that begins with ! is a notification. They name every
// message that a client may send.
var messages = []string{
	"initialize {\"capabilities\":{\"workspace\":{\"configuration\":true,\"didChangeWatchedFiles\":{\"dynamicRegistration\":true}},\"window\":{\"workDoneProgress\":true},\"general\":{\"positionEncodings\":[\"utf-8\",7]}},\"workspaceFolders\":[{\"uri\":\"file:///w\",\"name\":7},{\"uri\":\"file:///w/b\"}],\"processId\":1.5,\"trace\":\"verbose\"}\n!initialized {}\nsemantic/status {}",
	"initialize 7\ninitialize {\"rootUri\":[],\"rootPath\":{},\"workspaceFolders\":\"x\",\"capabilities\":[[]],\"initializationOptions\":3}\ninitialize {}",
	"!textDocument/didOpen {\"textDocument\":{\"uri\":\"file:///w/a.go\",\"version\":1,\"text\":\"a\\nb\"}}\n!textDocument/didOpen {\"textDocument\":{\"uri\":\"file:///w/a.go\",\"version\":-9,\"text\":\"c\"}}\n!textDocument/didChange {\"textDocument\":{\"uri\":\"file:///w/a.go\",\"version\":-1},\"contentChanges\":[{\"range\":{\"start\":{\"line\":1e99,\"character\":-2},\"end\":{\"line\":null,\"character\":2.5}},\"text\":\"\\ud800\"},{\"text\":\"z\"}]}\n!textDocument/didSave {\"textDocument\":{\"uri\":\"file:///w/a.go\"},\"text\":\"q\"}\n!textDocument/didClose {\"textDocument\":{\"uri\":\"file:///w/a.go\"}}\n!textDocument/didClose {\"textDocument\":{\"uri\":\"file:///w/a.go\"}}\nsemantic/search {\"query\":\"x\"}",
	"!textDocument/didChange {\"textDocument\":{\"uri\":\"untitled:Untitled-1\",\"version\":2},\"contentChanges\":[{\"text\":\"x\"}]}\n!textDocument/didOpen {\"textDocument\":{\"uri\":\"vscode-remote://ssh/x\",\"text\":\"x\"}}\nsemantic/related {\"textDocument\":{\"uri\":\"vscode-remote://ssh/x\"},\"position\":{\"line\":0,\"character\":0}}",
	"!notebookDocument/didOpen {\"notebookDocument\":{\"uri\":\"file:///w/n.ipynb\",\"version\":1,\"cells\":[{\"kind\":2,\"document\":\"vscode-notebook-cell:/w/n.ipynb#a\"}]},\"cellTextDocuments\":[{\"uri\":\"vscode-notebook-cell:/w/n.ipynb#a\",\"languageId\":\"python\",\"version\":1,\"text\":\"def f(): pass\"}]}\n!notebookDocument/didChange {\"notebookDocument\":{\"uri\":\"file:///w/n.ipynb\",\"version\":2},\"change\":{\"cells\":{\"structure\":{\"array\":{\"start\":-1,\"deleteCount\":1e99,\"cells\":[7]}},\"textContent\":[{\"document\":{\"uri\":\"vscode-notebook-cell:/w/n.ipynb#a\"},\"changes\":[{\"text\":\"x\"}]}]}}}\n!notebookDocument/didSave {\"notebookDocument\":{\"uri\":\"file:///w/n.ipynb\"}}\n!notebookDocument/didClose {\"notebookDocument\":{\"uri\":\"file:///w/n.ipynb\"},\"cellTextDocuments\":[7]}\nsemantic/search {\"query\":\"x\"}",
	"semantic/search {\"query\":\"x\",\"session\":\"s\",\"limit\":3,\"folders\":[\"file:///w\",\"\"],\"partialResultToken\":\"p\",\"globs\":[\"*\"],\"languages\":[\"go\"],\"kinds\":[\"function\"]}\nsemantic/search {\"query\":\"lang:go path:x \\\"y\\\" /z/\",\"session\":\"s\"}\n!$/cancelRequest {\"id\":1}\nsemantic/search {\"query\":[]}",
	"semantic/related {\"text\":\"func f() {}\",\"languageId\":\"go\",\"limit\":1}\nsemantic/related {\"textDocument\":{\"uri\":\"file:///w/none.go\"},\"range\":{\"start\":{\"line\":9,\"character\":9},\"end\":{\"line\":0,\"character\":0}}}\nsemantic/duplicates {\"minLines\":0,\"similarity\":1e300,\"foreign\":true}\nsemantic/duplicates {\"partialResultToken\":-1}\nsemantic/explain {\"query\":\"x\",\"uri\":\"file:///w/a.go\",\"position\":{\"line\":-1,\"character\":0}}",
	"workspace/symbol {\"query\":\"x\"}\nworkspace/symbol {\"query\":\"\"}\nworkspace/symbol null\nsemantic/status 7\nsemantic/pause {\"folders\":[\"file:///w\"]}\nsemantic/resume {}\nsemantic/reindex {\"folders\":[]}\n!window/workDoneProgress/cancel {\"token\":\"semantic-ls/1\"}",
	"!workspace/didChangeWatchedFiles {\"changes\":[{\"uri\":\"file:///w/a.go\",\"type\":9},{\"uri\":7}]}\n!workspace/didChangeWorkspaceFolders {\"event\":{\"added\":[{\"uri\":\"file:///v\"}],\"removed\":[{\"uri\":\"file:///w\"},{}]}}\n!workspace/didChangeConfiguration {\"settings\":{\"semantic-ls\":{\"x\":1}}}\n!$/setTrace {\"value\":\"messages\"}\n!$/setTrace {\"value\":7}\nsemantic/status {}",
	"textDocument/documentSymbol {\"textDocument\":{\"uri\":\"file:///w/a.go\"}}\ntextDocument/codeLens {\"textDocument\":{\"uri\":7}}\ncodeLens/resolve {\"data\":[]}\ntextDocument/codeAction {\"range\":{}}\nworkspace/executeCommand {\"command\":\"semantic/search\",\"arguments\":[{\"query\":\"x\"}]}\ntextDocument/diagnostic {\"previousResultId\":7}\nworkspaceSymbol/resolve {\"location\":{\"uri\":\"\"}}",
	"shutdown null\nshutdown {}\nsemantic/search {\"query\":\"x\"}\ninitialize {}\n!initialized 7",
	"!shutdown {}\nexit {}\nsemantic/status {}",
}

// FuzzMessages: every request is answered once, whatever else is said, and the server lives.
func FuzzMessages(f *testing.F) {
	for _, seed := range messages {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, script string) {
		if len(script) > 20_000 || !utf8.ValidString(script) {
			return // what is no JSON is FuzzFrames' matter
		}
		engine := answered()
		lsptest.Run(t, serve(engine), func(e *lsptest.Editor) {
			if !strings.HasPrefix(script, "initialize") {
				e.Initialize(lsptest.Options{Folders: []string{"/w"}})
			}
			var pending []*lsptest.Pending
			for i, line := range strings.Split(script, "\n") {
				method, params, _ := strings.Cut(line, " ")
				method, notification := strings.CutPrefix(method, "!")
				if !json.Valid([]byte(params)) || notification && method == "exit" {
					continue
				}
				id := fmt.Sprintf("%q", fmt.Sprint("line ", i))
				quoted, _ := json.Marshal(method)
				if notification {
					e.Send(fmt.Sprintf(`{"jsonrpc":"2.0","method":%s,"params":%s}`, quoted, params))
					continue
				}
				pending = append(pending, e.Expect(id))
				e.Send(fmt.Sprintf(`{"jsonrpc":"2.0","id":%s,"method":%s,"params":%s}`, id, quoted, params))
			}
			last := e.Expect(`"last"`)
			e.Send(lsptest.Request(`"last"`, "semantic/status", nil))
			for _, p := range append(pending, last) {
				var wire *lsptest.Error
				if err := p.Wait(nil); err != nil && (!errors.As(err, &wire) || wire.Code == -32603) {
					t.Errorf("request %s: %v", p.ID, err)
				}
			}
			if more := e.Orphans(); len(more) > 0 {
				t.Errorf("answers that nobody asked for: %v", more)
			}
		})
	})
}

// FuzzPlaces edits a document between two places that are any JSON at all, and then asks about the first of them. The
// text is the one that the plain way makes of it, and the place that is asked about is one of that text.
func FuzzPlaces(f *testing.F) {
	for _, place := range [][4]string{
		{"0", "1", "1", "0"},
		{"-1", "-1e300", "4294967296", "1e999"},
		{"0.0", "1.9", "1.0e0", "2"},
		{"null", "0", "9007199254740993", "-0"},
		{"true", "0", "0", "0"},
		{`"1"`, "0", "[]", "{}"},
		{"1", "0", "0", "0"},
		{"0", "2", "0", "3"}, // between the halves of a surrogate pair
	} {
		for encoding := range 3 {
			f.Add("a\U0001F600b\r\n\u00e9\xff\rz", `"\ud83d\n"`, place[0], place[1], place[2], place[3], uint8(encoding))
		}
	}
	f.Fuzz(func(t *testing.T, before, insert, line, character, endLine, endCharacter string, encoding uint8) {
		for _, token := range []string{insert, line, character, endLine, endCharacter} {
			if !json.Valid([]byte(token)) || !utf8.ValidString(token) || len(token) > 1000 {
				return
			}
		}
		if len(before) > 1000 {
			return
		}
		before = strings.ToValidUTF8(before, "\ufffd")
		name := []string{"utf-8", "utf-16", "utf-32"}[encoding%3]
		want := edited(before, insert, [4]string{line, character, endLine, endCharacter}, name)
		engine := newFake()
		engine.search = echo("/w/a.go")
		engine.related = func(_ context.Context, docs workspace.Documents, p indexing.Place) (indexing.Answer, error) {
			if p.Start < 0 || p.Start > p.End || p.End > len(want) || !utf8.ValidString(want[:p.Start]) {
				t.Errorf("asked for %d to %d of %q", p.Start, p.End, want)
			}
			return indexing.Answer{}, nil
		}
		run(t, engine, lsptest.Options{Encodings: []string{name}}, func(e *lsptest.Editor) {
			e.Open("/w/a.go", before)
			start := fmt.Sprintf(`{"line":%s,"character":%s}`, line, character)
			end := fmt.Sprintf(`{"line":%s,"character":%s}`, endLine, endCharacter)
			e.Send(fmt.Sprintf(`{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":"file:///w/a.go","version":2},"contentChanges":[{"range":{"start":%s,"end":%s},"text":%s}]}}`, start, end, insert))
			a, err := e.Search(lsptest.Query{Query: "x"})
			if err != nil || len(a.Hits) != 1 || a.Hits[0].Snippet != want {
				t.Fatalf("%+v, %v; want the text %q", a.Hits, err, want)
			}
			err = e.Call("semantic/related", json.RawMessage(`{"textDocument":{"uri":"file:///w/a.go"},"position":`+start+`}`), nil)
			if _, ok := uinteger(line); err != nil && (ok || lsptest.Code(err) != -32602) {
				if _, ok := uinteger(character); err != nil && (ok || lsptest.Code(err) != -32602) {
					t.Errorf("related at %s: %v", start, err)
				}
			}
		})
	})
}

// edited is the text after an edit, the plain way: what makes no sense changes nothing.
func edited(text, insert string, place [4]string, encoding string) string {
	var inserted string
	if json.Unmarshal([]byte(insert), &inserted) != nil {
		return text
	}
	var n [4]uint32
	for i, token := range place {
		v, ok := uinteger(token)
		if !ok {
			return text
		}
		n[i] = v
	}
	if n[2] < n[0] || n[2] == n[0] && n[3] < n[1] {
		return text
	}
	start, end := offset(text, n[0], n[1], encoding), offset(text, n[2], n[3], encoding)
	return text[:start] + inserted + text[end:]
}

// uinteger is the number that JSON stands for, the nearest one of 32 bits below it.
func uinteger(token string) (n uint32, ok bool) {
	token = strings.TrimSpace(token)
	if token == "null" {
		return 0, true
	}
	number, _, err := big.ParseFloat(token, 10, 200, big.ToZero)
	if err != nil && !strings.ContainsAny(token[:1], "-0123456789") {
		return 0, false
	}
	switch {
	case err != nil: // an exponent that is no number any more
		if strings.Contains(token, "e-") || strings.Contains(token, "E-") || token[0] == '-' {
			return 0, true
		}
		return math.MaxUint32, true
	case number.Sign() < 0:
		return 0, true
	case number.Cmp(big.NewFloat(math.MaxUint32)) > 0:
		return math.MaxUint32, true
	}
	v, _ := number.Uint64()
	return uint32(v), true
}

// offset is where a place is in valid UTF-8, the nearest one before it.
func offset(text string, line, character uint32, encoding string) int {
	at := 0
	for ; line > 0; line-- {
		i := strings.IndexAny(text[at:], "\r\n")
		if i < 0 {
			return len(text)
		}
		if at += i + 1; strings.HasPrefix(text[at-1:], "\r\n") {
			at++
		}
	}
	units := uint64(0)
	for i, r := range text[at:] {
		switch {
		case r == '\n' || r == '\r':
			return at + i
		case encoding == "utf-8":
			units += uint64(utf8.RuneLen(r))
		case encoding == "utf-16":
			units += uint64(utf16.RuneLen(r))
		default:
			units++
		}
		if units > uint64(character) {
			return at + i
		}
	}
	return len(text)
}

// A frame that is shorter or longer than its header says: the rest of the one is taken for the next header, which ends the
// connection in words; for the rest of the other is waited, and what comes is taken for it.
func TestABodyOfAnotherLengthThanItsHeaderSays(t *testing.T) {
	status := lsptest.Request("5", "semantic/status", nil)
	frame := func(size int) string { return fmt.Sprintf("Content-Length: %d\r\n\r\n", size) + status }
	run(t, newFake(), lsptest.Options{}, func(e *lsptest.Editor) {
		e.Write(frame(len(status) - 3))
		if got := e.AwaitOrphan(); got.Code != -32700 {
			t.Errorf("half a message: %v, want -32700", got)
		}
		e.Write("\r\n")
		if got := e.AwaitOrphan(); got.Code != -32700 || !strings.Contains(got.Message, "malformed header") {
			t.Errorf("the rest of it: %v, want -32700 about the header", got)
		}
		if err := e.Wait(); !errors.Is(err, lsp.ErrDisconnected) {
			t.Errorf("Serve returned %v", err)
		}
	})
	run(t, newFake(), lsptest.Options{}, func(e *lsptest.Editor) {
		next := lsptest.Frame(lsptest.Request("6", "semantic/status", nil))
		e.Write(frame(len(status)+len(next)) + next) // it has swallowed the next one whole
		if got := e.AwaitOrphan(); got.Code != -32700 {
			t.Errorf("a message and a frame: %v, want -32700", got)
		}
		if _, err := e.Status(); err != nil {
			t.Errorf("the connection is lost: %v", err)
		}
	})
	run(t, newFake(), lsptest.Options{}, func(e *lsptest.Editor) {
		e.Write(frame(len(status) + 1000)) // and no more comes
		e.Disconnect()
		if err := e.Wait(); !errors.Is(err, lsp.ErrDisconnected) || !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("Serve returned %v", err)
		}
	})
}

// What is opened, changed and closed in another order than the protocol has it leaves the text that the editor shows, or
// the file's where that is not known.
func TestDocumentsOutOfOrder(t *testing.T) {
	const open, change, closes = "textDocument/didOpen", "textDocument/didChange", "textDocument/didClose"
	type step struct {
		method  string
		version any
		texts   []string // one edit each: of the whole text, or behind a | of the first character
	}
	cases := map[string]struct {
		steps []step
		want  string // "" where the document is not open
	}{
		"change before open":          {[]step{{change, 1, []string{"x"}}}, ""},
		"change, then open":           {[]step{{change, 5, []string{"x"}}, {open, 1, []string{"y"}}}, "y"},
		"opened twice":                {[]step{{open, 1, []string{"x"}}, {open, 1, []string{"y"}}}, "y"},
		"opened twice, then changed":  {[]step{{open, 9, []string{"x"}}, {open, 1, []string{"yz"}}, {change, 2, []string{"|Y"}}}, "Yz"},
		"closed twice":                {[]step{{open, 1, []string{"x"}}, {closes, nil, nil}, {closes, nil, nil}}, ""},
		"closed twice, opened again":  {[]step{{open, 1, []string{"x"}}, {closes, nil, nil}, {closes, nil, nil}, {open, 1, []string{"y"}}}, "y"},
		"closed before it was opened": {[]step{{closes, nil, nil}, {open, 1, []string{"y"}}}, "y"},
		"changed after it was closed": {[]step{{open, 1, []string{"x"}}, {closes, nil, nil}, {change, 2, []string{"y"}}}, ""},
		"versions backwards":          {[]step{{open, 7, []string{"ab"}}, {change, 6, []string{"|1"}}, {change, -3, []string{"|2"}}, {change, 6, []string{"|3"}}}, "3b"},
		"the same version":            {[]step{{open, 1, []string{"ab"}}, {change, 1, []string{"|1"}}, {change, 1, []string{"|22"}}}, "22b"},
		"versions that are none":      {[]step{{open, nil, []string{"ab"}}, {change, nil, []string{"|1"}}, {change, 1e99, []string{"|2"}}}, "2b"},
		"a version that is a word":    {[]step{{open, 1, []string{"ab"}}, {change, "two", []string{"|1"}}}, "ab"},
		"edits that overlap":          {[]step{{open, 1, []string{"abc"}}, {change, 2, []string{"|12", "|34", "|"}}}, "42bc"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			engine := newFake()
			engine.search = echo("/w/a.go")
			run(t, engine, lsptest.Options{}, func(e *lsptest.Editor) {
				for _, s := range c.steps {
					doc := map[string]any{"uri": "file:///w/a.go", "version": s.version, "text": strings.Join(s.texts, "")}
					var edits []map[string]any
					for _, text := range s.texts {
						edit := map[string]any{"text": text}
						if text, ok := strings.CutPrefix(text, "|"); ok {
							edit = map[string]any{"text": text, "range": map[string]any{
								"start": map[string]any{"line": 0, "character": 0}, "end": map[string]any{"line": 0, "character": 1},
							}}
						}
						edits = append(edits, edit)
					}
					e.Notify(s.method, map[string]any{"textDocument": doc, "contentChanges": edits})
				}
				a, err := e.Search(lsptest.Query{Query: "x"})
				switch {
				case c.want == "":
					if lsptest.Code(err) != -32803 || !strings.Contains(err.Error(), "not open") {
						t.Errorf("%+v, %v; want a document that is not open", a.Hits, err)
					}
				case err != nil || a.Hits[0].Snippet != c.want:
					t.Errorf("%+v, %v; want %q", a.Hits, err, c.want)
				}
			})
		})
	}
}

// Ids of every size come back as they were sent, each once.
func TestIdsComeBackAsTheyWere(t *testing.T) {
	long := `"` + strings.Repeat("x", 1<<20) + `"`
	ids := []string{"0", "-1", "2147483648", "9223372036854775807", "-9223372036854775808", `""`, `"\u0000"`, `"\ud83d\ude00"`, long}
	run(t, newFake(), lsptest.Options{}, func(e *lsptest.Editor) {
		for _, id := range ids {
			var name any
			if err := json.Unmarshal([]byte(id), &name); err != nil {
				t.Fatal(err)
			}
			spelled := []byte(id)
			if text, ok := name.(string); ok {
				var out bytes.Buffer
				enc := json.NewEncoder(&out)
				enc.SetEscapeHTML(false)
				if err := enc.Encode(text); err != nil {
					t.Fatal(err)
				}
				spelled = bytes.TrimSpace(out.Bytes())
			}
			p := e.Expect(string(spelled))
			e.Send(fmt.Sprintf(`{"jsonrpc":"2.0","id":%s,"method":"semantic/status"}`, id))
			if err := p.Wait(nil); err != nil {
				t.Errorf("id %.40s: %v", id, err)
			}
		}
		if more := e.Orphans(); len(more) > 0 {
			t.Errorf("answers that nobody asked for: %v", more)
		}
	})
}
