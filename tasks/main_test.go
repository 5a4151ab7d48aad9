package tasks_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"testing"

	"go.uber.org/goleak"
)

// Subtests named G01, S07, ... are the cases of AnyIO's behaviour that hold here, by area: group, scope,
// deadline, handle (of a task), map (gather), limiter, errors, waiting.

func TestMain(m *testing.M) {
	if os.Getenv(helperVariable) != "" {
		helper()
		return
	}
	goleak.VerifyTestMain(m)
}

// helperVariable makes the test program the other side of ExampleCommand_ourselves.
const helperVariable = "SEMANTIC_LS_TASKS_HELPER"

// helper adds up the numbers it is sent.
func helper() {
	var numbers []int
	if err := json.NewDecoder(os.Stdin).Decode(&numbers); err != nil {
		panic(err)
	}
	sum := 0
	for _, n := range numbers {
		sum += n
	}
	_ = json.NewEncoder(os.Stdout).Encode(sum)
}

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
