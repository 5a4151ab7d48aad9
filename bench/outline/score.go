package main

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// symbol is a definition as an oracle writes it, one JSON line each; lines are one-based. A line with Skip is none: it
// names the first and last of a range of lines that the oracle cannot judge. The first line has the oracle's version.
type symbol struct {
	Version   string `json:"version"`
	Path      string `json:"path"`
	Name      string `json:"name"`
	Kind      string `json:"kind"`
	Container string `json:"container"`
	NameLine  int    `json:"nameLine"`
	AltLine   int    `json:"altLine"` // another line that may count as the name's
	StartLine int    `json:"startLine"`
	EndLine   int    `json:"endLine"` // 0: the oracle does not say
	Level     level  `json:"level"`
	NoEnd     bool   `json:"noEnd"` // the oracle is not sure of the end
	Skip      []int  `json:"skip"`
}

// unknown is the kind or container of a symbol of which an oracle only knows that it is there.
const unknown = "?"

// level says whether an outline has to name a symbol.
type level string

const (
	must  level = ""      // functions, methods, types, modules, function-like macros: recall
	inner level = "inner" // the same, inside a function or an object literal: recall as well
	value level = "value" // constants and variables of files and types: values
	loose level = "loose" // fields, members of enums, what is only declared: right if named, not missed if not
)

// key is what two symbols of one file agree in when they are the same.
type key struct {
	name string
	line int
}

