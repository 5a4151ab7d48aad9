package indexing

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"go.uber.org/zap"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/vectors/search"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/chunk"
)

// defaultLimit is how many hits an answer has where nobody said.
const defaultLimit = 20

// spare is how many more hits are ranked than asked for: some may be of files
// that changed on disk a moment ago, and are dropped.
const spare = 10

// Search answers a query from the snapshots published when it is called, with
// the unsaved ones of docs on top. It never waits for indexing. It returns the
// context's cause when that ends first.
func (e *Engine) Search(ctx context.Context, docs workspace.Documents, q Query) (Answer, error) {
	v, err := e.view(ctx, docs, q.Folders)
	if err != nil {
		return Answer{}, err
	}
	limit := limitOf(q.Limit)
	answer := Answer{Coverage: v.coverage}
	vector, warning, err := e.queryRow(ctx, q.Text)
	if err != nil {
		return Answer{}, err
	}
	answer.Warning = warning
	found, err := search.Rank(ctx, v.snapshot, v.scope, search.Query{Text: q.Text, Vector: vector, Limit: limit + spare, Weights: e.cfg.Weights})
	if err != nil {
		return Answer{}, err
	}
	answer.Hits, err = e.hits(ctx, v, docs, found, limit)
	return answer, err
}

// Related answers with code that is like the place, each hit with its reason;
// never with the place itself. It returns an error for a place that is in no
// open folder and has no text.
func (e *Engine) Related(ctx context.Context, docs workspace.Documents, p Place) (Answer, error) {
	v, err := e.view(ctx, docs, nil)
	if err != nil {
		return Answer{}, err
	}
	asked := search.Place{Path: p.Path, Text: p.Text}
	var self func(uint32) bool
	if p.Path != "" {
		if asked, self, err = e.place(v, docs, p); err != nil {
			return Answer{}, err
		}
	}
	limit := limitOf(p.Limit)
	answer := Answer{Coverage: v.coverage}
	vector, warning, err := e.queryRow(ctx, asked.Text)
	if err != nil {
		return Answer{}, err
	}
	answer.Warning = warning
	found, err := search.Related(ctx, v.snapshot, v.scope, search.Query{Text: asked.Text, Vector: vector, Limit: limit + spare, Weights: e.cfg.Weights}, self)
	if err != nil {
		return Answer{}, err
	}
	if answer.Hits, err = e.hits(ctx, v, docs, found, limit); err != nil {
		return Answer{}, err
	}
	comparison := search.Compare(asked)
	for i := range answer.Hits {
		h := &answer.Hits[i]
		h.Reason = comparison.Reason(search.Place{Path: h.Path, Symbol: h.Symbol, Text: h.Text[h.Start:h.End]})
	}
	return answer, nil
}

// place reads what stands at p, and returns which chunks are part of it.
func (e *Engine) place(v view, docs workspace.Documents, p Place) (search.Place, func(uint32) bool, error) {
	f, rel, ok := e.owner(p.Path)
	if !ok {
		return search.Place{}, nil, fmt.Errorf("%s is in no open folder: open the folder that it is in", p.Path)
	}
	// What is ignored is not even looked up: its text would be sent to a remote model.
	if skip := f.ignored(rel, false); skip.Skipped() {
		return search.Place{}, nil, fmt.Errorf("%s is not indexed: %s", p.Path, skip)
	}
	text, ok := e.text(docs, f.root, rel)
	if !ok {
		return search.Place{}, nil, fmt.Errorf("%s cannot be read", p.Path)
	}
	start, end := max(0, min(p.Start, len(text))), max(0, min(p.End, len(text)))
	outline := chunk.Cut(rel, text)
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
	first, n := v.snapshot.ChunksOf(f.root, rel)
	self := func(id uint32) bool {
		if id < first || id >= first+uint32(n) {
			return false
		}
		c := v.snapshot.Chunk(id)
		return int(c.Start) < end && start < int(c.End)
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
		s, n, err := e.overlay(ctx, f, docs)
		if err != nil {
			return view{}, err
		}
		folders, snapshots, dirty = append(folders, f), append(snapshots, s), dirty+n
	}
	v := view{snapshot: index.Join(snapshots...), coverage: e.coverage(folders, dirty)}
	if v.scope = v.snapshot.Everywhere(); len(within) > 0 {
		v.scope = v.snapshot.Under(places)
	}
	return v, nil
}

