package rows

import (
	"encoding/binary"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/semantic-ls/semantic-ls/vectors/store"
)

// A file cut anywhere, or with any byte changed, gives right rows or none; what is
// appended afterwards is found.
func TestDamage(t *testing.T) {
	for _, full := range []bool{false, true} {
		dir := t.TempDir()
		c := Open(dir, damageLimit)
		rows := 7
		if full { // the first file is full, and the second begun
			rows = 14
		}
		put(t, c, small, 0, rows)
		c.Close()
		names, err := filepath.Glob(filepath.Join(dir, "*.rows"))
		if err != nil || len(names) != 1 && !full || full && len(names) != 2 {
			t.Fatalf("%v, %v", names, err)
		}
		whole, err := os.ReadFile(names[0])
		if err != nil {
			t.Fatal(err)
		}
		damaged := func(data []byte, what string, at int) {
			t.Helper()
			if err := os.WriteFile(names[0], data, 0o600); err != nil {
				t.Fatal(err)
			}
			c := Open(dir, damageLimit)
			n := has(t, c, small, 0, rows)
			inRecords := at >= 48 && at < 48+rows*40
			if what == "flip" && inRecords && n < rows-1 {
				t.Fatalf("byte %d changed: %d of %d rows", at, n, rows)
			}
			put(t, c, small, 0, rows)
			if n := has(t, c, small, 0, rows); n != rows {
				t.Fatalf("%s at %d: %d of %d rows afterwards", what, at, n, rows)
			}
			c.Close()
			// Whatever that made, beside a whole file again.
			left, err := filepath.Glob(filepath.Join(dir, "*.rows"))
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range left[len(names):] {
				os.Remove(name)
			}
		}
		for at := range whole {
			damaged(whole[:at], "cut", at)
			changed := append([]byte(nil), whole...)
			changed[at] ^= 1 << (at % 8)
			damaged(changed, "flip", at)
		}
		t.Logf("%d bytes", len(whole))
	}
}

