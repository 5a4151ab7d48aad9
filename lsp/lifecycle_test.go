package lsp_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/semantic-ls/semantic-ls/lsp"
	"github.com/semantic-ls/semantic-ls/lsp/lsptest"
	"github.com/semantic-ls/semantic-ls/vectors/search"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

func TestBeforeInitializeOnlyInitializeIsServed(t *testing.T) {
	engine := newFake()
	lsptest.Run(t, serve(engine), func(e *lsptest.Editor) {
		for _, method := range []string{"semantic/search", "workspace/symbol", "shutdown", "no/such"} {
			if err := e.Call(method, map[string]any{"query": "x"}, nil); lsptest.Code(err) != -32002 {
				t.Errorf("%s: %v, want -32002", method, err)
			}
		}
		// Notifications are dropped: the document is not open afterwards.
		e.Open("/w/a.go", "lost")
		engine.search = echo("/w/a.go")
		e.Initialize(lsptest.Options{})
		if _, err := e.Search(lsptest.Query{Query: "x"}); lsptest.Code(err) != -32803 {
			t.Errorf("search: %v, want -32803: nothing is open", err)
		}
		if err := e.Call("initialize", lsptest.Options{}.Params(), nil); lsptest.Code(err) != -32600 {
			t.Errorf("second initialize: %v, want -32600", err)
		}
	})
}

func TestShutdownThenExit(t *testing.T) {
	engine := newFake()
	lsptest.Run(t, serve(engine), func(e *lsptest.Editor) {
		e.Initialize(lsptest.Options{})
		if err := e.Shutdown(); err != nil {
			t.Fatal(err)
		}
		receive(t, e, "the flush", engine.flushed)
		for _, method := range []string{"semantic/search", "shutdown", "initialize", "no/such"} {
			if err := e.Call(method, map[string]any{}, nil); lsptest.Code(err) != -32600 {
				t.Errorf("%s after shutdown: %v, want -32600", method, err)
			}
		}
		e.Open("/w/a.go", "nobody listens")
		e.Exit()
		if err := e.Wait(); err != nil {
			t.Errorf("Serve returned %v, want nil", err)
		}
		if len(engine.flushed) != 0 {
			t.Error("flushed twice")
		}
	})
}

func TestHowAConnectionEnds(t *testing.T) {
	cases := map[string]struct {
		end  func(e *lsptest.Editor)
		want error
	}{
		"exit without shutdown":          {func(e *lsptest.Editor) { e.Exit() }, lsp.ErrNoShutdown},
		"end of stream":                  {func(e *lsptest.Editor) { e.Disconnect() }, lsp.ErrDisconnected},
		"end of stream inside a header":  {func(e *lsptest.Editor) { e.Write("Content-Le"); e.Disconnect() }, lsp.ErrDisconnected},
		"end of stream inside a message": {func(e *lsptest.Editor) { e.Write("Content-Length: 10\r\n\r\n{"); e.Disconnect() }, lsp.ErrDisconnected},
		"end of stream after shutdown":   {func(e *lsptest.Editor) { _ = e.Shutdown(); e.Disconnect() }, nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			engine := newFake()
			lsptest.Run(t, serve(engine), func(e *lsptest.Editor) {
				e.Initialize(lsptest.Options{})
				c.end(e)
				if err := e.Wait(); !errors.Is(err, c.want) || c.want == nil && err != nil {
					t.Errorf("Serve returned %v, want %v", err, c.want)
				}
				receive(t, e, "the flush", engine.flushed)
			})
		})
	}
}

func TestExitBeforeInitialize(t *testing.T) {
	lsptest.Run(t, serve(newFake()), func(e *lsptest.Editor) {
		e.Exit()
		if err := e.Wait(); !errors.Is(err, lsp.ErrNoShutdown) {
			t.Errorf("Serve returned %v, want %v", err, lsp.ErrNoShutdown)
		}
	})
}

