package workspace

import (
	"io/fs"
	"os"
)

// directory is an open one. The order of what Read returns is the system's.
type directory interface {
	// Read returns some entries, as many as the system likes to give at once, and io.EOF where there is none left.
	// They are good until the next Read.
	Read() ([]dirent, error)
	// Stat looks at one of them now, and follows no link.
	Stat(d dirent) (stat, error)
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

// statOf is what info says.
func statOf(info fs.FileInfo) stat {
	device, inode := identity(info)
	return stat{kind: info.Mode().Type(), size: info.Size(), modTime: info.ModTime().UnixNano(), device: device, inode: inode}
}
