package rows

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"testing"

	"github.com/semantic-ls/semantic-ls/vectors/store"
)

// failing is a file system on which the operations from some number on go wrong.
type failing struct {
	store.FS
	left  int    // operations that go well
	how   string // what happens then: see below
	count int
}

// What goes wrong. A crash is a write that is done half, or not, and nothing after it.
const (
	refused = "refused"
	short   = "half of a write"
	crash   = "crash"
)

func (f *failing) fails() bool {
	f.count++
	switch f.left--; {
	case f.left >= 0:
		return false
	case f.how == crash:
		return true
	}
	return f.left == -1
}

var errFault = fmt.Errorf("no space left: %w", fs.ErrInvalid)

func (f *failing) MkdirAll(dir string) error {
	if f.fails() {
		return errFault
	}
	return f.FS.MkdirAll(dir)
}

func (f *failing) ReadDir(dir string) ([]fs.DirEntry, error) {
	if f.fails() {
		return nil, errFault
	}
	return f.FS.ReadDir(dir)
}

func (f *failing) Open(path string, flag int) (store.File, error) {
	if f.fails() {
		return nil, errFault
	}
	opened, err := f.FS.Open(path, flag)
	if err != nil {
		return nil, err
	}
	return &failingFile{opened, f}, nil
}

func (f *failing) Remove(path string) error {
	if f.fails() {
		return errFault
	}
	return f.FS.Remove(path)
}

func (f *failing) Lock(path string, shared bool) (func() error, error) {
	if f.fails() {
		return nil, errFault
	}
	return f.FS.Lock(path, shared)
}

type failingFile struct {
	store.File
	fs *failing
}

func (f *failingFile) ReadAt(p []byte, at int64) (int, error) {
	if f.fs.fails() {
		return 0, errFault
	}
	return f.File.ReadAt(p, at)
}

func (f *failingFile) WriteAt(p []byte, at int64) (int, error) {
	if f.fs.fails() {
		if f.fs.how == short || f.fs.how == crash && f.fs.left == -1 {
			n, _ := f.File.WriteAt(p[:len(p)/2], at)
			return n, errFault
		}
		return 0, errFault
	}
	return f.File.WriteAt(p, at)
}

func (f *failingFile) Truncate(size int64) error {
	if f.fs.fails() {
		return errFault
	}
	return f.File.Truncate(size)
}

// A fault at every operation, of every kind: no row is wrong, then or later, and those
// of before are there, but for what eviction takes.
func TestFaultsAtEveryStep(t *testing.T) {
	const limit, before, batch = 24 << 10, 10, 10 // files of 768 B, 12 rows
	faults := 0
	for _, how := range []string{refused, short, crash} {
		for left := 0; ; left++ {
			dir := filepath.Join(t.TempDir(), "vectors")
			first := Open(dir, limit)
			put(t, first, small, 0, before)
			first.Close()
			broken := &failing{FS: store.System(), left: left, how: how}
			c := open(dir, limit, broken)
			var errs []error
			for n := before; n < before+4*batch; n += batch {
				rows, err := c.Get(small, keysFor(0, n))
				right(t, small, 0, rows)
				errs = append(errs, err, c.Put(small, keysFor(n, n+batch), rowsFor(small, n, n+batch)))
			}
			errs = append(errs, c.Close())
			again := Open(dir, limit)
			if n := has(t, again, small, 0, before); n != before {
				t.Fatalf("%s after %d operations: %d of %d earlier rows", how, left, n, before)
			}
			n := has(t, again, small, before, before+4*batch)
			if how != crash && n < 2*batch {
				t.Fatalf("%s after %d operations: one fault cost all but %d of %d rows; errors %v", how, left, n, 4*batch, errs)
			}
			put(t, again, small, before, before+5*batch)
			if n := has(t, again, small, 0, before+5*batch); n != before+5*batch {
				t.Fatalf("%s after %d operations: afterwards %d of %d rows", how, left, n, before+5*batch)
			}
			again.Close()
			if broken.left >= 0 {
				break
			}
			faults++
		}
	}
	t.Logf("%d faults", faults)
	if faults < 500 {
		t.Errorf("only %d faults", faults)
	}
}

// An error that stays is said once, and again when it is another, or back.
func TestAFaultIsSaidOnce(t *testing.T) {
	broken := &failing{FS: store.System(), left: 1 << 30}
	c := open(filepath.Join(t.TempDir(), "vectors"), 1<<20, broken)
	said := func(n int) bool { return c.Put(small, keysFor(n, n+1), rowsFor(small, n, n+1)) != nil }
	broken.how = crash
	for i, want := range []bool{false, true, false, false, true} {
		switch i {
		case 1, 4:
			broken.left = 0
		case 3:
			broken.left = 1 << 30
		}
		if got := said(i); got != want {
			t.Errorf("step %d: said %v, want %v", i, got, want)
		}
	}
}
