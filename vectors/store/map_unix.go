//go:build unix && !aix && !solaris

package store

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// mapGranularity divides every offset at which a mapping may begin: pages have up to
// 64 KiB.
const mapGranularity = 64 << 10

// unmappable reports whether err says that files of this file system are not mapped, or
// not by this process: ENODEV, EINVAL, ENOSYS, ENOTSUP; EPERM, EACCES.
func unmappable(err error) bool {
	return errors.Is(err, unix.ENODEV) || errors.Is(err, unix.EINVAL) || errors.Is(err, errors.ErrUnsupported) ||
		errors.Is(err, fs.ErrPermission)
}

func mapFile(f *os.File, offset int64, n int) (data []byte, unmap func(), err error) {
	data, err = unix.Mmap(int(f.Fd()), offset, n, unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return nil, nil, err
	}
	return data, func() { _ = unix.Munmap(data) }, nil
}
