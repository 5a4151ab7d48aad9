package clones

import (
	"cmp"
	"context"
	"slices"
	"sort"
)

const (
	// mostSampled is how many runs of a piece it is looked up by. Of two pieces that are as similar as is asked for a third of the
	// runs or more are the same, and so are then five of sixteen at the mean.
	mostSampled = 16
	// leastMet is how many of these are the same in pieces that are compared.
	leastMet = 2
	// mostLooked is how many nodes a piece is compared with, those with the most runs in common: a tenth of a millisecond.
	mostLooked = 24
	// mostFound is how many copies of a piece are found.
	mostFound = 1000
)

// Catalogue is files in which the pieces that are similar to one are found without comparing it with all of them. For a million
// lines it takes some 30 MB beside the files. Immutable, safe for concurrent use.
//
// A piece is looked up by a sample of its runs, in the lists of the nodes that have one of them in their samples. The sample is
// those of the rarest class that have the least hashes, so that two pieces with many runs in common have many of them in both
// samples, which of several runs that are as rare the rarest themselves would not give: what is new in one of two copies is
// rarer than what both have.
type Catalogue struct {
	*finder
	lists *lists
	rare  rare
}

// NewCatalogue makes a catalogue of files, which it keeps. Of the options Unit and Tasks count. It returns the context's cause
// when that ends first.
func NewCatalogue(ctx context.Context, files []File, o Options) (*Catalogue, error) {
	if o.Unit == nil {
		o.Unit = func(ctx context.Context, work func(ctx context.Context) error) error { return work(ctx) }
	}
	f := &finder{files: files, options: o}
	if err := f.gather(ctx); err != nil {
		return nil, err
	}
	r := newRare(f.symbols)
	size := func(i int) int { return len(f.nodes[i].symbols) }
	err := f.units(len(f.nodes), size)(ctx, func(i int) {
		if s := f.nodes[i].symbols; len(s) <= mostSymbols {
			r.count(i, s)
		}
	})
	if err != nil {
		return nil, err
	}
	c := &Catalogue{finder: f, rare: rare{shift: r.shift, nodes: r.nodes}}
	chosen := make([][]uint32, len(f.nodes))
	err = f.spread(ctx, len(f.nodes), size, func() func(i int) {
		s := sampler{shift: c.rare.shift, nodes: c.rare.nodes}
		return func(i int) { chosen[i] = slices.Clone(s.sample(f.nodes[i].symbols)) }
	})
	if err == nil {
		c.lists, err = f.listOf(ctx, chosen)
	}
	if err != nil {
		return nil, err
	}
	c.lists.at, c.lists.from, c.lists.runs = nil, nil, nil // of the nodes themselves nobody asks again
	return c, nil
}

// sampler chooses runs. Not safe for concurrent use.
type sampler struct {
	shift  int
	nodes  []uint8
	runs   []uint64
	chosen []sampled
	found  []uint32
}

// sampled is a run with what it is chosen by, the least first.
type sampled struct {
	class uint8  // of how rare it is
	hash  uint32 // of the run
	run   uint32
}

// sample are the runs that a piece is looked up by, until the next call. Long pieces have none: they are found where they are
// equal, by their last runs.
func (s *sampler) sample(symbols []symbol) []uint32 {
	list := s.chosen[:0]
	if len(symbols) > mostSymbols {
		symbols = symbols[len(symbols)-mostSampled-runLength:]
	}
	s.runs = appendRuns(s.runs[:0], symbols)
	for _, run := range s.runs {
		mixed := run * mixer
		c := sampled{rareness(s.nodes[mixed>>s.shift]), uint32(mixed), uint32(run)}
		if len(list) == mostSampled && c.compare(list[mostSampled-1]) >= 0 {
			continue
		}
		at, known := slices.BinarySearchFunc(list, c, sampled.compare)
		if known {
			continue // it has it twice
		}
		if len(list) < mostSampled {
			list = append(list, sampled{})
		}
		copy(list[at+1:], list[at:])
		list[at] = c
	}
	s.chosen, s.found = list, s.found[:0]
	for _, c := range list {
		s.found = append(s.found, c.run)
	}
	return s.found
}

