// Command smoke does what a user does: it builds semantic-ls, indexes this
// repository and Go's net/http, and asks each a question, over the command line
// and over the protocol, with frames made here. It shares no code with what it
// tests. It runs in the repository's top directory.
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
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// patience is far beyond what any of it takes: seconds.
const patience = 3 * time.Minute

// question is asked of a folder; the first hit must lie in want, a file or a
// directory below it.
type question struct{ folder, text, want string }

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := smoke(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "smoke:", err)
		os.Exit(1)
	}
}

func smoke(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "semantic-ls-smoke-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := os.Setenv("SEMANTIC_LS_CACHE_DIRECTORY", filepath.Join(dir, "cache")); err != nil {
		return err
	}
	program := filepath.Join(dir, "semantic-ls")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	if _, err := output(ctx, "go", "build", "-o", program, "./cmd/semantic-ls"); err != nil {
		return err
	}
	questions, err := questions(ctx)
	if err != nil {
		return err
	}
	for _, q := range questions {
		if err := q.onCommandLine(ctx, program); err != nil {
			return err
		}
	}
	for _, q := range questions {
		if err := q.overProtocol(ctx, program); err != nil {
			return err
		}
	}
	return nil
}

// questions are one about this repository and one of those about net/http.
func questions(ctx context.Context) ([]question, error) {
	here, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	root, err := output(ctx, "go", "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	const asked = "convert a domain label with foreign letters"
	table, err := os.ReadFile("testdata/queries/net-http.tsv")
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(table)) {
		if cells := strings.Split(strings.TrimSpace(line), "\t"); cells[0] == asked {
			return []question{
				{here, "where are requests cancelled", "lsp"},
				{filepath.Join(strings.TrimSpace(root), "src", "net", "http"), asked, cells[1]},
			}, nil
		}
	}
	return nil, fmt.Errorf("testdata/queries/net-http.tsv has no question %q", asked)
}

func (q question) onCommandLine(ctx context.Context, program string) error {
	said, err := output(ctx, program, "index", q.folder)
	if err != nil {
		return err
	}
	fmt.Print(said)
	found, err := output(ctx, program, "search", "--json", q.text, q.folder)
	if err != nil {
		return err
	}
	first, _, _ := strings.Cut(found, "\n")
	var hit struct {
		Path      string `json:"path"`
		StartLine int    `json:"startLine"`
		Symbol    string `json:"symbol"`
	}
	if err := json.Unmarshal([]byte(first), &hit); err != nil {
		return fmt.Errorf("search --json answered %q: %w", first, err)
	}
	return q.check("command line", hit.Path, hit.Symbol)
}

// check says what came first, and fails if that is something else.
func (q question) check(where, path, symbol string) error {
	fmt.Printf("%s: %q: %s %s\n", where, q.text, path, symbol)
	if path != q.want && !strings.HasPrefix(path, q.want+"/") {
		return fmt.Errorf("%s: %q: the first hit lies in %s, want %s", where, q.text, path, q.want)
	}
	return nil
}

