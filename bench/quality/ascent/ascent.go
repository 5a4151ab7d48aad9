// Package ascent chooses the numbers of a ranking: coordinate ascent on the figure itself (Metzler and Croft, Linear
// feature-based models for information retrieval, 2007), since NDCG has no gradient.
//
// A number is tried at what it starts with times powers of the fourth root of two, and at 0. Each is moved by itself,
// first by four octaves, then by less, for as long as that gains anything; then from a few other places at random, since
// the figure has many hills. Two things keep it from learning the questions by heart: a penalty on each octave away from
// the start, and that a gain must be one of the groups at large, more than its standard error over them.
//
// The figure is asked for by groups, here repositories, and remembered: leaving out one group at a time, to see what
// learning is worth for a group that it has not seen, costs few more questions than learning once.
package ascent

import (
	"context"
	"encoding/binary"
	"math"
	"math/rand/v2"
)

const (
	perOctave = 4 // a quarter of an octave, 19 %, moves the figure of 29 repositories by 0.001 or less
	widest    = 4 * perOctave
	off       = math.MinInt16 // the step at which a number is 0
	// least is what a number that starts at 0 is tried from.
	least = 0.1
)

// Problem is what is to be learned.
type Problem struct {
	Start []float64 // at least 0
	Kept  []bool    // numbers that stay what they are; nil: none
	// Score returns the figure of each group with these numbers.
	Score func(ctx context.Context, numbers []float64) ([]float64, error)
	// Share is how much each group counts; they add up to 1.
	Share    []float64
	Penalty  float64 // on the square of each number's distance from the start, in octaves
	Sure     float64 // how many times its standard error, over the groups, a gain must be to be taken
	Restarts int     // other places to begin
	Asked    func(n int)

	known map[string][]float64
}

// Choice are the numbers learned from all groups but one, and the figure of that one.
type Choice struct {
	Numbers []float64
	Unseen  float64
}

// Learn returns the numbers that are best for all groups.
func (p *Problem) Learn(ctx context.Context) ([]float64, error) {
	at, err := p.best(ctx, -1)
	return p.numbers(at), err
}

// LeaveOneOut learns as often as there are groups, each time without one.
func (p *Problem) LeaveOneOut(ctx context.Context) ([]Choice, error) {
	choices := make([]Choice, len(p.Share))
	for without := range choices {
		at, err := p.best(ctx, without)
		if err != nil {
			return nil, err
		}
		scores, err := p.score(ctx, at)
		if err != nil {
			return nil, err
		}
		choices[without] = Choice{p.numbers(at), scores[without]}
	}
	return choices, nil
}

// best climbs from the start, and from a few places at random, the same ones each time.
func (p *Problem) best(ctx context.Context, without int) ([]int, error) {
	random := rand.New(rand.NewPCG(1, 2))
	var best []int
	reached := math.Inf(-1)
	for try := range p.Restarts + 1 {
		at := make([]int, len(p.Start))
		for i, x := range p.Start {
			if x == 0 {
				at[i] = off
			}
			if try > 0 && !p.kept(i) {
				at[i] = random.IntN(widest+1) - widest/2
			}
		}
		height, err := p.climb(ctx, at, without)
		if err != nil {
			return nil, err
		}
		if height > reached {
			reached, best = height, at
		}
	}
	return best, nil
}

func (p *Problem) kept(i int) bool { return i < len(p.Kept) && p.Kept[i] }

// climb moves at to the top of its hill.
func (p *Problem) climb(ctx context.Context, at []int, without int) (float64, error) {
	height, err := p.height(ctx, at, without)
	for step := widest; step > 0 && err == nil; step /= 2 {
		for moved := true; moved; {
			moved = false
			for i := range at {
				if p.kept(i) {
					continue
				}
				was := at[i]
				steps := []int{max(was-step, -widest), min(was+step, widest)}
				if was == off {
					steps = []int{-widest, -widest / 2, 0}
				} else if step == widest {
					steps = append(steps, off)
				}
				best, from := was, height
				for _, to := range steps {
					at[i] = to
					h, err := p.height(ctx, at, without)
					if err != nil {
						return 0, err
					}
					if h <= height+1e-9 {
						continue
					}
					doubt, err := p.doubt(ctx, at, i, was, without)
					if err != nil {
						return 0, err
					}
					if h-from > p.Sure*doubt {
						height, best, moved = h, to, true
					}
				}
				at[i] = best
			}
		}
	}
	return height, err
}

// doubt is the standard error of what is gained by moving number i from where it was to where it is, as the groups
// differ in it.
func (p *Problem) doubt(ctx context.Context, at []int, i, was, without int) (float64, error) {
	if p.Sure == 0 {
		return 0, nil
	}
	after, err := p.score(ctx, at)
	if err != nil {
		return 0, err
	}
	is := at[i]
	at[i] = was
	before, err := p.score(ctx, at)
	at[i] = is
	if err != nil {
		return 0, err
	}
	mean, all := 0.0, 0.0
	for g, share := range p.Share {
		if g != without {
			mean += share * (after[g] - before[g])
			all += share
		}
	}
	mean /= all
	sum := 0.0
	for g, share := range p.Share {
		if g != without {
			d := share / all * (after[g] - before[g] - mean)
			sum += d * d
		}
	}
	return math.Sqrt(sum), nil
}

// height is the figure less the penalty.
func (p *Problem) height(ctx context.Context, at []int, without int) (float64, error) {
	scores, err := p.score(ctx, at)
	if err != nil {
		return 0, err
	}
	sum, all := 0.0, 0.0
	for i, score := range scores {
		if i != without {
			sum += p.Share[i] * score
			all += p.Share[i]
		}
	}
	if all > 0 { // of nothing there is nothing to learn
		sum /= all
	}
	for i, k := range at {
		from := 0
		if p.Start[i] == 0 {
			from = -widest // as far as a number that is off is from one that is on
		}
		if k == off {
			k = -widest
		}
		octaves := float64(k-from) / perOctave
		sum -= p.Penalty * octaves * octaves
	}
	return sum, nil
}

func (p *Problem) score(ctx context.Context, at []int) ([]float64, error) {
	var key []byte
	for _, k := range at {
		key = binary.AppendVarint(key, int64(k))
	}
	if scores, ok := p.known[string(key)]; ok {
		return scores, nil
	}
	scores, err := p.Score(ctx, p.numbers(at))
	if err != nil {
		return nil, err
	}
	if p.known == nil {
		p.known = map[string][]float64{}
	}
	p.known[string(key)] = scores
	if p.Asked != nil {
		p.Asked(len(p.known))
	}
	return scores, nil
}

func (p *Problem) numbers(at []int) []float64 {
	numbers := make([]float64, len(at))
	for i, k := range at {
		if k == off {
			continue
		}
		from := p.Start[i]
		if from == 0 {
			from = least
		}
		numbers[i] = from * math.Exp2(float64(k)/perOctave)
	}
	return numbers
}
