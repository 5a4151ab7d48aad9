package indexing

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/semantic-ls/semantic-ls/vectors/embed"
	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/vectors/store"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/ignore"
)

// folder is one open folder: its index, the store behind it, and what is known
// of files that are in neither.
type folder struct {
	root  string
	users int // engines that have it open; guarded by its turn in shared.turns
	index *index.Index
	store *store.Store
	// former answers until the index is complete; nil where there is none, or no more.
	former    atomic.Pointer[former]
	completed atomic.Bool // the index has held all of the folder
	// unborn: the model has not said its dimensions yet, so that it can have no index. Once
	// it has, next takes the place of this folder.
	unborn bool
	next   atomic.Pointer[folder]

	finisher *finisher // one of the users, or nil; guarded as users is

	// refreshing holds a token while a Refresh runs: one walk at a time.
	refreshing chan struct{}

	// compacting holds a token while segments are merged: one at a time.
	compacting chan struct{}

	// publishing guards the order of changes: what is appended to the store is applied
	// to the index before the next change is appended. It also guards turn and touched.
	publishing sync.Mutex
	// turn counts Updates; touched says in which of them each path was published
	// last, so that a Refresh that read a file before does not publish what it read.
	turn    uint64
	touched map[string]uint64
	// learned is the same of what other processes have published: a Refresh of this one
	// has read older text, an Update has not.
	learned map[string]uint64
	// overtook is the turn in which this process has learned last of what others had published
	// and merged, so that nothing tells of which paths that was.
	overtook uint64

	changes atomic.Uint64 // files that were published, or are gone, since the folder was opened

	glanced atomic.Pointer[time.Time] // when a query has looked for what others publish

	ruling   sync.Mutex             // guards rules and verdicts; files are read under it
	rules    *ignore.Rules          // as of the last walk; nil before the first
	verdicts map[string]ignore.Skip // of rules, by path, that of a directory with a slash

	mu       sync.Mutex // guards all below, and is held for moments only
	silent   error      // of an unborn folder: why the model does not say its dimensions
	state    string
	message  string
	lost     string // why the index was dropped, until a Refresh has built it again
	anew     bool   // another process has begun the index anew, and no Refresh has walked since
	voids    uint64 // counts how often what was known of the index became void: lost, reset, begun anew
	sound    uint64 // what voids was when the Refresh that runs last began to walk
	paused   bool   // by the user, not because a client left
	walked   bool   // a walk has ended: skipped and waiting are known
	whole    bool   // a Refresh has ended well
	waiting  int    // files that a Refresh has still to read, new or changed
	listed   int    // files that the walk found, but for left; 0 once all of them are read
	left     int    // files that the last walk found in folders that are open by themselves, and left to those
	said     string // of the store's health, in the log
	skipped  []workspace.Skipped
	warnings []string            // of the last walk: files of rules that could not be used in full
	pending  map[string]bool     // paths that an Update could not index
	updating map[string]expected // paths that Updates are to index still
	asked    uint64              // counts calls of ask
	served   uint64              // what asked was when the last whole Refresh began
	serving  uint64              // the same of the one that runs
	nested   nested              // the last snapshot that hides other folders
}

func newFolder(root string) *folder {
	return &folder{
		root:       root,
		index:      index.New(root),
		refreshing: make(chan struct{}, 1),
		compacting: make(chan struct{}, 1),
		touched:    map[string]uint64{},
		learned:    map[string]uint64{},
		pending:    map[string]bool{},
		updating:   map[string]expected{},
		state:      StateReady,
	}
}

// publish makes a change visible to queries and durable. change is asked for it
// under the lock that orders changes, so that it can leave out what an Update has
// overtaken; it returns false where there is nothing to publish as it stands. The
// error is the store's: the change is published all the same.
func (f *folder) publish(change func() (store.Change, bool)) (published bool, err error) {
	f.publishing.Lock()
	defer f.publishing.Unlock()
	c, published, err := f.store.Append(func(news store.News) (store.Change, bool) {
		f.learn(news)
		return change()
	})
	if published && (c.Segment != nil || len(c.Removed) > 0) {
		f.index.Apply(c.Segment, c.Removed)
		f.forget(c.Removed)
		f.count(c)
	}
	return published, err
}

