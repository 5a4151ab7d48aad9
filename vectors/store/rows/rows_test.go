package rows

import (
	"encoding/binary"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/semantic-ls/semantic-ls/vectors/index"
)

var small = Model{Name: "openai:small", Dimensions: 12}

// row is the only right one for text n of a model; no two are equal.
func rowFor(m Model, n int) index.Row {
	r := index.Row{Scale: float32(n + 1), Data: make([]byte, m.Dimensions)}
	for i := range r.Data {
		r.Data[i] = byte(n*7 + i*3 + len(m.Name))
	}
	binary.LittleEndian.PutUint32(r.Data, uint32(n))
	return r
}

func keyFor(n int) Key { return KeyOf(fmt.Sprint("text ", n)) }

func keysFor(from, to int) (keys []Key) {
	for n := from; n < to; n++ {
		keys = append(keys, keyFor(n))
	}
	return keys
}

func put(t testing.TB, c *Cache, m Model, from, to int) {
	t.Helper()
	if err := c.Put(m, keysFor(from, to), rowsFor(m, from, to)); err != nil {
		t.Fatal(err)
	}
}

func rowsFor(m Model, from, to int) (rows []index.Row) {
	for n := from; n < to; n++ {
		rows = append(rows, rowFor(m, n))
	}
	return rows
}

// has returns how many of the texts are found, and fails on a row that is not theirs.
func has(t testing.TB, c *Cache, m Model, from, to int) (found int) {
	t.Helper()
	rows, err := c.Get(m, keysFor(from, to))
	if err != nil {
		t.Logf("Get: %v", err)
	}
	return right(t, m, from, rows)
}

// right counts rows that are there and fails on a wrong one.
func right(t testing.TB, m Model, from int, rows []index.Row) (found int) {
	t.Helper()
	for i, row := range rows {
		if row.Data == nil {
			continue
		}
		if want := rowFor(m, from+i); row.Scale != want.Scale || string(row.Data) != string(want.Data) {
			t.Fatalf("text %d of %s has the row %v, want %v", from+i, m.Name, row, want)
		}
		found++
	}
	return found
}

