//go:build !unix

package main

import "os"

// reloadSignals is empty where there is no such signal.
var reloadSignals []os.Signal
