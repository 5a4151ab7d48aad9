package store

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// ErrBusy is returned for an index that another process has open.
var ErrBusy = errors.New("another process has it open")

// Stored is an index on disk, of this version of the program or another.
type Stored struct {
	Identity           // empty where its beginning says nothing that this version understands
	Bytes    int64     // on disk
	Used     time.Time // when it was opened last
	path     string

	directory bool // else a file, up to format 2
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
		entries, err := os.ReadDir(filepath.Join(cache, d.Name()))
		if err != nil {
			continue
		}
		for _, e := range entries {
			if s, ok := stored(filepath.Join(cache, d.Name(), e.Name()), e); ok {
				all = append(all, s)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Stored) int {
		return cmp.Or(strings.Compare(a.Root, b.Root), strings.Compare(a.Model, b.Model))
	})
	return all, nil
}

// stored describes an entry of a folder's directory, if it is an index.
func stored(path string, e fs.DirEntry) (s Stored, ok bool) {
	info, err := e.Info()
	if err != nil {
		return s, false
	}
	s = Stored{Bytes: info.Size(), Used: info.ModTime(), path: path}
	if !e.IsDir() {
		return s, info.Mode().IsRegular() && strings.HasSuffix(path, ".idx") // up to format 2
	}
	if !indexDirectory.MatchString(e.Name()) {
		return s, false
	}
	s.directory = true
	s.Identity = identityIn(path)
	if open, err := os.Stat(filepath.Join(path, openName)); err == nil {
		s.Used = open.ModTime()
	}
	s.Bytes = 0
	_ = filepath.WalkDir(path, func(_ string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() {
			if info, err := e.Info(); err == nil {
				s.Bytes += info.Size()
			}
		}
		return nil
	})
	return s, true
}

// indexDirectory is what directoryName gives, of any version.
var indexDirectory = regexp.MustCompile(`^[0-9a-f]{16}-f[0-9]+t[0-9]+$`)

// identityIn reads whose index a directory holds.
func identityIn(path string) Identity {
	name := filepath.Join(path, manifestName)
	if !isFile(name) { // such as a FIFO, which would be waited for
		return Identity{}
	}
	file, err := os.Open(name)
	if err != nil {
		return Identity{}
	}
	defer file.Close()
	// Paths have up to 4,096 bytes; names of models, with an address, some hundreds.
	data, err := io.ReadAll(io.LimitReader(file, 16<<10))
	if err != nil || !bytes.HasPrefix(data, []byte(magic)) {
		return Identity{}
	}
	r := reader{data: data[len(magic):]}
	if r.u32() != format {
		return Identity{}
	}
	r.u32() // text version
	dimensions, root, model := r.u32(), r.u32(), r.u32()
	r.take(4 + 3*8)
	id := Identity{Root: string(r.take(int(root))), Model: string(r.take(int(model))), Dimensions: int(dimensions)}
	if r.short || !strings.HasPrefix(filepath.Base(path), prefixOf(id)) {
		return Identity{} // damaged
	}
	return id
}

// Unused reports whether nobody has used the index for two months.
func (s Stored) Unused(now time.Time) bool { return now.Sub(s.Used) >= unused }

// Remove removes the index, and the folder's directory with the last one. The error is
// ErrBusy where another process has it open.
func (s Stored) Remove() error {
	err := removeStored(System(), s.path, s.directory)
	if errors.Is(err, ErrLocked) {
		return ErrBusy
	}
	if err != nil {
		return err
	}
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
