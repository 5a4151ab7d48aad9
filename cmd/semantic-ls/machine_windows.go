package main

import "golang.org/x/sys/windows"

// freeBytes is how many bytes the user may still write to the disk that a directory is on.
func freeBytes(directory string) (int64, bool) {
	path, err := windows.UTF16PtrFromString(directory)
	if err != nil {
		return 0, false
	}
	var free uint64
	if err := windows.GetDiskFreeSpaceEx(path, &free, nil, nil); err != nil {
		return 0, false
	}
	return int64(min(free, 1<<62)), true
}
