//go:build unix

package main

import (
	"bufio"
	"cmp"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/semantic-ls/semantic-ls/lsp/lsptest"
)

// listener is the program serving a socket.
type listener struct {
	t       *testing.T
	process *exec.Cmd
	at      string // tcp://... or unix://...
	log     recording
	done    chan struct{} // closed when its standard error has ended
}

func (s *sandbox) listen(args ...string) *listener {
	s.t.Helper()
	l := &listener{t: s.t, process: s.program(s.t.Context(), append([]string{"serve"}, args...)...), done: make(chan struct{})}
	stderr, err := l.process.StderrPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := l.process.Start(); err != nil {
		s.t.Fatal(err)
	}
	lines := bufio.NewReader(stderr)
	first, err := lines.ReadString('\n')
	at, ok := strings.CutPrefix(strings.TrimSuffix(first, "\n"), "semantic-ls: listening on ")
	if !ok {
		s.t.Fatalf("it says %q, %v", first, err)
	}
	l.at = at
	go func() {
		defer close(l.done)
		_, _ = io.Copy(&l.log, lines)
	}()
	s.t.Cleanup(func() {
		_ = l.process.Process.Kill()
		<-l.done
		_ = l.process.Wait()
		if s.t.Failed() {
			s.t.Logf("the server's log:\n%s", l.log.String())
		}
	})
	return l
}

func (l *listener) connect() net.Conn {
	l.t.Helper()
	network, at, _ := strings.Cut(l.at, "://")
	conn, err := net.Dial(network, at)
	if err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(func() { conn.Close() })
	return conn
}

// Two editors of one server share the index of their folder and nothing else; one
// that leaves, well or not, costs the other nothing, and a signal ends both.
func TestListen(t *testing.T) {
	s := newSandbox(t)
	for _, at := range []string{"tcp://127.0.0.1:0", "tcp://[::1]:0", "tcp://localhost:0", "unix://" + filepath.Join(t.TempDir(), "socket")} {
		if strings.Contains(at, "::1") {
			if probe, err := net.Listen("tcp", "[::1]:0"); err != nil {
				continue // no IPv6 on this machine
			} else {
				probe.Close()
			}
		}
		l := s.listen("--listen", at)
		if path, ok := strings.CutPrefix(at, "unix://"); ok {
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("the socket: %v, %v", info.Mode(), err)
			}
		}
		lsptest.Attach(t, l.connect(), func(one *lsptest.Editor) {
			one.Initialize(lsptest.Options{Folders: []string{s.project}})
			one.AwaitReady()
			lsptest.Attach(t, l.connect(), func(two *lsptest.Editor) {
				two.Initialize(lsptest.Options{Folders: []string{s.project}})
				two.AwaitReady()
				one.Open(filepath.Join(s.project, "fresh.go"), "package fresh\n\n// PetTheZebra is only typed.\nfunc PetTheZebra() {}\n")
				if a, err := one.Search(lsptest.Query{Query: "pet the zebra"}); err != nil || len(a.Hits) == 0 || a.Hits[0].Symbol != "PetTheZebra" {
					t.Errorf("the first editor's buffer: %+v, %v", a, err)
				}
				if a, err := two.Search(lsptest.Query{Query: "pet the zebra"}); err != nil || len(a.Hits) > 0 && a.Hits[0].Symbol == "PetTheZebra" {
					t.Errorf("the second editor sees the first one's buffer: %+v, %v", a.Hits, err)
				}
				if st, err := two.Status(); err != nil || len(st.Folders) != 1 || st.Folders[0].Message != "" {
					t.Errorf("the second editor's status: %+v, %v", st, err)
				}
				if err := two.Shutdown(); err != nil {
					t.Error(err)
				}
				two.Exit()
			})
			lsptest.Attach(t, l.connect(), func(rude *lsptest.Editor) { rude.Write("GET / HTTP/1.1\r\n\r\n"); rude.Disconnect() })
			if a, err := one.Search(lsptest.Query{Query: asked}); err != nil || len(a.Hits) == 0 {
				t.Errorf("after others have left: %+v, %v", a, err)
			}
			if err := l.process.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			<-l.done
			if err := l.process.Wait(); err != nil {
				t.Errorf("after SIGTERM: %v", err)
			}
		})
		if path, ok := strings.CutPrefix(at, "unix://"); ok && exists(path) {
			t.Error("the socket is left behind")
		}
	}
}

