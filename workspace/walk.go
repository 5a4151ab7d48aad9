package workspace

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/workspace/ignore"
)

const (
	// walkers is how many directories are read at a time. A warm walk is bound by system calls, a cold one by the
	// disk's queue, and both are flat beyond four; the walk is background work, so it asks for no more.
	walkers = 4
	// stretch is how long a walker works before it gives its core back, and portion how many entries of a directory
	// it looks at before it asks the clock: some 0.1 ms.
	stretch = time.Millisecond
	portion = 64
)

const separator = string(filepath.Separator)

// walk goes through the tree level by level: the directories of a level are read in parallel, and as each result has
// its place the order does not depend on who was first.
type walk struct {
	root            string // absolute, without symbolic links
	device          uint64
	maxSize         int64
	onlyDirectories bool
	open            opener
	unit            func(ctx context.Context, work func() error) error
}

// opener is openDirectory, or what a test has in its place.
type opener func(root, rel string, s *scratch) (directory, error)

// folder is a directory to read. rel is its path below the root, ending in a slash unless it is the root; device and
// inode are what was found there, 0 where that is not known.
type folder struct {
	rel           string
	rules         *ignore.Rules
	device, inode uint64
}

// listing is what one directory holds.
type listing struct {
	entries  []Entry // by name only until join
	skipped  []Skipped
	warnings []string
	folders  []folder
	err      error // the directory could not be read; it is in skipped as well
}

