package clones

import (
	"cmp"
	"context"
	"slices"
)

// Options are what Find is asked.
type Options struct {
	Similarity float64 // the least of any two of a group, 0..1; see comparison
	// Tasks is how many work at once where that pays; 0: one.
	Tasks int
	// Unit does some milliseconds of work, and waits for a core before; nil: at once.
	Unit func(ctx context.Context, work func(ctx context.Context) error) error
}

// Group is pieces of which each two are similar.
type Group struct {
	Similarity float64 // of the two that are least so, of those that were compared
	Copies     []Copy  // at least two, by file and place; none overlaps another
	weight     float64
}

// Copy is a piece of a group.
type Copy struct {
	File   int     // which of those that Find was given
	Number int     // of the piece: that of its definition, or behind all of these that of its chunk
	Like   float64 // how similar it is to the first of the group
}

// Find returns the groups of similar pieces, those first that say most that another piece says: by the symbols of all but the
// longest copy, times their similarity, times the share of their runs that are different ones, so that tables come last. The
// order depends on files and their order alone. A group all of whose copies lie within different copies of another, as the
// methods of two classes that are alike, is left out, and so is one of chunks that are for the most part definitions which are in
// groups. It returns the context's cause when that ends first, which is noticed
// within milliseconds.
//
// For a million lines it takes about a second of two cores, two bytes a symbol, some 200 a piece and 40 MB of counters. Whatever
// the texts are, each piece is compared with no more than mostCompared others.
func Find(ctx context.Context, files []File, o Options) ([]Group, error) {
	if o.Unit == nil {
		o.Unit = func(ctx context.Context, work func(ctx context.Context) error) error { return work(ctx) }
	}
	f := &finder{files: files, options: o}
	if err := f.gather(ctx); err != nil {
		return nil, err
	}
	if err := f.compare(ctx); err != nil {
		return nil, err
	}
	l, err := f.link(ctx)
	if err != nil {
		return nil, err
	}
	return f.groups(ctx, l)
}

// span is where a member is.
func (f *finder) span(m member) piece { return f.files[m.file].pieces[m.piece] }

// before orders members by place.
func (f *finder) before(m, n member) int {
	return cmp.Or(cmp.Compare(m.file, n.file), cmp.Compare(m.piece, n.piece))
}

// groups are what was linked, without what says nothing new.
func (f *finder) groups(ctx context.Context, l *linkage) ([]Group, error) {
	var all []group
	work := f.units(len(f.nodes), func(i int) int { return 64 * len(f.nodes[i].members) })
	err := work(ctx, func(i int) {
		if l.parent[i] == int32(i) {
			if g := f.group(l, int32(i)); len(g.members) > 1 {
				all = append(all, g)
			}
		}
	})
	if err != nil {
		return nil, err
	}
	redundant, err := f.redundant(ctx, all)
	if err != nil {
		return nil, err
	}
	var kept []Group
	var c comparison
	work = f.units(len(all), func(i int) int { return len(all[i].members) * len(f.nodes[all[i].nodes[0]].symbols) })
	err = work(ctx, func(i int) {
		if redundant[i] {
			return
		}
		g := &all[i]
		shown := Group{Similarity: l.least[l.find(g.nodes[0])]}
		like, longest := map[int32]float64{}, 0
		first := f.nodes[g.nodes[0]].symbols
		c.with(first)
		different := c.different()
		for n, m := range g.members {
			of := g.nodes[n]
			if _, ok := like[of]; !ok {
				like[of] = c.like(f.nodes[of].symbols, 0)
			}
			size := len(f.nodes[of].symbols)
			shown.weight, longest = shown.weight+float64(size), max(longest, size)
			shown.Copies = append(shown.Copies, Copy{int(m.file), int(f.span(m).number), like[of]})
		}
		shown.weight = (shown.weight - float64(longest)) * shown.Similarity * different
		kept = append(kept, shown)
	})
	slices.SortStableFunc(kept, func(g, h Group) int {
		return cmp.Or(cmp.Compare(h.weight, g.weight), cmp.Compare(g.Copies[0].File, h.Copies[0].File),
			cmp.Compare(g.Copies[0].Number, h.Copies[0].Number))
	})
	return kept, err
}

