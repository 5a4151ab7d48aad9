package index

import (
	"context"
	"slices"

	"github.com/semantic-ls/semantic-ls/vectors/lexical"
)

// checkEvery is after how many rows a scan looks at its context: looking costs
// some ns, and 1024 rows of 256 bytes are a fifth of a millisecond.
const checkEvery = 1024

// Dense returns the inner product of query with every chunk, by number. It
// returns the context's error when that ends first. Rows of another dimension
// than the query's score 0.
func (s *Snapshot) Dense(ctx context.Context, query Row) ([]float32, error) {
	total, _ := s.total()
	scores := make([]float32, total)
	if query.Scale == 0 {
		return scores, nil
	}
	for i := range s.parts {
		p := &s.parts[i]
		if p.seg.dimensions != len(query.Data) {
			continue
		}
		for c := range p.seg.chunkCount {
			if c%checkEvery == 0 && ctx.Err() != nil {
				return nil, context.Cause(ctx)
			}
			scores[p.chunkBase+uint32(c)] = Dot(query, p.seg.Row(uint32(c)))
		}
	}
	return scores, nil
}

// Term is a word of a query, or a group of words that count as one: in a group
// of {remove, evict} a text that says each once says the term twice.
type Term struct {
	Words  []Word
	Weight float64 // how much the term counts, usually 1
}

// Word is a word of a term and how much each of its occurrences counts.
type Word struct {
	Text  string
	Times uint32
}

// Single is the term of one word.
func Single(word string, weight float64) Term {
	return Term{Words: []Word{{word, 1}}, Weight: weight}
}

// Matches are the BM25 scores of a query.
type Matches struct {
	Chunks []float32 // by number of the chunk, 0: none of the terms
	Files  []float32 // by number of the file, as if each were one document
	IDF    []float64 // of each term, among the chunks; 0 where no live chunk has it
}

// Lexical scores every live chunk and file against terms. It returns the
// context's error when that ends first.
func (s *Snapshot) Lexical(ctx context.Context, terms []Term, chunks, files lexical.BM25) (*Matches, error) {
	totalChunks, totalFiles := s.total()
	m := &Matches{
		Chunks: make([]float32, totalChunks),
		Files:  make([]float32, totalFiles),
		IDF:    make([]float64, len(terms)),
	}
	var words float64
	counts := s.Counts("")
	for _, p := range s.parts {
		words += float64(p.words)
	}
	meanChunk, meanFile := words/float64(max(counts.Chunks, 1)), words/float64(max(counts.Files, 1))
	lists := make([][]lexical.Posting, len(s.parts))
	var sum tally
	for t, term := range terms {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		matchingChunks, matchingFiles := 0, 0
		for i := range s.parts {
			p := &s.parts[i]
			lists[i] = sum.term(ctx, lists[i][:0], p, term)
			if ctx.Err() != nil {
				return nil, context.Cause(ctx)
			}
			matchingChunks += len(lists[i])
			last := ^uint32(0)
			for _, e := range lists[i] {
				if f := p.seg.fileOf[e.Document]; f != last {
					matchingFiles++
					last = f
				}
			}
		}
		if matchingChunks == 0 {
			continue
		}
		m.IDF[t] = lexical.IDF(counts.Chunks, matchingChunks)
		chunkIDF, fileIDF := m.IDF[t]*term.Weight, lexical.IDF(counts.Files, matchingFiles)*term.Weight
		for i := range s.parts {
			p := &s.parts[i]
			for j, looked := 0, 0; j < len(lists[i]); {
				if j-looked >= checkEvery {
					if looked = j; ctx.Err() != nil {
						return nil, context.Cause(ctx)
					}
				}
				// One file's chunks stand together: its count is their sum.
				f, count := p.seg.fileOf[lists[i][j].Document], uint32(0)
				for ; j < len(lists[i]) && p.seg.fileOf[lists[i][j].Document] == f; j++ {
					e := lists[i][j]
					norm := chunks.Norm(float64(p.seg.postings.Length(e.Document)), meanChunk)
					m.Chunks[p.chunkBase+e.Document] += float32(chunks.Score(chunkIDF, float64(e.Count), norm))
					count += e.Count
				}
				norm := files.Norm(float64(p.seg.fileWords(int(f))), meanFile)
				m.Files[p.fileBase+f] += float32(files.Score(fileIDF, float64(count), norm))
			}
		}
	}
	return m, nil
}

