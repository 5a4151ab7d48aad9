// Load measures the server under load, as an editor sees it over standard input and output:
//
//	go run ./bench/load [-binary FILE] [-only FIGURES] DIR
//	go run ./bench/load -check
//
// DIR, which is only read, should have some 100,000 chunks: GOROOT/src has. It is copied, and served by a process with a
// cache of its own. FIGURES are some of these, by default all:
//
//	edits     an edit brings a function with a new name into a document of some 2,000 lines; semantic/search,
//	          workspace/symbol or both stand behind it in the same write. From that write to the answer, whose first hit
//	          must be that function at that line. And a name that is typed: two letters and a query in one write, every 20 ms,
//	          whether the one before is answered or not
//	queries   identifiers of the tree, their beginnings, and the sentences of vectors/index/synthetic; once alone, and once
//	          while a folder half as large is indexed from nothing, again and again, as it is while a person works.
//	          semantic/search is asked about DIR; workspace/symbol knows no folders, and looks in both
//	pairs     500 pairs of an edit and a query in one write: each query must find its edit's word, and not the next one's
//	branch    5,000 files change on disk, half of them to what the index has seen before: until a sample of files is found
//	          as they are, and no more as they were, and no file waits. From the first file that is written; told by the
//	          editor in one notification, and followed by the server itself. And once with an embedding server that counts
//	          what it is asked for
//	requests  10,000 requests, 30 % of them cancelled, in the same write or later: each must be answered once, with a code
//	          that is right; and the goroutines and the memory that are left
//	end       the input is closed, or shutdown and exit come, while hundreds of requests are open and a folder is indexed
//
// -check does it all in a small tree that it makes, in seconds, and prints no times. Wherever something else is answered
// than should be, the exit code is 1.
package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/semantic-ls/semantic-ls/bench/internal/client"
)

// options say how much is done.
type options struct {
	check    bool
	rounds   int // of edits, and of names that are typed
	pairs    int
	asked    int // queries of each kind and method
	switched int // files
	requests int
}

// bench is one run.
type bench struct {
	options
	program client.Program
	tree    *tree
	random  *rand.Rand
	out     *table
}

var figures = []struct {
	name    string
	measure func(*bench, context.Context) error
}{
	{"edits", (*bench).edits},
	{"queries", (*bench).queries},
	{"pairs", (*bench).interleaved},
	{"branch", (*bench).branches},
	{"requests", (*bench).cancelled},
	{"end", (*bench).ends},
}

func main() {
	binary := flag.String("binary", "", "measure this `FILE` instead of building the program")
	only := flag.String("only", "", "measure only these `FIGURES`, with commas between them")
	check := flag.Bool("check", false, "look at answers only, in a small tree")
	flag.Parse()
	if (flag.NArg() == 1) == *check || flag.NArg() > 1 {
		fmt.Fprintln(os.Stderr, "usage: go run ./bench/load [-binary FILE] [-only FIGURES] DIR\n"+
			"       go run ./bench/load [-binary FILE] [-only FIGURES] -check")
		os.Exit(2)
	}
	o := options{rounds: 500, pairs: 500, asked: 250, switched: 5000, requests: 10_000}
	if *check {
		o = options{check: true, rounds: 20, pairs: 100, asked: 5, switched: 200, requests: 1000}
	}
	if err := run(context.Background(), *binary, *only, flag.Arg(0), o); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, binary, only, dir string, o options) error {
	wanted := strings.FieldsFunc(only, func(r rune) bool { return r == ',' })
	for _, name := range wanted {
		if !slices.ContainsFunc(figures, func(f struct {
			name    string
			measure func(*bench, context.Context) error
		},
		) bool {
			return f.name == name
		}) {
			return fmt.Errorf("-only %s: there is no figure %s; see go doc ./bench/load", only, name)
		}
	}
	temp, err := os.MkdirTemp("", "semantic-ls-load-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	if temp, err = filepath.EvalSymlinks(temp); err != nil {
		return err
	}
	b := &bench{options: o, random: rand.New(rand.NewPCG(1, 2)), out: &table{quiet: o.check}}
	if b.program, err = client.Build(ctx, temp, binary); err != nil {
		return err
	}
	if o.check {
		b.tree, err = makeTree(filepath.Join(temp, "tree"), b.random)
	} else {
		b.tree, err = copyTree(ctx, dir, filepath.Join(temp, "tree"))
	}
	if err != nil {
		return err
	}
	// Warm from here on: every server finds the index that this makes.
	if out, err := b.program.Command(ctx, "index", b.tree.root).CombinedOutput(); err != nil {
		return fmt.Errorf("index: %w\n%s", err, out)
	}
	if !o.check {
		fmt.Printf("%s: %d files; %s, %d cores\n\n", dir, len(b.tree.files), runtime.Version(), runtime.NumCPU())
	}
	for _, f := range figures {
		if len(wanted) > 0 && !slices.Contains(wanted, f.name) {
			continue
		}
		if err := f.measure(b, ctx); err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
	}
	if len(b.out.wrong) > 0 {
		return fmt.Errorf("wrong: %s", strings.Join(b.out.wrong, "; "))
	}
	return nil
}

// word is one that no file has, and that is spelled like none before: else the one before would be found for it.
func (b *bench) word(letters int) string {
	word := make([]byte, letters)
	for i := range word {
		word[i] = "bcdfghjklmnpqrtvwxyz"[b.random.IntN(20)]
	}
	return string(word)
}
