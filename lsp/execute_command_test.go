package lsp_test

import (
	"context"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/lsp/lsptest"
	"github.com/semantic-ls/semantic-ls/vectors/search"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

func TestCommandsAnswerAsTheMethodsDo(t *testing.T) {
	dir := write(t, workspaceFiles())
	uri := lsptest.URI(filepath.Join(dir, "net", "retry.go"))
	run(t, realEngine(""), lsptest.Options{Folders: []string{dir}}, func(e *lsptest.Editor) {
		e.AwaitReady()
		place := map[string]any{"textDocument": map[string]any{"uri": uri}, "position": lsptest.Position{Line: 4}}
		for method, params := range map[string]any{
			"semantic/search":     map[string]any{"query": "split a header", "limit": 2},
			"semantic/related":    place,
			"semantic/duplicates": place,
			"semantic/explain":    map[string]any{"query": "retry", "uri": uri},
			"semantic/status":     map[string]any{},
		} {
			var want, got json.RawMessage
			if err := e.Call(method, params, &want); err != nil {
				t.Fatal(err)
			}
			if err := e.Execute(method, &got, params); err != nil || string(got) != string(want) {
				t.Errorf("%s: %s, %v; want %s", method, got, err, want)
			}
		}
		state := func(is string) {
			e.AwaitStatus("the folder to be "+is, func(s lsptest.Status) bool { return len(s.Folders) == 1 && s.Folders[0].State == is })
		}
		for _, step := range [][2]string{{"semantic/pause", "paused"}, {"semantic/resume", "ready"}, {"semantic/reindex", "ready"}} {
			var got json.RawMessage
			if err := e.Execute(step[0], &got); err != nil || string(got) != "null" {
				t.Errorf("%s: %s, %v", step[0], got, err)
			}
			state(step[1])
		}
		if err := e.Execute("semantic/status", nil, nil); err != nil {
			t.Errorf("null in the place of the parameters: %v", err)
		}
	})
}

func TestCommandsThatAreNone(t *testing.T) {
	run(t, newFake(), lsptest.Options{Folders: []string{"/w"}}, func(e *lsptest.Editor) {
		for params, want := range map[string]string{
			`{"command":"gopls.tidy"}`: `"gopls.tidy" is no command; these are: semantic/search`,
			`{}`:                       "is no command",
			`{"command":7}`:            "command is",
			`[]`:                       "the parameters are an array",
			`{"command":"semantic/search","arguments":{}}`:                                 "arguments is an object",
			`{"command":"semantic/search","arguments":["retry"]}`:                          "the parameters are a string",
			`{"command":"semantic/related"}`:                                               "needs a textDocument",
			`{"command":"semantic/explain","arguments":[]}`:                                "needs a query",
			`{"command":"semantic/showRelated"}`:                                           "takes two arguments",
			`{"command":"semantic/showRelated","arguments":["file:///w/a.go"]}`:            "takes two arguments",
			`{"command":"semantic/showRelated","arguments":[{},{}]}`:                       "takes two arguments",
			`{"command":"semantic/showDuplicates","arguments":["file:///w/a.go",null]}`:    "is a position",
			`{"command":"semantic/showDuplicates","arguments":["file:///w/a.go","first"]}`: "is a position",
			`{"command":"workspace/symbol","arguments":[{"query":"x"}]}`:                   "is no command",
		} {
			err := e.Call("workspace/executeCommand", json.RawMessage(params), nil)
			if lsptest.Code(err) != -32602 || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, want -32602 with %q", params, err, want)
			}
		}
		e.Open("/w/unsaved.go", "package w\n")
		e.Edit("/w/unsaved.go", lsptest.Edit{Text: "package unsaved\n"})
		for _, command := range []string{"semantic/showRelated", "semantic/showDuplicates"} {
			var a struct {
				Hits, Groups []any
				Coverage     lsptest.Coverage
			}
			if err := e.Execute(command, &a, "untitled:Untitled-1", lsptest.Position{}); err != nil || len(a.Hits)+len(a.Groups) > 0 ||
				a.Coverage.DirtyDocuments != 1 {
				t.Errorf("%s of a document that is no file: %+v, %v", command, a, err)
			}
			if err := e.Execute(command, nil, "file:///w/nowhere.go", lsptest.Position{}); lsptest.Code(err) != -32803 {
				t.Errorf("%s of a file that is not there: %v, want -32803", command, err)
			}
		}
	})
}