// What cannot be written is read; what cannot be read either is not there.
func TestADirectoryThatIsNotOurs(t *testing.T) {
	at := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(at, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	c := Open(at, 1<<20)
	if err := c.Put(small, keysFor(0, 1), rowsFor(small, 0, 1)); err == nil || !strings.Contains(err.Error(), at) {
		t.Errorf("a file for a directory: %v", err)
	}
	if n := has(t, c, small, 0, 1); n != 0 {
		t.Errorf("%d rows", n)
	}

	dir := t.TempDir()
	c = Open(dir, 1<<20)
	put(t, c, small, 0, 10)
	locks := open(dir, 1<<20, noLocks{store.System()})
	if err := locks.Put(small, keysFor(10, 11), rowsFor(small, 10, 11)); err == nil || !strings.Contains(err.Error(), "locks") {
		t.Errorf("without locks: %v", err)
	}
	if n := has(t, locks, small, 0, 20); n != 10 {
		t.Errorf("without locks: %d rows", n)
	}
	locks.Close()

	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if n := has(t, c, small, 0, 10); n != 0 {
		t.Errorf("%d rows of a directory that is gone", n)
	}
	put(t, c, small, 0, 10)
	if n := has(t, Open(dir, 1<<20), small, 0, 10); n != 10 {
		t.Errorf("%d rows where it was made again", n)
	}
	c.Close()
}

type noLocks struct{ store.FS }

func (noLocks) Lock(string, bool) (func() error, error) { return nil, fmt.Errorf("no locks available") }

// Files of others are neither read nor removed.
func TestForeignFilesAreLeftAlone(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"README", "x.rows", "1-2-3.rows", "0000000009-" + small.hash() + "-f2.rows", "dir-x-f1.rows/y"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("theirs"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := Open(dir, 64<<10)
	put(t, c, small, 0, 20)
	if n := has(t, c, small, 0, 20); n != 20 {
		t.Errorf("%d rows", n)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 7 { // five, a file of rows, the lock
		t.Errorf("%v, %v", entries, err)
	}
	c.Close()
}

func FuzzAFileOfOthers(f *testing.F) {
	m := Model{Name: "m", Dimensions: 4}
	header := appendHeader(nil, m)
	_, _, sum, err := readHeader(header)
	if err != nil {
		f.Fatal(err)
	}
	record := appendRecord(nil, sum, keyFor(1), rowFor(m, 1))
	f.Add(record, 1, 2)
	f.Add([]byte{}, 0, 0)
	f.Add(append(record, binary.LittleEndian.AppendUint64(make([]byte, 8), 1)...), 1, 2)
	f.Add(record, math.MaxInt32, math.MaxInt32)
	f.Fuzz(func(t *testing.T, body []byte, records, slots int) {
		dir := t.TempDir()
		data := append(append([]byte(nil), header...), body...)
		data = appendTrailer(data, sum, records, slots)
		if err := os.WriteFile(filepath.Join(dir, fileName(1, m)), data, 0o600); err != nil {
			t.Fatal(err)
		}
		c := Open(dir, 1<<20)
		has(t, c, m, 0, 3)
		put(t, c, m, 0, 3)
		if n := has(t, c, m, 0, 3); n != 3 {
			t.Fatalf("%d rows", n)
		}
		usage(t, dir)
		c.Close()
	})
}

// A file that is larger than the limit is none that a cache wrote: it is not read through, and
// takes the room of no other.
func TestAFileLargerThanTheLimit(t *testing.T) {
	const limit = 1 << 20
	dir := t.TempDir()
	c := open(dir, limit, store.System())
	other := Model{Name: "openai:other", Dimensions: 12}
	put(t, c, other, 0, 10)
	put(t, c, small, 0, 10)
	c.Close()
	names, err := filepath.Glob(filepath.Join(dir, "*-"+small.hash()+"-*"))
	if err != nil || len(names) != 1 {
		t.Fatal(names, err)
	}
	if err := os.Truncate(names[0], 4*limit); err != nil { // sparse
		t.Fatal(err)
	}
	c = open(dir, limit, store.System())
	defer c.Close()
	if n := has(t, c, small, 0, 10); n != 0 {
		t.Errorf("%d rows of a file that large", n)
	}
	put(t, c, small, 10, 20)
	if n, m := has(t, c, small, 10, 20), has(t, c, other, 0, 10); n != 10 || m != 10 {
		t.Errorf("%d and %d rows", n, m)
	}
	if u := usage(t, dir); u.Bytes > limit {
		t.Errorf("%+v", u)
	}
}

// forbidden is a file system with a file that this user may not read.
type forbidden struct {
	store.FS
	name string
}

func (f forbidden) Open(path string, flag int) (store.File, error) {
	if path == f.name {
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrPermission}
	}
	return f.FS.Open(path, flag)
}

// A file of another user's, in the same directory, is said once and keeps no row from being
// kept in the next.
func TestAFileOfAnotherUser(t *testing.T) {
	const limit = 1 << 20
	dir := t.TempDir()
	c := open(dir, limit, store.System())
	put(t, c, small, 0, 10)
	c.Close()
	names, err := filepath.Glob(filepath.Join(dir, "*.rows"))
	if err != nil || len(names) != 1 {
		t.Fatal(names, err)
	}
	c = open(dir, limit, forbidden{FS: store.System(), name: names[0]})
	defer c.Close()
	said := 0
	for n := 10; n < 40; n += 10 {
		_, err := c.Get(small, keysFor(0, n+10))
		for _, err := range []error{err, c.Put(small, keysFor(n, n+10), rowsFor(small, n, n+10))} {
			if err != nil {
				said++
			}
		}
	}
	if n := has(t, c, small, 0, 40); n != 30 || said != 1 {
		t.Errorf("%d rows, said %d times", n, said)
	}
}

// A file whose number leaves none for the next is not read and makes no others lose their
// rows; it is the first to go, and goes with Clear.
func TestAFileWithTheLastNumber(t *testing.T) {
	for _, number := range []string{"9223372036854775807", "18446744073709551615", "4611686018427387904"} {
		dir := t.TempDir()
		last := filepath.Join(dir, number+"-"+small.hash()+suffix)
		if err := os.WriteFile(last, appendHeader(nil, small), 0o600); err != nil {
			t.Fatal(err)
		}
		c := Open(dir, 64<<10)
		put(t, c, small, 0, 100)
		put(t, c, small, 100, 200)
		if n := has(t, Open(dir, 64<<10), small, 0, 200); n != 200 {
			t.Errorf("%s: %d rows are there for others", number, n)
		}
		if _, err := os.Stat(last); err != nil {
			t.Errorf("%s: %v", number, err)
		}
		if freed, err := Shrink(dir, usage(t, dir).Bytes-1, time.Now()); err != nil || freed == 0 || has(t, c, small, 0, 200) != 200 {
			t.Errorf("%s: freed %d, %v", number, freed, err)
		}
		if _, err := os.Stat(last); !os.IsNotExist(err) {
			t.Errorf("%s: it is not the first to go: %v", number, err)
		}
		if err := os.WriteFile(last, appendHeader(nil, small), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		if _, err := Clear(dir); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(last); !os.IsNotExist(err) {
			t.Errorf("%s: it is left behind: %v", number, err)
		}
	}
}

var another = Model{Name: "another:model", Dimensions: 4}

// Behind the greatest number that counts there is none: that is said, and no file is made
// that nobody finds.
func TestAFileBeforeTheLastNumber(t *testing.T) {
	dir := t.TempDir()
	last := fmt.Sprintf("%d-%s%s", uint64(endNumber-1), another.hash(), suffix)
	if err := os.WriteFile(filepath.Join(dir, last), appendHeader(nil, another), 0o600); err != nil {
		t.Fatal(err)
	}
	c := Open(dir, 64<<10)
	if err := c.Put(small, keysFor(0, 10), rowsFor(small, 0, 10)); err == nil || !strings.Contains(err.Error(), last) {
		t.Error(err)
	}
	if err := os.Remove(filepath.Join(dir, last)); err != nil {
		t.Fatal(err)
	}
	put(t, c, small, 0, 10)
	if n := has(t, c, small, 0, 10); n != 10 {
		t.Errorf("%d rows", n)
	}
	c.Close()
}

// Room is made by the oldest file also where that has the number 0.
func TestTheFileOfNumber0Goes(t *testing.T) {
	dir := t.TempDir()
	zero := filepath.Join(dir, fileName(0, another))
	header := appendHeader(nil, another)
	if err := os.WriteFile(zero, append(header, make([]byte, 64<<10-len(header))...), 0o600); err != nil { // of the limit
		t.Fatal(err)
	}
	c := Open(dir, 64<<10)
	l, err := list(store.System(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.evict(&l, int64(len(header)), 0); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(zero); !os.IsNotExist(err) {
		t.Errorf("a file is begun beyond the limit: %v", err)
	}
}
