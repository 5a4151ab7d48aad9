package indexing

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"runtime"
	"slices"
	"sync/atomic"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/vectors/clones"
	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/vectors/search"
	"github.com/semantic-ls/semantic-ls/vectors/store"
	"github.com/semantic-ls/semantic-ls/workspace"
)

// CopiesQuery asks for the near-copies of what a document has. Code of less than MinLines lines is not looked at.
type CopiesQuery struct {
	Path       string  // absolute
	Start, End int     // bytes: the definitions around this; a negative End: all of the document
	Similarity float64 // see clones.Find
	Limit      int     // copies of each at most; 20 where it is 0
}

// Copies are groups, each of which is a piece of the document and then its copies, the most similar first. Around a place
// they are those of the innermost definition first. Of the whole document they come by place, and what lies in a piece that
// has copies is not told again.
type Copies struct {
	Groups   []DuplicatesGroup // Similarity is that of the least similar one to the piece
	Coverage Coverage
	Warning  string // why there are none, or which are missing
}

// catalogued is what an engine keeps to find near-copies at once: the symbols of all files that may have some, in a
// catalogue of what they were when that was made, and in another of what has changed since. It is made when somebody asks
// for the first time, which takes two seconds of a core for a million lines, and read anew file by file; then it takes
// some 40 MB. A look-up in 160,000 chunks takes 12 ms of a core, half of it to see which files have changed. Safe for
// concurrent use; the zero value is empty.
type catalogued struct {
	turn turns // one at a time brings it up to date

	// Guarded by the turn.
	files map[string]*symbolled // by absolute path
	left  int                   // that were too much
	base  *volume               // nil: none yet
	delta *volume               // of what base does not have as it is now; never changed once it is made
}

// symbolled is a file of which the symbols are known.
type symbolled struct {
	root, rel string
	hash      [16]byte // of the text that they are of
	size      int      // of that
	file      clones.File
}

// volume is a catalogue and whose files it is of, by their numbers. Never changed.
type volume struct {
	catalogue *clones.Catalogue
	files     []*symbolled
}

const (
	// mostChanged is how many files may have changed before the catalogue is made anew, or one of changedShare of all: to make one
	// of so few takes some milliseconds, once after each change.
	mostChanged, changedShare = 64, 50
	// mostPieces is how many pieces of a document are looked up: more than any that somebody wrote has.
	mostPieces = 4096
)

// Copies finds near-copies of pieces of one document in the files that are indexed when it is called, as their documents say
// now, but for what is vendored or generated. It returns the context's cause when that ends first.
func (e *Engine) Copies(ctx context.Context, docs workspace.Documents, q CopiesQuery) (answer Copies, err error) {
	answer.Groups = []DuplicatesGroup{}
	f, rel, ok := e.owner(q.Path)
	if !ok {
		return answer, fmt.Errorf("%s is in no open folder: open the folder that it is in", q.Path)
	}
	var list []listed
	for range 2 {
		err = e.guard(ctx, func() (err error) { list, answer.Coverage, err = e.listed(ctx, docs); return err })
		if !errors.Is(err, store.ErrFault) {
			break
		}
	}
	if err != nil {
		return answer, err
	}
	if skip := f.ignored(rel, false); skip.Skipped() {
		answer.Warning = fmt.Sprintf("%s is not indexed: %s", q.Path, skip)
		return answer, nil
	}
	is := slices.IndexFunc(list, func(l listed) bool { return l.root == f.root && l.rel == rel })
	if is < 0 {
		answer.Warning = fmt.Sprintf("%s is not compared: it is not indexed yet, or vendored, generated, or no code", q.Path)
		return answer, nil
	}
	c := &copied{engine: e, query: q, sources: e.sources(docs, nil)}
	if c.catalogue, err = e.catalogue(ctx, docs, list, q.Path); err != nil || c.of == nil {
		return answer, err
	}
	if c.left > 0 {
		const why = "%d of %d files are not compared: there is more than %d MB of code"
		answer.Warning = fmt.Sprintf(why, c.left, len(list), mostCompared>>20)
	}
	answer.Groups, err = c.groups(ctx)
	if len(answer.Groups) == 0 && len(c.of.file.Pieces()) == 0 {
		answer.Warning = fmt.Sprintf("nothing there has %d lines of code", MinLines)
	}
	return answer, err
}

// listed is a file that is compared, as it is indexed or open.
type listed struct {
	root, rel string
	hash      [16]byte
}

