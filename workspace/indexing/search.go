package indexing

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"

	"go.uber.org/zap"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/vectors/search"
	"github.com/semantic-ls/semantic-ls/workspace"
)

// defaultLimit is how many hits an answer has where nobody said: one screen.
const defaultLimit = 20

// spare is how many more hits are ranked than asked for: those of a file that changed
// on disk a moment ago are dropped. Of 191 answers of twenty hits, none has more than
// six of one file.
const spare = 10

// Search answers a query from the snapshots published when it is called, with
// the unsaved ones of docs on top. It never waits for indexing. It returns the
// context's cause when that ends first.
func (e *Engine) Search(ctx context.Context, docs workspace.Documents, q Query) (Answer, error) {
	return e.guarded(func() (Answer, error) { return e.search(ctx, docs, q) })
}

func (e *Engine) search(ctx context.Context, docs workspace.Documents, q Query) (Answer, error) {
	v, err := e.view(ctx, docs, q.Folders)
	if err != nil {
		return Answer{}, err
	}
	limit := limitOf(q.Limit)
	answer := Answer{Coverage: v.coverage}
	vector, warning, err := e.queryProbe(ctx, q.Text)
	if err != nil {
		return Answer{}, err
	}
	answer.Warning = cmp.Or(warning, v.nothing)
	found, err := search.Rank(ctx, v.snapshot, v.scope, search.Query{Text: q.Text, Vector: vector, Limit: limit + spare, Weights: e.cfg.Weights})
	if err != nil {
		return Answer{}, err
	}
	answer.Hits, err = e.sources(docs).hits(ctx, v.snapshot, found, limit)
	runtime.KeepAlive(v) // what was found stands in its files
	return answer, err
}

// Related answers with code that is like the place, each hit with its reason;
// never with the place itself. It returns an error for a place that is in no
// open folder and has no text.
func (e *Engine) Related(ctx context.Context, docs workspace.Documents, p Place) (Answer, error) {
	return e.guarded(func() (Answer, error) { return e.related(ctx, docs, p) })
}

func (e *Engine) related(ctx context.Context, docs workspace.Documents, p Place) (Answer, error) {
	v, err := e.view(ctx, docs, nil)
	if err != nil {
		return Answer{}, err
	}
	sources := e.sources(docs)
	asked := search.Place{Path: p.Path, Text: p.Text}
	scope := v.scope
	if p.Path != "" {
		var self []uint32
		if asked, self, err = e.place(v, sources, p); err != nil {
			return Answer{}, err
		}
		scope = scope.Without(self)
	}
	limit := limitOf(p.Limit)
	answer := Answer{Coverage: v.coverage}
	vector, warning, err := e.queryProbe(ctx, asked.Text)
	if err != nil {
		return Answer{}, err
	}
	answer.Warning = cmp.Or(warning, v.nothing)
	like := search.Compare(asked)
	found, err := like.Rank(ctx, v.snapshot, scope, search.Query{Vector: vector, Limit: limit + spare, Weights: e.cfg.Weights})
	if err != nil {
		return Answer{}, err
	}
	if answer.Hits, err = sources.hits(ctx, v.snapshot, found, limit); err != nil {
		return Answer{}, err
	}
	for i := range answer.Hits {
		if ctx.Err() != nil {
			return Answer{}, context.Cause(ctx)
		}
		h := &answer.Hits[i]
		h.Reason = like.Reason(search.Place{Path: h.Path, Symbol: h.Symbol, Text: h.Text[h.Start:h.End]})
	}
	runtime.KeepAlive(v)
	return answer, nil
}

