//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package workspace

import (
	"errors"
	"io/fs"

	"golang.org/x/sys/unix"
)

// reopenDirectory opens what has taken the place of a directory, should it be one and below root.
func reopenDirectory(root, rel string, s *scratch) (directory, error) {
	d, err := openBelow(root, rel, s)
	if err != nil {
		return nil, err
	}
	return relativeDirectory{d, int(d.Fd())}, nil
}

// relativeDirectory is read by package os, and looks at files relative to itself.
type relativeDirectory struct {
	fileDirectory
	fd int
}

func (d relativeDirectory) Stat(entry dirent) (stat, error) { return statAt(d.fd, entry.name) }

// statAt looks at a file by its name in an open directory: that spares the system the way there, which is half of
// what a look by the whole path costs.
func statAt(dir int, name string) (stat, error) {
	var st unix.Stat_t
	for {
		err := unix.Fstatat(dir, name, &st, unix.AT_SYMLINK_NOFOLLOW)
		if errors.Is(err, unix.EINTR) {
			continue // from a file system in user space
		}
		if err != nil {
			return stat{}, err
		}
		return stat{
			kind: kind(uint32(st.Mode)), size: st.Size, modTime: st.Mtim.Nano(),
			device: uint64(st.Dev), inode: st.Ino,
		}, nil
	}
}

// kind is the type of a file as package fs writes it.
func kind(mode uint32) fs.FileMode {
	switch mode & unix.S_IFMT {
	case unix.S_IFREG:
		return 0
	case unix.S_IFDIR:
		return fs.ModeDir
	case unix.S_IFLNK:
		return fs.ModeSymlink
	case unix.S_IFIFO:
		return fs.ModeNamedPipe
	case unix.S_IFSOCK:
		return fs.ModeSocket
	case unix.S_IFBLK:
		return fs.ModeDevice
	case unix.S_IFCHR:
		return fs.ModeDevice | fs.ModeCharDevice
	}
	return fs.ModeIrregular
}