// queryRow embeds the query. A model that is slow or fails costs the query its
// vector, not its answer: the warning says so.
func (e *Engine) queryRow(ctx context.Context, text string) (index.Row, string, error) {
	if strings.TrimSpace(text) == "" {
		return index.Row{}, "", nil
	}
	var row index.Row
	moved, err := tasks.MoveOnAfter(ctx, queryPatience, func(ctx context.Context, _ *tasks.Group) error {
		vector, err := e.cfg.Embedder.EmbedQuery(ctx, text)
		if err == nil {
			row = index.Quantise(vector)
		}
		return err
	})
	if ctx.Err() != nil {
		return index.Row{}, "", context.Cause(ctx)
	}
	if moved {
		err = errors.Join(err, fmt.Errorf("no answer within %v", queryPatience))
	}
	if err != nil {
		e.cfg.Log.Warn("embedding a query", zap.Error(err))
		return index.Row{}, fmt.Sprintf("searched by words only: model %s: %v", e.model().Name, err), nil
	}
	return row, "", nil
}

// hits reads the texts of what was found and drops what is no longer there.
func (e *Engine) hits(ctx context.Context, v view, docs workspace.Documents, found search.Result, limit int) ([]search.Hit, error) {
	sources := map[string]*source{}
	hits := make([]search.Hit, 0, min(limit, len(found.Ranked)))
	for _, r := range found.Ranked {
		if len(hits) == limit {
			break
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		c := v.snapshot.Chunk(r.ID)
		path := filepath.Join(c.Root, filepath.FromSlash(c.Of.Path))
		src := sources[path]
		if src == nil {
			src = &source{rel: c.Of.Path}
			src.text, src.ok = e.text(docs, c.Root, c.Of.Path)
			sources[path] = src
		}
		if !src.ok || !remap(&c, src) {
			continue
		}
		hits = append(hits, hit(path, src, c, r.Score, found.Terms))
	}
	return hits, nil
}

// source is a document that hits are in. It is read once for all of them, and cut
// only if one has to look for its place in it.
type source struct {
	rel     string
	text    string
	ok      bool // it can be read
	outline *chunk.File
}

func (s *source) cut() *chunk.File {
	if s.outline == nil {
		outline := chunk.Cut(s.rel, s.text)
		s.outline = &outline
	}
	return s.outline
}

// hit shows a chunk of text. Of several definitions in it, it is the one with the
// line that says best why it was found.
func hit(path string, src *source, c index.Found, score float64, terms []index.Term) search.Hit {
	text := src.text
	h := search.Hit{
		Path: path, Start: int(c.Start), End: int(c.End), NameStart: int(c.NameStart), NameEnd: int(c.NameEnd),
		Symbol: c.Symbol, Container: c.Container, Kind: c.Kind, Language: c.Of.Language, Score: score, Text: text,
	}
	name := h.NameStart
	if c.Merged {
		name = -1 // no line is better for being that of the first
	}
	var at int
	h.Snippet, at = search.Snippet(text, h.Start, h.End, name, terms)
	if c.Merged {
		if s, ok := src.cut().SymbolAt(at); ok && s.DocStart >= h.Start && s.End <= h.End {
			h.Start, h.End, h.NameStart, h.NameEnd = s.DocStart, s.End, s.NameStart, s.NameEnd
			h.Symbol, h.Container, h.Kind = s.Name, s.Container, s.Kind
		}
	}
	if h.NameStart < h.Start || h.NameEnd > h.End || h.NameEnd <= h.NameStart {
		h.NameStart, h.NameEnd = h.Start, h.Start
	}
	h.SnippetStart = at
	return h
}

// text is what a document says now: the editor's buffer, else the file.
func (e *Engine) text(docs workspace.Documents, root, rel string) (string, bool) {
	if d, ok := docs.Get(filepath.Join(root, filepath.FromSlash(rel))); ok {
		return d.Text, true
	}
	text, _, skip, err := workspace.Read(root, rel, e.cfg.MaxFileSize)
	return text, err == nil && !skip.Skipped()
}

// remap moves a chunk to where its text stands now, and reports whether it was
// found: the same bytes, else the same text elsewhere, else the definition of
// the same name.
func remap(c *index.Found, src *source) bool {
	text := src.text
	if int(c.End) <= len(text) && index.HashChunk(text[c.Start:c.End]) == c.Hash {
		return true
	}
	outline := src.cut()
	move := func(to chunk.Chunk) bool {
		c.Start, c.End = uint32(to.Start), uint32(to.End)
		c.NameStart, c.NameEnd = uint32(to.NameStart), uint32(to.NameEnd)
		return true
	}
	for _, to := range outline.Chunks {
		if index.HashChunk(text[to.Start:to.End]) == c.Hash {
			return move(to)
		}
	}
	for _, to := range outline.Chunks {
		if c.Symbol != "" && to.Symbol == c.Symbol && to.Container == c.Container && to.Kind == c.Kind {
			return move(to)
		}
	}
	return false
}
