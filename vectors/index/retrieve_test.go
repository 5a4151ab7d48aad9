package index

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/vectors/lexical"
	"github.com/semantic-ls/semantic-ls/vectors/words"
	"github.com/semantic-ls/semantic-ls/workspace/chunk"
)

// large makes a snapshot of several segments, one of them of many windows, in which
// some files are dead.
func large(t *testing.T) *Snapshot {
	t.Helper()
	rng := rand.New(rand.NewPCG(11, 11))
	build := func(from, files, lines int) *Segment {
		var documents []Document
		for f := range files {
			var text strings.Builder
			for range rng.IntN(2 * lines) {
				for range 1 + rng.IntN(4) {
					fmt.Fprintf(&text, "word%c ", 'a'+int(rng.ExpFloat64()*4)%26)
				}
				text.WriteByte('\n')
				if rng.IntN(500) == 0 {
					text.WriteString("func needle\n")
				}
			}
			documents = append(documents, document(fmt.Sprintf("d%d/f%d.go", f%5, from+f), text.String(), rng))
		}
		seg, err := Build(dims, documents)
		if err != nil {
			t.Fatal(err)
		}
		return seg
	}
	s := (&Snapshot{}).With("/w", build(0, 900, 100), nil)
	for i := range 6 {
		s = s.With("/w", build(100*i, 20, 50), nil)
	}
	if c := s.Counts("").Chunks; c < 2*perCore {
		t.Fatalf("%d chunks", c)
	}
	return s
}

var askedVector = []float32{1, -0.5, 0.25, 0.001, 0.1, 0.7, -1, 0.3}

var asked = Query{
	Terms: []Term{
		Single("worda", 1), Single("wordk", 2), Single("absent", 1),
		{Words: []Word{{"wordb", 1}, {"worda", 3}, {"needl", 1}}, Weight: 2.5},
	},
	Chunks: lexical.BM25{K1: 5, B: 0.5}, Files: lexical.BM25{K1: 3, B: 0.3},
	Probe: NewProbe(askedVector),
	Names: []Name{{Text: "needle", Weight: 0.5}, {Text: "needle", Weight: 0.2}},
	Weights: Weights{
		Chunk: 1, File: 0.2, Dense: 0.6, Name: 1.1,
	},
	NearEnough: 0.8, Confident: 0.35, Most: 50,
}

// plainly is Retrieve one chunk after the other.
func plainly(s *Snapshot, scope Scope, q Query, idf []float64) (list []Candidate) {
	live := s.Counts("")
	totals := map[uint32]float64{} // words of each file
	allWords := 0.0
	for i := range s.parts {
		for c := range s.parts[i].seg.chunkCount {
			if p := &s.parts[i]; !p.isDead(int(p.seg.fileOf[c])) {
				n := float64(p.seg.postings.Length(uint32(c)))
				totals[p.fileBase+p.seg.fileOf[c]] += n
				allWords += n
			}
		}
	}
	_, fileCount := s.total()
	chunkScore, fileScore := map[uint32]float64{}, map[uint32]float64{}
	inScope := map[uint32]bool{}
	for id := range scope.Each {
		inScope[id] = true
	}
	for t, term := range q.Terms {
		counts, fileCounts := map[uint32]float64{}, map[uint32]float64{}
		for _, w := range term.Words {
			for i := range s.parts {
				p := &s.parts[i]
				for _, e := range p.seg.postings.Lookup(words.HashString(w.Text)).Append(nil) {
					if id := p.chunkBase + e.Document; inScope[id] {
						counts[id] += float64(e.Count * w.Times)
						fileCounts[s.FileOf(id)] += float64(e.Count * w.Times)
					}
				}
			}
		}
		chunks, _ := s.total()
		fileIDF := s.locate(term, chunks, fileCount).groupIDF
		for id, n := range counts {
			p := s.partOf(id)
			fixed, slope := q.Chunks.Norm(allWords / float64(live.Chunks))
			chunkScore[id] += term.Weight * q.Chunks.Score(idf[t], n, fixed+slope*float64(p.seg.postings.Length(id-p.chunkBase)))
		}
		for f, n := range fileCounts {
			fixed, slope := q.Files.Norm(allWords / float64(live.Files))
			fileScore[f] += term.Weight * q.Files.Score(fileIDF, n, fixed+slope*totals[f])
		}
	}
	var best struct{ chunk, file, dense float64 }
	best.dense = float64(q.Confident)
	for id := range scope.Each {
		best.chunk = max(best.chunk, chunkScore[id])
		best.file = max(best.file, fileScore[s.FileOf(id)])
		best.dense = max(best.dense, float64(Dot(q.Probe.coarse, s.Row(id))))
	}
	named := map[uint32]float64{}
	for _, n := range q.Names {
		s.Defining(n.Text, func(id uint32) { named[id] = max(named[id], n.Weight) })
	}
	for id := range scope.Each {
		row, dense := s.Row(id), 0.0
		for i, x := range askedVector {
			dense += float64(x) * float64(int8(row.Data[i])) * float64(row.Scale)
		}
		if near := float64(Dot(q.Probe.coarse, row)); chunkScore[id] == 0 && named[id] == 0 && near < float64(q.NearEnough) {
			continue
		}
		w := q.Weights
		score := float64(w.Chunk)*chunkScore[id]/best.chunk + float64(w.File)*fileScore[s.FileOf(id)]/best.file +
			float64(w.Dense)*max(dense, 0)/best.dense + float64(w.Name)*named[id]
		list = append(list, Candidate{ID: id, File: s.FileOf(id), Score: float32(score)})
	}
	slices.SortFunc(list, compareScores)
	return list[:min(len(list), q.Most)]
}

