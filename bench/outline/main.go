// Outline measures the outlines of workspace/chunk against parsers that nobody here wrote, on repositories that nobody
// here looked at while writing it:
//
//	go run ./bench/outline -corpus DIR [-repositories TSV] [-language L,L...] [-list] [-damage] [-speed] [-o FILE]
//
// bench/outline/corpus.tsv lists the repositories, with their revisions; heldout.tsv, heldout2.tsv and, for languages of data and
// prose, heldout3.tsv beside it are further lists, for -repositories. Each has to be in DIR as OWNER+NAME:
//
//	tail -n +2 bench/outline/corpus.tsv | while read -r language repository revision licence; do
//		dir=DIR/${repository/\//+}
//		git clone -q "https://github.com/$repository" "$dir" && git -C "$dir" checkout -q "$revision"
//	done
//
// Every file of the language counts, as chunk.Language tells it. The oracles are go/parser, protocompile (a module of its own in
// bench/outline/oracle/proto), Python's ast (python3), the TypeScript compiler, the grammars of tree-sitter, PostgreSQL's parser,
// PostCSS, parse5 and commonmark.js (node; `npm ci --prefix bench/outline/oracle` installs them), and universal-ctags (C, C++,
// Erlang, SQL that is not PostgreSQL's). For C and C++ recall counts what both tree-sitter and ctags name, precision what either
// does. Left out are the lines that an oracle did not understand (tree-sitter's ERROR nodes, files with syntax errors) or
// does not look into (bodies of Rust's macros, scripts of pages); the column "unseen" says how many these are.
//
//	recall     share of the functions, methods, types, modules and function-like macros that the outline names, wherever they
//	           stand: in files and types, and inside functions and object literals too, as tags queries name them
//	inner      the part of recall that is inside functions and object literals
//	values     the same for constants and variables of files and types
//	precision  share of the outline's symbols that the oracle names too, as whatever
//	end line   share of the symbols that both name which end on the same line; kind and container likewise
//
// Both must agree on file, name and the name's line. A file on which the scanner panics or does not come back counts as one
// without any symbol. -list prints the disagreements, -damage also scans every file with one bracket or quote lost or one too
// many, and -speed times chunk.Outline and chunk.Cut on one core beside `rg -j1 -c .` and ctags over the same files.
package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/semantic-ls/semantic-ls/workspace/chunk"
)

type options struct {
	corpus  string
	names   string // of the repositories: a file
	here    string // bench/outline
	only    []string
	list    bool
	damage  bool
	speed   bool
	seed    uint64
	output  string
	command string
}

func main() {
	var o options
	only := ""
	flag.StringVar(&o.corpus, "corpus", "", "folder with the repositories, each as OWNER+NAME")
	flag.StringVar(&o.names, "repositories", "", "list of the repositories, a file (default: corpus.tsv in -bench)")
	flag.StringVar(&only, "language", "", "only these languages, separated by commas")
	flag.StringVar(&o.here, "bench", "bench/outline", "folder of corpus.tsv and the oracles")
	flag.BoolVar(&o.list, "list", false, "print every disagreement")
	flag.BoolVar(&o.damage, "damage", false, "also scan every file with one bracket or quote lost or one too many")
	flag.Uint64Var(&o.seed, "seed", 1, "of the damages")
	flag.BoolVar(&o.speed, "speed", false, "also time chunk.Cut, rg and ctags on one core")
	flag.StringVar(&o.output, "o", "", "write the table to this file, as Markdown")
	flag.Parse()
	if flag.NArg() > 0 || o.corpus == "" {
		fmt.Fprintln(os.Stderr, "usage: go run ./bench/outline -corpus DIR "+
			"[-repositories TSV] [-language L,L...] [-list] [-damage] [-speed] [-o FILE]")
		os.Exit(2)
	}
	if only != "" {
		o.only = strings.Split(only, ",")
	}
	o.command = command()
	if err := run(context.Background(), o, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "outline:", err)
		os.Exit(1)
	}
}

// command is the call as a reader would repeat it, whatever folder the corpus is in.
func command() string {
	words := []string{"go run ./bench/outline -corpus DIR"}
	flag.Visit(func(f *flag.Flag) {
		switch {
		case f.Name == "corpus" || f.Name == "bench":
		case f.Value.String() == "true":
			words = append(words, "-"+f.Name)
		default:
			words = append(words, "-"+f.Name+" "+f.Value.String())
		}
	})
	return strings.Join(words, " ")
}

// repository is a row of corpus.tsv.
type repository struct{ language, name, revision, licence string }

func (r repository) folder() string { return strings.Replace(r.name, "/", "+", 1) }

func run(ctx context.Context, o options, out io.Writer) error {
	list := cmp.Or(o.names, filepath.Join(o.here, "corpus.tsv"))
	repositories, err := readCorpus(list)
	if err != nil {
		return err
	}
	known := []string{}
	for _, r := range repositories {
		if !slices.Contains(known, r.language) {
			known = append(known, r.language)
		}
	}
	for _, l := range o.only {
		if !slices.Contains(known, l) {
			return fmt.Errorf("%s has no repository of language %q; it has %s", list, l, strings.Join(known, ", "))
		}
	}
	var rows []row
	for _, language := range known {
		if len(o.only) > 0 && !slices.Contains(o.only, language) {
			continue
		}
		r, err := measure(ctx, o, language, repositories, out)
		if err != nil {
			return fmt.Errorf("%s: %w", language, err)
		}
		if len(rows) == 0 {
			fmt.Fprint(out, heading(o))
		}
		fmt.Fprintln(out, r.line(o))
		rows = append(rows, r)
	}
	if o.output == "" {
		return nil
	}
	return os.WriteFile(o.output, []byte(document(o, rows)), 0o644)
}

