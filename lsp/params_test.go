package lsp_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/lsp/lsptest"
)

// Whoever writes a client reads these, and does not know our types.
func TestWrongParametersAreToldInTheWordsOfJSON(t *testing.T) {
	const search, related, symbol = "semantic/search", "semantic/related", "workspace/symbol"
	cases := []struct{ method, params, want string }{
		{symbol, `{"query":7}`, "query is a number; it must be a string"},
		{search, `{"query":["x"]}`, "query is an array; it must be a string"},
		{search, `{"query":{}}`, "query is an object; it must be a string"},
		{search, `{"query":false}`, "query is a boolean; it must be a string"},
		{search, `{"query":"x","limit":"5"}`, "limit is a string; it must be a whole number"},
		{search, `{"query":"x","limit":1.5}`, "limit is 1.5; it must be a whole number"},
		{search, `{"query":"x","limit":` + strings.Repeat("9", 200) + `}`, "limit is a number; it must be a whole number"},
		{search, `{"query":"x","folders":"file:///w"}`, "folders is a string; it must be an array"},
		{search, `{"query":"x","folders":[7]}`, "folders is a number; it must be a string"},
		{related, `{"textDocument":"file:///w/a.go"}`, "textDocument is a string; it must be an object"},
		{related, `{"textDocument":{"uri":7}}`, "textDocument.uri is a number; it must be a string"},
		{related, `{"text":7}`, "text is a number; it must be a string"},
		{related, `{"textDocument":{"uri":"file:///w/a.go"},"position":{"line":"1"}}`, "position.line is a string; it must be a number"},
		{related, `{"range":{"end":{"character":[1]}}}`, "range.end.character is an array; it must be a number"},
		{search, `{"query":"x","globs":"*.go"}`, "globs is a string; it must be an array"},
		{search, `{"query":"x","languages":[{}]}`, "languages is an object; it must be a string"},
		{related, `{"text":"x","kinds":[7]}`, "kinds is a number; it must be a string"},
		{search, `{"query":"x","globs":["*.go","{a"]}`, `globs: the glob "{a": a { without its }, which stands for itself as \{`},
		{search, `{"query":"x","languages":["go","klingon"]}`, "xml, yaml, zig"},
		{related, `{"text":"x","languages":["klingon"]}`, "xml, yaml, zig"},
		{search, `{"query":"x","kinds":["func"]}`, "event, operator, typeparameter"},
		{search, `5`, "the parameters are a number; they must be an object"},
		{search, `["x"]`, "the parameters are an array; they must be an object"},
		{search, `{"query":,}`, "the parameters are not valid JSON: invalid character ',' looking for beginning of value"},
	}
	run(t, newFake(), lsptest.Options{}, func(e *lsptest.Editor) {
		for i, c := range cases {
			id := fmt.Sprint(1000 + i)
			p := e.Expect(id)
			e.Send(fmt.Sprintf(`{"jsonrpc":"2.0","id":%s,"method":%q,"params":%s}`, id, c.method, c.params))
			if err := p.Wait(nil); lsptest.Code(err) != -32602 || !strings.HasSuffix(err.Error(), c.want) {
				t.Errorf("%.60s: got  %v\nwant %s", c.params, err, c.want)
			}
		}
	})
}
