package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/semantic-ls/semantic-ls/vectors/clones"
)

// lookups makes a catalogue of the files, looks up all pieces of each file with a copy, as an editor does that marks them,
// and prints how many of the copies are found so, and how long that takes. What a file costs beside that, reading what has
// changed, is not in it.
func (b *bench) lookups(ctx context.Context, files []clones.File) error {
	start := time.Now()
	c, err := clones.NewCatalogue(ctx, files, clones.Options{Tasks: workers})
	if err != nil {
		return err
	}
	fmt.Printf("catalogue                %.2f s\n", time.Since(start).Seconds())
	found := 0
	var times []time.Duration
	for _, p := range b.plants {
		start := time.Now()
		l, there := c.Lookup(), false
		for _, piece := range files[p.from].Pieces() {
			at := b.documents[p.from].at(piece.Number)
			for _, like := range l.Similar(&files[p.from], piece, similarity) {
				there = there || like.File == p.to && at.Start < p.span.End && p.span.Start < at.End
			}
		}
		times = append(times, time.Since(start))
		if there {
			found++
		}
	}
	if len(times) == 0 {
		return nil
	}
	slices.Sort(times)
	fmt.Printf("recall, looked up  %.3f of %d\n", float64(found)/float64(len(b.plants)), len(b.plants))
	at := func(share int) float64 { return float64(times[(len(times)-1)*share/100].Microseconds()) / 1000 }
	fmt.Printf("a file             %.1f ms at the median, %.1f ms of 99 in 100\n", at(50), at(99))
	return nil
}
