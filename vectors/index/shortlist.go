package index

import "slices"

// shortlist keeps the best of many candidates. It collects twice as many as it is to
// keep and then drops the worse half, which is a few comparisons a candidate where a
// heap takes one a level. Of equals it keeps those of the smallest numbers.
type shortlist struct {
	most  int
	list  []Candidate
	least float32 // the lowest score of what is kept, once there is enough
}

func (l *shortlist) offer(c Candidate) {
	if l.most == 0 {
		return
	}
	if l.list = append(l.list, c); len(l.list) >= 2*l.most {
		l.drop()
	}
}

// drop leaves the best ones, in no order.
func (l *shortlist) drop() {
	if len(l.list) < l.most {
		return
	}
	selectBest(l.list, l.most)
	l.list = l.list[:l.most]
	l.least = l.list[0].Score
	for _, c := range l.list[1:] {
		l.least = min(l.least, c.Score)
	}
}

// selectBest moves the n best candidates to the front, by Hoare's selection: about
// three comparisons each. Numbers differ, so that no two are equal.
func selectBest(list []Candidate, n int) {
	for len(list) > 1 && 0 < n && n < len(list) {
		// The middle of three, which a sorted list does not make slow.
		first, middle, last := list[0], list[len(list)/2], list[len(list)-1]
		pivot := middle
		switch {
		case better(first, middle) == better(last, first):
			pivot = first
		case better(middle, last) == better(last, first) && better(first, middle) != better(middle, last):
			pivot = last
		}
		i, j := 0, len(list)-1
		for i <= j {
			for better(list[i], pivot) {
				i++
			}
			for better(pivot, list[j]) {
				j--
			}
			if i <= j {
				list[i], list[j] = list[j], list[i]
				i++
				j--
			}
		}
		// Up to j all are at least as good as the pivot, from i on none is better.
		switch {
		case n <= j:
			list = list[:j+1]
		case n > i:
			list, n = list[i:], n-i
		default:
			return
		}
	}
}

// sorted returns what is left, best first.
func (l *shortlist) sorted() []Candidate {
	l.drop()
	slices.SortFunc(l.list, compareScores)
	return l.list
}

// better reports whether a stands before b. No score is NaN.
func better(a, b Candidate) bool { return a.Score > b.Score || a.Score == b.Score && a.ID < b.ID }

// compareScores orders candidates, best first.
func compareScores(a, b Candidate) int {
	switch {
	case better(a, b):
		return -1
	case better(b, a):
		return 1
	}
	return 0
}
