package synthetic

import (
	"context"
	"sync"

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
	return Merged(ctx, batches)
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

// Sizes are the collections that benchmarks measure, by the name of their sub-benchmark.
var Sizes = []struct {
	Name   string
	Chunks int
}{{"10k", 10_000}, {"100k", 100_000}, {"1M", 1_000_000}}

// Seed is that of the collections that are Kept.
const Seed = 1

// Kept makes each collection when it is first asked for, and keeps it: a benchmark is called several times, and the
// largest collection takes a minute of a core and a gigabyte. The zero value is ready; safe for concurrent use.
type Kept struct {
	mu       sync.Mutex
	batches  map[int][]*index.Segment
	segments map[int]*index.Segment
}

// Batches returns a collection of so many chunks in about eight segments, of more than 400,000 in more: they have
// batchChunks or a little over each, as files are not divided.
func (k *Kept) Batches(chunks int) ([]*index.Segment, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if list := k.batches[chunks]; list != nil {
		return list, nil
	}
	list, err := batchesOf(chunks)
	if err != nil {
		return nil, err
	}
	if k.batches == nil {
		k.batches = map[int][]*index.Segment{}
	}
	k.batches[chunks] = list
	return list, nil
}

func batchesOf(chunks int) ([]*index.Segment, error) {
	return Segments(Seed, chunks, min(batchChunks, chunks/8+1))
}

// Segment returns it in one. It merges the batches, and does not keep them unless Batches was called before.
func (k *Kept) Segment(ctx context.Context, chunks int) (*index.Segment, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if seg := k.segments[chunks]; seg != nil {
		return seg, nil
	}
	list := k.batches[chunks]
	if list == nil {
		var err error
		if list, err = batchesOf(chunks); err != nil {
			return nil, err
		}
	}
	seg, err := Merged(ctx, list)
	if err != nil {
		return nil, err
	}
	if k.segments == nil {
		k.segments = map[int]*index.Segment{}
	}
	k.segments[chunks] = seg
	return seg, nil
}

// Merged merges all of several segments.
func Merged(ctx context.Context, list []*index.Segment) (*index.Segment, error) {
	return index.Merge(ctx, static.Dimensions, list, func(int, int) bool { return true })
}
