package index

import (
	"cmp"
	"slices"
)

// shortlist keeps the best of many candidates. It collects twice as many as it is to
// keep and then drops the worse half, which is a handful of comparisons a candidate
// where a heap takes one a level. Of equals it keeps those of the smallest numbers.
type shortlist struct {
	most  int
	list  []Candidate
	least float32 // a score below that of what is kept, once there is enough
}

func (l *shortlist) offer(c Candidate) {
	if l.most == 0 {
		return
	}
	if l.list = append(l.list, c); len(l.list) >= 2*l.most {
		l.drop()
	}
}

// drop leaves the best ones.
func (l *shortlist) drop() {
	slices.SortFunc(l.list, compareScores)
	l.list = l.list[:min(l.most, len(l.list))]
	if len(l.list) == l.most {
		l.least = l.list[l.most-1].Score
	}
}

// sorted returns what is left, best first.
func (l *shortlist) sorted() []Candidate {
	l.drop()
	return l.list
}

// compareScores orders candidates, best first. No score is NaN.
func compareScores(a, b Candidate) int {
	switch {
	case a.Score > b.Score:
		return -1
	case a.Score < b.Score:
		return 1
	}
	return cmp.Compare(a.ID, b.ID)
}
