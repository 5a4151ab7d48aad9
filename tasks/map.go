package tasks

import (
	"context"
	"sync/atomic"
)

// openItems bounds how many items of a [Map] are under way or waiting for a token. Cancelling 64 parked
// tasks takes 0.13 ms, 1,000 take 1.8 ms, 10,000 take 27 ms, and no limiter here lends as many as 64.
const openItems = 64

// Map calls fn for each item, each call under a token of l at priority p, and returns the results in the
// order of the items. A nil l limits nothing but the number of open items, which is at most 64 in any case.
//
// The first error cancels the rest and is returned, as by [Run]. The slice has len(items) elements even
// then: what was finished by then is kept, the rest are zero values. A panic of fn is a [*PanicError]. Hold no
// token of l while calling Map.
func Map[T, R any](ctx context.Context, l *Limiter, p Priority, items []T, fn func(ctx context.Context, item T) (R, error)) ([]R, error) {
	results := make([]R, len(items))
	var next atomic.Int64
	work := func(ctx context.Context) error {
		for {
			i := int(next.Add(1)) - 1
			if i >= len(items) {
				return nil
			}
			if ctx.Err() != nil {
				return interrupted(ctx)
			}
			one := func(ctx context.Context) error {
				r, err := fn(ctx, items[i])
				if err == nil {
					results[i] = r
				}
				return err
			}
			var err error
			if l == nil {
				err = one(ctx)
			} else {
				err = l.Do(ctx, p, one)
			}
			if err != nil {
				return err
			}
		}
	}
	err := Run(ctx, func(_ context.Context, g *Group) error {
		for range min(openItems, len(items)) {
			g.Go(work)
		}
		return nil
	})
	return results, err
}
