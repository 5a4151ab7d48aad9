package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/textproto"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"

	"go.uber.org/zap"

	"github.com/semantic-ls/semantic-ls/lsp"
	"github.com/semantic-ls/semantic-ls/lsp/lsptest"
)

// server is the program serving an editor over its real standard streams.
type server struct {
	io.Reader // its standard output
	io.Writer // its standard input
	closeIn   func() error

	t       *testing.T
	process *exec.Cmd
	wire    recording // all of its standard output
	log     recording // all of its standard error
}

// recording keeps what is written to it.
type recording struct {
	mu  sync.Mutex
	buf bytes.Buffer // guarded by mu
}

func (r *recording) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.buf.Write(p)
}

func (r *recording) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.buf.String()
}

// serve starts the program. It ends with the test.
func (s *sandbox) serve(args ...string) *server {
	s.t.Helper()
	srv := &server{t: s.t, process: s.program(s.t.Context(), args...)}
	srv.process.Stderr = &srv.log
	in, err := srv.process.StdinPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	out, err := srv.process.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := srv.process.Start(); err != nil {
		s.t.Fatal(err)
	}
	srv.Reader, srv.Writer, srv.closeIn = io.TeeReader(out, &srv.wire), in, in.Close
	s.t.Cleanup(func() {
		if srv.process.ProcessState == nil {
			_ = srv.process.Process.Kill()
			_ = srv.process.Wait()
		}
		if s.t.Failed() {
			s.t.Logf("the server's log:\n%s", srv.log.String())
		}
	})
	return srv
}

// logged is what stands in the log file of the first server.
func (s *sandbox) logged() string {
	s.t.Helper()
	text, err := os.ReadFile(filepath.Join(s.logs, "serve.log"))
	if err != nil {
		s.t.Fatal(err)
	}
	return string(text)
}

// Close closes the program's standard input, as an editor does that is done.
func (srv *server) Close() error { return srv.closeIn() }

// exit waits for the program to end by itself and returns the exit code.
func (srv *server) exit() int {
	srv.t.Helper()
	if _, err := io.Copy(io.Discard, srv.Reader); err != nil && !errors.Is(err, os.ErrClosed) {
		srv.t.Errorf("reading to the end: %v", err)
	}
	var exit *exec.ExitError
	if err := srv.process.Wait(); err != nil && !errors.As(err, &exit) {
		srv.t.Fatal(err)
	}
	return srv.process.ProcessState.ExitCode()
}

func TestStdoutCarriesOnlyProtocolBytes(t *testing.T) {
	s := newSandbox(t)
	srv := s.serve("serve", "--log-level", "debug")
	lsptest.Attach(t, srv, func(e *lsptest.Editor) {
		ability := e.Initialize(lsptest.Options{Folders: []string{s.project}})
		if ability.ServerInfo.Name != "semantic-ls" || ability.ServerInfo.Version != thisBuild().Version {
			t.Errorf("the server calls itself %+v", ability.ServerInfo)
		}
		e.AwaitReady()
		answer, err := e.Search(lsptest.Query{Query: asked})
		if err != nil || len(answer.Hits) == 0 || lsptest.Path(answer.Hits[0].URI) != filepath.Join(s.project, "color", "convert.py") {
			t.Errorf("%q finds %+v, %v", asked, answer.Hits, err)
		}
		if err := e.Call("no/such/method", nil, nil); lsptest.Code(err) != -32601 {
			t.Errorf("an unknown method: %v", err)
		}
		if err := e.Shutdown(); err != nil {
			t.Error(err)
		}
		e.Exit()
		if code := srv.exit(); code != exitFound {
			t.Errorf("exit code %d", code)
		}
	})
	if log := s.logged(); !strings.Contains(log, "\tdebug\t") {
		t.Errorf("nothing was logged at debug level:\n%s", log)
	}
	if log := srv.log.String(); log != "" {
		t.Errorf("standard error, with nothing to warn of:\n%s", log)
	}
	frames := 0
	in := textproto.NewReader(bufio.NewReader(strings.NewReader(srv.wire.String())))
	for {
		header, err := in.ReadMIMEHeader()
		if err == io.EOF && len(header) == 0 {
			break
		}
		if err != nil || len(header) != 1 {
			t.Fatalf("after %d frames: header %q, %v", frames, header, err)
		}
		length, err := strconv.Atoi(header.Get("Content-Length"))
		if err != nil {
			t.Fatal(err)
		}
		body := make([]byte, length)
		if _, err := io.ReadFull(in.R, body); err != nil || !json.Valid(body) {
			t.Fatalf("after %d frames: %q, %v", frames, body, err)
		}
		frames++
	}
	if frames < 4 {
		t.Errorf("%d frames hold four answers", frames)
	}
}

