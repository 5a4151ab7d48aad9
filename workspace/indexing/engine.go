// Package indexing keeps indexes as fresh as the workspace and answers queries
// from them. It is the only place where both ways through the program meet:
//
//	a change: path -> workspace.Read -> chunk.Cut -> Embedder -> index.Apply -> store.Append
//	a query:  snapshot of every folder + what is unsaved -> search -> texts -> hits
//
// A query never waits for a change: it takes the snapshots that are published
// when it comes. Unsaved documents are cut and embedded on top of them, in
// memory, and never stored. Nothing here starts work of its own: who calls
// Refresh or Update owns their lifetime, and cancelling the context ends them
// with everything published so far kept.
package indexing

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/vectors/embed"
	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/vectors/search"
	"github.com/semantic-ls/semantic-ls/vectors/store"
	"github.com/semantic-ls/semantic-ls/vectors/store/rows"
	"github.com/semantic-ls/semantic-ls/workspace"
)

// Embedder turns texts into unit-length rows of Model().Dimensions float32, in
// order. A text that says nothing has a row of zeros.
type Embedder interface {
	Model() embed.Model
	Embed(ctx context.Context, texts []string) ([][]float32, error)
	EmbedQuery(ctx context.Context, text string) ([]float32, error)
}

// Prober is an Embedder whose Model().Dimensions may be 0 until it is asked: an
// Engine does so when the first folder is opened.
type Prober interface {
	Probe(ctx context.Context) (embed.Model, error)
}

// Sender is an Embedder that changes texts before it sends them: what it sends of one is
// all that its row depends on. Where there is a cache of vectors, a row is kept under
// that, so that what was masked leaves no trace there.
type Sender interface {
	Sent(text string) string
}

// Config is what an Engine works with.
type Config struct {
	CacheDir    string         // indexes are stored below it; "": memory only
	Embedder    Embedder       // its Model().Dimensions must be known, or it is a Prober
	Instead     string         // why it is not the one that was asked for: the log, answers and the status say it; "" where it is
	Limiter     *tasks.Limiter // lends the cores; indexing is Background
	Log         *zap.Logger    // nil: none
	MaxFileSize int64          // larger files are skipped; 0: 1 MiB
	Weights     search.Weights // of the ranking's signals; zero: the default ones
	ReadOnly    bool           // what is stored is read and never touched
	Files       store.FS       // where indexes are stored; nil: this machine's file system
	// Former returns what embeds queries for an index of another model, nil where nothing
	// can; nil: nothing can for any. It must not reach for a server that is not the
	// Embedder's.
	Former      func(m embed.Model) Embedder
	VectorBytes int64 // that the cache of vectors below CacheDir may take, see vectors/store/rows; 0: none
	// BufferPatience is how long a query waits for the vectors of what is unsaved; it goes on with words alone. 0: 20 ms.
	BufferPatience time.Duration
}

const (
	// defaultMaxFileSize leaves out what no one wrote by hand: of the Go tree's
	// 9,000 source files 20 are larger, all of them tables.
	defaultMaxFileSize = 1 << 20
	// queryPatience is how long a query waits for a remote model before it goes
	// on with words alone.
	queryPatience = 2 * time.Second
)

// Grouped by what a caller can do about them.
var (
	// ErrNotFolder is returned when a root is missing, unreadable or no directory.
	ErrNotFolder = errors.New("not a folder that can be searched")
	// ErrPaused is the cause to cancel a Refresh with that the user does not want now,
	// for this client or another.
	ErrPaused = errors.New("indexing was paused")
	// ErrUnknownFolder is returned for a root that was never opened or is closed.
	ErrUnknownFolder = errors.New("folder is not open")
)

// Engine is one client's: the folders it has opened, and what its buffers say. The
// indexes behind it may be shared, see Share. Safe for concurrent use.
type Engine struct {
	*shared

	mu    sync.RWMutex // guards roots
	roots map[string]*folder

	buffers overlays
	copies  catalogued
	sieved  index.Sieved
	open    func() workspace.Documents // see ReadFirst; nil: not known
}

