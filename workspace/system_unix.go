//go:build unix

package workspace

import (
	"io/fs"
	"syscall"
)

// openFlags keep the opening of a FIFO from waiting for a writer.
const openFlags = syscall.O_NONBLOCK

// identity returns the numbers of the file's device and of the file on it.
func identity(info fs.FileInfo) (device, inode uint64) {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(st.Dev), uint64(st.Ino)
	}
	return 0, 0
}