func (e *Engine) listed(ctx context.Context, docs workspace.Documents) (list []listed, coverage Coverage, err error) {
	seen, err := e.view(ctx, docs, nil, nil)
	if err != nil {
		return nil, Coverage{}, err
	}
	for _, v := range seen.all {
		for file := range v.scope.ByPath {
			if len(list)%1024 == 0 && ctx.Err() != nil {
				return nil, Coverage{}, context.Cause(ctx)
			}
			if clones.Code(string(file.Language())) && file.Class()&index.ClassForeign == 0 {
				list = append(list, listed{file.Root, file.Path(), file.Hash()})
			}
		}
	}
	runtime.KeepAlive(seen)
	return list, seen.coverage, nil
}

// catalogue is what one look for copies goes by. Never changed.
type catalogue struct {
	of      *symbolled          // the document; nil where it cannot be read
	volumes []*volume           // to look in
	now     map[*symbolled]bool // which of their files are as they are now
	left    int                 // files that are in none: there is too much
}

// catalogue brings what is catalogued up to date.
func (e *Engine) catalogue(ctx context.Context, docs workspace.Documents, list []listed, path string) (catalogue, error) {
	c := &e.copies
	give, ok := c.turn.take(ctx.Done(), "")
	if !ok {
		return catalogue{}, context.Cause(ctx)
	}
	defer give()
	if err := c.read(ctx, e, docs, list); err != nil {
		return catalogue{}, err
	}
	if err := c.bind(ctx, e); err != nil {
		return catalogue{}, err
	}
	now := make(map[*symbolled]bool, len(c.files))
	for _, known := range c.files {
		now[known] = true
	}
	return catalogue{c.files[path], []*volume{c.base, c.delta}, now, c.left}, nil
}

// read makes symbols of what is new or has changed, and forgets what is gone.
func (c *catalogued) read(ctx context.Context, e *Engine, docs workspace.Documents, list []listed) error {
	files := make(map[string]*symbolled, len(list))
	type due struct {
		listed
		path string
	}
	var missing []due
	var total atomic.Int64
	for _, l := range list {
		path := filepath.Join(l.root, filepath.FromSlash(l.rel))
		if known := c.files[path]; known != nil && known.hash == l.hash {
			files[path] = known
			total.Add(int64(known.size))
		} else {
			missing = append(missing, due{l, path})
		}
	}
	made := make([]*symbolled, len(missing))
	var left atomic.Int64
	err := e.units(ctx, len(missing), func() func(i int) int {
		var reader clones.Reader
		return func(i int) int {
			m := missing[i]
			if total.Load() > mostCompared {
				left.Add(1)
				return 0
			}
			text, ok := e.text(docs, m.root, m.rel)
			if !ok || int64(len(text)) > e.cfg.MaxFileSize {
				return 0
			}
			total.Add(int64(len(text)))
			known := &symbolled{root: m.root, rel: m.rel, hash: index.HashText(text), size: len(text)}
			known.file = readSymbols(&reader, m.rel, text, MinLines)
			made[i] = known
			return len(text)
		}
	})
	for i, known := range made {
		switch last := c.files[missing[i].path]; {
		case known != nil && last != nil && last.hash == known.hash:
			files[missing[i].path] = last // the index is behind the disk
		case known != nil:
			files[missing[i].path] = known
		}
	}
	if err != nil { // what was read is kept for the next one
		if c.files == nil {
			c.files = map[string]*symbolled{}
		}
		maps.Copy(c.files, files)
		return err
	}
	c.files, c.left = files, int(left.Load())
	return nil
}

// bind makes the catalogues of what was read.
func (c *catalogued) bind(ctx context.Context, e *Engine) error {
	in := map[*symbolled]bool{}
	if c.base != nil {
		for _, known := range c.base.files {
			in[known] = true
		}
	}
	var changed []*symbolled
	gone := len(in)
	for _, known := range c.files {
		switch {
		case in[known]:
			gone--
		case !known.file.Empty():
			changed = append(changed, known)
		}
	}
	byPlace := func(a, b *symbolled) int { return cmp.Or(cmp.Compare(a.root, b.root), cmp.Compare(a.rel, b.rel)) }
	if c.base == nil || max(len(changed), gone) > max(mostChanged, len(c.files)/changedShare) {
		all := slices.SortedFunc(maps.Values(c.files), byPlace)
		all = slices.DeleteFunc(all, func(known *symbolled) bool { return known.file.Empty() })
		base, err := newVolume(ctx, e, all)
		if err != nil {
			return err
		}
		c.base, changed = base, nil
	}
	slices.SortFunc(changed, byPlace)
	if c.delta != nil && slices.Equal(c.delta.files, changed) {
		return nil
	}
	delta, err := newVolume(ctx, e, changed)
	if err == nil {
		c.delta = delta
	}
	return err
}

