package indexing

import (
	"context"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/vectors/search"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/chunk"
)

// sources are the documents that one query looks at, as they are now. Each is read
// once, however many hits are in it. Not safe for concurrent use; read and cut must be.
type sources struct {
	read   func(root, rel string) (text string, ok bool)
	cut    func(root, rel, text string, chunks bool) chunk.File // without chunks where none are wanted
	byPath map[string]*source                                   // absolute
	kinds  index.Kinds                                          // of the hits
	texts  *search.Texts                                        // that the hits pass
	names  bool                                                 // of what was found by name the names will do, see Query.Unplaced
	each   bool                                                 // of a chunk all that passes is a hit, not what shows best why the chunk is one
}

func (e *Engine) sources(docs workspace.Documents, filter *Filter) *sources {
	read := func(root, rel string) (string, bool) { return e.text(docs, root, rel) }
	cut := func(root, rel, text string, chunks bool) chunk.File {
		if b := e.buffers.known(filepath.Join(root, filepath.FromSlash(rel)), text); b != nil {
			return b.outline()
		}
		if !chunks {
			return chunk.Outline(rel, text)
		}
		return chunk.Cut(rel, text)
	}
	return &sources{read: read, cut: cut, byPath: map[string]*source{}, kinds: filter.ofKinds(), texts: filter.ofTexts()}
}

// text is what a document says now: the editor's buffer, else the file.
func (e *Engine) text(docs workspace.Documents, root, rel string) (string, bool) {
	if d, ok := docs.Get(filepath.Join(root, filepath.FromSlash(rel))); ok {
		return d.Text, true
	}
	text, _, skip, err := workspace.Read(root, rel, e.cfg.MaxFileSize)
	return text, err == nil && !skip.Skipped()
}

// source is a document that hits are in. It is cut, and its chunks are hashed, only
// when a hit needs that, and once for all of them.
type source struct {
	path    string // absolute
	load    func() // reads it: first of all
	text    string
	ok      bool // it can be read
	outline func() *chunk.File
	symbols func() *chunk.File // the outline, but without the chunks where nobody has wanted them
	hashed  func() [16]byte    // of the text
	byHash  func() map[uint64][]chunk.Chunk
	taken   map[int]bool            // where the chunks begin that are hits already, or asked about
	told    map[namedAt]bool        // likewise, without their places
	named   map[[2]int]bool         // the definitions that are hits for their names: where they begin, and their names
	found   map[uint32]*index.Found // the chunks that were located, nil where they are no more
}

// of returns a document, which has been read.
func (s *sources) of(root, rel string) *source {
	src := s.unread(root, rel)
	src.load()
	return src
}

// unread returns a document, which may still have to be read.
func (s *sources) unread(root, rel string) *source {
	path := filepath.Join(root, filepath.FromSlash(rel))
	if known := s.byPath[path]; known != nil {
		return known
	}
	src := s.open(root, rel)
	s.byPath[path] = src
	return src
}

// open returns a document that is not read yet, and not kept.
func (s *sources) open(root, rel string) *source {
	src := &source{
		path:  filepath.Join(root, filepath.FromSlash(rel)),
		taken: map[int]bool{}, found: map[uint32]*index.Found{}, named: map[[2]int]bool{},
		told: map[namedAt]bool{},
	}
	src.load = sync.OnceFunc(func() { src.text, src.ok = s.read(root, rel) })
	src.hashed = sync.OnceValue(func() [16]byte { return index.HashText(src.text) })
	var whole *chunk.File
	src.outline = sync.OnceValue(func() *chunk.File {
		outline := s.cut(root, rel, src.text, true)
		whole = &outline
		return whole
	})
	brief := sync.OnceValue(func() *chunk.File {
		outline := s.cut(root, rel, src.text, false)
		return &outline
	})
	src.symbols = func() *chunk.File {
		if whole != nil {
			return whole
		}
		return brief()
	}
	src.byHash = sync.OnceValue(func() map[uint64][]chunk.Chunk {
		byHash := map[uint64][]chunk.Chunk{}
		for _, c := range src.outline().Chunks {
			hash := index.HashChunk(src.text[c.Start:c.End])
			byHash[hash] = append(byHash[hash], c)
		}
		return byHash
	})
	return src
}

