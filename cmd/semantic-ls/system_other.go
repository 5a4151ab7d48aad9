//go:build !unix

package main

import "os"

// reloadSignals is empty where there is no such signal.
var reloadSignals []os.Signal

// privately does nothing where files have no modes.
func privately() (restore func()) { return func() {} }
