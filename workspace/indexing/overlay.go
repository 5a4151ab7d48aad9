package indexing

import (
	"context"
	"sync"
	"time"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/workspace"
)

// overlayPatience is how long a query waits for the vectors of what is unsaved.
// The built-in model takes 50 µs a chunk; a remote one is found by its words
// until the document is saved.
const overlayPatience = 20 * time.Millisecond

// overlays keeps the segment of each unsaved document, so that it is cut once
// for each version and not for each query. They live in memory only. Safe for
// concurrent use; the zero value is empty.
type overlays struct {
	mu   sync.Mutex
	made map[string]overlay // by absolute path
}

type overlay struct {
	text    string
	segment *index.Segment
}

// prune forgets documents that are no longer unsaved.
func (o *overlays) prune(docs workspace.Documents) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for path := range o.made {
		if d, ok := docs.Get(path); !ok || !d.Dirty {
			delete(o.made, path)
		}
	}
}

func (o *overlays) get(d workspace.Document) (*index.Segment, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	got, ok := o.made[d.Path]
	return got.segment, ok && got.text == d.Text
}

func (o *overlays) put(d workspace.Document, seg *index.Segment) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.made == nil {
		o.made = map[string]overlay{}
	}
	o.made[d.Path] = overlay{d.Text, seg}
}

// overlay returns a snapshot of f with the unsaved documents in it, and how many
// they are.
func (e *Engine) overlay(ctx context.Context, f *folder, docs workspace.Documents) (*index.Snapshot, int, error) {
	snapshot := f.index.Snapshot()
	n := 0
	for _, d := range docs.Dirty() {
		if owner, rel, ok := e.owner(d.Path); ok && owner == f && !e.ignored(f, rel) {
			seg, err := e.unsavedSegment(ctx, f, rel, d)
			if err != nil {
				return nil, 0, err
			}
			snapshot = snapshot.With(f.root, seg, nil)
			n++
		}
	}
	return snapshot, n, nil
}

func (e *Engine) unsavedSegment(ctx context.Context, f *folder, rel string, d workspace.Document) (*index.Segment, error) {
	if seg, ok := e.unsaved.get(d); ok {
		return seg, nil
	}
	doc := []index.Document{cut(index.File{Path: rel, Size: int64(len(d.Text))}, d.Text)}
	whole, err := e.embedUnsaved(ctx, f, doc)
	if err != nil {
		return nil, err
	}
	seg, err := index.Build(e.model.Dimensions, doc)
	if err == nil && whole {
		e.unsaved.put(d, seg)
	}
	return seg, err
}

// embedUnsaved embeds what it can in time. Without a vector a chunk is found by
// its words; a model that fails must not fail the query.
func (e *Engine) embedUnsaved(ctx context.Context, f *folder, doc []index.Document) (whole bool, err error) {
	if !e.local() {
		// Half-typed text is not sent anywhere: it gets the rows that are there.
		doc[0].Rows = e.rowsKnown(f, doc[0])
		return true, nil
	}
	moved, err := tasks.MoveOnAfter(ctx, overlayPatience, func(ctx context.Context, _ *tasks.Group) error {
		return e.embed(ctx, f, doc, tasks.Interactive)
	})
	if ctx.Err() != nil {
		return false, context.Cause(ctx)
	}
	return !moved && err == nil, nil
}

func (e *Engine) rowsKnown(f *folder, d index.Document) []index.Row {
	rows := make([]index.Row, len(d.Chunks))
	snapshot := f.index.Snapshot()
	for i, c := range d.Chunks {
		if !c.Skip {
			rows[i], _ = snapshot.Reuse(f.root, d.File.Path, index.HashChunk(d.Text[c.Start:c.End]), c.Symbol, c.Container)
		}
	}
	return rows
}
