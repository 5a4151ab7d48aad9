package store

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/semantic-ls/semantic-ls/vectors/index"
)

const (
	// patience is how long a lock is waited for that others hold for moments: a process
	// that was stopped within an append must not stop this one.
	patience = 2 * time.Second
	// mappedBytes is how large a segment is that is used from the file: below it, a
	// mapping costs more than the bytes.
	mappedBytes = 256 << 10
)

// errHeld is returned for a lock that another process has kept for longer than is waited
// for: it was stopped, most likely, and may go on one day.
var errHeld = errors.New("another process has held")

// exclusively calls fn with the lock of the store. Where that cannot be had, the store
// is detached, and fn is called without.
func (s *Store) exclusively(fn func() error) error {
	if s.detached {
		return fn()
	}
	unlock, err := s.lock(lockName, false)
	if err != nil {
		_ = s.detach(err)
		return fn()
	}
	defer func() { _ = unlock() }()
	return fn()
}

// lock takes a lock that others hold for moments.
func (s *Store) lock(name string, shared bool) (unlock func() error, err error) {
	pause := 200 * time.Microsecond
	for deadline := time.Now().Add(s.patience); ; {
		unlock, err = s.sys.Lock(s.path(name), shared)
		if !errors.Is(err, ErrLocked) {
			return unlock, err
		}
		if time.Now().After(deadline) {
			return nil, fmt.Errorf("%w %s for %v; the next refresh tries again", errHeld, s.path(name), s.patience)
		}
		time.Sleep(pause)
		pause = min(2*pause, 5*time.Millisecond)
	}
}

// readLog reads the records of the current log from s.end on, or, with a number of
// change, all of them and returns those behind it: after 0 from the beginning. torn
// says what stands behind the last whole record. s.end is 0 where the log itself is of
// no use.
func (s *Store) readLog(known uint64) (changes []Change, torn, err error) {
	s.end, s.chain, s.number = 0, 0, s.current.last
	if s.log == nil {
		return nil, fmt.Errorf("all changes %w: %s is missing", errTorn, logName(s.current.generation)), nil
	}
	size, err := s.log.Size()
	if err != nil {
		return nil, nil, err
	}
	head := make([]byte, logHeader)
	if n, err := s.log.ReadAt(head, 0); err != nil && err != io.EOF {
		return nil, nil, err
	} else if s.chain, err = checkLogHeader(head[:n], &s.current, s.id); err != nil {
		return nil, fmt.Errorf("%d bytes of changes %w: %w", size, errTorn, err), nil
	}
	s.end = logHeader
	return s.readRecords(size, known)
}

// readRecords reads the records between s.end and size, and returns those behind the
// one of that number.
func (s *Store) readRecords(size int64, known uint64) (changes []Change, torn, err error) {
	if size <= s.end {
		return nil, nil, nil
	}
	m, err := mapPart(s.sys, s.log, s.end, int(size-s.end))
	if err != nil {
		return nil, nil, err
	}
	defer m.release()
	err = Guard(func() error {
		for rest := m.data; len(rest) > 0; {
			d, err := readRecord(rest, s.number+1, s.chain)
			var c Change
			if err == nil && s.number+1 > known {
				c, err = s.changeOf(m, d)
			}
			if err != nil {
				torn = fmt.Errorf("%d bytes at the end %w: %w", len(rest), errTorn, err)
				return nil
			}
			s.end, s.chain, s.number = s.end+int64(d.size), d.sum, s.number+1
			if s.number > known {
				changes = append(changes, c)
			}
			rest = rest[d.size:]
		}
		return nil
	})
	return changes, torn, err
}

// changeOf makes a change of a record that stands in m.
func (s *Store) changeOf(m *mapping, d decoded) (c Change, err error) {
	c.Removed = d.removed
	switch {
	case len(d.segment) == 0:
	case len(d.segment) < mappedBytes:
		c.Segment, err = index.OpenSegment(bytes.Clone(d.segment))
	default:
		c.Segment, err = m.open(d.segment)
	}
	if err == nil && c.Segment != nil && c.Segment.Dimensions() != s.id.Dimensions {
		err = fmt.Errorf("rows of %d dimensions", c.Segment.Dimensions())
	}
	if err == nil && c.Segment != nil {
		err = c.Segment.Check()
	}
	return c, err
}

