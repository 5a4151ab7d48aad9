package index

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/vectors/lexical"
	"github.com/semantic-ls/semantic-ls/vectors/words"
	"github.com/semantic-ls/semantic-ls/workspace/chunk"
)

const dims = 8

// document makes a document of one chunk a line.
func document(path, text string, rng *rand.Rand) Document {
	d := Document{File: File{Path: path, Language: "go", Size: int64(len(text)), ModTime: 7, Inode: 9, Hash: HashText(text)}, Text: text}
	at := 0
	for line := range strings.Lines(text) {
		c := chunk.Chunk{Start: at, End: at + len(line), Kind: chunk.Function}
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "func "); ok {
			c.Symbol, c.NameStart, c.NameEnd = name, at+5, at+5+len(name)
			d.Symbols = append(d.Symbols, chunk.Symbol{Name: name, DocStart: at, NameStart: at + 5, NameEnd: at + 5 + len(name)})
		}
		at += len(line)
		v := make([]float32, dims)
		for i := range v {
			v[i] = float32(rng.NormFloat64())
		}
		d.Chunks = append(d.Chunks, c)
		d.Rows = append(d.Rows, Quantise(unit(v)))
	}
	return d
}

func unit(v []float32) []float32 {
	var sum float64
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	for i := range v {
		v[i] /= float32(math.Sqrt(sum))
	}
	return v
}

