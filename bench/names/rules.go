package main

import (
	"math/rand/v2"
	"strings"
	"unicode"
)

var rules = []rule{
	{name: "exact", of: func(d definition, _ *rand.Rand) string { return strings.ToLower(d.name) }},
	{name: "prefix", of: func(d definition, _ *rand.Rand) string { return beginning(d.name) }},
	{name: "initials", of: initials},
	{name: "humps", of: humps},
	{name: "part", of: part},
	{name: "parts", of: someParts},
	{name: "typo", of: func(d definition, random *rand.Rand) string { return mistyped(strings.ToLower(d.name), random) }},
	{name: "typing", of: func(d definition, random *rand.Rand) string {
		if len(d.name) < 12 {
			return ""
		}
		return mistyped(beginning(d.name), random)
	}},
	{name: "qualified", qualified: true, of: func(d definition, _ *rand.Rand) string { return inside(d, d.name) }},
	{name: "in part", qualified: true, of: func(d definition, _ *rand.Rand) string { return inside(d, beginning(d.name)) }},
}

// beginning is the first 60 % of a name.
func beginning(name string) string {
	return strings.ToLower(strings.TrimRight(string([]rune(name)[:(6*len([]rune(name))+9)/10]), "_-"))
}

// inside puts what a definition is in before a pattern.
func inside(d definition, pattern string) string {
	container := d.container[strings.LastIndexByte(d.container, '.')+1:]
	if container == "" || strings.ContainsFunc(container, notInName) {
		return ""
	}
	return container + "." + pattern
}

func notInName(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' }

// partsOf cuts a name into its parts, in lower case.
func partsOf(name string) (parts []string) {
	runes := []rune(name)
	start := 0
	end := func(i int) {
		if i > start {
			parts = append(parts, strings.ToLower(string(runes[start:i])))
		}
		start = i
	}
	for i, r := range runes {
		switch {
		case notInName(r) || r == '_':
			end(i)
			start = i + 1
		case i == start:
		case unicode.IsUpper(r) && (!unicode.IsUpper(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1])):
			end(i)
		case unicode.IsDigit(r) != unicode.IsDigit(runes[i-1]):
			end(i)
		}
	}
	end(len(runes))
	return parts
}

func initials(d definition, _ *rand.Rand) (pattern string) {
	parts := partsOf(d.name)
	if len(parts) < 3 {
		return ""
	}
	for _, p := range parts {
		pattern += p[:1]
	}
	return pattern
}

func humps(d definition, random *rand.Rand) (pattern string) {
	parts := partsOf(d.name)
	if len(parts) < 2 {
		return ""
	}
	for _, p := range parts[:min(len(parts), 2+random.IntN(2))] {
		pattern += p[:min(len(p), 1+random.IntN(3))]
	}
	if len(pattern) < 3 {
		return ""
	}
	return pattern
}

func part(d definition, random *rand.Rand) string {
	parts := partsOf(d.name)
	if len(parts) < 2 {
		return ""
	}
	if p := parts[1+random.IntN(len(parts)-1)]; len(p) >= 5 {
		return p
	}
	return ""
}

func someParts(d definition, random *rand.Rand) string {
	parts := partsOf(d.name)
	if len(parts) < 3 {
		return ""
	}
	at := 1 + random.IntN(len(parts)-2)
	return parts[at] + parts[at+1][:(len(parts[at+1])+1)/2]
}

// mistyped makes one edit behind the first letter of a word.
func mistyped(word string, random *rand.Rand) string {
	if len(word) < 5 || strings.ContainsFunc(word, func(r rune) bool { return r >= 0x80 }) {
		return ""
	}
	b := []byte(word)
	at := 1 + random.IntN(len(b)-2)
	letter := byte('a' + random.IntN(26))
	switch random.IntN(4) {
	case 0:
		b = append(b[:at], b[at+1:]...)
	case 1:
		b = append(b[:at], append([]byte{letter}, b[at:]...)...)
	case 2:
		b[at] = letter
	default:
		b[at], b[at+1] = b[at+1], b[at]
	}
	if string(b) == word {
		return ""
	}
	return string(b)
}
