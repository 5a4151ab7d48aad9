package rows

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// files is what a cache needs of a file system, so that tests make it fail.
type files interface {
	// MkdirAll makes a directory that only its user can enter.
	MkdirAll(dir string) error
	ReadDir(dir string) ([]fs.DirEntry, error)
	// Open opens a regular file; flag is as for os.OpenFile.
	Open(path string, flag int) (file, error)
	Remove(path string) error
	// Lock takes the lock that path stands for, without waiting: errBusy where another
	// has it. The lock ends with the process, too.
	Lock(path string) (unlock func(), err error)
}

// file is one of them.
type file interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	Truncate(size int64) error
	Size() (int64, error)
}

// errBusy is returned for a lock that somebody has.
var errBusy = errors.New("another process is writing the vector cache")

// disk is the system's files.
type disk struct{}

func (disk) MkdirAll(dir string) error                 { return os.MkdirAll(dir, 0o700) }
func (disk) ReadDir(dir string) ([]fs.DirEntry, error) { return os.ReadDir(dir) }
func (disk) Remove(path string) error                  { return os.Remove(path) }

func (disk) Open(path string, flag int) (file, error) {
	if err := onlyRegular(path); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, flag, 0o600)
	if err != nil {
		return nil, err
	}
	return diskFile{f}, nil
}

// onlyRegular refuses what would make opening wait, such as a FIFO.
func onlyRegular(path string) error {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s is no regular file: remove it", path)
	}
	return nil
}

func (disk) Lock(path string) (unlock func(), err error) {
	if err := onlyRegular(path); err != nil {
		return nil, err
	}
	lock := flock.New(path, flock.SetPermissions(0o600))
	switch ok, err := lock.TryLock(); {
	case err != nil:
		return nil, fmt.Errorf("locking %s: %w", filepath.Base(path), err)
	case !ok:
		return nil, errBusy
	}
	return func() { _ = lock.Unlock() }, nil
}

type diskFile struct{ *os.File }

func (f diskFile) Size() (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}
