package simd

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// BenchmarkDots scans rows of 256. Beside the time it reports how much of the
// speed of reading the same bytes and doing nothing with them it reaches: the
// median of rounds in which both take turns, so that other programs slow down
// both. Memory counts at 1M, where no cache holds the rows.
func BenchmarkDots(b *testing.B) {
	const dimensions = 256
	for _, size := range []struct {
		name string
		rows int
	}{{"10k", 10_000}, {"100k", 100_000}, {"1M", 1_000_000}} {
		var query, rows []byte
		var dst []int32
		each := func(name string, run func(), compare bool) {
			b.Run(size.name+"/"+name, func(b *testing.B) {
				if rows == nil {
					query, rows, dst = make([]byte, dimensions), make([]byte, size.rows*dimensions), make([]int32, size.rows)
					r := rand.New(rand.NewPCG(1, 1))
					for i := range rows {
						rows[i] = byte(r.Uint32())
					}
					copy(query, rows[len(rows)/2:])
				}
				b.SetBytes(int64(len(rows)))
				for b.Loop() {
					run()
				}
				if compare {
					b.StopTimer()
					b.ReportMetric(100*share(run, func() { readAll(rows) }, 64<<20/len(rows)), "%read")
				}
			})
		}
		if canRead {
			each("read", func() { readAll(rows) }, false)
		}
		for _, k := range kernels() {
			each(k.String(), func() { k.dots(dst, query, rows) }, canRead)
		}
	}
}

// share is how fast run is, measured in yardsticks: 1 is as fast.
func share(run, yardstick func(), repeat int) float64 {
	repeat = max(1, repeat)
	took := func(f func()) time.Duration {
		start := time.Now()
		for range repeat {
			f()
		}
		return time.Since(start)
	}
	var shares []float64
	for range 31 {
		want, got := took(yardstick), took(run)
		shares = append(shares, float64(want)/float64(got))
	}
	slices.SortFunc(shares, cmp.Compare)
	return shares[len(shares)/2]
}

// BenchmarkAdd is the time for one row of 256, alone and in a text of 150 words.
func BenchmarkAdd(b *testing.B) {
	const words = 150
	var sum [256]int32
	rows, weights := make([]*[256]int8, words), make([]int32, words)
	for i := range rows {
		rows[i], weights[i] = new([256]int8), int32(i)
	}
	for _, k := range kernels() {
		b.Run(fmt.Sprintf("%v/one", k), func(b *testing.B) {
			b.SetBytes(256)
			for i := 0; b.Loop(); i++ {
				k.add(sum[:], rows[i%words][:], 7)
			}
		})
		b.Run(fmt.Sprintf("%v/of %d", k, words), func(b *testing.B) {
			b.SetBytes(words * 256)
			for b.Loop() {
				k.addRows(&sum, rows, weights)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/words, "ns/row")
		})
	}
}
