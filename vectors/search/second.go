package search

import (
	"cmp"
	"math"
	"math/bits"
	"runtime"
	"slices"

	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/vectors/words"
)

// candidate is a chunk in the second stage.
type candidate struct {
	Ranked
	view int32 // of its file
}

// fileView is what the second stage knows of a file.
type fileView struct {
	path   float64             // share of the query that its path says
	lift   float64             // by that
	factor float64             // of its class
	top    [bestOfFile]float64 // scores of its best chunks, in no order
	best   float64             // their sum
	seen   int
	last   int // of those seen, in the list
}

// secondStage adds what the path tells and what the chunks of a file say
// together, and spreads the hits over files. It is given the best ones first, though
// nothing but time depends on it.
func secondStage(s *index.Snapshot, found []index.Candidate, p parsed, idf []float64, q Query) []Ranked {
	list, _, _ := scored(s, found, p, idf, q)
	list = best(list, q.Limit)
	ranked := make([]Ranked, len(list))
	for i := range ranked {
		ranked[i] = list[i].Ranked
	}
	return ranked
}

// scored returns the candidates with their final scores, in the order of those before they
// were spread over files; what is known of the files; and the best chunks of the best file
// together.
func scored(
	s *index.Snapshot, found []index.Candidate, p parsed, idf []float64, q Query,
) (list []candidate, views []fileView, top float64) {
	list, views = viewed(s, found, p, idf, q)
	for i := range views {
		for _, score := range views[i].top {
			views[i].best += score
		}
		top = max(top, views[i].best)
	}
	if top > 0 {
		for i := range list {
			list[i].Score += q.Weights.Best * views[list[i].view].best / top
		}
	}
	spread(list, views, q.Weights.sum())
	return list, views, top
}

// spread takes from each further hit of a file, and divides scores by the sum of all
// weights. What was added to the scores of a file's chunks was the same for each, so that
// they are in order already unless it made two of them equal.
func spread(list []candidate, views []fileView, all float64) {
	ordered := true
	for i := range list {
		v := &views[list[i].view]
		ordered = ordered && (v.seen == 0 || byScore(list[v.last], list[i]) < 0)
		v.seen, v.last = 1, i
	}
	if !ordered {
		slices.SortFunc(list, byScore)
	}
	for i := range views {
		views[i].seen = 0
	}
	var factors []float64 // by how many of its file come before
	for i := range list {
		v := &views[list[i].view]
		if v.seen == len(factors) {
			factors = append(factors, furtherFactor(v.seen)/all)
		}
		list[i].Score *= factors[v.seen]
		v.seen++
	}
}

// furtherFactor is how much a hit counts before which so many of its file stand.
func furtherFactor(seen int) float64 { return math.Pow(sameFile, float64(seen)) }

// best returns the n best, best first; it changes list. The n best so far are a heap with
// the last of them on top, so that most of the others are compared with one only.
func best(list []candidate, n int) []candidate {
	n = min(n, len(list))
	heap := list[:n]
	sink := func(at int) {
		for {
			child := 2*at + 1
			if child >= n {
				return
			}
			if child+1 < n && byScore(heap[child], heap[child+1]) < 0 {
				child++
			}
			if byScore(heap[at], heap[child]) >= 0 {
				return
			}
			heap[at], heap[child] = heap[child], heap[at]
			at = child
		}
	}
	if n > 0 && n < len(list) {
		for at := n/2 - 1; at >= 0; at-- {
			sink(at)
		}
		for _, c := range list[n:] {
			if byScore(c, heap[0]) < 0 {
				heap[0] = c
				sink(0)
			}
		}
	}
	slices.SortFunc(heap, byScore)
	return heap
}

// byScore orders candidates, best first. No score is NaN.
func byScore(a, b candidate) int {
	switch {
	case a.Score > b.Score:
		return -1
	case a.Score < b.Score:
		return 1
	}
	return cmp.Compare(a.ID, b.ID)
}

