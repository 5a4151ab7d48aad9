package indexing

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"go.uber.org/zap"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/vectors/embed"
	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/vectors/store"
	"github.com/semantic-ls/semantic-ls/workspace"
)

// When the model changes, a folder has two indexes for a while: the one that the new
// model is building, and the former one, complete, of another model. The former one
// answers, with its own model, until the other one is complete; then one store of a
// pointer swaps them, and the former one is dropped from memory. What is on disk of it
// stays until it is pruned, or serves again.
//
// Meanwhile the former one is kept as fresh as the other, in memory only: what changed
// since it was stored is cut into it with the rows that it has for the same texts. Only
// the built-in model makes new ones: nobody pays for two models at once, and a text that
// has no row is found by its words.
//
// An index of another version of the texts is no former one: its words are not those
// that this version looks for.

// edition is what one model has made of a folder. A query takes one, and nothing of
// another: rows of two models are never compared.
type edition struct {
	model    embed.Model
	embedder Embedder // nil: queries cannot be embedded
	index    *index.Index
	name     string // of the model, in answers
	former   *former
}

// former is the edition that answers until the present model's is complete.
type former struct {
	edition
	touched map[string]uint64 // as of the folder, which see; guarded by its publishing
	behind  map[string]bool   // paths of which it says what was there before; guarded by folder.mu
}

func (ed edition) local() bool { return ed.model.Provider == builtinProvider }

// present is the edition of the present model.
func (s *shared) present(f *folder) edition {
	m := s.model()
	return edition{model: m, embedder: s.cfg.Embedder, index: f.index, name: m.Name}
}

// serving is the edition that answers now.
func (s *shared) serving(f *folder) edition {
	if o := f.former.Load(); o != nil {
		return o.edition
	}
	return s.present(f)
}

// findFormer looks for a complete index of another model where that of the present one,
// which is loaded, is not complete. The error is that of a ctx that has ended.
func (s *shared) findFormer(ctx context.Context, f *folder) error {
	id := identity(f.root, s.model())
	if store.IsComplete(s.cfg.CacheDir, id) {
		if f.index.Segments() > 0 {
			return nil
		}
		// It was complete, and nothing could be used of it.
		s.unmark(f)
	}
	for _, other := range store.Complete(s.cfg.CacheDir, f.root) {
		if other == id {
			continue
		}
		m := embed.ParseIdentity(other.Model, other.Dimensions)
		o := &former{touched: map[string]uint64{}, behind: map[string]bool{}}
		o.edition = edition{model: m, index: index.New(f.root), name: nameBeside(m, s.model()), former: o}
		stored := store.OpenReadOnly(s.cfg.CacheDir, other)
		news, err := stored.Load(ctx)
		if err == nil {
			err = store.Guard(func() error { news.Apply(o.index); return nil })
		}
		_ = stored.Close() // what it gave stays usable
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil || o.index.Snapshot().Counts(f.root).Files == 0 {
			continue
		}
		if s.cfg.Former != nil {
			o.embedder = s.cfg.Former(m)
		}
		f.former.Store(o)
		s.cfg.Log.Info("the index of another model answers until that of the present one is complete",
			zap.String("folder", f.root), zap.String("model", other.Model))
		return nil
	}
	return nil
}

// errUnborn is returned where nobody has asked the model yet.
var errUnborn = errors.New("the model has not said the dimensions of its vectors: the next refresh asks it")

