//go:build linux || darwin || freebsd

package main

import "golang.org/x/sys/unix"

// freeBytes is how many bytes the user may still write to the disk that a directory is on.
func freeBytes(directory string) (int64, bool) {
	var fs unix.Statfs_t
	if err := unix.Statfs(directory, &fs); err != nil {
		return 0, false
	}
	return int64(fs.Bavail) * int64(fs.Bsize), true
}
