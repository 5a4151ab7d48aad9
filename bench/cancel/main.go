// Cancel measures what a person feels of structured concurrency: how soon a request ends that was cancelled,
// and how soon one is answered, while the server indexes in the background.
//
//	go run ./bench/cancel [-rounds N] [-requests N] [-cpuprofile FILE] DIR
//
// DIR is indexed over and over by a real server, in this process, over a real TCP connection, with the cores
// shared as `semantic-ls serve` shares them. Four things are measured:
//
//   - a search over DIR, cancelled at a random instant of its work: from $/cancelRequest to the reply, and to
//     the end of the last goroutine of the request;
//   - a search that waits for an embedding provider which does not answer: the same;
//   - a request that takes 1 ms of a core: from sending it to its answer;
//   - many requests, half of them cancelled at random: the goroutines and the heap that are left.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/semantic-ls/semantic-ls/lsp"
	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/vectors/embed"
	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

func main() {
	rounds := flag.Int("rounds", 1000, "requests of each kind that are measured")
	requests := flag.Int("requests", 100_000, "requests that may leave nothing behind")
	profile := flag.String("cpuprofile", "", "write a profile to this file")
	flag.Parse()
	if *profile != "" {
		file, err := os.Create(*profile)
		if err == nil {
			err = pprof.StartCPUProfile(file)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "cancel:", err)
			os.Exit(1)
		}
		defer pprof.StopCPUProfile()
	}
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: go run ./bench/cancel [-rounds N] [-requests N] [-cpuprofile FILE] DIR")
		os.Exit(2)
	}
	if err := measure(context.Background(), flag.Arg(0), *rounds, *requests); err != nil {
		fmt.Fprintln(os.Stderr, "cancel:", err)
		os.Exit(1)
	}
}

func measure(ctx context.Context, dir string, rounds, requests int) error {
	root, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	cores := runtime.GOMAXPROCS(0)
	runtime.GOMAXPROCS(cores + 2) // as serve does
	limiter := tasks.NewLimiter(cores, cores)
	config := lsp.Config{Version: "bench", Presence: lsp.NewPresence(limiter, cores)}
	fmt.Printf("%s, %s/%s, %d cores\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, cores)

	// One engine answers and one is kept busy, so that a search finds an index of full size.
	answering := &probe{Engine: indexing.New(indexing.Config{Embedder: static.New(), Limiter: limiter}), ended: make(chan time.Time, 1)}
	if err := answering.Open(ctx, root); err != nil {
		return err
	}
	if err := answering.Refresh(ctx, root, nil); err != nil {
		return err
	}
	fmt.Printf("%s: %d chunks\n\n", dir, answering.Status().Coverage.Chunks)

	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}))
	defer silent.Close()
	remote, err := embed.NewOpenAI(embed.Config{BaseURL: silent.URL + "/v1", Model: "silent", Expected: 256})
	if err != nil {
		return err
	}
	defer remote.Close()
	waiting := &probe{Engine: indexing.New(indexing.Config{Embedder: remote, Limiter: limiter}), ended: make(chan time.Time, 1)}

	return tasks.Run(ctx, func(ctx context.Context, g *tasks.Group) error {
		busy := g.Go(func(ctx context.Context) error { return index(ctx, root, limiter) })
		defer busy.Cancel(nil)
		for _, c := range []struct {
			name   string
			engine *probe
			within time.Duration // of which a random part passes before the cancel
		}{
			{"a search", answering, 20 * time.Millisecond},
			{"a provider's call in flight", waiting, 20 * time.Millisecond},
		} {
			err := session(ctx, config, c.engine, func(cl *client) error { return cancels(cl, c.engine, c.name, rounds, c.within) })
			if err != nil {
				return err
			}
		}
		if err := session(ctx, config, answering, func(cl *client) error { return answers(cl, rounds) }); err != nil {
			return err
		}
		busy.Cancel(nil)
		_ = busy.Wait(ctx)
		return session(ctx, config, answering, func(cl *client) error { return leaves(cl, requests) })
	})
}

// index keeps indexing root from nothing until ctx ends.
func index(ctx context.Context, root string, limiter *tasks.Limiter) error {
	for {
		e := indexing.New(indexing.Config{Embedder: static.New(), Limiter: limiter})
		if err := e.Open(ctx, root); err != nil {
			return err
		}
		if err := e.Refresh(ctx, root, nil); err != nil {
			return err
		}
		if err := e.Close(root); err != nil {
			return err
		}
	}
}

// probe is an engine that says when its work for a request has ended. What it does is structured: when
// Search has returned, no goroutine of it is left.
type probe struct {
	*indexing.Engine
	ended chan time.Time
}

// spin is the query that takes a millisecond of a core, and instant the one that takes nothing.
const (
	spin    = "spin"
	instant = "instant"
	idle    = "idle"
)

func (p *probe) Search(ctx context.Context, docs workspace.Documents, q indexing.Query) (indexing.Answer, error) {
	switch q.Text {
	case spin:
		for end := time.Now().Add(time.Millisecond); time.Now().Before(end); {
		}
		return indexing.Answer{}, nil
	case instant:
		return indexing.Answer{}, nil
	case idle:
		<-ctx.Done()
		return indexing.Answer{}, ctx.Err()
	}
	defer func() {
		select {
		case p.ended <- time.Now():
		default:
		}
	}()
	return p.Engine.Search(ctx, docs, q)
}

