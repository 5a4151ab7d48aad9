package store_test

import (
	"testing"

	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/vectors/index/synthetic"
	"github.com/semantic-ls/semantic-ls/vectors/store"
)

// BenchmarkOpen is an index on disk, page cache warm: to map it, and to load it, that is to compare every checksum too, up
// to a snapshot that can be searched. A size is a sub-benchmark; collections are those of vectors/index/synthetic.
func BenchmarkOpen(b *testing.B) {
	var kept synthetic.Kept
	id := store.Identity{Root: "/w", Model: "builtin:builtin-4", Dimensions: static.Dimensions}
	for _, size := range synthetic.Sizes {
		b.Run(size.Name, func(b *testing.B) {
			seg, err := kept.Segment(b.Context(), size.Chunks)
			if err != nil {
				b.Fatal(err)
			}
			cache := b.TempDir()
			written := store.Open(cache, id)
			if _, err := written.Load(b.Context()); err != nil {
				b.Fatal(err)
			}
			checkpoint := written.Begin(func(store.News) {})
			kept, err := checkpoint.Keep(b.Context(), seg)
			if err == nil {
				err = checkpoint.Commit([]index.Piece{{Segment: kept}}, func(store.News) {})
			}
			if err != nil {
				b.Fatal(err)
			}
			if err := written.Close(); err != nil {
				b.Fatal(err)
			}
			b.Run("map", func(b *testing.B) {
				for b.Loop() {
					if err := store.Open(cache, id).Close(); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run("load", func(b *testing.B) {
				b.SetBytes(int64(len(seg.Bytes())))
				b.ReportAllocs()
				for b.Loop() {
					s := store.Open(cache, id)
					news, err := s.Load(b.Context())
					if err != nil {
						b.Fatal(err)
					}
					x := index.New(id.Root)
					news.Apply(x)
					if got := x.Snapshot().Counts("").Chunks; got != size.Chunks || s.Health() != store.HealthOK {
						b.Fatalf("%d chunks, %s", got, s.Health())
					}
					if err := s.Close(); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}
