// Quality measures how well questions find the files that answer them: NDCG@10, per repository, language,
// category and overall.
//
//	go run ./bench/quality -repos FILE -tasks FILE -checkouts DIR [-off SIGNAL | -only SIGNAL] [-misses]
//
// FILE of -repos is a table (tab-separated, with a heading) of repo, language, github, revision and root; that of
// -tasks one of repo, category, query and targets, joined by ';'. DIR holds a checkout of each repository under
// its name in the table; one that is not there is left out, and said so. Only root is indexed.
//
// The first ten files count, each once, in the order of their best hit. A target's rank is that of the first file
// whose path equals it or ends in "/" and it; the gain is 1 each, and the ideal has min(10, targets) of them. A
// repository's figure is the mean over its questions, the others are means over repositories. The interval is
// that of 95 % of 10,000 draws of as many repositories with replacement.
//
// -off sets the weight of one signal to nothing, -only leaves just one; search.Signals lists them.
package main

import (
	"bufio"
	"cmp"
	"context"
	"flag"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
	"github.com/semantic-ls/semantic-ls/vectors/search"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

func main() {
	repos := flag.String("repos", "", "table of repositories")
	questions := flag.String("tasks", "", "table of questions")
	checkouts := flag.String("checkouts", "", "directory with a checkout of each repository")
	off := flag.String("off", "", "a signal to leave out")
	only := flag.String("only", "", "the signal to leave in")
	misses := flag.Bool("misses", false, "list the questions whose first file is none of the targets")
	flag.Parse()
	err := func() error {
		weights, err := weigh(*off, *only)
		if err != nil {
			return err
		}
		b, err := read(*repos, *questions, *checkouts)
		if err != nil {
			return err
		}
		if err := b.run(context.Background(), weights); err != nil {
			return err
		}
		b.print(*misses)
		return nil
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, "quality:", err)
		os.Exit(1)
	}
}

// weigh returns the ranking's weights without the one that is off, or with only one.
func weigh(off, only string) (search.Weights, error) {
	w := search.DefaultWeights()
	var names []string
	for _, s := range search.Signals() {
		names = append(names, s.Name)
		if s.Name == off || only != "" && s.Name != only {
			*s.Weight(&w) = 0
		}
	}
	for _, name := range []string{off, only} {
		if name != "" && !slices.Contains(names, name) {
			return w, fmt.Errorf("no signal %q: there are %s", name, strings.Join(slices.Sorted(slices.Values(names)), ", "))
		}
	}
	return w, nil
}

// repository is a row of the first table, and task one of the second.
type (
	repository struct {
		name, language, root string
		dir                  string // of the checkout
		tasks                []task
	}
	task struct {
		category, query string
		targets         []string
		found           []string // paths, best first, each once
		files, chunks   float64  // NDCG@10 of the files, and of the hits as they came
	}
	benchmark struct{ repositories []*repository }
)

func read(repos, questions, checkouts string) (*benchmark, error) {
	b := &benchmark{}
	byName := map[string]*repository{}
	rows, err := table(repos, 5)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		r := &repository{name: row[0], language: row[1], root: row[4], dir: filepath.Join(checkouts, row[0])}
		if _, err := os.Stat(filepath.Join(r.dir, r.root)); err != nil {
			fmt.Fprintf(os.Stderr, "quality: left out: %v\n", err)
			continue
		}
		byName[r.name] = r
		b.repositories = append(b.repositories, r)
	}
	if rows, err = table(questions, 4); err != nil {
		return nil, err
	}
	for _, row := range rows {
		if r := byName[row[0]]; r != nil {
			r.tasks = append(r.tasks, task{category: row[1], query: row[2], targets: strings.Split(row[3], ";")})
		}
	}
	b.repositories = slices.DeleteFunc(b.repositories, func(r *repository) bool { return len(r.tasks) == 0 })
	if len(b.repositories) == 0 {
		return nil, fmt.Errorf("no repository of %s has a checkout in %s and a question in %s", repos, checkouts, questions)
	}
	return b, nil
}

// table reads the rows below the heading of a file, of so many fields each.
func table(path string, fields int) ([][]string, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var rows [][]string
	lines := bufio.NewScanner(file)
	for n := 1; lines.Scan(); n++ {
		row := strings.Split(lines.Text(), "\t")
		if n == 1 || lines.Text() == "" {
			continue
		}
		if len(row) < fields {
			return nil, fmt.Errorf("%s:%d: %d fields, want %d", path, n, len(row), fields)
		}
		rows = append(rows, row)
	}
	return rows, lines.Err()
}