func readCorpus(file string) (list []repository, err error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("%w (call it from the root of the repository, or name the folder with -bench)", err)
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.Comma = '\t'
	r.FieldsPerRecord = 4
	lines, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	for _, l := range lines[1:] {
		list = append(list, repository{l[0], l[1], l[2], l[3]})
	}
	return list, nil
}

// row is what is found out about one language.
type row struct {
	score
	language     string
	versions     []string
	repositories []repository
	speeds       speeds
}

func measure(ctx context.Context, o options, language string, repositories []repository, out io.Writer) (row, error) {
	r := row{language: language}
	var files []source
	for _, repo := range repositories {
		if repo.language != language {
			continue
		}
		r.repositories = append(r.repositories, repo)
		found, err := readSources(o.corpus, repo.folder(), language)
		if err != nil {
			return r, err
		}
		if len(found) == 0 {
			return r, fmt.Errorf("no file of this language in %s: `go doc ./bench/outline` says how to get the repositories",
				filepath.Join(o.corpus, repo.folder()))
		}
		files = append(files, found...)
	}
	oracles, err := ask(ctx, o, language, files)
	if err != nil {
		return r, err
	}
	for _, a := range oracles {
		r.versions = append(r.versions, a.version)
	}
	for _, f := range files {
		ours, ok := outline(f)
		expected := expect(f.path, oracles)
		expected.score(&r.score, ours, f)
		if !ok {
			r.failed++
			r.note(disagreement{path: f.path, line: 1, what: "panicked or did not come back"})
		}
		if o.damage {
			broken := source{path: f.path, text: damage(f.text, f.path, o.seed)}
			damaged, _ := outline(broken)
			expected.scoreDamaged(&r.score, ours, damaged, f, broken)
		}
	}
	if o.speed {
		if r.speeds, err = clock(ctx, o.corpus, files); err != nil {
			return r, err
		}
	}
	if o.list {
		slices.SortStableFunc(r.disagreements, func(a, b disagreement) int {
			return cmp.Or(strings.Compare(a.path, b.path), a.line-b.line)
		})
		for _, d := range r.disagreements {
			fmt.Fprintln(out, d)
		}
	}
	return r, nil
}

// source is a file of the corpus, its path relative to the corpus with slashes.
type source struct{ path, text string }

func readSources(corpus, folder, language string) (list []source, err error) {
	root := filepath.Join(corpus, folder)
	if _, err := os.Stat(root); err != nil {
		return nil, fmt.Errorf("%w: `go doc ./bench/outline` says how to get the repositories", err)
	}
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && d.Name() == ".git" {
			return fs.SkipDir
		}
		if !d.Type().IsRegular() {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if bytes.IndexByte(text[:min(len(text), 8000)], 0) >= 0 { // a program, or an archive behind a line that runs it
			return nil
		}
		if chunk.Language(path, string(text)) != language {
			return nil
		}
		relative, err := filepath.Rel(corpus, path)
		if err != nil {
			return err
		}
		if relative = filepath.ToSlash(relative); strings.ContainsAny(relative, "\n\r") {
			return errors.New("a path with a line end in the corpus")
		}
		list = append(list, source{relative, string(text)})
		return nil
	})
	return list, err
}

// patience is how long a scanner may take over one file; it reads a hundred megabytes in that time.
const patience = 10 * time.Second

// outline is what the scanner names in a file. A scanner that panics or does not come back names nothing, and ok is false.
func outline(f source) (list []symbol, ok bool) {
	type result struct {
		file chunk.File
		ok   bool
	}
	done := make(chan result, 1)
	go func() {
		var r result
		defer func() {
			if recover() != nil {
				r = result{}
			}
			done <- r
		}()
		r.file = chunk.Cut(f.path, f.text)
		r.ok = r.file.Fault == ""
	}()
	select {
	case r := <-done:
		if !r.ok {
			return nil, false
		}
		return ours(f, r.file), true
	case <-time.After(patience):
		return nil, false
	}
}

// ours are the symbols of an outline, in the oracles' terms.
func ours(f source, file chunk.File) []symbol {
	lines := newLines(f.text)
	list := make([]symbol, 0, len(file.Symbols))
	for _, s := range file.Symbols {
		last := s.End
		for last > s.NameEnd && (f.text[last-1] == '\n' || f.text[last-1] == '\r') {
			last--
		}
		list = append(list, symbol{
			Path: f.path, Name: s.Name, Kind: s.Kind.String(), Container: s.Container,
			NameLine: lines.at(s.NameStart), StartLine: lines.at(s.Start), EndLine: lines.at(max(last-1, s.NameStart)),
		})
	}
	return list
}

// lines are the offsets at which the lines of a text start.
type lines []int

func newLines(text string) lines {
	starts := lines{0}
	for i := range len(text) {
		if text[i] == '\n' {
			starts = append(starts, i+1)
		}
	}
	return starts
}

// at is the one-based line of an offset.
func (l lines) at(offset int) int {
	i, found := slices.BinarySearch(l, offset)
	if found {
		return i + 1
	}
	return i
}
