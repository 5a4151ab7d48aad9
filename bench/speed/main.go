// Speed measures what a person waits for, on a real tree:
//
//	go run ./bench/speed [-json] [-queries FILE] DIR
//
// It indexes DIR from nothing into a temporary cache, opens that cache again as a
// fresh process would, asks every query of FILE (a table of testdata/queries; the
// first column is the query) several times, and indexes one file again as on
// save. Where ripgrep is installed, `rg -c .` over DIR is timed in the same run as
// the yardstick: compare ratios, not milliseconds of different machines.
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

// rounds is how often each query is asked: enough for a p99 over ten queries.
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
	SaveP50     float64 `json:"saveP50Ms"` // saved file to searchable
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
	fmt.Printf("query        %8.1f ms p50, %.1f ms p99\nsave         %8.1f ms p50, to searchable\n", r.QueryP50, r.QueryP99, r.SaveP50)
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
	cache, err := os.MkdirTemp("", "semantic-ls-speed-")
	if err != nil {
		return result{}, err
	}
	defer os.RemoveAll(cache)
	r := result{Dir: dir}
	r.RipgrepSec = ripgrep(ctx, root)

	e := engine(cache)
	start := time.Now()
	if err := e.Open(ctx, root); err != nil {
		return r, err
	}
	if err := e.Refresh(ctx, root, nil); err != nil {
		return r, err
	}
	r.ColdSeconds = time.Since(start).Seconds()
	status := e.Status()
	r.Files, r.Chunks = status.Coverage.FilesIndexed, status.Coverage.Chunks
	r.DiskMB = float64(status.Folders[0].Bytes) / 1e6
	if err := e.Close(root); err != nil {
		return r, err
	}

	e = engine(cache)
	start = time.Now()
	if err := e.Open(ctx, root); err != nil {
		return r, err
	}
	r.OpenMS = ms(time.Since(start))
	start = time.Now()
	if err := e.Refresh(ctx, root, nil); err != nil {
		return r, err
	}
	r.RefreshMS = ms(time.Since(start))
	var took []time.Duration
	var one string
	for range rounds {
		for _, q := range asked {
			start := time.Now()
			a, err := e.Search(ctx, workspace.Documents{}, indexing.Query{Text: q})
			if err != nil {
				return r, err
			}
			took = append(took, time.Since(start))
			if len(a.Hits) > 0 {
				one = a.Hits[0].Path
			}
		}
	}
	slices.Sort(took)
	r.QueryP50, r.QueryP99 = ms(took[len(took)/2]), ms(took[len(took)*99/100])
	took = took[:0]
	for range rounds {
		start := time.Now()
		if err := e.Update(ctx, one); err != nil {
			return r, err
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	r.SaveP50 = ms(took[len(took)/2])
	var mem runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&mem)
	r.HeapMB = float64(mem.HeapAlloc) / 1e6
	r.SourceMB, err = sourceSize(ctx, root)
	return r, errorsFirst(err, e.Close(root))
}

func errorsFirst(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func engine(cache string) *indexing.Engine {
	n := runtime.GOMAXPROCS(0)
	return indexing.New(indexing.Config{CacheDir: cache, Embedder: static.New(), Limiter: tasks.NewLimiter(n, n)})
}

func sourceSize(ctx context.Context, root string) (float64, error) {
	found, err := workspace.Discover(ctx, root, workspace.Options{MaxFileSize: 1 << 20})
	if err != nil {
		return 0, err
	}
	var n int64
	for _, entry := range found.Entries {
		n += entry.Size
	}
	return float64(n) / 1e6, nil
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
