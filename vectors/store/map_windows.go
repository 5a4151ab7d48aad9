package store

import (
	"errors"
	"io/fs"
	"os"
	"unsafe"

	"golang.org/x/sys/windows"
)

// mapGranularity divides every offset at which a mapping may begin.
const mapGranularity = 64 << 10

// unmappable reports whether err says that files of this file system are not mapped, or
// not by this process.
func unmappable(err error) bool {
	return errors.Is(err, windows.ERROR_INVALID_FUNCTION) || errors.Is(err, windows.ERROR_INVALID_PARAMETER) ||
		errors.Is(err, errors.ErrUnsupported) || errors.Is(err, fs.ErrPermission)
}

func mapFile(f *os.File, offset int64, n int) (data []byte, unmap func(), err error) {
	end := uint64(offset) + uint64(n)
	h, err := windows.CreateFileMapping(windows.Handle(f.Fd()), nil, windows.PAGE_READONLY, uint32(end>>32), uint32(end), nil)
	if err != nil {
		return nil, nil, err
	}
	defer windows.CloseHandle(h) // the view keeps the mapping
	at, err := windows.MapViewOfFile(h, windows.FILE_MAP_READ, uint32(uint64(offset)>>32), uint32(offset), uintptr(n))
	if err != nil {
		return nil, nil, err
	}
	// Not unsafe.Pointer(at), which vet takes for a number that became a pointer.
	data = unsafe.Slice(*(**byte)(unsafe.Pointer(&at)), n)
	return data, func() { _ = windows.UnmapViewOfFile(at) }, nil
}
