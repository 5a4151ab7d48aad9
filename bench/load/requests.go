package main

import (
	"context"
	"fmt"
	"strings"
	"syscall"
	"time"

	"github.com/semantic-ls/semantic-ls/bench/internal/client"
	"github.com/semantic-ls/semantic-ls/tasks"
)

// The protocol's codes.
const (
	codeNone      = 0
	codeCancelled = -32800
	codeStopping  = -32802
	codeParams    = -32602
	codeMethod    = -32601
)

// inFlight is how many requests stand in one write: some windows of an editor, all restored at once.
const inFlight = 20

// asking is a request of a kind, and the code that it is answered with unless it is cancelled.
type asking struct {
	method string
	params map[string]any
	code   int
}

// anything is a request of any kind.
func (b *bench) anything(d *document) asking {
	list := b.tree.names(b.random, 1)
	name := list[0]
	switch n := b.random.IntN(100); {
	case n < 40:
		return asking{"semantic/search", search(name), codeNone}
	case n < 75:
		return asking{"workspace/symbol", search(name), codeNone}
	case n < 85:
		at := map[string]any{"line": b.random.IntN(longFile / 2), "character": 0}
		return asking{"semantic/related", map[string]any{"textDocument": map[string]any{"uri": d.uri}, "position": at}, codeNone}
	case n < 90:
		return asking{"semantic/explain", map[string]any{"query": name, "uri": d.uri}, codeNone}
	case n < 96:
		return asking{"semantic/status", map[string]any{}, codeNone}
	case n < 98:
		return asking{"semantic/search", map[string]any{"query": 7}, codeParams}
	}
	return asking{"semantic/nothing", map[string]any{}, codeMethod}
}

// cancelled sends many requests and cancels some.
func (b *bench) cancelled(ctx context.Context) error {
	before, _, err := b.left(ctx, inFlight)
	if err != nil {
		return err
	}
	after, _, err := b.left(ctx, b.requests)
	if err != nil {
		return err
	}
	if before > 0 {
		b.out.say("  goroutines that are left", "%d, %d after the first %d", after, before, inFlight)
		b.out.count("goroutines that are left: as many as at first, or 8 more", bit(after <= before+8), 1)
	}
	return nil
}

// left sends so many requests to a server of its own, and returns how many goroutines it has afterwards, 0 where it
// cannot be asked, and how much memory.
func (b *bench) left(ctx context.Context, requests int) (goroutines int, memory float64, err error) {
	err = tasks.Run(ctx, func(ctx context.Context, g *tasks.Group) error {
		s, err := client.Start(g, b.program.Command(ctx, "serve"))
		if err != nil {
			return err
		}
		err = b.burst(ctx, s, requests)
		if err == nil {
			err = tasks.Sleep(ctx, 2*time.Second) // until nobody counts as there
		}
		memory = client.Anonymous(s.Process().Pid)
		// Go says then what all goroutines do, and ends.
		quit := err == nil && s.Process().Signal(syscall.SIGQUIT) == nil
		if !quit {
			_ = s.Process().Kill()
		}
		_ = s.Wait(ctx) // an error, as it should be
		if quit {
			goroutines = strings.Count(s.Log(), "\ngoroutine ")
		}
		return err
	})
	return goroutines, memory, err
}

func (b *bench) burst(ctx context.Context, s *client.Server, requests int) error {
	if err := s.Initialize(nil, b.tree.root); err != nil {
		return err
	}
	if _, err := s.Ready(ctx, 1); err != nil {
		return err
	}
	d, err := b.open(s.Client)
	if err != nil {
		return err
	}
	var took []time.Duration
	codes := map[int]int{}
	good, sent, gone := 0, 0, 0 // gone: to be cancelled
	first := 0.0
	start := time.Now()
	for sent < requests {
		type waiting struct {
			asking
			request  client.Request
			canceled bool
		}
		var all []waiting
		now, later := s.Batch(), s.Batch()
		now.Notify("textDocument/didChange", d.function(b.random, b.word(16)))
		for range inFlight {
			w := waiting{asking: b.anything(d)}
			w.request = now.Request(w.method, w.params)
			if b.random.IntN(10) < 3 {
				w.canceled = true
				gone++
				batch := now
				if b.random.IntN(2) == 0 {
					batch = later
				}
				batch.Notify("$/cancelRequest", map[string]any{"id": w.request.ID})
			}
			all = append(all, w)
		}
		sent += len(all)
		at := time.Now()
		if err := now.Send(); err != nil {
			return err
		}
		if err := b.pause(ctx, 10*time.Millisecond); err != nil {
			return err
		}
		if err := later.Send(); err != nil {
			return err
		}
		for _, w := range all {
			a := w.request.Answer()
			codes[a.Code]++
			good += bit(a.Code == w.code || w.canceled && a.Code == codeCancelled)
			if !w.canceled {
				took = append(took, a.At.Sub(at))
			}
			if a.Code == client.Gone {
				return fmt.Errorf("after %d requests: %w", sent, a.Err())
			}
		}
		if first == 0 && sent >= requests/10 {
			first = client.Anonymous(s.Process().Pid)
		}
	}
	if requests == inFlight {
		return nil // what others are compared with
	}
	// Whatever comes twice has come by now.
	if _, err := s.Status(); err != nil {
		return err
	}
	share := 100 * float64(gone) / float64(sent)
	b.out.count(fmt.Sprintf("requests, %.0f %% cancelled, answered with the right code", share), good, sent)
	b.out.count("requests that are answered once", sent-s.Strays(), sent)
	b.out.say("  codes", "%d results, %d cancelled, %d bad parameters, %d unknown methods",
		codes[codeNone], codes[codeCancelled], codes[codeParams], codes[codeMethod])
	b.out.times(fmt.Sprintf("  from a write of %d to the answers of those not cancelled", inFlight), took, 0, 0)
	b.out.time("  all of them", time.Since(start), 0, "")
	b.out.say("  anonymous memory", "%.0f MB, %.0f after the first tenth", client.Anonymous(s.Process().Pid), first)
	return nil
}
