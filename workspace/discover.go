package workspace

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/semantic-ls/semantic-ls/workspace/ignore"
)

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

// Discovery is what a walk found. The lists hold shallow paths first, and directory by directory in the order of their
// paths; the files of one come as the system lists them.
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
	// Unit, unless nil, is what each stretch of the walk runs in, a millisecond or two of a core: it calls work once
	// and returns its error, or does not call it and returns why.
	Unit func(ctx context.Context, work func() error) error
	// OnlyDirectories leaves Entries empty and does not look at files, and Skipped then lists directories only.
	OnlyDirectories bool
}

// Discover walks the folder root and lists its files, without opening any. It returns an error if root is missing,
// unreadable or not a directory, or if ctx is done; whatever goes wrong below root becomes an entry of Skipped. Safe
// for concurrent use.
func Discover(ctx context.Context, root string, o Options) (*Discovery, error) {
	return discover(ctx, root, o, openDirectory)
}

func discover(ctx context.Context, root string, o Options, open opener) (*Discovery, error) {
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
	w := &walk{open: open, unit: o.Unit, maxSize: limit(o.MaxFileSize), onlyDirectories: o.OnlyDirectories}
	if w.unit == nil {
		w.unit = func(_ context.Context, work func() error) error { return work() }
	}
	w.device, _ = identity(info)
	if w.root, err = filepath.EvalSymlinks(root); err != nil {
		return nil, rootError(root, err)
	}
	if w.root, err = filepath.Abs(w.root); err != nil {
		return nil, rootError(root, err)
	}
	found := &Discovery{Directories: []string{"."}}
	var lists []listing
	for level := []folder{{rules: rules}}; len(level) > 0; {
		of, err := w.level(ctx, level)
		if err != nil {
			return nil, err
		}
		if len(lists) == 0 && of[0].err != nil {
			return nil, rootError(root, of[0].err)
		}
		lists = append(lists, of...)
		level = nil
		for _, l := range of {
			level = append(level, l.folders...)
		}
		for _, f := range level {
			found.Directories = append(found.Directories, strings.TrimSuffix(f.rel, "/"))
		}
	}
	entries := 0
	for i := range lists {
		entries += len(lists[i].entries)
	}
	found.Entries = make([]Entry, 0, entries)
	for i := range lists {
		found.Entries = append(found.Entries, lists[i].entries...)
		found.Skipped = append(found.Skipped, lists[i].skipped...)
		found.Warnings = append(found.Warnings, lists[i].warnings...)
		lists[i] = listing{}
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
