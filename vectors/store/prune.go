package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// unused is how long the index of another version is kept after it was last opened or
// written. Whoever works with two versions opens both more often; a version that was
// replaced would otherwise leave its index for ever.
const unused = 60 * 24 * time.Hour

// prune removes what processes that were killed have left of generations, and indexes of
// other versions that no program uses any more.
func (s *Store) prune(now time.Time) {
	if unlock, err := s.sys.Lock(s.path(compactName), false); err == nil {
		var left []string
		if locked, err := s.lock(lockName, false); err == nil {
			left = s.unlisted()
			_ = locked()
		}
		s.remove(left)
		_ = unlock()
	}
	folder := filepath.Dir(s.dir)
	entries, err := s.sys.ReadDir(folder)
	if err != nil {
		return
	}
	for _, entry := range entries {
		path := filepath.Join(folder, entry.Name())
		if path == s.dir || !isIndexOf(entry, s.id) {
			continue
		}
		used := path // up to format 2
		if entry.IsDir() {
			used = filepath.Join(path, openName)
		}
		if info, err := s.sys.Stat(used); err != nil || !info.Mode().IsRegular() || now.Sub(info.ModTime()) < unused {
			continue
		}
		_ = removeStored(s.sys, path, entry.IsDir()) // an editor may have had it open for months
	}
}

// removeStored removes an index, a directory or, up to format 2, a file. The error is
// ErrLocked where another process has it open. The lock is held until its file has gone:
// who has waited for that finds that what it locked is no more (lockNamed).
func removeStored(sys FS, path string, directory bool) error {
	lock := strings.TrimSuffix(path, ".idx") + ".lock"
	if directory {
		lock = filepath.Join(path, openName)
	}
	unlock, err := sys.Lock(lock, false)
	if err != nil {
		return err
	}
	if directory {
		removeIndex(sys, path)
	} else {
		err = sys.Remove(path)
		_ = sys.Remove(path + suffixNew)
	}
	if mappedFilesStay {
		// On Windows no file is removed that is open, which protects who opens it now.
		_ = unlock()
		unlock = func() error { return nil }
	}
	_ = sys.Remove(lock)
	if directory {
		err = sys.Remove(path)
	}
	_ = unlock()
	return err
}

// removeIndex removes the index in a directory, but for the file that tells who has it
// open. First of all nobody finds it any more.
func removeIndex(sys FS, dir string) {
	_ = sys.Remove(filepath.Join(dir, manifestName))
	entries, _ := sys.ReadDir(dir)
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if e.IsDir() {
			inside, _ := sys.ReadDir(path)
			for _, f := range inside {
				_ = sys.Remove(filepath.Join(path, f.Name()))
			}
		}
		if e.Name() != openName {
			_ = sys.Remove(path)
		}
	}
}

// unlisted returns what the generation that counts does not need, files before their
// directories. Nobody else compacts, and the lock is held.
func (s *Store) unlisted() (left []string) {
	m, _, err := s.readManifest()
	if err != nil {
		return nil
	}
	needed := map[string]bool{s.path(logName(m.generation)): true}
	for _, f := range m.segments {
		needed[s.path(f.name())] = true
	}
	for _, n := range s.generations() {
		dir := s.path(fmt.Sprintf("gen-%d", n))
		entries, err := s.sys.ReadDir(dir)
		if err != nil {
			continue
		}
		all := true
		for _, e := range entries {
			if path := filepath.Join(dir, e.Name()); needed[path] {
				all = false
			} else {
				left = append(left, path)
			}
		}
		if all {
			left = append(left, dir)
		}
	}
	if _, err := s.sys.Stat(s.path(manifestName + suffixNew)); !errors.Is(err, fs.ErrNotExist) {
		left = append(left, s.path(manifestName+suffixNew))
	}
	return left
}

// remove removes files. On Windows one that is mapped stays: the next who opens the
// store tries again.
func (s *Store) remove(names []string) {
	for _, name := range names {
		_ = s.sys.Remove(name)
	}
}

// mappedFilesStay tells that what is mapped can be neither cut nor removed.
var mappedFilesStay = os.PathSeparator == '\\'
