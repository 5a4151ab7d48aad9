package search

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/vectors/words"
	"github.com/semantic-ls/semantic-ls/workspace/chunk"
)

// plainSecondStage is secondStage with everything sorted, and looked for from the start.
func plainSecondStage(s *index.Snapshot, found []index.Candidate, p parsed, idf []float64, q Query) []Ranked {
	type scored struct {
		Ranked
		file uint32
	}
	tops := map[uint32]*[bestOfFile]float64{}
	var list []scored
	for _, c := range found {
		class, path := s.FileClass(c.File)
		all, said := 0.0, 0.0
		for i, t := range p.terms {
			weight, says := t.Weight*idf[i], 0.0
			for _, w := range t.Words {
				for _, of := range path {
					if of&^1 == words.HashString(w.Text)&^1 {
						says = max(says, 0.5+0.5*float64(of&1))
					}
				}
			}
			all += weight
			said += weight * says
		}
		lift := 0.0
		if all > 0 {
			lift = q.Weights.Path * (said / all)
		}
		score := (float64(c.Score) + lift) * classFactor(class, p, q.Factors.each())
		list = append(list, scored{Ranked{ID: c.ID, Score: score}, c.File})
		top := tops[c.File]
		if top == nil {
			top = &[bestOfFile]float64{}
			tops[c.File] = top
		}
		least := slices.Index(top[:], slices.Min(top[:]))
		top[least] = max(top[least], score)
	}
	sum, most := map[uint32]float64{}, 0.0
	for file, top := range tops {
		for _, score := range top {
			sum[file] += score
		}
		most = max(most, sum[file])
	}
	for i := range list {
		if most > 0 {
			list[i].Score += q.Weights.Best * sum[list[i].file] / most
		}
	}
	order := func(a, b scored) int { return byScore(candidate{Ranked: a.Ranked}, candidate{Ranked: b.Ranked}) }
	slices.SortFunc(list, order)
	seen := map[uint32]int{}
	for i := range list {
		list[i].Score *= math.Pow(sameFile, float64(seen[list[i].file])) / q.Weights.sum(false)
		seen[list[i].file]++
	}
	slices.SortFunc(list, order)
	var ranked []Ranked
	for _, c := range list[:min(q.Limit, len(list))] {
		ranked = append(ranked, c.Ranked)
	}
	return ranked
}

// Tables and heaps change nothing, to the last bit: whatever the order of the candidates,
// many of one file or each of another, with scores that are equal or nearly so.
func TestSecondStageIsWhatSortingGives(t *testing.T) {
	rng := rand.New(rand.NewPCG(21, 22))
	vocabulary := []string{"upload", "retri", "parse", "header", "store", "cach", "index", "walk", "f", "test"}
	word := func() string { return vocabulary[rng.IntN(len(vocabulary))] }
	s := &index.Snapshot{}
	for part := range 3 {
		var documents []index.Document
		for f := range 60 {
			name := fmt.Sprintf("%s/%s/%s_%d.go", word(), word(), word(), part*60+f)
			if rng.IntN(4) == 0 {
				name = fmt.Sprintf("docs/%s/%d.md", word(), part*60+f)
			}
			d := index.Document{File: index.File{Path: name, Language: "go", Foreign: rng.IntN(5) == 0}}
			chunks := 1 + rng.IntN(8)
			if f == 0 {
				chunks = 300
			}
			for range chunks {
				at := len(d.Text)
				d.Text += word() + "\n"
				d.Chunks = append(d.Chunks, chunk.Chunk{Start: at, End: len(d.Text)})
				d.Rows = append(d.Rows, index.Row{})
			}
			documents = append(documents, d)
		}
		seg, err := index.Build(4, documents)
		if err != nil {
			t.Fatal(err)
		}
		s = s.With("/w", seg, nil)
	}
	var everything []uint32
	for id := range s.Everywhere().Each {
		everything = append(everything, id)
	}
	said := 0
	for round := range 96 {
		p := parsed{tests: rng.IntN(2) == 0, prose: rng.IntN(2) == 0}
		var idf []float64
		for range rng.IntN(6) {
			term := index.Term{Weight: float64(rng.IntN(3))}
			for range 1 + rng.IntN(4) {
				term.Words = append(term.Words, index.Word{Text: word(), Times: 1})
			}
			p.terms, idf = append(p.terms, term), append(idf, rng.Float64()*float64(rng.IntN(3)))
		}
		rng.Shuffle(len(everything), func(i, j int) { everything[i], everything[j] = everything[j], everything[i] })
		found := []index.Candidate{}
		for _, id := range everything[:rng.IntN(len(everything))] {
			score := rng.Float32()
			switch round % 4 {
			case 1:
				score = float32(rng.IntN(3))
			case 2:
				score *= 1e-18 // lost beside what the path adds
			case 3:
				score += 0.5
			}
			found = append(found, index.Candidate{ID: id, File: s.FileOf(id), Score: score})
		}
		if round%8 < 6 {
			slices.SortFunc(found, func(a, b index.Candidate) int {
				of := func(c index.Candidate) candidate { return candidate{Ranked: Ranked{ID: c.ID, Score: float64(c.Score)}} }
				return byScore(of(a), of(b))
			})
		}
		for _, limit := range []int{0, 1, 30, len(found) / 2, len(found), MaxLimit} {
			q := Query{Limit: limit, Weights: DefaultWeights()}
			got, want := secondStage(s, index.Retrieved{Candidates: found, IDF: idf}, p, q), plainSecondStage(s, found, p, idf, q)
			if !slices.Equal(got, want) {
				t.Fatalf("round %d, limit %d of %d: another answer", round, limit, len(found))
			}
			q.Weights.Path = 0
			if !slices.Equal(got, secondStage(s, index.Retrieved{Candidates: found, IDF: idf}, p, q)) {
				said++
			}
		}
	}
	if said < 50 {
		t.Errorf("paths made a difference %d times", said)
	}
}
