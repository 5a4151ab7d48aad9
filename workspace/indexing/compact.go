package indexing

import (
	"context"
	"errors"

	"go.uber.org/zap"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/vectors/store"
)

// compactSmall bounds the number of segments while files are read. One merges; the others
// go on, until there are too many.
func (e *Engine) compactSmall(ctx context.Context, f *folder) error {
	n, _ := f.appended()
	switch {
	case n <= manySegments:
		return nil
	case n <= tooMany && len(f.compacting) > 0:
		return nil
	}
	return e.compact(ctx, f, false)
}

// appended returns how many segments have no file of their own, and how many there are.
func (f *folder) appended() (n, all int) {
	pieces := f.index.Snapshot().Pieces()
	for _, p := range pieces {
		if !f.merged(p.Segment) {
			n++
		}
	}
	return n, len(pieces)
}

// mergedBytes is how large a segment is, where none has a file, for it to be one that was
// merged: a batch is smaller.
const mergedBytes = 4 << 20

// merged reports whether a segment is more than what was appended as it was read.
func (f *folder) merged(seg *index.Segment) bool {
	return f.store.Stored(seg) || !f.store.Writes() && len(seg.Bytes()) >= mergedBytes
}

// unsettled reports whether it pays to leave fewer segments, or less in the log, for
// those who search and open the index from now on.
func (f *folder) unsettled() bool {
	bytes, changes := f.store.LogSize()
	_, segments := f.appended()
	return segments > fewSegments || changes > fewChanges || bytes > fewBytes ||
		f.store.Size() > 2*f.index.Bytes()+spareBytes
}

// compact merges segments and writes what it merged as files, after which the log is as
// good as empty. Queries and changes go on meanwhile. Where it cannot be written, it is
// merged in memory.
func (e *Engine) compact(ctx context.Context, f *folder, settle bool) error {
	select {
	case f.compacting <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	defer func() { <-f.compacting }()
	if n, _ := f.appended(); n <= manySegments && !settle {
		return nil // whoever had the token has done it
	}
	m := merging{e: e, f: f, replaced: map[*index.Segment]bool{}}
	err := e.guard(ctx, func() error {
		pieces, ok := m.begin()
		if !ok {
			return nil // another process compacts, for both
		}
		if err := m.all(ctx, pieces, settle); err != nil {
			return err
		}
		m.end()
		return nil
	})
	if err != nil && m.checkpoint != nil {
		m.checkpoint.Abort()
	}
	return err
}

// merging is what compact has done so far.
type merging struct {
	e          *Engine
	f          *folder
	checkpoint *store.Checkpoint // nil: in memory
	kept       []index.Piece     // of the checkpoint
	swaps      []swap
	replaced   map[*index.Segment]bool
}

// swap is a segment that is to stand in the place of some pieces.
type swap struct {
	old []index.Piece
	by  *index.Segment
}

// begin takes the index as it is, and as it is stored.
func (m *merging) begin() (pieces []index.Piece, ok bool) {
	f := m.f
	f.publishing.Lock()
	defer f.publishing.Unlock()
	m.checkpoint = f.store.Begin(f.learn)
	n, _ := f.appended()
	return f.index.Snapshot().Pieces(), m.checkpoint != nil || !f.store.Writes() || n > tooMany
}

// end publishes what was merged, and stores it.
func (m *merging) end() {
	f := m.f
	f.publishing.Lock()
	defer f.publishing.Unlock()
	if checkpoint := m.checkpoint; checkpoint != nil {
		m.checkpoint = nil // whatever comes of it, it has ended
		err := checkpoint.Commit(m.kept, f.learn)
		if errors.Is(err, store.ErrOvertaken) {
			return // the index is another one now
		}
		m.failed(err)
	}
	for _, s := range m.swaps {
		f.index.Replace(s.old, s.by)
	}
}

func (m *merging) all(ctx context.Context, pieces []index.Piece, settle bool) error {
	for _, group := range store.Merges(pieces, m.f.merged, settle) {
		if err := m.merge(ctx, group); err != nil {
			return err
		}
	}
	for _, p := range pieces {
		switch {
		case m.replaced[p.Segment]:
		case m.f.store.Stored(p.Segment):
			if _, err := m.keep(ctx, p.Segment); err != nil {
				return err
			}
			m.kept = append(m.kept, p)
		case p.Dead != nil:
			if err := m.merge(ctx, []index.Piece{p}); err != nil {
				return err
			}
		case m.checkpoint != nil:
			if err := m.swap(ctx, []index.Piece{p}, p.Segment); err != nil {
				return err
			}
		}
	}
	return nil
}

// merge makes one segment of what is alive in a group.
func (m *merging) merge(ctx context.Context, group []index.Piece) error {
	var merged *index.Segment
	err := m.e.lend(ctx, tasks.Background, func(ctx context.Context) (err error) {
		merged, err = index.MergePieces(ctx, m.e.model().Dimensions, group)
		return err
	})
	if err != nil {
		return err
	}
	return m.swap(ctx, group, merged)
}

// swap notes that by, in a file, is to stand in the place of old.
func (m *merging) swap(ctx context.Context, old []index.Piece, by *index.Segment) error {
	for _, p := range old {
		m.replaced[p.Segment] = true
	}
	kept, err := m.keep(ctx, by)
	if err != nil {
		return err
	}
	if kept != nil {
		by = kept
		m.kept = append(m.kept, index.Piece{Segment: kept})
	}
	m.swaps = append(m.swaps, swap{old, by})
	return nil
}

// keep returns the segment in a file, nil where it is in memory only.
func (m *merging) keep(ctx context.Context, seg *index.Segment) (*index.Segment, error) {
	if m.checkpoint == nil {
		return nil, nil
	}
	kept, err := m.checkpoint.Keep(ctx, seg)
	if err == nil || ctx.Err() != nil || errors.Is(err, store.ErrFault) {
		return kept, err
	}
	m.checkpoint.Abort()
	m.failed(err)
	return nil, nil
}

// failed goes on in memory: what is stored says the same, in more segments.
func (m *merging) failed(err error) {
	if err != nil {
		m.checkpoint = nil
		m.e.cfg.Log.Warn("merging what is stored", zap.String("folder", m.f.root), zap.Error(err))
	}
}
