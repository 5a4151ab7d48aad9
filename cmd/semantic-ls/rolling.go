package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"

	"github.com/gofrs/flock"
)

const (
	// maxLog is how large a log file grows before the next one begins: some 30,000
	// requests at debug level. An editor opens that at once, and it can be mailed.
	maxLog = 4 << 20
	// maxLogs is how many servers at once have a log file. A person has a handful of
	// editors open; with the files before them, that is at most 256 MiB.
	maxLogs = 32
)

// rolling is the log file of one server:
//
//	serve.log        of the first server, written to
//	serve.old.log    what stood in it before it had grown to its size
//	serve.lock       held while a server has the two, and never removed
//	serve-2.log ...  of a second one at the same time, and so on
//
// A server takes the first that nobody has, and goes on in what the one before it has
// left there: the names tell where to look, and there are no more files than there have
// been servers at once. Not safe for concurrent use.
type rolling struct {
	path, old string
	limit     int64
	lock      *flock.Flock
	file      *os.File // nil: it could not be opened again
	size      int64
}

// openRolling opens a log file in the directory, which is made where it is missing. What
// stands in a log, paths and queries, is nobody else's to read.
func openRolling(directory string, limit int64) (*rolling, error) {
	if err := os.MkdirAll(directory, 0o700); err != nil {
		return nil, err
	}
	for n := range maxLogs {
		name := filepath.Join(directory, logName(n))
		lock := flock.New(name+".lock", flock.SetPermissions(0o600))
		switch ok, err := lock.TryLock(); {
		case err != nil:
			return nil, err
		case !ok:
			continue
		}
		r := &rolling{path: name + ".log", old: name + ".old.log", limit: limit, lock: lock}
		if err := r.open(); err != nil {
			return nil, errors.Join(err, lock.Unlock())
		}
		return r, nil
	}
	return nil, fmt.Errorf("%d servers log to %s already", maxLogs, directory)
}

// logName is the name, without what is behind the dot, of the n-th file from 0.
func logName(n int) string {
	if n == 0 {
		return "serve"
	}
	return "serve-" + strconv.Itoa(n+1)
}

func (r *rolling) open() error {
	file, err := os.OpenFile(r.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err != nil {
		return errors.Join(err, file.Close())
	}
	r.file, r.size = file, info.Size()
	return nil
}

// Write writes a line whole into one file. A line that would make it too large begins the
// next.
func (r *rolling) Write(line []byte) (int, error) {
	if r.file == nil || r.size > 0 && r.size+int64(len(line)) > r.limit {
		if err := r.next(); err != nil {
			return 0, err
		}
	}
	n, err := r.file.Write(line)
	r.size += int64(n)
	return n, err
}

// next begins a new file. Where the present one cannot be put aside it is emptied: better
// to lose lines than to fill a disk.
func (r *rolling) next() error {
	if r.file != nil {
		_ = r.file.Close() // every line was written when it came
		r.file = nil
	}
	if err := os.Rename(r.path, r.old); err != nil && !errors.Is(err, os.ErrNotExist) {
		if err := os.Truncate(r.path, 0); err != nil {
			return err
		}
	}
	return r.open()
}

// Close lets the next server have the file.
func (r *rolling) Close() error {
	var err error
	if r.file != nil {
		err = r.file.Close()
	}
	return errors.Join(err, r.lock.Unlock())
}

// isLog matches the names of log files, the number of the server and whether it is the old one.
var isLog = regexp.MustCompile(`^serve(?:-([0-9]{1,2}))?(\.old)?\.log$`)

// logFiles are the log files in a directory, the one that was written to last first.
func logFiles(directory string) []string {
	entries, err := os.ReadDir(directory)
	if err != nil {
		return nil
	}
	type file struct {
		path string
		at   int64
	}
	var files []file
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() && isLog.MatchString(e.Name()) {
			files = append(files, file{filepath.Join(directory, e.Name()), info.ModTime().UnixNano()})
		}
	}
	slices.SortStableFunc(files, func(a, b file) int { return cmp.Compare(b.at, a.at) })
	paths := make([]string, 0, len(files))
	for _, f := range files {
		paths = append(paths, f.path)
	}
	return paths
}
