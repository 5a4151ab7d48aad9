// Package client drives semantic-ls as an editor does, for the programs that measure it: a process, and messages over
// its standard input and output. It shares no code with the server.
package client

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/semantic-ls/semantic-ls/tasks"
)

// Client speaks with a server. What the server asks is answered with null. Safe for concurrent use.
type Client struct {
	// Heard, if set before Initialize, is called with each notification, one after the other, and returns at once.
	Heard func(method string, params json.RawMessage)

	in io.Writer

	sending sync.Mutex // one write at a time

	mu      sync.Mutex
	ids     int                   // guarded by mu: given out
	pending map[int]chan<- Answer // guarded by mu
	strays  int                   // guarded by mu
	gone    bool                  // guarded by mu: nothing is answered any more
	asked   map[string]int        // guarded by mu
}

// Gone is the code of an Answer that never came, since the server has closed its output.
const Gone = -1

// Answer is what came of a request.
type Answer struct {
	Code    int // 0: a result
	Message string
	Result  json.RawMessage
	At      time.Time // when its last byte was read
}

// Into decodes the result. An answer that has none is an error.
func (a Answer) Into(v any) error {
	if err := a.Err(); err != nil || v == nil {
		return err
	}
	return json.Unmarshal(a.Result, v)
}

// Err is nil for a result.
func (a Answer) Err() error {
	switch a.Code {
	case 0:
		return nil
	case Gone:
		return errors.New("the server has gone")
	}
	return fmt.Errorf("error %d: %s", a.Code, a.Message)
}

// Request is one that was put on the wire, or is about to be.
type Request struct {
	ID       int
	answered <-chan Answer
}

// Answer waits for it. It may be called once.
func (r Request) Answer() Answer { return <-r.answered }

// Batch is some messages that are sent with one write.
type Batch struct {
	c     *Client
	bytes bytes.Buffer
	err   error
}

// Batch returns an empty one.
func (c *Client) Batch() *Batch { return &Batch{c: c} }

// Notify adds a notification; params may be nil.
func (b *Batch) Notify(method string, params any) {
	b.add(envelope{Method: method, Params: params})
}

// Request adds a request; params may be nil.
func (b *Batch) Request(method string, params any) Request {
	c, answered := b.c, make(chan Answer, 1)
	c.mu.Lock()
	c.ids++
	id := c.ids
	if c.gone {
		answered <- Answer{Code: Gone, At: time.Now()}
	} else {
		c.pending[id] = answered
	}
	c.mu.Unlock()
	b.add(envelope{ID: id, Method: method, Params: params})
	return Request{id, answered}
}

// envelope is any message; ID is an int, or what the server called its request.
type envelope struct {
	Version string          `json:"jsonrpc"`
	ID      any             `json:"id,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  any             `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
}

func (b *Batch) add(m envelope) {
	m.Version = "2.0"
	body, err := json.Marshal(m)
	if err != nil && b.err == nil {
		b.err = err
	}
	fmt.Fprintf(&b.bytes, "Content-Length: %d\r\n\r\n%s", len(body), body)
}

// Send writes all of it at once.
func (b *Batch) Send() error {
	if b.err != nil {
		return b.err
	}
	b.c.sending.Lock()
	defer b.c.sending.Unlock()
	_, err := b.c.in.Write(b.bytes.Bytes())
	return err
}

// Notify sends a notification.
func (c *Client) Notify(method string, params any) error {
	b := c.Batch()
	b.Notify(method, params)
	return b.Send()
}

// Begin sends a request.
func (c *Client) Begin(method string, params any) (Request, error) {
	b := c.Batch()
	r := b.Request(method, params)
	return r, b.Send()
}

// Call sends a request and decodes its result; into nil, if nothing of it is wanted.
func (c *Client) Call(method string, params, result any) error {
	r, err := c.Begin(method, params)
	if err == nil {
		err = r.Answer().Into(result)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	return nil
}

// Strays counts answers that nobody waits for: to no request, or to one that was answered before.
func (c *Client) Strays() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.strays
}

// Asked counts the server's own requests of a method.
func (c *Client) Asked(method string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.asked[method]
}

