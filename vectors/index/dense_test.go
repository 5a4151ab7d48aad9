package index

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// To score all chunks of a window or those that have a term gives the same bits, for a snapshot in which some files are
// dead, one that goes on from window to window, and windows that a core has only a part of.
func TestAllChunksScoreAsThoseThatHaveATerm(t *testing.T) {
	long := document("long.go", longText(3*perCore), rand.New(rand.NewPCG(3, 4)))
	seg, err := Build(dims, []Document{document("a.go", "worda wordb\n", rand.New(rand.NewPCG(5, 6))), long})
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]*Snapshot{"many files": large(t), "a long one": (&Snapshot{}).With("/w", seg, nil)} {
		t.Run(name, func(t *testing.T) {
			scored := func(sparse int) *scan {
				r := s.scan(s.Everywhere(), asked.Terms, asked.Chunks, asked.Files, asked.Probe)
				r.sparse = sparse
				if err := r.run(t.Context(), (*scan).score); err != nil {
					t.Fatal(err)
				}
				r.sumUp(asked)
				return r
			}
			each, all := scored(0), scored(1<<30)
			if !slices.Equal(each.chunk, all.chunk) || !slices.Equal(each.file, all.file) {
				t.Error("other scores")
			}
			if each.bestChunk != all.bestChunk || each.bestFile != all.bestFile || each.bestFile == 0 {
				t.Errorf("the best are %v and %v, one by one %v and %v", all.bestChunk, all.bestFile, each.bestChunk, each.bestFile)
			}
		})
	}
}

// longText has so many lines, and now and then a word more often than the others.
func longText(lines int) string {
	rng := rand.New(rand.NewPCG(7, 8))
	var text []byte
	for range lines {
		for range 1 + rng.IntN(3) {
			text = append(text, "word"...)
			text = append(text, byte('a'+rng.IntN(14)), ' ')
		}
		text = append(text, '\n')
	}
	return string(text)
}
