// Package store keeps an index on disk: derivable, rebuildable, never trusted.
//
// An index is the sum of its changes, so a store is a log of them (format.go):
// each record is a segment and the paths removed, with a checksum. What a
// process wrote before it died is there at the next start; a torn tail is cut
// off. Rewrite replaces the log by the few segments that are left of it.
//
// Nothing here fails the caller's work: where the directory cannot be written,
// belongs to another process or holds something foreign, the store says so in
// Health, and the index lives in memory.
package store

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/gofrs/flock"

	"github.com/semantic-ls/semantic-ls/vectors/index"
)

// Identity says what an index is of. Two identities never share a file.
type Identity struct {
	Root       string // absolute directory of the folder
	Model      string // provider and name of the embedding model
	Dimensions int
}

// Change is one step of an index: files that come or are replaced, and paths
// that are gone.
type Change struct {
	Segment *index.Segment // nil: none
	Removed []string
}

// What Health says, among other things.
const (
	// HealthOK is the health of a store that is whole and writes.
	HealthOK = "ok"
	// HealthMemory is that of a store without a directory.
	HealthMemory = "kept in memory only"
	// HealthBusy is that of a store which another process writes: see TakeOver.
	HealthBusy = inMemory + "another process is writing this index"

	inMemory = "changes are kept in memory only: "
)

// Store is the durable form of one index. Safe for concurrent use.
type Store struct {
	path string
	id   Identity

	mu      sync.Mutex // guards all below, and the order of writes
	file    *os.File   // nil: memory only
	lock    *flock.Flock
	size    int64 // up to the last whole record
	records int
	health  string
}

// Directory is where the index of the folder at root lives below cache.
func Directory(cache, root string) string {
	sum := sha256.Sum256([]byte(root))
	name := strings.Map(func(r rune) rune {
		if r < 0x80 && (r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z') {
			return r
		}
		return '_'
	}, filepath.Base(root))
	return filepath.Join(cache, name[:min(len(name), 40)]+"-"+hex.EncodeToString(sum[:8]))
}

// fileName is where this program keeps the index of id: the versions of the format
// and of the texts are part of it.
func fileName(id Identity) string {
	return fmt.Sprintf("%s-f%dt%d.idx", filePrefix(id), format, index.TextVersion)
}

// filePrefix is what the files of id have in common, whichever version wrote them.
func filePrefix(id Identity) string {
	sum := sha256.Sum256([]byte(id.Model + "\x00" + strconv.Itoa(id.Dimensions)))
	return hex.EncodeToString(sum[:8])
}

// Exists reports whether there is an index of this identity below cache, written by
// this version of the program or by another: opening that one gives an empty store.
func Exists(cache string, id Identity) bool {
	directory := Directory(cache, id.Root)
	entries, err := os.ReadDir(directory)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		return strings.HasPrefix(e.Name(), filePrefix(id)) && strings.HasSuffix(e.Name(), ".idx") && onlyRegular(filepath.Join(directory, e.Name())) == nil
	})
}

// Open opens, or makes, the store of id below cache, and returns the changes
// that it holds, oldest first; apply them in order. cache "" means memory only.
// It never fails: Health says what was wrong.
func Open(cache string, id Identity) (*Store, []Change) {
	s := &Store{id: id, health: HealthOK}
	if cache == "" {
		s.health = HealthMemory
		return s, nil
	}
	s.path = filepath.Join(Directory(cache, id.Root), fileName(id))
	if err := s.acquire(); err != nil {
		s.health = inMemory + err.Error()
		changes, _ := s.load()
		return s, changes
	}
	changes, err := s.load()
	if err != nil {
		s.health = "rebuilt: " + err.Error()
	}
	if err := s.openForAppend(); err != nil {
		s.health = inMemory + err.Error()
	}
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
	changes, err := s.load()
	if err != nil {
		s.health = "damaged: " + err.Error() + "; the next search mends it"
	}
	return s, changes
}

// TakeOver makes this process the one that writes, if the other one has ended. Then
// it returns true, and what is stored is the other's: Rewrite it.
func (s *Store) TakeOver() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.health != HealthBusy || s.acquire() != nil {
		return false
	}
	// Not cut to what load has seen: the other process may have written more.
	file, err := os.OpenFile(s.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		s.health = inMemory + err.Error()
		return false
	}
	s.file, s.health = file, HealthOK
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
	path := strings.TrimSuffix(s.path, ".idx") + ".lock"
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

