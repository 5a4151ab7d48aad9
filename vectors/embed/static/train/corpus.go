package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// source is a row of the corpus list: a repository at a revision.
type source struct {
	name     string // owner/name
	revision string
	licence  string // SPDX
	language string // the one that most of its code is in
}

// readTable reads the named columns of a table, tab-separated below a heading, and the line that each row stands on.
// Other columns are passed over.
func readTable(file string, columns ...string) (rows [][]string, err error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	lines := strings.Split(strings.ReplaceAll(strings.TrimRight(string(data), "\r\n"), "\r\n", "\n"), "\n")
	heading := strings.Split(lines[0], "\t")
	at := make([]int, len(columns))
	for i, c := range columns {
		if at[i] = slices.Index(heading, c); at[i] < 0 {
			return nil, fmt.Errorf("%s: no column %q in its first line, want %s", file, c, strings.Join(columns, ", "))
		}
	}
	for n, line := range lines[1:] {
		fields := strings.Split(line, "\t")
		if len(fields) != len(heading) {
			return nil, fmt.Errorf("%s:%d: %d fields, its heading has %d", file, n+2, len(fields), len(heading))
		}
		row := make([]string, len(columns))
		for i := range columns {
			row[i] = strings.TrimSpace(fields[at[i]])
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// readCorpus reads a corpus list. None of its repositories may be in left.
func readCorpus(file string, left without) ([]source, error) {
	rows, err := readTable(file, "repository", "revision", "licence", "language")
	if err != nil {
		return nil, err
	}
	var list []source
	seen := map[string]bool{}
	for i, r := range rows {
		s := source{r[0], r[1], r[2], r[3]}
		switch {
		case !isName(s.name) || !isRevision(s.revision):
			return nil, fmt.Errorf("%s:%d: %q at %q, want owner/name and the whole hash of a commit", file, i+2, s.name, s.revision)
		case left.has(s.name):
			return nil, fmt.Errorf("%s:%d: %s may not be learned from, a -without table says: take it off the list", file, i+2, s.name)
		case seen[strings.ToLower(s.name)]:
			return nil, fmt.Errorf("%s:%d: %s stands there twice", file, i+2, s.name)
		}
		seen[strings.ToLower(s.name)] = true
		list = append(list, s)
	}
	if len(list) > math.MaxUint16 {
		return nil, fmt.Errorf("%s: %d repositories, at most %d can be told apart", file, len(list), math.MaxUint16)
	}
	return list, nil
}

// isName reports whether s is owner/name, so that it can neither leave a folder nor be an option of git.
func isName(s string) bool {
	owner, name, ok := strings.Cut(s, "/")
	plain := func(s string) bool {
		return s != "" && s[0] != '-' && s[0] != '.' && !strings.ContainsFunc(s, func(r rune) bool {
			return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r == '.')
		})
	}
	return ok && plain(owner) && plain(name)
}

func isRevision(s string) bool {
	return (len(s) == 40 || len(s) == 64) && strings.Trim(s, "0123456789abcdef") == ""
}

// without are the repositories that may not be learned from, at the revisions whose files are left out everywhere. The
// revision is "" where there is no clone to compare with: such a one is known by its name only.
type without []source

// readWithout reads tables of them.
func readWithout(files []string) (all without, err error) {
	for _, file := range files {
		rows, err := readTable(file, "github", "revision")
		if err != nil {
			const form = "repositories that may not be learned from: %w (run it from the root of the repository, or say -without)"
			return nil, fmt.Errorf(form, err)
		}
		for i, r := range rows {
			if !isName(r[0]) || r[1] != "" && !isRevision(r[1]) {
				return nil, fmt.Errorf("%s:%d: %q at %q, want owner/name and the whole hash of a commit, or nothing", file, i+2, r[0], r[1])
			}
			all = append(all, source{name: r[0], revision: r[1]})
		}
	}
	return all, nil
}

func (w without) has(name string) bool {
	return slices.ContainsFunc(w, func(s source) bool { return strings.EqualFold(s.name, name) })
}

// contents are the hashes of all their files.
func (w without) contents(ctx context.Context, clones string) (map[string]bool, error) {
	hashes := map[string]bool{}
	for _, s := range w {
		if s.revision == "" {
			continue
		}
		files, err := s.files(ctx, clones)
		if err != nil {
			return nil, err
		}
		for _, b := range files {
			hashes[b.hash] = true
		}
	}
	return hashes, nil
}

// files lists what a repository has at its revision.
func (s source) files(ctx context.Context, clones string) ([]blob, error) {
	dir := cloneOf(clones, s.name)
	if dir == "" {
		return nil, fmt.Errorf("no clone of %s in %s: -clone makes it", s.name, clones)
	}
	files, err := tree(ctx, dir, s.revision)
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("%w (a revision that the clone lacks: remove %s, and -clone makes it anew)", err, dir)
	}
	return files, nil
}

// cloneOf is the git directory of a repository in the folder of clones, "" where there is none.
func cloneOf(clones, name string) string {
	flat := strings.ReplaceAll(name, "/", "+")
	for _, dir := range []string{
		filepath.Join(flat, "repo"), flat, flat + ".git", filepath.FromSlash(name),
		filepath.FromSlash(name) + ".git",
	} {
		for _, git := range []string{filepath.Join(clones, dir), filepath.Join(clones, dir, ".git")} {
			if _, err := os.Stat(filepath.Join(git, "objects")); err == nil {
				return git
			}
		}
	}
	return ""
}
