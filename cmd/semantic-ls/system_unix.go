//go:build unix

package main

import (
	"os"
	"syscall"
)

// reloadSignals ask serve to read its settings again.
var reloadSignals = []os.Signal{syscall.SIGHUP}

// privately makes files that are made until restore is called the user's alone. It
// holds for the whole process: call it before anything else runs.
func privately() (restore func()) {
	old := syscall.Umask(0o177)
	return func() { syscall.Umask(old) }
}
