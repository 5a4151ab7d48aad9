package index

import (
	"bytes"
	"cmp"
	"context"
	"path"
	"runtime"
	"slices"
	"strings"

	"github.com/semantic-ls/semantic-ls/workspace/chunk"
)

// Likeness says how much like a name a definition's may be.
type Likeness uint8

const (
	// Exactly: but for its case and what separates its parts.
	Exactly Likeness = iota
	// Roughly: where no definition is exactly so named, with a typo, or as complete parts
	// of a longer name.
	Roughly
	// Loosely: as people type names into a picker: beginnings, humps, parts, with a typo.
	Loosely
)

// Name is what may be the name of a definition, and how much it counts. It may be
// qualified: "Client.send", "http::Client", "Client#send", "a->b", "http/Client".
type Name struct {
	Text   string
	Weight float64
	Like   Likeness
}

// Named is a definition in a chunk that was found by a name that is not a plain word, see Exactly.
type Named struct {
	ID              uint32  // of the chunk
	Value           float32 // the name's, of which the best one is in the candidate's score
	Name, Container string
}

const (
	// mostNames is how many names are kept that are like a pattern, and mostLike how many
	// definitions of them: ten screens of a picker. What is exact is kept in full.
	mostNames = 250
	mostLike  = 500
	// mostPatterns is how many names of one query are compared with all names: a pasted
	// stack trace has dozens.
	mostPatterns = 8
	// namesAtOnce is how many are passed over by a core between two looks at the context: 0.1 ms.
	namesAtOnce = 1 << 15
	// definitionsAtOnce is the same for the definitions of a name: 1 ms.
	definitionsAtOnce = 1 << 12
)

// littleIs is how many names are found in a round of which the next one is left out: where the
// parts of names say a pattern, a screen of them, those are meant.
var littleIs = [rounds]int{roundParts: 20, roundInside: 1}

// What becomes of a grade. Chosen with those of names_match.go.
const (
	// minorKind is taken where what is defined is in another thing: of a type, a method and
	// a field of one name, the field is seldom meant.
	minorKind = 0.03
	// besideExact is taken where there is a definition of the very name.
	besideExact = 0.3
	// leastValue is what is left at least.
	leastValue = 0.05

	// A qualified name counts more than one alone, if what it is in is so named; a file or a
	// directory of that name counts less, and one that stands elsewhere less again.
	inContainer = 1.05
	inPath      = 0.95
	elsewhere   = 0.60
	// outermost is added where there is nothing more around what it is in.
	outermost = 0.01
	// likeQualifier is of that, where the qualifier is only a beginning.
	likeQualifier = 0.9
	// highest is up to how far from a definition, in parts of its path, a qualifier may be.
	highest = 4
)

// Defining calls yield with every live chunk that defines a name, whatever its case and
// separators; twice where it defines two such.
func (s *Snapshot) Defining(name string, yield func(id uint32)) {
	for i := range s.parts {
		p := &s.parts[i]
		from, to := p.seg.namesLike([]byte(name))
		for n := from; n < to; n++ {
			p.seg.definitionsOf(n, func(d definition) bool {
				if p.live == nil || p.live[d.chunk>>6]>>(d.chunk&63)&1 != 0 {
					yield(p.chunkBase + d.chunk)
				}
				return true
			})
		}
	}
	runtime.KeepAlive(s)
}

// askedName is a name of a query at work.
type askedName struct {
	Name
	pattern    *pattern
	qualifiers []key // the innermost last
	exact      bool  // there is a definition of that very name
}

// likeName is a name of a segment that is like one that was asked for.
type likeName struct {
	grade float32
	part  int32
	name  uint32
	asked int32
}

// namedChunk is a definition that was asked for, in its chunk.
type namedChunk struct {
	Candidate
	part, name uint32
	container  []byte // in place
	shown      bool   // it is to be said which definition it is
}

