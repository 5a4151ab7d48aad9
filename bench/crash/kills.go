package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/semantic-ls/semantic-ls/vectors/store"
)

// counts are of processes that were killed.
type counts struct {
	before, within, after int // the first flushed line; between it and the last; the last
	torn                  int // left a record that was cut short
	named, found          int // files in lines; those that a search had to find
	rebuilds, generations int
}

// line is one of index --json; the last has a root.
type line struct {
	Root    string   `json:"root"`
	Done    int      `json:"done"`
	Total   int      `json:"total"`
	Flushed uint64   `json:"flushed"`
	Paths   []string `json:"paths"`
}

func kills(ctx context.Context, dir string, n, files int, seed uint64) error {
	program, err := build(dir, "./cmd/semantic-ls")
	if err != nil {
		return err
	}
	rng := rand.New(rand.NewPCG(seed, 1))
	t, err := plant(filepath.Join(dir, "tree"), files, rng)
	if err != nil {
		return err
	}
	k := killer{program: program, cache: filepath.Join(dir, "cache"), tree: t}
	start := time.Now()
	for i := range n {
		if err := t.change(files/20+rng.IntN(files/3), files); err != nil {
			return err
		}
		if err := k.round(ctx, i); err != nil {
			return fmt.Errorf("seed %d, round %d: %w", seed, i, err)
		}
	}
	if err := k.whole(ctx); err != nil {
		return fmt.Errorf("seed %d, at last: %w", seed, err)
	}
	c := k.counts
	fmt.Printf("%d processes killed in %v: %d before the first flushed line, %d between it and the last, %d after; "+
		"%d with --rebuild\n",
		n, since(start), c.before, c.within, c.after, c.rebuilds)
	fmt.Printf("every time the index opened: %d generations of it, %d with a record that was cut short; "+
		"all of the %d files named were there, none as it never was; %d of %d were searched for and found\n", c.generations, c.torn, c.named, c.found, c.found)
	if n >= 100 && c.within < n*3/4 {
		return fmt.Errorf("only %d of %d were killed between the first flushed line and the last: try more files", c.within, n)
	}
	return nil
}

type killer struct {
	program, cache string
	tree           *tree
	counts         counts
	last           string // generation that the round before left
}

func (k *killer) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, k.program, args...)
	cmd.Env = append(os.Environ(), "SEMANTIC_LS_CACHE_DIRECTORY="+k.cache)
	cmd.Stderr = os.Stderr
	return cmd
}