// shared is what engines have in common.
type shared struct {
	cfg Config
	now atomic.Pointer[embed.Model] // what the embedder's model is; its dimensions come with the first Open

	vectors *rows.Cache // of rows that a remote model made for any index; keeps nothing where there is to be none

	turns turns // by root, of Open and Close; and one more, of asking the embedder

	mu      sync.Mutex
	folders map[string]*folder // guarded by mu: those that an engine has open
}

// asking is what the turn of asking the embedder goes by; no root does.
const asking = ""

// New returns an engine without folders.
func New(cfg Config) *Engine {
	if cfg.Log == nil {
		cfg.Log = zap.NewNop()
	}
	if cfg.MaxFileSize <= 0 {
		cfg.MaxFileSize = defaultMaxFileSize
	}
	if cfg.Files == nil {
		cfg.Files = store.System()
	}
	if cfg.Weights == (search.Weights{}) {
		cfg.Weights = search.DefaultWeights()
	}
	if cfg.BufferPatience <= 0 {
		cfg.BufferPatience = bufferPatience
	}
	e := &Engine{shared: &shared{cfg: cfg, folders: map[string]*folder{}}, roots: map[string]*folder{}}
	m := cfg.Embedder.Model()
	e.now.Store(&m)
	if cfg.CacheDir == "" || cfg.ReadOnly || e.local() {
		cfg.VectorBytes = 0
	}
	if cfg.Instead != "" {
		cfg.Log.Warn("another model serves", zap.String("model", m.Name), zap.String("why", cfg.Instead))
	}
	e.vectors = rows.Open(rows.Directory(cfg.CacheDir), cfg.VectorBytes)
	return e
}

// Share returns an engine without folders for another client. What both open has one
// index, which either keeps fresh and which is closed with the last of them; the
// folders and the buffers of one are not seen by the other.
func (e *Engine) Share() *Engine {
	return &Engine{shared: e.shared, roots: map[string]*folder{}}
}

func (s *shared) model() embed.Model { return *s.now.Load() }

// probe asks the embedder for its dimensions where they are not known yet.
func (s *shared) probe(ctx context.Context) error {
	p, ok := s.cfg.Embedder.(Prober)
	if !ok || s.model().Dimensions > 0 {
		return nil
	}
	give, ok := s.turns.take(ctx.Done(), asking)
	if !ok {
		return context.Cause(ctx)
	}
	defer give()
	if s.model().Dimensions > 0 {
		return nil
	}
	m, err := p.Probe(ctx)
	if err == nil {
		s.now.Store(&m)
	}
	return err
}

// Open adds the folder at root, an absolute directory, and loads what is stored
// of it, so that it can be searched at once. Opening twice is harmless. It
// returns ErrNotFolder with the cause where there is nothing to open, and the
// error of an embedder that has to be asked for its dimensions and does not
// answer, unless the index of another model does: then a Refresh asks it again.
func (e *Engine) Open(ctx context.Context, root string) error {
	root = filepath.Clean(root)
	if err := readable(root); err != nil {
		return err
	}
	if err := e.probe(ctx); err != nil && (ctx.Err() != nil || len(store.Complete(e.cfg.CacheDir, root)) == 0) {
		return err
	}
	give, ok := e.turns.take(ctx.Done(), root)
	if !ok {
		return context.Cause(ctx)
	}
	defer give()
	if _, err := e.folder(root); err == nil {
		return nil
	}
	f, err := e.loaded(ctx, root)
	if err != nil {
		return err
	}
	f.users++
	e.mu.Lock()
	defer e.mu.Unlock()
	e.roots[root] = f
	return nil
}

