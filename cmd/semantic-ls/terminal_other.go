//go:build !windows

package main

import (
	"errors"
	"io"
	"syscall"
)

// understandsColour reports whether the terminal w obeys escape sequences.
func understandsColour(io.Writer) bool { return true }

// isClosedPipe reports whether a write failed because its reader has gone.
func isClosedPipe(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe)
}
