package lsp_test

import (
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/lsp/lsptest"
)

// Filters mean the same in both ways to ask; where they make no sense the answer says why, and the connection lives.
func TestQueriesOfAnyKind(t *testing.T) {
	files := workspaceFiles()
	files["net/retry.py"] = "def retry(attempts):\n    \"\"\"Calls again with growing pauses.\"\"\"\n    return attempts\n"
	dir := write(t, files)
	const noWord = "nothing is searched: there is no word in the query"
	run(t, realEngine(""), lsptest.Options{Folders: []string{dir}}, func(e *lsptest.Editor) {
		e.AwaitReady()
		for _, c := range []struct {
			name, query string
			want        string // symbols, in order where no word is asked for; "?" where any will do
			refused     string // a part of the error
			warning     string
		}{
			{name: "a language", query: "calls again lang:py", want: "retry"},
			{name: "a path", query: "growing pauses path:net/ -path:*.py", want: "Retry"},
			{name: "a phrase", query: `calls "growing pauses" lang:go`, want: "Retry"},
			{name: "a pattern", query: `re:/^func \w+\(line/`, want: "ParseHeader"},
			{name: "filters alone", query: "lang:go kind:function", want: "ParseHeader Retry MixColours"},
			{name: "nothing", query: ""},
			{name: "blanks", query: " \t"},
			{name: "a megabyte", query: strings.Repeat("blend two colours by weight ", 1<<20/28), want: "?"},
			{name: "only stop words", query: "until the and", want: "?"},
			{name: "only punctuation", query: "?! -> ()", warning: noWord},
			{name: "German", query: "größere Pausen, retry", want: "?"},
			{name: "Chinese", query: "取消请求"},
			{name: "control characters", query: "\x00\x1b retry \x7f", want: "?"},
			{name: "an unclosed quote", query: `"retry lang:klingon`, want: "?"},
			{name: "colons in text", query: "http://host std::vector error: retry", want: "?"},
			{
				name: "an unknown value", query: "retry lang:klingon",
				refused: `lang: "klingon" is no language that files are told to be in`,
			},
			{name: "an unknown filter", query: "langs:go retry", refused: "query: langs:go is no filter: did you mean lang:go?"},
			{name: "a broken pattern", query: "re:/a(b/", refused: "the pattern /a(b/ cannot be used: missing closing ): `a(b`"},
			{name: "an open pattern", query: "re:/a", refused: "no slash that ends it"},
			{name: "a pattern that backtracks elsewhere", query: "re:/(a*)*(a|aa)+$/ retry"},
			{name: "a pattern that grows", query: "re:/((a{0,9}){0,9}){0,9}/", refused: "1730 steps"},
			{
				name: "no file of that name", query: "retry path:nosuch/",
				warning: "nothing is searched: no indexed file matches paths nosuch/",
			},
		} {
			a, err := e.Search(lsptest.Query{Query: c.query})
			list, also := e.Symbols(c.query)
			if c.refused != "" {
				for _, err := range []error{err, also} {
					if lsptest.Code(err) != -32602 || !strings.Contains(err.Error(), c.refused) {
						t.Errorf("%s: %v, want %q", c.name, err, c.refused)
					}
				}
				continue
			}
			var names []string
			for _, s := range list {
				names = append(names, s.Name)
			}
			for way, got := range map[string]string{
				"semantic/search":  strings.Join(symbols(a.Hits), " "),
				"workspace/symbol": strings.Join(names, " "),
			} {
				if got != c.want && (c.want != "?" || got == "") {
					t.Errorf("%s: %s finds %q, want %q", c.name, way, got, c.want)
				}
			}
			if err != nil || also != nil || a.Warning != c.warning || a.Coverage == nil {
				t.Errorf("%s: %v, %v, warning %q, want %q", c.name, err, also, a.Warning, c.warning)
			}
		}
	})
}