// errGone is returned when the directory of the store has vanished.
var errGone = errors.New("is gone")

// catchUp reads what other processes have stored since. With the lock, it drops what a
// process that died has left behind the last record.
func (s *Store) catchUp(locked bool) (news News, err error) {
	if !locked {
		// Most of the time nothing has changed, and two looks say so.
		info, err := s.sys.Stat(s.path(manifestName))
		if err == nil && s.seen != nil && sameFile(info, s.seen) {
			size, err := s.log.Size()
			if err != nil || size <= s.end {
				return news, err
			}
		}
	}
	now, err := s.counts()
	if errors.Is(err, fs.ErrNotExist) {
		return news, fmt.Errorf("%s %w", s.dir, errGone)
	}
	if err != nil {
		return news, err
	}
	if !now.is(&s.current) {
		return s.follow(locked)
	}
	size, err := s.log.Size()
	if err != nil {
		return news, err
	}
	if size < s.end {
		return s.reload(locked)
	}
	var torn error
	news.Changes, torn, err = s.readRecords(size, 0)
	if err == nil && torn != nil && locked {
		err = s.truncate()
	}
	return news, err
}

// follow goes over to the generation that another process has made.
func (s *Store) follow(locked bool) (News, error) {
	m, info, err := s.readManifest()
	if err != nil {
		return News{}, err
	}
	if m.epoch != s.current.epoch || m.last > s.number {
		return s.reload(locked)
	}
	// It says the same as what is known, in fewer segments.
	log, err := s.openLog(m.generation)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) && !locked {
			return News{}, nil // and there is a newer one
		}
		return News{}, err
	}
	known := s.number
	s.log.Close()
	s.current, s.seen, s.log, s.synced, s.stored = m, info, log, false, nil
	changes, torn, err := s.readLog(known)
	if err == nil && s.number < known {
		return s.reload(locked)
	}
	if err == nil && torn != nil && locked {
		err = s.truncate()
	}
	return News{Changes: changes}, err
}

// errDamaged is returned where a segment was found to be damaged by who had the store open
// before: what that knows is not given up for less. The next Load mends it.
var errDamaged = errors.New("what is stored is damaged")

// reload reads all that is stored.
func (s *Store) reload(locked bool) (News, error) {
	epoch := s.current.epoch
	if err := s.attach(); err != nil {
		return News{}, err
	}
	changes, torn, err := s.readLog(0)
	if err == nil && torn != nil && locked && s.end > 0 {
		err = s.truncate()
	}
	if err == nil && s.end == 0 {
		err = torn
	}
	if err == nil {
		c := newComparison(s.base)
		if err = Guard(func() error { return c.work(func() error { return nil }) }); err == nil {
			c.finish()
		}
	}
	if err == nil {
		err = s.openBase(s.base)
	}
	if err == nil {
		if faults := faultsOf(s.base); len(faults) > 0 {
			err = fmt.Errorf("%w: %s", errDamaged, joined(faults))
		}
	}
	if err != nil {
		s.dropBase()
		return News{}, err
	}
	return News{Whole: true, Anew: s.current.epoch != epoch, Pieces: s.adopt(), Changes: changes}, nil
}