func TestEndOfStreamStopsWhatRuns(t *testing.T) {
	engine := newFake()
	search := park(engine)
	indexed := make(chan error, 1)
	engine.refresh = func(ctx context.Context, _ string, _ func(indexing.Progress)) error {
		<-ctx.Done()
		indexed <- ctx.Err()
		return ctx.Err()
	}
	run(t, engine, lsptest.Options{Folders: []string{"/w"}}, func(e *lsptest.Editor) {
		e.Start("semantic/search", lsptest.Query{Query: "park"})
		receive(t, e, "the search", search.begun)
		receive(t, e, "the folder", engine.opened)
		e.Disconnect()
		if err := e.Wait(); !errors.Is(err, lsp.ErrDisconnected) {
			t.Errorf("Serve returned %v, want %v", err, lsp.ErrDisconnected)
		}
		receive(t, e, "the end of the search", search.ended)
		receive(t, e, "the end of indexing", indexed)
		receive(t, e, "the flush", engine.flushed)
	})
}

func TestShutdownStopsWhatRunsBeforeItFlushes(t *testing.T) {
	engine := newFake()
	search := park(engine)
	indexed := make(chan error, 1)
	engine.refresh = func(ctx context.Context, _ string, _ func(indexing.Progress)) error {
		<-ctx.Done()
		indexed <- ctx.Err()
		return ctx.Err()
	}
	engine.flush = func(ctx context.Context) error {
		if len(indexed) == 0 || len(search.ended) == 0 {
			t.Error("flushed while something ran")
		}
		return ctx.Err()
	}
	run(t, engine, lsptest.Options{Folders: []string{"/w"}}, func(e *lsptest.Editor) {
		p := e.Start("semantic/search", lsptest.Query{Query: "park"})
		receive(t, e, "the search", search.begun)
		receive(t, e, "the folder", engine.opened)
		if err := e.Shutdown(); err != nil {
			t.Fatal(err)
		}
		if err := p.Wait(nil); lsptest.Code(err) != -32802 {
			t.Errorf("the search: %v, want -32802", err)
		}
		receive(t, e, "the flush", engine.flushed)
	})
}

// What was asked before shutdown is answered, if that does not take long.
func TestShutdownLetsRequestsBeAnswered(t *testing.T) {
	engine := newFake()
	begun, release := make(chan struct{}, 1), make(chan struct{})
	engine.search = func(ctx context.Context, _ workspace.Documents, _ indexing.Query) (indexing.Answer, error) {
		begun <- struct{}{}
		select {
		case <-release:
			return indexing.Answer{Warning: "answered"}, nil
		case <-ctx.Done():
			return indexing.Answer{}, ctx.Err()
		}
	}
	indexed := make(chan error, 1)
	engine.refresh = func(ctx context.Context, _ string, _ func(indexing.Progress)) error {
		<-ctx.Done()
		close(release) // only when indexing has been stopped
		indexed <- ctx.Err()
		return ctx.Err()
	}
	run(t, engine, lsptest.Options{Folders: []string{"/w"}}, func(e *lsptest.Editor) {
		p := e.Start("semantic/search", lsptest.Query{Query: "slow"})
		receive(t, e, "the search", begun)
		receive(t, e, "the folder", engine.opened)
		if err := e.Shutdown(); err != nil {
			t.Fatal(err)
		}
		var answer struct{ Warning string }
		if err := p.Wait(&answer); err != nil || answer.Warning != "answered" {
			t.Errorf("the search: %+v, %v", answer, err)
		}
		receive(t, e, "the end of indexing", indexed)
	})
}

func TestShutdownIsBoundedEvenIfIndexingIgnoresIt(t *testing.T) {
	engine := newFake()
	deaf := make(chan struct{})
	engine.refresh = func(context.Context, string, func(indexing.Progress)) error {
		<-deaf
		return nil
	}
	run(t, engine, lsptest.Options{Folders: []string{"/w"}}, func(e *lsptest.Editor) {
		receive(t, e, "the folder", engine.opened)
		if err := e.Shutdown(); err != nil {
			t.Error(err)
		}
		receive(t, e, "the flush", engine.flushed)
		close(deaf)
		e.Exit()
		if err := e.Wait(); err != nil {
			t.Error(err)
		}
	})
}

func TestServeEndsWithItsContext(t *testing.T) {
	engine := newFake()
	search := park(engine)
	reason := errors.New("a signal")
	ending := make(chan struct{})
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	server := serveWith(engine, lsp.Config{Ending: func() { close(ending) }})
	mortal := func(_ context.Context, stream io.ReadWriteCloser) error { return server(ctx, stream) }
	lsptest.Run(t, mortal, func(e *lsptest.Editor) {
		e.Initialize(lsptest.Options{})
		parked := e.Start("semantic/search", lsptest.Query{Query: "park"})
		receive(t, e, "the search", search.begun)
		cancel(reason)
		if err := parked.Wait(nil); lsptest.Code(err) != -32802 {
			t.Errorf("the search: %v, want -32802", err)
		}
		if err := e.Wait(); !errors.Is(err, reason) {
			t.Errorf("Serve returned %v, want %v", err, reason)
		}
		receive(t, e, "Ending", ending)
		receive(t, e, "the flush", engine.flushed)
	})
}

