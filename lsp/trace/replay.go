package trace

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"go.lsp.dev/protocol"

	"github.com/semantic-ls/semantic-ls/tasks"
)

// answerWithin is how long an answer is waited for that had come at this place of the trace: six hundred times what the
// slowest should take.
const answerWithin = 30 * time.Second

// ReplayOptions say how to replay.
type ReplayOptions struct {
	// Directory stands for the root of the file system of a trace without contents: its folders are made there, empty.
	Directory string
	// Report is told of each request, in the order of the answers in the trace.
	Report func(Outcome)
	// Patience is how long an answer is waited for; 0: half a minute.
	Patience time.Duration
}

// Verdict says in a word how two answers compare.
type Verdict string

// Verdicts.
const (
	Same       Verdict = "same"
	Different  Verdict = "differs"
	Raced      Verdict = "raced"      // it was cancelled or superseded, and once the answer was faster
	Unrecorded Verdict = "unrecorded" // the trace ends before the answer
	Missing    Verdict = "missing"    // there is no answer now
)

// Outcome is what came of a request.
type Outcome struct {
	ID      string        `json:"id"` // as JSON
	Method  string        `json:"method"`
	Verdict Verdict       `json:"verdict"`
	Why     string        `json:"why,omitempty"`
	Then    time.Duration `json:"-"` // 0: there is no answer in the trace
	Now     time.Duration `json:"-"` // 0: there is none now
}

// Replay sends to a server at the other end of stream what the client says in the trace, and closes stream. A message
// is sent as soon as the server has answered what it had answered at that place of the trace, and no sooner, so that
// what overlapped overlaps again and a cancel follows its request; after folders were opened, also not before they are
// indexed. Times in the trace are not kept. The client's process, which the server would end with, is left out, and so
// are all settings but those that a workspace may choose.
func Replay(ctx context.Context, stream io.ReadWriteCloser, trace *Reader, o ReplayOptions) error {
	if o.Patience == 0 {
		o.Patience = answerWithin
	}
	p := &player{
		o: o, trace: trace, stream: stream,
		cancelled: map[string]bool{}, asked: map[string]*request{}, theirs: map[string]string{},
		toSend: make(chan struct{}, 1), gone: make(chan struct{}), heard: make(chan struct{}),
		answers: map[string][]json.RawMessage{}, tokens: map[string]*request{}, waiting: map[string][]*request{},
	}
	if !trace.Header.Contents {
		p.place = newPlacement(o.Directory)
	}
	return tasks.Run(ctx, func(ctx context.Context, g *tasks.Group) error {
		g.Go(func(context.Context) error { p.listen(); return nil })
		g.Go(func(ctx context.Context) error { p.speak(ctx); return nil })
		err := p.play(ctx)
		_ = stream.Close() // wakes both
		g.Cancel(nil)
		return err
	})
}

// player is one replay.
type player struct {
	o      ReplayOptions
	trace  *Reader
	stream io.ReadWriteCloser
	place  *placement // nil: of a trace with contents
	own    int        // requests of our own

	cancelled map[string]bool     // ids that the client has cancelled
	order     []*request          // as they were sent
	asked     map[string]*request // by id, the last one of each
	theirs    map[string]string   // methods of the server's requests in the trace, by id

	toSend chan struct{} // capacity 1: unsent is not empty
	gone   chan struct{} // closed when nothing more will be heard

	mu      sync.Mutex
	unsent  [][]byte                     // guarded by mu
	heard   chan struct{}                // guarded by mu: closed and replaced at each change of the status
	answers map[string][]json.RawMessage // guarded by mu: that the client gave to the server then, by method
	tokens  map[string]*request          // guarded by mu: by the token of partial results
	waiting map[string][]*request        // guarded by mu: by id, those without an answer
}

// request is one of the client's.
type request struct {
	id, method string
	sent       time.Time // in the trace
	begun      time.Time // now
	then       *reply    // nil: not read yet
	thenAt     time.Time
	partial    []json.RawMessage // in the trace
	told       bool

	answered chan struct{} // closed when there is an answer now
	now      reply
	ended    time.Time
}

// message is what is looked at of a message.
type message struct {
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	reply
}

// play reads the trace and acts on each line.
func (p *player) play(ctx context.Context) error {
	for {
		line, err := p.trace.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if line.Message == nil {
			continue // a message that was no JSON: nothing is left of it to send
		}
		var m message
		if err := json.Unmarshal(line.Message, &m); err != nil {
			return fmt.Errorf("line %d of the trace is no message: %w", p.trace.line, err)
		}
		if line.From == Client {
			err = p.client(ctx, line, m)
		} else {
			err = p.server(ctx, line, m)
		}
		if err != nil {
			return err
		}
	}
	for _, r := range p.order {
		if !r.told {
			if err := p.settle(ctx, r); err != nil {
				return err
			}
		}
	}
	return nil
}

