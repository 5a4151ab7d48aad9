// Quality measures how well questions find the files that answer them: NDCG@10, per repository, language,
// category and overall, beside simpler rankings and beside the same ranking without each of its signals.
//
//	go run ./bench/quality -repos FILE -tasks FILE -checkouts DIR [-half tune|report] [-results FILE]
//
// The tables are described in bench/quality/measure. DIR holds a checkout of each repository under its name in the
// table; one that is not there is left out, and said so. Only root is indexed, once, as semantic-ls indexes it.
//
// -clone makes the checkouts that are missing, as these commands do for each row:
//
//	git init DIR/REPO
//	git -C DIR/REPO fetch --depth 1 https://github.com/GITHUB REVISION      # else HEAD
//	git -C DIR/REPO checkout FETCH_HEAD
//
// DIR/revisions.tsv (repo, revision, date) says what those are that came some other way.
//
// # What is measured
//
// A target's rank is that of the first result whose path equals it or ends in "/" and it; the gain is 1 each, and the
// ideal has min(10, targets) of them. Results are counted twice: files, each once, in the order of their best hit, as
// people read them; and hits as they come, where a file may take several of the ten places. A repository's figure is
// the mean over its questions, the others are means over repositories. An interval is that of 95 % of 10,000 draws with
// replacement: of as many repositories, or of as many questions where there is one repository only.
//
// Rankings beside the whole: with weights that were learned without the repository that is asked (-cross; see
// bench/quality/learn), without the model, the model's cosines alone, and BM25 of chunks and files. -results writes
// all of it into a section of the file named by -title, and leaves the other sections as they are.
//
// A set has two halves where its table says so: questions of the one that reports are not to be looked at one by one.
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
	"path/filepath"
	"slices"
	"strings"

	"github.com/semantic-ls/semantic-ls/bench/quality/measure"
	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "quality:", err)
		os.Exit(1)
	}
}

// options are what the command line says.
type options struct {
	measure.Source
	cache, weights, results, title, peers string
	base                                  string
	clone, cross, misses                  bool
}

func run(ctx context.Context, arguments []string, out, progress io.Writer) error {
	var o options
	flags := flag.NewFlagSet("quality", flag.ContinueOnError)
	flags.SetOutput(progress)
	flags.StringVar(&o.Repos, "repos", "", "table of repositories")
	flags.StringVar(&o.Tasks, "tasks", "", "table of questions")
	flags.StringVar(&o.Checkouts, "checkouts", "", "directory with a checkout of each repository")
	flags.StringVar(&o.Half, "half", "", "tune or report: only the repositories of this half; both by default")
	flags.StringVar(&o.cache, "cache", "", "where indexes are kept for the next time; nowhere by default")
	flags.StringVar(&o.weights, "weights", "", "other weights and factors than the default ones, as dense=0.5,test=0.6")
	flags.BoolVar(&o.cross, "cross", false, "learn the weights without each repository in turn, and ask it: takes minutes")
	flags.BoolVar(&o.misses, "misses", false, "list the questions whose first file is none of the targets")
	flags.StringVar(&o.results, "results", "", "file to write a section of, as bench/RESULTS.md")
	flags.StringVar(&o.title, "title", "", "of the section; the name of the table of questions by default")
	flags.StringVar(&o.peers, "peers", "", "table of published figures to set beside ours: bench/quality/peers.tsv")
	flags.BoolVar(&o.clone, "clone", false, "make the checkouts that are missing")
	flags.StringVar(&o.base, "from", "https://github.com/", "where to clone from: what stands before OWNER/NAME")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	setting, err := measure.Default().With(o.weights)
	if err != nil {
		return err
	}
	say := func(s string) { fmt.Fprintln(progress, s) }
	if o.clone {
		if err := measure.Clone(ctx, measure.System, o.Repos, o.Checkouts, o.base, say); err != nil {
			say(err.Error()) // what is there can be measured
		}
	}
	s, err := measure.Read(o.Source)
	if err != nil {
		return err
	}
	if o.misses && s.Halved && o.Half != measure.HalfTune {
		return errors.New("-misses needs -half tune: questions of the other half are not looked at one by one")
	}
	for _, r := range s.Missing {
		say(fmt.Sprintf("left out: %s has no checkout of %s in %s", r.Name, r.Root, o.Checkouts))
	}
	r, err := examine(ctx, s, o, setting, say)
	if err != nil {
		return err
	}
	if o.peers != "" {
		if r.peers, err = readPeers(o.peers); err != nil {
			return err
		}
	}
	r.title = cmp.Or(o.title, strings.TrimSuffix(filepath.Base(o.Tasks), filepath.Ext(o.Tasks)))
	r.command = "go run ./bench/quality " + strings.Join(quoted(arguments), " ")
	section := r.markdown()
	fmt.Fprint(out, section)
	if o.misses {
		fmt.Fprint(out, r.listMisses())
	}
	if o.results == "" {
		return nil
	}
	before, err := os.ReadFile(o.results)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return os.WriteFile(o.results, []byte(withSection(string(before), r.title, section)), 0o644)
}