// slow is a stream that takes its time to write what answers a request that was ended.
type slow struct{ io.ReadWriteCloser }

func (s slow) Write(b []byte) (int, error) {
	if bytes.Contains(b, []byte("-32802")) {
		time.Sleep(20 * time.Millisecond)
	}
	return s.ReadWriteCloser.Write(b)
}

// What is open is answered before the stream ends: when the context does, and where exit stands right behind shutdown.
func TestAnswersComeBeforeTheEnd(t *testing.T) {
	for _, last := range []string{"the context", "exit"} {
		engine := newFake()
		search := park(engine)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		server := func(_ context.Context, stream io.ReadWriteCloser) error { return serve(engine)(ctx, slow{stream}) }
		lsptest.Run(t, server, func(e *lsptest.Editor) {
			e.Initialize(lsptest.Options{})
			parked := e.Start("semantic/search", lsptest.Query{Query: "park"})
			receive(t, e, "the search", search.begun)
			if last == "exit" {
				stopped := e.Expect("99")
				e.Write(lsptest.Frame(lsptest.Request("99", "shutdown", nil)) + lsptest.Frame(lsptest.Notification("exit", nil)))
				if err := stopped.Wait(nil); err != nil {
					t.Errorf("shutdown: %v", err)
				}
			} else {
				cancel()
			}
			if err := parked.Wait(nil); lsptest.Code(err) != -32802 {
				t.Errorf("ended by %s, the search: %v, want -32802", last, err)
			}
			if err := e.Wait(); (err == nil) != (last == "exit") {
				t.Errorf("ended by %s, Serve returned %v", last, err)
			}
		})
	}
}

