package indexing

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/vectors/clones"
	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/vectors/search"
	"github.com/semantic-ls/semantic-ls/vectors/store"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/chunk"
)

// What is looked for where nobody says, and what may be said.
const (
	// MinLines leaves out what is short enough to be alike by chance.
	MinLines = 6
	// MinSimilarity is that of a function of ten lines in which a statement was added and one was changed.
	MinSimilarity = 0.8
	// LeastSimilarity is the least that may be asked for: below it most code of a language is similar.
	LeastSimilarity = 0.5
)

// What one look for duplicates takes is bounded.
const (
	// MostGroups is how many groups an answer has at most.
	MostGroups = 10_000
	// mostCopies is how many hits of one group are shown: whoever has more of a kind wants to know that, not where each is.
	mostCopies = 1000
	// mostCompared is how much text is compared: some four million lines, ten times the Go tree's. Its symbols are 100 MB.
	mostCompared = 256 << 20
	// mostShown is how much text the hits of an answer are in.
	mostShown = 128 << 20
	// unitBytes is how much text is read, outlined and made symbols of in one unit: some 3 ms of a core.
	unitBytes = 128 << 10
)

// DuplicatesQuery asks for groups of near-copies.
type DuplicatesQuery struct {
	Folders    []string // absolute directories to look in; all where it is empty
	MinLines   int      // code with fewer lines is not looked at, lines without code not counted
	Similarity float64  // of any two of a group, see clones.Find
	Limit      int      // at most so many groups, and MostGroups
	Foreign    bool     // also what is vendored or generated
}

// Duplicates are groups of near-copies, those first that repeat most.
type Duplicates struct {
	Groups   []DuplicatesGroup
	Coverage Coverage
	Warning  string // what was left out, or why there is nothing to look at
}

// DuplicatesGroup is code of which each two pieces are similar.
type DuplicatesGroup struct {
	Similarity float64      // of the two that are least so
	Hits       []search.Hit // by roots, paths and places; Score is how similar it is to the first
}

// Duplicates finds near-copies in the files that are indexed when it is called, as their documents say now: an open one what
// its buffer says. It works in the background, a few milliseconds at a time, and returns the context's cause within some when
// that ends first.
func (e *Engine) Duplicates(ctx context.Context, docs workspace.Documents, q DuplicatesQuery) (answer Duplicates, err error) {
	var list []compared
	for range 2 {
		err = e.guard(ctx, func() (err error) { list, answer, err = e.comparable(ctx, docs, q); return err })
		if !errors.Is(err, store.ErrFault) {
			break
		}
	}
	if err != nil {
		return Duplicates{}, err
	}
	left, err := e.symbols(ctx, docs, list, q.MinLines)
	if err != nil {
		return Duplicates{}, err
	}
	if left > 0 {
		const why = "%d of %d files were not compared: there is more than %d MB of code; name folders"
		answer.Warning = joined(answer.Warning, fmt.Sprintf(why, left, len(list), mostCompared>>20))
	}
	files := make([]clones.File, len(list))
	for i := range list {
		files[i] = list[i].file
	}
	groups, err := clones.Find(ctx, files, clones.Options{
		Similarity: q.Similarity,
		Tasks:      lookers,
		Unit: func(ctx context.Context, work func(ctx context.Context) error) error {
			return e.lend(ctx, tasks.Background, work)
		},
	})
	if err != nil {
		return Duplicates{}, err
	}
	s := &shown{engine: e, docs: docs, list: list}
	answer.Groups, err = s.groups(ctx, groups, min(q.Limit, MostGroups))
	if s.cut > 0 {
		answer.Warning = joined(answer.Warning, fmt.Sprintf("of %d groups only the first %d places are shown", s.cut, mostCopies))
	}
	if s.full {
		const why = "%d groups are shown: the others lie in too much text; name folders"
		answer.Warning = joined(answer.Warning, fmt.Sprintf(why, len(answer.Groups)))
	}
	return answer, err
}

// compared is a file that is looked at.
type compared struct {
	root, rel string
	hash      [16]byte // of its text
	file      clones.File
}

// comparable lists the files that may have pieces, by roots and paths.
func (e *Engine) comparable(ctx context.Context, docs workspace.Documents, q DuplicatesQuery) ([]compared, Duplicates, error) {
	seen, err := e.view(ctx, docs, q.Folders, nil)
	if err != nil {
		return nil, Duplicates{}, err
	}
	answer := Duplicates{Groups: []DuplicatesGroup{}, Coverage: seen.coverage, Warning: joined(e.cfg.Instead, seen.nothing)}
	var list []compared
	for _, v := range seen.all {
		n := 0
		for file := range v.scope.ByPath {
			if n++; n%1024 == 0 && ctx.Err() != nil {
				return nil, Duplicates{}, context.Cause(ctx)
			}
			if clones.Code(string(file.Language())) && (q.Foreign || file.Class()&index.ClassForeign == 0) {
				list = append(list, compared{root: file.Root, rel: file.Path()})
			}
		}
	}
	runtime.KeepAlive(seen)
	return list, answer, nil
}

