package main

import (
	"fmt"
	"slices"
	"time"
)

// table prints what was measured beside what must be reached, as it comes.
type table struct {
	quiet bool     // without times
	wrong []string // answers that are
}

// times prints how long something took. Where most is not 0, that share of them must take less.
func (t *table) times(what string, took []time.Duration, share float64, most time.Duration) {
	if t.quiet || len(took) == 0 {
		return
	}
	note := ""
	if most > 0 {
		note = fmt.Sprintf("; p%.0f must be below %v: %s", share*100, most, verdict(at(took, share) < most))
	}
	fmt.Printf("%-58s p50 %7.2f  p95 %7.2f  p99 %7.2f  worst %7.2f ms of %d%s\n", what,
		ms(at(took, .5)), ms(at(took, .95)), ms(at(took, .99)), ms(slices.Max(took)), len(took), note)
}

// time prints how long one thing took.
func (t *table) time(what string, took, most time.Duration, note string) {
	if t.quiet {
		return
	}
	if most > 0 {
		note += fmt.Sprintf("; must be below %v: %s", most, verdict(took < most))
	}
	fmt.Printf("%-58s %.2f s%s\n", what, took.Seconds(), note)
}

// count prints how many of all were as they should be: all of them must.
func (t *table) count(what string, good, all int) {
	fmt.Printf("%-58s %d of %d: %s\n", what, good, all, verdict(good == all))
	if good != all {
		t.wrong = append(t.wrong, fmt.Sprintf("%s: %d of %d", what, good, all))
	}
}

// say prints something that nothing is to be reached of.
func (t *table) say(what, format string, args ...any) {
	if !t.quiet {
		fmt.Printf("%-58s %s\n", what, fmt.Sprintf(format, args...))
	}
}

func verdict(reached bool) string {
	if reached {
		return "reached"
	}
	return "MISSED"
}

// at is the least of some values that so large a share of them does not exceed.
func at(list []time.Duration, share float64) time.Duration {
	sorted := slices.Sorted(slices.Values(list))
	return sorted[min(len(sorted)-1, int(share*float64(len(sorted))))]
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
