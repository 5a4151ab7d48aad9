package measure

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"sync/atomic"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/vectors/store"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

// Index indexes the repositories as the program does, below cache, where they are found again the next time, and
// embeds the questions.
func (s *Set) Index(ctx context.Context, cache string, model indexing.Embedder) error {
	for _, r := range s.Repositories {
		if err := r.index(ctx, s.Checkouts, cache, model); err != nil {
			return fmt.Errorf("%s: %w", r.Name, err)
		}
	}
	return nil
}

func (r *Repository) index(ctx context.Context, checkouts, cache string, model indexing.Embedder) error {
	root, err := filepath.Abs(filepath.Join(checkouts, r.Name, filepath.FromSlash(r.Root)))
	if err != nil {
		return err
	}
	cores := runtime.GOMAXPROCS(0)
	e := indexing.New(indexing.Config{CacheDir: cache, Embedder: model, Limiter: tasks.NewLimiter(cores, cores)})
	if err := e.Open(ctx, root); err != nil {
		return err
	}
	if err := errors.Join(e.Refresh(ctx, root, nil), e.Close(root)); err != nil {
		return err
	}
	m := model.Model()
	stored := store.OpenReadOnly(cache, store.Identity{Root: root, Model: m.Identity(), Dimensions: m.Dimensions})
	news, err := stored.Load(ctx)
	if err != nil {
		return err
	}
	x := index.New(root)
	news.Apply(x)
	_ = stored.Close() // what it gave stays usable
	if r.snapshot = x.Snapshot(); r.snapshot.Counts("").Chunks == 0 {
		return errors.New("nothing in it can be searched")
	}
	for _, t := range r.Tasks {
		vector, err := model.EmbedQuery(ctx, t.Query)
		if err != nil {
			return err
		}
		t.probe = index.NewProbe(vector)
	}
	return nil
}

// Chunks is how many of the repository are indexed.
func (r *Repository) Chunks() int { return r.snapshot.Counts("").Chunks }

// Run calls do for each repository, on as many cores as there are, and returns the first error.
func (s *Set) Run(ctx context.Context, do func(ctx context.Context, number int, r *Repository) error) error {
	defer runtime.KeepAlive(s) // what is searched may be mapped
	var next atomic.Int32
	return tasks.Run(ctx, func(ctx context.Context, g *tasks.Group) error {
		for range runtime.GOMAXPROCS(0) {
			g.Go(func(ctx context.Context) error {
				store.GuardTask()
				for {
					i := int(next.Add(1)) - 1
					if i >= len(s.Repositories) {
						return nil
					}
					if ctx.Err() != nil {
						return context.Cause(ctx)
					}
					if err := do(ctx, i, s.Repositories[i]); err != nil {
						return fmt.Errorf("%s: %w", s.Repositories[i].Name, err)
					}
				}
			})
		}
		return nil
	})
}

// Scores are the NDCG@10 of each question of each repository, and what was found.
type Scores struct {
	Files, Hits [][]float64
	Found       [][]Found
}

// Score ranks all questions by a method.
func (s *Set) Score(ctx context.Context, m Method) (Scores, error) {
	n := len(s.Repositories)
	scores := Scores{make([][]float64, n), make([][]float64, n), make([][]Found, n)}
	err := s.Run(ctx, func(ctx context.Context, i int, r *Repository) error {
		for _, t := range r.Tasks {
			found, err := r.Ask(ctx, m, t)
			if err != nil {
				return err
			}
			scores.Found[i] = append(scores.Found[i], found)
			scores.Files[i] = append(scores.Files[i], NDCG(found.Files, t.Targets))
			scores.Hits[i] = append(scores.Hits[i], NDCG(found.Hits, t.Targets))
		}
		return nil
	})
	return scores, err
}

// Means are those of each repository's questions.
func Means(scores [][]float64) []float64 {
	list := make([]float64, len(scores))
	for i := range list {
		list[i] = Mean(scores[i])
	}
	return list
}
