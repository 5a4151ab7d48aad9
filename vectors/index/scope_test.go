package index

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/semantic-ls/semantic-ls/workspace/chunk"
)

func sift(t *testing.T, c Scope, kept *Sieved, s Sieve) Scope {
	t.Helper()
	narrow, err := c.Sift(t.Context(), s, kept)
	if err != nil {
		t.Fatal(err)
	}
	return narrow
}

// mixed is a snapshot in which files are dead, and languages and kinds take turns.
func mixed(t *testing.T) *Snapshot {
	t.Helper()
	languages := []string{"go", "rust", ""}
	rng := rand.New(rand.NewPCG(21, 21))
	s := &Snapshot{}
	for i, root := range []string{"/w", "/w", "/x", "/w"} {
		var list []Document
		for f := range 70 {
			d := document(fmt.Sprintf("d%d/f%d.x", f%3, f+10*i), strings.Repeat("func f\nx\n", f%5), rng)
			d.File.Language = languages[f/3%len(languages)]
			for c := range d.Chunks {
				d.Chunks[c].Kind = chunk.Kinds()[(f+c)%5*6]
			}
			list = append(list, d)
		}
		seg, err := Build(dims, list)
		if err != nil {
			t.Fatal(err)
		}
		s = s.With(root, seg, []string{"d1/f1.x"})
	}
	return s
}

// What is sifted is what asking for each chunk by itself gives, whatever was kept of other sieves and snapshots.
func TestSiftIsAskingForEachChunk(t *testing.T) {
	s := mixed(t)
	kept := &Sieved{}
	for name, scope := range map[string]Scope{
		"everywhere": s.Everywhere(),
		"d1":         s.Under([]Place{{"/w", "d1"}, {"/x", "d1"}}),
		"without":    s.Everywhere().Without([]uint32{3, 7}),
	} {
		for key, sieve := range map[string]Sieve{
			"all":      {},
			"language": {File: func(f FileName) bool { return string(f.Language()) == "rust" }},
			"unknown":  {File: func(f FileName) bool { return len(f.Language()) == 0 }},
			"path":     {File: func(f FileName) bool { return strings.HasSuffix(f.Path(), "7.x") && f.Root == "/x" }},
			"kinds":    {Kinds: KindsOf(chunk.Function, chunk.Text)},
			"both":     {File: func(f FileName) bool { return string(f.Language()) == "go" }, Kinds: KindsOf(chunk.Method)},
			"nothing":  {File: func(FileName) bool { return false }},
		} {
			sieve.Key = key
			for _, round := range []string{"first", "kept"} {
				var want, got []uint32
				for id := range scope.Each {
					c := s.Chunk(id)
					p := s.partOf(id)
					if (sieve.File == nil || sieve.File(FileName{c.Root, p.seg, int(c.File)})) && sieve.Kinds.Has(c.Kind) {
						want = append(want, id)
					}
				}
				narrow := sift(t, scope, kept, sieve)
				for id := range narrow.Each {
					got = append(got, id)
				}
				if !slices.Equal(got, want) || narrow.Empty() != (len(want) == 0) {
					t.Errorf("%s, %s, %s: %d chunks, want %d", name, key, round, len(got), len(want))
				}
				if key != "nothing" && len(want) == 0 {
					t.Errorf("%s, %s: the test shows nothing", name, key)
				}
			}
		}
	}
}

// What is kept of a sieve is not narrowed by the scope that it was used on.
func TestSiftKeepsNothingOfTheScope(t *testing.T) {
	s, kept, sieve := mixed(t), &Sieved{}, Sieve{Key: "x", Kinds: KindsOf(chunk.Function, chunk.Text)}
	all := func(c Scope) (ids []uint32) { return slices.Collect(c.Each) }
	want := all(sift(t, s.Everywhere(), &Sieved{}, sieve))
	if few := all(sift(t, s.Everywhere().Without(want[1:]), kept, sieve)); !slices.Equal(few, want[:1]) {
		t.Errorf("%d chunks of a scope that has one", len(few))
	}
	if got := all(sift(t, s.Everywhere(), kept, sieve)); !slices.Equal(got, want) {
		t.Errorf("then %d chunks of all, want %d", len(got), len(want))
	}
}

// A sieve that is used again asks only about the files of segments that are new.
func TestSiftAsksOnlyAboutNewSegments(t *testing.T) {
	s := mixed(t)
	asked := 0
	sieve := Sieve{Key: "x", File: func(FileName) bool { asked++; return true }}
	kept := &Sieved{}
	sift(t, s.Everywhere(), kept, sieve)
	if asked == 0 {
		t.Fatal("nothing was asked")
	}
	asked = 0
	d := document("new.go", "func f\n", rand.New(rand.NewPCG(1, 1)))
	seg, err := Build(dims, []Document{d})
	if err != nil {
		t.Fatal(err)
	}
	saved := s.With("/w", seg, nil)
	if sift(t, saved.Everywhere(), kept, sieve); asked != 1 {
		t.Errorf("after a save %d files were asked about, want 1", asked)
	}
	for i := range mostSieves {
		sift(t, s.Everywhere(), kept, Sieve{Key: fmt.Sprint(i)})
	}
	asked = 0
	if sift(t, s.Everywhere(), kept, sieve); asked == 0 || len(kept.last) != mostSieves {
		t.Errorf("after %d other sieves %d files were asked about; %d sieves are kept", mostSieves, asked, len(kept.last))
	}
}

