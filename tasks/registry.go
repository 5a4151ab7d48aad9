package tasks

import (
	"context"
	"errors"
	"fmt"
	"runtime/pprof"
	"slices"
	"sync"
)

// ErrSuperseded is the cause of work that ended because newer work of the same key came.
var ErrSuperseded = errors.New("superseded by a newer one")

// Registry ties running work to keys, so that others can end it. The zero Registry is ready for use; it
// must not be copied. Safe for concurrent use.
//
// Work that is ended through the Registry and says so returns an error that matches the cause; work that
// comes to its end all the same returns its result. To a [Group] both are plain results: a task that
// may be superseded turns ErrSuperseded into nil itself, or it fails its group.
type Registry[K comparable] struct {
	mu      sync.Mutex
	running map[K][]*entry // guarded by mu: oldest first; no empty slices
}

// keyLabel is the name of the label that a profile shows the key under.
const keyLabel = "task"

type entry struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	done   chan struct{}
}

// Run calls fn under key and returns its error, or a [*PanicError]. Older work of the key is cancelled with
// [ErrSuperseded]; it may still be running beside fn.
func (r *Registry[K]) Run(ctx context.Context, key K, fn func(ctx context.Context) error) error {
	e, _ := r.enter(ctx, key)
	defer r.leave(key, e)
	return e.run(key, fn)
}

// Replace is [Registry.Run] without the overlap: it cancels older work of the key, awaits its end, then
// calls fn. If ctx is done by then, or newer work of the key or Cancel came meanwhile, fn is not called and
// the error matches the reason.
func (r *Registry[K]) Replace(ctx context.Context, key K, fn func(ctx context.Context) error) error {
	e, older := r.enter(ctx, key)
	defer r.leave(key, e)
	for _, o := range older {
		select {
		case <-o.done:
		case <-e.ctx.Done():
		}
	}
	if e.ctx.Err() != nil {
		return interrupted(e.ctx)
	}
	return e.run(key, fn)
}

// Cancel ends the work of key with cause; nil stands for [context.Canceled]. It does not wait. It returns
// false if there was nothing to cancel: no work, or only such as had been cancelled already.
func (r *Registry[K]) Cancel(key K, cause error) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	found := false
	for _, e := range r.running[key] {
		found = found || e.ctx.Err() == nil
		e.cancel(cause)
	}
	return found
}

// enter makes new work the current one of key, cancels the older ones and returns those that still run.
func (r *Registry[K]) enter(ctx context.Context, key K) (e *entry, older []*entry) {
	e = &entry{done: make(chan struct{})}
	e.ctx, e.cancel = context.WithCancelCause(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	older = slices.Clone(r.running[key])
	for _, o := range older {
		o.cancel(ErrSuperseded)
	}
	if r.running == nil {
		r.running = make(map[K][]*entry)
	}
	r.running[key] = append(r.running[key], e)
	return e, older
}

func (r *Registry[K]) leave(key K, e *entry) {
	r.mu.Lock()
	defer r.mu.Unlock()
	rest := slices.DeleteFunc(r.running[key], func(o *entry) bool { return o == e })
	if len(rest) == 0 {
		delete(r.running, key)
	} else {
		r.running[key] = rest
	}
	e.cancel(nil)
	close(e.done)
}

func (e *entry) run(key any, fn func(ctx context.Context) error) error {
	err := Catch(func() (err error) {
		pprof.Do(e.ctx, pprof.Labels(keyLabel, fmt.Sprint(key)), func(ctx context.Context) { err = fn(ctx) })
		return err
	})
	if err != nil && e.ctx.Err() != nil {
		cause := context.Cause(e.ctx)
		if rest, _ := strip(err, cause); rest == nil {
			return withCause(err, cause)
		}
	}
	return err
}
