package workspace

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"
)

// Spelled returns rel, a slash path below root, as its directories spell it. It differs on a file system that finds
// names whatever their case, where an editor may have opened README.md as readme.md: a walk finds the one, and the
// other must not become a second file. Where a name cannot be looked at it is left as it is.
func Spelled(root, rel string) string { return spelled(root, rel, os.Lstat) }

func spelled(root, rel string, lstat func(string) (fs.FileInfo, error)) string {
	dir := root
	names := strings.Split(rel, "/")
	for i, name := range names {
		names[i] = spelledIn(dir, name, lstat)
		dir = filepath.Join(dir, names[i])
	}
	return strings.Join(names, "/")
}

func spelledIn(dir, name string, lstat func(string) (fs.FileInfo, error)) string {
	other := swapCase(name)
	if other == name {
		return name
	}
	this, err := lstat(filepath.Join(dir, name))
	if err != nil {
		return name
	}
	if that, err := lstat(filepath.Join(dir, other)); err != nil || !os.SameFile(this, that) {
		return name // as on most systems
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return name
	}
	found := name
	for _, e := range entries {
		if e.Name() == name {
			return name // two links to one file
		}
		if strings.EqualFold(e.Name(), name) {
			found = e.Name()
		}
	}
	return found
}

func swapCase(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsUpper(r) {
			return unicode.ToLower(r)
		}
		return unicode.ToUpper(r)
	}, name)
}
