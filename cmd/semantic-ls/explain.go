package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/semantic-ls/semantic-ls/vectors/search"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
	"github.com/semantic-ls/semantic-ls/workspace/text"
)

// signalsHelp says what the lines of --explain mean.
func signalsHelp() string {
	var b strings.Builder
	for _, s := range search.Signals() {
		fmt.Fprintf(&b, "\n  %-6s %s", s.Name, s.Meaning)
	}
	return b.String()
}

// shareCells is how wide the bar of a whole score is.
const shareCells = 20

// bar shows a share to a person, who rather looks than reads.
func (o *output) bar(share float64) string {
	cells := int(share*shareCells + 0.5)
	if !o.terminal || cells <= 0 {
		return ""
	}
	return "  " + o.paint.line(strings.Repeat("=", min(cells, shareCells)))
}

// writeExplanation writes a line for each signal, `name  value x weight  share`, and for
// each factor.
func (o *output) writeExplanation(w io.Writer, x *search.Explanation) error {
	if x == nil {
		return nil
	}
	for _, s := range x.Signals {
		if s.Weight == 0 {
			continue // it has no say in this query
		}
		_, err := fmt.Fprintf(w, "    %-13s  %.3f x %-5s %3.0f%%%s\n", s.Name, s.Value, number(s.Weight), 100*s.Share, o.bar(s.Share))
		if err != nil {
			return err
		}
	}
	for _, f := range x.Factors {
		if _, err := fmt.Fprintf(w, "    %-13s        x %s\n", f.Name, number(f.Value)); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "    %-13s  %.3f\n", "score", x.Score)
	return err
}

// number is a weight or a factor as it was chosen.
func number(x float64) string { return strconv.FormatFloat(x, 'g', 3, 64) }

// spotOf reads FILE or FILE:LINE. FILE is looked for here, and then below dir, where the
// paths of hits start.
func spotOf(arg, dir string) (indexing.Spot, error) {
	for _, base := range []string{"", dir} {
		for _, try := range []func(string) (string, int){
			func(arg string) (string, int) { return arg, -1 },
			cutLine,
			func(arg string) (string, int) { // FILE:LINE:COLUMN, as compilers print it
				before, _, _ := cutLast(arg)
				return cutLine(before)
			},
		} {
			file, line := try(arg)
			if file == "" {
				continue
			}
			if !filepath.IsAbs(file) {
				file = filepath.Join(base, file)
			}
			if exists(file) {
				path, err := filepath.Abs(file)
				return indexing.Spot{Path: path, Line: line}, err
			}
		}
	}
	return indexing.Spot{}, hinted("PATH is a file, or FILE:LINE with lines from 1", "%w", noSuch("file", arg))
}

// cutLine cuts a line's number off, "" where there is none.
func cutLine(arg string) (file string, line int) {
	file, digits, _ := cutLast(arg)
	line, err := strconv.Atoi(digits)
	if err != nil || line < 1 {
		return "", 0
	}
	return file, line - 1
}

// whyNot answers --why-not for a query, given also as it was typed.
func (p *process) whyNot(ctx context.Context, query string, q indexing.Query, dir, path string, out *output) error {
	defer exitSoon(ctx)()
	s, err := p.settings()
	if err != nil {
		return err
	}
	at, err := spotOf(path, dir)
	if err != nil {
		return err
	}
	return p.inFolder(ctx, s, dir, func(f *folder) error {
		rel, err := filepath.Rel(f.root, at.Path)
		if err != nil || !filepath.IsLocal(rel) {
			return hinted("name the directory to search: semantic-ls search --why-not "+quote(path)+" "+quote(query)+" DIR",
				"%s lies outside %s", path, f.root)
		}
		if err := p.bringUp(ctx, f); err != nil {
			return err
		}
		q.Limit, q.Folders = out.hits(), f.only(dir)
		x, err := f.Explain(ctx, workspace.Documents{}, q, at)
		if errors.Is(err, fs.ErrNotExist) {
			return noSuch("file", path)
		}
		if err != nil {
			return err
		}
		if at.Line >= 0 && x.Verdict != indexing.Skipped {
			content, _, _, err := workspace.Read(f.root, filepath.ToSlash(rel), s.Index.MaxFileSize)
			if n := text.NewLines(content).Count(); err == nil && at.Line >= n {
				return fmt.Errorf("%s has %d lines", rel, n)
			}
		}
		p.warn(x.Warning)
		buffered := bufio.NewWriter(p.stdout)
		if out.json {
			err = writeJSON(buffered, out.verdictOf(at, x))
		} else {
			err = out.writeVerdict(buffered, at, x)
		}
		if err := errors.Join(err, buffered.Flush()); err != nil {
			return err
		}
		if x.Verdict != indexing.Hit {
			return exitCode(exitNone)
		}
		return nil
	})
}

// verdict is an answer to --why-not for programs. Rank is null for what is nowhere.
type verdict struct {
	Path     string                `json:"path"`
	Line     int                   `json:"line,omitempty"` // from 1; left out where the file was asked about
	Verdict  indexing.Verdict      `json:"verdict"`
	Rank     *int                  `json:"rank"`
	Of       int                   `json:"of"`
	Score    float64               `json:"score"`
	Signals  []search.Contribution `json:"signals"`
	Factors  []search.Factor       `json:"factors"`
	Skipped  *skippedPath          `json:"skipped,omitempty"`
	Filtered []string              `json:"filtered,omitempty"` // flags, filters in the query, or the directory
	Last     *lastHit              `json:"last,omitempty"`
}

