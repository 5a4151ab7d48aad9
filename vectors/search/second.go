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
	view  int32   // of its file
	label float32 // see meaning
}

// fileView is what the second stage knows of a file.
type fileView struct {
	path   float64             // share of the query that its path says
	place  float64             // see meaning
	lift   float64             // by these
	factor float64             // of its class
	others float64             // what its other chunks say better than its best one, 0..1
	pooled pooled              // what all of them say
	top    [bestOfFile]float64 // scores of its best chunks, in no order
	best   float64             // their sum
	seen   int
	last   int // of those seen, in the list
}

// secondStage adds what path and names tell and what the chunks of a file say
// together, and spreads the hits over files. It is given the best ones first: the names of
// those behind namesLooked are not compared.
func secondStage(s *index.Snapshot, found index.Retrieved, p parsed, q Query) []Ranked {
	list, views, _ := scored(s, found.Candidates, p, found.IDF, q)
	if p.named {
		list = namesFirst(list, views, found.Named, q.Weights)
	}
	list = best(list, q.Limit)
	ranked := make([]Ranked, len(list))
	for i := range ranked {
		ranked[i] = list[i].Ranked
	}
	return ranked
}

// scored returns the candidates with their scores, but for what namesFirst adds, in the order
// of those before they were spread over files; what is known of the files; and the best chunks
// of the best file together.
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
	spread(list, views, q.Weights.sum(p.named))
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

// namesFirst adds what it counts that a chunk defines what the query is the name of, once for
// each such definition. It is no part of what is spread over files, nor of what their chunks
// say together: the definitions of a name are the answer, however many of a file there are.
func namesFirst(list []candidate, views []fileView, named []index.Named, w Weights) []candidate {
	all := w.sum(true)
	for i := range list {
		c := list[i]
		score := c.Score
		for at := firstNamed(named, c.ID); at > 0; at++ {
			n := named[at-1]
			c.named, c.Score = at, score+w.Alone*float64(n.Value)*views[c.view].factor/all
			if int(at) == len(named) || named[at].ID != c.ID {
				break
			}
			list = append(list, c)
		}
		list[i] = c
	}
	return list
}

// firstNamed is the number, and 1, of the first of a chunk's definitions in a list by number
// of the chunks; 0 where there is none.
func firstNamed(list []index.Named, id uint32) int32 {
	at, ok := slices.BinarySearchFunc(list, id, func(n index.Named, id uint32) int { return cmp.Compare(n.ID, id) })
	if !ok {
		return 0
	}
	return int32(at + 1)
}

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
	return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.named, b.named))
}

// viewed scores the candidates with what their names say, and with what is known of their
// files, each of which is looked at once.
func viewed(s *index.Snapshot, found []index.Candidate, p parsed, idf []float64, q Query) ([]candidate, []fileView) {
	said, means, each := newSayings(p.terms, idf), newMeaning(p.text, q.Weights), q.Factors.each()
	list := make([]candidate, len(found))
	views := make([]fileView, 0, len(found))
	numbers := newFileNumbers(len(found))
	for i, c := range found {
		at := numbers.of(c.File, len(views))
		if int(at) == len(views) {
			class, path := s.FileClass(c.File)
			v := fileView{path: said.share(path), factor: classFactor(class, p, each)}
			if i < namesLooked {
				v.place = means.place(path)
			}
			v.lift = q.Weights.Path*v.path + q.Weights.Place*v.place
			views = append(views, v)
		}
		v := &views[at]
		label := 0.0
		if i < namesLooked {
			label = means.label(s, c.ID)
		}
		v.pooled.add(float64(c.Score), float64(c.Chunk), float64(c.Dense), label, q.Weights)
		score := (float64(c.Score) + v.lift + q.Weights.Label*label) * v.factor
		list[i] = candidate{Ranked{ID: c.ID, Score: score}, at, float32(label)}
	}
	for i := range views {
		views[i].others = views[i].pooled.others(q.Weights)
	}
	for i := range list {
		v := &views[list[i].view]
		list[i].Score += q.Weights.Others * v.others * v.factor
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

// pooled is the best that the chunks of a file say, each signal by itself: where one has the words and another the
// meaning, the file has both.
type pooled struct {
	chunk, dense, label float64
	best                float64 // of their chunks' scores
	own                 float64 // what the chunk of that score says
}

func (p *pooled) add(score, chunk, dense, label float64, w Weights) {
	p.chunk, p.dense, p.label = max(p.chunk, chunk), max(p.dense, dense), max(p.label, label)
	if score += w.Label * label; score > p.best {
		p.best, p.own = score, w.Chunk*chunk+w.Dense*dense+w.Label*label
	}
}

// others is what the best of each signal is more than what the best chunk has of them, as a share of what it can be.
func (p *pooled) others(w Weights) float64 {
	all := w.Chunk + w.Dense + w.Label
	if all <= 0 {
		return 0
	}
	return max(0, w.Chunk*p.chunk+w.Dense*p.dense+w.Label*p.label-p.own) / all
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
