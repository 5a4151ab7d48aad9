package store

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/vectors/index"
)

// Open opens, or makes, the store of id below cache, and reads nothing of it but its
// manifest: Load does. cache "" means memory only. It never fails: Health says what was
// wrong.
func Open(cache string, id Identity) *Store { return OpenOn(System(), cache, id) }

// OpenOn is Open on another file system.
func OpenOn(sys FS, cache string, id Identity) *Store {
	s := newStore(sys, cache, id)
	if s.dir == "" {
		return s
	}
	err := s.keepOpen()
	if err != nil {
		_ = s.detach(err)
	} else {
		_ = sys.Touch(s.path(openName), time.Now())
	}
	_ = s.attach() // Load tries again, and sees why not
	return s
}

// keepOpen makes the directory and takes the lock that keeps it from being removed. Who
// removes an index at this moment is waited for: then there is a new one.
func (s *Store) keepOpen() (err error) {
	for range 10 {
		if err = s.sys.MkdirAll(s.dir); err != nil {
			return err
		}
		if s.open, err = s.lock(openName, true); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return err
}

// OpenReadOnly is Open for looking: it takes no lock and writes nothing, so it is no
// matter whether another process writes, and Health says what Load would mend.
func OpenReadOnly(cache string, id Identity) *Store { return lookOn(System(), cache, id, moment) }

// lookOn is OpenReadOnly on another file system, with another way to wait between looks.
func lookOn(sys FS, cache string, id Identity, pause func(ctx context.Context)) *Store {
	s := newStore(sys, cache, id)
	s.detached, s.readOnly, s.pause = true, true, pause
	if s.dir != "" {
		_ = s.attach()
	}
	return s
}

func newStore(sys FS, cache string, id Identity) *Store {
	s := &Store{sys: sys, id: id, health: HealthOK, newEpoch: rand.Uint64, patience: patience}
	if cache == "" {
		s.health, s.detached = HealthMemory, true
		return s
	}
	s.dir = filepath.Join(Directory(cache, id.Root), directoryName(id))
	return s
}

// baseFile is a segment of the current generation.
type baseFile struct {
	segmentFile
	m       *mapping
	segment *index.Segment
	fault   error // why it is of no use
}

// readManifest returns fs.ErrNotExist, errForeign with what the file is, or why it could
// not be read.
func (s *Store) readManifest() (m manifest, info fs.FileInfo, err error) {
	name := s.path(manifestName)
	// First the look, then the reading: what is replaced between them is read again.
	if info, err = s.sys.Stat(name); err != nil {
		return m, nil, err
	}
	f, err := s.sys.Open(name, os.O_RDONLY)
	if err != nil {
		return m, nil, err
	}
	defer f.Close()
	size, err := f.Size()
	if err != nil {
		return m, nil, err
	}
	if size > mostManifest {
		return m, nil, fmt.Errorf("%w: its manifest has %d bytes", errForeign, size)
	}
	data := make([]byte, size)
	n, err := f.ReadAt(data, 0)
	if err != nil && err != io.EOF {
		return m, nil, err
	}
	data = data[:n]
	m, err = decodeManifest(data, s.id)
	return m, info, err
}

// attach reads the manifest, maps the segments and opens the log, and knows nothing of
// what that holds. s.mu is held.
func (s *Store) attach() error {
	s.dropBase()
	var m manifest
	for try := 0; ; try++ {
		next, info, err := s.readManifest()
		if err != nil {
			s.current, s.seen = manifest{}, nil
			return err
		}
		// The files of a generation may be removed before they are opened, if there is
		// another one by then.
		again := try > 0 && next.generation == m.generation
		m = next
		base, gone, err := s.mapBase(&m)
		if err != nil {
			return err
		}
		log, err := s.openLog(m.generation)
		if errors.Is(err, fs.ErrNotExist) {
			gone, err = true, nil
		}
		if err != nil {
			drop(base)
			return err
		}
		if gone && !again && try < 10 {
			drop(base)
			if log != nil {
				log.Close()
			}
			continue
		}
		if s.log != nil {
			s.log.Close()
		}
		s.current, s.seen, s.base, s.log = m, info, base, log
		return nil
	}
}

// openLog opens the log of a generation for what this store does with it.
func (s *Store) openLog(generation uint64) (File, error) {
	flag := os.O_RDWR
	if s.detached {
		flag = os.O_RDONLY
	}
	f, err := s.sys.Open(s.path(logName(generation)), flag)
	if err != nil && flag == os.O_RDWR && !errors.Is(err, fs.ErrNotExist) {
		_ = s.detach(err)
		f, err = s.sys.Open(s.path(logName(generation)), os.O_RDONLY)
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}

// mapBase maps the segments of a generation; gone tells that one is not there.
func (s *Store) mapBase(m *manifest) (base []*baseFile, gone bool, err error) {
	for _, file := range m.segments {
		b := &baseFile{segmentFile: file}
		base = append(base, b)
		f, err := s.sys.Open(s.path(file.name()), os.O_RDONLY)
		if errors.Is(err, fs.ErrNotExist) {
			b.fault, gone = fmt.Errorf("%s is missing", file.name()), true
			continue
		}
		if err == nil {
			var size int64
			if size, err = f.Size(); err == nil && size != file.bytes {
				b.fault = fmt.Errorf("%s has %d of %d bytes", file.name(), size, file.bytes)
			} else if err == nil {
				b.m, err = mapPart(s.sys, f, 0, int(file.bytes))
			}
			f.Close() // a mapping stays
		}
		if err != nil {
			drop(base)
			return nil, false, err
		}
	}
	return base, gone, nil
}

func drop(base []*baseFile) {
	for _, b := range base {
		if b.m != nil {
			b.m.release()
			b.m = nil
		}
	}
}

func (s *Store) dropBase() {
	drop(s.base)
	s.base = nil
}

// comparison reads the pieces of segments and compares their sums.
type comparison struct {
	base []*baseFile
	jobs []pieceOf
	next atomic.Int64
	bad  []atomic.Bool // by segment
}

type pieceOf struct{ file, piece int }

func newComparison(base []*baseFile) *comparison {
	c := &comparison{base: base, bad: make([]atomic.Bool, len(base))}
	for i, b := range base {
		for p := range b.sums {
			if b.fault == nil {
				c.jobs = append(c.jobs, pieceOf{i, p})
			}
		}
	}
	return c
}

// work does what is left; several may do so at once. An error of stop ends it.
func (c *comparison) work(stop func() error) error {
	for n := c.next.Add(1) - 1; n < int64(len(c.jobs)); n = c.next.Add(1) - 1 {
		if err := stop(); err != nil {
			return err
		}
		j := c.jobs[n]
		data := c.base[j.file].m.data[j.piece*piece:]
		if crc32.Checksum(data[:min(piece, len(data))], castagnoli) != c.base[j.file].sums[j.piece] {
			c.bad[j.file].Store(true)
		}
	}
	return nil
}

// finish notes what was found.
func (c *comparison) finish() {
	for i, b := range c.base {
		if c.bad[i].Load() {
			b.fault = fmt.Errorf("the checksum of %s is wrong", b.name())
		}
	}
}

// verify compares the sums of all that is mapped, and opens the segments. What is wrong
// with one is its fault. The error is that of ctx, or says that something could not be
// read.
func (s *Store) verify(ctx context.Context, base []*baseFile) error {
	c := newComparison(base)
	work := func(ctx context.Context) error {
		return c.work(func() error { return context.Cause(ctx) })
	}
	err := Guard(func() error {
		const pays = 8 // pieces, about a millisecond: two goroutines take half as long
		if len(c.jobs) < pays {
			return work(ctx)
		}
		return tasks.Run(ctx, func(ctx context.Context, g *tasks.Group) error {
			g.Go(func(ctx context.Context) error { GuardTask(); return work(ctx) })
			return work(ctx)
		})
	})
	if err != nil {
		return err
	}
	c.finish()
	return s.openBase(base)
}

// openBase opens the segments of base whose sums are right.
func (s *Store) openBase(base []*baseFile) error {
	return Guard(func() error {
		for _, b := range base {
			if b.fault != nil {
				continue
			}
			var err error
			if b.segment, err = b.m.open(b.m.data); err == nil && b.segment.Dimensions() != s.id.Dimensions {
				err = fmt.Errorf("rows of %d dimensions", b.segment.Dimensions())
			}
			if err == nil {
				err = b.segment.Check()
			}
			if err != nil {
				b.fault = fmt.Errorf("%s: %w", b.name(), err)
			}
		}
		return nil
	})
}

// adopt hands the segments of base that are of use to the caller, and notes that it has
// them.
func (s *Store) adopt() []index.Piece {
	s.stored = map[*index.Segment]segmentFile{}
	var pieces []index.Piece
	for _, b := range s.base {
		if b.fault == nil {
			s.stored[b.segment] = b.segmentFile
			pieces = append(pieces, index.Piece{Segment: b.segment, Dead: b.dead})
		}
	}
	s.dropBase()
	s.synced = true
	return pieces
}

// Load verifies and returns all that is stored. It is called once, first. Where
// something is damaged, the rest is returned, and what is on disk is mended unless the
// store is for looking. The error is that of ctx.
func (s *Store) Load(ctx context.Context) (News, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	news := News{Whole: true}
	if s.dir == "" {
		return news, nil
	}
	if s.readOnly {
		return s.look(ctx)
	}
	for {
		var torn error
		err := s.exclusively(func() (err error) {
			news.Changes, torn, err = s.loadLog()
			return err
		})
		if err != nil {
			_ = s.detach(err)
			return News{Whole: true}, nil
		}
		if err := s.verify(ctx, s.base); err != nil {
			if ctx.Err() != nil {
				return News{}, context.Cause(ctx)
			}
			_ = s.detach(err)
			return News{Whole: true}, nil
		}
		faults := faultsOf(s.base)
		current, broken := s.current, len(faults) > 0 || s.end == 0
		news.Pieces = s.adopt()
		if torn != nil {
			faults = append(faults, torn)
		}
		if len(faults) == 0 {
			break
		}
		if s.health == HealthOK {
			s.health = repaired + joined(faults)
		}
		if !broken {
			break
		}
		overtaken := false
		err = s.exclusively(func() error {
			if s.detached {
				return nil
			}
			if now, err := s.counts(); err != nil || !now.is(&current) {
				overtaken = err == nil
				return err
			}
			return s.mend(news.Pieces)
		})
		if err != nil {
			_ = s.detach(err)
		}
		if !overtaken {
			break
		}
		s.health, s.seen = HealthOK, nil
	}
	if !s.detached {
		s.prune(time.Now())
	}
	return news, nil
}

func faultsOf(base []*baseFile) (faults []error) {
	for _, b := range base {
		if b.fault != nil {
			faults = append(faults, b.fault)
		}
	}
	return faults
}

func joined(faults []error) (text string) {
	for i, err := range faults {
		if i > 0 {
			text += "; "
		}
		text += err.Error()
	}
	return text
}

// loadLog reads the log of the generation that counts, which it attaches; where there
// is none that is of use, it begins one. torn says what was dropped. The lock is held.
func (s *Store) loadLog() (changes []Change, torn, err error) {
	now, err := s.counts()
	if err == nil && (s.seen == nil || !now.is(&s.current)) {
		err = s.attach()
	}
	switch {
	case err == nil:
	case s.detached && errors.Is(err, fs.ErrNotExist):
		return nil, nil, nil // and the health says why nothing is written
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil, s.begin(manifest{})
	case errors.Is(err, errForeign):
		if s.detached {
			return nil, nil, nil
		}
		s.health = rebuilt + err.Error()
		return nil, nil, s.begin(manifest{})
	default:
		return nil, nil, err
	}
	if changes, torn, err = s.readLog(0); err != nil || torn == nil || s.end == 0 || s.detached {
		return changes, torn, err
	}
	return changes, torn, s.truncate()
}

// truncate drops what stands behind the last whole record. On Windows a file that is
// mapped cannot be cut: then it is written over.
func (s *Store) truncate() error {
	if err := s.log.Truncate(s.end); err != nil && !mappedFilesStay {
		return err
	}
	return nil
}

// counts returns the generation and the epoch that count.
func (s *Store) counts() (m manifest, err error) {
	f, err := s.sys.Open(s.path(manifestName), os.O_RDONLY)
	if err != nil {
		return m, err
	}
	defer f.Close()
	head := make([]byte, manifestHeader)
	if _, err := f.ReadAt(head, 0); err != nil && err != io.EOF {
		return m, err
	}
	r := reader{data: head[len(magic)+6*4:]}
	m.generation, m.epoch = r.u64(), r.u64()
	return m, nil
}

// look is Load for OpenReadOnly.
func (s *Store) look(ctx context.Context) (News, error) {
	news := News{Whole: true}
	changes, torn, err := s.settledLog(ctx)
	news.Changes = changes
	if err == nil {
		err = s.verify(ctx, s.base)
	}
	if ctx.Err() != nil {
		return News{}, context.Cause(ctx)
	}
	faults := faultsOf(s.base)
	if torn != nil {
		faults = append(faults, torn)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return news, nil
	case errors.Is(err, errForeign):
		faults = []error{err}
	case err != nil:
		s.health = "unreadable: " + err.Error()
		return News{Whole: true}, nil
	}
	if len(faults) > 0 {
		s.health = damaged + joined(faults) + "; the next search mends it"
	}
	news.Pieces = s.adopt()
	return news, nil
}

const (
	// looks is how often a log is read that ends with a torn record, before that is taken
	// for damage: a process that is appending leaves one for as long as it writes.
	looks = 4
	// lookEvery is how long one waits between them: a batch is written in less.
	lookEvery = 20 * time.Millisecond
)

// moment waits between two looks.
func moment(ctx context.Context) { _ = tasks.Sleep(ctx, lookEvery) }

// settledLog attaches what counts and reads its log, again after a moment where a process
// seems to be appending to it.
func (s *Store) settledLog(ctx context.Context) (changes []Change, torn, err error) {
	for look := 1; ; look++ {
		if err = s.attach(); err == nil {
			changes, torn, err = s.readLog(0)
		}
		if err != nil || torn == nil || look == looks || ctx.Err() != nil {
			return changes, torn, err
		}
		s.pause(ctx)
	}
}

// mend begins a generation of what is whole. s.mu and the lock are held.
func (s *Store) mend(pieces []index.Piece) error {
	next := manifest{epoch: s.newEpoch()}
	for _, p := range pieces {
		next.segments = append(next.segments, s.stored[p.Segment])
	}
	if s.end == 0 {
		return s.begin(next)
	}
	return s.switchTo(0, next, position{logHeader, s.first(), s.current.last})
}

// first returns the sum before the first record of the current log, which was read.
func (s *Store) first() uint32 {
	var head [logHeader]byte
	if _, err := s.log.ReadAt(head[:], 0); err != nil {
		return 0
	}
	chain, _ := checkLogHeader(head[:], &s.current, s.id)
	return chain
}

// generations returns the numbers of the directories that are there.
func (s *Store) generations() (numbers []uint64) {
	entries, _ := s.sys.ReadDir(s.dir)
	for _, e := range entries {
		var n uint64
		if k, err := fmt.Sscanf(e.Name(), "gen-%d", &n); err == nil && k == 1 && e.IsDir() {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	return numbers
}
