package indexing

import (
	"cmp"
	"context"
	"math"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/ignore"
)

// What makes a file recent: it was written within a day, by a person. More of them than a person writes come from a
// program, a checkout most of all, and tell nothing.
const (
	recentTime = 24 * time.Hour
	recentMost = 500
)

// The order in which files are read, so that a project can be searched early for what is likely asked: first what the
// editor has open, then what was changed a moment ago, the newest first; then what is near the top before what is deep,
// and at one depth code before prose and data; tests after all of that, and foreign code, vendored or generated, last.
const (
	rankOpen = iota
	rankRecent
	rankOurs
	rankTest
	rankForeign
	rankCount
)

// deepest is where depth stops to count.
const deepest = 15

// surveyFiles is how many files one unit of a survey looks at: half a millisecond.
const surveyFiles = 512

// ordered returns entries, which it may change, in the order in which they are to be read. Those of equal rank stay
// with their directory, and are by name in it. open are paths. The work is done in units.
func (e *Engine) ordered(
	ctx context.Context, entries []workspace.Entry, open map[string]bool, now time.Time,
) ([]workspace.Entry, error) {
	since, recent := now.Add(-recentTime).UnixNano(), 0
	for _, entry := range entries {
		if entry.ModTime >= since {
			recent++
		}
	}
	if recent > recentMost {
		since = math.MaxInt64
	}
	if err := e.sortDirectories(ctx, entries); err != nil {
		return nil, err
	}
	var ranks [rankCount][2 * (deepest + 1)][]workspace.Entry
	err := e.inUnits(ctx, len(entries), func(i int) {
		entry := entries[i]
		rank, depth := rankOf(entry.Path), min(strings.Count(entry.Path, "/"), deepest)
		switch {
		case open[entry.Path]:
			rank, depth = rankOpen, 0
		case entry.ModTime >= since && rank < rankForeign:
			rank, depth = rankRecent, 0
		}
		place := 2 * depth
		if rank > rankRecent && !isCode(entry.Path) {
			place++
		}
		ranks[rank][place] = append(ranks[rank][place], entry)
	})
	slices.SortStableFunc(ranks[rankRecent][0], func(a, b workspace.Entry) int { return cmp.Compare(b.ModTime, a.ModTime) })
	list := make([]workspace.Entry, 0, len(entries))
	for _, places := range ranks {
		for _, some := range places {
			list = append(list, some...)
		}
	}
	return list, err
}

// sortDirectories sorts the entries of each directory, which stand together, by name.
func (e *Engine) sortDirectories(ctx context.Context, entries []workspace.Entry) error {
	for rest := entries; len(rest) > 0; {
		err := e.unit(ctx, func() error {
			for sorted := 0; sorted < surveyFiles && len(rest) > 0; {
				n := directoryLength(rest)
				slices.SortFunc(rest[:n], func(a, b workspace.Entry) int { return cmp.Compare(a.Path, b.Path) })
				rest, sorted = rest[n:], sorted+n
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// directoryLength returns how many of the entries, of which there is one, are in the directory of the first.
func directoryLength(entries []workspace.Entry) int {
	dir, _ := path.Split(entries[0].Path)
	for n, entry := range entries {
		if name, ok := strings.CutPrefix(entry.Path, dir); !ok || strings.Contains(name, "/") {
			return n
		}
	}
	return len(entries)
}

// inUnits calls work for each of n numbers, some hundred in a unit.
func (e *Engine) inUnits(ctx context.Context, n int, work func(i int)) error {
	for from := 0; from < n; from += surveyFiles {
		err := e.unit(ctx, func() error {
			for i := from; i < min(from+surveyFiles, n); i++ {
				work(i)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func rankOf(file string) int {
	switch {
	case workspace.Foreign(file):
		return rankForeign
	case index.IsTest(file):
		return rankTest
	}
	return rankOurs
}

// isCode tells code from prose and data, by the name alone: what is no code has one of few extensions, or none.
func isCode(file string) bool {
	switch strings.ToLower(path.Ext(file)) {
	case "", ".json", ".jsonl", ".json5", ".yaml", ".yml", ".toml", ".xml", ".ini", ".cfg", ".conf", ".properties",
		".csv", ".tsv", ".html", ".htm", ".log", ".po", ".pot", ".lock", ".ipynb", ".gitignore", ".gitattributes", ".semanticignore":
		return false
	}
	return !ignore.Prose(file)
}

// openFirst moves those of entries that are open to the front and leaves the others in their order.
func openFirst(entries []workspace.Entry, open map[string]bool) []workspace.Entry {
	var first, rest []workspace.Entry
	for _, entry := range entries {
		if open[entry.Path] {
			first = append(first, entry)
		}
	}
	if len(first) == 0 {
		return entries
	}
	for _, entry := range entries {
		if !open[entry.Path] {
			rest = append(rest, entry)
		}
	}
	return append(first, rest...)
}

// ReadFirst says what tells the documents that are open: a Refresh reads those before all else, also if they are
// opened while it runs. It is called before the first one.
func (e *Engine) ReadFirst(open func() workspace.Documents) { e.open = open }

// openIn returns the paths of the open documents that are in the folder.
func (e *Engine) openIn(f *folder) map[string]bool {
	paths := map[string]bool{}
	if e.open == nil {
		return paths
	}
	for _, d := range e.open().All() {
		if owner, rel, ok := e.owner(d.Path); ok && owner == f {
			paths[rel] = true
		}
	}
	return paths
}
