// Statistics counts real code the way it is indexed, for the figures that vectors/index/synthetic imitates:
//
//	go run ./bench/statistics [-words FILE] DIR...
//	go run ./bench/statistics -synthetic CHUNKS
//
// It walks, reads and cuts each DIR as the product does, and prints: the quantiles of what files and chunks hold, of
// which kinds the identifiers are, how many of them stand in the same chunk, file or directory already, how many
// different ones there are after so many, how many chunks have the commonest terms, and how near the nearest of a sample
// of chunks are to the benchmark's queries. With -words it writes the words of the thesaurus, of the queries, and the
// commonest others, each with how often it stands alone and as a part of an identifier, in a million of either. With
// -synthetic it counts what that package makes, to compare.
package main

import (
	"bufio"
	"cmp"
	"context"
	"flag"
	"fmt"
	"hash/maphash"
	"maps"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/vectors/index/synthetic"
	"github.com/semantic-ls/semantic-ls/vectors/words"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/chunk"
)

func main() {
	list := flag.String("words", "", "write the words and their frequencies to `FILE`")
	made := flag.Int("synthetic", 0, "count a synthetic collection of so many `CHUNKS` instead")
	flag.Parse()
	if (flag.NArg() == 0) == (*made == 0) {
		fmt.Fprintln(os.Stderr, "usage: go run ./bench/statistics [-words FILE] DIR... | -synthetic CHUNKS")
		os.Exit(2)
	}
	if err := run(context.Background(), flag.Args(), *list, *made); err != nil {
		fmt.Fprintln(os.Stderr, "statistics:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, dirs []string, list string, made int) error {
	c := newCount()
	if made > 0 {
		c.synthetic(made)
	}
	for _, dir := range dirs {
		if err := c.tree(ctx, dir); err != nil {
			return err
		}
	}
	c.print()
	c.printNearest()
	if list == "" {
		return nil
	}
	return c.writeWords(list)
}

// maxFileSize is what the engine skips above by default.
const maxFileSize = 1 << 20

// kind of an identifier, by how many words it is.
type kind int

const (
	letter   kind = iota // none: a single letter
	number               // one, of digits
	simple               // one
	compound             // several, and the whole
	kinds
)

var kindNames = [kinds]string{"letter", "number", "simple", "compound"}

// place says where an identifier stood before.
type place int

const (
	inChunk place = iota
	inFile
	inDirectory
	elsewhere
	nowhere
	places
)

var placeNames = [places]string{"chunk", "file", "directory", "elsewhere", "new"}

type count struct {
	seed maphash.Seed

	files, bytes, runs                            int
	chunkBytes, chunkRuns, chunkTerms, chunkWords []int
	fileChunks, directoryFiles, depths            []int
	named, contained, symbols                     int
	byKind                                        [kinds]int
	bytesOf                                       [kinds]int
	placesOf                                      [kinds][places]int
	parts                                         [8]int
	stems                                         map[string]*stem
	seen                                          [kinds]map[uint64]bool // everywhere
	fresh                                         [kinds]map[uint64]int  // how many directories have it
	curve                                         [kinds]map[int]int     // fresh ones so far -> different ones
	draws                                         [kinds]int
	chunksOf                                      map[string]int // by term

	model  *static.Model
	random *rand.Rand
	rows   []index.Row // of a sample of the chunks
}

// stem is a word of the index, and the texts that it is made of.
type stem struct {
	alone, part int
	texts       map[string]int
}

func newCount() *count {
	c := &count{
		seed: maphash.MakeSeed(), stems: map[string]*stem{}, chunksOf: map[string]int{},
		model: static.New(), random: rand.New(rand.NewPCG(1, 1)),
	}
	for k := range kinds {
		c.seen[k], c.fresh[k], c.curve[k] = map[uint64]bool{}, map[uint64]int{}, map[int]int{}
	}
	return c
}

func (c *count) tree(ctx context.Context, dir string) error {
	root, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	found, err := workspace.Discover(ctx, root, workspace.Options{MaxFileSize: maxFileSize})
	if err != nil {
		return err
	}
	slices.SortFunc(found.Entries, func(a, b workspace.Entry) int {
		return cmp.Or(strings.Compare(path.Dir(a.Path), path.Dir(b.Path)), strings.Compare(a.Path, b.Path))
	})
	w := walk{count: c, under: "\x00"}
	for _, e := range found.Entries {
		text, _, skip, err := workspace.Read(root, e.Path, maxFileSize)
		if err != nil || skip.Skipped() {
			continue
		}
		outline := chunk.Cut(e.Path, text)
		w.file(e.Path, text, outline.Chunks, len(outline.Symbols), func(i int) index.Row {
			piece := outline.Chunks[i]
			vector := make([]float32, static.Dimensions)
			dir, base := path.Split(e.Path)
			about := path.Base(dir) + " " + strings.TrimSuffix(base, path.Ext(base)) + " " + piece.Container
			c.model.EmbedInto(vector, about+"\n"+text[piece.Start:piece.End])
			return index.Quantise(vector)
		})
	}
	w.end()
	return nil
}

// synthetic counts a collection that package synthetic makes.
func (c *count) synthetic(chunks int) {
	w := walk{count: c, under: "\x00"}
	_ = synthetic.Documents(1, chunks, func(d index.Document) error {
		w.file(d.File.Path, d.Text, d.Chunks, len(d.Symbols), func(i int) index.Row { return d.Rows[i] })
		return nil
	})
	w.end()
}

// walk counts files, one directory after the other.
type walk struct {
	*count
	under string // the directory
	files int
	inDir [kinds]map[uint64]bool
}

func (w *walk) end() {
	if w.files > 0 {
		w.directoryFiles = append(w.directoryFiles, w.files)
	}
}

func (w *walk) file(name, text string, chunks []chunk.Chunk, symbols int, row func(i int) index.Row) {
	if d := path.Dir(name); d != w.under {
		w.end()
		w.under, w.files = d, 0
		for k := range kinds {
			w.inDir[k] = map[uint64]bool{}
		}
	}
	w.files++
	w.depths = append(w.depths, strings.Count(name, "/"))
	w.count.file(text, chunks, symbols, row, &w.inDir)
}

func (c *count) file(text string, chunks []chunk.Chunk, symbols int, row func(i int) index.Row, inDir *[kinds]map[uint64]bool) {
	c.files++
	c.bytes += len(text)
	c.symbols += symbols
	var inFile [kinds]map[uint64]bool
	for k := range kinds {
		inFile[k] = map[uint64]bool{}
	}
	n := 0
	for i, piece := range chunks {
		if piece.Skip {
			continue
		}
		n++
		if piece.Symbol != "" {
			c.named++
		}
		if piece.Container != "" {
			c.contained++
		}
		c.chunk(text[piece.Start:piece.End], inDir, &inFile)
		// A sample in which each chunk is as likely as any other.
		if at := c.random.IntN(len(c.chunkBytes)); len(c.rows) < sampled {
			c.rows = append(c.rows, row(i))
		} else if at < sampled {
			c.rows[at] = row(i)
		}
	}
	c.fileChunks = append(c.fileChunks, n)
}

func (c *count) chunk(text string, inDir, inFile *[kinds]map[uint64]bool) {
	var inChunk [kinds]map[uint64]bool
	for k := range kinds {
		inChunk[k] = map[uint64]bool{}
	}
	terms := map[string]bool{}
	said, runs := 0, 0
	words.Runs(text, func(run string) {
		runs++
		list := words.Of(run)
		k := kindOf(list)
		c.byKind[k]++
		c.bytesOf[k] += len(run)
		said += len(list)
		for _, w := range list {
			terms[w] = true
		}
		h := maphash.String(c.seed, strings.ToLower(run))
		c.placesOf[k][c.locate(k, h, &inChunk, inFile, inDir)]++
		switch k {
		case simple:
			c.stem(list[0], run).alone++
		case compound:
			c.parts[min(len(c.parts)-1, len(list)-1)]++
			each(run, func(part string) {
				if p := words.Of(part); len(p) == 1 {
					c.stem(p[0], part).part++
				}
			})
		}
	})
	for t := range terms {
		c.chunksOf[t]++
	}
	c.runs += runs
	c.chunkBytes, c.chunkRuns = append(c.chunkBytes, len(text)), append(c.chunkRuns, runs)
	c.chunkTerms, c.chunkWords = append(c.chunkTerms, len(terms)), append(c.chunkWords, said)
}

func kindOf(list []string) kind {
	switch {
	case len(list) == 0:
		return letter
	case len(list) > 1:
		return compound
	case list[0][0] >= '0' && list[0][0] <= '9':
		return number
	}
	return simple
}

// locate says where an identifier stood before, and puts it there.
func (c *count) locate(k kind, h uint64, chunk, file, dir *[kinds]map[uint64]bool) place {
	at := nowhere
	switch {
	case chunk[k][h]:
		return inChunk
	case file[k][h]:
		at = inFile
	case dir[k][h]:
		at = inDirectory
	case c.seen[k][h]:
		at = elsewhere
	}
	chunk[k][h], file[k][h], dir[k][h], c.seen[k][h] = true, true, true, true
	if at == elsewhere || at == nowhere {
		c.draws[k]++
		c.fresh[k][h]++
		if n := c.draws[k]; n&(n-1) == 0 {
			c.curve[k][n] = len(c.fresh[k])
		}
	}
	return at
}

func (c *count) stem(word, text string) *stem {
	s := c.stems[word]
	if s == nil {
		s = &stem{texts: map[string]int{}}
		c.stems[word] = s
	}
	s.texts[strings.ToLower(text)]++
	return s
}

// each calls yield with the parts of an identifier, as they are written.
func each(run string, yield func(part string)) {
	class := func(b byte) int {
		switch {
		case b >= 'a' && b <= 'z':
			return 0
		case b >= 'A' && b <= 'Z':
			return 1
		case b >= '0' && b <= '9':
			return 2
		}
		return 3
	}
	from := 0
	for i := 1; i < len(run); i++ {
		a, b := class(run[i-1]), class(run[i])
		switch {
		case a == b, a == 1 && b == 0 && (i-1 == from || class(run[i-2]) != 1):
		case a == 1 && b == 0:
			yield(run[from : i-1])
			from = i - 1
		default:
			yield(run[from:i])
			from = i
		}
	}
	yield(run[from:])
}

func (c *count) print() {
	chunks := len(c.chunkBytes)
	fmt.Printf("%d files, %.1f MB, %d chunks, %d directories, %d identifiers\n",
		c.files, float64(c.bytes)/1e6, chunks, len(c.directoryFiles), c.runs)
	fmt.Printf("%.3f of the chunks have a symbol, %.3f a container; %.2f symbols a chunk\n",
		share(c.named, chunks), share(c.contained, chunks), share(c.symbols, chunks))
	for _, q := range []struct {
		what string
		list []int
	}{
		{"bytes of a chunk", c.chunkBytes},
		{"identifiers of a chunk", c.chunkRuns},
		{"words of a chunk", c.chunkWords},
		{"different terms of a chunk", c.chunkTerms},
		{"chunks of a file", c.fileChunks},
		{"files of a directory", c.directoryFiles},
		{"directories above a file", c.depths},
	} {
		fmt.Printf("%-28s", q.what)
		slices.Sort(q.list)
		for _, at := range quantiles {
			fmt.Printf(" %d", q.list[min(len(q.list)-1, int(at*float64(len(q.list))))])
		}
		sum := 0
		for _, n := range q.list {
			sum += n
		}
		fmt.Printf("  mean %.1f\n", share(sum, len(q.list)))
	}
	for k := range kinds {
		fmt.Printf("%-9s %.4f of identifiers, %.1f bytes; stood before in",
			kindNames[k], share(c.byKind[k], c.runs), share(c.bytesOf[k], c.byKind[k]))
		for p := range places {
			fmt.Printf(" %s %.4f", placeNames[p], share(c.placesOf[k][p], c.byKind[k]))
		}
		fmt.Printf("\n          new in a directory, of them different:")
		for _, n := range slices.Sorted(maps.Keys(c.curve[k])) {
			if n >= 1<<8 {
				fmt.Printf(" %d:%d", n, c.curve[k][n])
			}
		}
		fmt.Printf("\n          share of the most frequent of them, rank:")
		of := slices.SortedFunc(maps.Values(c.fresh[k]), func(a, b int) int { return b - a })
		for r := 1; r <= len(of); r *= 4 {
			fmt.Printf(" %d:%.2e", r, share(of[r-1], c.draws[k]))
		}
		fmt.Println()
	}
	fmt.Print("parts of a compound")
	for i, n := range c.parts {
		fmt.Printf(" %d:%.4f", i, share(n, c.byKind[compound]))
	}
	postings := 0
	for _, n := range c.chunksOf {
		postings += n
	}
	fmt.Printf("\n%d terms, %.1f postings a chunk; share of chunks by rank of the term:", len(c.chunksOf), share(postings, chunks))
	of := slices.SortedFunc(maps.Values(c.chunksOf), func(a, b int) int { return b - a })
	for r := 1; r <= len(of); r *= 4 {
		fmt.Printf(" %d:%.2e", r, share(of[r-1], chunks))
	}
	fmt.Println()
	for _, what := range []struct {
		name string
		of   func(*stem) int
	}{{"alone", func(s *stem) int { return s.alone }}, {"part", func(s *stem) int { return s.part }}} {
		all, list := 0, []int{}
		for _, s := range c.stems {
			if n := what.of(s); n > 0 {
				all, list = all+n, append(list, n)
			}
		}
		slices.SortFunc(list, func(a, b int) int { return b - a })
		fmt.Printf("%d stems, %s; share by rank:", len(list), what.name)
		for r := 1; r <= len(list); r *= 4 {
			fmt.Printf(" %d:%.2e", r, share(list[r-1], all))
		}
		sum, most := 0, 0
		for i, n := range list {
			if sum += n; i+1 == 1000 || i+1 == 4000 {
				most = sum
				fmt.Printf(" (first %d: %.3f)", i+1, share(most, all))
			}
		}
		fmt.Println()
	}
}

// sampled is how many rows are compared.
const sampled = 50_000

// printNearest prints the mean of the cosines of the first, tenth ... chunk to the queries.
func (c *count) printNearest() {
	ranks := []int{1, 10, 50, 400, 1000, len(c.rows) / 20, len(c.rows) / 2}
	sums := make([]float64, len(ranks))
	scores := make([]float32, len(c.rows))
	vector := make([]float32, static.Dimensions)
	queries := synthetic.Queries()
	for _, q := range queries {
		c.model.EmbedInto(vector, q)
		asked := index.Quantise(vector)
		for i, row := range c.rows {
			scores[i] = -index.Dot(asked, row)
		}
		slices.Sort(scores)
		for i, rank := range ranks {
			sums[i] -= float64(scores[max(0, min(rank, len(scores))-1)])
		}
	}
	fmt.Printf("cosine to a query by rank among %d chunks:", len(c.rows))
	for i, rank := range ranks {
		fmt.Printf(" %d:%.3f", rank, sums[i]/float64(len(queries)))
	}
	fmt.Println()
}

// quantiles are those that are printed.
var quantiles = []float64{0, .01, .05, .1, .25, .5, .75, .9, .95, .99, 1}

func share(n, all int) float64 { return float64(n) / float64(max(1, all)) }

// commonest is how many words are listed besides those of queries and the thesaurus.
const commonest = 1000

func (c *count) writeWords(file string) error {
	var alone, part int
	for _, s := range c.stems {
		alone, part = alone+s.alone, part+s.part
	}
	listed := map[string]bool{}
	for line := range strings.Lines(words.Thesaurus) {
		if line[0] != '#' {
			for _, w := range words.Of(line) {
				listed[w] = true
			}
		}
	}
	for _, q := range synthetic.Queries() {
		for _, w := range words.Of(q) {
			listed[w] = true
		}
	}
	all := slices.SortedFunc(maps.Keys(c.stems), func(a, b string) int {
		x, y := c.stems[a], c.stems[b]
		return cmp.Or(cmp.Compare(y.alone+y.part, x.alone+x.part), cmp.Compare(a, b))
	})
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	for i, word := range all {
		s := c.stems[word]
		text := slices.MaxFunc(slices.Sorted(maps.Keys(s.texts)), func(a, b string) int { return cmp.Compare(s.texts[a], s.texts[b]) })
		if of := words.Of(text); len(of) != 1 || of[0] != word || i >= commonest && !listed[word] {
			continue
		}
		fmt.Fprintf(w, "%s\t%.4g\t%.4g\n", text, 1e6*share(s.alone, alone), 1e6*share(s.part, part))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}
