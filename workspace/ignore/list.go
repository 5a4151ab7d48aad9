package ignore

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

const (
	// maxFile bounds a file of rules. The largest that people keep, collections of every language's templates, stay
	// under 100 kB.
	maxFile = 512 << 10
	// maxPatterns bounds the lines used of one file: each path is held against each of them. The same collections
	// have about 3,000.
	maxPatterns = 10_000
	// maxPattern bounds one line, in bytes: no path is longer on any system we run on (PATH_MAX of Linux).
	maxPattern = 4096
)

// list is one file of rules, parsed.
type list struct {
	source   string // how Skip names the file
	base     int    // length of the part of a path that lies above the file's directory, slash included
	patterns []pattern
}

// pattern is one line. A path matches if it starts with prefix and glob matches the rest.
type pattern struct {
	text    string // as it is written
	line    int    // from 1
	prefix  string // up to the first wildcard; lower case if fold
	glob    *glob  // nil if there is no wildcard: then prefix is everything
	suffix  string // of *suffix, the most frequent shape, which needs no glob; "" otherwise
	never   bool   // malformed: matches nothing
	negated bool   // !pattern
	dirOnly bool   // pattern/
	byName  bool   // no slash: held against the name at any depth, else against the path below the file
	fold    bool
}

// parseList reads rules as git does: no line continues, # only at the start is a comment, blanks at the end fall
// away unless a backslash precedes them, a NUL ends a line early. The warnings say what was left out.
func parseList(data, source string, base int, fold bool) (*list, []string) {
	l := &list{source: source, base: base}
	var warnings []string
	data = strings.TrimPrefix(data, "\ufeff")
	for n := 1; data != ""; n++ {
		var line string
		line, data, _ = strings.Cut(data, "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		line, _, _ = strings.Cut(strings.TrimSuffix(line, "\r"), "\x00")
		line = trimSpaces(line)
		switch {
		case line == "":
			continue
		case len(line) > maxPattern:
			warnings = append(warnings, fmt.Sprintf("%s:%d: longer than %d bytes, left out", source, n, maxPattern))
			continue
		case len(l.patterns) == maxPatterns:
			return l, append(warnings, fmt.Sprintf("%s:%d: more than %d patterns, the rest is left out", source, n, maxPatterns))
		}
		p := parsePattern(line, fold)
		p.line = n
		l.patterns = append(l.patterns, p)
	}
	return l, warnings
}

// trimSpaces drops the spaces at the end that are not escaped. A tab stays, as in git.
func trimSpaces(s string) string {
	end := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case ' ':
			continue
		case '\\':
			i++
			if i == len(s) {
				return s
			}
		}
		end = i + 1
	}
	return s[:end]
}

