package indexing

import (
	"context"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/vectors/embed"
	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/chunk"
	"github.com/semantic-ls/semantic-ls/workspace/ignore"
)

// bufferPatience is Config.BufferPatience where none is given.
// The built-in model takes 50 µs a chunk; a remote one is found by its words
// until the document is saved.
const bufferPatience = 20 * time.Millisecond

// overlays keeps what is known of each open document, so that it is hashed, cut and embedded once for each version and not
// for each query, however many come at once. Its segments live in memory only. Safe for concurrent use; the zero value is
// empty.
type overlays struct {
	mu   sync.Mutex
	made map[string]*buffer // by absolute path
}

// buffer is one version of an open document.
type buffer struct {
	text    string
	hash    [16]byte
	outline func() chunk.File // is made when it is wanted first

	making  chan struct{}  // holds a token while one makes the segment, and the others wait
	segment *index.Segment // nil: not made; guarded by making
	model   embed.Model    // whose rows it has; guarded by making
}

// prune forgets documents that are no longer open.
func (o *overlays) prune(docs workspace.Documents) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for path := range o.made {
		if _, ok := docs.Get(path); !ok {
			delete(o.made, path)
		}
	}
}

// known returns what is known of a text of the document at path, nil where nothing is. Equal strings that share their
// bytes, as those of one version do, compare at once.
func (o *overlays) known(path, text string) *buffer {
	o.mu.Lock()
	defer o.mu.Unlock()
	if b := o.made[path]; b != nil && b.text == text {
		return b
	}
	return nil
}

// get returns what is known of this text of a document, which is at rel in its folder.
func (o *overlays) get(d workspace.Document, rel string) *buffer {
	if b := o.known(d.Path, d.Text); b != nil {
		return b
	}
	made := &buffer{
		text: d.Text, hash: index.HashText(d.Text), making: make(chan struct{}, 1),
		outline: sync.OnceValue(func() chunk.File { return chunk.Cut(rel, d.Text) }),
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if b := o.made[d.Path]; b != nil && b.text == d.Text {
		return b // another query was faster
	}
	if o.made == nil {
		o.made = map[string]*buffer{}
	}
	o.made[d.Path] = made
	return made
}

// overlay returns a snapshot of an edition of f in which every open document says what its
// buffer says, saved or not, indexed or not yet, and how many are unsaved.
func (e *Engine) overlay(ctx context.Context, f *folder, ed edition, docs workspace.Documents) (*index.Snapshot, int, error) {
	indexed := f.own(ed.index.Snapshot(), e.all())
	var segments []*index.Segment
	dirty := 0
	for _, d := range docs.All() {
		owner, rel, ok := e.owner(d.Path)
		if !ok || owner != f || f.ignored(rel, false).Skipped() {
			continue
		}
		if d.Dirty {
			dirty++
		}
		known := e.buffers.get(d, rel)
		if file, ok := indexed.Find(f.root, rel); ok && file.Skip.Rule == "" && file.Hash == known.hash {
			continue
		}
		if int64(len(d.Text)) > e.cfg.MaxFileSize || ignore.Content(rel, d.Text).Skipped() {
			continue
		}
		seg, err := e.bufferSegment(ctx, f, ed, rel, d, known)
		if err != nil {
			return nil, 0, err
		}
		segments = append(segments, seg)
	}
	if len(segments) == 0 {
		return indexed, dirty, nil
	}
	return indexed.WithAll(f.root, segments, nil), dirty, nil
}

// bufferSegment makes the segment of a document, or waits for another query that does. One that is cancelled meanwhile
// leaves it to the next.
func (e *Engine) bufferSegment(
	ctx context.Context, f *folder, ed edition, rel string, d workspace.Document, known *buffer,
) (*index.Segment, error) {
	select {
	case known.making <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	defer func() { <-known.making }()
	if known.segment != nil && known.model == ed.model {
		return known.segment, nil
	}
	log := func() *zap.Logger { return LogOf(ctx, e.cfg.Log) }
	doc := []index.Document{documentOf(index.File{Path: rel, Size: int64(len(d.Text))}, d.Text, known.outline(), log)}
	whole, err := e.embedBuffer(ctx, f, ed, doc)
	if err != nil {
		return nil, err
	}
	seg, err := e.build(ctx, ed, doc, tasks.Interactive)
	if err == nil && whole {
		known.segment, known.model = seg, ed.model
	}
	return seg, err
}

// embedBuffer embeds what it can in time. Without a vector a chunk is found by
// its words; a model that fails must not fail the query.
func (e *Engine) embedBuffer(ctx context.Context, f *folder, ed edition, doc []index.Document) (whole bool, err error) {
	if !ed.local() || ed.embedder == nil {
		// Half-typed text is not sent anywhere: it gets the rows that are there.
		doc[0].Rows = rowsKnown(f, ed, doc[0])
		return true, nil
	}
	moved, err := tasks.MoveOnAfter(ctx, e.cfg.BufferPatience, func(ctx context.Context, _ *tasks.Group) error {
		return e.embed(ctx, f, ed, doc, tasks.Interactive)
	})
	if ctx.Err() != nil {
		return false, context.Cause(ctx)
	}
	return !moved && err == nil, nil
}

func rowsKnown(f *folder, ed edition, d index.Document) []index.Row {
	rows := make([]index.Row, len(d.Chunks))
	known := ed.index.Snapshot().Rows(f.root, d.File.Path)
	for i, c := range d.Chunks {
		if !c.Skip {
			rows[i], _ = known(index.HashChunk(d.Text[c.Start:c.End]), c.Symbol, c.Container)
			rows[i].Data = slices.Clone(rows[i].Data)
		}
	}
	return rows
}
