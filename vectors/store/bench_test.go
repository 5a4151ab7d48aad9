package store_test

import (
	"testing"

	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/vectors/index/synthetic"
	"github.com/semantic-ls/semantic-ls/vectors/store"
)

// BenchmarkOpen is an index on disk, page cache warm, up to a snapshot that can be searched. A size is a sub-benchmark;
// collections are those of vectors/index/synthetic.
func BenchmarkOpen(b *testing.B) {
	var kept synthetic.Kept
	id := store.Identity{Root: "/w", Model: "builtin:builtin-1", Dimensions: static.Dimensions}
	for _, size := range synthetic.Sizes {
		b.Run(size.Name, func(b *testing.B) {
			seg, err := kept.Segment(b.Context(), size.Chunks)
			if err != nil {
				b.Fatal(err)
			}
			cache := b.TempDir()
			written, _ := store.Open(cache, id)
			if err := written.Append(store.Change{Segment: seg}); err != nil {
				b.Fatal(err)
			}
			if err := written.Close(); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				s, changes := store.Open(cache, id)
				x := index.New(id.Root)
				for _, c := range changes {
					x.Apply(c.Segment, c.Removed)
				}
				if got := x.Snapshot().Counts("").Chunks; got != size.Chunks || s.Health() != store.HealthOK {
					b.Fatalf("%d chunks, %s", got, s.Health())
				}
				if err := s.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