func TestRowsOutliveTheirProcess(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made", "when needed")
	other := Model{Name: small.Name, Dimensions: 7}
	c := Open(dir, DefaultLimit)
	if n := has(t, c, small, 0, 10); n != 0 {
		t.Errorf("%d rows before any", n)
	}
	put(t, c, small, 0, 100)
	put(t, c, other, 50, 60)
	nothing := []index.Row{{Data: make([]byte, small.Dimensions)}, {Scale: 1, Data: make([]byte, 3)}}
	if err := c.Put(small, keysFor(900, 902), nothing); err != nil {
		t.Fatal(err)
	}
	again := Open(dir, DefaultLimit)
	for name, c := range map[string]*Cache{"the same process": c, "another": again} {
		if n := has(t, c, small, 0, 1000); n != 100 {
			t.Errorf("%s finds %d rows of the first model", name, n)
		}
		if n := has(t, c, other, 0, 1000); n != 10 {
			t.Errorf("%s finds %d rows of the second", name, n)
		}
		if n := has(t, c, Model{Name: "openai:large", Dimensions: 12}, 0, 100); n != 0 {
			t.Errorf("%s finds %d rows of a third", name, n)
		}
	}
	// What one appends the other finds.
	put(t, again, small, 100, 200)
	if n := has(t, c, small, 0, 1000); n != 200 {
		t.Errorf("%d rows of both", n)
	}
	// What is there is not written again.
	before := usage(t, dir).Bytes
	put(t, c, small, 0, 200)
	if after := usage(t, dir).Bytes; after != before {
		t.Errorf("%d bytes became %d", before, after)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if n := has(t, c, small, 0, 1000); n != 200 {
		t.Errorf("%d rows after Close", n)
	}
	c.Close()
	again.Close()
}

func TestALimitOfNothingKeepsNothing(t *testing.T) {
	for _, limit := range []int64{0, 1, 100, 2000} {
		dir := t.TempDir()
		c := Open(dir, limit)
		put(t, c, small, 0, 100)
		if n := has(t, c, small, 0, 100); n != 0 {
			t.Errorf("limit %d: %d rows", limit, n)
		}
		if u := usage(t, dir); u.Bytes != 0 {
			t.Errorf("limit %d: %+v", limit, u)
		}
	}
}

func usage(t testing.TB, dir string) Usage {
	t.Helper()
	u, err := Of(dir)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// The limit is kept at every step; what goes first is what was not used, and a full
// file takes no memory.
func TestTheLimitIsKeptAndWhatIsUsedStays(t *testing.T) {
	const limit, step = 256 << 10, 40
	dir := t.TempDir()
	c := Open(dir, limit)
	defer c.Close()
	large := Model{Name: "openai:large", Dimensions: 500}
	for n := 0; n < 20_000; n += step {
		put(t, c, small, n, n+step)
		if n%1000 == 0 {
			put(t, c, large, n, n+3)
		}
		if got := has(t, c, small, 0, 20); got != 20 {
			t.Fatalf("at %d, %d of the 20 that are always used", n, got)
		}
		if u := usage(t, dir); u.Bytes > limit {
			t.Fatalf("at %d, %d bytes", n, u.Bytes)
		}
	}
	u := usage(t, dir)
	if u.Bytes < limit*3/4 || len(u.Models) != 2 || u.Rows() < 2000 {
		t.Errorf("holds %+v", u)
	}
	if n := has(t, c, small, 15_000, 20_000); n < 2000 {
		t.Errorf("%d of the latest 5000 rows are left", n)
	}
	if n := has(t, c, small, 1000, 10_000); n > 0 {
		t.Errorf("%d rows that nobody used are left", n)
	}
	open, growing := 0, 0
	for _, list := range c.open {
		for _, s := range list {
			open++
			if s.table != nil {
				growing++
			}
		}
	}
	if open < 16 || growing > 2 {
		t.Errorf("%d files are open, %d with a table in memory", open, growing)
	}
	if n := has(t, Open(dir, limit), small, 15_000, 20_000); n < 2000 {
		t.Errorf("another process finds %d of them", n)
	}
}

func TestShrinkAndClear(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "vectors")
	c := Open(dir, 1<<20)
	put(t, c, small, 0, 10_000)
	old := filepath.Join(dir, "0000000001-0123456789abcdef-f0.rows")
	if err := os.WriteFile(old, make([]byte, 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	before := usage(t, dir)
	now := time.Now()
	if freed, err := Shrink(dir, 1<<20, now); freed != 0 || err != nil {
		t.Errorf("within the limit: freed %d, %v", freed, err)
	}
	if freed, err := Shrink(dir, 1<<20, now.Add(unused+time.Hour)); freed != 1000 || err != nil {
		t.Errorf("of a version that nobody uses: freed %d, %v", freed, err)
	}
	freed, err := Shrink(dir, 200<<10, now)
	after := usage(t, dir)
	if err != nil || after.Bytes > 200<<10 || after.Bytes < 100<<10 || before.Bytes-1000-freed != after.Bytes {
		t.Errorf("freed %d of %d, left %d, %v", freed, before.Bytes, after.Bytes, err)
	}
	if has(t, c, small, 9_000, 10_000) != 1000 || has(t, c, small, 0, 1000) != 0 {
		t.Error("the youngest are gone, or the oldest are not")
	}
	unlock, err := disk{}.Lock(filepath.Join(dir, lockName))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Clear(dir); err != errBusy {
		t.Errorf("while another process writes: %v", err)
	}
	unlock()
	if freed, err := Clear(dir); freed != after.Bytes || err != nil {
		t.Errorf("freed %d of %d, %v", freed, after.Bytes, err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("left behind: %v", err)
	}
	if freed, err := Clear(dir); freed != 0 || err != nil {
		t.Errorf("of nothing: freed %d, %v", freed, err)
	}
	if freed, err := Shrink(dir, 0, now); freed != 0 || err != nil {
		t.Errorf("of nothing: freed %d, %v", freed, err)
	}
	// A process that had it open goes on.
	put(t, c, small, 0, 10)
	if n := has(t, Open(dir, 1<<20), small, 0, 10_000); n != 10 {
		t.Errorf("%d rows are there for others", n)
	}
	c.Close()
}

// Nothing waits for a lock: what could not be written is written with the next rows.
func TestRowsWaitForAnotherWriter(t *testing.T) {
	dir := t.TempDir()
	c := Open(dir, 1<<20)
	put(t, c, small, 0, 1)
	unlock, err := disk{}.Lock(filepath.Join(dir, lockName))
	if err != nil {
		t.Fatal(err)
	}
	put(t, c, small, 1, 2*maxWaiting)
	if n := has(t, c, small, 0, 2*maxWaiting); n != 1 {
		t.Errorf("%d rows while another process writes", n)
	}
	unlock()
	put(t, c, small, 2*maxWaiting, 2*maxWaiting+1)
	if n := has(t, c, small, 0, 2*maxWaiting); n != maxWaiting+1 {
		t.Errorf("%d rows afterwards, want the first and those that were to wait", n)
	}
	c.Close()
}

// Several caches on one directory, as of several processes, side by side.
func TestManyWriters(t *testing.T) {
	const writers, each, limit = 4, 3000, 1 << 20
	dir := t.TempDir()
	var wait sync.WaitGroup
	for w := range writers {
		wait.Go(func() {
			c := Open(dir, limit)
			defer c.Close()
			for n := w * each; n < (w+1)*each; n += 50 {
				if err := c.Put(small, keysFor(n, n+50), rowsFor(small, n, n+50)); err != nil {
					t.Error(err)
				}
				if err := settle(c); err != nil {
					t.Error(err)
				}
				other := (n + each) % (writers * each)
				rows, err := c.Get(small, keysFor(other, other+50))
				if err != nil {
					t.Error(err)
				}
				right(t, small, other, rows)
			}
		})
	}
	wait.Wait()
	c := Open(dir, limit)
	defer c.Close()
	if n := has(t, c, small, 0, writers*each); n != writers*each {
		t.Errorf("%d of %d rows", n, writers*each)
	}
	if u := usage(t, dir); u.Bytes > limit || u.Rows() < writers*each {
		t.Errorf("%+v", u)
	}
}

// failing is a file system on which the operations from some number on go wrong.
type failing struct {
	disk
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
	return f.disk.MkdirAll(dir)
}

func (f *failing) ReadDir(dir string) ([]fs.DirEntry, error) {
	if f.fails() {
		return nil, errFault
	}
	return f.disk.ReadDir(dir)
}

func (f *failing) Open(path string, flag int) (file, error) {
	if f.fails() {
		return nil, errFault
	}
	opened, err := f.disk.Open(path, flag)
	if err != nil {
		return nil, err
	}
	return &failingFile{opened, f}, nil
}

func (f *failing) Remove(path string) error {
	if f.fails() {
		return errFault
	}
	return f.disk.Remove(path)
}

func (f *failing) Lock(path string) (func(), error) {
	if f.fails() {
		return nil, errFault
	}
	return f.disk.Lock(path)
}

type failingFile struct {
	file
	fs *failing
}

func (f *failingFile) ReadAt(p []byte, at int64) (int, error) {
	if f.fs.fails() {
		return 0, errFault
	}
	return f.file.ReadAt(p, at)
}

func (f *failingFile) WriteAt(p []byte, at int64) (int, error) {
	if f.fs.fails() {
		if f.fs.how == short || f.fs.how == crash && f.fs.left == -1 {
			n, _ := f.file.WriteAt(p[:len(p)/2], at)
			return n, errFault
		}
		return 0, errFault
	}
	return f.file.WriteAt(p, at)
}

func (f *failingFile) Truncate(size int64) error {
	if f.fs.fails() {
		return errFault
	}
	return f.file.Truncate(size)
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
			broken := &failing{left: left, how: how}
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
	broken := &failing{left: 1 << 30}
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

const damageLimit = filesAtLimit * 640 // 9 rows a file

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
	locks := open(dir, 1<<20, noLocks{})
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

type noLocks struct{ disk }

func (noLocks) Lock(string) (func(), error) { return nil, fmt.Errorf("no locks available") }

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
	c := open(dir, limit, disk{})
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
	c = open(dir, limit, disk{})
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
	disk
	name string
}

func (f forbidden) Open(path string, flag int) (file, error) {
	if path == f.name {
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrPermission}
	}
	return f.disk.Open(path, flag)
}

// A file of another user's, in the same directory, is said once and keeps no row from being
// kept in the next.
func TestAFileOfAnotherUser(t *testing.T) {
	const limit = 1 << 20
	dir := t.TempDir()
	c := open(dir, limit, disk{})
	put(t, c, small, 0, 10)
	c.Close()
	names, err := filepath.Glob(filepath.Join(dir, "*.rows"))
	if err != nil || len(names) != 1 {
		t.Fatal(names, err)
	}
	c = open(dir, limit, forbidden{name: names[0]})
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
	l, err := list(disk{}, dir)
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
