package ignore

import (
	"errors"
	"fmt"
	"strings"
)

// maxGlobs bounds what the braces of all globs may stand for, since each path is held against each of them: a thousand
// of the shape *.go take some 20 µs a path.
const maxGlobs = 1000

// Globs choose files by their paths, as those of ripgrep's -g do. Each is a line of a .gitignore, but says what is
// chosen; `!` before it says what is not, `{a,b}` is either, and `./` at the start is `/`. The last one that matches a
// path decides. Where none does, the file is chosen if all globs begin with `!`. What lies below a directory that is not
// chosen never is. One that ends in a slash or whose last name has no wildcard may name a directory, and then chooses
// what is below; in ripgrep such a glob chooses nothing. Safe for concurrent use.
type Globs struct {
	patterns []pattern
	whole    []bool // of each pattern: it may name a directory, and then means what is below it
	chosen   bool   // of a path that none matches
}

// NewGlobs reads globs. The error, about the first that can match nothing, is for who wrote it.
func NewGlobs(globs []string) (*Globs, error) {
	g := &Globs{chosen: true}
	for _, glob := range globs {
		s, negated := strings.CutPrefix(glob, "!")
		if strings.HasPrefix(s, "./") {
			s = s[1:]
		}
		if len(s) > maxPattern {
			return nil, fmt.Errorf("a glob of %d bytes: %d are the most", len(glob), maxPattern)
		}
		list, err := braces(nil, s, maxGlobs-len(g.patterns))
		if err != nil {
			return nil, fmt.Errorf("the glob %q: %w", glob, err)
		}
		for _, s := range list {
			p := parsePattern(s, false)
			if strings.HasPrefix(s, "!") { // the second one: it is of the name
				p = parsePattern(`\`+s, false)
			}
			if p.never {
				return nil, fmt.Errorf("the glob %q can match nothing: %s", glob, flaw(s))
			}
			p.negated = negated
			last := strings.TrimSuffix(s, "/")
			last = last[strings.LastIndexByte(last, '/')+1:]
			g.patterns = append(g.patterns, p)
			g.whole = append(g.whole, negated || p.dirOnly || !strings.ContainsAny(last, `*?[`))
		}
		g.chosen = g.chosen && negated
	}
	return g, nil
}

// flaw says what is wrong with a glob that matches nothing.
func flaw(glob string) string {
	switch {
	case strings.Trim(glob, "/") == "":
		return "it names nothing"
	case strings.HasSuffix(glob, `\`):
		return `nothing follows the last \`
	}
	return `a [ without its ], which stands for itself as \[`
}

// errBraces is why braces cannot be read.
var errBraces = errors.New(`a { without its }, which stands for itself as \{`)

// braces adds to list what a glob with alternatives stands for, at most most globs.
func braces(list []string, glob string, most int) ([]string, error) {
	var commas []int
	open, depth := -1, 0
	for i := 0; i < len(glob); i++ {
		switch c := glob[i]; {
		case c == '\\':
			i++
		case c == '[':
			// A ] that comes first is a member.
			first := i + 1
			if first < len(glob) && (glob[first] == '!' || glob[first] == '^') {
				first++
			}
			if first < len(glob) {
				if end := strings.IndexByte(glob[first+1:], ']'); end >= 0 {
					i = first + 1 + end
				}
			}
		case c == '{':
			if depth++; depth == 1 {
				open = i
			}
		case c == ',' && depth == 1:
			commas = append(commas, i)
		case c == '}' && depth > 0:
			if depth--; depth > 0 {
				continue
			}
			from, err := open+1, error(nil)
			for _, to := range append(commas, i) {
				if list, err = braces(list, glob[:open]+glob[from:to]+glob[i+1:], most); err != nil {
					return nil, err
				}
				from = to + 1
			}
			return list, nil
		}
	}
	if depth > 0 {
		return nil, errBraces
	}
	if len(list) >= most {
		return nil, fmt.Errorf("more than %d globs, braces written out", maxGlobs)
	}
	return append(list, glob), nil
}

// Chooser asks about many paths: what it found out of a directory counts for all that is in it. Not safe for concurrent
// use.
type Chooser struct {
	globs       *Globs
	directories map[string]verdict
	last        string // directory asked about
	verdict     verdict
}

// verdict is what globs say of a path.
type verdict uint8

const (
	silent verdict = iota // none matches
	chosen
	refused
)

// Chooser returns one.
func (g *Globs) Chooser() *Chooser { return &Chooser{globs: g, directories: map[string]verdict{}} }

// Chooses says whether the file at a slash path, below the directory that the globs are about, is chosen.
func (c *Chooser) Chooses(path string) bool {
	dir, name := "", path
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		dir, name = path[:i], path[i+1:]
	}
	if dir != c.last {
		c.last, c.verdict = dir, c.below(dir)
	}
	if c.verdict == refused {
		return false
	}
	switch c.globs.match(path, name, false) {
	case chosen:
		return true
	case refused:
		return false
	}
	return c.verdict == chosen || c.globs.chosen
}

// below is the verdict on what is in a directory, as far as its path tells.
func (c *Chooser) below(dir string) verdict {
	if dir == "" {
		return silent
	}
	if v, ok := c.directories[dir]; ok {
		return v
	}
	above, name := "", dir
	if i := strings.LastIndexByte(dir, '/'); i >= 0 {
		above, name = dir[:i], dir[i+1:]
	}
	v := c.below(above)
	if v != refused {
		if own := c.globs.match(dir, name, true); own != silent {
			v = own
		}
	}
	c.directories[dir] = v
	return v
}

// match is what the last glob says that matches.
func (g *Globs) match(path, name string, isDir bool) verdict {
	for i := len(g.patterns) - 1; i >= 0; i-- {
		p := &g.patterns[i]
		if isDir && !g.whole[i] || !isDir && p.dirOnly {
			continue
		}
		s := path
		if p.byName {
			s = name
		}
		switch {
		case !p.match(s):
		case p.negated:
			return refused
		default:
			return chosen
		}
	}
	return silent
}