// tally adds up the lists of a group's words.
type tally struct {
	counts  []uint32 // by document
	touched []uint32 // documents whose count is not 0
	list    []lexical.Posting
}

// sparse is the share of all documents, one in so many, up to which sorting the
// touched ones beats looking at every count.
const sparse = 16

// term appends to dst the live postings of t in p, documents ascending. When ctx
// ends it stops at the next word, and what it returns is not whole.
func (a *tally) term(ctx context.Context, dst []lexical.Posting, p *part, t Term) []lexical.Posting {
	if len(t.Words) == 1 && t.Words[0].Times == 1 {
		return p.livePostings(dst, t.Words[0].Text)
	}
	if len(a.counts) < p.seg.chunkCount {
		a.counts = make([]uint32, p.seg.chunkCount)
	}
	for _, w := range t.Words {
		if ctx.Err() != nil {
			break
		}
		a.list = p.livePostings(a.list[:0], w.Text)
		for _, e := range a.list {
			if a.counts[e.Document] == 0 {
				a.touched = append(a.touched, e.Document)
			}
			a.counts[e.Document] += e.Count * w.Times
		}
	}
	take := func(document uint32) {
		dst = append(dst, lexical.Posting{Document: document, Count: a.counts[document]})
		a.counts[document] = 0
	}
	if len(a.touched)*sparse < p.seg.chunkCount {
		slices.Sort(a.touched)
		for _, document := range a.touched {
			take(document)
		}
	} else {
		for document := range a.counts[:p.seg.chunkCount] {
			if a.counts[document] != 0 {
				take(uint32(document))
			}
		}
	}
	a.touched = a.touched[:0]
	return dst
}

func (p *part) livePostings(dst []lexical.Posting, word string) []lexical.Posting {
	dst = p.seg.postings.Lookup(word).Append(dst)
	if p.dead == nil {
		return dst
	}
	live := dst[:0]
	for _, e := range dst {
		if !p.isDead(int(p.seg.fileOf[e.Document])) {
			live = append(live, e)
		}
	}
	return live
}

// Having calls yield with every live chunk that has the term.
func (s *Snapshot) Having(word string, yield func(id uint32)) {
	for i := range s.parts {
		for _, e := range s.parts[i].livePostings(nil, word) {
			yield(s.parts[i].chunkBase + e.Document)
		}
	}
}

// Scope says which live chunks a query may find, by number.
type Scope struct {
	s     *Snapshot
	files []bool // by number; nil: all
}

// Everywhere is the scope of all live chunks.
func (s *Snapshot) Everywhere() Scope { return Scope{s: s} }

// Place is a directory below a root; "" is the root itself.
type Place struct{ Root, Directory string }

// Under is the scope of the chunks of files below any of the places.
func (s *Snapshot) Under(places []Place) Scope {
	_, files := s.total()
	scope := Scope{s: s, files: make([]bool, files)}
	for i := range s.parts {
		p := &s.parts[i]
		for _, place := range places {
			if place.Root == p.root {
				p.seg.Under(place.Directory, func(f int) { scope.files[p.fileBase+uint32(f)] = true })
			}
		}
	}
	return scope
}

// Each calls yield with every live chunk of the scope, in order.
func (c Scope) Each(yield func(id uint32) bool) {
	for i := range c.s.parts {
		p := &c.s.parts[i]
		for f := range p.seg.fileCount {
			if p.isDead(f) || c.files != nil && !c.files[p.fileBase+uint32(f)] {
				continue
			}
			first, n := p.seg.fileChunks(f)
			for id := first; id < first+n; id++ {
				if !yield(p.chunkBase + uint32(id)) {
					return
				}
			}
		}
	}
}

// IDF weighs a term by how many live chunks have it; 0 where none has.
func (s *Snapshot) IDF(word string) float64 {
	n := 0
	s.Having(word, func(uint32) { n++ })
	if n == 0 {
		return 0
	}
	return lexical.IDF(s.Counts("").Chunks, n)
}
