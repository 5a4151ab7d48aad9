package tasks_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/semantic-ls/semantic-ls/tasks"
)

var (
	modelSeed  = flag.Uint64("model.seed", 0, "seed of the random trees; 0: a new one")
	modelTrees = flag.Int("model.trees", 10_000, "number of random trees")
)

// TestModel runs random trees of groups under fake time, and compares when each scope ends and what comes out
// of it with what the reference of reference_test.go says.
func TestModel(t *testing.T) {
	seed := *modelSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("repeat with -args -model.seed %d -model.trees %d", seed, *modelTrees)
	seen := map[string]int{}
	kinds := []string{"nil", "e", "panic", "raised", "cancelled", "late", "moved on", "moved on+"}
	for n := range *modelTrees {
		root, outer := grow(rand.New(rand.NewPCG(seed, uint64(n))))
		want := predict(root, outer)
		var got []string
		synctest.Test(t, func(t *testing.T) { got = run(t, root, outer) })
		if !slices.Equal(got, want) {
			t.Fatalf("tree %d of seed %d:\n%sthe caller cancels at %d s\n\ngot\n%s\n\nwant\n%s", n, seed, root, outer, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		for _, line := range want {
			_, outcome, _ := strings.Cut(line, ": ")
			for _, kind := range kinds {
				if strings.HasPrefix(outcome, kind) {
					seen[kind]++
				}
			}
		}
	}
	for _, kind := range kinds {
		if seen[kind] < *modelTrees/100 {
			t.Errorf("the trees say too little: %q came out of %d scopes (%v)", kind, seen[kind], seen)
		}
	}
}

// scope is a call of Run, MoveOnAfter, FailAfter or Shield.
type scope struct {
	id       int
	kind     string
	deadline int // seconds after the start; 0: none
	body     *actor
	tasks    []*actor

	group *tasks.Group // while it runs
	sim   simScope
}

// actor is the body or a task of a scope: another scope, or a wait and then an act.
type actor struct {
	id    int
	in    *scope
	calls *scope // instead of all below
	at    int    // when the wait ends, in seconds after the start
	deaf  bool   // the wait does not look at its context
	act   string
	on    *scope // of cancel and deadline: which group
	to    int    // of deadline: when; 0: none
	more  *actor // of spawn

	returned atomic.Bool
	sim      simActor
}

func (s *scope) String() string {
	var b strings.Builder
	s.write(&b, "")
	return b.String()
}

func (s *scope) write(b *strings.Builder, indent string) {
	fmt.Fprintf(b, "%s #%d until %d\n", s.kind, s.id, s.deadline)
	for i, a := range s.actors() {
		role := "task"
		if i == 0 {
			role = "body"
		}
		fmt.Fprintf(b, "%s  %s: ", indent, role)
		if a.calls != nil {
			a.calls.write(b, indent+"  ")
			continue
		}
		a.write(b)
	}
}

func (a *actor) write(b *strings.Builder) {
	fmt.Fprintf(b, "%d waits until %d (deaf: %v), then %s", a.id, a.at, a.deaf, a.act)
	if a.on != nil {
		fmt.Fprintf(b, " of #%d to %d", a.on.id, a.to)
	}
	if a.more != nil {
		b.WriteString(" ")
		a.more.write(b)
		return
	}
	b.WriteString("\n")
}

func (s *scope) actors() []*actor { return append([]*actor{s.body}, s.tasks...) }

// grow makes a random tree and an instant at which the context around it is cancelled (0: never).
func grow(rng *rand.Rand) (root *scope, outer int) {
	g := &grower{rng: rng, instants: rng.Perm(200)}
	root = g.scope(nil)
	if rng.IntN(4) == 0 {
		outer = g.instant()
	}
	return root, outer
}

type grower struct {
	rng      *rand.Rand
	instants []int // not used yet: every event has one of its own
	ids      int
}

func (g *grower) instant() int {
	last := len(g.instants) - 1
	at := g.instants[last] + 1
	g.instants = g.instants[:last]
	return at
}

func (g *grower) scope(above []*scope) *scope {
	s := &scope{id: g.ids, kind: []string{"Run", "Run", "MoveOnAfter", "FailAfter", "Shield"}[g.rng.IntN(5)]}
	g.ids++
	if s.kind != "Run" {
		s.deadline = g.instant()
	}
	above = append(slices.Clip(above), s)
	s.body = g.actor(above)
	for range g.rng.IntN(4) {
		s.tasks = append(s.tasks, g.actor(above))
	}
	return s
}

func (g *grower) actor(above []*scope) *actor {
	a := &actor{id: g.ids, in: above[len(above)-1]}
	g.ids++
	if len(above) < 4 && g.rng.IntN(3) == 0 {
		a.calls = g.scope(above)
		return a
	}
	g.leaf(a, above)
	if a.act == "spawn" {
		a.more = &actor{id: g.ids, in: a.in}
		g.ids++
		g.leaf(a.more, above)
		if a.more.act == "spawn" {
			a.more.act = "nil"
		}
		if a.more.at < a.at {
			a.at, a.more.at = a.more.at, a.at
		}
	}
	return a
}

func (g *grower) leaf(a *actor, above []*scope) {
	a.at, a.deaf = g.instant(), g.rng.IntN(4) == 0
	a.act = []string{"nil", "nil", "nil", "error", "error", "panic", "cancel", "cancel with error", "deadline", "spawn", "echo"}[g.rng.IntN(11)]
	switch a.act {
	case "cancel", "cancel with error":
		a.on = above[g.rng.IntN(len(above))]
	case "deadline":
		a.on = above[g.rng.IntN(len(above))]
		if g.rng.IntN(4) > 0 {
			a.to = g.instant()
		}
	}
}

// run runs a tree and returns a line for each scope, in the order of their ids.
func run(t *testing.T, root *scope, outer int) []string {
	r := &runner{t: t, start: time.Now()}
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	if outer > 0 {
		timer := time.AfterFunc(time.Duration(outer)*time.Second, func() { cancel(leafError("outer")) })
		defer timer.Stop()
	}
	_ = tasks.Catch(func() error { return r.scope(ctx, root) })
	slices.Sort(r.lines)
	return r.lines
}

type runner struct {
	t     *testing.T
	start time.Time

	mu    sync.Mutex
	lines []string // guarded by mu
}

type leafError string

func (e leafError) Error() string { return string(e) }

func (r *runner) scope(ctx context.Context, s *scope) (err error) {
	body := func(ctx context.Context, g *tasks.Group) error {
		s.group = g
		for _, a := range s.tasks {
			g.Go(r.actor(a))
		}
		return r.actor(s.body)(ctx)
	}
	d, moved, returned := time.Duration(s.deadline)*time.Second, false, false
	defer func() {
		outcome := ""
		if !returned {
			v := recover()
			defer panic(v)
			outcome = fmt.Sprintf("raised %v", v)
		} else {
			outcome = r.describe(ctx, err)
			if moved {
				outcome = strings.TrimSuffix("moved on+"+outcome, "+nil")
			}
		}
		for _, a := range s.actors() {
			if !a.returned.Load() {
				r.t.Errorf("#%d has ended before its actor %d", s.id, a.id)
			}
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.lines = append(r.lines, fmt.Sprintf("#%03d ends at %d: %s", s.id, time.Since(r.start)/time.Second, outcome))
	}()
	switch s.kind {
	case "Run":
		err = tasks.Run(ctx, body)
	case "MoveOnAfter":
		moved, err = tasks.MoveOnAfter(ctx, d, body)
	case "FailAfter":
		err = tasks.FailAfter(ctx, d, body)
	case "Shield":
		err = tasks.Shield(ctx, d, body)
	}
	returned = true
	return err
}

func (r *runner) actor(a *actor) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		defer a.returned.Store(true)
		if a.calls != nil {
			return r.scope(ctx, a.calls)
		}
		rest := time.Until(r.start.Add(time.Duration(a.at) * time.Second))
		if a.deaf {
			time.Sleep(rest)
		} else if err := tasks.Sleep(ctx, rest); err != nil {
			if a.id%2 == 0 {
				err = fmt.Errorf("actor %d: %w", a.id, err)
			}
			return err
		}
		switch a.act {
		case "error":
			return leafError(fmt.Sprint("e", a.id))
		case "panic":
			panic(fmt.Sprint("panic", a.id))
		case "echo":
			return ctx.Err()
		case "cancel":
			a.on.group.Cancel(nil)
		case "cancel with error":
			a.on.group.Cancel(leafError(fmt.Sprint("e", a.id)))
		case "deadline":
			to := time.Time{}
			if a.to > 0 {
				to = r.start.Add(time.Duration(a.to) * time.Second)
			}
			a.on.group.SetDeadline(to)
		case "spawn":
			a.in.group.Go(r.actor(a.more))
		}
		return nil
	}
}

// describe names what an error is made of, as the reference does. ctx is that of the scope's caller.
func (r *runner) describe(ctx context.Context, err error) string {
	if err == nil {
		return "nil"
	}
	if errors.Is(err, context.Canceled) {
		cause := context.Cause(ctx)
		if !errors.Is(err, cause) {
			r.t.Errorf("%v does not match its cause, %v", err, cause)
		}
		if cause == context.Canceled {
			return "cancelled"
		}
		return "cancelled by " + r.atoms(cause)
	}
	return r.atoms(err)
}

func (r *runner) atoms(err error) string {
	var names []string
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, member := range joined.Unwrap() {
			names = append(names, strings.Split(r.atoms(member), ",")...)
		}
		slices.Sort(names)
		return strings.Join(names, ",")
	}
	var panicked *tasks.PanicError
	var leaf leafError
	switch {
	case errors.As(err, &panicked):
		return fmt.Sprint(panicked.Value)
	case errors.As(err, &leaf):
		return string(leaf)
	case errors.Is(err, context.DeadlineExceeded):
		return "late" + r.instant(err.Error())
	case strings.HasPrefix(err.Error(), "tasks: the body"):
		return "body"
	}
	return err.Error()
}

// instant finds the second that a deadline's error speaks of.
func (r *runner) instant(text string) string {
	if after, ok := strings.CutPrefix(text, "not done within "); ok {
		d, err := time.ParseDuration(after)
		if err != nil {
			return text
		}
		return fmt.Sprint(int(d / time.Second))
	}
	for s := range 201 {
		if text == "not done by "+r.start.Add(time.Duration(s)*time.Second).Format(time.TimeOnly) {
			return fmt.Sprint(s)
		}
	}
	return text
}