// viewed scores the candidates with what is known of their files, each of which is
// looked at once.
func viewed(s *index.Snapshot, found []index.Candidate, p parsed, idf []float64, q Query) ([]candidate, []fileView) {
	said, each := newSayings(p.terms, idf), q.Factors.each()
	list := make([]candidate, len(found))
	views := make([]fileView, 0, len(found))
	numbers := newFileNumbers(len(found))
	for i, c := range found {
		at := numbers.of(c.File, len(views))
		if int(at) == len(views) {
			class, path := s.FileClass(c.File)
			share := said.share(path)
			views = append(views, fileView{path: share, lift: q.Weights.Path * share, factor: classFactor(class, p, each)})
		}
		v := &views[at]
		list[i] = candidate{Ranked{c.ID, (float64(c.Score) + v.lift) * v.factor}, at}
		least := 0
		for j := range v.top {
			if v.top[j] < v.top[least] {
				least = j
			}
		}
		v.top[least] = max(v.top[least], list[i].Score)
	}
	runtime.KeepAlive(s) // the words of the paths may be those of a mapped file
	return list, views
}

// fileNumbers numbers files in the order in which they are first asked for: a table with
// open addresses, at most half of it taken.
type fileNumbers struct {
	slots []fileNumber
	shift uint // of a hash, which leaves its slot
}

type fileNumber struct {
	file uint32
	next int32 // its number and 1; 0: free
}

func newFileNumbers(most int) *fileNumbers {
	size := bits.Len(uint(2 * most))
	return &fileNumbers{make([]fileNumber, 1<<size), uint(64 - size)}
}

// of returns the number of a file, next where it has none yet.
func (n *fileNumbers) of(file uint32, next int) int32 {
	at := uint64(file) * fibonacci >> n.shift
	for ; n.slots[at].next != 0; at = (at + 1) % uint64(len(n.slots)) {
		if n.slots[at].file == file {
			return n.slots[at].next - 1
		}
	}
	n.slots[at] = fileNumber{file, int32(next) + 1}
	return int32(next)
}

// fibonacci is 2^64 divided by the golden ratio: the top bits of its products spread
// numbers that follow each other evenly (Knuth, The Art of Computer Programming 6.4).
const fibonacci = 0x9e3779b97f4a7c15

// sayings are the words of a query by their hashes, to tell what a path says of it: a
// table with open addresses, at most a quarter of it taken, since most words of most
// paths are in no query.
type sayings struct {
	slots   []saying // by the top bits of the hash
	shift   uint
	weights []float64
	all     float64
	best    []float64 // of each term, by the path under way
}

type saying struct {
	hash uint64 // as of a word of a directory, see index.PathWord
	next int    // the term's number and 1; 0: free
}

func newSayings(terms []index.Term, idf []float64) *sayings {
	s := &sayings{weights: make([]float64, len(terms)), best: make([]float64, len(terms))}
	count := 0
	for _, t := range terms {
		count += len(t.Words)
	}
	size := bits.Len(uint(4 * count))
	s.slots, s.shift = make([]saying, 1<<size), uint(64-size)
	for i, t := range terms {
		s.weights[i] = t.Weight * idf[i]
		s.all += s.weights[i]
		if s.weights[i] == 0 {
			continue
		}
		for _, w := range t.Words {
			hash := index.PathWord(words.HashString(w.Text), false)
			at := s.slot(hash)
			for s.slots[at].next != 0 {
				at = s.after(at)
			}
			s.slots[at] = saying{hash, i + 1}
		}
	}
	return s
}

func (s *sayings) slot(hash uint64) uint64 { return hash >> s.shift }

func (s *sayings) after(at uint64) uint64 { return (at + 1) % uint64(len(s.slots)) }

// share is the share of the query, weighted by how rare its words are, that a path
// says: in full where the file's name says it, half where a directory does.
func (s *sayings) share(path []uint64) float64 {
	if s.all == 0 {
		return 0
	}
	touched := false
	for _, w := range path {
		hash := w &^ 1
		for at := s.slot(hash); s.slots[at].next != 0; at = s.after(at) {
			if s.slots[at].hash != hash {
				continue
			}
			says, t := 0.5, s.slots[at].next-1
			if w != hash {
				says = 1
			}
			s.best[t] = max(s.best[t], says)
			touched = true
		}
	}
	if !touched {
		return 0
	}
	sum := 0.0
	for t, best := range s.best {
		sum += s.weights[t] * best
	}
	clear(s.best)
	return sum / s.all
}
