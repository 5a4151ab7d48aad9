// Names measures how well a few letters of a name find its definition, beside a fuzzy finder: fzf's scoring over the
// list of all names.
//
//	go run -C bench/names . [-n 60] DIR...
//
// Of every directory the files are indexed as the server does, with the built-in model, and so many of the names
// that its code, tests aside, defines are drawn. From each, patterns are made by rules, as people type:
//
//	exact       all of it, in lower case
//	prefix      its first 60 %
//	initials    the first letter of each of its parts, of which there are at least three
//	humps       one to three letters of each of its first two or three parts
//	part        a part of it that is not the first, of five letters or more
//	parts       a part that is not the first, and a beginning of the next
//	typo        all of it, with one letter more, less or other, or two neighbours exchanged; the first stays
//	typing      its first 60 % with such a typo
//	qualified   what it is in, a dot and all of it
//	in part     what it is in, a dot and its first 60 %
//
// The table shows the mean reciprocal rank of the name (of the name and what it is in, where the pattern is qualified)
// among different names, 0 beyond the hundredth, and how often it is the first. fzf gets the list of all
// names without duplicates, those of tests too, or where the pattern is qualified with what each is in before it.
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/junegunn/fzf/src/algo"
	"github.com/junegunn/fzf/src/util"

	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/vectors/search"
	"github.com/semantic-ls/semantic-ls/workspace/chunk"
)

func main() {
	n := flag.Int("n", 60, "names to draw of each directory")
	misses := flag.Int("misses", 0, "list so many patterns of each rule that do not find their name first")
	flag.Parse()
	algo.Init("default")
	if err := run(context.Background(), *n, *misses, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "names:", err)
		os.Exit(1)
	}
}

// deepest is the last rank that counts: a picker's list.
const deepest = 100

// rule makes patterns of one kind.
type rule struct {
	name      string
	qualified bool
	of        func(d definition, random *rand.Rand) string // "": none of this one
}

type definition struct{ container, name string }

func (d definition) String() string {
	if d.container == "" {
		return d.name
	}
	return d.container + "." + d.name
}

// tally is what was measured of one rule and one searcher.
type tally struct {
	patterns, first int
	reciprocal      float64
	took            time.Duration
}

func (t *tally) add(rank int, took time.Duration) {
	t.patterns++
	t.took += took
	if rank == 1 {
		t.first++
	}
	if rank > 0 && rank <= deepest {
		t.reciprocal += 1 / float64(rank)
	}
}

func run(ctx context.Context, n, misses int, dirs []string) error {
	ours, theirs := make([]tally, len(rules)), make([]tally, len(rules))
	shown := make([]int, len(rules))
	for at, dir := range dirs {
		c, err := read(dir)
		if err != nil {
			return err
		}
		random := rand.New(rand.NewPCG(1, uint64(at)))
		random.Shuffle(len(c.drawn), func(i, j int) { c.drawn[i], c.drawn[j] = c.drawn[j], c.drawn[i] })
		for r, rule := range rules {
			left := n
			for _, d := range c.drawn {
				pattern := rule.of(d, random)
				if pattern == "" {
					continue
				}
				start := time.Now()
				rank, before, err := c.search(ctx, pattern, d, rule.qualified)
				if err != nil {
					return err
				}
				ours[r].add(rank, time.Since(start))
				start = time.Now()
				other := c.fuzzy(pattern, d, rule.qualified)
				theirs[r].add(other, time.Since(start))
				if rank != 1 && shown[r] < misses && random.IntN(8) == 0 {
					shown[r]++
					first := strings.Join(before[:min(4, len(before))], " ")
					fmt.Printf("%-10s %-24s %-36s %3d, fzf %3d  %s\n", rule.name, pattern, d, rank, other, first)
				}
				if left--; left == 0 {
					break
				}
			}
		}
	}
	fmt.Printf("%-10s %8s   %21s   %21s\n", "", "", "ours", "fzf")
	fmt.Printf("%-10s %8s   %6s %6s %7s   %6s %6s %7s\n", "", "patterns", "mrr", "first", "ms", "mrr", "first", "ms")
	for r, rule := range rules {
		fmt.Printf("%-10s %8d", rule.name, ours[r].patterns)
		for _, t := range []tally{ours[r], theirs[r]} {
			of := float64(max(t.patterns, 1))
			fmt.Printf("   %6.3f %6.3f %7.2f", t.reciprocal/of, float64(t.first)/of, t.took.Seconds()*1000/of)
		}
		fmt.Println()
	}
	return nil
}

// corpus is a directory, indexed.
type corpus struct {
	snapshot *index.Snapshot
	model    *static.Model
	drawn    []definition
	names    []util.Chars // all different ones
	full     []util.Chars // with what they are in
	slab     *util.Slab
}

