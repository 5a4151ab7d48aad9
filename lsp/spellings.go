package lsp

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"
)

// spelling is a folder that the client reaches through a link, of which the place that the link leads to is open already:
// what is there is indexed once, under that path.
type spelling struct {
	client string // the client's path
	ours   string
}

// spellings translate paths between the client and us. Immutable; most clients need none.
type spellings struct {
	in, out []spelling // the longest of theirs first, the longest of ours first
}

// ours is our path for one of the client's.
func (s *server) ours(path string) string {
	if to := s.spellings.Load(); to != nil {
		for _, sp := range to.in {
			if rel, ok := inside(sp.client, path); ok {
				return filepath.Join(sp.ours, rel)
			}
		}
	}
	return path
}

// theirs is the client's path for one of ours.
func (s *server) theirs(path string) string {
	if to := s.spellings.Load(); to != nil {
		for _, sp := range to.out {
			if rel, ok := inside(sp.ours, path); ok {
				return filepath.Join(sp.client, rel)
			}
		}
	}
	return path
}

// path is pathOf, and our path for what the client names.
func (s *server) path(uri string) (path string, ok bool) {
	path, ok = pathOf(uri)
	return s.ours(path), ok
}

// paths keeps the local ones of uris.
func (s *server) paths(uris []string) []string {
	list := paths(uris)
	for i, path := range list {
		list[i] = s.ours(path)
	}
	return list
}

// uri is the client's URI of one of our paths.
func (s *server) uri(path string) string { return uriOf(s.theirs(path)) }

// placeOf is where a folder of the client is: path, but if that leads into a folder that is wanted, the path there. It is
// called with mu held.
func (s *server) placeOf(path, leadsTo string) string {
	ours, longest := path, ""
	for _, root := range s.order {
		f := s.folders[root]
		if rel, ok := inside(f.leadsTo, leadsTo); ok && len(f.leadsTo) > len(longest) {
			ours, longest = filepath.Join(root, rel), f.leadsTo
		}
	}
	return ours
}

// respell notes how the client spells its folders now. mu is held.
func (s *server) respell() {
	to := &spellings{}
	needed := false
	for _, root := range s.order {
		for i, path := range s.folders[root].spelled {
			sp := spelling{client: path, ours: root}
			needed = needed || path != root
			to.in = append(to.in, sp)
			if i == 0 {
				to.out = append(to.out, sp)
			}
		}
	}
	if !needed {
		s.spellings.Store(nil)
		return
	}
	slices.SortStableFunc(to.in, func(a, b spelling) int { return cmp.Compare(len(b.client), len(a.client)) })
	slices.SortStableFunc(to.out, func(a, b spelling) int { return cmp.Compare(len(b.ours), len(a.ours)) })
	s.spellings.Store(to)
}

// leadsTo is path without links in it, or path where the system does not say.
func leadsTo(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return path
}

// inside returns path relative to dir; ok is false where it is not dir or below it. Both are absolute and clean.
func inside(dir, path string) (rel string, ok bool) {
	rest, ok := strings.CutPrefix(path, dir)
	if !ok || rest == "" || dir == "" {
		return "", ok && dir != ""
	}
	if strings.HasSuffix(dir, string(filepath.Separator)) { // the root of a file system
		return rest, true
	}
	rel, ok = strings.CutPrefix(rest, string(filepath.Separator))
	return rel, ok
}