func TestWhatComesWhileTheServerStopsIsRefused(t *testing.T) {
	engine := newFake()
	release := make(chan struct{})
	engine.flush = func(context.Context) error {
		<-release // the life is over, the stream still open
		return nil
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	mortal := func(_ context.Context, stream io.ReadWriteCloser) error { return serve(engine)(ctx, stream) }
	lsptest.Run(t, mortal, func(e *lsptest.Editor) {
		e.Initialize(lsptest.Options{Folders: []string{"/w"}})
		e.AwaitReady()
		cancel()
		receive(t, e, "the flush", engine.flushed)
		e.Save("/w/a.go")
		for _, method := range []string{"semantic/search", "semantic/reindex"} {
			if err := e.Call(method, map[string]any{"query": "x"}, nil); lsptest.Code(err) != -32802 {
				t.Errorf("%s: %v, want -32802", method, err)
			}
		}
		close(release)
		if err := e.Wait(); !errors.Is(err, context.Canceled) {
			t.Errorf("Serve returned %v, want %v", err, context.Canceled)
		}
	})
}

// The test is also the program that plays the parent.
func TestTheServerEndsWithItsParent(t *testing.T) {
	if os.Getenv("LSP_TEST_PARENT") != "" {
		_, _ = os.Stdin.Read(make([]byte, 1)) // until the test closes it
		return
	}
	parent := exec.Command(os.Args[0], "-test.run=^TestTheServerEndsWithItsParent$")
	parent.Env = append(os.Environ(), "LSP_TEST_PARENT=1")
	in, err := parent.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	run(t, newFake(), lsptest.Options{ProcessID: parent.Process.Pid}, func(e *lsptest.Editor) {
		if _, err := e.Status(); err != nil {
			t.Fatal(err)
		}
		in.Close()
		_ = parent.Wait()
		if err := e.Wait(); !errors.Is(err, lsp.ErrParentGone) {
			t.Errorf("Serve returned %v, want %v", err, lsp.ErrParentGone)
		}
	})
}

func TestAParentThatCannotBeSeenIsNotWatched(t *testing.T) {
	gone := exec.Command(os.Args[0], "-test.run=^$")
	if err := gone.Run(); err != nil {
		t.Fatal(err)
	}
	run(t, newFake(), lsptest.Options{ProcessID: gone.Process.Pid}, func(e *lsptest.Editor) {
		if _, err := e.Status(); err != nil {
			t.Fatal(err)
		}
		if err := e.Shutdown(); err != nil {
			t.Fatal(err)
		}
		e.Exit()
		if err := e.Wait(); err != nil {
			t.Errorf("Serve returned %v, want nil", err)
		}
	})
}

func TestInitializeToleratesWhatItDoesNotUnderstand(t *testing.T) {
	cases := map[string]string{
		"no params":             ``,
		"empty":                 `{}`,
		"nulls":                 `{"processId":null,"rootUri":null,"rootPath":null,"workspaceFolders":null,"capabilities":null,"initializationOptions":null}`,
		"wrong types":           `{"processId":"x","rootUri":7,"rootPath":[],"workspaceFolders":{"a":1},"capabilities":{"window":{"workDoneProgress":"yes"},"workspace":5,"general":{"positionEncodings":"utf-8"}},"trace":9}`,
		"one wrong folder":      `{"workspaceFolders":[7,{"uri":5},{"name":"x"},{"uri":"untitled:x","name":"y"}]}`,
		"one wrong encoding":    `{"capabilities":{"general":{"positionEncodings":[1,null,"utf-7"]}}}`,
		"unknown fields":        `{"future":{"a":[1]},"capabilities":{"future":true}}`,
		"a huge process number": `{"processId":99999999999999999999}`,
	}
	for name, params := range cases {
		t.Run(name, func(t *testing.T) {
			lsptest.Run(t, serve(newFake()), func(e *lsptest.Editor) {
				p := e.Expect("1")
				if params != "" {
					params = `,"params":` + params
				}
				e.Send(`{"jsonrpc":"2.0","id":1,"method":"initialize"` + params + `}`)
				var a lsptest.Ability
				if err := p.Wait(&a); err != nil {
					t.Fatal(err)
				}
				if a.Capabilities.PositionEncoding != "utf-16" || a.ServerInfo.Name != "semantic-ls" || a.ServerInfo.Version != "1.2.3" {
					t.Errorf("answer: %+v", a)
				}
				e.Notify("initialized", nil)
				if s, err := e.Status(); err != nil || len(s.Folders) != 0 {
					t.Errorf("status: %+v, %v; want no folder", s, err)
				}
			})
		})
	}
}

func TestFoldersOfOldAndNewClients(t *testing.T) {
	cases := map[string]struct{ params, want string }{
		"workspaceFolders":            {`{"rootUri":"file:///old","workspaceFolders":[{"uri":"file:///a","name":"A"},{"uri":"file:///b%20c/"},{"uri":"file:///a","name":"twice"}]}`, "A=/a;b c=/b c"},
		"rootUri":                     {`{"rootUri":"file:///old/x","rootPath":"/older"}`, "x=/old/x"},
		"rootUri and null folders":    {`{"rootUri":"file:///old","workspaceFolders":null}`, "old=/old"},
		"rootPath":                    {`{"rootUri":null,"rootPath":"/older/y z/"}`, "y z=/older/y z"},
		"a relative rootPath":         {`{"rootPath":"y"}`, ""},
		"folders of other schemes":    {`{"workspaceFolders":[{"uri":"vscode-remote://ssh/x","name":"r"},{"uri":"file:///a","name":"A"}]}`, "A=/a"},
		"a folder on another machine": {`{"workspaceFolders":[{"uri":"file://host/share","name":"r"}]}`, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			lsptest.Run(t, serve(newFake()), func(e *lsptest.Editor) {
				if err := e.Call("initialize", json.RawMessage(c.params), nil); err != nil {
					t.Fatal(err)
				}
				s, err := e.Status()
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, f := range s.Folders {
					got = append(got, f.Name+"="+lsptest.Path(f.URI))
				}
				if got := strings.Join(got, ";"); got != c.want {
					t.Errorf("folders %q, want %q", got, c.want)
				}
			})
		})
	}
}

