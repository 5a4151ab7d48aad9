package lsp_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/semantic-ls/semantic-ls/lsp"
	"github.com/semantic-ls/semantic-ls/lsp/lsptest"
	"github.com/semantic-ls/semantic-ls/vectors/search"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

// choosing starts the engine that the settings name with {"engine": NAME}; "" is the one of no settings.
type choosing struct {
	engines  map[string]*fake
	started  chan string // what Start was called with, as JSON
	replaced chan *fake
}

func newChoosing(names ...string) *choosing {
	c := &choosing{engines: map[string]*fake{}, started: make(chan string, 100), replaced: make(chan *fake, 100)}
	for _, name := range names {
		f := newFake()
		told := cmp.Or(name, "none")
		f.search = func(context.Context, workspace.Documents, indexing.Query) (indexing.Answer, error) {
			return indexing.Answer{Hits: []search.Hit{hit("/w/"+told+".go", told+" is it", 0, len(told))}, Coverage: covered}, nil
		}
		c.engines[name] = f
	}
	return c
}

func (c *choosing) config() lsp.Config {
	return lsp.Config{
		Start: func(_ context.Context, options json.RawMessage) (lsp.Engine, lsp.Features, error) {
			var of struct {
				Engine   string       `json:"engine"`
				Features lsp.Features `json:"features"`
			}
			if options != nil {
				if err := json.Unmarshal(options, &of); err != nil {
					return nil, lsp.Features{}, err
				}
			}
			c.started <- string(options)
			if e := c.engines[of.Engine]; e != nil {
				return e, of.Features, nil
			}
			return nil, lsp.Features{}, errors.New("engine is " + of.Engine + ": want another")
		},
		Replaced: func(e lsp.Engine) { c.replaced <- e.(*fake) },
	}
}

func (c *choosing) serve() lsptest.Serve {
	config := c.config()
	return func(ctx context.Context, stream io.ReadWriteCloser) error { return lsp.Serve(ctx, stream, config) }
}

// answering is which engine answers.
func answering(t *testing.T, e *lsptest.Editor) string {
	t.Helper()
	return first(t, e, "which is it").Symbol
}

func changeSettings(e *lsptest.Editor, settings any) {
	e.Notify("workspace/didChangeConfiguration", map[string]any{"settings": settings})
}

func ours(engine string) any {
	return map[string]any{"semantic-ls": map[string]any{"engine": engine}, "gopls": map[string]any{"engine": "not ours"}}
}

var pulling = map[string]any{"workspace": map[string]any{
	"configuration": true, "didChangeConfiguration": map[string]any{"dynamicRegistration": true},
}}

func isMethod(method string) func(lsptest.Message) bool {
	return func(m lsptest.Message) bool { return m.Method == method }
}

func TestSettingsThatAreSentAreApplied(t *testing.T) {
	c := newChoosing("", "other", "third")
	lsptest.Run(t, c.serve(), func(e *lsptest.Editor) {
		e.Initialize(lsptest.Options{Folders: []string{"/w", "/v"}})
		for range 2 {
			receive(t, e, "a folder of the first engine", c.engines[""].opened)
		}
		changeSettings(e, ours("other"))
		if was := receive(t, e, "the first engine to be replaced", c.replaced); was != c.engines[""] {
			t.Error("another engine was replaced")
		}
		if got := answering(t, e); got != "other" {
			t.Errorf("%q answers, want the other engine", got)
		}
		var opened []string
		for range 2 {
			opened = append(opened, receive(t, e, "a folder of the other engine", c.engines["other"].opened))
		}
		if slices.Sort(opened); !slices.Equal(opened, []string{"/v", "/w"}) {
			t.Errorf("the other engine has %q", opened)
		}
		e.Watched("/w/a.go")
		receive(t, e, "an update of the other engine", c.engines["other"].updated)
		e.ChangeFolders(nil, []string{"/v"})
		if got := receive(t, e, "a folder to be closed", c.engines["other"].closed); got != "/v" {
			t.Errorf("%s was closed", got)
		}
		changeSettings(e, ours("other")) // which changes nothing
		for range 3 {
			receive(t, e, "what the engines were started with", c.started) // the last is this, which the next must not overtake
		}
		changeSettings(e, ours("third"))
		if was := receive(t, e, "the other engine to be replaced", c.replaced); was != c.engines["other"] {
			t.Error("another engine was replaced")
		}
	})
	select {
	case <-c.engines["third"].flushed:
	default:
		t.Error("the last engine was not flushed")
	}
}