// symbols reads the files, and returns how many it left out, the last ones.
func (e *Engine) symbols(ctx context.Context, docs workspace.Documents, list []compared, minLines int) (left int, err error) {
	var total, out atomic.Int64
	err = e.units(ctx, len(list), func() func(i int) int {
		var reader clones.Reader
		return func(i int) int {
			c := &list[i]
			if total.Load() > mostCompared {
				out.Add(1)
				return 0
			}
			text, ok := e.text(docs, c.root, c.rel)
			if !ok || int64(len(text)) > e.cfg.MaxFileSize {
				return 0
			}
			total.Add(int64(len(text)))
			c.file = readSymbols(&reader, c.rel, text, minLines)
			if !c.file.Empty() {
				c.hash = index.HashText(text)
			}
			return len(text)
		}
	})
	return int(out.Load()), err
}

// readSymbols is what is compared of a document.
func readSymbols(reader *clones.Reader, rel, text string, minLines int) clones.File {
	outline := chunk.Cut(rel, text)
	definitions, chunks := spans(&outline)
	return reader.Read(text, outline.Language, definitions, chunks, minLines)
}

// units calls what begin returns with 0 to n-1, about in order, in units of unitBytes of the bytes that it returns. It is called
// by several tasks at once, each of which begins for itself.
func (e *Engine) units(ctx context.Context, n int, begin func() func(i int) int) error {
	var next atomic.Int64
	look := func(ctx context.Context) error {
		do := begin()
		for done := false; !done; {
			err := e.lend(ctx, tasks.Background, func(ctx context.Context) error {
				for size := 0; size < unitBytes; {
					if ctx.Err() != nil {
						return context.Cause(ctx)
					}
					i := int(next.Add(1)) - 1
					if done = i >= n; done {
						return nil
					}
					size += do(i)
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	}
	return tasks.Run(ctx, func(ctx context.Context, g *tasks.Group) error {
		for range lookers - 1 {
			g.Go(look)
		}
		return look(ctx)
	})
}

// spans are the definitions of an outline, and its chunks. One that is not worth looking at is empty, so that the numbers stay.
func spans(outline *chunk.File) (definitions, chunks []clones.Span) {
	for _, s := range outline.Symbols {
		definitions = append(definitions, clones.Span{Start: s.Start, End: s.End})
	}
	for _, c := range outline.Chunks {
		span := clones.Span{Start: c.Start, End: c.End}
		if c.Skip {
			span.End = span.Start
		}
		chunks = append(chunks, span)
	}
	return definitions, chunks
}

// shown makes hits of what was found.
type shown struct {
	engine *Engine
	docs   workspace.Documents
	list   []compared
	cut    int  // groups of which not all is shown
	full   bool // there was more than mostShown to show
}

// groups shows the first groups. What has changed since it was compared is left out.
func (s *shown) groups(ctx context.Context, found []clones.Group, limit int) ([]DuplicatesGroup, error) {
	found = found[:min(limit, len(found))]
	need := make([]bool, len(s.list))
	var files []int
	for i := range found {
		if i%64 == 0 && ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if len(found[i].Copies) > mostCopies {
			s.cut++
			found[i].Copies = found[i].Copies[:mostCopies]
		}
		for _, c := range found[i].Copies {
			if !need[c.File] {
				need[c.File] = true
				files = append(files, c.File)
			}
		}
	}
	sources := s.engine.sources(s.docs, nil)
	all := make([]*source, len(s.list))
	var total atomic.Int64
	err := s.engine.units(ctx, len(files), func() func(i int) int {
		return func(i int) int {
			if total.Load() > mostShown {
				return 0
			}
			c := &s.list[files[i]]
			src := sources.open(c.root, c.rel)
			if src.load(); !src.ok || index.HashText(src.text) != c.hash {
				return 0
			}
			src.outline()
			total.Add(int64(len(src.text)))
			all[files[i]] = src
			return len(src.text)
		}
	})
	s.full = total.Load() > mostShown
	groups := make([]DuplicatesGroup, 0, len(found))
	for i, g := range found {
		if i%64 == 0 && ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		group := DuplicatesGroup{Similarity: g.Similarity}
		for _, c := range g.Copies {
			if src := all[c.File]; src != nil {
				group.Hits = append(group.Hits, src.copied(c))
			}
		}
		if len(group.Hits) > 1 {
			groups = append(groups, group)
		}
	}
	return groups, err
}

// copied is the hit that shows a copy.
func (s *source) copied(c clones.Copy) search.Hit {
	outline := s.outline()
	h := search.Hit{Path: s.path, Language: outline.Language, Score: c.Like, Text: s.text}
	if n := c.Number; n < len(outline.Symbols) {
		h = of(h, outline.Symbols[n])
	} else {
		c := outline.Chunks[n-len(outline.Symbols)]
		h.Start, h.End, h.NameStart, h.NameEnd = c.Start, c.End, c.NameStart, c.NameEnd
		h.Symbol, h.Container, h.Kind = c.Symbol, c.Container, c.Kind
	}
	h = named(h)
	at := h.NameStart
	if h.NameEnd == h.NameStart {
		at = h.End - len(strings.TrimLeft(s.text[h.Start:h.End], " \t\r\n"))
	}
	h.Snippet, h.SnippetStart = search.LineAt(s.text, h.Start, h.End, at)
	return h
}
