package lsp_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/semantic-ls/semantic-ls/lsp"
	"github.com/semantic-ls/semantic-ls/lsp/lsptest"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

func isProgress(m lsptest.Message) bool {
	return m.Method == "$/progress" || m.Method == "window/workDoneProgress/create"
}

func TestProgressOfIndexing(t *testing.T) {
	engine := newFake()
	step := make(chan int)
	engine.refresh = func(ctx context.Context, _ string, report func(indexing.Progress)) error {
		for done := range step {
			report(indexing.Progress{Done: done, Total: 8})
		}
		return ctx.Err()
	}
	lsptest.Run(t, serve(engine), func(e *lsptest.Editor) {
		e.Hold("window/workDoneProgress/create")
		e.Initialize(lsptest.Options{Folders: []string{"/w/here"}})
		create := e.Await("create", 0, isProgress)
		step <- 1 // indexing goes on; nothing may be shown before the client has answered
		if _, err := e.Status(); err != nil {
			t.Fatal(err)
		}
		if said := e.Heard(0, isProgress); len(said) != 1 {
			t.Fatalf("said before create was answered: %s %s", said[1].Method, said[1].Params)
		}
		e.Answer(create, "null")
		begin := e.AwaitProgress(0, "begin")
		if v := begin.Value; v.Title != "Indexing here" || !v.Cancellable || v.Percentage == nil || *v.Percentage != 0 {
			t.Errorf("begin %+v", v)
		}
		if v := e.AwaitProgress(0, "report").Value; v.Message != "1/8 files" || *v.Percentage != 12 {
			t.Errorf("report %q %d%%, want 1/8 files, 12%%", v.Message, *v.Percentage)
		}
		mark := e.Mark()
		step <- 8
		if v := e.AwaitProgress(mark, "report").Value; v.Message != "8/8 files" || *v.Percentage != 99 {
			t.Errorf("report %q %d%%, want 8/8 files, 99%%: it has not ended yet", v.Message, *v.Percentage)
		}
		close(step)
		if v := e.AwaitProgress(0, "end").Value; v.Message != "8 files" {
			t.Errorf("end %q, want 8 files", v.Message)
		}
		e.AwaitReady()
		for i, m := range e.Heard(0, isProgress) {
			var p struct {
				Token json.RawMessage `json:"token"`
				Value struct {
					Kind string `json:"kind"`
				} `json:"value"`
			}
			if err := json.Unmarshal(m.Params, &p); err != nil || string(p.Token) != string(begin.Token) {
				t.Errorf("message %d has token %s, want %s", i, p.Token, begin.Token)
			}
			if want := map[int]string{0: "", 1: "begin", 4: "end"}; i != 2 && i != 3 && p.Value.Kind != want[i] {
				t.Errorf("message %d is %q, want %q", i, p.Value.Kind, want[i])
			}
		}
	})
}

func TestProgressOfAFolderThatIsUpToDate(t *testing.T) {
	engine := newFake()
	engine.refresh = func(context.Context, string, func(indexing.Progress)) error { return nil }
	lsptest.Run(t, serve(engine), func(e *lsptest.Editor) {
		e.Initialize(lsptest.Options{Folders: []string{"/w/here"}})
		if v := e.AwaitProgress(0, "end").Value; v.Message != "nothing to index" {
			t.Errorf("end %q", v.Message)
		}
	})
}

func TestNoProgressForAClientThatHasNone(t *testing.T) {
	run(t, newFake(), lsptest.Options{Folders: []string{"/w"}, NoProgress: true}, func(e *lsptest.Editor) {
		e.AwaitReady()
		if said := e.Heard(0, isProgress); len(said) != 0 {
			t.Errorf("said %s %s", said[0].Method, said[0].Params)
		}
	})
}

