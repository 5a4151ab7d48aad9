package clones

import (
	"cmp"
	"context"
	"slices"
	"sort"
	"sync/atomic"

	"github.com/semantic-ls/semantic-ls/tasks"
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
	// mostSymbols is how long pieces may be that are compared, else they are found where they are equal: 750 lines. To compare two
	// of these takes about a millisecond.
	mostSymbols = 1 << 13
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
func (r *rare) rarest(s []symbol) []uint32 {
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
	runs := make([]uint32, len(list))
	for i := range list {
		runs[i] = list[i].run
	}
	return runs
}

func (c choice) before(d choice) bool {
	return c.count < d.count || c.count == d.count && c.run < d.run
}

// lists says which nodes have which rare runs. Runs that share a bucket share a list.
type lists struct {
	runs   []uint32 // of all nodes, one after the other, the rarest of each first
	from   []int    // of a node, in runs; and one more
	at     []int32  // of each of runs: its posting
	shift  int      // of a run, to its bucket
	starts []int32  // of a bucket, in all; and one more
	all    []posting
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
	chosen := make([][]uint32, len(f.nodes))
	err = f.spread(ctx, len(f.nodes), size, func() func(i int) {
		r := rare{shift: r.shift, nodes: r.nodes}
		return func(i int) {
			if s := f.nodes[i].symbols; len(s) <= mostSymbols {
				chosen[i] = r.rarest(s)
			}
		}
	})
	if err != nil {
		return nil, err
	}
	return f.listOf(ctx, chosen)
}

// listOf makes the lists of the runs that are chosen of each node.
func (f *finder) listOf(ctx context.Context, chosen [][]uint32) (*lists, error) {
	l := &lists{from: make([]int, len(f.nodes)+1), shift: 32 - 10}
	few := func(int) int { return 16 * mostRare }
	err := f.units(len(f.nodes), few)(ctx, func(i int) {
		l.runs = append(l.runs, chosen[i]...)
		l.from[i+1] = len(l.runs)
	})
	if err != nil {
		return nil, err
	}
	for 1<<(32-l.shift) < len(l.runs) && l.shift > 8 {
		l.shift--
	}
	ends := make([]int32, 1<<(32-l.shift)+1)
	err = f.units(len(f.nodes), few)(ctx, func(i int) {
		for _, run := range l.runs[l.from[i]:l.from[i+1]] {
			ends[run>>l.shift+1]++
		}
	})
	if err != nil {
		return nil, err
	}
	for i := 1; i < len(ends); i++ {
		ends[i] += ends[i-1]
	}
	l.starts, l.at, l.all = slices.Clone(ends), make([]int32, len(l.runs)), make([]posting, len(l.runs))
	return l, f.units(len(f.nodes), few)(ctx, func(i int) {
		for k := l.from[i]; k < l.from[i+1]; k++ {
			end := &ends[l.runs[k]>>l.shift]
			l.at[k], l.all[*end] = *end, posting{l.runs[k], int32(i)}
			*end++
		}
	})
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
	edges := make([][]edge, len(f.nodes)) // by their second node
	size := func(i int) int { return 4 * len(f.nodes[i].symbols) }
	err = f.spread(ctx, len(f.nodes), size, func() func(i int) {
		m := &meeting{finder: f, lists: l, shared: make([]uint16, len(f.nodes))}
		return func(i int) { edges[i] = m.edges(i) }
	})
	if err != nil {
		return err
	}
	return f.units(len(f.nodes), func(i int) int { return 16 * len(edges[i]) })(ctx, func(i int) {
		f.edges = append(f.edges, edges[i]...)
	})
}

// meeting finds what nodes are compared with, and compares them. Not safe for concurrent use.
type meeting struct {
	*finder
	*lists
	shared []uint16 // by node: how many rare runs it has of the one under way
	met    []int32  // those that have any
	comparison
}

// edges are those of a node to nodes before it.
func (m *meeting) edges(i int) (edges []edge) {
	s := m.nodes[i].symbols
	// The first node that is long enough to be like this one.
	long := int32(sort.Search(i, func(k int) bool { return m.mayBe(len(m.nodes[k].symbols), len(s)) }))
	m.met = m.met[:0]
	left := mostSteps
	for k := m.from[i]; k < m.from[i+1]; k++ {
		run := m.lists.runs[k]
		start := m.starts[run>>m.shift]
		for at, n := m.at[k], 0; at > start && n < mostMet && left > 0; left-- {
			at--
			p := m.all[at]
			if p.node < long {
				break // and so are all before it
			}
			if p.run != run {
				continue
			}
			n++
			if m.shared[p.node]++; m.shared[p.node] == 1 {
				m.met = append(m.met, p.node)
			}
		}
	}
	least := uint16(max(leastShared, (m.from[i+1]-m.from[i])/4))
	few := m.met[:0]
	for _, other := range m.met {
		if m.shared[other] >= least {
			few = append(few, other)
		} else {
			m.shared[other] = 0
		}
	}
	if len(few) == 0 {
		return nil
	}
	slices.SortFunc(few, func(a, b int32) int { return cmp.Or(cmp.Compare(m.shared[b], m.shared[a]), cmp.Compare(b, a)) })
	m.with(s)
	for n, other := range few {
		m.shared[other] = 0
		if n >= mostCompared {
			continue
		}
		if like := m.like(m.nodes[other].symbols, m.options.Similarity); like >= m.options.Similarity {
			edges = append(edges, edge{other, int32(i), like})
		}
	}
	return edges
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
					if (i%32 == 0 || size(i) > 1000) && ctx.Err() != nil {
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

// spread is units by several tasks at once, each of which calls begin for what it does; do is called in no order.
func (f *finder) spread(ctx context.Context, n int, size func(i int) int, begin func() func(i int)) error {
	starts := []int{0}
	for i, symbols := 0, 0; i < n; i++ {
		if symbols += size(i) + 1; symbols >= unitSymbols && i+1 < n {
			starts, symbols = append(starts, i+1), 0
		}
	}
	starts = append(starts, n)
	var next atomic.Int64
	look := func(ctx context.Context) error {
		do := begin()
		for {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			unit := int(next.Add(1)) - 1
			if unit >= len(starts)-1 {
				return nil
			}
			err := f.options.Unit(ctx, func(ctx context.Context) error {
				for i := starts[unit]; i < starts[unit+1]; i++ {
					if (i%32 == 0 || size(i) > 1000) && ctx.Err() != nil {
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
	}
	return tasks.Run(ctx, func(ctx context.Context, g *tasks.Group) error {
		for range f.options.Tasks - 1 {
			g.Go(look)
		}
		return look(ctx)
	})
}