// lastHit is the last one of those that are shown.
type lastHit struct {
	Path    string                `json:"path"`
	Symbol  string                `json:"symbol"`
	Score   float64               `json:"score"`
	Signals []search.Contribution `json:"signals"`
	Factors []search.Factor       `json:"factors"`
}

func (o *output) verdictOf(at indexing.Spot, x indexing.Explanation) verdict {
	v := verdict{
		Path: o.relative(at.Path), Line: at.Line + 1, Verdict: x.Verdict, Of: x.Place.Found, Score: x.Place.Score,
		Signals: append([]search.Contribution{}, x.Place.Signals...), Factors: append([]search.Factor{}, x.Place.Factors...),
		Filtered: flagsOf(x.Filter),
	}
	if x.Place.Rank > 0 {
		v.Rank = &x.Place.Rank
	}
	if x.Skip.Skipped() {
		v.Skipped = &skippedPath{v.Path, x.Skip.Rule, x.Skip.Source}
	}
	if l := x.Last; l != nil {
		v.Last = &lastHit{o.relative(l.Path), l.Symbol, l.Score, l.Signals, append([]search.Factor{}, l.Factors...)}
	}
	return v
}

// flagsOf are the flags that do not let something pass, or the filters in the query.
func flagsOf(r indexing.Refusal) (flags []string) {
	flag := map[string]string{
		"languages": "-t ", "notLanguages": "-T ", "globs": "-g ", "kinds": "--kind ",
		"lang": "lang:", "-lang": "-lang:", "path": "path:", "-path": "-path:", "kind": "kind:", "-kind": "-kind:",
		"content": "content:", "-content": "-content:",
	}[r.List]
	for _, given := range r.Given {
		flags = append(flags, flag+given)
	}
	return flags
}

// writeVerdict writes one line that says it, and below it the signals where there are some.
func (o *output) writeVerdict(w io.Writer, at indexing.Spot, x indexing.Explanation) error {
	place := o.paint.path(o.safe(o.relative(at.Path)))
	if at.Line >= 0 {
		place += ":" + o.paint.line(strconv.Itoa(at.Line+1))
	}
	said := ""
	switch x.Verdict {
	case indexing.Skipped:
		said = "never read: " + o.safe(x.Skip.String())
	case indexing.Waiting:
		said = fmt.Sprintf("not indexed yet, %d of %d files are", x.Coverage.FilesIndexed, x.Coverage.FilesTotal)
	case indexing.Filtered:
		said = "left out by " + o.safe(strings.Join(flagsOf(x.Filter), ", "))
		if x.Filter.List == "folders" {
			said = "not below " + o.safe(strings.Join(x.Filter.Given, ", "))
		}
	case indexing.Empty:
		said = "no text to find there"
	case indexing.Unlike:
		said = "no word and no meaning in common with the query"
		if x.Place.Found > 0 {
			said += fmt.Sprintf(", which %d places have", x.Place.Found)
		}
	case indexing.Hit, indexing.Below:
		said = fmt.Sprintf("number %d of %d, score %.3f", x.Place.Rank, x.Place.Found, x.Place.Score)
	}
	if x.Verdict == indexing.Below && x.Last != nil {
		last := o.paint.path(o.safe(o.relative(x.Last.Path)))
		if x.Last.Symbol != "" {
			last += "  " + o.paint.symbol(o.safe(x.Last.Symbol))
		}
		said += fmt.Sprintf("; number %d, the last one shown, has %.3f: %s", x.Last.Rank, x.Last.Score, last)
	}
	if _, err := fmt.Fprintf(w, "%s: %s\n", place, said); err != nil {
		return err
	}
	switch {
	case x.Verdict == indexing.Hit:
		return o.writeExplanation(w, &x.Place)
	case x.Verdict == indexing.Below && x.Last != nil:
		return o.writeBeside(w, &x.Place, &x.Last.Explanation)
	}
	return nil
}

// writeBeside writes the signals of what is not shown beside those of the last hit that
// is, and how much of its score each makes the difference.
func (o *output) writeBeside(w io.Writer, x, last *search.Explanation) error {
	fmt.Fprintf(w, "    %-13s  %5s   %5s   %-6s  lacks\n", "", "it", "last", "weight")
	for i, s := range x.Signals {
		if s.Weight == 0 {
			continue
		}
		of := last.Signals[i]
		lacks := of.Share*last.Score - s.Share*x.Score
		fmt.Fprintf(w, "    %-13s  %.3f   %.3f   %-6s %6.3f%s\n",
			s.Name, s.Value, of.Value, number(s.Weight), lacks, o.bar(lacks/cmp.Or(last.Score, 1)))
	}
	var names []string
	for _, f := range slices.Concat(x.Factors, last.Factors) {
		if !slices.Contains(names, f.Name) {
			names = append(names, f.Name)
		}
	}
	for _, name := range names {
		fmt.Fprintf(w, "    %-13s %6s  %6s\n", name, "x "+factor(x, name), "x "+factor(last, name))
	}
	_, err := fmt.Fprintf(w, "    %-13s  %.3f   %.3f          %6.3f\n", "score", x.Score, last.Score, last.Score-x.Score)
	if x.Rank > x.Looked {
		const behind = "    The first %d by words, meaning and names are looked at closer; this one stands behind them.\n"
		_, err = fmt.Fprintf(w, behind, x.Looked)
	}
	return err
}

// factor is that of a name, 1 where there is none.
func factor(x *search.Explanation, name string) string {
	for _, f := range x.Factors {
		if f.Name == name {
			return number(f.Value)
		}
	}
	return "1"
}
