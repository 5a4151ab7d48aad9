package measure

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"

	"github.com/semantic-ls/semantic-ls/vectors/search"
)

// How many candidates there are of a question: the best of the whole, and the best of each signal alone, since another
// setting looks at others.
const (
	bestOfWhole  = 300
	bestOfSignal = 100
)

// Candidate is a chunk that may answer a question.
type Candidate struct {
	Path    string // from the top of the checkout
	Chunk   uint32
	Right   bool      // it is in one of the targets
	Score   float64   // with the setting
	Values  []float64 // of the signals, before they are weighed
	Classes []bool    // that take from its score
}

// Candidates returns those of a question, best first.
func (r *Repository) Candidates(ctx context.Context, set Setting, t *Task) ([]Candidate, error) {
	ids, err := r.ranked(ctx, t, set, true, bestOfWhole)
	if err != nil {
		return nil, err
	}
	for i, n := range Numbers() {
		if !n.Signal || n.Kept {
			continue // alone it orders names only, which the whole has all of
		}
		only := set
		for j, other := range Numbers() {
			if other.Signal && i != j {
				*other.Of(&only) = 0
			}
		}
		more, err := r.ranked(ctx, t, only, true, bestOfSignal)
		if err != nil {
			return nil, err
		}
		ids = append(ids, more...)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	chunks := make([]search.Ranked, len(ids))
	for i, id := range ids {
		chunks[i].ID = id
	}
	found, err := search.Explain(ctx, r.snapshot, r.snapshot.Everywhere(), set.query(t, true, bestOfWhole), chunks)
	if err != nil {
		return nil, err
	}
	list := make([]Candidate, len(ids))
	for i, x := range found {
		c := Candidate{Path: path.Join(r.Root, r.snapshot.Chunk(ids[i]).Of.Path), Chunk: ids[i], Score: x.Score}
		c.Right = NDCG([]string{c.Path}, t.Targets) > 0
		for _, signal := range x.Signals {
			c.Values = append(c.Values, signal.Value)
		}
		for _, class := range search.Classes() {
			has := slices.ContainsFunc(x.Factors, func(f search.Factor) bool { return f.Name == class.Name })
			c.Classes = append(c.Classes, has)
		}
		list[i] = c
	}
	slices.SortStableFunc(list, func(a, b Candidate) int {
		switch {
		case a.Score > b.Score:
			return -1
		case a.Score < b.Score:
			return 1
		}
		return 0
	})
	return list, nil
}

// Dump writes the candidates of all questions as a table, for whoever learns in another way: repo, the question's number
// in the repository from 0, path, id of the chunk, right (0 or 1), score, the signals by name, and the classes (0 or 1).
func (s *Set) Dump(ctx context.Context, to io.Writer, set Setting) error {
	out := bufio.NewWriter(to)
	fmt.Fprint(out, "repo\tquestion\tpath\tid\tright\tscore")
	for _, n := range Numbers() {
		fmt.Fprint(out, "\t"+n.Name)
	}
	bit := map[bool]string{true: "1", false: "0"}
	for _, r := range s.Repositories {
		for i, t := range r.Tasks {
			list, err := r.Candidates(ctx, set, t)
			if err != nil {
				return err
			}
			for _, c := range list {
				fmt.Fprintf(out, "\n%s\t%d\t%s\t%d\t%s\t%.5f", r.Name, i, c.Path, c.Chunk, bit[c.Right], c.Score)
				for _, x := range c.Values {
					fmt.Fprint(out, "\t"+strconv.FormatFloat(x, 'g', 5, 64))
				}
				for _, has := range c.Classes {
					fmt.Fprint(out, "\t"+bit[has])
				}
			}
		}
	}
	fmt.Fprintln(out)
	return out.Flush()
}
