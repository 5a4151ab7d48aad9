package lsp_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/lsp"
	"github.com/semantic-ls/semantic-ls/lsp/lsptest"
)

func TestMessagesThatAreNoneAreAnsweredAndSkipped(t *testing.T) {
	deep := strings.Repeat("[", 1_000_000)
	cases := map[string]struct {
		body string
		code int
	}{
		"nothing":                    {"", -32700},
		"a word":                     {"hello", -32700},
		"half an object":             {`{"jsonrpc":"2.0","id":1,"method":"semantic/status"`, -32700},
		"two objects":                {`{"jsonrpc":"2.0","method":"a"}{"jsonrpc":"2.0","method":"b"}`, -32700},
		"a lone brace":               {`}`, -32700},
		"bytes that are no UTF-8":    {"\xff\xfe\x00", -32700},
		"a batch":                    {`[{"jsonrpc":"2.0","id":1,"method":"semantic/status"}]`, -32600},
		"an empty batch":             {` []`, -32600},
		"a broken batch":             {`[{"jsonrpc":`, -32600},
		"an empty object":            {`{}`, -32600},
		"another version":            {`{"jsonrpc":"1.0","id":1,"method":"semantic/status"}`, -32600},
		"no version":                 {`{"id":1,"method":"semantic/status"}`, -32600},
		"a fraction for an id":       {`{"jsonrpc":"2.0","id":1.5,"method":"semantic/status"}`, -32600},
		"an id beyond int64":         {`{"jsonrpc":"2.0","id":99999999999999999999,"method":"semantic/status"}`, -32600},
		"an object for an id":        {`{"jsonrpc":"2.0","id":{},"method":"semantic/status"}`, -32600},
		"a number for a method":      {`{"jsonrpc":"2.0","id":1,"method":7}`, -32600},
		"a request with a result":    {`{"jsonrpc":"2.0","id":1,"method":"semantic/status","result":1}`, -32600},
		"an error code beyond int32": {`{"jsonrpc":"2.0","id":1,"error":{"code":99999999999,"message":"x"}}`, -32600},
		"a deep batch":               {deep, -32600},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			run(t, newFake(), lsptest.Options{}, func(e *lsptest.Editor) {
				e.Send(c.body)
				if got := e.AwaitOrphan(); got.Code != c.code {
					t.Errorf("answer %v, want %d", got, c.code)
				}
				if _, err := e.Status(); err != nil {
					t.Errorf("the connection is lost: %v", err)
				}
			})
		})
	}
}

