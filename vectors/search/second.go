package search

import (
	"cmp"
	"math"
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
	lift   float64             // by its path
	factor float64             // of its class
	top    [bestOfFile]float64 // scores of its best chunks, in no order
	best   float64             // their sum
	seen   int
}

// secondStage adds what the path tells and what the chunks of a file say
// together, and spreads the hits over files.
func secondStage(s *index.Snapshot, found []index.Candidate, p parsed, idf []float64, q Query) []Ranked {
	list, views := viewed(s, found, p, idf, q)
	top := 0.0
	for i := range views {
		for _, score := range views[i].top {
			views[i].best += score
		}
		top = max(top, views[i].best)
	}
	for i := range list {
		if top > 0 {
			list[i].Score += q.Weights.Best * views[list[i].view].best / top
		}
	}
	slices.SortFunc(list, byScore)
	for i := range list {
		v := &views[list[i].view]
		list[i].Score *= math.Pow(sameFile, float64(v.seen)) / q.Weights.sum()
		v.seen++
	}
	slices.SortFunc(list, byScore)
	ranked := make([]Ranked, min(q.Limit, len(list)))
	for i := range ranked {
		ranked[i] = list[i].Ranked
	}
	return ranked
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
	said := newSayings(p.terms, idf)
	list := make([]candidate, len(found))
	views := make([]fileView, 0, len(found))
	number := make(map[uint32]int32, len(found))
	for i, c := range found {
		at, known := number[c.File]
		if !known {
			at = int32(len(views))
			number[c.File] = at
			class, path := s.FileClass(c.File)
			views = append(views, fileView{lift: q.Weights.Path * said.share(path), factor: classFactor(class, p)})
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

// sayings are the words of a query by their hashes, to tell what a path says of it.
type sayings struct {
	words   []saying // by hash
	likely  uint64   // bit h>>58 for every hash h: most words of most paths are in no query
	weights []float64
	all     float64
	best    []float64 // of each term, by the path under way
}

type saying struct {
	hash uint64 // as of a word of a directory, see index.PathWord
	term int
}

func newSayings(terms []index.Term, idf []float64) *sayings {
	s := &sayings{weights: make([]float64, len(terms)), best: make([]float64, len(terms))}
	for i, t := range terms {
		s.weights[i] = t.Weight * idf[i]
		s.all += s.weights[i]
		if s.weights[i] == 0 {
			continue
		}
		for _, w := range t.Words {
			hash := index.PathWord(words.HashString(w.Text), false)
			s.words = append(s.words, saying{hash, i})
			s.likely |= 1 << (hash >> 58)
		}
	}
	slices.SortFunc(s.words, func(a, b saying) int { return cmp.Compare(a.hash, b.hash) })
	return s
}

// share is the share of the query, weighted by how rare its words are, that a path
// says: in full where the file's name says it, half where a directory does.
func (s *sayings) share(path []uint64) float64 {
	if s.all == 0 {
		return 0
	}
	touched := false
	for _, w := range path {
		hash, says := w&^1, 0.5
		if s.likely>>(hash>>58)&1 == 0 {
			continue
		}
		if w != hash {
			says = 1
		}
		at, _ := slices.BinarySearchFunc(s.words, hash, func(x saying, hash uint64) int { return cmp.Compare(x.hash, hash) })
		for ; at < len(s.words) && s.words[at].hash == hash; at++ {
			t := s.words[at].term
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
