// Learn chooses the numbers of the ranking: those that find the files of one or more sets of questions best. It prints
// what the weights are worth, for the repositories that they were learned from and for ones that they were not, and the
// table to check in.
//
//	go run ./bench/quality/learn -repos FILE -tasks FILE -checkouts DIR [-repos FILE -tasks FILE -checkouts DIR]... [-half tune]
//
// The tables are those of bench/quality. What is learned are the weights of search.Signals and the factors of
// search.Classes, whatever stands there; they start at what the program has. How: bench/quality/ascent.
// -dump writes down what every candidate says instead, for other ways to learn.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"

	"github.com/semantic-ls/semantic-ls/bench/quality/ascent"
	"github.com/semantic-ls/semantic-ls/bench/quality/measure"
	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "learn:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, arguments []string, out, progress io.Writer) error {
	flags := flag.NewFlagSet("learn", flag.ContinueOnError)
	flags.SetOutput(progress)
	var repos, questions, checkouts []string
	for name, list := range map[string]*[]string{"repos": &repos, "tasks": &questions, "checkouts": &checkouts} {
		flags.Func(name, "as of bench/quality; again for each further set", func(s string) error {
			*list = append(*list, s)
			return nil
		})
	}
	half := flags.String("half", measure.HalfTune, "of tables with that column")
	cache := flags.String("cache", "", "where indexes are kept for the next time; nowhere by default")
	alone := flags.Bool("alone", false, "learn from all, and do not leave out one repository after the other")
	penalty := flags.Float64("penalty", measure.Penalty, "on the square of each octave that a weight moves")
	sure := flags.Float64("sure", measure.Sure, "how many times its standard error a gain must be to be taken")
	restarts := flags.Int("restarts", measure.Restarts, "other places to begin")
	dump := flags.String("dump", "", "file to write the candidates of all questions to, with their signals, instead of learning")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	if len(repos) == 0 || len(repos) != len(questions) || len(repos) != len(checkouts) {
		return errors.New("each set has a -repos, a -tasks and a -checkouts")
	}
	if *cache == "" {
		dir, err := os.MkdirTemp("", "learn-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		*cache = dir
	}
	model := static.New()
	var sets []*measure.Set
	for i := range repos {
		s, err := measure.Read(measure.Source{Repos: repos[i], Tasks: questions[i], Checkouts: checkouts[i], Half: *half})
		if err != nil {
			return err
		}
		for _, r := range s.Missing {
			fmt.Fprintf(progress, "left out: %s has no checkout in %s\n", r.Name, checkouts[i])
		}
		if err := s.Index(ctx, *cache, model); err != nil {
			return err
		}
		sets = append(sets, s)
	}
	start := measure.Default()
	if *dump != "" {
		return dumpAll(ctx, *dump, sets, start)
	}
	p := measure.Problem(sets, start, func(n int) {
		if n%20 == 0 {
			fmt.Fprintf(progress, "%d settings\n", n)
		}
	})
	p.Penalty, p.Sure, p.Restarts = *penalty, *sure, *restarts
	numbers, err := p.Learn(ctx)
	if err != nil {
		return err
	}
	before, err := p.Score(ctx, start.List())
	if err != nil {
		return err
	}
	after, err := p.Score(ctx, numbers)
	if err != nil {
		return err
	}
	var choices []ascent.Choice
	if !*alone {
		if choices, err = p.LeaveOneOut(ctx); err != nil {
			return err
		}
	}
	report(out, sets, before, after, choices, numbers)
	return nil
}

// dumpAll writes the candidates of each set; those of the second and further ones have a heading of their own.
func dumpAll(ctx context.Context, name string, sets []*measure.Set, of measure.Setting) error {
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	for _, s := range sets {
		if err := s.Dump(ctx, file, of); err != nil {
			return errors.Join(err, file.Close())
		}
	}
	return file.Close()
}

// report prints the figures of the start, of what was learned and of what was learned elsewhere, then the weights.
func report(out io.Writer, sets []*measure.Set, before, after []float64, choices []ascent.Choice, numbers []float64) {
	unseen := make([]float64, len(choices))
	for i, c := range choices {
		unseen[i] = c.Unseen
	}
	fmt.Fprintf(out, "%-40s %5s  %6s  %6s  %6s  %s\n", "NDCG@10", "repos", "start", "here", "unseen", "unseen less start")
	from := 0
	for _, s := range sets {
		to := from + len(s.Repositories)
		fmt.Fprintf(out, "%-40s %5d  %.4f  %.4f", s.Tasks, to-from, measure.Mean(before[from:to]), measure.Mean(after[from:to]))
		if len(choices) > 0 {
			gain := measure.Minus(unseen[from:to], before[from:to])
			low, high := measure.Interval(gain)
			fmt.Fprintf(out, "  %.4f  %+.4f (%+.4f to %+.4f)", measure.Mean(unseen[from:to]), measure.Mean(gain), low, high)
		}
		fmt.Fprintln(out)
		from = to
	}
	fmt.Fprintf(out, "\n%-13s %7s  %7s", "number", "start", "learned")
	if len(choices) > 0 {
		fmt.Fprintf(out, "  %s", "with a repository left out")
	}
	fmt.Fprintln(out)
	start := measure.Default().List()
	for i, n := range measure.Numbers() {
		fmt.Fprintf(out, "%-13s %7.3f  %7.3f", n.Name, start[i], numbers[i])
		if len(choices) > 0 {
			fmt.Fprint(out, "  ")
			each := map[float64]int{}
			for _, c := range choices {
				each[c.Numbers[i]]++
			}
			for _, x := range sortedKeys(each) {
				fmt.Fprintf(out, "%.3f (%d) ", x, each[x])
			}
		}
		fmt.Fprintln(out)
	}
	fmt.Fprintf(out, "\n%s\n", literal(sets, numbers))
}

func sortedKeys(m map[float64]int) (list []float64) {
	for x := range m {
		list = append(list, x)
	}
	slices.SortFunc(list, func(a, b float64) int { return cmp.Or(cmp.Compare(m[b], m[a]), cmp.Compare(a, b)) })
	return list
}

// literal is what is checked in.
func literal(sets []*measure.Set, numbers []float64) string {
	questions, repositories := 0, 0
	for _, s := range sets {
		repositories += len(s.Repositories)
		for _, r := range s.Repositories {
			questions += len(r.Tasks)
		}
	}
	var b strings.Builder
	const from = "// Learned by bench/quality/learn from %d questions about %d repositories.\n"
	fmt.Fprintf(&b, from, questions, repositories)
	for i, n := range measure.Numbers() {
		switch {
		case i == 0:
			b.WriteString("search.Weights{")
		case !n.Signal && measure.Numbers()[i-1].Signal:
			b.WriteString("}\nsearch.Factors{")
		default:
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%s: %.3g", strings.ToUpper(n.Name[:1])+n.Name[1:], numbers[i])
	}
	b.WriteString("}")
	return b.String()
}
