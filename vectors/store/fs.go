package store

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/gofrs/flock"
)

// FS is all that a store does to a file system, so that tests can make any step fail,
// or be the last of a process. Names are absolute. Safe for concurrent use.
type FS interface {
	// Open opens a file as os.OpenFile does, private to its user. It never waits: what
	// is no regular file is an error.
	Open(name string, flag int) (File, error)
	Mkdir(name string) error // one level; fs.ErrExist where it is there
	MkdirAll(name string) error
	ReadDir(name string) ([]fs.DirEntry, error)
	Stat(name string) (fs.FileInfo, error)
	Rename(from, to string) error // in the place of what is at to
	Remove(name string) error
	Touch(name string, at time.Time) error
	// Map returns n bytes of a file from offset on as they are now and later, or as they
	// are now where the file system cannot do that; unmap is called when nobody reads them.
	Map(f File, offset int64, n int) (data []byte, unmap func(), err error)
	// Lock locks a file, which it makes, for one or, if shared, for several. It does not
	// wait: where another has the lock, the error is ErrLocked.
	Lock(name string, shared bool) (unlock func() error, err error)
}

// File is an open file.
type File interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	Size() (int64, error)
	Truncate(size int64) error
	Sync() error
}

// ErrLocked is returned where another process has a lock, or this one elsewhere.
var ErrLocked = errors.New("another process has the lock")

// System is the file system of this machine.
func System() FS { return system{} }

type system struct{}

type systemFile struct{ *os.File }

func (f systemFile) Size() (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

func (system) Open(name string, flag int) (File, error) {
	if err := onlyRegular(name); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(name, flag, 0o600)
	if err != nil {
		return nil, err
	}
	return systemFile{f}, nil
}

// onlyRegular refuses what would make opening wait, such as a FIFO.
func onlyRegular(path string) error {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s is no regular file: remove it", path)
	}
	return nil
}

func (system) Mkdir(name string) error                    { return os.Mkdir(name, 0o700) }
func (system) MkdirAll(name string) error                 { return os.MkdirAll(name, 0o700) }
func (system) ReadDir(name string) ([]fs.DirEntry, error) { return os.ReadDir(name) }
func (system) Stat(name string) (fs.FileInfo, error)      { return os.Stat(name) }
func (system) Remove(name string) error                   { return os.Remove(name) }
func (system) Touch(name string, at time.Time) error      { return os.Chtimes(name, time.Time{}, at) }

// Rename waits for moments on Windows, where nothing takes the place of a file that
// somebody reads.
func (system) Rename(from, to string) (err error) {
	for range 50 {
		if err = os.Rename(from, to); err == nil || !mappedFilesStay || !errors.Is(err, fs.ErrPermission) {
			return err
		}
		time.Sleep(time.Millisecond)
	}
	return err
}

func (system) Map(f File, offset int64, n int) ([]byte, func(), error) {
	return mapOrRead(f, offset, n, mapFile)
}

// readBytes is what is read where it cannot be mapped, whatever the reason: it has room in
// any process. A large segment has none in one whose memory does not suffice to map it.
const readBytes = 1 << 20

// mapOrRead is Map with the system's way to map a file.
func mapOrRead(
	f File, offset int64, n int, mapFile func(*os.File, int64, int) ([]byte, func(), error),
) ([]byte, func(), error) {
	if n == 0 {
		return nil, func() {}, nil
	}
	if file, ok := f.(systemFile); ok {
		// From where a mapping may begin: a page on most systems, 64 KiB on Windows.
		before := offset % mapGranularity
		data, unmap, err := mapFile(file.File, offset-before, n+int(before))
		if err == nil {
			return data[before : int(before)+n : int(before)+n], unmap, nil
		}
		if n > readBytes && !unmappable(err) {
			return nil, nil, fmt.Errorf("mapping %s: %w", file.Name(), err)
		}
	}
	data := make([]byte, n)
	if _, err := f.ReadAt(data, offset); err != nil {
		return nil, nil, err
	}
	return data, func() {}, nil
}

func (system) Lock(name string, shared bool) (func() error, error) {
	if err := onlyRegular(name); err != nil {
		return nil, err
	}
	try := (*flock.Flock).TryLock
	if shared {
		try = (*flock.Flock).TryRLock
	}
	return lockNamed(name, try)
}

// lockNamed locks the file of that name. Who has an index open keeps it from being removed:
// what is locked has to be what others find there, and not a file that who removed the
// index has removed after this process had opened it.
func lockNamed(name string, try func(*flock.Flock) (bool, error)) (unlock func() error, err error) {
	for range 100 { // each needs another who removes the file just then
		l := flock.New(name, flock.SetPermissions(0o600))
		ok, err := try(l)
		if err != nil {
			_ = l.Close()
			return nil, fmt.Errorf("locking %s: %w", name, err)
		}
		if !ok {
			_ = l.Close()
			return nil, ErrLocked
		}
		locked, err := l.Stat()
		if err == nil {
			var named fs.FileInfo
			if named, err = os.Stat(name); err == nil && os.SameFile(locked, named) {
				return l.Unlock, nil
			}
		}
		_ = l.Close()
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("locking %s: %w", name, err)
		}
	}
	return nil, ErrLocked
}