// Windows, cores, masks and the shortlist change nothing.
func TestRetrieveIsWhatOneChunkAfterTheOtherGives(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(3))
	s := large(t)
	needles := []uint32{}
	s.Defining("needle", func(id uint32) { needles = append(needles, id) })
	if len(needles) < 4 {
		t.Fatal(len(needles))
	}
	everywhere := s.Everywhere()
	var odd []uint32
	for id := range everywhere.Each {
		if id%2 == 1 {
			odd = append(odd, id)
		}
	}
	for name, scope := range map[string]Scope{
		"everywhere": everywhere,
		"d1":         s.Under([]Place{{"/w", "d1"}}),
		"nowhere":    s.Under([]Place{{"/elsewhere", ""}}),
		"without":    everywhere.Without(needles[:3]),
		"sifted": sift(t, everywhere.Without(odd), &Sieved{}, Sieve{
			File: func(f FileName) bool { return strings.HasSuffix(f.Path(), "7.go") },
		}),
	} {
		for _, most := range []int{1, 50, 5000} {
			q := asked
			q.Most, q.Certain = most, (most+1)/2
			got, err := s.Retrieve(t.Context(), scope, q)
			if err != nil {
				t.Fatal(err)
			}
			want := plainly(s, scope, q, got.IDF)
			if len(got.Candidates) != len(want) || (name == "nowhere") != (len(want) == 0) {
				t.Fatalf("%s: %d candidates, want %d", name, len(got.Candidates), len(want))
			}
			byID := map[uint32]float32{}
			for _, c := range want {
				byID[c.ID] = c.Score
			}
			for i, c := range got.Candidates {
				if i >= q.Certain && len(want) == most {
					break
				}
				if score, ok := byID[c.ID]; ok && math.Abs(float64(score-c.Score)) > 1e-4 || math.Abs(float64(want[i].Score-c.Score)) > 1e-4 {
					t.Fatalf("%s: candidate %d is %+v, want %+v", name, i, c, want[i])
				}
			}
		}
	}
}

// However many cores share the work, the answer is the same to the last bit.
func TestCoresGiveOneAnswer(t *testing.T) {
	s := large(t)
	var first Retrieved
	for _, cores := range []int{1, 2, 3} {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
		got, err := s.Retrieve(t.Context(), s.Everywhere(), asked)
		if err != nil {
			t.Fatal(err)
		}
		if cores == 1 {
			first = got
		}
		if !slices.Equal(got.Candidates, first.Candidates) {
			t.Errorf("%d cores give another answer than one", cores)
		}
	}
}

