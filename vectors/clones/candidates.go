package clones

import (
	"cmp"
	"context"
	"slices"
)

const (
	// leastSymbols and leastVaried leave out what is alike because there is little of it: six lines of an enumeration or of
	// fields, where names and commas take turns, and rows of calls or assignments.
	leastSymbols = 16
	leastVaried  = 10
	leastShare   = 10
	// mostRare is how many runs of a piece look for others: of a function of six lines most, of a long one the rarest.
	mostRare = 16
	// mostMet is how many of the pieces with one run are looked at, those nearest in length.
	mostMet = 64
	// mostSteps is how many are looked at in all, those with the rarest runs first.
	mostSteps = 4 * mostMet
	// mostSymbols is how long pieces may be that are compared, else they are found where they are equal: 1,500 lines. Two of these
	// take some 3 ms.
	mostSymbols = 1 << 14
	// leastShared is how many rare runs pieces have in common that are compared.
	leastShared = 2
	// mostCompared is how many pieces one is compared with, those with the most rare runs in common.
	mostCompared = 12
	// mostBits is the logarithm of how many counters there are at most for how often runs occur: of 100,000 chunks some four
	// million are different. Two that share one look less rare than they are.
	mostBits = 23
	// unitSymbols is how many symbols one unit of work is about: some milliseconds.
	unitSymbols = 1 << 17
)

// node is a row of symbols and all pieces that have it.
type node struct {
	symbols []symbol
	members []member // by file and place
}

// member is a piece.
type member struct{ file, piece int32 }

// edge says how similar two nodes are, the first of which has the lower number.
type edge struct {
	a, b int32
	like float64
}

// finder is what Find works with.
type finder struct {
	files   []File
	options Options
	nodes   []node // the shortest first
	symbols int    // of all of them
	edges   []edge
}

// gather makes the nodes: equal pieces have one.
func (f *finder) gather(ctx context.Context) error {
	known := map[uint64]int32{} // the last node with a hash
	var next []int32            // of a node, another with its hash, or -1
	work := f.units(len(f.files), func(i int) int { return len(f.files[i].symbols) })
	err := work(ctx, func(i int) {
		file := &f.files[i]
		for k, p := range file.pieces {
			s := file.symbols[p.from:p.to]
			h := uint64(len(s))
			for i, x := range s {
				h = (h ^ uint64(x.within(i))) * mixer
				h ^= h >> 29
			}
			at, ok := known[h]
			if !ok {
				at = -1
			}
			for ; at >= 0 && !equal(f.nodes[at].symbols, s); at = next[at] {
			}
			if at < 0 {
				at = int32(len(f.nodes))
				f.nodes = append(f.nodes, node{symbols: s})
				f.symbols += len(s)
				if ok {
					next = append(next, known[h])
				} else {
					next = append(next, -1)
				}
				known[h] = at
			}
			f.nodes[at].members = append(f.nodes[at].members, member{int32(i), int32(k)})
		}
	})
	f.nodes = ranked(f.nodes, mostSymbols+1, func(n *node) int { return min(len(n.symbols), mostSymbols+1) })
	return err
}

// ranked is list by rank, 0 to most, and where that is the same in the order that it has. Sorting a million takes so long that
// nobody should wait for it who has cancelled; this takes milliseconds.
func ranked[T any](list []T, most int, rank func(*T) int) []T {
	from := make([]int, most+2)
	for i := range list {
		from[rank(&list[i])+1]++
	}
	for i := 1; i < len(from); i++ {
		from[i] += from[i-1]
	}
	sorted := make([]T, len(list))
	for i := range list {
		at := &from[rank(&list[i])]
		sorted[*at] = list[i]
		*at++
	}
	return sorted
}

// rare is how often runs occur: of those that share a counter, together. The other array tells which node was counted last, so
// that each counts once.
type rare struct {
	shift  int     // of a hash, to its counter
	nodes  []uint8 // at most 255
	last   []int32 // from 1
	runs   []uint64
	chosen []choice
}

type choice struct {
	count uint8
	run   uint32
}

// newRare returns counters for the runs of so many symbols.
func newRare(symbols int) *rare {
	n := 10
	for n < mostBits && 1<<n < symbols {
		n++
	}
	return &rare{shift: 64 - n, nodes: make([]uint8, 1<<n), last: make([]int32, 1<<n)}
}

// count counts the runs of a node.
func (r *rare) count(node int, s []symbol) {
	r.runs = appendRuns(r.runs[:0], s)
	for _, run := range r.runs {
		at := run * mixer >> r.shift
		if r.last[at] != int32(node+1) {
			r.last[at] = int32(node + 1)
			if r.nodes[at] < 255 {
				r.nodes[at]++
			}
		}
	}
}

// rarest are the runs of s that the fewest nodes have, but at least two, the rarest first. Which they are depends on nothing
// else, so that copies choose the same.
func (r *rare) rarest(s []symbol) []choice {
	list := r.chosen[:0]
	r.runs = appendRuns(r.runs[:0], s)
	for _, run := range r.runs {
		c := choice{r.nodes[run*mixer>>r.shift], uint32(run)}
		if c.count < 2 || len(list) == mostRare && !c.before(list[mostRare-1]) {
			continue
		}
		at := len(list)
		for at > 0 && c.before(list[at-1]) {
			at--
		}
		if at > 0 && list[at-1] == c {
			continue // it has it twice
		}
		if len(list) < mostRare {
			list = append(list, choice{})
		}
		copy(list[at+1:], list[at:])
		list[at] = c
	}
	r.chosen = list
	return list
}