func TestPositionEncodingIsNegotiated(t *testing.T) {
	// The rune before the hit takes 4 bytes, 2 units of UTF-16, 1 character.
	text := "x\n😀 found"
	engine := newFake()
	engine.search = func(_ context.Context, docs workspace.Documents, _ indexing.Query) (indexing.Answer, error) {
		doc, _ := docs.Get("/w/a.go")
		h := hit("/w/a.go", doc.Text, strings.Index(doc.Text, "found"), len(doc.Text))
		return indexing.Answer{Hits: []search.Hit{h}}, nil
	}
	cases := []struct {
		offered   []string
		want      string
		character int
	}{
		{nil, "utf-16", 3},
		{[]string{"utf-16"}, "utf-16", 3},
		{[]string{"utf-16", "utf-8"}, "utf-8", 5},
		{[]string{"utf-32", "utf-8", "utf-16"}, "utf-8", 5},
		{[]string{"utf-32"}, "utf-32", 2},
		{[]string{"utf-32", "utf-16"}, "utf-16", 3},
		{[]string{"utf-7"}, "utf-16", 3},
	}
	for _, c := range cases {
		t.Run(fmt.Sprint(c.offered), func(t *testing.T) {
			lsptest.Run(t, serve(engine), func(e *lsptest.Editor) {
				a := e.Initialize(lsptest.Options{Encodings: c.offered})
				if got := a.Capabilities.PositionEncoding; got != c.want {
					t.Fatalf("encoding %q, want %q", got, c.want)
				}
				e.Open("/w/a.go", text)
				// An edit in that encoding, right before the hit, moves it by one line of known length.
				at := lsptest.Position{Line: 1, Character: c.character}
				e.Edit("/w/a.go", lsptest.Edit{Range: &lsptest.Range{Start: at, End: at}, Text: "-"})
				answer, err := e.Search(lsptest.Query{Query: "x"})
				if err != nil {
					t.Fatal(err)
				}
				want := lsptest.Position{Line: 1, Character: c.character + 1}
				if got := answer.Hits[0].Range.Start; got != want {
					t.Errorf("the hit starts at %+v, want %+v", got, want)
				}
			})
		})
	}
}

func TestSettingsReachWhoeverStartsTheEngine(t *testing.T) {
	var got json.RawMessage
	engine := newFake()
	first := true
	type made = lsp.Engine
	server := serveWith(engine, lsp.Config{Start: func(_ context.Context, options json.RawMessage) (made, lsp.Features, error) {
		if got = options; first {
			first = false
			return nil, lsp.Features{}, errors.New("embedding.model is unknown; unset it")
		}
		return engine, lsp.Features{}, nil
	}})
	lsptest.Run(t, server, func(e *lsptest.Editor) {
		o := lsptest.Options{Settings: map[string]any{"embedding": map[string]any{"model": "m"}}}
		err := e.Call("initialize", o.Params(), nil)
		if lsptest.Code(err) != -32803 || !strings.Contains(err.Error(), "unset it") {
			t.Errorf("initialize with bad settings: %v, want -32803 with the reason", err)
		}
		if want := `{"embedding":{"model":"m"}}`; string(got) != want {
			t.Errorf("options %s, want %s", got, want)
		}
		e.Initialize(lsptest.Options{}) // the user mended them
		if got != nil {
			t.Errorf("options %s, want none", got)
		}
	})
}

// Whatever ends the connection while initialize is being answered: nothing is started in a life that has
// ended, and an engine that comes too late is not asked to flush.
func TestTheEndComesDuringInitialize(t *testing.T) {
	core, logs := observer.New(zap.DebugLevel)
	starting, release := make(chan struct{}), make(chan struct{})
	ctx, cancel := context.WithCancelCause(t.Context())
	engine := newFake()
	config := lsp.Config{Log: zap.New(core), Start: func(context.Context, json.RawMessage) (lsp.Engine, lsp.Features, error) {
		close(starting)
		<-release
		return engine, lsp.Features{}, nil
	}}
	server := func(_ context.Context, stream io.ReadWriteCloser) error { return lsp.Serve(ctx, stream, config) }
	enough := errors.New("enough")
	lsptest.Run(t, server, func(e *lsptest.Editor) {
		e.Start("initialize", lsptest.Options{ProcessID: os.Getpid()}.Params()) // watched in the background
		<-starting
		cancel(enough)
		close(release)
		if err := e.Wait(); !errors.Is(err, enough) {
			t.Errorf("Serve returned %v", err)
		}
	})
	if panics := logs.FilterMessage("panic"); panics.Len() > 0 {
		t.Errorf("%+v", panics.All())
	}
}