// client sends what the client sent.
func (p *player) client(ctx context.Context, line Line, m message) error {
	switch {
	case m.Method == "": // an answer: kept for when it is asked for
		if method, ok := p.theirs[key(m.ID)]; ok {
			p.mu.Lock()
			p.answers[method] = append(p.answers[method], m.Result)
			p.mu.Unlock()
		}
		return nil
	case m.Method == protocol.MethodCancelRequest:
		var params struct {
			ID json.RawMessage `json:"id"`
		}
		if json.Unmarshal(m.Params, &params) == nil {
			p.cancelled[key(params.ID)] = true
		}
	}
	raw := []byte(line.Message)
	var err error
	if m.Method == protocol.MethodInitialize || m.Method == protocol.MethodWorkspaceDidChangeConfiguration {
		if raw, err = settled(m.Method, raw); err != nil {
			return err
		}
	}
	if p.place != nil {
		if raw, err = rewrite(raw, p.place); err != nil {
			return err
		}
		if m.Method == protocol.MethodInitialize || m.Method == protocol.MethodWorkspaceDidChangeWorkspaceFolders {
			if err := p.place.makeFolders(raw); err != nil {
				return err
			}
		}
	}
	if isID(m.ID) {
		p.ask(key(m.ID), m, line.Time)
	}
	p.send(raw)
	if m.Method == protocol.MethodInitialized || m.Method == protocol.MethodWorkspaceDidChangeWorkspaceFolders {
		return p.awaitIndexed(ctx)
	}
	return nil
}

// key is an id or a token in one spelling: a server may escape a string otherwise than a client.
func key(id json.RawMessage) string {
	var s string
	if json.Unmarshal(id, &s) == nil {
		if spelled, err := json.Marshal(s); err == nil {
			return string(spelled)
		}
	}
	return string(id)
}

func isID(id json.RawMessage) bool { return len(id) > 0 && string(id) != "null" }

// ask notes a request that is about to be sent.
func (p *player) ask(id string, m message, sent time.Time) {
	r := &request{id: id, method: m.Method, sent: sent, answered: make(chan struct{})}
	p.asked[id] = r
	p.order = append(p.order, r)
	p.expect(r)
	var params struct {
		Token json.RawMessage `json:"partialResultToken"`
	}
	if json.Unmarshal(m.Params, &params) == nil && isID(params.Token) {
		p.mu.Lock()
		p.tokens[key(params.Token)] = r
		p.mu.Unlock()
	}
}

func (p *player) expect(r *request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r.begun = time.Now()
	p.waiting[r.id] = append(p.waiting[r.id], r)
}

// server waits for what the server said.
func (p *player) server(ctx context.Context, line Line, m message) error {
	switch {
	case m.Method != "" && isID(m.ID):
		p.theirs[key(m.ID)] = m.Method
	case m.Method == protocol.MethodProgress:
		var params struct{ Token, Value json.RawMessage }
		if json.Unmarshal(m.Params, &params) == nil {
			p.mu.Lock()
			if r := p.tokens[key(params.Token)]; r != nil {
				r.partial = append(r.partial, params.Value)
			}
			p.mu.Unlock()
		}
	case m.Method == "" && isID(m.ID):
		if r := p.asked[key(m.ID)]; r != nil && r.then == nil {
			r.then, r.thenAt = &m.reply, line.Time
			return p.settle(ctx, r)
		}
	}
	return nil
}

// settle waits for the answer to a request and tells how it compares.
func (p *player) settle(ctx context.Context, r *request) error {
	_, err := tasks.MoveOnAfter(ctx, p.o.Patience, func(ctx context.Context, _ *tasks.Group) error {
		select {
		case <-r.answered:
		case <-p.gone:
		case <-ctx.Done():
		}
		return nil
	})
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		return err
	}
	r.told = true
	if p.o.Report != nil {
		p.o.Report(p.outcome(r))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	r.then, r.now, r.partial = &reply{}, reply{}, nil // a trace may have any number of them
	return nil
}