// hits reads the texts of what was found and drops what is no longer there, or turns out to be of another kind than is
// wanted, or to hold another text.
func (s *sources) hits(ctx context.Context, snapshot *index.Snapshot, found search.Result, limit int) ([]search.Hit, error) {
	defer during(ctx, Reading)()
	hits := make([]search.Hit, 0, min(limit, len(found.Ranked)))
	snippets := search.NewSnippets(found.Terms)
	for rest := found.Ranked; len(hits) < limit && len(rest) > 0; {
		n := min(limit-len(hits), len(rest))
		shown, err := s.shown(ctx, snapshot, found, rest[:n], snippets, len(found.Ranked)-len(rest))
		if err != nil {
			return nil, err
		}
		for i, some := range shown {
			for _, h := range some {
				if at := len(found.Ranked) - len(rest) + i; at < len(found.Explanations) {
					h.Explanation = &found.Explanations[at]
				}
				hits = append(hits, h)
			}
		}
		rest = rest[n:]
	}
	return hits[:min(limit, len(hits))], nil
}

// exactly is how many hits are shown as exactly as can be: for the others no document is outlined to tell which of the small
// definitions in one chunk says best why that was found; they are shown by the most telling one, as the index has it, but for
// those found for a name. It is more than anyone sees of a picker without scrolling, and what a search is answered with
// unless more is asked for. Outlining is half of what a hundred hits take.
const exactly = 20

// lookers is how many tasks read documents for a query at once: two halve what reading
// and outlining twenty files takes, and a third would wait for a core.
const lookers = 2

// shown returns the hits that each of the chunks is, which so many stand above, none for those that are none. The chunks of
// a document are looked at in order, documents by several tasks.
func (s *sources) shown(
	ctx context.Context, snapshot *index.Snapshot, found search.Result, ranked []search.Ranked, snippets *search.Snippets, above int,
) ([][]search.Hit, error) {
	chunks, hits := make([]index.Found, len(ranked)), make([][]search.Hit, len(ranked))
	var documents []*source
	of := map[*source][]int{}
	for i, r := range ranked {
		chunks[i] = snapshot.Chunk(r.ID)
		src := s.unread(chunks[i].Root, chunks[i].Of.Path)
		if of[src] == nil {
			documents = append(documents, src)
		}
		of[src] = append(of[src], i)
	}
	var next atomic.Int32
	look := func(ctx context.Context) error {
		for {
			n := int(next.Add(1)) - 1
			if n >= len(documents) {
				return nil
			}
			src := documents[n]
			src.load()
			for _, i := range of[src] {
				if ctx.Err() != nil {
					return context.Cause(ctx)
				}
				if !src.ok || !src.again(ranked[i].ID, &chunks[i]) || !s.texts.Match(src.text[chunks[i].Start:chunks[i].End]) {
					continue
				}
				if s.each {
					hits[i] = src.all(chunks[i], snippets, s.kinds, s.texts)
				} else if name, container, ok := found.Definition(ranked[i]); ok && s.names && src.known(chunks[i], name, container) {
					if h, ok := src.unplaced(chunks[i], ranked[i].Score, name, container); ok {
						hits[i] = []search.Hit{h}
					}
				} else {
					h := src.hit(chunks[i], ranked[i].Score, snippets, s.kinds, s.texts, above+i < exactly)
					if name, container, ok := found.Definition(ranked[i]); ok {
						h = src.name(h, chunks[i], name, container, snippets, s.kinds, s.texts)
						at := [2]int{h.Start, h.NameStart}
						if src.named[at] {
							continue // what it was found for is gone, or is not wanted
						}
						src.named[at] = true
					}
					hits[i] = []search.Hit{h}
				}
				hits[i] = slices.DeleteFunc(hits[i], func(h search.Hit) bool { return !s.kinds.Has(h.Kind) })
			}
		}
	}
	if len(documents) < lookers {
		return hits, look(ctx)
	}
	err := tasks.Run(ctx, func(ctx context.Context, g *tasks.Group) error {
		for range lookers - 1 {
			g.Go(look)
		}
		return look(ctx)
	})
	return hits, err
}

// again is locate, of a chunk that may have been found before, for another definition in it.
func (s *source) again(id uint32, c *index.Found) bool {
	known, ok := s.found[id]
	if !ok {
		if known = c; !s.locate(c) {
			known = nil
		}
		s.found[id] = known
	}
	if known == nil {
		return false
	}
	*c = *known
	return true
}

