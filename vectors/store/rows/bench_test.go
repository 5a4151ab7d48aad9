package rows

import (
	"fmt"
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
	"github.com/semantic-ls/semantic-ls/vectors/index"
)

// benchModel is one as large as the built-in one.
var benchModel = Model{Name: "openai:bench", Dimensions: static.Dimensions}

// benchText is a chunk's text, as long as they are as a rule, and of few words, so that
// embedding it is fast.
func benchText(n int) string {
	line := fmt.Sprintf("\tif err := retry%d(ctx, request); err != nil {\n\t\treturn fmt.Errorf(\"send: %%w\", err)\n\t}\n", n)
	return "func upload(ctx context.Context) error {\n" + strings.Repeat(line, 7) + "\treturn nil\n}\n"
}

// BenchmarkGet looks up texts in a cache of so many files, 64 at a time, as many as a
// request has. Beside BenchmarkBuiltIn it says for whom a look-up pays.
func BenchmarkGet(b *testing.B) {
	for _, files := range []int{1, filesAtLimit - 1} {
		const batch, perFile = 64, 20_000
		dir := b.TempDir()
		limit := int64(filesAtLimit * (perFile*(288+16) + 200))
		c := Open(dir, limit)
		texts := files * perFile
		row := index.Row{Scale: 1, Data: make([]byte, benchModel.Dimensions)}
		for n := 0; n < texts-perFile/2; n += batch {
			keys, rows := make([]Key, batch), make([]index.Row, batch)
			for i := range keys {
				keys[i], rows[i] = keyFor(n+i), row
			}
			if err := c.Put(benchModel, keys, rows); err != nil {
				b.Fatal(err)
			}
		}
		young := texts - perFile
		for _, found := range []bool{true, false} {
			b.Run(fmt.Sprintf("files=%d/found=%v", files, found), func(b *testing.B) {
				text := benchText(1)
				keys := make([]Key, batch)
				for at := 0; b.Loop(); at = (at + batch) % (perFile / 4) {
					for i := range keys {
						keys[i] = KeyOf(text)
						if found {
							keys[i] = keyFor(young + at + i)
						} else {
							keys[i][0] = byte(i)
						}
					}
					rows, err := c.Get(benchModel, keys)
					if err != nil || rows[0].Data == nil == found {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*batch), "µs/text")
			})
		}
		c.Close()
	}
}

// BenchmarkPut keeps rows, 64 at a time.
func BenchmarkPut(b *testing.B) {
	const batch = 64
	c := Open(b.TempDir(), 256<<20)
	row := index.Row{Scale: 1, Data: make([]byte, benchModel.Dimensions)}
	n := 0
	for b.Loop() {
		keys, rows := make([]Key, batch), make([]index.Row, batch)
		for i := range keys {
			keys[i], rows[i] = keyFor(n+i), row
		}
		n += batch
		if err := c.Put(benchModel, keys, rows); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*batch), "µs/text")
	c.Close()
}

// BenchmarkBuiltIn is what the built-in model takes for the same texts.
func BenchmarkBuiltIn(b *testing.B) {
	const batch = 64
	m := static.New()
	texts := make([]string, batch)
	for i := range texts {
		texts[i] = benchText(i)
	}
	for b.Loop() {
		rows, err := m.Embed(b.Context(), texts)
		if err != nil {
			b.Fatal(err)
		}
		for _, row := range rows {
			index.Quantise(row)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*batch), "µs/text")
}
