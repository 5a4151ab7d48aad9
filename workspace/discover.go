package workspace

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/workspace/ignore"
)

// walkers is how many directories are read at a time. A warm walk is bound by system calls, a cold one by the disk's
// queue, and both are flat beyond four; the walk is background work, so it asks for no more.
const walkers = 4

const separator = string(filepath.Separator)

// Entry is one file that can be indexed.
type Entry struct {
	// Path is relative to the folder, with slashes, and valid UTF-8.
	Path string
	// Size is in bytes, as on disk.
	Size int64
	// ModTime is the time of the last write in nanoseconds since 1970.
	ModTime int64
	// Inode tells a file that was replaced by one of the same size and time; 0 on Windows.
	Inode uint64
}

// Skipped is a file or directory that was left out, and why. Path is relative to the folder, with slashes; bytes of a
// name that are no UTF-8 are replaced by U+FFFD. What lies below a directory is not listed.
type Skipped struct {
	Path string
	ignore.Skip
}

// Discovery is what a walk found. The lists hold shallow paths first, and are the same for the same tree.
type Discovery struct {
	Entries []Entry
	Skipped []Skipped
	// Directories are those that the walk went into, relative to the folder, with slashes; "." is the folder.
	Directories []string
	// Warnings name files of ignore rules that could not be used in full.
	Warnings []string
}

// Options of a walk.
type Options struct {
	// MaxFileSize is the size in bytes above which a file is skipped; 0 means MaxDocument.
	MaxFileSize int64
}

// Discover walks the folder root and lists its files, without opening any. It returns an error if root is missing,
// unreadable or not a directory, or if ctx is done; whatever goes wrong below root becomes an entry of Skipped. Safe
// for concurrent use.
func Discover(ctx context.Context, root string, o Options) (*Discovery, error) {
	return discover(ctx, root, o, os.ReadDir)
}

func discover(ctx context.Context, root string, o Options, readDir func(string) ([]os.DirEntry, error)) (*Discovery, error) {
	info, err := os.Stat(root)
	if err != nil {
		return nil, rootError(root, err)
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("walk %s: it is not a directory; open the directory that holds it", root)
	}
	rules, err := ignore.Root(root)
	if err != nil {
		return nil, rootError(root, err)
	}
	w := &walk{readDir: readDir, maxSize: limit(o.MaxFileSize)}
	w.device, _ = identity(info)
	if w.root, err = filepath.EvalSymlinks(root); err != nil {
		return nil, rootError(root, err)
	}
	if w.root, err = filepath.Abs(w.root); err != nil {
		return nil, rootError(root, err)
	}
	found := &Discovery{Directories: []string{"."}}
	level := []folder{{rules: rules}}
	for depth := 0; len(level) > 0; depth++ {
		lists, err := w.level(ctx, level)
		if err != nil {
			return nil, err
		}
		if depth == 0 && lists[0].err != nil {
			return nil, rootError(root, lists[0].err)
		}
		level = nil
		for _, l := range lists {
			found.Entries = append(found.Entries, l.entries...)
			found.Skipped = append(found.Skipped, l.skipped...)
			found.Warnings = append(found.Warnings, l.warnings...)
			level = append(level, l.folders...)
		}
		for _, f := range level {
			found.Directories = append(found.Directories, strings.TrimSuffix(f.rel, "/"))
		}
	}
	return found, nil
}

// rootError says what to do about a folder that cannot be walked.
func rootError(root string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("walk %s: it does not exist; create it, or remove it from the workspace: %w", root, err)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("walk %s: it cannot be read; check its permissions: %w", root, err)
	}
	return fmt.Errorf("walk %s: %w", root, err)
}

// limit is the size that a file may have.
func limit(size int64) int64 {
	if size <= 0 {
		return MaxDocument
	}
	return size
}

// walk goes through the tree level by level: the directories of a level are read in parallel, and as each result has
// its place the order does not depend on who was first.
type walk struct {
	root    string // absolute, without symbolic links
	device  uint64
	maxSize int64
	readDir func(string) ([]os.DirEntry, error)
}

// folder is a directory to read. rel is its path below the root, ending in a slash unless it is the root.
type folder struct {
	rel   string
	rules *ignore.Rules
}

// listing is what one directory holds.
type listing struct {
	entries  []Entry
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
				for {
					i := int(next.Add(1)) - 1
					if i >= len(folders) {
						return nil
					}
					if err := w.list(ctx, folders[i], &lists[i]); err != nil {
						return err
					}
				}
			})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("walk %s: %w", w.root, err)
	}
	return lists, nil
}

// list reads one directory. The only error is that of ctx.
func (w *walk) list(ctx context.Context, f folder, l *listing) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	l.warnings = f.rules.Warnings()
	entries, err := w.readDir(w.path(f.rel))
	if err != nil {
		// What was read before the error is used: half a directory is better than none.
		l.skip(f.rel, unreadable(err))
		l.err = err
	}
	for i, d := range entries {
		if i%256 == 255 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		w.add(f, d, l)
	}
	return nil
}

// add puts one entry of a directory where it belongs.
func (w *walk) add(f folder, d os.DirEntry, l *listing) {
	name := d.Name()
	rel := f.rel + name
	if !utf8.ValidString(name) {
		l.skip(rel, builtIn("its name is not UTF-8"))
		return
	}
	if s := f.rules.Match(name, d.IsDir()); s.Skipped() {
		l.skip(rel, s)
		return
	}
	if d.Type()&fs.ModeSymlink != 0 {
		l.skip(rel, w.link(rel))
		return
	}
	if !d.IsDir() && !d.Type().IsRegular() {
		l.skip(rel, irregular(d.Type()))
		return
	}
	info, err := d.Info()
	if err != nil {
		l.skip(rel, unreadable(err))
		return
	}
	device, inode := identity(info)
	switch {
	case info.Mode().Type() != d.Type():
		l.skip(rel, irregular(info.Mode())) // it was replaced meanwhile; the next walk sees what it is now
	case device != w.device:
		l.skip(rel, builtIn("another file system"))
	case d.IsDir():
		sub, s := f.rules.Enter(name)
		if s.Skipped() {
			l.skip(rel, s)
			return
		}
		l.folders = append(l.folders, folder{rel: rel + "/", rules: sub})
	case info.Size() > w.maxSize:
		l.skip(rel, largerThan(w.maxSize))
	default:
		l.entries = append(l.entries, Entry{Path: rel, Size: info.Size(), ModTime: info.ModTime().UnixNano(), Inode: inode})
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

func irregular(mode fs.FileMode) ignore.Skip {
	switch {
	case mode&fs.ModeSymlink != 0:
		return builtIn("not a regular file: symlink")
	case mode.IsDir():
		return builtIn("not a regular file: directory")
	case mode&fs.ModeNamedPipe != 0:
		return builtIn("not a regular file: FIFO")
	case mode&fs.ModeSocket != 0:
		return builtIn("not a regular file: socket")
	case mode&fs.ModeDevice != 0:
		return builtIn("not a regular file: device")
	}
	return builtIn("not a regular file")
}

func largerThan(size int64) ignore.Skip { return builtIn(fmt.Sprintf("larger than %d bytes", size)) }

func unreadable(err error) ignore.Skip { return builtIn("cannot be read: " + cause(err).Error()) }

func builtIn(rule string) ignore.Skip { return ignore.Skip{Rule: rule, Source: "built-in"} }

// cause is the error without the path, which its reader has already.
func cause(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}
