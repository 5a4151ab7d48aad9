package main

import (
	"errors"
	"io"
	"os"

	"golang.org/x/sys/windows"
)

// understandsColour reports whether the console w obeys escape sequences, and
// asks it to: consoles before Windows Terminal do so on demand only.
func understandsColour(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	console := windows.Handle(file.Fd())
	var mode uint32
	if err := windows.GetConsoleMode(console, &mode); err != nil {
		return false
	}
	return windows.SetConsoleMode(console, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}

// isClosedPipe reports whether a write failed because its reader has gone.
func isClosedPipe(err error) bool {
	return errors.Is(err, windows.ERROR_BROKEN_PIPE) || errors.Is(err, windows.ERROR_NO_DATA) || errors.Is(err, io.ErrClosedPipe)
}
