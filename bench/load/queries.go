package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/semantic-ls/semantic-ls/bench/internal/client"
	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/vectors/index/synthetic"
)

// answered is how long an answer may take, while a folder is indexed or not.
const answered = 20 * time.Millisecond

// query is one that is asked, and of what kind it is.
type query struct{ kind, text string }

// mix is what is asked: as many of each kind, in random order.
func (b *bench) mix() (list []query) {
	sentences := synthetic.Queries()
	names := b.tree.names(b.random, b.asked)
	for i := range b.asked {
		name := names[i%len(names)]
		list = append(list, query{"identifiers", name}, query{"beginnings", name[:(len(name)+3)/2]},
			query{"sentences", sentences[i%len(sentences)]})
	}
	b.random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

// queries measures answers, with and without another folder that is indexed.
func (b *bench) queries(ctx context.Context) error {
	other := filepath.Join(b.program.Temp, "other")
	if err := b.half(other); err != nil {
		return err
	}
	busy := new(atomic.Bool)
	cmd := b.program.Command(ctx, "serve")
	return client.Serve(ctx, cmd, func(ctx context.Context, s *client.Server) error {
		changed := make(chan string, 1) // the last state of the other folder
		s.Heard = func(method string, params json.RawMessage) {
			if method != "semantic/statusChanged" {
				return
			}
			var status client.Status
			if json.Unmarshal(params, &status) != nil {
				return
			}
			state := ""
			for _, f := range status.Folders {
				if f.URI != client.URI(b.tree.root) {
					state = f.State
				}
			}
			busy.Store(state == "indexing")
			select {
			case <-changed:
			default:
			}
			changed <- state
		}
		if err := s.Initialize(nil, b.tree.root); err != nil {
			return err
		}
		if _, err := s.Ready(ctx, 1); err != nil {
			return err
		}
		list := b.mix()
		err := b.accounted(s.Process(), 2*len(list), func() error {
			_, err := b.ask(ctx, s.Client, "alone", list, func() bool { return true })
			return err
		})
		if err != nil {
			return err
		}
		return tasks.Run(ctx, func(ctx context.Context, g *tasks.Group) error {
			rounds := 0
			indexing := g.Go(func(ctx context.Context) error { return again(ctx, s.Client, other, changed, &rounds) })
			left, err := b.ask(ctx, s.Client, "while another folder is indexed", list, busy.Load)
			indexing.Cancel(nil)
			if err != nil {
				return err
			}
			b.out.say("  the other folder", "half as large, indexed %d times; %d answers in between do not count", rounds, left)
			return nil
		})
	})
}

// half makes a folder of every second file.
func (b *bench) half(dir string) error {
	for i, f := range b.tree.files {
		if i%2 == 1 {
			continue
		}
		rel, err := filepath.Rel(b.tree.root, f.path)
		if err != nil {
			return err
		}
		if err := (file{filepath.Join(dir, rel), f.text}).write(); err != nil {
			return err
		}
	}
	return nil
}

// again has a folder indexed from nothing for as long as ctx lasts: under a new name each time.
func again(ctx context.Context, c *client.Client, dir string, changed <-chan string, rounds *int) error {
	folders := func(added, removed []any) error {
		event := map[string]any{"added": added, "removed": removed}
		return c.Notify("workspace/didChangeWorkspaceFolders", map[string]any{"event": event})
	}
	for ; ; *rounds++ {
		name := fmt.Sprintf("%s-%d", dir, *rounds)
		if err := os.Rename(dir, name); err != nil {
			return err
		}
		err := folders([]any{client.Folder(name)}, []any{})
		for state := ""; err == nil && state != "ready"; {
			state, err = tasks.Receive(ctx, changed)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil {
			err = folders([]any{}, []any{client.Folder(name)})
		}
		if err == nil {
			err = os.Rename(name, dir)
		}
		if err != nil {
			return err
		}
	}
}

// ask asks everything by both methods, and counts what was answered while it counts.
func (b *bench) ask(ctx context.Context, c *client.Client, when string, list []query, counts func() bool) (left int, err error) {
	took := map[string][]time.Duration{}
	methods := []string{"semantic/search", "workspace/symbol"}
	for i := 0; i < len(list); i++ {
		for _, method := range methods {
			if err := b.pause(ctx, 10*time.Millisecond); err != nil {
				return left, err
			}
			params := search(list[i].text)
			if method == methods[0] {
				params = search(list[i].text, client.URI(b.tree.root))
			}
			before, start := counts(), time.Now()
			r, err := c.Begin(method, params)
			if err != nil {
				return left, err
			}
			a := r.Answer()
			if err := a.Err(); err != nil {
				return left, fmt.Errorf("%s %q: %w", method, list[i].text, err)
			}
			if !before || !counts() {
				left++
				if !b.check {
					list = append(list, list[i]) // once more
				}
				continue
			}
			took[method] = append(took[method], a.At.Sub(start))
			kind := method + ", " + list[i].kind
			took[kind] = append(took[kind], a.At.Sub(start))
		}
	}
	for _, method := range methods {
		b.out.times(method+" "+when, took[method], .99, answered)
		for _, kind := range []string{"identifiers", "beginnings", "sentences"} {
			b.out.times(strings.Repeat(" ", 2)+kind, took[method+", "+kind], 0, 0)
		}
	}
	return left, nil
}
