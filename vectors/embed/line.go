package embed

import "strings"

const (
	// maxLine bounds what is looked at of a line that stands beside another one, and
	// maxEmpty how many lines are looked at for one that says something.
	maxLine  = 512
	maxEmpty = 3
)

// line is what is known of the line that a name stands in.
type line struct {
	seen    int  // up to here the text was read
	start   int  // of the line
	indent  int  // the first byte of it that is no blank, or -1
	quote   int  // the last quote of it, or -1
	section bool // it stands under the [section] of an INI file

	// Found out when it is asked for, and once.
	connection    truth
	hasBeside     bool
	before, after string
	first         bool
}

type truth int8

const (
	unknown truth = iota
	yes
	no
)

// to reads on to i, which never decreases.
func (l *line) to(text string, i int) {
	for ; l.seen < i; l.seen++ {
		c := text[l.seen]
		switch {
		case c == '\n':
			section := inSection(text[l.start:l.seen], l.section)
			*l = line{seen: l.seen, start: l.seen + 1, indent: -1, quote: -1, section: section}
			continue
		case isQuote(c):
			l.quote = l.seen
		}
		if l.indent < 0 && !isBlank(c) {
			l.indent = l.seen
		}
	}
}

// lead is what stands on the line before i, without the indentation.
func (l *line) lead(text string, i int) string {
	if l.indent < 0 {
		return ""
	}
	return text[l.indent:i]
}

// isConnection tells whether the line names a server as connection strings do.
func (l *line) isConnection(text string) bool {
	if l.connection == unknown {
		l.connection = no
		s := text[l.start:skip(text, l.start, maxLine, func(c byte) bool { return c != '\n' })]
		for _, key := range []string{"server=", "data source=", "user id=", "uid=", "initial catalog=", "driver=", "accountname=", "endpoint=", "jdbc:"} {
			if containsFold(s, key) {
				l.connection = yes
			}
		}
	}
	return l.connection == yes
}

// beside returns the nearest line before and after this one that says something,
// without blanks around them, and whether the one before is the text's first, which
// is no part of the file as a rule. Few blank lines are passed, and of long lines
// only the near end is read.
func (l *line) beside(text string) (before string, first bool, after string) {
	if l.hasBeside {
		return l.before, l.first, l.after
	}
	l.hasBeside = true
	end := l.start
	for n := 0; n < maxEmpty && end > 0 && l.before == ""; n++ {
		start := end - 1
		for start > 0 && text[start-1] != '\n' && end-start < maxLine {
			start--
		}
		l.before = strings.TrimSpace(text[start : end-1])
		end = start
	}
	l.first = end == 0
	start := skip(text, l.start, len(text), func(c byte) bool { return c != '\n' })
	for n := 0; n < maxEmpty && start < len(text) && l.after == ""; n++ {
		end := skip(text, start+1, maxLine, func(c byte) bool { return c != '\n' })
		l.after = strings.TrimSpace(text[start+1 : end])
		start = end
	}
	return l.before, l.first, l.after
}

// inSection tells whether the line after this one stands under a section of an
// INI file, where this one stands under one or does not.
func inSection(line string, in bool) bool {
	line = strings.TrimSpace(line[:min(len(line), maxLine)])
	if line == "" {
		return in
	}
	switch line[0] {
	case '#', ';':
		return in
	case '[':
		return line[len(line)-1] == ']' && !strings.ContainsAny(line, "(,=;'") && line != "[]"
	}
	i := blanks(line, skip(line, 0, len(line), func(c byte) bool { return isName(c) || c == '.' }))
	return in && i > 0 && i < len(line) && line[i] == '='
}

// isReference tells whether s stands for a value that is given elsewhere: $NAME,
// ${NAME}, $(command), %NAME%, %s, {{ name }}, <name>,
// #{name}, :name, ?, *alias, \(name), or a pattern's (group).
func isReference(s string) bool {
	names := func(s string) bool {
		return skip(s, 0, len(s), func(c byte) bool { return isName(c) || c == '.' }) == len(s)
	}
	second := byte(0)
	if len(s) > 1 {
		second = s[1]
	}
	switch s[0] {
	case '{', '<', '`', '(':
		return true
	case '$':
		return strings.IndexByte("{([", second) >= 0 || names(s[1:])
	case '%':
		return len(s) < 4 || strings.IndexByte("{(", second) >= 0 || s[len(s)-1] == '%' && names(s[1:len(s)-1])
	case '#', '@':
		return second == '{'
	case '\\':
		return second == '('
	case ':', '?', '*', '&':
		return names(s[1:])
	}
	return false
}

// isWordOfData tells whether s says that there is a value, or whether, and is none.
func isWordOfData(s string) bool {
	switch strings.ToLower(s[:min(len(s), maxType)]) {
	case "true", "false", "yes", "no", "on", "off", "null", "nil", "none", "undefined", "~",
		"required", "optional", "enabled", "disabled", "hidden":
		return true
	}
	return false
}

// isType tells whether s is written as a type is.
func isType(s string) bool {
	s = strings.TrimRight(s, "?!")
	if strings.HasSuffix(s, "]") || strings.HasSuffix(s, ">") || strings.HasSuffix(s, "*") {
		return true // Optional[str], Option<String>, char*
	}
	switch strings.ToLower(s[:min(len(s), maxType)]) {
	case "string", "str", "secretstr", "securestring", "bytes", "text", "char", "varchar", "any", "unknown", "never", "void",
		"object", "symbol", "number", "int", "integer", "float", "double", "bool", "boolean", "date", "datetime", "buffer":
		return true
	}
	return false
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

func isQuote(c byte) bool { return c == '"' || c == '\'' || c == '`' }