func TestSettingsArePulled(t *testing.T) {
	c := newChoosing("", "first", "second")
	lsptest.Run(t, c.serve(), func(e *lsptest.Editor) {
		e.Hold("workspace/configuration")
		answer := func(mark int, result string) {
			t.Helper()
			m := e.Await("a pull", mark, isMethod("workspace/configuration"))
			if want := `{"items":[{"section":"semantic-ls"}]}`; string(m.Params) != want {
				t.Errorf("asked for %s, want %s", m.Params, want)
			}
			e.Answer(m, result)
		}
		mark := e.Mark()
		e.Initialize(lsptest.Options{Settings: map[string]any{"engine": "first"}, Capabilities: pulling})
		m := e.Await("a registration", mark, isMethod("client/registerCapability"))
		for _, part := range []string{`"workspace/didChangeConfiguration"`, `{"section":"semantic-ls"}`} {
			if !strings.Contains(string(m.Params), part) {
				t.Errorf("registered %s, which lacks %s", m.Params, part)
			}
		}
		for i, step := range []struct {
			answer, started, engine string
		}{
			{`[null]`, `{"engine":"first"}`, "first"}, // a client that does not know us
			{`[{}]`, `{"engine":"first"}`, "first"},   // another one
			{`null`, `{"engine":"first"}`, "first"},   // none at all
			{`[{"engine":"second"}]`, `{"engine":"second"}`, "second"},
			{`[{}]`, `{}`, "none"}, // now it is known to have settings of ours, and has none
			{`[null]`, ``, "none"},
			{`[{"engine":"first"}]`, `{"engine":"first"}`, "first"},
		} {
			if i > 0 {
				mark = e.Mark()
				changeSettings(e, nil)
			} else {
				<-c.started // of initialize
			}
			answer(mark, step.answer)
			if got := receive(t, e, "settings to be applied", c.started); got != step.started {
				t.Errorf("step %d: started with %s, want %s", i, got, step.started)
			}
			awaitAnswering(t, e, step.engine)
		}
	})
}

// awaitAnswering asks until an engine answers: what applies settings runs beside the queries.
func awaitAnswering(t *testing.T, e *lsptest.Editor, want string) {
	t.Helper()
	for e.Deadline().Err() == nil {
		if answering(t, e) == want {
			return
		}
	}
	t.Fatalf("%q never answered", want)
}

func TestAMistakeInTheSettingsIsShownAndChangesNothing(t *testing.T) {
	c := newChoosing("", "other")
	lsptest.Run(t, c.serve(), func(e *lsptest.Editor) {
		e.Initialize(lsptest.Options{Settings: map[string]any{"engine": "other"}})
		mark := e.Mark()
		changeSettings(e, ours("broken"))
		m := e.Await("a message", mark, isMethod("window/showMessage"))
		if !strings.Contains(string(m.Params), "engine is broken: want another") || !strings.Contains(string(m.Params), `"type":1`) {
			t.Errorf("shown %s", m.Params)
		}
		if got := answering(t, e); got != "other" {
			t.Errorf("%q answers, want the engine before", got)
		}
		for _, strange := range []any{nil, 3, "x", map[string]any{}, []any{}, map[string]any{"gopls": 1}} {
			changeSettings(e, strange)
		}
		e.Notify("workspace/didChangeConfiguration", nil)
		if got := answering(t, e); got != "other" {
			t.Errorf("%q answers after settings that are none", got)
		}
	})
}

