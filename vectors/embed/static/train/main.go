// Train makes the built-in embedding model: from a list of repositories to the file that package static embeds.
//
//	go run ./vectors/embed/static/train -corpus vectors/embed/static/train/corpus.tsv -clones DIR [-clone] \
//		-out vectors/embed/static/model.bin
//
// from the root of the repository. Clones are git directories named owner+name, owner+name.git, owner+name/repo or
// owner/name; -clone makes those that are missing. -list writes the corpus list of a folder of clones instead.
//
// # What is learned from
//
// Pairs of what people say and the code that they say it of (mine.go): doc comments, remarks inside of definitions, what
// a file says of itself, titles of tests, names, paragraphs of documentation, subjects of commits. Nothing is executed,
// and of a repository only blobs of the named revision (and, for subjects, its history) are read.
//
// Left out are the repositories of the -without tables, which are what the model is measured with, and every file that
// stands in one of them; files that nobody here writes (workspace.Foreign); a file that an earlier repository of the list
// has, and pairs whose words an earlier one has, which is what is left of forks and of copies that were edited.
//
// # What is learned
//
// A row and two gains of each word, so that the sum over what is said is near the sum over its code and far from the
// other code of a batch (learn.go). A word that stands in fewer than three repositories gets no row: it is somebody's
// name, or secret. Of the others the model file has the hashes, not the words.
//
// # The same again
//
// A seed, a corpus, a number of workers and an architecture make the same bytes (on amd64: with AVX2 and FMA, or without).
// Words are numbered in the order of the list whoever reads it first, each worker owns rows, and sums are added in the
// order of the workers. -pairs keeps what was mined for the next training, which is most of the time; it changes nothing.
package main

import (
	"context"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"os/signal"
	"slices"
	"strings"
	"time"

	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "train:", err)
		os.Exit(1)
	}
}

// run is the program: figures go to out, how far it is to stderr.
func run(ctx context.Context, arguments []string, out, stderr io.Writer) error {
	o, err := parse(arguments, stderr)
	if err != nil {
		return err
	}
	p := newProgress(stderr)
	defer p.erase()
	left, err := readWithout(o.without)
	if err != nil {
		return err
	}
	if o.list {
		return list(ctx, o.clones, left, out, p)
	}
	corpus, err := readCorpus(o.corpus, left)
	if err != nil {
		return err
	}
	m, err := minedOf(ctx, o, corpus, left, p)
	if err != nil {
		return err
	}
	summarise(out, m, corpus)
	return train(ctx, o, m, out, p)
}

// minedOf reads the file of pairs, or makes and keeps them where there is none.
func minedOf(ctx context.Context, o options, corpus []source, left without, p *progress) (mined, error) {
	origin := originOf(o, corpus, left)
	if o.pairs != "" {
		m, err := readPairs(o.pairs, origin)
		if !errors.Is(err, fs.ErrNotExist) {
			return m, err
		}
	}
	if o.clones == "" {
		return mined{}, errors.New("-clones says in which folder the repositories of the corpus are, or are to be cloned (-clone)")
	}
	if o.clone {
		if err := cloneMissing(ctx, o, corpus, left, p); err != nil {
			return mined{}, err
		}
	}
	exclude, err := left.contents(ctx, o.clones)
	if err != nil {
		return mined{}, err
	}
	m, err := mine(ctx, o, corpus, exclude, p)
	if err != nil || o.pairs == "" {
		return m, err
	}
	return m, writePairs(o.pairs, origin, m)
}

// summarise prints of what the pairs are made, and in which languages.
func summarise(out io.Writer, m mined, corpus []source) {
	var byKind [kinds]int
	byLanguage := map[string]int{}
	for i := range m.pairs {
		byKind[m.pairs[i].kind]++
		byLanguage[corpus[m.pairs[i].repo].language]++
	}
	fmt.Fprintf(out, "%d pairs of %d repositories, %d words\nkinds:", len(m.pairs), len(corpus), len(m.words))
	for k, n := range byKind {
		fmt.Fprintf(out, " %s %d", kind(k), n)
	}
	var languages []string
	for l := range byLanguage {
		languages = append(languages, l)
	}
	slices.SortFunc(languages, func(a, b string) int {
		return 2*(byLanguage[b]-byLanguage[a]) + strings.Compare(a, b)
	})
	fmt.Fprint(out, "\nlanguages:")
	for _, l := range languages {
		fmt.Fprintf(out, " %s %d", l, byLanguage[l])
	}
	fmt.Fprintln(out)
}

// heldOut tells the repositories, one in 17, that are not learned from: what is learned must hold for others.
func heldOut(repo uint16) bool { return repo%17 == 5 }

// train learns from the pairs and writes the model file.
func train(ctx context.Context, o options, m mined, out io.Writer, p *progress) error {
	var seen, held []pair
	for _, x := range m.pairs {
		switch {
		case heldOut(x.repo):
			held = append(held, x)
		case !o.withoutKinds[x.kind]:
			seen = append(seen, x)
		}
	}
	if len(seen) < o.batch {
		return fmt.Errorf("%d pairs do not make a batch of %d: gather more repositories, or set -batch", len(seen), o.batch)
	}
	t := newTable(seen, m.words, o.hyper)
	t.translate(seen, m.words)
	t.translate(held, m.words)
	fmt.Fprintf(out, "learning from %d pairs, %d held out, %d words have a row\n", len(seen), len(held), len(t.hashes))
	l := newLearner(t, o.hyper)
	began := time.Now()
	err := l.learn(ctx, seen, p, func(epoch int) {
		p.erase()
		fmt.Fprintf(out, "epoch %d of %d, %s:", epoch+1, o.epochs, time.Since(began).Round(time.Second))
		for k, r := range l.reciprocal(held) {
			if !math.IsNaN(r) {
				fmt.Fprintf(out, " %s %.3f", kind(k), r)
			}
		}
		fmt.Fprintln(out)
	})
	if err != nil {
		return err
	}
	data := t.encode()
	if err := writeFile(o.out, data); err != nil {
		return err
	}
	if o.dimensions == static.Dimensions {
		if _, err := static.Open(o.out); err != nil {
			return fmt.Errorf("what was written is none that package static reads: %w", err)
		}
	}
	_, err = fmt.Fprintf(out, "%s: %d bytes, checksum %08x\n", o.out, len(data), binary.LittleEndian.Uint32(data[len(data)-4:]))
	return err
}
