package lsptest

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// Pending is a request on its way.
type Pending struct {
	// ID is the request's id, as JSON.
	ID     string
	editor *Editor
	answer chan response
}

// Write writes bytes as they are, with one call of the stream's Write, after everything that was written
// before. It does not wait; if the stream is closed it fails nothing, but what is then awaited will.
func (e *Editor) Write(bytes string) {
	e.mu.Lock()
	e.unsent = append(e.unsent, bytes)
	e.mu.Unlock()
	select {
	case e.toSend <- struct{}{}:
	default:
	}
}

// Send sends one message.
func (e *Editor) Send(body string) { e.Write(Frame(body)) }

// Notify sends a notification; nil params are left out.
func (e *Editor) Notify(method string, params any) {
	e.Send(Notification(method, params))
}

// Notification is a notification as JSON; nil params are left out.
func Notification(method string, params any) string { return message("", method, params) }

// Request is a request as JSON; id is JSON too.
func Request(id, method string, params any) string { return message(id, method, params) }

func message(id, method string, params any) string {
	m := map[string]any{"jsonrpc": "2.0", "method": method}
	if id != "" {
		m["id"] = json.RawMessage(id)
	}
	if params != nil {
		m["params"] = params
	}
	raw, err := json.Marshal(m)
	if err != nil {
		panic(fmt.Sprintf("lsptest: %s: %v", method, err)) // a test's own mistake
	}
	return string(raw)
}

// Expect prepares for the answer to a request that the test sends itself. id is JSON.
func (e *Editor) Expect(id string) *Pending {
	p := &Pending{ID: id, editor: e, answer: make(chan response, 1)}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.lost != nil {
		close(p.answer)
	} else {
		e.waiting[id] = p.answer
	}
	return p
}

// Start sends a request and does not wait for the answer.
func (e *Editor) Start(method string, params any) *Pending {
	e.mu.Lock()
	e.nextID++
	id := strconv.Itoa(e.nextID)
	e.mu.Unlock()
	p := e.Expect(id)
	e.Send(Request(id, method, params))
	return p
}

// Call sends a request and decodes its result. The error is an *Error if the server answered with one.
func (e *Editor) Call(method string, params, result any) error {
	return e.Start(method, params).Wait(result)
}

// Wait decodes the result into result, which may be nil. The error is an *Error if the server answered with one.
func (p *Pending) Wait(result any) error {
	var r response
	select {
	case answer, ok := <-p.answer:
		if !ok {
			return fmt.Errorf("request %s: the connection is closed", p.ID)
		}
		r = answer
	case <-p.editor.ctx.Done():
		return fmt.Errorf("request %s was not answered", p.ID)
	}
	if r.err != nil {
		return r.err
	}
	if result == nil {
		return nil
	}
	return json.Unmarshal(r.result, result)
}

// Answered reports whether the answer is there.
func (p *Pending) Answered() bool { return len(p.answer) > 0 }

// Cancel asks the server to drop the request.
func (p *Pending) Cancel() { p.editor.Cancel(p.ID) }

// Cancel sends $/cancelRequest for an id, which is JSON.
func (e *Editor) Cancel(id string) {
	e.Notify("$/cancelRequest", map[string]any{"id": json.RawMessage(id)})
}

// Code is the code of an error that a server answered with, 0 for any other error and for nil.
func Code(err error) int {
	var wire *Error
	if errors.As(err, &wire) {
		return wire.Code
	}
	return 0
}