// loaded returns what the engines share of a folder. The caller has its turn.
func (s *shared) loaded(ctx context.Context, root string) (*folder, error) {
	s.mu.Lock()
	f := s.folders[root]
	s.mu.Unlock()
	if f != nil {
		return f, nil
	}
	f, err := s.load(ctx, root)
	if err == nil {
		s.mu.Lock()
		s.folders[root] = f
		s.mu.Unlock()
	}
	return f, err
}

// load opens what is stored of a folder.
func (s *shared) load(ctx context.Context, root string) (*folder, error) {
	f, cache := newFolder(root), s.cfg.CacheDir
	if f.unborn = s.model().Dimensions == 0; f.unborn {
		cache = ""
	}
	if id := identity(root, s.model()); s.cfg.ReadOnly {
		f.store = store.OpenReadOnly(cache, id)
	} else {
		f.store = store.OpenOn(s.cfg.Files, cache, id)
	}
	news, err := f.store.Load(ctx)
	if err == nil {
		err = store.Guard(func() error { news.Apply(f.index); return nil })
	}
	if errors.Is(err, store.ErrFault) {
		f.lose(err)
		err = nil
	}
	if err == nil {
		err = s.findFormer(ctx, f)
	}
	if err != nil {
		return nil, errors.Join(err, f.store.Close())
	}
	s.say(f, f.store.Health())
	return f, nil
}

func readable(root string) error {
	dir, err := os.Open(root)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNotFolder, err)
	}
	defer dir.Close()
	info, err := dir.Stat()
	if err == nil && !info.IsDir() {
		return fmt.Errorf("%w: %s is a file; name the directory that it is in", ErrNotFolder, root)
	}
	if err == nil {
		if _, err = dir.Readdirnames(1); err != nil && err.Error() == "EOF" {
			err = nil
		}
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNotFolder, err)
	}
	return nil
}

func identity(root string, m embed.Model) store.Identity {
	return store.Identity{Root: root, Model: m.Identity(), Dimensions: m.Dimensions}
}

// Locate returns the folder whose stored index covers dir: dir itself or the nearest
// above it. It is of this model, or complete and of another: that one answers until this
// model's is built.
func Locate(cacheDir, dir string, m embed.Model) (root string, ok bool) {
	for root = filepath.Clean(dir); ; root = filepath.Dir(root) {
		if cacheDir != "" && (store.Exists(cacheDir, identity(root, m)) || len(store.Complete(cacheDir, root)) > 0) {
			return root, true
		}
		if filepath.Dir(root) == root {
			return "", false
		}
	}
}

// Close drops a folder. Its Refresh must have ended; an Update that has not stores
// nothing more. What is on disk stays. Closing what is not open is harmless.
func (e *Engine) Close(root string) error {
	root = filepath.Clean(root)
	left, err := e.leave(root, false)
	if left != nil {
		left.cancel(errNobody)
		<-left.done
	}
	return err
}

// leave makes e a user of the folder no more, and closes that with the last one. If
// all that is left is a FinishShared, it returns that. finished tells that e is it.
func (e *Engine) leave(root string, finished bool) (left *finisher, err error) {
	give, _ := e.turns.take(nil, root)
	defer give()
	e.mu.Lock()
	f := e.roots[root]
	delete(e.roots, root)
	e.mu.Unlock()
	if f == nil {
		return nil, nil
	}
	f = f.now()
	if finished {
		f.finisher = nil
	}
	switch f.users--; {
	case f.users == 1:
		return f.finisher, nil
	case f.users > 1:
		return nil, nil
	}
	e.shared.mu.Lock()
	delete(e.folders, root)
	last := len(e.folders) == 0
	e.shared.mu.Unlock()
	if last {
		e.cached(e.vectors.Close())
	}
	return nil, f.store.Close()
}

// CloseAll closes every folder.
func (e *Engine) CloseAll() error {
	var errs []error
	for _, f := range e.all() {
		errs = append(errs, e.Close(f.root))
	}
	return errors.Join(errs...)
}