func TestProgressThatTheClientRefuses(t *testing.T) {
	lsptest.Run(t, serve(newFake()), func(e *lsptest.Editor) {
		e.Hold("window/workDoneProgress/create")
		e.Initialize(lsptest.Options{Folders: []string{"/w"}})
		create := e.Await("create", 0, isProgress)
		e.Send(`{"jsonrpc":"2.0","id":` + string(create.ID) + `,"error":{"code":-32603,"message":"no"}}`)
		e.AwaitReady()
		if said := e.Heard(0, isProgress); len(said) != 1 {
			t.Errorf("said %s %s", said[1].Method, said[1].Params)
		}
	})
}

func TestTheUserCancelsIndexingOfOneFolder(t *testing.T) {
	engine := newFake()
	ended := make(chan string, 10)
	engine.refresh = func(ctx context.Context, root string, report func(indexing.Progress)) error {
		report(indexing.Progress{Done: 3, Total: 8})
		<-ctx.Done()
		ended <- root
		return ctx.Err()
	}
	run(t, engine, lsptest.Options{Folders: []string{"/one", "/two"}}, func(e *lsptest.Editor) {
		var token json.RawMessage
		e.Await("a report of /one", 0, func(m lsptest.Message) bool {
			var p lsptest.Progress
			if m.Method != "$/progress" || json.Unmarshal(m.Params, &p) != nil {
				return false
			}
			if p.Value.Title == "Indexing one" {
				token = p.Token
			}
			return p.Value.Kind == "report" && string(p.Token) == string(token)
		})
		e.Notify("window/workDoneProgress/cancel", map[string]any{"token": "no such"})
		e.Notify("window/workDoneProgress/cancel", map[string]any{"token": token})
		if root := receive(t, e, "the end of indexing", ended); root != "/one" {
			t.Errorf("cancelled %s, want /one", root)
		}
		end := e.AwaitProgress(0, "end")
		if string(end.Token) != string(token) || end.Value.Message != "paused at 3/8 files" {
			t.Errorf("end %s %q", end.Token, end.Value.Message)
		}
		if s, err := e.Status(); err != nil || len(s.Folders) != 2 {
			t.Errorf("status %+v, %v; want both folders still", s, err)
		}
		if len(ended) != 0 {
			t.Error("the other folder was cancelled too")
		}
		// The folder can be indexed again.
		mark := e.Mark()
		if err := e.Call("semantic/reindex", map[string]any{"folders": []string{"file:///one"}}, nil); err != nil {
			t.Fatal(err)
		}
		e.Await("a progress of /one", mark, func(m lsptest.Message) bool {
			var p lsptest.Progress
			return m.Method == "$/progress" && json.Unmarshal(m.Params, &p) == nil && p.Value.Title == "Indexing one"
		})
	})
}

