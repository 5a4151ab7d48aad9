package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// Open opens, or makes, the store of id below cache, and returns the changes
// that it holds, oldest first; apply them in order. cache "" means memory only.
// It never fails: Health says what was wrong.
func Open(cache string, id Identity) (*Store, []Change) { return open(cache, id, os.ReadFile) }

// open is Open with the function that reads a file.
func open(cache string, id Identity, readFile func(string) ([]byte, error)) (*Store, []Change) {
	s := &Store{id: id, health: HealthOK}
	if cache == "" {
		s.health = HealthMemory
		return s, nil
	}
	s.path = filepath.Join(Directory(cache, id.Root), fileName(id))
	if err := s.acquire(); err != nil {
		s.health = inMemory + err.Error()
		changes, _ := s.load(readFile)
		return s, changes
	}
	// Of a process that was killed while it wrote.
	_ = os.Remove(s.path + suffixNew)
	changes, verdict := s.load(readFile)
	switch {
	case errors.Is(verdict, errForeign):
		s.health = rebuilt + verdict.Error()
	case errors.Is(verdict, errTorn):
		s.health = repaired + verdict.Error()
	}
	if err := s.openForAppend(verdict); err != nil {
		s.health, s.size, s.records = inMemory+err.Error(), 0, 0
		s.release() // another process may have more luck
		return s, changes
	}
	s.prune(time.Now())
	return s, changes
}

// OpenReadOnly is Open for looking: it takes no lock and writes nothing, so it is no
// matter whether another process writes, and Health says what Open would find.
func OpenReadOnly(cache string, id Identity) (*Store, []Change) {
	s := &Store{id: id, health: HealthOK}
	if cache == "" {
		s.health = HealthMemory
		return s, nil
	}
	s.path = filepath.Join(Directory(cache, id.Root), fileName(id))
	changes, err := s.load(os.ReadFile)
	switch {
	case err == nil, errors.Is(err, fs.ErrNotExist):
	case errors.Is(err, errForeign), errors.Is(err, errTorn):
		s.health = "damaged: " + err.Error() + "; the next search mends it"
	default:
		s.health = "unreadable: " + err.Error()
	}
	return s, changes
}

// TakeOver makes this process the one that writes, if the other one has ended. Then
// it returns true, and what is stored is the other's: nothing is appended before
// Rewrite has replaced it.
func (s *Store) TakeOver() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.health != HealthBusy || s.acquire() != nil {
		return false
	}
	// Not cut to what load has seen: the other process may have written more.
	err := onlyRegular(s.path)
	if err == nil {
		s.file, err = os.OpenFile(s.path, os.O_RDWR|os.O_CREATE, 0o600)
	}
	if err != nil {
		s.file, s.health = nil, inMemory+err.Error()
		s.release()
		return false
	}
	s.health, s.foreign = HealthOK, true
	return true
}

var errBusy = errors.New(strings.TrimPrefix(HealthBusy, inMemory))

// onlyRegular refuses what would make opening wait, such as a FIFO.
func onlyRegular(path string) error {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s is no regular file: remove it", path)
	}
	return nil
}

// acquire makes the directory, private to its user, and takes the lock that
// makes this process the one that writes.
func (s *Store) acquire() error {
	if err := os.MkdirAll(filepath.Dir(s.path), 0o700); err != nil {
		return err
	}
	path := lockPath(s.path)
	if err := onlyRegular(path); err != nil {
		return err
	}
	lock := flock.New(path, flock.SetPermissions(0o600))
	ok, err := lock.TryLock()
	if err != nil {
		return fmt.Errorf("locking %s: %w", lock.Path(), err)
	}
	if !ok {
		return errBusy
	}
	s.lock = lock
	return nil
}

// release lets another process write.
func (s *Store) release() {
	_ = s.lock.Unlock()
	s.lock = nil
}

// load reads every whole record; s.size is how much of the file they take. Its error
// is fs.ErrNotExist, a verdict about the content (errForeign, errTorn), or says why
// the file could not be read.
func (s *Store) load(readFile func(string) ([]byte, error)) ([]Change, error) {
	if err := onlyRegular(s.path); err != nil {
		return nil, err
	}
	data, err := readFile(s.path)
	if err != nil {
		return nil, err
	}
	rest, err := checkHeader(data, s.id)
	if err != nil {
		return nil, err
	}
	var changes []Change
	for len(rest) > 0 {
		c, n, err := readRecord(rest)
		if err != nil {
			err = fmt.Errorf("%d bytes at the end %w: %w", len(rest), errTorn, err)
		} else if c.Segment != nil && c.Segment.Dimensions() != s.id.Dimensions {
			return nil, fmt.Errorf("%w: rows of %d dimensions", errForeign, c.Segment.Dimensions())
		}
		if err != nil {
			s.size, s.records = int64(len(data)-len(rest)), len(changes)
			return changes, err
		}
		changes = append(changes, c)
		rest = rest[n:]
	}
	s.size, s.records = int64(len(data)), len(changes)
	return changes, nil
}

// openForAppend opens the file for writing, and makes of it what load's verdict
// calls for: a new one gets a header, a foreign one is emptied first, a torn one is
// cut. Where load could not read it, it is not touched.
func (s *Store) openForAppend(verdict error) error {
	flags, prepare := os.O_RDWR, func() error { return nil }
	switch {
	case verdict == nil:
	case errors.Is(verdict, fs.ErrNotExist):
		flags |= os.O_CREATE | os.O_EXCL
		prepare = s.empty
	case errors.Is(verdict, errForeign):
		prepare = s.empty
	case errors.Is(verdict, errTorn):
		prepare = func() error { return s.file.Truncate(s.size) }
	default:
		return verdict
	}
	file, err := os.OpenFile(s.path, flags, 0o600)
	if err != nil {
		return err
	}
	s.file = file
	if err := prepare(); err != nil {
		file.Close()
		s.file = nil
		return err
	}
	return nil
}
