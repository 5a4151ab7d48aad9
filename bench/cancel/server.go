package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/semantic-ls/semantic-ls/lsp"
	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/vectors/embed"
	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

// serve is the server that is measured, over standard input and output: it answers from an index of root and
// indexes it anew all the while, with the cores shared as `semantic-ls serve` shares them. With silent, it
// asks a provider that answers no query.
func serve(ctx context.Context, root string, silent, busy bool) error {
	cores := runtime.GOMAXPROCS(0)
	runtime.GOMAXPROCS(cores + 2) // as serve does
	limiter := tasks.NewLimiter(cores, cores)
	presence := lsp.NewPresence(limiter, cores)
	model := indexing.Embedder(static.New())
	var quiet atomic.Bool
	if silent {
		provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !quiet.Load() {
				answer(w, r)
				return
			}
			_, _ = io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
		}))
		defer provider.Close()
		remote, err := embed.NewOpenAI(embed.Config{BaseURL: provider.URL + "/v1", Model: "silent", Expected: 256})
		if err != nil {
			return err
		}
		defer remote.Close()
		model = remote
	}
	answering := &probe{spins: calibrate(), Engine: indexing.New(indexing.Config{Embedder: model, Limiter: limiter})}
	searched := root
	if silent {
		// No model is asked about a folder where nothing is: one file does.
		dir, err := os.MkdirTemp("", "cancel-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		if err := os.WriteFile(filepath.Join(dir, "upload.go"), []byte("package upload\n\nfunc retry() {}\n"), 0o600); err != nil {
			return err
		}
		searched = dir
	}
	if err := answering.Open(ctx, searched); err != nil {
		return err
	}
	if err := answering.Refresh(ctx, searched, nil); err != nil {
		return err
	}
	quiet.Store(true)
	return tasks.Run(ctx, func(ctx context.Context, g *tasks.Group) error {
		if busy {
			indexing := g.Go(func(ctx context.Context) error { return index(ctx, root, limiter) })
			defer indexing.Cancel(nil)
		}
		return lsp.Serve(ctx, stdio{os.Stdin, os.Stdout}, lsp.Config{
			Version:  "bench",
			Presence: presence,
			Start: func(context.Context, json.RawMessage) (lsp.Engine, lsp.Features, error) {
				return answering, lsp.Features{}, nil
			},
		})
	})
}

// answer is what a provider says to a request for vectors: any will do.
func answer(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		Input []string `json:"input"`
	}
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	type row struct {
		Index     int       `json:"index"`
		Embedding []float32 `json:"embedding"`
	}
	var rows []row
	for i := range asked.Input {
		v := make([]float32, 256)
		v[i%256] = 1
		rows = append(rows, row{i, v})
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"data": rows})
}

type stdio struct {
	io.Reader
	io.Writer
}

// Close leaves both to the end of the process.
func (stdio) Close() error { return nil }

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

// What the client asks that is no search. The answer to the last two is in the warning.
const (
	spin    = "spin"    // takes a millisecond of a core
	instant = "instant" // takes nothing
	idle    = "idle"    // ends when it is cancelled
	ended   = "ended"   // when the work of the last search ended, in nanoseconds since 1970
	left    = "left"    // how many goroutines there are, and how many bytes of heap
)

// probe is an engine that notes when its work for a request has ended. What it does is structured: when
// Search has returned, only the goroutine is left that writes the reply.
type probe struct {
	*indexing.Engine
	spins int // that take a millisecond
	ended atomic.Int64
}

// work does so many steps that nobody can leave out.
func work(steps int) {
	x := uint64(steps)
	for range steps {
		x = x*6364136223846793005 + 1442695040888963407
	}
	sink.Store(x)
}

var sink atomic.Uint64

// calibrate returns how many steps of work take a millisecond: as many as the fastest of some tries did.
func calibrate() int {
	const steps = 1_000_000
	best := time.Hour
	for range 20 {
		start := time.Now()
		work(steps)
		best = min(best, time.Since(start))
	}
	return int(steps * time.Millisecond / best)
}

func (p *probe) Search(ctx context.Context, docs workspace.Documents, q indexing.Query) (indexing.Answer, error) {
	switch q.Text {
	case spin:
		work(p.spins)
		return indexing.Answer{}, nil
	case instant:
		return indexing.Answer{}, nil
	case idle:
		<-ctx.Done()
		return indexing.Answer{}, ctx.Err()
	case ended:
		return indexing.Answer{Warning: fmt.Sprint(p.ended.Load())}, nil
	case left:
		return indexing.Answer{Warning: fmt.Sprint(runtime.NumGoroutine(), heap())}, nil
	}
	defer func() { p.ended.Store(time.Now().UnixNano()) }()
	return p.Engine.Search(ctx, docs, q)
}

// heap returns the bytes in use after a collection.
func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// Flush leaves the engine as it is.
func (p *probe) Flush(context.Context) error { return nil }
