//go:build !linux

package indexing

// stepBack does nothing where a thread that wakes has the core at once by itself.
func stepBack() (done func()) { return func() {} }
