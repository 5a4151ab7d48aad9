package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/semantic-ls/semantic-ls/vectors/index"
)

// position is a place in the current log: behind a record.
type position struct {
	at     int64
	chain  uint32 // sum of that record
	number uint64
}

func (s *Store) here() position { return position{s.end, s.chain, s.number} }

// begin begins an epoch with the segments of next and no changes. s.mu and the lock are
// held.
func (s *Store) begin(next manifest) error {
	next.epoch = s.newEpoch() // not that of any other, whoever made it
	return s.switchTo(0, next, s.here())
}

// switchTo makes the manifest next the one that counts, with the changes behind from,
// in the directory of that number, or in a new one. Until the very last step nothing has
// changed for anybody. s.mu and the lock are held.
func (s *Store) switchTo(directory uint64, next manifest, from position) (err error) {
	if directory == 0 {
		if directory, err = s.makeGeneration(); err != nil {
			return err
		}
	}
	next.generation, next.last = directory, from.number
	name := logName(directory)
	log, err := s.sys.Open(s.path(name), os.O_RDWR|os.O_CREATE|os.O_EXCL)
	if err != nil {
		return err
	}
	end, err := writeAt(log, 0, encodeLogHeader(&next, from.chain, s.id))
	for at := from.at; err == nil && at < s.end; {
		part := make([]byte, min(piece, s.end-at))
		if _, err = s.log.ReadAt(part, at); err == nil {
			end, err = writeAt(log, end, part)
		}
		at += int64(len(part))
	}
	if err == nil {
		err = s.replaceManifest(next.encode(s.id))
	}
	if err != nil {
		log.Close()
		_ = s.sys.Remove(s.path(name))
		_ = s.sys.Remove(s.path(fmt.Sprintf("gen-%d", directory)))
		return fmt.Errorf("writing %s: %w", s.path(name), err)
	}
	if s.log != nil {
		s.log.Close()
	}
	s.current, s.log, s.end = next, log, end
	s.seen, _ = s.sys.Stat(s.path(manifestName))
	s.unsynced = append(s.unsynced, s.path(manifestName))
	return nil
}

func (s *Store) replaceManifest(data []byte) error {
	name := s.path(manifestName)
	// Whatever stands there, it is not waited for, followed or written through.
	_ = s.sys.Remove(name + suffixNew)
	f, err := s.sys.Open(name+suffixNew, os.O_RDWR|os.O_CREATE|os.O_EXCL)
	if err != nil {
		return err
	}
	_, err = writeAt(f, 0, data)
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = s.sys.Rename(name+suffixNew, name)
	}
	if err != nil {
		_ = s.sys.Remove(name + suffixNew)
	}
	return err
}

// makeGeneration makes the directory of a generation that was not there.
func (s *Store) makeGeneration() (number uint64, err error) {
	number = s.current.generation
	if there := s.generations(); len(there) > 0 {
		number = max(number, there[len(there)-1])
	}
	for range 100 { // others may do so at the same time
		number++
		err = s.sys.Mkdir(s.path(fmt.Sprintf("gen-%d", number)))
		if !errors.Is(err, fs.ErrExist) {
			return number, err
		}
	}
	return 0, err
}

// Reset forgets everything stored, for other processes too. Where that fails, the store
// goes on in memory only.
func (s *Store) Reset() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.detached {
		s.forgotten = s.held
		return nil
	}
	err := s.exclusively(func() error {
		if s.detached {
			s.forgotten = s.held
			return errors.New(s.health)
		}
		// What is damaged is what begins anew.
		if _, err := s.catchUp(true); err != nil && !errors.Is(err, errDamaged) && !errors.Is(err, errTorn) {
			return err
		}
		if err := s.begin(manifest{}); err != nil {
			return err
		}
		s.stored, s.synced = map[*index.Segment]segmentFile{}, true
		s.health = HealthOK
		return nil
	})
	if err != nil && !s.detached {
		return s.detach(err)
	}
	return err
}

// Checkpoint replaces what is stored by the same in fewer segments. It is begun,
// given the segments to Keep, and committed or aborted; others append meanwhile. Not
// safe for concurrent use.
type Checkpoint struct {
	s         *Store
	unlock    func() error
	begun     manifest // that it begins from
	from      position
	directory uint64 // of the new generation; 0: not made
	kept      map[*index.Segment]segmentFile
	names     []string // of what was written
}