// Return makes a store that has gone on in memory, since another process kept a lock for
// too long, one that writes again, if that has let go of it by now; it does not wait. What
// it returns is all that is stored: what was kept in memory meanwhile is not in it, and
// is to be read again.
func (s *Store) Return() News {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.held {
		return News{}
	}
	if s.open == nil { // it is that one which was held, by who has removed the index since
		_ = s.sys.MkdirAll(s.dir)
		unlock, err := s.sys.Lock(s.path(openName), true)
		if err != nil {
			return News{}
		}
		s.open = unlock
	}
	unlock, err := s.sys.Lock(s.path(lockName), false)
	if errors.Is(err, ErrLocked) {
		return News{}
	}
	if err != nil {
		_ = s.detach(err)
		return News{}
	}
	defer func() { _ = unlock() }()
	s.detached, s.held, s.health = false, false, HealthOK
	news, err := s.reload(true)
	if s.detached { // since the log cannot be written
		return News{}
	}
	missing, foreign := errors.Is(err, fs.ErrNotExist), errors.Is(err, errForeign)
	if foreign {
		s.health = rebuilt + err.Error()
	}
	if missing || foreign || err == nil && s.forgotten {
		news = News{Whole: true}
		s.stored, s.synced = map[*index.Segment]segmentFile{}, true
		err = s.begin(manifest{})
	}
	if err != nil {
		_ = s.detach(err)
		return News{}
	}
	s.forgotten = false
	news.Anew = true
	return news
}

// sameFile reports whether a name has stood for one file, unchanged, at two looks.
func sameFile(a, b fs.FileInfo) bool {
	return os.SameFile(a, b) && a.ModTime().Equal(b.ModTime()) && a.Size() == b.Size()
}

// CatchUp returns what other processes have stored since the last look. It waits for
// nobody, and a look costs a few microseconds.
func (s *Store) CatchUp() News {
	if !s.mu.TryLock() {
		return News{}
	}
	defer s.mu.Unlock()
	if s.detached || s.log == nil {
		return News{}
	}
	news, err := s.catchUp(false)
	if err != nil && !errors.Is(err, ErrFault) { // who appends has cut off a torn tail just now
		_ = s.detach(err)
	}
	return news
}

// Append stores a change behind the others. change is asked for it once, with what other
// processes have stored meanwhile, which is to be applied before; it returns false where
// there is nothing to store as it stands. When Append returns, the change outlives this
// process; what it returns is the same change, in less memory where that is large.
// Where it cannot be written, the store goes on in memory only, and the error is
// returned once.
func (s *Store) Append(change func(News) (Change, bool)) (kept Change, ok bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.detached {
		kept, ok = change(News{})
		return kept, ok, nil
	}
	unlock, err := s.lock(lockName, false)
	if err != nil {
		kept, ok = change(News{})
		return kept, ok, s.detach(err)
	}
	defer func() { _ = unlock() }()
	news, err := s.catchUp(true)
	kept, ok = change(news)
	if err != nil {
		return kept, ok, s.detach(err)
	}
	if !ok || kept.Segment == nil && len(kept.Removed) == 0 {
		return kept, ok, nil
	}
	parts, sum := record(kept, s.number+1, s.chain)
	end, err := writeAt(s.log, s.end, parts[:]...)
	if err != nil {
		_ = s.log.Truncate(s.end) // a torn tail is found at the next start, too
		return kept, ok, s.detach(fmt.Errorf("writing %s: %w", s.path(logName(s.current.generation)), err))
	}
	at := s.end + int64(len(parts[0]))
	s.end, s.chain, s.number = end, sum, s.number+1
	if kept.Segment != nil && len(parts[1]) >= mappedBytes {
		if m, err := mapPart(s.sys, s.log, at, len(parts[1])); err == nil {
			if seg, err := m.open(m.data); err == nil {
				kept.Segment = seg
			}
			m.release()
		}
	}
	return kept, ok, nil
}

// writeAt writes parts one behind the other and returns where they end. It writes in
// pieces: a process cannot end within a write, and one of all of a large index
// takes a tenth of a second.
func writeAt(file File, at int64, parts ...[]byte) (end int64, err error) {
	for _, part := range parts {
		for len(part) > 0 {
			n, err := file.WriteAt(part[:min(piece, len(part))], at)
			part, at = part[n:], at+int64(n)
			if err != nil {
				return at, err
			}
		}
	}
	return at, nil
}