// round starts a process, kills it, and compares what it said with what it left.
func (k *killer) round(ctx context.Context, i int) error {
	rng := k.tree.rng
	args := []string{"index", "--json", k.tree.root}
	if rng.IntN(8) == 0 || i == 0 {
		args = append(args, "--rebuild")
		k.counts.rebuilds++
	}
	cmd := k.command(ctx, args...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	// One in thirty at any moment of its first 50 ms; the others some moments after one
	// of the lines.
	lines, pause := 0, time.Duration(rng.IntN(50_000))*time.Microsecond
	if rng.IntN(30) > 0 {
		lines, pause = 2+rng.IntN(2+len(k.tree.now)/300), time.Duration(rng.IntN(20_000))*time.Microsecond
	}
	read := bufio.NewReaderSize(out, 1<<20)
	var said []line
	hear := func() (more bool, err error) {
		text, err := read.ReadBytes('\n')
		if err == io.EOF { // what was not written whole was not said
			return false, nil
		}
		var l line
		if err == nil {
			err = json.Unmarshal(text, &l)
		}
		if err != nil {
			return false, err
		}
		said = append(said, l)
		return true, nil
	}
	more := true
	for more && len(said) < lines && err == nil {
		// When less than four batches are left, now, lest it be ready before.
		if more, err = hear(); len(said) > 1 && said[len(said)-1].Done+4*128 >= said[len(said)-1].Total && rng.IntN(8) > 0 {
			pause /= 8
			break
		}
	}
	time.Sleep(pause)
	_ = cmd.Process.Kill()
	for more && err == nil { // what was said before it was killed
		more, err = hear()
	}
	if err != nil {
		return err
	}
	waited := cmd.Wait()
	if exit, ok := errors.AsType[*exec.ExitError](waited); ok && exit.Exited() && exit.ExitCode() > 0 {
		return waited
	}
	return k.judge(ctx, said, i)
}

// judge compares what a process has said with what it has left.
func (k *killer) judge(ctx context.Context, said []line, i int) error {
	var named []string
	ended := false
	for _, l := range said {
		named = append(named, l.Paths...)
		ended = ended || l.Root != "" || l.Total == l.Done
	}
	switch {
	case len(named) == 0:
		k.counts.before++
	case ended:
		k.counts.after++
	default:
		k.counts.within++
	}
	if len(said) == 0 && i == 0 {
		return nil // nothing may be there
	}
	hashes, health, err := stored(ctx, k.cache, k.tree.root)
	if err != nil {
		return err
	}
	if health != store.HealthOK {
		if !strings.Contains(health, "bytes at the end were dropped") || strings.Contains(health, ".seg") {
			return fmt.Errorf("health %q", health)
		}
		k.counts.torn++
	}
	for _, path := range named {
		if hashes[path] != k.tree.now[path] {
			return fmt.Errorf("%s was flushed and is not there as it is on disk; health %q", path, health)
		}
	}
	for path, hash := range hashes {
		if !k.tree.ever[path][hash] {
			return fmt.Errorf("%s is there as it never was", path)
		}
	}
	report, err := store.Check(ctx, k.cache, identity(k.tree.root))
	if err != nil || len(report.Faults) > 1 {
		return fmt.Errorf("check finds %q, %w", report.Faults, err)
	}
	k.counts.named += len(named)
	if now := k.generation(); now != k.last {
		k.counts.generations++
		k.last = now
	}
	if i%10 == 9 && len(named) > 0 {
		return k.search(ctx, named[k.tree.rng.IntN(len(named))])
	}
	return nil
}

// generation is the directories of the generations that are there.
func (k *killer) generation() string {
	dirs, _ := filepath.Glob(filepath.Join(k.cache, "*", "*", "gen-*"))
	return strings.Join(dirs, " ")
}

// search asks the program for a file by what it defines.
func (k *killer) search(ctx context.Context, path string) error {
	data, err := os.ReadFile(filepath.Join(k.tree.root, filepath.FromSlash(path)))
	if err != nil {
		return err
	}
	_, rest, _ := strings.Cut(string(data), "func ")
	wanted, _, _ := strings.Cut(rest, "(")
	out, err := k.command(ctx, "search", "-l", "-n1", wanted, k.tree.root).Output()
	if err != nil || strings.TrimSpace(string(out)) != path {
		return fmt.Errorf("a search for %s finds %q and not %s: %w", wanted, out, path, err)
	}
	k.counts.found++
	return nil
}

// whole lets a process end.
func (k *killer) whole(ctx context.Context) error {
	for _, args := range [][]string{{"index", k.tree.root}, {"index", "--check", k.tree.root}} {
		if out, err := k.command(ctx, args...).Output(); err != nil {
			return fmt.Errorf("%w: %s", err, out)
		}
	}
	return same(ctx, k.cache, k.tree.root, k.tree.now)
}

// same compares what is stored with what is on disk.
func same(ctx context.Context, cache, root string, now map[string][16]byte) error {
	hashes, health, err := stored(ctx, cache, root)
	if err != nil || health != store.HealthOK || len(hashes) != len(now) {
		return fmt.Errorf("%d of %d files, health %q, %w", len(hashes), len(now), health, err)
	}
	for path, hash := range now {
		if hashes[path] != hash {
			return fmt.Errorf("%s is not there as it is on disk", path)
		}
	}
	return nil
}
