package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/semantic-ls/semantic-ls/bench/internal/client"
	"github.com/semantic-ls/semantic-ls/tasks"
)

// endsWithin is how long a server may take to end: what it gives itself to write its index.
const endsWithin = 2500 * time.Millisecond

// ends measures how soon a server ends that has much to do.
func (b *bench) ends(ctx context.Context) error {
	for _, by := range []struct {
		what string
		end  func(s *client.Server) (client.Request, error)
		code int
	}{
		{"the input is closed", func(s *client.Server) (client.Request, error) { return client.Request{}, s.Hang() }, 1},
		{"shutdown and exit", func(s *client.Server) (client.Request, error) {
			batch := s.Batch()
			r := batch.Request("shutdown", nil)
			batch.Notify("exit", nil)
			return r, batch.Send()
		}, 0},
	} {
		if err := b.ended(ctx, by.what, by.end, by.code); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) ended(
	ctx context.Context, what string, end func(*client.Server) (client.Request, error), code int,
) error {
	cold := filepath.Join(b.program.Temp, fmt.Sprintf("cold-%d", code))
	if err := b.half(cold); err != nil {
		return err
	}
	return tasks.Run(ctx, func(ctx context.Context, g *tasks.Group) error {
		s, err := client.Start(g, b.program.Command(ctx, "serve"))
		if err != nil {
			return err
		}
		var peak float64
		var requests []client.Request
		var took time.Duration
		err = client.Watch(ctx, s.Process().Pid, &peak, func() error {
			if err := s.Initialize(nil, b.tree.root); err != nil {
				return err
			}
			if _, err := s.Ready(ctx, 1); err != nil {
				return err
			}
			added := map[string]any{"added": []any{client.Folder(cold)}, "removed": []any{}}
			if err := s.Notify("workspace/didChangeWorkspaceFolders", map[string]any{"event": added}); err != nil {
				return err
			}
			d, err := b.open(s.Client)
			if err != nil {
				return err
			}
			if err := tasks.Sleep(ctx, 300*time.Millisecond); err != nil { // it indexes
				return err
			}
			batch := s.Batch()
			for range 15 * inFlight {
				batch.Notify("textDocument/didChange", d.function(b.random, b.word(16)))
				a := b.anything(d)
				requests = append(requests, batch.Request(a.method, a.params))
			}
			if err := batch.Send(); err != nil {
				return err
			}
			start := time.Now()
			if _, err := end(s); err != nil {
				return err
			}
			exit, err := exitCode(s.Wait(ctx))
			if err != nil {
				return err
			}
			took = time.Since(start)
			b.out.count(fmt.Sprintf("%s under load: exit code %d", what, code), bit(exit == code), 1)
			return nil
		})
		if err != nil {
			_ = s.Process().Kill()
			return err
		}
		codes := map[int]int{}
		for _, r := range requests {
			codes[r.Answer().Code]++
		}
		if code == 0 {
			b.out.count("requests before shutdown that are answered", len(requests)-codes[client.Gone], len(requests))
			b.out.say("  answers", "%d results, %d told that it stops", codes[codeNone], codes[codeStopping])
		}
		b.out.time("  it has ended", took, endsWithin, fmt.Sprintf(", anonymous memory %.0f MB at its peak", peak))
		return nil
	})
}

func exitCode(err error) (int, error) {
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode(), nil
	}
	return 0, err
}