// finder looks for the chunks of the scope that define what has one of the names. It has found those of the very names.
// The context's error is returned, here and below, when that ends first.
func (r *scan) finder(ctx context.Context, names []Name) (*finder, error) {
	f := &finder{scan: r}
	for _, n := range names {
		if a := newAsked(n); a.pattern.n > 0 {
			f.asked = append(f.asked, a)
		}
	}
	for i := range f.asked {
		if err := f.exactly(ctx, int32(i)); err != nil {
			return nil, err
		}
	}
	for i := range f.asked {
		a := &f.asked[i]
		if len(f.wanted) < mostPatterns && (a.Like == Loosely || a.Like == Roughly && !a.exact) {
			f.wanted = append(f.wanted, int32(i))
		}
	}
	if len(f.wanted) > 0 {
		f.splitNames()
	}
	return f, nil
}

// scoreAndScan is the first round of the chunks, and the first of the names: the cores need not wait for each other in
// between.
func (f *finder) scoreAndScan(ctx context.Context) error {
	if len(f.wanted) == 0 {
		return f.run(ctx, (*scan).score)
	}
	f.scanned = true
	return f.run(ctx, func(r *scan, ctx context.Context, share *spans) error {
		if err := r.score(ctx, share); err != nil {
			return err
		}
		return f.scanNames(ctx, share, f.wanted)
	})
}

// find finds the definitions of names that are like one that was asked for, and puts all that were found in order: chunks by
// number, each once, with the best value as their score.
func (f *finder) find(ctx context.Context) error {
	r := f.scan
	if err := f.like(ctx); err != nil {
		return err
	}
	slices.SortFunc(f.found, func(a, b namedChunk) int {
		if a.ID != b.ID {
			return cmp.Compare(a.ID, b.ID)
		}
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.name, b.name), bytes.Compare(a.container, b.container))
	})
	r.namedBy = slices.CompactFunc(f.found, func(a, b namedChunk) bool {
		return a.ID == b.ID && a.name == b.name && bytes.Equal(a.container, b.container)
	})
	for i, n := range r.namedBy {
		if i == 0 || r.namedBy[i-1].ID != n.ID {
			r.named = append(r.named, n.Candidate)
		}
	}
	return nil
}

