package indexing

import (
	"context"
	"errors"
	"maps"
	"slices"
)

// finisher is a FinishShared at work on a folder.
type finisher struct {
	cancel context.CancelCauseFunc
	done   chan struct{} // closed when it has left the folder
}

// errNobody is why it ends early: nobody has the folder open any more.
var errNobody = errors.New("the folder was closed")

// FinishShared goes on with the folders that other engines of this Share have open and
// whose last Refresh or Update was interrupted, unless by ErrPaused, as it is when a
// client leaves in the middle of it. It ends, for a folder, when the last of those
// engines closes that. When ctx ends, its cause is the error.
func (e *Engine) FinishShared(ctx context.Context) error {
	e.shared.mu.Lock()
	roots := slices.Sorted(maps.Keys(e.folders))
	e.shared.mu.Unlock()
	var errs []error
	for _, root := range roots {
		errs = append(errs, e.finish(ctx, root))
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
	return errors.Join(errs...)
}

func (e *Engine) finish(ctx context.Context, root string) (err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	as := &finisher{cancel, make(chan struct{})}
	one := e.Share()
	if !one.join(ctx, root, as) {
		return nil
	}
	defer close(as.done)
	defer func() {
		_, left := one.leave(root, true)
		err = errors.Join(err, left)
	}()
	err = one.Refresh(ctx, root, nil)
	if errors.Is(context.Cause(ctx), errNobody) {
		return nil
	}
	return err
}

// join makes e a user of a folder that others have open, that is unfinished and that
// nobody is finishing.
func (e *Engine) join(ctx context.Context, root string, as *finisher) bool {
	give, ok := e.turns.take(ctx.Done(), root)
	if !ok {
		return false
	}
	defer give()
	e.shared.mu.Lock()
	f := e.folders[root]
	e.shared.mu.Unlock()
	if f == nil || f.finisher != nil || !f.unfinished() {
		return false
	}
	f.users++
	f.finisher = as
	e.mu.Lock()
	defer e.mu.Unlock()
	e.roots[root] = f
	return true
}
