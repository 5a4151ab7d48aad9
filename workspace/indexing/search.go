package indexing

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"go.uber.org/zap"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/vectors/embed"
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
	return e.guarded(ctx, func() (Answer, error) { return e.search(ctx, docs, q) })
}

func (e *Engine) search(ctx context.Context, docs workspace.Documents, q Query) (Answer, error) {
	seen, err := e.view(ctx, docs, q.Folders, q.Filter)
	if err != nil {
		return Answer{}, err
	}
	texts, words := q.Filter.ofTexts(), search.HasWords(q.Text)
	if q.wordless() {
		seen.all, seen.nothing = nil, cmp.Or(seen.nothing, noWord)
	}
	if !words {
		q.Text = "" // no model makes anything of it
	}
	l := newLooking(limitOf(q.Limit), func() *sources {
		s := e.sources(docs, q.Filter)
		s.names = q.Unplaced && !q.Explain && s.kinds == 0 && s.texts == nil
		return s
	})
	answer, err := e.answer(ctx, seen, q.Text, l.limit, func(v view, vector index.Probe) ([]search.Hit, error) {
		asked := search.Query{Text: q.Text, Vector: vector, Limit: l.limit + spare, Weights: e.cfg.Weights}
		switch {
		case !words:
			return l.listed(ctx, v)
		case texts != nil:
			return l.exact(ctx, v, asked, q.Explain)
		}
		found, err := rank(ctx, v.snapshot, v.scope, asked, q.Explain)
		if err != nil {
			return nil, err
		}
		return l.sources().hits(ctx, v.snapshot, found, l.limit)
	})
	if l.outside > 0 {
		answer.Warning = joined(answer.Warning, l.warning(texts))
	}
	return answer, err
}

// rank is search.Rank, with explanations where they are asked for.
func rank(ctx context.Context, snapshot *index.Snapshot, scope index.Scope, q search.Query, explain bool) (search.Result, error) {
	defer during(ctx, Retrieval)()
	found, err := search.Rank(ctx, snapshot, scope, q)
	if err == nil && explain {
		found.Explanations, err = search.Explain(ctx, snapshot, scope, q, found.Ranked)
	}
	return found, err
}

// answer is what find finds in each view, with the text's vector of its model.
func (e *Engine) answer(
	ctx context.Context, seen views, text string, limit int, find func(v view, vector index.Probe) ([]search.Hit, error),
) (Answer, error) {
	answer := Answer{Coverage: seen.coverage, Hits: []search.Hit{}}
	for _, v := range seen.all {
		vector, warning, err := e.queryProbe(ctx, v.edition, text)
		if err != nil {
			return Answer{}, err
		}
		answer.Warning = cmp.Or(answer.Warning, warning)
		hits, err := find(v, vector)
		if err != nil {
			return Answer{}, err
		}
		answer.Hits = append(answer.Hits, hits...)
	}
	runtime.KeepAlive(seen) // what was found stands in its files
	answer.Warning = joined(e.cfg.Instead, cmp.Or(answer.Warning, seen.nothing))
	if len(seen.all) > 1 {
		// Scores of two models are not made to be compared; shares of the best of each are
		// as good as it gets, and this does not last.
		slices.SortStableFunc(answer.Hits, func(a, b search.Hit) int { return cmp.Compare(b.Score, a.Score) })
		answer.Hits = answer.Hits[:min(limit, len(answer.Hits))]
	}
	return answer, nil
}

// joined is one warning of two, of which either may be "".
func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "; " + b
}

// Related answers with code that is like the place, each hit with its reason;
// never with the place itself. It returns an error for a place that is in no
// open folder and has no text.
func (e *Engine) Related(ctx context.Context, docs workspace.Documents, p Place) (Answer, error) {
	return e.guarded(ctx, func() (Answer, error) { return e.related(ctx, docs, p) })
}