// A query that began with an engine ends with it, and only then is that let go. Until the new one has its folders the
// old one answers.
func TestNobodyWaitsWhileSettingsAreApplied(t *testing.T) {
	c := newChoosing("", "slow")
	old, slow := c.engines[""], c.engines["slow"]
	asked, finish := make(chan struct{}), make(chan struct{})
	answer, once := old.search, sync.OnceFunc(func() { close(asked); <-finish })
	old.search = func(ctx context.Context, docs workspace.Documents, q indexing.Query) (indexing.Answer, error) {
		if q.Text == "long" {
			once()
		}
		return answer(ctx, docs, q)
	}
	opening, open := make(chan struct{}), make(chan struct{})
	slow.open = func(string) error {
		close(opening)
		<-open
		return nil
	}
	lsptest.Run(t, c.serve(), func(e *lsptest.Editor) {
		e.Initialize(lsptest.Options{Folders: []string{"/w"}})
		receive(t, e, "the folder of the first engine", old.opened)
		long := e.Start("semantic/search", lsptest.Query{Query: "long"})
		receive(t, e, "the long query", asked)
		changeSettings(e, ours("slow"))
		receive(t, e, "the new engine to open the folder", opening)
		if a, err := e.Search(lsptest.Query{Query: "x"}); err != nil || len(a.Hits) != 1 || a.Hits[0].Symbol != "none" {
			t.Errorf("%+v, %v; want an answer of the engine before", a, err)
		}
		close(open)
		awaitAnswering(t, e, "slow")
		if len(c.replaced) > 0 {
			t.Error("the engine was let go while a query used it")
		}
		close(finish)
		var a lsptest.Answer
		if err := long.Wait(&a); err != nil || len(a.Hits) != 1 || a.Hits[0].Symbol != "none" {
			t.Errorf("%+v, %v; want the answer of the engine that it began with", a, err)
		}
		receive(t, e, "the first engine to be let go", c.replaced)
	})
}

func TestOfManyChangesTheLastCounts(t *testing.T) {
	c := newChoosing("", "a", "b", "last")
	lsptest.Run(t, c.serve(), func(e *lsptest.Editor) {
		e.Initialize(lsptest.Options{Folders: []string{"/w"}})
		for range 20 {
			changeSettings(e, ours("a"))
			changeSettings(e, ours("b"))
		}
		changeSettings(e, ours("last"))
		awaitAnswering(t, e, "last")
	})
}

// opensLong is an engine whose folders are opened until that is cancelled, or open is closed.
type opensLong struct {
	*fake
	opening, open chan struct{}
}

func (o opensLong) Open(ctx context.Context, _ string) error {
	o.opening <- struct{}{}
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-o.open:
		return nil
	}
}

// Settings that come while others are applied may want the same engine, and Start returns the last one where that is right:
// it must not be one that is about to be let go.
func TestAnEngineThatNeverServedIsLetGoBeforeTheNextStart(t *testing.T) {
	first, other := newFake(), opensLong{newFake(), make(chan struct{}), make(chan struct{})}
	var starts, replaced atomic.Int64
	config := lsp.Config{
		Start: func(context.Context, json.RawMessage) (lsp.Engine, lsp.Features, error) {
			n := starts.Add(1)
			if n == 1 {
				return first, lsp.Features{}, nil
			}
			if n > 2 && replaced.Load() != n-2 {
				t.Errorf("start %d comes after %d engines were let go", n, replaced.Load())
			}
			return other, lsp.Features{}, nil
		},
		Replaced: func(lsp.Engine) { replaced.Add(1) },
	}
	serve := func(ctx context.Context, stream io.ReadWriteCloser) error { return lsp.Serve(ctx, stream, config) }
	lsptest.Run(t, serve, func(e *lsptest.Editor) {
		e.Initialize(lsptest.Options{Folders: []string{"/w"}})
		receive(t, e, "the folder of the first engine", first.opened)
		for range 50 {
			changeSettings(e, ours("other"))
			receive(t, e, "the other engine to open the folder", other.opening)
		}
		close(other.open)
	})
}

