package lsp_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/semantic-ls/semantic-ls/lsp"
	"github.com/semantic-ls/semantic-ls/lsp/lsptest"
)

func TestEditsThatClientsMakeOfTheProtocol(t *testing.T) {
	const before = "one\ntwo\nthree"
	cases := map[string]struct{ changes, want string }{
		"a range":                  {`[{"range":{"start":{"line":1,"character":0},"end":{"line":1,"character":3}},"text":"2"}]`, "one\n2\nthree"},
		"rangeLength":              {`[{"range":{"start":{"line":1,"character":0},"end":{"line":1,"character":3}},"rangeLength":99,"text":"2"}]`, "one\n2\nthree"},
		"no range":                 {`[{"text":"all"}]`, "all"},
		"a null range":             {`[{"range":null,"text":"all"}]`, "all"},
		"several":                  {`[{"text":"ab"},{"range":{"start":{"line":0,"character":1},"end":{"line":0,"character":1}},"text":"-"},{"range":{"start":{"line":0,"character":0},"end":{"line":0,"character":1}},"text":""}]`, "-b"},
		"beyond the line":          {`[{"range":{"start":{"line":0,"character":999},"end":{"line":0,"character":2147483647}},"text":"!"}]`, "one!\ntwo\nthree"},
		"beyond the text":          {`[{"range":{"start":{"line":77,"character":0},"end":{"line":99,"character":9}},"text":"!"}]`, "one\ntwo\nthree!"},
		"beyond uint32":            {`[{"range":{"start":{"line":0,"character":0},"end":{"line":4294967296,"character":1e300}},"text":"!"}]`, "!"},
		"beyond float64":           {`[{"range":{"start":{"line":0,"character":0},"end":{"line":1e999,"character":0}},"text":"!"}]`, "!"},
		"negative":                 {`[{"range":{"start":{"line":-1,"character":-1},"end":{"line":0,"character":1}},"text":"!"}]`, "!ne\ntwo\nthree"},
		"whole floats":             {`[{"range":{"start":{"line":1.0,"character":0.0},"end":{"line":1.0,"character":3.0}},"text":"2"}]`, "one\n2\nthree"},
		"a lone surrogate":         {`[{"text":"a\ud83db"}]`, "a\ufffdb"},
		"bytes that are no UTF-8":  {"[{\"text\":\"a\xffb\"}]", "a\ufffdb"},
		"the end before the start": {`[{"range":{"start":{"line":2,"character":0},"end":{"line":1,"character":0}},"text":"!"}]`, before},
		"nothing":                  {`[]`, before},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			engine := newFake()
			engine.search = echo("/w/a b.go")
			run(t, engine, lsptest.Options{}, func(e *lsptest.Editor) {
				e.Open("/w/a b.go", before)
				// Spelled in another way than it was opened with, and without a version.
				e.Send(`{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":"file:///w/./a%20b.go","version":null},"contentChanges":` + c.changes + `}}`)
				a, err := e.Search(lsptest.Query{Query: "x"})
				if err != nil {
					t.Fatal(err)
				}
				if got := a.Hits[0].Snippet; got != c.want {
					t.Errorf("text %q, want %q", got, c.want)
				}
			})
		})
	}
}

func TestWhatIsOpenIsReadFirst(t *testing.T) {
	engine := newFake()
	engine.search = echo("/w/a.go")
	run(t, engine, lsptest.Options{}, func(e *lsptest.Editor) {
		e.Open("/w/a.go", "x")
		if _, err := e.Search(lsptest.Query{Query: "x"}); err != nil { // so it is open by now
			t.Fatal(err)
		}
		if d, ok := (*engine.first.Load())().Get("/w/a.go"); !ok || d.Text != "x" {
			t.Errorf("the engine is told that %+v is open", d)
		}
	})
}

