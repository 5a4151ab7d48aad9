package workspace

import (
	"bytes"
	"path"
	"path/filepath"
	"slices"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/semantic-ls/semantic-ls/workspace/ignore"
)

// readBytes is the byteReader of this system. What is no plain success of readBeneath is asked of readByName, so that every
// reason and every error is its own.
func readBytes(root, rel string, maxSize int64) ([]byte, Entry, ignore.Skip, error) {
	if openat2Works() {
		if b, e, ok := readBeneath(root, rel, maxSize); ok {
			return b, e, ignore.Skip{}, nil
		}
	}
	return readByName(root, rel, maxSize)
}

// openat2Works is asked once. Whether a file is opened says nothing: it may be denied for reasons of its own.
var openat2Works = sync.OnceValue(probeOpenat2)

// probeOpenat2 reports whether there is openat2(2), which kernels have since 5.6 and sandboxes may deny, and whether it
// knows all that is asked of it. Where none of these errors comes, it was the directory that was looked at.
func probeOpenat2() bool {
	fd, err := openBeneath(unix.AT_FDCWD, ".", unix.O_PATH)
	if err == nil {
		unix.Close(fd)
	}
	switch err {
	case unix.ENOSYS, unix.EPERM, unix.E2BIG, unix.EINVAL:
		return false
	}
	return true
}

// readBeneath reads a file in seven system calls. ok is false where there is anything but a whole text to tell. It and
// readByName differ in one thing: the latter opens every directory of the path for reading, so that it fails where one may
// be entered and not listed.
func readBeneath(root, rel string, maxSize int64) (b []byte, e Entry, ok bool) {
	// What readByName cleans before it looks, or cannot look at because the whole path is too long, it shall decide.
	if filepath.Clean(root) != root || path.Clean(rel) != rel || len(root)+len("/")+len(rel) >= unix.PathMax {
		return nil, Entry{}, false
	}
	dir, err := retried(func() (int, error) {
		return unix.Open(root, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	})
	if err != nil {
		return nil, Entry{}, false
	}
	defer unix.Close(dir)
	// Opening a device can act on it, and a look cannot. It follows links on the way there, but openat2 does not.
	if st, err := statAt(dir, rel); err != nil || st.kind != 0 || st.size > maxSize {
		return nil, Entry{}, false
	}
	return readLooked(dir, rel, maxSize)
}

// readLooked reads a file of an open directory whatever has become of the path since readBeneath looked at it.
func readLooked(dir int, rel string, maxSize int64) (b []byte, e Entry, ok bool) {
	fd, err := openBeneath(dir, rel, unix.O_RDONLY|unix.O_NONBLOCK)
	if err != nil {
		return nil, Entry{}, false
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	_, err = retried(func() (int, error) { return 0, unix.Fstat(fd, &st) })
	if err != nil || kind(st.Mode) != 0 || st.Size > maxSize {
		return nil, Entry{}, false
	}
	if b, ok = readAll(fd, st.Size, maxSize); !ok {
		return nil, Entry{}, false
	}
	return b, Entry{Path: rel, Size: st.Size, ModTime: st.Mtim.Nano(), Inode: st.Ino}, true
}

// openBeneath opens what lies below dir, and follows no link, wherever it stands in the path.
func openBeneath(dir int, rel string, flags uint64) (fd int, err error) {
	how := unix.OpenHow{
		Flags:   flags | unix.O_CLOEXEC,
		Resolve: unix.RESOLVE_BENEATH | unix.RESOLVE_NO_SYMLINKS | unix.RESOLVE_NO_MAGICLINKS,
	}
	return retried(func() (int, error) { return unix.Openat2(dir, rel, &how) })
}

// readAll reads a regular file that was size bytes long when it was opened: once, if it still is. Files of /proc say that
// they are empty, those of /sys that they are longer than they are, and any may grow; there a read of nothing is the end.
func readAll(fd int, size, maxSize int64) (b []byte, ok bool) {
	room := int(size) + 1 // the one more tells that it has grown
	if size == 0 {
		room = bytes.MinRead
	}
	b = make([]byte, room)
	n := 0
	for {
		got, err := retried(func() (int, error) { return unix.Read(fd, b[n:]) })
		if err != nil {
			return nil, false
		}
		n += got
		switch {
		case int64(n) > maxSize:
			return nil, false
		case got == 0, size > 0 && int64(n) == size: // the system had less to give than was asked for
			return b[:n], true
		case n == len(b):
			b = slices.Grow(b, len(b))
			b = b[:cap(b)]
		}
	}
}
