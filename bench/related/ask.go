package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/chunk"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
	"github.com/semantic-ls/semantic-ls/workspace/text"
)

// ways is in how many a test is asked: functions alone, functions in their file, and as a whole.
const ways = 3

// figure is what came of one way: the mean reciprocal rank among ten files, and the share of first ranks.
type figure struct{ mrr, first float64 }

// ask asks each pair in all ways; tests are counted or passed over. say is told what was not first.
func (r *repository) ask(ctx context.Context, pairs []pair, o options, say func(string)) (figures [ways]figure, err error) {
	for _, p := range pairs {
		text, err := r.text(p.test)
		if err != nil {
			return figures, err
		}
		document := filepath.Join(r.copied, p.test.copy)
		hidden := hide(text, p.name, o.identifiers)
		var alone, within []indexing.Place
		for _, q := range functions(p.test.path, hidden) {
			at := strings.Index(hidden, q)
			alone = append(alone, indexing.Place{Text: q, Language: chunk.Language(p.test.path, hidden)})
			within = append(within, indexing.Place{Path: document, Start: at, End: at + len(q)})
		}
		whole := []indexing.Place{{Path: document, End: len(hidden)}}
		for way, places := range [ways][]indexing.Place{alone, within, whole} {
			buffer := hidden
			if way == 0 {
				buffer = "" // nothing is known of it
			}
			docs, err := edited(document, text, buffer)
			if err != nil {
				return figures, err
			}
			for _, place := range places {
				found, err := r.files10(ctx, docs, place, o.tests)
				if err != nil {
					return figures, err
				}
				rank := slices.IndexFunc(found, func(f *file) bool { return slices.Contains(p.targets, f) })
				share := 1 / float64(len(places)) / float64(len(pairs))
				if rank >= 0 {
					figures[way].mrr += share / float64(rank+1)
				}
				if rank == 0 {
					figures[way].first += share
					continue
				}
				say(fmt.Sprintf("%s %d: %s %d: %d, %s", r.name, way, p.test.path, place.Start, rank+1, paths(found)))
			}
		}
	}
	return figures, nil
}

// edited is a document that was before and is after.
func edited(path, before, after string) (workspace.Documents, error) {
	s := workspace.NewSession()
	err := s.Open(path, 1, before)
	if err == nil {
		err = s.Change(path, 2, []text.Edit{{Text: after}}, text.UTF8)
	}
	return s.Documents(), err
}

func paths(files []*file) string {
	var list []string
	for _, f := range files[:min(3, len(files))] {
		list = append(list, f.path)
	}
	return strings.Join(list, " ")
}

// depth is how many hits are looked at for ten files.
const depth = 100

// files10 are the first ten files, which are no tests unless those are counted.
func (r *repository) files10(
	ctx context.Context, docs workspace.Documents, place indexing.Place, tests bool,
) (list []*file, err error) {
	place.Limit = depth
	answer, err := r.engine.Related(ctx, docs, place)
	if err != nil {
		return nil, err
	}
	for _, h := range answer.Hits {
		f := r.byNumber[filepath.Base(h.Path)]
		if (tests || !f.test) && !slices.Contains(list, f) {
			list = append(list, f)
		}
		if len(list) == 10 {
			break
		}
	}
	return list, nil
}

// Lines of a function that is asked, and how many are asked of a file.
const (
	fewestLines = 5
	mostLines   = 100
	asked       = 3
)

// functions are the texts of some test functions of a file, evenly chosen: those that have "test" in their names; where
// there are none, any; where a language's tests are no functions, the pieces that the program cuts.
func functions(path, text string) (list []string) {
	cut := chunk.Cut(path, text)
	add := func(from, to int) {
		if n := strings.Count(text[from:to], "\n") + 1; n >= fewestLines && n <= mostLines {
			list = append(list, text[from:to])
		}
	}
	code := func(s chunk.Symbol) bool { return s.Kind == chunk.Function || s.Kind == chunk.Method }
	for _, s := range cut.Symbols {
		if code(s) && strings.Contains(strings.ToLower(s.Name), "test") {
			add(s.DocStart, s.End)
		}
	}
	if list == nil {
		for _, s := range cut.Symbols {
			if code(s) {
				add(s.DocStart, s.End)
			}
		}
	}
	if list == nil {
		for _, c := range cut.Chunks {
			if !c.Skip {
				add(c.Start, c.End)
			}
		}
	}
	if list == nil {
		return []string{text}
	}
	if len(list) > asked {
		list = []string{list[0], list[len(list)/2], list[len(list)-1]}
	}
	return list
}
