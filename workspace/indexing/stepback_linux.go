package indexing

import (
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// slice is how long a stretch of a core the thread of a unit asks for. Linux, from
// 6.12 on, lets whoever wakes with a shorter one, and everybody's is shorter (1 to
// 3 ms), have the core at once instead of at the next tick of the clock. It takes no
// more than its share for that. 20 ms is longer than any other and than most units
// (bench/cancel: the 95th of a hundred requests of 1 ms takes 1.5 ms instead of 2.6).
const slice = 20 * time.Millisecond

// stepBack makes the calling goroutine's thread one that lets others go first, until
// the function that it returns is called. Where the system knows no such thing or
// forbids it, nothing changes.
func stepBack() (done func()) {
	runtime.LockOSThread()
	usual, err := unix.SchedGetAttr(0, 0)
	if err == nil {
		patient := *usual
		patient.Runtime = uint64(slice)
		err = unix.SchedSetAttr(0, &patient, 0)
	}
	return func() {
		if err == nil {
			_ = unix.SchedSetAttr(0, usual, 0) // as it was, so it is allowed
		}
		runtime.UnlockOSThread()
	}
}
