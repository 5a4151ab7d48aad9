package tasks

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime/debug"
)

// maxErrors is how many errors a group keeps. A thousand files that fail in the same way are one problem;
// 32 show its pattern and still fit a log line. The rest is counted.
const maxErrors = 32

// failures collects the real errors of a group.
type failures struct {
	kept    []error
	dropped int
}

func (f *failures) add(err error) {
	if len(f.kept) == maxErrors {
		f.dropped++
		return
	}
	f.kept = append(f.kept, err)
}

// err returns nil, the only error as it is, or all of them joined.
func (f *failures) err() error {
	switch {
	case len(f.kept) == 0:
		return nil
	case len(f.kept) == 1 && f.dropped == 0:
		return f.kept[0]
	case f.dropped == 0:
		return errors.Join(f.kept...)
	}
	return errors.Join(append(f.kept[:len(f.kept):len(f.kept)], fmt.Errorf("and %d more errors", f.dropped))...)
}

// interruption is a cancellation together with its reason: it matches both.
type interruption struct {
	err   error // is Canceled or DeadlineExceeded, perhaps wrapped
	cause error
}

func (e *interruption) Error() string   { return e.err.Error() + ": " + e.cause.Error() }
func (e *interruption) Unwrap() []error { return []error{e.err, e.cause} }

// interrupted returns the error for a wait that ended because ctx, which is done, did: it matches ctx.Err()
// and context.Cause(ctx).
func interrupted(ctx context.Context) error { return withCause(ctx.Err(), context.Cause(ctx)) }

func withCause(err, cause error) error {
	if cause == nil || errors.Is(err, cause) {
		return err
	}
	return &interruption{err, cause}
}

// strip removes the echoes of a cancellation from err. It returns what remains, nil if nothing does, and
// whether it found an echo. A wrapper around nothing but an echo is an echo; a join loses those members
// that are; any other error with several causes, of which some are real, is kept whole, since its text
// cannot be rebuilt. Call it only for a scope that is done; causes are that scope's.
func strip(err error, causes ...error) (rest error, found bool) {
	switch err.(type) {
	case nil, *PanicError:
		return err, false
	case *interruption:
		return nil, true
	}
	if isEcho(err, causes) {
		return nil, true
	}
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		inner := e.Unwrap()
		if inner == nil {
			return err, false
		}
		if rest, found = strip(inner, causes...); rest == nil {
			return nil, true
		}
		return err, found
	case interface{ Unwrap() []error }:
		var members []error
		for _, member := range e.Unwrap() {
			real, echo := strip(member, causes...)
			if real != nil {
				members = append(members, real)
			}
			found = found || echo
		}
		switch {
		case !found:
			return err, false
		case len(members) == 0:
			return nil, true
		case len(members) == 1 && isJoin(err):
			return members[0], true
		case isJoin(err):
			return errors.Join(members...), true
		}
	}
	return err, found
}

// isEcho looks at err itself, not at what it wraps: strip walks the tree.
func isEcho(err error, causes []error) bool {
	if is(err, context.Canceled) || is(err, context.DeadlineExceeded) {
		return true
	}
	for _, cause := range causes {
		if cause != nil && is(err, cause) {
			return true
		}
	}
	return false
}

// is is one step of [errors.Is].
func is(err, target error) bool {
	if reflect.TypeOf(target).Comparable() && err == target {
		return true
	}
	e, ok := err.(interface{ Is(error) bool })
	return ok && e.Is(target)
}

func isJoin(err error) bool {
	return reflect.TypeOf(err) == reflect.TypeOf(errors.Join(err))
}

// PanicError is a panic that became an error: of a task of a [Group], of work under a [Registry], or of a
// function under [Catch]. It is never taken for an echo of a cancellation, whatever Value is.
type PanicError struct {
	// Value is what panic was called with.
	Value any
	// Stack is the panicking goroutine's stack as runtime/debug prints it.
	Stack []byte
}

// Error is one line: the stack is for a log, not for a message.
func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Unwrap returns Value if it is an error (a runtime.Error usually is), otherwise nil.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// errGoexit is what a task reports that left through runtime.Goexit: it has neither finished nor failed in
// words, and its siblings must not go on as if it had finished.
var errGoexit = errors.New("tasks: a task called runtime.Goexit")

// Catch calls fn and returns its error, or a [*PanicError] if it panics. A panic that carries a
// *PanicError, because it was caught once and raised again, keeps its first stack. runtime.Goexit passes
// through.
func Catch(fn func() error) (err error) {
	returned := false
	defer func() {
		if returned {
			return
		}
		if v := recover(); v != nil {
			err = panicError(v)
		}
	}()
	err = fn()
	returned = true
	return err
}

// panicError must be called by the deferred function that recovered v: the stack still holds the panic.
func panicError(v any) *PanicError {
	if e, ok := v.(*PanicError); ok {
		return e
	}
	return &PanicError{Value: v, Stack: debug.Stack()}
}
