package main

import (
	"cmp"
	"fmt"
	"io"
	"runtime"
	"slices"
	"text/tabwriter"
	"time"
)

// latency is how long something took, of many times, in ms.
type latency struct {
	P50 float64 `json:"p50"`
	P95 float64 `json:"p95"`
	P99 float64 `json:"p99"`
}

func latencyOf(took []time.Duration) latency {
	return latency{ms(at(took, 0.5)), ms(at(took, 0.95)), ms(at(took, 0.99))}
}

// at is the least of some values that so large a share of them does not exceed.
func at[T cmp.Ordered](list []T, share float64) T {
	sorted := slices.Sorted(slices.Values(list))
	return sorted[min(len(sorted)-1, int(share*float64(len(sorted))))]
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func cores() int { return runtime.GOMAXPROCS(0) }

// write prints the result for people, a goal beside each value that has one.
func (r *result) write(w io.Writer) {
	fmt.Fprintf(w, "%s: %d files, %.1f MB, %d chunks; %s, %d cores\n\n",
		r.Dir, r.Files, r.SourceMB, r.Chunks, runtime.Version(), r.Cores)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	defer t.Flush()
	row := func(what, value, note string) { fmt.Fprintf(t, "%s\t%s\t%s\n", what, value, note) }
	row("cold index", fmt.Sprintf("%.2f s", r.ColdSeconds),
		fmt.Sprintf("%.2f s of CPU, %.1f MB/s, median of %d", r.ColdCPU, r.SourceMB/r.ColdSeconds, r.ColdRuns))
	if r.RipgrepSeconds > 0 {
		row("  to rg -c .", fmt.Sprintf("%.1f x", r.ColdToRipgrep),
			fmt.Sprintf("%.2f s, %.2f s of CPU%s", r.RipgrepSeconds, r.RipgrepCPU, goal(r.SourceMB >= 50, r.ColdToRipgrep, 15, "x")))
	}
	row("first answer", fmt.Sprintf("%.1f ms", r.FirstAnswer.P50),
		fmt.Sprintf("p95 %.1f; %.1f of it the walk, %.1f a process that does nothing%s",
			r.FirstAnswer.P95, r.WalkMS, r.StartMS, goal(r.Files <= 5000, r.FirstAnswer.P50, 50, "ms")))
	row("open", fmt.Sprintf("%.2f ms", r.OpenMS), "what is stored"+goal(r.Chunks <= 120_000, r.OpenMS, 2, "ms"))
	row("query", fmt.Sprintf("%.2f ms", r.Query.P50), fmt.Sprintf("p95 %.2f, p99 %.2f, %.1f times the p50%s; slowest: %s",
		r.Query.P95, r.Query.P99, r.Query.P99/r.Query.P50, goal(true, r.Query.P99/r.Query.P50, 4, "x"), r.SlowestQuery))
	row("", "", fmt.Sprintf("%d queries, %d without a hit", r.Queries, r.NoHit))
	row("save", fmt.Sprintf("%.2f ms", r.Save.P50), fmt.Sprintf("p95 %.2f, until an answer has it; a file of %.1f kB among %d%s",
		r.Save.P95, float64(r.SaveFileBytes)/1000, r.SaveFiles, goal(true, r.Save.P95, 5, "ms")))
	row("  in the index", fmt.Sprintf("%.2f ms", r.SaveEngine.P50),
		fmt.Sprintf("p95 %.2f%s", r.SaveEngine.P95, goal(true, r.SaveEngine.P95, 5, "ms")))
	row("  outside", fmt.Sprintf("%.0f ms", r.SaveOutside.P50),
		fmt.Sprintf("p95 %.0f, 100 of it to let the file settle", r.SaveOutside.P95))
	if r.ColdRSS > 0 {
		row("memory, indexing", fmt.Sprintf("%.0f MB", r.ColdRSS), "anonymous, peak"+goal(true, r.ColdRSS, 1536*1.048576, "MB"))
		row("memory, serving", fmt.Sprintf("%.0f MB", r.ServeRSS),
			"anonymous, peak"+goal(r.Chunks <= 120_000, r.ServeRSS, 150, "MB"))
	}
	row("on disk", fmt.Sprintf("%.1f MB", r.DiskMB),
		fmt.Sprintf("%.2f times the source%s", r.DiskRatio, goal(true, r.DiskRatio, 2, "x")))
}

// goal says how a value stands to the most that it should be; nothing where the goal is for trees of another size.
func goal(applies bool, value, most float64, unit string) string {
	if !applies {
		return ""
	}
	verdict := "reached"
	if value > most {
		verdict = "MISSED"
	}
	return fmt.Sprintf("; goal %.4g %s: %s", most, unit, verdict)
}
