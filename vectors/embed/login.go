package embed

import (
	"regexp"
	"strings"
)

// statements are those of SQL that give a user a password, which the group of the
// pattern matches. A pattern is tried only on texts that hold its hint.
var statements = []struct {
	hint    string
	pattern *regexp.Regexp
}{
	// "The function identified by 'name'" is none.
	{"PASSWORD '", regexp.MustCompile(`(?i)\b(?:with|encrypted)[ \t]+password[ \t]+'([^'\n]+)'`)},
	{"password '", regexp.MustCompile(`(?i)\b(?:with|encrypted)[ \t]+password[ \t]+'([^'\n]+)'`)},
	{"IDENTIFIED BY '", regexp.MustCompile(`\bIDENTIFIED BY '([^'\n]+)'`)},
	{"identified by '", regexp.MustCompile(`\buser\b[^\n;]{1,80}\bidentified by '([^'\n]+)'`)},
}

// redactLogins masks passwords that are told by what stands around them and not by
// a name that they are given to: in URLs, on command lines, in what opens a
// connection, and in SQL.
func redactLogins(text string) string {
	text = redactSources(redactUsers(redactURLs(text)))
	for _, s := range statements {
		if strings.Contains(text, s.hint) {
			text = redactGroups(text, s.pattern)
		}
	}
	return text
}

// redactURLs masks the password of scheme://user:password@host. A password may
// hold an "@", so it ends at the last one before the path.
func redactURLs(text string) string {
	const scheme = "://"
	var b strings.Builder
	rest := text
	for {
		i := strings.Index(rest, scheme)
		if i < 0 {
			break
		}
		i += len(scheme)
		b.WriteString(rest[:i])
		rest = rest[i:]
		authority := rest[:skip(rest, 0, maxValue, func(c byte) bool { return c > ' ' && strings.IndexByte("/\"'`<>", c) < 0 })]
		at := strings.LastIndexByte(authority, '@')
		if at < 0 {
			continue
		}
		if user, _, ok := strings.Cut(authority[:at], ":"); ok {
			b.WriteString(user + ":" + mask)
			rest = rest[at:]
		}
	}
	if b.Len() == 0 {
		return text
	}
	b.WriteString(rest)
	return b.String()
}

// redactSources masks the password in the data source names of Go's MySQL driver,
// user:password@tcp(host:port)/name.
func redactSources(text string) string {
	var b strings.Builder
	done, last := 0, 0
	for i := 0; i < len(text); {
		at := strings.IndexByte(text[i:], '@')
		if at < 0 {
			break
		}
		at += i
		i = at + 1
		if !strings.HasPrefix(text[i:], "tcp(") && !strings.HasPrefix(text[i:], "unix(") {
			continue
		}
		start := at
		for start > last && at-start < maxValue && text[start-1] > ' ' && !isQuote(text[start-1]) {
			start--
		}
		last = at
		user, password, _ := strings.Cut(text[start:at], ":")
		if password == "" || password == mask || isReference(password) {
			continue
		}
		b.WriteString(text[done:start])
		b.WriteString(user + ":" + mask)
		done = at
	}
	if done == 0 {
		return text
	}
	b.WriteString(text[done:])
	return b.String()
}

// redactUsers masks the password of curl's -u user:password, also where the flag
// and the user are strings of a list. A number is none (docker's -u 1000:1000), nor
// is a single letter (-u bob:r), or what stands before it (-u www:www).
func redactUsers(text string) string {
	const short, long = "-u", "-user" // of --user and --proxy-user
	var b strings.Builder
	done := 0
	for i := 0; ; {
		n := strings.Index(text[i:], short)
		if n < 0 {
			break
		}
		before := text[:i+n]
		i += n + len(short)
		if strings.HasPrefix(text[i-len(short):], long) {
			i += len(long) - len(short)
			before = strings.TrimSuffix(strings.TrimSuffix(before, "-"), "--proxy")
		}
		if before != "" && before[len(before)-1] > ' ' && strings.IndexByte("\"'`[(,", before[len(before)-1]) < 0 {
			continue
		}
		user, v := userAt(text, i)
		s := text[v.start:v.end]
		if len(s) < 2 || s == mask || s == user || s[0] == '/' || isReference(s) || strings.Trim(s, "0123456789") == "" {
			continue
		}
		b.WriteString(text[done:v.start])
		b.WriteString(mask)
		done, i = v.end, v.end
	}
	if done == 0 {
		return text
	}
	b.WriteString(text[done:])
	return b.String()
}

// userAt reads what stands behind a flag that ends at i, user:password, perhaps in
// quotes; the value is empty if something else does.
func userAt(text string, i int) (user string, v value) {
	start := i
	switch {
	case i < len(text) && text[i] == '=':
		i++
	case i < len(text) && isQuote(text[i]): // "-u", "user:password"
		i = blanks(text, skip(text, i+1, 1, func(c byte) bool { return c == ',' }))
	default:
		if i = blanks(text, i); i == start {
			return "", value{}
		}
	}
	quote := byte(0)
	if i < len(text) && isQuote(text[i]) {
		quote = text[i]
		i++
	}
	end := skip(text, i, maxNameRest, func(c byte) bool { return isName(c) || strings.IndexByte(".@+\\", c) >= 0 })
	if end == i || end == len(text) || text[end] != ':' || !isWord(text[i]) {
		return "", value{}
	}
	return text[i:end], value{end + 1, skip(text, end+1, maxValue, func(c byte) bool {
		if quote != 0 {
			return c != quote && c != '\n'
		}
		return c > ' ' && !isQuote(c)
	}), true}
}

// redactGroups masks what the group of pattern matches, unless it is given elsewhere.
func redactGroups(text string, pattern *regexp.Regexp) string {
	var b strings.Builder
	done := 0
	for _, m := range pattern.FindAllStringSubmatchIndex(text, -1) {
		s := text[m[2]:m[3]]
		if s == mask || isReference(s) {
			continue
		}
		b.WriteString(text[done:m[2]])
		b.WriteString(mask)
		done = m[3]
	}
	if done == 0 {
		return text
	}
	b.WriteString(text[done:])
	return b.String()
}
