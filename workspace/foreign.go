package workspace

import (
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

// Foreign reports whether nobody here writes the file at path, as its name or its directories say: it is checked in as
// somebody else wrote it, or a program writes it. It is read and found like any other, below what people write.
func Foreign(file string) bool {
	lower := strings.ToLower(file)
	dir, base := path.Split(lower)
	for i := 0; dir != ""; i++ {
		var part string
		part, dir, _ = strings.Cut(dir, "/")
		switch part {
		case "vendor", "third_party", "thirdparty", "third-party", "3rdparty", "3rd-party", "3rd_party", "external", "extern",
			"node_modules", "generated", "__generated__", "carthage", "godeps", ".yarn":
			return true
		case "vendors", "deps", "pods", "dist":
			if i == 0 { // further down it is a word like others
				return true
			}
		}
	}
	return generatedName(base)
}

// generatedName knows what generators of code call their files, and the scripts that build tools leave in a project. A
// name that ends in _gen is as often that of a generator, but for Go's.
func generatedName(base string) bool {
	switch base {
	case "gradlew", "gradlew.bat", "mvnw", "mvnw.cmd":
		return true
	}
	for _, mark := range [...]string{
		".pb.", "_pb2.", "_pb2_grpc.", "_pb.", "_generated.", ".generated.", "_bundle.", ".bundle.", ".designer.", ".freezed.",
	} {
		if strings.Contains(base, mark) {
			return true
		}
	}
	for _, end := range [...]string{"_gen.go", ".g.dart", ".g.cs", ".g.i.cs"} {
		if strings.HasSuffix(base, end) {
			return true
		}
	}
	return strings.HasPrefix(base, "zz_generated") || strings.HasSuffix(strings.TrimSuffix(base, path.Ext(base)), ".gen")
}

const (
	// headLines and headBytes bound where a generator says that it wrote the file: above it stand a licence and a few
	// directives, 30 lines of them at most.
	headLines = 50
	headBytes = 4 << 10
)

// Generated reports whether a text says, in the comments that it begins with, that a program wrote it. Only those
// count: a generator has the same words further down, in its templates.
func Generated(text string) bool {
	text = text[:min(len(text), headBytes)]
	if lower := strings.ToLower(text); !strings.Contains(lower, "generated") && !strings.Contains(lower, "bison") {
		return false // as of most: none of the phrases does without these
	}
	until := ""             // what ends the comment that is open
	last, fresh := "", true // the line before, and whether a sentence may begin with it
	for n := 0; n < headLines && text != ""; n++ {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		if until == "" {
			if until = opens(line); until == "" && !lineComment(line) {
				if preamble(line) {
					continue
				}
				return false
			}
		}
		words := plainWords(line)
		// The two halves of such a sentence may stand on two lines.
		if saysGenerated(last, words, fresh) {
			return true
		}
		last, fresh = words, ended(last)
		if until != "" && ends(line, until) {
			until = ""
		}
	}
	return false
}

// opens returns what ends the block of comment that line begins, or "".
func opens(line string) string {
	for _, pair := range [...][2]string{
		{"/*", "*/"}, {"<!--", "-->"}, {"{-", "-}"}, {"(*", "*)"}, {`"""`, `"""`}, {"'''", "'''"}, {"--[[", "]]"}, {"#|", "|#"},
	} {
		if strings.HasPrefix(line, pair[0]) {
			return pair[1]
		}
	}
	return ""
}

// ends reports whether a block ends on line, which may be the one that begins it.
func ends(line, until string) bool {
	if line == until {
		return true
	}
	return strings.Contains(line[min(len(line), len(until)):], until)
}

func lineComment(line string) bool {
	switch line[0] {
	case '#', ';', '%', '!', '"', '\'', '*':
		return true
	}
	for _, sign := range [...]string{"//", "--", "..", "rem ", "REM ", "dnl ", "@rem", "@REM"} {
		if strings.HasPrefix(line, sign) {
			return true
		}
	}
	return false
}

// preamble reports whether a line of code may stand above the words of a generator.
func preamble(line string) bool {
	for _, start := range [...]string{"<?", "package ", "use strict", "@file:", "---", "$", "module ", "syntax", "/// <reference"} {
		if strings.HasPrefix(line, start) {
			return true
		}
	}
	return false
}

// plainWords is a line without the signs of a comment, single spaces between its words.
func plainWords(line string) string {
	var b strings.Builder
	space := false
	for _, r := range line {
		switch {
		case 'A' <= r && r <= 'Z', 'a' <= r && r <= 'z', '0' <= r && r <= '9', r == '@', r == '<', r == '.', r >= utf8.RuneSelf:
		default:
			space = b.Len() > 0
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

// saysGenerated reports whether two lines that follow each other, of plainWords, hold the words of a generator about the
// file that they stand in. That a program wrote this file and that nobody should edit it are both needed, or a phrase
// that no person writes about anything else. fresh says that a sentence may begin with the first of the lines.
func saysGenerated(last, line string, fresh bool) bool {
	cased := strings.Fields(last + " " + line)
	words := make([]string, len(cased))
	for i, w := range cased {
		words[i] = strings.ToLower(w)
	}
	if slices.Contains(words, "@generated") {
		return true
	}
	text, second := strings.Join(words, " "), len(strings.Fields(last))
	forbidden := says(text, forbids[:]) >= 0
	if at := says(text, generators[:]); at >= 0 && (forbidden || !template(text[at:])) {
		return true
	}
	if !forbidden {
		return false
	}
	for i, w := range words {
		if strings.HasSuffix(strings.TrimSuffix(w, "."), "generated") {
			begins := i == 0 && fresh || i == second && ended(last)
			if ofThisFile(words, i, begins || cased[i][0] == 'G', strings.HasPrefix(cased[i], "GENERATED")) {
				return true
			}
		}
	}
	return false
}

// ended reports whether a line leaves no sentence open.
func ended(line string) bool { return line == "" || strings.HasSuffix(line, ".") }

// says returns where the first of the phrases that it holds stands in text, or -1.
func says(text string, phrases []string) int {
	for _, phrase := range phrases {
		if at := strings.Index(text, phrase); at >= 0 {
			return at
		}
	}
	return -1
}

// generators are phrases that only a generator writes.
var generators = [...]string{
	"generated by the protocol buffer compiler", "<auto generated", "<autogenerated",
	"file was automatically generated", "file is automatically generated", "file has been automatically generated",
	"code was automatically generated", "file was auto generated", "file is auto generated", "file was autogenerated",
	"file is autogenerated", "file was generated by", "file is generated by", "file has been generated by",
	"code was generated by a tool", "is machine generated", "automatically generated file", "automatically generated code",
	"is an auto generated file", "is an autogenerated file", "this is a generated file", "file is generated from",
	"file was generated from", "parser made by gnu bison", "lexical scanner generated by flex", "autogenerated by thrift",
	"generated by cython", "generated by coffeescript", "generated by peg.js", "generated by antlr", "parser generated by jison",
	"generated by ragel", "generated by swig", "generated by roxygen2", "generated by pub build", "generated by asn1",
	"a bison parser", "generated by gnu autoconf", "generated by automake", "generated automatically by aclocal",
}

// forbids are what people are asked not to do with what is generated.
var forbids = [...]string{
	"not edit", "not modify", "don t edit", "don t modify", "not change", "not be edited", "not be modified", "changes will be lost",
}

// template reports whether the sentence that text begins with names a program that makes a file for people to go on with.
func template(text string) bool {
	if strings.HasSuffix(text, " by") {
		return true // which, the next line says
	}
	sentence, _, _ := strings.Cut(text, ". ")
	for w := range strings.FieldsSeq(sentence) {
		switch strings.TrimSuffix(w, ".") {
		case "init", "quickstart", "scaffold", "scaffolding", "archetype", "wizard":
			return true
		}
	}
	return false
}

// ofThisFile reports whether words[i], which is "generated" or ends so, is said of the file itself and not of what it
// deals with. begins says that a sentence begins there, shouted that it is in capitals.
func ofThisFile(words []string, i int, begins, shouted bool) bool {
	next := func(n int) string {
		if i+n < len(words) {
			return words[i+n]
		}
		return ""
	}
	automatic := len(strings.TrimSuffix(words[i], ".")) > len("generated") || next(1) == "automatically"
	before := words[:i] // up to what it is said of
	for len(before) > 0 && linking(before[len(before)-1]) {
		automatic = automatic || automatically(before[len(before)-1])
		before = before[:len(before)-1]
	}
	subject, object := "", before
	if n := len(before); n > 0 {
		subject, object = before[n-1], before[:n-1]
	}
	if subject == "the" {
		object = before
	}
	// "Do not edit the code generated here" is said of other files.
	if n := len(object); n > 1 && object[n-1] == "the" && edit(object[n-2]) {
		return false
	}
	alone := begins && len(before) == i // a sentence without a subject
	if alone && thing(next(1)) {
		return how(next(2)) || ask(next(2)) || shouted
	}
	return automatic || shouted || thing(subject) || subject == "this" ||
		how(next(1)) && edit(subject) || alone && (how(next(1)) || ask(next(1)))
}

// how begins the words that say what a file was generated by.
func how(word string) bool {
	switch word {
	case "by", "from", "with", "using", "via":
		return true
	}
	return false
}

// linking words stand between a subject and what is said of it.
func linking(word string) bool {
	switch word {
	case "is", "was", "are", "were", "be", "been", "has", "have", "a", "an":
		return true
	}
	return automatically(word)
}

func automatically(word string) bool {
	return word == "auto" || word == "automatically" || word == "machine"
}

// ask begins the words that say what not to do.
func ask(word string) bool {
	switch word {
	case "do", "don", "please", "never":
		return true
	}
	return false
}

// thing is what a file calls itself.
func thing(word string) bool {
	switch word {
	case "file", "files", "code", "source", "module", "header", "document", "script", "class", "content", "contents":
		return true
	}
	return false
}

// edit ends the words that say what not to do.
func edit(word string) bool { return word == "edit" || word == "modify" || word == "change" }
