package index

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// What merging was begun with changes meanwhile: the result is that of the changes
// alone.
func TestReplaceAfterChanges(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range 200 {
		x, want := New("/w"), New("/w")
		change := func() {
			var docs []Document
			var removed []string
			for _, path := range []string{"a.go", "b.go", "c.go", "d.go", "e.go"} {
				switch rng.IntN(4) {
				case 0:
					docs = append(docs, document(path, randomText(rng), rng))
				case 1:
					removed = append(removed, path)
				}
			}
			seg, err := Build(dims, docs)
			if err != nil {
				t.Fatal(err)
			}
			x.Apply(seg, removed)
			want.Apply(seg, removed)
		}
		for range 1 + rng.IntN(5) {
			change()
		}
		pieces := x.Snapshot().Pieces()
		restored := New("/w")
		restored.Restore(pieces)
		if got, was := paths(restored), paths(x); got != was {
			t.Fatalf("restored %s, want %s", got, was)
		}
		var old []Piece
		var segments []*Segment
		for _, p := range pieces {
			if rng.IntN(3) > 0 {
				old, segments = append(old, p), append(segments, p.Segment)
			}
		}
		merged, err := Merge(t.Context(), dims, segments, func(s, f int) bool { return old[s].Alive(f) })
		if err != nil {
			t.Fatal(err)
		}
		for range rng.IntN(4) {
			change()
		}
		x.Replace(old, merged)
		if got, was := paths(x), paths(want); got != was {
			t.Fatalf("%s, want %s", got, was)
		}
		if got, was := x.Snapshot().Counts(""), want.Snapshot().Counts(""); got != was {
			t.Fatalf("%+v, want %+v", got, was)
		}
	}
}

func paths(x *Index) string {
	var list []string
	x.Snapshot().Files("/w", func(f File) bool {
		list = append(list, f.Path+" "+string(f.Hash[:]))
		return true
	})
	slices.Sort(list)
	return strings.Join(list, "\n")
}
