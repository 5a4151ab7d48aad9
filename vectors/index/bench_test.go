package index_test

import (
	"fmt"
	"math/rand/v2"
	"path"
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/vectors/index/synthetic"
	"github.com/semantic-ls/semantic-ls/workspace/chunk"
)

// Collections are those of vectors/index/synthetic. A size is a sub-benchmark, so that `-bench Update/100k` makes that
// collection alone; 1M takes a minute of a core to make.

var kept synthetic.Kept

// BenchmarkMerge makes one segment of eight, of twenty for 1M; MB/s is what is written. It stands first: what it has
// made, the others need not make again.
func BenchmarkMerge(b *testing.B) {
	for _, size := range synthetic.Sizes {
		b.Run(size.Name, func(b *testing.B) {
			list, err := kept.Batches(size.Chunks)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				seg, err := synthetic.Merged(b.Context(), list)
				if err != nil {
					b.Fatal(err)
				}
				b.SetBytes(int64(len(seg.Bytes())))
			}
		})
	}
}

// BenchmarkUpdate is a saved file up to the snapshot that has it, in the midst of so many chunks: the text is cut, the
// chunks that changed are embedded, a segment is built and published. Reading the file and storing the change are not
// in it.
func BenchmarkUpdate(b *testing.B) {
	file := fileOf(b, 6)
	for _, size := range synthetic.Sizes {
		b.Run(size.Name, func(b *testing.B) {
			seg, err := kept.Segment(b.Context(), size.Chunks)
			if err != nil {
				b.Fatal(err)
			}
			s := (&index.Snapshot{}).With("/w", seg, nil)
			model := static.New()
			half := file.Chunks[len(file.Chunks)/2].Start
			b.SetBytes(int64(len(file.Text)))
			for i := 0; b.Loop(); i++ {
				text := fmt.Sprintf("%s// %d: said anew\n%s", file.Text[:half], i, file.Text[half:])
				d := document(s, model, file.File, text)
				changed, err := index.Build(static.Dimensions, []index.Document{d})
				if err != nil {
					b.Fatal(err)
				}
				s = s.With("/w", changed, nil)
			}
			if got, ok := s.Find("/w", file.File.Path); !ok || got.Hash == file.File.Hash {
				b.Fatal("the file in the index is the one of before")
			}
		})
	}
}

// BenchmarkNames looks patterns up among so many names, which are those of collections of about as many chunks. B/name
// is what a name costs in the segment, its definitions and text included.
func BenchmarkNames(b *testing.B) {
	for _, size := range synthetic.Sizes {
		b.Run(size.Name, func(b *testing.B) {
			s, perName := invented(b, size.Chunks)
			patterns := []string{"g", "get", "rU", "hcr", "retryup", "upload", "retryUplaod", "retyup", "Client.send", "connectionReader"}
			for _, pattern := range patterns {
				b.Run(pattern, func(b *testing.B) {
					b.ReportAllocs()
					names := []index.Name{{Text: pattern, Weight: 1, Like: index.Loosely}}
					for b.Loop() {
						if err := index.FindNames(b.Context(), s, names); err != nil {
							b.Fatal(err)
						}
					}
					b.ReportMetric(perName, "B/name")
				})
			}
		})
	}
}