// load reads every whole record. Its error says why the file, or its tail, was
// not used; s.size is how much of it was.
func (s *Store) load() ([]Change, error) {
	if err := onlyRegular(s.path); err != nil {
		return nil, err
	}
	data, err := os.ReadFile(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
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
			s.size = int64(len(data) - len(rest))
			return changes, fmt.Errorf("%d bytes at the end were dropped: %w", len(rest), err)
		}
		if c.Segment != nil && c.Segment.Dimensions() != s.id.Dimensions {
			return nil, fmt.Errorf("%w: rows of %d dimensions", errForeign, c.Segment.Dimensions())
		}
		changes = append(changes, c)
		s.records++
		rest = rest[n:]
	}
	s.size = int64(len(data))
	return changes, nil
}

// openForAppend opens the file for writing, cut to what load could use.
func (s *Store) openForAppend() error {
	if err := onlyRegular(s.path); err != nil {
		return err
	}
	file, err := os.OpenFile(s.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	if s.size == 0 {
		header := appendHeader(nil, s.id)
		if err = file.Truncate(0); err == nil {
			_, err = file.WriteAt(header, 0)
		}
		s.size = int64(len(header))
	} else {
		err = file.Truncate(s.size)
	}
	if err != nil {
		file.Close()
		return err
	}
	s.file = file
	return nil
}

// Append writes a change behind the others. When it returns, the change
// outlives this process. Where it cannot be written, the store goes on in memory
// only, and the error is returned once.
func (s *Store) Append(c Change) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == nil {
		return nil
	}
	parts := record(c)
	size, err := writeAt(s.file, s.size, parts[:]...)
	if err != nil {
		_ = s.file.Truncate(s.size) // a torn tail is found at the next start, too
		return s.giveUp(fmt.Errorf("writing %s: %w", s.path, err))
	}
	s.size = size
	s.records++
	return nil
}

// writeAt writes parts one behind the other and returns where they end. It writes in
// pieces: a process cannot end within a write, and one of all of a large index
// takes a tenth of a second.
func writeAt(file *os.File, at int64, parts ...[]byte) (end int64, err error) {
	const piece = 1 << 20
	for _, part := range parts {
		for len(part) > 0 {
			n, err := file.WriteAt(part[:min(piece, len(part))], at)
			part, at = part[n:], at+int64(n)
			if err != nil {
				return at, err
			}
		}
	}
	return at, nil
}

// giveUp ends writing. s.mu is held.
func (s *Store) giveUp(err error) error {
	s.health = inMemory + err.Error()
	s.file.Close()
	s.file = nil
	return err
}

// Rewrite replaces all changes by segments, which together are the index, in one
// step: a process that dies meanwhile leaves the old file. (A power cut may leave
// neither; the checksums tell, and the index is built again.) Its errors are as
// in Append.
func (s *Store) Rewrite(segments ...*index.Segment) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == nil {
		return nil
	}
	next, err := os.OpenFile(s.path+".new", os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return s.giveUp(err)
	}
	size, err := writeAt(next, 0, appendHeader(nil, s.id))
	for _, seg := range segments {
		if err == nil {
			parts := record(Change{Segment: seg})
			size, err = writeAt(next, size, parts[:]...)
		}
	}
	if closing := next.Close(); err == nil {
		err = closing
	}
	if err != nil {
		_ = os.Remove(s.path + ".new")
		return s.giveUp(fmt.Errorf("writing %s: %w", s.path, err))
	}
	// Windows renames over no open file.
	s.file.Close()
	renamed := os.Rename(s.path+".new", s.path)
	if renamed == nil {
		s.size, s.records = size, len(segments)
	}
	if s.file, err = os.OpenFile(s.path, os.O_RDWR, 0o600); err != nil {
		s.file = nil
		s.health = inMemory + err.Error()
		return err
	}
	return renamed
}

// Reset forgets everything stored.
func (s *Store) Reset() error { return s.Rewrite() }

// Size returns the bytes on disk, 0 where the index lives in memory only.
func (s *Store) Size() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == nil && s.lock != nil {
		return 0
	}
	return s.size
}

// Records returns how many changes the store holds.
func (s *Store) Records() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.records
}

// Health returns HealthOK, or what was wrong and what was done about it.
func (s *Store) Health() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.health
}

// Sync waits until all that was appended survives a power cut.
func (s *Store) Sync() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == nil {
		return nil
	}
	return s.file.Sync()
}

// Close ends writing and lets another process write. Closing twice is harmless.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var err error
	if s.file != nil {
		err = s.file.Close()
		s.file = nil
	}
	if s.lock != nil {
		err = errors.Join(err, s.lock.Unlock())
		s.lock = nil
	}
	return err
}
