package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"github.com/semantic-ls/semantic-ls/workspace/chunk"
)

// speeds are megabytes of source per second, on one core; 0 where a program is not installed.
type speeds struct{ outline, cut, read, rg, ctags float64 }

// tries is how often each is timed; the best counts.
const tries = 3

// batch is how many paths fit one command line.
const batch = 1000

// clock times chunk.Outline and chunk.Cut alone, that with reading the file, and two programs that read the same files.
func clock(ctx context.Context, corpus string, files []source) (s speeds, err error) {
	before := runtime.GOMAXPROCS(1)
	defer runtime.GOMAXPROCS(before)
	bytes := 0
	for _, f := range files {
		bytes += len(f.text)
	}
	best := func(what func() error) (rate float64, err error) {
		for range tries {
			start := time.Now()
			if err := what(); err != nil {
				return 0, err
			}
			rate = max(rate, float64(bytes)/1e6/time.Since(start).Seconds())
		}
		return rate, nil
	}
	if s.outline, err = best(func() error {
		for _, f := range files {
			chunk.Outline(f.path, f.text)
		}
		return nil
	}); err != nil {
		return s, err
	}
	if s.cut, err = best(func() error {
		for _, f := range files {
			chunk.Cut(f.path, f.text)
		}
		return nil
	}); err != nil {
		return s, err
	}
	if s.read, err = best(func() error {
		for _, f := range files {
			text, err := os.ReadFile(filepath.Join(corpus, filepath.FromSlash(f.path)))
			if err != nil {
				return err
			}
			chunk.Cut(f.path, string(text))
		}
		return nil
	}); err != nil {
		return s, err
	}
	if s.rg, err = best(func() error { return ripgrep(ctx, corpus, files) }); err != nil && !errors.Is(err, exec.ErrNotFound) {
		return s, err
	}
	s.ctags, err = best(func() error {
		_, err := output(ctx, corpus, files, "ctags", "--fields=+ne", "--sort=no", "-f", "-", "-L", "-")
		return err
	})
	if errors.Is(err, exec.ErrNotFound) {
		err = nil
	}
	return s, err
}

func ripgrep(ctx context.Context, corpus string, files []source) error {
	for from := 0; from < len(files); from += batch {
		args := []string{"-j1", "-c", "--no-messages", "."}
		for _, f := range files[from:min(from+batch, len(files))] {
			args = append(args, f.path)
		}
		cmd := exec.CommandContext(ctx, "rg", args...)
		cmd.Dir = corpus
		if err := cmd.Run(); err != nil {
			if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.ExitCode() == 1 {
				continue // no line in any of them
			}
			return fmt.Errorf("rg: %w: %s", err, install["rg"])
		}
	}
	return nil
}