// quoted are arguments as a shell reads them.
func quoted(arguments []string) []string {
	list := slices.Clone(arguments)
	for i, a := range list {
		if a == "" || strings.ContainsAny(a, " \t'\"$&;|<>()*?#~`\\") {
			list[i] = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
		}
	}
	return list
}

// row is a ranking's figures: of each repository's files, each once, and of its hits as they come.
type row struct {
	name        string
	files, hits []float64
}

// report is all that is measured.
type report struct {
	title, command, model string
	set                   *measure.Set
	setting               measure.Setting
	scores                measure.Scores // of the whole
	whole                 row
	beside                []row // simpler rankings, and one with learned weights
	without               []row // the whole without a signal
	peers                 []peer
}

// examine indexes the set and ranks its questions in all ways.
func examine(ctx context.Context, s *measure.Set, o options, setting measure.Setting, say func(string)) (*report, error) {
	if o.cache == "" {
		dir, err := os.MkdirTemp("", "quality-")
		if err != nil {
			return nil, err
		}
		defer os.RemoveAll(dir) // what is mapped of it stays usable until the process ends
		o.cache = dir
	}
	model := static.New()
	r := &report{set: s, setting: setting, model: model.Model().Name}
	if err := s.Index(ctx, o.cache, model); err != nil {
		return nil, err
	}
	rank := func(m measure.Method) (row, error) {
		scores, err := s.Score(ctx, m)
		return row{m.Name, measure.Means(scores.Files), measure.Means(scores.Hits)}, err
	}
	whole := measure.Weighted("the whole", setting, true)
	scores, err := s.Score(ctx, whole)
	if err != nil {
		return nil, err
	}
	r.scores = scores
	r.whole = row{whole.Name, measure.Means(scores.Files), measure.Means(scores.Hits)}
	if o.cross {
		learned, err := cross(ctx, s, setting, say)
		if err != nil {
			return nil, err
		}
		r.beside = append(r.beside, learned)
	}
	for _, m := range []measure.Method{
		measure.Weighted("the whole without the model", setting, false),
		measure.Dense("the model alone: each file's best chunk"),
		measure.BM25("BM25 of chunks and files", false),
		measure.BM25("BM25, documents and configuration as equals", true),
	} {
		of, err := rank(m)
		if err != nil {
			return nil, err
		}
		r.beside = append(r.beside, of)
	}
	for _, n := range measure.Numbers() {
		if !n.Signal {
			continue
		}
		of, err := rank(measure.Weighted("without "+n.Name, setting.Without(n), true))
		if err != nil {
			return nil, err
		}
		r.without = append(r.without, of)
	}
	return r, nil
}

// cross ranks each repository's questions with weights that were learned from the others.
func cross(ctx context.Context, s *measure.Set, start measure.Setting, say func(string)) (row, error) {
	p := measure.Problem([]*measure.Set{s}, start, func(n int) {
		if n%100 == 0 {
			say(fmt.Sprintf("learning: %d settings", n))
		}
	})
	choices, err := p.LeaveOneOut(ctx)
	if err != nil {
		return row{}, err
	}
	learned := row{name: "the whole, weights learned without the repository asked"}
	for i, c := range choices {
		m := measure.Weighted("", measure.Of(c.Numbers), true)
		var hits []float64
		for _, t := range s.Repositories[i].Tasks {
			found, err := s.Repositories[i].Ask(ctx, m, t)
			if err != nil {
				return row{}, err
			}
			hits = append(hits, measure.NDCG(found.Hits, t.Targets))
		}
		learned.files, learned.hits = append(learned.files, c.Unseen), append(learned.hits, measure.Mean(hits))
	}
	return learned, nil
}