func TestListenRefusesWhatOthersReach(t *testing.T) {
	s := newSandbox(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	file := filepath.Join(t.TempDir(), "file")
	s.write(file, "precious")
	for at, want := range map[string]string{
		"tcp://0.0.0.0:0":                  "not this machine alone",
		"tcp://:4389":                      "not this machine alone",
		"tcp://[::]:0":                     "not this machine alone",
		"tcp://192.168.1.1:0":              "not this machine alone",
		"tcp://example.com:80":             "not this machine alone",
		"tcp://127.0.0.1":                  "missing port",
		"tcp://" + taken.Addr().String():   "address already in use",
		"unix://relative":                  "not absolute",
		"unix://" + file:                   "no socket",
		"unix:///no/such/directory/socket": "no such file",
		"127.0.0.1:80":                     "no address",
		"pipe://x":                         "no address",
		"":                                 "no address",
	} {
		r := s.run("serve", "--listen", at)
		if r.code != exitError || !strings.Contains(r.stderr, want) || !strings.Contains(r.stderr, "hint: ") {
			t.Errorf("%q: exit code %d, stderr %q; want %q", at, r.code, r.stderr, want)
		}
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != "precious" {
		t.Errorf("the file in the way: %q, %v", text, err)
	}
}

// A socket that a killed server left is taken over, one that a living server has is
// not.
func TestListenOnASocketThatIsThere(t *testing.T) {
	s := newSandbox(t)
	at := "unix://" + filepath.Join(t.TempDir(), "socket")
	datagram := filepath.Join(t.TempDir(), "other")
	other, err := net.ListenPacket("unixgram", datagram)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if r := s.run("serve", "--listen", "unix://"+datagram); r.code != exitError || !strings.Contains(r.stderr, "may be in use") || !exists(datagram) {
		t.Errorf("in the place of another program's socket: exit code %d, %s", r.code, r.stderr)
	}
	first := s.listen("--listen", at)
	if r := s.run("serve", "--listen", at); r.code != exitError || !strings.Contains(r.stderr, "somebody listens on it already") {
		t.Errorf("beside a living server: exit code %d, %s", r.code, r.stderr)
	}
	if err := first.process.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-first.done
	_ = first.process.Wait()
	lsptest.Attach(t, s.listen("--listen", at).connect(), func(e *lsptest.Editor) { e.Initialize(lsptest.Options{}) })
}

// Of servers that start at once beside a socket that was left behind, one listens, and
// none removes what another has made.
func TestListenOneOfMany(t *testing.T) {
	for range 20 {
		at := address{"unix", filepath.Join(t.TempDir(), "socket")}
		left, err := net.ListenUnix("unix", &net.UnixAddr{Name: at.at, Net: "unix"})
		if err != nil {
			t.Fatal(err)
		}
		left.SetUnlinkOnClose(false)
		left.Close()
		var wg sync.WaitGroup
		listeners := make([]net.Listener, 4)
		for i := range listeners {
			wg.Go(func() {
				if l, err := at.listen(t.Context()); err == nil {
					listeners[i] = l
				} else if !strings.Contains(err.Error(), "somebody listens on it already") {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		var won net.Listener
		for _, l := range listeners {
			if l != nil && won != nil {
				t.Fatal("two listen")
			}
			won = cmp.Or(won, l)
		}
		if won == nil {
			t.Fatal("nobody listens")
		}
		if conn, err := net.Dial("unix", at.at); err != nil {
			t.Error(err)
		} else {
			conn.Close()
		}
		if err := won.Close(); err != nil {
			t.Error(err)
		}
	}
}

// SIGHUP reads the settings again: here, that more is to be logged.
func TestHangupReadsTheSettingsAgain(t *testing.T) {
	s := newSandbox(t)
	log := filepath.Join(t.TempDir(), "log")
	l := s.listen("--listen", "tcp://127.0.0.1:0")
	lsptest.Attach(t, l.connect(), func(e *lsptest.Editor) {
		e.Initialize(lsptest.Options{})
		s.write(s.config, `{"log": {"level": "debug", "file": "`+log+`"}}`)
		if err := l.process.Process.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
		logged := func(what string) bool {
			text, _ := os.ReadFile(log)
			return strings.Contains(string(text), what)
		}
		for !logged("settings were read again") || !logged("semantic/status") {
			if e.Deadline().Err() != nil {
				t.Fatal("the log does not follow the settings")
			}
			if _, err := e.Status(); err != nil { // the session goes on
				t.Fatal(err)
			}
		}
		s.write(s.config, `{"log": {"level": "loud"}}`)
		if err := l.process.Process.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
		for !logged("stay as they were") {
			if _, err := e.Status(); err != nil {
				t.Fatal(err)
			}
		}
	})
}