func randomText(rng *rand.Rand) string {
	var b strings.Builder
	for range rng.IntN(6) {
		if rng.IntN(3) == 0 {
			fmt.Fprintf(&b, "func name%d\n", rng.IntN(20))
			continue
		}
		for range rng.IntN(8) {
			fmt.Fprintf(&b, "word%c ", 'a'+rng.IntN(12))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// plain is the index as a map, and everything said of it the slow way.
type plain map[string]Document

func (p plain) lexical(term map[string]int, params lexical.BM25, idf float64) map[string]float32 {
	var docs []string // path#chunk
	length := map[string]int{}
	count := map[string]int{}
	total := 0
	for path, d := range p {
		for i, c := range d.Chunks {
			id := fmt.Sprintf("%s#%d", path, i)
			n := 0
			tally := func(text string, weight int) {
				words.Each(text, func(w []byte) {
					n += weight
					if times := term[string(w)]; times > 0 {
						count[id] += weight * times
					}
				})
			}
			tally(d.Text[c.Start:c.End], 1)
			if c.Symbol != "" {
				tally(d.Text[c.Start:c.NameEnd], headWeight)
			}
			tally(strings.TrimSuffix(path[strings.LastIndex(path, "/")+1:], ".go"), stemWeight)
			tally(path[:strings.LastIndex(path, "/")+1], directoryWeight)
			docs = append(docs, id)
			length[id] = n
			total += n
		}
	}
	scores := map[string]float32{}
	for id, n := range count {
		fixed, slope := params.Norm(float64(total) / float64(len(docs)))
		scores[id] = float32(params.Score(idf, float64(n), fixed+slope*float64(length[id])))
	}
	return scores
}

// Random changes, merges and reopenings against a plain map: after each, the
// snapshot says exactly what the map says, and an older snapshot what it said.
func TestSnapshotAgainstAPlainMap(t *testing.T) {
	for seed := range uint64(40) {
		rng := rand.New(rand.NewPCG(seed, 5))
		x := New("/w")
		model := plain{}
		var old *Snapshot
		var oldModel plain
		for step := range 25 {
			switch rng.IntN(6) {
			case 0:
				var gone []string
				for path := range model {
					if rng.IntN(4) == 0 {
						gone = append(gone, path)
					}
				}
				x.Apply(nil, gone)
				for _, path := range gone {
					delete(model, path)
				}
			case 1, 2:
				var old []Piece
				for _, p := range x.Snapshot().Pieces() {
					if rng.IntN(3) > 0 {
						old = append(old, p)
					}
				}
				merged, err := MergePieces(t.Context(), dims, old)
				if err != nil {
					t.Fatal(err)
				}
				x.Replace(old, merged)
			default:
				batch := plain{}
				for range 1 + rng.IntN(4) {
					path := fmt.Sprintf("d%d/f%d.go", rng.IntN(3), rng.IntN(6))
					batch[path] = document(path, randomText(rng), rng)
				}
				seg, err := Build(dims, slices.Collect(maps.Values(batch)))
				if err != nil {
					t.Fatal(err)
				}
				x.Apply(seg, nil)
				maps.Copy(model, batch)
			}
			compare(t, x.Snapshot(), model)
			if old != nil {
				compare(t, old, oldModel)
			}
			if step == 10 {
				old, oldModel = x.Snapshot(), maps.Clone(model)
			}
		}
		again := New("/w")
		again.Restore(x.Snapshot().Pieces())
		compare(t, again.Snapshot(), model)
	}
}

func compare(t *testing.T, s *Snapshot, model plain) {
	t.Helper()
	chunks := 0
	ids := map[string]uint32{}
	for path, d := range model {
		f, ok := s.Find("/w", path)
		if !ok || f.Hash != d.File.Hash || f.Chunks != len(d.Chunks) || f.Language != "go" || f.ModTime != 7 || f.Inode != 9 {
			t.Fatalf("%s: %+v, %v", path, f, ok)
		}
		first, n := s.ChunksOf("/w", path)
		for i := range n {
			c, want := s.Chunk(first+uint32(i)), d.Chunks[i]
			if int(c.Start) != want.Start || int(c.End) != want.End || c.Symbol != want.Symbol || c.Of.Path != path || c.Root != "/w" {
				t.Fatalf("%s chunk %d: %+v, want %+v", path, i, c, want)
			}
			if c.Hash != HashChunk(d.Text[c.Start:c.End]) {
				t.Fatalf("%s chunk %d: another text", path, i)
			}
			ids[fmt.Sprintf("%s#%d", path, i)] = first + uint32(i)
			if row := s.Row(first + uint32(i)); row.Scale != d.Rows[i].Scale || !slices.Equal(row.Data, d.Rows[i].Data) {
				t.Fatalf("%s chunk %d: another row", path, i)
			}
			chunks++
		}
	}
	if c := s.Counts("/w"); c.Files != len(model) || c.Chunks != chunks {
		t.Fatalf("%+v, want %d files, %d chunks", c, len(model), chunks)
	}
	for _, at := range []string{"", "d", "d0", "d1", "d1/f2.go", "d1/f", "none"} {
		var under []string
		for path := range model {
			if at == "" || path == at || strings.HasPrefix(path, at+"/") {
				under = append(under, path)
			}
		}
		slices.Sort(under)
		if got := s.PathsUnder("/w", at); !slices.Equal(got, under) {
			t.Fatalf("under %q: %q, want %q", at, got, under)
		}
	}
	for d := range 3 {
		for f := range 6 {
			path := fmt.Sprintf("d%d/f%d.go", d, f)
			if _, want := model[path]; s.Has("/w", path) != want {
				t.Fatalf("has %s: %v", path, !want)
			}
		}
	}
	if s.Has("/w", "d0") || s.Has("/elsewhere", "d0/f0.go") {
		t.Fatal("a directory, or a file of another root, is taken for a file")
	}
	seen := 0
	for range s.Everywhere().Each {
		seen++
	}
	if seen != chunks {
		t.Fatalf("the scope has %d chunks, want %d", seen, chunks)
	}
	if _, ok := s.Find("/elsewhere", "d0/f0.go"); ok {
		t.Fatal("found under another root")
	}

	params := lexical.BM25{K1: 1.2, B: 0.75}
	for _, term := range []Term{Single("worda", 1), {Words: []Word{{"worda", 2}, {"wordb", 1}, {"absent", 1}}, Weight: 1}} {
		m, err := s.Lexical(context.Background(), []Term{term}, params, params)
		if err != nil {
			t.Fatal(err)
		}
		times := map[string]int{}
		for _, w := range term.Words {
			times[w.Text] = int(w.Times)
		}
		want := model.lexical(times, params, m.IDF[0])
		positive := 0
		for _, score := range m.Chunks {
			if score > 0 {
				positive++
			}
		}
		if positive != len(want) {
			t.Fatalf("%d chunks match, want %d", positive, len(want))
		}
		for id, score := range want {
			if got := m.Chunks[ids[id]]; math.Abs(float64(got-score)) > 1e-5 {
				t.Fatalf("%s scores %v, want %v", id, got, score)
			}
		}
	}
	defined := map[uint32]bool{}
	s.Defining("NAME3", func(id uint32) { defined[id] = true })
	for path, d := range model {
		for i, c := range d.Chunks {
			if (c.Symbol == "name3") != defined[ids[fmt.Sprintf("%s#%d", path, i)]] {
				t.Fatalf("%s chunk %d: definition of name3: %v", path, i, !(c.Symbol == "name3"))
			}
		}
	}
	under := 0
	for id := range s.Under([]Place{{"/w", "d1"}}).Each {
		if !strings.HasPrefix(s.Chunk(id).Of.Path, "d1/") {
			t.Fatalf("%s is not below d1", s.Chunk(id).Of.Path)
		}
		under++
	}
	for path, d := range model {
		if strings.HasPrefix(path, "d1/") {
			under -= len(d.Chunks)
		}
	}
	if under != 0 {
		t.Fatalf("the scope of d1 differs by %d chunks", under)
	}
}

func TestJoinSearchesFoldersAsOne(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	var snapshots []*Snapshot
	for _, root := range []string{"/a", "/b"} {
		seg, err := Build(dims, []Document{document("x/same.go", "needle\nhay\n", rng)})
		if err != nil {
			t.Fatal(err)
		}
		snapshots = append(snapshots, (&Snapshot{}).With(root, seg, nil))
	}
	joined := Join(snapshots...)
	if c := joined.Counts(""); c.Files != 2 || c.Chunks != 4 {
		t.Fatalf("%+v", c)
	}
	roots := map[string]bool{}
	joined.Having(words.HashString("needl"), func(id uint32) { roots[joined.Chunk(id).Root] = true })
	if len(roots) != 2 {
		t.Errorf("found in %v", roots)
	}
	for id := range joined.Under([]Place{{Root: "/b"}}).Each {
		if joined.Chunk(id).Root != "/b" {
			t.Error("the scope of /b reaches into", joined.Chunk(id).Root)
		}
	}
	first := 0
	for range joined.Everywhere().Each {
		first++
		break
	}
	if first != 1 {
		t.Errorf("a walk that was left went on to %d chunks", first)
	}
}

func TestDenseIsTheCosineWithinTheQuantisationsError(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	for range 200 {
		a, b := make([]float32, 256), make([]float32, 256)
		var want float64
		for i := range a {
			a[i], b[i] = float32(rng.NormFloat64()), float32(rng.NormFloat64())
		}
		unit(a)
		unit(b)
		for i := range a {
			want += float64(a[i]) * float64(b[i])
		}
		// Each component is off by at most half a step of most/127; 0.01 is five
		// standard deviations of the sum.
		if got := Dot(Quantise(a), Quantise(b)); math.Abs(float64(got)-want) > 0.01 {
			t.Fatalf("%v, want %v", got, want)
		}
	}
}

func TestQuantiseBadVectors(t *testing.T) {
	for _, v := range [][]float32{{}, {0, 0}, {float32(math.NaN()), 0}, {float32(math.Inf(1)), float32(math.Inf(-1))}} {
		if r := Quantise(v); r.Scale != 0 || len(r.Data) != len(v) {
			t.Errorf("Quantise(%v) = %+v", v, r)
		}
	}
	r := Quantise([]float32{float32(math.NaN()), 1, -0.5})
	if got := float32(int8(r.Data[1])) * r.Scale; got != 1 || r.Data[0] != 0 {
		t.Errorf("%+v", r)
	}
}

func TestDenseEndsWithItsContext(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	seg, err := Build(dims, []Document{document("a.go", "x\n", rng)})
	if err != nil {
		t.Fatal(err)
	}
	s := (&Snapshot{}).With("/w", seg, nil)
	cause := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	if _, err := s.Dense(ctx, NewProbe([]float32{1, 0, 0, 0, 0, 0, 0, 0})); !errors.Is(err, cause) {
		t.Errorf("Dense: %v", err)
	}
	if _, err := s.Lexical(ctx, []Term{Single("x", 1)}, lexical.BM25{}, lexical.BM25{}); !errors.Is(err, cause) {
		t.Errorf("Lexical: %v", err)
	}
}