func newVolume(ctx context.Context, e *Engine, of []*symbolled) (*volume, error) {
	files := make([]clones.File, len(of))
	for i, known := range of {
		files[i] = known.file
	}
	catalogue, err := clones.NewCatalogue(ctx, files, clones.Options{
		Tasks: lookers,
		Unit: func(ctx context.Context, work func(ctx context.Context) error) error {
			return e.lend(ctx, tasks.Background, work)
		},
	})
	return &volume{catalogue, of}, err
}

// copied makes groups of what is similar to pieces of a document.
type copied struct {
	engine *Engine
	query  CopiesQuery
	catalogue
	sources *sources
	pieces  map[int]clones.Piece // of the document, by their numbers
}

// similar is a copy of a piece.
type similar struct {
	of *symbolled
	clones.Copy
}

func (c *copied) groups(ctx context.Context) ([]DuplicatesGroup, error) {
	groups := []DuplicatesGroup{}
	src := c.current(c.of)
	if src == nil {
		return groups, nil // the file is just being written: whoever asks again finds it
	}
	var lookups []*clones.Lookup
	for _, v := range c.volumes {
		lookups = append(lookups, v.catalogue.Lookup())
	}
	c.pieces = map[int]clones.Piece{}
	for _, p := range c.of.file.Pieces() {
		c.pieces[p.Number] = p
	}
	told := []clones.Piece{}
	for _, p := range c.asked(src) {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if c.query.End < 0 && slices.ContainsFunc(told, func(t clones.Piece) bool { return overlap(p, t) }) {
			continue
		}
		group, err := c.group(ctx, src, p, lookups)
		if err != nil {
			return nil, err
		}
		if len(group.Hits) > 1 {
			groups, told = append(groups, group), append(told, p)
		}
	}
	slices.SortStableFunc(groups, func(a, b DuplicatesGroup) int {
		if c.query.End < 0 {
			return cmp.Compare(a.Hits[0].Start, b.Hits[0].Start)
		}
		return cmp.Compare(a.Hits[0].End-a.Hits[0].Start, b.Hits[0].End-b.Hits[0].Start)
	})
	return groups, nil
}

// asked are the pieces that the query is about: definitions before chunks, which are told of where they are in none that is.
func (c *copied) asked(src *source) []clones.Piece {
	pieces := c.of.file.Pieces()
	if c.query.End >= 0 {
		end := max(c.query.Start, c.query.End)
		pieces = slices.DeleteFunc(pieces, func(p clones.Piece) bool {
			h := src.copied(clones.Copy{Number: p.Number})
			return c.query.Start < h.Start || end > h.End
		})
	}
	pieces = pieces[:min(len(pieces), mostPieces)]
	slices.SortStableFunc(pieces, func(a, b clones.Piece) int { return bit(a.Chunk) - bit(b.Chunk) })
	return pieces
}

// group is a piece and its copies; less than two hits are none.
func (c *copied) group(ctx context.Context, src *source, p clones.Piece, lookups []*clones.Lookup) (DuplicatesGroup, error) {
	var found []similar
	for i, l := range lookups {
		for _, like := range l.Similar(&c.of.file, p, c.query.Similarity) {
			of := c.volumes[i].files[like.File]
			if c.now[of] && (of != c.of || !overlap(c.pieces[like.Number], p)) {
				found = append(found, similar{of, like})
			}
		}
	}
	slices.SortStableFunc(found, func(a, b similar) int { return cmp.Compare(b.Like, a.Like) })
	group := DuplicatesGroup{Similarity: 1}
	for _, s := range found {
		if ctx.Err() != nil {
			return group, context.Cause(ctx)
		}
		if len(group.Hits) > limitOf(c.query.Limit) {
			break
		}
		other := c.current(s.of)
		if other == nil {
			continue
		}
		if len(group.Hits) == 0 {
			group.Hits = []search.Hit{src.copied(clones.Copy{Number: p.Number, Like: 1})}
		}
		h := other.copied(s.Copy)
		if slices.ContainsFunc(group.Hits, func(o search.Hit) bool { return o.Path == h.Path && h.Start < o.End && o.Start < h.End }) {
			continue // a chunk and the definition in it are one copy
		}
		group.Hits, group.Similarity = append(group.Hits, h), min(group.Similarity, s.Like)
	}
	return group, nil
}

// overlap reports whether two pieces of a file have symbols in common.
func overlap(a, b clones.Piece) bool { return a.From < b.To && b.From < a.To }

// current is the document that symbols are of, nil where it is another one now.
func (c *copied) current(of *symbolled) *source {
	src := c.sources.of(of.root, of.rel)
	if !src.ok || src.hashed() != of.hash {
		return nil
	}
	return src
}
