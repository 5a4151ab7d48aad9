// Package rows is a cache of vectors that all indexes of a machine share: a row under
// the hash of the text that was embedded, for each model. A branch switch, a worktree
// or a second clone embeds only what was never seen.
//
// It is for models that cost time or money, which is those of providers. The built-in
// one embeds a chunk about as fast as it is found here, and faster than it is not, so
// it does not come by: of one run, on a busy machine, BenchmarkBuiltIn says 9 µs a
// text, BenchmarkGet 4 to 7 for one that is found, 2 to 31 for one that is not, in a
// cache of 1 to 31 files, and BenchmarkPut 2 to keep it.
//
// Rows are kept as an index keeps them (index.Row): eight bits a component and a
// scale. Nothing reads float32 again, which would take four times the room, and so
// forget four times as soon; should an index keep more one day, that is a new format.
//
// Nothing that is read of a text is stored, only its hash: who has the cache can tell
// whether a text that he has was embedded, and no more.
//
// The cache is files of rows (format.go), 32 at the limit. What is new is appended to
// the youngest of its model under a lock that is held for moments; nothing is waited
// for: what cannot be appended now is with the next rows. When there is no room the
// oldest file goes. A row that is found in a file that is among the next to go is
// appended again, so that what was used while the last quarter of the limit was written
// is there: least recently used, but for that quarter, without a clock, and without a
// write for each use.
//
// A process may be killed, the machine lose power, the disk be full or a bit flip at
// any time: a row counts only with its own checksum and whole key, so that a wrong one
// is never returned, and what cannot be read is embedded again. No write waits for
// the disk. Where the directory cannot be written it is read, and where it cannot be
// read or is gone everything is embedded.
package rows

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"

	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/vectors/store"
)

// DefaultLimit is how many bytes a cache takes where nobody says: two GiB are 7.4
// million rows of 256 dimensions, or 1.4 million of 1,536.
const DefaultLimit = 2 << 30

const (
	// filesAtLimit is how many files there are at the limit: dropping one forgets 3 %.
	// With the default they have 64 MiB, of which the one that is not full has its
	// table in memory: 7 MB for 230,000 rows of 256 dimensions.
	filesAtLimit = 32
	// freshShare is what was written since a row is as fresh as need be: of the limit,
	// three quarters.
	freshShare = 0.75
	// maxWaiting bounds the rows that wait for the lock, of all models. What has no
	// room is embedded again one day.
	maxWaiting = 4096
	// firstNumbers is how many numbers the first file may have. Which one is drawn, so
	// that where all files were removed, a process that has one open does not take the
	// next one for it.
	firstNumbers = 1 << 30
	lockName     = "LOCK"
)

// Directory is where the rows are below the directory of all caches.
func Directory(cache string) string { return filepath.Join(cache, "vectors") }

// Model is whose rows are meant: two models never share a file.
type Model struct {
	Name       string // with all that tells it from others
	Dimensions int    // more than 0
}

func (m Model) hash() string {
	sum := sha256.Sum256([]byte(m.Name + "\x00" + strconv.Itoa(m.Dimensions)))
	return hex.EncodeToString(sum[:8])
}

// Key stands for a text.
type Key [keyBytes]byte

// KeyOf is the key of a text: all that the model got to see, and nothing else.
func KeyOf(text string) (k Key) {
	sum := sha256.Sum256([]byte(text))
	copy(k[:], sum[:])
	return k
}

// Cache is a cache on disk. Safe for concurrent use, in this process and others.
type Cache struct {
	dir   string
	limit int64
	fs    store.FS
	first uint64 // number of the first file, where there is none

	mu      sync.Mutex           // guards all below
	open    map[Model][]*segment // newest first
	waiting []entry
	fault   string // what went wrong last; "" when rows were written since
	barred  bool   // the last look found a file that this user may not read
}

// entry is a row that waits to be written.
type entry struct {
	model Model
	key   Key
	row   index.Row
}

// Open returns the cache in a directory, which is made, and looked at, when the cache
// is used first. It takes at most limit bytes; 0 keeps nothing and finds nothing.
func Open(dir string, limit int64) *Cache { return open(dir, limit, store.System()) }

func open(dir string, limit int64, fsys store.FS) *Cache {
	return &Cache{dir: dir, limit: limit, fs: fsys, first: 1 + rand.Uint64N(firstNumbers), open: map[Model][]*segment{}}
}

