package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/lsp/lsptest"
)

// traced lets an editor do a bit of everything with a server that is traced.
func (s *sandbox) traced(args ...string) {
	s.t.Helper()
	srv := s.serve(append([]string{"serve"}, args...)...)
	lsptest.Attach(s.t, srv, func(e *lsptest.Editor) {
		e.Initialize(lsptest.Options{Folders: []string{s.project}, ProcessID: os.Getpid()})
		e.AwaitReady()
		fresh := filepath.Join(s.project, "fresh.go")
		e.Open(fresh, "package fresh\n\n// PetTheZebra is only typed. 😀\nfunc PetTheZebra() {}\n")
		typed := lsptest.Range{Start: lsptest.Position{Line: 2, Character: 16}, End: lsptest.Position{Line: 2, Character: 20}}
		e.Edit(fresh, lsptest.Edit{Range: &typed, Text: "surely"})
		a, err := e.Search(lsptest.Query{Query: "pet the zebra", Session: "box", PartialResultToken: "tok"})
		if err != nil || len(a.Hits) != 0 {
			s.t.Errorf("%v, %v", a, err)
		}
		if _, err := e.Symbols("Backoff"); err != nil {
			s.t.Error(err)
		}
		place := lsptest.Place{TextDocument: &lsptest.Document{URI: lsptest.URI(fresh)}, Position: &lsptest.Position{Line: 3}}
		if _, err := e.Related(place); err != nil {
			s.t.Error(err)
		}
		if err := e.Call("semantic/search", map[string]any{"query": "x", "limit": 0}, nil); lsptest.Code(err) != -32602 {
			s.t.Error(err)
		}
		if err := e.Call("no/such", nil, nil); lsptest.Code(err) != -32601 {
			s.t.Error(err)
		}
		e.Send(`this is no JSON`)
		slow := e.Start("semantic/search", lsptest.Query{Query: "colours"})
		slow.Cancel()
		if err := slow.Wait(nil); err != nil && lsptest.Code(err) != -32800 {
			s.t.Error(err)
		}
		e.Close(fresh)
		if err := e.Shutdown(); err != nil {
			s.t.Error(err)
		}
		e.Exit()
		if code := srv.exit(); code != exitFound {
			s.t.Errorf("exit code %d", code)
		}
	})
}

// A session plays again with the same answers, with its contents or without.
func TestReplayOfASession(t *testing.T) {
	for _, contents := range []bool{false, true} {
		s := newSandbox(t)
		file := filepath.Join(t.TempDir(), "session.trace")
		args := []string{"--trace", file}
		if contents {
			args = append(args, "--trace-contents")
		}
		s.traced(args...)
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{"zebra", "Backoff", "colours", "project", "retry", "surely"} {
			if strings.Contains(string(text), secret) != contents {
				t.Errorf("with contents %v, it holds %q: %v\n%s", contents, secret, !contents, text)
			}
		}
		if info, err := os.Stat(file); err != nil || info.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' {
			t.Errorf("others may read the trace: %v, %v", info.Mode(), err)
		}

		r := s.run("replay", file)
		if r.code != exitFound || r.stderr != "" {
			t.Errorf("with contents %v: exit code %d\n%s%s", contents, r.code, r.stdout, r.stderr)
		}
		for _, want := range []string{
			"same       initialize ", "same       semantic/search ", "same       no/such ",
			"same       shutdown ", " requests, ", "; median ",
		} {
			if !strings.Contains(r.stdout, want) {
				t.Errorf("with contents %v, it does not say %q:\n%s", contents, want, r.stdout)
			}
		}
		asked := 0
		for _, o := range objects(t, s.run("replay", "--json", file).stdout) {
			if o["verdict"] != "same" && o["verdict"] != "raced" || o["thenMs"].(float64) <= 0 || o["nowMs"].(float64) <= 0 {
				t.Errorf("with contents %v: %v", contents, o)
			}
			asked++
		}
		if asked < 8 {
			t.Errorf("%d requests", asked)
		}
		if !contents {
			continue
		}
		// What is no more as it was is said.
		s.write(filepath.Join(s.project, "retry", "retry.go"), "package retry\n")
		r = s.run("replay", file)
		if r.code != exitNone || !strings.Contains(r.stdout, "differs    workspace/symbol ") || !strings.Contains(r.stdout, " then, ") {
			t.Errorf("after a change: exit code %d\n%s%s", r.code, r.stdout, r.stderr)
		}
	}
}

// An editor that starts the server again with the same flags does not lose the trace of what went wrong.
func TestATraceIsNeverOverwritten(t *testing.T) {
	s := newSandbox(t)
	file := filepath.Join(t.TempDir(), "session.trace")
	for range 2 {
		srv := s.serve("serve", "--trace", file)
		lsptest.Attach(t, srv, func(e *lsptest.Editor) {
			e.Initialize(lsptest.Options{})
			if err := e.Shutdown(); err != nil {
				t.Error(err)
			}
			e.Exit()
			srv.exit()
		})
	}
	for _, path := range []string{file, file + ".2"} {
		if r := s.run("replay", path); r.code != exitFound {
			t.Errorf("%s: exit code %d\n%s%s", path, r.code, r.stdout, r.stderr)
		}
	}
	if !strings.Contains(s.logged(), file+".2") {
		t.Errorf("the log does not name the file:\n%s", s.logged())
	}
}

func TestTracesThatCannotBe(t *testing.T) {
	s := newSandbox(t)
	dir := t.TempDir()
	foreign, newer, torn := filepath.Join(dir, "foreign"), filepath.Join(dir, "newer"), filepath.Join(dir, "torn")
	s.write(foreign, "package main\n")
	s.write(newer, `{"semantic-ls":"trace","version":99,"program":"v99.0.0"}`+"\n")
	s.write(torn, `{"semantic-ls":"trace","version":1,"contents":true}`+"\n"+`{"from":"client","mess`)
	broken := filepath.Join(dir, "broken")
	s.write(broken, `{"semantic-ls":"trace","version":1,"contents":true}`+"\nbroken\n")
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"replay"}, exitError, "too few arguments"},
		{[]string{"replay", foreign, newer}, exitError, "one trace after the other"},
		{[]string{"replay", filepath.Join(dir, "none")}, exitError, "no such file"},
		{[]string{"replay", dir}, exitError, "a directory, not a trace"},
		{[]string{"replay", foreign}, exitError, "no trace of semantic-ls"},
		{[]string{"replay", newer}, exitError, `replay it with "v99.0.0" or later`},
		{[]string{"replay", broken}, exitError, "line 2 is no message of a trace"},
		{[]string{"replay", torn}, exitFound, "the last line of the trace is torn"},
		{[]string{"serve", "--trace-contents"}, exitError, "semantic-ls serve --trace FILE --trace-contents"},
		{[]string{"serve", "--trace", filepath.Join(dir, "no", "such")}, exitError, "a file in a directory that exists"},
	} {
		if r := s.run(c.args...); r.code != c.code || !strings.Contains(r.stderr, c.says) {
			t.Errorf("%q: exit code %d, %s%s", c.args, r.code, r.stdout, r.stderr)
		}
	}
}
