package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// ErrBusy is returned for an index that another process is writing.
var ErrBusy = errors.New("another process is writing it")

// Stored is an index on disk, of this version of the program or another.
type Stored struct {
	Identity           // empty where its beginning says nothing that this version understands
	Bytes    int64     // on disk
	Used     time.Time // when it was opened to be written, or written, last
	path     string
}

// List returns the indexes below cache, by root. What it cannot read it leaves out.
func List(cache string) ([]Stored, error) {
	directories, err := os.ReadDir(cache)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var all []Stored
	for _, d := range directories {
		if !d.IsDir() {
			continue
		}
		files, err := os.ReadDir(filepath.Join(cache, d.Name()))
		if err != nil {
			continue
		}
		for _, f := range files {
			info, err := f.Info()
			if err != nil || !info.Mode().IsRegular() || !strings.HasSuffix(f.Name(), ".idx") {
				continue
			}
			path := filepath.Join(cache, d.Name(), f.Name())
			all = append(all, Stored{identityOf(path), info.Size(), info.ModTime(), path})
		}
	}
	slices.SortStableFunc(all, func(a, b Stored) int {
		if c := strings.Compare(a.Root, b.Root); c != 0 {
			return c
		}
		return strings.Compare(a.Model, b.Model)
	})
	return all, nil
}

// identityOf reads whose index a file is.
func identityOf(path string) Identity {
	file, err := os.Open(path)
	if err != nil {
		return Identity{}
	}
	defer file.Close()
	// Paths have up to 4,096 bytes; names of models, with an address, some hundreds.
	data := make([]byte, 16<<10)
	n, err := io.ReadFull(file, data)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return Identity{}
	}
	le := binary.LittleEndian
	const fixed = len(magic) + 5*4
	if n < fixed || !strings.HasPrefix(string(data), magic) || le.Uint32(data[len(magic):]) != format {
		return Identity{}
	}
	root, model := int64(le.Uint32(data[len(magic)+12:])), int64(le.Uint32(data[len(magic)+16:]))
	end := int64(fixed) + root + model
	if end+4 > int64(n) || crc32.Checksum(data[:end], castagnoli) != le.Uint32(data[end:]) {
		return Identity{}
	}
	return Identity{
		Root: string(data[fixed : int64(fixed)+root]), Model: string(data[int64(fixed)+root : end]),
		Dimensions: int(le.Uint32(data[len(magic)+8:])),
	}
}

// Unused reports whether nobody has used the index for two months.
func (s Stored) Unused(now time.Time) bool { return now.Sub(s.Used) >= unused }

// Remove removes the index, and the folder's directory with the last one. The error is
// ErrBusy where another process is writing it.
func (s Stored) Remove() error {
	lock := flock.New(lockPath(s.path), flock.SetPermissions(0o600))
	switch ok, err := lock.TryLock(); {
	case err != nil:
		return fmt.Errorf("locking %s: %w", lock.Path(), err)
	case !ok:
		return ErrBusy
	}
	defer func() { _ = lock.Unlock() }()
	if err := os.Remove(s.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	_ = os.Remove(s.path + suffixNew)
	// A process that is just waiting for this lock would have one of its own after that;
	// it finds no directory, and keeps its index in memory.
	_ = os.Remove(lock.Path())
	_ = os.Remove(filepath.Dir(s.path)) // unless something else is in it
	return nil
}

// ForgetDimensions forgets all that RememberDimensions was told, and removes the cache's
// directory if nothing else is in it.
func ForgetDimensions(cache string) error {
	entries, err := os.ReadDir(cache)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "dimensions-") {
			err = errors.Join(err, os.Remove(filepath.Join(cache, e.Name())))
		}
	}
	_ = os.Remove(cache)
	return err
}