func read(dir string) (*corpus, error) {
	c := &corpus{model: static.New(), slab: util.MakeSlab(100*1024, 2048)}
	b := index.NewBuilder(static.Dimensions)
	b.Embed(c.model)
	names, full, drawn := map[string]bool{}, map[string]bool{}, map[definition]bool{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !d.Type().IsRegular() {
			if d != nil && d.Name() == ".git" {
				return fs.SkipDir
			}
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil || len(data) > 1<<20 {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		text := string(data)
		outline := chunk.Cut(rel, text)
		file := index.File{Path: rel, Language: outline.Language}
		if len(outline.Symbols) == 0 {
			return nil
		}
		b.Add(index.Document{File: file, Text: text, Chunks: outline.Chunks, Symbols: outline.Symbols})
		for _, s := range outline.Symbols {
			if s.Kind == chunk.String || s.Kind == chunk.Key || strings.ContainsAny(s.Name, " \t\n") {
				continue // headings and keys of data
			}
			d := definition{s.Container, s.Name}
			names[d.name], full[d.String()] = true, true
			if !index.IsTest(rel) && !ofData[outline.Language] && isTyped(d.name) {
				drawn[d] = true
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	seg, err := b.Segment()
	if err != nil {
		return nil, err
	}
	c.snapshot = (&index.Snapshot{}).With("/w", seg, nil)
	c.names, c.full = chars(names), chars(full)
	for d := range drawn {
		c.drawn = append(c.drawn, d)
	}
	slices.SortFunc(c.drawn, func(a, b definition) int {
		return cmp.Or(strings.Compare(a.name, b.name), strings.Compare(a.container, b.container))
	})
	return c, nil
}

// ofData are languages whose definitions nobody calls so.
var ofData = map[string]bool{
	"html": true, "css": true, "scss": true, "less": true, "xml": true, "svg": true,
	"json": true, "yaml": true, "toml": true, "ini": true,
}

// isTyped reports whether a name is one that people type a part of.
func isTyped(name string) bool { return len(name) >= 6 && !strings.ContainsFunc(name, notInName) }

func chars(set map[string]bool) (list []util.Chars) {
	var sorted []string
	for s := range set {
		sorted = append(sorted, s)
	}
	slices.Sort(sorted)
	for _, s := range sorted {
		list = append(list, util.ToChars([]byte(s)))
	}
	return list
}

// search returns the rank of a definition in our answer, 0: none, and what comes before it.
func (c *corpus) search(
	ctx context.Context, pattern string, d definition, qualified bool,
) (rank int, before []string, err error) {
	vector, err := c.model.EmbedQuery(ctx, pattern)
	if err != nil {
		return 0, nil, err
	}
	q := search.Query{Text: pattern, Vector: index.NewProbe(vector), Limit: 2 * deepest, Weights: search.DefaultWeights()}
	found, err := search.Rank(ctx, c.snapshot, c.snapshot.Everywhere(), q)
	if err != nil {
		return 0, nil, err
	}
	for _, r := range found.Ranked {
		name, container, ok := found.Definition(r)
		if !ok {
			of := c.snapshot.Chunk(r.ID)
			name, container = of.Symbol, of.Container
		}
		if name == d.name && (!qualified || container == d.container) {
			return len(before) + 1, before, nil
		}
		if qualified {
			name = definition{container, name}.String()
		}
		if !slices.Contains(before, name) {
			before = append(before, name)
		}
	}
	return 0, before, nil
}

// fuzzy returns the rank of a definition in fzf's, 0: none. Of equal scores the shorter line is
// first, then the earlier one, which is its default.
func (c *corpus) fuzzy(pattern string, d definition, qualified bool) int {
	lines, want := c.names, d.name
	if qualified {
		lines, want = c.full, d.String()
	}
	type scored struct{ score, length, at int }
	var found []scored
	target := -1
	smart := pattern != strings.ToLower(pattern) // its default: capitals only where there are some
	for i := range lines {
		r, _ := algo.FuzzyMatchV2(smart, false, true, &lines[i], []rune(pattern), false, c.slab)
		if r.Start < 0 {
			continue
		}
		if lines[i].ToString() == want {
			target = len(found)
		}
		found = append(found, scored{r.Score, lines[i].Length(), i})
	}
	if target < 0 {
		return 0
	}
	it, rank := found[target], 1
	for _, o := range found {
		if cmp.Or(cmp.Compare(it.score, o.score), cmp.Compare(o.length, it.length), cmp.Compare(o.at, it.at)) < 0 {
			rank++
		}
	}
	return rank
}