// invented is a snapshot that defines so many different names, of one to four of the parts that names of real code are
// made of, three definitions of two names.
func invented(b *testing.B, names int) (s *index.Snapshot, perName float64) {
	parts := strings.Fields(`get set read write http client server connection reader writer retry upload download send receive
		parse format token index search name value key map list node tree file path error context handler request response
		buffer stream encode decode open close start stop run test new make build create delete update insert remove is has
		to from with without by of all any each first last next size count length max min type kind class method field`)
	random := rand.New(rand.NewPCG(1, 1))
	seen := map[string]bool{}
	build := index.NewBuilder(0)
	plain := index.NewBuilder(0)
	for file := 0; len(seen) < names; file++ {
		d := index.Document{Text: strings.Repeat("x ", 50)}
		d.File = index.File{Path: fmt.Sprintf("d%d/f%d.go", file%100, file), Language: "go"}
		for c := range 10 {
			d.Chunks = append(d.Chunks, chunk.Chunk{Start: 10 * c, End: 10*c + 10})
			for range 3 {
				var name strings.Builder
				for part := range 1 + random.IntN(4) {
					p := parts[random.IntN(len(parts))]
					if part > 0 {
						p = strings.ToUpper(p[:1]) + p[1:]
					}
					name.WriteString(p)
				}
				if random.IntN(3) > 0 || seen[name.String()] {
					fmt.Fprintf(&name, "%x", random.IntN(1<<16))
				}
				seen[name.String()] = true
				at := 10 * c
				d.Symbols = append(d.Symbols, chunk.Symbol{
					Name: name.String(), Container: "Client", Kind: chunk.Method, DocStart: at, NameStart: at, NameEnd: at + 1,
				})
			}
		}
		d.Rows = make([]index.Row, len(d.Chunks))
		build.Add(d)
		d.Symbols = nil
		plain.Add(d)
	}
	with, err := build.Segment()
	if err != nil {
		b.Fatal(err)
	}
	without, err := plain.Segment()
	if err != nil {
		b.Fatal(err)
	}
	s = (&index.Snapshot{}).With("/w", with, nil)
	return s, float64(len(with.Bytes())-len(without.Bytes())) / float64(len(seen))
}

// fileOf returns the first file of the collections that has so many chunks.
func fileOf(b *testing.B, chunks int) index.Document {
	for g := synthetic.New(synthetic.Seed); ; {
		if d := g.Next(1 << 20); len(d.Chunks) == chunks {
			return d
		}
	}
}

// document cuts a text, and embeds the chunks that s has no row of.
func document(s *index.Snapshot, model *static.Model, file index.File, text string) index.Document {
	file.Size, file.Hash = int64(len(text)), index.HashText(text)
	outline := chunk.Cut(file.Path, text)
	d := index.Document{File: file, Text: text, Chunks: outline.Chunks, Symbols: outline.Symbols}
	d.Rows = make([]index.Row, len(d.Chunks))
	known := s.Rows("/w", file.Path)
	vector := make([]float32, static.Dimensions)
	before := path.Base(path.Dir(file.Path)) + " " + strings.TrimSuffix(path.Base(file.Path), ".go") + " "
	for i, c := range d.Chunks {
		if c.Skip {
			continue
		}
		body := text[c.Start:c.End]
		row, ok := known(index.HashChunk(body), c.Symbol, c.Container)
		if !ok {
			model.EmbedInto(vector, before+c.Container+"\n"+body)
			row = index.Quantise(vector)
		}
		d.Rows[i] = row
	}
	return d
}

// BenchmarkOpen is a segment in memory up to a snapshot of it.
func BenchmarkOpen(b *testing.B) {
	for _, size := range synthetic.Sizes {
		b.Run(size.Name, func(b *testing.B) {
			seg, err := kept.Segment(b.Context(), size.Chunks)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				opened, err := index.OpenSegment(seg.Bytes())
				if err != nil {
					b.Fatal(err)
				}
				if s := (&index.Snapshot{}).With("/w", opened, nil); s.Counts("").Chunks != size.Chunks {
					b.Fatal(s.Counts(""))
				}
			}
			b.ReportMetric(float64(len(seg.Bytes()))/float64(seg.Chunks()), "B/chunk")
		})
	}
}

// BenchmarkBuild makes segments of at most so many chunks of documents that are cut and embedded; MB/s is their text.
// For 1M it is the same as for 100k, ten times.
func BenchmarkBuild(b *testing.B) {
	const most = 100_000
	for _, size := range synthetic.Sizes {
		b.Run(size.Name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				var bytes int64
				for g, left := synthetic.New(synthetic.Seed), size.Chunks; left > 0; left -= most {
					documents := some(g, min(left, most))
					for _, d := range documents {
						bytes += int64(len(d.Text))
					}
					b.StartTimer()
					if _, err := index.Build(static.Dimensions, documents); err != nil {
						b.Fatal(err)
					}
					b.StopTimer()
				}
				b.SetBytes(bytes)
				b.StartTimer()
			}
		})
	}
}

// some are documents of so many chunks.
func some(g *synthetic.Generator, chunks int) (list []index.Document) {
	for chunks > 0 {
		d := g.Next(chunks)
		list, chunks = append(list, d), chunks-len(d.Chunks)
	}
	return list
}
