package indexing

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/vectors/search"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/ignore"
	"github.com/semantic-ls/semantic-ls/workspace/text"
)

// Spot is what an explanation is about.
type Spot struct {
	Path string // absolute, of a file
	Line int    // from 0, the last one where there are fewer; -1: the best place of the file
}

// Verdict says in a word where a spot stands.
type Verdict string

// Verdicts, from what is found to what is never read.
const (
	Hit      Verdict = "hit"      // among the hits
	Below    Verdict = "below"    // it has less than the last of them
	Unlike   Verdict = "unlike"   // it has no word and no meaning in common with the query
	Filtered Verdict = "filtered" // the query does not look there
	Empty    Verdict = "empty"    // there is no text to find
	Waiting  Verdict = "waiting"  // it is not indexed yet
	Skipped  Verdict = "skipped"  // it is never read
)

// Explanation says why a spot is where it is in the answer to a query, or is not there.
type Explanation struct {
	Verdict Verdict
	Place   search.Explanation // of the spot's best place, among those of the folders that its model answers for
	Last    *Last              // the last of the hits; nil where there are none
	Skip    ignore.Skip        // where it is Skipped
	Filter  Refusal            // where it is Filtered

	Coverage Coverage
	Warning  string // as of an Answer
}

// Last is a hit after which no more are shown.
type Last struct {
	Path   string // absolute
	Symbol string
	search.Explanation
}

// Refusal is which part of a query a spot does not pass: a list of Criteria, as
// CriterionError names it, or "folders", and what is in it; of what stands in the query the
// key of a filter, with its - where it has one, or "query" for phrases and patterns.
type Refusal struct {
	List  string
	Given []string
}

// Explain says where a spot stands in the answer to a query, of the hits that q.Limit asks
// for. It looks at the same that Search does, in two to three times the time. It returns an error
// that matches fs.ErrNotExist for a file that is not there, and errors for one that is in
// no open folder or is a directory; the context's cause when that ends first.
func (e *Engine) Explain(ctx context.Context, docs workspace.Documents, q Query, at Spot) (x Explanation, err error) {
	_, err = e.guarded(ctx, func() (Answer, error) {
		var err error
		if x, err = e.explain(ctx, docs, q, at); err == nil {
			x.Warning = joined(e.cfg.Instead, x.Warning)
		}
		return Answer{}, err
	})
	return x, err
}

func (e *Engine) explain(ctx context.Context, docs workspace.Documents, q Query, at Spot) (Explanation, error) {
	f, rel, ok := e.owner(at.Path)
	if !ok {
		return Explanation{}, fmt.Errorf("%s is in no open folder: open the folder that it is in", at.Path)
	}
	seen, err := e.view(ctx, docs, q.Folders, q.Filter)
	if err != nil {
		return Explanation{}, err
	}
	defer runtime.KeepAlive(seen)
	x := Explanation{Coverage: seen.coverage, Warning: seen.nothing}
	if x.Skip, err = f.neverRead(docs, rel); err != nil {
		return Explanation{}, err
	}
	if x.Skip.Skipped() {
		x.Verdict = Skipped
		return x, nil
	}
	v, file, ok := seen.of(f, rel)
	switch {
	case !ok:
		return e.absent(ctx, docs, q, f, rel, x)
	case file.Skip != index.Skip{}:
		x.Verdict, x.Skip = Skipped, ignore.Skip(file.Skip)
		return x, nil
	}
	ids := chunksAt(e.sources(docs, nil), v.snapshot, f.root, rel, at.Line)
	if len(ids) == 0 {
		x.Verdict = Empty
		return x, nil
	}
	inside := ids[:0:0]
	for _, id := range ids {
		if v.scope.Has(id) {
			inside = append(inside, id)
		}
	}
	if len(inside) == 0 {
		x.Verdict, x.Filter = Filtered, q.refusal(f, rel, file)
		return x, nil
	}
	if q.wordless() {
		x.Verdict, x.Warning = Unlike, cmp.Or(x.Warning, noWord)
		return x, nil
	}
	if q.Filter.ofTexts() != nil || !search.HasWords(q.Text) {
		return e.exactly(ctx, docs, v, q, inside, x)
	}
	return e.standing(ctx, v, q, inside, x)
}