// locate moves a chunk to where its text stands now, and reports whether it was
// found: the same bytes, else the same text elsewhere, else the definition of the
// same name. No place is found twice, so that of two chunks of one text each has its
// own.
func (s *source) locate(c *index.Found) bool {
	if int(c.End) <= len(s.text) && !s.taken[int(c.Start)] && index.HashChunk(s.text[c.Start:c.End]) == c.Hash {
		s.taken[int(c.Start)] = true
		return true
	}
	anyone := func(chunk.Chunk) bool { return true }
	namesake := func(to chunk.Chunk) bool {
		return c.Symbol != "" && to.Symbol == c.Symbol && to.Container == c.Container && to.Kind == c.Kind
	}
	return s.move(c, s.byHash()[c.Hash], anyone) || s.move(c, s.outline().Chunks, namesake)
}

// move makes c the first of some chunks that ok accepts and that is not taken.
func (s *source) move(c *index.Found, to []chunk.Chunk, ok func(chunk.Chunk) bool) bool {
	i := slices.IndexFunc(to, func(to chunk.Chunk) bool { return !s.taken[to.Start] && ok(to) })
	if i < 0 {
		return false
	}
	s.taken[to[i].Start] = true
	c.Start, c.End = uint32(to[i].Start), uint32(to[i].End)
	c.NameStart, c.NameEnd = uint32(to[i].NameStart), uint32(to[i].NameEnd)
	c.Symbol, c.Container, c.Kind = to[i].Symbol, to[i].Container, to[i].Kind
	return true
}

// hit shows a chunk of the text. Of several definitions in it, it is the one with the
// line that says best why it was found, or another that is of the kinds and passes the texts, if one is; unless it need not
// be exact, and nothing else is asked.
func (s *source) hit(
	c index.Found, score float64, snippets *search.Snippets, kinds index.Kinds, texts *search.Texts, exact bool,
) search.Hit {
	h := s.shows(c, score)
	among := c.Merged && (exact || kinds != 0 || texts != nil)
	name := h.NameStart
	if among {
		name = -1 // no line is better for being that of the first
	}
	at := s.line(&h, snippets, texts, name)
	if among {
		d, ok := s.symbols().SymbolAt(at)
		ok = ok && d.DocStart >= h.Start && d.End <= h.End && texts.Match(s.text[d.DocStart:d.End])
		if kinds != 0 && !(ok && kinds.Has(d.Kind)) {
			if d, ok = s.within(h.Start, h.End, at, kinds, texts); ok {
				return s.definition(h, d, snippets, texts)
			}
		}
		if ok {
			h = of(h, d)
		}
	}
	return named(h)
}

// all shows each definition of a merged chunk that is of the kinds and passes the texts, and any other chunk as hit does.
// Where texts are asked for, it is the innermost such definition around each place that has them.
func (s *source) all(c index.Found, snippets *search.Snippets, kinds index.Kinds, texts *search.Texts) (hits []search.Hit) {
	h := s.shows(c, 0)
	_, shown := texts.First(s.text[h.Start:h.End])
	var list []chunk.Symbol
	if c.Merged && (kinds != 0 || shown) {
		for _, d := range s.symbols().Symbols {
			if d.DocStart >= h.Start && d.End <= h.End && kinds.Has(d.Kind) && texts.Match(s.text[d.DocStart:d.End]) {
				list = append(list, d)
			}
		}
	}
	if shown {
		around := make([]bool, len(list))
		texts.Each(s.text[h.Start:h.End], func(at int) {
			for i := len(list) - 1; i >= 0; i-- {
				if d := list[i]; d.DocStart <= h.Start+at && h.Start+at < d.End {
					around[i] = true
					return
				}
			}
		})
		kept := list[:0]
		for i, d := range list {
			if around[i] {
				kept = append(kept, d)
			}
		}
		list = kept
	}
	for _, d := range list {
		hits = append(hits, s.definition(h, d, snippets, texts))
	}
	if len(list) == 0 {
		hits = append(hits, s.hit(c, 0, snippets, kinds, texts, true))
	}
	return hits
}

// shows is the hit that shows a chunk as a whole.
func (s *source) shows(c index.Found, score float64) search.Hit {
	return search.Hit{
		Path: s.path, Start: int(c.Start), End: int(c.End), NameStart: int(c.NameStart), NameEnd: int(c.NameEnd),
		Symbol: c.Symbol, Container: c.Container, Kind: c.Kind, Language: c.Of.Language, Score: score, Text: s.text,
	}
}