// Flush waits until everything indexed survives a power cut, or ctx ends.
func (e *Engine) Flush(ctx context.Context) error {
	var errs []error
	for _, f := range e.all() {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		errs = append(errs, f.store.Sync())
	}
	return errors.Join(errs...)
}

// Check reads what is stored of the folder at root, which need not be open, and says what
// of it is damaged; see store.Check.
func (e *Engine) Check(ctx context.Context, root string) (store.Report, error) {
	if err := e.probe(ctx); err != nil {
		return store.Report{}, err
	}
	return store.Check(ctx, e.cfg.CacheDir, identity(filepath.Clean(root), e.model()))
}

// Reset forgets what is indexed of a folder, in memory and on disk, so that the
// next Refresh reads everything again.
func (e *Engine) Reset(root string) error {
	f, err := e.folder(root)
	if err != nil {
		return err
	}
	f.publishing.Lock()
	defer f.publishing.Unlock()
	f.former.Store(nil)
	e.unmark(f)
	f.index.Reset()
	f.voided("")
	return f.store.Reset()
}

func (e *Engine) folder(root string) (*folder, error) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	if f := e.roots[filepath.Clean(root)]; f != nil {
		return f.now(), nil
	}
	return nil, fmt.Errorf("%w: %s", ErrUnknownFolder, root)
}

// all returns the open folders, by root.
func (e *Engine) all() []*folder {
	e.mu.RLock()
	defer e.mu.RUnlock()
	list := make([]*folder, 0, len(e.roots))
	for _, f := range e.roots {
		list = append(list, f.now())
	}
	slices.SortFunc(list, func(a, b *folder) int { return strings.Compare(a.root, b.root) })
	return list
}

// owner returns the folder that the absolute path is in, the innermost where
// folders are nested, and the path below it, with forward slashes.
func (e *Engine) owner(path string) (f *folder, rel string, ok bool) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	for _, candidate := range e.roots {
		r, inside := below(candidate.root, path)
		if inside && (f == nil || len(candidate.root) > len(f.root)) {
			f, rel = candidate.now(), r
		}
	}
	return f, rel, f != nil
}

// below returns path relative to root with forward slashes, "" for root itself.
func below(root, path string) (rel string, ok bool) {
	rel, err := filepath.Rel(root, path)
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return "", false
	}
	if rel == "." {
		return "", true
	}
	return filepath.ToSlash(rel), true
}

// Status returns what the engine knows of itself.
func (e *Engine) Status() (s Status) {
	_ = e.guardBy(func() *zap.Logger { return e.cfg.Log }, func() error { s = e.status(); return nil })
	return s
}

func (e *Engine) status() Status {
	s := Status{Model: e.model(), Warning: e.cfg.Instead}
	folders, editions := e.all(), []edition(nil)
	for _, f := range folders {
		ed := e.serving(f)
		editions = append(editions, ed)
		s.Folders = append(s.Folders, f.status(ed, folders, s.Model, s.Warning))
		s.Changes += f.changes.Load()
	}
	s.Coverage = e.coverage(folders, editions, 0)
	return s
}

// coverage of the given folders, each by an edition, of which so many documents are
// unsaved.
func (e *Engine) coverage(folders []*folder, editions []edition, dirty int) Coverage {
	total := Coverage{Model: names(editions, e.model()), DirtyDocuments: dirty}
	known := len(folders) > 0 // before the first is open nothing is
	all := e.all()
	for i, f := range folders {
		c := f.coverage(editions[i], all)
		total.FilesTotal += c.FilesTotal
		total.FilesIndexed += c.FilesIndexed
		total.FilesWaiting += c.FilesWaiting
		total.Chunks += c.Chunks
		known = known && c.Percent == 100
	}
	total.Percent = percent(total.FilesIndexed, total.FilesTotal, known)
	return total
}

// percent of total that is done; of nothing, all or none as known says.
func percent(done, total int, known bool) float64 {
	switch {
	case total > 0:
		return 100 * float64(done) / float64(total)
	case known:
		return 100
	}
	return 0
}
