package main

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/semantic-ls/semantic-ls/bench/quality/measure"
)

// heading of the tables of rankings.
var heading = []string{"NDCG@10", "files, each once", "95 % of draws", "hits as they come", "the whole has more", "95 % of draws"}

// markdown is the section: a heading, the command, and tables with columns that stand under each other, so that it
// reads as well on a terminal.
func (r *report) markdown() string {
	var b strings.Builder
	questions, languages := 0, map[string]bool{}
	for _, repo := range r.set.Repositories {
		questions += len(repo.Tasks)
		languages[repo.Language] = true
	}
	fmt.Fprintf(&b, "## %s\n\n    %s\n\n", r.title, r.command)
	fmt.Fprintf(&b, "%d questions about %d repositories in %d languages", questions, len(r.set.Repositories), len(languages))
	if r.set.Halved {
		of := "both halves, of which one was tuned on"
		switch r.set.Half {
		case measure.HalfTune:
			of = "the half that may be tuned on"
		case measure.HalfReport:
			of = "the half that reports, whose questions nobody looked at while tuning"
		}
		fmt.Fprintf(&b, ": %s", of)
	}
	fmt.Fprintf(&b, ".\nModel %s; weights and factors: %s.\n\n", r.model, r.setting)

	figures := [][]string{heading}
	figures = append(figures, r.figures(r.whole)[:4])
	for _, of := range r.beside {
		figures = append(figures, r.figures(of))
	}
	writeTable(&b, figures)

	b.WriteString("Each signal off, the others as they are:\n\n")
	figures = [][]string{heading}
	for _, of := range r.without {
		figures = append(figures, r.figures(of))
	}
	writeTable(&b, figures)

	if len(r.peers) > 0 {
		b.WriteString("Published by others, on processors where nothing else is said, on all repositories of this benchmark;\n" +
			"not measured by us:\n\n")
		figures = [][]string{{"method", "NDCG@10", "index", "warm query"}}
		for _, p := range r.peers {
			figures = append(figures, []string{p.method, p.ndcg, p.index, p.query})
		}
		writeTable(&b, figures)
	}

	writeTable(&b, r.byKind("category", func(t *measure.Task) string { return t.Category }))
	if r.set.Repositories[0].Tasks[0].Wording != "" {
		writeTable(&b, r.byKind("wording", func(t *measure.Task) string { return t.Wording }))
	}
	writeTable(&b, r.byLanguage())
	writeTable(&b, r.byRepository())
	r.writeCheckouts(&b)
	return b.String()
}

// figures are the cells of a ranking beside the whole.
func (r *report) figures(of row) []string {
	more := measure.Minus(r.whole.files, of.files)
	low, high := measure.Interval(more)
	return []string{
		of.name, figure(measure.Mean(of.files)), interval(of.files), figure(measure.Mean(of.hits)),
		fmt.Sprintf("%+.3f", measure.Mean(more)), fmt.Sprintf("%+.3f to %+.3f", low, high),
	}
}

func figure(x float64) string { return fmt.Sprintf("%.3f", x) }

func interval(list []float64) string {
	low, high := measure.Interval(list)
	return fmt.Sprintf("%.3f to %.3f", low, high)
}

// byKind is of the questions of a kind, by repository.
func (r *report) byKind(what string, kind func(t *measure.Task) string) [][]string {
	files, questions := map[string][]float64{}, map[string]int{}
	for i, repo := range r.set.Repositories {
		own := map[string][]float64{}
		for j, t := range repo.Tasks {
			own[kind(t)] = append(own[kind(t)], r.scores.Files[i][j])
		}
		for name, list := range own {
			files[name] = append(files[name], measure.Mean(list))
			questions[name] += len(list)
		}
	}
	rows := [][]string{{what, "questions", "repositories", "NDCG@10", "95 % of draws"}}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		list := files[name]
		rows = append(rows, []string{
			name, fmt.Sprint(questions[name]), fmt.Sprint(len(list)), figure(measure.Mean(list)), interval(list),
		})
	}
	return rows
}

// byLanguage is of a language's repositories, and of the questions where there is one repository.
func (r *report) byLanguage() [][]string {
	of := map[string][]int{}
	for i, repo := range r.set.Repositories {
		of[repo.Language] = append(of[repo.Language], i)
	}
	rows := [][]string{{"language", "repositories", "NDCG@10", "95 % of draws", ""}}
	for _, name := range slices.Sorted(maps.Keys(of)) {
		var list []float64
		for _, i := range of[name] {
			list = append(list, r.whole.files[i])
		}
		draws, why := list, ""
		if len(list) == 1 {
			draws, why = r.scores.Files[of[name][0]], "of questions"
		}
		rows = append(rows, []string{name, fmt.Sprint(len(list)), figure(measure.Mean(list)), interval(draws), why})
	}
	return rows
}

