package lsptest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/semantic-ls/semantic-ls/tasks"
)

// patience bounds every wait: a wait takes milliseconds, and a minute on a machine that does ten
// other things.
const patience = time.Minute

// Serve is a server for one client. It returns when the connection is over.
type Serve func(ctx context.Context, stream io.ReadWriteCloser) error

// Message is what a server sent that is not a response.
type Message struct {
	ID     json.RawMessage // of a request, nil for a notification
	Method string
	Params json.RawMessage
}

// Error is the error of a response.
type Error struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

func (e *Error) Error() string { return fmt.Sprintf("%d: %s", e.Code, e.Message) }

// Editor is one client. Run and Attach make it.
type Editor struct {
	t      testing.TB
	ctx    context.Context // ends with the test's patience
	stream io.ReadWriteCloser
	exited chan struct{} // closed when the server has returned; nil for Attach
	result error         // the server's; readable once exited is closed

	mu       sync.Mutex
	unsent   []string                 // guarded by mu: what speak has to write; "" closes the stream
	toSend   chan struct{}            // capacity 1: unsent is not empty
	heard    chan struct{}            // guarded by mu: closed and replaced at each message
	messages []Message                // guarded by mu: everything but responses, as it came
	waiting  map[string]chan response // guarded by mu: by id
	orphans  []Error                  // guarded by mu: errors of responses without an id
	held     map[string]bool          // guarded by mu: methods whose requests the test answers itself
	lost     error                    // guarded by mu: why nothing more will be heard
	nextID   int                      // guarded by mu
	versions map[string]int           // guarded by mu: of open documents, by URI
}

type response struct {
	result json.RawMessage
	err    *Error
}

// Run starts serve at one end of a pipe and calls body with an editor at the other. When body returns, the pipe is
// closed and the server awaited.
func Run(t testing.TB, serve Serve, body func(e *Editor)) {
	t.Helper()
	ours, theirs := net.Pipe()
	exited := make(chan struct{})
	run(t, ours, exited, func(ctx context.Context, e *Editor, g *tasks.Group) {
		g.Go(func(ctx context.Context) error {
			defer close(exited)
			e.result = serve(ctx, theirs)
			return nil
		})
		body(e)
	})
}

// Attach calls body with an editor at the given end of a connection, a process's standard input and output for
// instance. When body returns, the stream is closed.
func Attach(t testing.TB, stream io.ReadWriteCloser, body func(e *Editor)) {
	t.Helper()
	run(t, stream, nil, func(_ context.Context, e *Editor, _ *tasks.Group) { body(e) })
}

func run(t testing.TB, stream io.ReadWriteCloser, exited chan struct{}, body func(context.Context, *Editor, *tasks.Group)) {
	t.Helper()
	limit := patience
	if t, ok := t.(interface{ Deadline() (time.Time, bool) }); ok {
		if deadline, ok := t.Deadline(); ok {
			limit = min(limit, time.Until(deadline)-time.Second)
		}
	}
	e := &Editor{
		t:        t,
		stream:   stream,
		exited:   exited,
		heard:    make(chan struct{}),
		toSend:   make(chan struct{}, 1),
		waiting:  map[string]chan response{},
		held:     map[string]bool{},
		versions: map[string]int{},
	}
	err := tasks.FailAfter(t.Context(), limit, func(ctx context.Context, g *tasks.Group) error {
		defer stream.Close()
		e.ctx = ctx
		g.Go(func(context.Context) error {
			e.listen()
			return nil
		})
		// Speaking must not hold up listening: a server that waits for its client to read would never get to
		// read itself.
		g.Go(func(ctx context.Context) error {
			e.speak(ctx)
			return nil
		})
		defer g.Cancel(nil)
		body(ctx, e, g)
		return nil
	})
	if err != nil {
		t.Errorf("editor: %v", err)
	}
}

// Deadline is a context that ends when the editor's patience does.
func (e *Editor) Deadline() context.Context { return e.ctx }

// Disconnect closes the connection, once everything before is written, as an editor does that crashes.
func (e *Editor) Disconnect() { e.Write("") }

// speak writes what is to be sent until ctx is done or the stream is closed.
func (e *Editor) speak(ctx context.Context) {
	for {
		e.mu.Lock()
		unsent := e.unsent
		e.unsent = nil
		e.mu.Unlock()
		for _, bytes := range unsent {
			if bytes == "" {
				_ = e.stream.Close()
				return
			}
			if _, err := io.WriteString(e.stream, bytes); err != nil {
				return // listen hears of it too
			}
		}
		select {
		case <-e.toSend:
		case <-ctx.Done():
			return
		}
	}
}

// Wait waits for the server to return and returns its error. It is for editors made by Run.
func (e *Editor) Wait() error {
	e.t.Helper()
	select {
	case <-e.exited:
		return e.result
	case <-e.ctx.Done():
		e.fatalf("the server has not returned")
		return nil
	}
}