func (c sampled) compare(d sampled) int {
	return cmp.Or(cmp.Compare(c.class, d.class), cmp.Compare(c.hash, d.hash), cmp.Compare(c.run, d.run))
}

// rareness is the class of a run that so many nodes have.
func rareness(nodes uint8) uint8 {
	switch {
	case nodes <= 4:
		return 0
	case nodes <= 16:
		return 1
	case nodes <= 64:
		return 2
	}
	return 3
}

// Lookup looks up pieces in a catalogue. Not safe for concurrent use.
type Lookup struct {
	catalogue *Catalogue
	sampler
	shared map[int32]uint8
	comparison
}

// Lookup returns what looks up pieces.
func (c *Catalogue) Lookup() *Lookup {
	return &Lookup{catalogue: c, sampler: sampler{shift: c.rare.shift, nodes: c.rare.nodes}, shared: map[int32]uint8{}}
}

// Similar returns the copies in the catalogue of a piece of a file, which need not be in it: those that are at least as similar,
// the most similar first. The piece itself is among them where it is in the catalogue.
func (l *Lookup) Similar(f *File, p Piece, similarity float64) (found []Copy) {
	c, s := l.catalogue, f.symbols[p.From:p.To]
	clear(l.shared)
	runs := l.sample(s)
	for _, run := range runs {
		l.meet(run, len(s), similarity)
	}
	least := uint8(min(leastMet, max(1, len(runs)/4)))
	var few []int32
	for node, n := range l.shared {
		if n >= least {
			few = append(few, node)
		}
	}
	if len(few) == 0 {
		return nil
	}
	slices.SortFunc(few, func(a, b int32) int { return cmp.Or(cmp.Compare(l.shared[b], l.shared[a]), cmp.Compare(a, b)) })
	l.with(s)
	for _, node := range few[:min(len(few), mostLooked)] {
		like, other := 0.0, c.nodes[node].symbols
		switch {
		case len(s) <= mostSymbols && len(other) <= mostSymbols:
			like = l.like(other, similarity)
		case equal(s, other):
			like = 1
		}
		if like < similarity {
			continue
		}
		for _, m := range c.nodes[node].members {
			if len(found) < mostFound {
				found = append(found, Copy{int(m.file), int(c.span(m).number), like})
			}
		}
	}
	slices.SortStableFunc(found, func(a, b Copy) int {
		return cmp.Or(cmp.Compare(b.Like, a.Like), cmp.Compare(a.File, b.File), cmp.Compare(a.Number, b.Number))
	})
	return found
}

// meet counts the nodes that have a run, those nearest in length to so many symbols.
func (l *Lookup) meet(run uint32, symbols int, similarity float64) {
	c := l.catalogue
	at := run >> c.lists.shift
	bucket := c.lists.all[c.lists.starts[at]:c.lists.starts[at+1]]
	length := func(i int) int { return len(c.nodes[bucket[i].node].symbols) }
	near := func(i int) bool {
		n := length(i)
		return 2*float64(min(n, symbols)) >= similarity*float64(n+symbols)
	}
	after := sort.Search(len(bucket), func(i int) bool { return length(i) >= symbols })
	before, n := after-1, 0
	for steps := 0; n < mostMet && steps < mostSteps; steps++ {
		if before >= 0 && !near(before) {
			before = -1
		}
		if after < len(bucket) && !near(after) {
			after = len(bucket)
		}
		var i int
		switch {
		case before >= 0 && (after == len(bucket) || symbols-length(before) < length(after)-symbols):
			i, before = before, before-1
		case after < len(bucket):
			i, after = after, after+1
		default:
			return
		}
		if bucket[i].run == run {
			l.shared[bucket[i].node]++
			n++
		}
	}
}

// Piece is a stretch of a file that is compared: symbols From to To of it.
type Piece struct {
	Number   int // see Copy
	From, To int
	Chunk    bool // it is a chunk, and no definition
}

// Pieces are those of the file by where they begin, the longer ones first.
func (f *File) Pieces() []Piece {
	list := make([]Piece, 0, len(f.pieces))
	for _, p := range f.pieces {
		list = append(list, Piece{int(p.number), int(p.from), int(p.to), p.chunk})
	}
	return list
}
