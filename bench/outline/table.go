package main

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
)

// heading is the head of the table.
func heading(o options) string {
	columns := []string{"language", "files", "MB", "symbols", "recall", "precision", "end line"}
	columns = append(columns, "kind", "container", "inner", "values", "unseen")
	if o.damage {
		columns = append(columns, "damaged")
	}
	if o.speed {
		columns = append(columns, "Outline MB/s", "Cut", "read + Cut", "rg -j1 -c .", "ctags")
	}
	ruler := "|---" + strings.Repeat("|--:", len(columns)-1) + "|"
	return "| " + strings.Join(columns, " | ") + " |\n" + ruler + "\n"
}

// line is the language's row of the table.
func (r row) line(o options) string {
	name := r.language
	if r.failed > 0 {
		name = fmt.Sprintf("%s (%d failed)", name, r.failed)
	}
	cells := []string{
		name, fmt.Sprint(r.files), fmt.Sprintf("%.1f", float64(r.bytes)/1e6), fmt.Sprint(r.recall.of),
		r.recall.String(), r.precision.String(), r.end.String(),
		r.kind.String(), r.container.String(), r.inner.String(), r.values.String(),
		fmt.Sprintf("%.1f %%", 100*float64(r.unseen.right)/float64(max(r.unseen.of, 1))),
	}
	if o.damage {
		cells = append(cells, r.damaged.String())
	}
	if o.speed {
		for _, rate := range []float64{r.speeds.outline, r.speeds.cut, r.speeds.read, r.speeds.rg, r.speeds.ctags} {
			cell := "–"
			if rate > 0 {
				cell = fmt.Sprintf("%.0f", rate)
			}
			cells = append(cells, cell)
		}
	}
	return "| " + strings.Join(cells, " | ") + " |"
}

// document is the table with what one needs to make it again.
func document(o options, rows []row) string {
	var b strings.Builder
	fmt.Fprintf(&b, `# Outlines against other parsers

Written by

    %s

with %s. `+"`go doc ./bench/outline`"+` says what the columns mean and how to get the repositories. Every file of the language
in them counts. "symbols" are those that recall is a share of; "inner" is the recall of those alone that stand inside functions
and objects; "unseen" are the lines that an oracle does not understand or does not look into, which count for neither side.

`, o.command, runtime.Version())
	b.WriteString(heading(o))
	for _, r := range rows {
		b.WriteString(r.line(o) + "\n")
	}
	if o.damage {
		fmt.Fprintf(&b, `
"damaged": each file with one bracket or quote lost or one too many (seed %d); the share of the symbols found in the whole
file that is still found.
`, o.seed)
	}
	b.WriteString("\n## Oracles and repositories\n\n| language | oracle | repositories |\n|---|---|---|\n")
	for _, r := range rows {
		var list []string
		for _, repo := range r.repositories {
			list = append(list, fmt.Sprintf("%s @%s", repo.name, repo.revision[:min(10, len(repo.revision))]))
		}
		slices.Sort(list)
		fmt.Fprintf(&b, "| %s | %s | %s |\n", r.language, strings.Join(r.versions, "; "), strings.Join(list, ", "))
	}
	return b.String()
}
