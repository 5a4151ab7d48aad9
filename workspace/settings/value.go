package settings

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// set checks text and puts its value in its place. An empty path or text, where any text will do, is a value
// too: it takes a weaker source's away.
func (r *Setting) set(s *Settings, text string, origin Origin) error {
	var n int64
	ok := true
	switch r.Type {
	case Integer:
		var err error
		n, err = strconv.ParseInt(text, 10, 64)
		ok = err == nil && r.Min <= n && n <= r.Max
	case Boolean:
		ok = text == "true" || text == "false"
	case Duration:
		d, err := time.ParseDuration(text)
		n = int64(d)
		ok = err == nil && r.Min <= n && n <= r.Max
	case Path:
		path, good := absolute(text, origin.Source)
		if !good {
			return r.refuse(strconv.Quote(text), origin)
		}
		text = path
	case Text:
		switch {
		case r.Values != nil:
			ok = slices.Contains(r.Values, text)
		case text != "":
			text, ok = r.check(text)
		}
	}
	if !ok {
		if r.Type != Integer || strings.Trim(text, "-0123456789.eE+") != "" || text == "" {
			text = strconv.Quote(text)
		}
		return r.refuse(text, origin)
	}
	switch field := r.field(s).(type) {
	case *string:
		*field = text
	case *int:
		*field = int(n)
	case *int64:
		*field = n
	case *bool:
		*field = text == "true"
	case *time.Duration:
		*field = time.Duration(n)
	default:
		return fmt.Errorf("%s has a field of type %T, which no setting can have", r.Key, field)
	}
	return nil
}

// Value returns the value of key as one would write it; of a secret only whether it is "set", and "" for nothing. It
// panics if there is no such setting.
func (s Settings) Value(key string) string {
	for _, row := range Table() {
		if row.Key != key {
			continue
		}
		switch field := row.field(&s).(type) {
		case *string:
			if row.Secret && *field != "" {
				return "set"
			}
			return *field
		case *int:
			return strconv.Itoa(*field)
		case *int64:
			return strconv.FormatInt(*field, 10)
		case *bool:
			return strconv.FormatBool(*field)
		case *time.Duration:
			return field.String()
		}
	}
	panic("settings: no setting " + key)
}

// refuse is the error about a value; literal is how it stands there, quotes included.
func (r *Setting) refuse(literal string, origin Origin) error {
	if r.Secret {
		return fmt.Errorf("%s (not shown) in %v is not usable: it accepts %s", r.Key, origin, r.Accepts)
	}
	return fmt.Errorf("%s is %s in %v: it accepts %s", r.Key, shorten(literal), origin, r.accepts())
}

// shorten leaves as much of a bad value as is needed to recognize it in a message, and of an address no login.
func shorten(literal string) string {
	const most = 80
	literal = login.ReplaceAllString(literal, "(not shown)@")
	if len(literal) <= most {
		return literal
	}
	return strings.ToValidUTF8(literal[:most], "") + "..."
}

var login = regexp.MustCompile(`[^\s"]+@`)

// accepts is Accepts with the JSON type, for those to whom `"64"` and 64 look alike.
func (r *Setting) accepts() string {
	if r.Type == Integer || r.Type == Boolean {
		return r.Accepts + " (without quotes in JSON)"
	}
	return r.Accepts
}

// misplaced is the error about a secret that stands where it can be read by others.
func (r *Setting) misplaced(origin Origin) error {
	return fmt.Errorf("%s in %v: a key is read from the environment only: remove it there, and set %s", r.Key, origin, strings.Join(r.Env, " or "))
}

// absolute resolves ~/ and, on the command line, a relative path: whoever writes that stands in a directory.
// A variable outlives the directory that it was set in, and would name another place in each workspace.
func absolute(path string, source Source) (string, bool) {
	if path == "" {
		return "", true
	}
	if strings.ContainsRune(path, 0) {
		return path, false
	}
	if rest, ok := strings.CutPrefix(filepath.ToSlash(path), "~/"); ok {
		home, err := os.UserHomeDir()
		if err != nil {
			return path, false
		}
		path = filepath.Join(home, rest)
	}
	if filepath.IsAbs(path) {
		return filepath.Clean(path), true
	}
	if source != CommandLine {
		return path, false
	}
	abs, err := filepath.Abs(path)
	return abs, err == nil
}

func checkBaseURL(text string) (string, bool) {
	u, err := url.Parse(text)
	ok := err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" &&
		u.RawQuery == "" && !u.ForceQuery && u.Fragment == "" && !strings.Contains(text, "#")
	if strings.Contains(text, "@") {
		return "(an address with a user, not shown)", false // there may be a password in it
	}
	return strings.TrimRight(text, "/"), ok
}

func checkName(text string) (string, bool) {
	bad := strings.ContainsFunc(text, func(c rune) bool { return c <= ' ' || c == 0x7f })
	return text, !bad
}

func checkKey(text string) (string, bool) {
	text = strings.TrimSpace(text) // a file's last line ending, from $(cat key)
	bad := strings.ContainsFunc(text, func(c rune) bool { return c <= ' ' || c >= 0x7f })
	return text, text != "" && !bad
}