func parsePattern(line string, fold bool) pattern {
	p := pattern{text: line, fold: fold}
	s := line
	if strings.HasPrefix(s, "!") {
		p.negated, s = true, s[1:]
	}
	if strings.HasSuffix(s, "/") {
		p.dirOnly, s = true, s[:len(s)-1]
	}
	p.byName = !strings.Contains(s, "/")
	s = strings.TrimPrefix(s, "/")
	wild := strings.IndexAny(s, `*?[\`)
	if wild < 0 {
		wild = len(s)
	}
	p.prefix = s[:wild]
	if fold {
		p.prefix = lowerASCII(p.prefix)
	}
	rest := s[wild:]
	switch {
	case s == "":
		p.never = true
	case rest == "":
	case p.byName && wild == 0 && len(rest) > 1 && rest[0] == '*' && !strings.ContainsAny(rest[1:], `*?[\`):
		p.suffix = rest[1:]
		if fold {
			p.suffix = lowerASCII(p.suffix)
		}
	default:
		// Git cuts the literal part off first, so in a**/b the stars stand at the start of what is left and cross
		// slashes.
		p.glob = compileGlob(rest, !p.byName, fold)
		p.never = p.glob == nil
	}
	return p
}

// last returns the last pattern that matches the path, or nil. full is the path in the coordinates of the lists'
// base, name its last element.
func (l *list) last(full, name string, isDir bool) *pattern {
	for i := len(l.patterns) - 1; i >= 0; i-- {
		p := &l.patterns[i]
		if p.dirOnly && !isDir {
			continue
		}
		s := name
		if !p.byName {
			s = full[l.base:]
		}
		if p.match(s) {
			return p
		}
	}
	return nil
}

func (p *pattern) match(s string) bool {
	switch {
	case p.never || len(s) < len(p.prefix)+len(p.suffix):
		return false
	case p.suffix != "":
		return equal(s[len(s)-len(p.suffix):], p.suffix, p.fold)
	case p.glob == nil:
		return len(s) == len(p.prefix) && equal(s, p.prefix, p.fold)
	default:
		return equal(s[:len(p.prefix)], p.prefix, p.fold) && p.glob.match(s[len(p.prefix):])
	}
}

// names reports whether the pattern's last element holds at least two letters or digits outside brackets, so that it
// was written with something in mind; !* and !dir/** were not.
func (p *pattern) names() bool {
	s := strings.TrimSuffix(p.text, "/")
	s = s[strings.LastIndexByte(s, '/')+1:]
	n, bracket := 0, false
	for i := range len(s) {
		switch c := lower(s[i]); {
		case c == '[':
			bracket = true
		case c == ']':
			bracket = false
		case !bracket && ('a' <= c && c <= 'z' || '0' <= c && c <= '9' || c >= 0x80):
			n++
		}
	}
	return n >= 2
}

// equal compares s with want, which is in lower case if fold.
func equal(s, want string, fold bool) bool {
	if !fold {
		return s == want
	}
	for i := range len(want) {
		if lower(s[i]) != want[i] {
			return false
		}
	}
	return true
}

// lowerASCII folds ASCII letters and leaves every other byte alone, also where the text is no UTF-8.
func lowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		b[i] = lower(c)
	}
	return string(b)
}

// readRegular returns at most limit bytes of a regular file; cut says that there was more. follow says whether a
// symbolic link is read: git does not for files in the working tree. Devices and FIFOs never block or stream.
func readRegular(path string, limit int64, follow bool) (data string, cut bool, err error) {
	if !follow {
		info, err := os.Lstat(path)
		if err != nil {
			return "", false, err
		}
		if !info.Mode().IsRegular() {
			return "", false, errNotRegular
		}
	}
	f, err := os.OpenFile(path, os.O_RDONLY|openFlags, 0)
	if err != nil {
		return "", false, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", false, err
	}
	if !info.Mode().IsRegular() {
		return "", false, errNotRegular
	}
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if int64(len(b)) > limit {
		return string(b[:limit]), true, err
	}
	return string(b), false, err
}

// errNotRegular is returned when a file of rules is a directory, a link, a device: as good as none.
var errNotRegular = errors.New("not a regular file")

// readList reads and parses a file of rules; nil if there is none. What keeps an existing file from being read is a
// warning: then its rules do not hold.
func readList(path, source string, base int, fold, follow bool) (*list, []string) {
	data, cut, err := readRegular(path, maxFile, follow)
	switch {
	case errors.Is(err, errNotRegular) || errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, []string{fmt.Sprintf("%s: cannot be read, its rules are not in force: %v", source, reason(err))}
	}
	var warnings []string
	if cut {
		// The last line may be torn: what it would match is anyone's guess.
		data = data[:strings.LastIndexByte(data, '\n')+1]
		warnings = append(warnings, fmt.Sprintf("%s: larger than %d bytes, the rest is left out", source, maxFile))
	}
	l, more := parseList(data, source, base, fold)
	return l, append(warnings, more...)
}

// reason is the error without the path, which the warning names already.
func reason(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}