func TestFoldersComeAndGo(t *testing.T) {
	engine := newFake()
	cancelled, letGo := make(chan string, 10), make(chan struct{})
	engine.refresh = func(ctx context.Context, root string, _ func(indexing.Progress)) error {
		<-ctx.Done()
		cancelled <- root
		<-letGo
		return ctx.Err()
	}
	run(t, engine, lsptest.Options{Folders: []string{"/one"}}, func(e *lsptest.Editor) {
		folders := func() (names []string) {
			t.Helper()
			s, err := e.Status()
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range s.Folders {
				names = append(names, f.Name)
			}
			return names
		}
		if root := receive(t, e, "the first folder", engine.opened); root != "/one" {
			t.Fatalf("opened %s", root)
		}
		e.ChangeFolders([]string{"/two", "/one"}, nil) // /one is open already
		if root := receive(t, e, "the second folder", engine.opened); root != "/two" {
			t.Fatalf("opened %s", root)
		}
		if got := folders(); len(got) != 2 || got[0] != "one" || got[1] != "two" {
			t.Errorf("folders %q", got)
		}
		e.ChangeFolders(nil, []string{"/one", "/unknown"})
		if root := receive(t, e, "the end of its indexing", cancelled); root != "/one" {
			t.Errorf("cancelled %s", root)
		}
		if got := folders(); len(engine.closed) != 0 {
			t.Errorf("closed while it is being indexed; folders %q", got)
		}
		close(letGo)
		if root := receive(t, e, "its closing", engine.closed); root != "/one" {
			t.Errorf("closed %s", root)
		}
		if got := folders(); len(got) != 1 || got[0] != "two" {
			t.Errorf("folders %q", got)
		}
		// Back and forth in one notification and in one packet: what counts is where it ends.
		e.ChangeFolders([]string{"/two"}, []string{"/two"})
		e.Write(lsptest.Frame(lsptest.Notification("workspace/didChangeWorkspaceFolders", json.RawMessage(`{"event":{"added":[{"uri":"file:///three","name":"t"}],"removed":[]}}`))) +
			lsptest.Frame(lsptest.Notification("workspace/didChangeWorkspaceFolders", json.RawMessage(`{"event":{"added":[],"removed":[{"uri":"file:///three","name":"t"}]}}`))))
		if got := folders(); len(got) != 1 || got[0] != "two" {
			t.Errorf("folders %q", got)
		}
		if err := e.Shutdown(); err != nil {
			t.Fatal(err)
		}
		if state := engine.Status(); len(state.Folders) != 1 || state.Folders[0].Root != "/two" {
			t.Errorf("the engine has %+v", state.Folders)
		}
	})
}

func TestAFolderThatCannotBeOpened(t *testing.T) {
	engine := newFake()
	broken := atomic.Bool{}
	broken.Store(true)
	engine.open = func(root string) error {
		if root == "/gone" && broken.Load() {
			return errors.New("open /gone: no such directory")
		}
		return nil
	}
	run(t, engine, lsptest.Options{Folders: []string{"/gone", "/there"}}, func(e *lsptest.Editor) {
		s := e.AwaitReady()
		if f := s.Folders[0]; f.State != "failed" || f.Message != "open /gone: no such directory" {
			t.Errorf("folder %+v, want failed and why", f)
		}
		if f := s.Folders[1]; f.State != "ready" || f.Message != "" {
			t.Errorf("folder %+v, want ready", f)
		}
		broken.Store(false)
		if err := e.Call("semantic/reindex", nil, nil); err != nil {
			t.Fatal(err)
		}
		e.AwaitStatus("both folders to be ready", func(s lsptest.Status) bool {
			return s.Folders[0].State == "ready" && s.Folders[0].Message == "" && s.Folders[1].State == "ready"
		})
	})
}

func TestAFolderIsNotReadyBeforeItHasBeenIndexed(t *testing.T) {
	engine := newFake()
	engine.open = func(root string) error {
		engine.set(root, indexing.StateReady) // as the real one says of a folder that it has just opened
		return nil
	}
	more := make(chan struct{})
	engine.refresh = func(_ context.Context, root string, _ func(indexing.Progress)) error {
		engine.set(root, indexing.StateReady)
		<-more
		return nil
	}
	run(t, engine, lsptest.Options{Folders: []string{"/w"}}, func(e *lsptest.Editor) {
		receive(t, e, "the folder", engine.opened)
		if s, err := e.Status(); err != nil || s.Folders[0].State != "indexing" {
			t.Errorf("status %+v, %v; want indexing", s, err)
		}
		more <- struct{}{}
		e.AwaitReady()
		if err := e.Call("semantic/reindex", nil, nil); err != nil {
			t.Fatal(err)
		}
		if s, err := e.Status(); err != nil || s.Folders[0].State != "indexing" {
			t.Errorf("status %+v, %v; want indexing again", s, err)
		}
		close(more)
		e.AwaitReady()
	})
}

