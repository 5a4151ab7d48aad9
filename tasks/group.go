package tasks

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Group is a scope with tasks in it. It exists only inside the call that made it: [Run], [MoveOnAfter],
// [FailAfter] or [Shield]. Its methods are safe for concurrent use, by the body and by its tasks.
type Group struct {
	outer  context.Context // the caller's, which has the last word on leaving
	inner  context.Context // derived from outer, ended by cancel
	cancel context.CancelCauseFunc
	empty  chan struct{} // closed when running falls to 0

	mu       sync.Mutex
	running  int            // guarded by mu: the body, until it has returned, and the tasks
	failures failures       // guarded by mu
	cut      bool           // guarded by mu: somebody reported an echo, so the cancellation interrupted something
	late     *deadlineError // guarded by mu: the group's own deadline, and the cause if it passes; nil without
	timer    *time.Timer    // guarded by mu: cancels with late
}

// errBody is the cause that the tasks of a group see if its body leaves by panic or runtime.Goexit.
var errBody = errors.New("tasks: the body of the group panicked or called runtime.Goexit")

// Run opens a group, calls body with it on the caller's goroutine, and returns when body and all tasks of
// the group have ended. ctx inside is the group's: it is done when the caller's is, when body or a task
// fails, or after [Group.Cancel]. body is called even if ctx is done already; it sees so at its first wait.
//
// The result is nil, the error of body or of a task, or several of them joined (see the package's text
// for what counts); if the caller's context interrupted the work and nothing else went wrong, one error
// that matches ctx.Err() and context.Cause(ctx). A panic or runtime.Goexit of body passes on once the
// tasks, cancelled by it, have ended.
func Run(ctx context.Context, body func(ctx context.Context, g *Group) error) error {
	return newGroup(ctx).run(body)
}

func newGroup(outer context.Context) *Group {
	g := &Group{outer: outer, empty: make(chan struct{}), running: 1}
	g.inner, g.cancel = context.WithCancelCause(outer)
	return g
}

// Go starts fn as a task of the group. fn is always called, with a done context if the group is cancelled
// already, so that it can release what it was given. Its error cancels the group, and so do its panic (as a
// [*PanicError]) and its runtime.Goexit. The task's context is done when the group's is or after
// [Task.Cancel].
//
// Tasks may start tasks, as long as the group has not ended. Go on a group that has ended panics: there
// is nobody left to wait for the task.
func (g *Group) Go(fn func(ctx context.Context) error) *Task {
	t := g.newTask()
	go t.run(fn)
	return t
}

// newTask counts a task in. Whoever calls it runs it.
func (g *Group) newTask() *Task {
	g.mu.Lock()
	if g.running == 0 {
		g.mu.Unlock()
		panic("tasks: Go on a group that has ended")
	}
	g.running++
	g.mu.Unlock()
	t := &Task{group: g, done: make(chan struct{})}
	t.ctx, t.cancel = context.WithCancelCause(context.WithValue(g.context(), running{t}, true))
	return t
}

// Cancel ends the group's work. With nil that was enough: Run returns nil unless something else went wrong.
// With an error Run returns it, and the tasks see it as their cause. The first reason stays: cancelling a
// group that is cancelled, has failed or has ended does nothing.
func (g *Group) Cancel(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.running == 0 || g.isDone() {
		return
	}
	if err != nil {
		g.failures.add(err)
	}
	g.cancel(err)
}

// run calls body, awaits the tasks and says what came of it.
func (g *Group) run(body func(ctx context.Context, g *Group) error) error {
	g.host(body)
	_, err := g.verdict()
	return err
}

func (g *Group) host(body func(ctx context.Context, g *Group) error) {
	var err error
	returned := false
	defer func() {
		if returned {
			g.report(err)
		} else {
			g.cancel(errBody)
		}
		g.exit()
		<-g.empty
		g.close()
	}()
	err = body(g.context(), g)
	returned = true
}

// verdict says what came of the group, and whether its own deadline, and not the caller's context,
// interrupted the work. It is called once the group is empty.
func (g *Group) verdict() (timedOut bool, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	outerDone := g.outer.Err() != nil // read once: it may be done a moment later
	timedOut = g.cut && !outerDone && g.isLate()
	switch err = g.failures.err(); {
	case err != nil:
	case g.cut && outerDone:
		err = interrupted(g.outer)
	case timedOut:
		err = g.late
	}
	return timedOut, err
}

// close frees what the group holds of the outside. It is called once the group is empty.
func (g *Group) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.timer != nil {
		g.timer.Stop()
	}
	g.cancel(nil)
}

// report takes the error of body or of a task: drops echoes, keeps the rest and cancels the group for it.
func (g *Group) report(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if err != nil && g.isDone() {
		rest, found := strip(err, context.Cause(g.inner), context.Cause(g.outer))
		g.cut = g.cut || found
		err = rest
	}
	if err != nil {
		g.failures.add(err)
		g.cancel(err)
	}
}

// isDone asks outer too: a context is done a moment before those derived from it.
func (g *Group) isDone() bool { return g.inner.Err() != nil || g.outer.Err() != nil }

// exit counts the body or a task out.
func (g *Group) exit() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.running--; g.running == 0 {
		close(g.empty)
	}
}
