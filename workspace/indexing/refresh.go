package indexing

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"math"
	"runtime"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/vectors/store"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/ignore"
)

const (
	// batchBytes and batchFiles bound what is published at once, at first. Half a megabyte
	// takes 25 ms of one core, which is what a cancelled Refresh may lose.
	batchBytes = 512 << 10
	batchFiles = 128
	// The first batches are small, so that what comes first in the order is found while
	// the rest is read: of 8 files, then 32.
	firstFiles     = 8
	growingBatches = 2
	// Later ones double every so many, up to batchBytes << mostDoublings: a batch's
	// identifiers are cut once, so that large ones take a sixth less time.
	doublingBatches = 4
	mostDoublings   = 3
	// Of a remote model a batch is about one request of 64 chunks, so that what was
	// paid for is soon kept, and as many are under way as keep every connection
	// that it may have busy.
	remoteBatchBytes = 64 << 10
	remoteBatchFiles = 16
	remoteWorkers    = 16
	// manySegments is when those that have no file of their own are merged into one. When
	// there are tooMany, because that takes longer than reading, reading waits for it.
	manySegments = 24
	tooMany      = 4 * manySegments
	// After a Refresh there are fewSegments, and as much in the log as is read and
	// verified in half a millisecond.
	fewSegments = 8
	fewChanges  = 64
	fewBytes    = 4 << 20
	// spareBytes is what the store may hold beside twice the index before an Update
	// rewrites it: with it, some hundred saves of a file in a small project share
	// one rewrite.
	spareBytes = 1 << 20
	// raceWindow is how fresh a file may be for its time stamp not to be trusted: a
	// write within the same tick of the file system's clock (4 ms on Linux) leaves
	// it as it was. A stamp of whole seconds comes from one that counts seconds, or
	// two of them (FAT).
	raceWindow       = 20 * time.Millisecond
	coarseRaceWindow = 2 * time.Second
	// aheadWindow is how far ahead of the clock a stamp may be for it to count as fresh: a
	// server's clock that runs ahead by more is no reason to read its files at every
	// refresh, since what is written after this look has another stamp.
	aheadWindow = time.Minute
)

