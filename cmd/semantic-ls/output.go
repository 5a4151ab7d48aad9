package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/spf13/pflag"

	"github.com/semantic-ls/semantic-ls/vectors/search"
	"github.com/semantic-ls/semantic-ls/workspace/text"
)

// hitsPerFile is how many hits are asked for to find one more file for -l:
// several of the best hits tend to lie in one file.
const hitsPerFile = 5

// mostHits is the most that can be asked for; the server has the same bound. With
// -l it is five times as many hits, which is still within search.MaxLimit.
const mostHits = 1000

// output is how hits are to be shown.
type output struct {
	limit         int
	json          bool
	files         bool
	full          bool
	explain       bool
	after, before int
	context       int
	afterOrBefore func() (after, before bool) // which of them were given
	paint         paint
	terminal      bool   // a person looks at it, so hostile text is escaped
	base          string // absolute directory that paths are relative to
}

// add defines the flags.
func (o *output) add(flags *pflag.FlagSet) {
	flags.IntVarP(&o.limit, "limit", "n", 20, fmt.Sprintf("show at most `N` hits, 1 to %d", mostHits))
	flags.BoolVar(&o.json, "json", false, "one JSON object a line: path, startLine, endLine, symbol, container, kind, language, score, snippet")
	flags.BoolVarP(&o.files, "files-with-matches", "l", false, "only the paths of files, best first")
	flags.IntVarP(&o.after, "after-context", "A", 0, "show `N` lines after each hit")
	flags.IntVarP(&o.before, "before-context", "B", 0, "show `N` lines before each hit")
	flags.IntVarP(&o.context, "context", "C", 0, "show `N` lines before and after each hit")
	flags.BoolVar(&o.full, "full", false, "show the whole definition")
	o.afterOrBefore = func() (bool, bool) { return flags.Changed("after-context"), flags.Changed("before-context") }
}

// settle checks the flags against each other and finds out where the output
// goes.
func (o *output) settle(p *process, base string) error {
	switch {
	case o.limit > mostHits:
		return hinted(fmt.Sprintf("-n %d is the most: no ranking means anything that far down", mostHits), "-n %d", o.limit)
	case o.limit < 1:
		return hinted("-n 1 is the least", "-n %d", o.limit)
	}
	if min(o.after, o.before, o.context) < 0 {
		return hinted("-A, -B and -C count lines", "a negative number of lines of context")
	}
	if o.explain && o.files {
		return hinted("leave out one of them", "--explain is about hits, -l shows none")
	}
	if o.json && (o.files || o.full || o.after+o.before+o.context > 0) {
		return hinted("--json shows every hit with its lines, whole", "--json goes with none of -l, -A, -B, -C and --full")
	}
	// -A and -B beat -C, as in grep and ripgrep.
	after, before := o.afterOrBefore()
	if !after {
		o.after = o.context
	}
	if !before {
		o.before = o.context
	}
	o.base = base
	var err error
	o.paint, err = p.painting()
	o.terminal = o.paint.on || isTerminal(p.stdout)
	return err
}

// hits is how many to ask the engine for.
func (o *output) hits() int {
	if o.files {
		return o.limit * hitsPerFile
	}
	return o.limit
}

// write shows the hits and returns exit code 1 as an error if there are none.
func (o *output) write(w io.Writer, hits []search.Hit) error {
	buffered := bufio.NewWriter(w)
	var err error
	switch {
	case o.json:
		err = o.writeObjects(buffered, hits)
	case o.files:
		err = o.writeFiles(buffered, hits)
	case o.full || o.after+o.before > 0:
		err = o.writeGroups(buffered, hits)
	default:
		err = o.writeLines(buffered, hits)
	}
	if err != nil {
		return err
	}
	if err := buffered.Flush(); err != nil {
		return err
	}
	if len(hits) == 0 {
		return exitCode(exitNone)
	}
	return nil
}

// writeLines writes `path:line: symbol  snippet`; for related code the reason
// stands before the symbol.
func (o *output) writeLines(w io.Writer, hits []search.Hit) error {
	lines := lineIndex{}
	for _, hit := range hits {
		var what []string
		if hit.Reason != "" {
			what = append(what, o.safe(hit.Reason))
		}
		if name := qualified(hit); name != "" {
			what = append(what, o.paint.symbol(o.safe(name)))
		}
		what = append(what, o.safe(hit.Snippet))
		place := o.paint.path(o.safe(o.relative(hit.Path))) + ":" + o.paint.line(strconv.Itoa(lines.at(hit)+1)) + ":"
		if _, err := fmt.Fprintln(w, place, strings.Join(what, "  ")); err != nil {
			return err
		}
		if err := o.writeExplanation(w, hit.Explanation); err != nil {
			return err
		}
	}
	return nil
}

// lineIndex knows the lines of the files that hits are in, by path. A thousand hits
// may be in one large file, whose lines are looked for once.
type lineIndex map[string]*text.Lines

func (l lineIndex) of(hit search.Hit) *text.Lines {
	if l[hit.Path] == nil {
		l[hit.Path] = text.NewLines(hit.Text)
	}
	return l[hit.Path]
}