func (e *Engine) related(ctx context.Context, docs workspace.Documents, p Place) (Answer, error) {
	seen, err := e.view(ctx, docs, nil, p.Filter)
	if err != nil {
		return Answer{}, err
	}
	sources := e.sources(docs, p.Filter)
	asked := search.Place{Text: p.Text, Language: p.Language}
	at := spot{self: func(*index.Snapshot) []uint32 { return nil }}
	if p.Path != "" {
		if at, err = e.place(sources, p); err != nil {
			return Answer{}, err
		}
		asked = at.Place
	}
	limit := limitOf(p.Limit)
	like := search.Compare(asked)
	inside := false // what is asked about is itself something that may be found
	answer, err := e.answer(ctx, seen, asked.Text, limit, func(v view, vector index.Probe) ([]search.Hit, error) {
		q := search.Query{Vector: vector, Limit: limit + spare, Weights: e.cfg.Weights}
		self := at.self(v.snapshot)
		inside = inside || slices.ContainsFunc(self, v.scope.Has)
		done := during(ctx, Retrieval)
		found, err := like.Rank(ctx, v.snapshot, v.scope.Without(self), q, func(of index.Found) (string, bool) {
			src := sources.of(of.Root, of.Of.Path)
			return src.text, src.ok
		})
		done()
		if err != nil {
			return nil, err
		}
		return sources.hits(ctx, v.snapshot, found, limit)
	})
	if err != nil {
		return Answer{}, err
	}
	answer.Hits = slices.DeleteFunc(answer.Hits, at.is)
	if inside {
		answer.Hits = append(sources.neighbours(at.source, at, like), answer.Hits...)
		answer.Hits = answer.Hits[:min(limit, len(answer.Hits))]
	}
	for i := range answer.Hits {
		if ctx.Err() != nil {
			return Answer{}, context.Cause(ctx)
		}
		h := &answer.Hits[i]
		h.Reason = like.Reason(placeOf(*h))
	}
	// A copy is what is most like it, however little of its words are rare.
	slices.SortStableFunc(answer.Hits, func(a, b search.Hit) int {
		return bit(b.Reason == search.ReasonDuplicate) - bit(a.Reason == search.ReasonDuplicate)
	})
	return answer, nil
}

func bit(set bool) int {
	if set {
		return 1
	}
	return 0
}

// spot is a place that is asked about, and where it is.
type spot struct {
	search.Place
	source     *source // that it is in; nil where it is a text
	start, end int
	self       func(*index.Snapshot) []uint32 // the chunks that are part of it
}

// is reports whether a hit is a part of the place, or has one: also where the definition that is shown is more than the
// chunk that was found.
func (a spot) is(h search.Hit) bool { return a.Path == h.Path && h.Start < a.end && a.start < h.End }