// exactly says where the best of some chunks stands among those that have the texts of the query, or that are listed.
func (e *Engine) exactly(
	ctx context.Context, docs workspace.Documents, v view, q Query, ids []uint32, x Explanation,
) (Explanation, error) {
	texts := q.Filter.ofTexts()
	l := newLooking(limitOf(q.Limit), func() *sources { return e.sources(docs, q.Filter) })
	passed, err := l.first(ctx, v, 0)
	if err != nil {
		return Explanation{}, err
	}
	if l.outside > 0 {
		x.Warning = cmp.Or(x.Warning, l.warning(texts))
	}
	if texts == nil { // a further piece of a definition is listed with the first
		for file := v.snapshot.FileOf(ids[0]); !slices.Contains(passed, ids[0]) && ids[0] > 0; ids[0]-- {
			if v.snapshot.FileOf(ids[0]-1) != file {
				break
			}
		}
	}
	at := slices.IndexFunc(passed, func(id uint32) bool { return slices.Contains(ids, id) })
	switch {
	case at < 0 && texts != nil:
		x.Verdict, x.Filter = Filtered, Refusal{"query", texts.Typed()}
		return x, nil
	case search.HasWords(q.Text):
		v.scope = v.scope.Only(passed)
		ids = slices.DeleteFunc(ids, func(id uint32) bool { return !slices.Contains(passed, id) })
		return e.standing(ctx, v, q, ids, x)
	}
	x.Place.Rank, x.Place.Found, x.Verdict = at+1, len(passed), Below
	if x.Place.Rank <= l.limit {
		x.Verdict = Hit
	}
	return x, nil
}

// of returns the view that has a file, also one that is skipped.
func (s views) of(f *folder, rel string) (view, index.File, bool) {
	for _, v := range s.all {
		if file, ok := v.snapshot.Find(f.root, rel); ok {
			return v, file, true
		}
	}
	return view{}, index.File{}, false
}

// standing says where the best of some chunks stands.
func (e *Engine) standing(ctx context.Context, v view, q Query, ids []uint32, x Explanation) (Explanation, error) {
	vector, warning, err := e.queryProbe(ctx, v.edition, q.Text)
	if err != nil {
		return Explanation{}, err
	}
	x.Warning = cmp.Or(warning, x.Warning)
	limit := limitOf(q.Limit)
	asked := search.Query{Text: q.Text, Vector: vector, Limit: limit + spare, Weights: e.cfg.Weights}
	found, err := rank(ctx, v.snapshot, v.scope, asked, false)
	if err != nil {
		return Explanation{}, err
	}
	chunks := make([]search.Ranked, len(ids))
	for i, id := range ids {
		chunks[i].ID = id
	}
	shown := found.Ranked[:min(limit, len(found.Ranked))]
	if len(shown) > 0 {
		chunks = append(chunks, shown[len(shown)-1])
	}
	places, err := search.Explain(ctx, v.snapshot, v.scope, asked, chunks)
	if err != nil {
		return Explanation{}, err
	}
	if len(shown) > 0 {
		last := len(places) - 1
		c := v.snapshot.Chunk(chunks[last].ID)
		if name, _, ok := found.Definition(chunks[last]); ok {
			c.Symbol = name
		}
		x.Last = &Last{filepath.Join(c.Root, filepath.FromSlash(c.Of.Path)), c.Symbol, places[last]}
		places = places[:last]
	}
	x.Place = places[0]
	for _, p := range places[1:] {
		if p.Rank > 0 && (x.Place.Rank == 0 || p.Rank < x.Place.Rank) {
			x.Place = p
		}
	}
	switch {
	case x.Place.Rank == 0:
		x.Verdict = Unlike
	case x.Place.Rank <= limit:
		x.Verdict = Hit
	default:
		x.Verdict = Below
	}
	return x, nil
}

// chunksAt returns the chunks of a file that a line is in, or all where it is below 0.
func chunksAt(sources *sources, snapshot *index.Snapshot, root, rel string, line int) (ids []uint32) {
	from, to := 0, -1
	if line >= 0 {
		content := sources.of(root, rel).text
		lines := text.NewLines(content)
		line = min(line, lines.Count()-1)
		from = min(lines.Start(line), max(0, len(content)-1)) // the last line may be what follows the last line ending
		to = max(lines.End(line), from+1)
	}
	first, n := snapshot.ChunksOf(root, rel)
	for id := first; id < first+uint32(n); id++ {
		if c := snapshot.Chunk(id); to < 0 || int(c.Start) < to && from < int(c.End) {
			ids = append(ids, id)
		}
	}
	return ids
}

// neverRead says by which rule a path is left out, whatever stands there.
func (f *folder) neverRead(docs workspace.Documents, rel string) (ignore.Skip, error) {
	path := filepath.Join(f.root, filepath.FromSlash(rel))
	skip := f.ignored(rel, false)
	if _, open := docs.Get(path); open || skip.Skipped() {
		return skip, nil
	}
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return ignore.Skip{}, fmt.Errorf("%s: no such file: %w", path, fs.ErrNotExist)
	case err != nil:
		return ignore.Skip{}, err
	case !info.IsDir():
		return ignore.Skip{}, nil
	}
	if rel != "" {
		if skip = f.ignored(rel, true); skip.Skipped() {
			return skip, nil
		}
	}
	return ignore.Skip{}, fmt.Errorf("%s is a directory: name a file in it", path)
}