// dimensions is the error of a folder whose index cannot be begun: why the model does not
// say its dimensions, as a Refresh has asked it last.
func (f *folder) dimensions() error {
	if !f.unborn {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return cmp.Or(f.silent, errUnborn)
}

// born asks the model again, and puts a folder with an index in the place of one that
// could have none, for all engines.
func (s *shared) born(ctx context.Context, f *folder) bool {
	if err := s.probe(ctx); err != nil {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.silent = err
		return false
	}
	give, ok := s.turns.take(ctx.Done(), f.root)
	if !ok {
		return false
	}
	defer give()
	if f.users == 0 || f.next.Load() != nil { // closed, or another was first
		return true
	}
	next, err := s.load(ctx, f.root)
	if err != nil {
		return false
	}
	next.users, next.finisher = f.users, f.finisher
	s.mu.Lock()
	s.folders[f.root] = next
	s.mu.Unlock()
	f.next.Store(next)
	return true
}

// now is the folder that f has become.
func (f *folder) now() *folder {
	for next := f.next.Load(); next != nil; next = f.next.Load() {
		f = next
	}
	return f
}

// nameBeside is the name of a model in answers, with as much of the rest as tells it
// from the present one.
func nameBeside(m, present embed.Model) string {
	switch {
	case m.Name != present.Name:
		return m.Name
	case m.Identity() != present.Identity():
		return m.Identity()
	}
	return fmt.Sprintf("%s of %d dimensions", m.Name, m.Dimensions)
}

// complete makes the present model's index the one that answers, and notes that on disk,
// once it holds all of the folder: a Refresh has ended well, which refreshed tells is so
// now, and since then every Update.
func (e *Engine) complete(f *folder, refreshed bool) {
	f.mu.Lock()
	f.whole = f.whole || refreshed
	done := f.whole && f.sound == f.voids && len(f.pending) == 0 && (refreshed || f.waiting == 0)
	f.mu.Unlock()
	if !done {
		return
	}
	if f.former.Swap(nil) != nil {
		e.cfg.Log.Info("the index of the present model is complete", zap.String("folder", f.root), zap.String("model", e.model().Name))
	}
	f.completed.Store(true)
	e.mark(f)
}

// mark notes that what is stored of the folder is complete, if it is.
func (s *shared) mark(f *folder) {
	if !f.completed.Load() || s.cfg.ReadOnly || s.cfg.CacheDir == "" || store.InMemory(f.store.Health()) {
		return
	}
	id := identity(f.root, s.model())
	if store.IsComplete(s.cfg.CacheDir, id) {
		return
	}
	if err := store.MarkComplete(s.cfg.CacheDir, id); err != nil {
		s.cfg.Log.Warn("storing", zap.String("folder", f.root), zap.Error(err))
	}
}

// unmark notes that it is not.
func (s *shared) unmark(f *folder) {
	f.mu.Lock()
	f.whole = false
	f.mu.Unlock()
	f.completed.Store(false)
	if s.cfg.ReadOnly || s.cfg.CacheDir == "" || store.InMemory(f.store.Health()) {
		return
	}
	if err := store.UnmarkComplete(s.cfg.CacheDir, identity(f.root, s.model())); err != nil {
		s.cfg.Log.Warn("storing", zap.String("folder", f.root), zap.Error(err))
	}
}

// freshen makes the former edition, if there is one, say of what a walk has found what
// that says now, before the present model is asked for anything: that takes long, or
// fails.
func (e *Engine) freshen(ctx context.Context, f *folder, todo []workspace.Entry, turn uint64) error {
	o := f.former.Load()
	if o == nil {
		return nil
	}
	snapshot := o.index.Snapshot()
	var behind []workspace.Entry
	err := e.inUnits(ctx, len(todo), func(i int) {
		if compare(snapshot, f.root, todo[i]).read {
			behind = append(behind, todo[i])
		}
	})
	for err == nil && len(behind) > 0 {
		n := e.batchLength(behind, 0)
		var documents []index.Document
		if documents, _, err = e.readFiles(ctx, f, behind[:n]); err == nil {
			err = e.keepUp(ctx, f, documents, turn, false)
		}
		behind = behind[n:]
	}
	return err
}

// keepUp makes the former edition, if there is one, say of the documents what they say
// now, but for those that an Update has published since turn.
func (e *Engine) keepUp(ctx context.Context, f *folder, documents []index.Document, turn uint64, touch bool) error {
	o := f.former.Load()
	if o == nil {
		return nil
	}
	snapshot := o.index.Snapshot()
	var changed []index.Document
	var paths []string
	for _, d := range documents {
		paths = append(paths, d.File.Path)
		if known, ok := snapshot.Find(f.root, d.File.Path); !ok || known.Hash != d.File.Hash || known.Skip != d.File.Skip {
			changed = append(changed, d)
		}
	}
	if err := e.embed(ctx, f, o.edition, changed, tasks.Background); err != nil {
		return err
	}
	for published := false; !published && len(changed) > 0; {
		seg, err := e.build(ctx, o.edition, changed, tasks.Background)
		if err != nil {
			return err
		}
		published = f.publishFormer(o, seg, &changed, turn, touch)
	}
	if err := e.mergeSmall(ctx, f, o); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, path := range paths {
		delete(o.behind, path)
	}
	return nil
}

// publishFormer publishes a segment of documents in the former edition, or takes those
// out of them that an Update has published since turn, and returns false.
func (f *folder) publishFormer(o *former, seg *index.Segment, documents *[]index.Document, turn uint64, touch bool) bool {
	f.publishing.Lock()
	defer f.publishing.Unlock()
	before := len(*documents)
	*documents = slices.DeleteFunc(*documents, func(d index.Document) bool { return o.touched[d.File.Path] > turn })
	if len(*documents) != before {
		return false
	}
	o.index.Apply(seg, nil)
	for _, d := range *documents {
		if touch {
			o.touched[d.File.Path] = turn
		}
	}
	return true
}

// mergeSmall bounds the number of segments that keepUp makes.
func (e *Engine) mergeSmall(ctx context.Context, f *folder, o *former) error {
	if o.index.Segments() <= manySegments {
		return nil
	}
	// The lock first: of two that want to merge, one would else wait for it with a core.
	f.publishing.Lock()
	defer f.publishing.Unlock()
	if o.index.Segments() <= manySegments {
		return nil
	}
	large := func(seg *index.Segment) bool { return len(seg.Bytes()) >= mergedBytes }
	return e.lend(ctx, tasks.Background, func(ctx context.Context) error {
		for _, group := range store.Merges(o.index.Snapshot().Pieces(), large, false) {
			merged, err := index.MergePieces(ctx, o.model.Dimensions, group)
			if err != nil {
				return err
			}
			o.index.Replace(group, merged)
		}
		return nil
	})
}

// names says which models answer, of several editions.
func names(editions []edition, present embed.Model) string {
	if len(editions) == 0 {
		return present.Name
	}
	var all []string
	for _, ed := range editions {
		if !slices.Contains(all, ed.name) {
			all = append(all, ed.name)
		}
	}
	slices.SortStableFunc(all, cmp.Compare[string])
	joined := all[0]
	for _, name := range all[1:] {
		joined += ", " + name
	}
	return joined
}

// waits says, for the status, that another model answers.
func (ed edition) waits(present embed.Model) string {
	if ed.former == nil {
		return ""
	}
	return fmt.Sprintf("model %s answers until the index of %s is complete", ed.name, present.Name)
}
