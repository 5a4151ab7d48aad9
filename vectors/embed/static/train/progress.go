package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"golang.org/x/term"
)

// progress tells how far the program is: on one line that changes where a person looks at it, and otherwise, as in the
// log of a job, on a line for each thing done. Its methods may be called from several goroutines.
type progress struct {
	w     io.Writer
	width int // of the terminal, 0 where it is none

	mu    sync.Mutex
	shown int // guarded by mu: columns on the screen
}

func newProgress(w io.Writer) *progress {
	p := &progress{w: w}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.width = 80
		if columns, _, err := term.GetSize(int(f.Fd())); err == nil && columns > 0 {
			p.width = columns
		}
	}
	return p
}

// done tells of one of few things.
func (p *progress) done(format string, arguments ...any) {
	if p.width == 0 {
		p.note(format, arguments...)
		return
	}
	p.now(format, arguments...)
}

// now tells of one of many things: only who looks on wants to know.
func (p *progress) now(format string, arguments ...any) {
	if p.width == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	text := fmt.Sprintf(format, arguments...)
	p.draw(text[:min(len(text), p.width-1)]) // the last column would wrap
}

// note tells what should stay to be read.
func (p *progress) note(format string, arguments ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	fmt.Fprintf(p.w, format+"\n", arguments...)
}

// erase leaves the line as if nothing had been there.
func (p *progress) erase() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
}

func (p *progress) clear() {
	if p.shown > 0 {
		p.draw("")
		fmt.Fprint(p.w, "\r")
	}
}

// draw puts text over what the line holds. Spaces rather than an escape sequence: every terminal knows them.
func (p *progress) draw(text string) {
	fmt.Fprint(p.w, "\r"+text+strings.Repeat(" ", max(0, p.shown-len(text))))
	p.shown = len(text)
}
