package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/semantic-ls/semantic-ls/bench/internal/client"
	"github.com/semantic-ls/semantic-ls/tasks"
)

// settled is how long a switch of branches may take to be seen.
const settled = 5 * time.Second

// patience is when it is given up.
const patience = 2 * time.Minute

// tells is a client that tells of files that have changed.
var tells = map[string]any{"workspace": map[string]any{"didChangeWatchedFiles": map[string]any{"dynamicRegistration": true}}}

// branches measures switches of branches.
func (b *bench) branches(ctx context.Context) error {
	err := b.switches(ctx, "told", nil, tells)
	if err == nil {
		err = b.switches(ctx, "followed", nil, nil)
	}
	if err != nil {
		return err
	}
	p := newProvider()
	defer p.Close()
	return b.switches(ctx, "told, counted", p, tells)
}

// version is what a file says on a branch: its text, and a function that says which branch it is.
type version struct {
	file
	word string
	line int
}

// switches has a server index one branch, and goes to another on which some files are new, from there to one on which
// every second of them is as it was at first, and the others are new again; and back to the first.
func (b *bench) switches(ctx context.Context, how string, p *provider, capabilities map[string]any) error {
	files := slices.Clone(b.tree.files)
	b.random.Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
	files = slices.DeleteFunc(files, func(f file) bool { return !strings.HasSuffix(f.path, ".go") || len(f.tops()) == 0 })
	files = files[:min(len(files), b.switched)]
	branch := func(i int) version {
		v := version{file: files[i], word: b.word(16)}
		v.text, v.line = v.with(v.word)
		return v
	}
	first, second, third := make([]version, len(files)), make([]version, len(files)), make([]version, len(files))
	for i := range files {
		first[i], second[i] = branch(i), branch(i)
		if third[i] = first[i]; i%2 == 1 {
			third[i] = branch(i)
		}
		if err := first[i].write(); err != nil {
			return err
		}
	}
	cmd := b.program.Command(ctx, "serve")
	if p != nil {
		cmd = p.asked(cmd)
	}
	return client.Serve(ctx, cmd, func(ctx context.Context, s *client.Server) error {
		if err := s.Initialize(capabilities, b.tree.root); err != nil {
			return err
		}
		if _, err := s.Ready(ctx, 1); err != nil {
			return err
		}
		if capabilities == nil {
			if err := tasks.Sleep(ctx, time.Second); err != nil { // until all directories are watched
				return err
			}
		}
		for _, step := range []struct {
			what     string
			from, to []version
		}{{"new", first, second}, {"half seen before", second, third}, {"back", third, first}} {
			before, cpu := p.count(), processorTime(s.Process())
			took, err := b.switchTo(ctx, s.Client, step.to, capabilities != nil)
			if err != nil {
				return fmt.Errorf("%s, %s: %w", how, step.what, err)
			}
			note := ""
			if now := processorTime(s.Process()); now > cpu {
				note = fmt.Sprintf(", %.2f s of CPU", (now - cpu).Seconds())
			}
			what := fmt.Sprintf("%d files switch, %s: %s", len(files), how, step.what)
			b.out.time(what, took, settled, note)
			good, all, err := b.shown(ctx, s.Client, step.from, step.to)
			if err != nil {
				return err
			}
			b.out.count(what+", found as they are", good, all)
			if p != nil {
				now := p.count()
				texts := now.texts - before.texts
				b.out.count("  texts that were embedded, and never before", texts-(now.again-before.again), texts)
			}
		}
		return nil
	})
}

// switchTo writes the files as they are on another branch, as git does, and waits until that is seen.
func (b *bench) switchTo(ctx context.Context, c *client.Client, to []version, told bool) (time.Duration, error) {
	start := time.Now()
	changes := make([]any, len(to))
	for i, v := range to {
		if err := os.Remove(v.path); err != nil {
			return 0, err
		}
		if err := v.write(); err != nil {
			return 0, err
		}
		changes[i] = map[string]any{"uri": client.URI(v.path), "type": 2}
	}
	if told {
		if err := c.Notify("workspace/didChangeWatchedFiles", map[string]any{"changes": changes}); err != nil {
			return 0, err
		}
	}
	left := b.random.Perm(len(to))[:min(64, len(to))]
	left = append(left, 0, len(to)-1)
	written := time.Now()
	for waited := false; ; {
		status, err := c.Status()
		if err != nil {
			return 0, err
		}
		waits := status.Coverage.FilesWaiting > 0
		waited = waited || waits || time.Since(written) > overlooked
		if waited && !waits && len(status.Folders) == 1 && status.Folders[0].State == "ready" {
			took := time.Since(start)
			if left, err = b.unseen(c, left, to); err != nil {
				return 0, err
			}
			if len(left) == 0 {
				return took, nil
			}
		}
		if time.Since(start) > patience {
			return 0, fmt.Errorf("after %v, %s is not found as it is", patience, to[left[0]].path)
		}
		if err := tasks.Sleep(ctx, lookEvery); err != nil {
			return 0, err
		}
	}
}

// overlooked is how long after the last file was written a switch may be over that nobody has seen begin.
const overlooked = time.Second / 2

// lookEvery is how often the status is asked for while a switch settles: that takes a thousandth of a core, and is nobody
// for whom indexing keeps off the last one.
const lookEvery = 50 * time.Millisecond

// unseen are those of some files that are not found as they are yet.
func (b *bench) unseen(c *client.Client, files []int, to []version) ([]int, error) {
	for len(files) > 0 {
		if ok, err := finds(c, to[files[0]]); !ok || err != nil {
			return files, err
		}
		files = files[1:]
	}
	return nil, nil
}

// finds reports whether a file is found by what it says on a branch.
func finds(c *client.Client, v version) (bool, error) {
	r, err := c.Begin("semantic/search", search(v.word))
	if err != nil {
		return false, err
	}
	found, err := hits(r.Answer())
	d := document{uri: client.URI(v.path), at: v.line}
	return d.first(found, v.word), err
}

// shown counts how many of a sample are found as they are, and no more as they were. Batches end in any order, so that a
// file of the last may come a moment after those that were waited for.
func (b *bench) shown(ctx context.Context, c *client.Client, from, to []version) (good, all int, err error) {
	deadline := time.Now().Add(settled)
	for _, i := range b.random.Perm(len(to))[:min(500, len(to))] {
		is := false
		for {
			if is, err = isAt(c, from[i], to[i]); err != nil {
				return good, all, err
			}
			if is || time.Now().After(deadline) {
				break
			}
			if err := tasks.Sleep(ctx, lookEvery); err != nil {
				return good, all, err
			}
		}
		good, all = good+bit(is), all+1
	}
	return good, all, nil
}

// isAt reports whether a file is found as it is, and not as it was.
func isAt(c *client.Client, from, to version) (bool, error) {
	is, err := finds(c, to)
	if err != nil || !is || from.word == to.word {
		return is, err
	}
	was, err := finds(c, from)
	return !was, err
}

// processorTime is what a process has taken of the processor; 0 where the system does not say.
func processorTime(p *os.Process) time.Duration {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.Pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	const tick = 10 * time.Millisecond // USER_HZ is 100 on every Linux that Go runs on
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * tick
}
