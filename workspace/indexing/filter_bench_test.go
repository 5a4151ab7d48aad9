package indexing

import (
	"fmt"
	"testing"

	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/workspace/chunk"
)

// BenchmarkFilter finds out what a filter lets pass of 100,000 files with a chunk each: anew, and again after that.
func BenchmarkFilter(b *testing.B) {
	const files, eachDirectory = 100_000, 20
	var list []index.Document
	for i := range files {
		name := fmt.Sprintf("src/internal/part%d/module%d/types_64bit_%d.go", i/eachDirectory%50, i/eachDirectory, i)
		language := "go"
		switch i % 10 {
		case 0:
			name, language = name+".md", "markdown"
		case 1:
			name = name[:len(name)-3] + "_test.go"
		}
		list = append(list, index.Document{
			File: index.File{Path: name, Language: language}, Text: "x\n", Rows: make([]index.Row, 1),
			Chunks: []chunk.Chunk{{End: 2, Kind: chunk.Function}},
		})
	}
	seg, err := index.Build(4, list)
	if err != nil {
		b.Fatal(err)
	}
	s := (&index.Snapshot{}).With("/w", seg, nil)
	for _, c := range []struct {
		name string
		Criteria
	}{
		{"language", Criteria{Languages: []string{"go"}}},
		{"kind", Criteria{Kinds: []string{"method"}}},
		{"glob", Criteria{Globs: []string{"*.go", "!*_test.go"}}},
		{"directory", Criteria{Globs: []string{"src/internal/part7/**"}}},
		{"deep", Criteria{Globs: []string{"**/module7*/**/*.go"}}},
	} {
		f, err := c.Filter()
		if err != nil {
			b.Fatal(err)
		}
		b.Run(c.name+"/anew", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.Everywhere().Sift(b.Context(), f.sieve(0, nil), &index.Sieved{}); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(c.name+"/again", func(b *testing.B) {
			b.ReportAllocs()
			kept := &index.Sieved{}
			for b.Loop() {
				if _, err := s.Everywhere().Sift(b.Context(), f.sieve(0, nil), kept); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("every file decoded", func(b *testing.B) { // what there was to build a filter of
		b.ReportAllocs()
		for b.Loop() {
			n := 0
			s.Files("/w", func(f index.File) bool {
				if f.Language == "go" {
					n++
				}
				return true
			})
			if n == 0 {
				b.Fatal("no files")
			}
		}
	})
}