func (p *player) outcome(r *request) Outcome {
	o := Outcome{ID: r.id, Method: r.method}
	p.mu.Lock()
	defer p.mu.Unlock()
	answered := false
	select {
	case <-r.answered:
		answered = true
		o.Now = r.ended.Sub(r.begun)
	default:
	}
	if r.then != nil {
		o.Then = max(0, r.thenAt.Sub(r.sent))
	}
	switch {
	case !answered:
		o.Verdict, o.Why = Missing, "no answer now"
	case r.then == nil:
		o.Verdict = Unrecorded
	default:
		then := *r.then
		then.Partial = r.partial
		now := r.now
		o.Verdict = Same
		if o.Why = differ(then, now, p.trace.Header.Contents); o.Why != "" {
			if o.Verdict = Different; p.raced(r, then, now) {
				o.Verdict = Raced
			}
		}
	}
	return o
}

// raced reports whether one of two answers is that the request was cancelled or superseded, and the other came first.
func (p *player) raced(r *request, then, now reply) bool {
	for _, e := range []reply{then, now} {
		if e.Error == nil {
			continue
		}
		if e.Error.Code == int(protocol.LSPErrorCodesRequestCancelled) && p.cancelled[r.id] ||
			e.Error.Code == int(protocol.LSPErrorCodesContentModified) {
			return true
		}
	}
	return false
}

// awaitIndexed waits until no folder is being indexed.
func (p *player) awaitIndexed(ctx context.Context) error {
	for {
		p.mu.Lock()
		heard := p.heard
		p.mu.Unlock()
		p.own++
		id := fmt.Sprintf(`"semantic-ls replay %d"`, p.own)
		r := &request{id: id, answered: make(chan struct{})}
		p.expect(r)
		p.send(fmt.Appendf(nil, `{"jsonrpc":"2.0","id":%s,"method":"semantic/status","params":{}}`, id))
		select {
		case <-r.answered:
		case <-p.gone:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		var status struct{ Folders []struct{ State string } }
		if r.now.Error != nil || json.Unmarshal(r.now.Result, &status) != nil {
			return nil // it does not serve
		}
		if !slices.ContainsFunc(status.Folders, func(f struct{ State string }) bool { return f.State == "indexing" }) {
			return nil
		}
		select {
		case <-heard:
		case <-p.gone:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// send queues a message: the server may be waiting for us to listen.
func (p *player) send(message []byte) {
	p.mu.Lock()
	p.unsent = append(p.unsent, message)
	p.mu.Unlock()
	select {
	case p.toSend <- struct{}{}:
	default:
	}
}

// speak writes what is queued until the stream ends.
func (p *player) speak(ctx context.Context) {
	for {
		if _, err := tasks.Receive(ctx, p.toSend); err != nil {
			return
		}
		p.mu.Lock()
		unsent := p.unsent
		p.unsent = nil
		p.mu.Unlock()
		for _, message := range unsent {
			if writeFrame(p.stream, message) != nil {
				return // listen hears of it too
			}
		}
	}
}

// listen takes what the server says until the stream ends.
func (p *player) listen() {
	defer close(p.gone)
	in := bufio.NewReader(p.stream)
	for {
		body, err := readFrame(in)
		if err != nil {
			return
		}
		var m message
		if json.Unmarshal(body, &m) != nil {
			return
		}
		p.hear(m)
	}
}

func (p *player) hear(m message) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case m.Method == "" && isID(m.ID):
		list := p.waiting[key(m.ID)]
		if len(list) == 0 {
			return
		}
		r := list[0]
		p.waiting[key(m.ID)] = list[1:]
		r.ended = time.Now()
		partial := r.now.Partial
		r.now = m.reply
		r.now.Partial = partial
		close(r.answered)
	case isID(m.ID):
		result := json.RawMessage("null")
		if given := p.answers[m.Method]; len(given) > 0 && m.Method != protocol.MethodWorkspaceConfiguration {
			if len(given[0]) > 0 {
				result = given[0]
			}
			p.answers[m.Method] = given[1:]
		}
		p.unsent = append(p.unsent, fmt.Appendf(nil, `{"jsonrpc":"2.0","id":%s,"result":%s}`, m.ID, result))
		select {
		case p.toSend <- struct{}{}:
		default:
		}
	case m.Method == protocol.MethodProgress:
		var params struct{ Token, Value json.RawMessage }
		if json.Unmarshal(m.Params, &params) == nil {
			if r := p.tokens[key(params.Token)]; r != nil {
				r.now.Partial = append(r.now.Partial, params.Value)
			}
		}
	case strings.HasPrefix(m.Method, "semantic/"): // statusChanged
		close(p.heard)
		p.heard = make(chan struct{})
	}
}