// place reads what stands at p.
func (e *Engine) place(sources *sources, p Place) (spot, error) {
	f, rel, ok := e.owner(p.Path)
	if !ok {
		return spot{}, fmt.Errorf("%s is in no open folder: open the folder that it is in", p.Path)
	}
	// What is ignored is not even looked up: its text would be sent to a remote model.
	if skip := f.ignored(rel, false); skip.Skipped() {
		return spot{}, fmt.Errorf("%s is not indexed: %s", p.Path, skip)
	}
	src := sources.of(f.root, rel)
	if !src.ok {
		return spot{}, fmt.Errorf("%s cannot be read", p.Path)
	}
	text, outline := src.text, src.outline()
	start, end := max(0, min(p.Start, len(text))), max(0, min(p.End, len(text)))
	asked := search.Place{Path: p.Path, Language: outline.Language, Around: text}
	if symbol, ok := outline.SymbolAt(start); ok {
		asked.Symbol, asked.Container, asked.Kind = symbol.Name, symbol.Container, symbol.Kind
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
	self := func(snapshot *index.Snapshot) (self []uint32) {
		first, n := snapshot.ChunksOf(f.root, rel)
		for id := first; id < first+uint32(n); id++ {
			if c := snapshot.Chunk(id); int(c.Start) < end && start < int(c.End) {
				self = append(self, id)
			}
		}
		return self
	}
	return spot{asked, src, start, end, self}, nil
}

func limitOf(n int) int {
	if n <= 0 {
		return defaultLimit
	}
	return min(n, search.MaxLimit-spare)
}

// views are what one query sees: one view, or while folders change from one model to
// another, one of each.
type views struct {
	all      []view
	coverage Coverage
	nothing  string // why there is nothing to find; "" where there may be
}

// view is what a query sees of the folders that one model answers for.
type view struct {
	edition
	snapshot *index.Snapshot
	scope    index.Scope
}

// view joins the snapshots of the folders that the query looks in.
func (e *Engine) view(ctx context.Context, docs workspace.Documents, within []string, filter *Filter) (views, error) {
	defer during(ctx, Documents)()
	e.buffers.prune(docs)
	var (
		folders  []*folder
		editions []edition
		models   []embed.Model // of the editions, each once
		of       = map[embed.Model][]*index.Snapshot{}
		places   []index.Place
		dirty    int
	)
	for _, f := range e.all() {
		in := f.places(within)
		if len(within) > 0 && len(in) == 0 {
			continue
		}
		places = append(places, in...)
		e.say(f, f.glance())
		ed := e.serving(f)
		s, n, err := e.overlay(ctx, f, ed, docs)
		if err != nil {
			return views{}, err
		}
		folders, editions, dirty = append(folders, f), append(editions, ed), dirty+n
		if of[ed.model] == nil {
			models = append(models, ed.model)
		}
		of[ed.model] = append(of[ed.model], s)
	}
	seen := views{coverage: e.coverage(folders, editions, dirty)}
	if len(folders) == 1 && dirty == 0 {
		seen.nothing = folders[0].nothing(editions[0])
	}
	for _, f := range folders {
		if why := f.whyLost(); why != "" {
			seen.nothing = "the index of " + f.root + " is " + why
		}
	}
	for _, m := range models {
		i := slices.IndexFunc(editions, func(ed edition) bool { return ed.model == m })
		v := view{edition: editions[i], snapshot: index.Join(of[m]...)}
		if v.scope = v.snapshot.Everywhere(); len(within) > 0 {
			v.scope = v.snapshot.Under(places)
		}
		seen.all = append(seen.all, v)
	}
	if err := e.narrow(ctx, &seen, places, filter); err != nil {
		return views{}, err
	}
	return seen, nil
}

// places are where directories say that the folder is looked at.
func (f *folder) places(within []string) (in []index.Place) {
	for _, dir := range within {
		dir = filepath.Clean(dir)
		if rel, ok := below(f.root, dir); ok {
			in = append(in, index.Place{Root: f.root, Directory: rel})
		} else if _, ok := below(dir, f.root); ok {
			in = append(in, index.Place{Root: f.root})
		}
	}
	return in
}

// narrow leaves what the filter lets pass. It says so where that is nothing, though there is something.
func (e *Engine) narrow(ctx context.Context, seen *views, places []index.Place, filter *Filter) error {
	if filter == nil || len(filter.rules) == 0 {
		return nil
	}
	something, files := false, false // there is to filter; and is but for its kind
	var left []view
	for i, v := range seen.all {
		if v.scope.Empty() {
			continue
		}
		something = true
		scope, err := v.scope.Sift(ctx, filter.sieve(i, places), &e.sieved)
		if err != nil {
			return err
		}
		if !scope.Empty() {
			v.scope = scope
			left = append(left, v)
			continue
		}
		if scope, err = v.scope.Sift(ctx, filter.ofFiles().sieve(i, places), &e.sieved); err != nil {
			return err
		}
		files = files || !scope.Empty()
	}
	if seen.all = left; something && len(left) == 0 && seen.nothing == "" {
		seen.nothing = filter.nothing(!files)
	}
	return nil
}

// queryProbe embeds the query with the model of an edition. A model that is slow or fails
// costs the query its vector, not its answer: the warning says so.
func (e *Engine) queryProbe(ctx context.Context, ed edition, text string) (index.Probe, string, error) {
	defer during(ctx, Embedding)()
	if ed.local() {
		// As much as is read for its words. A remote model cuts for itself, once secrets
		// are masked: half a secret does not look like one.
		text = text[:min(len(text), search.MaxText)]
	}
	if strings.TrimSpace(text) == "" {
		return index.Probe{}, "", nil
	}
	if ed.embedder == nil {
		const why = "searched by words only: the index is still that of %s, which is not configured any more"
		return index.Probe{}, fmt.Sprintf(why, ed.name), nil
	}
	var probe index.Probe
	moved, err := tasks.MoveOnAfter(ctx, queryPatience, func(ctx context.Context, _ *tasks.Group) error {
		vector, err := ed.embedder.EmbedQuery(ctx, text)
		if err == nil && len(vector) != ed.model.Dimensions {
			err = fmt.Errorf("%w: %d numbers where the index has %d", embed.ErrDimensions, len(vector), ed.model.Dimensions)
		}
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
		LogOf(ctx, e.cfg.Log).Warn("embedding a query", zap.Error(err))
		return index.Probe{}, fmt.Sprintf("searched by words only: model %s: %v", ed.name, err), nil
	}
	return probe, "", nil
}