// What is kept is of the segments of the last snapshot, and keeps none of them.
func TestSievedKeepsNoSegment(t *testing.T) {
	kept := &Sieved{}
	gone := make(chan struct{})
	func() {
		s := mixed(t)
		runtime.AddCleanup(s.parts[0].seg, func(c chan struct{}) { close(c) }, gone)
		sift(t, s.Everywhere(), kept, Sieve{Key: "x"})
		runtime.KeepAlive(s)
	}()
	for done := false; !done; {
		runtime.GC()
		select {
		case <-gone:
			done = true
		default:
			runtime.Gosched()
		}
	}
	s := mixed(t)
	sift(t, s.Everywhere(), kept, Sieve{Key: "x"})
	if n := len(kept.last[0].masks); n != len(s.parts) {
		t.Errorf("masks of %d segments, of %d there are", n, len(s.parts))
	}
	for of := range maps.Keys(kept.last[0].masks) {
		if of.seg.Value() == nil {
			t.Error("a mask of a segment that is gone")
		}
	}
}

func TestSiftIsCancelled(t *testing.T) {
	s := mixed(t)
	why := errors.New("why")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(why)
	kept := &Sieved{}
	if _, err := s.Everywhere().Sift(ctx, Sieve{Key: "x"}, kept); !errors.Is(err, why) || len(kept.last) > 0 {
		t.Errorf("%v; %d sieves are kept", err, len(kept.last))
	}
}

// A chunk of several small definitions is of the kinds of all of them, also once segments are merged and what is dead
// is left out.
func TestMergedChunksAreOfAllTheirKinds(t *testing.T) {
	text := "type A struct{}\n\nfunc b() {}\n\nconst c = 1\n"
	cut := chunk.Cut("a.go", text)
	d := Document{File: File{Path: "a.go"}, Text: text, Symbols: cut.Symbols, Chunks: cut.Chunks, Rows: make([]Row, len(cut.Chunks))}
	other := document("b.go", "x\n", rand.New(rand.NewPCG(1, 1)))
	seg, err := Build(dims, []Document{other, d})
	if err != nil {
		t.Fatal(err)
	}
	x := New("/w")
	x.Apply(seg, nil)
	x.Apply(nil, []string{"b.go"})
	merged, err := Merge(t.Context(), dims, []*Segment{seg}, func(_, file int) bool { return file == 1 })
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]*Snapshot{"built": x.Snapshot(), "merged": (&Snapshot{}).With("/w", merged, nil)} {
		first, n := s.ChunksOf("/w", "a.go")
		if n != 1 || !s.Chunk(first).Merged {
			t.Fatalf("%s: %d chunks, want one of all", name, n)
		}
		if got, want := s.Chunk(first).Kinds, KindsOf(chunk.Struct, chunk.Function, chunk.Constant); got != want {
			t.Errorf("%s: kinds %b, want %b", name, got, want)
		}
		for _, k := range chunk.Kinds() {
			scope := sift(t, s.Everywhere(), &Sieved{}, Sieve{Key: "x", Kinds: KindsOf(k)})
			is := k == chunk.Struct || k == chunk.Function || k == chunk.Constant
			if found := slices.Contains(slices.Collect(scope.Each), first); found != is {
				t.Errorf("%s: a %s is found: %v, want %v", name, k, found, is)
			}
		}
	}
}

// Each kind that a definition may have has a bit, and those of a segment of before, which has none, may be any.
func TestKindBits(t *testing.T) {
	for _, k := range chunk.Kinds() {
		bits := kindBits(KindsOf(k))
		never := k <= chunk.FileKind || k >= chunk.Number && k <= chunk.Array || k == chunk.Null
		if bits != 0 == never || bits != 0 && (bits <= mergedBit || kindsOfBits(bits|mergedBit|uint32(k)) != KindsOf(k)) {
			t.Errorf("%s has bits %b", k, bits)
		}
	}
	if all := kindBits(^Kinds(0)); kindsOfBits(all) != lowKinds|midKinds|highKinds {
		t.Errorf("%b", all)
	}
}

// Queries that run at the same time share what is kept.
func TestSievedIsShared(t *testing.T) {
	s := mixed(t)
	kept := &Sieved{}
	var group sync.WaitGroup
	for i := range 4 {
		group.Go(func() {
			for n := range 20 {
				language := []string{"go", "rust"}[(i+n)%2]
				scope, err := s.Everywhere().Sift(t.Context(), Sieve{Key: language, File: func(f FileName) bool {
					return string(f.Language()) == language
				}}, kept)
				if err != nil {
					t.Error(err)
					return
				}
				for id := range scope.Each {
					if got := s.Chunk(id).Of.Language; got != language {
						t.Errorf("%s lets %s through", language, got)
						return
					}
				}
			}
		})
	}
	group.Wait()
}
