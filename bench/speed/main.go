// Speed measures what a person waits for, on a real tree, which it only reads:
//
//	go run ./bench/speed [-json] [-queries FILE] [-binary FILE] DIR
//
// It builds semantic-ls, and runs it as a user and an editor do, with a cache of its own:
//
//	cold index      `semantic-ls index` from nothing, up to three times, and as often `rg -c .` over the same files in
//	                between, where ripgrep is installed: compare that ratio, not seconds of different machines
//	first answer    a new process of `semantic-ls search`, from its start to its end, which looks for changes first; the
//	                walk that this takes is measured again by itself
//	query           `semantic-ls serve` over its standard input and output, from request to answer: the mix of
//	                vectors/index/synthetic, or the first column of FILE
//	save            the same server, in a copy of some hundred files of DIR: a document gets a word that no file has and
//	                is saved; the answer to the next query must have it. Also a file that is changed behind the
//	                editor's back, which is left alone for 0.1 s first: until a query finds the word
//	memory          the anonymous part of what is resident (RssAnon of /proc/PID/status), its peak while indexing and
//	                while serving, looked at every 5 ms. Where there is no such file, it is not said
//
// Two things happen in this process, since they are too short to be seen from outside: opening the stored index, and
// the engine's part of a save (read, cut, embed, store, publish, find), which has no settling time.
//
// The page cache is warm: a first run of ripgrep has read everything. Goals stand beside where there are some for a tree
// of that size. -binary measures another version of the program.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/semantic-ls/semantic-ls/bench/internal/client"
	"github.com/semantic-ls/semantic-ls/vectors/index/synthetic"
	"github.com/semantic-ls/semantic-ls/workspace"
)

// options say how long to measure.
type options struct {
	binary  string // of another version; "": build this one
	queries []string
	colds   int           // cold indexes at most
	rounds  int           // of all queries at most, of saves, and of fresh processes
	enough  time.Duration // after which no further round of cold indexes, fresh processes or queries begins
}

// result is what was measured; times in ms unless the name says otherwise.
type result struct {
	Dir       string  `json:"dir"`
	Cores     int     `json:"cores"`
	Files     int     `json:"files"` // indexed
	Chunks    int     `json:"chunks"`
	SourceMB  float64 `json:"sourceMB"` // of the indexed files
	DiskMB    float64 `json:"diskMB"`
	DiskRatio float64 `json:"diskToSource"`

	ColdSeconds    float64 `json:"coldSeconds"` // the median of ColdRuns
	ColdCPU        float64 `json:"coldCPUSeconds"`
	ColdRuns       int     `json:"coldRuns"`
	RipgrepSeconds float64 `json:"ripgrepSeconds,omitempty"` // the median of one more run
	RipgrepCPU     float64 `json:"ripgrepCPUSeconds,omitempty"`
	ColdToRipgrep  float64 `json:"coldToRipgrep,omitempty"`
	ColdRSS        float64 `json:"coldAnonymousMB,omitempty"`

	StartMS       float64 `json:"startMs"`       // of a process that does nothing
	FirstAnswer   latency `json:"firstAnswerMs"` // of a new process
	WalkMS        float64 `json:"walkMs"`        // of the first answer
	OpenMS        float64 `json:"openMs"`
	Query         latency `json:"queryMs"`
	Queries       int     `json:"queries"`
	NoHit         int     `json:"queriesWithoutHit"`
	SlowestQuery  string  `json:"slowestQuery"`
	ServeRSS      float64 `json:"serveAnonymousMB,omitempty"`
	Save          latency `json:"saveMs"`
	SaveOutside   latency `json:"saveOutsideMs"` // includes the settling time
	SaveEngine    latency `json:"saveEngineMs"`
	SaveFiles     int     `json:"saveFiles"` // in the folder that a file was saved in
	SaveFileBytes int     `json:"saveFileBytes"`
}

func main() {
	asJSON := flag.Bool("json", false, "print one JSON object")
	queries := flag.String("queries", "", "table whose first column is a query, instead of the built-in mix")
	binary := flag.String("binary", "", "measure this `FILE` instead of building the program")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: go run ./bench/speed [-json] [-queries FILE] [-binary FILE] DIR")
		os.Exit(2)
	}
	o := options{binary: *binary, queries: synthetic.Queries(), colds: 3, rounds: 30, enough: 20 * time.Second}
	err := func() (err error) {
		if *queries != "" {
			if o.queries, err = readQueries(*queries); err != nil {
				return err
			}
		}
		r, err := measure(context.Background(), flag.Arg(0), o)
		if err != nil {
			return err
		}
		if *asJSON {
			return json.NewEncoder(os.Stdout).Encode(r)
		}
		r.write(os.Stdout)
		return nil
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, "speed:", err)
		os.Exit(1)
	}
}

func measure(ctx context.Context, dir string, o options) (*result, error) {
	root, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	temp, err := os.MkdirTemp("", "semantic-ls-speed-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(temp)
	built, err := client.Build(ctx, temp, o.binary)
	if err != nil {
		return nil, err
	}
	p := program{built}
	r := &result{Dir: dir, Cores: cores(), Queries: len(o.queries)}
	for _, phase := range []func() error{
		func() error { return r.cold(ctx, p, root, o) },
		func() error { return r.fresh(ctx, p, root, o) },
		func() error { return r.open(ctx, p.Cache, root) },
		func() error { return r.query(ctx, p, root, o) },
		func() error { return r.save(ctx, p, root, o) },
	} {
		if err := phase(); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// maxFileSize is what the engine skips above by default.
const maxFileSize = 1 << 20

// walk finds the files below root as the program does.
func walk(ctx context.Context, root string) ([]workspace.Entry, error) {
	found, err := workspace.Discover(ctx, root, workspace.Options{MaxFileSize: maxFileSize})
	if err != nil {
		return nil, err
	}
	return found.Entries, nil
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