// learn applies what other processes have published. What a Refresh has read before of
// the same files is older. f.publishing is held.
func (f *folder) learn(news store.News) {
	if news.Empty() {
		return
	}
	before := f.index.Snapshot().Counts(f.root)
	news.Apply(f.index)
	for _, c := range news.Changes {
		f.forget(c.Removed)
		f.count(c)
	}
	if news.Anew {
		f.begunAnew(before.Files + before.Skipped)
	}
	if len(f.refreshing) == 0 {
		return
	}
	f.turn++
	for _, c := range news.Changes {
		for _, path := range c.Removed {
			f.learned[path] = f.turn
		}
		for i := 0; c.Segment != nil && i < c.Segment.Files(); i++ {
			f.learned[c.Segment.File(i).Path] = f.turn
		}
	}
	if news.Whole {
		f.overtook = f.turn
	}
}

// count counts the files of a change.
func (f *folder) count(c store.Change) {
	n := len(c.Removed)
	if c.Segment != nil {
		n += c.Segment.Files()
	}
	f.changes.Add(uint64(n))
}

// turnNow returns the count of turns.
func (f *folder) turnNow() uint64 {
	f.publishing.Lock()
	defer f.publishing.Unlock()
	return f.turn
}

// begunAnew notes that another process has begun the index anew, or mended it, which had
// so many files: what is missing now waits until that process, or a Refresh, has read it.
func (f *folder) begunAnew(files int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.voids++
	f.anew, f.whole = true, false
	f.listed = max(f.listed, files)
}

// voided notes that the index is empty now, and why if that is a loss.
func (f *folder) voided(lost string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.voids++
	f.lost = cmp.Or(lost, f.lost)
	f.walked, f.nested = false, nested{}
}

// walks notes that a Refresh begins to walk.
func (f *folder) walks() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sound = f.voids
}

// isSound reports whether the index still has what the last Refresh found in it.
func (f *folder) isSound() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.sound == f.voids
}

// forget drops what is gone from the former edition, if there is one. f.publishing is
// held.
func (f *folder) forget(gone []string) {
	if o := f.former.Load(); o != nil && len(gone) > 0 {
		o.index.Apply(nil, gone)
	}
}

// glanceEvery is how often queries look for what another process has published: nobody
// notices less, and a look costs a few microseconds.
const glanceEvery = 100 * time.Millisecond

// glance learns what other processes have published, and returns how the store is, "" if it
// has not looked. It waits for nobody.
func (f *folder) glance() (health string) {
	now := time.Now()
	if last := f.glanced.Load(); last != nil && now.Sub(*last) < glanceEvery || !f.publishing.TryLock() {
		return ""
	}
	defer f.publishing.Unlock()
	f.glanced.Store(&now)
	f.learn(f.store.CatchUp())
	return f.store.Health()
}

// remove publishes that paths are gone, but for those that Updates have published
// since turn; touch tells that this is an Update, too.
func (f *folder) remove(paths []string, turn uint64, touch bool) error {
	if len(paths) == 0 {
		return nil
	}
	_, err := f.publish(func() (store.Change, bool) {
		still := f.notSince(paths, turn, touch)
		if !touch && f.overtook > turn {
			still = nil // they may be there again, and else are found by the next Refresh
		}
		if touch {
			f.touch(still, turn)
		}
		return store.Change{Removed: still}, len(still) > 0
	})
	f.mu.Lock()
	defer f.mu.Unlock()
	o := f.former.Load()
	for _, p := range paths {
		delete(f.pending, p)
		if o != nil {
			delete(o.behind, p)
		}
	}
	return err
}

// has reports whether there is an indexed file at path.
func (f *folder) has(path string) bool {
	if o := f.former.Load(); o != nil && o.index.Snapshot().Has(f.root, path) {
		return true
	}
	return f.index.Snapshot().Has(f.root, path)
}

// pathsUnder returns the indexed files at path or below it, in order.
func (f *folder) pathsUnder(path string) []string {
	paths := f.index.Snapshot().PathsUnder(f.root, path)
	if o := f.former.Load(); o != nil {
		paths = append(paths, o.index.Snapshot().PathsUnder(f.root, path)...)
		slices.Sort(paths)
		paths = slices.Compact(paths)
	}
	return paths
}

// touch notes that the Update of that turn has published the paths. f.publishing is
// held.
func (f *folder) touch(paths []string, turn uint64) {
	o := f.former.Load()
	for _, p := range paths {
		f.touched[p] = turn
		if o != nil {
			o.touched[p] = turn
		}
	}
}

