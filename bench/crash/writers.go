package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/vectors/store"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

// wrote is what a writer tells of itself.
type wrote struct {
	Saves, Refreshes, Asked, Missed int
	Health                          string
}

// writers lets two processes write the same index.
func writers(ctx context.Context, dir string, files int, duration time.Duration) error {
	program, err := build(dir, "./bench/crash")
	if err != nil {
		return err
	}
	root, cache := filepath.Join(dir, "tree"), filepath.Join(dir, "cache")
	t, err := plant(root, files, rand.New(rand.NewPCG(1, 2)))
	if err != nil {
		return err
	}
	start := time.Now()
	var outs [2]bytes.Buffer
	var cmds [2]*exec.Cmd
	for i := range cmds {
		cmds[i] = exec.CommandContext(ctx, program, "-writers", duration.String(), "-half", fmt.Sprint(i),
			"-files", fmt.Sprint(files), root, cache)
		cmds[i].Stdout, cmds[i].Stderr = &outs[i], os.Stderr
		if err := cmds[i].Start(); err != nil {
			return err
		}
	}
	var told [2]wrote
	for i, cmd := range cmds {
		err := cmd.Wait()
		if err == nil {
			err = json.Unmarshal(outs[i].Bytes(), &told[i])
		}
		if err != nil {
			return fmt.Errorf("writer %d: %w", i, err)
		}
		if told[i].Health != store.HealthOK {
			return fmt.Errorf("writer %d: health %q", i, told[i].Health)
		}
	}
	for _, path := range t.paths() {
		data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(path)))
		if err != nil {
			return err
		}
		t.now[path] = index.HashText(string(data))
	}
	if err := same(ctx, cache, root, t.now); err != nil {
		return err
	}
	s := store.OpenReadOnly(cache, identity(root))
	defer s.Close()
	if _, err := s.Load(ctx); err != nil {
		return err
	}
	fmt.Printf("two processes wrote for %v: %d and %d saves, %d and %d refreshes, %d changes stored\n",
		since(start), told[0].Saves, told[1].Saves, told[0].Refreshes, told[1].Refreshes, stored64(cache, root))
	fmt.Printf("all %d files were as on disk; each asked for the other's last save %d and %d times, "+
		"and missed it %d and %d times\n",
		len(t.now), told[0].Asked, told[1].Asked, told[0].Missed, told[1].Missed)
	if told[0].Missed+told[1].Missed > 0 {
		return fmt.Errorf("what one had saved, the other did not find")
	}
	return nil
}

// stored64 is the number of the last change.
func stored64(cache, root string) uint64 {
	s := store.Open(cache, identity(root))
	defer s.Close()
	if _, err := s.Load(context.Background()); err != nil {
		return 0
	}
	return s.Flushed()
}

// writer changes its half of the files and saves each change to the index. It looks now
// and then whether it finds what the other has saved, by what that left beside the tree.
func writer(ctx context.Context, root, cache string, half, files int, duration time.Duration) error {
	rng := rand.New(rand.NewPCG(uint64(half), uint64(os.Getpid())))
	e := indexing.New(indexing.Config{CacheDir: cache, Embedder: static.New(), Limiter: tasks.NewLimiter(1, 1)})
	if err := e.Open(ctx, root); err != nil {
		return err
	}
	if err := e.Refresh(ctx, root, nil); err != nil {
		return err
	}
	var w wrote
	note := func(of int) string { return filepath.Join(filepath.Dir(root), fmt.Sprintf("saved-%d", of)) }
	version := 1_000_000 * (half + 1)
	for end := time.Now().Add(duration); time.Now().Before(end); {
		path := name(2*rng.IntN(files/2) + half)
		version++
		full := filepath.Join(root, filepath.FromSlash(path))
		if err := os.WriteFile(full, []byte(text(path, version)), 0o644); err != nil {
			return err
		}
		if err := e.Update(ctx, full); err != nil {
			return err
		}
		w.Saves++
		if err := replace(note(half), path+" "+symbol(path, version)); err != nil {
			return err
		}
		switch rng.IntN(50) {
		case 0:
			if err := e.Refresh(ctx, root, nil); err != nil {
				return err
			}
			w.Refreshes++
		case 1, 2:
			asked, missed, err := ask(ctx, e, note(1-half))
			if err != nil {
				return err
			}
			w.Asked, w.Missed = w.Asked+asked, w.Missed+missed
		}
	}
	for _, f := range e.Status().Folders {
		w.Health = f.Health
	}
	if err := e.Close(root); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(w)
}

func replace(path, text string) error {
	if err := os.WriteFile(path+".new", []byte(text), 0o644); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// ask looks for what the other has saved last. If that has saved something else in the same
// file meanwhile, it is no miss.
func ask(ctx context.Context, e *indexing.Engine, note string) (asked, missed int, err error) {
	data, err := os.ReadFile(note)
	if os.IsNotExist(err) {
		return 0, 0, nil
	}
	if err != nil {
		return 0, 0, err
	}
	path, wanted, _ := strings.Cut(string(data), " ")
	time.Sleep(110 * time.Millisecond) // a query looks at most ten times a second
	a, err := e.Search(ctx, workspace.Documents{}, indexing.Query{Text: wanted, Limit: 1})
	if err != nil {
		return 0, 0, err
	}
	if len(a.Hits) > 0 && a.Hits[0].Symbol == wanted {
		return 1, 0, nil
	}
	root := e.Status().Folders[0].Root
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(path)))
	if err != nil || !bytes.Contains(text, []byte(wanted)) {
		return 0, 0, err
	}
	return 1, 1, nil
}
