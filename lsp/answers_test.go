package lsp_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/lsp/lsptest"
	"github.com/semantic-ls/semantic-ls/vectors/search"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

const source = "package a\n\n// Twice doubles. 😀\nfunc Twice(n int) int {\n\treturn 2 * n\n}\n"

// found are two hits: a function, and a piece of text without a name.
func found() []search.Hit {
	start := strings.Index(source, "// Twice")
	name := strings.Index(source, "Twice(")
	notes := "first\n  second line of notes  \nthird"
	return []search.Hit{
		{Path: "/w/a b.go", Start: start, End: len(source) - 1, NameStart: name, NameEnd: name + 5, Symbol: "Twice", Container: "a", Kind: 12, Language: "go", Score: 0.75, Reason: "similar", Snippet: "return 2 * n", SnippetStart: strings.Index(source, "\treturn 2 * n"), Text: source},
		{Path: "/w/notes.txt", Start: 0, End: len(notes), Score: 0.25, Snippet: "second line of notes", SnippetStart: strings.Index(notes, "second line"), Text: notes},
	}
}

func TestHitsOnTheWire(t *testing.T) {
	engine := newFake()
	var asked indexing.Query
	engine.search = func(_ context.Context, _ workspace.Documents, q indexing.Query) (indexing.Answer, error) {
		asked = q
		return indexing.Answer{Hits: found(), Coverage: covered}, nil
	}
	run(t, engine, lsptest.Options{}, func(e *lsptest.Editor) {
		var raw json.RawMessage
		if err := e.Call("semantic/search", map[string]any{"query": "  double a number ", "folders": []string{"file:///w/", "untitled:x"}}, &raw); err != nil {
			t.Fatal(err)
		}
		want := `{"hits":[` +
			`{"uri":"file:///w/a%20b.go","range":{"start":{"line":2,"character":0},"end":{"line":5,"character":1}},"selectionRange":{"start":{"line":3,"character":5},"end":{"line":3,"character":10}},"symbol":"Twice","container":"a","kind":12,"language":"go","score":0.75,"snippet":"return 2 * n","reason":"similar"},` +
			`{"uri":"file:///w/notes.txt","range":{"start":{"line":0,"character":0},"end":{"line":2,"character":5}},"selectionRange":{"start":{"line":1,"character":0},"end":{"line":1,"character":24}},"symbol":"","container":"","kind":1,"language":"","score":0.25,"snippet":"second line of notes"}` +
			`],"coverage":{"percent":50,"filesTotal":4,"filesIndexed":2,"filesWaiting":2,"dirtyDocuments":0,"chunks":7,"model":"fake"}}`
		if string(raw) != want {
			t.Errorf("answer\n%s\nwant\n%s", raw, want)
		}
		if want := (indexing.Query{Text: "double a number", Limit: 20, Folders: []string{"/w"}}); !reflect.DeepEqual(asked, want) {
			t.Errorf("asked %+v, want %+v", asked, want)
		}
		if _, err := e.Search(lsptest.Query{Query: "x", Limit: 1_000_000}); err != nil || asked.Limit != 1000 {
			t.Errorf("limit %d, %v; want 1000", asked.Limit, err)
		}
	})
}

func TestSymbolsOnTheWire(t *testing.T) {
	engine := newFake()
	var asked indexing.Query
	engine.search = func(_ context.Context, _ workspace.Documents, q indexing.Query) (indexing.Answer, error) {
		asked = q
		long := search.Hit{Path: "/w/long.txt", Text: "x", End: 1, Snippet: strings.Repeat("ä", 200)}
		return indexing.Answer{Hits: append(found(), long, search.Hit{Path: "/w/bare.txt", Text: "x", End: 1}), Coverage: covered}, nil
	}
	run(t, engine, lsptest.Options{}, func(e *lsptest.Editor) {
		var raw json.RawMessage
		if err := e.Call("workspace/symbol", map[string]any{"query": "double a number"}, &raw); err != nil {
			t.Fatal(err)
		}
		at := func(uri, start, end string) string {
			return `"location":{"uri":"file:///w/` + uri + `","range":{"start":` + start + `,"end":` + end + `}}`
		}
		want := `[{"name":"Twice","kind":12,"containerName":"a",` + at("a%20b.go", `{"line":3,"character":5}`, `{"line":3,"character":10}`) + `},` +
			`{"name":"second line of notes","kind":1,` + at("notes.txt", `{"line":1,"character":0}`, `{"line":1,"character":24}`) + `},` +
			`{"name":"` + strings.Repeat("ä", 79) + `…","kind":1,` + at("long.txt", `{"line":0,"character":0}`, `{"line":0,"character":1}`) + `},` +
			`{"name":"bare.txt","kind":1,` + at("bare.txt", `{"line":0,"character":0}`, `{"line":0,"character":0}`) + `}]`
		if string(raw) != want {
			t.Errorf("answer\n%s\nwant\n%s", raw, want)
		}
		if want := (indexing.Query{Text: "double a number", Limit: 50}); !reflect.DeepEqual(asked, want) {
			t.Errorf("asked %+v, want %+v", asked, want)
		}
		asked = indexing.Query{}
		for _, query := range []string{"", " \t"} {
			if err := e.Call("workspace/symbol", map[string]any{"query": query}, &raw); err != nil || string(raw) != "[]" {
				t.Errorf("query %q: %s, %v; want []", query, raw, err)
			}
		}
		if asked.Text != "" || asked.Limit != 0 {
			t.Errorf("an empty query asked %+v", asked)
		}
	})
}