func (r *report) byRepository() [][]string {
	rows := [][]string{{"repository", "language", "chunks", "questions", "NDCG@10", "of questions, 95 % of draws"}}
	for i, repo := range r.set.Repositories {
		rows = append(rows, []string{
			repo.Name, repo.Language, fmt.Sprint(repo.Chunks()), fmt.Sprint(len(repo.Tasks)), figure(r.whole.files[i]),
			interval(r.scores.Files[i]),
		})
	}
	return rows
}

// writeCheckouts says which checkouts are not what the table asks for.
func (r *report) writeCheckouts(b *strings.Builder) {
	var other, unknown []string
	for _, repo := range r.set.Repositories {
		switch here := repo.Here; {
		case here.Hash == "":
			unknown = append(unknown, repo.Name)
		case here.Hash != repo.Pinned:
			other = append(other, fmt.Sprintf("%s at %.12s of %s", repo.Name, here.Hash, here.Date))
		}
	}
	if len(other) > 0 {
		fmt.Fprintf(b, "The pinned revision could not be had, and the newest that could was taken: %s.\n", strings.Join(other, ", "))
	}
	if len(unknown) > 0 {
		fmt.Fprintf(b, "Of these checkouts nobody knows the revision: %s.\n", strings.Join(unknown, ", "))
	}
	if len(r.set.Missing) > 0 {
		var names []string
		for _, repo := range r.set.Missing {
			names = append(names, repo.Name)
		}
		fmt.Fprintf(b, "Left out, since there was no checkout with the folder to index: %s.\n", strings.Join(names, ", "))
	}
	if len(other)+len(unknown)+len(r.set.Missing) == 0 {
		b.WriteString("All checkouts are at the pinned revisions.\n")
	}
}

// writeTable writes a table of Markdown, its heading first, with its columns under each other. Short rows are filled.
func writeTable(b *strings.Builder, rows [][]string) {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for n, row := range rows {
		for i, width := range widths {
			cell := ""
			if i < len(row) {
				cell = row[i]
			}
			fmt.Fprintf(b, "| %-*s ", width, cell)
		}
		b.WriteString("|\n")
		if n == 0 {
			for _, width := range widths {
				b.WriteString("|" + strings.Repeat("-", width+2))
			}
			b.WriteString("|\n")
		}
	}
	b.WriteString("\n")
}

// listMisses lists the questions whose first file is none of the targets.
func (r *report) listMisses() string {
	var b strings.Builder
	for i, repo := range r.set.Repositories {
		for j, t := range repo.Tasks {
			files := r.scores.Found[i][j].Files
			if measure.NDCG(files[:min(1, len(files))], t.Targets) > 0 {
				continue
			}
			fmt.Fprintf(&b, "\n%s (%s): %s\n  want %s\n  got  %s\n", repo.Name, t.Category, t.Query,
				strings.Join(t.Targets, " "), strings.Join(files[:min(5, len(files))], " "))
		}
	}
	return b.String()
}

// withSection returns the text with the section of that title in the place of the one it has, or at its end.
func withSection(text, title, section string) string {
	const heading = "## "
	begin := strings.Index("\n"+text, "\n"+heading+title+"\n")
	if begin < 0 {
		if text = strings.TrimRight(text, "\n"); text != "" {
			text += "\n\n"
		}
		return text + section
	}
	end := len(text)
	if next := strings.Index(text[begin+1:], "\n"+heading); next >= 0 {
		end = begin + 1 + next + 1
		section += "\n"
	}
	return text[:begin] + section + text[end:]
}

// peer is a row of published figures.
type peer struct{ method, ndcg, index, query string }

func readPeers(path string) (list []peer, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(data)) {
		fields := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
		if strings.HasPrefix(line, "#") || fields[0] == "method" {
			continue
		}
		if len(fields) != 4 {
			return nil, fmt.Errorf("%s: %q has %d fields, want method, NDCG@10, index, query", path, line, len(fields))
		}
		list = append(list, peer{fields[0], fields[1], fields[2], fields[3]})
	}
	return list, nil
}
