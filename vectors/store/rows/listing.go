package rows

import (
	"slices"
	"time"

	"github.com/semantic-ls/semantic-ls/vectors/store"
)

// listing is what the directory has, oldest first.
type listing struct{ entries []listed }

type listed struct {
	name    string
	number  uint64
	model   string // the model's hash
	current bool   // of this format
	size    int64
	used    time.Time // written last
}

// list reads the directory.
func list(fsys store.FS, dir string) (l listing, err error) {
	entries, err := fsys.ReadDir(dir)
	for _, entry := range entries {
		number, model, current, ours := parseName(entry.Name())
		if !ours {
			continue
		}
		info, err := entry.Info()
		if err != nil || !info.Mode().IsRegular() {
			continue // removed meanwhile, or nothing of ours
		}
		l.entries = append(l.entries, listed{entry.Name(), number, model, current, info.Size(), info.ModTime()})
	}
	slices.SortStableFunc(l.entries, func(a, b listed) int {
		switch {
		case a.number < b.number:
			return -1
		case a.number > b.number:
			return 1
		}
		return 0
	})
	return l, err
}

func (l listing) bytes() (n int64) {
	for _, e := range l.entries {
		n += e.size
	}
	return n
}

func (l listing) has(number uint64, model string) bool {
	return slices.ContainsFunc(l.entries, func(e listed) bool { return e.number == number && e.model == model && e.current })
}

// next is a number that no file has, and that is younger than all; first where there
// is none.
func (l listing) next(first uint64) uint64 {
	if len(l.entries) == 0 {
		return first
	}
	return l.entries[len(l.entries)-1].number + 1
}

// fresh reports whether less than freshShare of the limit was written since the file
// was begun.
func (l listing) fresh(number uint64, limit int64) bool {
	var younger int64
	for _, e := range l.entries {
		if e.number > number {
			younger += e.size
		}
	}
	return float64(younger) < freshShare*float64(limit)
}

func (l *listing) grow(number uint64, bytes int64) {
	for i := range l.entries {
		if l.entries[i].number == number {
			l.entries[i].size += bytes
		}
	}
}

func (l *listing) add(number uint64, m Model, size int64) {
	l.entries = append(l.entries, listed{name: fileName(number, m), number: number, model: m.hash(), current: true, size: size})
}