// place reads what stands at p, and returns which chunks are part of it.
func (e *Engine) place(v view, sources *sources, p Place) (search.Place, []uint32, error) {
	f, rel, ok := e.owner(p.Path)
	if !ok {
		return search.Place{}, nil, fmt.Errorf("%s is in no open folder: open the folder that it is in", p.Path)
	}
	// What is ignored is not even looked up: its text would be sent to a remote model.
	if skip := f.ignored(rel, false); skip.Skipped() {
		return search.Place{}, nil, fmt.Errorf("%s is not indexed: %s", p.Path, skip)
	}
	src := sources.of(f.root, rel)
	if !src.ok {
		return search.Place{}, nil, fmt.Errorf("%s cannot be read", p.Path)
	}
	text, outline := src.text, src.outline()
	start, end := max(0, min(p.Start, len(text))), max(0, min(p.End, len(text)))
	asked := search.Place{Path: p.Path}
	if symbol, ok := outline.SymbolAt(start); ok {
		asked.Symbol = symbol.Name
		if end <= start {
			start, end = symbol.DocStart, symbol.End
		}
	}
	if end <= start {
		for _, c := range outline.Chunks {
			if c.Start <= start && (start < c.End || c.End == len(text)) {
				start, end = c.Start, c.End
				break
			}
		}
	}
	asked.Text = text[start:end]
	for _, c := range outline.Chunks {
		if c.Start < end && start < c.End {
			src.taken[c.Start] = true // nothing that moved since it was indexed is found here
		}
	}
	first, n := v.snapshot.ChunksOf(f.root, rel)
	var self []uint32
	for id := first; id < first+uint32(n); id++ {
		if c := v.snapshot.Chunk(id); int(c.Start) < end && start < int(c.End) {
			self = append(self, id)
		}
	}
	return asked, self, nil
}

func limitOf(n int) int {
	if n <= 0 {
		return defaultLimit
	}
	return min(n, search.MaxLimit-spare)
}

// view is what one query sees.
type view struct {
	snapshot *index.Snapshot
	scope    index.Scope
	coverage Coverage
	nothing  string // why there is nothing to find; "" where there may be
}

// view joins the snapshots of the folders that the query looks in.
func (e *Engine) view(ctx context.Context, docs workspace.Documents, within []string) (view, error) {
	e.buffers.prune(docs)
	var (
		folders   []*folder
		snapshots []*index.Snapshot
		places    []index.Place
		dirty     int
	)
	for _, f := range e.all() {
		in := places
		for _, dir := range within {
			dir = filepath.Clean(dir)
			if rel, ok := below(f.root, dir); ok {
				in = append(in, index.Place{Root: f.root, Directory: rel})
			} else if _, ok := below(dir, f.root); ok {
				in = append(in, index.Place{Root: f.root})
			}
		}
		if len(within) > 0 && len(in) == len(places) {
			continue
		}
		places = in
		f.glance()
		s, n, err := e.overlay(ctx, f, docs)
		if err != nil {
			return view{}, err
		}
		folders, snapshots, dirty = append(folders, f), append(snapshots, s), dirty+n
	}
	v := view{snapshot: index.Join(snapshots...), coverage: e.coverage(folders, dirty)}
	if len(folders) == 1 && dirty == 0 {
		v.nothing = folders[0].nothing()
	}
	for _, f := range folders {
		if why := f.whyLost(); why != "" {
			v.nothing = "the index of " + f.root + " is " + why
		}
	}
	if v.scope = v.snapshot.Everywhere(); len(within) > 0 {
		v.scope = v.snapshot.Under(places)
	}
	return v, nil
}

// queryProbe embeds the query. A model that is slow or fails costs the query its
// vector, not its answer: the warning says so.
func (e *Engine) queryProbe(ctx context.Context, text string) (index.Probe, string, error) {
	if e.local() {
		// As much as is read for its words. A remote model cuts for itself, once secrets
		// are masked: half a secret does not look like one.
		text = text[:min(len(text), search.MaxText)]
	}
	if strings.TrimSpace(text) == "" {
		return index.Probe{}, "", nil
	}
	var probe index.Probe
	moved, err := tasks.MoveOnAfter(ctx, queryPatience, func(ctx context.Context, _ *tasks.Group) error {
		vector, err := e.cfg.Embedder.EmbedQuery(ctx, text)
		if err == nil {
			probe = index.NewProbe(vector)
		}
		return err
	})
	if ctx.Err() != nil {
		return index.Probe{}, "", context.Cause(ctx)
	}
	if moved {
		err = errors.Join(err, fmt.Errorf("no answer within %v", queryPatience))
	}
	if err != nil {
		e.cfg.Log.Warn("embedding a query", zap.Error(err))
		return index.Probe{}, fmt.Sprintf("searched by words only: model %s: %v", e.model().Name, err), nil
	}
	return probe, "", nil
}