// What is certain is so: of vectors that nearly agree, the coarse row alone would choose
// others, and more are looked at until the order of the first ones is beyond doubt.
func TestCertain(t *testing.T) {
	const chunks = 6000
	rng := rand.New(rand.NewPCG(12, 12))
	base := make([]float32, 64)
	for i := range base {
		base[i] = float32(rng.NormFloat64())
	}
	d := Document{File: File{Path: "a.go"}}
	for range chunks {
		v := slices.Clone(base)
		for i := range v {
			v[i] += float32(rng.NormFloat64()) * 0.02
		}
		at := len(d.Text)
		d.Text += "x\n"
		d.Chunks = append(d.Chunks, chunk.Chunk{Start: at, End: at + 2})
		d.Rows = append(d.Rows, Quantise(unit(v)))
	}
	seg, err := Build(64, []Document{d})
	if err != nil {
		t.Fatal(err)
	}
	s := (&Snapshot{}).With("/w", seg, nil)
	differ, more := 0, 0
	for range 40 {
		query := slices.Clone(base)
		for i := range query {
			query[i] += float32(rng.NormFloat64()) * 0.3
		}
		unit(query)
		exact := make([]Candidate, chunks)
		coarse := make([]Candidate, chunks)
		q := Query{Probe: NewProbe(query), Weights: Weights{Dense: 1}, NearEnough: -2, Confident: 1, Most: 40, Certain: 10}
		for id := range exact {
			row, sum := s.Row(uint32(id)), 0.0
			for i, x := range query {
				sum += float64(x) * float64(int8(row.Data[i])) * float64(row.Scale)
			}
			exact[id] = Candidate{ID: uint32(id), Score: float32(sum)}
			coarse[id] = Candidate{ID: uint32(id), Score: Dot(q.Probe.coarse, row)}
		}
		slices.SortFunc(exact, compareScores)
		slices.SortFunc(coarse, compareScores)
		got, err := s.Retrieve(t.Context(), s.Everywhere(), q)
		if err != nil {
			t.Fatal(err)
		}
		for i := range q.Certain {
			if got, want := got.Candidates[i].Score, exact[i].Score; math.Abs(float64(got-want)) > 1e-4 {
				t.Fatalf("number %d scores %v, the best of all is %v", i, got, want)
			}
			if coarse[i].ID != exact[i].ID {
				differ++
			}
		}
		if got.Rescored > q.Most {
			more++
		}
		if got.Rescored > 2*chunks {
			t.Errorf("%d of %d are taken again", got.Rescored, chunks)
		}
	}
	if differ == 0 || more == 0 {
		t.Errorf("%d places differ without the fine row, %d of 40 queries look at more: nothing was to be certified", differ, more)
	}
}

// What is passed by marks could not have been kept: the candidates are those of a look at
// every chunk, to the last bit, before the query's fine row is taken into account.
func TestTheSecondRoundLeavesNothingOut(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(3))
	s := large(t)
	for name, change := range map[string]func(*Query){
		"as asked":       func(*Query) {},
		"words alone":    func(q *Query) { q.Probe = Probe{} },
		"dense alone":    func(q *Query) { q.Terms = nil },
		"nothing near":   func(q *Query) { q.NearEnough = 2 },
		"all near":       func(q *Query) { q.NearEnough = -2 },
		"files alone":    func(q *Query) { q.Weights = Weights{File: 1} },
		"no files":       func(q *Query) { q.Weights.File = 0 },
		"no weight":      func(q *Query) { q.Weights = Weights{} },
		"nothing at all": func(q *Query) { q.Terms, q.Probe = nil, Probe{} },
	} {
		for _, most := range []int{0, 1, 50, 3000, 1 << 20} {
			q := asked
			q.Most, q.Names = most, nil
			change(&q)
			scope := s.Everywhere().Without([]uint32{0, 5, 70, 4096, 40_000})
			r := s.scan(scope, q.Terms, q.Chunks, q.Files, q.Probe)
			if err := r.run(t.Context(), (*scan).score); err != nil {
				t.Fatal(err)
			}
			r.sumUp(q)
			if err := r.run(t.Context(), (*scan).collect); err != nil {
				t.Fatal(err)
			}
			for i := range r.share {
				// What is offered is the same, one after the other.
				plain := shortlist{most: most, least: -1}
				for _, span := range r.share[i].list {
					p := &s.parts[span.part]
					for c := span.from; c < span.to; c++ {
						id := p.chunkBase + uint32(c)
						score := r.scoreOf(id, p.fileBase+p.seg.fileOf[c])
						if (r.chunk[id] != 0 || r.dense[id] >= r.nearEnough) && score > plain.least {
							plain.offer(keyOf(score, id))
						}
					}
				}
				if !slices.Equal(r.share[i].found.keys, plain.keys) {
					t.Errorf("%s: of share %d, others are offered for the best %d", name, i, most)
				}
			}
			want := []Candidate{}
			for i := range s.parts {
				p := &s.parts[i]
				for c, f := range p.seg.fileOf {
					id, file := p.chunkBase+uint32(c), p.fileBase+f
					if r.chunk[id] == 0 && r.dense[id] < r.nearEnough {
						continue
					}
					want = append(want, Candidate{ID: id, File: file, Score: r.scoreOf(id, file)})
				}
			}
			slices.SortFunc(want, compareScores)
			if got := r.best(); !slices.Equal(got, want[:min(most, len(want))]) {
				t.Errorf("%s: the best %d are others", name, most)
			}
			r.free()
		}
	}
}

