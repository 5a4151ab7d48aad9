// Clones measures how well near-copies are found among the code of real projects, and how fast:
//
//	go run ./bench/clones [-n N] [-kinds all] [-show N] DIR...
//
// N chunks of the directories, 1,000 of them, are copied into files of their own, one third each as
//
//	renamed     every name is another one, the same wherever it stood
//	literals    that, and every number and every string is another one
//	statement   that, and a line is added that was not there
//
// A copy counts as found if a group has both what it was made from and the copy. Of the groups that hold a copy, each other
// member is judged by a measure that package clones does not have: the longest common subsequence of the symbols of both,
// found the plain way and with a lexer of its own, times two, over the sum of their lengths. It is right if that is as much as
// is asked, 0.8. Copies that were in the projects before are right, too.
//
// Without -kinds all the chunks are those that have a function or a method from its beginning to its end, alone or with others;
// with it those of any definition, or a part of one: tables and lists of fields among them, which are not compared, and parts of
// functions, which are cut elsewhere when they stand in a file of their own.
// -show prints the first groups that are found. Then it is cancelled at moments spread over the time that it takes, and what was
// copied is looked up in a catalogue.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/vectors/clones"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/chunk"
)

const (
	minLines   = 6
	similarity = 0.8
	workers    = 2
)

func main() {
	n := flag.Int("n", 1000, "copies to plant")
	kinds := flag.String("kinds", "functions", "what is copied: functions, or all definitions")
	show := flag.Int("show", 0, "print so many of the groups")
	seed := flag.Uint64("seed", 1, "of what is drawn")
	flag.Parse()
	if flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "usage: go run ./bench/clones [-n N] [-kinds all] [-show N] DIR...")
		os.Exit(2)
	}
	b := &bench{random: rand.New(rand.NewPCG(*seed, 0)), all: *kinds == "all"}
	if err := b.run(context.Background(), flag.Args(), *n, *show); err != nil {
		fmt.Fprintln(os.Stderr, "clones:", err)
		os.Exit(1)
	}
}

// document is a file, as indexing knows it.
type document struct {
	path    string
	text    string
	outline chunk.File
}

func (d *document) spans() (definitions, chunks []clones.Span) {
	for _, s := range d.outline.Symbols {
		definitions = append(definitions, clones.Span{Start: s.Start, End: s.End})
	}
	for _, c := range d.outline.Chunks {
		if c.Skip {
			chunks = append(chunks, clones.Span{Start: c.Start, End: c.Start})
			continue
		}
		chunks = append(chunks, clones.Span{Start: c.Start, End: c.End})
	}
	return definitions, chunks
}

// at is where a piece is.
func (d *document) at(number int) clones.Span {
	definitions, chunks := d.spans()
	if number < len(definitions) {
		return definitions[number]
	}
	return chunks[number-len(definitions)]
}

type bench struct {
	random    *rand.Rand
	all       bool
	documents []document
	plants    []plant
}

// plant is a copy: of which chunk, and where it is.
type plant struct {
	kind string
	from int // document
	span clones.Span
	to   int
}