// finding answers every place with these hits.
func finding(hits ...search.Hit) *fake {
	f := newFake()
	f.related = func(context.Context, workspace.Documents, indexing.Place) (indexing.Answer, error) {
		return indexing.Answer{Hits: hits, Coverage: covered}, nil
	}
	return f
}

func related(path, text, reason string) search.Hit {
	h := hit(path, text, 0, strings.IndexByte(text, ' '))
	h.Reason = reason
	return h
}

// openHere is a capability to show documents.
var openHere = map[string]any{"window": map[string]any{"showDocument": map[string]any{"support": true}}}

const (
	ask  = "window/showMessageRequest"
	show = "window/showDocument"
	tell = "window/showMessage"
)

func offered(t *testing.T, m lsptest.Message) []string {
	t.Helper()
	var p struct{ Actions []struct{ Title string } }
	if err := json.Unmarshal(m.Params, &p); err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, a := range p.Actions {
		list = append(list, a.Title)
	}
	return list
}

func TestHitsAreOfferedOnceTheAnswerIsThere(t *testing.T) {
	dir := write(t, workspaceFiles())
	path := filepath.Join(dir, "net", "retry.go")
	hits := []search.Hit{
		related(filepath.Join(dir, "a.go"), "Again f", "duplicate"), related(filepath.Join(dir, "b", "b.go"), "Insist g", "parallel"),
		related(filepath.Join(dir, "a.go"), "Again f", "duplicate"),
	}
	for range 20 {
		hits = append(hits, related("/elsewhere/c.go", "Other h", "similar"))
	}
	run(t, finding(hits...), lsptest.Options{Folders: []string{dir}, Capabilities: openHere}, func(e *lsptest.Editor) {
		e.Hold(ask)
		mark := e.Mark()
		id := `"the command"`
		p := e.Expect(id)
		e.Send(lsptest.Request(id, "workspace/executeCommand", map[string]any{
			"command": "semantic/showRelated", "arguments": []any{lsptest.URI(path), lsptest.Position{Line: 4}},
		}))
		m := e.Await("an offer", mark, isMethod(ask))
		if !p.Answered() {
			t.Error("the offer came before the answer")
		}
		var a lsptest.Answer
		if err := p.Wait(&a); err != nil || len(a.Hits) != len(hits) {
			t.Fatalf("answer %+v, %v", a, err)
		}
		list := offered(t, m)
		want := []string{"Again - a.go:1 (duplicate)", "Insist - b/b.go:1 (parallel)", "Again - a.go:1 (duplicate) #2", "Other - c.go:1 (similar)"}
		if len(list) != 8 || strings.Join(list[:4], ",") != strings.Join(want, ",") {
			t.Errorf("offered %q, want %q and four more", list, want)
		}
		e.Answer(m, `{"title":"Insist - b/b.go:1 (parallel)"}`)
		m = e.Await("a document", mark, isMethod(show))
		for _, part := range []string{"b/b.go", `"takeFocus":true`, `"selection":{"start":{"line":0,"character":0},"end":{"line":0,"character":6}}`} {
			if !strings.Contains(string(m.Params), part) {
				t.Errorf("shown %s, which lacks %s", m.Params, part)
			}
		}
	})
}

// Who asks again has no use for the older offer; who chooses nothing gets nothing; an answer that was not offered is none.
func TestANewerOfferEndsTheOlder(t *testing.T) {
	dir := write(t, workspaceFiles())
	uri := lsptest.URI(filepath.Join(dir, "net", "retry.go"))
	engine := finding(related(filepath.Join(dir, "a.go"), "Again f", "duplicate"))
	run(t, engine, lsptest.Options{Folders: []string{dir}, Capabilities: openHere}, func(e *lsptest.Editor) {
		e.Hold(ask)
		again := func() lsptest.Message {
			mark := e.Mark()
			if err := e.Execute("semantic/showRelated", nil, uri, lsptest.Position{Line: 4}); err != nil {
				t.Fatal(err)
			}
			return e.Await("an offer", mark, isMethod(ask))
		}
		older := again()
		mark := e.Mark()
		newer := again()
		e.Await("the older offer to be taken back", mark, func(m lsptest.Message) bool {
			return m.Method == "$/cancelRequest" && strings.Contains(string(m.Params), string(older.ID))
		})
		e.Answer(older, `{"title":"Again - a.go:1 (duplicate)"}`)
		e.Answer(newer, `null`)
		e.Answer(again(), `{"title":"Something - else.go:1"}`)
		e.Answer(again(), `[]`)
		mark = e.Mark()
		e.Answer(again(), `{"title":"Again - a.go:1 (duplicate)"}`)
		e.Await("the document", mark, isMethod(show))
		if n := len(e.Heard(0, isMethod(show))); n != 1 {
			t.Errorf("%d documents were shown, want the last one", n)
		}
	})
}