// shown says which definitions find found in candidates, but for those of plain words.
func (r *scan) shown(candidates []Candidate) (list []Named) {
	for _, c := range candidates {
		at, _ := slices.BinarySearchFunc(r.namedBy, c.ID, func(n namedChunk, id uint32) int { return cmp.Compare(n.ID, id) })
		for ; at < len(r.namedBy) && r.namedBy[at].ID == c.ID; at++ {
			if n := r.namedBy[at]; n.shown {
				list = append(list, Named{n.ID, n.Score, string(r.s.parts[n.part].seg.name(int(n.name))), string(n.container)})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b Named) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

func newAsked(n Name) askedName {
	a := askedName{Name: n}
	parts := SplitName(n.Text)
	if len(parts) == 0 {
		parts = []string{n.Text}
	}
	last := len(parts) - 1
	a.pattern = newPattern(parts[last], n.Like == Roughly)
	for _, q := range parts[:last] {
		var k key
		if k.read([]byte(q)); k.n > 0 {
			a.qualifiers = append(a.qualifiers, k)
		}
	}
	return a
}

// SplitName cuts a name at what separates a container from what is in it.
func SplitName(name string) []string {
	return strings.FieldsFunc(name, func(r rune) bool { return strings.ContainsRune(".:#/\\>", r) })
}

// finder looks names up, see scan.finder.
type finder struct {
	*scan
	asked   []askedName
	wanted  []int32 // of those, the ones that all names are compared with
	scanned bool    // they have been, in the first round
	found   []namedChunk
	likes   likes
}

// likes are the best names that are like a pattern, of those that one core has seen.
type likes struct {
	list []likeName
	last likeName // of those that are kept, once there are enough: what is to be kept comes before it
	full bool
}

// exactly finds the definitions of a name itself.
func (f *finder) exactly(ctx context.Context, asked int32) error {
	a := &f.asked[asked]
	for i := range f.s.parts {
		seg := f.s.parts[i].seg
		from, to := seg.namesLike(a.pattern.text)
		for n := from; n < to; n++ {
			grade := a.pattern.match(seg.name(n))
			if _, err := f.define(ctx, likeName{grade, int32(i), uint32(n), asked}); err != nil {
				return err
			}
		}
	}
	return nil
}

// like finds the definitions of names that are like one that was asked for.
func (f *finder) like(ctx context.Context) error {
	if len(f.wanted) == 0 {
		return nil
	}
	for round := range rounds {
		further := false
		for _, n := range f.wanted {
			if a := &f.asked[n]; round == roundParts || a.Like == Loosely {
				a.pattern.round, further = round, true
			}
		}
		if !further {
			break // of an identifier in a sentence there are only parts
		}
		if round > roundParts || !f.scanned { // what the first round scans is as patterns are made
			// It finds those of the round before again.
			err := f.run(ctx, func(_ *scan, ctx context.Context, share *spans) error { return f.scanNames(ctx, share, f.wanted) })
			if err != nil {
				return err
			}
		}
		f.likes = likes{list: f.likes.list[:0]}
		for i := range f.share {
			f.likes.list = append(f.likes.list, f.share[i].likes.list...)
		}
		f.shorten(&f.likes)
		if len(f.likes.list) >= littleIs[round] || len(f.found) > 0 && round > 0 {
			break
		}
	}
	left := mostLike
	exact := make([]bool, len(f.asked)) // before what follows
	for i := range f.asked {
		exact[i] = f.asked[i].exact
	}
	for _, l := range f.likes.list {
		if exact[l.asked] {
			l.grade = max(l.grade-besideExact, leastValue)
		}
		n, err := f.define(ctx, l)
		if err != nil {
			return err
		}
		if left -= n; left <= 0 {
			break
		}
	}
	return nil
}

// splitNames gives each core its share of the names.
func (f *finder) splitNames() {
	total := 0
	for i := range f.s.parts {
		total += f.s.parts[i].seg.table.count()
	}
	each, core, taken := (total+len(f.share)-1)/len(f.share), 0, 0
	for i := range f.s.parts {
		for from, count := 0, f.s.parts[i].seg.table.count(); from < count; {
			to := min(count, from+each-taken)
			f.share[core].names = append(f.share[core].names, span{i, from, to})
			if taken += to - from; taken == each {
				core, taken = core+1, 0
			}
			from = to
		}
	}
}

// scanNames compares the patterns with the names of a core's share.
func (f *finder) scanNames(ctx context.Context, share *spans, asked []int32) error {
	share.likes = likes{list: share.likes.list[:0]}
	patterns := make([]pattern, len(asked)) // which remember what they compared last
	for i, n := range asked {
		patterns[i] = *f.asked[n].pattern
		patterns[i].alignment = nil // its own
	}
	for _, s := range share.names {
		for from := s.from; from < s.to; from += namesAtOnce {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			for i, n := range asked {
				f.scanSome(&share.likes, &patterns[i], n, span{s.part, from, min(from+namesAtOnce, s.to)})
			}
		}
	}
	f.shorten(&share.likes)
	return nil
}

// scanSome compares a pattern with some names.
func (f *finder) scanSome(found *likes, p *pattern, asked int32, names span) {
	seg := f.s.parts[names.part].seg
	for i, s := range seg.table.sketches[names.from:names.to] {
		if !p.may(s) || found.full && p.bound(int(s>>sketchLength&sketchLongest)) < found.last.grade {
			continue
		}
		l := likeName{p.match(seg.name(names.from + i)), int32(names.part), uint32(names.from + i), asked}
		if l.grade == 0 || p.same || found.full && f.compareLikes(l, found.last) > 0 {
			continue // there are better ones, or exactly has it
		}
		if !f.visible(l) {
			continue
		}
		if found.list = append(found.list, l); len(found.list) >= 2*mostNames {
			f.shorten(found)
		}
	}
}

// shorten leaves the best names, best first.
func (f *finder) shorten(l *likes) {
	slices.SortFunc(l.list, f.compareLikes)
	if len(l.list) >= mostNames {
		l.list = l.list[:mostNames]
		l.last, l.full = l.list[mostNames-1], true
	}
}

// compareLikes orders names, best first, and never says that two are the same, so that it is
// nothing to the answer how the names are shared among cores.
func (f *finder) compareLikes(a, b likeName) int {
	if c := cmp.Compare(b.grade, a.grade); c != 0 {
		return c
	}
	return cmp.Or(bytes.Compare(f.nameOf(a), f.nameOf(b)), cmp.Compare(a.part, b.part), cmp.Compare(a.asked, b.asked))
}

func (f *finder) nameOf(l likeName) []byte { return f.s.parts[l.part].seg.name(int(l.name)) }

// visible reports whether a definition of a name is in the scope.
func (f *finder) visible(l likeName) (ok bool) {
	f.s.parts[l.part].seg.definitionsOf(int(l.name), func(d definition) bool {
		ok = f.scope.has(int(l.part), int(d.chunk))
		return !ok
	})
	return ok
}

// define adds the definitions of a name that are in the scope, and returns how many; the context's error when that
// ends first. Of a plain word a chunk counts once: generated code may define one a million times.
func (f *finder) define(ctx context.Context, l likeName) (n int, err error) {
	p, a := &f.s.parts[l.part], &f.asked[l.asked]
	looked, from := 0, len(f.found)
	p.seg.definitionsOf(int(l.name), func(d definition) bool {
		if looked++; looked%definitionsAtOnce == 0 && ctx.Err() != nil {
			err = context.Cause(ctx)
			return false
		}
		if !f.scope.has(int(l.part), int(d.chunk)) {
			return true
		}
		n++
		file := p.seg.fileOf[d.chunk]
		value := l.grade
		if len(a.qualifiers) > 0 {
			value *= a.qualified(d.container, p.seg.path(int(file)))
		}
		a.exact = a.exact || value >= gradeExact*likeQualifier*inPath
		if isMinor(d.kind) {
			value -= minorKind
		}
		found := namedChunk{
			Candidate: Candidate{ID: p.chunkBase + d.chunk, File: p.fileBase + file, Score: float32(a.Weight) * value},
			part:      uint32(l.part), name: l.name, container: d.container, shown: a.Like != Exactly,
		}
		if last := len(f.found) - 1; !found.shown && last >= from && f.found[last].ID == found.ID {
			f.found[last].Score = max(f.found[last].Score, found.Score)
			return true
		}
		f.found = append(f.found, found)
		return true
	})
	return n, err
}

// isMinor reports whether a kind is that of something that is in another thing.
func isMinor(k chunk.Kind) bool {
	switch k {
	case chunk.Property, chunk.Field, chunk.Variable, chunk.Constant, chunk.String, chunk.Number, chunk.Boolean, chunk.Array,
		chunk.Object, chunk.Key, chunk.Null, chunk.EnumMember, chunk.TypeParameter:
		return true
	}
	return false
}

// qualified is what a definition's container and path make of its grade.
func (a *askedName) qualified(container, file []byte) float32 {
	sum := float32(0)
	inside := a.qualifiers
	// The innermost qualifier is a container, and so on outwards; those left are of the path.
	for len(inside) > 0 && len(container) > 0 {
		at := bytes.LastIndexAny(container, ".:")
		like := likeKey(&inside[len(inside)-1], container[at+1:])
		if like == 0 {
			break
		}
		sum += like * inContainer
		inside, container = inside[:len(inside)-1], container[:max(at, 0)]
	}
	n := float32(len(a.qualifiers))
	if len(inside) == 0 && len(container) == 0 {
		sum += n * outermost
	}
	rest := string(file)
	rest = strings.TrimSuffix(rest, path.Ext(rest))
	for depth := 0; len(inside) > 0 && rest != "" && depth < highest; depth++ {
		dir, base := path.Split(rest)
		if like := likeKey(&inside[len(inside)-1], []byte(base)); like > 0 {
			sum += like * inPath
			inside = inside[:len(inside)-1]
		}
		rest = strings.TrimSuffix(dir, "/")
	}
	return (sum + elsewhere*float32(len(inside))) / n
}

// likeKey is how much like a name a qualifier is: 1 where it is the name, 0 where it is not
// even its beginning.
func likeKey(q *key, name []byte) float32 {
	var k key
	k.read(name)
	switch {
	case k.n < q.n || !bytes.Equal(k.text[:q.n], q.text[:q.n]):
		return 0
	case k.n == q.n:
		return 1
	}
	return likeQualifier
}