// group is the members of linked nodes, none of which overlaps another, by place.
type group struct {
	members []member
	nodes   []int32 // of each member
}

func (f *finder) group(l *linkage, root int32) (g group) {
	type placed struct {
		member
		node int32
	}
	var list []placed
	for _, n := range l.nodes[root] {
		for _, m := range f.nodes[n].members {
			list = append(list, placed{m, n})
		}
	}
	if len(list) < 2 {
		return g
	}
	slices.SortFunc(list, func(p, q placed) int { return f.before(p.member, q.member) })
	file, end := int32(-1), int32(0)
	for _, p := range list {
		span := f.span(p.member)
		if p.file == file && span.from < end {
			continue
		}
		file, end = p.file, span.to
		g.members, g.nodes = append(g.members, p.member), append(g.nodes, p.node)
	}
	return g
}

// place is the group that a piece is in, and which of its copies it is.
type place struct{ group, copy int32 }

// places are the places of all pieces, by file and piece; a group of -1 is none.
func (f *finder) places(ctx context.Context, all []group) ([][]place, error) {
	places := make([][]place, len(f.files))
	err := f.units(len(f.files), func(i int) int { return 8 * len(f.files[i].pieces) })(ctx, func(i int) {
		places[i] = make([]place, len(f.files[i].pieces))
		for k := range places[i] {
			places[i][k].group = -1
		}
	})
	if err != nil {
		return nil, err
	}
	return places, f.units(len(all), func(i int) int { return 8 * len(all[i].members) })(ctx, func(i int) {
		for n, m := range all[i].members {
			places[m.file][m.piece] = place{int32(i), int32(n)}
		}
	})
}

// redundant tells which groups say nothing new: all copies lie within different copies of one other group, or are told by others.
func (f *finder) redundant(ctx context.Context, all []group) ([]bool, error) {
	places, err := f.places(ctx, all)
	if err != nil {
		return nil, err
	}
	told := make([]bool, len(all))
	err = f.units(len(all), func(i int) int { return len(all[i].members) })(ctx, func(i int) {
		for _, m := range all[i].members {
			if !f.toldByParts(m, places[m.file]) {
				return
			}
		}
		told[i] = true
	})
	if err != nil {
		return nil, err
	}
	within := slices.Clone(told)
	return within, f.units(len(all), func(i int) int { return mostAround * len(all[i].members) })(ctx, func(i int) {
		// The groups that have a copy around each of the members so far, and which copy is around the last one.
		var common map[int32]int32
		for n, m := range all[i].members {
			around := map[int32]int32{}
			pieces := f.files[m.file].pieces
			for k := m.piece - 1; k >= max(0, m.piece-mostAround); k-- {
				if pieces[k].to < pieces[m.piece].to {
					continue
				}
				p := places[m.file][k]
				if p.group < 0 || told[p.group] {
					continue
				}
				if last, known := common[p.group]; n == 0 || known && last < p.copy {
					around[p.group] = p.copy
				}
			}
			if common = around; len(common) == 0 {
				return
			}
		}
		within[i] = true
	})
}

// toldByParts reports whether a member is a chunk that is for the most part definitions which are in groups.
func (f *finder) toldByParts(m member, places []place) bool {
	pieces := f.files[m.file].pieces
	whole := pieces[m.piece]
	in, end := int32(0), whole.from
	for k := int(m.piece) + 1; whole.chunk && k < len(pieces) && pieces[k].from < whole.to; k++ {
		if p := pieces[k]; !p.chunk && places[k].group >= 0 && p.to <= whole.to && p.from >= end {
			in, end = in+p.to-p.from, p.to
		}
	}
	return 2*in > whole.to-whole.from
}

// mostAround is how many pieces before one are looked at for those around it: more than the members of most classes.
const mostAround = 256