// definition is the hit h that shows d instead.
func (s *source) definition(h search.Hit, d chunk.Symbol, snippets *search.Snippets, texts *search.Texts) search.Hit {
	h = of(h, d)
	s.line(&h, snippets, texts, h.NameStart)
	return named(h)
}

// line chooses the line that is shown, and returns a place in it: where the texts stand, where there are any.
func (s *source) line(h *search.Hit, snippets *search.Snippets, texts *search.Texts, name int) (at int) {
	if at, ok := texts.First(s.text[h.Start:h.End]); ok {
		h.Snippet, h.SnippetStart = search.LineAt(s.text, h.Start, h.End, h.Start+at)
		return h.Start + at
	}
	h.Snippet, h.SnippetStart = snippets.Line(s.text, h.Start, h.End, name)
	return h.SnippetStart
}

// of is a hit with the place and the name of d.
func of(h search.Hit, d chunk.Symbol) search.Hit {
	h.Start, h.End, h.NameStart, h.NameEnd = d.DocStart, d.End, d.NameStart, d.NameEnd
	h.Symbol, h.Container, h.Kind = d.Name, d.Container, d.Kind
	return h
}

// named puts the name of a hit at its start where the name is not in it.
func named(h search.Hit) search.Hit {
	if h.NameStart < h.Start || h.NameEnd > h.End || h.NameEnd <= h.NameStart {
		h.NameStart, h.NameEnd = h.Start, h.Start
	}
	return h
}

// known reports whether nothing but its place is missing to show a definition of a chunk: that is the one that the chunk goes by,
// or all of its definitions are of one kind.
func (s *source) known(c index.Found, name, container string) bool {
	_, one := c.Kinds.Only()
	one = one || c.Symbol == name && c.Container == container
	return c.Merged && one && index.HashChunk(s.text[c.Start:c.End]) == c.Hash
}

// unplaced shows a definition in a known chunk; false where it was shown already.
func (s *source) unplaced(c index.Found, score float64, name, container string) (h search.Hit, ok bool) {
	at := namedAt{int(c.Start), name, container}
	if s.told[at] {
		return h, false
	}
	s.told[at] = true
	h = s.shows(c, score)
	if c.Symbol != name || c.Container != container {
		h.Kind, _ = c.Kinds.Only()
	}
	h.Symbol, h.Container, h.Unplaced = name, container, true
	h.NameStart, h.NameEnd = h.Start, h.Start
	return h, true
}

// namedAt is a definition in the chunk that begins there.
type namedAt struct {
	start           int
	name, container string
}

// DefinitionOf finds the definition of that name nearest to an offset of a document, as that is now; false where there is none.
func DefinitionOf(path, text, name, container string, kind chunk.Kind, near int) (found chunk.Symbol, ok bool) {
	for _, d := range chunk.Outline(path, text).Symbols {
		if d.Name != name || d.Container != container || d.Kind != kind {
			continue
		}
		// The offset is where the chunk began that it was in: what stands behind is meant rather than what stands before.
		if !ok || found.NameStart < near {
			found, ok = d, true
		}
	}
	return found, ok
}

// name shows of a hit the definition for whose name its chunk was found, where that is another one, and one that is wanted.
func (s *source) name(
	h search.Hit, c index.Found, name, container string, snippets *search.Snippets, kinds index.Kinds, texts *search.Texts,
) search.Hit {
	if h.Symbol == name && h.Container == container {
		return h
	}
	for _, d := range s.symbols().Symbols {
		if d.Name != name || d.Container != container || d.NameStart < int(c.Start) || d.NameEnd > int(c.End) || !kinds.Has(d.Kind) {
			continue
		}
		d.DocStart, d.End = max(d.DocStart, int(c.Start)), min(d.End, int(c.End))
		if texts.Match(s.text[d.DocStart:d.End]) {
			return s.definition(h, d, snippets, texts)
		}
	}
	return h
}

// within finds a definition of the kinds that passes the texts in text[start:end]: the innermost around at, else the first.
func (s *source) within(start, end, at int, kinds index.Kinds, texts *search.Texts) (found chunk.Symbol, ok bool) {
	for _, d := range s.symbols().Symbols {
		if d.DocStart < start || d.End > end || !kinds.Has(d.Kind) || !texts.Match(s.text[d.DocStart:d.End]) {
			continue
		}
		if around := d.DocStart <= at && at < d.End; !ok || around {
			found, ok = d, true
		}
	}
	return found, ok
}