func TestIndexingThatFails(t *testing.T) {
	engine := newFake()
	engine.refresh = func(_ context.Context, root string, _ func(indexing.Progress)) error {
		if root == "/bug" {
			panic("a bug")
		}
		return errors.New("disk full")
	}
	run(t, engine, lsptest.Options{Folders: []string{"/full", "/bug"}}, func(e *lsptest.Editor) {
		e.AwaitStatus("the failures", func(s lsptest.Status) bool {
			return s.Folders[0].State == "failed" && s.Folders[0].Message == "disk full" && s.Folders[1].State == "failed"
		})
		if _, err := e.Search(lsptest.Query{Query: "x"}); err != nil {
			t.Error(err)
		}
	})
}

// A model that was down comes back, and nobody has to restart anything.
func TestIndexingThatFailedIsTriedAgain(t *testing.T) {
	engine := newFake()
	var tries atomic.Int32
	engine.refresh = func(context.Context, string, func(indexing.Progress)) error {
		if tries.Add(1) < 3 {
			return errors.New("the model is down")
		}
		return nil
	}
	server := serveWith(engine, lsp.Config{RetryAfter: time.Millisecond})
	lsptest.Run(t, server, func(e *lsptest.Editor) {
		e.Initialize(lsptest.Options{Folders: []string{"/w"}})
		e.AwaitStatus("ready after failures", func(s lsptest.Status) bool { return tries.Load() == 3 && s.Folders[0].State == "ready" })
	})
}

func TestStatusIsToldAtMostFiveTimesASecond(t *testing.T) {
	engine := newFake()
	engine.refresh = func(ctx context.Context, _ string, report func(indexing.Progress)) error {
		for end := time.Now().Add(700 * time.Millisecond); time.Now().Before(end) && ctx.Err() == nil; {
			done := engine.chunks.Add(1) // another status each time
			report(indexing.Progress{Done: int(done), Total: 1 << 30})
			runtime.Gosched()
		}
		return ctx.Err()
	}
	run(t, engine, lsptest.Options{Folders: []string{"/w"}}, func(e *lsptest.Editor) {
		began := time.Now()
		e.AwaitStatus("the folder to be ready", func(s lsptest.Status) bool { return s.Folders[0].State == "ready" })
		told := len(e.Heard(0, func(m lsptest.Message) bool { return m.Method == "semantic/statusChanged" }))
		// One at once and then one for each fifth of a second, the last of which may just have begun.
		if most := int(time.Since(began)/(200*time.Millisecond)) + 2; told > most || told < 3 {
			t.Errorf("told %d times in %v, want 3 to %d", told, time.Since(began), most)
		}
	})
}

// A broken client may open thousands of folders in one message.
func TestTooManyFolders(t *testing.T) {
	const sent, most = 20_000, 1000
	engine := newFake()
	run(t, engine, lsptest.Options{Folders: []string{"/w"}}, func(e *lsptest.Editor) {
		e.AwaitReady()
		many := make([]string, sent)
		for i := range many {
			many[i] = fmt.Sprintf("/many/%d", i)
		}
		mark := e.Mark()
		e.ChangeFolders(many, nil)
		e.ChangeFolders(many, nil)
		st, err := e.Status()
		if err != nil || len(st.Folders) != most || st.Folders[0].URI != lsptest.URI("/w") {
			t.Errorf("%d folders, %v", len(st.Folders), err)
		}
		m := e.Await("why", mark, isMethod("window/showMessage"))
		if !strings.Contains(string(m.Params), "the first 1000 are searched. Open one that is around them") {
			t.Errorf("told %s", m.Params)
		}
		e.ChangeFolders(nil, many)
		receive(t, e, "a folder", engine.opened) // which has no room for one more
		e.ChangeFolders([]string{"/more"}, nil)
		if st, err := e.Status(); err != nil || len(st.Folders) != 2 || st.Folders[1].URI != lsptest.URI("/more") {
			t.Errorf("after they have left: %+v, %v", st.Folders, err)
		}
		if n := len(e.Heard(mark, isMethod("window/showMessage"))); n != 1 {
			t.Errorf("told %d times", n)
		}
	})
}
