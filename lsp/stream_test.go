package lsp_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/lsp"
	"github.com/semantic-ls/semantic-ls/lsp/lsptest"
	"github.com/semantic-ls/semantic-ls/tasks"
)

// recording is a client that sends what it has and reads everything.
type recording struct {
	io.Reader
	io.Writer
}

func (recording) Close() error { return nil }

// FuzzAnyBytes sends bytes after an initialize. Whatever they are, the server ends with them, in words or
// quietly, and what it has written is well-formed.
func FuzzAnyBytes(f *testing.F) {
	for _, seed := range []string{
		"",
		"Content-Length: 2\r\n\r\n{}",
		"Content-Length: 5\n\n[]{}x",
		lsptest.Frame(`{"jsonrpc":"2.0","id":1,"method":"shutdown"}`) + lsptest.Frame(`{"jsonrpc":"2.0","method":"exit"}`),
		lsptest.Frame(`{"jsonrpc":"2.0","id":"x","method":"semantic/search","params":{"query":"y","session":"z"}}`),
		lsptest.Frame(`{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"file:///w/a","text":"b"}}}`) +
			lsptest.Frame(`{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":"file:///w/a","version":2},"contentChanges":[{"range":{"start":{"line":0,"character":0},"end":{"line":9,"character":-9}},"text":"c"}]}}`),
		"Content-Length: 99999999999\r\n\r\n",
		"{\"a\":1}\n\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, sent []byte) {
		var out bytes.Buffer
		in := io.MultiReader(bytes.NewReader([]byte(lsptest.Frame(`{"jsonrpc":"2.0","id":0,"method":"initialize","params":{}}`))), bytes.NewReader(sent))
		err := serve(newFake())(t.Context(), recording{in, &out})
		if err != nil && !errors.Is(err, lsp.ErrDisconnected) && !errors.Is(err, lsp.ErrNoShutdown) {
			t.Errorf("Serve returned %v", err)
		}
		for rest := out.Bytes(); len(rest) > 0; {
			body, after, err := lsptest.Unframe(rest)
			if err != nil {
				t.Fatalf("%v in %q", err, out.Bytes())
			}
			if !bytes.HasPrefix(body, []byte(`{"jsonrpc":"2.0",`)) {
				t.Fatalf("the server sent %q", body)
			}
			rest = after
		}
	})
}

func TestAnEditorAttachesToAnyStream(t *testing.T) {
	ours, theirs := net.Pipe()
	err := tasks.Run(t.Context(), func(_ context.Context, g *tasks.Group) error {
		g.Go(func(ctx context.Context) error {
			if err := serve(newFake())(ctx, theirs); !errors.Is(err, lsp.ErrDisconnected) {
				t.Errorf("Serve returned %v, want %v", err, lsp.ErrDisconnected)
			}
			return nil
		})
		lsptest.Attach(t, ours, func(e *lsptest.Editor) {
			e.Initialize(lsptest.Options{})
			if _, err := e.Status(); err != nil {
				t.Error(err)
			}
		})
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// console is a stream like standard input: a read of it waits for ever, and closing does not wake it.
type console struct {
	sent    io.Reader
	waiting chan struct{}
	io.Writer
}

func (c console) Read(p []byte) (int, error) {
	n, err := c.sent.Read(p)
	if err == io.EOF {
		close(c.waiting)
		select {}
	}
	return n, err
}

func (console) Close() error { return nil }

func TestNothingIsReadAfterExit(t *testing.T) {
	sent := lsptest.Frame(`{"jsonrpc":"2.0","id":0,"method":"initialize"}`) + lsptest.Frame(`{"jsonrpc":"2.0","id":1,"method":"shutdown"}`) +
		lsptest.Frame(`{"jsonrpc":"2.0","method":"exit"}`)
	c := console{strings.NewReader(sent), make(chan struct{}), io.Discard}
	if err := serve(newFake())(t.Context(), c); err != nil {
		t.Error(err)
	}
	select {
	case <-c.waiting:
		t.Error("the server waits for more")
	default:
	}
}

// deaf is a client whose reading end is closed.
type deaf struct{ io.Reader }

func (deaf) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }
func (deaf) Close() error              { return nil }

func TestAClientThatCannotBeAnsweredIsGone(t *testing.T) {
	in, out := io.Pipe()
	defer out.Close()
	engine := newFake()
	err := tasks.Run(t.Context(), func(_ context.Context, g *tasks.Group) error {
		g.Go(func(context.Context) error {
			_, _ = io.WriteString(out, lsptest.Frame(`{"jsonrpc":"2.0","id":0,"method":"initialize","params":{}}`))
			return nil
		})
		return serve(engine)(t.Context(), closing{deaf{in}, in})
	})
	if !errors.Is(err, lsp.ErrDisconnected) {
		t.Errorf("Serve returned %v, want %v", err, lsp.ErrDisconnected)
	}
}

// closing closes the pipe it reads from, as a socket does.
type closing struct {
	deaf
	in *io.PipeReader
}

func (c closing) Close() error { return c.in.Close() }
