package workspace

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"

	"github.com/semantic-ls/semantic-ls/workspace/ignore"
)

// Read returns the text of the file rel (slashes, relative) of the folder root, as an editor would show it: a byte
// order mark is taken off, UTF-16 is decoded as its mark says, and all else stays as it is. Offsets into the text
// are therefore those of the editor's buffer, not of the file, where there is a mark.
//
// e was taken before the file was read: if the file is written meanwhile, its next Entry differs from e. maxSize
// bounds the bytes on disk; 0 means MaxDocument. skip says why the file is left out: it is no regular file, too
// large, binary, minified, or a symbolic link lies on the way. A file that does not exist, also because a directory
// of its path is now a file, is an error that matches fs.ErrNotExist. A path out of the folder is an error.
// Safe for concurrent use.
func Read(root, rel string, maxSize int64) (text string, e Entry, skip ignore.Skip, err error) {
	return readWith(readBytes, root, rel, maxSize)
}

// byteReader reads the bytes of the file rel of the folder root, or says why it is left out. rel does not lead out.
type byteReader func(root, rel string, maxSize int64) (b []byte, e Entry, skip ignore.Skip, err error)

func readWith(read byteReader, root, rel string, maxSize int64) (text string, e Entry, skip ignore.Skip, err error) {
	maxSize = limit(maxSize)
	if !filepath.IsLocal(filepath.FromSlash(rel)) {
		return "", Entry{}, ignore.Skip{}, fmt.Errorf("read %q: the path leaves the folder", rel)
	}
	fail := func(err error) (string, Entry, ignore.Skip, error) {
		return "", Entry{}, ignore.Skip{}, fmt.Errorf("read %s: %w", rel, err)
	}
	b, e, skip, err := read(root, rel, maxSize)
	if err != nil {
		return fail(err)
	}
	if skip.Skipped() {
		return "", e, skip, nil
	}
	text = decode(b)
	if skip := ignore.Content(rel, text); skip.Skipped() {
		return "", e, skip, nil
	}
	return text, e, ignore.Skip{}, nil
}

// readByName is the byteReader of any system; Linux has a faster one.
func readByName(root, rel string, maxSize int64) (b []byte, e Entry, skip ignore.Skip, err error) {
	if skip, err = entrance(root, rel); err != nil || skip.Skipped() {
		return nil, Entry{}, skip, err
	}
	return readInside(root, rel, maxSize)
}

// entrance looks at each element of the path before anything is opened: opening a device can act on it, and a link
// is not followed even inside the folder.
func entrance(root, rel string) (ignore.Skip, error) {
	path := root
	for rest, more := rel, true; more; {
		var name string
		name, rest, more = strings.Cut(rest, "/")
		path = filepath.Join(path, name)
		info, err := os.Lstat(path)
		switch {
		case err != nil:
			return ignore.Skip{}, err
		case info.Mode()&fs.ModeSymlink != 0:
			return irregular(info.Mode()), nil
		case more && !info.IsDir():
			return ignore.Skip{}, &fs.PathError{Op: "read", Path: path, Err: fs.ErrNotExist}
		case !more && !info.Mode().IsRegular():
			return irregular(info.Mode()), nil
		}
	}
	return ignore.Skip{}, nil
}

// readInside reads the bytes of a file whatever has become of the path since entrance looked at it: os.Root keeps the
// opening inside the folder even if a directory was replaced by a link.
func readInside(root, rel string, maxSize int64) (b []byte, e Entry, skip ignore.Skip, err error) {
	fail := func(err error) ([]byte, Entry, ignore.Skip, error) { return nil, Entry{}, ignore.Skip{}, err }
	dir, err := os.OpenRoot(root)
	if err != nil {
		return fail(err)
	}
	defer dir.Close()
	f, err := dir.OpenFile(filepath.FromSlash(rel), os.O_RDONLY|openFlags, 0)
	if err != nil {
		return fail(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fail(err)
	}
	if !info.Mode().IsRegular() {
		return nil, Entry{}, irregular(info.Mode()), nil
	}
	_, inode := identity(info)
	e = Entry{Path: rel, Size: info.Size(), ModTime: info.ModTime().UnixNano(), Inode: inode}
	if e.Size > maxSize {
		return nil, e, largerThan(maxSize), nil
	}
	var buf bytes.Buffer
	buf.Grow(int(e.Size) + bytes.MinRead) // MinRead: what ReadFrom needs free to see the end without growing
	// The file may grow while it is read, and some say they are empty and are not.
	if _, err := buf.ReadFrom(io.LimitReader(f, maxSize+1)); err != nil {
		return fail(err)
	}
	if int64(buf.Len()) > maxSize {
		return nil, e, largerThan(maxSize), nil
	}
	return buf.Bytes(), e, ignore.Skip{}, nil
}

// decode takes the byte order mark off and decodes UTF-16 if it says so. A surrogate without its half becomes U+FFFD,
// and so does the odd byte at the end. UTF-32 ends up with NULs and so as binary: no editor writes it.
//
// What needs no decoding is not copied: the string is b, which must not be written to any more. It was made for this one
// file, and nobody else knows it.
func decode(b []byte) string {
	switch {
	case bytes.HasPrefix(b, []byte("\xef\xbb\xbf")):
		b = b[3:]
	case bytes.HasPrefix(b, []byte("\xff\xfe")):
		return decode16(b[2:], binary.LittleEndian)
	case bytes.HasPrefix(b, []byte("\xfe\xff")):
		return decode16(b[2:], binary.BigEndian)
	}
	return unsafe.String(unsafe.SliceData(b), len(b))
}

func decode16(b []byte, order binary.ByteOrder) string {
	var out strings.Builder
	out.Grow(len(b) / 2)
	for len(b) >= 2 {
		r := rune(order.Uint16(b))
		b = b[2:]
		if utf16.IsSurrogate(r) {
			half := rune(0)
			if len(b) >= 2 {
				half = rune(order.Uint16(b))
			}
			if r = utf16.DecodeRune(r, half); r != utf8.RuneError {
				b = b[2:]
			}
		}
		out.WriteRune(r)
	}
	if len(b) > 0 {
		out.WriteRune(utf8.RuneError)
	}
	return out.String()
}
