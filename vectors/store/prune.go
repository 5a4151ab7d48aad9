package store

import (
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// unused is how long the file of another version is kept after it was last opened or
// written. Whoever works with two versions opens both more often; a version that was
// replaced would otherwise leave its index for ever.
const unused = 60 * 24 * time.Hour

// prune notes that this index is in use, and removes those of other versions that no
// program uses any more. This process has the lock of its own.
func (s *Store) prune(now time.Time) {
	_ = os.Chtimes(s.path, time.Time{}, now)
	entries, err := os.ReadDir(filepath.Dir(s.path))
	if err != nil {
		return
	}
	for _, entry := range entries {
		path := filepath.Join(filepath.Dir(s.path), entry.Name())
		if path == s.path || !isIndexOf(entry.Name(), s.id) {
			continue
		}
		if info, err := entry.Info(); err != nil || !info.Mode().IsRegular() || now.Sub(info.ModTime()) < unused {
			continue
		}
		// An editor may have had it open for months.
		lock := flock.New(lockPath(path), flock.SetPermissions(0o600))
		if ok, err := lock.TryLock(); !ok || err != nil {
			continue
		}
		_ = os.Remove(path)
		_ = os.Remove(path + suffixNew)
		_ = lock.Unlock()
	}
}

// isIndexOf reports whether a file of this name is an index of id, of whichever
// version.
func isIndexOf(name string, id Identity) bool {
	return strings.HasPrefix(name, filePrefix(id)) && strings.HasSuffix(name, ".idx")
}

// lockPath is the file whose lock makes a process the one that writes the index at
// path.
func lockPath(path string) string { return strings.TrimSuffix(path, ".idx") + ".lock" }