// Refresh brings a folder up to date: it walks it, reads what is new or changed,
// publishes it batch by batch and drops what is gone. report, which may be nil,
// is called when the walk has ended and after every batch, never concurrently. When ctx ends, Refresh returns
// its cause; batches published before stay, in memory and on disk. A second
// Refresh of one folder waits for the first.
func (e *Engine) Refresh(ctx context.Context, root string, report func(Progress)) error {
	f, err := e.folder(root)
	if err != nil {
		return err
	}
	select {
	case f.refreshing <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if f.unborn && e.born(ctx, f) {
		<-f.refreshing
		return e.Refresh(ctx, root, report)
	}
	defer func() { <-f.refreshing }()

	start := time.Now()
	f.begin()
	read, err := e.refreshAlone(ctx, f, report)
	e.say(f, f.store.Health())
	switch {
	case err == nil:
		e.complete(f, true)
		f.ready()
		e.cfg.Log.Info("indexed", zap.String("folder", f.root), zap.Int("files", read), zap.Duration("took", time.Since(start)))
	case ctx.Err() != nil:
		err = context.Cause(ctx)
		f.pause(errors.Is(err, ErrPaused))
	default:
		f.setState(StateFailed, err.Error())
		e.cfg.Log.Error("indexing", zap.String("folder", f.root), zap.Error(err))
	}
	return err
}

// errVoid is returned where the index was begun anew while it was brought up to date, again
// and again.
var errVoid = errors.New("the index was begun anew meanwhile: the next save or refresh reads what is missing")

// refreshAlone is refresh while no other process does the same. What is lost meanwhile, or
// void since another process has begun the index anew, is read again at once.
func (e *Engine) refreshAlone(ctx context.Context, f *folder, report func(Progress)) (read int, err error) {
	if err := e.guard(ctx, func() error { f.comeBack(); return nil }); err != nil {
		return 0, err
	}
	release, err := e.claim(ctx, f, report)
	if err != nil {
		return 0, err
	}
	defer release()
	for range 3 {
		f.walks()
		err = e.guard(ctx, func() (err error) { read, err = e.refresh(ctx, f, report); return err })
		switch {
		case errors.Is(err, store.ErrFault):
		case err == nil && !f.isSound():
			err = errVoid
		default:
			return read, err
		}
	}
	return read, err
}

// refresh returns how many files it read.
func (e *Engine) refresh(ctx context.Context, f *folder, report func(Progress)) (int, error) {
	todo, gone, turn, err := e.survey(ctx, f)
	if err != nil {
		return 0, err
	}
	e.stored(f, f.remove(gone, turn, false))
	if err := e.freshen(ctx, f, todo, turn); err != nil {
		return 0, err
	}
	if err := f.dimensions(); err != nil {
		return 0, err
	}
	if len(todo) > 0 {
		if err := e.readAll(ctx, f, todo, turn, report); err != nil {
			return 0, err
		}
	}
	if f.unsettled() {
		err = e.compact(ctx, f, true)
	}
	return len(todo), err
}

// survey walks the folder and compares: what has to be read, and what is gone.
// turn is the folder's count of Updates when it began.
func (e *Engine) survey(ctx context.Context, f *folder) (todo []workspace.Entry, gone []string, turn uint64, err error) {
	f.catchUp()
	f.publishing.Lock()
	turn = f.turn
	clear(f.learned)
	clear(f.touched) // no other Refresh runs, and this one has read nothing yet
	old := f.former.Load()
	if old != nil {
		clear(old.touched)
	}
	f.publishing.Unlock()
	snapshot := f.index.Snapshot()
	found, err := workspace.Discover(ctx, f.root, workspace.Options{MaxFileSize: e.cfg.MaxFileSize, Unit: e.unit})
	if err != nil {
		return nil, nil, 0, err
	}
	rules, err := ignore.Root(f.root)
	if err != nil {
		return nil, nil, 0, err
	}
	waiting, behind := 0, map[string]bool{}
	still, stillOld := 0, 0 // there
	inner, left := f.inner(e.all()), 0
	err = e.inUnits(ctx, len(found.Entries), func(i int) {
		entry := found.Entries[i]
		d := compare(snapshot, f.root, entry)
		if d.known {
			still++
		}
		if within(entry.Path, inner) {
			if old != nil && compare(old.index.Snapshot(), f.root, entry).known {
				stillOld++
			}
			left++
			return
		}
		if d.changed {
			waiting++
		}
		if old != nil {
			o := compare(old.index.Snapshot(), f.root, entry)
			if o.known {
				stillOld++
			}
			if o.changed {
				behind[entry.Path] = true
			}
			d.read = d.read || o.read
		}
		if d.read {
			todo = append(todo, entry)
		}
	})
	if err == nil {
		todo, err = e.ordered(ctx, todo, e.openIn(f), time.Now())
	}
	if counts := snapshot.Counts(f.root); err == nil && still < counts.Files+counts.Skipped {
		gone, err = e.missingOf(ctx, snapshot, f, found.Entries)
	}
	if err == nil && old != nil {
		snapshot := old.index.Snapshot()
		if counts := snapshot.Counts(f.root); stillOld < counts.Files+counts.Skipped {
			var more []string
			more, err = e.missingOf(ctx, snapshot, f, found.Entries)
			gone = slices.Compact(slices.Sorted(slices.Values(append(gone, more...))))
		}
	}
	if err != nil {
		return nil, nil, 0, err
	}
	f.forgetVerdicts(rules)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.walked, f.waiting, f.listed, f.left = true, waiting, len(found.Entries)-left, left
	f.skipped = slices.DeleteFunc(found.Skipped, func(s workspace.Skipped) bool { return within(s.Path, inner) })
	f.warnings = found.Warnings
	if old != nil {
		old.behind = behind
	}
	clear(f.pending) // the walk has seen them
	return todo, gone, turn, nil
}

// difference between a file that was found and what is indexed of it.
type difference struct {
	known   bool // something is
	read    bool // it has to be read
	changed bool // most likely what it says has changed
}

func compare(snapshot *index.Snapshot, root string, entry workspace.Entry) difference {
	known, ok := snapshot.Find(root, entry.Path)
	same := ok && known.Size == entry.Size && (known.Inode == entry.Inode || known.Inode == 0) // 0: it could not be read
	switch {
	case same && known.ModTime == entry.ModTime:
		return difference{known: ok}
	case same && known.ModTime == 0:
		return difference{known: ok, read: true} // to be looked at once more
	}
	return difference{known: ok, read: true, changed: true}
}

// missingOf returns the paths that are in the snapshot and not among entries.
func (e *Engine) missingOf(ctx context.Context, snapshot *index.Snapshot, f *folder, entries []workspace.Entry) (gone []string, err error) {
	here := make(map[string]bool, len(entries))
	err = e.inUnits(ctx, len(entries), func(i int) { here[entries[i].Path] = true })
	if err != nil {
		return nil, err
	}
	err = e.unit(ctx, func() error {
		snapshot.Files(f.root, func(file index.File) bool {
			if !here[file.Path] {
				gone = append(gone, file.Path)
			}
			return true
		})
		return nil
	})
	return gone, err
}

// Survey walks a folder and compares it with its index, for Status, and reads
// no file.
func (e *Engine) Survey(ctx context.Context, root string) error {
	f, err := e.folder(root)
	if err != nil {
		return err
	}
	return e.guard(ctx, func() error {
		_, _, _, err := e.survey(ctx, f)
		return err
	})
}

// readAll reads and publishes entries, in batches taken in order by as many
// workers as can be of use.
func (e *Engine) readAll(ctx context.Context, f *folder, entries []workspace.Entry, turn uint64, report func(Progress)) error {
	var (
		mu    sync.Mutex // guards all below, and makes reports follow each other
		rest  = entries
		left  = sizeOf(entries)
		open  = e.openIn(f)
		inner = f.inner(e.all()) // what is in those was left out of entries
		taken int                // batches
		done  int                // files
	)
	workers := runtime.GOMAXPROCS(0) // the limiter says how many of them work at a time
	if !e.local() {
		workers = remoteWorkers
	}
	take := func() (batch []workspace.Entry) {
		mu.Lock()
		defer mu.Unlock()
		if now := e.openIn(f); !maps.Equal(now, open) {
			open = now
			rest = openFirst(rest, open)
		}
		if now := f.inner(e.all()); !slices.Equal(now, inner) {
			inner = now
			all := len(rest)
			rest = slices.DeleteFunc(slices.Clone(rest), func(entry workspace.Entry) bool { return within(entry.Path, inner) })
			left = sizeOf(rest)
			done += all - len(rest)
			f.leaveToOthers(all - len(rest))
		}
		// At the end no worker is to wait long for the last batch of another.
		doublings := min(mostDoublings, taken/doublingBatches)
		for doublings > 0 && left < int64(2*workers)*batchBytes<<doublings {
			doublings--
		}
		n := e.batchLength(rest, doublings)
		if taken < growingBatches {
			n = min(n, firstFiles<<(2*taken))
		}
		taken++
		batch, rest = rest[:n], rest[n:]
		left -= sizeOf(batch)
		return batch
	}
	finished := func(batch []workspace.Entry) {
		mu.Lock()
		defer mu.Unlock()
		done += len(batch)
		f.setWaiting(len(entries) - done)
		if report != nil {
			p := Progress{Done: done, Total: len(entries), Flushed: f.store.Flushed()}
			for _, entry := range batch {
				p.Paths = append(p.Paths, entry.Path)
			}
			report(p)
		}
	}
	if report != nil {
		report(Progress{Total: len(entries), Flushed: f.store.Flushed()})
	}
	return tasks.Run(ctx, func(ctx context.Context, g *tasks.Group) error {
		for range workers {
			g.Go(func(ctx context.Context) error {
				store.GuardTask()
				for batch := take(); len(batch) > 0; batch = take() {
					if err := e.readBatch(ctx, f, batch, turn, false); err != nil {
						return err
					}
					finished(batch)
				}
				return nil
			})
		}
		return nil
	})
}

func sizeOf(entries []workspace.Entry) (bytes int64) {
	for _, entry := range entries {
		bytes += entry.Size
	}
	return bytes
}

// batchLength returns how many of the entries, of which there is one, make a batch of
// the first size doubled so many times; of a remote model all are of one size.
func (e *Engine) batchLength(entries []workspace.Entry, doublings int) int {
	files, most := batchFiles<<doublings, int64(batchBytes)<<doublings
	if !e.local() {
		files, most = remoteBatchFiles, remoteBatchBytes
	}
	var bytes int64
	for n, entry := range entries {
		if bytes += entry.Size; n == files || n > 0 && bytes > most {
			return n
		}
	}
	return len(entries)
}

// readBatch reads, cuts, embeds and publishes some files, but for what an Update
// has published since turn. touch tells that this is an Update, which others have
// to look out for.
func (e *Engine) readBatch(ctx context.Context, f *folder, batch []workspace.Entry, turn uint64, touch bool) error {
	for {
		old, err := e.readBatchOnce(ctx, f, batch, turn, touch)
		if err != nil {
			return err
		}
		if !old {
			return e.compactSmall(ctx, f)
		}
	}
}

// readBatchOnce publishes nothing, and reports that what it has read may be old, if this
// process has meanwhile learned of what others had published and merged.
func (e *Engine) readBatchOnce(
	ctx context.Context, f *folder, batch []workspace.Entry, turn uint64, touch bool,
) (old bool, err error) {
	began := uint64(math.MaxUint64)
	if !touch {
		began = f.turnNow()
	}
	documents, gone, err := e.readFiles(ctx, f, batch)
	if err != nil {
		return false, err
	}
	err = e.keepUp(ctx, f, documents, turn, touch)
	if err == nil {
		err = f.dimensions()
	}
	present := e.present(f)
	documents, known := f.news(documents)
	if err == nil {
		err = e.embed(ctx, f, present, documents, tasks.Background)
	}
	for err == nil && !old {
		var seg *index.Segment
		if len(documents) > 0 {
			if seg, err = e.build(ctx, present, documents, tasks.Background); err != nil {
				break
			}
		}
		before := len(documents)
		published, failed := f.publish(func() (store.Change, bool) {
			if old = f.overtook > began; old {
				return store.Change{}, false
			}
			documents = slices.DeleteFunc(documents, func(d index.Document) bool { return f.overtaken(d.File.Path, turn, touch) })
			if len(documents) != before {
				return store.Change{}, false
			}
			removed := f.notSince(gone, turn, touch)
			if touch {
				for _, d := range documents {
					f.touched[d.File.Path] = turn
				}
				f.touch(removed, turn)
				f.touch(known, turn)
			}
			return store.Change{Segment: seg, Removed: removed}, true
		})
		e.stored(f, failed)
		if published {
			break
		}
	}
	return old, err
}

// readFiles reads and cuts files, and returns the paths of those that are gone.
func (e *Engine) readFiles(
	ctx context.Context, f *folder, batch []workspace.Entry,
) (documents []index.Document, gone []string, err error) {
	for _, entry := range batch {
		err = e.unit(ctx, func() error {
			d, err := e.read(f, entry)
			if errors.Is(err, fs.ErrNotExist) {
				gone = append(gone, entry.Path)
			} else {
				documents = append(documents, d)
			}
			return nil
		})
		if err != nil {
			return nil, nil, err
		}
	}
	return documents, gone, nil
}

// news returns the documents that say something else than what is indexed, and the paths
// of the others: another process, or a rule that makes a file be looked at once more, has
// been there before.
func (f *folder) news(documents []index.Document) (news []index.Document, known []string) {
	snapshot := f.index.Snapshot()
	for _, d := range documents {
		is, ok := snapshot.Find(f.root, d.File.Path)
		if ok && is.Hash == d.File.Hash && is.Size == d.File.Size && is.ModTime == d.File.ModTime && is.Inode == d.File.Inode &&
			is.Skip == d.File.Skip && is.Foreign == d.File.Foreign && is.Language == d.File.Language {
			known = append(known, d.File.Path)
		} else {
			news = append(news, d)
		}
	}
	return news, known
}

// buildBytes is how much text is built into a segment at a time: a millisecond of a
// core. It is a batch of a remote model's, which is so soon kept once it is paid for.
const buildBytes = remoteBatchBytes

// build is index.Build, some documents at a time.
func (e *Engine) build(
	ctx context.Context, ed edition, documents []index.Document, p tasks.Priority,
) (seg *index.Segment, err error) {
	b := index.NewBuilder(ed.model.Dimensions)
	if m := ed.builtin(); m != nil {
		b.Embed(m)
	}
	for rest := documents; seg == nil; {
		err := e.lend(ctx, p, func(context.Context) (err error) {
			for bytes := 0; len(rest) > 0 && bytes < buildBytes; rest = rest[1:] {
				b.Add(rest[0])
				bytes += len(rest[0].Text)
			}
			if len(rest) == 0 {
				seg, err = b.Segment()
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return seg, nil
}

// unit does background work on a core of its own: a file or some texts take about a
// millisecond, encoding a segment of a batch a few. Work on a core cannot be preempted:
// whoever comes meanwhile has it when the unit is done. Merging takes longer, 30 to 200
// ms for small segments and 0.7 s for all of a folder of 100,000 chunks, but ends within
// a millisecond when it is cancelled.
func (e *Engine) unit(ctx context.Context, work func() error) error {
	return e.lend(ctx, tasks.Background, func(context.Context) error { return work() })
}

// lend does work on a core that the limiter lends, in the background so that other
// programs go first.
func (e *Engine) lend(ctx context.Context, p tasks.Priority, work func(ctx context.Context) error) error {
	return e.cfg.Limiter.Do(ctx, p, func(ctx context.Context) error {
		if p == tasks.Background {
			defer stepBack()()
		}
		return work(ctx)
	})
}

// stored logs that a change is in memory only.
func (e *Engine) stored(f *folder, err error) {
	if err != nil {
		e.say(f, f.store.Health())
	}
}

// say logs, once, what is wrong with the store of a folder.
func (s *shared) say(f *folder, health string) {
	if health == "" || health == store.HealthOK || health == store.HealthMemory {
		return
	}
	f.mu.Lock()
	known := f.said == health
	f.said = health
	f.mu.Unlock()
	if !known {
		s.cfg.Log.Warn("stored index", zap.String("folder", f.root), zap.String("health", health))
	}
}
