package main

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/semantic-ls/semantic-ls/vectors/words"
)

// hide takes all words of a name out of a text, whatever their case and endings, also where they are a part of an
// identifier, and the name as a whole wherever it stands: of "TestLoadConfigFile", asked of config.go, TestLoadFile is left.
// With identifiers it takes out identifiers that are made of those words alone, and leaves what has others too.
func hide(text, name string, identifiers bool) string {
	hidden := map[string]bool{}
	for _, w := range words.Of(name) {
		hidden[w] = true
	}
	whole := strings.ToLower(strings.NewReplacer("_", "", "-", "", ".", "").Replace(name))
	var out strings.Builder
	for i := 0; i < len(text); {
		n := identifierLength(text[i:])
		if n == 0 {
			_, n = utf8.DecodeRuneInString(text[i:])
			out.WriteString(text[i : i+n])
		} else {
			left := hideIn(text[i:i+n], whole, hidden)
			if identifiers && strings.Trim(left, "_") != "" {
				left = text[i : i+n]
			}
			out.WriteString(left)
		}
		i += n
	}
	return out.String()
}

func hideIn(identifier, whole string, hidden map[string]bool) string {
	var kept strings.Builder
	for _, part := range parts(identifier) {
		of := words.Of(strings.Trim(part, "_"))
		if len(of) == 1 && hidden[of[0]] {
			continue
		}
		kept.WriteString(part)
	}
	// A name that is one word here and two there.
	left := kept.String()
	for len(whole) > 2 {
		at := strings.Index(strings.ToLower(left), whole)
		if at < 0 || len(strings.ToLower(left)) != len(left) {
			break
		}
		left = left[:at] + left[at+len(whole):]
	}
	return left
}

// identifierLength is how long the run of letters, digits and underscores at the start of text is.
func identifierLength(text string) (n int) {
	for n < len(text) {
		r, size := utf8.DecodeRuneInString(text[n:])
		if r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			break
		}
		n += size
	}
	return n
}

// parts cuts an identifier where words begin, as package words does; an underscore belongs to what is before it.
func parts(identifier string) (list []string) {
	runes := []rune(identifier)
	from := 0
	for i := 1; i < len(runes); i++ {
		a, b := runes[i-1], runes[i]
		begins := a == '_' && b != '_' ||
			unicode.IsUpper(b) && !unicode.IsUpper(a) ||
			unicode.IsDigit(b) != unicode.IsDigit(a) && b != '_' && a != '_' ||
			i+1 < len(runes) && unicode.IsUpper(a) && unicode.IsUpper(b) && unicode.IsLower(runes[i+1])
		if begins {
			list, from = append(list, string(runes[from:i])), i
		}
	}
	return append(list, string(runes[from:]))
}
