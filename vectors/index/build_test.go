package index

import (
	"bytes"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/semantic-ls/semantic-ls/workspace/chunk"
)

// A name may stand behind those of the definitions inside its own, as that of a
// typedef does, and what stands in a chunk that is left out is nobody's.
func TestBuildTakesSymbolsInAnyOrder(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	d := document("a.go", "func one\nfunc two\nfunc three\nx\nfunc four\nfunc five\n", rng)
	d.Chunks[1].Skip = true
	want, err := Build(dims, []Document{d})
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		rng.Shuffle(len(d.Symbols), func(i, j int) { d.Symbols[i], d.Symbols[j] = d.Symbols[j], d.Symbols[i] })
		before := slices.Clone(d.Symbols)
		got, err := Build(dims, []Document{d})
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got.Bytes(), want.Bytes()) {
			t.Fatal("another order of the symbols gives another segment")
		}
		if !slices.Equal(d.Symbols, before) {
			t.Fatal("the document was changed")
		}
	}
	var defined []string
	s := (&Snapshot{}).With("/w", want, nil)
	for _, name := range []string{"one", "two", "three", "four", "five"} {
		s.Defining(name, func(id uint32) { defined = append(defined, name+" in "+s.Chunk(id).Symbol) })
	}
	if got := strings.Join(defined, ", "); got != "one in one, three in three, four in four, five in five" {
		t.Error(got)
	}
}

// headings makes documents that have so many definitions in all, and little else.
func headings(documents, definitions int) []Document {
	const inChunk = 64
	list := make([]Document, documents)
	for i := range list {
		d := &list[i]
		d.File.Path = strings.Repeat("a", i+1)
		for at := 0; at < definitions/documents; at++ {
			if at%inChunk == 0 {
				d.Chunks = append(d.Chunks, chunk.Chunk{Start: at, End: at + inChunk})
			}
			d.Symbols = append(d.Symbols, chunk.Symbol{Name: "a", DocStart: at, NameStart: at, NameEnd: at + 1})
		}
		d.Text = strings.Repeat("\n", len(d.Chunks)*inChunk)
		d.Rows = make([]Row, len(d.Chunks))
	}
	return list
}

// best is the shortest of three runs: a busy machine does not lengthen all.
func best(run func()) time.Duration {
	least := time.Duration(math.MaxInt64)
	for range 3 {
		start := time.Now()
		run()
		least = min(least, time.Since(start))
	}
	return least
}

// One file of many definitions takes about the time that many files with as many
// take together; where each chunk looks at every definition it takes sixteen times as long.
func TestBuildIsLinearInTheDefinitionsOfAFile(t *testing.T) {
	const definitions, most = 64 << 10, 6
	took := func(documents int) time.Duration {
		list := headings(documents, definitions)
		return best(func() {
			if _, err := Build(dims, list); err != nil {
				t.Fatal(err)
			}
		})
	}
	if one, many := took(1), took(64); one > most*many {
		t.Errorf("one file: %v, 64 files with as much: %v", one, many)
	}
}
