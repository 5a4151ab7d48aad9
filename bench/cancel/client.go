package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// client speaks just enough of the protocol.
type client struct {
	out io.Writer
	in  io.Reader
	ids atomic.Int64

	mu      sync.Mutex
	pending map[int]chan reply // guarded by mu
	gone    bool               // guarded by mu: the server answers no more
}

type reply struct {
	code    int
	at      time.Time
	warning string
}

// ask scans the numbers that are the server's answer to one of the questions it has for this client.
func (cl *client) ask(question string, numbers ...any) error {
	r := <-cl.call("semantic/search", map[string]any{"query": question})
	if r.code != 0 {
		return fmt.Errorf("%s: code %d", question, r.code)
	}
	_, err := fmt.Sscan(r.warning, numbers...)
	return err
}

func (cl *client) call(method string, params any) chan reply {
	_, answered := cl.begin(method, params)
	return answered
}

func (cl *client) begin(method string, params any) (id int, answered chan reply) {
	id, answered = int(cl.ids.Add(1)), make(chan reply, 1)
	cl.mu.Lock()
	cl.pending[id] = answered
	if cl.gone {
		answered <- reply{code: -1, at: time.Now()}
	}
	cl.mu.Unlock()
	cl.write(map[string]any{"jsonrpc": "2.0", "id": id, "method": method, "params": params})
	return id, answered
}

func (cl *client) notify(method string, params any) {
	cl.write(map[string]any{"jsonrpc": "2.0", "method": method, "params": params})
}

func (cl *client) write(message map[string]any) {
	if message["params"] == nil {
		delete(message, "params")
	}
	body, err := json.Marshal(message)
	if err != nil {
		panic(err) // maps of strings and numbers
	}
	// An error shows at the other end: nothing is answered.
	_, _ = fmt.Fprintf(cl.out, "Content-Length: %d\r\n\r\n%s", len(body), body)
}

func (cl *client) listen(context.Context) error {
	in := bufio.NewReader(cl.in)
	for {
		body, err := frame(in)
		at := time.Now()
		if err != nil {
			cl.mu.Lock()
			defer cl.mu.Unlock()
			cl.gone = true
			for _, answered := range cl.pending {
				answered <- reply{code: -1, at: at}
			}
			return nil // the server has closed
		}
		var m struct {
			ID     *int   `json:"id"`
			Method string `json:"method"`
			Error  *struct {
				Code int `json:"code"`
			} `json:"error"`
			Result struct {
				Warning string `json:"warning"`
			} `json:"result"`
		}
		if err := json.Unmarshal(body, &m); err != nil {
			return err
		}
		if m.ID == nil || m.Method != "" {
			continue
		}
		cl.mu.Lock()
		answered := cl.pending[*m.ID]
		delete(cl.pending, *m.ID)
		cl.mu.Unlock()
		r := reply{at: at, warning: m.Result.Warning}
		if m.Error != nil {
			r.code = m.Error.Code
		}
		if answered != nil {
			answered <- r
		}
	}
}

// frame reads the next message.
func frame(in *bufio.Reader) ([]byte, error) {
	size := 0
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return nil, err
		}
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			body := make([]byte, size)
			_, err := io.ReadFull(in, body)
			return body, err
		}
		if value, ok := strings.CutPrefix(line, "Content-Length: "); ok {
			if size, err = strconv.Atoi(value); err != nil {
				return nil, err
			}
		}
	}
}
