package search

import (
	"strings"
	"unicode"

	"github.com/semantic-ls/semantic-ls/vectors/index"
)

// name is a word of the query as it was typed, and how sure it is that it names
// something.
type name struct {
	text   string
	weight float64
	like   index.Likeness
}

// How much a definition of that name counts: all of it where the name is the
// whole query, half for what can only be an identifier, a fifth for a plain word
// that happens to be a name. Over the questions of class.go, 0.35 instead of a half
// costs 0.006 of the mean reciprocal rank, and more than a half gains nothing; for the
// plain word 0 to 0.5 are within 0.008 of a fifth.
const (
	nameIsQuery    = 1.0
	nameIdentifier = 0.5
	nameWord       = 0.2
)

// isIdentifier reports whether a word can only be a name: camelCase, snake_case
// or with a digit inside.
func isIdentifier(w string) bool {
	lower := false
	for i := range len(w) {
		switch c := w[i]; {
		case c == '_' && i > 0 && i < len(w)-1:
			return true
		case c >= 'A' && c <= 'Z' && lower:
			return true
		case c >= '0' && c <= '9' && i > 0:
			return true
		case c >= 'a' && c <= 'z':
			lower = true
		}
	}
	return false
}

// longestName is the most bytes of a word that is taken for a name.
const longestName = 128

// qualifiedNames returns what of a text is the name of something in another thing, or, where all
// of it is one word, that: alone says so.
func qualifiedNames(text string) (list []name, alone bool) {
	fields := strings.Fields(text)
	for i, w := range fields {
		if i == maxTerms || len(list) == maxTerms {
			break
		}
		w = strings.Trim(w, "`'\"“”‘’,;")
		called := strings.HasSuffix(w, "()")
		w = strings.TrimRight(strings.TrimSuffix(w, "()"), ".:/#>")
		parts := index.SplitName(w)
		if len(parts) == 0 || len(w) > longestName || strings.Contains(w, "://") || strings.ContainsFunc(w, noPartOfName) {
			continue
		}
		last := parts[len(parts)-1]
		isFile := !called && strings.HasSuffix(w, "."+last) && isExtension(last)
		switch {
		case len(fields) == 1 && !isFile && strings.IndexFunc(last, isOfName) >= 0 && len(w) > 1:
			return []name{{w, nameIsQuery, index.Loosely}}, true
		case len(parts) == 1 || isFile || len(last) < 3:
		case called || strings.Contains(w, "::") || strings.ContainsAny(w, "#>") || !strings.ContainsAny(w, ":/-"):
			list = append(list, name{w, nameIdentifier, index.Roughly})
		}
	}
	return list, false
}

func isOfName(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// noPartOfName reports whether a character stands in no name, nor between two.
func noPartOfName(r rune) bool {
	return !isOfName(r) && !unicode.Is(unicode.Mn, r) && !strings.ContainsRune(".:#/>-$@!?=&*~", r)
}

// isExtension reports whether the last part of a dotted word makes it the name of a file, or
// of a host: a sentence has more of those than of fields called json.
func isExtension(end string) bool {
	switch strings.ToLower(end) {
	case "go", "py", "js", "ts", "jsx", "tsx", "rs", "rb", "java", "kt", "cs", "cc", "cpp", "hpp", "php", "ex", "exs", "lua", "zig",
		"swift", "scala", "sh", "sql", "css", "html", "vue", "json", "yaml", "yml", "toml", "xml", "ini", "cfg", "conf", "env", "md",
		"txt", "rst", "csv", "log", "lock", "mod", "sum", "proto", "io", "com", "org", "net", "dev":
		return true
	}
	return false
}