// notSince returns the paths that nobody has overtaken. f.publishing is held.
func (f *folder) notSince(paths []string, turn uint64, update bool) []string {
	return slices.DeleteFunc(slices.Clone(paths), func(p string) bool { return f.overtaken(p, turn, update) })
}

// overtaken reports whether an Update has published the path since turn, or for who is
// none itself, another process. f.publishing is held.
func (f *folder) overtaken(path string, turn uint64, update bool) bool {
	return f.touched[path] > turn || !update && f.learned[path] > turn
}

func (f *folder) setState(state, message string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.state, f.message = state, message
}

// pause notes that a Refresh was interrupted.
func (f *folder) pause(byUser bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.state, f.message, f.paused = StatePaused, "", byUser
}

// ready says that all that the walk found is read.
func (f *folder) ready() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.waiting = 0; f.left == 0 { // else another engine, which has not these folders open, may want more
		f.served = f.serving
	}
	if f.sound == f.voids {
		f.listed, f.lost, f.anew = 0, "", false
	}
	if len(f.pending) == 0 { // else an Update has failed meanwhile, and said why
		f.state, f.message = StateReady, ""
	} else {
		f.state = StateFailed
	}
}

// failed notes that an Update could not index entries, and why; interrupted that it
// was told to stop.
func (f *folder) failed(entries []workspace.Entry, err error, interrupted bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, entry := range entries {
		f.pending[entry.Path] = true
	}
	if interrupted {
		return
	}
	f.message = err.Error()
	if f.state == StateReady {
		f.state = StateFailed
	}
}

// expected is how many Updates are to index a path, and whether it is a new one.
type expected struct {
	by  int
	new bool
}

// expect notes that an Update is to index entries.
func (f *folder) expect(entries []workspace.Entry) {
	snapshot := f.index.Snapshot()
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, entry := range entries {
		_, known := snapshot.Find(f.root, entry.Path)
		f.updating[entry.Path] = expected{f.updating[entry.Path].by + 1, !known}
	}
}

// met notes that an Update is done with entries that it was to index, well or not.
func (f *folder) met(entries []workspace.Entry) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, entry := range entries {
		if x := f.updating[entry.Path]; x.by > 1 {
			f.updating[entry.Path] = expected{x.by - 1, false}
		} else {
			delete(f.updating, entry.Path)
		}
	}
}

// succeeded notes that an Update has indexed entries.
func (f *folder) succeeded(entries []workspace.Entry) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, entry := range entries {
		delete(f.pending, entry.Path)
	}
	if f.state == StateFailed && f.waiting == 0 && f.walked && len(f.pending) == 0 {
		f.state, f.message = StateReady, ""
	}
}

// unfinished reports whether files wait that nobody is indexing.
func (f *folder) unfinished() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return !f.paused && (f.lost != "" || f.state == StatePaused || f.state != StateIndexing && f.waiting+len(f.pending) > 0)
}

// ask returns a number that servedSince takes.
func (f *folder) ask() uint64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked++
	return f.asked
}

// begin notes that a Refresh begins.
func (f *folder) begin() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.serving = f.asked
	f.paused = false
	f.state, f.message = StateIndexing, ""
}

// servedSince reports whether a Refresh that began after ask has ended well.
func (f *folder) servedSince(asked uint64) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.served >= asked
}

// leaveToOthers notes that so many more files are in folders that are open by themselves.
func (f *folder) leaveToOthers(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.left, f.listed = f.left+n, max(0, f.listed-n)
}

func (f *folder) setWaiting(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.waiting = n
}

