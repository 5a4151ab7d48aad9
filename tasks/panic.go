package tasks

import (
	"errors"
	"fmt"
	"runtime/debug"
)

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