// Begin returns nil where there is nothing to write, or another process writes one, or
// where nobody can, which the health says. The
// index that the caller has after it has called apply, which it must while nothing else
// changes that, is what the checkpoint is of.
func (s *Store) Begin(apply func(News)) *Checkpoint {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.detached || s.log == nil {
		return nil
	}
	unlock, err := s.sys.Lock(s.path(compactName), false)
	if err != nil {
		if !errors.Is(err, ErrLocked) {
			s.health = unmerged + err.Error()
		}
		return nil
	}
	if strings.HasPrefix(s.health, unmerged) {
		s.health = HealthOK
	}
	begun := false
	defer func() {
		if !begun { // also where apply meets a fault
			_ = unlock()
		}
	}()
	news, err := s.catchUp(false)
	if err == nil && !s.synced {
		if !news.Empty() {
			apply(news)
		}
		news, err = s.reload(false)
	}
	if err != nil {
		if errors.Is(err, errDamaged) {
			_ = s.detach(err)
		}
		return nil // an Append will say so
	}
	if !news.Empty() {
		apply(news)
	}
	begun = true
	return &Checkpoint{
		s: s, unlock: unlock, begun: s.current, from: s.here(),
		kept: map[*index.Segment]segmentFile{},
	}
}

// Stored reports whether a segment has a file of its own: keeping it costs nothing.
func (s *Store) Stored(seg *index.Segment) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.stored[seg]
	return ok
}

// Keep writes a segment, unless it has a file, and returns the same in its file. When ctx
// ends first, its cause is the error.
func (c *Checkpoint) Keep(ctx context.Context, seg *index.Segment) (*index.Segment, error) {
	s := c.s
	s.mu.Lock()
	file, ok := s.stored[seg]
	s.mu.Unlock()
	if ok {
		c.kept[seg] = file
		return seg, nil
	}
	if c.directory == 0 {
		var err error
		if c.directory, err = s.makeGeneration(); err != nil {
			return nil, err
		}
	}
	var data []byte
	if err := Guard(func() error { data = seg.Bytes(); file.sums = sumsOf(data); return nil }); err != nil {
		return nil, err
	}
	file.generation, file.number, file.bytes = c.directory, uint64(len(c.names)), int64(len(data))
	name := s.path(file.name())
	c.names = append(c.names, name, name+suffixNew)
	m, err := c.write(ctx, name, data)
	if err != nil {
		return nil, fmt.Errorf("writing %s: %w", name, err)
	}
	defer m.release()
	mapped, err := m.open(m.data)
	if err != nil {
		return nil, err
	}
	c.kept[mapped] = file
	return mapped, nil
}

// write writes data to a file of that name and maps it.
func (c *Checkpoint) write(ctx context.Context, name string, data []byte) (*mapping, error) {
	s := c.s
	f, err := s.sys.Open(name+suffixNew, os.O_RDWR|os.O_CREATE|os.O_EXCL)
	if err != nil {
		return nil, err
	}
	for at := 0; err == nil && at < len(data); at += piece {
		if err = context.Cause(ctx); err == nil {
			_, err = writeAt(f, int64(at), data[at:min(at+piece, len(data))])
		}
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = s.sys.Rename(name+suffixNew, name)
	}
	if err != nil {
		return nil, err
	}
	if f, err = s.sys.Open(name, os.O_RDONLY); err != nil {
		return nil, err
	}
	defer f.Close()
	return mapPart(s.sys, f, 0, len(data))
}

// ErrOvertaken is returned where another process has begun an epoch meanwhile: the index
// is what apply was told.
var ErrOvertaken = errors.New("another process has written the index anew")

// Commit makes pieces, whose segments were kept, the base of what is stored. They are the
// index as it was at Begin; what was appended since stays behind them. apply is called
// with what other processes have appended. Where it fails, what is stored is as it was,
// and appending goes on.
func (c *Checkpoint) Commit(pieces []index.Piece, apply func(News)) error {
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	done := false
	defer func() {
		if !done {
			c.abort()
		}
	}()
	if s.detached {
		return nil
	}
	next := manifest{epoch: c.begun.epoch}
	for _, p := range pieces {
		file := c.kept[p.Segment]
		file.dead = p.Dead
		next.segments = append(next.segments, file)
	}
	unlock, err := s.lock(lockName, false)
	if err != nil {
		return err
	}
	defer func() { _ = unlock() }()
	news, err := s.catchUp(true)
	if !news.Empty() {
		apply(news)
	}
	if err == nil && !s.current.is(&c.begun) {
		err = ErrOvertaken
	}
	if err == nil {
		err = s.switchTo(c.directory, next, c.from)
	}
	if err != nil {
		return err
	}
	done = true
	s.stored, s.synced, s.health = map[*index.Segment]segmentFile{}, true, HealthOK
	for i, p := range pieces {
		s.stored[p.Segment] = next.segments[i]
	}
	for i := 0; i < len(c.names); i += 2 {
		s.unsynced = append(s.unsynced, c.names[i])
	}
	s.remove(s.unlisted())
	_ = c.unlock()
	return nil
}

// Abort leaves what is stored as it was.
func (c *Checkpoint) Abort() {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.abort()
}

func (c *Checkpoint) abort() {
	if c.directory != 0 {
		c.s.remove(append(c.names, c.s.path(fmt.Sprintf("gen-%d", c.directory))))
	}
	_ = c.unlock()
}
