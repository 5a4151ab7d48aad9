package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/textproto"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/semantic-ls/semantic-ls/tasks"
)

// client speaks with a server, one request after the other.
type client struct {
	in  io.Writer
	out *textproto.Reader
	id  int
}

// serving starts a server of the folder at root, waits until it has looked for changes, and calls body. It notes the
// peak of the server's anonymous memory up to there.
func serving(ctx context.Context, p program, root string, peak *float64, body func(c *client) error) error {
	cmd := p.command(ctx, "serve")
	var log bytes.Buffer
	cmd.Stderr = &log
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	c := &client{in: in, out: textproto.NewReader(bufio.NewReader(out))}
	err = watched(ctx, cmd.Process.Pid, peak, func() error {
		err := c.begin(ctx, root)
		if err == nil {
			err = body(c)
		}
		if err == nil {
			err = c.call("shutdown", nil, nil)
		}
		return err
	})
	if err == nil {
		err = c.notify("exit", nil)
	}
	if err != nil {
		_ = cmd.Process.Kill()
	}
	if ended := cmd.Wait(); err == nil {
		err = ended
	}
	if err != nil {
		return fmt.Errorf("serving %s: %w\n%s", root, err, &log)
	}
	return nil
}

func (c *client) begin(ctx context.Context, root string) error {
	folder := map[string]any{"uri": uriOf(root), "name": "speed"}
	err := c.call("initialize", map[string]any{"capabilities": map[string]any{}, "workspaceFolders": []any{folder}}, nil)
	if err != nil {
		return err
	}
	if err := c.notify("initialized", map[string]any{}); err != nil {
		return err
	}
	for {
		var status struct {
			Folders []struct {
				State string `json:"state"`
			} `json:"folders"`
		}
		if err := c.call("semantic/status", map[string]any{}, &status); err != nil {
			return err
		}
		if len(status.Folders) == 1 && status.Folders[0].State == "ready" {
			return nil
		}
		if err := tasks.Sleep(ctx, 10*time.Millisecond); err != nil {
			return err
		}
	}
}

// answer is as much of an answer as is looked at.
type answer struct {
	Hits []struct {
		URI     string `json:"uri"`
		Snippet string `json:"snippet"`
	} `json:"hits"`
}

func (c *client) search(query string) (a answer, err error) {
	return a, c.call("semantic/search", map[string]any{"query": query}, &a)
}

// says reports whether a hit shows the word.
func (a answer) says(word string) bool {
	for _, h := range a.Hits {
		if strings.Contains(h.Snippet, word) {
			return true
		}
	}
	return false
}

func (c *client) notify(method string, params any) error {
	return c.send(map[string]any{"jsonrpc": "2.0", "method": method, "params": params})
}

func (c *client) send(message map[string]any) error {
	if message["params"] == nil {
		delete(message, "params")
	}
	body, err := json.Marshal(message)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.in, "Content-Length: %d\r\n\r\n%s", len(body), body)
	return err
}

// call sends a request, and reads up to its answer. What the server asks meanwhile is answered with null.
func (c *client) call(method string, params, result any) error {
	c.id++
	if err := c.send(map[string]any{"jsonrpc": "2.0", "id": c.id, "method": method, "params": params}); err != nil {
		return err
	}
	for {
		header, err := c.out.ReadMIMEHeader()
		if err != nil {
			return fmt.Errorf("%s: %w", method, err)
		}
		length, err := strconv.Atoi(header.Get("Content-Length"))
		if err != nil {
			return err
		}
		body := make([]byte, length)
		if _, err := io.ReadFull(c.out.R, body); err != nil {
			return err
		}
		var m struct {
			ID     json.RawMessage `json:"id"`
			Method string          `json:"method"`
			Result json.RawMessage `json:"result"`
			Error  json.RawMessage `json:"error"`
		}
		if err := json.Unmarshal(body, &m); err != nil {
			return err
		}
		switch {
		case m.Method != "" && m.ID != nil:
			if err := c.send(map[string]any{"jsonrpc": "2.0", "id": m.ID, "result": nil}); err != nil {
				return err
			}
		case m.Method != "":
		case m.Error != nil:
			return fmt.Errorf("%s: %s", method, m.Error)
		case result == nil:
			return nil
		default:
			return json.Unmarshal(m.Result, result)
		}
	}
}

func uriOf(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}