func TestParametersThatAreNoneAreRefused(t *testing.T) {
	cases := map[string]struct {
		method, params string
		code           int
	}{
		"params are a number":    {"semantic/search", `5`, -32602},
		"params are a list":      {"semantic/search", `[1]`, -32602},
		"a query that is none":   {"semantic/search", `{"query":7}`, -32602},
		"broken inside":          {"semantic/search", `{"query":,}`, -32602},
		"very deep":              {"semantic/search", `{"query":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + `}`, -32602},
		"limit of zero":          {"semantic/search", `{"query":"x","limit":0}`, -32602},
		"a negative limit":       {"semantic/search", `{"query":"x","limit":-1}`, -32602},
		"half a limit":           {"semantic/search", `{"query":"x","limit":1.5}`, -32602},
		"folders that are none":  {"semantic/search", `{"query":"x","folders":"file:///w"}`, -32602},
		"a token that is none":   {"semantic/search", `{"query":"x","partialResultToken":{}}`, -32602},
		"symbol without a query": {"workspace/symbol", `{"query":[]}`, -32602},
		"related to nothing":     {"semantic/related", `{}`, -32602},
		"related without params": {"semantic/related", ``, -32602},
		"related to no place":    {"semantic/related", `{"textDocument":{"uri":"file:///w/a.go"}}`, -32602},
		"related to empty text":  {"semantic/related", `{"text":""}`, -32602},
		"related, wrong limit":   {"semantic/related", `{"text":"x","limit":0}`, -32602},
		"explain without params": {"semantic/explain", ``, -32602},
		"explain no query":       {"semantic/explain", `{"uri":"file:///w/a.go"}`, -32602},
		"explain a blank query":  {"semantic/explain", `{"query":" \n","uri":"file:///w/a.go"}`, -32602},
		"explain no file":        {"semantic/explain", `{"query":"x"}`, -32602},
		"explain what is none":   {"semantic/explain", `{"query":"x","uri":"untitled:a"}`, -32602},
		"explain, wrong place":   {"semantic/explain", `{"query":"x","uri":"file:///w/a.go","position":7}`, -32602},
		"explain, wrong limit":   {"semantic/explain", `{"query":"x","uri":"file:///w/a.go","limit":0}`, -32602},
		"explain, wrong kind":    {"semantic/explain", `{"query":"x","uri":"file:///w/a.go","kinds":["x"]}`, -32602},
		"explain, no folder":     {"semantic/explain", `{"query":"x","uri":"file:///w/a.go","folders":["untitled:a"]}`, -32602},
		"an unknown method":      {"textDocument/hover", `{}`, -32601},
		"an unknown one of ours": {"semantic/future", `{}`, -32601},
		"pause, wrong folders":   {"semantic/pause", `{"folders":7}`, -32602},
		"resume, wrong folders":  {"semantic/resume", `{"folders":"x"}`, -32602},
		"an optional one":        {"$/future", `{}`, -32601},
		"a notification's name":  {"textDocument/didOpen", `{}`, -32601},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			run(t, newFake(), lsptest.Options{}, func(e *lsptest.Editor) {
				p := e.Expect("1000")
				params := ""
				if c.params != "" {
					params = `,"params":` + c.params
				}
				e.Send(fmt.Sprintf(`{"jsonrpc":"2.0","id":1000,"method":%q%s}`, c.method, params))
				if err := p.Wait(nil); lsptest.Code(err) != c.code {
					t.Errorf("answer %v, want %d", err, c.code)
				}
				if _, err := e.Status(); err != nil {
					t.Errorf("the connection is lost: %v", err)
				}
			})
		})
	}
}

func TestNotificationsThatMakeNoSenseAreDropped(t *testing.T) {
	methods := []string{
		"initialized", "textDocument/didOpen", "textDocument/didChange", "textDocument/didSave", "textDocument/didClose",
		"workspace/didChangeWatchedFiles", "workspace/didChangeWorkspaceFolders", "window/workDoneProgress/cancel",
		"workspace/didChangeConfiguration", "$/setTrace", "$/future", "no/such", "workspace/symbol", "",
	}
	documents := []string{"file:///w/never-opened.go", "untitled:Untitled-1", "vscode-remote://ssh/x", "git:/a?ref=HEAD", "file://host/x", "", "::", "file:", "%", "file:///%00"}
	run(t, newFake(), lsptest.Options{}, func(e *lsptest.Editor) {
		for _, m := range methods {
			for _, params := range []string{`{}`, `[]`, `5`, `"x"`, `null`, `{"textDocument":7,"event":7,"changes":7,"token":{}}`, `{"a":,}`} {
				e.Send(fmt.Sprintf(`{"jsonrpc":"2.0","method":%q,"params":%s}`, m, params))
			}
			e.Send(fmt.Sprintf(`{"jsonrpc":"2.0","method":%q}`, m))
		}
		for _, uri := range documents {
			doc := map[string]any{"uri": uri, "version": nil, "languageId": 5, "text": "x"}
			for _, m := range []string{"textDocument/didChange", "textDocument/didSave", "textDocument/didClose", "textDocument/didOpen", "textDocument/didChange", "textDocument/didSave", "textDocument/didClose"} {
				e.Notify(m, map[string]any{"textDocument": doc, "contentChanges": []any{map[string]any{"text": "y"}}})
			}
			e.Notify("workspace/didChangeWatchedFiles", map[string]any{"changes": []any{map[string]any{"uri": uri, "type": 1}}})
			if uri != "" && !strings.HasPrefix(uri, "file:///") {
				e.Notify("workspace/didChangeWorkspaceFolders", map[string]any{"event": map[string]any{"added": []any{map[string]any{"uri": uri}}, "removed": []any{map[string]any{"uri": uri}}}})
			}
			p := lsptest.Place{TextDocument: &lsptest.Document{URI: uri}, Position: &lsptest.Position{}}
			if a, err := e.Related(p); !strings.HasPrefix(uri, "file:///w") && (err != nil || a.Hits == nil || a.Coverage == nil) {
				t.Errorf("related to %q: %+v, %v; want no hits and a coverage", uri, a, err)
			}
		}
		// Responses nobody waits for.
		e.Send(`{"jsonrpc":"2.0","id":77,"result":null}`)
		e.Send(`{"jsonrpc":"2.0","id":"x","error":{"code":1,"message":"no"}}`)
		if s, err := e.Status(); err != nil || len(s.Folders) != 0 {
			t.Errorf("status %+v, %v", s, err)
		}
	})
}

func TestHeadersOfAllKinds(t *testing.T) {
	body := lsptest.Request("5", "semantic/status", nil)
	headers := map[string]string{
		"another case":         "content-length: %d\r\n\r\n",
		"a content type":       "Content-Length: %d\r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n\r\n",
		"a content type first": "Content-Type: x\r\nContent-Length: %d\r\n\r\n",
		"bare line feeds":      "Content-Length: %d\n\n",
		"no space":             "Content-Length:%d\r\n\r\n",
		"unknown fields":       "X: y\r\nContent-Length: %d\r\nZ: \r\n\r\n",
	}
	for name, header := range headers {
		t.Run(name, func(t *testing.T) {
			run(t, newFake(), lsptest.Options{}, func(e *lsptest.Editor) {
				p := e.Expect("5")
				e.Write(fmt.Sprintf(header, len(body)) + body)
				if err := p.Wait(nil); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestAMalformedHeaderEndsTheConnectionInWords(t *testing.T) {
	cases := map[string]string{
		"no field":        "hello\r\n\r\n",
		"JSON":            "{\"jsonrpc\":\"2.0\"}\n",
		"no length":       "Content-Type: x\r\n\r\n{}",
		"a blank line":    "\r\n",
		"a word":          "Content-Length: many\r\n\r\n{}",
		"negative":        "Content-Length: -5\r\n\r\n{}",
		"hexadecimal":     "Content-Length: 0x10\r\n\r\n{}",
		"beyond reason":   "Content-Length: 99999999999\r\n\r\n{}",
		"beyond int64":    "Content-Length: 99999999999999999999999\r\n\r\n{}",
		"an endless line": "Content-Length" + strings.Repeat("h", 100_000),
	}
	for name, bytes := range cases {
		t.Run(name, func(t *testing.T) {
			run(t, newFake(), lsptest.Options{}, func(e *lsptest.Editor) {
				e.Write(bytes)
				if got := e.AwaitOrphan(); got.Code != -32700 || !strings.Contains(got.Message, "malformed header") {
					t.Errorf("answer %v, want -32700 about the header", got)
				}
				if err := e.Wait(); !errors.Is(err, lsp.ErrDisconnected) {
					t.Errorf("Serve returned %v, want %v", err, lsp.ErrDisconnected)
				}
			})
		})
	}
}

func TestAnOversizedMessageIsSkipped(t *testing.T) {
	const size = 64<<20 + 1
	run(t, newFake(), lsptest.Options{}, func(e *lsptest.Editor) {
		e.Write(fmt.Sprintf("Content-Length: %d\r\n\r\n", size))
		if got := e.AwaitOrphan(); got.Code != -32600 || !strings.Contains(got.Message, "67108865 bytes") {
			t.Errorf("answer %v, want -32600 with the size", got)
		}
		part := strings.Repeat(" ", 1<<20)
		for sent := 0; sent < size; sent += len(part) {
			e.Write(part[:min(len(part), size-sent)])
		}
		if _, err := e.Status(); err != nil {
			t.Errorf("the connection is lost: %v", err)
		}
	})
}

func TestALargeMessageIsRead(t *testing.T) {
	engine := newFake()
	engine.search = echo("/w/a.go")
	run(t, engine, lsptest.Options{}, func(e *lsptest.Editor) {
		large := strings.Repeat("x", 1<<20) // with what is around it, more than the buffer that is kept
		for range 2 {
			e.Open("/w/a.go", large)
			a, err := e.Search(lsptest.Query{Query: "x"})
			if err != nil {
				t.Fatal(err)
			}
			if len(a.Hits) != 1 || a.Hits[0].Snippet != large {
				t.Error("the text did not come through")
			}
		}
	})
}
