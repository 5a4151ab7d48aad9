package tasks

import (
	"context"
	"time"
)

// Sleep returns nil after d, or an error that matches ctx.Err() and context.Cause(ctx) as soon as ctx is
// done. A d of zero or less only looks at ctx.
func Sleep(ctx context.Context, d time.Duration) error {
	if ctx.Err() != nil {
		return interrupted(ctx)
	}
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return interrupted(ctx)
	}
}