func TestSavesSettleBeforeTheyAreIndexed(t *testing.T) {
	engine := newFake()
	run(t, engine, lsptest.Options{}, func(e *lsptest.Editor) {
		e.Open("/w/a.go", "x")
		for range 20 {
			e.Save("/w/a.go")
		}
		e.Save("/w/never-opened.go")
		got := map[string]int{}
		for len(got) < 2 {
			for _, path := range receive(t, e, "both updates", engine.updated) {
				got[path]++
			}
		}
		if got["/w/a.go"] != 1 || got["/w/never-opened.go"] != 1 {
			t.Errorf("updates %v, want one of each", got)
		}
	})
}

func TestAFileIsLeftAloneForAMoment(t *testing.T) {
	const settle = 100 * time.Millisecond
	engine := newFake()
	run(t, engine, lsptest.Options{}, func(e *lsptest.Editor) {
		began := time.Now()
		for range 5 {
			e.Save("/w/a.go")
			if _, err := e.Status(); err != nil { // the server has seen the save
				t.Fatal(err)
			}
		}
		took := time.Since(began)
		receive(t, e, "the update", engine.updated)
		if updates := 1 + len(engine.updated); updates > 1+int(took/settle) {
			t.Errorf("%d updates for saves within %v, want one each %v at most", updates, took, settle)
		}
	})
}

// A file that is never left alone is indexed all the same, now and then.
func TestAFileThatIsWrittenAllTheTime(t *testing.T) {
	engine := newFake()
	run(t, engine, lsptest.Options{}, func(e *lsptest.Editor) {
		for len(engine.updated) < 2 && e.Deadline().Err() == nil {
			e.Watched("/w/log.txt")
			if _, err := e.Status(); err != nil { // the server has seen that
				t.Fatal(err)
			}
		}
		if len(engine.updated) < 2 {
			t.Errorf("%d updates", len(engine.updated))
		}
	})
}

func TestAFileIsNotIndexedTwiceAtATime(t *testing.T) {
	engine := newFake()
	begun, release := make(chan string, 10), make(chan struct{})
	var running atomic.Int32 // of /w/a.go
	engine.update = func(paths []string) error {
		if paths[0] == "/w/a.go" && running.Add(1) > 1 {
			t.Error("two updates of a file at a time")
		}
		begun <- paths[0]
		<-release // whatever becomes of the context
		if paths[0] == "/w/a.go" {
			running.Add(-1)
		}
		return nil
	}
	run(t, engine, lsptest.Options{}, func(e *lsptest.Editor) {
		e.Save("/w/a.go")
		receive(t, e, "the first update", begun)
		e.Save("/w/a.go")
		e.Save("/w/b.go") // has nothing to wait for: when it has settled, so has a.go
		if path := receive(t, e, "the next update", begun); path != "/w/b.go" {
			t.Errorf("%s began, want /w/b.go", path)
		}
		close(release)
		receive(t, e, "an update", engine.updated)
		receive(t, e, "an update", engine.updated)
		receive(t, e, "an update", engine.updated)
	})
}

// A model that was down when a file was saved comes back.
func TestASaveThatCouldNotBeIndexedIsTriedAgain(t *testing.T) {
	engine := newFake()
	var tries atomic.Int32
	engine.update = func([]string) error {
		if tries.Add(1) < 3 {
			return errors.New("the model is down")
		}
		return nil
	}
	lsptest.Run(t, serveWith(engine, lsp.Config{RetryAfter: time.Millisecond}), func(e *lsptest.Editor) {
		e.Initialize(lsptest.Options{})
		e.Save("/w/a.go")
		receive(t, e, "the third try", engine.updated)
		e.Watched("/w/b.go", "/w/c.go")
		receive(t, e, "what works at once", engine.updated)
		if n := tries.Load(); n != 4 {
			t.Errorf("%d tries", n)
		}
	})
}