// level reads the folders. The only error is that of ctx.
func (w *walk) level(ctx context.Context, folders []folder) ([]listing, error) {
	lists := make([]listing, len(folders))
	var next atomic.Int64
	err := tasks.Run(ctx, func(_ context.Context, g *tasks.Group) error {
		for range min(walkers, len(folders)) {
			g.Go(func(ctx context.Context) error {
				r := walker{walk: w}
				defer r.close()
				return r.run(ctx, func() (folder, *listing) {
					i := int(next.Add(1)) - 1
					if i >= len(folders) {
						return folder{}, nil
					}
					return folders[i], &lists[i]
				})
			})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("walk %s: %w", w.root, err)
	}
	return lists, nil
}

// walker reads one directory after the other.
type walker struct {
	*walk
	folder folder
	list   *listing  // of the directory that is being read; nil: none
	dir    directory // nil: not open
	rest   []dirent  // that were read of it and not yet added
	scratch
}

// run reads the directories that take hands out until it has none, in units. The only error is that of ctx.
func (r *walker) run(ctx context.Context, take func() (folder, *listing)) error {
	for done := false; !done; {
		err := r.unit(ctx, func() error {
			for end := time.Now().Add(stretch); ; {
				if err := ctx.Err(); err != nil {
					return err
				}
				if r.list == nil {
					if r.folder, r.list = take(); r.list == nil {
						done = true
						return nil
					}
				}
				r.step()
				if time.Now().After(end) {
					return nil
				}
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// step adds some entries of the directory, and puts it away after the last.
func (r *walker) step() {
	if r.dir == nil {
		r.list.warnings = r.folder.rules.Warnings()
		dir, err := r.enter()
		if err != nil {
			r.end(err)
			return
		}
		r.dir = dir
	}
	if len(r.rest) == 0 {
		entries, err := r.dir.Read()
		if err != nil {
			r.end(err)
			return
		}
		r.rest = entries
		if !r.onlyDirectories {
			r.list.entries = slices.Grow(r.list.entries, len(entries))
		}
	}
	n := min(portion, len(r.rest))
	for _, d := range r.rest[:n] {
		r.add(d)
	}
	r.rest = r.rest[n:]
}

// enter opens the directory. Where that is not the one that was found, a directory above it may have become a link out
// of the folder, or it was replaced, or the file system gives it another number each time: it is opened once more then,
// which takes longer and does not leave the folder.
func (r *walker) enter() (directory, error) {
	dir, err := r.open(r.root, r.folder.rel, &r.scratch)
	if err != nil || r.folder.inode == 0 {
		return dir, err
	}
	self, err := dir.Self()
	if err == nil && self.device == r.folder.device && self.inode == r.folder.inode {
		return dir, nil
	}
	_ = dir.Close() // it was not even read
	return reopenDirectory(r.root, r.folder.rel, &r.scratch)
}

// end puts the directory away. What was read before an error is used: half a directory is better than none.
func (r *walker) end(err error) {
	l := r.list
	if err != nil && !errors.Is(err, io.EOF) {
		l.skip(r.folder.rel, unreadable(err))
		l.err = err
	}
	l.join(r.folder.rel)
	slices.SortFunc(l.skipped, func(a, b Skipped) int { return cmp.Compare(a.Path, b.Path) })
	slices.SortFunc(l.folders, func(a, b folder) int { return cmp.Compare(a.rel, b.rel) })
	r.close()
	r.list, r.rest = nil, nil
}

func (r *walker) close() {
	if r.dir != nil {
		_ = r.dir.Close() // it was only read
		r.dir = nil
	}
}

// join makes paths of the entries' names, all of them pieces of one string: that is one allocation, not one for each.
func (l *listing) join(rel string) {
	size := 0
	for _, e := range l.entries {
		size += len(rel) + len(e.Path)
	}
	var all strings.Builder
	all.Grow(size)
	for i := range l.entries {
		at := all.Len()
		all.WriteString(rel)
		all.WriteString(l.entries[i].Path)
		l.entries[i].Path = all.String()[at:]
	}
}

// add puts one entry of the directory where it belongs. What its name decides costs no look at the file.
func (r *walker) add(d dirent) {
	l, name := r.list, d.name
	skip := func(s ignore.Skip) { l.skip(r.folder.rel+name, s) }
	if !utf8.ValidString(name) {
		skip(builtIn("its name is not UTF-8"))
		return
	}
	if d.kind == unknownKind {
		info, err := r.dir.Stat(d)
		if err != nil {
			skip(unreadable(err))
			return
		}
		d.kind = info.kind
	}
	if r.onlyDirectories && !d.kind.IsDir() {
		return
	}
	if s := r.folder.rules.Match(name, d.kind.IsDir()); s.Skipped() {
		skip(s)
		return
	}
	switch {
	case d.kind == fs.ModeSymlink:
		skip(r.link(r.folder.rel + name))
		return
	case !d.kind.IsDir() && !d.kind.IsRegular():
		skip(irregular(d.kind))
		return
	}
	info, err := r.dir.Stat(d)
	switch {
	case err != nil:
		skip(unreadable(err))
	case info.kind != d.kind:
		skip(irregular(info.kind)) // it was replaced meanwhile; the next walk sees what it is now
	case info.device != r.device:
		skip(builtIn("another file system"))
	case d.kind.IsDir():
		sub, s := r.folder.rules.Enter(name)
		if s.Skipped() {
			skip(s)
			return
		}
		l.folders = append(l.folders, folder{rel: r.folder.rel + name + "/", rules: sub, device: info.device, inode: info.inode})
	case info.size > r.maxSize:
		skip(largerThan(r.maxSize))
	default:
		l.entries = append(l.entries, Entry{Path: name, Size: info.size, ModTime: info.modTime, Inode: info.inode})
	}
}

func (l *listing) skip(rel string, s ignore.Skip) {
	path := strings.ToValidUTF8(strings.TrimSuffix(rel, "/"), "\uFFFD")
	l.skipped = append(l.skipped, Skipped{Path: path, Skip: s})
}

func (w *walk) path(rel string) string { return filepath.Join(w.root, filepath.FromSlash(rel)) }

// link says why a symbolic link is not followed.
func (w *walk) link(rel string) ignore.Skip {
	target, err := filepath.EvalSymlinks(w.path(rel))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return builtIn("symlink: broken")
	case err != nil:
		return builtIn("symlink: it cannot be followed") // a loop, or a directory on the way that is closed to us
	case target == w.root || strings.HasPrefix(target, strings.TrimSuffix(w.root, separator)+separator):
		return builtIn("symlink: indexed where it points")
	}
	return builtIn("symlink: it points out of the folder")
}
