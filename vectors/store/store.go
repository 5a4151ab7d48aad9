// Package store keeps an index on disk: derivable, rebuildable, never trusted.
//
// An index is the sum of its changes, so a store is a few large segments and a log of
// the changes since (format.go). Both are mapped: opening reads nothing, Load verifies.
// What a process wrote before it died is there at the next start; a torn tail is
// dropped. A Checkpoint writes what is left of the log and of small segments as larger
// ones, and names them in a new manifest. Each version of the program has a directory of
// its own, and removes those of others that nobody has used for two months (prune.go).
//
// Several processes may have one store open. Each appends under a lock, and first reads
// what the others have appended: News. Only one merges at a time, and only one brings
// the folder up to date. Beside one that was stopped within an append the others go on in
// memory, and Return when it has let go.
//
// Nothing here fails the caller's work: where the directory cannot be written, read or
// locked, or is gone, the store says so in Health, and the index lives in memory. What
// is stored is given up only after a look at its content has shown it to be foreign or
// damaged, never because it could not be read.
package store

import (
	"context"
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
	"time"

	"github.com/semantic-ls/semantic-ls/vectors/index"
)

// Identity says what an index is of. Two identities never share a directory.
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

// News is what is stored and was not known: all of it after Load, later what other
// processes have stored meanwhile.
type News struct {
	Whole   bool // Pieces are the index before Changes, and what was known before is void
	Anew    bool // another process has begun the index anew, or mended it: it may hold less
	Pieces  []index.Piece
	Changes []Change
}

// Empty reports whether there is nothing to apply.
func (n News) Empty() bool { return !n.Whole && len(n.Changes) == 0 }

// Apply makes x say what is stored.
func (n News) Apply(x *index.Index) {
	if n.Whole {
		x.Restore(n.Pieces)
	}
	for _, c := range n.Changes {
		x.Apply(c.Segment, c.Removed)
	}
}

// What Health says, among other things: "rebuilt: " and "repaired: " with the reason,
// for a store of which nothing, or not all, could be used.
const (
	// HealthOK is the health of a store that is whole and writes.
	HealthOK = "ok"
	// HealthMemory is that of a store without a directory.
	HealthMemory = "kept in memory only"

	inMemory = "changes are kept in memory only: "
	rebuilt  = "rebuilt: "
	repaired = "repaired: "
	damaged  = "damaged: "
	unmerged = "changes are stored and never merged: "
)

// InMemory reports whether what Health said means that changes are not stored.
func InMemory(health string) bool {
	return health == HealthMemory || strings.HasPrefix(health, inMemory)
}

// Store is the durable form of one index. Safe for concurrent use; the order of
// Append, Begin and Commit is the caller's, who applies what they tell to the index.
type Store struct {
	sys      FS
	dir      string // "": memory only
	id       Identity
	readOnly bool                      // OpenReadOnly
	newEpoch func() uint64             // at random
	patience time.Duration             // how long LOCK is waited for
	pause    func(ctx context.Context) // between two looks of OpenReadOnly or Check

	mu       sync.Mutex // guards all below, and the order of writes
	detached bool       // nothing is written any more, or ever was
	held     bool       // detached, until Return, since another process keeps LOCK
	// forgotten: what is stored was to be Reset while the store was held.
	forgotten bool
	health    string
	current   manifest
	seen      fs.FileInfo // of the MANIFEST that says so
	base      []*baseFile // of current, mapped; nil once its segments are the caller's
	synced    bool        // the caller has the segments of current, and not what they were merged from
	stored    map[*index.Segment]segmentFile
	log       File
	end       int64  // of the last whole record
	chain     uint32 // its sum
	number    uint64 // of the last change that the caller knows
	unsynced  []string
	open      func() error // unlocks OPEN.lock
}

const (
	manifestName = "MANIFEST"
	lockName     = "LOCK"
	compactName  = "COMPACT.lock"
	indexName    = "INDEX.lock"
	openName     = "OPEN.lock"
	suffixNew    = ".new" // of what is being written
)