func (b *bench) run(ctx context.Context, dirs []string, n, show int) error {
	var bytes, chunks int
	for _, dir := range dirs {
		if err := b.read(ctx, dir); err != nil {
			return err
		}
	}
	for i := range b.documents {
		bytes += len(b.documents[i].text)
		for _, c := range b.documents[i].outline.Chunks {
			if !c.Skip {
				chunks++
			}
		}
	}
	b.plant(n)
	files := make([]clones.File, len(b.documents))
	cut := b.timed(ctx, func(_ *clones.Reader, i int) {
		chunk.Cut(b.documents[i].path, b.documents[i].text)
	})
	lexed := b.timed(ctx, func(r *clones.Reader, i int) {
		d := &b.documents[i]
		definitions, chunks := d.spans()
		files[i] = r.Read(d.text, d.outline.Language, definitions, chunks, minLines)
	})
	start := time.Now()
	groups, err := clones.Find(ctx, files, clones.Options{Similarity: similarity, Tasks: workers})
	if err != nil {
		return err
	}
	found := time.Since(start)
	read := b.timed(ctx, func(_ *clones.Reader, i int) {
		if f, err := os.Open(b.documents[i].path); err == nil {
			_, _ = io.Copy(io.Discard, f)
			_ = f.Close()
		}
	})
	mb := float64(bytes) / 1e6
	fmt.Printf("%d files, %d chunks, %.0f MB\n", len(b.documents), chunks, mb)
	for _, row := range []struct {
		what string
		took time.Duration
	}{
		{"reading the bytes once", read},
		{"outlines", cut},
		{"symbols", lexed},
		{"groups", found},
		{"all of it", read + cut + lexed + found},
	} {
		fmt.Printf("%-24s %6.2f s %8.0f MB/s\n", row.what, row.took.Seconds(), mb/row.took.Seconds())
	}
	worst, err := cancelled(ctx, files, found)
	if err != nil {
		return err
	}
	fmt.Printf("cancelled at %d moments    %.1f ms until it ends, at most\n", moments, float64(worst.Microseconds())/1000)
	b.judge(groups)
	if err := b.lookups(ctx, files); err != nil {
		return err
	}
	for _, g := range groups[:min(show, len(groups))] {
		b.print(g)
	}
	return nil
}

// moments is how often it is cancelled.
const moments = 10

// cancelled is how long it takes at most to end when it is cancelled, somewhere on its way.
func cancelled(ctx context.Context, files []clones.File, took time.Duration) (worst time.Duration, err error) {
	for n := range moments {
		ctx, cancel := context.WithCancel(ctx)
		var at time.Time
		stop := time.AfterFunc(took*time.Duration(n)/moments, func() { at = time.Now(); cancel() })
		_, err := clones.Find(ctx, files, clones.Options{Similarity: similarity, Tasks: workers})
		end := time.Now()
		if ended := stop.Stop(); ended {
			cancel()
			continue // it was faster than the first time
		}
		<-ctx.Done()
		if !errors.Is(err, context.Canceled) && err != nil {
			return 0, err
		}
		worst = max(worst, end.Sub(at))
	}
	return worst, nil
}

// timed calls do with each document, by as many tasks as the machine in mind has cores.
func (b *bench) timed(ctx context.Context, do func(r *clones.Reader, i int)) time.Duration {
	start := time.Now()
	_ = tasks.Run(ctx, func(_ context.Context, g *tasks.Group) error {
		for w := range workers {
			g.Go(func(context.Context) error {
				var r clones.Reader
				for i := w; i < len(b.documents); i += workers {
					do(&r, i)
				}
				return nil
			})
		}
		return nil
	})
	return time.Since(start)
}

// read takes in the code of a directory that people wrote.
func (b *bench) read(ctx context.Context, dir string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	found, err := workspace.Discover(ctx, dir, workspace.Options{})
	if err != nil {
		return err
	}
	for _, entry := range found.Entries {
		text, _, skip, err := workspace.Read(dir, entry.Path, 1<<20)
		if err != nil || skip.Skipped() || workspace.Foreign(entry.Path) || workspace.Generated(text) {
			continue
		}
		outline := chunk.Cut(entry.Path, text)
		if clones.Code(outline.Language) {
			b.documents = append(b.documents, document{filepath.Join(dir, filepath.FromSlash(entry.Path)), text, outline})
		}
	}
	return nil
}

func (b *bench) print(g clones.Group) {
	fmt.Printf("\n%.2f, %d copies\n", g.Similarity, len(g.Copies))
	for n, c := range g.Copies[:min(4, len(g.Copies))] {
		d := &b.documents[c.File]
		at := d.at(c.Number)
		fmt.Printf("  %s:%d %.2f\n", d.path, 1+strings.Count(d.text[:at.Start], "\n"), c.Like)
		if n < 2 {
			lines := strings.Split(d.text[at.Start:at.End], "\n")
			for _, line := range lines[:min(8, len(lines))] {
				fmt.Println("      " + line)
			}
		}
	}
}