// qualified takes a name apart: whether the module A::B is called that, or B in A, is spelling, and so are white space, quotes
// and the sigils of PHP and Perl.
func (s symbol) qualified() (container, name string) {
	container, name = s.Container, strings.Join(strings.Fields(s.Name), "")
	if len(name) > 1 {
		name = strings.Trim(strings.TrimPrefix(name, `@"`), "`'\"")
		name = strings.TrimLeft(name, "$")
	}
	dotted := strings.NewReplacer("::", ".", `\`, ".").Replace(name)
	if i := strings.LastIndexByte(dotted, '.'); i > 0 && i+1 < len(dotted) && isName(dotted) {
		if container != "" {
			container += "."
		}
		container, name = container+dotted[:i], dotted[i+1:]
	}
	return container, name
}

// isName says that there are only letters, digits, dots and underscores: no operator, no file name with a dash.
func isName(text string) bool {
	for _, r := range text {
		if r != '.' && r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return false
		}
	}
	return true
}

func (s symbol) key(line int) key {
	_, name := s.qualified()
	return key{name, line}
}

func sameContainer(a, b symbol) bool {
	x, _ := a.qualified()
	y, _ := b.qualified()
	return strings.ReplaceAll(x, "`", "") == strings.ReplaceAll(y, "`", "") // Kotlin's names of any text
}

// expectation is what the oracles know of one file.
type expectation struct {
	symbols []symbol       // what may be named; Level says what has to
	second  map[int]symbol // what a second oracle says of the same symbol
	byKey   map[key][]int
	skipped [][2]int
	ends    bool // the oracle says where symbols end
}

// expect puts together what the oracles say of a file. Of two, both must name what has to be named, and either may name what
// is right; kind, container and end are right where one of them says so.
func expect(path string, oracles []*answer) *expectation {
	e := &expectation{byKey: map[key][]int{}, second: map[int]symbol{}}
	for i, a := range oracles {
		e.skipped = append(e.skipped, a.skipped[path]...)
		e.ends = e.ends || i == 0 && a.ends
		if i == 0 {
			for _, s := range a.symbols[path] {
				e.add(s)
			}
			continue
		}
		first := len(e.symbols)
		for _, s := range a.symbols[path] {
			at := e.find(s, func(k int) bool { _, taken := e.second[k]; return k < first && !taken })
			if at < 0 {
				s.Level = loose
				e.add(s)
				continue
			}
			e.second[at] = s
		}
		for k := range first {
			if s, ok := e.second[k]; !ok || s.Level == loose {
				e.symbols[k].Level = loose
			}
		}
	}
	return e
}

func (e *expectation) add(s symbol) {
	n := len(e.symbols)
	e.symbols = append(e.symbols, s)
	k := s.key(s.NameLine)
	e.byKey[k] = append(e.byKey[k], n)
	if s.AltLine > 0 && s.AltLine != s.NameLine {
		k.line = s.AltLine
		e.byKey[k] = append(e.byKey[k], n)
	}
}

// find is the number of the expected symbol that s is, -1 for none: of several the one that has to be named most.
func (e *expectation) find(s symbol, free func(int) bool) int {
	best := -1
	rank := func(i int) int { return slices.Index([]level{must, inner, value, loose}, e.symbols[i].Level) }
	for _, i := range e.byKey[s.key(s.NameLine)] {
		if free(i) && (best < 0 || rank(i) < rank(best)) {
			best = i
		}
	}
	return best
}

func (e *expectation) skips(line int) bool {
	for _, r := range e.skipped {
		if r[0] <= line && line <= r[1] {
			return true
		}
	}
	return false
}

// share is a number of cases and how many of them are as they should be.
type share struct{ right, of int }

func (s *share) count(right bool) {
	s.of++
	if right {
		s.right++
	}
}

func (s share) String() string {
	if s.of == 0 {
		return "–"
	}
	ratio := float64(s.right) / float64(s.of)
	if s.right < s.of {
		ratio = min(ratio, .9999) // 1.0000 is said only of all
	}
	return fmt.Sprintf("%.4f", ratio)
}

// score sums up the files of one language.
type score struct {
	files, bytes, failed int
	recall, inner        share
	values               share
	precision            share
	end, kind, container share
	damaged              share // of what has to be named and is, what is still named after a damage
	unseen               share // lines that the oracles cannot judge
	disagreements        []disagreement
}

// disagreement is one place where scanner and oracle differ.
type disagreement struct {
	path string
	line int
	what string
	text string // of the line
}

func (d disagreement) String() string {
	return fmt.Sprintf("%s:%d: %s\t| %s", d.path, d.line, d.what, d.text)
}

func (s *score) note(d disagreement) { s.disagreements = append(s.disagreements, d) }

// score compares the outline of a file with what is expected of it.
func (e *expectation) score(total *score, ours []symbol, f source) {
	text := strings.Split(f.text, "\n")
	note := func(line int, format string, args ...any) {
		d := disagreement{path: f.path, line: line, what: fmt.Sprintf(format, args...)}
		if line <= len(text) {
			d.text = clip(strings.TrimSpace(text[line-1]), 120)
		}
		total.note(d)
	}
	total.files++
	total.bytes += len(f.text)
	for line := range text {
		total.unseen.count(e.skips(line + 1))
	}
	taken := e.match(ours, func(s symbol, at int) {
		total.precision.count(at >= 0)
		if at < 0 {
			note(s.NameLine, "invented %s %s in %q", s.Kind, s.Name, s.Container)
			return
		}
		x := e.symbols[at]
		if x.Level == loose {
			return
		}
		y, ok := e.second[at]
		if !ok {
			y = x
		}
		right := s.Kind == x.Kind || s.Kind == y.Kind
		if x.Kind == unknown {
			right = true
		} else {
			total.kind.count(right)
		}
		if !right {
			note(s.NameLine, "kind of %s: %s, oracle %s", s.Name, s.Kind, x.Kind)
		}
		right = sameContainer(s, x) || sameContainer(s, y)
		if x.Container == unknown {
			right = true
		} else {
			total.container.count(right)
		}
		if !right {
			note(s.NameLine, "container of %s: %q, oracle %q", s.Name, s.Container, x.Container)
		}
		if !e.ends || x.NoEnd || x.EndLine == 0 {
			return
		}
		right = s.EndLine == x.EndLine || s.EndLine == y.EndLine
		total.end.count(right)
		if !right {
			note(s.NameLine, "end of %s %s: line %d, oracle %d", s.Kind, s.Name, s.EndLine, x.EndLine)
		}
	})
	for i, x := range e.symbols {
		if e.skips(x.NameLine) {
			continue
		}
		switch x.Level {
		case must:
			total.recall.count(taken[i])
		case inner:
			total.recall.count(taken[i])
			total.inner.count(taken[i])
		case value:
			total.values.count(taken[i])
		default:
			continue
		}
		if !taken[i] {
			what := strings.TrimSpace("missed " + string(x.Level))
			note(x.NameLine, "%s: %s %s in %q", what, x.Kind, x.Name, x.Container)
		}
	}
}

// match tells of each symbol of an outline which of the expected ones it is, and returns which of these are found.
func (e *expectation) match(ours []symbol, each func(s symbol, at int)) (taken []bool) {
	taken = make([]bool, len(e.symbols))
	for _, s := range ours {
		if e.skips(s.NameLine) {
			continue
		}
		at := e.find(s, func(i int) bool { return !taken[i] })
		if at >= 0 {
			taken[at] = true
		}
		if each != nil {
			each(s, at)
		}
	}
	return taken
}

// scoreDamaged counts how much of what is named of the whole file is still named of the damaged one.
func (e *expectation) scoreDamaged(total *score, ours, damaged []symbol, whole, broken source) {
	clean, left := e.match(ours, nil), e.match(damaged, nil)
	var file share
	for i, x := range e.symbols {
		if (x.Level == must || x.Level == inner) && clean[i] && !e.skips(x.NameLine) {
			file.count(left[i])
		}
	}
	total.damaged.right += file.right
	total.damaged.of += file.of
	if lost := file.of - file.right; lost > 0 {
		line, text := firstDifference(whole.text, broken.text)
		total.note(disagreement{
			path: whole.path, line: line, what: fmt.Sprintf("damage: %d of %d lost", lost, file.of),
			text: clip(strings.TrimSpace(text), 120),
		})
	}
}

// firstDifference is the line, and its text in the second, from which two texts differ.
func firstDifference(a, b string) (line int, text string) {
	first, second := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(first), len(second)) {
		if first[i] != second[i] {
			return i + 1, second[i]
		}
	}
	return 1, ""
}

func clip(text string, n int) string {
	if len(text) <= n {
		return text
	}
	return text[:n] + "…"
}
