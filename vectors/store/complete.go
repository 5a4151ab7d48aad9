package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// completeName is a file in the directory of an index that has held all of its folder, so
// that one of another model, which is complete, serves until this one is.
const completeName = "COMPLETE"

func completePath(cache string, id Identity) string {
	return filepath.Join(Directory(cache, id.Root), directoryName(id), completeName)
}

// MarkComplete notes that the index of id, which is stored, is complete.
func MarkComplete(cache string, id Identity) error {
	path := completePath(cache, id)
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return &fs.PathError{Op: "open", Path: path, Err: errors.New("no regular file: remove it")}
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return file.Close()
}

// UnmarkComplete notes that it is not.
func UnmarkComplete(cache string, id Identity) error {
	err := os.Remove(completePath(cache, id))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// IsComplete reports whether the index of id is stored and complete.
func IsComplete(cache string, id Identity) bool {
	path := completePath(cache, id)
	return cache != "" && isFile(path) && isFile(filepath.Join(filepath.Dir(path), manifestName))
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// Complete returns whose complete indexes of the folder at root this version can read,
// the one that was used last first.
func Complete(cache, root string) []Identity {
	if cache == "" {
		return nil
	}
	directory := Directory(cache, root)
	entries, err := os.ReadDir(directory)
	if err != nil {
		return nil
	}
	var all []Stored
	for _, entry := range entries {
		path := filepath.Join(directory, entry.Name())
		if !entry.IsDir() || !isFile(filepath.Join(path, completeName)) || !isFile(filepath.Join(path, manifestName)) {
			continue
		}
		id := identityIn(path)
		if id.Root != root || entry.Name() != directoryName(id) {
			continue
		}
		s := Stored{Identity: id}
		if open, err := os.Stat(filepath.Join(path, openName)); err == nil {
			s.Used = open.ModTime()
		}
		all = append(all, s)
	}
	slices.SortStableFunc(all, func(a, b Stored) int { return b.Used.Compare(a.Used) })
	list := make([]Identity, len(all))
	for i, s := range all {
		list[i] = s.Identity
	}
	return list
}