// Letting an engine go closes its indexes, which takes as long as the disk does: the answer of the last query that used it
// does not wait for that, nor do further settings.
func TestNoAnswerWaitsForAnEngineToBeLetGo(t *testing.T) {
	c := newChoosing("", "other", "third")
	asked, finish, closed := make(chan struct{}), make(chan struct{}), make(chan struct{})
	answer := c.engines[""].search
	c.engines[""].search = func(ctx context.Context, docs workspace.Documents, q indexing.Query) (indexing.Answer, error) {
		if q.Text == "long" {
			close(asked)
			<-finish
		}
		return answer(ctx, docs, q)
	}
	config := c.config()
	config.Replaced = func(e lsp.Engine) {
		if e == c.engines[""] {
			<-closed
		}
	}
	serve := func(ctx context.Context, stream io.ReadWriteCloser) error { return lsp.Serve(ctx, stream, config) }
	lsptest.Run(t, serve, func(e *lsptest.Editor) {
		e.Initialize(lsptest.Options{Folders: []string{"/w"}})
		receive(t, e, "the folder of the first engine", c.engines[""].opened)
		defer close(closed)
		last := e.Start("semantic/search", lsptest.Query{Query: "long"})
		receive(t, e, "the query", asked)
		changeSettings(e, ours("other"))
		awaitAnswering(t, e, "other")
		close(finish)
		var a lsptest.Answer
		if err := last.Wait(&a); err != nil || len(a.Hits) != 1 || a.Hits[0].Symbol != "none" {
			t.Errorf("%+v, %v; want the answer of the engine that it began with", a, err)
		}
		changeSettings(e, ours("third"))
		awaitAnswering(t, e, "third")
	})
}

// A folder that comes while others are opened in the new engine is open in that, too, before it answers.
func TestAFolderThatComesWhileSettingsAreApplied(t *testing.T) {
	c := newChoosing("", "slow")
	old, slow := c.engines[""], c.engines["slow"]
	opening, open := make(chan struct{}), make(chan struct{})
	var opened atomic.Int32
	slow.open = func(root string) error {
		if root == "/w" {
			close(opening)
			<-open
		}
		opened.Add(1)
		return nil
	}
	tell := slow.search
	slow.search = func(ctx context.Context, docs workspace.Documents, q indexing.Query) (indexing.Answer, error) {
		if n := opened.Load(); n < 2 {
			t.Errorf("it answers with %d folders open", n)
		}
		return tell(ctx, docs, q)
	}
	lsptest.Run(t, c.serve(), func(e *lsptest.Editor) {
		e.Initialize(lsptest.Options{Folders: []string{"/w"}})
		receive(t, e, "the folder of the first engine", old.opened)
		changeSettings(e, ours("slow"))
		receive(t, e, "the new engine to open the folder", opening)
		e.ChangeFolders([]string{"/late"}, nil)
		receive(t, e, "the folder that came meanwhile", old.opened)
		e.AwaitStatus("the folder to be ready", func(s lsptest.Status) bool {
			return len(s.Folders) == 2 && s.Folders[1].State == "ready"
		})
		close(open)
		awaitAnswering(t, e, "slow")
	})
}

// Whichever engine has a folder open, one that is removed and added again is followed.
func TestAFolderThatIsAddedAgainWhileSettingsAreApplied(t *testing.T) {
	c := newChoosing("", "slow")
	old, slow := c.engines[""], c.engines["slow"]
	first, last := t.TempDir(), t.TempDir()
	opening, open, again, fail := make(chan struct{}), make(chan struct{}), make(chan struct{}), make(chan struct{})
	slow.open = func(root string) error {
		if root == last {
			close(opening)
			<-open
		}
		return nil
	}
	var times atomic.Int32
	old.open = func(root string) error {
		if root == first && times.Add(1) == 2 {
			close(again)
			<-fail
			return errors.New("too late")
		}
		return nil
	}
	lsptest.Run(t, c.serve(), func(e *lsptest.Editor) {
		e.Initialize(lsptest.Options{Folders: []string{first, last}})
		for range 2 {
			receive(t, e, "a folder of the first engine", old.opened)
		}
		for seen := map[string]bool{}; len(seen) < 2; { // both are followed, which has them looked at
			for _, path := range receive(t, e, "a look at a folder", old.updated) {
				seen[path] = true
			}
		}
		changeSettings(e, ours("slow"))
		receive(t, e, "the new engine to open the last folder", opening) // so it has the first
		e.ChangeFolders(nil, []string{first})
		receive(t, e, "the folder to be closed", old.closed)
		e.ChangeFolders([]string{first}, nil)
		receive(t, e, "the folder to be opened in the engine that goes", again)
		close(open)
		awaitAnswering(t, e, "slow")
		close(fail)
		for !slices.Contains(receive(t, e, "a look at the folder that came again", slow.updated), first) {
		}
	})
}
