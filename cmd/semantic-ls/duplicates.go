package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

func (p *process) duplicatesCommand() *cobra.Command {
	var out output
	q := indexing.DuplicatesQuery{}
	cmd := &cobra.Command{
		Use:   "duplicates [flags] [DIR]",
		Short: "Find code that is nearly the same in several places",
		Long: `Shows groups of functions, types and other pieces of code in DIR, the current
directory without one, that are copies of each other: exact ones but for names
and values, and such in which a little was added, removed or changed. Those that
repeat most come first.

Each group begins with how similar the two of it are that are least so, and each
line behind it is one place. Comments and blanks do not count. Exit code 0: there
are some, 1: there are none, 2: an error.`,
		Example: `  semantic-ls duplicates
  semantic-ls duplicates --similarity 1 --min-lines 20 ~/src/project
  semantic-ls duplicates --json | jq -r '.hits[].path' | sort | uniq -c`,
		Args: atMost(0, 1, func(args []string) string {
			return "semantic-ls duplicates " + args[0]
		}),
		ValidArgsFunction: completeDirectory(0),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, err := directory(args, 0)
			if err != nil {
				return err
			}
			switch {
			case q.Limit < 1:
				return hinted("-n 1 is the least", "-n %d", q.Limit)
			case q.Limit > indexing.MostGroups:
				return hinted(fmt.Sprintf("-n %d is the most", indexing.MostGroups), "-n %d", q.Limit)
			case q.MinLines < 1:
				return hinted("--min-lines 1 is the least", "--min-lines %d", q.MinLines)
			case !(q.Similarity >= indexing.LeastSimilarity && q.Similarity <= 1):
				return hinted(fmt.Sprintf("it is %v to 1, where 1 is the same but for names and values", indexing.LeastSimilarity),
					"--similarity %v", q.Similarity)
			}
			out.limit = 1 // of hits, of which it shows all
			if err := out.settle(p, dir); err != nil {
				return err
			}
			return p.duplicates(cmd.Context(), q, dir, &out)
		},
	}
	flags := cmd.Flags()
	flags.IntVarP(&q.Limit, "limit", "n", 20, fmt.Sprintf("show at most `N` groups, 1 to %d", indexing.MostGroups))
	flags.IntVar(&q.MinLines, "min-lines", indexing.MinLines, "only code of at least `N` lines, those without code not counted")
	flags.Float64Var(&q.Similarity, "similarity", indexing.MinSimilarity,
		fmt.Sprintf("only code of which any two are at least as similar as `S`, %v to 1", indexing.LeastSimilarity))
	flags.BoolVar(&q.Foreign, "foreign", false, "also code that is vendored or generated")
	flags.BoolVar(&out.json, "json", false, "one JSON object a line: similarity, hits; the hits are those of search --json")
	out.afterOrBefore = func() (bool, bool) { return false, false }
	p.addColor(cmd)
	return cmd
}

func (p *process) duplicates(ctx context.Context, q indexing.DuplicatesQuery, dir string, out *output) error {
	return p.ask(ctx, dir, func(f *folder) error {
		q.Folders = f.only(dir)
		answer, err := f.Duplicates(ctx, workspace.Documents{}, q)
		if err != nil {
			return err
		}
		p.warn(answer.Warning)
		return out.writeDuplicates(p.stdout, answer.Groups)
	})
}

// duplicatesObject is a group for programs.
type duplicatesObject struct {
	Similarity float64  `json:"similarity"`
	Hits       []object `json:"hits"`
}

// writeDuplicates shows the groups and returns exit code 1 as an error if there are none.
func (o *output) writeDuplicates(w io.Writer, groups []indexing.DuplicatesGroup) error {
	buffered := bufio.NewWriter(w)
	lines := lineIndex{}
	for i, g := range groups {
		var err error
		if o.json {
			shown := duplicatesObject{Similarity: g.Similarity}
			for _, hit := range g.Hits {
				shown.Hits = append(shown.Hits, o.object(lines, hit))
			}
			err = writeJSON(buffered, shown)
		} else {
			err = o.writeGroup(buffered, i > 0, g)
		}
		if err != nil {
			return err
		}
	}
	if err := buffered.Flush(); err != nil {
		return err
	}
	if len(groups) == 0 {
		return exitCode(exitNone)
	}
	return nil
}

// writeGroup writes `similarity  n places` and below it a line for each as writeLines does.
func (o *output) writeGroup(w io.Writer, apart bool, g indexing.DuplicatesGroup) error {
	blank := ""
	if apart {
		blank = "\n"
	}
	head := strconv.FormatFloat(floor2(g.Similarity), 'f', 2, 64)
	if _, err := fmt.Fprintf(w, "%s%s  %d places\n", blank, head, len(g.Hits)); err != nil {
		return err
	}
	return o.writeLines(w, g.Hits)
}

// floor2 is x with two digits, not rounded up: 1.00 is said of equal code only.
func floor2(x float64) float64 { return float64(int(x*100+1e-9)) / 100 }
