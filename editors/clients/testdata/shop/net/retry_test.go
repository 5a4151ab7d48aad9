package net

import (
	"errors"
	"testing"
)

func TestRetry(t *testing.T) {
	calls := 0
	err := Retry(3, func() error {
		calls++
		return errors.New("refused")
	})
	if err == nil || calls != 3 {
		t.Errorf("Retry gave %v after %d calls", err, calls)
	}
}
