package indexing

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/ignore"
)

// Update indexes again what is at some absolute paths, which were saved, made
// or deleted, and nothing else. Paths outside every folder, or ignored, are not
// looked at. When it returns nil, queries see the change. A directory, or an
// ignore file, takes a Refresh of its folder. It may run beside a Refresh, which
// then does not publish what it has read before.
//
// Paths that are not indexed yet count as waiting. On an error they go on to, the folder's state
// says why, and the next Refresh or Update of them tries again. When ctx ends, the
// error is its cause.
func (e *Engine) Update(ctx context.Context, paths ...string) error {
	return e.guard(ctx, func() error { return e.updateAll(ctx, paths) })
}

func (e *Engine) updateAll(ctx context.Context, paths []string) error {
	type change struct {
		entries []workspace.Entry
		gone    []string // what is indexed of what is no more
		absent  []string // what was there, indexed or not: a Refresh may have read it
		all     bool
	}
	changes := map[*folder]*change{}
	changeOf := func(f *folder) *change {
		c := changes[f]
		if c == nil {
			f.catchUp()
			c = &change{all: f.unsound()}
			changes[f] = c
		}
		return c
	}
	// everywhere has dir looked at, and the folders below it that are open by themselves.
	everywhere := func(f *folder, dir string) {
		changeOf(f).all = true
		for _, rel := range f.inner(e.all()) {
			root := filepath.Join(f.root, filepath.FromSlash(rel))
			if _, ok := below(dir, root); !ok {
				continue
			}
			if inner, err := e.folder(root); err == nil {
				changeOf(inner).all = true
			}
		}
	}
	paths = distinct(paths)
	for _, p := range paths {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		f, rel, ok := e.owner(p)
		if !ok {
			continue
		}
		c := changeOf(f)
		info, err := os.Lstat(p)
		isDir := err == nil && info.IsDir()
		if err == nil && rel != "" && !isDir && !f.has(rel) {
			rel = workspace.Spelled(f.root, rel)
		}
		switch base := path.Base(rel); {
		case rel != "" && f.ignored(rel, isDir).Skipped():
			c.gone = append(c.gone, f.pathsUnder(rel)...)
		case rel == "", isDir:
			everywhere(f, p)
		case base == ".gitignore", base == ".semanticignore":
			everywhere(f, filepath.Dir(p))
		case err != nil, !info.Mode().IsRegular():
			c.absent = append(c.absent, rel)
			c.gone = append(c.gone, f.pathsUnder(rel)...)
		default:
			c.entries = append(c.entries, workspace.Entry{Path: rel, Size: info.Size()})
			// What was below a directory of that name is gone.
			below := f.pathsUnder(rel)
			c.gone = append(c.gone, slices.DeleteFunc(below, func(p string) bool { return p == rel })...)
		}
	}
	for f, c := range changes {
		var err error
		if c.all {
			err = e.refreshSince(ctx, f)
		} else {
			err = e.update(ctx, f, c.entries, c.gone, c.absent)
		}
		e.say(f, f.store.Health())
		switch {
		case err != nil && ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil:
			return fmt.Errorf("index again in %s: %w", f.root, err)
		}
	}
	return nil
}

// refreshSince is a Refresh that begins from now on. Of several that wait for the
// same one, only the first walks: what it finds is what all of them would.
func (e *Engine) refreshSince(ctx context.Context, f *folder) error {
	asked := f.ask()
	select {
	case f.refreshing <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	served := f.servedSince(asked)
	<-f.refreshing
	if served {
		return nil
	}
	return e.Refresh(ctx, f.root, nil)
}

func (e *Engine) update(ctx context.Context, f *folder, entries []workspace.Entry, gone, absent []string) error {
	f.publishing.Lock()
	f.turn++
	turn := f.turn
	f.touch(absent, turn)
	f.publishing.Unlock()
	f.expect(entries)
	e.stored(f, f.remove(gone, turn, true))
	if left, err := e.readAgain(ctx, f, entries, turn); err != nil {
		f.failed(left, err, ctx.Err() != nil)
		f.met(left)
		return err
	}
	if !f.completed.Load() {
		e.complete(f, false)
	}
	if f.store.Size() > 2*f.index.Bytes()+spareBytes {
		return e.compact(ctx, f, true)
	}
	return nil
}

// distinct are the paths, each once, in their order: a file that is replaced is told of as deleted and as created, and
// must not be read by two workers.
func distinct(paths []string) []string {
	if len(paths) < 2 {
		return paths
	}
	told := make(map[string]bool, len(paths))
	return slices.DeleteFunc(slices.Clone(paths), func(p string) bool {
		p = filepath.Clean(p)
		before := told[p]
		told[p] = true
		return before
	})
}

// ignored says by which rule what is at rel is left out, as of the last walk.
// Verdicts are kept: the rules of every directory on the way are read for one, and
// queries ask for each open document.
func (f *folder) ignored(rel string, isDir bool) ignore.Skip {
	key := rel
	if isDir {
		key += "/"
	}
	f.ruling.Lock()
	defer f.ruling.Unlock()
	if f.rules == nil {
		rules, err := ignore.Root(f.root)
		if err != nil {
			return ignore.Skip{Rule: "the rules of its folder cannot be read: " + err.Error(), Source: f.root}
		}
		f.rules, f.verdicts = rules, map[string]ignore.Skip{}
	}
	verdict, known := f.verdicts[key]
	if !known {
		if len(f.verdicts) >= maxVerdicts {
			clear(f.verdicts)
		}
		verdict = f.rules.Path(rel, isDir)
		f.verdicts[key] = verdict
	}
	return verdict
}

// maxVerdicts bounds what is kept between two walks: build directories make paths
// without end.
const maxVerdicts = 10_000

func (f *folder) forgetVerdicts(rules *ignore.Rules) {
	f.ruling.Lock()
	defer f.ruling.Unlock()
	f.rules, f.verdicts = rules, map[string]ignore.Skip{}
}