func logName(generation uint64) string { return fmt.Sprintf("gen-%d/delta.log", generation) }

func (s *Store) path(name string) string { return filepath.Join(s.dir, filepath.FromSlash(name)) }

// Directory is where the indexes of the folder at root live below cache.
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

// directoryName is where this program keeps the index of id below Directory: the
// versions of the format and of the texts are part of it.
func directoryName(id Identity) string {
	return fmt.Sprintf("%s-f%dt%d", prefixOf(id), format, index.TextVersion)
}

// prefixOf is what the names of the indexes of id have in common, whichever version
// wrote them.
func prefixOf(id Identity) string {
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
		path := filepath.Join(directory, e.Name())
		if !isIndexOf(e, id) {
			return false
		}
		if e.IsDir() {
			path = filepath.Join(path, manifestName)
		}
		info, err := os.Stat(path)
		return err == nil && info.Mode().IsRegular()
	})
}

// isIndexOf reports whether an entry of a folder's directory is an index of id, of
// whichever version: a directory, or a file up to format 2.
func isIndexOf(e fs.DirEntry, id Identity) bool {
	rest, ok := strings.CutPrefix(e.Name(), prefixOf(id))
	if !ok {
		return false
	}
	if e.IsDir() {
		var f, t int
		n, err := fmt.Sscanf(rest, "-f%dt%d", &f, &t)
		return err == nil && n == 2
	}
	return strings.HasSuffix(rest, ".idx")
}

// detach ends writing, and says why: for good, but where another process keeps the lock,
// until Return. What is stored stays as it is. s.mu is held.
func (s *Store) detach(err error) error {
	s.detached, s.held, s.health = true, errors.Is(err, errHeld), inMemory+err.Error()
	return err
}

// Size returns the bytes on disk, 0 where the index lives in memory only.
func (s *Store) Size() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dir == "" || s.detached && !s.readOnly {
		return 0
	}
	n := s.end
	for _, f := range s.current.segments {
		n += f.bytes
	}
	return n
}

// LogSize returns how many bytes, and changes, a Checkpoint has to merge.
func (s *Store) LogSize() (bytes int64, changes int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.end, s.records()
}

func (s *Store) records() int { return int(s.number - s.current.last) }

// Flushed returns the number of the last change that outlives the process. Numbers
// grow by one with every change that any process has stored.
func (s *Store) Flushed() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.detached {
		return 0
	}
	return s.number
}

// Health returns HealthOK, or what was wrong and what was done about it.
func (s *Store) Health() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.health
}

// Writes reports whether changes are stored.
func (s *Store) Writes() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.detached
}

// Sync waits until all that was stored survives a power cut.
func (s *Store) Sync() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.detached || s.log == nil {
		return nil
	}
	for len(s.unsynced) > 0 {
		f, err := s.sys.Open(s.unsynced[0], os.O_RDWR)
		if errors.Is(err, fs.ErrNotExist) { // merged into another since
			s.unsynced = s.unsynced[1:]
			continue
		}
		if err != nil {
			return err
		}
		err = f.Sync()
		if closing := f.Close(); err == nil {
			err = closing
		}
		if err != nil {
			return err
		}
		s.unsynced = s.unsynced[1:]
	}
	return s.log.Sync()
}

// Close ends writing. Segments that it gave stay usable. Closing twice is harmless.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.detached, s.held = true, false
	s.dropBase()
	var err error
	if s.log != nil {
		err = s.log.Close()
		s.log = nil
	}
	if s.open != nil {
		err = errors.Join(err, s.open())
		s.open = nil
	}
	return err
}

// Indexing makes this process the one that brings the folder up to date, until it calls
// release. Where another one does so, ok is false. A store that is not written needs no
// such order.
func (s *Store) Indexing() (release func(), ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.detached {
		return func() {}, true
	}
	unlock, err := s.sys.Lock(s.path(indexName), false)
	switch {
	case errors.Is(err, ErrLocked):
		return nil, false
	case err != nil:
		_ = s.detach(err)
		return func() {}, true
	}
	return func() { _ = unlock() }, true
}