func TestEveryAnswerCarriesItsCoverage(t *testing.T) {
	engine := newFake()
	engine.search = func(context.Context, workspace.Documents, indexing.Query) (indexing.Answer, error) {
		return indexing.Answer{Coverage: covered}, nil
	}
	cases := map[string]struct{ method, params string }{
		"search":                       {"semantic/search", `{"query":"x"}`},
		"search for nothing":           {"semantic/search", `{"query":""}`},
		"search without params":        {"semantic/search", ``},
		"search in other folders":      {"semantic/search", `{"query":"x","folders":["vscode-remote://ssh/x"]}`},
		"search in parts":              {"semantic/search", `{"query":"x","partialResultToken":7}`},
		"related to text":              {"semantic/related", `{"text":"x","languageId":"go"}`},
		"related to an unsaved buffer": {"semantic/related", `{"textDocument":{"uri":"untitled:x"},"position":{"line":0,"character":0}}`},
		"related to an open document":  {"semantic/related", `{"textDocument":{"uri":"file:///w/a.go"},"position":{"line":0,"character":0}}`},
		"duplicates":                   {"semantic/duplicates", `{}`},
		"duplicates without params":    {"semantic/duplicates", ``},
		"duplicates in other folders":  {"semantic/duplicates", `{"folders":["vscode-remote://ssh/x"]}`},
		"duplicates in parts":          {"semantic/duplicates", `{"partialResultToken":7}`},
		"status":                       {"semantic/status", `{}`},
		"status without params":        {"semantic/status", ``},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			run(t, engine, lsptest.Options{}, func(e *lsptest.Editor) {
				e.Open("/w/a.go", "x")
				var params any
				if c.params != "" {
					params = json.RawMessage(c.params)
				}
				var fields map[string]json.RawMessage
				if err := e.Call(c.method, params, &fields); err != nil {
					t.Fatal(err)
				}
				want := `{"percent":50,"filesTotal":4,"filesIndexed":2,"filesWaiting":2,"dirtyDocuments":0,"chunks":7,"model":"fake"}`
				if got := string(fields["coverage"]); got != want {
					t.Errorf("coverage %s, want %s", got, want)
				}
				if hits, ok := fields["hits"]; ok && string(hits) != "[]" {
					t.Errorf("hits %s, want [] and never null", hits)
				}
			})
		})
	}
}

func TestFoldersThatAreNotHereHoldNothing(t *testing.T) {
	engine := newFake()
	engine.search = func(context.Context, workspace.Documents, indexing.Query) (indexing.Answer, error) {
		return indexing.Answer{Hits: found(), Coverage: covered}, nil
	}
	run(t, engine, lsptest.Options{}, func(e *lsptest.Editor) {
		for want, folders := range map[int][]string{
			0: {"vscode-remote://ssh/x", "untitled:y"},
			2: {"vscode-remote://ssh/x", "file:///w"},
		} {
			a, err := e.Search(lsptest.Query{Query: "x", Folders: folders})
			if err != nil || len(a.Hits) != want {
				t.Errorf("%d hits in %q, %v; want %d", len(a.Hits), folders, err, want)
			}
		}
	})
}

func TestPartialResultsComeBeforeAnEmptyAnswer(t *testing.T) {
	const hits = 45
	engine := newFake()
	engine.search = func(context.Context, workspace.Documents, indexing.Query) (indexing.Answer, error) {
		var a indexing.Answer
		for i := range hits {
			a.Hits = append(a.Hits, search.Hit{Path: "/w/a.go", Score: 1 - float64(i)/hits})
		}
		return a, nil
	}
	for _, token := range []any{"a token", 7, -1} {
		run(t, engine, lsptest.Options{}, func(e *lsptest.Editor) {
			a, err := e.Search(lsptest.Query{Query: "x", Limit: hits, PartialResultToken: token})
			if err != nil || a.Hits == nil || len(a.Hits) != 0 {
				t.Fatalf("answer %+v, %v; want no hits", a, err)
			}
			var scores []float64
			for _, m := range e.Heard(0, func(m lsptest.Message) bool { return m.Method == "$/progress" }) {
				var p lsptest.Progress
				if err := json.Unmarshal(m.Params, &p); err != nil {
					t.Fatal(err)
				}
				if want, _ := json.Marshal(token); string(p.Token) != string(want) {
					t.Errorf("token %s, want %s", p.Token, want)
				}
				if len(scores) == 0 && len(p.Value.Hits) != 20 {
					t.Errorf("%d hits in the first part, want 20", len(p.Value.Hits))
				}
				for _, h := range p.Value.Hits {
					scores = append(scores, h.Score)
				}
			}
			if len(scores) != hits {
				t.Errorf("%d hits in all parts, want %d", len(scores), hits)
			}
			for i := 1; i < len(scores); i++ {
				if scores[i] >= scores[i-1] {
					t.Fatalf("hit %d is out of order: %v", i, scores)
				}
			}
		})
	}
}

