// Package watch tells what changes on disk below a folder, for editors that do not. It follows the directories that a
// walk goes into and no others, so ignored trees cost nothing; where the system cannot follow that many, it says so and
// has the folder looked at from time to time instead.
package watch

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/workspace"
)

const (
	// quiet is how long nothing must have changed before what did is told: a program that writes a file does so in
	// pieces that come within a few milliseconds.
	quiet = 50 * time.Millisecond
	// most is how long a burst may keep it from being told: something writes all the time, in some folders.
	most = time.Second
	// many is how many paths are told by name: looking at each costs more than a walk, which takes 5 us a file.
	many = 2000
	// pause is between two looks at a folder that cannot be followed. A walk of 100,000 files takes a fortieth of it.
	pause = 20 * time.Second
)

// Options are what a watch calls. Both are called from one goroutine, and should return soon.
type Options struct {
	// Changed is told absolute paths where something was made, written, removed or given other permissions, each once;
	// the folder itself where all of it has to be looked at again. It is told so once when the watch begins.
	Changed func(paths []string)
	// Polling is told, at most once, why the folder cannot be followed and is looked at from time to time.
	Polling func(why error)
}

// Folder watches root, an absolute directory, until ctx ends, and returns the cause of that. Files that are written
// while it begins are told, or stand there when it is told that the folder has to be looked at.
func Folder(ctx context.Context, root string, o Options) error {
	return folder(ctx, root, o, newNotifier)
}

func folder(ctx context.Context, root string, o Options, open func() (notifier, error)) error {
	err := follow(ctx, root, o, open)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	o.Polling(err)
	for {
		o.Changed([]string{root})
		if err := tasks.Sleep(ctx, pause); err != nil {
			return err
		}
	}
}

// notifier is what of an fsnotify.Watcher is used.
type notifier struct {
	add    func(dir string) error
	remove func(dir string) error
	close  func() error
	events <-chan fsnotify.Event
	errors <-chan error
}

func newNotifier() (notifier, error) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return notifier{}, err
	}
	return notifier{w.Add, w.Remove, w.Close, w.Events, w.Errors}, nil
}

// watcher follows one folder.
type watcher struct {
	notifier
	root     string
	changed  func([]string)
	followed map[string]bool            // directories
	inside   map[string]map[string]bool // those that are followed, or hold such, by the one that they are in

	modes map[string]fs.FileMode // of what changed in an attribute last: not all of them are permissions

	paths map[string]bool // that have changed since they were last told
	all   bool            // so has who knows what
	grown bool            // there may be directories that are not followed
	since time.Time       // when the first of them changed
}

// follow returns an error when the folder cannot be followed any more.
func follow(ctx context.Context, root string, o Options, open func() (notifier, error)) error {
	n, err := open()
	if err != nil {
		return err
	}
	defer n.close()
	w := &watcher{
		notifier: n, root: root, changed: o.Changed, followed: map[string]bool{}, inside: map[string]map[string]bool{},
		modes: map[string]fs.FileMode{}, paths: map[string]bool{},
	}
	w.look()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case e, ok := <-w.events:
			if !ok {
				return fsnotify.ErrClosed
			}
			w.note(e)
		case err, ok := <-w.errors:
			switch {
			case !ok:
				return fsnotify.ErrClosed
			case errors.Is(err, fsnotify.ErrEventOverflow):
				w.look() // events were lost
			default:
				return err
			}
		case <-timer.C:
			if ctx.Err() != nil { // both at once: whoever left is told no more
				return context.Cause(ctx)
			}
			if err := w.tell(ctx); err != nil {
				return err
			}
			continue
		}
		if w.since.IsZero() {
			w.since = time.Now()
		}
		timer.Reset(min(quiet, max(0, most-time.Since(w.since))))
	}
}

// look has everything looked at, directories too.
func (w *watcher) look() { w.all, w.grown = true, true }

// note takes down what an event says.
func (w *watcher) note(e fsnotify.Event) {
	switch {
	case e.Op == 0 || e.Op == fsnotify.Chmod && !w.permitted(e.Name):
		return
	case e.Op != fsnotify.Chmod:
		delete(w.modes, e.Name)
	}
	if e.Has(fsnotify.Remove) || e.Has(fsnotify.Rename) {
		delete(w.inside[filepath.Dir(e.Name)], e.Name)
		w.forget(e.Name)
	}
	if e.Has(fsnotify.Create) {
		if info, err := os.Lstat(e.Name); err == nil && info.IsDir() {
			w.grown = true
		}
	}
	if base := filepath.Base(e.Name); base == ".gitignore" || base == ".semanticignore" {
		w.grown = true
	}
	if len(w.paths) == many {
		w.all = true
		return
	}
	w.paths[e.Name] = true
}

// permitted reports whether the permissions of path may be others than they were: what could not be read may be readable
// now. The system has the same event for times and labels, which some programs set all day; of a path, the first of
// them is taken for one of permissions.
func (w *watcher) permitted(path string) bool {
	info, err := os.Lstat(path)
	if err != nil {
		return false // it is gone, which has an event of its own
	}
	if last, ok := w.modes[path]; ok && last == info.Mode() {
		return false
	}
	if len(w.modes) == many {
		clear(w.modes)
	}
	w.modes[path] = info.Mode()
	w.grown = w.grown || info.IsDir()
	return true
}

// keep notes that dir is followed.
func (w *watcher) keep(dir string) {
	w.followed[dir] = true
	for dir != w.root {
		in := filepath.Dir(dir)
		if w.inside[in][dir] {
			return
		}
		if w.inside[in] == nil {
			w.inside[in] = map[string]bool{}
		}
		w.inside[in][dir] = true
		dir = in
	}
}

// forget follows a directory that is gone from there no more, nor any below it: one that takes its place is another.
func (w *watcher) forget(dir string) {
	for path := range w.inside[dir] {
		w.forget(path)
	}
	delete(w.inside, dir)
	if w.followed[dir] {
		delete(w.followed, dir)
		_ = w.remove(dir) // which fails where the system has done so itself
	}
}

// tell says what has changed, once new directories are followed: what is written to them meanwhile stands there.
func (w *watcher) tell(ctx context.Context) error {
	if w.grown {
		if err := w.extend(ctx); err != nil {
			return err
		}
	}
	paths := slices.Sorted(maps.Keys(w.paths))
	if w.all {
		paths = []string{w.root}
	}
	clear(w.paths)
	w.all, w.grown, w.since = false, false, time.Time{}
	if len(paths) > 0 {
		w.changed(paths)
	}
	return nil
}

// extend follows the directories that a walk goes into, until one finds no more: a directory that was made in another
// before that was followed has been told to nobody.
func (w *watcher) extend(ctx context.Context) error {
	for more := true; more; {
		found, err := workspace.Discover(ctx, w.root, workspace.Options{OnlyDirectories: true})
		if err != nil {
			return err
		}
		more = false
		for _, rel := range found.Directories {
			dir := filepath.Join(w.root, filepath.FromSlash(rel))
			if w.followed[dir] {
				continue
			}
			switch err := w.add(dir); {
			case errors.Is(err, os.ErrNotExist), errors.Is(err, os.ErrPermission):
				continue // gone again, or closed to us: there is nothing to follow
			case err != nil:
				return err
			}
			w.keep(dir)
			more = true
		}
	}
	return nil
}
