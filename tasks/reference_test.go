package tasks_test

import (
	"fmt"
	"slices"
	"strings"
)

// The reference works out on paper what comes of a tree of model_test.go: no goroutines, no contexts, no
// clock, only the rules of the package's text. Every wait, deadline and outer cancellation has an instant of
// its own, so the order of events is never in question; what happens at the same time is for D06 and its
// like. Errors are lists of atoms: "e5", "panic7" or "late9", a deadline at 9 s.

type simScope struct {
	caller   *actor // nil for the root
	deadline int
	running  int
	done     bool
	cause    string // atoms, joined by commas; "": cancelled without a reason
	isLate   bool
	cut      bool
	failures []string
	raised   string // the body's panic
	ended    bool
}

type simActor struct {
	waiting bool
}

type simulation struct {
	root      *scope
	now       int
	outerDone bool
	live      []*actor // that wait
	scopes    []*scope
	echoing   []*actor // waits that a cancellation has cut short, not yet counted out
	lines     []string
}

func predict(root *scope, outer int) []string {
	sim := &simulation{root: root}
	sim.enter(root, nil)
	for !root.sim.ended {
		sim.step(outer)
		sim.settle()
	}
	slices.Sort(sim.lines)
	return sim.lines
}

func (sim *simulation) enter(s *scope, caller *actor) {
	s.sim = simScope{caller: caller, deadline: s.deadline, running: len(s.actors())}
	sim.scopes = append(sim.scopes, s)
	for _, a := range s.actors() {
		if a.calls != nil {
			sim.enter(a.calls, a)
		} else {
			sim.wait(a)
		}
	}
}

func (sim *simulation) wait(a *actor) {
	a.sim.waiting = true
	sim.live = append(sim.live, a)
	if a.in.sim.done && !a.deaf {
		sim.echo(a)
	}
}

// step lets the next thing happen that time brings.
func (sim *simulation) step(outer int) {
	next, event := 0, func() {}
	consider := func(at int, what func()) {
		if at > sim.now && (next == 0 || at < next) {
			next, event = at, what
		}
	}
	for _, a := range sim.live {
		if a.sim.waiting {
			consider(a.at, func() { sim.act(a) })
		}
	}
	for _, s := range sim.scopes {
		if !s.sim.ended && !s.sim.done {
			consider(s.sim.deadline, func() { sim.expire(s) })
		}
	}
	consider(outer, func() {
		sim.outerDone = true
		if sim.root.kind != "Shield" {
			sim.mark(sim.root, "outer")
		}
	})
	if next == 0 {
		panic("the reference has come to a halt")
	}
	sim.now = next
	event()
}

// settle counts out those whose waits were cut short, until nothing follows from that any more.
func (sim *simulation) settle() {
	for len(sim.echoing) > 0 {
		a := sim.echoing[0]
		sim.echoing = sim.echoing[1:]
		sim.report(a.in, nil, true)
		sim.leave(a.in)
	}
}

func (sim *simulation) act(a *actor) {
	a.sim.waiting = false
	s := a.in
	e := []string{fmt.Sprint("e", a.id)}
	switch a.act {
	case "error":
		sim.report(s, e, false)
	case "panic":
		sim.raise(a, fmt.Sprint("panic", a.id))
	case "echo":
		sim.report(s, nil, s.sim.done)
	case "cancel":
		sim.mark(a.on, "")
	case "cancel with error":
		if !a.on.sim.done {
			a.on.sim.failures = e
			sim.mark(a.on, e[0])
		}
	case "deadline":
		if !a.on.sim.done {
			a.on.sim.deadline = a.to
			if 0 < a.to && a.to < sim.now {
				sim.expire(a.on)
			}
		}
	case "spawn":
		s.sim.running++
		sim.wait(a.more)
	}
	sim.leave(s)
}

// raise is a panic of an actor: an error of the group if it is a task, its caller's panic if it is the body.
func (sim *simulation) raise(a *actor, what string) {
	if a != a.in.body {
		sim.report(a.in, []string{what}, false)
		return
	}
	a.in.sim.raised = what
	sim.mark(a.in, "body")
}

func (sim *simulation) expire(s *scope) {
	s.sim.isLate = true
	sim.mark(s, fmt.Sprint("late", s.sim.deadline))
}

// mark cancels a scope, and the scopes in it that no shield keeps out.
func (sim *simulation) mark(s *scope, cause string) {
	if s.sim.done || s.sim.ended {
		return
	}
	s.sim.done, s.sim.cause = true, cause
	for _, a := range sim.live {
		if a.in == s && a.sim.waiting && !a.deaf {
			sim.echo(a)
		}
	}
	for _, a := range s.actors() {
		if a.calls != nil && a.calls.kind != "Shield" {
			sim.mark(a.calls, cause)
		}
	}
}

func (sim *simulation) echo(a *actor) {
	a.sim.waiting = false
	sim.echoing = append(sim.echoing, a)
}

// report is what an actor returns to its scope: real errors, an echo of a cancellation, or neither.
func (sim *simulation) report(s *scope, atoms []string, echo bool) {
	if s.sim.done { // a timeout that comes now is taken for an echo as well
		kept := slices.DeleteFunc(slices.Clone(atoms), func(a string) bool { return strings.HasPrefix(a, "late") })
		s.sim.cut = s.sim.cut || echo || len(kept) < len(atoms)
		atoms = kept
	}
	if len(atoms) > 0 {
		s.sim.failures = append(s.sim.failures, atoms...)
		sim.mark(s, join(atoms))
	}
}

// leave counts an actor out, and the scope with the last one.
func (sim *simulation) leave(s *scope) {
	if s.sim.running--; s.sim.running > 0 {
		return
	}
	s.sim.ended = true
	st := &s.sim
	above, outerDone, outerCause := (*scope)(nil), sim.outerDone, "outer"
	if st.caller != nil {
		above = st.caller.in
		outerDone, outerCause = above.sim.done, above.sim.cause
	}
	if s.kind == "Shield" {
		outerDone = false
	}
	late := st.cut && st.isLate && !outerDone
	outcome, atoms, echo := "nil", st.failures, false
	switch {
	case len(atoms) > 0:
		outcome = join(atoms)
	case st.cut && outerDone:
		outcome, echo = "cancelled by "+outerCause, true
		if outerCause == "" {
			outcome = "cancelled"
		}
	case late && s.kind != "MoveOnAfter":
		atoms = []string{fmt.Sprint("late", st.deadline)}
		outcome = atoms[0]
	}
	if late && s.kind == "MoveOnAfter" {
		outcome = strings.TrimSuffix("moved on+"+outcome, "+nil")
	}
	if st.raised != "" {
		outcome = "raised " + st.raised
	}
	sim.lines = append(sim.lines, fmt.Sprintf("#%03d ends at %d: %s", s.id, sim.now, outcome))
	if above == nil {
		return
	}
	if st.raised != "" {
		sim.raise(st.caller, st.raised)
	} else {
		sim.report(above, atoms, echo)
	}
	sim.leave(above)
}

func join(atoms []string) string {
	sorted := slices.Sorted(slices.Values(atoms))
	return strings.Join(sorted, ",")
}
