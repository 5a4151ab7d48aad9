package workspace

import (
	"io/fs"
	"os"
	"path/filepath"
)

// directory is an open one. The order of what Read returns is the system's.
type directory interface {
	// Read returns some entries, as many as the system likes to give at once, and io.EOF where there is none left.
	// There may be none now and more later: a signal cuts short what Linux gives, to "." alone if it comes early.
	// They are good until the next Read.
	Read() ([]dirent, error)
	// Stat looks at one of them now, and follows no link.
	Stat(d dirent) (stat, error)
	// Self looks at the directory itself. The inode is 0 where the system has no such numbers.
	Self() (stat, error)
	Close() error
}

// dirent is what a directory says of one of its entries.
type dirent struct {
	name  string
	kind  fs.FileMode // the bits of its type, or unknownKind
	entry fs.DirEntry // nil where the system is asked without the help of package os
}

// unknownKind is that of an entry of which the directory does not say what it is: some file systems do not keep it.
const unknownKind = fs.ModeType

// stat is what is asked of a file. kind has no bits of fs.FileMode but those of its type.
type stat struct {
	kind          fs.FileMode
	size, modTime int64
	device, inode uint64
}

// scratch is memory that directories which are read one after the other share.
type scratch struct {
	buf     []byte
	entries []dirent
}

// fileDirectory is one that package os reads.
type fileDirectory struct {
	*os.File
	scratch *scratch
}

// atOnce is how many entries are asked of package os at a time.
const atOnce = 256

func (d fileDirectory) Read() ([]dirent, error) {
	list, err := d.ReadDir(atOnce)
	entries := d.scratch.entries[:0]
	for _, e := range list {
		entries = append(entries, dirent{name: e.Name(), kind: e.Type(), entry: e})
	}
	d.scratch.entries = entries
	if len(entries) > 0 {
		err = nil // the next call says it again
	}
	return entries, err
}

func (d fileDirectory) Stat(entry dirent) (stat, error) {
	info, err := entry.entry.Info()
	if err != nil {
		return stat{}, err
	}
	return statOf(info), nil
}

func (d fileDirectory) Self() (stat, error) {
	info, err := d.File.Stat()
	if err != nil {
		return stat{}, err
	}
	return statOf(info), nil
}

// openBelow opens the directory rel of root wherever it is now, but below root: no link on the way leads out.
func openBelow(root, rel string, s *scratch) (fileDirectory, error) {
	top, err := os.OpenRoot(root)
	if err != nil {
		return fileDirectory{}, err
	}
	defer top.Close()
	f, err := top.OpenFile(filepath.Join(".", filepath.FromSlash(rel)), os.O_RDONLY|openFlags, 0)
	if err != nil {
		return fileDirectory{}, err
	}
	return fileDirectory{f, s}, nil
}

// statOf is what info says.
func statOf(info fs.FileInfo) stat {
	device, inode := identity(info)
	return stat{kind: info.Mode().Type(), size: info.Size(), modTime: info.ModTime().UnixNano(), device: device, inode: inode}
}