func (q question) overProtocol(ctx context.Context, program string) error {
	c, err := start(ctx, program)
	if err != nil {
		return err
	}
	folder := fileURI(q.folder)
	err = c.call("initialize", map[string]any{
		"processId":        os.Getpid(),
		"capabilities":     map[string]any{},
		"workspaceFolders": []any{map[string]any{"uri": folder, "name": "smoke"}},
	}, nil)
	if err != nil {
		return err
	}
	if err := c.notify("initialized", map[string]any{}); err != nil {
		return err
	}
	for ready := false; !ready; {
		var status struct {
			Folders []struct {
				State string `json:"state"`
			} `json:"folders"`
			Coverage struct {
				Percent float64 `json:"percent"`
			} `json:"coverage"`
		}
		if err := c.call("semantic/status", map[string]any{}, &status); err != nil {
			return err
		}
		ready = len(status.Folders) == 1 && status.Folders[0].State == "ready" && status.Coverage.Percent == 100
		if !ready {
			time.Sleep(20 * time.Millisecond)
		}
	}
	var answer struct {
		Hits []struct {
			URI    string `json:"uri"`
			Symbol string `json:"symbol"`
		} `json:"hits"`
	}
	if err := c.call("semantic/search", map[string]any{"query": q.text, "limit": 5}, &answer); err != nil {
		return err
	}
	if len(answer.Hits) == 0 {
		return fmt.Errorf("protocol: %q: no hits", q.text)
	}
	path, ok := strings.CutPrefix(answer.Hits[0].URI, folder+"/")
	if !ok {
		return fmt.Errorf("protocol: %q: %s does not lie in %s", q.text, answer.Hits[0].URI, folder)
	}
	if err := q.check("protocol", path, answer.Hits[0].Symbol); err != nil {
		return err
	}
	return c.end()
}

// client is a server process and the frames to and from it.
type client struct {
	process *exec.Cmd
	in      io.WriteCloser
	out     *textproto.Reader
	stderr  bytes.Buffer
	id      int
}

func start(ctx context.Context, program string) (*client, error) {
	c := &client{process: exec.CommandContext(ctx, program, "serve")}
	c.process.Stderr = &c.stderr
	var err error
	if c.in, err = c.process.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := c.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	c.out = textproto.NewReader(bufio.NewReader(out))
	return c, c.process.Start()
}

func (c *client) send(message map[string]any) error {
	message["jsonrpc"] = "2.0"
	body, err := json.Marshal(message)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.in, "Content-Length: %d\r\n\r\n%s", len(body), body)
	return err
}

func (c *client) notify(method string, params any) error {
	return c.send(map[string]any{"method": method, "params": params})
}

// call sends a request and reads until its answer comes; what the server asks
// meanwhile is answered with null.
func (c *client) call(method string, params, result any) error {
	c.id++
	request := map[string]any{"id": c.id, "method": method}
	if params != nil {
		request["params"] = params
	}
	if err := c.send(request); err != nil {
		return err
	}
	for {
		m, err := c.receive()
		switch {
		case err != nil:
			return fmt.Errorf("%s: %w; the server's log:\n%s", method, err, &c.stderr)
		case m.Method != "" && m.ID != nil:
			if err := c.send(map[string]any{"id": m.ID, "result": nil}); err != nil {
				return err
			}
		case m.Method != "":
		case string(m.ID) != strconv.Itoa(c.id):
			return fmt.Errorf("%s: an answer to %s came", method, m.ID)
		case m.Error != nil:
			return fmt.Errorf("%s: %s", method, m.Error)
		case result == nil:
			return nil
		default:
			return json.Unmarshal(m.Result, result)
		}
	}
}

type message struct {
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
	Result json.RawMessage `json:"result"`
	Error  json.RawMessage `json:"error"`
}

func (c *client) receive() (m message, err error) {
	header, err := c.out.ReadMIMEHeader()
	if err != nil {
		return m, err
	}
	length, err := strconv.Atoi(header.Get("Content-Length"))
	if err != nil {
		return m, err
	}
	body := make([]byte, length)
	if _, err := io.ReadFull(c.out.R, body); err != nil {
		return m, err
	}
	return m, json.Unmarshal(body, &m)
}

// end says goodbye and expects exit code 0.
func (c *client) end() error {
	if err := c.call("shutdown", nil, nil); err != nil {
		return err
	}
	if err := c.send(map[string]any{"method": "exit"}); err != nil {
		return err
	}
	if err := c.process.Wait(); err != nil {
		return fmt.Errorf("after shutdown and exit: %w; the server's log:\n%s", err, &c.stderr)
	}
	return nil
}

func fileURI(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}

func output(ctx context.Context, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s", filepath.Base(name), strings.Join(args, " "), err, &stderr)
	}
	return string(out), nil
}
