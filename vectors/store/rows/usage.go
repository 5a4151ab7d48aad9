package rows

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/semantic-ls/semantic-ls/vectors/store"
)

// Usage is what a cache holds.
type Usage struct {
	Bytes  int64 // of all its files, those of other versions included
	Models []ModelUsage
}

// ModelUsage is what it holds of one model.
type ModelUsage struct {
	Model
	Bytes int64
	Rows  int // some may be there twice, or damaged
}

// Rows of all models.
func (u Usage) Rows() (n int) {
	for _, m := range u.Models {
		n += m.Rows
	}
	return n
}

// Of returns what the cache in dir holds, by name of the model: nothing where there is
// none. It reads the ends of the files and waits for nobody.
func Of(dir string) (Usage, error) {
	var u Usage
	l, err := list(store.System(), dir)
	if errors.Is(err, fs.ErrNotExist) {
		return u, nil
	}
	if err != nil {
		return u, err
	}
	of := map[Model]*ModelUsage{}
	for _, e := range l.entries {
		u.Bytes += e.size
		if !e.current {
			continue
		}
		m, rows, ok := count(filepath.Join(dir, e.name))
		if !ok {
			continue
		}
		if of[m] == nil {
			of[m] = &ModelUsage{Model: m}
		}
		of[m].Bytes += e.size
		of[m].Rows += rows
	}
	for _, m := range of {
		u.Models = append(u.Models, *m)
	}
	slices.SortFunc(u.Models, func(a, b ModelUsage) int {
		if c := strings.Compare(a.Name, b.Name); c != 0 {
			return c
		}
		return a.Dimensions - b.Dimensions
	})
	return u, nil
}

// count reads whose rows a file has, and how many: of one that is not full, by its
// size.
func count(path string) (m Model, rows int, ok bool) {
	f, err := store.System().Open(path, os.O_RDONLY)
	if err != nil {
		return m, 0, false
	}
	defer f.Close()
	data := make([]byte, maxHeader)
	n, err := f.ReadAt(data, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return m, 0, false
	}
	m, head, sum, err := readHeader(data[:n])
	if err != nil {
		return m, 0, false
	}
	size, err := f.Size()
	if err != nil {
		return m, 0, false
	}
	s := &segment{file: f, dimensions: m.Dimensions, head: int64(head), sum: sum, record: make([]byte, recordSize(m.Dimensions))}
	if !s.closed(size) {
		s.records = int(max(0, size-s.head)) / len(s.record)
	}
	return m, s.records, true
}

// unused is how long a file of another version is kept after it was written last: as
// long as an index of another version.
const unused = 60 * 24 * time.Hour

// Shrink removes the oldest files of the cache in dir until it takes at most limit
// bytes, and those that another version of this program has not written for two
// months. freed says how many bytes that were.
func Shrink(dir string, limit int64, now time.Time) (freed int64, err error) {
	return remove(store.System(), dir, func(l listing, e listed) bool {
		return l.bytes() > limit || !e.current && now.Sub(e.used) >= unused
	})
}

// Clear removes all files of the cache in dir, and dir itself unless something else is
// in it.
func Clear(dir string) (freed int64, err error) {
	freed, err = remove(store.System(), dir, func(listing, listed) bool { return true })
	if err == nil {
		// Another process may have the lock by now, and begins anew then.
		_ = os.Remove(filepath.Join(dir, lockName))
		_ = os.Remove(dir)
	}
	return freed, err
}

// errBusy is returned for a cache that somebody writes.
var errBusy = errors.New("another process is writing the vector cache")

// remove removes the files that drop says, the oldest first.
func remove(fsys store.FS, dir string, drop func(l listing, e listed) bool) (freed int64, err error) {
	l, err := list(fsys, dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return 0, nil
	case err != nil:
		return 0, err
	case len(l.entries) == 0:
		return 0, nil
	}
	unlock, err := fsys.Lock(filepath.Join(dir, lockName), false)
	if errors.Is(err, store.ErrLocked) {
		err = errBusy
	}
	if err != nil {
		return 0, err
	}
	defer func() { _ = unlock() }()
	if l, err = list(fsys, dir); err != nil {
		return 0, err
	}
	var errs []error
	for i := 0; i < len(l.entries); {
		e := l.entries[i]
		if !drop(l, e) {
			i++
			continue
		}
		if err := fsys.Remove(filepath.Join(dir, e.name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, fmt.Errorf("removing rows: %w", err))
			i++
			continue
		}
		freed += e.size
		l.entries = slices.Delete(l.entries, i, i+1)
	}
	return freed, errors.Join(errs...)
}
