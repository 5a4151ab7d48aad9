package main

import (
	"regexp"
	"slices"
	"strings"

	"github.com/semantic-ls/semantic-ls/workspace/chunk"
)

// reference is a text that names definitions.
type reference struct {
	said  []count
	names []string // in small letters
	kind  kind
	most  int // definitions that it may be about
}

var (
	title = regexp.MustCompile("\\b(?:it|test|specify|should|scenario|describe|context|feature|TEST_CASE|SECTION)" +
		"[ (]+@?[\"'`]([^\"'`\n]{12,160})[\"'`]")
	identifier = regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_]{4,60}`)
	ticked     = regexp.MustCompile("``?([^`\n]{5,60})``?")
)

// tests takes the titles of a file's tests: strings that a call begins with, and names of functions.
func (m *miner) tests(f *file) {
	for _, at := range title.FindAllStringSubmatchIndex(f.text, -1) {
		end := at[1]
		for range 16 { // lines; where the body ends is not known
			if end = lineEnd(f.text, min(end+1, len(f.text))); end == len(f.text) {
				break
			}
		}
		m.test(f, m.counts(maxSaidWords, f.text[at[2]:at[3]]), f.text[at[1]:end])
	}
	for _, s := range f.Symbols {
		function := s.Kind == chunk.Function || s.Kind == chunk.Method
		if !function || !strings.Contains(strings.ToLower(s.Name), "test") && !strings.Contains(s.Name, "hould") {
			continue
		}
		said := m.counts(maxSaidWords, strings.NewReplacer("test_", "", "Test", "", "test", "").Replace(s.Name))
		if len(said) >= 5 {
			m.test(f, said, f.text[s.NameEnd:min(s.End, s.NameEnd+maxCode)])
		}
	}
}

// test takes one title, with its body and with the definitions that the body names.
func (m *miner) test(f *file, said []count, body string) {
	if len(said) < 3 {
		return
	}
	m.add(kindTest, said, m.counts(maxCodeWords, f.where(), body))
	m.naming = append(m.naming, reference{said, identifiers(body), kindTested, 2})
}

// identifiers are the names in code, each once, in order, in small letters.
func identifiers(code string) (list []string) {
	for _, name := range identifier.FindAllString(code, 60) { // those of 16 lines
		if name = strings.ToLower(name); !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	return list
}

// documentation takes the paragraphs that name definitions, without the names.
func (m *miner) documentation(text string) {
	for paragraph := range strings.SplitSeq(text, "\n\n") {
		if len(paragraph) < 40 || len(paragraph) > 1200 || strings.HasPrefix(paragraph, "    ") ||
			strings.HasPrefix(strings.TrimSpace(paragraph), "```") {
			continue
		}
		var names []string
		for _, n := range ticked.FindAllStringSubmatch(paragraph, 6) {
			names = append(names, identifiers(n[1])...)
		}
		if len(names) == 0 {
			continue
		}
		said := m.counts(maxSaidWords, says(plain(ticked.ReplaceAllString(paragraph, " it "))))
		if len(said) >= 5 {
			m.naming = append(m.naming, reference{said, names, kindDocs, 1})
		}
	}
}

// resolve makes pairs of the texts that name definitions, and of commits, once all definitions are known.
func (m *miner) resolve() {
	for _, r := range m.naming {
		n := 0
		for _, name := range r.names {
			if at := m.defined[name]; at > 0 && n < r.most {
				m.add(r.kind, slices.Clone(r.said), slices.Clone(m.codes[at-1]))
				n++
			}
		}
	}
	for _, c := range m.commits {
		for _, code := range c.mostChanged() {
			m.add(kindCommit, m.counts(maxSaidWords, c.said), slices.Clone(code))
		}
	}
}
