// Package measure is what the programs that measure and learn the ranking share: tables of repositories and of
// questions, checkouts, their indexes, the ways to rank, and the figures.
//
// A table is tab-separated, with a heading that names its columns, in any order:
//
//	repositories: repo language github revision root [licence] [half]
//	questions:    repo category query targets [wording]
//
// repo is the name of the checkout's directory, root what of it is indexed, half "tune" or "report", and targets are
// the paths that answer the question, joined by ';'.
package measure

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/semantic-ls/semantic-ls/vectors/index"
)

// Halves of a table: one is there to be looked at, the other to say what came of it.
const (
	HalfTune   = "tune"
	HalfReport = "report"
)

// Source says where a set of questions comes from.
type Source struct {
	Repos, Tasks string // files
	Checkouts    string // directory with one of each repository
	Half         string // "": both; a table without that column is in both
}

// Set is a set of questions about repositories that are here.
type Set struct {
	Source
	Halved       bool // the table of repositories has that column
	Repositories []*Repository
	Missing      []*Repository // those without a checkout, or without root in it
}

// Repository is a row of the table of repositories, and what is asked about it.
type Repository struct {
	Name, Language, GitHub, Root string
	Pinned                       string // the revision that the table wants
	Here                         Revision
	Tasks                        []*Task

	snapshot *index.Snapshot
}

// Task is a question.
type Task struct {
	Category, Query string
	Wording         string // how near the words are to the code's; "" where the table does not say
	Targets         []string

	probe index.Probe // of Query
}

// Read reads the tables of a source and looks for the checkouts. It returns an error where there is nothing to ask.
func Read(from Source) (*Set, error) {
	s := &Set{Source: from}
	if from.Half != "" && from.Half != HalfTune && from.Half != HalfReport {
		return nil, fmt.Errorf("no half %q: there are %s and %s", from.Half, HalfTune, HalfReport)
	}
	repos, err := readTable(from.Repos, "repo", "language", "github", "revision", "root")
	if err != nil {
		return nil, err
	}
	tasks, err := readTable(from.Tasks, "repo", "category", "query", "targets")
	if err != nil {
		return nil, err
	}
	asked := map[string][]*Task{}
	for _, row := range tasks.rows {
		t := &Task{
			Category: row["category"], Query: row["query"], Wording: row["wording"], Targets: strings.Split(row["targets"], ";"),
		}
		asked[row["repo"]] = append(asked[row["repo"]], t)
	}
	revisions, err := readRevisions(from.Checkouts)
	if err != nil {
		return nil, err
	}
	s.Halved = slices.Contains(repos.columns, "half")
	for _, row := range repos.rows {
		r := &Repository{
			Name: row["repo"], Language: row["language"], GitHub: row["github"], Root: row["root"], Pinned: row["revision"],
			Tasks: asked[row["repo"]],
		}
		if len(r.Tasks) == 0 || s.Halved && from.Half != "" && row["half"] != from.Half {
			continue
		}
		dir := filepath.Join(from.Checkouts, r.Name)
		if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(r.Root))); err != nil {
			s.Missing = append(s.Missing, r)
			continue
		}
		r.Here = revisions.of(r.Name, dir)
		s.Repositories = append(s.Repositories, r)
	}
	if len(s.Repositories) == 0 {
		const none = "no repository of %s has a checkout in %s and a question in %s: -clone makes the checkouts"
		return nil, fmt.Errorf(none, from.Repos, from.Checkouts, from.Tasks)
	}
	return s, nil
}

// table is a file's rows, by column.
type table struct {
	columns []string
	rows    []map[string]string
}

// readTable reads a table that must have the columns.
func readTable(path string, columns ...string) (t table, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return t, err
	}
	n := 0
	for line := range strings.Lines(string(data)) {
		line = strings.TrimRight(line, "\r\n")
		n++
		if line == "" {
			continue
		}
		fields := strings.Split(line, "\t")
		if t.columns == nil {
			t.columns = fields
			for _, want := range columns {
				if !slices.Contains(fields, want) {
					return t, fmt.Errorf("%s:%d: the heading %q has no column %s", path, n, line, want)
				}
			}
			continue
		}
		if len(fields) != len(t.columns) {
			return t, fmt.Errorf("%s:%d: %d fields, the heading has %d", path, n, len(fields), len(t.columns))
		}
		row := map[string]string{}
		for i, name := range t.columns {
			row[name] = fields[i]
		}
		t.rows = append(t.rows, row)
	}
	if len(t.rows) == 0 {
		return t, errors.New(path + ": no rows")
	}
	return t, nil
}
