package index

import (
	"math"
	"slices"

	"github.com/semantic-ls/semantic-ls/vectors/lexical"
	"github.com/semantic-ls/semantic-ls/vectors/words"
)

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

// found is a term in the postings of a snapshot.
type found struct {
	lists           []located // by part
	idf, groupIDF   float64   // among the chunks and among the files
	chunks, inFiles float64   // how many have it, about
}

// located is the list of one word in one part.
type located struct {
	part  int
	times uint32
	list  lexical.List
}

// in returns the lists of a part.
func (f *found) in(part int) []located {
	from, _ := slices.BinarySearchFunc(f.lists, part, func(l located, part int) int { return l.part - part })
	to := from
	for to < len(f.lists) && f.lists[to].part == part {
		to++
	}
	return f.lists[from:to]
}

// locate looks a term up. How many chunks have any word of a group is known exactly for
// a group of one; for more it is what it would be if the words knew nothing of each
// other. What is dead still counts here, until it is merged away, as elsewhere
// (Lucene): how rare a word is hardly changes with it.
func (s *Snapshot) locate(t Term, chunks, files int) (f found) {
	missing, missingFiles := 1.0, 1.0 // shares of chunks and files without any of the words
	for _, w := range t.Words {
		hash := words.HashString(w.Text)
		var inChunks, inFiles float64
		for i := range s.parts {
			if l := s.parts[i].seg.postings.Lookup(hash); l.Documents > 0 {
				f.lists = append(f.lists, located{i, w.Times, l})
				inChunks += float64(l.Documents)
				inFiles += float64(l.Groups)
			}
		}
		missing *= 1 - inChunks/float64(max(chunks, 1))
		missingFiles *= 1 - inFiles/float64(max(files, 1))
	}
	if len(f.lists) == 0 {
		return f
	}
	if len(s.parts) > 1 {
		slices.SortStableFunc(f.lists, func(a, b located) int { return a.part - b.part })
	}
	f.chunks, f.inFiles = float64(chunks)*(1-missing), float64(files)*(1-missingFiles)
	f.idf = lexical.IDF(float64(chunks), math.Round(f.chunks))
	f.groupIDF = lexical.IDF(float64(files), math.Round(f.inFiles))
	return f
}

// IDF weighs a term by how many chunks have it; 0 where none has.
func (s *Snapshot) IDF(word string) float64 {
	chunks, files := s.total()
	return s.locate(Single(word, 1), chunks, files).idf
}

// Having calls yield with every live chunk that has the word of that hash, see
// words.Hash.
func (s *Snapshot) Having(term uint64, yield func(id uint32)) {
	var list []lexical.Posting
	for i := range s.parts {
		p := &s.parts[i]
		list = p.seg.postings.Lookup(term).Append(list[:0])
		for _, e := range list {
			if p.live == nil || p.live[e.Document>>6]>>(e.Document&63)&1 != 0 {
				yield(p.chunkBase + e.Document)
			}
		}
	}
}
