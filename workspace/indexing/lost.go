package indexing

import (
	"context"
	"errors"
	"runtime"

	"go.uber.org/zap"

	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/vectors/store"
)

// guard calls fn, which reads segments that are mapped into memory. When the system
// cannot read their file any more, because somebody has cut it or the disk fails, the
// index of that folder is dropped, and the error is store.ErrFault. The next Refresh
// builds it again. What is logged says for which request of ctx that was found.
func (e *Engine) guard(ctx context.Context, fn func() error) error {
	return e.guardBy(func() *zap.Logger { return LogOf(ctx, e.cfg.Log) }, fn)
}

// guardBy is guard that logs to log.
func (e *Engine) guardBy(logOf func() *zap.Logger, fn func() error) error {
	err := store.Guard(fn)
	if errors.Is(err, store.ErrFault) {
		log := logOf()
		for _, f := range e.all() {
			if store.Guard(func() error { touch(f.index.Snapshot()); return nil }) != nil {
				log.Error("the index is dropped", zap.String("folder", f.root), zap.Error(err))
				f.lose(err)
				e.unmark(f)
			}
			if o := f.former.Load(); o != nil && store.Guard(func() error { touch(o.index.Snapshot()); return nil }) != nil {
				log.Error("the index of another model is dropped", zap.String("folder", f.root), zap.Error(err))
				f.former.Store(nil)
			}
		}
	}
	return err
}

// guarded is guard for a query: without what was lost it is answered all the same.
func (e *Engine) guarded(ctx context.Context, query func() (Answer, error)) (answer Answer, err error) {
	for range 2 {
		err = e.guard(ctx, func() (err error) { answer, err = query(); return err })
		if !errors.Is(err, store.ErrFault) {
			return answer, err
		}
	}
	return Answer{}, err
}

// touch reads a byte of every page of a snapshot.
func touch(s *index.Snapshot) {
	var sum byte
	const page = 4 << 10
	for _, p := range s.Pieces() {
		data := p.Segment.Bytes()
		for at := 0; at < len(data); at += page {
			sum += data[at]
		}
	}
	runtime.KeepAlive(sum) // or nothing would be read
}

// lose drops what is indexed, in memory and on disk, and says why.
func (f *folder) lose(why error) {
	f.publishing.Lock()
	defer f.publishing.Unlock()
	f.index.Reset()
	_ = f.store.Reset() // its health says so
	f.voided("being rebuilt: " + why.Error())
}

// unsound reports whether only a walk tells what the index lacks.
func (f *folder) unsound() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.lost != "" || f.anew
}

// whyLost says why the index was dropped, if it is still to be built again.
func (f *folder) whyLost() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.lost
}