func TestChangesOutsideTheEditor(t *testing.T) {
	engine := newFake()
	run(t, engine, lsptest.Options{}, func(e *lsptest.Editor) {
		e.Watched("/w/a.go", "/w/b.go", "/w/c.go")
		if got := receive(t, e, "an update", engine.updated); len(got) != 3 {
			t.Errorf("updated %q, want all three at once", got)
		}
		e.Watched("/w/d.go")
		if got := receive(t, e, "an update", engine.updated); len(got) != 1 || got[0] != "/w/d.go" {
			t.Errorf("updated %q, want /w/d.go", got)
		}
	})
}

// Thousands of events, as a switch of branches makes them, are a few updates, however they come: each file once.
func TestABurstOfEventsIsAFewUpdates(t *testing.T) {
	const (
		files  = 5000
		settle = 100 * time.Millisecond
	)
	for _, each := range []int{1, 100, files} { // files of a notification
		engine := newFake()
		engine.updated = make(chan []string, 2*files)
		run(t, engine, lsptest.Options{}, func(e *lsptest.Editor) {
			began := time.Now()
			var paths []string
			for i := range files {
				if paths = append(paths, fmt.Sprintf("/w/%d.go", i)); len(paths) == each {
					e.Watched(paths...)
					paths = nil
				}
			}
			updates, seen := 0, map[string]int{}
			for len(seen) < files {
				updates++
				for _, path := range receive(t, e, "an update", engine.updated) {
					seen[path]++
				}
			}
			if most := 1 + int(time.Since(began)/settle); updates > most {
				t.Errorf("%d at a time: %d updates, want %d at most", each, updates, most)
			}
			for path, n := range seen {
				if n != 1 {
					t.Errorf("%d at a time: %s was indexed %d times", each, path, n)
				}
			}
		})
	}
}

