//go:build unix

package main

import (
	"path/filepath"
	"testing"

	"github.com/semantic-ls/semantic-ls/lsp/lsptest"
)

// Every connection has a trace of its own.
func TestEveryConnectionIsTraced(t *testing.T) {
	s := newSandbox(t)
	file := filepath.Join(t.TempDir(), "session.trace")
	l := s.listen("--listen", "tcp://127.0.0.1:0", "--trace", file)
	lsptest.Attach(t, l.connect(), func(one *lsptest.Editor) {
		one.Initialize(lsptest.Options{Folders: []string{s.project}})
		lsptest.Attach(t, l.connect(), func(two *lsptest.Editor) {
			two.Initialize(lsptest.Options{Folders: []string{s.project}})
			for _, e := range []*lsptest.Editor{one, two} {
				e.AwaitReady()
				if err := e.Shutdown(); err != nil {
					t.Error(err)
				}
			}
		})
	})
	for _, path := range []string{file, file + ".2"} {
		if r := s.run("replay", path); r.code != exitFound {
			t.Errorf("%s: exit code %d\n%s%s", path, r.code, r.stdout, r.stderr)
		}
	}
}
