package main

import (
	"context"
	"time"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

// fresh asks new processes, each of which looks for changes first.
func (r *result) fresh(ctx context.Context, p program, root string, o options) error {
	var answered, started, walked []time.Duration
	begun := time.Now()
	for i := range o.rounds {
		u, err := p.run(ctx, "search", "-n", "1", "--json", o.queries[i%len(o.queries)], root)
		if err != nil {
			return err
		}
		answered = append(answered, u.wall)
		if u, err = p.run(ctx, "version"); err != nil {
			return err
		}
		started = append(started, u.wall)
		start := time.Now()
		if _, err := walk(ctx, root); err != nil {
			return err
		}
		walked = append(walked, time.Since(start))
		if time.Since(begun) > o.enough {
			break
		}
	}
	r.FirstAnswer, r.StartMS, r.WalkMS = latencyOf(answered), ms(at(started, 0.5)), ms(at(walked, 0.5))
	return nil
}

// open opens what is stored, in this process.
func (r *result) open(ctx context.Context, cache, root string) error {
	const times = 9
	var took []time.Duration
	for range times {
		e := engine(cache)
		start := time.Now()
		if err := e.Open(ctx, root); err != nil {
			return err
		}
		took = append(took, time.Since(start))
		if err := e.Close(root); err != nil {
			return err
		}
	}
	r.OpenMS = ms(at(took, 0.5))
	return nil
}

func engine(cache string) *indexing.Engine {
	n := cores()
	return indexing.New(indexing.Config{CacheDir: cache, Embedder: static.New(), Limiter: tasks.NewLimiter(n, n)})
}

// query asks a server all queries again and again.
func (r *result) query(ctx context.Context, p program, root string, o options) error {
	return serving(ctx, p, root, &r.ServeRSS, func(c editor) error {
		var took []time.Duration
		slowest := time.Duration(0)
		begun := time.Now()
		for round := range o.rounds {
			for _, q := range o.queries {
				start := time.Now()
				a, err := c.search(q)
				if err != nil {
					return err
				}
				d := time.Since(start)
				took = append(took, d)
				if round == 0 && len(a.Hits) == 0 {
					r.NoHit++
				}
				if d > slowest {
					slowest, r.SlowestQuery = d, q
				}
			}
			if time.Since(begun) > o.enough {
				break
			}
		}
		r.Query = latencyOf(took)
		return nil
	})
}
