package lsp_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/semantic-ls/semantic-ls/lsp"
	"github.com/semantic-ls/semantic-ls/lsp/lsptest"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

// logged runs body against a server that logs to what is returned.
func logged(
	t *testing.T, engine lsp.Engine, level zapcore.Level, slow time.Duration, body func(e *lsptest.Editor),
) *observer.ObservedLogs {
	t.Helper()
	core, logs := observer.New(level)
	lsptest.Run(t, serveWith(engine, lsp.Config{Log: zap.New(core), SlowAfter: slow}), body)
	return logs
}

// hello initializes with a value of trace.
func hello(t *testing.T, e *lsptest.Editor, trace string) {
	t.Helper()
	params := lsptest.Options{}.Params()
	params["trace"] = trace
	if err := e.Call("initialize", params, nil); err != nil {
		t.Fatal(err)
	}
	e.Notify("initialized", map[string]any{})
}

// Whatever is logged during a request says which one it was and how long it has taken, and its last line how it ended.
func TestLinesOfARequestSayWhichItWas(t *testing.T) {
	engine := newFake()
	engine.search = func(ctx context.Context, _ workspace.Documents, q indexing.Query) (indexing.Answer, error) {
		indexing.LogOf(ctx, zap.NewNop()).Warn("on the way")
		switch q.Text {
		case "fail":
			return indexing.Answer{}, errors.New("out of luck")
		case "panic":
			panic("out of mind")
		}
		return indexing.Answer{Coverage: covered}, nil
	}
	logs := logged(t, engine, zap.DebugLevel, time.Hour, func(e *lsptest.Editor) {
		e.Initialize(lsptest.Options{})
		for _, query := range []string{"work", "fail", "panic"} {
			_, _ = e.Search(lsptest.Query{Query: query})
		}
		if err := e.Call("no/such", nil, nil); lsptest.Code(err) != -32601 {
			t.Error(err)
		}
	})
	counts := map[string]int{}
	for _, line := range logs.All() {
		switch line.Message {
		case "on the way", "request failed", "panic", "request":
			fields := line.ContextMap()
			id, _ := fields["id"].(string)
			method, _ := fields["method"].(string)
			if _, timed := fields["took"].(time.Duration); id == "" || method == "" || !timed {
				t.Errorf("%q has %v", line.Message, fields)
			}
			counts[line.Message+" "+method]++
		}
	}
	want := map[string]int{
		"on the way semantic/search": 3, "request failed semantic/search": 1, "panic semantic/search": 1,
		"request semantic/search": 3, "request initialize": 1, "request no/such": 1,
	}
	for line, n := range want {
		if counts[line] != n {
			t.Errorf("%q is there %d times, want %d; all: %v", line, counts[line], n, counts)
		}
	}
}

// A method and an id may be as long as a message: neither the log nor the error repeats them.
func TestLongNamesAreToldInPart(t *testing.T) {
	long := strings.Repeat("é", 100_000)
	logs := logged(t, newFake(), zap.DebugLevel, time.Nanosecond, func(e *lsptest.Editor) {
		e.Initialize(lsptest.Options{})
		e.Notify(long, nil)
		if err := e.Call(long, nil, nil); lsptest.Code(err) != -32601 || len(err.Error()) > 3*mostTold {
			t.Errorf("an error of %d bytes", len(fmt.Sprint(err)))
		}
		pending := e.Expect(`"` + long + `"`)
		e.Send(`{"jsonrpc":"2.0","id":"` + long + `","method":"semantic/status"}`)
		if err := pending.Wait(nil); err != nil {
			t.Error(err)
		}
	})
	for _, line := range logs.All() {
		if n := len(fmt.Sprint(line.Message, line.ContextMap())); n > 10*mostTold {
			t.Errorf("%s: a line of %d bytes", line.Message, n)
		}
	}
}

// mostTold is more than is told of a method or an id.
const mostTold = 110

// A slow request says where its time went, in stages that make up what it took.
func TestASlowRequestSaysWhereTheTimeWent(t *testing.T) {
	root := write(t, workspaceFiles())
	engine := realEngine(t.TempDir())
	logs := logged(t, engine, zap.InfoLevel, time.Nanosecond, func(e *lsptest.Editor) {
		e.Initialize(lsptest.Options{Folders: []string{root}})
		e.AwaitReady()
		e.Open(root+"/fresh.go", "package fresh\n\n// PetTheZebra is only typed.\nfunc PetTheZebra() {}\n")
		for _, query := range []string{"pet the zebra", `"typed" zebra`, "re:/Zebra/"} {
			if a, err := e.Search(lsptest.Query{Query: query}); err != nil || len(a.Hits) == 0 {
				t.Errorf("%s: %v, %v", query, a, err)
			}
		}
		if _, err := e.Related(lsptest.Place{Text: "func retry() { pause(attempts) }"}); err != nil {
			t.Error(err)
		}
	})
	spent := map[string]time.Duration{}
	slow := logs.FilterMessage("slow request").FilterFieldKey("rest").All()
	for _, line := range slow {
		fields := line.ContextMap()
		var sum time.Duration
		for _, stage := range []string{"documents", "embedding", "retrieval", "reading", "rest"} {
			d, ok := fields[stage].(time.Duration)
			if !ok || d < 0 {
				t.Errorf("%v: %s is %v", fields["method"], stage, fields[stage])
			}
			if strings.HasPrefix(fields["method"].(string), "semantic/") {
				spent[stage] += d
			}
			sum += d
		}
		if sum != fields["took"].(time.Duration) {
			t.Errorf("%v: the stages are %v together", fields, sum)
		}
	}
	for stage, d := range spent {
		if d == 0 {
			t.Errorf("no request was in stage %s: %v", stage, slow)
		}
	}
}