// Of chunks that are equal those of the smallest numbers are found, in order.
func TestOfEqualsTheFirst(t *testing.T) {
	var documents []Document
	for f := range 2 * perCore / 10 {
		d := Document{File: File{Path: fmt.Sprintf("f%05d.go", f)}}
		for range 10 {
			at := len(d.Text)
			d.Text += "worda\n"
			d.Chunks = append(d.Chunks, chunk.Chunk{Start: at, End: at + 6})
			d.Rows = append(d.Rows, Quantise(unit([]float32{1, 2, 3, 4})))
		}
		documents = append(documents, d)
	}
	seg, err := Build(4, documents)
	if err != nil {
		t.Fatal(err)
	}
	s := (&Snapshot{}).With("/w", seg, nil)
	// Whole files: of one that has less of the word the others were not equal.
	var without []uint32
	for _, path := range []string{"f00000.go", "f00070.go"} {
		first, n := s.ChunksOf("/w", path)
		for i := range uint32(n) {
			without = append(without, first+i)
		}
	}
	scope := s.Everywhere().Without(without)
	for _, cores := range []int{1, 2, 3} {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
		for _, probe := range []Probe{{}, NewProbe([]float32{1, 2, 3, 4})} {
			q := asked
			q.Terms, q.Names, q.Probe, q.Most, q.Certain = []Term{Single("worda", 1)}, nil, probe, 1000, 0
			got, err := s.Retrieve(t.Context(), scope, q)
			if err != nil || len(got.Candidates) != q.Most {
				t.Fatal(len(got.Candidates), err)
			}
			want := uint32(0)
			for _, c := range got.Candidates {
				for !scope.has(0, int(want)) {
					want++
				}
				if c.ID != want || c.Score != got.Candidates[0].Score {
					t.Fatalf("%d cores: %+v, want number %d", cores, c, want)
				}
				want++
			}
		}
	}
}

// A file at whose end one core hands over to the next sums up in the same order as one in the middle of a core's share:
// by terms, also where a term stands nowhere else.
func TestTheLastFileOfACoreSumsUpInOrder(t *testing.T) {
	const chunks = 2 * perCore
	documents := make([]Document, chunks) // of a chunk each, so that the second core begins in the middle
	for i := range documents {
		text := "worda wordb wordc wordd\n"
		if i >= chunks/2-20 && i < chunks/2+20 {
			text = fmt.Sprintf("%s rare%c%c", text[:len(text)-1], 'a'+(i%40)/20, 'a'+i%20) + "\n"
		}
		documents[i] = document(fmt.Sprintf("f%05d.go", i), text, rand.New(rand.NewPCG(1, uint64(i))))
	}
	seg, err := Build(dims, documents)
	if err != nil {
		t.Fatal(err)
	}
	s := (&Snapshot{}).With("/w", seg, nil)
	var terms []Term
	for i := range 40 {
		terms = append(terms, Single(fmt.Sprintf("rare%c%c", 'a'+i/20, 'a'+i%20), 1+float64(i)/7))
	}
	for i, word := range []string{"worda", "wordb", "wordc", "wordd"} {
		terms = append(terms, Single(word, 300+float64(i)/3))
	}
	files := func(cores int) []float32 {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
		r := s.scan(s.Everywhere(), terms, asked.Chunks, asked.Files, asked.Probe)
		if len(r.share) != cores {
			t.Fatalf("%d cores have a share, want %d", len(r.share), cores)
		}
		if err := r.run(t.Context(), (*scan).score); err != nil {
			t.Fatal(err)
		}
		return r.file
	}
	one := files(1)
	for i, score := range files(2) {
		if score != one[i] {
			t.Errorf("file %d scores %v, with one core %v", i, score, one[i])
		}
	}
}
