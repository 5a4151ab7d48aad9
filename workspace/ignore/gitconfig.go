package ignore

import (
	"crypto/sha1"
	"crypto/sha256"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

const (
	// maxConfig bounds a configuration file of git; they have some kilobytes.
	maxConfig = 1 << 20
	// maxIncludes bounds the files read for one configuration: a file that includes itself twice must not run away.
	// Git bounds the depth, at 10.
	maxIncludes = 32
)

// gitConfig is the part of git's configuration that bears on what is ignored.
type gitConfig struct {
	excludes    string // core.excludesFile
	hasExcludes bool   // it is set; empty then means none
	fold        bool   // core.ignoreCase
	bare        bool   // core.bare: the repository has no working tree of its own
	sha256      bool   // extensions.objectFormat: objects have names of 32 bytes instead of 20
	files       int    // read so far
}

// read adds a file's settings to c: a later one beats an earlier one. A missing file changes nothing; a malformed
// line ends the file there: git stops at it too.
func (c *gitConfig) read(file, home string) {
	if c.files++; c.files > maxIncludes {
		return
	}
	data, _, err := readRegular(file, maxConfig, true)
	if err != nil {
		return
	}
	eachSetting(data, func(key, value string, set bool) {
		switch key {
		case "core.excludesfile":
			c.excludes, c.hasExcludes = expandHome(value, home), true
		case "core.ignorecase":
			c.fold = isTrue(value, set)
		case "extensions.objectformat":
			c.sha256 = strings.EqualFold(value, "sha256")
		case "core.bare":
			c.bare = isTrue(value, set)
		case "include.path":
			path := expandHome(value, home)
			if path == "" {
				return
			}
			if !filepath.IsAbs(path) {
				path = filepath.Join(filepath.Dir(file), path)
			}
			c.read(path, home)
		}
	})
}

// eachSetting yields section.key in lower case and the value; set is false for a key without "=", which means true.
// Settings of sections with a sub-section are not wanted here and left out.
func eachSetting(data string, yield func(key, value string, set bool)) {
	section := ""
	data = strings.ReplaceAll(strings.TrimPrefix(data, "\ufeff"), "\r\n", "\n")
	for data != "" {
		data = strings.TrimLeft(data, " \t\n\r")
		if data == "" {
			return
		}
		switch data[0] {
		case '#', ';':
			_, data, _ = strings.Cut(data, "\n")
			continue
		case '[':
			head, rest, ok := strings.Cut(data[1:], "]")
			if !ok {
				return
			}
			if name, _, quoted := strings.Cut(head, `"`); quoted {
				// [name "sub"]: sub may hold a ], so the end is searched behind the closing quote.
				rest, ok = afterQuote(data[len("[")+len(name)+1:])
				if !ok {
					return
				}
				head = "not wanted"
			}
			section, data = strings.ToLower(strings.TrimSpace(head)), rest
			continue
		}
		end := strings.IndexFunc(data, func(r rune) bool {
			return r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
		})
		if end < 0 {
			end = len(data)
		}
		if end == 0 {
			return
		}
		key := section + "." + strings.ToLower(data[:end])
		data = strings.TrimLeft(data[end:], " \t")
		if !strings.HasPrefix(data, "=") {
			yield(key, "", false)
			_, data, _ = strings.Cut(data, "\n")
			continue
		}
		value, rest, ok := configValue(data[1:])
		if !ok {
			return
		}
		yield(key, value, true)
		data = rest
	}
}

// afterQuote returns what follows `..."]`.
func afterQuote(s string) (string, bool) {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '\n':
			return "", false
		case '"':
			return strings.CutPrefix(strings.TrimLeft(s[i+1:], " \t"), "]")
		}
	}
	return "", false
}

// configValue reads a value up to the end of its line: quotes, escapes, comments, lines continued by a backslash.
func configValue(s string) (value, rest string, ok bool) {
	s = strings.TrimLeft(s, " \t")
	var b strings.Builder
	quoted, kept := false, 0 // kept: the length that blanks at the end do not belong to
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\n':
			return b.String()[:kept], s[i+1:], !quoted
		case c == '\\':
			i++
			if i == len(s) {
				return "", "", false
			}
			switch s[i] {
			case '\n':
				continue
			case 'n':
				b.WriteByte('\n')
			case 't':
				b.WriteByte('\t')
			case 'b':
				b.WriteByte('\b')
			case '"', '\\':
				b.WriteByte(s[i])
			default:
				return "", "", false
			}
			kept = b.Len()
		case c == '"':
			quoted = !quoted
			kept = b.Len()
		case !quoted && (c == '#' || c == ';'):
			_, rest, _ = strings.Cut(s[i:], "\n")
			return b.String()[:kept], rest, true
		default:
			b.WriteByte(c)
			if quoted || (c != ' ' && c != '\t') {
				kept = b.Len()
			}
		}
	}
	return b.String()[:kept], "", !quoted
}

func isTrue(value string, set bool) bool {
	if !set {
		return true
	}
	switch strings.ToLower(value) {
	case "true", "yes", "on":
		return true
	}
	n, err := strconv.Atoi(value)
	return err == nil && n != 0
}

func expandHome(path, home string) string {
	if rest, ok := strings.CutPrefix(path, "~/"); ok && home != "" {
		return filepath.Join(home, filepath.FromSlash(rest))
	}
	return filepath.FromSlash(path)
}

// user is what holds for every repository: the home directory, and the configuration outside of any.
type user struct {
	home, xdg string
	config    gitConfig
}

// currentUser reads $HOME, $XDG_CONFIG_HOME and the two files that git reads there. Without a home there is nothing
// to read.
func currentUser() *user {
	u := &user{home: os.Getenv("HOME"), xdg: os.Getenv("XDG_CONFIG_HOME")}
	if u.home == "" {
		u.home, _ = os.UserHomeDir()
	}
	if u.xdg == "" && u.home != "" {
		u.xdg = filepath.Join(u.home, ".config")
	}
	if u.xdg != "" {
		u.config.read(filepath.Join(u.xdg, "git", "config"), u.home)
	}
	if u.home != "" {
		u.config.read(filepath.Join(u.home, ".gitconfig"), u.home)
	}
	return u
}

// excludes is the file that core.excludesFile names, or its default; "" for none. top is where a relative path
// starts.
func (u *user) excludes(c gitConfig, top string) string {
	switch {
	case c.hasExcludes && c.excludes == "":
		return ""
	case c.hasExcludes && !filepath.IsAbs(c.excludes):
		return filepath.Join(top, c.excludes)
	case c.hasExcludes:
		return c.excludes
	case u.xdg == "":
		return ""
	}
	return filepath.Join(u.xdg, "git", "ignore")
}

// hash is the size in bytes of an object's name.
func (c *gitConfig) hash() int {
	if c.sha256 {
		return sha256.Size
	}
	return sha1.Size
}
