// Command semantic-ls finds code by what it does: from a shell, and for an
// editor as a language server. It holds flags and wiring only; each command
// has a file of its own.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"
)

// tidyWithin is what an interrupted command gets to end by itself. What was
// stored before stays whatever happens, so there is nothing to wait for longer. It
// takes up to 40 ms to hear of the signal while all cores index, and to free the
// memory of a large index: with that, 50 ms are kept. serve has a limit of its own,
// see serve.go.
const tidyWithin = 3 * time.Millisecond

func main() {
	// A reader that has left is an error of that write, not the end of the
	// process: serve has an index to flush then.
	signal.Ignore(syscall.SIGPIPE)
	// Whatever writes to os.Stdout without being asked to would end up between
	// the frames of the protocol.
	stdout := os.Stdout
	os.Stdout = os.Stderr

	collectLess()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal kills at once
	os.Exit(run(ctx, os.Args[1:], os.Stdin, stdout, os.Stderr, os.Environ()))
}

// collectLess lets the heap grow to three times what lives before garbage is collected,
// unless the user has said otherwise: a cold index makes little that lives, and takes a
// tenth less time (GOROOT/src, 280 instead of 240 MB). What is large, as when segments
// of a large tree are merged, is held to about the memory that there was.
func collectLess() {
	if os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetGCPercent(200)
		debug.SetMemoryLimit(1 << 30)
	}
}

// exitSoon ends the process when a command takes too long to end after ctx.
// The function it returns takes that back.
func exitSoon(ctx context.Context) (ended func()) {
	stop := context.AfterFunc(ctx, func() {
		time.AfterFunc(tidyWithin, func() { os.Exit(exitInterrupted) })
	})
	return func() { stop() }
}
