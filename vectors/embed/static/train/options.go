package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"math/bits"
	"slices"
	"strings"
)

// options are what the command line says.
type options struct {
	corpus  string   // list of the repositories to learn from
	clones  string   // folder of their clones
	out     string   // model file
	pairs   string   // file of mined pairs, "" for none
	without []string // tables of the repositories that may not be learned from
	from    string   // what an address begins with that is cloned from
	clone   bool     // what is missing
	list    bool     // write a corpus list instead

	copies       bool        // keep pairs that stand in several places
	commits      int         // of each repository whose subjects are read
	withoutKinds [kinds]bool // pairs that are mined and not learned from
	hyper
}

// hyper are the hyper-parameters.
type hyper struct {
	dimensions int     // of a row
	words      int     // that have a row of their own
	buckets    int     // rows that all other words share, by their hashes: a power of two
	bigrams    int     // rows of two words that follow each other in what is said
	hidden     int     // units of the layer that what is said goes through; 0: no layer
	batch      int     // pairs of a step
	run        int     // pairs of one repository that follow each other in a batch
	epochs     int     // times that every pair is seen
	rate       float64 // of learning, at the start; it falls to a tenth
	scale      float64 // of cosines, before the softmax
	drop       float64 // share of the words of each side that a step does not see
	novel      float64 // share of the steps in which what is said loses the words that stand in the code too
	seed       uint64
	workers    int
}

// defaults is what is trained with where the command line says nothing else. MODEL.md says what each is worth.
func defaults() options {
	return options{
		out:          "model.bin",
		without:      []string{"vectors/embed/static/train/without.tsv", "bench/quality/questions/repos.tsv"},
		from:         "https://github.com/",
		commits:      0,
		withoutKinds: [kinds]bool{kindTest: true, kindTested: true},
		hyper: hyper{
			dimensions: 256,
			words:      40000,
			buckets:    4096,
			bigrams:    0,
			hidden:     0,
			batch:      512,
			run:        256,
			epochs:     2,
			rate:       0.05,
			scale:      14,
			drop:       0.3,
			novel:      0.25,
			seed:       1,
			workers:    2,
		},
	}
}

// parse reads the command line.
func parse(arguments []string, stderr io.Writer) (options, error) {
	o := defaults()
	f := flag.NewFlagSet("train", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.Usage = func() {
		fmt.Fprint(stderr, "Train makes the built-in embedding model of the repositories in a list.\n\n"+
			"  go run ./vectors/embed/static/train -corpus FILE -clones DIR [-clone] [-pairs FILE] -out FILE\n"+
			"  go run ./vectors/embed/static/train -list -clones DIR > corpus.tsv\n\n")
		f.PrintDefaults()
	}
	f.StringVar(&o.corpus, "corpus", o.corpus,
		"`FILE` that lists repository, revision, licence and language, with tabs, below a heading")
	f.StringVar(&o.clones, "clones", o.clones, "`DIR` of the clones, git directories named owner+name")
	f.BoolVar(&o.clone, "clone", o.clone, "clone what is missing there, at its revision")
	f.StringVar(&o.from, "from", o.from, "`ADDRESS` that a repository's name is added to for -clone")
	f.BoolVar(&o.list, "list", o.list, "write the corpus list of all permissively licensed clones to standard output, no more")
	f.StringVar(&o.out, "out", o.out, "model `FILE` to write")
	f.StringVar(&o.pairs, "pairs", o.pairs, "`FILE` of mined pairs: read if it exists, otherwise written")
	given := false
	f.Func("without", "table `FILE` of repositories (github, revision) never to learn from, nor from files that stand in them; "+
		"may be given again\n(default "+strings.Join(o.without, " and ")+")", func(s string) error {
		if !given {
			o.without, given = nil, true
		}
		o.without = append(o.without, s)
		return nil
	})
	f.IntVar(&o.commits, "commits", o.commits, "`NUMBER` of commits of each repository whose subjects are read; 300 is much, 0 none")
	f.BoolVar(&o.copies, "copies", o.copies, "keep pairs that stand in several places")
	f.Func("without-kinds", "`KINDS` of pairs not to learn from, with commas: "+strings.Join(kindNames[:], ", "), o.leaveOut)
	f.IntVar(&o.dimensions, "dimensions", o.dimensions, "numbers of a row; package static reads models of 256")
	f.IntVar(&o.words, "words", o.words, "words that have a row of their own")
	f.IntVar(&o.buckets, "buckets", o.buckets, "rows that all other words share, a power of two")
	f.IntVar(&o.bigrams, "bigrams", o.bigrams, "rows of two words that follow each other in what is said")
	f.IntVar(&o.hidden, "hidden", o.hidden, "units of a layer that what is said goes through; 0 for none")
	f.IntVar(&o.batch, "batch", o.batch, "pairs of a step")
	f.IntVar(&o.run, "run", o.run, "pairs of one repository that follow each other in a batch")
	f.IntVar(&o.epochs, "epochs", o.epochs, "times that every pair is seen")
	f.Float64Var(&o.rate, "learning-rate", o.rate, "at the start; it falls to a tenth on a line")
	f.Float64Var(&o.scale, "scale", o.scale, "of cosines before the softmax")
	f.Float64Var(&o.drop, "drop", o.drop, "share of the words of each side that a step does not see")
	f.Float64Var(&o.novel, "novel", o.novel, "share of the steps in which what is said loses the words that the code has too")
	f.Uint64Var(&o.seed, "seed", o.seed, "of all that is random")
	f.IntVar(&o.workers, "workers", o.workers, "cores to use; another number makes another model, as good")
	if err := f.Parse(arguments); err != nil {
		return o, err
	}
	if f.NArg() > 0 {
		return o, fmt.Errorf("%q is no option: -h lists them", f.Arg(0))
	}
	return o, o.check()
}

// leaveOut takes names of kinds in the place of the default ones.
func (o *options) leaveOut(names string) error {
	o.withoutKinds = [kinds]bool{}
	if names == "" {
		return nil
	}
	for name := range strings.SplitSeq(names, ",") {
		k := slices.Index(kindNames[:], strings.TrimSpace(name))
		if k < 0 {
			return fmt.Errorf("no kind is called %q", name)
		}
		o.withoutKinds[k] = true
	}
	return nil
}

// check refuses what cannot be computed.
func (o *options) check() error {
	switch {
	case o.list && o.clones == "":
		return errors.New("-list needs -clones, the folder to list")
	case !o.list && o.corpus == "":
		return errors.New("-corpus says what to learn from: a list that -list writes of a folder of clones")
	case o.dimensions <= 0 || o.dimensions%32 != 0:
		return fmt.Errorf("-dimensions %d: want a positive multiple of 32", o.dimensions)
	case o.buckets <= 0 || bits.OnesCount(uint(o.buckets)) != 1:
		return fmt.Errorf("-buckets %d: want a power of two", o.buckets)
	case o.words < 0 || o.bigrams < 0 || o.hidden < 0 || o.commits < 0:
		return errors.New("-words, -bigrams, -hidden and -commits are 0 or more")
	case o.batch < 2 || o.run < 1 || o.epochs < 1 || o.workers < 1:
		return errors.New("-batch is 2 or more, -run, -epochs and -workers are 1 or more")
	case !(o.rate > 0 && o.scale > 0 && o.scale < 80):
		return errors.New("-learning-rate and -scale are above 0, and -scale is below 80, where e^-2x is still a number")
	case !(o.drop >= 0 && o.drop < 1 && o.novel >= 0 && o.novel <= 1):
		return errors.New("-drop and -novel are shares, between 0 and 1")
	}
	return nil
}