// A client is told as much of each request as it asks for.
func TestLogTrace(t *testing.T) {
	isTrace := func(m lsptest.Message) bool { return m.Method == "$/logTrace" }
	type told struct{ Message, Verbose string }
	engine := newFake()
	lsptest.Run(t, serve(engine), func(e *lsptest.Editor) {
		hello(t, e, "messages")
		ask := func() []told {
			t.Helper()
			mark := e.Mark()
			if _, err := e.Search(lsptest.Query{Query: "anything"}); err != nil {
				t.Error(err)
			}
			if err := e.Call("semantic/search", map[string]any{"limit": 0}, nil); lsptest.Code(err) != -32602 {
				t.Error(err)
			}
			var all []told
			for _, m := range e.Heard(mark, isTrace) { // they stand before the answers
				var one told
				if err := json.Unmarshal(m.Params, &one); err != nil {
					t.Error(err)
				}
				all = append(all, one)
			}
			return all
		}
		check := func(when string, n int, verbose bool) {
			t.Helper()
			got := ask()
			if len(got) != n {
				t.Errorf("%s: %d traces: %+v", when, len(got), got)
				return
			}
			if n == 0 {
				return
			}
			if !strings.HasPrefix(got[0].Message, "semantic/search (id ") || strings.Contains(got[0].Message, "error") {
				t.Errorf("%s: of an answer: %+v", when, got[0])
			}
			if !strings.HasSuffix(got[1].Message, ", error -32602") {
				t.Errorf("%s: of an error: %+v", when, got[1])
			}
			if has := strings.Contains(got[0].Verbose, "retrieval ") && strings.Contains(got[1].Verbose, "limit is 0"); has != verbose {
				t.Errorf("%s: verbose is %v: %+v", when, has, got)
			}
			if !verbose && got[0].Verbose+got[1].Verbose != "" {
				t.Errorf("%s: more is told than asked for: %+v", when, got)
			}
		}
		check("as initialize said", 2, false)
		e.Notify("$/setTrace", map[string]any{"value": "verbose"})
		check("verbose", 2, true)
		for _, nonsense := range []any{"everything", 7, nil} {
			e.Notify("$/setTrace", map[string]any{"value": nonsense})
		}
		check("after nonsense", 2, true)
		e.Notify("$/setTrace", map[string]any{"value": "compact"})
		check("compact, which VS Code has", 2, false)
		e.Notify("$/setTrace", map[string]any{"value": "off"})
		check("off", 0, false)
	})
	lsptest.Run(t, serve(engine), func(e *lsptest.Editor) {
		hello(t, e, "nonsense")
		if _, err := e.Search(lsptest.Query{Query: "anything"}); err != nil {
			t.Error(err)
		}
		if heard := e.Heard(0, isTrace); len(heard) != 0 {
			t.Errorf("a client that asked for nonsense is told %+v", heard)
		}
	})
}

// What a request starts and does not wait for is logged under its id as well.
func TestWhatARequestStartsIsLoggedForIt(t *testing.T) {
	engine := newFake()
	begun := make(chan struct{}, 1000)
	var fail atomic.Bool
	engine.refresh = func(context.Context, string, func(indexing.Progress)) error {
		defer func() { begun <- struct{}{} }()
		if fail.Load() {
			return errors.New("out of luck")
		}
		return nil
	}
	core, logs := observer.New(zap.WarnLevel)
	lsptest.Run(t, serveWith(engine, lsp.Config{Log: zap.New(core), RetryAfter: time.Millisecond}), func(e *lsptest.Editor) {
		e.Initialize(lsptest.Options{Folders: []string{"/w"}})
		receive(t, e, "the first indexing", begun)
		e.AwaitReady()
		fail.Store(true)
		if err := e.Call("semantic/reindex", map[string]any{}, nil); err != nil {
			t.Fatal(err)
		}
		receive(t, e, "the second", begun)
		receive(t, e, "the second, again", begun)
	})
	lines := logs.FilterMessage("failed, and is tried again")
	if lines.Len() == 0 || lines.FilterField(zap.String("method", "semantic/reindex")).Len() != lines.Len() {
		t.Errorf("logged %+v", logs.All())
	}
}