func TestServeExitCodes(t *testing.T) {
	cases := []struct {
		name string
		args []string
		end  func(e *lsptest.Editor) error
		code int
	}{
		{"exit after shutdown", []string{"serve"}, func(e *lsptest.Editor) error {
			err := e.Shutdown()
			e.Exit()
			return err
		}, 0},
		{"without a command", nil, func(e *lsptest.Editor) error {
			err := e.Shutdown()
			e.Exit()
			return err
		}, 0},
		{"as clients start it", []string{"serve", "--stdio", "--clientProcessId=1"}, func(e *lsptest.Editor) error {
			err := e.Shutdown()
			e.Exit()
			return err
		}, 0},
		{"without a command, as clients start it", []string{"--stdio"}, func(e *lsptest.Editor) error {
			err := e.Shutdown()
			e.Exit()
			return err
		}, 0},
		{"exit without shutdown", []string{"serve"}, func(e *lsptest.Editor) error {
			e.Exit()
			return nil
		}, 1},
		{"end of the stream", []string{"serve"}, func(e *lsptest.Editor) error {
			e.Disconnect()
			return nil
		}, 1},
		{"end of the stream after shutdown", []string{"serve"}, func(e *lsptest.Editor) error {
			err := e.Shutdown()
			e.Disconnect()
			return err
		}, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := newSandbox(t)
			srv := s.serve(c.args...)
			lsptest.Attach(t, srv, func(e *lsptest.Editor) {
				e.Initialize(lsptest.Options{Folders: []string{s.project}})
				if err := c.end(e); err != nil {
					t.Error(err)
				}
				if code := srv.exit(); code != c.code {
					t.Errorf("exit code %d, want %d", code, c.code)
				}
			})
		})
	}
}

func TestServeEndsWithItsParent(t *testing.T) {
	s := newSandbox(t)
	parent := s.program(t.Context())
	parent.Env = append(parent.Env, asProgram+"=wait")
	alive, err := parent.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	srv := s.serve("serve")
	lsptest.Attach(t, srv, func(e *lsptest.Editor) {
		e.Initialize(lsptest.Options{Folders: []string{s.project}, ProcessID: parent.Process.Pid})
		e.AwaitReady()
		if err := errors.Join(alive.Close(), parent.Wait()); err != nil {
			t.Error(err)
		}
		// Its standard input stays open all the time.
		if code := srv.exit(); code != exitNone {
			t.Errorf("exit code %d", code)
		}
	})
}

func TestServeReportsBadSettingsToTheEditor(t *testing.T) {
	s := newSandbox(t)
	s.write(s.config, `{"embedding": {"provider": "oracle"}}`)
	srv := s.serve("serve")
	lsptest.Attach(t, srv, func(e *lsptest.Editor) {
		err := e.Call("initialize", lsptest.Options{}.Params(), nil)
		if lsptest.Code(err) != -32803 || !strings.Contains(err.Error(), s.config) || !strings.Contains(err.Error(), "oracle") {
			t.Errorf("initialize: %v", err)
		}
	})
}

func TestEditorSettingsRankBelowFlags(t *testing.T) {
	s := newSandbox(t)
	log := filepath.Join(t.TempDir(), "log")
	for _, c := range []struct {
		name  string
		args  []string
		debug bool
	}{
		{"editor", []string{"serve", "--log-file", log + "1"}, true},
		{"flag", []string{"serve", "--log-level", "error", "--log-file", log + "2"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			srv := s.serve(c.args...)
			lsptest.Attach(t, srv, func(e *lsptest.Editor) {
				e.Initialize(lsptest.Options{Folders: []string{s.project}, Settings: map[string]any{"log": map[string]any{"level": "debug"}}})
				e.AwaitReady()
				if err := e.Shutdown(); err != nil {
					t.Error(err)
				}
				e.Exit()
				srv.exit()
			})
			text, err := os.ReadFile(c.args[len(c.args)-1])
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Contains(string(text), "\tdebug\t"); got != c.debug {
				t.Errorf("debug level: %v, want %v; the log:\n%s", got, c.debug, text)
			}
			if srv.log.String() != "" {
				t.Errorf("standard error has\n%s", srv.log.String())
			}
		})
	}
}

