package main

import (
	"slices"
	"strings"

	"github.com/semantic-ls/semantic-ls/workspace/chunk"
)

const (
	// minName and minDefinition are the shortest name, and the shortest code, by which a definition is known.
	minName       = 5
	minDefinition = 60
)

// definition takes the doc comment of a definition, or else its name, and returns its code.
func (m *miner) definition(f *file, s chunk.Symbol) []count {
	end := min(s.End, s.Start+maxCode)
	doc, code := "", f.text[s.Start:end]
	if s.DocStart < s.Start {
		doc = says(plain(f.text[s.DocStart:s.Start]))
	}
	if from, to, ok := f.docstring(s); ok {
		if doc == "" {
			doc = says(plain(f.text[from:to]))
		}
		code = f.text[s.Start:from] + f.text[to:max(to, min(s.End, to+maxCode))]
	}
	side := m.counts(maxCodeWords, f.where(), s.Container, code)
	m.define(s.Name, code, side)
	if doc != "" {
		m.add(kindDoc, m.counts(maxSaidWords, doc), slices.Clone(side))
	} else if strings.Count(code, "\n") >= 4 && s.NameEnd-s.Start < len(code) {
		m.signature(f, s, f.text[min(s.NameEnd, end):end])
	}
	return side
}

// define remembers which code a name stands for.
func (m *miner) define(name, code string, side []count) {
	if len(name) < minName || len(code) <= minDefinition {
		return
	}
	key := strings.ToLower(name)
	if _, ok := m.defined[key]; ok {
		m.defined[key] = -1
		return
	}
	m.codes = append(m.codes, side)
	m.defined[key] = len(m.codes)
}

// signature takes the name of a definition that has no comment: a third of those that have three words or more, since
// there are many, and they say the least.
func (m *miner) signature(f *file, s chunk.Symbol, body string) {
	said := m.counts(maxSaidWords, s.Name)
	if len(said) >= 3 && m.place%3 == 0 {
		m.add(kindSignature, said, m.counts(maxCodeWords, f.where(), s.Container, body))
	} else {
		m.place++
	}
}

// docstring finds the string that a definition begins with, where that is its comment.
func (f *file) docstring(s chunk.Symbol) (from, to int, ok bool) {
	if f.language != "python" {
		return 0, 0, false
	}
	head := f.text[s.NameEnd:max(s.NameEnd, min(s.End, s.NameEnd+600))] // more than 600 bytes of parameters are rare
	for _, quote := range []string{`"""`, `'''`} {
		n := strings.Index(head, quote)
		if n < 0 {
			continue
		}
		if before := strings.TrimRight(strings.TrimRight(head[:n], "rRuU"), " \t\n"); !strings.HasSuffix(before, ":") {
			continue
		}
		from = s.NameEnd + n
		stop := strings.Index(f.text[from+3:s.End], quote)
		if stop < 0 {
			return 0, 0, false
		}
		return from, from + 3 + stop + 3, true
	}
	return 0, 0, false
}

// header takes what a file says of itself before its first definition, and the headers of its definitions.
func (m *miner) header(f *file) {
	if len(f.Symbols) == 0 {
		return
	}
	said := f.saidFirst()
	if said == "" {
		return
	}
	var headers strings.Builder
	for _, s := range f.Symbols[:min(len(f.Symbols), 80)] { // which fill a side
		headers.WriteString(s.Signature)
		headers.WriteByte(' ')
	}
	m.add(kindFile, m.counts(maxSaidWords, said), m.counts(maxCodeWords, f.where(), headers.String()))
}

// saidFirst is the first of three comments at the head of a file that says something: before it there may be a licence.
func (f *file) saidFirst() string {
	head := f.text[:min(len(f.text), 3000)]
	trimmed := strings.TrimLeft(head, " \t\n")
	if f.language == "python" && (strings.HasPrefix(trimmed, `"""`) || strings.HasPrefix(trimmed, "'''")) {
		if stop := strings.Index(trimmed[3:], trimmed[:3]); stop > 0 {
			if said := says(trimmed[3 : 3+stop]); said != "" {
				return said
			}
		}
	}
	for i, r := range remarks(head, f.marks) {
		if i == 3 || f.Symbols[0].DocStart <= r.start {
			break
		}
		if said := says(r.text); said != "" {
			return said
		}
	}
	return ""
}

// remarks takes the comments inside of definitions, with the lines under them up to a blank one or the next comment.
func (m *miner) remarks(f *file, documented map[int]bool) {
	for _, r := range remarks(f.text, f.marks) {
		// A definition's comment starts at its first mark, a remark with its line.
		first := r.start + len(f.text[r.start:]) - len(strings.TrimLeft(f.text[r.start:], " \t"))
		if r.end >= len(f.text) || documented[first] {
			continue
		}
		s, ok := f.SymbolAt(r.start)
		if !ok || r.start < s.Start {
			continue
		}
		said := says(r.text)
		if said == "" {
			continue
		}
		if code, lines := f.under(r.end, s.End); lines >= 2 {
			m.add(kindRemark, m.counts(maxSaidWords, said), m.counts(maxCodeWords, f.where(), s.Name, code))
		}
	}
}

// under is the paragraph of code at or below an offset: at most 14 lines, and none that starts at stop or later.
func (f *file) under(at, stop int) (code string, lines int) {
	for at < len(f.text) && f.text[at] == '\n' {
		at++
	}
	end := at
	for end < len(f.text) && end < stop && lines < 14 {
		next := lineEnd(f.text, end)
		line := strings.TrimSpace(f.text[end:next])
		if lines > 0 && (line == "" || f.marks.begin(line)) {
			break
		}
		end = next + 1
		lines++
	}
	if end = min(end, len(f.text)); end <= at {
		return "", 0
	}
	return f.text[at:end], lines
}
