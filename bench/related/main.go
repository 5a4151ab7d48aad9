// Related measures how well the test of a file finds that file, by what the test says and nothing else: the mean
// reciprocal rank among the first ten files.
//
//	go run ./bench/related -checkouts DIR[:DIR...] [-repos FILE] [-half tune|report] [-work DIR] [-misses]
//
// The table (bench/related/repos.tsv) names repositories, a tab-separated line each: repo, language, github, half. One
// is looked for below each DIR under its name; one that is not there is left out, and said so. It has the twenty, of some
// seventy looked at, where the greatest share of the tests name a file, a half and more; elsewhere it is by chance that a
// test is named like a file.
//
// # What is measured
//
// A pair is a test file and the one file of the repository that its name names by the convention of its language
// (pairs.go); a name that means several files is no pair. The ranking sees neither paths nor names of files: what is
// indexed is a copy of the repository in which every file stands in one directory under a number. From the question all
// words of the name of the file that is looked for are taken (hide.go), also where they are part of an identifier.
//
// It is asked in three ways: test functions, three of each file, their texts alone; the same, as the editor asks for a range
// of a document, so that the rest of the file is known; and the whole test file, of which the program looks at the first
// 16 KiB. The words are taken out of the file as an unsaved edit. Files of tests are passed over when ranks are counted;
// -tests counts them. A repository's figure is the mean over its pairs, the total that over repositories.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"

	"github.com/semantic-ls/semantic-ls/bench/quality/measure"
	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "related:", err)
		os.Exit(1)
	}
}

// options are what the command line says.
type options struct {
	repos, checkouts, half, work string
	misses, tests, identifiers   bool
	most                         int
}

func run(ctx context.Context, arguments []string, out, progress io.Writer) error {
	var o options
	flags := flag.NewFlagSet("related", flag.ContinueOnError)
	flags.SetOutput(progress)
	flags.StringVar(&o.repos, "repos", "bench/related/repos.tsv", "table of repositories")
	flags.StringVar(&o.checkouts, "checkouts", "", "directories with checkouts of them, separated as in PATH")
	flags.StringVar(&o.half, "half", "", "tune or report: only the repositories of this half; both by default")
	flags.StringVar(&o.work, "work", "", "where copies and indexes are kept for the next time; nowhere by default")
	flags.BoolVar(&o.misses, "misses", false, "list the tests whose file is not the first; only of the half that tunes")
	flags.BoolVar(&o.identifiers, "identifiers", false, "take out identifiers made of those words alone, and no parts of others")
	flags.BoolVar(&o.tests, "tests", false, "count the tests that are found before the file, too")
	flags.IntVar(&o.most, "most", 60, "pairs of a repository, evenly chosen where there are more")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	if o.checkouts == "" {
		return errors.New("-checkouts says where the repositories are: -checkouts DIR")
	}
	if o.misses && o.half != "tune" {
		return errors.New("-misses needs -half tune: tests of the other half are not looked at one by one")
	}
	if o.work == "" {
		dir, err := os.MkdirTemp("", "related-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir) // what is mapped of it stays usable until the process ends
		o.work = dir
	}
	list, err := readRepositories(o.repos, o.half)
	if err != nil {
		return err
	}
	model := static.New()
	fmt.Fprint(out, "| repository | language | chunks | pairs | a test function, alone | first | in its file | first ",
		"| the whole test | first |\n")
	fmt.Fprintln(out, "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|")
	var each [ways][]float64
	for _, r := range list {
		if err := r.find(filepath.SplitList(o.checkouts)); err != nil {
			fmt.Fprintln(progress, "left out:", err)
			continue
		}
		pairs := r.pairs(o.most)
		if len(pairs) == 0 {
			fmt.Fprintf(progress, "left out: %s has no test that names a file\n", r.name)
			continue
		}
		if err := r.index(ctx, o.work, model); err != nil {
			return fmt.Errorf("%s: %w", r.name, err)
		}
		chunks := r.chunks()
		figures, err := r.ask(ctx, pairs, o, func(s string) {
			if o.misses {
				fmt.Fprintln(progress, s)
			}
		})
		if err := errors.Join(err, r.close()); err != nil {
			return fmt.Errorf("%s: %w", r.name, err)
		}
		fmt.Fprintf(out, "| %s | %s | %d | %d ", r.name, r.language, chunks, len(pairs))
		for w, f := range figures {
			each[w] = append(each[w], f.mrr)
			fmt.Fprintf(out, "| %.3f | %.2f ", f.mrr, f.first)
		}
		fmt.Fprintln(out, "|")
	}
	if len(each[0]) == 0 {
		return errors.New("no repository of the table is there: see -checkouts")
	}
	fmt.Fprintf(out, "| **%d repositories** | | | ", len(each[0]))
	for w := range each {
		low, high := measure.Interval(each[w])
		fmt.Fprintf(out, "| **%.3f** (%.3f..%.3f) | ", measure.Mean(each[w]), low, high)
	}
	fmt.Fprintf(out, "|\n\n`go run ./bench/related %s`, %s\n", strings.Join(arguments, " "), model.Model().Name)
	return nil
}