func (c choice) before(d choice) bool {
	return c.count < d.count || c.count == d.count && c.run < d.run
}

// lists says which nodes have which rare runs. Runs that share a bucket share a list.
type lists struct {
	runs  []uint32 // of all nodes, one after the other, the rarest of each first
	from  []int    // of a node, in runs; and one more
	shift int      // of a run, to its bucket
	ends  []int32  // of a bucket: behind its last posting of the nodes that are dealt with
	all   []posting
}

// posting says that a node has a run. Those of a bucket stand together, by node.
type posting struct {
	run  uint32
	node int32
}

// list makes the lists.
func (f *finder) list(ctx context.Context) (*lists, error) {
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
	l := &lists{from: make([]int, 1, len(f.nodes)+1), shift: 32 - 10}
	err = f.units(len(f.nodes), size)(ctx, func(i int) {
		if len(f.nodes[i].symbols) <= mostSymbols {
			for _, c := range r.rarest(f.nodes[i].symbols) {
				l.runs = append(l.runs, c.run)
			}
		}
		l.from = append(l.from, len(l.runs))
	})
	if err != nil {
		return nil, err
	}
	for 1<<(32-l.shift) < len(l.runs) && l.shift > 8 {
		l.shift--
	}
	l.ends, l.all = make([]int32, 1<<(32-l.shift)+1), make([]posting, len(l.runs))
	some := func(i int) int { return 16 * (l.from[i+1] - l.from[i]) }
	err = f.units(len(f.nodes), some)(ctx, func(i int) {
		for _, run := range l.runs[l.from[i]:l.from[i+1]] {
			l.ends[run>>l.shift+1]++
		}
	})
	if err != nil {
		return nil, err
	}
	for i := 1; i < len(l.ends); i++ {
		l.ends[i] += l.ends[i-1]
	}
	starts := slices.Clone(l.ends)
	err = f.units(len(f.nodes), some)(ctx, func(i int) {
		for _, run := range l.runs[l.from[i]:l.from[i+1]] {
			end := &l.ends[run>>l.shift]
			l.all[*end] = posting{run, int32(i)}
			*end++
		}
	})
	l.ends = starts
	return l, err
}

// compare makes the edges.
func (f *finder) compare(ctx context.Context) error {
	if f.options.Similarity >= 1 {
		return nil
	}
	l, err := f.list(ctx)
	if err != nil {
		return err
	}
	starts := slices.Clone(l.ends)
	var (
		shared = make([]uint16, len(f.nodes))
		met    []int32
		long   int32 // the first node that is long enough to be like the one under way
		c      comparison
	)
	size := func(i int) int { return 4 * len(f.nodes[i].symbols) }
	return f.units(len(f.nodes), size)(ctx, func(i int) {
		s, chosen := f.nodes[i].symbols, l.runs[l.from[i]:l.from[i+1]]
		for !f.mayBe(len(f.nodes[long].symbols), len(s)) {
			long++
		}
		met = met[:0]
		left := mostSteps
		for _, run := range chosen {
			start, end := starts[run>>l.shift], l.ends[run>>l.shift]
			for n := 0; end > start && n < mostMet && left > 0; left-- {
				end--
				p := l.all[end]
				if p.node < long {
					break // and so are all before it
				}
				if p.run != run {
					continue
				}
				n++
				if shared[p.node]++; shared[p.node] == 1 {
					met = append(met, p.node)
				}
			}
			l.ends[run>>l.shift]++
		}
		least := uint16(max(leastShared, len(chosen)/4))
		few := met[:0]
		for _, other := range met {
			if shared[other] >= least {
				few = append(few, other)
			} else {
				shared[other] = 0
			}
		}
		if len(few) == 0 {
			return
		}
		slices.SortFunc(few, func(a, b int32) int { return cmp.Or(cmp.Compare(shared[b], shared[a]), cmp.Compare(b, a)) })
		c.with(s)
		for n, other := range few {
			shared[other] = 0
			if n >= mostCompared {
				continue
			}
			if like := c.like(f.nodes[other].symbols, f.options.Similarity); like >= f.options.Similarity {
				f.edges = append(f.edges, edge{other, int32(i), like})
			}
		}
	})
}

// mayBe reports whether pieces of so many symbols can be as similar as is asked: all of the shorter one may be in the other.
func (f *finder) mayBe(short, long int) bool {
	return 2*float64(short) >= f.options.Similarity*float64(short+long)
}

// units returns what calls do with 0 to n-1, in units of work that are about unitSymbols symbols each, of which size tells how
// many i is about. It returns the context's cause when that ends between two.
func (f *finder) units(n int, size func(i int) int) func(ctx context.Context, do func(i int)) error {
	return func(ctx context.Context, do func(i int)) error {
		for i := 0; i < n; {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			err := f.options.Unit(ctx, func(ctx context.Context) error {
				for symbols := 0; i < n && symbols < unitSymbols; i++ {
					symbols += size(i) + 1
					if i%32 == 0 && ctx.Err() != nil {
						return context.Cause(ctx)
					}
					do(i)
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	}
}