// listen files what comes in until the stream ends.
func (e *Editor) listen() {
	in := newReader(e.stream)
	for {
		body, err := in.next()
		if err != nil {
			e.lose(err)
			return
		}
		var m struct {
			ID     json.RawMessage `json:"id"`
			Method string          `json:"method"`
			Params json.RawMessage `json:"params"`
			Result json.RawMessage `json:"result"`
			Error  *Error          `json:"error"`
		}
		if err := json.Unmarshal(body, &m); err != nil {
			e.lose(fmt.Errorf("the server sent no JSON: %.200q: %w", body, err))
			return
		}
		if m.Method == "" {
			e.responded(string(m.ID), response{m.Result, m.Error})
			continue
		}
		if answer, ok := e.receive(Message{m.ID, m.Method, m.Params}); ok {
			e.Send(answer)
		}
	}
}

// receive files a message, and returns the answer to send if it is a request that the test does not hold.
func (e *Editor) receive(m Message) (answer string, ok bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.messages = append(e.messages, m)
	e.wake()
	if m.ID == nil || e.held[m.Method] {
		return "", false
	}
	return fmt.Sprintf(`{"jsonrpc":"2.0","id":%s,"result":null}`, m.ID), true
}

func (e *Editor) responded(id string, r response) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if w := e.waiting[id]; w != nil {
		delete(e.waiting, id)
		w <- r
		return
	}
	if r.err != nil {
		e.orphans = append(e.orphans, *r.err)
	} else {
		e.orphans = append(e.orphans, Error{Message: fmt.Sprintf("a second or unasked response for %s: %s", id, r.result)})
	}
	e.wake()
}

func (e *Editor) lose(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.lost = err
	for id, w := range e.waiting {
		delete(e.waiting, id)
		close(w)
	}
	e.wake()
}

// wake is called with mu held.
func (e *Editor) wake() {
	close(e.heard)
	e.heard = make(chan struct{})
}

// Hold leaves requests of method unanswered until the test calls Answer.
func (e *Editor) Hold(method string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.held[method] = true
}

// Answer answers a request of the server that was held. result is JSON.
func (e *Editor) Answer(m Message, result string) {
	e.t.Helper()
	e.Send(fmt.Sprintf(`{"jsonrpc":"2.0","id":%s,"result":%s}`, m.ID, result))
}

// Mark is a place in what was heard: everything before it is past.
func (e *Editor) Mark() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.messages)
}

// Heard returns the messages since mark for which is returns true; nil stands for all.
func (e *Editor) Heard(mark int, is func(Message) bool) []Message {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(e.messages[mark:]), func(m Message) bool { return is != nil && !is(m) })
}

// Await returns the first message since mark for which is returns true. what names it in the failure.
func (e *Editor) Await(what string, mark int, is func(Message) bool) Message {
	e.t.Helper()
	for {
		e.mu.Lock()
		heard, lost := e.heard, e.lost
		for _, m := range e.messages[mark:] {
			if is(m) {
				e.mu.Unlock()
				return m
			}
		}
		mark = len(e.messages)
		e.mu.Unlock()
		if lost != nil {
			e.fatalf("waiting for %s: %v", what, lost)
		}
		e.pause(what, heard)
	}
}

// AwaitOrphan returns the next error that answered no request: what a server says to a message that is none.
func (e *Editor) AwaitOrphan() Error {
	e.t.Helper()
	for {
		e.mu.Lock()
		heard := e.heard
		if len(e.orphans) > 0 {
			first := e.orphans[0]
			e.orphans = e.orphans[1:]
			e.mu.Unlock()
			return first
		}
		lost := e.lost
		e.mu.Unlock()
		if lost != nil {
			e.fatalf("waiting for an error without a request: %v", lost)
		}
		e.pause("an error without a request", heard)
	}
}

// Orphans returns the responses so far that answered no request, or one that was answered before, and forgets them.
func (e *Editor) Orphans() []Error {
	e.mu.Lock()
	defer e.mu.Unlock()
	orphans := e.orphans
	e.orphans = nil
	return orphans
}

func (e *Editor) pause(what string, heard chan struct{}) {
	e.t.Helper()
	select {
	case <-heard:
	case <-e.ctx.Done():
		e.fatalf("waiting for %s", what)
	}
}

// fatalf fails the test with the last of what was said.
func (e *Editor) fatalf(format string, args ...any) {
	e.t.Helper()
	const last = 20
	e.mu.Lock()
	var said strings.Builder
	for _, m := range e.messages[max(0, len(e.messages)-last):] {
		fmt.Fprintf(&said, "\n\t%s %.300s", m.Method, m.Params)
	}
	e.mu.Unlock()
	e.t.Fatalf(format+"; the server's last messages:%s", append(args, said.String())...)
}
