package tasks_test

import (
	"context"
	"errors"
	"testing"

	"go.uber.org/goleak"
)

// Subtests named G01, S07, ... are the cases of AnyIO's behaviour that hold here, by area: group, scope,
// deadline, handle (of a task), map (gather), limiter, errors, waiting.

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	errA = errors.New("a")
	errB = errors.New("b")
	errC = errors.New("c")
)

// park waits for the end of its scope and reports it in the plainest way.
func park(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

// want checks that err matches every one of targets.
func want(t *testing.T, err error, targets ...error) {
	t.Helper()
	for _, target := range targets {
		if !errors.Is(err, target) {
			t.Errorf("got error %v, want one that matches %v", err, target)
		}
	}
}

// wantNot checks that err matches none of targets.
func wantNot(t *testing.T, err error, targets ...error) {
	t.Helper()
	for _, target := range targets {
		if errors.Is(err, target) {
			t.Errorf("got error %v, which must not match %v", err, target)
		}
	}
}

func wantNil(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Errorf("got error %v, want none", err)
	}
}