func (b *benchmark) run(ctx context.Context, weights search.Weights) error {
	for _, r := range b.repositories {
		if err := r.run(ctx, weights); err != nil {
			return fmt.Errorf("%s: %w", r.name, err)
		}
	}
	return nil
}

// depth is how many hits are asked for, so that ten files are among them.
const depth = 200

func (r *repository) run(ctx context.Context, weights search.Weights) error {
	root, err := filepath.Abs(filepath.Join(r.dir, r.root))
	if err != nil {
		return err
	}
	cores := runtime.GOMAXPROCS(0)
	e := indexing.New(indexing.Config{Embedder: static.New(), Limiter: tasks.NewLimiter(cores, cores), Weights: weights})
	if err := e.Open(ctx, root); err != nil {
		return err
	}
	defer e.Close(root)
	if err := e.Refresh(ctx, root, nil); err != nil {
		return err
	}
	for i := range r.tasks {
		t := &r.tasks[i]
		answer, err := e.Search(ctx, workspace.Documents{}, indexing.Query{Text: t.query, Limit: depth})
		if err != nil {
			return err
		}
		var hits []string
		for _, h := range answer.Hits {
			rel, err := filepath.Rel(r.dir, h.Path)
			if err != nil {
				return err
			}
			path := filepath.ToSlash(rel)
			if hits = append(hits, path); !slices.Contains(t.found, path) {
				t.found = append(t.found, path)
			}
		}
		t.files, t.chunks = ndcg(t.found, t.targets), ndcg(hits, t.targets)
	}
	return nil
}

// top is how many results count.
const top = 10

// ndcg is the normalised discounted cumulative gain of the first ten results.
func ndcg(results, targets []string) float64 {
	results = results[:min(top, len(results))]
	var gain, ideal float64
	for _, target := range targets {
		at := slices.IndexFunc(results, func(path string) bool { return path == target || strings.HasSuffix(path, "/"+target) })
		if at >= 0 {
			gain += 1 / math.Log2(float64(at)+2)
		}
	}
	for i := range min(top, len(targets)) {
		ideal += 1 / math.Log2(float64(i)+2)
	}
	return gain / ideal
}

func (b *benchmark) print(misses bool) {
	fmt.Printf("%-20s %-11s %4s  %6s\n", "repository", "language", "n", "NDCG@10")
	byLanguage, byCategory := map[string][]float64{}, map[string][]float64{}
	var all, raw []float64
	for _, r := range b.repositories {
		categories := map[string][]float64{}
		var files, chunks []float64
		for _, t := range r.tasks {
			files, chunks = append(files, t.files), append(chunks, t.chunks)
			categories[t.category] = append(categories[t.category], t.files)
		}
		for name, list := range categories {
			byCategory[name] = append(byCategory[name], mean(list))
		}
		fmt.Printf("%-20s %-11s %4d  %.3f\n", r.name, r.language, len(files), mean(files))
		byLanguage[r.language] = append(byLanguage[r.language], mean(files))
		all, raw = append(all, mean(files)), append(raw, mean(chunks))
	}
	for _, group := range []map[string][]float64{byLanguage, byCategory} {
		fmt.Println()
		for _, name := range slices.Sorted(maps.Keys(group)) {
			fmt.Printf("%-32s %4d  %.3f\n", name, len(group[name]), mean(group[name]))
		}
	}
	low, high := interval(all)
	fmt.Printf("\n%-32s %4d  %.4f  (%.3f to %.3f)\n", "files, each once", len(all), mean(all), low, high)
	fmt.Printf("%-32s %4d  %.4f\n", "hits as they come", len(raw), mean(raw))
	if misses {
		b.printMisses()
	}
}

func (b *benchmark) printMisses() {
	for _, r := range b.repositories {
		for _, t := range r.tasks {
			if ndcg(t.found[:min(1, len(t.found))], t.targets) > 0 {
				continue
			}
			fmt.Printf("\n%s (%s): %s\n  want %s\n  got  %s\n", r.name, t.category, t.query,
				strings.Join(t.targets, " "), strings.Join(t.found[:min(5, len(t.found))], " "))
		}
	}
}

func mean(list []float64) (m float64) {
	for _, x := range list {
		m += x / float64(len(list))
	}
	return m
}

// interval is where 95 of 100 means of as many draws from list lie.
func interval(list []float64) (low, high float64) {
	const draws = 10_000
	random := rand.New(rand.NewPCG(1, 2)) // the same each time
	means := make([]float64, draws)
	for i := range means {
		for range list {
			means[i] += list[random.IntN(len(list))] / float64(len(list))
		}
	}
	slices.SortFunc(means, cmp.Compare)
	return means[draws*25/1000], means[draws*975/1000]
}
