package indexing

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/vectors/search"
	"github.com/semantic-ls/semantic-ls/vectors/store"
)

// The index keeps no texts, so phrases and patterns are looked for in the files. What one query does for that is bounded.
const (
	// quickLook is how many of the best chunks by rank are looked at before all others: what is common is found there.
	quickLook = 1000
	// mostFilesRead is how many files are read after that: twice those of GOROOT/src, where that takes 0.5 s of a core.
	mostFilesRead = 20_000
	// mostSteps is how many steps patterns take, of which a byte costs as many as a pattern has instructions, at most:
	// 64 MB of text beside a pattern of 50.
	mostSteps = 64_000_000 * 50
	// readBatch is how many files are read between two looks at what is left of that.
	readBatch = 32
)

// looking is what one query with phrases or patterns, or with filters alone, does with files. Not safe for concurrent use.
type looking struct {
	sources func() *sources // new ones
	limit   int             // hits

	files, steps    int // that are left
	inside, outside int // files that were looked at, and that were not
}

func newLooking(limit int, sources func() *sources) *looking {
	return &looking{sources: sources, limit: limit, files: mostFilesRead, steps: mostSteps}
}

// warning says that not all was looked at.
func (l *looking) warning(texts *search.Texts) string {
	return fmt.Sprintf("%v was looked for in %d of %d files, the first by their paths: path: or lang: in the query choose others",
		texts, l.inside, l.inside+l.outside)
}

// exact finds in a view what is asked with phrases or patterns: among the best by rank and, where that is not
// enough, in every text of the scope that may pass.
func (l *looking) exact(ctx context.Context, v view, q search.Query, explain bool) ([]search.Hit, error) {
	s := l.sources()
	scope, err := v.scope.Having(ctx, s.texts.Needs())
	if err != nil {
		return nil, err
	}
	q.Limit = max(quickLook, q.Limit)
	found, err := rank(ctx, v.snapshot, scope, q, explain)
	if err != nil {
		return nil, err
	}
	hits, err := s.hits(ctx, v.snapshot, found, l.limit)
	if err != nil || len(hits) == l.limit {
		return hits, err
	}
	ids, err := l.scan(ctx, s, v.snapshot, scope, 0)
	if err != nil {
		return nil, err
	}
	if found, err = rank(ctx, v.snapshot, scope.Only(ids), q, explain); err != nil {
		return nil, err
	}
	ranked := make(map[uint32]bool, len(found.Ranked))
	for _, r := range found.Ranked {
		ranked[r.ID] = true
	}
	for _, id := range ids {
		if !ranked[id] { // it has the text, but no whole word of the question
			found.Ranked = append(found.Ranked, search.Ranked{ID: id})
		}
	}
	return l.sources().hits(ctx, v.snapshot, found, l.limit)
}

// listed finds in a view what passes the filter where no word is asked for, by roots and paths.
func (l *looking) listed(ctx context.Context, v view) ([]search.Hit, error) {
	ids, err := l.first(ctx, v, l.limit+spare)
	if err != nil {
		return nil, err
	}
	var found search.Result
	for _, id := range ids {
		found.Ranked = append(found.Ranked, search.Ranked{ID: id})
	}
	s := l.sources()
	s.each = true
	return s.hits(ctx, v.snapshot, found, l.limit)
}

// first returns the first chunks of a view that have the texts, or are listed, by roots and paths, until there are enough;
// 0: all of them.
func (l *looking) first(ctx context.Context, v view, enough int) ([]uint32, error) {
	s := l.sources()
	scope, err := v.scope.Having(ctx, s.texts.Needs())
	if err != nil {
		return nil, err
	}
	return l.scan(ctx, s, v.snapshot, scope, enough)
}

// noWord is why nothing is found where nothing is asked.
const noWord = "nothing is searched: there is no word in the query"

// wordless reports whether a query asks for nothing: it has no word, and no filter alone either.
func (q Query) wordless() bool {
	return !search.HasWords(q.Text) && q.Filter.ofTexts() == nil && (q.Filter == nil || strings.TrimSpace(q.Text) != "")
}

// scan returns the chunks of the scope whose texts pass, by roots and paths, until there are enough; 0: all of them.
// Without texts it is those that begin what they show.
func (l *looking) scan(
	ctx context.Context, s *sources, snapshot *index.Snapshot, scope index.Scope, enough int,
) (ids []uint32, err error) {
	defer during(ctx, Reading)()
	batch := make([]index.Listed, 0, readBatch)
	look := func() error {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		passed, err := l.pass(ctx, s, snapshot, batch)
		for _, some := range passed {
			ids = append(ids, some...)
		}
		batch = batch[:0]
		return err
	}
	for file := range scope.ByPath {
		if l.files <= 0 || l.steps <= 0 {
			if l.outside++; l.outside%1024 == 0 && ctx.Err() != nil {
				return nil, context.Cause(ctx)
			}
			continue
		}
		if batch = append(batch, file); len(batch) < min(readBatch, l.files) {
			continue
		}
		if err := look(); err != nil {
			return nil, err
		}
		if enough > 0 && len(ids) >= enough {
			return ids, nil
		}
	}
	return ids, look()
}

// pass returns those chunks of each of some files that pass.
func (l *looking) pass(ctx context.Context, s *sources, snapshot *index.Snapshot, files []index.Listed) ([][]uint32, error) {
	passed := make([][]uint32, len(files))
	if s.texts == nil {
		for i, file := range files {
			for _, id := range file.Chunks {
				// Where the name stands before it, a piece before it shows the definition.
				if c := snapshot.Chunk(id); c.NameEnd == c.NameStart || c.NameStart >= c.Start {
					passed[i] = append(passed[i], id)
				}
			}
		}
		return passed, nil
	}
	paths := make([]string, len(files))
	for i, file := range files {
		paths[i] = file.Path()
	}
	var next, steps atomic.Int64
	look := func(ctx context.Context) error {
		for {
			n := int(next.Add(1)) - 1
			if n >= len(files) {
				return nil
			}
			src := s.open(files[n].Root, paths[n])
			if src.load(); !src.ok || !s.texts.Possible(src.text) {
				continue
			}
			for _, id := range files[n].Chunks {
				if ctx.Err() != nil {
					return context.Cause(ctx)
				}
				c := snapshot.Chunk(id)
				if !src.locate(&c) {
					continue
				}
				steps.Add(int64(c.End-c.Start) * int64(s.texts.Size()))
				if s.texts.Match(src.text[c.Start:c.End]) {
					passed[n] = append(passed[n], id)
				}
			}
		}
	}
	err := tasks.Run(ctx, func(ctx context.Context, g *tasks.Group) error {
		for range lookers - 1 {
			g.Go(func(ctx context.Context) error { store.GuardTask(); return look(ctx) })
		}
		return look(ctx)
	})
	l.files -= len(files)
	l.inside += len(files)
	l.steps -= int(steps.Load())
	return passed, err
}