// Get returns the row of each key, and nothing for those that are not there. The error
// says why rows that are there cannot be kept or read; it is returned once, and
// whatever it is, the rows are right.
func (c *Cache) Get(m Model, keys []Key) (found []index.Row, err error) {
	found = make([]index.Row, len(keys))
	if c.limit <= 0 || m.Dimensions <= 0 {
		return found, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	listing, err := c.look(m, false)
	var again []entry
	for i, key := range keys {
		for _, s := range c.open[m] {
			row, ok := s.find(key)
			if !ok {
				continue
			}
			found[i] = row
			if !listing.fresh(s.number, c.limit) {
				again = append(again, entry{m, key, row})
			}
			break
		}
	}
	if err == nil && len(again) > 0 {
		err = c.write(again)
	}
	return found, c.once(err)
}

// Put keeps rows. One whose scale is 0 is not kept: it stands for a text that says
// nothing, or that the model refused. The error is as for Get.
func (c *Cache) Put(m Model, keys []Key, rows []index.Row) error {
	if c.limit <= 0 || m.Dimensions <= 0 {
		return nil
	}
	var entries []entry
	for i, row := range rows {
		if row.Scale != 0 && len(row.Data) == m.Dimensions {
			entries = append(entries, entry{m, keys[i], row})
		}
	}
	if len(entries) == 0 {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.once(c.write(entries))
}

// Close writes what waits, if nobody has the lock, and closes the files. The cache can
// be used on.
func (c *Cache) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	err := c.write(nil)
	for m := range c.open {
		c.drop(m, func(*segment) bool { return true })
	}
	return c.once(err)
}

// once is the error, unless it is the same as before.
func (c *Cache) once(err error) error {
	if err == nil || err.Error() == c.fault {
		return nil
	}
	c.fault = err.Error()
	return fmt.Errorf("the vector cache in %s: %w", c.dir, err)
}

// write appends what waits and entries to the files of their models, or leaves them
// waiting for another who has the lock. c.mu is held.
func (c *Cache) write(entries []entry) error {
	entries, c.waiting = append(c.waiting, entries...), nil
	if len(entries) == 0 {
		return nil
	}
	unlock, err := c.lock()
	if errors.Is(err, store.ErrLocked) {
		c.waiting = entries[:min(len(entries), maxWaiting)]
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { _ = unlock() }()
	for len(entries) > 0 {
		m := entries[0].model
		n := slices.IndexFunc(entries, func(e entry) bool { return e.model != m })
		if n < 0 {
			n = len(entries)
		}
		if err := c.append(m, entries[:n]); err != nil {
			return err
		}
		entries = entries[n:]
	}
	if !c.barred {
		c.fault = ""
	}
	return nil
}

// lock makes this process the one that writes. The directory is made again where it
// is gone.
func (c *Cache) lock() (unlock func() error, err error) {
	path := filepath.Join(c.dir, lockName)
	if unlock, err = c.fs.Lock(path, false); errors.Is(err, fs.ErrNotExist) {
		if err := c.fs.MkdirAll(c.dir); err != nil {
			return nil, err
		}
		unlock, err = c.fs.Lock(path, false)
	}
	return unlock, err
}

// append writes rows of one model. The process has the lock, c.mu is held.
func (c *Cache) append(m Model, entries []entry) error {
	listing, err := c.look(m, true)
	if err != nil {
		return err
	}
	for len(entries) > 0 {
		s, room, err := c.active(m, &listing)
		if err != nil {
			return err
		}
		if room == 0 { // the limit is less than a row
			return nil
		}
		var keys []Key
		var rows []index.Row
		for len(entries) > 0 && len(keys) < room {
			e := entries[0]
			entries = entries[1:]
			// Another process may have embedded the same meanwhile.
			if _, ok := s.find(e.key); !ok && !slices.Contains(keys, e.key) {
				keys, rows = append(keys, e.key), append(rows, e.row)
			}
		}
		if len(keys) == 0 {
			continue
		}
		before := s.size
		if err := c.evict(&listing, int64(len(keys)*len(s.record)), s.number); err != nil {
			return err
		}
		if err := s.append(keys, rows); err != nil {
			return err
		}
		listing.grow(s.number, s.size-before)
	}
	return nil
}

// active is the file that rows of the model are appended to, and how many it has room
// for: the youngest if it is not full and not among the next to go, else a new one. The
// process has the lock.
func (c *Cache) active(m Model, l *listing) (*segment, int, error) {
	most := c.limit / filesAtLimit
	capacity := func(head int64) int {
		per := int64(recordSize(m.Dimensions) + slotsPerRow*slotBytes)
		return int(max(0, most-head-trailerSize) / per)
	}
	if list := c.open[m]; len(list) > 0 && !list[0].full() {
		s := list[0]
		if room := capacity(s.head) - s.records; room > 0 && l.fresh(s.number, c.limit) {
			return s, room, nil
		}
		before := s.size
		grows := sealedSize(s.head, s.dimensions, s.records) - before
		if err := c.evict(l, grows, s.number); err != nil {
			return nil, 0, err
		}
		if err := s.seal(); err != nil {
			return nil, 0, err
		}
		l.grow(s.number, s.size-before)
	}
	header := appendHeader(nil, m)
	if len(header) > maxHeader || capacity(int64(len(header))) == 0 {
		return nil, 0, nil
	}
	if err := c.evict(l, int64(len(header)), 0); err != nil {
		return nil, 0, err
	}
	next := l.next(c.first)
	if next >= endNumber {
		return nil, 0, fmt.Errorf("%s has no number behind it: remove it", l.entries[len(l.entries)-1].name)
	}
	s, err := c.create(m, next, header)
	if err != nil {
		return nil, 0, err
	}
	l.add(s.number, m, s.size)
	return s, capacity(s.head), nil
}

// create begins a file. The process has the lock.
func (c *Cache) create(m Model, number uint64, header []byte) (*segment, error) {
	path := filepath.Join(c.dir, fileName(number, m))
	f, err := c.fs.Open(path, os.O_RDWR|os.O_CREATE|os.O_EXCL)
	if err != nil {
		return nil, err
	}
	var s *segment
	if _, err = f.WriteAt(header, 0); err == nil {
		s, err = newSegment(f, number, m)
	}
	if err != nil {
		_ = f.Close()
		_ = c.fs.Remove(path)
		return nil, err
	}
	c.open[m] = append([]*segment{s}, c.open[m]...)
	return s, nil
}

// look makes c.open[m] what the directory has of the model, as it is now. locked tells
// that the process has the lock: then what is damaged is removed. c.mu is held.
func (c *Cache) look(m Model, locked bool) (listing, error) {
	l, err := list(c.fs, c.dir)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if locked {
		c.dropTooLarge(&l)
	}
	c.drop(m, func(s *segment) bool { return !l.has(s.number, m.hash()) })
	if err != nil {
		return l, err
	}
	known := map[uint64]*segment{}
	for _, s := range c.open[m] {
		known[s.number] = s
	}
	var open []*segment
	c.barred = false
	for _, e := range slices.Backward(l.entries) {
		if !e.current || e.model != m.hash() {
			continue
		}
		path := filepath.Join(c.dir, e.name)
		s := known[e.number]
		if e.size > c.limit {
			if s != nil {
				_ = s.file.Close()
			}
			continue
		}
		if s != nil && locked && !s.full() && !s.writable { // it could not be written then
			_ = s.file.Close()
			s = nil
		}
		if s == nil {
			var failed error
			s, failed = openSegment(c.fs, path, e.number, m)
			if errors.Is(failed, errForeign) && locked {
				_ = c.fs.Remove(path)
			}
			if failed != nil {
				switch {
				case errors.Is(failed, fs.ErrPermission):
					// Who only reads says so; who writes does so in another file.
					if c.barred = true; !locked {
						err = failed
					}
				case !errors.Is(failed, errForeign) && !errors.Is(failed, fs.ErrNotExist):
					err = failed
				}
				continue
			}
		} else if failed := s.catchUp(locked); failed != nil {
			err = failed
		}
		open = append(open, s)
	}
	c.open[m] = open
	return l, err
}

// dropTooLarge removes files that are larger than the limit, before others have to make room
// for them: with that limit nobody wrote them. The process has the lock.
func (c *Cache) dropTooLarge(l *listing) {
	l.entries = slices.DeleteFunc(l.entries, func(e listed) bool {
		return e.size > c.limit && e.current && c.fs.Remove(filepath.Join(c.dir, e.name)) == nil
	})
}

// drop closes files. c.mu is held.
func (c *Cache) drop(m Model, gone func(*segment) bool) {
	left := slices.DeleteFunc(c.open[m], func(s *segment) bool {
		if !gone(s) {
			return false
		}
		_ = s.file.Close()
		return true
	})
	if len(left) == 0 {
		delete(c.open, m)
	} else {
		c.open[m] = left
	}
}

// evict removes the oldest files, but not the one that is kept, until there is room for
// so many bytes; 0 keeps none. The process has the lock.
func (c *Cache) evict(l *listing, need int64, kept uint64) error {
	var failed error
	for i := 0; l.bytes()+need > c.limit && i < len(l.entries); {
		e := l.entries[i]
		if e.number == kept && kept != 0 {
			i++
			continue
		}
		for m := range c.open { // Windows removes no open file
			if m.hash() == e.model {
				c.drop(m, func(s *segment) bool { return s.number == e.number })
			}
		}
		if err := c.fs.Remove(filepath.Join(c.dir, e.name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			failed = err // another process has it open: the next one, then
			i++
			continue
		}
		l.entries = slices.Delete(l.entries, i, i+1)
	}
	if failed != nil && l.bytes()+need > c.limit {
		return fmt.Errorf("making room: %w", failed)
	}
	return nil
}