// listen reads until the server closes its output.
func (c *Client) listen(out io.Reader) error {
	in := bufio.NewReaderSize(out, 64<<10)
	for {
		body, err := frame(in)
		at := time.Now()
		if err == nil {
			err = c.receive(body, at)
		}
		if err != nil {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.gone = true
			for id, answered := range c.pending {
				answered <- Answer{Code: Gone, At: at}
				delete(c.pending, id)
			}
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
	}
}

func (c *Client) receive(body []byte, at time.Time) error {
	var m struct {
		ID     json.RawMessage `json:"id"`
		Method string          `json:"method"`
		Params json.RawMessage `json:"params"`
		Result json.RawMessage `json:"result"`
		Error  *struct {
			Code    int    `json:"code"`
			Message string `json:"message"`
		} `json:"error"`
	}
	if err := json.Unmarshal(body, &m); err != nil {
		return fmt.Errorf("a message of the server: %w", err)
	}
	if m.Method != "" {
		c.mu.Lock()
		c.asked[m.Method]++
		c.mu.Unlock()
		if m.ID == nil {
			if c.Heard != nil {
				c.Heard(m.Method, m.Params)
			}
			return nil
		}
		b := c.Batch()
		b.add(envelope{ID: m.ID, Result: json.RawMessage("null")})
		_ = b.Send() // an error shows at the other end: nothing is answered
		return nil
	}
	a := Answer{Result: m.Result, At: at}
	if m.Error != nil {
		a.Code, a.Message = m.Error.Code, m.Error.Message
	}
	id, err := strconv.Atoi(string(m.ID))
	c.mu.Lock()
	defer c.mu.Unlock()
	answered := c.pending[id]
	if err != nil || answered == nil {
		c.strays++
		return nil
	}
	delete(c.pending, id)
	answered <- a
	return nil
}

// frame reads the next message. io.EOF means that there is none.
func frame(in *bufio.Reader) ([]byte, error) {
	size := -1
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return nil, err
		}
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			break
		}
		if value, ok := strings.CutPrefix(line, "Content-Length: "); ok {
			if size, err = strconv.Atoi(value); err != nil {
				return nil, err
			}
		}
	}
	if size < 0 {
		return nil, errors.New("a message of the server has no Content-Length")
	}
	body := make([]byte, size)
	_, err := io.ReadFull(in, body)
	return body, err
}

// Server is a process that a Client speaks with.
type Server struct {
	*Client
	cmd   *exec.Cmd
	input io.WriteCloser
	log   bytes.Buffer
	heard *tasks.Task
}

// Start starts a server, which g listens to. Unless Wait is called, the process stays.
func Start(g *tasks.Group, cmd *exec.Cmd) (*Server, error) {
	s := &Server{cmd: cmd}
	if cmd.Stderr == nil {
		cmd.Stderr = &s.log
	}
	var err error
	if s.input, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s.Client = &Client{in: s.input, pending: map[int]chan<- Answer{}, asked: map[string]int{}}
	s.heard = g.Go(func(context.Context) error { return s.listen(out) })
	return s, nil
}

// Process is the process itself.
func (s *Server) Process() *os.Process { return s.cmd.Process }

// Log is what the process has said on standard error, once Wait has returned.
func (s *Server) Log() string { return s.log.String() }

// Hang closes the server's input.
func (s *Server) Hang() error { return s.input.Close() }

// Wait waits until the process has ended. All that it had written was read then.
func (s *Server) Wait(ctx context.Context) error {
	if err := s.heard.Wait(ctx); err != nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
		return err
	}
	return s.cmd.Wait()
}

// Serve starts a server, calls body with it, says goodbye and waits for its end. The error of a server that fails has
// its log with it.
func Serve(ctx context.Context, cmd *exec.Cmd, body func(ctx context.Context, s *Server) error) error {
	return tasks.Run(ctx, func(ctx context.Context, g *tasks.Group) error {
		s, err := Start(g, cmd)
		if err != nil {
			return err
		}
		if err = body(ctx, s); err == nil {
			err = s.Call("shutdown", nil, nil)
		}
		if err == nil {
			err = s.Notify("exit", nil)
		}
		if err != nil {
			_ = cmd.Process.Kill()
		}
		if ended := s.Wait(ctx); err == nil {
			err = ended
		}
		if err != nil && s.log.Len() > 0 {
			err = fmt.Errorf("%w; the server's log:\n%s", err, &s.log)
		}
		return err
	})
}

// Initialize opens folders as a client that has some capabilities.
func (c *Client) Initialize(capabilities map[string]any, folders ...string) error {
	list := []any{}
	for _, f := range folders {
		list = append(list, Folder(f))
	}
	if capabilities == nil {
		capabilities = map[string]any{}
	}
	err := c.Call("initialize", map[string]any{"capabilities": capabilities, "workspaceFolders": list}, nil)
	if err != nil {
		return err
	}
	return c.Notify("initialized", map[string]any{})
}

// Folder is a WorkspaceFolder.
func Folder(path string) map[string]any {
	return map[string]any{"uri": URI(path), "name": filepath.Base(path)}
}

// Status is as much of the server's status as is looked at.
type Status struct {
	Folders []struct {
		URI   string `json:"uri"`
		State string `json:"state"`
	} `json:"folders"`
	Coverage struct {
		FilesIndexed int `json:"filesIndexed"`
		FilesWaiting int `json:"filesWaiting"`
		Chunks       int `json:"chunks"`
	} `json:"coverage"`
}

// Status asks for it.
func (c *Client) Status() (s Status, err error) {
	return s, c.Call("semantic/status", map[string]any{}, &s)
}

// Ready waits until so many folders are indexed.
func (c *Client) Ready(ctx context.Context, folders int) (Status, error) {
	for {
		s, err := c.Status()
		if err != nil {
			return s, err
		}
		ready := 0
		for _, f := range s.Folders {
			if f.State == "ready" {
				ready++
			}
		}
		if ready == folders && ready == len(s.Folders) {
			return s, nil
		}
		if err := tasks.Sleep(ctx, 10*time.Millisecond); err != nil {
			return s, err
		}
	}
}

// URI is that of a file.
func URI(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}
