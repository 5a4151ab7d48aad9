package lsp_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/semantic-ls/semantic-ls/lsp/lsptest"
	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

// parked is a search that ends with its context and tells so.
type parked struct {
	begun chan string // the query
	ended chan error  // the cause
}

func park(engine *fake) parked {
	p := parked{begun: make(chan string, 1000), ended: make(chan error, 1000)}
	engine.search = func(ctx context.Context, _ workspace.Documents, q indexing.Query) (indexing.Answer, error) {
		if q.Text == "quick" {
			return indexing.Answer{Coverage: covered}, nil
		}
		p.begun <- q.Text
		<-ctx.Done()
		p.ended <- context.Cause(ctx)
		return indexing.Answer{}, fmt.Errorf("search: %w", ctx.Err())
	}
	return p
}

func TestCancellingARequestStopsItsWork(t *testing.T) {
	for _, method := range []string{"semantic/search", "workspace/symbol"} {
		t.Run(method, func(t *testing.T) {
			engine := newFake()
			search := park(engine)
			run(t, engine, lsptest.Options{}, func(e *lsptest.Editor) {
				p := e.Start(method, lsptest.Query{Query: "park"})
				receive(t, e, "the search", search.begun)
				p.Cancel()
				if err := p.Wait(nil); lsptest.Code(err) != -32800 {
					t.Errorf("answer: %v, want -32800", err)
				}
				receive(t, e, "the end of the search", search.ended)
			})
		})
	}
}

// The same of what is like a place, and of what is twice in the workspace, which takes longest of all.
func TestCancellingRelatedAndDuplicatesStopsTheirWork(t *testing.T) {
	engine := newFake()
	begun, ended := make(chan string, 10), make(chan error, 10)
	park := func(ctx context.Context, what string) error {
		begun <- what
		<-ctx.Done()
		ended <- context.Cause(ctx)
		return ctx.Err()
	}
	engine.related = func(ctx context.Context, _ workspace.Documents, _ indexing.Place) (indexing.Answer, error) {
		return indexing.Answer{}, park(ctx, "related")
	}
	engine.duplicates = func(ctx context.Context, _ workspace.Documents, _ indexing.DuplicatesQuery) (indexing.Duplicates, error) {
		return indexing.Duplicates{}, park(ctx, "duplicates")
	}
	run(t, engine, lsptest.Options{}, func(e *lsptest.Editor) {
		for _, c := range []struct {
			method string
			params any
		}{
			{"semantic/related", lsptest.Place{Text: "func f() {}", LanguageID: "go"}},
			{"semantic/duplicates", lsptest.Copies{}},
			{"semantic/duplicates", lsptest.Copies{PartialResultToken: "parts"}},
		} {
			p := e.Start(c.method, c.params)
			receive(t, e, c.method, begun)
			p.Cancel()
			if err := p.Wait(nil); lsptest.Code(err) != -32800 {
				t.Errorf("%s: %v, want -32800", c.method, err)
			}
			if cause := receive(t, e, "the end of it", ended); cause == nil || cause.Error() != "cancelled by the client" {
				t.Errorf("%s ended because of %v", c.method, cause)
			}
		}
		if _, err := e.Status(); err != nil {
			t.Error(err)
		}
	})
}

func TestCancelInTheSamePacketAsTheRequest(t *testing.T) {
	ids := map[string]string{"number": "7", "string": `"seven"`, "escaped": `"a\u0062\"c"`, "beyond int32": "9007199254740993", "negative": "-3"}
	for name, id := range ids {
		t.Run(name, func(t *testing.T) {
			engine := newFake()
			park(engine)
			run(t, engine, lsptest.Options{}, func(e *lsptest.Editor) {
				p := e.Expect(id)
				if name == "escaped" {
					p = e.Expect(`"ab\"c"`) // the server may spell it as it likes; ours writes what needs no escape
				}
				e.Write(lsptest.Frame(fmt.Sprintf(`{"jsonrpc":"2.0","id":%s,"method":"semantic/search","params":{"query":"park"}}`, id)) +
					lsptest.Frame(fmt.Sprintf(`{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":%s}}`, id)))
				if err := p.Wait(nil); lsptest.Code(err) != -32800 {
					t.Errorf("answer: %v, want -32800", err)
				}
			})
		})
	}
}

