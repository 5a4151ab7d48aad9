//go:build unix && !aix && !solaris

package store

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// What cannot be mapped is read only where the file system maps no files, or where it is
// small: who has no memory left to map a segment has none to read it, and would end.
func TestWhatIsReadWhereItCannotBeMapped(t *testing.T) {
	text := bytes.Repeat([]byte("segments "), readBytes/8)
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := System().Open(path, os.O_RDONLY)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for cause, read := range map[error]bool{
		syscall.ENODEV: true, syscall.ENOSYS: true, syscall.EINVAL: true, syscall.EPERM: true, syscall.EACCES: true,
		syscall.ENOTSUP: true,
		syscall.ENOMEM:  false, syscall.EAGAIN: false, syscall.ENFILE: false, syscall.EIO: false,
	} {
		fails := func(*os.File, int64, int) ([]byte, func(), error) { return nil, nil, cause }
		data, unmap, err := mapOrRead(f, 9, readBytes, fails)
		if err != nil || !bytes.Equal(data, text[9:9+readBytes]) {
			t.Errorf("%v, a small piece: %v", cause, err)
		} else {
			unmap()
		}
		data, unmap, err = mapOrRead(f, 9, readBytes+1, fails)
		switch {
		case !read && !errors.Is(err, cause):
			t.Errorf("%v, a large piece: %v", cause, err)
		case read && (err != nil || !bytes.Equal(data, text[9:9+readBytes+1])):
			t.Errorf("%v, a large piece: %v", cause, err)
		case read:
			unmap()
		}
	}
}

// unmapped is a file system that maps nothing for want of memory.
type unmapped struct{ FS }

func (unmapped) Map(File, int64, int) ([]byte, func(), error) { return nil, nil, syscall.ENOMEM }

// A store whose segments cannot be mapped goes on in memory and leaves them as they are.
func TestALargeSegmentThatCannotBeMapped(t *testing.T) {
	cache := t.TempDir()
	l := begin(t, cache)
	if err := l.append(Change{Segment: large(t)}); err != nil {
		t.Fatal(err)
	}
	if err := l.checkpoint(all); err != nil {
		t.Fatal(err)
	}
	want := l.content()
	l.Close()
	whole := files(t, l.dir)
	l = opened(t, OpenOn(unmapped{System()}, cache, id))
	if !InMemory(l.Health()) || l.content() != "" {
		t.Errorf("health %q", l.Health())
	}
	l.Close()
	same(t, l.dir, whole)
	l = begin(t, cache)
	defer l.Close()
	if l.content() != want || l.Health() != HealthOK {
		t.Errorf("health %q", l.Health())
	}
}
