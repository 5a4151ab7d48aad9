package workspace

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// direntBuffer is what is asked of a directory at once: the entries of most, and a fifth of a millisecond.
const direntBuffer = 32 << 10

// openDirectory opens the directory rel of root, which a walk has found. Should it be a link or a FIFO by now, that is an
// error; a link on the way there is followed. os.Open would cost more system calls, and its ReadDir an allocation or two
// for each file.
func openDirectory(root, rel string, s *scratch) (directory, error) {
	path := filepath.Join(root, rel)
	if s.buf == nil {
		s.buf = make([]byte, direntBuffer)
	}
	fd, err := retried(func() (int, error) {
		return unix.Open(path, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	})
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: path, Err: err}
	}
	return &openedDirectory{fd: fd, scratch: s}, nil
}

// openedDirectory takes names and kinds from the system as they come, and looks at files relative to itself.
type openedDirectory struct {
	fd      int
	scratch *scratch
}

func (d *openedDirectory) Read() ([]dirent, error) {
	n, err := retried(func() (int, error) { return unix.ReadDirent(d.fd, d.scratch.buf) })
	if err != nil {
		return nil, &os.PathError{Op: "readdirent", Err: err}
	}
	if n <= 0 {
		return nil, io.EOF
	}
	d.scratch.entries = parseDirents(d.scratch.entries[:0], d.scratch.buf[:n])
	return d.scratch.entries, nil
}

// parseDirents appends what getdents64(2) has written. The names share one string.
func parseDirents(entries []dirent, buf []byte) []dirent {
	const (
		length = 16 // of the record, after the inode and the offset
		kind   = 18
		name   = 19
	)
	all := string(buf)
	for at := 0; len(buf)-at > name; {
		size := int(binary.NativeEndian.Uint16(buf[at+length:]))
		if size <= name || size > len(buf)-at {
			break // no kernel writes that
		}
		end := bytes.IndexByte(buf[at+name:at+size], 0)
		if end < 0 {
			end = size - name
		}
		if n := all[at+name : at+name+end]; n != "." && n != ".." {
			entries = append(entries, dirent{name: n, kind: direntKind(buf[at+kind])})
		}
		at += size
	}
	return entries
}

func direntKind(t byte) fs.FileMode {
	if t == unix.DT_UNKNOWN {
		return unknownKind
	}
	return kind(uint32(t) << 12) // as in glibc's DTTOIF
}

func (d *openedDirectory) Stat(entry dirent) (stat, error) { return statAt(d.fd, entry.name) }

func (d *openedDirectory) Self() (stat, error) {
	var st unix.Stat_t
	if _, err := retried(func() (int, error) { return 0, unix.Fstat(d.fd, &st) }); err != nil {
		return stat{}, &os.PathError{Op: "stat", Err: err}
	}
	return stat{kind: kind(st.Mode), size: st.Size, modTime: st.Mtim.Nano(), device: uint64(st.Dev), inode: st.Ino}, nil
}

func (d *openedDirectory) Close() error { return unix.Close(d.fd) }

// retried calls fn again where a signal has interrupted it, which file systems in user space let happen.
func retried(fn func() (int, error)) (int, error) {
	for {
		n, err := fn()
		if !errors.Is(err, unix.EINTR) {
			return n, err
		}
	}
}
