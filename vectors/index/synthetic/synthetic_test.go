package synthetic

import (
	"errors"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/vectors/words"
	"github.com/semantic-ls/semantic-ls/workspace/chunk"
)

// What costs time is as often as in real code: within a third of what figures.go and doc.go say was counted.
func TestLikeRealCode(t *testing.T) {
	const chunks = 8000
	var bytes, runs, terms, symbols, named, files, compounds, repeated, n int
	having := map[string]int{}
	err := Documents(7, chunks, func(d index.Document) error {
		files++
		symbols += len(d.Symbols)
		for i, c := range d.Chunks {
			n++
			if len(d.Rows[i].Data) != static.Dimensions {
				t.Fatalf("%s chunk %d has no row", d.File.Path, i)
			}
			if c.Symbol != "" {
				named++
			}
			bytes += c.End - c.Start
			own, said := map[string]bool{}, map[string]bool{}
			words.Runs(d.Text[c.Start:c.End], func(run string) {
				runs++
				list := words.Of(run)
				for _, w := range list {
					own[w] = true
				}
				if len(list) > 1 {
					compounds++
					if said[run] {
						repeated++
					}
					said[run] = true
				}
			})
			terms += len(own)
			for w := range own {
				having[w]++
			}
		}
		return nil
	})
	if err != nil || n != chunks {
		t.Fatalf("%d chunks, %v", n, err)
	}
	common := slices.Sorted(func(yield func(int) bool) {
		for _, n := range having {
			if !yield(-n) {
				return
			}
		}
	})
	share := func(a, b int) float64 { return float64(a) / float64(b) }
	for _, c := range []struct {
		what      string
		got, want float64
	}{
		{"bytes of a chunk", share(bytes, chunks), 950},
		{"identifiers of a chunk", share(runs, chunks), 97},
		{"different terms of a chunk", share(terms, chunks), 67.5},
		{"symbols of a chunk", share(symbols, chunks), 2.98},
		{"chunks with a symbol", share(named, chunks), 0.84},
		{"chunks of a file", share(chunks, files), 12.3},
		{"compounds among identifiers", share(compounds, runs), 0.31},
		{"compounds that repeat one of the chunk", share(repeated, compounds), 0.42},
		{"chunks with the 4th term", share(-common[3], chunks), 0.48},
		{"chunks with the 16th term", share(-common[15], chunks), 0.24},
		{"chunks with the 64th term", share(-common[63], chunks), 0.096},
		{"chunks with the 256th term", share(-common[255], chunks), 0.034},
		{"chunks with the 1024th term", share(-common[1023], chunks), 0.008},
	} {
		if c.got < c.want*0.67 || c.got > c.want*1.33 {
			t.Errorf("%s: %.4f, counted were %.4f", c.what, c.got, c.want)
		} else {
			t.Logf("%s: %.4f, counted were %.4f", c.what, c.got, c.want)
		}
	}
}

