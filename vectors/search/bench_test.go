package search_test

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/vectors/index/synthetic"
	"github.com/semantic-ls/semantic-ls/vectors/lexical"
	"github.com/semantic-ls/semantic-ls/vectors/search"
)

// Collections and the mix of queries are those of vectors/index/synthetic. A size is a sub-benchmark, so that
// `-bench Hybrid/100k` makes that collection alone; 1M takes a minute of a core to make.

var kept synthetic.Kept

// sizes runs a benchmark on snapshots of each size.
func sizes(b *testing.B, run func(b *testing.B, s *index.Snapshot)) {
	for _, size := range synthetic.Sizes {
		b.Run(size.Name, func(b *testing.B) {
			seg, err := kept.Segment(b.Context(), size.Chunks)
			if err != nil {
				b.Fatal(err)
			}
			s := (&index.Snapshot{}).With("/w", seg, nil)
			b.ReportAllocs()
			run(b, s)
		})
	}
}

// asked are the queries of the mix with their vectors.
func asked(b *testing.B) (list []search.Query) {
	model := static.New()
	for _, text := range synthetic.Queries() {
		vector, err := model.EmbedQuery(b.Context(), text)
		if err != nil {
			b.Fatal(err)
		}
		list = append(list, search.Query{
			Text: text, Vector: index.NewProbe(vector), Limit: limit, Weights: search.DefaultWeights(),
		})
	}
	return list
}

// limit is how many hits the engine asks for where a user did not say.
const limit = 30

// BenchmarkScan compares every row with a query: MB/s is how much of the rows it reads.
func BenchmarkScan(b *testing.B) {
	queries := asked(b)
	sizes(b, func(b *testing.B, s *index.Snapshot) {
		b.SetBytes(int64(s.Counts("").Chunks) * static.Dimensions)
		for i := 0; b.Loop(); i++ {
			if _, err := s.Dense(b.Context(), queries[i%len(queries)].Vector); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkLexical scores with BM25 what the terms of a query match, the groups of synonyms among them.
func BenchmarkLexical(b *testing.B) {
	var asks [][]index.Term
	for _, q := range asked(b) {
		asks = append(asks, terms(b, q))
	}
	sizes(b, func(b *testing.B, s *index.Snapshot) {
		mix(b, len(asks), func(i int) {
			if err := matches(b, s, asks[i]); err != nil {
				b.Fatal(err)
			}
		})
	})
}

// terms are those that Rank makes of a query. It weighs them by how rare they are, so they are weighed anew: a word 1,
// a group of synonyms what Rank gives it.
func terms(b *testing.B, q search.Query) []index.Term {
	const group = 2.5
	empty := &index.Snapshot{}
	r, err := search.Rank(b.Context(), empty, empty.Everywhere(), q)
	if err != nil || len(r.Terms) == 0 {
		b.Fatalf("%q has %d terms, %v", q.Text, len(r.Terms), err)
	}
	for i := range r.Terms {
		r.Terms[i].Weight = 1
		if len(r.Terms[i].Words) > 1 {
			r.Terms[i].Weight = group
		}
	}
	return r.Terms
}

// matches is the lexical half of a query, with the parameters of Rank.
func matches(b *testing.B, s *index.Snapshot, terms []index.Term) error {
	_, err := s.Lexical(b.Context(), terms, lexical.BM25{K1: 5, B: 0.5}, lexical.BM25{K1: 3, B: 0.3})
	return err
}

// BenchmarkHybrid ranks by all there is, as a query does once it is embedded and before texts are read.
func BenchmarkHybrid(b *testing.B) {
	queries := asked(b)
	sizes(b, func(b *testing.B, s *index.Snapshot) {
		rescored := make([]int, len(queries))
		slowest := mix(b, len(queries), func(i int) {
			r, err := search.Rank(b.Context(), s, s.Everywhere(), queries[i])
			if err != nil {
				b.Fatal(err)
			}
			rescored[i] = r.Rescored
		})
		b.Logf("slowest: %q", queries[slowest].Text)
		slices.Sort(rescored)
		b.ReportMetric(float64(rescored[len(rescored)*99/100]), "p99-rescored")
	})
}

// mix asks all queries in each iteration, and reports the median and the 99th percentile over the queries, each
// query's time being the median of its times: what another program did to one of them is not the query's. It returns
// the slowest. ns/op is a whole mix.
func mix(b *testing.B, queries int, ask func(i int)) (slowest int) {
	ask(0) // what the first use sets up
	took := make([][]time.Duration, queries)
	for b.Loop() {
		for i := range queries {
			start := time.Now()
			ask(i)
			took[i] = append(took[i], time.Since(start))
		}
	}
	times := make([]time.Duration, queries)
	common := times[:0:0]
	for i, list := range took {
		slices.Sort(list)
		times[i] = list[len(list)/2]
		if i < synthetic.CommonQueries {
			common = append(common, times[i])
		}
		if times[i] > times[slowest] {
			slowest = i
		}
	}
	p50, p99 := at(times, 0.5), at(times, 0.99)
	b.ReportMetric(ms(p50), "p50-ms")
	b.ReportMetric(ms(p99), "p99-ms")
	b.ReportMetric(float64(p99)/float64(p50), "p99/p50")
	b.ReportMetric(ms(at(common, 0.5)), "common-p50-ms")
	return slowest
}

// at is the least of the times that so large a share of them does not exceed.
func at(times []time.Duration, share float64) time.Duration {
	sorted := slices.SortedFunc(slices.Values(times), cmp.Compare[time.Duration])
	return sorted[min(len(sorted)-1, int(share*float64(len(sorted))))]
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