func TestOffersWhereNothingCanBeOpened(t *testing.T) {
	dir := write(t, workspaceFiles())
	uri := lsptest.URI(filepath.Join(dir, "net", "retry.go"))
	said := func(e *lsptest.Editor, command string) string {
		t.Helper()
		mark := e.Mark()
		if err := e.Execute(command, nil, uri, lsptest.Position{Line: 4}); err != nil {
			t.Fatal(err)
		}
		return string(e.Await("a message", mark, isMethod(tell)).Params)
	}
	engine := finding(related(filepath.Join(dir, "a.go"), "Again f", "duplicate"))
	run(t, engine, lsptest.Options{Folders: []string{dir}}, func(e *lsptest.Editor) {
		if got := said(e, "semantic/showRelated"); !strings.Contains(got, `Related code:\nAgain - a.go:1 (duplicate)`) {
			t.Errorf("told %s", got)
		}
		if got := said(e, "semantic/showDuplicates"); !strings.Contains(got, "no code is nearly a copy") {
			t.Errorf("told %s", got)
		}
		if n := len(e.Heard(0, isMethod(ask))); n > 0 {
			t.Errorf("%d offers to a client that opens nothing", n)
		}
	})
}

func TestDuplicatesOfAPlace(t *testing.T) {
	files := workspaceFiles()
	files["net/again.go"] = strings.NewReplacer("Retry", "Again", "attempts", "times", "err", "failure").Replace(retryGo)
	dir := write(t, files)
	uri := lsptest.URI(filepath.Join(dir, "net", "retry.go"))
	run(t, realEngine(""), lsptest.Options{Folders: []string{dir}, Capabilities: openHere}, func(e *lsptest.Editor) {
		e.AwaitReady()
		e.Hold(ask)
		mark := e.Mark()
		var d lsptest.Duplicates
		if err := e.Execute("semantic/showDuplicates", &d, uri, lsptest.Position{Line: 6, Character: 3}); err != nil {
			t.Fatal(err)
		}
		if len(d.Groups) != 1 || strings.Join(symbols(d.Groups[0].Hits), " ") != "Retry Again" || d.Coverage == nil {
			t.Errorf("groups %+v", d)
		}
		if list := offered(t, e.Await("an offer", mark, isMethod(ask))); strings.Join(list, ",") != "Again - net/again.go:4" {
			t.Errorf("offered %q", list)
		}
		ask := func(place string) (d lsptest.Duplicates, err error) {
			err = e.Call("semantic/duplicates", json.RawMessage(`{"textDocument":{"uri":"`+uri+`"}`+place+`}`), &d)
			return d, err
		}
		for place, want := range map[string]int{
			`,"position":{"line":6,"character":0}`:                                               1,
			`,"range":{"start":{"line":4,"character":0},"end":{"line":8,"character":1}}`:         1,
			`,"position":{"line":0,"character":0}`:                                               0,
			`,"position":{"line":4294967295,"character":99999999999}`:                            0,
			`,"range":{"start":{"line":9,"character":0},"end":{"line":2,"character":1}}`:         1,
			`,"position":{"line":6,"character":0},"similarity":1`:                                1,
			`,"range":{"start":{"line":0,"character":0},"end":{"line":999999999,"character":1}}`: 0,
		} {
			if d, err := ask(place); err != nil || len(d.Groups) != want || d.Groups == nil {
				t.Errorf("%s: %+v, %v; want %d groups", place, d, err, want)
			}
		}
		if _, err := ask(""); lsptest.Code(err) != -32602 {
			t.Errorf("no place: %v, want -32602", err)
		}
	})
}
