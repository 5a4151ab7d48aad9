package synthetic

import (
	"context"

	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
	"github.com/semantic-ls/semantic-ls/vectors/index"
)

// Documents calls yield with documents of so many chunks together.
func Documents(seed uint64, chunks int, yield func(d index.Document) error) error {
	g := New(seed)
	for chunks > 0 {
		d := g.Next(chunks)
		chunks -= len(d.Chunks)
		if err := yield(d); err != nil {
			return err
		}
	}
	return nil
}

// batchChunks is how many chunks are built at a time: the memory that takes is some 300 MB, and merging twenty times as
// many reads each posting once.
const batchChunks = 50_000

// Segment returns a collection of so many chunks as a cold index leaves it: one segment.
func Segment(ctx context.Context, seed uint64, chunks int) (*index.Segment, error) {
	batches, err := Segments(seed, chunks, batchChunks)
	if err != nil {
		return nil, err
	}
	if len(batches) == 1 {
		return batches[0], nil
	}
	return index.Merge(ctx, static.Dimensions, batches, func(int, int) bool { return true })
}

// Segments returns the same as segments of about so many chunks each.
func Segments(seed uint64, chunks, each int) (list []*index.Segment, err error) {
	b, n := index.NewBuilder(static.Dimensions), 0
	build := func() error {
		seg, err := b.Segment()
		list, b, n = append(list, seg), index.NewBuilder(static.Dimensions), 0
		return err
	}
	err = Documents(seed, chunks, func(d index.Document) error {
		b.Add(d)
		if n += len(d.Chunks); n < each {
			return nil
		}
		return build()
	})
	if err == nil && (n > 0 || len(list) == 0) {
		err = build()
	}
	return list, err
}
