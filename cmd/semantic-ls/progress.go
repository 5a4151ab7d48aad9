package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

const (
	// barAfter is how long a command works before it says so: what is done
	// within a second needs no explanation.
	barAfter = time.Second
	// barEvery is how often the bar moves: ten times a second looks smooth, and
	// costs nothing beside the work.
	barEvery = 100 * time.Millisecond
	// barCells is the length of the bar.
	barCells = 24
)

// bar shows on one line of a terminal how far indexing has come. Its methods
// may be called from several goroutines.
type bar struct {
	w     io.Writer
	width int
	now   func() time.Time

	mu    sync.Mutex
	start time.Time         // guarded by mu
	at    indexing.Progress // guarded by mu: what was reported last
	shown int               // guarded by mu: columns on the screen
}

// newBar starts the clock. Nothing is drawn where stderr is no terminal.
func (p *process) newBar() *bar {
	if !isTerminal(p.stderr) {
		return &bar{w: io.Discard, now: time.Now, start: time.Now(), width: 80}
	}
	return &bar{w: p.stderr, now: time.Now, start: time.Now(), width: width(p.stderr)}
}

// during calls work and shows meanwhile how far it has come, whether or not there
// is something new to tell: who waits wants to see that it goes on.
func (b *bar) during(ctx context.Context, work func(ctx context.Context) error) error {
	defer b.erase()
	return tasks.Run(ctx, func(ctx context.Context, g *tasks.Group) error {
		ticking := g.Go(func(ctx context.Context) error {
			for tasks.Sleep(ctx, barEvery) == nil {
				b.tick()
			}
			return nil
		})
		defer ticking.Cancel(nil)
		return work(ctx)
	})
}

// report takes what Refresh says.
func (b *bar) report(progress indexing.Progress) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.at = progress
}

// tick draws what was reported last.
func (b *bar) tick() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.now().Sub(b.start) >= barAfter {
		b.draw(line(b.at, b.width-1)) // the last column would wrap
	}
}

// erase leaves the line as if nothing had been there.
func (b *bar) erase() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.shown > 0 {
		b.draw("")
		b.put("\r")
	}
}

// draw puts text over what the line holds. Spaces rather than an escape
// sequence: every terminal knows them.
func (b *bar) draw(text string) {
	b.put("\r" + text + strings.Repeat(" ", max(0, b.shown-len(text))))
	b.shown = len(text)
}

// put writes and does not mind failing: a bar is no reason to stop.
func (b *bar) put(s string) { _, _ = io.WriteString(b.w, s) }

// line is `indexing [=====>     ]  45% 123/456 files`, cut at the width.
func line(p indexing.Progress, width int) string {
	text := "indexing: looking for files"
	if p.Total > 0 {
		done := min(p.Done, p.Total)
		full := done * barCells / p.Total
		cells := strings.Repeat("=", full) + strings.Repeat(" ", barCells-full)
		if full < barCells {
			cells = cells[:full] + ">" + cells[full+1:]
		}
		text = fmt.Sprintf("indexing [%s] %3d%% %d/%d files", cells, done*100/p.Total, done, p.Total)
	}
	return text[:min(len(text), max(0, width))]
}