// coverage is how much of the folder, without those of all that are in it, the edition has as it is now.
func (f *folder) coverage(ed edition, all []*folder) Coverage {
	snapshot := f.own(ed.index.Snapshot(), all)
	counts := snapshot.Counts(f.root)
	f.mu.Lock()
	defer f.mu.Unlock()
	waiting, late := f.waiting, f.pending
	if ed.former != nil {
		waiting, late = 0, ed.former.behind
	}
	unseen := 0
	for path := range late {
		waiting++
		if _, ok := snapshot.Find(f.root, path); !ok {
			unseen++
		}
	}
	if ed.former == nil {
		for path, x := range f.updating {
			if late[path] {
				continue
			}
			waiting++
			if x.new {
				unseen++
			}
		}
	}
	c := Coverage{FilesIndexed: counts.Files, FilesWaiting: waiting, Chunks: counts.Chunks, Model: ed.name}
	c.FilesTotal = max(c.FilesIndexed+unseen, f.listed-counts.Skipped)
	// Some of those that wait are indexed as they were.
	c.FilesIndexed = min(c.FilesIndexed, max(0, c.FilesTotal-waiting))
	if f.anew {
		c.FilesWaiting = max(waiting, c.FilesTotal-c.FilesIndexed)
	}
	c.Percent = percent(c.FilesIndexed, c.FilesTotal, f.walked)
	return c
}

// nothing says why no file is indexed, once a walk has ended; "" where one is or waits.
func (f *folder) nothing(ed edition) string {
	counts := ed.index.Snapshot().Counts(f.root)
	if counts.Files > 0 {
		return ""
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	left := counts.Skipped
	for _, s := range f.skipped {
		if !s.VersionControl() {
			left++
		}
	}
	switch {
	case !f.walked || f.waiting > 0 || len(f.pending) > 0 || len(f.updating) > 0 || f.left > 0:
		return ""
	case f.anew:
		return "nothing is indexed yet: another process has begun the index anew"
	case left == 0:
		return "nothing is indexed: there are no files"
	}
	return "nothing is indexed: all that is there is left out, see the skipped paths in the status"
}

// status tells of the folder, which the edition serves; instead is as of a Config.
func (f *folder) status(ed edition, all []*folder, present embed.Model, instead string) FolderStatus {
	s := FolderStatus{
		Root: f.root, Coverage: f.coverage(ed, all), Bytes: f.store.Size(), Health: f.store.Health(), Flushed: f.store.Flushed(),
	}
	f.mu.Lock()
	s.State, s.Message = f.state, f.message
	if f.lost != "" {
		s.Health = f.lost
	}
	if s.Message == "" && s.Health != store.HealthOK && s.Health != store.HealthMemory {
		s.Message = "the index on disk: " + s.Health
	}
	s.Skipped, s.Warnings = slices.Clone(f.skipped), f.warnings
	f.mu.Unlock()
	if s.Message == "" {
		s.Message = cmp.Or(ed.waits(present), f.nothing(ed), instead)
	}
	f.own(ed.index.Snapshot(), all).Files(f.root, func(file index.File) bool {
		if file.Skip.Rule != "" {
			s.Skipped = append(s.Skipped, workspace.Skipped{Path: file.Path, Skip: ignore.Skip(file.Skip)})
		}
		return true
	})
	slices.SortFunc(s.Skipped, func(a, b workspace.Skipped) int { return strings.Compare(a.Path, b.Path) })
	return s
}

// nested is a snapshot without what lies in other folders.
type nested struct {
	of     *index.Snapshot // what it was made from
	inner  []string        // paths of the other folders below this one
	result *index.Snapshot
}

// inner are the paths of those of all folders that lie in this one and are open by themselves.
func (f *folder) inner(all []*folder) (inner []string) {
	for _, other := range all {
		if rel, ok := below(f.root, other.root); ok && rel != "" {
			inner = append(inner, rel)
		}
	}
	return inner
}

// within reports whether path is in one of the directories, all of which are below one root.
func within(path string, dirs []string) bool {
	for _, dir := range dirs {
		if len(path) > len(dir) && path[len(dir)] == '/' && path[:len(dir)] == dir {
			return true
		}
	}
	return false
}

// own is a snapshot of the folder without the files of folders that are open by
// themselves and lie in this one: those answer for them.
func (f *folder) own(snapshot *index.Snapshot, all []*folder) *index.Snapshot {
	inner := f.inner(all)
	if len(inner) == 0 {
		return snapshot
	}
	f.mu.Lock()
	last := f.nested
	f.mu.Unlock()
	if last.of == snapshot && slices.Equal(last.inner, inner) {
		return last.result
	}
	var hidden []string
	for _, rel := range inner {
		hidden = append(hidden, snapshot.PathsUnder(f.root, rel)...)
	}
	result := snapshot.With(f.root, nil, hidden)
	f.mu.Lock()
	f.nested = nested{snapshot, inner, result}
	f.mu.Unlock()
	return result
}