// A client that does not tell what changes on disk need not; a folder that left is followed no more.
func TestChangesThatNobodyTells(t *testing.T) {
	engine := newFake()
	stays, leaves := t.TempDir(), t.TempDir()
	write := func(dir string) string {
		path := filepath.Join(dir, "new.go")
		if err := os.WriteFile(path, []byte("package new\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	await := func(e *lsptest.Editor, paths ...string) {
		for len(paths) > 0 {
			told := receive(t, e, "an update of "+paths[0], engine.updated)
			paths = slices.DeleteFunc(paths, func(p string) bool { return slices.Contains(told, p) })
		}
	}
	run(t, engine, lsptest.Options{Folders: []string{leaves, stays}}, func(e *lsptest.Editor) {
		await(e, leaves, stays) // once it is followed, it is looked at
		await(e, write(leaves))
		e.ChangeFolders(nil, []string{leaves})
		if closed := receive(t, e, "the folder's end", engine.closed); closed != leaves {
			t.Fatalf("closed %s", closed)
		}
		if err := os.Remove(filepath.Join(leaves, "new.go")); err != nil {
			t.Fatal(err)
		}
		for path := write(stays); ; {
			told := receive(t, e, "an update", engine.updated)
			if slices.ContainsFunc(told, func(p string) bool { return strings.HasPrefix(p, leaves) }) {
				t.Errorf("of a folder that has left: %q", told)
			}
			if slices.Contains(told, path) {
				break
			}
		}
	})
}

func TestFileEventsAreAskedForWhereTheyMustBe(t *testing.T) {
	asks := func(m lsptest.Message) bool { return m.Method == "client/registerCapability" }
	dynamic := map[string]any{"workspace": map[string]any{"didChangeWatchedFiles": map[string]any{"dynamicRegistration": true}}}
	run(t, newFake(), lsptest.Options{Capabilities: dynamic}, func(e *lsptest.Editor) {
		m := e.Await("a registration", 0, asks)
		want := `{"registrations":[{"id":"semantic-ls/files","method":"workspace/didChangeWatchedFiles","registerOptions":{"watchers":[{"globPattern":"**/*"}]}}]}`
		if string(m.Params) != want {
			t.Errorf("asked for %s, want %s", m.Params, want)
		}
	})
	run(t, newFake(), lsptest.Options{Folders: []string{"/w"}}, func(e *lsptest.Editor) {
		e.AwaitReady()
		if asked := e.Heard(0, asks); len(asked) != 0 {
			t.Errorf("a client that cannot was asked: %s", asked[0].Params)
		}
	})
}

// A client that can is asked for its folders, each by itself, and again when they are others: for the new ones before the
// old ones are taken back.
func TestFileEventsAreAskedForByFolder(t *testing.T) {
	relative := map[string]any{"workspace": map[string]any{
		"didChangeWatchedFiles": map[string]any{"dynamicRegistration": true, "relativePatternSupport": true},
	}}
	run(t, newFake(), lsptest.Options{Folders: []string{"/w", "/v"}, Capabilities: relative}, func(e *lsptest.Editor) {
		mark := 0
		next := func(method, want string) {
			t.Helper()
			m := e.Await(method, mark, func(m lsptest.Message) bool { return strings.HasPrefix(m.Method, "client/") })
			if m.Method != method || string(m.Params) != want {
				t.Errorf("%s %s, want %s %s", m.Method, m.Params, method, want)
			}
			all := e.Heard(0, nil)
			for i, heard := range all {
				if string(heard.ID) == string(m.ID) && heard.ID != nil {
					mark = i + 1
				}
			}
		}
		folders := func(n int, uris ...string) string {
			var watchers []string
			for _, uri := range uris {
				watchers = append(watchers, `{"globPattern":{"baseUri":"`+uri+`","pattern":"**/*"}}`)
			}
			return fmt.Sprintf(`{"registrations":[{"id":"semantic-ls/files/%d","method":"workspace/didChangeWatchedFiles","registerOptions":{"watchers":[%s]}}]}`, n, strings.Join(watchers, ","))
		}
		gone := func(n int) string {
			return fmt.Sprintf(`{"unregisterations":[{"id":"semantic-ls/files/%d","method":"workspace/didChangeWatchedFiles"}]}`, n)
		}
		next("client/registerCapability", folders(1, "file:///w", "file:///v"))
		e.ChangeFolders([]string{"/a b"}, []string{"/w"})
		next("client/registerCapability", folders(2, "file:///v", "file:///a%20b"))
		next("client/unregisterCapability", gone(1))
		e.ChangeFolders([]string{"/v"}, nil) // which it has
		e.ChangeFolders(nil, []string{"/v"})
		next("client/registerCapability", folders(3, "file:///a%20b"))
		next("client/unregisterCapability", gone(2))
		e.ChangeFolders(nil, []string{"/a b"})
		next("client/unregisterCapability", gone(3))
	})
}

// A client that says it can watch and then refuses leaves it to us.
func TestFileEventsThatTheClientRefuses(t *testing.T) {
	for _, relative := range []bool{false, true} {
		capabilities := map[string]any{"workspace": map[string]any{
			"didChangeWatchedFiles": map[string]any{"dynamicRegistration": true, "relativePatternSupport": relative},
		}}
		engine, dir := newFake(), t.TempDir()
		lsptest.Run(t, serve(engine), func(e *lsptest.Editor) {
			e.Hold("client/registerCapability")
			e.Initialize(lsptest.Options{Folders: []string{dir}, Capabilities: capabilities})
			m := e.Await("a registration", 0, isMethod("client/registerCapability"))
			receive(t, e, "the folder", engine.opened)
			if len(engine.updated) > 0 {
				t.Error("we watch before the client has refused")
			}
			e.Send(fmt.Sprintf(`{"jsonrpc":"2.0","id":%s,"error":{"code":-32601,"message":"no"}}`, m.ID))
			if told := receive(t, e, "a look at the folder", engine.updated); !slices.Equal(told, []string{dir}) {
				t.Errorf("told %q", told)
			}
		})
	}
}
