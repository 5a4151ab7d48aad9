package index

import (
	"slices"
)

// PathsUnder returns the live files of the folder at root that are at path or below
// it, in order; path "" stands for all. It takes O(log n) a segment, and as much again
// for each that it finds.
func (s *Snapshot) PathsUnder(root, path string) []string {
	var paths []string
	for _, p := range s.parts {
		if p.root != root {
			continue
		}
		if f, ok := p.seg.Find(path); ok && !p.isDead(f) {
			paths = append(paths, path)
		}
		p.seg.Under(path, func(f int) {
			if !p.isDead(f) {
				paths = append(paths, string(p.seg.path(f)))
			}
		})
	}
	slices.Sort(paths)
	return paths
}
