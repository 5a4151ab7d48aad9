package indexing_test

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/semantic-ls/semantic-ls/vectors/embed"
)

// fake is a remote model all of whose rows are alike and unlike those of other models:
// one component is 1, so that a row shows who made it.
type fake struct {
	name       string
	dimensions int
	component  int

	mu      sync.Mutex
	down    bool     // guarded by mu
	stopAt  string   // guarded by mu: a text with it waits for its context to end, or for leave
	queries []string // guarded by mu
	texts   []string // guarded by mu: that were embedded

	stopped chan struct{} // gets a value when a text waits
	leave   chan struct{} // closed: nothing waits any more
}

func newFake(name string, dimensions int) *fake {
	return &fake{
		name: name, dimensions: dimensions, component: len(name) % dimensions,
		stopped: make(chan struct{}, 100), leave: make(chan struct{}),
	}
}

func (f *fake) Model() embed.Model {
	return embed.Model{Name: f.name, Provider: "openai", Dimensions: f.dimensions}
}

func (f *fake) row() []float32 {
	row := make([]float32, f.dimensions)
	row[f.component] = 1
	return row
}

func (f *fake) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	f.mu.Lock()
	down, waits := f.down, f.stopAt != "" && strings.Contains(strings.Join(texts, "\n"), f.stopAt)
	f.mu.Unlock()
	if down {
		return nil, errDown
	}
	if waits {
		f.stopped <- struct{}{}
		select {
		case <-f.leave:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.texts = append(f.texts, texts...)
	return slices.Repeat([][]float32{f.row()}, len(texts)), nil
}

func (f *fake) EmbedQuery(_ context.Context, text string) ([]float32, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.down {
		return nil, errDown
	}
	f.queries = append(f.queries, text)
	return f.row(), nil
}

func (f *fake) set(down bool, stopAt string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.down, f.stopAt = down, stopAt
}

// took returns the queries since it was called last.
func (f *fake) took() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	took := f.queries
	f.queries = nil
	return took
}
