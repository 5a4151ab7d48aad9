package lexical

import "context"

// Dropped marks a document that a merge leaves out.
const Dropped = ^uint32(0)

// Source is what a merge takes from one set of postings.
type Source struct {
	Postings *Postings
	// Renumber gives the new number of each document, or Dropped. nil: First and the
	// following ones.
	Renumber []uint32
	First    uint32
	// GroupOf gives the group of each document; of a group all documents are dropped or
	// none. Needed where some are.
	GroupOf []uint32
}

// Merge returns the postings of several sources as one. The new numbers must ascend
// through the sources in order and leave no gap. When ctx ends first, its cause is the
// error.
//
// Where nothing is dropped a list is copied, but for the gap that leads into it.
func Merge(ctx context.Context, sources []Source) ([]byte, error) {
	var w writer
	var terms, bytes int
	for _, s := range sources {
		terms, bytes = max(terms, s.Postings.Terms()), bytes+len(s.Postings.lists)
		if s.Renumber == nil {
			w.lengths = append(w.lengths, s.Postings.lengths...)
			continue
		}
		for document, to := range s.Renumber {
			if to != Dropped {
				w.lengths = append(w.lengths, s.Postings.lengths[document])
			}
		}
	}
	w.hashes, w.starts = make([]uint64, 0, terms), make([]uint32, 0, terms+1)
	w.lists = make([]byte, 0, bytes)
	var m merged
	next := make([]int, len(sources)) // each source's next term
	for n := 1; ; n++ {
		if n%checkEvery == 0 && ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		least, any := uint64(0), false
		for i, s := range sources {
			if at := next[i]; at < len(s.Postings.hashes) && (!any || s.Postings.hashes[at] < least) {
				least, any = s.Postings.hashes[at], true
			}
		}
		if !any {
			return w.encode(), nil
		}
		m.reset()
		for i := range sources {
			if p := sources[i].Postings; next[i] < len(p.hashes) && p.hashes[next[i]] == least {
				m.add(&sources[i], p.list(next[i]))
				next[i]++
			}
		}
		if m.documents > 0 {
			w.list(least, m.documents, m.groups, m.postings)
		}
	}
}

// merged is one list of a merge.
type merged struct {
	documents, groups uint32
	last              uint32 // document, plus 1
	postings          []byte
}

func (m *merged) reset() { *m = merged{postings: m.postings[:0]} }

func (m *merged) add(s *Source, l List) {
	if s.Renumber == nil && l.table == nil {
		m.copy(s, l)
		return
	}
	group := ^uint32(0)
	for i := range l.blocks() {
		data, document := l.block(i)
		for len(data) >= 2 {
			gap, count, n := posting(data)
			data = data[n:]
			if document += gap; document >= l.of {
				return
			}
			to := s.First + document
			if s.Renumber != nil {
				if to = s.Renumber[document]; to == Dropped {
					continue
				}
				if s.GroupOf[document] != group {
					group = s.GroupOf[document]
					m.groups++
				}
			}
			m.postings = appendPosting(m.postings, to+1-m.last, count)
			m.last = to + 1
			m.documents++
		}
	}
	if s.Renumber == nil {
		m.groups += l.Groups
	}
}

// copy adds a list of which nothing is dropped and that has no table.
func (m *merged) copy(s *Source, l List) {
	if len(l.data) < 2 {
		return
	}
	gap, count, n := posting(l.data)
	m.postings = appendPosting(m.postings, s.First+gap-m.last, count)
	m.postings = append(m.postings, l.data[n:]...)
	m.documents += l.Documents
	m.groups += l.Groups
	// The last document is what the next list's first gap counts from.
	document := gap - 1
	for data := l.data[n:]; len(data) >= 2; {
		gap, _, n := posting(data)
		document += gap
		data = data[n:]
	}
	m.last = s.First + document + 1
}

// checkEvery is after how many terms a merge looks at its context: a millisecond, as
// most have a few postings.
const checkEvery = 1024