// Flush and Close leave the engine as it is for the next session.
func (p *probe) Flush(context.Context) error { return nil }
func (p *probe) Close(string) error          { return nil }

// session serves one client over TCP and calls body with it.
func session(ctx context.Context, config lsp.Config, engine lsp.Engine, body func(cl *client) error) error {
	config.Start = func(context.Context, json.RawMessage) (lsp.Engine, error) { return engine, nil }
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer listener.Close()
	return tasks.Run(ctx, func(ctx context.Context, g *tasks.Group) error {
		serving := g.Go(func(ctx context.Context) error {
			conn, err := listener.Accept()
			if err != nil {
				return err
			}
			return lsp.Serve(ctx, conn, config)
		})
		conn, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			return err
		}
		defer conn.Close()
		cl := &client{conn: conn, pending: map[int]chan reply{}}
		g.Go(cl.listen)
		if r := <-cl.call("initialize", map[string]any{"capabilities": map[string]any{}}); r.code != 0 {
			return fmt.Errorf("initialize: code %d", r.code)
		}
		cl.notify("initialized", map[string]any{})
		if err := body(cl); err != nil {
			return err
		}
		<-cl.call("shutdown", nil)
		cl.notify("exit", nil)
		return serving.Wait(ctx)
	})
}

// cancels measures cancelled requests.
func cancels(cl *client, p *probe, name string, rounds int, within time.Duration) error {
	var toReply, toEnd []time.Duration
	for len(toReply) < rounds {
		select {
		case <-p.ended:
		default:
		}
		id, answered := cl.begin("semantic/search", map[string]any{"query": "where do we retry a failed upload"})
		time.Sleep(rand.N(within))
		cancelled := time.Now()
		cl.notify("$/cancelRequest", map[string]any{"id": id})
		r := <-answered
		ended := <-p.ended
		if r.code != -32800 {
			continue // it was answered before the cancel came
		}
		toReply, toEnd = append(toReply, r.at.Sub(cancelled)), append(toEnd, ended.Sub(cancelled))
	}
	report(name+": cancel to reply", toReply)
	report(name+": cancel to its last goroutine", toEnd)
	return nil
}

// answers measures short requests.
func answers(cl *client, rounds int) error {
	var took []time.Duration
	for range rounds {
		time.Sleep(rand.N(20 * time.Millisecond))
		start := time.Now()
		r := <-cl.call("semantic/search", map[string]any{"query": spin})
		if r.code != 0 {
			return fmt.Errorf("a request of 1 ms: code %d", r.code)
		}
		took = append(took, r.at.Sub(start))
	}
	report("a request of 1 ms", took)
	return nil
}

// leaves looks at what many requests leave behind.
func leaves(cl *client, requests int) error {
	heap := func() uint64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := runtime.NumGoroutine()
	var first uint64
	const burst = 100
	for done := 0; done < requests; done += burst {
		if done == 10_000 {
			first = heap()
		}
		var all []chan reply
		for range burst {
			query := instant
			if rand.IntN(2) == 0 {
				query = idle
			}
			id, answered := cl.begin("semantic/search", map[string]any{"query": query, "session": fmt.Sprint(rand.IntN(8))})
			if query == idle {
				cl.notify("$/cancelRequest", map[string]any{"id": id})
			}
			all = append(all, answered)
		}
		for _, answered := range all {
			<-answered
		}
	}
	left := runtime.NumGoroutine()
	for end := time.Now().Add(time.Second); left > before && time.Now().Before(end); left = runtime.NumGoroutine() {
		runtime.Gosched()
	}
	fmt.Printf("\nafter %d requests: %d goroutines (%d before), heap %+.2f MiB since the first 10,000\n",
		requests, left, before, (float64(heap())-float64(first))/(1<<20))
	return nil
}

func report(what string, took []time.Duration) {
	slices.Sort(took)
	at := func(q float64) time.Duration {
		return took[min(len(took)-1, int(q*float64(len(took))))].Round(time.Microsecond)
	}
	fmt.Printf("%-52s p50 %8v  p95 %8v  p99 %8v  worst %8v\n", what, at(.5), at(.95), at(.99), took[len(took)-1].Round(time.Microsecond))
}

// client speaks just enough of the protocol.
type client struct {
	conn net.Conn
	ids  atomic.Int64

	mu      sync.Mutex
	pending map[int]chan reply // guarded by mu
}

type reply struct {
	code int
	at   time.Time
}

func (cl *client) call(method string, params any) chan reply {
	_, answered := cl.begin(method, params)
	return answered
}

func (cl *client) begin(method string, params any) (id int, answered chan reply) {
	id, answered = int(cl.ids.Add(1)), make(chan reply, 1)
	cl.mu.Lock()
	cl.pending[id] = answered
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
	_, _ = fmt.Fprintf(cl.conn, "Content-Length: %d\r\n\r\n%s", len(body), body)
}

func (cl *client) listen(context.Context) error {
	in := bufio.NewReader(cl.conn)
	for {
		body, err := frame(in)
		at := time.Now()
		if err != nil {
			cl.mu.Lock()
			defer cl.mu.Unlock()
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
		r := reply{at: at}
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