func TestASeedMakesTheSameEachTime(t *testing.T) {
	sum := func(seed uint64) uint64 {
		h := fnv.New64a()
		if err := Documents(seed, 300, func(d index.Document) error {
			h.Write([]byte(d.File.Path + "\x00" + d.Text))
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		return h.Sum64()
	}
	if a, b := sum(3), sum(3); a != b {
		t.Errorf("one seed made %x and %x", a, b)
	}
	if sum(3) == sum(4) {
		t.Error("two seeds made the same")
	}
}

// The text is one that the product would cut into about the same chunks, so that saving such a file costs what it does
// in a real tree.
func TestTextIsCutLikeAProgram(t *testing.T) {
	made, cut := 0, 0
	if err := Documents(5, 2000, func(d index.Document) error {
		made += len(d.Chunks)
		end := 0
		for _, c := range d.Chunks {
			if c.Start != end || c.End < c.Start {
				t.Fatalf("%s: a chunk [%d, %d) after %d", d.File.Path, c.Start, c.End, end)
			}
			end = c.End
			if c.Symbol != d.Text[c.NameStart:c.NameEnd] {
				t.Fatalf("%s: symbol %q stands at %q", d.File.Path, c.Symbol, d.Text[c.NameStart:c.NameEnd])
			}
		}
		if end != len(d.Text) {
			t.Fatalf("%s: %d bytes, chunks up to %d", d.File.Path, len(d.Text), end)
		}
		for _, s := range d.Symbols {
			if s.Name != d.Text[s.NameStart:s.NameEnd] || s.DocStart > s.NameStart {
				t.Fatalf("%s: %+v", d.File.Path, s)
			}
		}
		cut += len(chunk.Cut(d.File.Path, d.Text).Chunks)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if cut < made*3/4 || cut > made*3/2 {
		t.Errorf("%d chunks are made, %d cut", made, cut)
	}
}

func TestSegmentHoldsAllChunksWhateverTheBatches(t *testing.T) {
	whole, err := Segment(t.Context(), 9, 700)
	if err != nil {
		t.Fatal(err)
	}
	parts, err := Segments(9, 700, 100)
	if err != nil || len(parts) < 3 {
		t.Fatalf("%d segments, %v", len(parts), err)
	}
	snapshot := &index.Snapshot{}
	for _, seg := range parts {
		snapshot = snapshot.With("/w", seg, nil)
	}
	one := (&index.Snapshot{}).With("/w", whole, nil)
	if a, b := one.Counts(""), snapshot.Counts(""); a != b || a.Chunks != 700 {
		t.Errorf("%+v in one segment, %+v in several", a, b)
	}
	failed := errors.New("no more")
	if err := Documents(9, 700, func(index.Document) error { return failed }); !errors.Is(err, failed) {
		t.Errorf("%v", err)
	}
}

func TestInventedWordsDiffer(t *testing.T) {
	seen := map[string]uint64{}
	for rank := range uint64(200_000) {
		w := invent(rank)
		if other, twice := seen[w]; twice {
			t.Fatalf("ranks %d and %d are both %q", other, rank, w)
		}
		seen[w] = rank
		if of := words.Of(w); len(of) != 1 || of[0] != w {
			t.Fatalf("%q is stemmed to %q", w, of)
		}
	}
}

// The alias method draws each text as often as its share says, and invented ones for the rest.
func TestSamplerKeepsShares(t *testing.T) {
	s := newSampler([]string{"a", "b", "c"}, []float64{0.5, 0.2, 0.05}, 2)
	r := rand.New(rand.NewPCG(1, 1))
	const draws = 200_000
	got := map[string]int{}
	for range draws {
		got[s.draw(r)]++
	}
	// Five standard deviations of a binomial of so many draws are below 0.006.
	for text, want := range map[string]float64{"a": 0.5, "b": 0.2, "c": 0.05} {
		if share := float64(got[text]) / draws; share < want-0.006 || share > want+0.006 {
			t.Errorf("%s: %.3f, want %.3f", text, share, want)
		}
	}
}

func TestQueries(t *testing.T) {
	list := Queries()
	if len(list) != 200 {
		t.Errorf("%d queries, want 200", len(list))
	}
	v := newVocabulary()
	common := map[string]bool{}
	for i, text := range v.alone.texts {
		if i < 1000 { // by how often they stand in code
			common[words.Of(text)[0]] = true
		}
	}
	for i, q := range list {
		if slices.Contains(list[:i], q) {
			t.Errorf("%q is asked twice", q)
		}
		if of := words.Of(q); len(of) == 0 {
			t.Errorf("%q has no word", q)
		} else if i < CommonQueries && slices.ContainsFunc(of, func(w string) bool { return !common[w] }) {
			t.Errorf("%q counts as common, and has a word that is not among the first thousand: %q", q, of)
		}
	}
}

func TestKeptIsMadeOnce(t *testing.T) {
	var k Kept
	one, err := k.Segment(t.Context(), 800)
	if err != nil || one.Chunks() != 800 {
		t.Fatalf("%d chunks, %v", one.Chunks(), err)
	}
	if again, err := k.Segment(t.Context(), 800); err != nil || again != one {
		t.Errorf("made anew: %v", err)
	}
	list, err := k.Batches(800)
	if err != nil || len(list) < 3 {
		t.Fatalf("%d segments, %v", len(list), err)
	}
	again, err := k.Batches(800)
	if err != nil || !slices.Equal(list, again) {
		t.Errorf("made anew: %v", err)
	}
}
