package index

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/semantic-ls/semantic-ls/workspace/chunk"
)

func TestRowsFindsTheRowOfUnchangedText(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	d := document("a.go", "func one\nfunc two\nfunc two\nnever embedded\nfunc three\nnever embedded\n", rng)
	d.Chunks[4].Container = "Outer"
	d.Rows[3] = Row{}
	seg, err := Build(dims, []Document{document("b.go", "func one\n", rng), d, document("c.go", "x\n", rng)})
	if err != nil {
		t.Fatal(err)
	}
	s := (&Snapshot{}).With("/w", seg, nil)
	same := func(got Row, want Row) bool { return got.Scale == want.Scale && slices.Equal(got.Data, want.Data) }
	rows := s.Rows("/w", "a.go")
	for _, c := range []struct {
		text, symbol, container string
		want                    int // number of the chunk
	}{
		{"func one\n", "one", "", 0},
		{"func two\n", "two", "", 1},
		{"func three\n", "three", "Outer", 4},
		{"never embedded\n", "", "", 5}, // the first of them is
	} {
		if row, ok := rows(HashChunk(c.text), c.symbol, c.container); !ok || !same(row, d.Rows[c.want]) {
			t.Errorf("%q: %+v, %v", c.text, row, ok)
		}
	}
	for name, miss := range map[string]func() (Row, bool){
		"text":      func() (Row, bool) { return rows(HashChunk("func three and more\n"), "three", "Outer") },
		"symbol":    func() (Row, bool) { return rows(HashChunk("func two\n"), "three", "") },
		"container": func() (Row, bool) { return rows(HashChunk("func three\n"), "three", "") },
		"path":      func() (Row, bool) { return s.Rows("/w", "c.go")(HashChunk("func two\n"), "two", "") },
		"file":      func() (Row, bool) { return s.Rows("/w", "none.go")(HashChunk("func two\n"), "two", "") },
		"root":      func() (Row, bool) { return s.Rows("/elsewhere", "a.go")(HashChunk("func two\n"), "two", "") },
	} {
		if _, ok := miss(); ok {
			t.Errorf("reused although the %s differs", name)
		}
	}
	gone := s.With("/w", nil, []string{"a.go"})
	if _, ok := gone.Rows("/w", "a.go")(HashChunk("func one\n"), "one", ""); ok {
		t.Error("reused from a file that is gone")
	}
}

// chunksOf makes a document of so many chunks, all of which say something else.
func chunksOf(path string, chunks int) Document {
	d := Document{File: File{Path: path}}
	for i := range chunks {
		at := len(d.Text)
		d.Text += fmt.Sprintf("%07d\n", i)
		d.Chunks = append(d.Chunks, chunk.Chunk{Start: at, End: len(d.Text), Symbol: "symbol", Container: "Container"})
		d.Rows = append(d.Rows, Row{Scale: 1, Data: make([]byte, dims)})
	}
	return d
}

// A row of another length is none: it is not found for the next text, which would go
// without a vector for ever.
func TestARowOfAnotherLengthIsNone(t *testing.T) {
	d := chunksOf("a.go", 2)
	d.Rows[1] = Row{Scale: 1, Data: make([]byte, dims+1)}
	seg, err := Build(dims, []Document{d})
	if err != nil {
		t.Fatal(err)
	}
	other, err := Merge(t.Context(), dims-1, []*Segment{seg}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		seg  *Segment
		want []bool
	}{{seg, []bool{true, false}}, {other, []bool{false, false}}} {
		known := (&Snapshot{}).With("/w", c.seg, nil).Rows("/w", "a.go")
		for i, want := range c.want {
			at := d.Chunks[i]
			if _, ok := known(HashChunk(d.Text[at.Start:at.End]), at.Symbol, at.Container); ok != want {
				t.Errorf("%d dimensions: row %d is found: %v", c.seg.Dimensions(), i, ok)
			}
		}
	}
}

// An edit of one large file looks up about as many rows as one of many small files
// that are as large together; where each chunk is compared with every other it takes
// a hundred times as long.
func TestRowsAreFoundInTimeLinearInTheChunksOfAFile(t *testing.T) {
	const chunks, most = 4 << 10, 8
	took := func(files int) time.Duration {
		var list []Document
		for i := range files {
			list = append(list, chunksOf(fmt.Sprintf("f%d.go", i), chunks/files))
		}
		seg, err := Build(dims, list)
		if err != nil {
			t.Fatal(err)
		}
		s := (&Snapshot{}).With("/w", seg, nil)
		return best(func() {
			for _, d := range list {
				rows := s.Rows("/w", d.File.Path)
				for _, c := range d.Chunks {
					if _, ok := rows(HashChunk(d.Text[c.Start:c.End]), c.Symbol, c.Container); !ok {
						t.Fatal("not found")
					}
				}
			}
		})
	}
	if one, many := took(1), took(128); one > most*many {
		t.Errorf("one file: %v, 128 files with as much: %v", one, many)
	}
}
