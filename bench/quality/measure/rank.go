package measure

import (
	"cmp"
	"context"
	"path"
	"slices"

	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/vectors/lexical"
	"github.com/semantic-ls/semantic-ls/vectors/search"
	"github.com/semantic-ls/semantic-ls/vectors/words"
)

// Method is a way to rank the chunks of a repository for a question, best first.
type Method struct {
	Name string
	rank func(ctx context.Context, r *Repository, t *Task) ([]uint32, error)
}

// Depth is how many chunks are asked for, so that ten files are among them. With up to a hundred the ranking looks as
// far as it does for who asks for one screen.
const Depth = 100

// Weighted is the ranking of vectors/search with a setting, and without all that a model says where vector is false.
func Weighted(name string, set Setting, vector bool) Method {
	if !vector {
		set.Weights.Label, set.Weights.Place = 0, 0 // which compare by the built-in model, whatever the vector is of
	}
	return Method{name, func(ctx context.Context, r *Repository, t *Task) ([]uint32, error) {
		return r.ranked(ctx, t, set, vector, Depth)
	}}
}

// ranked is the order of at most limit chunks.
func (r *Repository) ranked(ctx context.Context, t *Task, set Setting, vector bool, limit int) ([]uint32, error) {
	q := set.query(t, vector, limit)
	found, err := search.Rank(ctx, r.snapshot, r.snapshot.Everywhere(), q)
	if err != nil {
		return nil, err
	}
	ids := make([]uint32, len(found.Ranked))
	for i := range ids {
		ids[i] = found.Ranked[i].ID
	}
	return ids, nil
}

// Dense is the order of the vectors' cosines, and nothing else.
func Dense(name string) Method {
	return Method{name, func(ctx context.Context, r *Repository, t *Task) ([]uint32, error) {
		scores, err := r.snapshot.Dense(ctx, t.probe)
		if err != nil {
			return nil, err
		}
		return ordered(scores), nil
	}}
}

// BM25 of chunks and of whole files, as shares of the best of each, added: what the issue of a good ranking starts
// from. The parameters are those of the first prototype of this project. The words of paths count as those of texts
// do, since the index counts them so. Documents and configuration are left out, or taken as equals.
func BM25(name string, documents bool) Method {
	return Method{name, func(ctx context.Context, r *Repository, t *Task) ([]uint32, error) {
		var terms []index.Term
		for _, w := range words.Of(t.Query) {
			if !slices.ContainsFunc(terms, func(t index.Term) bool { return t.Words[0].Text == w }) {
				terms = append(terms, index.Single(w, 1))
			}
		}
		found, err := r.snapshot.Lexical(ctx, terms, lexical.BM25{K1: 5, B: 1}, lexical.BM25{K1: 1.5, B: 0})
		if err != nil {
			return nil, err
		}
		scores := make([]float32, len(found.Chunks))
		bestChunk, bestFile := max(slices.Max(found.Chunks), 1e-9), max(slices.Max(found.Files), 1e-9)
		for id := range scores {
			file := r.snapshot.FileOf(uint32(id))
			class, _ := r.snapshot.FileClass(file)
			if found.Chunks[id] > 0 && (documents || class&(index.ClassProse|index.ClassConfiguration) == 0) {
				scores[id] = found.Chunks[id]/bestChunk + found.Files[file]/bestFile
			}
		}
		return ordered(scores), nil
	}}
}

// ordered returns the numbers of the best scores above 0, best first.
func ordered(scores []float32) []uint32 {
	var ids []uint32
	for id, score := range scores {
		if score > 0 {
			ids = append(ids, uint32(id))
		}
	}
	slices.SortFunc(ids, func(a, b uint32) int { return cmp.Or(cmp.Compare(scores[b], scores[a]), cmp.Compare(a, b)) })
	return ids
}

// Found are the paths that a method found for a question, from the top of the checkout.
type Found struct {
	Files []string // each once, at most ten
	Hits  []string // one for each chunk, at most ten
}

// Ask ranks one question.
func (r *Repository) Ask(ctx context.Context, m Method, t *Task) (found Found, err error) {
	ids, err := m.rank(ctx, r, t)
	if err != nil {
		return found, err
	}
	var seen []uint32
	for i, id := range ids {
		if len(seen) == top {
			break
		}
		file := r.snapshot.FileOf(id)
		again := slices.Contains(seen, file)
		if again && i >= top {
			continue
		}
		p := path.Join(r.Root, r.snapshot.Chunk(id).Of.Path)
		if i < top {
			found.Hits = append(found.Hits, p)
		}
		if !again {
			seen, found.Files = append(seen, file), append(found.Files, p)
		}
	}
	return found, nil
}
