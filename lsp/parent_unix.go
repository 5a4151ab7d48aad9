//go:build !windows

package lsp

import (
	"errors"
	"syscall"
)

// alive tells whether there is a process with that id. Signal 0 is only checked, never sent; a process of
// somebody else refuses it and lives.
func alive(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}
