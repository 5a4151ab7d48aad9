// Package store keeps an index on disk: derivable, rebuildable, never trusted.
//
// An index is the sum of its changes, so a store is a log of them (format.go):
// each record is a segment and the paths removed, with a checksum. What a
// process wrote before it died is there at the next start; a torn tail is cut
// off. Rewrite replaces the log by the few segments that are left of it. Each
// version of the program has files of its own, and removes those of others that
// nobody has used for two months (prune.go).
//
// Nothing here fails the caller's work: where the directory cannot be written or
// read, or belongs to another process, the store says so in Health, and the index
// lives in memory. A file is emptied, or cut, only after a look at its content has
// shown it to be foreign or torn, never because it could not be read.
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

// What Health says, among other things: "rebuilt: " and "repaired: " with the reason,
// for a file of which nothing, or all but its end, could be used.
const (
	// HealthOK is the health of a store that is whole and writes.
	HealthOK = "ok"
	// HealthMemory is that of a store without a directory.
	HealthMemory = "kept in memory only"
	// HealthBusy is that of a store which another process writes: see TakeOver.
	HealthBusy = inMemory + "another process is writing this index"

	inMemory = "changes are kept in memory only: "
	rebuilt  = "rebuilt: "
	repaired = "repaired: "
)

// InMemory reports whether what Health said means that changes are not stored.
func InMemory(health string) bool {
	return health == HealthMemory || strings.HasPrefix(health, inMemory)
}

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
	foreign bool // what is stored is another process's, until Rewrite
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
		return isIndexOf(e.Name(), id) && onlyRegular(filepath.Join(directory, e.Name())) == nil
	})
}

// Append writes a change behind the others. When it returns, the change
// outlives this process. Where it cannot be written, the store goes on in memory
// only, and the error is returned once.
func (s *Store) Append(c Change) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == nil || s.foreign {
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
// neither; the checksums tell, and the index is built again.) Where the new file
// cannot be written, the old one says the same with more bytes: the error is
// returned, and appending goes on.
func (s *Store) Rewrite(segments ...*index.Segment) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == nil {
		return nil
	}
	size, err := s.writeNew(segments)
	if err != nil {
		if s.foreign { // except where the old one is not ours
			return s.giveUp(err)
		}
		return err
	}
	// Windows renames over no open file.
	s.file.Close()
	renamed := os.Rename(s.path+suffixNew, s.path)
	if s.file, err = os.OpenFile(s.path, os.O_RDWR, 0o600); err != nil {
		s.file = nil
		s.health = inMemory + err.Error()
		return err
	}
	if renamed != nil {
		_ = os.Remove(s.path + suffixNew)
		if s.foreign {
			return s.giveUp(renamed)
		}
		return renamed
	}
	s.size, s.records, s.health, s.foreign = size, len(segments), HealthOK, false
	return nil
}

const suffixNew = ".new"

// writeNew writes the file that is to replace the store's and returns its size.
func (s *Store) writeNew(segments []*index.Segment) (size int64, err error) {
	path := s.path + suffixNew
	// Whatever stands there, it is not waited for, followed or written through.
	_ = os.Remove(path)
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return 0, err
	}
	size, err = writeAt(file, 0, appendHeader(nil, s.id))
	for _, seg := range segments {
		if err == nil {
			parts := record(Change{Segment: seg})
			size, err = writeAt(file, size, parts[:]...)
		}
	}
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err != nil {
		_ = os.Remove(path)
		return 0, fmt.Errorf("writing %s: %w", path, err)
	}
	return size, nil
}

// Reset forgets everything stored. Its errors are as in Append.
func (s *Store) Reset() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == nil {
		return nil
	}
	if err := s.empty(); err != nil {
		return s.giveUp(fmt.Errorf("emptying %s: %w", s.path, err))
	}
	s.health = HealthOK
	return nil
}

// empty leaves nothing but a header. s.mu is held, or nobody else has the store.
func (s *Store) empty() error {
	s.size, s.records, s.foreign = 0, 0, false
	err := s.file.Truncate(0)
	if err == nil {
		s.size, err = writeAt(s.file, 0, appendHeader(nil, s.id))
	}
	return err
}

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
