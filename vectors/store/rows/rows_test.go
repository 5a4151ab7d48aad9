package rows

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/vectors/store"
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
	unlock, err := store.System().Lock(filepath.Join(dir, lockName), false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Clear(dir); err != errBusy {
		t.Errorf("while another process writes: %v", err)
	}
	_ = unlock()
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
	unlock, err := store.System().Lock(filepath.Join(dir, lockName), false)
	if err != nil {
		t.Fatal(err)
	}
	put(t, c, small, 1, 2*maxWaiting)
	if n := has(t, c, small, 0, 2*maxWaiting); n != 1 {
		t.Errorf("%d rows while another process writes", n)
	}
	_ = unlock()
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

const damageLimit = filesAtLimit * 640 // 9 rows a file