func TestRelatedAsksForThePlace(t *testing.T) {
	disk := filepath.Join(t.TempDir(), "disk.go")
	if err := os.WriteFile(disk, []byte("on disk\n😀 here"), 0o666); err != nil {
		t.Fatal(err)
	}
	engine := newFake()
	var asked indexing.Place
	engine.related = func(_ context.Context, _ workspace.Documents, p indexing.Place) (indexing.Answer, error) {
		asked = p
		return indexing.Answer{Hits: found()[:1], Coverage: covered}, nil
	}
	at := func(line, character int) *lsptest.Position {
		return &lsptest.Position{Line: line, Character: character}
	}
	span := func(a, b *lsptest.Position) *lsptest.Range { return &lsptest.Range{Start: *a, End: *b} }
	doc := func(path string) *lsptest.Document { return &lsptest.Document{URI: lsptest.URI(path)} }
	cases := map[string]struct {
		ask  lsptest.Place
		want indexing.Place
	}{
		"a position in a buffer":    {lsptest.Place{TextDocument: doc("/w/a.go"), Position: at(1, 2)}, indexing.Place{Path: "/w/a.go", Start: 9, End: 9, Limit: 20}},
		"a range beats a position":  {lsptest.Place{TextDocument: doc("/w/a.go"), Position: at(0, 0), Range: span(at(0, 1), at(1, 3))}, indexing.Place{Path: "/w/a.go", Start: 1, End: 10, Limit: 20}},
		"a range backwards":         {lsptest.Place{TextDocument: doc("/w/a.go"), Range: span(at(1, 0), at(0, 0))}, indexing.Place{Path: "/w/a.go", Start: 5, End: 5, Limit: 20}},
		"a place beyond the text":   {lsptest.Place{TextDocument: doc("/w/a.go"), Position: at(99, 99), Limit: 3}, indexing.Place{Path: "/w/a.go", Start: 15, End: 15, Limit: 3}},
		"a closed document":         {lsptest.Place{TextDocument: doc(disk), Position: at(1, 3)}, indexing.Place{Path: disk, Start: 13, End: 13, Limit: 20}},
		"text":                      {lsptest.Place{Text: "func f() {}", LanguageID: "go", Limit: 7}, indexing.Place{Text: "func f() {}", Language: "go", Limit: 7}},
		"a document beats its text": {lsptest.Place{TextDocument: doc("/w/a.go"), Position: at(0, 0), Text: "other"}, indexing.Place{Path: "/w/a.go", Limit: 20}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			run(t, engine, lsptest.Options{}, func(e *lsptest.Editor) {
				e.Open("/w/a.go", "zero\n😀 there") // the smiley takes 2 units, 4 bytes
				a, err := e.Related(c.ask)
				if err != nil {
					t.Fatal(err)
				}
				if !reflect.DeepEqual(asked, c.want) {
					t.Errorf("asked %+v, want %+v", asked, c.want)
				}
				if len(a.Hits) != 1 || a.Hits[0].Reason != "similar" {
					t.Errorf("hits %+v, want one that is similar", a.Hits)
				}
			})
		})
	}
	t.Run("a document that is not there", func(t *testing.T) {
		run(t, engine, lsptest.Options{}, func(e *lsptest.Editor) {
			if _, err := e.Related(lsptest.Place{TextDocument: doc(disk + ".gone"), Position: at(0, 0)}); lsptest.Code(err) != -32803 {
				t.Errorf("answer %v, want -32803", err)
			}
		})
	})
}

func TestAFailureIsToldAndEndsNothing(t *testing.T) {
	engine := newFake()
	engine.search = func(_ context.Context, _ workspace.Documents, q indexing.Query) (indexing.Answer, error) {
		switch q.Text {
		case "fail":
			return indexing.Answer{}, errors.New("the provider is down")
		case "own deadline":
			return indexing.Answer{}, context.DeadlineExceeded // a driver's, not the request's
		}
		panic("a bug")
	}
	run(t, engine, lsptest.Options{}, func(e *lsptest.Editor) {
		for query, want := range map[string]int{"fail": -32803, "own deadline": -32803, "panic": -32603} {
			for _, session := range []string{"", "box"} {
				_, err := e.Search(lsptest.Query{Query: query, Session: session})
				if lsptest.Code(err) != want {
					t.Errorf("%s in session %q: %v, want %d", query, session, err, want)
				}
			}
			if _, err := e.Symbols(query); lsptest.Code(err) != want {
				t.Errorf("%s: %v, want %d", query, err, want)
			}
		}
		if _, err := e.Search(lsptest.Query{Query: "fail"}); err == nil || !strings.Contains(err.Error(), "the provider is down") {
			t.Errorf("answer %v, want the reason", err)
		}
		if _, err := e.Status(); err != nil {
			t.Errorf("the connection is lost: %v", err)
		}
	})
}