// What the editor says of its settings later counts without a restart: another limit, another model, and the log.
func TestChangedSettingsAreAppliedToARunningServer(t *testing.T) {
	s := newSandbox(t)
	large := "package large\n\n// zebraCrossing is painted anew.\nfunc zebraCrossing() {}\n" + strings.Repeat("// a line of padding\n", 200)
	s.write(filepath.Join(s.project, "large.go"), large)
	log := filepath.Join(t.TempDir(), "log")
	srv := s.serve("serve", "--log-file", log)
	lsptest.Attach(t, srv, func(e *lsptest.Editor) {
		e.Initialize(lsptest.Options{
			Folders: []string{s.project}, Settings: map[string]any{"index": map[string]any{"maxFileSize": 1000}},
		})
		e.AwaitReady()
		found := func() bool {
			a, err := e.Search(lsptest.Query{Query: "zebraCrossing"})
			if err != nil {
				t.Fatal(err)
			}
			return len(a.Hits) > 0 && a.Hits[0].Symbol == "zebraCrossing"
		}
		if found() {
			t.Fatal("a file above the limit is found")
		}
		change := func(settings map[string]any) {
			e.Notify("workspace/didChangeConfiguration", map[string]any{"settings": map[string]any{"semantic-ls": settings}})
		}
		change(map[string]any{"index": map[string]any{"maxFileSize": 100_000}})
		for !found() && e.Deadline().Err() == nil { // until the change has been applied and the file was read
		}
		file := s.modelFile("model.bin", 1)
		mark := e.Mark()
		change(map[string]any{"index.maxFileSize": 100_000, "embedding.modelFile": file, "log.level": "debug"})
		e.Await("another model", mark, func(m lsptest.Message) bool {
			var status lsptest.Status
			return m.Method == "semantic/statusChanged" && json.Unmarshal(m.Params, &status) == nil &&
				strings.HasPrefix(status.Model.Name, "file-") && status.Settled()
		})
		if !found() {
			t.Error("nothing is found with another model")
		}
		if err := e.Shutdown(); err != nil {
			t.Error(err)
		}
		e.Exit()
		if code := srv.exit(); code != 0 {
			t.Errorf("exit code %d", code)
		}
	})
	text, err := os.ReadFile(log)
	if err != nil || !strings.Contains(string(text), "\tdebug\t") {
		t.Errorf("%v; the log does not follow:\n%s", err, text)
	}
}

// Settings are applied as a whole or not at all: with a log that cannot be written no other engine is kept either.
func TestSettingsAreAppliedAsAWhole(t *testing.T) {
	newSandbox(t)
	p := &process{stdout: io.Discard, stderr: io.Discard, env: os.LookupEnv}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0)) // which a service raises
	srv := p.newService()
	srv.alone = true
	defer srv.close()
	config, release := srv.session(srv.log.Logger)
	defer release()
	start := func(options string) (lsp.Engine, error) {
		engine, _, err := config.Start(t.Context(), json.RawMessage(options))
		return engine, err
	}
	first, err := start(`{"log.level": "error"}`)
	if err != nil {
		t.Fatal(err)
	}
	file, err := json.Marshal(filepath.Join(t.TempDir(), "no", "such", "log"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := start(`{"log.level": "debug", "index.maxFileSize": 5000, "log.file": ` + string(file) + `}`); err == nil || !strings.Contains(err.Error(), "log.file") {
		t.Errorf("started with a log that cannot be written: %v", err)
	}
	if n := len(srv.engines.made); n != 1 || srv.log.level.Enabled(zap.DebugLevel) {
		t.Errorf("%d engines are kept, and the log tells from %v on", n, srv.log.level.Level())
	}
	if again, err := start(`{"log.level": "error"}`); err != nil || again != first {
		t.Errorf("the engine before is another one now, %v", err)
	}
}

// What a session gets next does not wait until what it had is closed, and all of it is closed once.
func TestLeasesAreReleasedOnce(t *testing.T) {
	var l leases
	released := map[string]int{}
	get := func(name string) *lease {
		x := &lease{}
		x.release = func() { released[name]++ }
		got, err := l.next(func(*lease) (*lease, error) { return x, nil })
		if err != nil || got != x {
			t.Fatalf("got %v, %v", got, err)
		}
		return x
	}
	first := get("first")
	second := get("second")
	release := first.release
	first.release = func() {
		get("third") // while the first one is closed
		release()
	}
	l.drop(first)
	l.drop(first)
	l.drop(second)
	_, err := l.next(func(last *lease) (*lease, error) {
		if last == nil || last == second {
			t.Error("the third is not the last one")
		}
		return nil, errors.New("a mistake")
	})
	if err == nil {
		t.Error("a mistake passed")
	}
	l.dropAll()
	l.dropAll()
	if want := map[string]int{"first": 1, "second": 1, "third": 1}; !maps.Equal(released, want) {
		t.Errorf("released %v, want each once", released)
	}
}