// at is the line, from 0, that shows best why it was found.
func (l lineIndex) at(hit search.Hit) int {
	return l.of(hit).Line(hit.SnippetStart)
}

// writeGroups writes each hit with the lines around it, as ripgrep does:
// `path:line:text` for the line that shows best why, `path-line-text` for the
// others, `--` between hits.
func (o *output) writeGroups(w io.Writer, hits []search.Hit) error {
	index := lineIndex{}
	for i, hit := range hits {
		if i > 0 {
			if _, err := fmt.Fprintln(w, "--"); err != nil {
				return err
			}
		}
		lines, best := index.of(hit), index.at(hit)
		first, last := best, best
		if o.full {
			first, last = span(lines, hit)
		}
		first, last = max(0, first-o.before), min(lines.Count()-1, last+o.after)
		if last > first && lines.Start(last) == len(hit.Text) {
			last-- // what follows the last line ending is no line to show
		}
		for n := first; n <= last; n++ {
			mark := "-"
			if n == best {
				mark = ":"
			}
			_, err := fmt.Fprintf(w, "%s%s%s%s%s\n", o.paint.path(o.safe(o.relative(hit.Path))), mark,
				o.paint.line(strconv.Itoa(n+1)), mark, o.safe(hit.Text[lines.Start(n):lines.End(n)]))
			if err != nil {
				return err
			}
		}
		if err := o.writeExplanation(w, hit.Explanation); err != nil {
			return err
		}
	}
	return nil
}

// writeFiles writes each path once, in the order of its best hit.
func (o *output) writeFiles(w io.Writer, hits []search.Hit) error {
	seen := map[string]bool{}
	for _, hit := range hits {
		if seen[hit.Path] || len(seen) == o.limit {
			continue
		}
		seen[hit.Path] = true
		if _, err := fmt.Fprintln(w, o.paint.path(o.safe(o.relative(hit.Path)))); err != nil {
			return err
		}
	}
	return nil
}

// object is a hit for programs. Lines count from 1, both ends included.
type object struct {
	Path      string  `json:"path"`
	StartLine int     `json:"startLine"`
	EndLine   int     `json:"endLine"`
	Symbol    string  `json:"symbol"`
	Container string  `json:"container"`
	Kind      string  `json:"kind"`
	Language  string  `json:"language"`
	Score     float64 `json:"score"`
	Snippet   string  `json:"snippet"`
	Reason    string  `json:"reason,omitempty"` // of related code

	// Only where they are asked for.
	Signals []search.Contribution `json:"signals,omitempty"`
	Factors []search.Factor       `json:"factors,omitempty"`
}

func (o *output) writeObjects(w io.Writer, hits []search.Hit) error {
	lines := lineIndex{}
	for _, hit := range hits {
		if err := writeJSON(w, o.object(lines, hit)); err != nil {
			return err
		}
	}
	return nil
}

func (o *output) object(lines lineIndex, hit search.Hit) object {
	first, last := span(lines.of(hit), hit)
	shown := object{
		Path: o.relative(hit.Path), StartLine: first + 1, EndLine: last + 1,
		Symbol: hit.Symbol, Container: hit.Container, Kind: hit.Kind.String(), Language: hit.Language,
		Score: hit.Score, Snippet: hit.Snippet, Reason: hit.Reason,
	}
	if x := hit.Explanation; x != nil {
		shown.Signals, shown.Factors = x.Signals, x.Factors
	}
	return shown
}

// relative is an absolute path as seen from the base, with forward slashes; absolute
// still where there is no way from there, as between two drives.
func (o *output) relative(path string) string {
	rel, err := filepath.Rel(o.base, path)
	if err != nil {
		rel = path
	}
	return filepath.ToSlash(rel)
}

// safe escapes what comes from a file if a terminal would obey it.
func (o *output) safe(s string) string {
	if o.terminal {
		return escape(s)
	}
	return s
}

// span is the first and the last line of a hit, from 0, both included. White
// space at its end is not counted.
func span(lines *text.Lines, hit search.Hit) (first, last int) {
	end := hit.Start + len(strings.TrimRight(hit.Text[hit.Start:hit.End], " \t\r\n\f\v"))
	first = lines.Line(hit.Start)
	return first, max(first, lines.Line(max(hit.Start, end-1)))
}

// qualified is the symbol with what it belongs to, as in Transport.dial.
func qualified(hit search.Hit) string {
	if hit.Container == "" || hit.Symbol == "" {
		return hit.Symbol
	}
	return hit.Container + "." + hit.Symbol
}

// writeJSON writes v on one line. What a terminal would obey is escaped, which
// means the same to whoever reads JSON.
func writeJSON(w io.Writer, v any) error {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return err
	}
	line, _ := bytes.CutSuffix(b.Bytes(), []byte("\n"))
	if bytes.ContainsFunc(line, hostile) {
		var safe []byte
		for _, r := range string(line) {
			if hostile(r) && r != utf8.RuneError {
				safe = fmt.Appendf(safe, `\u%04x`, r)
			} else {
				safe = utf8.AppendRune(safe, r)
			}
		}
		line = safe
	}
	_, err := w.Write(append(line, '\n'))
	return err
}
