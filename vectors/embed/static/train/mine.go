package main

import (
	"cmp"
	"context"
	"path"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/chunk"
)

const (
	// maxFiles bounds the files of one repository, so that no project is most of the corpus.
	maxFiles = 6000
	// maxPairs bounds its pairs.
	maxPairs = 24_000
	// maxCode is how many bytes of a definition are read: about the largest chunk.
	maxCode = 2500
	// maxSaidWords and maxCodeWords bound the distinct words of a side: a paragraph, a chunk of 60 lines.
	maxSaidWords = 48
	maxCodeWords = 128
	// minSaidWords and minCodeWords are the fewest that say anything.
	minSaidWords = 2
	minCodeWords = 4
)

// mine reads the repositories of a corpus, by several at a time.
func mine(ctx context.Context, o options, corpus []source, exclude map[string]bool, p *progress) (mined, error) {
	lists, err := choose(ctx, o.clones, corpus, exclude, p)
	if err != nil {
		return mined{}, err
	}
	miners := make([]*miner, len(corpus))
	var next, done atomic.Int64
	err = tasks.Run(ctx, func(_ context.Context, g *tasks.Group) error {
		for range o.workers {
			g.Go(func(ctx context.Context) error {
				for {
					i := int(next.Add(1)) - 1
					if i >= len(corpus) {
						return nil
					}
					m := newMiner(uint16(i))
					if err := m.repository(ctx, o, corpus[i], lists[i], p); err != nil {
						return err
					}
					miners[i] = m
					p.done("mined %d of %d repositories: %s, %d pairs", done.Add(1), len(corpus), corpus[i].name, len(m.pairs))
				}
			})
		}
		return nil
	})
	if err != nil {
		return mined{}, err
	}
	all := newMerger(o.copies)
	for i, m := range miners {
		if err := all.add(m.pairs, m.vocabulary); err != nil {
			return mined{}, err
		}
		miners[i] = nil
	}
	if all.copies > 0 {
		p.note("%d pairs left out that an earlier one is equal to", all.copies)
	}
	return mined{all.pairs, all.all.words}, nil
}

// choose lists the files of each repository that are read: code and documentation that somebody there writes, once each.
// A file of several repositories belongs to the first.
func choose(ctx context.Context, clones string, corpus []source, exclude map[string]bool, p *progress) ([][]blob, error) {
	lists := make([][]blob, len(corpus))
	taken := map[string]bool{}
	for i, s := range corpus {
		p.now("listing the files of %d of %d repositories: %s", i+1, len(corpus), s.name)
		files, err := s.files(ctx, clones)
		if err != nil {
			return nil, err
		}
		for _, b := range files {
			if !isRead(b.path) || taken[b.hash] || exclude[b.hash] {
				continue
			}
			taken[b.hash] = true
			lists[i] = append(lists[i], b)
		}
		if len(lists[i]) > maxFiles { // those of the lowest hashes: any, but the same ones each time
			slices.SortFunc(lists[i], func(a, b blob) int { return cmp.Compare(a.hash, b.hash) })
			lists[i] = lists[i][:maxFiles]
			slices.SortFunc(lists[i], func(a, b blob) int { return cmp.Compare(a.path, b.path) })
		}
	}
	return lists, nil
}

func isRead(file string) bool {
	language := chunk.Language(file, "")
	return (isProse(language) || isCode(language)) && !workspace.Foreign(file)
}

func isProse(language string) bool { return language == "markdown" || language == "restructuredtext" }

// isCode reports whether the comments of a language are read. Data, markup and templates say little of what code does.
func isCode(language string) bool {
	switch language {
	case "go", "python", "javascript", "typescript", "java", "c", "cpp", "csharp", "rust", "ruby", "bash", "lua", "php", "kotlin",
		"swift", "scala", "dart", "groovy", "elixir", "erlang", "julia", "objective-c", "perl", "r", "haskell", "ocaml", "clojure",
		"zig", "nim", "crystal", "fsharp", "elm", "purescript", "d", "haxe", "vala", "tcl", "sql", "terraform", "solidity", "nix",
		"racket", "scheme", "lisp", "elisp", "powershell", "fish":
		return true
	}
	return false
}

// miner reads one repository.
type miner struct {
	*vocabulary
	repo  uint16
	pairs []pair
	place int // how many pairs there were, and names that made none

	defined  map[string]int // of a name in small letters: index in codes and 1; -1 where several have it
	codes    [][]count      // of definitions
	naming   []reference    // texts that name definitions, until all are known
	commits  []commit
	awaiting map[string][]changed // lines that commits changed, by file
}

func newMiner(repo uint16) *miner {
	return &miner{vocabulary: newVocabulary(), repo: repo, defined: map[string]int{}}
}

// repository makes the pairs of one.
func (m *miner) repository(ctx context.Context, o options, s source, files []blob, p *progress) error {
	dir := cloneOf(o.clones, s.name)
	if o.commits > 0 {
		if err := m.history(ctx, dir, s.revision, o.commits); ctx.Err() != nil {
			return context.Cause(ctx)
		} else if err != nil {
			// A clone without all of its history, or old blobs: what was read stands.
			p.note("%s: %d commits read, then: %v", s.name, len(m.commits), err)
		}
	}
	if err := contents(ctx, dir, files, func(b blob, text string) { m.file(b.path, text) }); err != nil {
		return err
	}
	m.resolve()
	m.thin()
	return nil
}

// file reads one file.
func (m *miner) file(name, text string) {
	language := chunk.Language(name, text)
	switch {
	case isProse(language):
		m.documentation(text)
		return
	case !isCode(language) || longLines(text):
		return
	}
	f := &file{name: name, text: text, language: language, marks: marksOf(language), File: chunk.Outline(name, text)}
	if index.IsTest(name) {
		m.tests(f)
		return
	}
	m.header(f)
	documented := map[int]bool{} // where doc comments start
	code := make([][]count, len(f.Symbols))
	for i, s := range f.Symbols {
		documented[s.DocStart] = true
		code[i] = m.definition(f, s)
	}
	m.remarks(f, documented)
	m.changes(f, code)
}

// longLines reports whether a text is one that a program writes for programs.
func longLines(text string) bool { return len(text)/(1+strings.Count(text, "\n")) > 200 }

// file is a file of code with its outline.
type file struct {
	chunk.File
	name, text, language string
	marks                marks
}

// where is what stands for a file beside its text, as in an index: the last part of its folder, and its stem.
func (f *file) where() string {
	dir, base := path.Split(f.name)
	return path.Base(dir) + " " + strings.TrimSuffix(base, path.Ext(base))
}

// add takes a pair, unless one side says too little.
func (m *miner) add(k kind, said, code []count) {
	if len(said) < minSaidWords || len(code) < minCodeWords {
		return
	}
	m.place++
	m.pairs = append(m.pairs, pair{said, code, m.repo, k})
}

// thin keeps maxPairs, the same share of each run of neighbours.
func (m *miner) thin() {
	over := len(m.pairs)
	if over <= maxPairs {
		return
	}
	kept := m.pairs[:0]
	for i, p := range m.pairs {
		if i*maxPairs/over != (i+1)*maxPairs/over {
			kept = append(kept, p)
		}
	}
	m.pairs = kept
}