// absent says why no view has a file that no rule leaves out by its path.
func (e *Engine) absent(
	ctx context.Context, docs workspace.Documents, q Query, f *folder, rel string, x Explanation,
) (Explanation, error) {
	if list := q.refusal(f, rel, index.File{Path: rel}); list.List == "folders" {
		x.Verdict, x.Filter = Filtered, list
		return x, nil
	}
	if q.Filter != nil { // a view of which it lets nothing pass is not there at all
		all, err := e.view(ctx, docs, q.Folders, nil)
		if err != nil {
			return Explanation{}, err
		}
		defer runtime.KeepAlive(all)
		_, file, ok := all.of(f, rel)
		switch {
		case ok && file.Skip != index.Skip{}:
			x.Verdict, x.Skip = Skipped, ignore.Skip(file.Skip)
			return x, nil
		case ok && file.Chunks == 0:
			x.Verdict = Empty
			return x, nil
		case ok:
			x.Verdict, x.Filter = Filtered, q.refusal(f, rel, file)
			return x, nil
		}
	}
	x.Verdict = Waiting
	if x.Skip = f.leftOut(rel); !x.Skip.Skipped() {
		if _, open := docs.Get(filepath.Join(f.root, filepath.FromSlash(rel))); !open {
			var err error
			if _, _, x.Skip, err = workspace.Read(f.root, rel, e.cfg.MaxFileSize); err != nil {
				return Explanation{}, err
			}
		}
	}
	if x.Skip.Skipped() {
		x.Verdict = Skipped
	}
	return x, nil
}

// leftOut says why the last walk left a path out, or what it is below.
func (f *folder) leftOut(rel string) ignore.Skip {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.skipped {
		if s.Path == rel || strings.HasPrefix(rel, s.Path+"/") {
			return s.Skip
		}
	}
	return ignore.Skip{}
}

// refusal says which part of the query does not look at a file of a folder.
func (q Query) refusal(f *folder, rel string, file index.File) Refusal {
	places := f.places(q.Folders)
	within := func(p index.Place) bool {
		return p.Directory == "" || rel == p.Directory || strings.HasPrefix(rel, p.Directory+"/")
	}
	inside := len(q.Folders) == 0
	for _, p := range places {
		inside = inside || within(p)
	}
	if !inside {
		return Refusal{"folders", q.Folders}
	}
	if q.Filter == nil {
		return Refusal{}
	}
	for i := range q.Filter.rules {
		if list := q.Filter.rules[i].refuses(f.root, rel, file, places); list.List != "" {
			return list
		}
	}
	for i := range q.Filter.rules {
		r := &q.Filter.rules[i]
		switch {
		case len(r.of.Kinds) > 0:
			return r.refusal("kinds", "kind", r.of.Kinds)
		case len(r.of.NotKinds) > 0:
			return r.refusal("notKinds", "-kind", r.of.NotKinds)
		}
	}
	return Refusal{}
}

// refuses says which of its lists does not let a file pass.
func (r *rule) refuses(root, rel string, file index.File, places []index.Place) Refusal {
	content := contentOf(file.Class())
	chosen := func(only rule) bool {
		chooses := only.chooses(places)
		return chooses == nil || chooses(root, rel)
	}
	switch {
	case r.languages != nil && !r.languages[file.Language]:
		return r.refusal("languages", "lang", r.of.Languages)
	case r.others[file.Language]:
		return r.refusal("notLanguages", "-lang", r.of.NotLanguages)
	case r.contents != 0 && content&r.contents == 0:
		return r.refusal("contents", "content", r.of.Contents)
	case content&r.not != 0:
		return r.refusal("notContents", "-content", r.of.NotContents)
	case !chosen(rule{globs: r.globs}):
		return r.refusal("globs", "", r.of.Globs)
	case !chosen(rule{paths: r.paths}):
		return r.refusal("paths", "path", r.of.Paths)
	case !chosen(rule{notPaths: r.notPaths}):
		return r.refusal("notPaths", "-path", r.of.NotPaths)
	}
	return Refusal{}
}

// refusal is one by a list of the rule, as programs give it or as it stands in a query.
func (r *rule) refusal(list, typed string, given []string) Refusal {
	if r.typed {
		list = typed
	}
	return Refusal{list, given}
}
