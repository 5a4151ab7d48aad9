package lsp_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/semantic-ls/semantic-ls/lsp"
	"github.com/semantic-ls/semantic-ls/lsp/lsptest"
)

// tracer keeps what it is told.
type tracer struct {
	mu  sync.Mutex
	all []string // guarded by mu: `> ` of the client, `< ` of the server
}

func (t *tracer) Message(fromClient bool, message []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	from := "< "
	if fromClient {
		from = "> "
	}
	t.all = append(t.all, from+string(message))
}

// Everything both ways is told, what is no message too, and a question before its answer.
func TestEveryMessageIsTraced(t *testing.T) {
	var told tracer
	lsptest.Run(t, serveWith(newFake(), lsp.Config{Trace: &told}), func(e *lsptest.Editor) {
		e.Initialize(lsptest.Options{})
		e.Send("this is none")
		e.AwaitOrphan()
		e.Expect("77")
		e.Send(`{"jsonrpc":"2.0","id":77,"method":"semantic/status"}`)
		if err := e.Shutdown(); err != nil {
			t.Error(err)
		}
		e.Exit()
		if err := e.Wait(); err != nil {
			t.Error(err)
		}
	})
	place := 0
	for _, want := range []string{
		`> {"id":1,"jsonrpc":"2.0","method":"initialize"`, `< {"jsonrpc":"2.0","id":1,"result":{"capabilities"`,
		`> {"jsonrpc":"2.0","method":"initialized"`,
		`> this is none`, `< {"jsonrpc":"2.0","id":null,"error":{"code":-32700`,
		`> {"jsonrpc":"2.0","id":77,"method":"semantic/status"}`,
		`> {"id":2,"jsonrpc":"2.0","method":"shutdown"`, `< {"jsonrpc":"2.0","id":2,"result":null}`,
		`> {"jsonrpc":"2.0","method":"exit"`,
	} {
		n := slices.IndexFunc(told.all[place:], func(s string) bool { return strings.HasPrefix(s, want) })
		if n < 0 {
			t.Fatalf("after %d messages there is no %s:\n%s", place, want, strings.Join(told.all, "\n"))
		}
		place += n + 1
	}
	if !slices.ContainsFunc(told.all, func(s string) bool { return strings.HasPrefix(s, `< {"jsonrpc":"2.0","id":77,"result"`) }) {
		t.Errorf("an answer is missing:\n%s", strings.Join(told.all, "\n"))
	}
}
