// Speed measures what a person waits for, on a real tree, which it only reads:
//
//	go run ./bench/speed [-json] [-queries FILE] DIR
//
// It indexes DIR from nothing into a temporary cache, opens that cache again as a
// fresh process would, and asks every query of FILE (a table of testdata/queries; the
// first column is the query) several times. Of a copy of some hundred of its files it
// saves one again and again, each time with another line, and waits until a search
// finds that line. Where ripgrep is installed, `rg -c .` over DIR is timed in the same
// run as the yardstick: compare ratios, not milliseconds of different machines.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

// rounds is how often each query is asked, and a file is saved: enough for a p99 over
// ten queries.
const rounds = 30

type result struct {
	Dir         string  `json:"dir"`
	Files       int     `json:"files"`
	Chunks      int     `json:"chunks"`
	SourceMB    float64 `json:"sourceMB"`
	DiskMB      float64 `json:"diskMB"`
	ColdSeconds float64 `json:"coldSeconds"`
	RipgrepSec  float64 `json:"ripgrepSeconds,omitempty"`
	OpenMS      float64 `json:"openMs"`    // stored index to searchable
	RefreshMS   float64 `json:"refreshMs"` // walk that finds nothing new
	QueryP50    float64 `json:"queryP50Ms"`
	QueryP99    float64 `json:"queryP99Ms"`
	Queries     int     `json:"queries"`
	NoHit       int     `json:"queriesWithoutHit"`
	SaveP50     float64 `json:"saveP50Ms"` // saved file to found
	SaveFiles   int     `json:"saveFiles"` // in the folder that it was saved in
	SaveBytes   int     `json:"saveBytes"` // of the file
	HeapMB      float64 `json:"heapMB"`
}

func main() {
	asJSON := flag.Bool("json", false, "print one JSON object")
	queries := flag.String("queries", "testdata/queries/net-http.tsv", "table whose first column is a query")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: go run ./bench/speed [-json] [-queries FILE] DIR")
		os.Exit(2)
	}
	r, err := measure(context.Background(), flag.Arg(0), *queries)
	if err != nil {
		fmt.Fprintln(os.Stderr, "speed:", err)
		os.Exit(1)
	}
	if *asJSON {
		_ = json.NewEncoder(os.Stdout).Encode(r)
		return
	}
	fmt.Printf("%s: %d files, %.1f MB, %d chunks; %s, %d cores\n", r.Dir, r.Files, r.SourceMB, r.Chunks, runtime.Version(), runtime.GOMAXPROCS(0))
	fmt.Printf("cold index   %8.2f s   %.1f MB/s", r.ColdSeconds, r.SourceMB/r.ColdSeconds)
	if r.RipgrepSec > 0 {
		fmt.Printf("   %.1f x rg -c . (%.2f s)", r.ColdSeconds/r.RipgrepSec, r.RipgrepSec)
	}
	fmt.Printf("\nopen         %8.1f ms\nrefresh      %8.1f ms  (nothing changed)\n", r.OpenMS, r.RefreshMS)
	fmt.Printf("query        %8.1f ms p50, %.1f ms p99  (%d queries, %d of them without a hit)\n", r.QueryP50, r.QueryP99, r.Queries, r.NoHit)
	fmt.Printf("save         %8.1f ms p50, until it is found  (a file of %d KB among %d)\n", r.SaveP50, r.SaveBytes/1000, r.SaveFiles)
	fmt.Printf("on disk      %8.1f MB\nheap         %8.1f MB\n", r.DiskMB, r.HeapMB)
}

func measure(ctx context.Context, dir, queryFile string) (result, error) {
	root, err := filepath.Abs(dir)
	if err != nil {
		return result{}, err
	}
	asked, err := readQueries(queryFile)
	if err != nil {
		return result{}, err
	}
	temp, err := os.MkdirTemp("", "semantic-ls-speed-")
	if err != nil {
		return result{}, err
	}
	defer os.RemoveAll(temp)
	r := result{Dir: dir, Queries: len(asked)}
	r.RipgrepSec = ripgrep(ctx, root)
	cache := filepath.Join(temp, "cache")
	for _, phase := range []func() error{
		func() error { return r.cold(ctx, root, cache) },
		func() error { return r.warm(ctx, root, cache, asked) },
		func() error { return r.save(ctx, root, temp) },
	} {
		if err := phase(); err != nil {
			return r, err
		}
	}
	return r, nil
}

// cold indexes root from nothing.
func (r *result) cold(ctx context.Context, root, cache string) error {
	e := engine(cache)
	start := time.Now()
	if err := openAndRefresh(ctx, e, root); err != nil {
		return err
	}
	r.ColdSeconds = time.Since(start).Seconds()
	status := e.Status()
	r.Files, r.Chunks = status.Coverage.FilesIndexed, status.Coverage.Chunks
	r.DiskMB = float64(status.Folders[0].Bytes) / 1e6
	found, err := workspace.Discover(ctx, root, workspace.Options{MaxFileSize: maxFileSize})
	if err != nil {
		return err
	}
	for _, entry := range found.Entries {
		r.SourceMB += float64(entry.Size) / 1e6
	}
	return e.Close(root)
}

// warm opens what cold has stored, as the next process does, and asks.
func (r *result) warm(ctx context.Context, root, cache string, asked []string) error {
	e := engine(cache)
	start := time.Now()
	if err := e.Open(ctx, root); err != nil {
		return err
	}
	r.OpenMS = ms(time.Since(start))
	start = time.Now()
	if err := e.Refresh(ctx, root, nil); err != nil {
		return err
	}
	r.RefreshMS = ms(time.Since(start))
	var took []time.Duration
	for round := range rounds {
		for _, q := range asked {
			start := time.Now()
			a, err := e.Search(ctx, workspace.Documents{}, indexing.Query{Text: q})
			if err != nil {
				return err
			}
			took = append(took, time.Since(start))
			if round == 0 && len(a.Hits) == 0 {
				r.NoHit++
			}
		}
	}
	slices.Sort(took)
	r.QueryP50, r.QueryP99 = ms(took[len(took)/2]), ms(took[len(took)*99/100])
	var mem runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&mem)
	r.HeapMB = float64(mem.HeapAlloc) / 1e6
	return e.Close(root)
}

func openAndRefresh(ctx context.Context, e *indexing.Engine, root string) error {
	if err := e.Open(ctx, root); err != nil {
		return err
	}
	return e.Refresh(ctx, root, nil)
}

// maxFileSize is what the engine skips above by default.
const maxFileSize = 1 << 20

func engine(cache string) *indexing.Engine {
	n := runtime.GOMAXPROCS(0)
	return indexing.New(indexing.Config{CacheDir: cache, Embedder: static.New(), Limiter: tasks.NewLimiter(n, n)})
}

// ripgrep returns the seconds of the second of two runs, 0 where it is not
// installed.
func ripgrep(ctx context.Context, root string) (seconds float64) {
	for range 2 {
		cmd := exec.CommandContext(ctx, "rg", "-c", ".", root)
		start := time.Now()
		if out, err := cmd.Output(); err != nil || len(out) == 0 {
			return 0
		}
		seconds = time.Since(start).Seconds()
	}
	return seconds
}

func readQueries(file string) (list []string, err error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(data)) {
		query, _, _ := strings.Cut(strings.TrimSpace(line), "\t")
		if query != "" && query != "query" && query[0] != '#' {
			list = append(list, query)
		}
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%s has no queries", file)
	}
	return list, nil
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