func TestMalformedCancelRequestIsHarmless(t *testing.T) {
	engine := newFake()
	search := park(engine)
	run(t, engine, lsptest.Options{}, func(e *lsptest.Editor) {
		p := e.Start("semantic/search", lsptest.Query{Query: "park"})
		receive(t, e, "the search", search.begun)
		for _, params := range []string{`{}`, `{"id":null}`, `{"id":1.5}`, `{"id":{}}`, `{"id":[]}`, `{"id":99999999999999999999}`, `{"id":"no such"}`, `[]`, `5`, `"x"`, `null`} {
			e.Send(`{"jsonrpc":"2.0","method":"$/cancelRequest","params":` + params + `}`)
		}
		e.Send(`{"jsonrpc":"2.0","method":"$/cancelRequest"}`)
		if _, err := e.Search(lsptest.Query{Query: "quick"}); err != nil {
			t.Fatal(err)
		}
		if len(search.ended) != 0 {
			t.Error("a malformed cancel ended the search")
		}
		p.Cancel()
		if err := p.Wait(nil); lsptest.Code(err) != -32800 {
			t.Errorf("answer: %v, want -32800", err)
		}
	})
}

func TestANewerSearchOfTheSameSessionSupersedes(t *testing.T) {
	engine := newFake()
	search := park(engine)
	run(t, engine, lsptest.Options{}, func(e *lsptest.Editor) {
		other := e.Start("semantic/search", lsptest.Query{Query: "other", Session: "two"})
		none := e.Start("semantic/search", lsptest.Query{Query: "none"})
		older := e.Start("semantic/search", lsptest.Query{Query: "older", Session: "one"})
		for range 3 {
			receive(t, e, "three searches", search.begun)
		}
		a, err := e.Search(lsptest.Query{Query: "quick", Session: "one"})
		if err != nil || a.Coverage == nil {
			t.Errorf("the newer search: %+v, %v", a, err)
		}
		if err := older.Wait(nil); lsptest.Code(err) != -32801 {
			t.Errorf("the older search: %v, want -32801", err)
		}
		if cause := receive(t, e, "the older search's end", search.ended); cause == nil || cause.Error() != tasks.ErrSuperseded.Error() {
			t.Errorf("its cause is %v, want ErrSuperseded", cause)
		}
		if len(search.ended) != 0 {
			t.Error("a search of another session, or of none, has ended too")
		}
		other.Cancel()
		none.Cancel()
		for _, p := range []*lsptest.Pending{other, none} {
			if err := p.Wait(nil); lsptest.Code(err) != -32800 {
				t.Errorf("answer: %v, want -32800", err)
			}
		}
	})
}

func TestOfManySearchesInOnePacketTheLastAnswers(t *testing.T) {
	const searches = 50
	engine := newFake()
	park(engine)
	run(t, engine, lsptest.Options{}, func(e *lsptest.Editor) {
		burst, pending := "", make([]*lsptest.Pending, searches)
		for i := range pending {
			id := fmt.Sprint(1000 + i)
			pending[i] = e.Expect(id)
			q := lsptest.Query{Query: fmt.Sprint(i), Session: "box"}
			if i == searches-1 {
				q.Query = "quick"
			}
			burst += lsptest.Frame(lsptest.Request(id, "semantic/search", q))
		}
		e.Write(burst)
		for i, p := range pending {
			want := -32801
			if i == searches-1 {
				want = 0
			}
			if err := p.Wait(nil); lsptest.Code(err) != want {
				t.Errorf("search %d: %v, want %d", i, err, want)
			}
		}
	})
}

func TestACancelThatComesTooLateChangesNothing(t *testing.T) {
	run(t, newFake(), lsptest.Options{}, func(e *lsptest.Editor) {
		p := e.Start("semantic/search", lsptest.Query{Query: "quick"})
		if err := p.Wait(nil); err != nil {
			t.Fatal(err)
		}
		p.Cancel()
		// The same id again, as a client may use it once it is answered.
		again := e.Expect(p.ID)
		e.Send(lsptest.Request(p.ID, "semantic/search", lsptest.Query{Query: "quick"}))
		if err := again.Wait(nil); err != nil {
			t.Fatal(err)
		}
	})
}
