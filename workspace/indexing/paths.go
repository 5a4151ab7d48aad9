package indexing

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/semantic-ls/semantic-ls/workspace/ignore"
)

// pathPatterns are the values of path: in a query, any of which a path may match.
//
// With one of * ? { it is a glob as -g has them, found at any depth unless it begins with a slash. Without one it is a
// part of the path, as on GitHub, but one that begins where something begins: `lsp/` is below a directory of that name,
// `vectors/search` may go on, `/cmd` is at the top, and what has no slash in it is a word of the path or begins one, so that
// `test` is in test/a.go, tests/a.go, a_test.go and ATest.java, and not in latest.go. Capitals count if there are any.
//
// Rejected: parts that begin anywhere (-path:test would leave out latest.go), and names of whole directories and files
// alone (it would leave a_test.go in).
type pathPatterns struct {
	parts  []pathPart
	globs  *ignore.Globs // nil: none
	folded *ignore.Globs // of paths in small letters; nil: none
}

// pathPart is a part of a path.
type pathPart struct {
	text string
	fold bool // it is in small letters, and stands for any
	top  bool // the path begins with it
	name bool // it begins where a name does; else where a word does
}

// newPathPatterns returns nil where there are none. The error is about the first that makes no sense, for who wrote it.
func newPathPatterns(list []string) (*pathPatterns, error) {
	if len(list) == 0 {
		return nil, nil
	}
	var p pathPatterns
	var globs, folded []string
	for _, s := range list {
		if strings.HasPrefix(s, "./") {
			s = s[1:]
		}
		fold := s == strings.ToLower(s)
		text, top := strings.CutPrefix(s, "/")
		switch {
		case strings.Trim(s, "/") == "":
			return nil, errors.New("a path that names nothing")
		case !strings.ContainsAny(s, "*?{"):
			p.parts = append(p.parts, pathPart{text, fold, top, strings.Contains(s, "/")})
			continue
		case strings.HasPrefix(s, "!"):
			s = `\` + s
		}
		if _, err := ignore.NewGlobs([]string{s}); err != nil {
			return nil, err
		}
		if !top && strings.Contains(strings.TrimSuffix(s, "/"), "/") {
			s = "**/" + s
		}
		if fold {
			folded = append(folded, s)
		} else {
			globs = append(globs, s)
		}
	}
	for _, set := range []struct {
		list []string
		to   **ignore.Globs
	}{{globs, &p.globs}, {folded, &p.folded}} {
		if len(set.list) > 0 {
			var err error
			if *set.to, err = ignore.NewGlobs(set.list); err != nil {
				return nil, err
			}
		}
	}
	return &p, nil
}

// matcher tells whether a path matches; none is what it says where there are no patterns. Not safe for concurrent use.
func (p *pathPatterns) matcher(none bool) func(path string) bool {
	if p == nil {
		return func(string) bool { return none }
	}
	never := func(string) bool { return false }
	globs, folded := never, never
	if p.globs != nil {
		globs = p.globs.Chooser().Chooses
	}
	if p.folded != nil {
		folded = p.folded.Chooser().Chooses
	}
	return func(path string) bool {
		small := strings.ToLower(path)
		if len(small) != len(path) {
			small = path // some letter beyond ASCII: offsets would differ
		}
		for i := range p.parts {
			if p.parts[i].in(path, small) {
				return true
			}
		}
		return globs(path) || folded(small)
	}
}

// in reports whether the part is in a path, given also in small letters.
func (p *pathPart) in(path, small string) bool {
	text := path
	if p.fold {
		text = small
	}
	if p.top {
		return strings.HasPrefix(text, p.text)
	}
	for from := 0; ; {
		n := strings.Index(text[from:], p.text)
		if n < 0 {
			return false
		}
		at := from + n
		if at == 0 || path[at-1] == '/' || !p.name && wordBegins(path, at) {
			return true
		}
		from = at + 1
	}
}

// wordBegins reports whether a word of a path begins at an offset above 0: behind a sign, at a capital, or where letters
// and digits meet. A sign is a word.
func wordBegins(path string, at int) bool {
	before, here := sortOf(path[at-1]), sortOf(path[at])
	switch {
	case here == sign || before == sign:
		return true
	case here == capital && before == capital:
		return at+1 < len(path) && sortOf(path[at+1]) == small // HTTPServer
	case here == small:
		return before == number
	}
	return here != before
}

// charSort is what a byte of a path is, as far as it tells where words begin.
type charSort uint8

const (
	sign charSort = iota
	number
	small // or beyond ASCII
	capital
)

func sortOf(c byte) charSort {
	switch {
	case c >= '0' && c <= '9':
		return number
	case c >= 'a' && c <= 'z' || c >= utf8.RuneSelf:
		return small
	case c >= 'A' && c <= 'Z':
		return capital
	}
	return sign
}
